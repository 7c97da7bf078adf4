"""Signing in, meeting what a request asks for first, and repairing timers that Globus stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.sign_in_request import SignInRequest, plan
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.procedures.names import known_names, look_up_names
from globus_tui.procedures.prompting import Prompting, Question

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from globus_tui.app import GlobusTui
    from globus_tui.auth.account import Account
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.job import JobId
    from globus_tui.procedures.fixing import Result


class SignIn:
    """The procedures. They run in workers of the application, so that no screen's end cancels them."""

    def __init__(
        self,
        app: GlobusTui,
        account: Account,
        state: Path,
        *,
        browser: Callable[[str], Awaitable[str | None]] | None = None,
        open_link: Callable[[str], object] | None = None,
    ) -> None:
        """Make them.

        Args:
            app: shows the prompt and tells the store.
            account: who signs in.
            state: folder for the link.
            browser: the demo's pretend browser: takes a link, gives what would be pasted back.
            open_link: opens a browser on this machine; None in an SSH session.
        """
        self._app = app
        self._account = account
        self._prompting = Prompting(app, account, state, browser=browser, open_link=open_link)

    def start(self) -> None:
        """Sign in, or sign in again, in a worker of the application."""
        self._app.run_worker(self._guarded(self.sign_in()), group="sign-in")

    def start_fix(self, job_ids: Sequence[JobId]) -> None:
        """Sign in for what these timers lost, resume them, and list what became of each.

        For a single timer the others that lost the same are offered too: one login mends them all.
        """
        self._app.run_worker(self._guarded(self._fix(tuple(job_ids))), group="sign-in")

    def start_fix_all(self) -> None:
        """The same for every timer that a sign-in would mend, by cause."""
        self._app.run_worker(self._guarded(self._fix(None)), group="sign-in")

    def start_consent(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        """Let the user meet one requirement, then go on; when they leave, nothing more happens."""
        self._app.run_worker(self._guarded(self._consent_then(gare, why, then)), group="sign-in")

    async def _consent_then(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        if await self.consent(gare, why):
            then()

    async def _fix(self, job_ids: Sequence[JobId] | None) -> None:
        from globus_tui.procedures.fixing import Fixing

        fixing = Fixing(self._app, self._account, self._prompting)
        if job_ids is None:
            job_ids = fixing.broken()
        elif len(job_ids) == 1:
            job_ids = fixing.alike(job_ids)
        if not job_ids:
            self._app.say("No timer waits for a sign-in or a consent.")
            return
        since = self._app.store.now()
        results = await fixing.fix(job_ids)
        self._tell(results)
        self._app.watch_next_runs((one.to_watch for one in results if one.to_watch), since)

    def _tell(self, results: Sequence[Result]) -> None:
        from globus_tui.screens.results import Results

        self._app.take_account()
        self._app.book_wake()
        if not results:
            self._app.say("Nothing was changed.")
        elif len(results) == 1:
            words = f"{results[0].label}: {results[0].words}"
            self._app.say(words, "information" if results[0].resumed else "error")
        else:
            lines = [(one.resumed, one.label, one.words) for one in results]
            self._app.push_screen(Results("Fix and resume: what became of each timer", lines))

    async def _guarded(self, procedure: Awaitable[object]) -> None:
        try:
            await procedure
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "error")

    async def sign_in(self) -> bool:
        """Signs in anew with what the profile has; the refresh clock goes on if it was stopped.

        Where Globus wants more before it shows the timers, that is asked for too.
        """
        if (gare := self._app.freshness.gare) is not None:
            if met := await self.consent(gare, "Globus wants this before it shows your timers"):
                self._app.signed_in(self._account.who)
            return met
        asked = ("Allow this program to see and manage your timers and transfers, and to know who you are.",)
        question = Question("Sign in to Globus", SignInRequest(), lambda request: asked)
        if await self._prompting.ask(question) is None:
            self._app.say("Nothing was changed.")
            return False
        self._app.signed_in(self._account.who)
        return True

    async def consent(self, gare: Gare, why: str) -> bool:
        """Meets one requirement that came back from a request; True when the request may be tried once more.

        Raises:
            GlobusTuiError: the link could not be made, or a service account was refused a scope.
        """
        from globus_tui.present import gare_words

        request, _ = plan((gare,))
        app = self._app
        await look_up_names(app, (gare,))
        names, said = known_names(app), gare_words.message(gare)

        def words(asked: SignInRequest | None) -> tuple[str, ...]:
            trees = [
                f"  {line}"
                for one in (asked.scopes if asked else ())
                for line in gare_words.scope_tree(one, names, ascii_only=app.view.ascii)
            ]
            return (
                *((f"Globus says: {said}",) if said else ()),
                *(("You will be asked to allow, besides what this program may already do:", *trees) if trees else ()),
                *gare_words.proofs(gare, self._account.identity_names()),
            )

        question = Question(why, request, words, then=("Then it is tried once more.",))
        met = await self._prompting.ask(question) is not None
        app.take_account()
        return met

"""Signing in, and repairing timers that Globus stopped: the steps, with the consent prompt between them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from globus_tui.auth.fix import BrokenJob
from globus_tui.auth.sign_in_request import SignInRequest, plan
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.gare import Gare
from globus_tui.present import gare_words, moments
from globus_tui.procedures.link_file import remove_link, write_link
from globus_tui.screens.consent import ConsentScreen, Prompt
from globus_tui.store.operations import Resume
from globus_tui.store.outcome import Done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from globus_tui.app import GlobusTui
    from globus_tui.auth.account import Account
    from globus_tui.auth.fix import FixPlan
    from globus_tui.domain.credentials import Secret
    from globus_tui.domain.job import JobId


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one timer, for the list that is shown afterwards."""

    label: str
    resumed: bool
    words: str


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
        self._state = state
        self._browser = browser
        self._open_link = open_link
        self._busy = asyncio.Lock()

    def start(self) -> None:
        """Sign in, or sign in again, in a worker of the application."""
        self._app.run_worker(self._guarded(self.sign_in()), group="sign-in")

    def start_fix(self, job_ids: Sequence[JobId]) -> None:
        """Sign in for what these timers lost, resume them, and list what became of each."""
        self._app.run_worker(self._guarded(self._fix(tuple(job_ids))), group="sign-in")

    async def _fix(self, job_ids: Sequence[JobId]) -> None:
        from globus_tui.screens.results import Results

        results = await self.fix(job_ids)
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
            self._app.say(f"{wrong} {wrong.advice}".strip(), "error")

    async def sign_in(self) -> bool:
        """Signs in anew with what the profile has; the refresh clock goes on if it was stopped."""
        asked = ("Allow this program to see and manage your timers and transfers, and to know who you are.",)
        if not await self._prompt("Sign in to Globus", asked, (), None):
            return False
        self._app.signed_in(self._account.who)
        return True

    async def consent(self, gare: Gare, why: str) -> bool:
        """Meets one requirement that came back from a request; True when the request may be tried once more."""
        request, _ = plan((gare,))
        lines = (*gare_words.asked(gare, self._app.view.names), *self._message(gare))
        return await self._prompt(why, lines, ("the request is made once more",), request)

    async def fix(self, job_ids: Sequence[JobId]) -> tuple[Result, ...]:
        """One login for all these timers, then each is resumed with the new credentials.

        Raises:
            GlobusTuiError: the consents could not be read; nothing was changed.
        """
        broken = [BrokenJob(one, self._gare_of(one)) for one in job_ids if one in self._app.states]
        found = await self._account.prepare_fix(broken)
        if found.request is not None and not await self._prompt(*self._fix_words(found), found.request):
            return ()
        results = []
        for verdict in await self._account.check_fix(found):
            label = self._label(verdict.job_id)
            if not verdict.may_resume:
                results.append(Result(label, False, verdict.reason))
                continue
            operation = Resume(verdict.job_id, update_credentials=True, skip_check=True)
            outcome = await self._app.store.operate(operation)
            words = f"{self._app.outcome_words(outcome)} {verdict.reason}".strip()
            results.append(Result(label, isinstance(outcome, Done), words))
            if isinstance(outcome, Done):
                self._app.watch_next_run(verdict.job_id)
        results += [
            Result(self._label(one.job_id), False, "needs a login of its own: press f on it") for one in found.later
        ]
        return tuple(results)

    # --- words

    def _fix_words(self, found: FixPlan) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        names = self._app.view.names
        labels = [self._label(job.job_id) for job in found.jobs]
        heading = f"Fix and resume {labels[0]}" if len(labels) == 1 else f"Fix and resume {len(labels)} timers"
        asked = [line for job in found.jobs for line in (*gare_words.asked(job.gare, names), *self._message(job.gare))]
        who = f"For: {', '.join(labels[:6])}{f' and {len(labels) - 6} more' if len(labels) > 6 else ''}."
        then = [
            "check that the new consents are really there, and that it is still you",
            *(f"resume {self._label(job.job_id)}: {self._start_words(job.job_id)}" for job in found.jobs[:6]),
            "watch until the next run starts, or fails again",
        ]
        return (
            heading,
            (who, *dict.fromkeys(asked), "From then on they run with the credentials of this login."),
            tuple(then),
        )

    def _start_words(self, job_id: JobId) -> str:
        preview = self._app.store.resume_preview(job_id)
        at = moments.date_time(preview.next_run, self._app.view.now, self._app.view.zone) if preview.next_run else None
        then = f", then {at}" if at else ""
        if preview.catch_up is None:
            return "whether a run starts at once cannot be told"
        return f"ONE run starts at once{then}" if preview.catch_up else f"no run was missed{then}"

    def _label(self, job_id: JobId) -> str:
        state = self._app.states.get(job_id)
        return state.job.label if state else str(job_id)

    def _gare_of(self, job_id: JobId) -> Gare:
        state = self._app.states[job_id]
        reason = state.job.inactive_reason
        # Where Globus did not say in a form that is known, the best that can be done is a fresh login.
        return (reason.gare if reason else None) or state.health.gare or Gare("AuthorizationRequired", prompt="login")

    @staticmethod
    def _message(gare: Gare) -> tuple[str, ...]:
        said = gare_words.message(gare)
        return (f"Globus says: {said}",) if said else ()

    # --- the prompt

    async def _prompt(
        self, heading: str, asked: tuple[str, ...], then: tuple[str, ...], request: SignInRequest | None
    ) -> bool:
        """Shows the link and waits for the code; True when tokens came. One prompt at a time."""
        async with self._busy:
            attempt = await self._account.begin(request)
            if attempt is None:
                return True
            who = self._account.who
            stay = (f"Sign in as {who}: this profile is theirs.",) if who else ()

            async def submit(pasted: Secret) -> str | None:
                try:
                    await self._account.finish(attempt, pasted)
                except GlobusTuiError as wrong:
                    return f"{wrong} {wrong.advice}".strip()
                return None

            browser = self._browser
            prompt = Prompt(
                heading=heading,
                asked=(*asked, *stay),
                then=then,
                url=attempt.url,
                link_file=None if browser else await asyncio.to_thread(write_link, self._state, attempt.url),
                submit=submit,
                browser=(lambda: browser(attempt.url)) if browser else None,
                open_link=None if browser else self._open_link,
            )
            try:
                signed: bool = await self._app.push_screen_wait(ConsentScreen(prompt))
                return signed
            finally:
                await asyncio.to_thread(remove_link, self._state)

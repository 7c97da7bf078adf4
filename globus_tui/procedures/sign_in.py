"""Signing in, meeting what a request asks for first, and repairing timers that Globus stopped."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.auth.sign_in_request import BrokenJob, FixPlan, SignInRequest, Verdict, plan
from globus_tui.cache_files import make_folder, write_own
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import Scope, render
from globus_tui.domain.errors import GlobusTuiError, NetworkError, ServiceError, UnreadableAnswer
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.cause import Cause, cause_of
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.present import gare_words, moments
from globus_tui.present.operation_words import catch_up_words, outcome_words
from globus_tui.screens.consent import Choice, ConsentScreen, LoginRequest, Prompt
from globus_tui.screens.job_actions import wants_fix
from globus_tui.screens.welcome import act_as_browser
from globus_tui.store.journal import noting
from globus_tui.store.operations import Done, Resume

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from globus_tui.auth.account import Account
    from globus_tui.auth.login import LoginAttempt
    from globus_tui.domain.auth.credentials import Secret
    from globus_tui.screens.console import Console

    Change = Callable[[frozenset[str]], Awaitable[SignInRequest | None]]


NAME = "login-url"


def write_link(state: Path, url: str) -> Path | None:
    try:
        make_folder(state)
        write_own(state / NAME, f"{url}\n".encode())
    except OSError:
        return None
    return state / NAME


def remove_link(state: Path) -> None:
    with contextlib.suppress(OSError):
        (state / NAME).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Question:
    """What a prompt is opened for.

    Attributes:
        request: the login; None when none is needed.
        words: what it asks for and why, a line each.
        choices: what may be left out of that.
        change: the login that is needed for these choices only.
    """

    heading: str
    request: SignInRequest | None
    words: Callable[[SignInRequest | None], tuple[str, ...]]
    then: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    change: Callable[[frozenset[str]], Awaitable[SignInRequest | None]] | None = None


_MESSAGES = 3
"""Sentences of Globus that are repeated in the prompt; more of them say little."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one timer, for the list that is shown afterwards.

    `to_watch`: the timer, when its next run is to be watched for.
    """

    label: str
    resumed: bool
    words: str
    to_watch: JobId | None = None


_LATER = "needs a login of its own, as its demands contradict the others': press f on it."
_CREDENTIALS = "From then on they run with the credentials of this sign-in."


class SignIn:
    """Signs in, meets what requests ask for, and repairs timers: one prompt at a time.

    Its procedures run in workers of the application, so that no screen's end cancels them; Textual's
    `push_screen_wait` must be awaited in one.
    """

    def __init__(self, app: Console, account: Account) -> None:
        self._app = app
        self._account = account
        self._state = app.settings.paths.state
        self._busy = asyncio.Lock()
        # The login that the prompt stands for now: another choice may make it another one.
        self._request: SignInRequest | None = None
        self._attempt: LoginAttempt | None = None

    # --- what is begun with a key

    def start(self) -> None:
        self._app.attempt(self.sign_in(), group="sign-in")

    def start_fix(self, job_ids: Sequence[JobId] | None) -> None:
        """Sign in for what these timers lost (None: all that need it), resume them, and list what became of each.

        For a single timer the others that lost the same are offered too: one login mends them all.
        """
        self._app.attempt(self._fix(job_ids), group="sign-in")

    def start_consent(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        """Let the user meet one requirement, then go on; when they leave, nothing more happens."""
        self._app.attempt(self._consent_then(gare, why, then), group="sign-in")

    async def _consent_then(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        if await self.consent(gare, why):
            then()

    async def _fix(self, job_ids: Sequence[JobId] | None) -> None:
        if job_ids is None:
            job_ids = self.broken()
        elif len(job_ids) == 1:
            job_ids = await asyncio.to_thread(self.alike, job_ids)
        if not job_ids:
            self._app.say_none("No timer waits for a sign-in or a consent.")
            return
        since = self._app.store.now()
        results = await self.fix(job_ids)
        self._tell(results)
        self._app.watch_next_runs((result.to_watch for result in results if result.to_watch), since)

    def _tell(self, results: Sequence[Result]) -> None:
        from globus_tui.screens.confirm import Results

        self._app.take_account()
        self._app.book_wake()
        if not results:
            self._app.say("Nothing was changed.", about="cursor")
        elif len(results) == 1:
            words = f"{results[0].label}: {results[0].words}"
            self._app.say(words, "information" if results[0].resumed else "error")
        else:
            lines = [(result.resumed, result.label, result.words) for result in results]
            self._app.push_screen(Results("Fix and resume: what became of each timer", lines))

    async def sign_in(self) -> bool:
        """Signs in anew with what the profile has; the refresh clock goes on if it was stopped.

        Where Globus wants more before it shows the timers, that is asked for too.
        """
        if (gare := self._app.freshness.gare) is not None:
            if met := await self.consent(gare, "Globus wants this before it shows your timers"):
                self._app.signed_in(self._account.who)
            return met
        asked = ("Allow this program to see and manage your timers and transfers, and to know who you are.",)
        question = Question("Sign in to Globus", SignInRequest(), lambda _: asked)
        if await self.ask(question) is None:
            self._app.say("Nothing was changed.", about="cursor")
            return False
        self._app.signed_in(self._account.who)
        return True

    async def consent(self, gare: Gare, why: str) -> bool:
        """Meets one requirement that came back from a request; True when the request may be tried once more.

        Raises:
            GlobusTuiError: the link could not be made, or a service account was refused a scope.
        """
        request, _ = plan((gare,))
        app, message = self._app, gare_words.message(gare)
        await look_up_names(app, (gare,))

        def words(asked: SignInRequest | None) -> tuple[str, ...]:
            reason = (f"Globus says: {message}",) if message else ()
            return (*reason, *self._allow_lines(asked), *gare_words.proofs(gare, self._account.identity_names()))

        question = Question(why, request, words, then=("What was waiting for this goes on.",))
        met = await self.ask(question) is not None
        app.take_account()
        return met

    # --- the prompt

    async def ask(self, question: Question) -> frozenset[str] | None:
        """Opens the prompt and waits.

        Returns:
            The keys of the choices that were left in, once tokens came or when none were needed; None when the person
            left everything as it was.

        Raises:
            GlobusTuiError: the link could not be made, a service account was refused a scope, or what is wanted has to
                be proved by a person.
        """
        async with self._busy:
            await self._begin(question.request)
            request = self._request
            if self._attempt is None and not question.choices:
                if request and request.wants_session:
                    raise GlobusTuiError("Globus wants proof that only a person can give by signing in.")
                if not (request and request.scopes):
                    return frozenset()
            try:
                picked = await self._show(question)
                if picked is not None and self._attempt is None and self._request is not None:
                    await self._account.consent(self._request)  # needs no login, now that the user agreed
                return picked
            finally:
                self._request = self._attempt = None
                await asyncio.to_thread(remove_link, self._state)

    async def _begin(self, request: SignInRequest | None) -> None:
        self._request = request
        self._attempt = await self._account.begin(request) if request is not None else None

    async def _submit(self, pasted: Secret) -> str | None:
        """Turns what was pasted into tokens; gives what is wrong, in words, when that fails."""
        if self._attempt is None:
            return "No sign-in is needed."
        try:
            await self._account.finish(self._attempt, pasted)
        except (NetworkError, UnreadableAnswer, ServiceError) as wrong:  # whether Globus took the code is not known
            return f"{wrong.in_full} Paste the code once more; if it is refused then, the link gives another one."
        except GlobusTuiError as wrong:
            return wrong.in_full
        return None

    async def _show(self, question: Question) -> frozenset[str] | None:
        async def change(chosen: frozenset[str]) -> LoginRequest:
            """Asks only for what is left; the link stays the same when that changes nothing."""
            request = await question.change(chosen) if question.change else self._request
            if request != self._request:
                await self._begin(request)
            return await self._login(question)

        host = self._app.host
        prompt = Prompt(
            heading=question.heading,
            request=await self._login(question),
            submit=self._submit,
            then=question.then,
            choices=question.choices,
            change=change if question.change else None,
            browser=partial(act_as_browser, self._app) if host.browser else None,
            open_link=None if host.browser else host.open_link,
        )
        return await self._app.push_screen_wait(ConsentScreen(prompt))

    async def _login(self, question: Question) -> LoginRequest:
        request, attempt = self._request, self._attempt
        words = question.words(request)
        if attempt is None:
            return LoginRequest((*words, *_of_service_account(request)), None)
        new = ("New:", render(request.scopes), "") if request and request.scopes else ()
        link_file = None if self._app.host.browser else await asyncio.to_thread(write_link, self._state, attempt.url)
        return LoginRequest(
            (*words, *self._stay(request)),
            attempt.url,
            (*new, "All that this sign-in asks for:", render(attempt.scopes)),
            link_file,
        )

    def _stay(self, request: SignInRequest | None) -> tuple[str, ...]:
        """Who has to sign in, when the profile is somebody's already."""
        who, names = self._account.who, self._account.identity_names()
        if who is None:
            return ()
        apart = request and request.domains and who.rpartition("@")[2] not in request.domains
        if apart or (request and any(names.get(identity) != who for identity in request.identities)):
            return (f"Sign in as {who}, whose profile this is; Globus asks for the other identity on the way.",)
        return (f"Sign in as {who}: this profile is theirs.",)

    # --- repairing timers

    def broken(self) -> tuple[JobId, ...]:
        """All timers that a sign-in or a consent would mend."""
        rows = self._app.states.rows.items()
        return tuple(key for key, row in rows if row.is_trouble and row.pending is None and wants_fix(row))

    def alike(self, job_ids: Sequence[JobId]) -> tuple[JobId, ...]:
        """These timers, then all others that were stopped for the same cause."""
        causes = {self._cause(job_id) for job_id in job_ids if job_id in self._app.states}
        others = (job_id for job_id in self.broken() if job_id not in job_ids and self._cause(job_id) in causes)
        return (*job_ids, *others)

    async def fix(self, job_ids: Sequence[JobId]) -> tuple[Result, ...]:
        """Asks for what these timers lack, then resumes those that were left in. Empty when nothing was changed.

        Raises:
            GlobusTuiError: the consents could not be read; nothing was changed.
        """
        jobs = await asyncio.to_thread(self._broken_jobs, job_ids)
        if not jobs:
            return ()
        fixing = await self._account.prepare_fix(jobs)
        await look_up_names(self._app, (job.gare for job in jobs))

        async def change(chosen: frozenset[str]) -> SignInRequest | None:
            nonlocal fixing
            fixing = await self._account.prepare_fix([job for job in jobs if job.job_id in chosen])
            return fixing.request

        picked = await self.ask(await asyncio.to_thread(partial(self._question, jobs, fixing, change=change)))
        if picked is None:
            return ()
        plan = replace(fixing, jobs=tuple(job for job in fixing.jobs if job.job_id in picked))
        later = [job.job_id for job in fixing.later if job.job_id in picked]
        return (*await self._resume(plan), *(Result(self._label(job_id), False, _LATER) for job_id in later))

    def _broken_jobs(self, job_ids: Iterable[JobId]) -> tuple[BrokenJob, ...]:
        return tuple(BrokenJob(job_id, self._gare(job_id)) for job_id in job_ids if job_id in self._app.states)

    async def _resume(self, plan: FixPlan) -> tuple[Result, ...]:
        """Judges by the consents as they are now, and resumes one timer after another."""
        verdicts = await self._account.check_fix(plan)
        waiting = [Resume(verdict.job_id) for verdict in verdicts if verdict.may_resume]
        announced = self._app.store.announce(waiting)
        with noting():  # one key, one step to take back
            return tuple([await self._resume_one(verdict, announced) for verdict in verdicts])

    async def _resume_one(self, verdict: Verdict, announced: frozenset[JobId]) -> Result:
        label = self._label(verdict.job_id)
        if not verdict.may_resume:
            return Result(label, False, self._missing_words(verdict.missing) or verdict.reason)
        operation = Resume(verdict.job_id, update_credentials=True, skip_check=True)
        outcome = await self._app.store.operate(operation, announced=verdict.job_id in announced)
        stopped = self._stopped_again(outcome.job) if isinstance(outcome, Done) else ""
        done = isinstance(outcome, Done) and not stopped
        words = stopped or f"{outcome_words(outcome)} {verdict.reason}".strip()
        return Result(label, done, words, verdict.job_id if done else None)

    def _stopped_again(self, job: Job | None) -> str:
        """What Globus wants next, when resuming showed that what it had asked for was not all; else empty."""
        if job is None or job.status is not JobStatus.INACTIVE:
            return ""
        gare = job.inactive_reason.gare if job.inactive_reason else None
        if gare is None:
            return "Globus was asked to resume it and stopped it again, without saying why."
        wants = " ".join(gare_words.requirement_lines(gare, known_names(self._app), self._account.identity_names()))
        return f"Globus stopped it again at once, as it wants more than it had said: {wants} Press f for that."

    # --- words

    def _question(self, jobs: Sequence[BrokenJob], fixing: FixPlan, *, change: Change) -> Question:
        labels = [self._label(job.job_id) for job in jobs]
        several = len({cause_of(job.gare) for job in jobs}) > 1
        ordered = sorted(jobs, key=lambda job: self._cause_words(job.gare)) if several else jobs
        return Question(
            heading=f"Fix and resume {labels[0]}" if len(labels) == 1 else f"Fix and resume {len(labels)} timers",
            request=fixing.request,
            words=lambda request: self._asked(jobs, request),
            then=(
                "First it is checked that the new consents are really there, and that it is still you.",
                "Then each is watched until its next run starts, or fails again.",
            ),
            choices=tuple(
                Choice(
                    job.job_id,
                    f"resume {self._label(job.job_id)}: {self._start_words(job.job_id)}",
                    self._cause_words(job.gare) if several else "",
                    self._label(job.job_id),
                    self._app.store.resume_preview(job.job_id).catch_up,
                )
                for job in ordered
            ),
            change=change,
        )

    def _asked(self, jobs: Sequence[BrokenJob], request: SignInRequest | None) -> tuple[str, ...]:
        messages = dict.fromkeys(words for job in jobs if (words := gare_words.message(job.gare)))
        lines = [f"Globus says: {words}" for words in list(messages)[:_MESSAGES]]
        if request is None:
            return (*lines, "Everything that they need is granted already.", _CREDENTIALS)
        lines += self._allow_lines(request)
        lines += (
            gare_words.proofs(_united(jobs, request), self._account.identity_names())
            if request.wants_session
            else ("No other identity, policy or second factor is asked for.",)
        )
        lines += [
            f"Nobody at Globus has the name {who}: this login cannot prove that." for who in request.unknown_identities
        ]
        return (*lines, _CREDENTIALS)

    def _allow_lines(self, request: SignInRequest | None) -> list[str]:
        """What has to be allowed, as trees; empty where nothing has."""
        names, plain, scopes = known_names(self._app), self._app.view.ascii, request.scopes if request else ()
        trees = (f"  {line}" for scope in scopes for line in gare_words.scope_tree(scope, names, ascii_only=plain))
        return ["You will be asked to allow, besides what this program may already do:", *trees] if scopes else []

    def _cause_words(self, gare: Gare) -> str:
        names = known_names(self._app)
        allow = [path.rpartition(" > ")[2] for path in gare_words.allow_words(gare, names)]
        return f"for: {', '.join(filter(None, (*dict.fromkeys(allow), gare_words.session_short(gare))))}"

    def _missing_words(self, missing: Sequence[Scope]) -> str:
        names = known_names(self._app)
        lacking = Gare("ConsentRequired", tuple(map(str, missing)))
        paths = gare_words.allow_words(lacking, names)
        return f"Not allowed yet: {'; '.join(paths)}." if paths else ""

    def _start_words(self, job_id: JobId) -> str:
        preview = self._app.store.resume_preview(job_id)
        at = moments.date_time(preview.next_run, self._app.view.now, self._app.view.zone) if preview.next_run else None
        then = f", then {at}" if at else ""
        return f"{catch_up_words(preview) or 'no run was missed'}{then}"

    def _label(self, job_id: JobId) -> str:
        row = self._app.states.rows.get(job_id)
        return row.label if row else str(job_id)

    def _gare(self, job_id: JobId) -> Gare:
        states = self._app.states
        seen = states.glance(states.rows[job_id])
        reason = seen.job.inactive_reason
        # Where Globus did not say in a form that is known, the best that can be done is a fresh login.
        return (reason.gare if reason else None) or seen.health.gare or Gare("AuthorizationRequired", prompt="login")

    def _cause(self, job_id: JobId) -> Cause:
        return cause_of(self._gare(job_id))


def _of_service_account(request: SignInRequest | None) -> tuple[str, ...]:
    """What is different without a login, where there is something to ask for."""
    if request is None:
        return ()
    asks = ("A service account needs no login: with Enter it asks for this itself.",) if request.scopes else ()
    cannot = ("What has to be proved by signing in, it cannot prove: such timers stay as they are.",)
    return (*asks, *(cannot if request.wants_session else ()))


PATIENCE = 3.0
"""Seconds that a prompt may be held up by names: after that it opens with the beginnings of ids."""


def known_names(app: Console) -> Mapping[str, str]:
    return {key: collection.name for key, collection in app.store.collections.items() if collection.name}


async def look_up_names(app: Console, gares: Iterable[Gare]) -> None:
    """Reads the collections that requirements are about, as far as their names are not known; fails silently."""
    names = known_names(app)
    ids = {key for gare in gares for key in gare_words.consent_collections(gare) if key not in names}

    async def look_up(collection_id: str) -> None:
        with contextlib.suppress(GlobusTuiError):
            await app.store.details.load_collection(collection_id)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(look_up, ids))


def _united(jobs: Sequence[BrokenJob], request: SignInRequest) -> Gare:
    """All that the login has to prove, each thing once; identities by the names that Globus used for them."""
    named = dict.fromkeys(name for job in jobs for name in job.gare.session_required_identities)
    return Gare(
        "AuthorizationRequired",
        session_required_identities=tuple(named),
        session_required_policies=request.policies,
        session_required_single_domain=request.domains,
        session_required_mfa=request.mfa or None,
        prompt=request.prompt,
    )

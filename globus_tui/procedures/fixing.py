"""Fix and resume: one login for timers that Globus stopped for want of a consent or a proof, then each is resumed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.auth.fix import BrokenJob
from globus_tui.domain.cause import cause_of
from globus_tui.domain.gare import Gare
from globus_tui.domain.job import JobStatus
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.run import RunState
from globus_tui.present import gare_words, moments
from globus_tui.procedures.names import known_names, look_up_names
from globus_tui.procedures.prompting import Question
from globus_tui.screens.consent_prompt import Choice
from globus_tui.screens.job_actions import wants_fix
from globus_tui.store.operations import Resume
from globus_tui.store.outcome import Done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from globus_tui.app import GlobusTui
    from globus_tui.auth.account import Account
    from globus_tui.auth.fix import FixPlan
    from globus_tui.auth.sign_in_request import SignInRequest
    from globus_tui.domain.cause import Cause
    from globus_tui.domain.job import Job, JobId
    from globus_tui.domain.scope import Scope
    from globus_tui.procedures.prompting import Prompting

    Change = Callable[[frozenset[str]], Awaitable[SignInRequest | None]]

_MESSAGES = 3
"""Sentences of Globus that are repeated in the prompt; more of them say little."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one timer, for the list that is shown afterwards.

    Attributes:
        to_watch: the timer, when its next run is to be watched for.
    """

    label: str
    resumed: bool
    words: str
    to_watch: JobId | None = None


class Fixing:
    """The procedure; it runs in a worker of the application."""

    def __init__(self, app: GlobusTui, account: Account, prompting: Prompting) -> None:
        """Nothing is asked yet."""
        self._app = app
        self._account = account
        self._prompting = prompting

    def broken(self) -> tuple[JobId, ...]:
        """All timers that a sign-in or a consent would mend."""
        return tuple(key for key, state in self._app.states.items() if wants_fix(state) and state.pending is None)

    def alike(self, job_ids: Sequence[JobId]) -> tuple[JobId, ...]:
        """These, and behind them all others that were stopped for the same cause."""
        causes = {self._cause(one) for one in job_ids if one in self._app.states}
        others = (one for one in self.broken() if one not in job_ids and self._cause(one) in causes)
        return (*job_ids, *others)

    async def fix(self, job_ids: Sequence[JobId]) -> tuple[Result, ...]:
        """Asks for what these timers lack, then resumes those that were left in. Empty when nothing was changed.

        Raises:
            GlobusTuiError: the consents could not be read; nothing was changed.
        """
        jobs = tuple(BrokenJob(one, self._gare(one)) for one in job_ids if one in self._app.states)
        if not jobs:
            return ()
        found = await self._account.prepare_fix(jobs)
        await look_up_names(self._app, (job.gare for job in jobs))

        async def change(left: frozenset[str]) -> SignInRequest | None:
            nonlocal found
            found = await self._account.prepare_fix([job for job in jobs if job.job_id in left])
            return found.request

        picked = await self._prompting.ask(self._question(jobs, found, change=change))
        if picked is None:
            return ()
        plan = replace(found, jobs=tuple(job for job in found.jobs if job.job_id in picked))
        later = [job.job_id for job in found.later if job.job_id in picked]
        return (*await self._resume(plan), *(Result(self._label(one), False, _LATER) for one in later))

    async def _resume(self, plan: FixPlan) -> tuple[Result, ...]:
        """Judges by the consents as they are now, and resumes one timer after another."""
        results = []
        for verdict in await self._account.check_fix(plan):
            label = self._label(verdict.job_id)
            if not verdict.may_resume:
                results.append(Result(label, False, self._missing_words(verdict.missing) or verdict.reason))
                continue
            operation = Resume(verdict.job_id, update_credentials=True, skip_check=True)
            outcome = await self._app.store.operate(operation)
            again = self._stopped_again(outcome.job) if isinstance(outcome, Done) else ""
            done = isinstance(outcome, Done) and not again
            words = again or f"{self._app.outcome_words(outcome)} {verdict.reason}".strip()
            results.append(Result(label, done, words, verdict.job_id if done else None))
        return tuple(results)

    def _stopped_again(self, job: Job | None) -> str:
        """What Globus wants next, when resuming showed that what it had asked for was not all; else empty."""
        if job is None or job.status is not JobStatus.INACTIVE:
            return ""
        gare = job.inactive_reason.gare if job.inactive_reason else None
        if gare is None:
            return "Globus was asked to resume it and stopped it again, without saying why."
        wants = " ".join(gare_words.asked(gare, known_names(self._app), self._account.identity_names()))
        return f"Globus stopped it again at once, as it wants more than it had said: {wants} Press f for that."

    # --- words

    def _question(self, jobs: Sequence[BrokenJob], found: FixPlan, *, change: Change) -> Question:
        labels = [self._label(job.job_id) for job in jobs]
        several = len({self._cause(job.job_id) for job in jobs}) > 1
        ordered = sorted(jobs, key=lambda job: self._cause_words(job.gare)) if several else jobs
        return Question(
            heading=f"Fix and resume {labels[0]}" if len(labels) == 1 else f"Fix and resume {len(labels)} timers",
            request=found.request,
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
                )
                for job in ordered
            ),
            change=change,
        )

    def _asked(self, jobs: Sequence[BrokenJob], request: SignInRequest | None) -> tuple[str, ...]:
        said = dict.fromkeys(words for job in jobs if (words := gare_words.message(job.gare)))
        lines = [f"Globus says: {words}" for words in list(said)[:_MESSAGES]]
        if request is None:
            return (*lines, "Everything that they need is granted already.", _CREDENTIALS)
        names, plain = known_names(self._app), self._app.view.ascii
        if request.scopes:
            lines.append("You will be asked to allow, besides what this program may already do:")
            lines += [
                f"  {line}" for one in request.scopes for line in gare_words.scope_tree(one, names, ascii_only=plain)
            ]
        lines += (
            gare_words.proofs(_united(jobs, request), self._account.identity_names())
            if request.wants_session
            else ("No other identity, policy or second factor is asked for.",)
        )
        lines += [
            f"Nobody at Globus has the name {one}: this login cannot prove that." for one in request.unknown_identities
        ]
        return (*lines, _CREDENTIALS)

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
        if preview.catch_up is None:
            return "whether a run starts at once cannot be told"
        if preview.catch_up:
            return f"ONE run starts at once{then}"
        # No tick was missed since the timer stopped, but the run that it was stopped for never came about.
        if (state := self._app.states.get(job_id)) and state.job.runs and state.job.runs[0].state is RunState.REFUSED:
            return f"a run may start at once, as the last one was refused{then}"
        return f"no run was missed{then}"

    def _label(self, job_id: JobId) -> str:
        state = self._app.states.get(job_id)
        return state.job.label if state else str(job_id)

    def _gare(self, job_id: JobId) -> Gare:
        state = self._app.states[job_id]
        reason = state.job.inactive_reason
        # Where Globus did not say in a form that is known, the best that can be done is a fresh login.
        return (reason.gare if reason else None) or state.health.gare or Gare("AuthorizationRequired", prompt="login")

    def _cause(self, job_id: JobId) -> Cause:
        return cause_of(self._gare(job_id))


def _united(jobs: Sequence[BrokenJob], request: SignInRequest) -> Gare:
    """All that the login has to prove, each thing once; identities by the names that Globus used for them."""
    named = dict.fromkeys(one for job in jobs for one in job.gare.session_required_identities)
    return Gare(
        "AuthorizationRequired",
        session_required_identities=tuple(named),
        session_required_policies=request.policies,
        session_required_single_domain=request.domains,
        session_required_mfa=request.mfa or None,
        prompt=request.prompt,
    )


_LATER = "needs a login of its own, as its demands contradict the others': press f on it."
_CREDENTIALS = "From then on they run with the credentials of this sign-in."

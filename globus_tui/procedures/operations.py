"""Carries out what changes timers, a few at a time, says how it ended, and watches repaired ones until their
next run.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.commands import key_words
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.domain.timer.run import RunState
from globus_tui.present.operation_words import operation_command, outcome_words
from globus_tui.present.transfer_words import one_line
from globus_tui.store.journal import noting
from globus_tui.store.operations import Delete, Done, NeedsConsent, Operation, Outcome, Pause, Refused, Resume, verbs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState


class NextRuns:
    """Watches repaired timers until their next run has started."""

    def __init__(self) -> None:
        self._since: dict[JobId, datetime] = {}

    def watch(self, job_id: JobId, since: datetime) -> None:
        self._since[job_id] = since

    def news(self, states: Mapping[JobId, JobState]) -> Iterator[tuple[str, bool]]:
        """What came of the watched timers: sentences, and whether each is good. Each is told once, the bad ones first.

        Runs that started are told together: one login may have repaired a dozen timers, and the note has two lines.
        """
        started: list[str] = []
        for job_id, since in list(self._since.items()):
            news = _news_of(states.get(job_id), since)
            if news is None:
                continue
            del self._since[job_id]
            if news:
                yield news, False
            else:
                started.append(states[job_id].job.label)
        if len(started) == 1:
            yield f"{started[0]}: its run has started.", True
        elif started:
            yield f"The runs of {len(started)} repaired timers have started: {', '.join(started)}.", True


def _news_of(state: JobState | None, since: datetime) -> str | None:
    """What went wrong with a watched timer; empty when its run has started, None while there is nothing to tell."""
    if state is None:
        return "A timer that was being watched is gone."
    label, newest = state.job.label, state.job.runs[0] if state.job.runs else None
    if state.job.status is JobStatus.INACTIVE:
        return f"{label}: Globus stopped it again."
    if newest is None or newest.ran_at is None or newest.ran_at < since:
        return None
    if newest.state in _WRONG:
        return f"{label}: its run {_WRONG[newest.state]}: {newest.problem or 'no reason given'}."
    return ""


_WRONG = {RunState.REFUSED: "was refused", RunState.FAILED: "failed"}


AT_ONCE = 4
"""Operations of one bulk action that may be under way together."""
ANNOUNCED_AT_ONCE = 500


class Operations:
    """Runs operations in workers of the application, so that closing a screen never cancels one."""

    def __init__(self, app: Console) -> None:
        self._app = app

    def start(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        """Carry operations out, a few at a time, and say how they ended; `then` is called with the outcomes."""
        self._app.run_worker(self._carry_out(tuple(operations), then), group="operations", exit_on_error=True)

    async def _carry_out(
        self, operations: Sequence[Operation], then: Callable[[Sequence[Outcome]], None] | None
    ) -> None:
        labels, announced, gate = list[str](), frozenset[JobId](), asyncio.Semaphore(AT_ONCE)
        for start in range(0, len(operations), ANNOUNCED_AT_ONCE):
            if start:
                await asyncio.sleep(0)  # thousands are not told of between two keys
            some = operations[start : start + ANNOUNCED_AT_ONCE]
            labels += map(self._label, some)
            for operation in some:
                self._app.activity.command(operation_command(operation))
            announced |= self._app.store.announce(some)

        async def in_turn(operation: Operation) -> Outcome:
            async with gate:
                return await self._carry_out_one(operation, announced=operation.job_id in announced)

        with noting():
            outcomes: Sequence[Outcome] = await asyncio.gather(*map(in_turn, operations))
        if len(operations) == 1:
            outcomes = (await self._through_consent(operations[0], outcomes[0]),)
        self._say_outcomes(operations, outcomes, labels)
        self._app.book_wake()
        if then is not None:
            then(outcomes)

    async def _carry_out_one(self, operation: Operation, *, announced: bool = False) -> Outcome:
        if not isinstance(operation, Delete):
            return await self._app.store.operate(operation, announced=announced)
        self._app.deleted_here.add(operation.job_id)
        outcome = await self._app.store.operate(operation, announced=announced)
        if not isinstance(outcome, Done):
            self._app.deleted_here.discard(operation.job_id)
        return outcome

    async def _through_consent(self, operation: Operation, outcome: Outcome) -> Outcome:
        """Where Globus wants a consent first, one sign-in and one more try. Resuming has a key of its own for that: f.

        With several operations nothing is asked: a question for each of them would be worse than the list of failures.
        """
        if not isinstance(outcome, NeedsConsent) or isinstance(operation, Resume):
            return outcome
        try:
            met = await self._app.sign_in.consent(outcome.gare, "Globus wants this before it makes the change")
        except GlobusTuiError as wrong:
            return Refused(wrong.in_full)
        if not met:
            return Refused("Nothing was changed.")
        second = await self._carry_out_one(operation)
        if isinstance(second, NeedsConsent):
            reason = second.gare.session_message or "no reason given"
            return Refused(f"Globus still asks for a consent, though it was given: {reason.rstrip('.')}.")
        return second

    def _label(self, operation: Operation) -> str:
        """What to call the timer of an operation, before the operation renames or deletes it."""
        row = self._app.states.rows.get(operation.job_id) if operation.job_id else None
        return f"{row.label}: " if row else ""

    def _say_outcomes(
        self, operations: Sequence[Operation], outcomes: Sequence[Outcome], labels: Sequence[str]
    ) -> None:
        """One sentence; with several timers of which some failed, a list."""
        texts = [f"{label}{outcome_words(outcome)}" for label, outcome in zip(labels, outcomes, strict=True)]
        bad = sum(not isinstance(outcome, Done) for outcome in outcomes)
        back = ""
        if isinstance(operations[0], Pause) and not bad:  # the key that takes it back
            key = key_words(self._app.settings.keys, "job.pause-resume")
            back = f" {key} resumes it." if len(outcomes) == 1 else f"; mark them again and {key} resumes exactly these"
        if len(outcomes) == 1:
            self._app.say(f"{texts[0]}{back}", "error" if bad else "information")
        elif not bad:
            self._app.say(f"all {len(outcomes)} {verbs(operations)}{back}")
        else:
            from globus_tui.screens.confirm import Results

            self._app.say(f"{len(outcomes) - bad} of {len(outcomes)} {verbs(operations)}, {bad} not", "error")
            lines = [(isinstance(outcome, Done), "", words) for outcome, words in zip(outcomes, texts, strict=True)]
            self._app.push_screen(Results("What became of each timer", lines))


_DONE_DOING = {
    "pause": ("paused", "pausing"), "resume": ("resumed", "resuming"), "rename": ("renamed", "renaming"),
    "delete": ("deleted", "deleting"), "cancel": ("canceled the task of", "canceling the task of"),
    "create": ("created", "creating"), "transfer": ("started the transfer", "starting the transfer"),
}  # fmt: skip


def looked_up_words(verb: str, name: str, effect: bool | None, asked_at: str) -> str:
    """What became of a request whose answer was lost: `Paused climate-nightly after all (asked for at 14:31).`"""
    when = f" (asked for at {asked_at})" if asked_at else ""
    done, doing = (f"{word} {one_line(name)}" for word in _DONE_DOING.get(verb, (one_line(verb),) * 2))
    if effect:
        return f"{done[:1].upper()}{done[1:]} after all{when}."
    if effect is None:
        return f"Nobody can tell what became of {doing}{when}: look at it."
    return f"Not carried out: {doing}{when}."

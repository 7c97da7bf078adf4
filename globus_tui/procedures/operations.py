"""Carries out what changes timers, a few at a time, and says how it ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.screens.operation_words import command_of
from globus_tui.store.operations import Delete, Resume
from globus_tui.store.outcome import Done, Failed, NeedsConsent, Refused, SignedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from globus_tui.app import GlobusTui
    from globus_tui.store.operations import Operation
    from globus_tui.store.outcome import Outcome

AT_ONCE = 4
"""Operations of one bulk action that may be under way together."""


class Operations:
    """Runs operations in workers of the application, so that closing a screen never cancels one."""

    def __init__(self, app: GlobusTui) -> None:
        """Nothing is under way."""
        self._app = app
        self._gate = asyncio.Semaphore(AT_ONCE)

    def start(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        """Carry operations out, a few at a time, and say how they ended; `then` is called with the outcomes."""
        self._app.run_worker(self._carry_out(tuple(operations), then), group="operations", exit_on_error=True)

    async def _carry_out(
        self, operations: Sequence[Operation], then: Callable[[Sequence[Outcome]], None] | None
    ) -> None:
        labels = [self._label(one) for one in operations]
        for one in operations:
            self._app.activity.command(command_of(one))
        outcomes: Sequence[Outcome] = await asyncio.gather(*(self._carry_out_one(one) for one in operations))
        if len(operations) == 1:
            outcomes = (await self._through_consent(operations[0], outcomes[0]),)
        self._say_outcomes(outcomes, labels)
        self._app.book_wake()
        if then is not None:
            then(outcomes)

    async def _carry_out_one(self, operation: Operation) -> Outcome:
        async with self._gate:
            if not isinstance(operation, Delete):
                return await self._app.store.operate(operation)
            self._app.deleted_here.add(operation.job_id)
            outcome = await self._app.store.operate(operation)
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
        again = await self._carry_out_one(operation)
        if isinstance(again, NeedsConsent):
            said = again.gare.session_message or "no reason given"
            return Refused(f"Globus still asks for a consent, though it was given: {said.rstrip('.')}.")
        return again

    def _label(self, operation: Operation) -> str:
        """What to call the timer of an operation, before the operation renames or deletes it."""
        state = self._app.states.get(operation.job_id) if operation.job_id else None
        return f"{state.job.label}: " if state else ""

    def _say_outcomes(self, outcomes: Sequence[Outcome], labels: Sequence[str]) -> None:
        """One sentence; with several timers of which some failed, a list."""
        told = [f"{label}{outcome_words(one)}" for label, one in zip(labels, outcomes, strict=True)]
        bad = sum(not isinstance(one, Done) for one in outcomes)
        if len(outcomes) == 1:
            self._app.say(told[0], "error" if bad else "information")
        elif not bad:
            self._app.say(f"all {len(outcomes)} done")
        else:
            from globus_tui.screens.results import Results

            self._app.say(f"{len(outcomes) - bad} of {len(outcomes)} done, {bad} not", "error")
            lines = [(isinstance(one, Done), "", words) for one, words in zip(outcomes, told, strict=True)]
            self._app.push_screen(Results("What became of each timer", lines))


def outcome_words(outcome: Outcome) -> str:
    """How an operation ended, in a sentence or two."""
    if isinstance(outcome, Done):
        return f"{outcome.words} {outcome.note}" if outcome.note else outcome.words
    if isinstance(outcome, NeedsConsent):
        said = outcome.gare.session_message or "Globus asks for a consent or a new sign-in first"
        return f"{said.rstrip('.')}: press f."
    if isinstance(outcome, SignedOut):
        return f"{outcome.words} {outcome.advice}"
    if isinstance(outcome, Failed | Refused):
        return outcome.words
    raise AssertionError(outcome)

"""Which timers the list shows, and in which order. What is worked out for a timer is kept while it stays the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.filter import Filter, Subject, parse_filter, subject
from globus_tui.domain.sorting import Column, Facts, in_order
from globus_tui.present.health_words import why
from globus_tui.widgets.job_table import case_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.job import JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint


class JobOrder:
    """Sorting and filtering, told the timers and asked for the rows.

    Attributes:
        column: what is sorted by.
        descending: the other way round.
        problems_only: timers that need nobody are left out.
    """

    def __init__(self) -> None:
        """Trouble first, nothing filtered."""
        self.column = Column.HEALTH
        self.descending = False
        self.problems_only = False
        self._typed = ""
        self._filter = Filter()
        self._facts: dict[JobId, tuple[JobState, Facts]] = {}
        self._subjects: dict[JobId, tuple[JobState, Mapping[str, str], Subject]] = {}

    @property
    def typed(self) -> str:
        """The filter as it was typed."""
        return self._typed

    @typed.setter
    def typed(self, text: str) -> None:
        self._typed, self._filter = text, parse_filter(text)

    @property
    def narrowed(self) -> bool:
        """Something may be left out."""
        return bool(self._filter) or self.problems_only

    def rows(self, states: Mapping[JobId, JobState], view: Viewpoint) -> tuple[JobState, ...]:
        """The timers to show, in order."""
        self._forget(states)
        shown = [state for state in states.values() if self._shows(state, view)]
        return tuple(in_order(shown, lambda state: self._fact(state, view), self.column, descending=self.descending))

    def _forget(self, states: Mapping[JobId, JobState]) -> None:
        for known in (self._facts, self._subjects):
            if len(known) > len(states):
                for job_id in known.keys() - states.keys():
                    del known[job_id]

    def _shows(self, state: JobState, view: Viewpoint) -> bool:
        if self.problems_only and not state.health.word.is_trouble:
            return False
        return not self._filter or self._filter.matches(self._subject(state, view))

    def _fact(self, state: JobState, view: Viewpoint) -> Facts:
        known = self._facts.get(state.job_id)
        by_words = self.column is Column.WHY
        if known is None or known[0] is not state or by_words:
            job = state.job
            last = job.runs[0].ran_at if job.runs else job.last_ran_at
            facts = Facts(
                job.job_id,
                state.health.word,
                job.label,
                last,
                job.next_run,
                job.interval_seconds,
                why(case_of(state, view)) if by_words else "",
                state.history.failures_in_a_row,
            )
            self._facts[state.job_id] = known = (state, facts)
        return known[1]

    def _subject(self, state: JobState, view: Viewpoint) -> Subject:
        known = self._subjects.get(state.job_id)
        if known is None or known[0] is not state or known[1] is not view.names:
            found = subject(state.job, state.health, why(case_of(state, view)), view.names)
            self._subjects[state.job_id] = known = (state, view.names, found)
        return known[2]

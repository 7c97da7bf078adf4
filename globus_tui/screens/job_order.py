"""Which timers the list shows, and in which order. What is worked out for a timer is kept while it stays the same."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from globus_tui.domain.collector import collector_resting
from globus_tui.domain.filter import Filter, Subject, Term, parse_filter, subject
from globus_tui.domain.sorting import Column, Facts, in_order
from globus_tui.domain.timer_groups import timer_groups
from globus_tui.present.health_words import why
from globus_tui.store.group_state import GroupState, group_state
from globus_tui.widgets.job_table import case_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Set

    from globus_tui.domain.job import JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint

SUBJECTS_A_TURN = 200
"""Subjects made before other work gets its turn: some milliseconds."""
FEW = 20
"""One timer in so many may have changed for the rest to stay in the order they are in."""


@dataclass(frozen=True)
class _Hits:
    """What a filter left, and of what."""

    about: tuple[object, object, object] = (None, None, None)
    terms: tuple[Term, ...] = ()
    found: Mapping[JobId, JobState] = field(default_factory=dict)


def _narrower(terms: tuple[Term, ...], before: tuple[Term, ...]) -> bool:
    """Whether everything that meets these conditions meets those of before, as when a letter was added."""
    if len(terms) < len(before):
        return False
    return all(
        now == then or (now.key == then.key and not now.negated and not then.negated and now.text.startswith(then.text))
        for now, then in zip(terms, before, strict=False)
    )


class _Known(Facts):
    """Facts with the state that they are of: they hold as long as it is the timer's."""

    __slots__ = ("state",)
    state: JobState


class JobOrder:
    """Sorting and filtering, told the timers and asked for the rows.

    Attributes:
        column: what is sorted by.
        descending: the other way round.
        problems_only: timers that need nobody are left out.
        groups: timers that keep one schedule together, by the key of their row.
        unfolded: keys of groups whose timers are shown one by one.
        folded: the groups that are one row each now.
    """

    def __init__(self) -> None:
        """Trouble first, nothing filtered."""
        self.column = Column.HEALTH
        self.descending = False
        self.problems_only = False
        self.groups: Mapping[JobId, GroupState] = {}
        self.unfolded: set[JobId] = set()
        self.folded: Mapping[JobId, GroupState] = {}
        self._typed = ""
        self._filter = Filter()
        self._facts: dict[JobId, _Known] = {}
        self._subjects: dict[JobId, tuple[JobState, Mapping[str, str], Subject]] = {}
        self._asked: tuple[object, ...] = ()
        self._order: tuple[JobState, ...] = ()
        self._ordered: tuple[Mapping[JobId, JobState], Column, bool] = ({}, self.column, self.descending)
        self._rows: tuple[JobState, ...] = ()
        self._hits = _Hits()

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

    def rows(
        self, states: Mapping[JobId, JobState], view: Viewpoint, marked: Container[object] = frozenset()
    ) -> tuple[JobState, ...]:
        """The timers to show, in order; the very same tuple as long as nothing they depend on has changed.

        A group of which some timers are hidden or marked is shown one by one: nobody acts on what he does not see.

        Args:
            states: all timers.
            view: from where they are looked at.
            marked: keys of marked timers.
        """
        asked = (id(states), self.column, self.descending, self._words_matter(self.column is Column.WHY, view))
        if self._asked[:4] != asked or self._asked[4] is not states:
            self._put_in_order(states, view)
            self._asked = (*asked, states)
            self._rows = ()
        if not self.narrowed and not self.groups:
            self.folded = {}
            return self._order
        shown = self._shown(view, marked)
        if shown != self._rows:
            self._rows = shown
        return self._rows

    def _put_in_order(self, states: Mapping[JobId, JobState], view: Viewpoint) -> None:
        """Groups get a place beside their timers; which of the two is shown is decided later."""
        self._find_groups(states)
        extra = {one.job_id: one for one in self.groups.values()}
        everything = {**states, **extra} if extra else states
        self._forget(everything)
        with collector_resting():
            self._order = tuple(self._few_moved(everything, view) or self._sorted(everything, view))
        self._ordered = (everything, self.column, self.descending)

    def _sorted(self, states: Mapping[JobId, JobState], view: Viewpoint) -> list[JobState]:
        nearly = self._nearly(states, self._order)
        return in_order(nearly, lambda state: self._fact(state, view), self.column, descending=self.descending)

    def _few_moved(self, states: Mapping[JobId, JobState], view: Viewpoint) -> list[JobState] | None:
        """The order of before with the few timers that changed put where they belong; None where that is no shorter.

        Only for worst first, which is a total order by one key.
        """
        before, column, descending = self._ordered
        if self.column is not Column.HEALTH or column is not Column.HEALTH or self.descending or descending:
            return None
        changed = [state for job_id, state in states.items() if before.get(job_id) is not state]
        if len(changed) * FEW > len(states):
            return None
        order = [state for state in self._order if states.get(state.job.job_id) is state]
        for state in changed:
            insort(order, state, key=lambda one: self._fact(one, view).tie)
        return order

    def _find_groups(self, states: Mapping[JobId, JobState]) -> None:
        found = {}
        for group in timer_groups(state.job for state in states.values()):
            before = self.groups.get(group.job_ids[0])
            same = before is not None and before.group == group and all(states[one.key] is one for one in before.parts)
            found[group.job_ids[0]] = before if before is not None and same else group_state(group, states)
        self.groups = found
        self.unfolded &= found.keys()

    def _shown(self, view: Viewpoint, marked: Container[object]) -> tuple[JobState, ...]:
        """A group as its row, or as its timers in that place; if some of them are left out, each in its own place."""
        whole = {key: one for key, one in self.groups.items() if self._shows_whole(one, view)}
        self.folded = {
            key: one
            for key, one in whole.items()
            if key not in self.unfolded and len({part.key in marked for part in one.parts}) == 1
        }
        opened = {one.job_id: one for key, one in whole.items() if key not in self.folded}
        rows = {one.job_id for one in self.folded.values()}
        left_out = {part.job_id for one in whole.values() for part in one.parts}
        left_out.update(one.job_id for key, one in self.groups.items() if key not in whole)
        hits = self._matching(view) if self.narrowed else None
        shown: list[JobState] = []
        for state in self._order:
            job_id = state.job.job_id
            if job_id in left_out:
                continue
            if job_id in opened:
                shown += opened[job_id].parts
            elif hits is None or job_id in rows or job_id in hits:
                shown.append(state)
        return tuple(shown)

    def _matching(self, view: Viewpoint) -> Set[JobId]:
        """Ids of what the filter leaves; where a letter more was typed, only what it left before is looked at."""
        before, about = self._hits, (self._order, self.problems_only, view.names)
        same = all(one is other for one, other in zip(before.about, about, strict=True))
        if same and before.terms == self._filter.terms:
            return before.found.keys()
        among: Iterable[JobState] = (
            before.found.values() if same and _narrower(self._filter.terms, before.terms) else self._order
        )
        if self.problems_only:
            among = [one for one in among if one.health.word.is_trouble]
        if self._filter:
            matches, subject_of = self._filter.matches, self._subject
            among = [one for one in among if matches(subject_of(one, view))]
        self._hits = _Hits(about, self._filter.terms, {one.job.job_id: one for one in among})
        return self._hits.found.keys()

    def _shows_whole(self, group: GroupState, view: Viewpoint) -> bool:
        return not self.narrowed or all(self._shows(one, view) for one in group.parts)

    def shown_together(self, job_id: JobId) -> GroupState | None:
        """The group that a timer belongs to, or None."""
        return next((one for one in self.groups.values() if job_id in one.group.job_ids), None)

    @staticmethod
    def _words_matter(matters: bool, view: Viewpoint) -> object:
        return (view.now, view.zone, id(view.names)) if matters else None

    @staticmethod
    def _nearly(states: Mapping[JobId, JobState], before: tuple[JobState, ...]) -> list[JobState]:
        """All timers, in the order they had before as far as it goes: what is nearly sorted is sorted fast."""
        known = [found for state in before if (found := states.get(state.job_id)) is not None]
        if len(known) == len(states):
            return known
        seen = {state.job_id for state in known}
        return known + [state for job_id, state in states.items() if job_id not in seen]

    def prepare(self, states: Mapping[JobId, JobState], view: Viewpoint) -> Iterator[None]:
        """Makes what filtering needs before the first letter is typed; yields now and then, to let others work."""
        waiting = iter(tuple(states.values()))
        while turn := tuple(islice(waiting, SUBJECTS_A_TURN)):
            for state in turn:
                self._subject(state, view)
            yield

    def _forget(self, states: Mapping[JobId, JobState]) -> None:
        for known in (self._facts, self._subjects):
            if len(known) > len(states):
                for job_id in known.keys() - states.keys():
                    del known[job_id]

    def _shows(self, state: JobState, view: Viewpoint) -> bool:
        if self.problems_only and not state.health.word.is_trouble:
            return False
        return not self._filter or self._filter.matches(self._subject(state, view))

    def _fact(self, state: JobState, view: Viewpoint) -> _Known:
        known = self._facts.get(state.job.job_id)
        by_words = self.column is Column.WHY
        if known is None or known.state is not state or by_words:
            job = state.job
            known = _Known(
                job.job_id,
                state.health.word,
                job.label,
                state.last_ran,
                job.next_run,
                job.interval_seconds,
                why(case_of(state, view)) if by_words else "",
                state.history.failures_in_a_row,
            )
            known.state = state
            self._facts[job.job_id] = known
        return known

    def _subject(self, state: JobState, view: Viewpoint) -> Subject:
        known = self._subjects.get(state.job_id)
        if known is None or known[0] is not state or known[1] is not view.names:
            found = subject(state.job, state.health, why(case_of(state, view)), view.names)
            self._subjects[state.job_id] = known = (state, view.names, found)
        return known[2]

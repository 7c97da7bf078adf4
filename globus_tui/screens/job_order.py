"""Which timers the list shows, and in which order: rows of the store, sorted, filtered, and put together to groups."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from globus_tui.domain.timer.cause import Hit, outages
from globus_tui.domain.timer.filter import Filter, parse_filter
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.sorting import SortColumn, in_order
from globus_tui.domain.timer.timer_groups import TimerGroup, split_name, timer_groups
from globus_tui.present.health_words import why
from globus_tui.present.transfer_words import collection_name
from globus_tui.store.job_state import GroupState
from globus_tui.store.rows import SIDES_APART, Row
from globus_tui.widgets.viewpoint import RowSubject, case_of, why_words

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Set

    from globus_tui.domain.timer.job import Job
    from globus_tui.store.board import States
    from globus_tui.widgets.viewpoint import Viewpoint

SUBJECTS_A_TURN = 40
"""Subjects made before other work gets its turn: some milliseconds."""
_FOLDED = 5
"""Timers with one cause that are one row; fewer are seen at a glance one by one."""
_GROUP = "group of "


class GroupRow(Row):
    """The row of several timers that are shown as one; it is known by the id of the first of them."""

    __slots__ = ()

    @property
    def key(self) -> JobId:
        """So the cursor stays when the group is shown one by one."""
        return JobId(self.job_id.removeprefix(_GROUP))


@dataclass(frozen=True)
class _Hits:
    """What a filter left, and of what."""

    about: tuple[object, ...] = (None, None, None, None)
    wanted: Filter = field(default_factory=Filter)
    found: Mapping[JobId, Row] = field(default_factory=dict)


class JobOrder:
    """Sorting and filtering, told the timers and asked for the rows.

    Attributes:
        then: columns by which equal rows are put in order, and whether the other way round.
        problems_only: timers that need nobody are left out.
        pins: ids of timers that stand on top, in this order.
        groups: timers that keep one schedule together, by the key of their row.
        unfolded_keys: keys of groups whose timers are shown one by one.
        folded_groups: the groups that are one row each now.
    """

    def __init__(self, profile: str = "", *, grouping: bool = True) -> None:
        """Trouble first, nothing filtered; `profile`: whose timers they are; `grouping`: groups may be one row each."""
        self.profile = profile
        self.grouping = grouping
        self.column = SortColumn.HEALTH
        self.descending = False
        self.then: tuple[tuple[SortColumn, bool], ...] = ()
        self.problems_only = False
        self.pins: tuple[str, ...] = ()
        self.groups: Mapping[JobId, GroupState] = {}
        self.unfolded_keys: set[JobId] = set()
        self.folded_groups: Mapping[Hashable, GroupState] = {}
        self._filter_text = ""
        self._filter = Filter()
        self._outages: tuple[TimerGroup, ...] = ()
        self._may_group: dict[JobId, tuple[int, Job]] = {}
        self._grouped: tuple[object, object] = (None, None)
        self._subjects: dict[JobId, tuple[int, Mapping[str, str], RowSubject]] = {}
        self._asked: tuple[object, ...] = ()
        self._order: tuple[Row, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._hits = _Hits()

    @property
    def filter_text(self) -> str:
        """The filter as it was typed."""
        return self._filter_text

    @filter_text.setter
    def filter_text(self, text: str) -> None:
        self._filter_text, self._filter = text, parse_filter(text)

    @property
    def problems(self) -> tuple[str, ...]:
        """What of the filter was not understood, as sentences."""
        return self._filter.problems

    @property
    def is_narrowed(self) -> bool:
        """Something may be left out."""
        return bool(self._filter) or self.problems_only

    def follow(self, other: JobOrder) -> None:
        """Sort and filter as another one does."""
        self.column, self.descending, self.then = other.column, other.descending, other.then
        self.problems_only, self._filter_text, self._filter = other.problems_only, other._filter_text, other._filter

    def rows(self, states: States, view: Viewpoint, marked: Container[object] = frozenset()) -> tuple[Row, ...]:
        """The rows to show, in order; the very same tuple as long as nothing they depend on has changed.

        A group of which some timers are hidden or marked is shown one by one: nobody acts on what he does not see.
        """
        by = {self.column, *(column for column, _ in self.then)}
        words: object = (view.now, view.zone, id(view.names)) if SortColumn.WHY in by else None
        if words is None and (by & {SortColumn.FROM, SortColumn.TO} or self._outages):
            words = id(view.names)
        basis = (states, self.column, self.descending, self.then, words, self.pins)
        if not self._asked or self._asked[0] is not states or self._asked[1:] != basis[1:]:
            self._put_in_order(states, view)
            self._asked = basis
            self._rows = ()
        if not self.is_narrowed and not self.groups:
            self.folded_groups = {}
            return self._order
        shown = self._shown(states, view, marked)
        if shown != self._rows:
            self._rows = shown
        return self._rows

    def _put_in_order(self, states: States, view: Viewpoint) -> None:
        """Groups get a place beside their timers; which of the two is shown is decided later."""
        if self.grouping and not (self._grouped[0] is states and self._grouped[1] is view.names):
            self._find_groups(states, view)
            self._grouped = states, view.names
        rows = sorted([*states.rows.values(), *map(_group_row, self.groups.values())])
        for column, descending in reversed(((self.column, self.descending), *self.then)):
            if column is not SortColumn.HEALTH or descending or self.then:
                rows = in_order(rows, self.value(column, states, view), descending=descending)
        if self.pins:  # a pin holds whatever is sorted by
            places = {job_id: place for place, job_id in enumerate(self.pins)}
            rows.sort(key=lambda row: places.get(row.key, len(places)))
        self._order = tuple(rows)

    def value(self, column: SortColumn, states: States, view: Viewpoint) -> Callable[[Row], object]:
        """What rows are put in order by; of a row without it, None."""
        if column is SortColumn.WHY:
            groups = {group.job_id: group for group in self.groups.values()}

            def words(row: Row) -> str | None:
                group = groups.get(row.job_id)
                reason = why(case_of(group, view)) if group else why_words(row, states.glance, view)
                return reason.casefold() or None

            return words
        if column in (SortColumn.FROM, SortColumn.TO):
            source = column is SortColumn.FROM

            def side(row: Row) -> object:
                end, paths = (row.source if source else row.destination), row.paths.partition(SIDES_APART)
                name = (view.names.get(end) or end).casefold()
                return (name, paths[0 if source else 2]) if end else None

            return side
        values: dict[SortColumn, Callable[[Row], object]] = {
            SortColumn.HEALTH: lambda row: row.rank,
            SortColumn.NAME: lambda row: row.folded_name or None,
            SortColumn.LAST: lambda row: row.last_run,
            SortColumn.EVERY: lambda row: row.interval_seconds,
            SortColumn.NEXT: lambda row: None if row.undated else row.next_run,
        }
        return values[column]

    def _find_groups(self, states: States, view: Viewpoint) -> None:
        """Timers that keep one schedule together, and those that one cause hits."""
        may: dict[JobId, tuple[int, Job]] = {}
        for job_id, row in states.rows.items():
            if row.folded_name.endswith(")") and split_name(row.folded_name)[1]:
                before = self._may_group.get(job_id)
                same = before is not None and before[0] == row.serial
                seen = None if same else states.glance(row)
                if before is not None and seen is None:
                    may[job_id] = before
                elif seen is not None and seen.replacement is None:
                    may[job_id] = row.serial, seen.job
        self._may_group = may
        group_states = {}
        groups = timer_groups(job for _, job in may.values())
        together = {job_id for group in groups for job_id in group.job_ids}
        self._outages = _outages((row for row in states.rows.values() if row.job_id not in together), states, view)
        for group in (*groups, *self._outages):
            known = self.groups.get(group.job_ids[0])
            same = known is not None and known.group == group
            if known is None or not same or any(states.rows[row.key].serial != row.serial for row in known.rows):
                known = GroupState(group, states.rows, states.make)
            group_states[group.job_ids[0]] = known
        self.groups = group_states
        self.unfolded_keys &= group_states.keys()

    def _shown(self, states: States, view: Viewpoint, marked: Container[object]) -> tuple[Row, ...]:
        """A group as its row, or as its timers in that place; if some of them are left out, each in its own place."""
        hits = self._matching(states, view) if self.is_narrowed else None
        whole = {
            key: group
            for key, group in self.groups.items()
            if hits is None or all(part.job_id in hits for part in group.rows)
        }
        self.folded_groups = {
            key: group
            for key, group in whole.items()
            if key not in self.unfolded_keys and len({part.key in marked for part in group.rows}) == 1
        }
        opened = {group.job_id: group for key, group in whole.items() if key not in self.folded_groups}
        rows = {group.job_id for group in self.folded_groups.values()}
        left_out = {part.job_id for group in whole.values() for part in group.rows}
        left_out.update(group.job_id for key, group in self.groups.items() if key not in whole)
        shown: list[Row] = []
        for row in self._order:
            if row.job_id in left_out:
                continue
            if row.job_id in opened:
                shown += [states.rows[part.job_id] for part in opened[row.job_id].rows]
            elif hits is None or row.job_id in rows or row.job_id in hits:
                shown.append(row)
        if self._filter.ranks:
            shown.sort(key=lambda row: self._rank(row, states, view))
        return tuple(shown)

    def _rank(self, row: Row, states: States, view: Viewpoint) -> int:
        """How well it matches what was typed, the best first; of a group, its best timer."""
        return min(self._filter.rank(self._subject(part, states, view)) for part in self.single((row,), states))

    def single(self, rows: Iterable[Row], states: States) -> Iterator[Row]:
        """The rows of single timers that these stand for."""
        for row in rows:
            if isinstance(row, GroupRow):
                yield from (states.rows[part.job_id] for part in self.groups[row.key].rows)
            else:
                yield row

    def _matching(self, states: States, view: Viewpoint) -> Set[JobId]:
        """Ids of what the filter leaves; where a letter more was typed, only what it left before is looked at."""
        current, before = self._filter, self._hits
        about = (self._order, self.problems_only, view.names, view.now if current.timely else None)
        same = all(old is new for old, new in zip(before.about, about, strict=True))
        if same and (before.wanted is current or (before.wanted.within(current) and current.within(before.wanted))):
            return before.found.keys()
        among: Iterable[Row] = before.found.values() if same and current.within(before.wanted) else self._order
        wanted = bool(current)
        found = {
            row.job_id: row
            for row in among
            if row.job_id in states.rows
            and (row.is_trouble or not self.problems_only)
            and (not wanted or current.matches(self._subject(row, states, view)))
        }
        self._hits = _Hits(about, current, found)
        return self._hits.found.keys()

    def shown_together(self, job_id: JobId) -> GroupState | None:
        """The group that a timer belongs to, or None."""
        return next((group for group in self.groups.values() if job_id in group.group.job_ids), None)

    def prepare(self, states: States, view: Viewpoint) -> Iterator[None]:
        """Makes what filtering needs before the first letter is typed; yields now and then, to let others work."""
        waiting = iter(tuple(states.rows.values()))
        while turn := tuple(islice(waiting, SUBJECTS_A_TURN)):
            for row in turn:
                subject = self._subject(row, states, view)
                with suppress(KeyError):  # gone meanwhile
                    subject.make_texts()
            yield

    def forget(self) -> None:
        """Nothing is filtered any more: what was made for it need not be kept."""
        self._subjects.clear()
        self._hits = _Hits()

    def _subject(self, row: Row, states: States, view: Viewpoint) -> RowSubject:
        known = self._subjects.get(row.job_id)
        if known is None or known[0] != row.serial or known[1] is not view.names:
            self._subjects[row.job_id] = known = (row.serial, view.names, RowSubject(row, states, view, self.profile))
        known[2].view = view
        return known[2]


def _outages(rows: Iterable[Row], states: States, view: Viewpoint) -> tuple[TimerGroup, ...]:
    """Many timers with one cause, as groups without suffixes, called after the collection that it is about."""
    hits = (
        Hit.of(row.job_id, row.health, (row.source, row.destination))
        for row in rows
        if row.is_trouble and row.pending is None
    )
    large = (
        (outage, tuple(sorted(map(JobId, outage.keys)))) for outage in outages(hits) if len(outage.keys) >= _FOLDED
    )
    return tuple(
        TimerGroup(
            collection_name(outage.place, view.names) if outage.place else f"{states[ids[0]].job.label} and others",
            ids,
            ("",) * len(ids),
        )
        for outage, ids in large
    )


def _group_row(group: GroupState) -> GroupRow:
    worst, soonest = group.worst_row, group.soonest_row
    row = worst._replace(
        job_id=group.job_id,
        folded_name=group.group.name.casefold(),
        undated=soonest is None or soonest.undated,
        next_run=soonest.next_run if soonest else 0.0,
        last_run=group.last_seconds,
        pending=group.pending,
        recheck_at=None,
    )
    return GroupRow(*row.renumbered())

"""What stops with a collection, or when somebody's account ends: choose one, then see its timers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on

from globus_tui.commands import IMPACT, Command
from globus_tui.domain.timer.impact import Cause, StoppedTimer, causes, reach, stopped_by
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import moments
from globus_tui.present.agenda_words import stopped_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.screens.base import once_more
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.screens.searching import ListScreen, Searching
from globus_tui.widgets.job_table import health_cell
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState


class _Choice(NamedTuple):
    key: str
    cause: Cause
    timers: list[StoppedTimer]


def _choices(
    jobs: Sequence[Job], collections: Mapping[str, Collection], who: str | None, now: datetime
) -> list[_Choice]:
    """All that may be gone and stops a timer, what stops most of them first."""
    stopped = [(stop, reach(stop.job, collections)) for stop in stopped_by(jobs, None, collections, now)]
    choices = []
    for cause in causes(jobs, collections, who):
        of_it = [stop for stop, sides in stopped if cause.collections is None or sides & cause.collections]
        if of_it:
            choices.append(_Choice(cause.key, cause, of_it))
    return sorted(choices, key=lambda choice: (-len(choice.timers), choice.cause.name.casefold()))


class ImpactScreen(Searching, ListScreen):
    ABOUT = (
        "Which timers stop with a collection, or when somebody's account ends, the next to run first. A guest "
        "collection stops with the one that it shows a folder of, and with whoever made it. M opens a maintenance "
        "window for the timers listed."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = IMPACT
    LIST, HEAD = "impact", "impact-said"

    def __init__(self, cause: Cause | None = None) -> None:
        """The timers of one cause, or all that may be chosen."""
        super().__init__()
        self._impact_cause = cause
        self._impact_states: Mapping[JobId, JobState] = {}  # as the rows were made of them: one may be gone by now
        self.EMPTY = f"No timer that may run again reads or writes {'there' if cause else 'anywhere'}."

    def columns(self) -> tuple[Column[Any], ...]:
        if self._impact_cause is None:
            return (
                Column("count", "TIMERS", lambda choice: str(len(choice.timers)), width=6, align="right"),
                Column("kind", "BY", lambda choice: choice.cause.kind, width=10),
                Column("name", "WHAT MAY GO", lambda choice: choice.cause.name, min_width=20, max_width=50, weight=2),
                Column("next", "HITS FIRST", self._cell_first, min_width=20, max_width=60, weight=2, priority=1),
            )
        return (
            Column("health", "HEALTH", self._cell_health, width=9),
            Column("name", "TIMER", lambda stop: stop.job.label, min_width=20, max_width=44, weight=2),
            Column("runs", "NEXT RUNS", lambda stop: self._words(stop)[0], min_width=22, max_width=60, weight=3),
            Column("route", "ROUTE", self._cell_route, min_width=16, weight=3, priority=1),
        )

    def title_words(self) -> str:
        return "Impact" if self._impact_cause is None else f"Impact > {self._impact_cause.name}"

    @once_more
    async def show(self) -> None:
        cause, who, now, collections = self._impact_cause, self.who, self.view.now, self.app.store.collections
        whole = await self.whole(self.states.rows.values())
        jobs = [state.job for state in whole.values()]
        if cause is None:
            choices = await asyncio.to_thread(_choices, jobs, collections, who, now)
            self.set_rows(choices, "What may be gone? Enter lists the timers that stop with it.")
        else:
            stopped = await asyncio.to_thread(stopped_by, jobs, cause.collections, collections, now)
            due = sum(bool(stop.runs) for stop in stopped)
            self._impact_states = whole
            self.set_rows(stopped, f"{counted(len(stopped), 'timer')} would stop, {due} with runs in the next 7 days.")

    def _cell_health(self, stop: StoppedTimer) -> Cell:
        return health_cell(self._impact_states[stop.key].health.word, self.view)

    def _cell_route(self, stop: StoppedTimer) -> Cell:
        return Span(self._words(stop)[1], "muted")

    def _words(self, stop: StoppedTimer) -> tuple[str, str]:
        return stopped_words(stop, case_of(self._impact_states[stop.key], self.view))

    def _cell_first(self, choice: _Choice) -> Cell:
        first = choice.timers[0]
        if not first.runs:
            return Span("paused, or none due", "muted")
        return f"{moments.since_words(first.runs[0], self.view.now, self.view.zone)} {first.job.label}"

    def target_ids(self) -> tuple[JobId, ...]:
        rows = self.line_list.rows if self._impact_cause else ()
        return tuple(row.key for row in rows if row.key in self.states)

    @on(LineList.Chosen, "#impact")
    def open_chosen(self) -> None:
        row = self.line_list.cursor_row
        if isinstance(row, _Choice):
            self.app.open_screen(ImpactScreen(row.cause))
        elif isinstance(row, StoppedTimer):
            self.app.open_screen(JobDetailScreen(row.key, tuple(row.key for row in self.line_list.rows)))


def open_impact(app: Console, typed: str) -> str | None:
    """Show what stops with the collection or identity of this id or part of a name; without any, all to choose from."""
    if not typed:
        app.open_screen(ImpactScreen())
        return None
    collections = app.store.collections
    seen = map(app.states.glance, app.states.rows.values())
    all_causes = causes([each.job for each in seen], collections, app.who)
    matching = [cause for cause in all_causes if typed.casefold() in (cause.key.casefold(), cause.name.casefold())]
    matching = matching or [cause for cause in all_causes if cause.meant_by(typed)]
    if len(matching) == 1:
        app.open_screen(ImpactScreen(matching[0]))
        return None
    if not matching:
        return f"No collection and no identity of a timer has the id or name {typed[:60]!r}."
    names = ", ".join(safe_line(cause.name) for cause in matching[:5])
    return f"{typed[:60]!r} may be {names}: write more of its name."

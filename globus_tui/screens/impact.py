"""What stops with a collection, or when somebody's account ends: choose one, then see its timers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on

from globus_tui.commands import IMPACT, Command
from globus_tui.domain.timer.impact import Cause, Stopped, causes, stopped_by
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import marks, moments
from globus_tui.present.agenda_words import stopped_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.screens.searching import ListScreen, Searching
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState


class _Choice(NamedTuple):
    key: str
    cause: Cause
    stopped: list[Stopped]


class ImpactScreen(Searching, ListScreen):
    """Collections and identities with how many timers each would stop; chosen one, those timers."""

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
        self.EMPTY = f"No timer that may run again reads or writes {'there' if cause else 'anywhere'}."

    def columns(self) -> tuple[Column[Any], ...]:
        if self._impact_cause is None:
            return (
                Column("count", "TIMERS", lambda one: str(len(one.stopped)), width=6, align="right"),
                Column("kind", "BY", lambda one: one.cause.kind, width=10),
                Column("name", "WHAT MAY GO", lambda one: one.cause.name, min_width=20, max_width=50, weight=2),
                Column("next", "HITS FIRST", self._cell_first, min_width=20, max_width=60, weight=2, priority=1),
            )
        return (
            Column("health", "HEALTH", self._cell_health, width=9),
            Column("name", "TIMER", lambda one: one.job.label, min_width=20, max_width=44, weight=2),
            Column("runs", "NEXT RUNS", lambda one: self._words(one)[0], min_width=22, max_width=60, weight=3),
            Column("route", "ROUTE", self._cell_route, min_width=16, weight=3, priority=1),
        )

    def title_words(self) -> str:
        return "Impact" if self._impact_cause is None else f"Impact > {self._impact_cause.name}"

    def show(self) -> None:
        jobs, known, now = [one.job for one in self.states.values()], self.app.store.collections, self.view.now
        if self._impact_cause is None:
            found = [
                _Choice(one.key, one, stopped_by(jobs, one.collections, known, now))
                for one in causes(jobs, known, self.who)
            ]
            found.sort(key=lambda one: (-len(one.stopped), one.cause.name.casefold()))
            self.set_rows(
                (one for one in found if one.stopped), "What may be gone? Enter lists the timers that stop with it."
            )
        else:
            stopped = stopped_by(jobs, self._impact_cause.collections, known, now)
            due = sum(bool(one.runs) for one in stopped)
            said = f"{counted(len(stopped), 'timer')} would stop, {due} with runs in the next 7 days."
            self.set_rows(stopped, said)

    def _words(self, one: Stopped) -> tuple[str, str]:
        return stopped_words(one, case_of(self.states[one.key], self.view))

    def _cell_health(self, one: Stopped) -> Cell:
        sign = marks.health_sign(self.states[one.key].health.word)
        return Span(f"{sign.drawn(ascii_only=self.view.ascii)} {sign.word}", sign.style)

    def _cell_route(self, one: Stopped) -> Cell:
        return Span(self._words(one)[1], "muted")

    def _cell_first(self, one: _Choice) -> Cell:
        first = one.stopped[0]
        if not first.runs:
            return Span("paused, or none due", "muted")
        return f"{moments.since_words(first.runs[0], self.view.now, self.view.zone)} {first.job.label}"

    def targets(self) -> tuple[JobState, ...]:
        rows = self.listed.rows if self._impact_cause else ()
        return tuple(self.states[one.key] for one in rows if one.key in self.states)

    @on(LineList.Chosen, "#impact")
    def open_chosen(self) -> None:
        row = self.listed.cursor_row
        if isinstance(row, _Choice):
            self.app.open_screen(ImpactScreen(row.cause))
        elif isinstance(row, Stopped):
            self.app.open_screen(JobDetailScreen(row.key, tuple(one.key for one in self.listed.rows)))


def open_impact(app: Console, said: str) -> str | None:
    """Show what stops with what is meant by an id or a part of a name; without any, all to choose from."""
    if not said:
        app.open_screen(ImpactScreen())
        return None
    known = app.store.collections
    found = causes([one.job for one in app.states.values()], known, app.who)
    meant = [one for one in found if said.casefold() in (one.key.casefold(), one.name.casefold())]
    meant = meant or [one for one in found if one.meant_by(said.casefold())]
    if len(meant) == 1:
        app.open_screen(ImpactScreen(meant[0]))
        return None
    if not meant:
        return f"No collection and no identity of a timer has the id or name {said[:60]!r}."
    return f"{said[:60]!r} may be {', '.join(safe_line(one.name) for one in meant[:5])}: write more of its name."

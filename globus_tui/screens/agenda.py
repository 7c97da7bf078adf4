"""The agenda: one lane a timer on a line of time, past runs and what became of them, and runs to come."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partialmethod
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.content import Content

from globus_tui.commands import AGENDA, Command
from globus_tui.domain.timer.agenda import Coming, Forecast, clock_changes, fires, forecast, habit_of, past_runs
from globus_tui.domain.timer.health import Why
from globus_tui.domain.timer.job import JobId
from globus_tui.lines.columns import GUTTER, Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import agenda_words, moments
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.present.transfer_words import collection_name
from globus_tui.screens.base import TimerScreen, once_more
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult

    from globus_tui.store.rows import Row


_DAY, _WEEK, _HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
_NOTE = 19
_CLASHES_SHOWN = 3
_DRAWN_AT_ONCE = 100
"""Timers of a lane that is drawn between two keys: a collection's may be of thousands."""


class Lane(NamedTuple):
    """One line: a timer, or a collection with all timers that use it.

    `made_for`: what it was drawn for: another object draws it again.
    """

    key: str
    job_ids: tuple[JobId, ...]
    made_for: object


class AgendaScreen(TimerScreen):
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = AGENDA
    AUTO_FOCUS = "#lanes"

    def __init__(self, only: frozenset[JobId] | None = None) -> None:
        """The next 24 hours; of some timers only, if they are given."""
        super().__init__()
        self._agenda_only = only
        self._agenda_only_collection: str | None = None
        self._agenda_begins: datetime | None = None
        self._agenda_length = _DAY
        self._agenda_by_collection = False
        self._agenda_found: Forecast | None = None
        self._agenda_asked_until: datetime | None = None
        self._agenda_coming: dict[JobId, list[Coming]] = {}
        self._agenda_unread = ""
        self._agenda_large: tuple[object, dict[str, Cell]] = (None, {})

    def help_text(self) -> str:
        signs = "  ".join(agenda_words.SIGNS[name][self.view.ascii] for name in agenda_words.SIGNS)
        return (
            "Runs on a line of time: at the left of now what became of them, as in the strips of the list; at its "
            f"right what comes. {signs} mean: {agenda_words.LEGEND}.\n"
            "Forecasts go by schedules and by how long runs usually take."
        )

    def compose_middle(self) -> ComposeResult:
        yield TextLine(id="agenda-span")
        yield LineList[Lane](empty="Nothing ran and nothing will run in this time.", id="lanes")
        for number in range(_CLASHES_SHOWN):
            yield TextLine(id=f"clash-{number}")

    def title_words(self) -> str:
        length = "24 h" if self._agenda_length == _DAY else "7 d"
        return f"Agenda > {'next ' if self._agenda_begins is None else ''}{length}"

    def on_mount(self) -> None:
        """Draw lanes at once; collisions are computed in the background and added later."""
        self.show_lanes()
        self._forecast()

    def watch_states(self) -> None:
        if self.is_mounted:
            self.show_lanes()
            self._forecast()

    def watch_view(self) -> None:
        super().watch_view()
        if self.is_mounted:
            self.show_lanes()

    def on_resize(self) -> None:
        super().on_resize()
        self.show_lanes()

    # --- reckoning

    @once_more
    async def _forecast(self) -> None:
        """Forecasts for all timers, also those not shown: they wait in the same queue."""
        active = [row for row in self.states.rows.values() if row.active]
        habits = [habit_of(state.job, state.history) for state in (await self.whole(active)).values()]
        now = self.view.now
        until, known = max(now + _DAY, self._begins + self._agenda_length), self.app.store.collections
        # In a thread: with thousands of timers it takes seconds.
        outlook = await asyncio.to_thread(forecast, habits, now, until, known)
        if until < self._begins + self._agenda_length:  # what is shown reaches beyond it by now
            self._forecast()
            return
        self._agenda_found, self._agenda_asked_until = outlook, until  # with very many runs it reaches less far
        unread = [row for row in self._rows_meant() if row.health.why is Why.UNREADABLE]
        self._agenda_unread = agenda_words.unread_words(self.states[row.job_id].job for row in unread)
        self._agenda_coming = {}
        for run in outlook.runs:
            self._agenda_coming.setdefault(run.job_id, []).append(run)
        self.show_lanes()

    # --- showing

    @property
    def _begins(self) -> datetime:
        if self._agenda_begins is not None:
            return self._agenda_begins
        local = self.view.now.astimezone(self.view.zone)
        hour = local.hour if self._agenda_length == _DAY else 0
        return self.view.now - (local - local.replace(hour=hour, minute=0, second=0, microsecond=0))

    def show_lanes(self) -> None:
        if not self.is_mounted or not self.is_attached:
            return
        width = self.size.width or self.app.size.width
        narrow = width < 100
        names, note = 15 if narrow else 25 if width < 160 else 32, 13 if narrow else _NOTE
        room, lanes = width - GUTTER - names - note - 2, self.query_one("#lanes", LineList)
        self._agenda_stretch = stretch = agenda_words.fitting(self._begins, self._agenda_length, room)
        lanes.ascii_only, axis = self.view.ascii, agenda_words.axis(stretch, self.view.zone)
        columns = (
            Column[Lane]("name", "COLLECTION" if self._agenda_by_collection else "TIMER", self._cell_name, width=names),
            Column[Lane]("lane", axis, self._cell_lane, keeps_colours=True, width=stretch.cells),
            Column[Lane]("note", "NEXT", self._cell_note, width=note),
        )
        lanes.set_columns(columns)
        lanes.set_rows(tuple(self._lanes()))
        self._show_words(len(lanes.rows))
        if self._agenda_found is not None and any(len(lane.job_ids) > _DRAWN_AT_ONCE for lane in lanes.rows):
            self._draw_large()

    @once_more
    async def _draw_large(self) -> None:
        """Draws the lanes of very many timers beside the keys."""
        lanes, stretch = self.query_one("#lanes", LineList), self._agenda_stretch
        large = [lane for lane in lanes.rows if len(lane.job_ids) > _DRAWN_AT_ONCE]
        self._agenda_large = stretch, await asyncio.to_thread(lambda: {lane.key: self._signs(lane) for lane in large})
        lanes.reformat()

    def _rows_meant(self) -> Iterator[Row]:
        only = self._agenda_only
        return (row for row in self.states.rows.values() if only is None or row.job_id in only)

    def _lanes(self) -> Iterator[Lane]:
        """Timers with anything in the span, the next run first; each is made whole when it is drawn."""
        begins, ends = self._begins.timestamp(), (self._begins + self._agenda_length).timestamp()
        drawn_for = (self._agenda_found, self._agenda_stretch, self.view)
        rows = [
            row
            for row in self._rows_meant()
            if (row.active and not row.undated and row.next_run < ends)
            or (row.last_run is not None and row.last_run >= begins)
        ]
        rows.sort(key=lambda row: (row.undated or not row.active, row.next_run, row.folded_name))
        if not self._agenda_by_collection:
            for row in rows:
                if self._agenda_only_collection in (None, row.source, row.destination):
                    yield Lane(row.job_id, (row.job_id,), (drawn_for, row))
            return
        by_side: dict[str, list[JobId]] = {}
        for row in rows:
            for side in dict.fromkeys((row.source, row.destination)):
                if side:
                    by_side.setdefault(side, []).append(row.job_id)
        for side, job_ids in by_side.items():
            yield Lane(side, tuple(job_ids), drawn_for)

    def _coming(self, job_ids: Iterable[JobId]) -> list[Coming]:
        if self._agenda_found is not None:
            return [run for job_id in job_ids for run in self._agenda_coming.get(job_id, ())]
        now, until = self.view.now, self._begins + self._agenda_length
        states = [self.states[job_id] for job_id in job_ids if job_id in self.states]
        return [
            Coming(at, state.job_id, state.history.usual, at)
            for state in states
            for at in fires(state.job, now, until, now)
        ]

    def _cell_name(self, lane: Lane) -> Cell:
        if self._agenda_by_collection:
            return collection_name(lane.key, self.view.names)
        return self.states[lane.job_ids[0]].job.label if lane.job_ids[0] in self.states else ""

    def _cell_lane(self, lane: Lane) -> Cell:
        if len(lane.job_ids) <= _DRAWN_AT_ONCE:
            return self._signs(lane)
        stretch, drawn = self._agenda_large
        return drawn.get(lane.key, "") if stretch == self._agenda_stretch else ""

    def _signs(self, lane: Lane) -> Cell:
        now, begins, rows = self.view.now, self._begins, self.states.rows
        since = min(begins, now)
        seen = map(self.states.glance, (rows[job_id] for job_id in lane.job_ids if job_id in rows))
        past = [end for each in seen for end in past_runs(each.job, self.view.tasks, now, since)]
        coming, ascii_only = self._coming(lane.job_ids), self.view.ascii
        cells = agenda_words.lane(self._agenda_stretch, past, coming, now, ascii_only=ascii_only)
        return tuple(Span(sign, style) for sign, style in cells)

    def _cell_note(self, lane: Lane) -> Cell:
        if self._agenda_found is None and len(lane.job_ids) > _DRAWN_AT_ONCE:
            return Span("reckoning …", "muted")
        coming = self._coming(lane.job_ids)
        if not coming:
            return Span("none to come", "muted")
        first = min(coming, key=lambda run: run.at)
        wait = agenda_words.wait_words(first).partition(":")[0]
        words = moments.column(first.at, self.view.now, self.view.zone).removesuffix(" today")
        return (Span(words), Span(f" {wait}", "warning")) if wait else words

    def _show_words(self, count: int) -> None:
        now, zone, outlook = self.view.now, self.view.zone, self._agenda_found
        begins, ends = self._begins, self._begins + self._agenda_length
        runs = [run for run in outlook.runs if begins <= run.at < ends] if outlook else []
        parts = [f"{moments.date_time(begins, now, zone)} to {moments.date_time(ends, now, zone)}"]
        if outlook is None:
            parts.append("reckoning …")
        else:
            parts.append(counted(len(runs), "run") + " to come")
            if (top := agenda_words.busiest(runs, zone)) is not None and top[1] > 1:
                parts.append(f"busiest {moments.since_words(top[0], now, zone)} ({top[1]} starts)")
        if self._agenda_only is not None:
            parts.append(f"of the filter's {counted(len(self._agenda_only), 'timer')}")
        if self._agenda_only_collection is not None:
            parts.append(f"of {collection_name(self._agenda_only_collection, self.view.names)}")
        line = self.query_one("#agenda-span", TextLine)
        line.left = Content(safe_line(f" {', '.join(parts)}", ascii_only=self.view.ascii))
        line.right = Content.styled(f"{count} {'lane' if count == 1 else 'lanes'} ", "$text-muted")
        words, total = self._clash_lines(_CLASHES_SHOWN)
        for number in range(_CLASHES_SHOWN):
            more = total - number if number == _CLASHES_SHOWN - 1 and total > _CLASHES_SHOWN else 0
            text = f"and {more} more: x lists all" if more else words[number] if number < total else ""
            clash = self.query_one(f"#clash-{number}", TextLine)
            clash.display = bool(text)
            clash.left = Content.styled(f" {safe_line(text, ascii_only=self.view.ascii)}", "$text-warning")

    def _clash_lines(self, most: int | None = None) -> tuple[list[str], int]:
        """What is in the way of what, at most so many sentences of it, and how many there are."""
        outlook, now, zone = self._agenda_found, self.view.now, self.view.zone
        begins, ends = max(self._begins, now), self._begins + self._agenda_length
        lines = (
            [self._agenda_unread] if self._agenda_unread else []
        )  # first: it is about all others, and stays in sight
        lines += [agenda_words.change_words(*change, now, zone) for change in clock_changes(self._begins, ends, zone)]
        if outlook is None or ends <= now:
            return lines, len(lines)
        only = self._agenda_only
        clashes = [
            clash
            for clash in outlook.clashes
            if clash.until >= begins and clash.at < ends and (only is None or only & set(clash.job_ids))
        ]
        notes = agenda_words.notes(outlook, ends, now, zone)
        told = (agenda_words.clash_words(clash, self._label, now, zone) for clash in clashes)
        return list(islice(chain(lines, told, notes), most)), len(lines) + len(clashes) + len(notes)

    def _label(self, job_id: JobId) -> str:
        row = self.states.rows.get(job_id)
        return self.states.glance(row).job.label if row is not None else job_id[:8]

    # --- moving

    def _move(self, by: timedelta) -> None:
        self._agenda_begins = self._begins + by
        if self._agenda_asked_until is None or self._agenda_asked_until < self._begins + self._agenda_length:
            self._agenda_found = self._agenda_asked_until = None
            self._forecast()
        self.show_title()
        self.show_lanes()

    def _step(self, way: int) -> None:
        self._move(way * (_HOUR if self._agenda_length == _DAY else 6 * _HOUR))

    action_agenda_earlier = partialmethod(_step, -1)
    action_agenda_later = partialmethod(_step, 1)
    action_agenda_day_earlier = partialmethod(_move, -_DAY)
    action_agenda_day_later = partialmethod(_move, _DAY)

    def action_agenda_now(self) -> None:
        self._agenda_begins = None
        self._move(timedelta())
        self._agenda_begins = None
        self.show_title()

    def action_agenda_length(self) -> None:
        self._agenda_length = _WEEK if self._agenda_length == _DAY else _DAY
        if self._agenda_begins is None:
            self.action_agenda_now()
        else:
            self._move(timedelta())

    def action_agenda_lanes(self) -> None:
        self._agenda_by_collection = not self._agenda_by_collection
        self._agenda_only_collection = None
        self.show_lanes()

    def action_agenda_clashes(self) -> None:
        from globus_tui.screens.show_text import BareText

        words, _ = self._clash_lines()
        if words:
            self.app.push_screen(BareText("\n".join(words)))
        else:
            self.app.say("still being reckoned" if self._agenda_found is None else "Nothing is in each other's way.")

    @on(LineList.Chosen, "#lanes")
    def open_lane(self, chosen: LineList.Chosen) -> None:
        from globus_tui.screens.job_detail import JobDetailScreen

        if self._agenda_by_collection:
            self._agenda_by_collection, self._agenda_only_collection = False, str(chosen.key)
            self.show_lanes()
        else:
            order = tuple(JobId(str(lane.key)) for lane in self.query_one("#lanes", LineList).rows)
            self.app.open_screen(JobDetailScreen(JobId(str(chosen.key)), order))

    def action_app_back(self) -> None:
        if self._agenda_only_collection is not None:
            self.action_agenda_lanes()
        else:
            self.app.action_app_back()

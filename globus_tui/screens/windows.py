"""Maintenance windows: planned, open, and closed lately."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work

from globus_tui.commands import WINDOWS, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present import moments
from globus_tui.present.operation_words import outcome_words
from globus_tui.present.report_words import closing_lines, opening_words, state_words
from globus_tui.present.sizes import counted
from globus_tui.screens.confirm import Confirm, ask, read_moment, tell_ends
from globus_tui.screens.job_actions import JobActions
from globus_tui.screens.searching import ListScreen
from globus_tui.screens.show_text import BareText
from globus_tui.store.operations import Done, Outcome
from globus_tui.store.windows import Closing, Window, check_times, why_left_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from globus_tui.domain.timer.job import JobId

STAGGER = 10.0
"""Seconds between two resumes of which runs start at once."""


class WindowsScreen(ListScreen):
    ABOUT = (
        "A maintenance window pauses timers, now or at a time, and resumes exactly those later. Timers that were "
        "paused before, or that somebody touched meanwhile, are left alone and named. All nodes with the same state "
        "folder share the windows."
    )
    CALLED = "Maintenance windows"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = WINDOWS
    LIST, EMPTY = "windows", "No maintenance window so far: n pauses the timers that M was pressed on."
    SHOWN_ANEW_FOR = frozenset({"view"})

    def __init__(self, targets: tuple[JobId, ...] = ()) -> None:
        """`targets`: the timers that a new window is for."""
        super().__init__()
        self._window_targets = targets

    def columns(self) -> tuple[Column[Window], ...]:
        return (
            Column("id", "ID", lambda window: window.window_id, width=6),
            Column("state", "STATE", self._cell_state, min_width=24),
            Column("timers", "TIMERS", lambda window: str(len(window.items)), width=6, align="right"),
            Column("until", "UNTIL", self._cell_until, width=17, priority=2),
            Column("reason", "REASON", lambda window: window.reason or "-", min_width=10, weight=2),
            Column("by", "BY", lambda window: window.by or "?", min_width=10, priority=1),
        )

    @work(group="windows", exclusive=True)
    async def show(self) -> None:
        try:
            self.set_rows(await self.app.windows.all())
        except GlobusTuiError as wrong:
            self.tell_unread(wrong.in_full)

    def _cell_state(self, window: Window) -> Cell:
        style = "error" if window.overdue(self.view.now) else "muted" if window.closed else ""
        return Span(state_words(window, self.view.now, self.view.zone), style)

    def _cell_until(self, window: Window) -> Cell:
        return moments.since_words(window.until, self.view.now, self.view.zone) if window.until else "-"

    @on(LineList.Chosen, "#windows")
    async def show_timers(self) -> None:
        """The timers, and what closing it would do with each."""
        window = self.line_list.cursor_row
        if window is None:
            return
        if window.state == "open":
            lines = closing_lines(await self.app.windows.closing(window))
        else:
            lines = [f"{item.state} {item.name}{f': {item.why}' if item.why else ''}" for item in window.items]
        self.app.push_screen(BareText("\n".join(lines)))

    # --- opening

    def action_window_open(self) -> None:
        rows = [row for row in map(self.states.rows.get, self._window_targets) if row is not None]
        if not rows:
            self.tell("Mark timers in the list, or put the cursor on one, then press M.")
        elif all(map(why_left_alone, rows)):
            self.tell("All of them are paused already, or over: a window would not resume them.")
        else:
            heading = f"Maintenance window for {counted(len(rows), 'timer')}"
            ids, moment, now = tuple(row.job_id for row in rows), read_moment(self.app), self.app.store.now
            ends: datetime | None = None

            def end(typed: str) -> datetime | None:
                nonlocal ends
                check_times(now(), None, ends := moment(typed), resume=False)
                return ends

            def begin(typed: str) -> datetime | None:
                check_times(now(), at := moment(typed), ends, resume=False)
                return at

            ask(
                heading,
                ("Why? It stands beside each of them meanwhile.", "", str),
                ("Until when? For example 06:00, mon 8am, in 3 hours; empty: until somebody closes it.", "", end),
                ("From when? Empty: now.", "", begin),
                then=partial(self._agree, heading, ids),
            )

    def _agree(
        self, heading: str, ids: tuple[JobId, ...], reason: str, until: datetime | None, at: datetime | None
    ) -> None:
        now, zone = self.view.now, self.view.zone
        rows = map(self.states.rows.get, ids)
        running = [row for row in rows if row is not None and why_left_alone(row) is None]
        left_out = len(ids) - len(running)
        sentences = [opening_words(until, now, zone, resume=False)]
        if left_out:
            are = "is" if left_out == 1 else "are"
            sentences.append(f"{counted(left_out, 'timer')}, paused already or over, {are} left alone.")
        sentences.append("Runs in progress go on; nothing new starts meanwhile.")
        verb = f"pause {len(running)}" if at is None else f"pause them {moments.date_time(at, now, zone)}"
        listed = [f"· {row.label}" for row in running]
        self._offer(Confirm(f"{heading}?", sentences, verb=verb, listed=listed), self._open, ids, reason, until, at)

    def _offer(self, sheet: Confirm, act: Callable[..., Coroutine[Any, Any, None]], *about: object) -> None:
        sheet.ask(lambda _: self.app.run_worker(act(*about), group="windows"))

    async def _open(self, ids: tuple[JobId, ...], reason: str, until: datetime | None, at: datetime | None) -> None:
        outcomes: dict[JobId, Outcome] = {}
        try:
            window = await self.app.windows.plan(ids, reason=reason, at=at, until=until)
            if at is not None and at > self.app.store.now():
                self.app.say("planned: a console that runs then, or globus-tui window due, pauses them")
            else:
                window, outcomes = await self.app.windows.begin(window.window_id)
                self._tell_ends("paused", outcomes, {item.job_id: item.name for item in window.items})
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
        else:
            failed = frozenset(job_id for job_id, outcome in outcomes.items() if not isinstance(outcome, Done))
            for screen in self.app.screen_stack:
                if isinstance(screen, JobActions):  # as after every other action for all that are marked
                    screen.action_over(frozenset(ids), failed)
        self.show()

    # --- closing

    def action_window_close(self) -> None:
        window = self.line_list.cursor_row
        if window is None or window.state == "closed":
            self.tell("There is no open window under the cursor.")
        else:
            self.app.run_worker(self._ask_to_close(window), group="windows")

    async def _ask_to_close(self, window: Window) -> None:
        name = window.reason or window.window_id
        if window.state == "planned":
            sheet = Confirm(f"Forget the window {name}?", ("Nothing was paused for it yet.",), verb="forget it")
            self._offer(sheet, self._close, window, None)
            return
        closing = await self.app.windows.closing(window)
        resumed = f"{counted(len(closing.resumed), 'timer')} will be resumed, the worst overdue first."
        left_alone = f"{counted(len(closing.left_alone), 'timer')} will be left alone."
        sentences = [resumed, _starting(closing), *([left_alone] if closing.left_alone else [])]
        listed = [f"· {line}" for line in closing_lines(closing)]
        sheet = Confirm(f"Close the window {name}?", sentences, verb=f"resume {len(closing.resumed)}", listed=listed)
        self._offer(sheet, self._close, window, closing)

    async def _close(self, window: Window, closing: Closing | None) -> None:
        try:
            if closing is None:
                await self.app.windows.cancel(window.window_id)
            else:
                ends = await self.app.windows.close(window, closing, stagger=STAGGER)
                self._tell_ends("resumed", ends, {item.job_id: item.name for item in window.items})
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
        self.show()

    def _tell_ends(self, verb: str, outcomes: dict[JobId, Outcome], names: dict[JobId, str]) -> None:
        self.app.book_wake()
        ends = ((names[job_id], outcome) for job_id, outcome in outcomes.items())
        tell_ends(self.app, [(isinstance(end, Done), name, outcome_words(end)) for name, end in ends], verb)


def _starting(closing: Closing) -> str:
    starts = Counter(preview.catch_up for preview in closing.previews.values())
    if not closing.at_once:
        return "No run starts at once."
    words = [f"{counted(starts[True], 'run')} will start at once"] if starts[True] else []
    words += [f"{counted(starts[None], 'run')} may start at once"] if starts[None] else []
    return f"{' and '.join(words)}, {STAGGER:g} s apart."

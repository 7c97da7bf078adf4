"""Maintenance windows: planned, open, and closed lately."""

from __future__ import annotations

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
from globus_tui.store.operations import Done
from globus_tui.store.windows import Closing, Window, why_not_paused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from globus_tui.domain.timer.job import JobId
    from globus_tui.store.operations import Outcome

STAGGER = 10.0
"""Seconds between two resumes of which runs start at once."""


class WindowsScreen(ListScreen):
    """One line for each, the newest first."""

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

    def columns(self) -> tuple[Column[Any], ...]:
        return (
            Column("id", "ID", lambda one: one.window_id, width=6),
            Column("state", "STATE", self._cell_state, min_width=24),
            Column("timers", "TIMERS", lambda one: str(len(one.items)), width=6, align="right"),
            Column("until", "UNTIL", self._cell_until, width=17, priority=2),
            Column("reason", "REASON", lambda one: one.reason or "-", min_width=10, weight=2),
            Column("by", "BY", lambda one: one.by or "?", min_width=10, priority=1),
        )

    @work(group="windows", exclusive=True)
    async def show(self) -> None:
        try:
            self.set_rows(await self.app.windows.all())
        except GlobusTuiError as wrong:
            self.tell(wrong.in_full)

    def _cell_state(self, one: Window) -> Cell:
        style = "error" if one.overdue(self.view.now) else "muted" if one.closed else ""
        return Span(state_words(one, self.view.now, self.view.zone), style)

    def _cell_until(self, one: Window) -> Cell:
        return moments.since_words(one.until, self.view.now, self.view.zone) if one.until else "-"

    def _under_cursor(self) -> Window | None:
        row: Window | None = self.listed.cursor_row
        return row

    @on(LineList.Chosen, "#windows")
    async def show_timers(self) -> None:
        """The timers, and what closing it would do with each."""
        if (window := self._under_cursor()) is None:
            return
        if window.state == "open":
            lines = closing_lines(window, await self.app.windows.closing(window), self.states)
        else:
            lines = [f"{one.state} {one.name}{f': {one.why}' if one.why else ''}" for one in window.items]
        self.app.push_screen(BareText("\n".join(lines)))

    # --- opening

    def action_window_open(self) -> None:
        known = [self.states[one] for one in self._window_targets if one in self.states]
        if not known:
            self.tell("Mark timers in the list, or put the cursor on one, then press M.")
        elif all(why_not_paused(one) for one in known):
            self.tell("All of them are paused already, or over: a window would not resume them.")
        else:
            heading, ids = f"Maintenance window for {counted(len(known), 'timer')}", tuple(one.job_id for one in known)
            moment = read_moment(self.app)
            ask(
                self.app,
                heading,
                ("Why? It stands beside each of them meanwhile.", "", str),
                ("Until when? For example 06:00, mon 8am, in 3 hours; empty: until somebody closes it.", "", moment),
                ("From when? Empty: now.", "", moment),
                then=partial(self._agree, heading, ids),
            )

    def _agree(
        self, heading: str, ids: tuple[JobId, ...], reason: str, until: datetime | None, at: datetime | None
    ) -> None:
        now, zone = self.view.now, self.view.zone
        running = [one for one in ids if one in self.states and why_not_paused(self.states[one]) is None]
        left = len(ids) - len(running)
        sentences = [opening_words(until, now, zone, resume=False)]
        are = "is" if left == 1 else "are"
        sentences += [f"{counted(left, 'timer')}, paused already or over, {are} left alone."] if left else []
        sentences.append("Runs in progress go on; nothing new starts meanwhile.")
        verb = f"pause {len(running)}" if at is None else f"pause them {moments.date_time(at, now, zone)}"
        listed = [f"· {self.states[one].job.label}" for one in running]
        self._offer(Confirm(f"{heading}?", sentences, verb=verb, listed=listed), self._open, ids, reason, until, at)

    def _offer(self, sheet: Confirm, act: Callable[..., Coroutine[Any, Any, None]], *about: object) -> None:
        def go_on(agreed: bool | None) -> None:
            if agreed:
                self.app.run_worker(act(*about), group="windows")

        self.app.push_screen(sheet, go_on)

    async def _open(self, ids: tuple[JobId, ...], reason: str, until: datetime | None, at: datetime | None) -> None:
        outcomes: dict[JobId, Outcome] = {}
        try:
            window = await self.app.windows.plan(ids, reason=reason, at=at, until=until)
            if at is not None and at > self.app.store.now():
                self.app.say("planned: a console that runs then, or globus-tui window due, pauses them")
            else:
                window, outcomes = await self.app.windows.begin(window.window_id)
                self._tell_ends("paused", outcomes, {one.job_id: one.name for one in window.items})
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
        else:
            failed = frozenset(job_id for job_id, one in outcomes.items() if not isinstance(one, Done))
            for screen in self.app.screen_stack:
                if isinstance(screen, JobActions):  # as after every other action for all that are marked
                    screen.action_over(frozenset(ids), failed)
        self.show()

    # --- closing

    def action_window_close(self) -> None:
        window = self._under_cursor()
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
        found = await self.app.windows.closing(window)
        sentences = [
            f"{counted(len(found.resumed), 'timer')} will be resumed, the worst overdue first.",
            f"{counted(len(found.at_once), 'run')} will start at once, {STAGGER:g} s apart."
            if found.at_once
            else "No run starts at once.",
        ]
        sentences += [f"{counted(len(found.left), 'timer')} will be left alone."] if found.left else []
        listed = [f"· {one}" for one in closing_lines(window, found, self.states)]
        sheet = Confirm(f"Close the window {name}?", sentences, verb=f"resume {len(found.resumed)}", listed=listed)
        self._offer(sheet, self._close, window, found)

    async def _close(self, window: Window, found: Closing | None) -> None:
        try:
            if found is None:
                await self.app.windows.cancel(window.window_id)
            else:
                ends = await self.app.windows.close(window, found, stagger=STAGGER)
                self._tell_ends("resumed", ends, {one.job_id: one.name for one in window.items})
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
        self.show()

    def _tell_ends(self, verb: str, outcomes: dict[JobId, Outcome], names: dict[JobId, str]) -> None:
        self.app.book_wake()
        ends = [(isinstance(one, Done), names[job_id], outcome_words(one)) for job_id, one in outcomes.items()]
        tell_ends(self.app, ends, verb)

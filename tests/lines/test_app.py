"""What an application with long lists writes, as a terminal draws it: Textual's own picture, in fewer bytes."""

from __future__ import annotations

import gc
import os
import signal
import time
from inspect import CORO_CLOSED, getcoroutinestate
from typing import TYPE_CHECKING

import pyte
import pytest
from textual.containers import Vertical
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from globus_tui.lines.app import LineApp
from globus_tui.lines.columns import Column, Span
from globus_tui.lines.driver import WaitingDriver
from globus_tui.lines.list import LineList
from tests.lines.test_list import Item

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.driver import Driver

SIZE = (100, 30)
NAMES = ("climate-nightly", "données", "共有データ", "e\u0301tude", "plain", "📦 parcels")


def rows(count: int, health: str = "ok") -> tuple[Item, ...]:
    return tuple(Item(f"{NAMES[number % len(NAMES)]} {number:05}", health) for number in range(count))


class Terminal:
    """What a terminal shows of what was written to it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.Stream(self.screen)

    def take(self, sequences: str) -> None:
        self._stream.feed(sequences)

    def picture(self) -> list[list[object]]:
        """Every cell, without the text colours of blanks, which nobody sees."""
        lines: list[list[object]] = []
        for y in range(SIZE[1]):
            cells = [self.screen.buffer[y][x] for x in range(SIZE[0])]
            lines.append([(one.data, one.bg, one.bold, one.reverse, one.data == " " or one.fg) for one in cells])
        return lines


class Question(ModalScreen[None]):
    CSS = "Question { align: center middle; background: transparent; } Static { width: 30; height: 5; }"

    def compose(self) -> ComposeResult:
        yield Static("Really?")


class Console(LineApp[None]):
    AUTO_FOCUS = "#list"
    CSS = "Input { height: 1; border: none; } #hidden { display: none; } #side { height: 4; border: solid red; }"

    def __init__(self, count: int = 500) -> None:
        super().__init__()
        self.count = count
        self.terminal = Terminal()
        self.frames: list[int] = []

    def compose(self) -> ComposeResult:
        yield Static("title", id="title")
        yield Input(id="hidden")
        columns = [
            Column[Item]("health", "HEALTH", lambda row: Span(row.health, "success"), width=8),
            Column[Item](
                "strip", "RUNS", lambda row: (Span("..", "muted"), Span("##", "error")), width=4, keeps_colours=True
            ),
            Column[Item]("name", "NAME", lambda row: row.key, min_width=20),
        ]
        yield LineList(columns, id="list")
        yield Vertical(Static("words of the row", id="words"), id="side")

    def on_mount(self) -> None:
        self.query_one(LineList).set_rows(rows(self.count))

    def _line_write(self, driver: Driver, sequences: str) -> None:
        if sequences:
            self.terminal.take(sequences)
            self.frames.append(len(sequences.encode()))
        super()._line_write(driver, sequences)

    def in_full(self) -> Terminal:
        """A terminal that was told everything, by Textual's own way of drawing."""
        terminal = Terminal()
        terminal.take(self.screen._compositor.render_full_update().render_segments(self.console))
        return terminal


def shows_all(app: Console) -> bool:
    return app.terminal.picture() == app.in_full().picture()


async def test_after_every_key_the_terminal_shows_what_is_there() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert shows_all(app)
        for key in ("down", "down", "pagedown", "end", "up", "home", "space", "asterisk", "G", "pageup", "backslash"):
            await pilot.press(key)
            await pilot.pause()
            assert shows_all(app), key


async def test_widgets_that_come_go_and_change_are_drawn() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        field, shown = app.query_one(Input), app.query_one(LineList)
        field.display = True
        field.focus()
        await pilot.press("c", "l", "i")
        await pilot.pause()
        assert shows_all(app)
        shown.set_rows(rows(3, "FAILED"))
        app.query_one("#words", Static).update("共有 and other words")
        await pilot.pause()
        assert shows_all(app)
        field.display = False
        shown.focus()
        shown.set_rows(rows(500, "late"))
        app.query_one("#side").display = False
        await pilot.pause()
        assert shows_all(app)


async def test_a_question_over_the_list_is_drawn_and_taken_away_again() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.push_screen(Question())
        await pilot.pause()
        assert "Really?" in "".join(app.terminal.screen.display)
        app.pop_screen()
        await pilot.pause()
        assert shows_all(app)


class Other(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Static("something else altogether", id="else")


async def test_a_screen_that_closes_uncovers_what_was_below_it_once() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.redraw()
        await pilot.pause()
        whole = app.frames[-1]
        app.push_screen(Other())
        await pilot.pause()
        app.frames.clear()
        app.pop_screen()
        await pilot.pause()
        assert shows_all(app)
        assert sum(app.frames) < 1.2 * whole


async def test_after_another_program_drew_on_the_terminal_everything_is_written() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.terminal.take("\x1b[2J\x1b[Hsomebody else")
        app.redraw()
        await pilot.pause()
        assert shows_all(app)


async def test_an_arrow_key_writes_the_two_lines_but_for_the_column_that_keeps_its_colours() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        app.query_one(LineList).set_rows(tuple(Item(f"row {number}") for number in range(100)))
        await pilot.press("down")
        await pilot.pause()
        app.frames.clear()
        await pilot.press("down")
        await pilot.pause()
        assert len(app.frames) == 1
        assert app.frames[0] < 2 * SIZE[0] + 140


async def test_what_is_drawn_again_as_it_was_writes_nothing() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.query_one(LineList).set_rows(tuple(Item(f"row {number}") for number in range(100)))
        await pilot.pause()
        app.frames.clear()
        app.screen.refresh()
        await pilot.pause()
        assert sum(app.frames) == 0


async def test_leaving_waits_for_an_answer_of_the_terminal() -> None:
    app = Console()
    async with app.run_test(size=SIZE):
        app._line_pace.sent(2000, 0.0)
        assert app._line_pace.sent(2000, 0.1)
        app.exit()
        assert not app._exit
        app._go_on_drawing()
        assert app._exit


async def test_leaving_does_not_wait_for_ever() -> None:
    app = Console()
    async with app.run_test(size=SIZE):
        app._line_pace.sent(2000, 0.0)
        app._line_pace.sent(2000, 0.1)
        app.exit()
        app._go_on_without_an_answer()
        assert app._exit


async def test_while_the_terminal_is_behind_nothing_is_drawn_and_then_where_the_cursor_came_to_rest() -> None:
    app = Console()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app._line_pace.sent(2000, 0.0)
        app._line_pace.sent(2000, 0.1)
        app.frames.clear()
        for _ in range(5):
            await pilot.press("down")
        await pilot.pause()
        assert app.frames == []
        assert app._line_missed
        app._go_on_drawing()
        await pilot.pause()
        assert len(app.frames) == 1
        assert shows_all(app)


async def test_work_that_is_given_up_before_it_began_leaves_nothing_that_python_complains_of() -> None:
    async def work() -> None:
        """Nothing."""

    app = Console()
    async with app.run_test():
        given_up, done = work(), work()
        app.run_worker(given_up, exclusive=True)
        await app.run_worker(done, exclusive=True).wait()
        gc.collect()
        assert getcoroutinestate(given_up) == getcoroutinestate(done) == CORO_CLOSED


@pytest.mark.parametrize("told", ["by the handler", "by the thread", ""])
async def test_woken_in_the_background_it_listens_whether_it_was_told_to_end_before_it_sleeps_again(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """Of two signals that are sent together the second one may be heard first, or while the first one is."""
    resumed = []
    monkeypatch.setattr(LinuxDriver, "_sigcont_application", lambda *_: resumed.append(True))
    before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    driver = WaitingDriver(Console())
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: -1)

    def sleep(_: float) -> None:
        if told == "by the handler":
            signal.signal(signal.SIGCONT, signal.SIG_IGN)  # as `Ending` does
        elif told:
            driver.hurry()

    monkeypatch.setattr(time, "sleep", sleep)
    try:
        driver._sigcont_application()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert resumed == ([] if told else [True])

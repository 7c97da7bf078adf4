"""Reading a long log and a JSON text: search, follow, times, since, file, pager, editor. Real keys."""

from __future__ import annotations

import contextlib
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.transfer.task import TaskEvent
from globus_tui.lines.columns import Span
from globus_tui.present.event_rows import EventRows
from globus_tui.screens.raw_json import RawJsonScreen
from globus_tui.screens.run_detail import RunDetailScreen
from globus_tui.screens.task_screen import TaskReading, View
from globus_tui.widgets.event_log import EventLog
from tests.demo import NOON
from tests.screens.lines import line_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.demo import Demo


async def open_log(demo: Demo, pilot: Pilot[None], name: str) -> EventLog:
    """Open the log of a timer's last run from the list."""
    demo.point_at(name)
    await demo.press(pilot, "l")
    assert isinstance(demo.app.screen, RunDetailScreen)
    return demo.app.screen.query_one(EventLog)


def event(number: int, words: str = "moved") -> TaskEvent:
    """An event, one each second before noon."""
    return TaskEvent(NOON - timedelta(seconds=number), "PROGRESS", f"{words} {number}", f'{{"files": {number}}}', False)


class Pages:
    """The reading of a task's log, from a list that may grow at the front."""

    def __init__(self, demo: Demo, events: list[TaskEvent]) -> None:
        """Take the place of what the program asks."""
        from globus_tui.domain.timer.job import Page

        self.events = events
        self.asked: list[tuple[int, int]] = []

        async def load_events(
            task_id: str, *, errors_only: bool = False, limit: int = 100, offset: int = 0
        ) -> Page[TaskEvent]:
            del task_id, errors_only
            self.asked.append((offset, limit))
            found = tuple(self.events[offset : offset + limit])
            end = offset + len(found)
            return Page(found, str(end) if end < len(self.events) else None)

        demo.app.store.details.tasks.task_events = load_events  # type: ignore[method-assign]  # a log of any length


# --- search


async def test_search_counts_goes_from_match_to_match_and_round(demo: Demo) -> None:
    async with demo.console() as pilot:
        Pages(demo, [event(n, "odd" if n % 2 else "even") for n in range(9)])
        log = await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "odd")
        assert log.cursor_position == 1
        assert demo.note() == "odd: line 1 of 4 that have it"
        await demo.press(pilot, "enter", "n")
        assert log.cursor_position == 3
        await demo.press(pilot, "N", "N")
        assert log.cursor_position == 7
        assert demo.note() == "odd: line 4 of 4 that have it, from the bottom again"
        await demo.press(pilot, "n")
        assert demo.note() == "odd: line 1 of 4 that have it, from the top again"


async def test_matches_are_set_off_and_escape_gives_the_search_up_before_it_leaves(demo: Demo) -> None:
    async with demo.console() as pilot:
        Pages(demo, [event(n) for n in range(5)])
        log = await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "slash", "3", "enter")
        assert log._words(log.rows[3])[-2] == Span("3", "reverse")
        await demo.press(pilot, "escape")
        assert log._words(log.rows[3]) == Span(log.rows[3].words, "")
        assert isinstance(demo.app.screen, RunDetailScreen)
        await demo.press(pilot, "escape")
        assert not isinstance(demo.app.screen, RunDetailScreen)


async def test_what_no_line_has_is_said_and_the_cursor_stays(demo: Demo) -> None:
    async with demo.console() as pilot:
        log = await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "j", "n")
        assert demo.note() == "Nothing is searched for: / begins."
        before = log.cursor_position
        await demo.press(pilot, "slash")
        await demo.write(pilot, "[/zzz")
        assert demo.note() == "[/zzz: no line of what was read has it"
        assert log.cursor_position == before


async def test_letters_typed_into_the_search_are_letters(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "news/wtf")
        assert isinstance(demo.app.screen, RunDetailScreen)
        assert demo.note().startswith("news/wtf: no line")


# --- times, since, follow


async def test_times_are_absolute_then_relative_then_left_out(demo: Demo) -> None:
    async with demo.console() as pilot:
        Pages(demo, [event(60 * n) for n in range(5)])
        await open_log(demo, pilot, "db-dumps")
        assert "Tue 1 Sep 11:58" in line_with(demo, "moved 120")
        await demo.press(pilot, "t")
        assert "2m ago" in line_with(demo, "moved 120")
        await demo.press(pilot, "t")
        assert line_with(demo, "moved 120").strip().startswith("progress")
        await demo.press(pilot, "t")
        assert "Tue 1 Sep 11:58" in line_with(demo, "moved 120")


async def test_since_leaves_out_what_is_older_and_reads_no_page_before_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        pages = Pages(demo, [event(60 * n) for n in range(3000)])
        log = await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "s")
        await demo.write(pilot, "30 min")
        await demo.press(pilot, "enter")
        assert len(log.rows) == 31
        assert "Log, last 30m" in demo.text()
        await demo.press(pilot, "G", "m")
        assert demo.note() == "That is all there is."
        assert pages.asked == [(0, 100)]
        await demo.press(pilot, "s", "enter")
        assert len(log.rows) == 100


async def test_a_since_that_is_no_length_of_time_is_refused_in_words(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "s")
        await demo.write(pilot, "soon")
        await demo.press(pilot, "enter")
        assert not isinstance(demo.app.screen, RunDetailScreen)


async def test_following_stays_on_the_newest_line_and_not_following_keeps_the_place(demo: Demo) -> None:
    async with demo.console() as pilot:
        pages = Pages(demo, [event(n) for n in range(10, 20)])
        log = await open_log(demo, pilot, "sim-checkpoints")
        await demo.press(pilot, "j", "j")
        held = log.cursor_row
        assert held is not None
        assert "moved 12" in held.words
        pages.events = [event(9), *pages.events]
        await demo.pass_time(pilot, 31)
        assert len(log.rows) == 11
        assert log.cursor_row == held
        await demo.press(pilot, "f")
        assert "following" in demo.text()
        pages.events = [event(8), *pages.events]
        await demo.pass_time(pilot, 31)
        assert log.cursor_row is not None
        assert "moved 8" in log.cursor_row.words
        await demo.press(pilot, "f")
        assert demo.note() == "not following any more"


async def test_following_a_task_that_is_over_says_so(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "f")
        assert demo.note() == "The task is over: nothing more comes."


async def test_events_that_came_between_two_pages_are_not_shown_twice(demo: Demo) -> None:
    async with demo.console():
        pages = Pages(demo, [event(n) for n in range(10, 400)])
        reading, details = TaskReading(), demo.app.store.details
        await reading.read_on(details, "any", View.LOG)
        pages.events = [event(8), event(9), *pages.events]
        await reading.read_on(details, "any", View.LOG)
        assert list(reading.events) == pages.events[2:]


# --- length


async def test_fifty_thousand_events_are_worded_once_read_in_chunks_and_drawn_a_window_at_a_time(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    worded, drawn = [], []
    make, draw = EventRows._row, EventLog._words

    def count_made(self: EventRows, key: int, *more: Any) -> object:
        worded.extend([key] if key not in self._lines else [])
        return make(self, key, *more)

    def count_drawn(self: EventLog, row: object) -> object:
        drawn.append(row)
        return draw(self, row)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(EventRows, "_row", count_made)
    monkeypatch.setattr(EventLog, "_words", count_drawn)
    async with demo.console() as pilot:
        pages = Pages(demo, [event(n) for n in range(50_000)])
        log = await open_log(demo, pilot, "db-dumps")
        while len(log.rows) < 50_000:
            await demo.press(pilot, "m")
        assert len(pages.asked) == 51
        assert len(worded) == 50_000
        drawn.clear()
        await demo.press(pilot, "j", "ctrl+d", "pagedown", "G", "g")
        assert len(drawn) <= 5 * log.size.height
        assert len(worded) == 50_000


# --- out of the program


async def save(demo: Demo, pilot: Pilot[None], path: Path) -> None:
    """Press E and type a path in place of the one offered."""
    await demo.press(pilot, "E")
    await pilot.press("ctrl+u", *str(path))
    await demo.press(pilot, "enter")


async def test_the_log_is_saved_for_its_owner_only_and_nothing_is_replaced_unasked(demo: Demo, tmp_path: Path) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        path = tmp_path / "log.txt"
        await save(demo, pilot, path)
        assert "quota exceeded" in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.write_text("mine")
        await save(demo, pilot, path)
        await demo.press(pilot, "enter")
        assert path.read_text() == "mine"
        await save(demo, pilot, path)
        await demo.press(pilot, "y")
        assert "quota exceeded" in path.read_text()


async def test_saving_says_what_was_not_read_yet(demo: Demo) -> None:
    async with demo.console() as pilot:
        Pages(demo, [event(n) for n in range(150)])
        await open_log(demo, pilot, "db-dumps")
        await demo.press(pilot, "E")
        assert "Older lines were not read yet" in demo.text()
        await demo.press(pilot, "escape", "m", "E")
        assert "Save 150 lines" in demo.text()
        assert "Older lines were not read yet" not in demo.text()


async def test_a_folder_that_is_not_there_is_said_in_the_question(demo: Demo, tmp_path: Path) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        await save(demo, pilot, tmp_path / "none" / "log.txt")
        assert "There is no folder" in demo.text()


@pytest.fixture
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Path, int, str]]:
    """A program in place of pager and editor that notes what it was given: path, mode, text."""
    script, note = tmp_path / "view er", tmp_path / "seen"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$2" $(stat -c %a "$2") > "{note}"\ncat "$2" >> "{note}"\n')
    script.chmod(0o700)
    for name in ("PAGER", "VISUAL"):
        monkeypatch.setenv(name, f"'{script}' -x;true")
    monkeypatch.setattr("globus_tui.app.GlobusTui.suspend", lambda self: contextlib.nullcontext())

    def seen() -> tuple[Path, int, str]:
        path, mode, text = note.read_text().split("\n", 2)
        note.unlink()
        return Path(path), int(mode, 8), text

    return seen


@pytest.mark.parametrize("key", ["p", "e"])
async def test_pager_and_editor_get_a_private_file_that_is_gone_afterwards(
    demo: Demo, viewer: Callable[[], tuple[Path, int, str]], key: str
) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        await demo.press(pilot, key)
        path, mode, text = viewer()
        assert mode == 0o600
        assert "quota exceeded" in text
        assert not path.exists()
        await demo.press(pilot, "escape")
        demo.point_at("db-dumps")
        await demo.press(pilot, "y", key)
        assert '"job_id"' in viewer()[2]


async def test_a_program_that_is_not_there_is_said(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "/no/such/pager")
    monkeypatch.setattr("globus_tui.app.GlobusTui.suspend", lambda self: contextlib.nullcontext())
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        await demo.press(pilot, "p")
        assert demo.note().startswith("/no/such/pager cannot be started")


async def test_a_terminal_that_cannot_be_left_is_no_crash(demo: Demo) -> None:
    async with demo.console() as pilot:
        await open_log(demo, pilot, "beamline-7-raw")
        await demo.press(pilot, "p")
        assert demo.note().startswith("This terminal cannot be left")


async def test_control_characters_of_the_service_do_not_leave_the_program(demo: Demo, tmp_path: Path) -> None:
    async with demo.console() as pilot:
        Pages(demo, [replace(event(1), description="\x1b]52;c;AAAA\x07")])
        await open_log(demo, pilot, "db-dumps")
        await save(demo, pilot, tmp_path / "log.txt")
        assert b"\x1b" not in (tmp_path / "log.txt").read_bytes()


# --- the JSON


async def test_the_json_is_searched_and_saved_with_the_same_keys(demo: Demo, tmp_path: Path) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "y", "slash")
        await demo.write(pilot, '"JOB_ID"')
        await demo.press(pilot, "enter")
        assert demo.note().startswith('"JOB_ID": line 1 of ')
        await save(demo, pilot, tmp_path / "timer.json")
        assert demo.job_id("db-dumps") in (tmp_path / "timer.json").read_text()
        await demo.press(pilot, "escape")
        assert isinstance(demo.app.screen, RawJsonScreen)

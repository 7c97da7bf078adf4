"""What the program leaves undone: lines not drawn, requests not sent, modules not loaded. Counted, never timed."""

from __future__ import annotations

import os
import subprocess
import sys
from contextvars import Context
from datetime import timedelta
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, cast

import pytest

from globus_tui.cli.first_frame import first_frame
from globus_tui.domain.timer.agenda import forecast, past_runs
from globus_tui.domain.timer.health import Why
from globus_tui.domain.transfer.collection import Collection
from globus_tui.lines.list import LineList
from globus_tui.present.agenda_words import clash_words
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.about_self import OwnCost, own_lines
from globus_tui.screens.agenda import AgendaScreen
from globus_tui.screens.job_order import JobOrder
from globus_tui.store.board import Board
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Thread

    from textual.pilot import Pilot

    from globus_tui.domain.timer.agenda import Clash, Forecast
    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row
    from globus_tui.widgets.job_table import JobTable
    from tests.demo import Demo


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lines of the list that are drawn again, by number; 0 is the heading."""
    from globus_tui.lines.list import LineList

    lines: list[int] = []
    as_it_was = LineList._refresh_lines

    def noting(self: JobTable, which: Sequence[int]) -> None:
        lines.extend(which)
        as_it_was(self, which)

    monkeypatch.setattr(LineList, "_refresh_lines", noting)
    return lines


def lists_asked_for(demo: Demo) -> int:
    return len([one for one in demo.service.requests if one.method == "GET" and one.path == "/jobs/"])


async def all_runs_joined(demo: Demo, pilot: Pilot[Any]) -> None:
    """The tasks behind older runs come in with one refresh after another."""
    before = None
    while before is not demo.app.store.states:
        before = demo.app.store.states
        await demo.press(pilot, "r")


async def test_an_arrow_key_draws_the_line_it_leaves_and_the_one_it_comes_to(demo: Demo, drawn: list[int]) -> None:
    async with demo.console() as pilot:
        drawn.clear()
        await demo.press(pilot, "down")
        assert drawn == [1, 2]


async def test_a_refresh_that_brings_nothing_new_asks_once_and_draws_no_line(demo: Demo, drawn: list[int]) -> None:
    async with demo.console() as pilot:
        await all_runs_joined(demo, pilot)
        rows, asked = demo.table.rows, lists_asked_for(demo)
        drawn.clear()
        await demo.press(pilot, "r")
        assert lists_asked_for(demo) == asked + 1
        assert demo.table.rows is rows
        assert drawn == []


async def test_one_changed_timer_draws_one_line(demo: Demo, drawn: list[int]) -> None:
    async with demo.console() as pilot:
        await all_runs_joined(demo, pilot)
        await demo.press(pilot, "N", "g")
        drawn.clear()
        timer = demo.timer(demo.names()[2])
        timer.name = f"{timer.name}!"
        await demo.press(pilot, "r")
        assert drawn == [3]


async def test_rows_are_put_in_order_once_for_as_long_as_nothing_changes(demo: Demo) -> None:
    async with demo.console():
        order, states = JobOrder(), demo.app.store.states
        first = order.rows(states, Viewpoint())
        assert order.rows(states, Viewpoint()) is first
        order.filter_text = "climate"
        narrowed = order.rows(states, Viewpoint())
        assert order.rows(states, Viewpoint()) is narrowed
        assert 0 < len(narrowed) < len(first)
        order.filter_text = ""
        assert order.rows(states, Viewpoint()) is first


async def test_the_agenda_reckons_beside_the_keys_and_puts_into_words_what_it_shows(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With thousands of timers there are tens of thousands of runs to come, and as many sentences about them."""
    threads: list[Thread] = []
    sentences: list[Clash] = []
    whole: list[Row] = []

    def reckon(*about: Any) -> Forecast:
        threads.append(current_thread())
        return forecast(*about)

    def put(clash: Clash, *rest: Any) -> str:
        sentences.append(clash)
        return clash_words(clash, *rest)

    def make(board: Board, row: Row, made: Any = Board.state_of) -> JobState:
        whole.append(row)
        return cast("JobState", made(board, row))

    monkeypatch.setattr("globus_tui.screens.agenda.forecast", reckon)
    monkeypatch.setattr("globus_tui.present.agenda_words.clash_words", put)
    async with demo.console(size=(120, 12)) as pilot:
        await demo.press(pilot, "a")
        assert threads
        assert main_thread() not in threads
        assert "x lists all" in demo.text()
        monkeypatch.setattr(Board, "state_of", make)
        screen = demo.app.screen
        assert isinstance(screen, AgendaScreen)
        sentences.clear()
        screen.show_lanes()
        await demo.settle(pilot)
        assert 0 < len(sentences) <= 3
        lanes = screen.query_one("#lanes", LineList)
        assert len({row.job_id for row in whole}) <= lanes.size.height < len(lanes.rows)


@pytest.fixture
def made_whole(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Timers that are made whole where keys are taken: half a millisecond each, which thousands make seconds."""
    whole: set[str] = set()

    def make(board: Board, job_id: JobId, made: Any = Board.job) -> Job:
        if current_thread() is main_thread():
            whole.add(job_id)
        return cast("Job", made(board, job_id))

    monkeypatch.setattr(Board, "job", make)
    monkeypatch.setattr("globus_tui.store.board.STATES_AT_HAND", 12)  # of the facility's as few as of thousands
    return whole


@pytest.mark.parametrize("key", ["a", "p", "d", "percent_sign", "J", "M", "at"])
async def test_no_page_makes_all_timers_whole_before_it_takes_keys(demo: Demo, key: str, made_whole: set[str]) -> None:
    async with demo.console(size=(120, 12)) as pilot:
        shown, timers = demo.app.screen, len(demo.app.store.states)
        made_whole.clear()
        await demo.press(pilot, key)
        assert demo.app.screen is not shown
        assert len(made_whole) <= 12 < timers


def fleet_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(f'fleet = "{tmp_path / "timers"}"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "timers").mkdir()
    (tmp_path / "timers/one.toml").write_text(
        '[timer.new]\nzone = "UTC"\nwhen = "every sunday at 02:00"\nrecursive = true\n'
        'from = "Ops Vault:/db/"\nto = "Campus Archive:/archive/"\n'
    )


async def test_fleet_files_are_compared_beside_the_keys(
    demo: Demo, made_whole: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet_of(tmp_path, monkeypatch)
    async with demo.console(size=(120, 12)) as pilot:
        await demo.press(pilot, "D")
        await demo.until(pilot, lambda: "create" in demo.text())
        assert len(made_whole) <= 12 < len(demo.app.store.states)


async def test_timers_are_written_into_the_files_beside_the_keys(
    demo: Demo, made_whole: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet_of(tmp_path, monkeypatch)
    async with demo.console(size=(120, 12)) as pilot:
        demo.app.host = demo.app.host._replace(demo=False)  # which writes nothing into the folder
        demo.point_at("db-dumps")
        await demo.settle(pilot)
        made_whole.clear()
        await pilot.press("E")
        await demo.until(pilot, lambda: "1 timer written into" in demo.note())
        assert len(made_whole) <= 12 < len(demo.app.store.states)


async def test_files_are_applied_beside_the_keys(
    demo: Demo, made_whole: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet_of(tmp_path, monkeypatch)
    async with demo.console(size=(120, 12)) as pilot:
        await all_runs_joined(demo, pilot)
        await demo.press(pilot, "D")
        await demo.until(pilot, lambda: "create" in demo.text())
        await demo.press(pilot, "x")
        made_whole.clear()
        await pilot.press("y")
        await demo.until(pilot, lambda: "applied" in demo.note())
        assert len(made_whole) <= 12 < len(demo.app.store.states)


async def test_the_lane_of_a_collection_of_thousands_is_drawn_beside_the_keys(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[Thread] = []

    def look(*about: Any) -> Any:
        threads.append(current_thread())
        return past_runs(*about)

    async with demo.console(size=(120, 40)) as pilot:
        await demo.press(pilot, "a", "c")
        drawn = demo.screen()
        await demo.press(pilot, "c")
        monkeypatch.setattr("globus_tui.screens.agenda.past_runs", look)
        monkeypatch.setattr("globus_tui.screens.agenda._DRAWN_AT_ONCE", 0)
        await demo.press(pilot, "c")
        assert demo.screen() == drawn
        assert threads
        assert main_thread() not in threads


async def test_lanes_of_collections_are_drawn_without_making_their_timers_whole(
    demo: Demo, made_whole: set[str]
) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        await demo.press(pilot, "a")
        demo.app.store._board._states_at_hand.clear()
        made_whole.clear()
        await demo.press(pilot, "c")
        assert "Campus Archive" in demo.text()
        assert not made_whole


@pytest.mark.parametrize(("key", "question"), [("comma", "Note on 79 timers"), ("full_stop", "Known: ")])
async def test_what_is_written_down_of_all_timers_makes_none_of_them_whole(
    demo: Demo, key: str, question: str, made_whole: set[str]
) -> None:
    async with demo.console(size=(120, 12)) as pilot:
        await demo.press(pilot, "asterisk")
        made_whole.clear()
        await demo.press(pilot, key)
        assert question in demo.text()
        assert len(made_whole) <= 12


async def test_what_stops_is_looked_for_by_its_name_without_making_timers_whole(
    demo: Demo, made_whole: set[str]
) -> None:
    async with demo.console(size=(120, 12)) as pilot:
        await demo.press(pilot, "colon")
        await demo.write(pilot, "impact Tape Library")
        made_whole.clear()
        await demo.press(pilot, "enter")
        assert "Impact > Tape Library" in demo.screen()[0]
        assert len(made_whole) <= 12


async def test_trouble_of_many_timers_is_written_down_once_for_each_word(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        decided: list[Sequence[JobId]] = []

        async def decide(ids: Sequence[JobId], store: Any = demo.app.store.decide, **changes: Any) -> None:
            decided.append(ids)
            await store(ids, **changes)

        monkeypatch.setattr(demo.app.store, "decide", decide)
        await demo.press(pilot, "asterisk", "full_stop")
        await demo.write(pilot, "CASE 7")
        await demo.press(pilot, "enter", "enter")
        rows = [row for row in demo.app.states.rows.values() if row.health.word.is_trouble]
        assert all(row.health.acknowledged or row.health.why is Why.UNREADABLE for row in rows)
        assert f"written down for {len(rows)} timers" in demo.note()
        assert sum(map(len, decided)) == len(rows) > 20
        assert len(decided) == len({row.health.word for row in rows})


async def test_the_program_tells_what_it_costs_itself(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "i")
        assert "processor" in demo.text()
        assert f"{demo.app.activity.requests}, " in demo.text()
        await demo.press(pilot, "escape")
        assert "processor" not in demo.text()


def test_memory_that_the_system_does_not_tell_is_not_drawn_as_zero() -> None:
    lines = own_lines(OwnCost(timedelta(hours=2), 18.0, None, 240, 2_000_000, 30, 61))
    assert "memory     not known" in lines
    assert "processor  18.0 s, 0.2% of one core" in lines
    assert "requests   240, 120 an hour at this rate" in lines


@pytest.mark.parametrize(
    ("asked", "taken", "last", "words"),
    [
        (7, 0, False, "no list was read by another copy on this host"),
        (14, 14, True, "14 of 28 lists read by another copy on this host; the last one by another copy"),
        (0, 1, False, "1 of 1 list read by another copy on this host; the last one by this copy"),
    ],
)
def test_what_is_shared_with_other_copies_is_told(asked: int, taken: int, last: bool, words: str) -> None:
    cost = OwnCost(timedelta(hours=2), 18.0, None, 240, 2_000_000, 30, 61, asked, taken, last)
    assert f"shared     {words}" in own_lines(cost)


def test_the_first_line_is_on_the_screen_before_anything_heavy_is_loaded() -> None:
    watched = "import globus_tui.cli.console, sys; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", watched], check=True, capture_output=True, text=True).stdout.split()
    assert not {"asyncio", "textual", "rich", "httpx", "tomllib", "platformdirs", "logging"} & set(loaded)


def test_when_the_console_cannot_start_the_reason_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "terminal").open("w+") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with pytest.raises(LookupError), first_frame("starting"):
            raise LookupError
        written = os.pread(terminal.fileno(), 1000, 0).decode()
    assert " starting" in written
    assert written.endswith("\x1b[?1049l\x1b[?25h")


async def test_an_answer_asked_for_before_the_screen_stood_is_followed_by_the_next(demo: Demo) -> None:
    """The first request is made before the application exists: what it publishes comes from outside its context."""
    async with demo.console() as pilot:
        before = lists_asked_for(demo)
        demo.clock.advance(31)
        named = {"new": Collection("new", "New")}
        Context().run(demo.app.store._board.take_collections, named)
        await demo.until(pilot, lambda: lists_asked_for(demo) > before)


async def test_a_refresh_that_brings_nothing_new_changes_the_title_and_looks_at_no_row(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        await all_runs_joined(demo, pilot)
        looked: list[object] = []
        as_it_was = JobOrder.rows

        def noting(self: JobOrder, *wanted: Any) -> Any:
            looked.append(self)
            return as_it_was(self, *wanted)

        monkeypatch.setattr(JobOrder, "rows", noting)
        before = lists_asked_for(demo)
        await demo.press(pilot, "r")
        assert lists_asked_for(demo) == before + 1
        assert looked == []
        demo.fault(Fault("/jobs/", kind="reset", times=None))
        await demo.press(pilot, "r")
        assert "STALE" in demo.screen()[0]
        assert looked, "stale rows are drawn as such"

"""With very many timers marked, keys are answered as with one: what each of them costs is not done between two keys."""

from __future__ import annotations

from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, cast

import pytest

from globus_tui.procedures import operations
from globus_tui.screens import job_actions, job_list
from globus_tui.screens.confirm import Results
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.job_list import JobListScreen
from globus_tui.store.board import Board
from globus_tui.widgets import page
from globus_tui.widgets.choice import Toggle
from tests.demo import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.store.job_state import Pending
    from tests.demo import Demo

FEW = 30
"""Timers on the screen, which are looked into wherever they are drawn."""


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Timers whose documents are looked into where keys are taken, from a handful of them on."""
    seen: set[str] = set()

    def noting(name: str) -> None:
        as_it_was = getattr(Board, name)

        def look(board: Board, job_id: JobId) -> Job:
            if current_thread() is main_thread():
                seen.add(job_id)
            return cast("Job", as_it_was(board, job_id))

        monkeypatch.setattr(Board, name, look)

    noting("job")
    noting("_view_of")
    monkeypatch.setattr(job_actions, "READ_AT_ONCE", 5)
    return seen


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Documents are read beside the keys only when this is set."""
    free, as_it_was = Event(), Board._view_of

    def look(board: Board, job_id: JobId) -> Job:
        if current_thread() is not main_thread():
            assert free.wait(PATIENCE)
        return as_it_was(board, job_id)

    monkeypatch.setattr(Board, "_view_of", look)
    monkeypatch.setattr(job_actions, "READ_AT_ONCE", 5)
    yield free
    free.set()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("s", "Runs in progress go on"),
        ("X", "timers for good?"),
        ("R", "put behind"),
        ("K", "Cancel the transfer task"),
        ("L", "How old may the last good copy get?"),
        ("c", "row as text"),
        ("f", "Fix and resume"),
        ("F", "Fix and resume"),
        ("x", "One timer at a time"),
        ("e", "One timer at a time"),
        ("M n", "Maintenance window for 79 timers"),
        ("M n a enter enter enter", "Runs in progress go on"),
        ("space", "78 marked"),
    ],
)
async def test_a_key_for_all_marked_looks_into_none_of_them_before_the_next_key(
    demo: Demo, keys: str, words: str, looked_into: set[str]
) -> None:
    async with demo.console(size=(120, FEW)) as pilot:
        await demo.press(pilot, "asterisk")
        looked_into.clear()
        await pilot.press(*keys.split())
        await demo.until(pilot, lambda: words in demo.text())
        assert len(looked_into) <= FEW


async def test_marking_all_looks_into_none_of_them(demo: Demo, looked_into: set[str]) -> None:
    async with demo.console(size=(120, FEW)) as pilot:
        looked_into.clear()
        await demo.press(pilot, "asterisk")
        assert "79 marked" in demo.note()
        assert len(looked_into) <= FEW


async def test_what_would_start_is_read_beside_the_keys_before_many_are_resumed(
    demo: Demo, looked_into: set[str]
) -> None:
    async with demo.console(size=(120, FEW)) as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "status:paused -health:sign-in")
        await demo.press(pilot, "enter", "asterisk")
        looked_into.clear()
        await demo.press(pilot, "s")
        assert "Resume" in demo.text()
        assert "AT ONCE" in demo.text()
        assert len(looked_into) <= FEW


async def test_what_many_undo_is_worked_out_beside_the_keys(demo: Demo, looked_into: set[str]) -> None:
    async with demo.console(size=(120, FEW)) as pilot:
        await demo.press(pilot, "asterisk", "s", "y", "backslash", "g")
        looked_into.clear()
        await demo.press(pilot, "u")
        assert "Undo the last pause?" in demo.text()
        assert len(looked_into) <= FEW


async def test_the_question_comes_when_it_is_ready_and_keys_are_answered_meanwhile(demo: Demo, held: Event) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk")
        await pilot.press("L")
        await demo.until(pilot, lambda: "reading 79 timers" in demo.app.note.words)
        await pilot.press("down", "down")
        await demo.until(pilot, lambda: demo.table.cursor_position == 2)
        held.set()
        await demo.settle(pilot)
        assert "Limits of 79 timers" in demo.text()
        assert "reading" not in demo.app.note.words


@pytest.mark.parametrize("key", ["backslash", "space", "question_mark"])
async def test_who_marks_others_or_opens_another_page_meanwhile_is_not_asked(demo: Demo, held: Event, key: str) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk")
        await pilot.press("L")
        await demo.until(pilot, lambda: "reading 79 timers" in demo.app.note.words)
        await pilot.press(key)
        held.set()
        await demo.settle(pilot)
        assert "Limits of" not in demo.text()
        assert "reading" not in demo.app.note.words


async def test_many_changes_are_announced_some_at_a_time(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    as_it_was = Board.begin

    def begin(board: Board, pending: Mapping[JobId, Pending]) -> None:
        begun.append(len(pending))
        as_it_was(board, pending)

    monkeypatch.setattr(Board, "begin", begin)
    monkeypatch.setattr(operations, "ANNOUNCED_AT_ONCE", 8)
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk", "s", "y")
        assert max(begun) <= 8
        assert sum(begun) > 40
        assert f"all {sum(begun)} paused" in demo.note()


async def test_rows_that_take_long_to_show_wait_for_the_keys_and_are_right_in_the_end(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        shown: list[None] = []
        as_it_was = JobListScreen.show_jobs

        def show(screen: JobListScreen) -> None:
            shown.append(None)
            as_it_was(screen)

        monkeypatch.setattr(JobListScreen, "show_jobs", show)
        monkeypatch.setattr(job_list, "_LONG", -1.0)
        published: list[object] = []
        demo.app.store.subscribe(published.append)
        await demo.press(pilot, "asterisk", "s", "y")
        assert 0 < len(shown) < len(published) / 2
        assert "pausing" not in demo.text()
        assert "paused" in demo.row("db-dumps")


def lines_made(demo: Demo, selector: str) -> int:
    return sum(len(str(part.render()).splitlines()) for part in demo.app.screen.query(f"{selector} Static"))


async def test_of_a_long_list_in_a_question_more_is_made_as_somebody_scrolls(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "AT_A_TIME", 2)
    async with demo.console() as pilot:
        await demo.press(pilot, "asterisk", "X")
        assert 0 < lines_made(demo, ".sheet-list") < 50
        await demo.press(pilot, *["pagedown"] * 12)
        assert f"delete {lines_made(demo, '.sheet-list')}" in demo.text()


async def test_of_many_results_more_is_made_as_somebody_scrolls(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console() as pilot:
        demo.app.push_screen(Results("What became", [(True, f"timer {number}", "Paused.") for number in range(1500)]))
        await demo.settle(pilot)
        assert 0 < lines_made(demo, "#results") < 400
        for _ in range(30):
            await demo.press(pilot, "end")
        assert "timer 1499" in demo.text()


async def test_of_a_long_text_more_is_made_as_somebody_scrolls(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.copy_text("\n".join(f"line {number}" for number in range(1500)))
        await demo.settle(pilot)
        assert 0 < lines_made(demo, ".bare") < 400
        for _ in range(30):
            await demo.press(pilot, "end")
        assert "line 1499" in demo.text()


async def test_what_nobody_scrolled_to_is_left_in_or_out_with_the_rest(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "AT_A_TIME", 3)
    async with demo.console(size=(120, 12)) as pilot:
        await pilot.press("F")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen) and demo.app.screen.query(Toggle))
        screen = demo.app.screen
        assert isinstance(screen, ConsentScreen)
        choices = len(screen._consent_prompt.choices)
        toggles = list(screen.query(Toggle))
        assert 0 < len(toggles) < choices
        assert len(screen._ticked()) == choices
        toggles[0].action_switch()
        assert len(screen._ticked()) == choices - 1
        screen.action_all()
        assert len(screen._ticked()) == choices
        screen.action_all()
        assert screen._ticked() == {toggles[0].name}
        screen.query_one("#consent").scroll_end(animate=False)
        await pilot.pause()
        assert len(screen.query(Toggle)) > len(toggles)
        assert screen._ticked() == {toggles[0].name}

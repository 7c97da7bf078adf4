"""Maintenance windows on the screen: open with M, close with M; exactly the same timers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.health import Word
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.windows import WindowsScreen

if TYPE_CHECKING:
    import pytest

    from tests.demo import Demo


async def test_everything_to_the_archive_is_paused_for_the_evening_and_exactly_that_comes_back(demo: Demo) -> None:
    def paused() -> set[str | None]:
        return {one.name for one in demo.sandbox.timers.values() if one.status == "inactive"}

    before = paused()
    async with demo.console(size=(120, 36)) as pilot:
        await demo.write(pilot, "/to:archive")
        await demo.press(pilot, "enter", "asterisk", "M")
        assert isinstance(demo.app.screen, WindowsScreen)
        await demo.press(pilot, "n")
        await demo.write(pilot, "disk swap")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "18:00")
        await demo.press(pilot, "enter", "enter")
        assert "It should end Tue 1 Sep 18:00" in demo.text()
        assert "left alone" in demo.text()
        assert demo.changes() == []
        await demo.press(pilot, "y")
        held = paused() - before
        assert len(held) > 10
        assert f"open, {len(held)} paused" in demo.text()
        await demo.press(pilot, "q")
        assert "marked" not in demo.text()
        demo.point_at("db-dumps")
        await demo.settle(pilot)
        assert "disk swap" in demo.text()
        await demo.pass_time(pilot, 7 * 3600)
        said = [one.path for one in reversed(demo.app.activity) if one.service == "note"]
        assert any("The maintenance window (disk swap) should have ended 18:00" in one for one in said)
        assert "pause should have ended 18:00" in demo.row("db-dumps")
        await demo.press(pilot, "M")
        assert "OVERDUE since 18:00" in demo.text()
        await demo.press(pilot, "X")
        assert "the worst overdue first" in demo.text()
        assert "10 s apart" in demo.text()
        await demo.press(pilot, "enter")  # Cancel
        assert paused() - before == held
        demo.app.windows._sleep = _at_once
        await demo.press(pilot, "X", "y")
        assert paused() == before
        assert "closed" in demo.text()
        pauses = [one for one in demo.journal() if one["what"] == "pause"]
        assert len(pauses) == len(held)


async def _at_once(seconds: float) -> None:
    assert seconds == 10


async def test_timers_that_wait_for_their_turn_say_so_in_a_window_and_in_an_undo(demo: Demo) -> None:
    """A few are sent at a time, or one after another: who asks for something else meanwhile is told."""
    async with demo.console(size=(120, 36)) as pilot:
        names = [state.job.label for state in demo.shown if state.health.word is Word.OK][:6]

        async def mark() -> None:
            for name in names:
                demo.point_at(name)
                await demo.press(pilot, "space")

        async def all_wait(keys: str, route: str, word: str) -> None:
            gate = asyncio.Event()
            demo.fault(Fault(f"/jobs/*/{route}", kind="pass", times=None, wait=gate))
            await pilot.press(*keys.split())
            jobs = [demo.job_id(name) for name in names]
            await demo.until(pilot, lambda: {demo.app.store._board.pending.get(job) for job in jobs} != {None})
            doing = [demo.app.store.states[job].pending for job in jobs]
            assert [pending and pending.doing.value for pending in doing] == [word] * len(names)
            gate.set()
            await demo.settle(pilot)
            demo.sandbox.faults.clear()

        await mark()
        await demo.press(pilot, "M", "n", "enter", "enter", "enter")
        await all_wait("y", "pause", "pausing")
        await demo.press(pilot, "X")
        await all_wait("y", "resume", "resuming")
        await demo.press(pilot, "q")
        await mark()
        await demo.press(pilot, "s", "y", "u")
        await all_wait("y", "resume", "resuming")
        assert not any(state.pending for state in demo.app.states.values())


async def test_a_window_that_would_end_before_it_begins_is_refused_in_the_field_and_the_rest_is_kept(
    demo: Demo,
) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "M", "n")
        await demo.write(pilot, "disk swap")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "yesterday")
        await demo.press(pilot, "enter")
        assert "Until when?" in demo.text()
        assert "The window would end before it begins." in demo.text()
        await demo.press(pilot, "ctrl+u", "ctrl+k")
        await demo.write(pilot, "18:00")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "20:00")
        await demo.press(pilot, "enter")
        assert "From when?" in demo.text()
        assert "The window would end before it begins." in demo.text()
        await demo.press(pilot, "ctrl+u", "ctrl+k")
        await demo.write(pilot, "17:00")
        await demo.press(pilot, "enter", "y")
        assert "disk swap" in demo.text()
        assert "planned" in demo.text()


async def test_a_window_that_cannot_be_closed_to_its_end_leaves_no_timer_waiting(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        await demo.write(pilot, "/to:archive")
        await demo.press(pilot, "enter", "asterisk", "M", "n", "enter", "enter", "enter", "y")
        windows = demo.app.windows

        async def full(*_: object) -> object:
            raise BadInput("The disk is full.")

        monkeypatch.setattr(windows, "_write", full)
        await demo.press(pilot, "X", "y")
        assert "The disk is full" in demo.note()
        assert len([change for change in demo.changes() if change.endswith("/resume")]) == 1
        assert not any(state.pending for state in demo.app.states.values())


async def test_nothing_is_opened_where_nothing_may_be_changed(demo: Demo) -> None:
    async with demo.console("--read-only") as pilot:
        await demo.press(pilot, "M", "n")
        assert "read" in demo.note().lower()
        assert demo.changes() == []

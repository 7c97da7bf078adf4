"""Notes, tags, and trouble that somebody knows of, by keys."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer.job import JobId
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.impact import ImpactScreen
from globus_tui.store.board import States

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pytest

    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row
    from tests.demo import Demo


async def test_trouble_of_all_that_are_marked_is_known_and_the_same_key_takes_that_back_at_once(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.table.move_to(next(key for key in demo.app.states.rows if key.startswith("unreadable")))
        await demo.press(pilot, "space")
        demo.point_at("run41-reprocessing")
        await demo.press(pilot, "space", "full_stop")
        await demo.write(pilot, "ticket 12")
        await demo.press(pilot, "enter", "enter")
        marked = [demo.app.states.rows[JobId(str(key))] for key in demo.table.marked]
        assert len(marked) == 2
        assert all(row.health.acknowledged for row in marked)
        await demo.press(pilot, "full_stop")
        assert not any(demo.app.states.rows[row.job_id].health.acknowledged for row in marked)


async def test_a_note_is_written_and_found_and_known_trouble_goes_behind_the_rest(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "comma")
        await demo.write(pilot, "ask Ada #night")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "/tag:night")
        assert demo.names() == ["db-dumps"]
        await demo.press(pilot, "escape")
        await demo.write(pilot, "/note:ada")
        assert demo.names() == ["db-dumps"]
        await demo.press(pilot, "enter")
        assert "Note: ask Ada #night" in demo.text()
        await demo.press(pilot, "escape", "full_stop")
        assert "It is in no trouble" in demo.note()
        demo.point_at("run41-reprocessing")
        before = demo.names().index("run41-reprocessing")
        await demo.press(pilot, "full_stop")
        await demo.write(pilot, "ticket 12")
        await demo.press(pilot, "enter", "enter")
        assert "(known: ticket 12)" in demo.row("run41-reprocessing")
        known = demo.app.store.orders(demo.job_id("run41-reprocessing")).acknowledged
        assert known is not None
        assert demo.names().index("run41-reprocessing") > before
        assert demo.names().index("run41-reprocessing") < demo.names().index("db-dumps")
        await demo.press(pilot, "full_stop")
        assert "(known" not in demo.row("run41-reprocessing")
        assert demo.changes() == []


async def test_a_note_that_cannot_be_written_down_is_not_lost(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*about: object, **changes: object) -> None:
        raise GlobusTuiError("The notes cannot be written: No space left on device.")

    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("db-dumps")
        with monkeypatch.context() as full:
            full.setattr(demo.app.store, "decide", refuse)
            await demo.press(pilot, "comma")
            await demo.write(pilot, "ask Ada #night")
            await demo.press(pilot, "enter")
            assert "No space left on device" in demo.text()
            assert "ask Ada #night" in demo.text()
        await demo.press(pilot, "enter")
        assert demo.app.store.orders(demo.job_id("db-dumps")).note == "ask Ada"


async def test_a_timer_that_goes_while_what_stops_is_worked_out_anew_stays_on_the_page_until_then(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "d", "enter")
        page, worked_out = demo.app.screen, asyncio.Event()
        assert isinstance(page, ImpactScreen)
        first, gone = (row.key for row in page.line_list.rows[:2])
        name = demo.app.states[gone].job.label

        async def slowly(rows: Iterable[Row], whole: Any = page.whole) -> dict[JobId, JobState]:
            await worked_out.wait()
            return cast("dict[JobId, JobState]", await whole(rows))

        monkeypatch.setattr(page, "whole", slowly)
        states = demo.app.states
        rows = {job_id: row for job_id, row in states.rows.items() if job_id != gone}
        demo.app.states = States(rows, states.make, states.glance)
        await pilot.press("down")  # draws both lines anew
        await pilot.resize_terminal(90, 30)
        await demo.until(pilot, lambda: name in demo.text())
        worked_out.set()
        await demo.until(pilot, lambda: name not in demo.text())
        assert page.line_list.rows[0].key == first


async def test_what_stops_is_worked_out_once_at_a_time_however_often_timers_change(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = [], asyncio.Event()

    async def slowly(work: Callable[..., object], *about: object) -> object:
        begun.append(demo.app.states)
        await go_on.wait()
        return work(*about)

    monkeypatch.setattr("globus_tui.screens.impact.asyncio", SimpleNamespace(to_thread=slowly))
    async with demo.console() as pilot:
        await pilot.press("d")
        await demo.until(pilot, lambda: begun)
        for _ in range(3):  # as in a change of many timers
            states = demo.app.states
            demo.app.states = States(states.rows, states.make, states.glance)
            await pilot.pause()
        assert len(begun) == 1, "else threads that nobody waits for go on beside each other"
        go_on.set()
        await demo.settle(pilot)
        assert begun[1:] == [demo.app.states], "what came meanwhile is worked out once"
        assert "Tape Library" in demo.text()


async def test_limits_impact_and_the_report_are_there_by_key_and_by_name(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "L")
        await demo.write(pilot, "soon")
        await demo.press(pilot, "enter")
        assert "Limits of db-dumps" in demo.text()  # what is no length of time is not taken
        await demo.press(pilot, "ctrl+u")
        await demo.write(pilot, "26h")
        await demo.press(pilot, "enter")
        assert demo.app.store.orders(demo.job_id("db-dumps")).good_within == timedelta(hours=26)
        await demo.press(pilot, "L")
        assert "26 hours" in demo.text()
        await demo.press(pilot, "ctrl+u", "enter")
        assert demo.app.store.orders(demo.job_id("db-dumps")).good_within is None

        await demo.press(pilot, "d")
        assert "Impact" in demo.screen()[0]
        await demo.press(pilot, "slash")
        await demo.write(pilot, "Tape Library")
        await demo.press(pilot, "enter", "enter")
        assert "Impact > Tape Library" in demo.screen()[0]
        assert "tape-second-copy" in demo.text()
        await demo.press(pilot, "M", "n")
        assert "Maintenance window for" in demo.text()
        await demo.press(pilot, "escape", "escape", "enter")
        assert "Timers >" in demo.screen()[0]
        await demo.press(pilot, "q", "q", "q", "q", "colon")  # one of them leaves the search
        await demo.write(pilot, "impact ops@")
        await demo.press(pilot, "enter")
        assert "79 timers" not in demo.text()  # what has ended does not stop
        assert "Impact > ops@" in demo.screen()[0]
        await demo.press(pilot, "q", "colon")
        await demo.write(pilot, "impact nowhere")
        await demo.press(pilot, "enter")
        assert "'nowhere'" in demo.note()

        await demo.press(pilot, "slash")
        await demo.write(pilot, "beamline-7-raw")
        await demo.press(pilot, "enter", "colon")
        await demo.write(pilot, "report")
        await demo.press(pilot, "enter")
        assert "# Globus timers" in demo.text()
        assert "1 timer: 1 FAILED." in demo.text()
        assert demo.changes() == []


async def test_a_report_without_news_from_globus_says_so_once(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault("/jobs*", times=None))
        await demo.pass_time(pilot, 45)
        await demo.press(pilot, "p")
        assert "**STALE: no answer since 12:00" in demo.text()
        assert "| FAILED | run41-reprocessing |" in demo.text()  # as it was then
        await demo.press(pilot, "q")
        await demo.pass_time(pilot, 600)
        await demo.press(pilot, "p")
        assert "79 UNKNOWN" in demo.text()
        assert demo.text().count("| UNKNOWN |") == 1  # what could not be understood when it was read
        assert "That is not known: Globus has not answered since 12:00." in demo.text()

"""The agenda: what runs when, as lanes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from globus_tui.domain.timer.agenda import forecast
from globus_tui.screens.agenda import AgendaScreen
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.store.board import States

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from globus_tui.domain.timer.agenda import Forecast, Habit
    from tests.demo import Demo


async def test_the_next_day_the_past_and_a_week_as_lanes_of_timers_and_of_collections(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        await demo.write(pilot, "/to:archive")
        await demo.press(pilot, "enter", "a")
        assert isinstance(demo.app.screen, AgendaScreen)
        text = demo.text()
        assert "Agenda > next 24 h" in text
        assert "Tue 1 Sep 12:00 to Wed 2 Sep 12:00" in text
        assert "of the filter's" in text
        assert "astro-ingest" not in text  # it goes to the cluster
        lane = next(line for line in demo.screen() if "sim-checkpoints" in line)
        assert "█▬▬▬▬▬▬" in lane  # 13:00, for three hours, in steps of 20 minutes
        assert "13:00" in lane
        assert "write to one place at one time" in text or "in the queue" in text
        await demo.press(pilot, "x")
        assert "tasks at a time" in demo.text()
        await demo.press(pilot, "escape", "left_square_bracket")
        assert "Agenda > 24 h" in demo.text()
        assert "Mon 31 Aug 12:00" in demo.text()
        lane = next(line for line in demo.screen() if "bio-results-out" in line or "db-dumps" in line)
        assert "▄" in lane or "✗" in lane  # what became of its runs
        await demo.press(pilot, "n", "right")
        assert "Tue 1 Sep 13:00" in demo.text()
        await demo.press(pilot, "n", "d")
        assert "Agenda > next 7 d" in demo.text()
        await demo.press(pilot, "d", "c")
        assert "COLLECTION" in demo.text()
        await demo.press(pilot, "enter")
        assert "TIMER" in demo.text()
        await demo.press(pilot, "enter")
        assert isinstance(demo.app.screen, JobDetailScreen)
        await demo.press(pilot, "q", "q")
        assert "COLLECTION" in demo.text()
        await demo.press(pilot, "q")
        assert demo.names()
        assert demo.changes() == []


async def test_what_was_reckoned_for_a_day_is_not_told_of_the_week_that_is_shown_by_then(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    go_on = asyncio.Event()

    async def slowly(
        work: Callable[..., Forecast], habits: object, now: object, until: datetime, *rest: Any
    ) -> Forecast:
        asked.append(until)
        await go_on.wait()
        return work(habits, now, until, *rest)

    monkeypatch.setattr("globus_tui.screens.agenda.asyncio", SimpleNamespace(to_thread=slowly))
    async with demo.console(size=(120, 36)) as pilot:
        await pilot.press("a")
        await demo.until(pilot, lambda: asked)
        await pilot.press("d")
        for _ in range(3):  # as in a change of many timers
            states = demo.app.states
            demo.app.states = States(states.rows, states.make, states.glance)
            await pilot.pause()
        assert len(asked) == 1, "one at a time"
        assert "reckoning" in demo.text()
        go_on.set()
        await demo.settle(pilot)
        assert len(asked) == 2, "what came meanwhile is reckoned once"
        assert asked[1] - asked[0] > timedelta(days=5)
        assert "Agenda > next 7 d" in demo.text()
        assert "to come" in demo.text()


async def test_of_timers_that_cannot_be_read_it_says_that_their_runs_are_not_known(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        unread = [state.job.label for state in demo.shown if state.job.unreadable]
        assert len(unread) == 1
        await demo.press(pilot, "a")
        assert "of 1 timer that cannot be read it is not known" in demo.text()
        await demo.press(pilot, "left_square_bracket", "left_square_bracket")
        assert "of 1 timer that cannot be read it is not known" in demo.text()  # the past of it is not known either
        await demo.press(pilot, "q")
        await demo.write(pilot, "/to:archive")
        await demo.press(pilot, "enter", "a")
        assert "cannot be read" not in demo.text()


async def test_a_forecast_that_very_many_runs_make_short_is_not_made_anew_for_each_key(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[datetime] = []

    def count(habits: Sequence[Habit], now: datetime, until: datetime, *known: Any) -> Forecast:
        made.append(until)
        return forecast(habits, now, until, *known)

    monkeypatch.setattr("globus_tui.domain.timer.agenda.MOST", 20)
    monkeypatch.setattr("globus_tui.screens.agenda.forecast", count)
    async with demo.console(size=(120, 36)) as pilot:
        await demo.press(pilot, "a", "d")
        of_a_week = len(made)
        await demo.press(pilot, "d", "right", "left")
        assert len(made) == of_a_week

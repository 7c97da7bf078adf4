"""The zone of the times and how often Globus is asked are changed while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_times_change_zone_with_one_key(demo: Demo) -> None:
    async with demo.console("--zone", "America/Chicago") as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "j", "k")
        assert "21:00" in demo.row("db-dumps")
        await demo.press(pilot, "T")
        assert demo.note() == "times are now in UTC"
        assert "02:00" in demo.row("db-dumps")
        await demo.press(pilot, "T")
        assert "21:00" in demo.row("db-dumps")


async def test_an_interval_below_the_floor_is_refused_in_words(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.host = demo.app.host._replace(floor=10.0)
        await demo.press(pilot, "I", "ctrl+u", "3", "enter")
        assert "Globus is not asked more often than every 10 seconds." in demo.text()
        await demo.press(pilot, "ctrl+u", "6", "0", "enter")
        assert demo.note() == "refreshing every 60 s"
        wake = demo.app.store.next_wake()
        assert wake is not None
        assert wake.seconds <= 60
        await demo.press(pilot, "I", "ctrl+u", "0", "enter")
        assert "refresh off" in demo.screen()[0]


async def test_it_refreshes_by_itself_when_the_time_has_come(demo: Demo) -> None:
    async with demo.console() as pilot:
        before = len(demo.asked("GET /jobs/"))
        demo.timer("db-dumps").name = "renamed elsewhere"
        await demo.pass_time(pilot, 31)
        assert len([call for call in demo.asked("GET /jobs/") if call == "GET /jobs/"]) > before
        assert "renamed elsewhere" in demo.names()

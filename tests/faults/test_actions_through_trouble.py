"""An action whose answer is lost, late or refused ends in the truth, and is never carried out twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.store.refresh_plan import FreshnessState
from tests.troubles import half_json, proxy_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo import Demo

AFTERWARDS: dict[str, Callable[[], Fault]] = {
    "dropped after it was done": lambda: Fault("/jobs/*/pause", kind="lose", times=None),
    "cut off": lambda: Fault("/jobs/*/pause", kind="truncate", times=None),
}
BEFORE: dict[str, Callable[[], Fault]] = {
    "dropped before it was done": lambda: Fault("/jobs/*/pause", kind="reset", times=None),
    "never answered": lambda: Fault("/jobs/*/pause", kind="hang", times=None),
    "a page of a proxy": lambda: proxy_page("/jobs/*/pause", 502, None),
    "500": lambda: Fault("/jobs/*/pause", status=500, times=None),
    "half of the JSON": lambda: half_json("/jobs/*/pause", None),
}


@pytest.mark.parametrize("what", AFTERWARDS)
async def test_a_pause_that_was_done_though_the_answer_was_lost_shows_as_paused(demo: Demo, what: str) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        demo.fault(AFTERWARDS[what]())
        await demo.press(pilot, "s")
        assert "paused" in demo.row("sensor-hourly")
        assert demo.note().startswith("sensor-hourly: Paused.")
        assert [line["what"] for line in demo.journal()] == ["pause"]


@pytest.mark.parametrize("what", BEFORE)
async def test_a_pause_that_is_not_done_may_still_arrive_until_it_is_late(demo: Demo, what: str) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        demo.fault(BEFORE[what]())
        await demo.press(pilot, "s")
        assert "paused" not in demo.row("sensor-hourly")
        assert "pausing" not in demo.row("sensor-hourly")
        assert "It is not paused so far, but the request may still arrive" in demo.note()
        assert demo.timer("sensor-hourly").status == "active"
        assert [(line["what"], line["outcome"]) for line in demo.journal()] == [("pause", "unknown")]


@pytest.mark.parametrize("kind", ["lose", "reset", "hang", "truncate"])
async def test_a_resume_is_sent_once_whatever_becomes_of_its_answer(demo: Demo, kind: str) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        demo.fault(Fault("/jobs/*/resume", kind=kind, times=None))  # type: ignore[arg-type]  # the kinds are literals
        await demo.press(pilot, "s")
        assert len([call for call in demo.changes() if call.endswith("/resume")]) == 1
        really = demo.timer("sensor-hourly").status == "inactive"
        assert ("paused" in demo.row("sensor-hourly")) == really
        assert demo.note().endswith("the list will show it." if really else "Resumed.")


async def test_when_nobody_can_tell_it_says_so_and_looks_again_by_itself(demo: Demo) -> None:
    async with demo.console(size=(200, 40)) as pilot:
        demo.point_at("sensor-hourly")
        job_id = demo.job_id("sensor-hourly")
        await demo.press(pilot, "s")
        demo.fault(Fault("/jobs/*/resume", kind="lose", times=None))
        demo.fault(Fault(f"/jobs/{job_id}", status=503, times=None, skip=1))
        await demo.press(pilot, "s")
        assert "Nobody can tell whether it was resumed" in demo.note()
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, 40)
        assert "paused" not in demo.row("sensor-hourly")
        assert demo.timer("sensor-hourly").status == "active"


async def test_a_delete_that_fails_after_its_pause_says_exactly_that(demo: Demo) -> None:
    async with demo.console(size=(200, 40)) as pilot:
        demo.point_at("sensor-hourly")
        job_id = demo.job_id("sensor-hourly")
        refusal = {"error": {"code": "FORBIDDEN", "detail": "Not yours", "status": 403}}
        demo.fault(Fault(f"/jobs/{job_id}", method="DELETE", status=403, body=refusal))
        await demo.press(pilot, "X")
        await demo.write(pilot, "sensor-hourly")
        await demo.press(pilot, "enter")
        assert "It is paused now but was not deleted" in demo.note()
        assert "paused" in demo.row("sensor-hourly")


async def test_being_signed_out_keeps_the_rows_stops_the_refresh_and_says_so(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault("/jobs/*", status=401, body={"error": {"code": "UNAUTHORIZED", "status": 401}}, times=None))
        await demo.press(pilot, "r")
        assert "signed out" in demo.screen()[0]
        assert len(demo.names()) == 79
        assert demo.app.freshness.state is FreshnessState.SIGNED_OUT
        asked = len(demo.asked("/jobs/"))
        await demo.pass_time(pilot, timedelta(hours=1))
        assert len(demo.asked("/jobs/")) == asked
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        assert demo.note().startswith("You are signed out: press S")
        assert demo.changes() == []


async def test_signed_out_in_the_middle_of_a_pause_changes_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        demo.fault(Fault("/jobs/*/pause", status=401, times=None))
        await demo.press(pilot, "s")
        assert "signed out" in demo.screen()[0]
        assert "pausing" not in demo.row("sensor-hourly")
        assert demo.timer("sensor-hourly").status == "active"

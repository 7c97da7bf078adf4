"""Several timers are given new names with one pattern; what is sent is the names that change, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.service import InProcessTransport
from globus_tui.screens.confirm import RenameMany
from globus_tui.screens.job_list import JobListScreen

if TYPE_CHECKING:
    import httpx
    from textual.pilot import Pilot

    from tests.demo import Demo

THREE = ("beamline-7-raw", "beamline-7-calibration", "genomics-inbox")


class Bodies(InProcessTransport):
    """Notes what PATCH requests carry."""

    def __init__(self, service: Any) -> None:
        super().__init__(service)
        self.patched: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            self.patched.append(json.loads(request.content))
        return await super().handle_async_request(request)


async def mark(demo: Demo, pilot: Pilot[Any], *names: str) -> None:
    for name in names:
        demo.point_at(name)
        await demo.press(pilot, "space")


async def test_three_timers_are_three_requests_with_only_a_name(demo: Demo) -> None:
    sent = Bodies(demo.service)
    async with demo.console(transport=sent) as pilot:
        await mark(demo, pilot, *THREE)
        job_ids = [demo.job_id(name) for name in THREE]
        demo.service.requests.clear()
        await demo.press(pilot, "R", "tab", "tab")
        await demo.write(pilot, "old-")
        assert "3 of 3 names change:" in demo.text()
        assert "beamline-7-raw -> old-beamline-7-raw" in demo.text()
        assert demo.changes() == []
        await demo.press(pilot, "enter")
        assert [demo.sandbox.timers[job_id].name for job_id in job_ids] == [f"old-{name}" for name in THREE]
        assert sorted(demo.changes()) == sorted(f"PATCH /jobs/{job_id}" for job_id in job_ids)
        assert sorted(one["name"] for one in sent.patched) == sorted(f"old-{name}" for name in THREE)
        assert all(list(one) == ["name"] for one in sent.patched)
        assert demo.note() == "all 3 renamed"


async def test_only_names_that_change_are_sent(demo: Demo) -> None:
    async with demo.console() as pilot:
        await mark(demo, pilot, *THREE)
        demo.service.requests.clear()
        await demo.press(pilot, "R")
        await demo.write(pilot, "beamline-7")
        await demo.press(pilot, "tab")
        await demo.write(pilot, "bl7")
        assert "2 of 3 names change:" in demo.text()
        await demo.press(pilot, "enter")
        assert len(demo.changes()) == 2
        assert {"bl7-raw", "bl7-calibration", "genomics-inbox"} <= set(demo.names())


async def test_a_pattern_that_leaves_a_name_empty_is_refused_and_escape_changes_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        await mark(demo, pilot, *THREE)
        demo.service.requests.clear()
        await demo.press(pilot, "R")
        await demo.write(pilot, "genomics-inbox")
        await demo.press(pilot, "enter")
        assert "A timer needs a name" in demo.text()
        assert isinstance(demo.app.screen, RenameMany)
        await demo.press(pilot, "escape")
        assert demo.app.screen.query("#jobs")
        assert demo.changes() == []


async def test_enter_without_a_pattern_sends_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        await mark(demo, pilot, *THREE)
        demo.service.requests.clear()
        await demo.press(pilot, "R", "enter")
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []


async def test_the_form_fits_on_a_small_screen(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        await demo.press(pilot, "asterisk", "R")
        assert "names change:" in demo.text()
        assert "Escape cancels" in demo.text()

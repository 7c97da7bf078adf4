"""The same on real connections: they really break."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from globus_tui.api.environment import Environment
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.serve import environment, running

if TYPE_CHECKING:
    from tests.demo import Demo


@pytest.mark.parametrize("kind", ["reset", "truncate", "lose"])
async def test_a_connection_that_breaks_leaves_the_rows_and_comes_back(demo: Demo, kind: str) -> None:
    with running(demo.sandbox) as base_url:
        where = Environment.read(environment(demo.sandbox, base_url))
        async with demo.console(transport=httpx.AsyncHTTPTransport(), environment=where, size=(200, 40)) as pilot:
            assert len(demo.names()) == 79
            demo.fault(Fault("/jobs/", kind=kind, times=None))  # type: ignore[arg-type]  # the kinds are literals
            demo.clock.advance(120)
            await demo.press(pilot, "r")
            assert "STALE" in demo.screen()[0]
            assert len(demo.names()) == 79
            demo.sandbox.faults.clear()
            await demo.pass_time(pilot, timedelta(minutes=10))
            assert "synced just now" in demo.screen()[0]


async def test_a_pause_whose_answer_is_lost_on_a_socket_ends_in_the_truth(demo: Demo) -> None:
    with running(demo.sandbox) as base_url:
        where = Environment.read(environment(demo.sandbox, base_url))
        async with demo.console(transport=httpx.AsyncHTTPTransport(), environment=where) as pilot:
            demo.point_at("sensor-hourly")
            demo.fault(Fault("/jobs/*/pause", kind="lose", times=None))
            await demo.press(pilot, "s")
            assert "paused" in demo.row("sensor-hourly")
            assert demo.timer("sensor-hourly").status == "inactive"

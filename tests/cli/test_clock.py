"""A machine's clock that is set while the program runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from globus_tui.api import http
from globus_tui.cli.arguments import parse
from globus_tui.cli.backend import demo_backend
from globus_tui.cli.console import make_store
from globus_tui.settings import load_settings


@pytest.mark.parametrize("set_by", [timedelta(hours=-1), timedelta(days=1)])
async def test_a_clock_that_is_set_neither_holds_up_the_next_reading_nor_makes_timers_late(
    monkeypatch: pytest.MonkeyPatch, set_by: timedelta
) -> None:
    class Set(datetime):
        """The machine's clock, after somebody set it."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + set_by

    options = parse(["--demo", "--refresh", "30"])
    backend = await demo_backend(1.0)
    async with backend.connection:
        store = make_store(backend, load_settings({}), options)
        before = store.clock(), store.now()
        await store.refresh()
        for module in ("globus_tui.api.http", "globus_tui.store.job_store"):
            monkeypatch.setattr(f"{module}.datetime", Set)
        after = store.clock(), store.now()
        wall: datetime = Set.now(UTC)
        assert abs(wall - after[0]) > timedelta(minutes=50)
        for one, other in zip(before, after, strict=True):
            assert timedelta(0) <= other - one < timedelta(minutes=10)
        wake = store.next_wake()
        assert wake is not None
        assert wake.seconds <= 31
    assert http.utc_now() >= before[0]

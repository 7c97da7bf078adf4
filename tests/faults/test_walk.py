"""A walk at random: keys, time, faults and other people's edits; what the screen says is so, or is marked as old."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.timer.job import JobId
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import make_app
from tests.demo import Demo
from tests.facility import copied_facility
from tests.faults.stage import FEW, PATIENT, _rests
from tests.store.workbench import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 35
KEYS = (*"jjkgGsssssvrfnX", "space", "enter", "exclamation_mark", "escape")
FAULTS: tuple[Callable[[], Fault], ...] = (
    lambda: Fault("/jobs/*", kind="reset", times=3),
    lambda: Fault("/jobs/*", kind="lose", times=2),
    lambda: Fault("/jobs/*/pause", kind="hang", times=None),
    lambda: Fault("/jobs/", kind="truncate", times=4),
    lambda: Fault("*", status=503, times=6),
    lambda: Fault("/jobs/", status=502, body="<html>Bad gateway</html>", times=3),
    lambda: Fault("/jobs/", status=200, body='{"jobs": [{"job_id": "f0', times=5),
)


class Walk:
    """One console and its facility.

    Attributes:
        edited: when somebody else changed something last, by the facility's clock.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        clock = Clock(NOON, speed=0)
        self.demo = Demo(service=make_app(copied_facility(clock, FEW)))
        self.edited = NOON
        self.patient = self.demo.job_id(PATIENT)

    async def step(self, pilot: Any) -> None:
        demo, chance = self.demo, self.chance
        what = chance.choices(("key", "time", "fault", "calm", "other"), (10, 4, 2, 2, 2))[0]
        if what == "key":
            key: str = chance.choice(KEYS)
            if key == "s":  # on a timer whose runs succeed: others are asked about first
                demo.table.move_to(JobId(self.patient))
            await demo.press(pilot, key)
            if len(demo.app.screen_stack) > 2:
                await demo.press(pilot, chance.choice(("y", "enter", "escape")))
            if chance.random() < 0.6:
                await demo.press(pilot, "escape", "escape")
            return
        if what == "time":
            await demo.pass_time(pilot, timedelta(seconds=chance.choice((1, 10, 31, 90, 700))))
        elif what == "fault":
            demo.fault(chance.choice(FAULTS)())
        elif what == "calm":
            demo.sandbox.faults.clear()
        else:
            timer = chance.choice([one for one in demo.sandbox.timers.values() if not one.quirks])
            timer.name = f"theirs {chance.randrange(1000)}"
            self.edited = demo.clock.now()

    def check(self) -> None:
        """Rows that are not what the service has are under way, or older than what was changed."""
        demo = self.demo
        fresh = demo.app.freshness
        wrong = {}
        for state in demo.app.states.values():
            timer = demo.sandbox.timers.get(state.job_id)
            if timer is None or timer.quirks or state.pending is not None:
                continue
            shown, real = (state.job.name, _rests(state.job.status.value)), (timer.name, _rests(timer.status))
            if shown != real:
                wrong[state.job_id] = shown, real
        if wrong:
            old = fresh.checked_at is None or fresh.checked_at <= max(self.edited, self.changed)
            assert old or fresh.problem is not None, (wrong, fresh, demo.screen()[0])
        if fresh.problem is not None and len(demo.app.screen_stack) == 1:
            assert "STALE" in demo.screen()[0] or "synced" in demo.screen()[0] or "signed out" in demo.screen()[0]

    @property
    def changed(self) -> datetime:
        """When this program asked for a change last, whose answer may have been lost."""
        asked = [one["when"] for one in self.demo.journal() if one["outcome"] in ("asked", "unknown")]
        return max((datetime.fromisoformat(one) for one in asked), default=NOON)


@pytest.mark.parametrize("seed", [5])
async def test_what_the_screen_says_is_so_or_is_marked_as_old(seed: int) -> None:
    walk = Walk(seed)
    async with walk.demo.console() as pilot:
        for _ in range(STEPS):
            await walk.step(pilot)
            if walk.demo.app._exit:
                break
            walk.check()
        else:
            walk.demo.sandbox.faults.clear()
            await walk.demo.pass_time(pilot, timedelta(minutes=20))
            await walk.demo.pass_time(pilot, timedelta(minutes=20))
            walk.edited = NOON
            walk.check()
            changes = [one for one in walk.demo.changes() if "/jobs/" in one]
            assert len(changes) >= len(walk.demo.journal())

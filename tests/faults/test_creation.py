"""The answer to a creation is lost in every way: there is exactly one timer, 100 times out of 100."""

from __future__ import annotations

import random

import pytest

from globus_tui.store.creation import Created, Unconfirmed
from tests.store.workbench import Workbench, nightly, workbench

KINDS = ("lose", "reset", "hang", "truncate", "gateway", "page", None)


async def test_a_lost_answer_never_makes_two_timers_nor_none_100_times_out_of_100() -> None:
    luck = random.Random(41)
    async with workbench() as bench:
        for number in range(100):
            name = f"mirror {number:03}"
            _trouble(bench, luck.choice(KINDS))
            if luck.random() < 0.3:
                bench.fault("/jobs/", luck.choice(["reset", "hang"]), skip=1, times=luck.randrange(1, 14))
            found = await bench.creator.create(nightly(name))
            sent = bench.asked("POST", "/v2/timer")
            for _ in range(4):  # a patient user, who looks again before creating again
                if isinstance(found, Created):
                    break
                assert isinstance(found, Unconfirmed), found
                assert bench.asked("POST", "/v2/timer") == sent, "it was sent again by itself"
                if not found.list_was_read:
                    found = await bench.creator.look_again(found.attempt, found.draft)
                else:
                    bench.calm()
                    found = await bench.creator.create(found.draft, after=found.attempt, again=True)
                    sent = bench.asked("POST", "/v2/timer")
            bench.calm()
            assert isinstance(found, Created), (number, found)
            (timer,) = bench.named(name)
            assert timer.job_id == found.job.job_id


def _trouble(bench: Workbench, kind: str | None) -> None:
    if kind in ("lose", "reset", "hang", "truncate"):
        bench.fault("/v2/timer", kind)
    elif kind == "gateway":
        bench.fault(
            "/v2/timer", "answer", status=504, body={"error": {"code": "TIMEOUT", "detail": "late", "status": 504}}
        )
    elif kind == "page":
        bench.fault("/v2/timer", "answer", status=502, body="<html>Bad gateway</html>")


@pytest.mark.parametrize("kind", ["lose", "truncate"])
async def test_when_it_did_get_through_nobody_is_asked(kind: str) -> None:
    async with workbench() as bench:
        bench.fault("/v2/timer", kind)
        found = await bench.creator.create(nightly())
        assert isinstance(found, Created)
        assert found.found_again
        assert len(bench.named("a new mirror")) == 1
        assert bench.asked("POST", "/v2/timer") == 1

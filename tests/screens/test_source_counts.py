"""The source of a mirror is looked at before its run: what would be deleted is told while it still can be stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.transfer.files import find
from globus_tui.store.board import States
from globus_tui.store.source_counts import SourceCounts
from tests.demo import NOON

if TYPE_CHECKING:
    from globus_tui.store.job_state import Glance, JobState
    from globus_tui.store.rows import Row
    from tests.demo import Demo

NAME = "nightly-project-mirror"


async def test_a_source_that_was_emptied_is_told_of_before_the_run_and_one_survivor_does_not_make_it_well(
    demo: Demo,
) -> None:
    async with demo.console() as pilot:
        timer, job_id = demo.timer(NAME), demo.job_id(NAME)
        body = timer.body
        source = demo.sandbox.collections[body["source_endpoint"]]
        folder = find(source, body["DATA"][0]["source_path"])
        assert folder is not None
        assert timer.next_run is not None
        usual = len(folder.contents())
        assert usual > 1
        await demo.pass_time(pilot, timer.next_run - NOON - timedelta(minutes=50))
        assert demo.asked("/ls") == []  # not yet
        await demo.pass_time(pilot, timedelta(minutes=25))
        assert len(demo.asked("/ls")) == 1
        await demo.pass_time(pilot, 31)
        assert len(demo.asked("/ls")) == 1  # once before a run
        seen = demo.app.store.orders(job_id).source
        assert seen is not None
        assert (seen.entries, seen.usual) == (usual, usual)

        for name in list(folder.contents())[1:]:
            del folder.contents()[name]
        for _ in range(2):  # the second day it is the survivor alone that is met again
            await demo.pass_time(pilot, timedelta(days=1))
            await demo.pass_time(pilot, 31)
            state = demo.app.states[job_id]
            assert state.health.word.is_trouble
            seen = demo.app.store.orders(job_id).source
            assert seen is not None
            assert (seen.entries, seen.usual) == (1, usual)
        demo.point_at(NAME)
        await demo.settle(pilot)
        assert f"source down to 1 entry ({usual} before)" in demo.row(NAME)
        assert "s pauses it before the next run deletes more" in " ".join(demo.text().split())

        demo.fault(Fault("*/ls", times=None, status=502))  # what cannot be told is not zero
        await demo.pass_time(pilot, timedelta(days=1))
        await demo.pass_time(pilot, 31)
        assert demo.app.store.orders(job_id).source == seen


async def test_what_is_no_mirror_is_not_read_for_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.pass_time(pilot, timedelta(minutes=1))
        read: list[JobState] = []
        seen: list[bool] = []
        board = demo.app.store._board
        states = board.states

        def make(row: Row) -> JobState:
            read.append(states.make(row))
            return read[-1]

        def glance(row: Row) -> JobState | Glance:
            seen.append(states.glance(row).job.deletes)
            return states.glance(row)

        board.states = States(states.rows, make, glance)
        counts = SourceCounts(demo.app.store, demo.app.making)
        await counts.count()
        assert all(state.job.deletes for state in read), "of thousands that holds up all keys for seconds"
        assert False in seen
        seen.clear()
        await counts.count()
        assert False not in seen, "known from the first time"

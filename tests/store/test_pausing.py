from __future__ import annotations

import asyncio

from globus_tui.domain.errors import ConnectionFailed, TimedOut
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.store.job_state import Doing
from globus_tui.store.operations import Done, Failed, Pause, Refused
from tests.store.fakes import Gate, World, a_job, refused

ONE = JobId("one")


async def test_a_pause_shows_as_pending_at_once_and_is_confirmed_by_reading_the_timer_again() -> None:
    world = World(a_job())
    await world.store.refresh()
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    pending = world.store.states[ONE].pending
    assert pending is not None
    assert pending.doing is Doing.PAUSING
    gate.open.set()
    outcome = await pausing
    assert isinstance(outcome, Done)
    assert outcome.confirmed
    assert world.store.states[ONE].pending is None
    assert world.store.states[ONE].health.word is Word.PAUSED
    assert world.jobs.calls == ["list_jobs", "get_job", "pause_job", "get_job"]


async def test_a_slow_answer_does_not_undo_a_pause() -> None:
    world = World(a_job())
    await world.store.refresh()
    gate = world.jobs.gates["list_jobs"] = Gate()
    refreshing = asyncio.create_task(world.store.refresh())
    await gate.reached.wait()
    await world.store.operate(Pause(ONE))
    gate.open.set()
    await refreshing
    assert world.store.states[ONE].job.status is JobStatus.INACTIVE


async def test_a_list_that_arrives_while_pausing_leaves_the_row_pending() -> None:
    world = World(a_job())
    await world.store.refresh()
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    await world.store.refresh()
    assert world.store.states[ONE].pending is not None
    gate.open.set()
    await pausing
    assert world.store.states[ONE].job.status is JobStatus.INACTIVE


async def test_a_second_pause_on_a_pending_timer_is_refused_with_words() -> None:
    world = World(a_job())
    await world.store.refresh()
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    second = await world.store.operate(Pause(ONE))
    assert isinstance(second, Refused)
    assert "pausing" in second.words
    gate.open.set()
    await pausing
    assert world.jobs.calls.count("pause_job") == 1


async def test_a_refused_pause_is_rolled_back_with_the_reason() -> None:
    world = World(a_job())
    await world.store.refresh()
    before = world.store.states[ONE]
    world.jobs.errors["pause_job"] = [refused()]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert outcome.rolled_back
    assert "The service will not." in outcome.words
    assert world.store.states[ONE] == before


async def test_a_pause_whose_answer_is_lost_is_looked_for_and_never_sent_twice() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.late_errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Done)
    assert world.jobs.calls.count("pause_job") == 1


async def test_a_pause_that_got_lost_on_the_way_may_still_arrive_and_is_told_so() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert not outcome.rolled_back
    assert "may still arrive" in outcome.words
    assert world.jobs.calls.count("pause_job") == 1


async def test_when_nobody_can_tell_the_words_say_so() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.late_errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    world.jobs.errors["get_job"] = [None, ConnectionFailed("No network.", maybe_processed=False)]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert not outcome.rolled_back
    assert "Nobody can tell" in outcome.words
    assert world.store.states[ONE].pending is None


async def test_a_pause_that_could_not_be_read_before_changes_nothing() -> None:
    world = World(a_job())
    await world.store.refresh()
    world.jobs.errors["get_job"] = [ConnectionFailed("No network.", maybe_processed=False)]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert outcome.rolled_back
    assert "pause_job" not in world.jobs.calls


async def test_a_pause_cut_off_in_the_middle_leaves_no_row_pending() -> None:
    world = World(a_job())
    await world.store.refresh()
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    pausing.cancel()
    await asyncio.gather(pausing, return_exceptions=True)
    assert world.store.states[ONE].pending is None
    assert world.store.journal.unwritten[-1]["outcome"] == "unknown"

"""Copies of the program on one host take turns in asking, and what may never happen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from globus_tui.domain.errors import ConnectionFailed, TimersAPIError
from globus_tui.domain.job import JobStatus
from globus_tui.domain.task import Task, TaskStatus
from globus_tui.store.freshness import FreshnessState
from globus_tui.store.operations import Pause, Rename
from globus_tui.store.sharing import GRACE, PATIENCE
from tests.store.copies import ONE, Host, settled
from tests.store.fakes import Gate, a_job


async def test_three_copies_ask_as_often_as_one_and_all_stay_fresh(host: Host) -> None:
    copies = [host.copy() for _ in range(3)]
    await settled(*copies)
    await host.pass_by(600)
    assert sum(one.lists for one in copies) in (19, 20, 21)
    assert sum(one.looked_up for one in copies) <= 21
    assert sum(one.taken for one in copies) in range(36, 45)
    for one in copies:
        assert one.store.freshness.state is FreshnessState.FRESH
        checked = one.store.freshness.checked_at
        assert checked is not None
        assert one.store.clock() - checked < timedelta(seconds=30 + GRACE + 1)


async def test_what_one_copy_was_told_the_others_show(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.put(replace(a_job("one"), name="renamed"))
    host.tasks["task"] = Task("task", TaskStatus.FAILED)
    await host.pass_by(34)
    assert (first.lists + second.lists, first.taken + second.taken) == (1, 1)
    assert [one.store.states[ONE].job.name for one in (first, second)] == ["renamed"] * 2
    assert [one.store.tasks["task"].status for one in (first, second)] == [TaskStatus.FAILED] * 2
    assert first.looked_up + second.looked_up == 1


async def test_the_age_shown_is_that_of_the_answer_not_of_the_moment_it_was_read(host: Host) -> None:
    first, second = host.copy(10), host.copy(60)
    await settled(first, second)
    await host.pass_by(70)
    assert second.taken == 1
    shown = second.store.freshness
    answered = max(one for one in (first.store.freshness.checked_at, shown.checked_at) if one)
    assert shown.checked_at is not None
    assert second.store.clock() - shown.checked_at > timedelta(seconds=5)
    assert shown.checked_at <= answered


async def test_the_copy_with_the_shorter_interval_asks_and_the_slower_one_hardly_ever(host: Host) -> None:
    slow, quick = host.copy(60), host.copy(10)
    await settled(slow, quick)
    await host.pass_by(600)
    assert 55 <= quick.lists <= 61
    assert slow.lists <= 1
    assert slow.taken >= 9


async def test_a_copy_that_nobody_looks_at_leaves_asking_to_the_other(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    first.store.set_focus(False)
    await host.pass_by(600)
    assert second.lists in (19, 20, 21)
    assert first.lists == 0


async def test_when_the_copy_that_asked_is_gone_another_takes_over_at_once(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    await host.pass_by(70)
    asking, other = (first, second) if first.lists else (second, first)
    asking.files.leave()
    before = other.lists
    await host.pass_by(34, other)
    assert other.lists == before + 1
    assert other.files.others() == 0


async def test_a_failure_of_one_copy_is_not_taken_for_the_truth_by_the_other(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    first.jobs.errors["list_jobs"] = [ConnectionFailed("No route.", maybe_processed=False) for _ in range(9)]
    await host.pass_by(40)
    assert second.store.freshness.state is FreshnessState.FRESH
    await host.pass_by(300)
    assert second.store.freshness.problem is None
    assert second.lists in range(8, 12)
    assert first.store.freshness.state is FreshnessState.FRESH, "its next attempt took what the other was told"


async def test_a_pause_made_here_is_not_undone_by_an_answer_another_asked_for_before(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(30)
    gate = first.jobs.gates["list_jobs"] = Gate()
    reading = asyncio.create_task(first.store.wake())
    await gate.reached.wait()  # the list has been asked for: "one" is active in it
    await second.store.operate(Pause(ONE))
    assert second.status() is JobStatus.INACTIVE
    gate.open.set()
    await reading
    assert first.status() is JobStatus.ACTIVE
    host.later(GRACE)
    await second.store.refresher.refresh(own=False)
    assert second.taken == 1
    assert second.status() is JobStatus.INACTIVE
    host.later(40)
    await second.store.wake()
    assert second.status() is JobStatus.INACTIVE


async def test_what_another_asked_for_after_the_pause_counts(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    await second.store.operate(Pause(ONE))
    host.later(25)
    host.put(a_job("one"))  # somebody resumed it
    await first.store.refresh()
    host.later(6)
    await second.store.refresher.refresh(own=False)
    assert second.taken == 1
    assert second.status() is JobStatus.ACTIVE


async def test_after_an_operation_this_copy_asks_itself_what_became_of_the_timer(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    await second.store.operate(Rename(ONE, "another name"))
    before = second.jobs.calls.count("get_job")
    await host.pass_by(5)
    assert second.jobs.calls.count("get_job") == before + 1


async def test_whoever_asks_for_a_refresh_gets_one_of_this_moment_and_the_others_have_it_too(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(20)
    await first.store.refresh()
    assert first.lists == 1
    host.later(12)
    await second.store.wake()
    assert (second.lists, second.taken) == (0, 1)


async def test_a_copy_whose_turn_it_is_not_waits_for_the_answer_that_is_on_its_way(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(40)
    gate = first.jobs.gates["list_jobs"] = Gate()
    asking = asyncio.create_task(first.store.wake())
    await gate.reached.wait()
    waiting = asyncio.create_task(second.store.wake())
    for _ in range(4):
        await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(asking, waiting)
    assert (first.lists, second.lists, second.taken) == (1, 0, 1)


async def test_a_copy_that_hangs_in_the_middle_of_asking_is_not_waited_for_for_long(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(40)
    gate = first.jobs.gates["list_jobs"] = Gate()
    asking = asyncio.create_task(first.store.wake())
    await gate.reached.wait()
    began = host.seconds
    await second.store.wake()
    assert second.lists == 1
    assert host.seconds - began == PATIENCE
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_when_the_copy_that_was_waited_for_fails_the_next_one_asks_itself(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(40)
    first.jobs.late_errors["list_jobs"] = [TimersAPIError("Down.", service="timer", status=500)]
    gate = first.jobs.gates["list_jobs"] = Gate()
    asking = asyncio.create_task(first.store.wake())
    await gate.reached.wait()
    waiting = asyncio.create_task(second.store.wake())
    for _ in range(4):
        await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(asking, waiting)
    assert first.store.freshness.state is FreshnessState.STALE
    assert second.store.freshness.state is FreshnessState.FRESH
    assert second.lists == 1


async def test_a_copy_that_starts_asks_for_all_the_runs_it_wants_and_then_joins_in(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    await host.pass_by(100)
    third = host.copy()
    await third.store.refresh()
    assert third.lists == 1
    await host.pass_by(100)
    assert third.lists + third.taken in (4, 5)
    assert third.store.refresher.lists.others == 2


@pytest.mark.parametrize("other", ["somebody else", None])
async def test_copies_of_other_people_profiles_or_nobody_share_nothing(host: Host, other: str | None) -> None:
    first, second = host.copy(), host.copy(label=other)
    await first.store.refresh()
    await second.store.refresh()
    await host.pass_by(100)
    assert first.taken == second.taken == 0
    assert first.files.others() == second.files.others() == 0
    assert second.store.freshness.state is FreshnessState.FRESH


async def test_without_a_folder_every_copy_asks_for_itself(host: Host) -> None:
    host.folder = None
    first, second = host.copy(), host.copy()
    await first.store.refresh()
    await second.store.refresh()
    await host.pass_by(100)
    assert first.lists == second.lists == 4
    assert first.store.refresher.lists.others is None


async def test_a_copy_alone_writes_nothing_down(host: Host) -> None:
    only = host.copy()
    await settled(only)
    await host.pass_by(100)
    assert host.folder is not None
    assert {path.suffix for path in host.folder.iterdir()} <= {".copy", ".turn"}


async def test_the_last_copy_to_leave_takes_the_answers_along(host: Host) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    await host.pass_by(70)
    assert host.folder is not None
    first.store.leave()
    assert {path.suffix for path in host.folder.iterdir()} == {".copy", ".turn", ".list", ".tasks"}
    second.label = None  # signed out
    await host.pass_by(70, second)
    assert {path.suffix for path in host.folder.iterdir()} == {".turn"}

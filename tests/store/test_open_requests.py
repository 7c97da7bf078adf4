"""No change without a record: what is asked for is on disk before it leaves, and its end is found out in the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.cli.arguments import parse
from globus_tui.cli.timers import signed_in
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import SignedOut, TimedOut
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.store.job_state import Doing
from globus_tui.store.journal import Journal, merge_by_request, read_journal
from globus_tui.store.operations import CancelTask, Delete, Done, Failed, NeedsConsent, Pause, Refused, Rename, Resume
from globus_tui.store.operations import SignedOut as SignedOutOutcome
from globus_tui.store.refresher import WakeKind
from tests.served import serving
from tests.store.fakes import NOON, Gate, World, a_job, a_run, paused, refused
from tests.store.workbench import broken_places

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.store.open_requests import ClosedRequest

ONE = JobId("one")
MINUTE = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [dict(line.entry) for line in read_journal(path) if line.entry]


def outcomes(path: Path) -> list[tuple[str, str]]:
    return [(one["what"], one["outcome"]) for one in lines(path)]


async def opened(path: Path, *jobs: Any, tasks: Any = ()) -> World:
    """The program, as it is started over a journal, once it has read its timers."""
    world = World(*jobs, tasks=tasks, journal=Journal(path))
    await world.store.refresh()
    return world


def lost(*, times: int = 1) -> list[Exception | None]:
    return [TimedOut("No answer.", maybe_processed=True) for _ in range(times)]


# --- before it leaves


@pytest.mark.parametrize(
    ("operation", "method", "job"),
    [
        (Pause(ONE), "pause_job", a_job()),
        (Resume(ONE), "resume_job", paused(a_job())),
        (Rename(ONE, "other"), "update_job", a_job()),
        (Delete(ONE), "delete_job", paused(a_job())),
    ],
)
async def test_what_is_asked_for_is_on_disk_before_the_request_leaves(
    path: Path, monkeypatch: pytest.MonkeyPatch, operation: Any, method: str, job: Any
) -> None:
    world = await opened(path, job)
    real, seen = getattr(world.jobs, method), []

    async def look_first(*args: Any, **more: Any) -> Any:
        seen.extend(lines(path))
        return await real(*args, **more)

    monkeypatch.setattr(world.jobs, method, look_first)
    await world.store.operate(operation)
    (asked,) = seen
    assert (asked["outcome"], asked["timer"]["id"], asked["before"]["job_id"]) == ("asked", "one", "one")
    assert [one["request"] for one in lines(path)] == [asked["request"]] * 2


async def test_the_disk_has_it_even_when_the_machine_stops(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    world = await opened(path, a_job())
    gate = [len(synced)]
    real = world.jobs.pause_job

    async def count(job_id: str) -> str:
        gate.append(len(synced))
        return await real(job_id)

    monkeypatch.setattr(world.jobs, "pause_job", count)
    await world.store.operate(Pause(ONE))
    assert str(path) in synced[gate[0] : gate[1]]


@pytest.mark.parametrize("name", ["bad \ud800 name", "\udcff", "line\nbreak", "\x00", "nächtlich 夜"])
async def test_any_name_that_python_can_hold_is_recorded(path: Path, name: str) -> None:
    world = await opened(path, replace(a_job(), name=name))
    assert isinstance(await world.store.operate(Pause(ONE)), Done)
    assert [one["timer"]["name"] for one in lines(path)] == [name, name]
    assert broken_places(path) == ()


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"in": found}
    return found


@pytest.mark.parametrize("odd", [nested(20_000), {"number": float("nan")}, {"bytes": b"\xff"}, {("a", 1): 2}, {1, 2}])
def test_nothing_that_a_document_holds_keeps_a_line_from_being_written(path: Path, odd: Any) -> None:
    journal = Journal(path)
    journal.append_now({"what": "pause", "timer": {"id": "one", "name": "x"}, "before": odd})
    journal.append_now({"what": "resume", "timer": {"id": "one", "name": "x"}})
    assert [(one["what"], one["timer"]["id"]) for one in lines(path)] == [("pause", "one"), ("resume", "one")]


# --- while the program runs


async def test_a_request_that_is_carried_out_late_is_told_and_closed(path: Path) -> None:
    world = await opened(path, a_job())
    world.jobs.errors["pause_job"] = lost()
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert "may still arrive" in outcome.words
    assert outcomes(path) == [("pause", "asked"), ("pause", "unknown")]
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds == 2
    world.later(wake.seconds)
    assert await world.store.close_requests() == ()
    world.jobs.put(paused(a_job()))  # it arrived after all
    world.later(5)
    (closed,) = await world.store.close_requests()
    assert (closed.what, closed.name, closed.effect, closed.asked_at) == ("pause", "timer one", True, NOON)
    assert outcomes(path)[2:] == [("pause", "done")]
    assert lines(path)[2]["closed"] is True
    world.later(20 * MINUTE)
    assert await world.store.close_requests() == ()
    assert len(lines(path)) == 3


async def test_only_when_it_is_late_it_is_told_as_not_carried_out(path: Path) -> None:
    world = await opened(path, a_job())
    world.jobs.errors["pause_job"] = lost()
    await world.store.operate(Pause(ONE))
    looks = 0
    while not (closed := await world.store.close_requests()):
        wake = world.store.next_wake()
        assert wake is not None
        world.later(wake.seconds)
        await world.store.wake()
        looks += 1
    assert looks < 60
    assert world.present - NOON >= timedelta(minutes=10)
    assert [one.effect for one in closed] == [False]
    assert outcomes(path)[-1] == ("pause", "refused")


async def test_a_refusal_after_a_lost_answer_says_nothing_of_the_request_before(path: Path) -> None:
    world = await opened(path, a_job())
    problem = refused(409)
    problem.sent_before = True
    world.jobs.errors["pause_job"] = [problem]
    outcome = await world.store.operate(Pause(ONE))
    assert isinstance(outcome, Failed)
    assert not outcome.rolled_back
    assert outcomes(path)[-1] == ("pause", "unknown")


async def test_signed_out_after_a_lost_answer_does_not_say_that_nothing_was_changed(path: Path) -> None:
    world = await opened(path, a_job())
    problem = SignedOut("Not signed in.")
    problem.sent_before = True
    world.jobs.errors["pause_job"] = [problem]
    assert not isinstance(await world.store.operate(Pause(ONE)), SignedOutOutcome)


async def test_while_nothing_can_be_read_it_stays_open(path: Path) -> None:
    world = await opened(path, a_job())
    world.jobs.errors["pause_job"] = lost()
    await world.store.operate(Pause(ONE))
    world.jobs.errors["list_jobs"] = lost(times=3)
    for _ in range(3):
        world.later(20 * MINUTE)
        assert await world.store.close_requests() == ()
    world.jobs.put(paused(a_job()))
    world.later(MINUTE)
    assert [one.effect for one in await world.store.close_requests()] == [True]


async def test_a_request_that_was_cut_off_is_looked_for_in_the_same_session(path: Path) -> None:
    world = await opened(path, a_job())
    gate = world.jobs.gates["pause_job"] = Gate()
    pausing = asyncio.create_task(world.store.operate(Pause(ONE)))
    await gate.reached.wait()
    pausing.cancel()
    await asyncio.gather(pausing, return_exceptions=True)
    last = lines(path)[-1]
    assert (last["outcome"], last["error"], last["after"]) == ("unknown", "interrupted", None)
    assert last["asked_at"] == NOON.isoformat()
    assert await world.store.close_requests() == ()
    world.later(2)
    assert [(one.what, one.effect) for one in await world.store.close_requests()] == [("pause", True)]


def looks_next(world: World) -> bool:
    """The next thing to do is to look what became of a request."""
    wake = world.store.next_wake()
    return wake is not None and wake.kind is WakeKind.LOOK


async def test_a_look_that_is_under_way_is_not_begun_twice(path: Path) -> None:
    world = await opened(path, paused(a_job()))
    left_behind(path)
    world.store.refresher.set_interval(0)
    assert not looks_next(world)
    world.jobs.errors["pause_job"] = lost()
    gate = world.jobs.gates["list_jobs"] = Gate()
    first = asyncio.create_task(world.store.close_requests())
    await gate.reached.wait()
    assert world.store.journal.lost
    assert not looks_next(world)
    assert await world.store.close_requests() == ()
    gate.open.set()
    assert len(await first) == 1


# --- at the next start


def left_behind(path: Path, what: str = "pause", *, pid: int = 2**22 + 7, ago: float = 3.0, **more: Any) -> None:
    """A program that was killed while its request was under way."""
    journal = Journal(path)
    entry: dict[str, Any] = {"request": f"r-{what}", "when": (NOON - timedelta(seconds=ago)).isoformat(), "what": what}
    entry |= {"timer": {"id": "one", "name": "timer one"}, "before": {}, "outcome": "asked", "pid": pid, **more}
    journal.append_now(entry)


@pytest.mark.parametrize(
    ("what", "now", "more", "effect"),
    [
        ("pause", [paused(a_job())], {}, True),
        ("resume", [a_job()], {}, True),
        ("rename", [replace(a_job(), name="other")], {"asked": {"name": "other"}}, True),
        ("delete", [], {}, True),
        ("delete", [replace(a_job(), status=JobStatus.DELETING)], {}, True),
        ("pause", [], {}, None),
        ("cancel", [a_job()], {"task": {"id": "t-failed"}}, True),
        ("cancel", [a_job()], {"task": {"id": "t-succeeded"}}, False),
        ("transfer", [a_job()], {"transfer": {"label": "x"}}, None),
    ],
)
async def test_what_a_killed_program_asked_for_is_looked_up_and_closed(
    path: Path, what: str, now: list[Any], more: dict[str, Any], effect: bool | None
) -> None:
    left_behind(path, what, **more)
    tasks = [Task("t-failed", TaskStatus.FAILED), Task("t-succeeded", TaskStatus.SUCCEEDED)]
    world = await opened(path, *now, tasks=tasks)
    (closed,) = await world.store.close_requests()
    assert (closed.what, closed.effect) == (what, effect)
    assert outcomes(path)[-1] == (what, {True: "done", False: "refused", None: "unknown"}[effect])
    again = await opened(path, *now, tasks=tasks)
    assert await again.store.close_requests() == ()


PAUSE = {"request": "r-again", "what": "pause", "timer": {"id": "one"}, "outcome": "done", "when": NOON.isoformat()}


@pytest.mark.parametrize(
    ("done_since", "effect"),
    [
        (PAUSE, None),
        ({**PAUSE, "timer": {"id": "two"}}, True),
        ({**PAUSE, "what": "rename"}, True),
        ({**PAUSE, "when": (NOON - timedelta(hours=1)).isoformat()}, True),
        ({**PAUSE, "when": (NOON - timedelta(seconds=3)).isoformat()}, None),
        ({**PAUSE, "when": "?"}, None),
    ],
    ids=["the same again", "another timer", "something else", "before", "the same moment", "nobody knows when"],
)
async def test_nobody_can_tell_which_of_two_that_asked_for_the_same_was_carried_out(
    path: Path, done_since: dict[str, Any], effect: bool | None
) -> None:
    left_behind(path)
    Journal(path).append_now(done_since)
    world = await opened(path, paused(a_job()))
    assert [one.effect for one in await world.store.close_requests()] == [effect]


async def test_what_was_changed_back_meanwhile_is_not_called_refused(path: Path) -> None:
    left_behind(path)
    world = await opened(path, a_job())
    assert await world.store.close_requests() == ()
    Journal(path).append_now({**PAUSE, "what": "resume"})
    world.later(600)
    assert [one.effect for one in await world.store.close_requests()] == [None]


@pytest.mark.parametrize(("what", "effect"), [("pause", None), ("delete", False)])
async def test_a_day_later_only_what_cannot_have_been_undone_is_told_as_not_carried_out(
    path: Path, what: str, effect: bool | None
) -> None:
    left_behind(path, what, ago=86_400)
    world = await opened(path, a_job())
    assert [one.effect for one in await world.store.close_requests()] == [effect]


async def test_a_request_that_another_copy_still_waits_for_is_left_to_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(path, pid=os.getppid())
    monkeypatch.setattr("globus_tui.store.journal.datetime", _Clock)
    world = await opened(path, paused(a_job()))
    assert await world.store.close_requests() == ()
    assert outcomes(path) == [("pause", "asked")]


class _Clock:
    @staticmethod
    def now(_: object) -> Any:
        return NOON


async def test_somebody_elses_requests_wait_for_somebody_else(path: Path) -> None:
    left_behind(path, who="kim")
    world = World(paused(a_job()), journal=Journal(path, who="pat"))
    await world.store.refresh()
    assert await world.store.close_requests() == ()
    world = World(paused(a_job()), journal=Journal(path, who="kim"))
    await world.store.refresh()
    assert len(await world.store.close_requests()) == 1


async def test_two_copies_that_start_together_close_it_once(path: Path) -> None:
    left_behind(path)
    first, second = [await opened(path, paused(a_job())) for _ in range(2)]
    await asyncio.gather(first.store.close_requests(), second.store.close_requests())
    assert outcomes(path) == [("pause", "asked"), ("pause", "done")]


async def test_lines_of_older_versions_are_never_looked_up(path: Path) -> None:
    Journal(path).append_now({"what": "pause", "timer": {"id": "one"}, "outcome": "unknown"})
    world = await opened(path, paused(a_job()))
    assert await world.store.close_requests() == ()


async def test_a_cancellation_that_is_not_seen_yet_may_still_arrive(path: Path) -> None:
    task = Task("t1", TaskStatus.ACTIVE)
    world = await opened(path, a_job(runs=[a_run(NOON, "t1")]), tasks=[task])
    world.tasks.errors["cancel_task"] = lost()  # type: ignore[assignment]
    outcome = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(outcome, Failed)
    assert not outcome.rolled_back
    world.tasks.known["t1"] = replace(task, status=TaskStatus.FAILED)
    world.later(3)
    assert [one.effect for one in await world.store.close_requests()] == [True]


ACTIVE = Task("t1", TaskStatus.ACTIVE, requested=NOON)


async def cancelling(*, task: Task = ACTIVE) -> World:
    world = World(a_job(runs=[a_run(NOON, "t1")]), tasks=[task])
    await world.store.refresh()
    return world


async def test_while_a_task_is_being_cancelled_its_timer_says_so_and_nothing_else_is_begun() -> None:
    world = await cancelling()
    reached, free = asyncio.Event(), asyncio.Event()
    cancel = world.tasks.cancel_task

    async def slow(task_id: str) -> str:
        reached.set()
        await free.wait()
        return await cancel(task_id)

    world.tasks.cancel_task = slow  # type: ignore[method-assign]
    work = asyncio.create_task(world.store.operate(CancelTask("t1", ONE)))
    await reached.wait()
    pending = world.store.states[ONE].pending
    assert pending is not None
    assert pending.doing is Doing.CANCELLING
    for again in (CancelTask("t1", ONE), CancelTask("t2", ONE), CancelTask("t1")):
        assert await world.store.operate(again) == Refused("Wait: something is still under way for this timer.")
    free.set()
    done = await work
    assert isinstance(done, Done)
    assert (done.words, done.confirmed, done.note) == ("The task was cancelled.", True, None)
    assert done.job == world.store.states[ONE].job
    assert world.store.states[ONE].pending is None
    assert await world.store.operate(CancelTask("t1", ONE)) == Refused("This task is over already.")


async def test_a_task_of_no_timer_is_cancelled_too_and_written_down_as_it_was() -> None:
    world = World(tasks=[ACTIVE])
    await world.store.refresh()

    async def in_its_own_time(task_id: str) -> str:
        return task_id

    world.tasks.cancel_task = in_its_own_time  # type: ignore[method-assign]
    done = await world.store.operate(CancelTask("t1"))
    assert done == Done("The task is being cancelled; that can take a minute.", None, confirmed=False)
    entry = world.store.journal.unwritten[-1]
    assert (entry["task"], entry["timer"], entry["outcome"]) == ({"id": "t1"}, {"id": None}, "done")
    assert entry["before"] == {"task_id": "t1", "status": "ACTIVE", "requested": NOON.isoformat()}
    assert await world.store.operate(CancelTask("t1", JobId("gone"))) == done


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SignedOut("Not signed in."), SignedOutOutcome("Not signed in.", "Press S to sign in.")),
        (refused(403, gare=Gare("ConsentRequired", ("s",))), NeedsConsent(Gare("ConsentRequired", ("s",)), ONE)),
    ],
)
@pytest.mark.parametrize("method", ["get_task", "cancel_task"])
async def test_what_a_cancellation_wants_first_is_handed_on(method: str, error: Exception, outcome: Any) -> None:
    world = await cancelling()
    world.tasks.errors[method] = [error]
    assert await world.store.operate(CancelTask("t1", ONE)) == outcome


async def test_a_cancellation_that_failed_says_whether_nothing_was_changed() -> None:
    world = await cancelling()
    world.tasks.errors["cancel_task"] = [refused()]
    found = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(found, Failed)
    assert (found.rolled_back, found.words) == (True, "The task was not cancelled: The service will not.")
    assert world.store.journal.unwritten[-1]["outcome"] == "refused"
    world.tasks.errors["cancel_task"] = lost()  # type: ignore[assignment]
    found = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(found, Failed)
    assert (found.rolled_back, found.words) == (False, "Nobody can tell whether the task was cancelled: No answer.")


async def test_a_cancellation_whose_answer_was_lost_and_which_is_seen_is_done() -> None:
    world = await cancelling()

    async def carried_out(task_id: str) -> str:
        world.tasks.known[task_id] = replace(ACTIVE, status=TaskStatus.FAILED)
        raise TimedOut("No answer.", maybe_processed=True)

    world.tasks.cancel_task = carried_out  # type: ignore[method-assign]
    done = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(done, Done)
    assert done.words == "The task was cancelled."
    assert world.store.journal.unwritten[-1]["outcome"] == "done"


async def test_a_cancellation_that_was_taken_is_done_although_nobody_can_look() -> None:
    world = await cancelling()
    real = world.tasks.cancel_task

    async def then_nothing_answers(task_id: str) -> str:
        world.tasks.errors["get_task"] = [refused(503)]
        return await real(task_id)

    world.tasks.cancel_task = then_nothing_answers  # type: ignore[method-assign]
    done = await world.store.operate(CancelTask("t1", ONE))
    assert isinstance(done, Done)
    assert (done.words, done.confirmed) == ("The task is being cancelled; that can take a minute.", False)
    assert (world.store.journal.unwritten[-1]["outcome"], world.store.journal.unwritten[-1]["after"]) == ("done", None)


async def test_a_task_that_is_unknown_later_settles_it_and_one_that_cannot_be_read_is_asked_for_again(
    path: Path,
) -> None:
    left_behind(path, "cancel", task={"id": "t1"})
    world = await opened(path, a_job(), tasks=[ACTIVE])
    down = refused(503)
    gone = refused(404)
    world.tasks.errors["get_task"] = [down, gone]
    assert await world.store.close_requests() == ()
    wake = world.store.next_wake()
    assert wake is not None
    assert wake.seconds == 30
    world.later(30)
    assert [one.effect for one in await world.store.close_requests()] == [None]


async def test_a_request_is_looked_for_soon_and_then_ever_less_often(path: Path) -> None:
    left_behind(path, ago=0.0)
    world = await opened(path, a_job())
    world.store.refresher.set_interval(0)
    waits = []
    for _ in range(6):
        assert await world.store.close_requests() == ()
        wake = world.store.next_wake()
        assert wake is not None
        waits.append(wake.seconds)
        world.later(wake.seconds)
    assert waits == [2, 2, 2, 3, 4.5, 6.75]


async def test_a_line_without_a_name_or_a_moment_is_closed_as_far_as_it_can_be(path: Path) -> None:
    left_behind(path, "rename", when="?")
    world = await opened(path, a_job())
    Journal(path).append_now({**PAUSE, "what": "pause"})
    (closed,) = await world.store.close_requests()
    assert (closed.what, closed.name, closed.asked_at, closed.effect) == ("rename", "timer one", None, None)


def made_by(sent: dict[str, Any], job_id: str, **changes: Any) -> Job:
    """A timer as the service lists what was asked for so."""
    return Job.from_document({"job_id": job_id, "status": "active", "submitted_at": NOON.isoformat()} | sent | changes)


FLOW = {
    "timer_type": "flow", "name": "ingest", "flow_id": "f1",
    "schedule": {"type": "once", "datetime": (NOON + timedelta(hours=3)).isoformat()},
    "body": {"body": {"db_password": "hunter2", "source": "/in/"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([made_by(FLOW, "new")], "new"),
        ([a_job(), made_by(FLOW, "twin"), made_by(FLOW, "new")], "new"),
        ([made_by(FLOW, "claimed"), made_by(FLOW, "new")], "new"),
        ([made_by(FLOW, "other", flow_id="f2")], None),
        ([made_by(FLOW, "twin"), made_by(FLOW, "claimed")], None),
    ],
    ids=["alone", "beside one that was there", "beside one that was made since", "another flow", "only others"],
)
async def test_a_timer_that_a_killed_program_asked_for_is_found_although_the_journal_has_no_passwords(
    path: Path, there: list[Job], found: str | None
) -> None:
    left_behind(path, "create", timer={"id": None, "name": "ingest"}, asked=FLOW, twins=["twin"])
    Journal(path).append_now({**PAUSE, "what": "create", "timer": {"id": "claimed"}})
    assert "hunter2" not in json.dumps(lines(path))
    world = await opened(path, *there)
    closed = await world.store.close_requests()
    assert [(one.what, one.name, one.effect) for one in closed] == ([("create", "ingest", True)] if found else [])
    if found:
        assert lines(path)[-1]["timer"] == {"id": found, "name": "ingest"}
        return
    world.later(600)
    assert [one.effect for one in await world.store.close_requests()] == [False]


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("create", {"asked": {"timer_type": "flow"}}),
        ("create", {}),
        ("teleport", {}),
        ("pause", {"timer": {}}),
        (["pause"], {}),
        ("transfer", {"timer": {}, "transfer": {"label": "x"}}),
    ],
)
async def test_what_cannot_be_looked_up_is_closed_at_once_and_nobody_claims_to_know(
    path: Path, what: Any, more: dict[str, Any]
) -> None:
    left_behind(path, what, **more)
    world = await opened(path, a_job())
    (closed,) = await world.store.close_requests()
    assert (closed.what, closed.effect) == (what if isinstance(what, str) else "", None)
    assert closed.name == ("x" if what == "transfer" else "" if "timer" in more else "timer one")
    last = lines(path)[-1]
    assert (last["closed"], last["outcome"], last["asked_at"]) == (True, "unknown", lines(path)[0]["when"])
    assert last["when"] == NOON.isoformat()


# --- killed in the middle

PROGRAM = """
import asyncio, sys
from globus_tui.cli.arguments import parse
from globus_tui.cli.timers import signed_in
from globus_tui.store.operations import Pause

async def main():
    async with signed_in(parse(["export", "x"])) as here:
        await here.store.refresh()
        gate = asyncio.Semaphore(4)
        async def pause(job_id):
            async with gate:
                await here.store.operate(Pause(job_id))
        jobs = [one for one, state in here.store.states.items() if state.job.status.value == "active"]
        await asyncio.gather(*(pause(one) for one in jobs))

asyncio.run(main())
"""


@pytest.mark.parametrize("written", [1, 3, 5, 8, 13])
def test_killed_at_any_moment_of_many_pauses_every_change_has_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: int
) -> None:
    with serving() as served:
        for name, value in {**served.variables(), **served.service_account()}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        path = tmp_path / "globus_tui" / "journal.jsonl"
        before = {one.job_id for one in served.sandbox.timers.values() if one.status == "inactive"}
        program = subprocess.Popen([sys.executable, "-c", PROGRAM])
        try:
            until = time.monotonic() + 60
            while program.poll() is None and _count(path) < written and time.monotonic() < until:
                time.sleep(0.001)
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait()
        assert _count(path) >= written
        _no_more_requests(served.url)
        changed = {one.job_id for one in served.sandbox.timers.values() if one.status == "inactive"} - before
        asked = {one["timer"]["id"] for one in lines(path) if one["outcome"] == "asked"}
        assert changed <= asked
        asyncio.run(_closed_at_the_next_start())
        final = merge_by_request(lines(path))
        assert len(final) == len(asked)
        assert {one["timer"]["id"] for one in final if one["outcome"] == "done"} == changed
        assert {one["timer"]["id"] for one in final if one["outcome"] != "done"} == asked - changed
        assert all(count == 1 for count in Counter(one["request"] for one in lines(path) if one.get("closed")).values())
        assert broken_places(path) in ((), (len(read_journal(path)),))


def _count(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.read_bytes().count(b"\n")
    return 0


def _no_more_requests(url: str) -> None:
    """Whatever the killed program had sent has been answered, to nobody: before this is asked, it has all arrived."""
    with httpx.Client(timeout=60, trust_env=False) as client:
        while any(status is None for *_, status in client.get(f"{url}__sandbox__/requests").json()["requests"]):
            time.sleep(0.01)


async def _closed_at_the_next_start() -> list[ClosedRequest]:
    async with signed_in(parse(["export", "x"])) as here:
        ahead = timedelta()
        machine = here.store.clock
        here.store.clock = lambda: machine() + ahead
        await here.store.refresh()
        found = list(await here.store.close_requests())
        ahead = timedelta(minutes=11)
        return [*found, *await here.store.close_requests()]

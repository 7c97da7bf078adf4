"""Copies of the program on one host that take turns in asking: the rules, the files, and what may never happen."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import ConnectionFailed, TimersAPIError, UnreadableAnswer
from globus_tui.domain.job import Job, JobId, JobStatus
from globus_tui.domain.packed import Packed
from globus_tui.domain.run import RunState
from globus_tui.domain.task import Task, TaskStatus
from globus_tui.store.freshness import FreshnessState
from globus_tui.store.job_store import JobStore
from globus_tui.store.operations import Pause, Rename
from globus_tui.store.services import Services
from globus_tui.store.shared_files import SharedFiles
from globus_tui.store.shared_folder import meeting_place
from globus_tui.store.sharing import GRACE, PATIENCE, Stamp, may_use
from tests.store.fakes import NOON, FakeCollections, FakeJobs, FakeTasks, Gate, a_job, a_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ONE = JobId("one")

# --- the rules


@pytest.mark.parametrize(
    ("stamp", "newest", "runs", "use"),
    [
        (Stamp(90, 91, 4), 80, 4, True),
        (Stamp(90, 91, 4), None, 4, True),
        (Stamp(90, 91, 4), 90, 4, False),
        (Stamp(90, 91, 4), 95, 4, False),
        (Stamp(90, 91, 4), 80, 14, False),
        (Stamp(90, 91, 14), 80, 4, True),
        (Stamp(60, 70, 4), 40, 4, False),
        (Stamp(60, 70.5, 4), 40, 4, True),
        (Stamp(99, 101, 4), 40, 4, False),
        (Stamp(95, 94, 4), 40, 4, False),
        (Stamp(-5, 94, 4), None, 4, False),
    ],
)
def test_an_answer_is_used_if_it_is_newer_than_ours_younger_than_an_interval_and_whole(
    stamp: Stamp, newest: float | None, runs: int, use: bool
) -> None:
    assert may_use(stamp, now=100, newest_asked=newest, pace=30, runs=runs) is use


MOMENTS = st.floats(0, 1e6)


@given(MOMENTS, MOMENTS, MOMENTS, st.none() | MOMENTS, st.floats(1, 1e5))
def test_no_answer_from_the_future_older_than_ours_or_older_than_an_interval_is_ever_used(
    asked: float, answered: float, now: float, newest: float | None, pace: float
) -> None:
    if may_use(Stamp(asked, answered, 4), now=now, newest_asked=newest, pace=pace, runs=4):
        assert asked <= answered <= now < answered + pace
        assert newest is None or asked > newest


# --- copies


class PackedFakes:
    """Hands jobs and tasks on as the names under which they are remembered here."""

    answers: dict[str, tuple[object, ...]] = {}

    def __init__(self, jobs: CountingJobs, tasks: CountingTasks) -> None:
        self.jobs = jobs
        self.tasks = tasks

    def _kept(self, found: tuple[object, ...]) -> Packed:
        name = f"answer {len(self.answers)}"
        self.answers[name] = found
        return Packed(name.encode(), "")

    def last_list(self) -> Packed:
        return self._kept(self.jobs.last)

    def last_tasks(self) -> Sequence[Packed]:
        return [self._kept(self.tasks.last)]

    def _known(self, packed: Packed) -> tuple[object, ...]:
        if packed.body.decode() not in self.answers:
            raise UnreadableAnswer("damaged")
        return self.answers[packed.body.decode()]

    async def read_list(self, packed: Packed) -> tuple[Job, ...]:
        return tuple(one for one in self._known(packed) if isinstance(one, Job))

    async def read_tasks(self, answers: Iterable[Packed]) -> tuple[Task, ...]:
        return tuple(one for packed in answers for one in self._known(packed) if isinstance(one, Task))


class CountingJobs(FakeJobs):
    last: tuple[Job, ...] = ()

    async def list_jobs(self, *, result_count: int | None = None) -> tuple[Job, ...]:
        found = await super().list_jobs(result_count=result_count)
        self.last = found
        return found


class CountingTasks(FakeTasks):
    last: tuple[Task, ...] = ()

    async def tasks_by_id(self, ids: Sequence[str]) -> tuple[Task, ...]:
        self.last = await super().tasks_by_id(ids)
        return self.last


class Host:
    """A host on which copies of the program run, all over the same timers."""

    def __init__(self, folder: Path, *jobs: Job, tasks: Sequence[Task] = ()) -> None:
        self.folder: Path | None = folder
        self.seconds = 1000.0
        self.known = {job.job_id: job for job in jobs}
        self.tasks = {task.task_id: task for task in tasks}
        self.copies: list[Copy] = []

    def copy(self, interval: float = 30.0, label: str | None = "me") -> Copy:
        self.copies.append(Copy(self, interval, label))
        return self.copies[-1]

    def later(self, seconds: float) -> None:
        self.seconds += seconds

    def put(self, *jobs: Job) -> None:
        self.known.update({job.job_id: job for job in jobs})

    async def pass_by(self, seconds: float, *only: Copy) -> None:
        """Lets time pass; whoever of the copies is due by then does what is due, in turn."""
        end = self.seconds + seconds
        while True:
            wakes = [(wake.seconds, n) for n, one in enumerate(only or self.copies) if (wake := one.store.next_wake())]
            if not wakes or self.seconds + min(wakes)[0] >= end:
                break
            self.seconds += max(0.001, min(wakes)[0])
            await (only or self.copies)[min(wakes)[1]].store.wake()
        self.seconds = end


class Copy:
    """One copy of the program."""

    def __init__(self, host: Host, interval: float, label: str | None) -> None:
        self.host = host
        self.label = label
        self.jobs, self.tasks = CountingJobs(), CountingTasks()
        self.jobs.jobs, self.tasks.known = host.known, host.tasks
        self.files = SharedFiles(lambda: host.folder, lambda: self.label)
        self.store = JobStore(
            Services(
                self.jobs,
                self.tasks,
                FakeCollections(),
                packed=PackedFakes(self.jobs, self.tasks),
                share=lambda: self.files,
            ),
            clock=lambda: NOON + timedelta(seconds=host.seconds - 1000),
            moment=lambda: host.seconds,
            interval=interval,
            draw=lambda: 0.5,
        )
        self.store.refresher.lists._sleep = self._sleep

    async def _sleep(self, seconds: float) -> None:
        self.host.later(seconds)
        await asyncio.sleep(0)

    @property
    def lists(self) -> int:
        return self.jobs.calls.count("list_jobs")

    @property
    def looked_up(self) -> int:
        return len(self.tasks.asked)

    @property
    def taken(self) -> int:
        return self.store.refresher.lists.taken

    def status(self, job_id: str = "one") -> JobStatus:
        return self.store.states[JobId(job_id)].job.status


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    folder = tmp_path / "meet"
    folder.mkdir(mode=0o700)
    running = a_run(NOON - timedelta(minutes=1), "task", RunState.SUBMITTED)
    made = Host(folder, a_job("one", runs=[running]), a_job("two"), tasks=[Task("task", TaskStatus.ACTIVE)])
    yield made
    for one in made.copies:
        one.files.leave()


async def settled(*copies: Copy) -> None:
    """Every copy has asked once, as it does when it starts, and knows of the others."""
    for one in copies:
        await one.store.refresh()
        assert one.files.enter()
    for one in copies:
        one.jobs.calls.clear()
        one.tasks.asked.clear()


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


def written(host: Host, kind: str) -> Path:
    assert host.folder is not None
    return next(host.folder.glob(f"*.{kind}"))


def garbage(contents: bytes) -> bytes:
    return b"\x00\xff" + contents


def cut(contents: bytes) -> bytes:
    return contents[:-3]


def empty(_: bytes) -> bytes:
    return b""


def from_tomorrow(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "asked": 9e9, "answered": 9e9}).encode() + b"\n" + rest


def of_another_start(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "boot": "another"}).encode() + b"\n" + rest


def nonsense(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "asked": [], "parts": [["x", 1]]}).encode() + b"\n" + rest


def unknown_body(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return head + b"\n" + b"?" * len(rest)


@pytest.mark.parametrize("spoil", [garbage, cut, empty, from_tomorrow, of_another_start, nonsense, unknown_body])
async def test_a_file_that_cannot_be_used_counts_as_none(host: Host, spoil: object) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(29)
    await first.store.refresh()
    assert callable(spoil)
    for kind in ("list", "tasks"):
        path = written(host, kind)
        path.write_bytes(spoil(path.read_bytes()))
    host.later(4)
    await second.store.wake()
    assert (second.lists, second.taken) == (1, 0)
    assert second.store.freshness.state is FreshnessState.FRESH


async def test_a_file_that_others_may_write_or_that_is_a_link_is_not_read(host: Host, tmp_path: Path) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(29)
    await first.store.refresh()
    path = written(host, "list")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o660)
    assert second.files.read("list") is None
    path.chmod(0o600)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert second.files.read("list") is None


async def test_a_full_or_vanished_folder_stops_nobody(host: Host, tmp_path: Path) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.folder = tmp_path / "gone"
    await host.pass_by(100)
    assert first.lists == second.lists
    assert second.store.freshness.state is FreshnessState.FRESH


HOLDER = """
import sys, time
from pathlib import Path
from globus_tui.store.shared_files import SharedFiles
files = SharedFiles(lambda: Path(sys.argv[1]), lambda: "me")
assert files.enter() and files.take_turn()
print("asking", flush=True)
time.sleep(600)
"""


def holding(host: Host) -> subprocess.Popen[bytes]:
    """Another process whose turn it is, until it is killed."""
    command = [sys.executable, "-c", HOLDER, str(host.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


async def test_a_copy_killed_while_it_asks_is_followed_by_the_next(host: Host) -> None:
    only = host.copy()
    await settled(only)
    with holding(host) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"asking\n"
        assert only.files.others() == 1
        assert only.files.take_turn() is False
        holder.kill()
        holder.wait()
    host.later(40)
    began = host.seconds
    await only.store.wake()
    assert only.lists == 1
    assert host.seconds == began, "nobody was waited for"
    assert only.files.others() == 0


# --- where they meet


def test_the_session_folder_is_where_copies_meet_if_it_is_private(tmp_path: Path) -> None:
    runtime, temporary = tmp_path / "run", tmp_path / "tmp"
    runtime.mkdir(mode=0o700)
    temporary.mkdir()
    environ = {"XDG_RUNTIME_DIR": str(runtime), "HOME": "/home/me"}
    found = meeting_place(environ, temporary=str(temporary))
    assert found == runtime / "globus_tui"
    assert found.stat().st_mode & 0o777 == 0o700
    runtime.chmod(0o755)
    assert meeting_place(environ, temporary=str(temporary)) == temporary / f"globus_tui-{os.geteuid()}"


def test_a_session_folder_below_the_home_directory_may_be_on_other_hosts_too_and_is_not_used(tmp_path: Path) -> None:
    runtime = tmp_path / "home" / "run"
    runtime.mkdir(mode=0o700, parents=True)
    environ = {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path / "home")}
    assert meeting_place(environ, temporary=str(tmp_path)) == tmp_path / f"globus_tui-{os.geteuid()}"


def test_a_folder_that_somebody_else_prepared_is_not_used(tmp_path: Path) -> None:
    place = tmp_path / f"globus_tui-{os.geteuid()}"
    place.mkdir()
    place.chmod(0o777)
    assert meeting_place({}, temporary=str(tmp_path)) is None
    place.rmdir()
    (tmp_path / "theirs").mkdir(mode=0o700)
    place.symlink_to(tmp_path / "theirs")
    assert meeting_place({}, temporary=str(tmp_path)) is None

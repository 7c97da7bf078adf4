"""Finished runs outlive what Globus keeps: on the page of a timer, in its medians, and within their bound."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.timer.history import Mark, timeline
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.run import Outcome, outcome
from globus_tui.domain.transfer.task import Task, TaskStatus
from globus_tui.present.detail_words import plots, usual_words
from globus_tui.store.kept_runs import KeptRuns
from tests.demo import Demo
from tests.store.fakes import HOUR, NOON, World, a_job, a_run

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = datetime(2025, 10, 1, 2, 0, 3, 123456, tzinfo=UTC)
JOB = "7f3c21aa-4e75-49f6-a1b2-c0ffee01cafe"


def nightly(keeper: KeptRuns, job_id: str, days: range, began: datetime = BEGAN) -> None:
    for day in days:
        at = began + timedelta(days=day)
        ended = at + timedelta(minutes=40)
        done = Task(
            f"t{day}", TaskStatus.SUCCEEDED, requested=at, completed=ended, files=45, files_transferred=45,
            bytes_transferred=10**12,
        )  # fmt: skip
        failed = Task(f"t{day}", TaskStatus.FAILED, completed=ended, error_code="QUOTA EXCEEDED\n", faults=2)
        keeper.note(job_id, at.timestamp(), failed if day % 50 == 49 else done)
    keeper.write()


def test_four_hundred_nights_come_back_as_they_were_and_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "runs"
    nightly(KeptRuns(path, 1_000_000), JOB, range(400))
    size = path.stat().st_size
    nightly(KeptRuns(path, 1_000_000), JOB, range(300, 400))  # another start, which meets them again
    assert path.stat().st_size == size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    runs = KeptRuns(path, 1_000_000).of(JOB)
    assert [run.ran_at for run in runs] == [BEGAN + timedelta(days=399 - day) for day in range(400)]
    assert [outcome(run, None) for run in runs].count(Outcome.FAILED) == 8
    assert runs[0].snapshot is not None
    assert runs[0].snapshot.error_code == "QUOTA_EXCEEDED"
    assert runs[1].snapshot is not None
    assert (runs[1].snapshot.files, runs[1].snapshot.faults, runs[1].snapshot.bytes_transferred) == (45, None, 10**12)
    assert KeptRuns(path, 1_000_000).of(JOB[:-1]) == ()


def test_the_bound_is_kept_and_the_oldest_runs_go(tmp_path: Path) -> None:
    keeper = KeptRuns(tmp_path / "runs", 8_000)
    for day in range(400):
        nightly(keeper, JOB, range(day, day + 1))
        assert keeper.path.stat().st_size <= 8_000
        assert len(keeper._known or ()) < 100  # in memory as in the file
    runs = keeper.of(JOB)
    assert 40 < len(runs) < 100
    assert runs[0].ran_at == BEGAN + timedelta(days=399)


def test_a_lower_bound_costs_the_oldest_runs_and_not_all(tmp_path: Path) -> None:
    nightly(KeptRuns(tmp_path / "runs", 1_000_000), JOB, range(400))
    keeper = KeptRuns(tmp_path / "runs", 4_000)  # a tenth of what is there
    before = keeper.of(JOB)
    assert 20 < len(before) < 60
    nightly(keeper, JOB, range(400, 401))
    assert keeper.path.stat().st_size <= 4_000
    after = keeper.of(JOB)
    assert after[0].ran_at == BEGAN + timedelta(days=400)
    assert len(after) > 15
    assert [run.ran_at for run in after[1:]] == [run.ran_at for run in before][: len(after) - 1]


def test_damage_and_strangers_cost_lines_and_nothing_else(tmp_path: Path) -> None:
    keeper = KeptRuns(tmp_path / "runs", 1_000_000)
    nightly(keeper, JOB, range(3))
    keeper.path.write_bytes(keeper.path.read_bytes() + f"{JOB} 1e999 x\n{JOB}\n\xff {JOB}\n".encode("latin-1") + b"\n")
    assert len(keeper.of(JOB)) == 3
    keeper.path.chmod(0o644)  # somebody else might have written it
    assert keeper.of(JOB) == ()
    (tmp_path / "file").touch()
    nightly(KeptRuns(tmp_path / "file" / "runs", 1_000_000), JOB, range(3))  # nowhere to write: nothing is raised


async def test_a_timer_shows_runs_that_globus_has_forgotten(tmp_path: Path) -> None:
    demo = Demo()
    keeper = KeptRuns(tmp_path / "runs", 1_000_000)
    job_id = demo.job_id("db-dumps")
    first = demo.timer("db-dumps").results[-1].ran_at
    nightly(keeper, job_id, range(-300, -3), first)
    async with demo.console(size=(200, 50)) as pilot:
        demo.app.store.keep_runs(keeper)
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        state = demo.app.states[job_id]
        assert len(state.job.runs) > 300
        assert "(median of 3" in usual_words(state.job, demo.app.store.tasks)
        drawn = plots(state.job, demo.app.store.tasks, 400)[0][1]
        assert len(drawn) == len(state.job.runs)
        lines = timeline(state.job, demo.app.store.tasks, demo.clock.now())
        gap = next(line for line in lines if line.run is None)
        assert gap.mark is Mark.UNKNOWN  # nobody looked: that nothing ran would be a guess
        await demo.press(pilot, "G")
        await demo.press(pilot, "enter")
        assert "kept here: Globus has forgotten it" in demo.text()
        assert "Globus keeps no log of this run any more." in demo.text()
        await demo.press(pilot, "q", "q", "r")
    listed = len(demo.timer("db-dumps").results)
    assert len(KeptRuns(keeper.path, 1_000_000).of(job_id)) == 297 + listed


async def test_a_command_that_reads_once_keeps_what_it_has_met(tmp_path: Path) -> None:
    done = Task("t1", TaskStatus.SUCCEEDED, requested=NOON - HOUR, completed=NOON - HOUR / 2, files=3)
    world = World(replace(a_job(runs=[a_run(NOON - HOUR, "t1")]), job_id=JobId(JOB)), tasks=[done])
    world.store.keep_runs(KeptRuns(tmp_path / "runs", 1_000_000))
    await world.store.read_once()
    assert [run.ran_at for run in KeptRuns(tmp_path / "runs", 1_000_000).of(JOB)] == [NOON - HOUR]


def test_a_pipe_in_its_place_holds_nobody_up_and_gets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "runs"
    os.mkfifo(path, 0o600)
    nightly(KeptRuns(path, 1_000_000), JOB, range(2))
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        nightly(KeptRuns(path, 1_000_000), JOB, range(2))
        assert os.read(reader, 100) == b""
    finally:
        os.close(reader)
    assert KeptRuns(path, 1_000_000).of(JOB) == ()

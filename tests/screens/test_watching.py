"""What is told of repaired timers: once each, failures by themselves and first, runs that started together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.domain.timer.run import RunState
from globus_tui.procedures.operations import NextRuns

SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)


def state(name: str, status: JobStatus = JobStatus.ACTIVE, *runs: Any) -> Any:
    return SimpleNamespace(job=SimpleNamespace(label=name, status=status, runs=runs))


def run(minutes: int, found: RunState = RunState.SUBMITTED, problem: str | None = None) -> Any:
    return SimpleNamespace(ran_at=SINCE + timedelta(minutes=minutes), state=found, problem=problem)


def test_each_is_told_once_and_what_failed_comes_first() -> None:
    states = {
        JobId("a"): state("alpha", JobStatus.ACTIVE, run(1), run(-60)),
        JobId("b"): state("beta", JobStatus.INACTIVE, run(1)),
        JobId("c"): state("gamma", JobStatus.ACTIVE, run(2, RunState.REFUSED, "no such folder")),
        JobId("d"): state("delta", JobStatus.ACTIVE, run(2)),
        JobId("f"): state("zeta", JobStatus.ACTIVE, run(3, RunState.FAILED)),
        JobId("e"): state("epsilon", JobStatus.ACTIVE, run(-1)),
    }
    watched = NextRuns()
    for job_id in (*states, JobId("gone")):
        watched.watch(job_id, SINCE)
    assert list(watched.news(states)) == [
        ("beta: Globus stopped it again.", False),
        ("gamma: its run was refused: no such folder.", False),
        ("zeta: its run failed: no reason given.", False),
        ("A timer that was being watched is gone.", False),
        ("The runs of 2 repaired timers have started: alpha, delta.", True),
    ]
    assert list(watched.news(states)) == []
    states[JobId("e")] = state("epsilon", JobStatus.ACTIVE, run(5))
    assert list(watched.news(states)) == [("epsilon: its run has started.", True)]

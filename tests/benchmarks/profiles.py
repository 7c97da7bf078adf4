"""Where the time goes: imports of a start, and the steps of a refresh of 10,000 timers. For the end of RESULTS.md."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.domain.job import Job
from globus_tui.domain.sorting import Column
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.timer_documents import job_document, page_of
from globus_tui.sandbox.world import facility
from globus_tui.screens.job_order import JobOrder
from globus_tui.store.board import Board
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Callable

_GROUPS = ("globus_tui", "textual", "rich", "asyncio", "httpx", "httpcore")
_LOADED = (
    "import globus_tui.cli.console, globus_tui.store.job_store, globus_tui.api.sender, globus_tui.screens.job_list"
)


def import_table() -> str:
    """Milliseconds spent in the modules of each package (with the cost of looking, which about doubles them)."""
    command = [sys.executable, "-X", "importtime", "-c", f"import gc; gc.disable(); import textual.app; {_LOADED}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    spent = dict.fromkeys((*_GROUPS, "others"), 0.0)
    for line in said.splitlines():
        found = re.match(r"import time: +(\d+) \| +\d+ \| +(\S+)", line)
        if found:
            package = found[2].split(".")[0]
            spent[package if package in spent else "others"] += int(found[1]) / 1000
    lines = ["| modules of | ms |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {value:.0f} |" for name, value in spent.items()])


def refresh_table() -> str:
    """Milliseconds of each step for 10,000 timers."""
    spent: list[tuple[str, float]] = []

    def step(words: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = work()
        spent.append((words, (time.perf_counter() - start) * 1000))
        return found

    sandbox = facility(Clock(), timers=10_000)
    now = datetime.now(UTC)
    documents = [job_document(timer, now, *page_of(timer, 5)) for timer in sandbox.timers.values()]
    jobs = step("documents to jobs", lambda: tuple(Job.from_document(one) for one in documents))
    board = Board(lambda: now, lambda: now)
    step("first list: judge and publish all", lambda: asyncio.run(board.take_list(jobs, board.number())))
    step("the same list", lambda: asyncio.run(board.take_list(tuple(jobs), board.number())))
    view, order = Viewpoint(now=now.replace(second=0, microsecond=0)), JobOrder()
    step("first order", lambda: order.rows(board.states, view))
    other = tuple(_later(job) if place % 100 == 0 else job for place, job in enumerate(jobs))
    step("a list with 1 % changed", lambda: asyncio.run(board.take_list(other, board.number())))
    step("order again", lambda: order.rows(board.states, view))
    order.column = Column.NAME
    step("order by name", lambda: order.rows(board.states, view))
    step("prepare the filter", lambda: list(order.prepare(board.states, view)))
    order.typed = "cli"
    step("filter", lambda: order.rows(board.states, view))
    lines = ["| 10,000 timers | ms |", "|---|---|"]
    return "\n".join(lines + [f"| {words} | {value:.1f} |" for words, value in spent])


def _later(job: Job) -> Job:
    return replace(job, next_run=job.next_run + timedelta(days=1)) if job.next_run else job

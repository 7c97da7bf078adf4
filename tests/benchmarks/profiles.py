"""Where the time goes: imports of a start, and the steps of a refresh of 10,000 timers. For the end of RESULTS.md."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.api.decode import unpack_in_steps
from globus_tui.domain.documents import walk
from globus_tui.domain.timer.sorting import SortColumn
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.timers.routes import job_document, page_of
from globus_tui.sandbox.world.history import facility
from globus_tui.screens.job_order import JobOrder
from globus_tui.store.board import Board
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Callable

_GROUPS = ("globus_tui", "textual", "rich", "asyncio", "httpx", "httpcore")
_LOADED = "import globus_tui.cli.console, globus_tui.store.job_store, globus_tui.api.http, globus_tui.screens.job_list"


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
    body = gzip.compress(json.dumps({"jobs": documents}).encode(), 5)
    for document in documents[::100]:
        if document["next_run"]:
            document["next_run"] = (datetime.fromisoformat(document["next_run"]) + timedelta(days=1)).isoformat()
    other = gzip.compress(json.dumps({"jobs": documents}).encode(), 5)
    board = Board(lambda: now, lambda: now)

    def read(packed: bytes) -> Callable[[], object]:
        def take() -> object:
            reading, asked = board.reading(), board.number()
            entries = walk(unpack_in_steps(packed, "gzip"), "jobs", reading.documents, "job_id")
            return board.take_list(reading.take(entries), asked)

        return take

    step("`json.loads` of the body, for comparison", lambda: json.loads(gzip.decompress(body)))
    step("first list: unpack, walk, judge, pack, publish", read(body))
    step("the same list, walked", read(body))
    view, order = Viewpoint(now=now.replace(second=0, microsecond=0)), JobOrder()
    step("first order", lambda: order.rows(board.states, view))
    step("a list with 1 % changed", read(other))
    step("order again", lambda: order.rows(board.states, view))
    order.column = SortColumn.NAME
    step("order by name", lambda: order.rows(board.states, view))
    step("prepare the filter", lambda: list(order.prepare(board.states, view)))
    order.filter_text = "cli"
    step("filter", lambda: order.rows(board.states, view))
    lines = ["| 10,000 timers | ms |", "|---|---|"]
    return "\n".join(lines + [f"| {words} | {value:.1f} |" for words, value in spent])

"""Measure every budget over a real pseudo-terminal and write them down in RESULTS.md beside this file.

    python -m tests.benchmarks [--quick]

Everything runs on this machine over loopback: a replayed service, a bare Textual program as the floor (F), the
official CLI (C), and this program. It takes about half an hour; `--quick` takes fewer rounds of everything.
Figures only compare within one run. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import sessions
from tests.benchmarks.profiles import import_table, refresh_table

SIZES = (100, 1000, 10_000)
RESULTS = Path(__file__).with_name("RESULTS.md")


class Row(NamedTuple):
    """One budget and what was measured; `good` None: there is no budget."""

    what: str
    measured: str
    budget: str
    good: bool | None


def spread(values: list[float], unit: str = "") -> str:
    """Median and range."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.0f}{unit} ({low:.0f} to {high:.0f})"


def p95(values: list[float]) -> float:
    """The 95th of a hundred."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def median(values: list[float]) -> float:
    """The middle."""
    return float(statistics.median(values))


def judged(what: str, value: float, limit: float, words: str, budget: str) -> Row:
    """A row whose value must not exceed a limit."""
    return Row(what, words, budget, value <= limit)


class Run:
    """All measurements of one run, gathered as rows."""

    def __init__(self, rounds: int, *, quick: bool) -> None:
        self.rows: list[Row] = []
        self.rounds = rounds
        self.quick = quick
        self.official_cpu: dict[int, float] = {}

    def compare(self, what: str, values: list[float], base: float, most: float | None, sign: str, unit: str) -> None:
        """A figure as a multiple of another of the same run."""
        share = median(values) / base
        words = f"{spread(values, f' {unit}')}: {share:.2f} {sign}"
        self.rows.append(Row(what, words, f"≤ {most} {sign}" if most else "", share <= most if most else None))

    def limit(self, what: str, values: list[float], most: float, unit: str) -> None:
        """A figure that must not exceed a limit."""
        self.rows.append(judged(what, median(values), most, spread(values, f" {unit}"), f"≤ {most:g} {unit}"))

    def start(self, one: sessions.World) -> None:
        """Floor, official CLI and starts, in turns."""
        size = one.timers
        floor: list[dict[str, float]] = []
        cold: list[dict[str, float]] = []
        warm: list[dict[str, float]] = []
        official: list[tuple[float, float, float]] = []
        for turn in range(self.rounds):
            floor.append(sessions.floor(one))
            cold.append(sessions.started(one, cached=False))
            warm.append(sessions.started(one, cached=True))
            if turn < 5:
                official.append(sessions.official_list(one))
        f, f_cpu = (median([each[key] for each in floor]) for key in ("wall", "cpu"))
        c, c_cpu = (median([each[key] for each in official]) * 1000 for key in (0, 1))
        self.official_cpu[size] = c_cpu / 1000
        words = f"F {f:.0f} ms, CPU {f_cpu:.0f}; C {c:.0f} ms, CPU {c_cpu:.0f}, {official[0][2]:.0f} MB"
        self.rows.append(Row(f"floor F, official CLI C ({size:,} timers)", words, "", None))
        cpu = [each["cpu"] for each in cold]
        of_floor = {100: 1.3, 1000: 1.5, 10_000: 2.6}[size]
        self.compare(f"CPU to live rows, no cache ({size:,})", cpu, f_cpu, of_floor, "F", "ms")
        of_cli = {100: None, 1000: 0.65, 10_000: 0.3}[size]
        self.compare(f"the same beside the official CLI ({size:,})", cpu, c_cpu, of_cli, "C", "ms")
        self.compare(f"first line on the screen ({size:,})", [each["line"] for each in cold], f, None, "F", "ms")
        most = 1.15 if size == 100 else None
        rows = [each["rows"] for each in warm]
        self.compare(f"rows from the cache, which take keys ({size:,})", rows, f, most, "F", "ms")
        self.compare(f"live rows, no cache ({size:,})", [each["live"] for each in cold], f, None, "F", "ms")
        self.limit(f"bytes to the first usable screen ({size:,})", [each["bytes"] for each in cold], 12_000, "B")
        self.limit(f"resident ({size:,})", [each["rss"] for each in cold], {100: 42, 1000: 46, 10_000: 65}[size], "MB")

    def work(self, one: sessions.World) -> None:
        """Keys and refreshes."""
        size, rounds = one.timers, 12 if self.quick else 40
        spent, sent = sessions.bare_list(rounds)
        found = sessions.worked(one, rounds)
        what = f"arrow key at rest, preview included ({size:,})"
        self.compare(f"{what}: CPU, beside the bare list", found["down cpu"], median(spent), 1.8, "lists", "ms")
        words = f"{spread(found['down bytes'], ' B')}, the bare list {median(sent):.0f}"
        self.rows.append(judged(f"{what}: bytes", median(found["down bytes"]), 420, words, "≤ 420 B"))
        for name, key in (("arrow key", "down"), ("page down", "page")):
            values = found[f"{key} first ms"]
            self.rows.append(
                Row(f"{name}, first byte ({size:,})", f"{spread(values, ' ms')}, p95 {p95(values):.1f}", "", None)
            )
        self.limit(f"page down, bytes ({size:,})", found["page bytes"], 6_500, "B")
        self.limit(f"sort: CPU ({size:,})", found["sort cpu"], 40, "ms")
        self.limit(f"letter of a filter: CPU ({size:,})", found["filter cpu"], 60, "ms")
        self.rows.append(
            Row(f"opening the filter: CPU ({size:,})", spread(found["opened filter cpu"], " ms"), "", None)
        )
        body = sessions.decoding(one)
        for mode, what, most in (
            ("same", "same body", 0.15),
            ("percent", "1 % changed", 0.5),
            ("all", "all changed", 2),
        ):
            limit = most if size == 10_000 else None
            self.compare(f"refresh, {what} ({size:,}): CPU", found[f"{mode} cpu"], body, limit, "`json.loads`", "ms")
        self.limit(f"refresh, same body: bytes ({size:,})", found["same bytes"], 0, "B")
        self.limit(f"refresh, 3 visible cells: bytes ({size:,})", found["cells bytes"], 1000, "B")
        worst, most = found["worst key ms"], 60 if size > 1000 else 30
        self.rows.append(
            judged(f"worst key during a refresh ({size:,})", max(worst), most, spread(worst, " ms"), f"≤ {most} ms")
        )
        if size == 10_000:
            self.limit("peak while refreshing (10,000)", found["peak MB"], 100, "MB")

    def rest(self, one: sessions.World) -> None:
        """Idle, an hour of watching, the slow link, and what needs no timers."""
        add = self.rows.append
        seconds = 60 if self.quick else 300
        rate, share, woken = sessions.watched(one, seconds)
        what = f"idle for {seconds} s, refresh off ({one.timers:,})"
        add(judged(f"{what}: bytes", rate, 50, f"{rate:.1f} B/s", "≤ 50 B/s over 5 min"))
        add(judged(f"{what}: CPU", share, 0.08, f"{share:.3f} %", "≤ 0.08 %"))
        add(judged(f"{what}: wake-ups", woken, 1, f"{woken:.2f} a second", "< 1 a second"))
        if not self.quick:
            ours = sessions.watched_refreshing(one, 240)
            theirs = 120 * self.official_cpu[one.timers]
            words = f"{ours:.0f} s, the CLI {theirs:.0f} s: {ours / theirs:.0%}"
            what = f"an hour at 30 s, 1 % changing each time ({one.timers:,}): CPU"
            add(judged(what, ours, theirs / 4, words, "≤ 25 % of watching the CLI"))
        slow = sessions.over_a_slow_link(one)
        for name in ("down", "page down", "sort", "filter"):
            first, whole, count = (slow[f"{name} {key}"] for key in ("first ms", "whole ms", "bytes"))
            words = f"{first:.0f} ms, whole {whole:.0f} ms, {count:.0f} B"
            add(judged(f"200 ms, 20 kB/s: {name}", first, 400, words, "visible in ≤ 400 ms"))
        held = f"{slow['held s']:.1f} s, {slow['held bytes']:.0f} B"
        add(judged("200 ms, 20 kB/s: moves on after a held arrow", slow["held s"], 0.3, held, "≤ 0.3 s"))
        visit = sessions.a_visit(one)
        steps = ", ".join(
            f"{name} {visit[name]:.1f}" for name in ("opened", "looked", "back", "filtered", "sorted", "left")
        )
        words = f"{visit['together']:.1f} s, {visit['bytes'] / 1000:.0f} kB ({steps})"
        add(Row("200 ms, 20 kB/s: a visit, seconds of waiting and bytes", words, "", None))
        if (asked := sessions.files_asked_for(one)) is not None:
            add(judged("a start: files opened", asked[0], 560, f"{asked[0]}", "≤ 560"))
            add(judged("a start: paths asked for", asked[1], 2_400, f"{asked[1]}", "≤ 2,400"))
        base = median([sessions.seconds_of(sys.executable, "-c", "pass", environ=one.environ)[0] for _ in range(9)])
        for option in ("--version", "--help"):
            command = (sys.executable, "-m", "globus_tui", option)
            took = median([sessions.seconds_of(*command, environ=one.environ)[0] for _ in range(9)])
            words = f"{took * 1000:.0f} ms: {took / base:.1f} × {base * 1000:.0f} ms"
            add(judged(f"`{option}`", took / base, 4, words, "≤ 4 × `python -c pass`"))
        lines = sessions.lines_of("api", "store", "widgets", "lines", "cli")
        add(judged("lines of api, store, widgets, lines and cli", lines, 11_500, f"{lines:,}", "≤ 11,500"))


def machine() -> str:
    """What it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "httpx", "globus-cli", "globus-sdk"))
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; "
        f"{packages}. Load at the start {os.getloadavg()[0]:.2f}."
    )


def written(run: Run, where: str) -> str:
    """The whole report."""
    load = os.getloadavg()[0]
    missed = [row for row in run.rows if row.good is False]
    lines = [
        "# Measured budgets",
        "",
        f"Made by `python -m tests.benchmarks` on {datetime.now(UTC):%Y-%m-%d}. {where}",
        "",
        f"Load while it ran: {load:.1f} on {os.cpu_count()} processors; above 1 other programs worked beside, and only "
        "the ratios and bytes say anything.",
        "",
        "A pseudo-terminal of 120×36, 24-bit colour, as over SSH (no mouse). F is a bare Textual program to its first "
        "text, C `globus timer list`, both in turns with this program, against one replayed service. "
        "Medians, in brackets the least and the most. Milliseconds only compare within one run.",
        "",
        f"{len([row for row in run.rows if row.good])} of {len([row for row in run.rows if row.good is not None])} "
        f"budgets hold, {len(missed)} do not.",
        "",
        "| | measured | budget | |",
        "|---|---|---|---|",
    ]
    signs = {True: "holds", False: "**missed**", None: ""}
    lines += [f"| {row.what} | {row.measured} | {row.budget} | {signs[row.good]} |" for row in run.rows]
    lines += ["", "## Where a start goes", "", import_table(), "", "## Where a refresh goes", "", refresh_table(), ""]
    return "\n".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, choices=SIZES)
    chosen = parser.parse_args()
    where = machine()
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(sessions.ROOT / "globus_tui")], check=True)
    run = Run(3 if chosen.quick else 9, quick=chosen.quick)
    for size in chosen.sizes:
        with sessions.world(size) as one:
            run.start(one)
            run.work(one)
            if size == min(1000, max(chosen.sizes)):
                run.rest(one)
        for row in run.rows:
            print(" | ".join((row.what, row.measured, row.budget, str(row.good))), flush=True)
    RESULTS.write_text(written(run, where))


if __name__ == "__main__":
    main()

"""Measure every budget over a real pseudo-terminal and write them down in RESULTS.md beside this file.

    python -m tests.benchmarks [--quick]

Everything runs on this machine over loopback: a replayed service, a bare Textual program as the floor (F), the
official CLI (C), and this program. It takes about a quarter of an hour; `--quick` takes fewer rounds of everything.
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

    def start(self, one: sessions.World) -> None:
        """Floor, official CLI and starts, in turns."""
        size = one.timers
        floor: list[float] = []
        cold: list[dict[str, float]] = []
        warm: list[dict[str, float]] = []
        official: list[tuple[float, float, float]] = []
        for turn in range(self.rounds):
            terminal = one.floor()
            floor.append(terminal.wait_for("nothing but") * 1000)
            terminal.close()
            cold.append(sessions.started(one, cached=False))
            warm.append(sessions.started(one, cached=True))
            if turn < 5:
                official.append(sessions.official_list(one))
        f, c = median(floor), median([wall for wall, _, _ in official]) * 1000
        self.official_cpu[size] = median([cpu for _, cpu, _ in official])
        cli = f"{c:.0f} ms, CPU {self.official_cpu[size]:.2f} s, {official[0][2]:.0f} MB"
        self.rows.append(
            Row(f"floor F, official CLI C ({size:,} timers)", f"F {spread(floor, ' ms')}; C {cli}", "", None)
        )
        self._of_floor(f"first line on the screen ({size:,})", [one["line"] for one in cold], f, None)
        self._of_floor(f"first frame ({size:,})", [one["frame"] for one in warm], f, 1.25)
        self._of_floor(f"rows from cache ({size:,})", [one["rows"] for one in warm], f, 1.2)
        self._of_floor(f"rows from cache that take keys ({size:,})", [one["own"] for one in warm], f, None)
        live = [one["live"] for one in cold]
        limit, words = {100: (1.6 * f, "1.6 F"), 1000: (0.9 * c, "0.9 C"), 10_000: (0.25 * c, "0.25 C")}[size]
        share = f"{spread(live, ' ms')}: {median(live) / f:.2f} F, {median(live) / c:.2f} C"
        self.rows.append(judged(f"live rows, no cache ({size:,})", median(live), limit, share, f"≤ {words}"))
        counts = [one["bytes"] for one in cold]
        self.rows.append(
            judged(
                f"bytes to the first usable screen ({size:,})", median(counts), 12_000, spread(counts, " B"), "≤ 12 kB"
            )
        )
        rss, peak = median([one["rss"] for one in cold]), median([one["peak"] for one in cold])
        most = {100: 55, 1000: 55, 10_000: 80}[size]
        self.rows.append(
            judged(f"RSS after the start ({size:,})", rss, most, f"{rss:.0f} MB (peak {peak:.0f})", f"≤ {most} MB")
        )

    def _of_floor(self, what: str, values: list[float], floor: float, most: float | None) -> None:
        share = median(values) / floor
        words = f"{spread(values, ' ms')}: {share:.2f} F"
        self.rows.append(Row(what, words, f"≤ {most} F" if most else "", share <= most if most else None))

    def work(self, one: sessions.World) -> None:
        """Keys and refreshes."""
        size = one.timers
        found = sessions.worked(one, 40 if self.quick else 60)
        add = self.rows.append
        ms, count = p95(found["down ms"]), median(found["down bytes"])
        add(
            judged(
                f"arrow key, first byte ({size:,})",
                ms,
                5,
                f"p50 {median(found['down ms']):.1f}, p95 {ms:.1f} ms",
                "p95 ≤ 5 ms",
            )
        )
        add(judged(f"arrow key, bytes ({size:,})", count, 350, f"p50 {count:.0f} B", "p50 ≤ 350 B"))
        ms, count = p95(found["page ms"]), median(found["page bytes"])
        add(
            judged(
                f"page down, first byte ({size:,})",
                ms,
                10,
                f"p50 {median(found['page ms']):.1f}, p95 {ms:.1f} ms",
                "p95 ≤ 10 ms",
            )
        )
        add(judged(f"page down, bytes ({size:,})", count, 6_500, f"p50 {count:.0f} B", "≤ 6.5 kB"))
        for what in ("sort", "filter"):
            values = found[f"{what} ms"]
            add(judged(f"{what}, last byte ({size:,})", median(values), 60, spread(values, " ms"), "≤ 60 ms"))
        for mode, what, limits in (
            ("same", "same body", {100: 10, 1000: 10, 10_000: 25}),
            ("percent", "1 % changed", {100: 45, 1000: 45, 10_000: 300}),
        ):
            values = found[f"{mode} cpu"]
            add(
                judged(
                    f"refresh, {what}: CPU ({size:,})",
                    median(values),
                    limits[size],
                    spread(values, " ms"),
                    f"≤ {limits[size]} ms",
                )
            )
        values = found["same bytes"]
        add(judged(f"refresh, same body: bytes ({size:,})", median(values), 0, spread(values, " B"), "0 B"))
        values = found["cells bytes"]
        add(
            judged(
                f"refresh, 3 visible cells: bytes ({size:,})", median(values), 1000, spread(values, " B"), "≤ 1,000 B"
            )
        )
        most = 60 if size > 1000 else 30
        worst = found["worst key ms"]
        add(judged(f"worst key during a refresh ({size:,})", max(worst), most, spread(worst, " ms"), f"≤ {most} ms"))
        if size == 10_000:
            peak = found["peak MB"][0]
            add(judged("peak RSS while refreshing (10,000)", peak, 150, f"{peak:.0f} MB", "≤ 150 MB"))

    def rest(self, one: sessions.World) -> None:
        """Idle, an hour of watching, the slow link, and what needs no timers."""
        add = self.rows.append
        seconds = 60 if self.quick else 300
        rate, share = sessions.watched(one, seconds)
        what = f"idle for {seconds} s, refresh off (1,000)"
        add(judged(f"{what}: bytes", rate, 50, f"{rate:.1f} B/s", "≤ 50 B/s over 5 min"))
        add(judged(f"{what}: CPU", share, 0.25, f"{share:.2f} %", "≤ 0.25 %"))
        ours = sessions.watched_refreshing(one, 60 if self.quick else 240)
        theirs = 120 * self.official_cpu[1000]
        words = f"{ours:.0f} s, the CLI {theirs:.0f} s: {ours / theirs:.0%}"
        add(
            judged(
                "an hour at 30 s, 1 % changing each time (1,000): CPU",
                ours,
                theirs / 4,
                words,
                "≤ 25 % of watching the CLI",
            )
        )
        slow = sessions.over_a_slow_link(one)
        for name in ("down", "page down", "sort", "filter"):
            first, whole, count = (slow[f"{name} {one}"] for one in ("first ms", "whole ms", "bytes"))
            words = f"{first:.0f} ms, whole {whole:.0f} ms, {count:.0f} B"
            add(judged(f"200 ms, 20 kB/s: {name}", first, 400, words, "visible in ≤ 400 ms"))
        held = f"{slow['held s']:.1f} s, {slow['held bytes']:.0f} B"
        add(judged("200 ms, 20 kB/s: moves on after a held arrow", slow["held s"], 0.3, held, "≤ 0.3 s"))
        add(Row("200 ms, 20 kB/s: rows", f"{slow['rows s']:.1f} s", "", None))
        base = median([sessions.seconds_of(sys.executable, "-c", "pass", environ=one.environ)[0] for _ in range(9)])
        for option in ("--version", "--help"):
            command = (sys.executable, "-m", "globus_tui", option)
            took = median([sessions.seconds_of(*command, environ=one.environ)[0] for _ in range(9)])
            words = f"{took * 1000:.0f} ms: {took / base:.1f} × {base * 1000:.0f} ms"
            add(judged(f"`{option}`", took / base, 4, words, "≤ 4 × `python -c pass`"))


def machine() -> str:
    """What it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "httpx", "globus-cli", "globus-sdk"))
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; "
        f"{packages}. Load at the start {os.getloadavg()[0]:.2f}."
    )


def written(run: Run, where: str) -> str:
    """The whole report."""
    missed = [row for row in run.rows if row.good is False]
    lines = [
        "# Measured budgets",
        "",
        f"Made by `python -m tests.benchmarks` on {datetime.now(UTC):%Y-%m-%d}. {where}",
        "",
        "A pseudo-terminal of 120×36, 24-bit colour, as over SSH (no mouse). F is a bare Textual program to its first "
        "text, C the wall time of `globus timer list`, both in turns with this program, against one replayed service. "
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
    run = Run(5 if chosen.quick else 9, quick=chosen.quick)
    for size in chosen.sizes:
        with sessions.world(size) as one:
            run.start(one)
            run.work(one)
            if size == 1000:
                run.rest(one)
        for row in run.rows:
            print(" | ".join((row.what, row.measured, row.budget, str(row.good))), flush=True)
    RESULTS.write_text(written(run, where))


if __name__ == "__main__":
    main()

"""Tries the program hard, one way after the other, and writes down what came of it in `RELIABILITY.md`.

    python -m tests.reliability                          # everything, for an afternoon
    python -m tests.reliability simulation --minutes 600 # a night of one way; the rest stays as it was
    python -m tests.reliability monkey --more -- --seed 9  # beside what was run before, with options of its own
    python -m tests.reliability --write                  # only writes the page anew

Each way is a command of its own, run with a low priority (with the lowest, it got a fortieth of a machine that others
share, and a walk of minutes took a hundred steps). Its counts are kept in `reliability.json` beside the page, with the
commit and the day, so that one way can be tried again without the others. There, too, is the floor of the branch
coverage: what was reached once. Less than that is an error, which `.ci/release` asks for.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
KEPT, PAGE = HERE / "reliability.json", HERE / "RELIABILITY.md"
CORE = ("tests/domain", "tests/api", "tests/auth", "tests/store")
MUTATED = HERE / "mutation" / "results.json"


class Way(NamedTuple):
    """One way to try it.

    Attributes:
        title: of its section.
        what: what is done, and what must hold.
        command: words after `python -m`, for so many minutes.
        lines: which lines of what it prints are kept.
    """

    title: str
    what: str
    command: Callable[[float], Sequence[str]]
    lines: str


WAYS = {
    "table": Way(
        "Fault table",
        "Each request and each file call of fifteen journeys (refresh, detail, task, pause, resume, rename, "
        "delete, cancel, fix, create, submit, group, edit, sign-in, renewal) goes wrong in every way: 20 "
        "statuses, refused, DNS, TLS, reset, silence, a redirect to another host, pages, empty, broken and "
        "wrong documents, damaged compression; and, where something changes, the answer is lost, cut, late or "
        "replaced after it took effect; once, and from then on. Then: one journal entry for each change, "
        "nothing sent twice, rows as the service has them, one active timer of an edit (or the user was told "
        "to look), no token in a file or word, nothing sent to another host.",
        lambda minutes: ("tests.faults.table", "--every", str(max(1, round(60 / max(minutes, 1))))),
        r"sessions",
    ),
    "terminal": Way(
        "Fault table in a terminal",
        "One session of the whole program in a pseudo-terminal, real keys, on a served facility: the list is refreshed "
        "and a timer paused through each fault. The last good rows stay, it says what is so, each change has its line.",
        lambda minutes: ("tests.faults.on_a_terminal", "--every", str(max(1, round(10 / max(minutes, 1))))),
        r"cells|^(list|pause|journal),?",
    ),
    "simulation": Way(
        "Seeded simulation",
        "One program for weeks, from seeds: time, refreshes, changes, edits, creations, interrupted changes, "
        "restarts, other programs' edits, revoked tokens, wrong clocks and faults on any request. The same "
        "must hold after each step. Without the screens: with them goes the random walk.",
        lambda minutes: ("tests.faults.simulation", "--seconds", f"{minutes * 60:.0f}"),
        r"seeds|failures|FAILURES|a second",
    ),
    "walk": Way(
        "Random walk through the whole program",
        "Drawn by hypothesis: keys, time, faults, revoked tokens and other programs' edits; what is drawn is read from "
        "the screen. After each key: a row says what the service has, or it is under way, or was read before that "
        "changed; each change has one journal entry, was asked for on a page that was drawn before and named its timer "
        "(one timer is paused or resumed without, and no run starts by that), and none left by itself; of one lineage "
        "one timer is active, or the user was told; no secret is drawn. After a clean refresh rows and counts are the "
        "service's.",
        lambda minutes: ("tests.faults.walk", "--seconds", f"{minutes * 60:.0f}"),
        r"walks,|distinct|screens:|failures|FAILED|^seeds",
    ),
    "monkey": Way(
        "Monkey",
        "Keys at random, in bursts, on the demo and on a served service that is slow and fails. The program "
        "ends only where it was told to; changes that left and journal entries are equal, one to one.",
        lambda minutes: ("tests.faults.monkey", "--keys", str(round(minutes * 600))),
        r"keys in|screens:|changes asked|FAILED|below",
    ),
    "mutation": Way(
        "Mutation",
        "Small changes to the source; a change that no test notices is a missing test, or changes nothing "
        "(the reason is in `mutation/equivalent.toml`).",
        lambda minutes: ("tests.mutation", "--every", "4", "--seconds", f"{minutes * 60 / 35:.0f}"),
        r"mutants,",
    ),
    "coverage": Way(
        "Branch coverage",
        f"Of `domain`, `api`, `auth` and `store` by {', '.join(CORE)} alone: what only the tests of screens and "
        "commands walk counts as missed. The floor is what was reached once. Each exception, with its lines:",
        lambda _: ("coverage", "run", "-m", "pytest", "-q", "-n2", *CORE),
        r"passed|failed",
    ),
    "fuzz": Way(
        "Fuzz",
        "The whole program on documents with wrong fields (any of 20 values in any field of timers, tasks, events and "
        "what else is read), hostile text in names and reasons, any status, any wish to wait.",
        lambda minutes: ("tests.faults.fuzz", "--seconds", f"{minutes * 60:.0f}"),
        r"wrong|refusals|below|FAILURES|^seed",
    ),
    "properties": Way(
        "Properties",
        "Every test that draws its examples (hypothesis), up to 1,000 examples each.",
        lambda _: (*("pytest", "-q", "-n0", "--hypothesis-profile", "long", "-m", "hypothesis"), *_drawing()),
        r"passed|failed",
    ),
    "soak": Way(
        "Soak",
        "A served facility of 2,000 timers with a past is watched for a day, every page opened once an hour: after the "
        "first hour memory grows by less than 3 %, objects of no type with the runs that are seen, and descriptors, "
        "threads and tasks stay as they are.",
        lambda minutes: ("tests.soak", "--hours", f"{min(24, minutes):.0f}"),
        r"^(1|25) h|from|of each run|exit code",
    ),
}


def _coverage_settings(folder: str) -> str:
    """Branches of the four packages, in whatever process a test reaches them."""
    packages = "".join(f"\n  globus_tui.{one.removeprefix('tests/')}" for one in CORE)
    return f"[run]\nbranch = true\nparallel = true\npatch = subprocess\ndata_file = {folder}/data\nsource ={packages}\n"


def _drawing() -> list[str]:
    """The files with tests that draw their examples."""
    found = (path for path in HERE.rglob("test_*.py") if "@given" in path.read_text())
    return sorted(str(path.relative_to(HERE.parent)) for path in found if "screens" not in path.parts)


def try_it(name: str, minutes: float, options: Sequence[str] = (), floor: float = 0.0) -> dict[str, Any]:
    """Runs one way, and gives what is kept of it."""
    way, begun, reached = WAYS[name], time.monotonic(), floor
    words = [sys.executable, "-m", *way.command(minutes), *options]
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "coverage.ini"
        settings.write_text(_coverage_settings(folder))
        environ = os.environ | {"COVERAGE_RCFILE": str(settings)}
        printed: list[str] = []
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HERE.parent, env=environ
        )
        for line in process.stdout or ():
            print(line, end="", flush=True)
            printed.append(line.strip())
        code = process.wait()
        lines = [line for line in printed if re.search(way.lines, line)]
        if name == "coverage":
            subprocess.run(
                [sys.executable, "-m", "coverage", "combine", "-q"], check=False, cwd=HERE.parent, env=environ
            )
            report = [sys.executable, "-m", "coverage", "report", "-m", "--skip-covered", "--precision=2"]
            shown = subprocess.run(report, capture_output=True, text=True, check=False, cwd=HERE.parent, env=environ)
            reached, rows = _by_file(shown.stdout)
            lines += [f"all four: {reached} % of lines and branches, floor {floor} %", *rows]
    return {
        "command": f"python -m {' '.join(words[2:])}"[:160],
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "seconds": round(time.monotonic() - begun),
        "exit": code or int(reached < floor),
        **({"floor": max(floor, reached)} if name == "coverage" else {}),
        "lines": lines or printed[-3:],
    }


def _by_file(report: str) -> tuple[float, list[str]]:
    """The share that was reached, and what was not of each file: those that miss most first."""
    rows = [line.split(maxsplit=6) for line in report.splitlines() if line.startswith(("globus_tui", "TOTAL"))]
    files = sorted((row for row in rows if row[0] != "TOTAL"), key=lambda row: -int(row[2]) - int(row[4]))
    reached = next((float(row[5].rstrip("%")) for row in rows if row[0] == "TOTAL"), 0.0)
    return reached, [f"{row[0].removeprefix('globus_tui/')} {row[5]}: {row[6]}" for row in files]


def _commit() -> str:
    words = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=HERE.parent).stdout.strip()


def page(kept: dict[str, Any]) -> str:
    """The page as Markdown."""
    parts = [
        "# Reliability",
        "What was tried, and what came of it. Written by `python -m tests.reliability`; do not edit. A small "
        "share of each runs with all tests; these are the long runs, each with the commit it was made at.",
    ]
    for name, way in WAYS.items():
        runs = kept.get(name, [])
        parts += [f"## {way.title}", way.what]
        if name == "mutation" and MUTATED.exists():
            parts.append(_mutated(json.loads(MUTATED.read_text())))
        elif not runs:
            parts.append(f"Not run yet: `python -m tests.reliability {name}`.")
        for found in runs:
            when = f"at {found['commit']}, {found['day']}, {found['seconds']} s, exit code {found['exit']}"
            parts += [f"`{found['command']}` {when}:", "\n".join(["```", *found["lines"], "```"])]
    return "\n\n".join(parts) + "\n"


def _mutated(results: dict[str, Any]) -> str:
    rows = ["| module | mutants (one of) | killed | equivalent | survived | score |", "|---|---|---|---|---|---|"]
    for module, one in results.items():
        survived = len(one["survivors"])
        score = one["killed"] / max(1, one["killed"] + survived)
        counts = f"{one['mutants']} ({one['every']}) | {one['killed']} | {one['equivalent']} | {survived}"
        rows.append(f"| {module} | {counts} | {score:.0%} |")
    left = [f"- `{module}` {one}" for module, found in results.items() for one in found["survivors"]]
    return "\n".join([*rows, "", "Survivors, each a test that is missing until it is told apart:", "", *left])


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", choices=[*WAYS, []], metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--minutes", type=float, default=30.0, help="for each way, about")
    parser.add_argument("--more", action="store_true", help="keeps what was run of these before")
    parser.add_argument("--write", action="store_true", help="runs nothing")
    words = list(sys.argv[1:] if arguments is None else arguments)
    at = words.index("--") if "--" in words else len(words)
    chosen = parser.parse_args(words[:at])
    os.nice(10)
    failed = False
    for name in () if chosen.write else chosen.ways or WAYS:
        if name == "coverage" and importlib.util.find_spec("coverage") is None:
            print("coverage: pip install coverage first")
            continue
        floor = max((one["floor"] for one in _kept().get("coverage", [])), default=0.0)
        found = try_it(name, chosen.minutes, words[at + 1 :], floor)
        failed = failed or found["exit"] != 0
        print(f"{name}: {'; '.join(found['lines'])}", flush=True)
        kept = _kept()  # others may have been at it meanwhile
        kept[name] = [*(kept.get(name, []) if chosen.more else []), found]
        KEPT.write_text(json.dumps({one: kept[one] for one in WAYS if one in kept}, indent=1) + "\n")
        PAGE.write_text(page(kept))
    PAGE.write_text(page(_kept()))
    return 1 if failed else 0


def _kept() -> dict[str, Any]:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


if __name__ == "__main__":
    raise SystemExit(main())

"""A day in some minutes: `python -m tests.soak` has the program watch a served facility, and its own costs stay flat.

Options: --hours 24 --timers 2000; --leak 20 keeps so many bytes of every run, to see that it is found. The sandbox is
a process of its own: only the program is measured. Its clock is put forward as the program reads: twice in an hour of
the facility it refreshes and reads what became of the runs, then keys are pressed, pages are opened and closed, and
what it holds is counted right after it has tidied up, as it does every minute. So nothing hangs on the machine.

The day begins at the end of the first hour, in which every page is opened `ROUNDS` times. What else comes to its bound
in days or weeks is there when the program starts, so that it does not count as growth: the first list brings as many
runs of each timer as are ever kept, some days of them fired one by one, so that no two timers share their moments; the
log of requests is full, and all code is loaded (`tests.soaked`).

Exit code 1 when resident memory grew by 3 % (the median of the last eighth of the day against that of the first: a page
that was just closed may still take a megabyte), descriptors, threads or tasks by more than a few, or the objects of any
type in a straight line: from each third of the day to the next by more than `EACH_RUN` for every run seen between them.
Of a third that hour counts which has the fewest. Counted by type, a leak of one small object for each run is found:
pages come and go by ten thousand objects, but hardly by any of one type that grows with the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import Request, urlopen

import psutil

from tests.cli import terminal as pseudo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KEYS = ("j", "k", "G", "g", "r", "\r", "\x1b", "!", "l", "\x1b", "?", "\x1b", "/clim\r", "\x1b")
AN_HOUR, REFRESHES = 3600, 2
"""Seconds and refreshes of one, in which all keys are pressed once."""
ROUNDS = 12
"""Refreshes of the first hour, and as often all keys: it is as busy as that of a person."""
DAYS_BEFORE = 2
MOST_GROWTH, EACH_RUN = 0.03, 0.6
MORE = {"descriptors": 4, "threads": min(32, (os.cpu_count() or 1) + 4), "tasks": 20}
"""A refresh that is under way, and a look-up of names beside it, have some of their own; of threads that write files
and look names up there are as many as Python's pool has room for, once so many were busy at one time."""
HISTORY = 30
"""Runs that each timer has behind it: as many as are ever kept of one that nobody opens."""
_SERVE = """
import sys
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import serve
from globus_tui.sandbox.world.history import facility
serve(facility(Clock(), timers=int(sys.argv[1]), runs=int(sys.argv[2])))
"""
pseudo.PATIENCE = 900.0


class Sample(NamedTuple):
    """What had happened by then, and what the program held; `objects` are those of Python, by type."""

    hours: int
    keys: int
    refreshes: int
    runs: int
    memory: int
    objects: Mapping[str, int]
    descriptors: int
    threads: int
    tasks: int

    def words(self) -> str:
        return (
            f"{self.hours:3} h  {self.refreshes:4} refreshes {self.runs:6} runs {self.keys:4} keys  "
            f"{self.memory / 1e6:6.2f} MB {sum(self.objects.values()):7} objects {self.descriptors:3} descriptors "
            f"{self.threads:2} threads {self.tasks:3} tasks"
        )


def served(timers: int) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The sandbox and what points the program at it."""
    words = [sys.executable, "-c", _SERVE, str(timers), str(HISTORY)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    found: dict[str, str] = {}
    assert process.stdout is not None
    while "GLOBUS_TUI_CLIENT_SECRET" not in found:
        name, _, value = process.stdout.readline().strip().removeprefix("export ").partition("=")
        found[name] = value
    return process, found


def pass_time(service: str, seconds: float) -> None:
    """Puts the clock of the sandbox forward; what falls due by then happens."""
    body = json.dumps({"advance": seconds}).encode()
    urlopen(Request(f"{service}__sandbox__/clock", body, {"Content-Type": "application/json"}, method="POST")).close()


class Watch:
    """A session of the program; keys are pressed in it and hours of the facility pass."""

    def __init__(self, terminal: pseudo.Terminal, path: Path, service: str) -> None:
        self._terminal, self._path, self._service = terminal, path, service
        self._process = psutil.Process(terminal.process.pid)
        self._keys = 0

    def hours(self) -> Iterator[Sample]:
        """What is held at the end of each."""
        hours = 0
        while True:
            refreshes, rounds = (REFRESHES, 1) if hours else (1, ROUNDS)
            for _ in range(rounds):
                for _ in range(refreshes):
                    self._refresh(AN_HOUR / rounds / refreshes)
                for key in KEYS:
                    self._press(key)
            self._close_pages()
            found = self._until("number", after=self._written())
            hours += 1
            costs = self._process.num_fds(), self._process.num_threads()
            del found["number"]
            objects = self._objects()
            yield Sample(hours=hours, keys=self._keys, descriptors=costs[0], threads=costs[1], objects=objects, **found)

    def _objects(self) -> Mapping[str, int]:
        self._path.with_suffix(".count").touch()
        counted = self._path.with_suffix(".objects")
        self._terminal.wait_for(counted.exists)
        found: Mapping[str, int] = json.loads(counted.read_text())
        counted.unlink()
        return found

    def _refresh(self, seconds: float) -> None:
        before = self._written()
        pass_time(self._service, seconds)
        self._press("r")
        self._until("refreshes", after=before)

    def _close_pages(self) -> None:
        while "Quit?" not in self._terminal.text:
            self._press("\x1b")
        self._press("\x1b")

    def _press(self, key: str) -> None:
        self._terminal.press(key)
        self._keys += 1
        self._terminal.wait_for_rest()
        self._terminal.raw = b""
        assert self._terminal.process.poll() is None, f"it ended by itself:\n{self._terminal.text}"

    def _written(self) -> dict[str, Any]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def _until(self, what: str, after: dict[str, Any]) -> dict[str, Any]:
        """The first sample by which that happened again."""
        self._terminal.wait_for(lambda: self._written().get(what, 0) > after.get(what, 0))
        return self._written()


def report(day: Sequence[Sample]) -> list[str]:
    """What grew in a day of at least nine hours, each with its figures; prints all of them."""
    few = max(1, len(day) // 8)
    first, last = (sorted(one.memory for one in part)[few // 2] for part in (day[:few], day[-few:]))
    hours = day[-1].hours - day[0].hours
    print(f"memory: from {first / 1e6:.2f} to {last / 1e6:.2f} MB, {last / first - 1:+.1%} in {hours} hours")
    grown = ["memory"] if last > first * (1 + MOST_GROWTH) else []
    third = len(day) // 3
    thirds = [day[at : at + third] for at in (0, third, len(day) - third)]
    fewest = [min(sum(one.objects.values()) for one in part) for part in thirds]
    print(f"objects: from {fewest[0]} to {fewest[2]}")
    for name in day[-1].objects:
        steps = _steps(thirds, name)
        if min(steps) > EACH_RUN:
            print(f"objects of type {name}: of each run {steps[0]:+.2f} and then {steps[1]:+.2f}")
            grown += [name]
    for name, more in MORE.items():
        early, late = (median(getattr(one, name) for one in part) for part in (thirds[0], thirds[2]))
        print(f"{name}: from {early:.0f} to {late:.0f}")
        grown += [name] if late > early + more else []
    return grown


def _steps(thirds: Sequence[Sequence[Sample]], name: str) -> list[float]:
    """By how many objects of a type a third has more than the one before, for each run that is seen in one."""
    fewest = [min(one.objects.get(name, 0) for one in part) for part in thirds]
    runs = [part[0].runs for part in thirds]
    pairs = pairwise(zip(fewest, runs, strict=True))
    return [(more - less) / max(1, later - sooner) for (less, sooner), (more, later) in pairs]


def main() -> int:
    """Runs the day and says what it cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--timers", type=int, default=2000)
    parser.add_argument("--leak", type=int, default=0, help="bytes to keep of each run")
    options = parser.parse_args()
    day: list[Sample] = []
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, "PYTHONPATH": os.getcwd(), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        environ |= {"XDG_RUNTIME_DIR": home, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        environ |= {"SOAK_SAMPLE": f"{home}/sample", "SOAK_LEAK": str(options.leak)}
        sandbox, found = served(options.timers)
        try:
            service = found["GLOBUS_SDK_SERVICE_URL_TIMER"]
            for _ in range(DAYS_BEFORE * 24):
                pass_time(service, AN_HOUR)
            program = (sys.executable, "-m", "tests.soaked")
            with pseudo.Terminal(environ=environ | found, program=program) as terminal:
                terminal.wait_for("synced")
                watch = Watch(terminal, Path(environ["SOAK_SAMPLE"]), service)
                for one in watch.hours():
                    day.append(one)
                    print(one.words(), flush=True)
                    if one.hours > options.hours:
                        break
                terminal.press("\x03")
                ended = terminal.wait_for_end()
        finally:
            sandbox.terminate()
            sandbox.wait()
    grown = report(day)
    print(f"exit code {ended};", f"GREW: {', '.join(grown)}" if grown else "flat")
    return 1 if grown or ended else 0


if __name__ == "__main__":
    sys.exit(main())

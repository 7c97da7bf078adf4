"""A day in a few minutes: `python -m tests.soak` has the program watch a served facility, and its own costs stay flat.

Options: --hours 24 --timers 2000; --leak 200 keeps so many bytes of every run, to see that it is found. The sandbox is
a process of its own: only the program is measured. Its clock is put forward as the program reads: twice in an hour of
the facility it refreshes and reads what became of the runs, then keys are pressed, pages are opened and closed, and
what it holds is counted right after it has tidied up, as it does every minute. So nothing hangs on the machine.

The day begins after the first hour, and when what is bounded has filled once: `ROUNDS` times every page was opened, and
`ROUNDS` runs were seen of each timer, of whose newest ones documents, tasks and words are kept. The log
of requests, which takes days to fill, and all code, which is loaded when it is first needed, are there from the start
(`tests.soaked`). Exit code 1 when resident memory grew by 3 %, descriptors, threads or tasks by more than a few,
or objects in a straight line: from each third of the day to the next by more than `EACH_RUN` for every run seen between
them. Of a third that counts which has the fewest, for a page that was just closed may still be held. A leak that keeps
an object of each run is found so, long before the noise of resident memory shows it.
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
    from collections.abc import Iterator, Sequence

KEYS = ("j", "k", "G", "g", "r", "\r", "\x1b", "!", "l", "\x1b", "?", "\x1b", "/clim\r", "\x1b")
AN_HOUR, REFRESHES, PRESSED = 3600, 2, 7
"""Seconds, refreshes and keys of one: all keys in two hours."""
ROUNDS = 3
MOST_GROWTH, EACH_RUN = 0.03, 0.6
MORE = {"descriptors": 4, "threads": min(32, (os.cpu_count() or 1) + 4), "tasks": 20}
"""A refresh that is under way, and a look-up of names beside it, have some of their own; of threads that write files
and look names up there are as many as Python's pool has room for, once so many were busy at one time."""
pseudo.PATIENCE = 900.0


class Sample(NamedTuple):
    """What had happened by then, and what the program held; `objects` are those of Python."""

    hours: int
    keys: int
    refreshes: int
    runs: int
    memory: int
    objects: int
    descriptors: int
    threads: int
    tasks: int

    def words(self) -> str:
        return (
            f"{self.hours:3} h  {self.refreshes:4} refreshes {self.runs:6} runs {self.keys:4} keys  "
            f"{self.memory / 1e6:6.2f} MB {self.objects:7} objects {self.descriptors:3} descriptors "
            f"{self.threads:2} threads {self.tasks:3} tasks"
        )


def served(timers: int) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The sandbox and what points the program at it."""
    words = [sys.executable, "-m", "globus_tui", "sandbox", "--timers", str(timers)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    found: dict[str, str] = {}
    assert process.stdout is not None
    while "GLOBUS_TUI_CLIENT_SECRET" not in found:
        name, _, value = process.stdout.readline().strip().removeprefix("export ").partition("=")
        found[name] = value
    return process, found


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
            for _ in range(REFRESHES):
                self._refresh(AN_HOUR / REFRESHES)
            for number in range(PRESSED):
                self._press(KEYS[(hours * PRESSED + number) % len(KEYS)])
            self._close_pages()
            found = self._until("number", after=self._written())
            hours += 1
            costs = self._process.num_fds(), self._process.num_threads()
            del found["number"]
            yield Sample(hours=hours, keys=self._keys, descriptors=costs[0], threads=costs[1], **found)

    def _refresh(self, seconds: float) -> None:
        body = json.dumps({"advance": seconds}).encode()
        asked = Request(f"{self._service}__sandbox__/clock", body, {"Content-Type": "application/json"}, method="POST")
        before = self._written()
        urlopen(asked).close()
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


def has_filled(one: Sample, timers: int) -> bool:
    """Whether what is bounded has filled once by then."""
    return one.hours * PRESSED >= ROUNDS * len(KEYS) and one.runs >= ROUNDS * timers


def report(day: Sequence[Sample]) -> list[str]:
    """What grew in a day of at least nine hours, each with its figures; prints all of them."""
    few = max(1, len(day) // 8)
    first, last = (sorted(one.memory for one in part)[few // 2] for part in (day[:few], day[-few:]))
    hours = day[-1].hours - day[0].hours
    print(f"memory: from {first / 1e6:.2f} to {last / 1e6:.2f} MB, {last / first - 1:+.1%} in {hours} hours")
    grown = ["memory"] if last > first * (1 + MOST_GROWTH) else []
    third = len(day) // 3
    least = [min(day[at : at + third], key=lambda one: one.objects) for at in (0, third, len(day) - third)]
    steps = [(two.objects - one.objects) / max(1, two.runs - one.runs) for one, two in pairwise(least)]
    print(
        f"objects: from {least[0].objects} to {least[2].objects}, of each run {steps[0]:+.2f} and then {steps[1]:+.2f}"
    )
    grown += ["objects"] if min(steps) > EACH_RUN else []
    for name, more in MORE.items():
        early, late = (median(getattr(one, name) for one in part) for part in (day[:third], day[-third:]))
        print(f"{name}: from {early:.0f} to {late:.0f}")
        grown += [name] if late > early + more else []
    return grown


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
            program = (sys.executable, "-m", "tests.soaked")
            with pseudo.Terminal(environ=environ | found, program=program) as terminal:
                terminal.wait_for("synced")
                watch = Watch(terminal, Path(environ["SOAK_SAMPLE"]), found["GLOBUS_SDK_SERVICE_URL_TIMER"])
                for one in watch.hours():
                    if day or has_filled(one, options.timers):
                        day.append(one)
                    print(one.words() + "  <- the day begins" * (len(day) == 1), flush=True)
                    if day and one.hours >= day[0].hours + options.hours:
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

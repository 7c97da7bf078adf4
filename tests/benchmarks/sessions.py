"""One measured session of each kind: a start, a session of keys and refreshes, an idle watch, the official CLI."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.terminal import KEYS, Link, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
A_ROW = "sim-checkpoints"
"""The name of a timer that needs a person, hence one of the first rows whatever their number."""
A_LIST_AND_ITS_TASKS = 3
"""Requests of a refresh when nothing older is to be caught up with."""
REFRESH, SORT_BY_NAME, SORT_BY_HEALTH, FILTER, ESCAPE = b"r", b"N", b"W", b"/", b"\x1b"


class World:
    """A replayed service with so many timers, and an empty home for those who ask it."""

    def __init__(self, timers: int, address: str, variables: Mapping[str, str], home: Path) -> None:
        self.timers = timers
        self.home = home
        self._address = address
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "SSH_TTY": "/dev/pts/0",
            **variables,
        }

    def wish(self, mode: str) -> None:
        """Chooses what the next lists say: see `replay`."""
        with urllib.request.urlopen(f"{self._address}_replay/{mode}") as answer:
            answer.read()

    def asked(self) -> int:
        """How many lists were asked for since the last call."""
        return self.received()["lists"]

    def received(self) -> dict[str, int]:
        """How many lists and requests of all kinds were received since the last call, and are not answered yet."""
        with urllib.request.urlopen(f"{self._address}_replay/count") as answer:
            found: dict[str, int] = json.loads(gzip.decompress(answer.read()))
            return found

    def forget_cache(self) -> None:
        """The next session starts without rows of the last."""
        for kept in (self.home / ".cache" / "globus_tui").glob("rows-*"):
            kept.unlink()

    def console(self, *options: str, link: Link | None = None) -> Terminal:
        """Our program."""
        return Terminal([sys.executable, "-m", "globus_tui", *options], self.environ, link)

    def floor(self) -> Terminal:
        """A bare Textual program."""
        return Terminal([sys.executable, "-m", "tests.benchmarks.floor"], self.environ)


@contextmanager
def world(timers: int) -> Iterator[World]:
    """Serves so many timers as long as the block runs."""
    command = [sys.executable, "-m", "tests.benchmarks.replay", str(timers)]
    with tempfile.TemporaryDirectory() as home, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        variables: dict[str, str] = {}
        for line in server.stdout:
            if line.strip() == "ready":
                break
            name, value = line.strip().split("=", 1)
            variables[name] = value
        try:
            yield World(timers, variables["GLOBUS_SDK_SERVICE_URL_TIMER"], variables, Path(home))
        finally:
            server.kill()


def seconds_of(*command: str, environ: Mapping[str, str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and MB of a command that prints and ends."""
    start = time.perf_counter()
    child = subprocess.Popen(command, env=dict(environ), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} failed")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def official_list(one: World) -> tuple[float, float, float]:
    """`globus timer list` of the official CLI."""
    return seconds_of(str(Path(sys.executable).with_name("globus")), "timer", "list", environ=one.environ)


def started(one: World, *, cached: bool) -> dict[str, float]:
    """A start: milliseconds to the first line, the first frame, the first row and the live rows; bytes until then.

    With a cache the first frame is what the last session drew, which takes no keys; `own` is the first that does.
    """
    if not cached:
        one.forget_cache()
    terminal = one.console("--refresh", "0")
    found = {"line": terminal.wait_for("starting") * 1000, "frame": terminal.wait_for("HEALTH") * 1000}
    found["rows"] = terminal.wait_for(A_ROW) * 1000
    if cached:
        found["own"] = terminal.wait_for("asking Globus") * 1000
    found["live"] = terminal.wait_for("synced") * 1000
    terminal.settle(0.02)
    found["bytes"] = terminal.total
    terminal.settle(0.4)
    found["cpu"] = terminal.cpu() * 1000
    found["rss"], found["peak"] = terminal.rss(), terminal.peak_rss()
    terminal.leave()
    return found


def worked(one: World, rounds: int) -> dict[str, list[float]]:
    """A session: keys, sorting, filtering, and refreshes in which nothing, something or three cells changed."""
    one.wish("same")
    terminal = one.console("--refresh", "0")
    terminal.wait_for("synced")
    terminal.settle(1.0)
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    terminal.press(KEYS["home"], 0.5)
    for _ in range(rounds):
        first, _, count = terminal.press(KEYS["down"])
        note("down ms", first)
        note("down bytes", count)
    for _ in range(min(rounds, max(2, one.timers // 30))):
        first, _, count = terminal.press(KEYS["page"])
        note("page ms", first)
        note("page bytes", count)
    for key in (SORT_BY_NAME, SORT_BY_HEALTH) * 3:
        note("sort ms", terminal.press(key, 0.3)[1])
    for _ in range(3):
        terminal.press(FILTER, 0.5)
        for letter in (b"c", b"l", b"i"):
            note("filter ms", terminal.press(letter, 0.3)[1])
        terminal.write(ESCAPE)
        terminal.settle(0.4)
        terminal.write(ESCAPE)
        terminal.settle(0.4)
        terminal.press(KEYS["home"], 0.3)
        if "Quit" in "\n".join(terminal.lines()):
            terminal.press(b"n", 0.3)
    terminal.press(SORT_BY_NAME, 0.4)
    terminal.press(KEYS["home"], 0.4)
    _read_all_tasks(one, terminal)
    for mode in ("same", "percent", "cells"):
        one.wish(mode)
        _refresh(one, terminal)
        _refresh(one, terminal)
        for _ in range(5):
            spent, sent, worst = _refresh(one, terminal)
            note(f"{mode} cpu", spent)
            note(f"{mode} bytes", sent)
            note("worst key ms", worst)
    note("peak MB", terminal.peak_rss())
    note("MB", terminal.rss())
    one.wish("same")
    terminal.close()
    return found


def _read_all_tasks(one: World, terminal: Terminal) -> None:
    """Refresh until the tasks behind older runs, 320 each time, are known: they are asked for once."""
    while any(one.received().values()):  # a refresh asked for during the first reading would be dropped
        terminal.settle(1.0)
    for _ in range(8 + one.timers // 250):
        one.received()
        terminal.write(REFRESH)
        _wait_for_a_list(one, terminal)


def _refresh(one: World, terminal: Terminal) -> tuple[float, float, float]:
    """CPU milliseconds and bytes of one refresh, and the slowest of the arrow keys pressed while another goes on."""
    one.asked()
    cpu, total = terminal.cpu(), terminal.total
    terminal.write(REFRESH)
    _wait_for_a_list(one, terminal)
    spent, count = (terminal.cpu() - cpu) * 1000, terminal.total - total
    terminal.write(REFRESH)
    worst = 0.0
    for turn in range(16):
        worst = max(worst, terminal.press(KEYS["down"] if turn % 2 == 0 else KEYS["up"], 0.02)[0])
    _wait_for_a_list(one, terminal)
    return spent, count, worst


def _wait_for_a_list(one: World, terminal: Terminal, longest: float = 30.0) -> None:
    """Wait until a list was asked for and its answer has been worked through: no byte and no work for a while."""
    start = time.perf_counter()
    while not one.asked() and time.perf_counter() - start < longest:
        terminal.read(0.05)
    quiet = 0
    while time.perf_counter() - start < longest:
        before = terminal.cpu()
        terminal.settle(0.3)
        asking = any(one.received().values())
        quiet = 0 if asking or terminal.cpu() - before >= 0.002 else quiet + 1
        if quiet == 2:  # not just between one answer and the next question
            return
    raise TimeoutError("a refresh did not end")


def watched(one: World, seconds: float) -> tuple[float, float]:
    """Bytes a second and per cent CPU of a list that nobody touches and that does not refresh."""
    one.wish("same")
    terminal = one.console("--refresh", "0")
    terminal.wait_for("synced")
    terminal.settle(1.0)
    found = terminal.idle(seconds)
    terminal.close()
    return found


def watched_refreshing(one: World, seconds: float) -> float:
    """CPU seconds an hour of watching with a refresh every 30 s that changes one timer in a hundred."""
    one.wish("percent")
    terminal = one.console("--refresh", "30")
    terminal.wait_for("synced")
    terminal.idle(60)
    for _ in range(8):  # until the tasks behind older runs have been read: once, and not in every hour
        one.received()
        terminal.idle(30)
        if one.received()["requests"] <= A_LIST_AND_ITS_TASKS:
            break
    _, share = terminal.idle(seconds)
    terminal.close()
    one.wish("same")
    return share * 36


def over_a_slow_link(one: World) -> dict[str, float]:
    """200 ms and 20 kB/s: milliseconds until keys are answered, and how long a held key goes on."""
    terminal = one.console("--refresh", "0", link=Link(20_000, 0.2))
    found = {"rows s": terminal.wait_for(A_ROW) + 0.2}
    terminal.wait_for("synced")
    terminal.settle(1.5)
    for name, key in (("down", KEYS["down"]), ("page down", KEYS["page"]), ("sort", SORT_BY_NAME), ("filter", FILTER)):
        first, last, count = terminal.press(key, 0.4)
        found[f"{name} first ms"], found[f"{name} whole ms"], found[f"{name} bytes"] = first, last, count
        terminal.settle(0.5)
    terminal.write(ESCAPE)
    terminal.settle(1.0)
    terminal.press(KEYS["home"], 0.5)
    before = terminal.total
    found["held s"] = terminal.hold(KEYS["down"], 2.0, 30)
    found["held bytes"] = terminal.total - before
    terminal.close()
    return found

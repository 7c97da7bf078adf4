"""One measured session of each kind: a start, a session of keys and refreshes, an idle watch, the official CLI."""

from __future__ import annotations

import gzip
import json
import os
import shutil
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
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
A_ROW = "sim-checkpoints"
"""The name of a timer that needs a person, hence one of the first rows whatever their number."""
A_REST = 0.3
"""Seconds without a byte after which a key has done all that it sets going, what follows the cursor included."""
A_LIST_AND_ITS_TASKS = 3
"""Requests of a refresh when nothing older is to be caught up with."""
REFRESH, SORT_BY_NAME, SORT_BY_HEALTH, FILTER, ESCAPE = b"r", b"N", b"W", b"/", b"\x1b"


class World:
    """A replayed service with so many timers, and an empty home for those who ask it."""

    def __init__(self, timers: int, address: str, variables: Mapping[str, str], home: Path) -> None:
        self.timers = timers
        self.home = home
        self.address = address
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
        with urllib.request.urlopen(f"{self.address}_replay/{mode}") as answer:
            answer.read()

    def asked(self) -> int:
        """How many lists were asked for since the last call."""
        return self.received()["lists"]

    def received(self) -> dict[str, int]:
        """How many lists and requests of all kinds were received since the last call, and are not answered yet."""
        with urllib.request.urlopen(f"{self.address}_replay/count") as answer:
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


def floor(one: World) -> dict[str, float]:
    """A bare Textual program: wall and processor milliseconds to its first text."""
    terminal = one.floor()
    found = {"wall": terminal.wait_for("nothing but") * 1000, "cpu": terminal.cpu() * 1000}
    terminal.close()
    return found


def started(one: World, *, cached: bool) -> dict[str, float]:
    """A start: milliseconds to the first line, the first row that takes keys, and the live rows; bytes until then."""
    if not cached:
        one.forget_cache()
    terminal = one.console("--refresh", "0")
    found = {"line": terminal.wait_for("starting") * 1000, "rows": terminal.wait_for(A_ROW) * 1000}
    found["live"] = terminal.wait_for("synced") * 1000
    found["cpu"] = terminal.cpu() * 1000
    terminal.settle(0.02)
    found["bytes"] = terminal.total
    terminal.settle(0.4)
    found["rss"], found["peak"] = terminal.rss(), terminal.peak_rss()
    terminal.leave()
    return found


def worked(one: World, rounds: int) -> dict[str, list[float]]:
    """A session: keys at rest, sorting, filtering, and refreshes in which nothing, something or all changed."""
    one.wish("same")
    terminal = one.console("--refresh", "0")
    terminal.wait_for("synced")
    terminal.settle(1.0)
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    def press(name: str, key: bytes, quiet: float) -> None:
        before = terminal.cpu()
        first, last, count = terminal.press(key, quiet)
        note(f"{name} first ms", first)
        note(f"{name} ms", last)
        note(f"{name} bytes", count)
        note(f"{name} cpu", (terminal.cpu() - before) * 1000)

    _press_keys(one, terminal, rounds, press)
    terminal.press(SORT_BY_NAME, 0.4)
    terminal.press(KEYS["home"], 0.4)
    _read_all_tasks(one, terminal)
    for mode in ("same", "percent", "cells", "all"):
        one.wish(mode)
        _refresh(one, terminal)
        _refresh(one, terminal)
        for _ in range(3):
            spent, sent, worst = _refresh(one, terminal)
            note(f"{mode} cpu", spent)
            note(f"{mode} bytes", sent)
            note("worst key ms", worst)
    note("peak MB", terminal.peak_rss())
    one.wish("same")
    terminal.close()
    return found


def _press_keys(one: World, terminal: Terminal, rounds: int, press: Callable[[str, bytes, float], None]) -> None:
    terminal.press(KEYS["home"], 0.5)
    for _ in range(rounds):
        press("down", KEYS["down"], A_REST)
    for _ in range(min(rounds, max(2, one.timers // 30))):
        press("page", KEYS["page"], A_REST)
    for key in (SORT_BY_NAME, SORT_BY_HEALTH) * 3:
        press("sort", key, 0.3)
    for _ in range(3):
        press("opened filter", FILTER, 1.5)
        for letter in (b"c", b"l", b"i"):
            press("filter", letter, 0.3)
        terminal.write(ESCAPE)
        terminal.settle(0.4)
        terminal.write(ESCAPE)
        terminal.settle(0.4)
        terminal.press(KEYS["home"], 0.3)
        if "Quit" in "\n".join(terminal.lines()):
            terminal.press(b"n", 0.3)


def bare_list(rounds: int) -> tuple[list[float], list[float]]:
    """The list alone, with rows that are there already: processor milliseconds and bytes of an arrow key at rest."""
    program = str(Path(__file__).with_name("list_programs.py"))
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    terminal = Terminal([sys.executable, program, "lines", "1000"], environ)
    terminal.wait_for("climate-nightly-0")
    terminal.settle(1.0)
    spent, sent = [], []
    for _ in range(rounds):
        before = terminal.cpu()
        sent.append(float(terminal.press(KEYS["down"], A_REST)[2]))
        spent.append((terminal.cpu() - before) * 1000)
    terminal.close()
    return spent, sent


def decoding(one: World) -> float:
    """Processor milliseconds of `json.loads` of the list's body, for comparison."""
    with urllib.request.urlopen(f"{one.address}_replay/body") as answer:
        body = gzip.decompress(answer.read())
    spent = []
    for _ in range(3):
        before = time.process_time()
        json.loads(body)
        spent.append((time.process_time() - before) * 1000)
    return min(spent)


def files_asked_for(one: World) -> tuple[int, int] | None:
    """Files opened and paths asked for by a start until its rows are live; None without strace."""
    if (strace := shutil.which("strace")) is None:
        return None
    said = one.home / "strace"
    command = [strace, "-f", "-e", "trace=%file", "-o", str(said), sys.executable, "-m", "globus_tui", "--refresh", "0"]
    terminal = Terminal(command, one.environ)
    terminal.wait_for("synced", 120)
    lines = [line for line in said.read_text().splitlines() if "resumed>" not in line]
    terminal.close()
    return sum("open" in line.split("(")[0] for line in lines), len(lines)


def lines_of(*folders: str) -> int:
    """Lines of Python in folders of the program."""
    files = (path for one in folders for path in (ROOT / "globus_tui" / one).rglob("*.py"))
    return sum(len(path.read_text().splitlines()) for path in files)


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


def watched(one: World, seconds: float) -> tuple[float, float, float]:
    """Bytes a second, per cent CPU and wake-ups a second of a list that nobody touches and that does not refresh."""
    one.wish("same")
    terminal = one.console("--refresh", "0")
    terminal.wait_for("synced")
    terminal.settle(5.0)
    before = _wake_ups(terminal.pid)
    rate, share = terminal.idle(seconds)
    woken = (_wake_ups(terminal.pid) - before) / seconds
    terminal.close()
    return rate, share, woken


def _wake_ups(pid: int) -> int:
    found = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        said = (thread / "status").read_text().split()
        found += int(said[said.index("voluntary_ctxt_switches:") + 1])
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
    found = {"rows s": terminal.wait_for("HEALTH") + 0.2}
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


def a_visit(one: World) -> dict[str, float]:
    """What a user does over 200 ms and 20 kB/s: open, look at a timer, back, filter, sort, leave; seconds and bytes."""
    terminal = one.console("--refresh", "30", link=Link(20_000, 0.2))
    found = {"opened": terminal.wait_for("HEALTH") + 0.2}
    terminal.wait_for("synced")
    terminal.settle(1.0)
    total = found["opened"]
    for name, keys in (
        ("looked", (KEYS["down"], KEYS["down"], b"\r")),
        ("back", (ESCAPE,)),
        ("filtered", (FILTER, b"c", b"l", b"i", b"m", b"\r")),
        ("sorted", (SORT_BY_NAME,)),
    ):
        found[name] = sum(terminal.press(key, 0.4)[1] for key in keys) / 1000
        total += found[name]
    begun = time.perf_counter()
    terminal.leave()
    found["left"] = time.perf_counter() - begun
    return {**found, "together": total + found["left"], "bytes": terminal.total}

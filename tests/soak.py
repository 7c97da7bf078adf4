"""A day in a few minutes: `python -m tests.soak` has the program watch a served facility, and its own costs stay flat.

Options: --hours 24 --timers 2000 --speed 240. The sandbox is a process of its own: only the program is measured. The
first three minutes, whatever hour it is by then, are for warming up: so long it takes to read the tasks behind the runs
of 2,000 timers. Exit code 1 when something grew.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.cli.terminal import Terminal

MOST_GROWTH, WARMING_UP = 0.03, 180.0
KEYS = ["j", "k", "G", "g", "r", "\r", "\x1b", "!", "l", "\x1b", "?", "\x1b", "/clim\r", "\x1b"]
COUNTING = """
import asyncio, threading, time
def count():
    while True:
        with open({path!r}, "w") as file:
            file.write(str(len(asyncio.tasks._all_tasks)))
        time.sleep(0.5)
threading.Thread(target=count, name="count", daemon=True).start()
"""


def served(timers: int, speed: float) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The sandbox and what points the program at it."""
    words = [sys.executable, "-m", "globus_tui", "sandbox", "--timers", str(timers), "--speed", str(speed)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    found: dict[str, str] = {}
    assert process.stdout is not None
    while "GLOBUS_TUI_CLIENT_SECRET" not in found:
        name, _, value = process.stdout.readline().strip().removeprefix("export ").partition("=")
        found[name] = value
    return process, found


def main() -> int:
    """Runs the day and says what it cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--timers", type=int, default=2000)
    parser.add_argument("--speed", type=float, default=240)
    options = parser.parse_args()
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as home:
        tasks = Path(home) / "tasks"
        (Path(home) / "sitecustomize.py").write_text(COUNTING.format(path=str(tasks)))
        sandbox, environ = served(options.timers, options.speed)
        environ |= {"HOME": home, "PYTHONPATH": f"{home}:{os.getcwd()}", "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        environ |= {"XDG_RUNTIME_DIR": home, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        seen: list[tuple[float, int, int, int, int]] = []
        try:
            with Terminal("--refresh", "10", environ=environ) as terminal:
                terminal.wait_for("synced")
                process, begun = psutil.Process(terminal.process.pid), time.monotonic()
                for key in KEYS * 2:  # each page is loaded when it is opened first
                    terminal.press(key)
                    terminal.wait_for_rest()
                while (hours := (time.monotonic() - begun) * options.speed / 3600) < options.hours:
                    assert terminal.process.poll() is None, f"it ended by itself:\n{terminal.text}"
                    until = time.monotonic() + max(2.0, 900 / options.speed)
                    terminal.press(draw.choice(KEYS))
                    while time.monotonic() < until:
                        terminal._read(0.2)
                        terminal.raw = terminal.raw[-1000:]
                    memory = process.memory_info().rss
                    seen.append((hours, memory, process.num_fds(), process.num_threads(), int(tasks.read_text() or 0)))
                    words = "{:5.1f} h  {:6.1f} MB  {} descriptors  {} threads  {} tasks"
                    print(words.format(hours, memory / 1e6, *seen[-1][2:]), flush=True)
                terminal.press("\x03")
                ended = terminal.wait_for_end()
        finally:
            sandbox.terminate()
            sandbox.wait()
    return report([one for one in seen if one[0] >= WARMING_UP * options.speed / 3600] or seen, ended)


def report(seen: list[tuple[float, int, int, int, int]], ended: int) -> int:
    """Compares the second third with the last: a peak in between is none of growth."""
    third = max(1, len(seen) // 3)
    early, late = seen[third : 2 * third] or seen[:1], seen[-third:]
    grown = []
    for at, name in enumerate(("memory", "descriptors", "threads", "tasks"), start=1):
        before, after = (sorted(one[at] for one in part)[len(part) // 2] for part in (early, late))
        first, last = (sorted(one[at] for one in part)[len(part) // 2] for part in (seen[:third], late))
        room = {"memory": first * MOST_GROWTH, "tasks": 20}.get(name, 2)  # a refresh under way has tasks of its own
        limit = max(first, before if at > 1 else first) + room
        grown += [name] if last > limit else []
        print(f"{name}: {first} after warming up, {after} at the end")
    print(f"exit code {ended};", f"GREW: {', '.join(grown)}" if grown else "flat")
    return 1 if grown or ended else 0


if __name__ == "__main__":
    sys.exit(main())

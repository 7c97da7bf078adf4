"""Whatever happens to its terminal, the program is gone soon after, and has let go of what it held."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from tests.cli.terminal import Terminal
from tests.cpu import children, late
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = "climate-nightly-mirror"
AT_MOST = 3.0
"""Seconds that the program promises."""


@pytest.fixture
def busy() -> Iterator[None]:
    """Other people's work on this machine, on every processor."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=lambda: os.nice(5))
        for _ in range(os.cpu_count() or 1)
    ]
    yield
    for one in loops:
        one.kill()
        one.wait()


def ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code; the end comes in time."""
    begun = time.monotonic()
    code = process.wait(100)
    assert time.monotonic() - begun < AT_MOST + late()
    return code


def rows() -> list[Path]:
    return list(Path.home().glob(".cache/globus_tui/rows-*"))


@pytest.mark.parametrize("leads", [True, False], ids=["its own terminal", "a terminal that tells nobody"])
@pytest.mark.parametrize("mouse", [("--mouse",), ()], ids=["mouse", "no mouse"])
def test_a_terminal_that_is_gone(served: Served, mouse: tuple[str, ...], leads: bool) -> None:
    with Terminal("--refresh", "30", *mouse, leads=leads) as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        terminal.hang_up()
        assert ended(terminal.process) == 129
    assert rows(), "what is known is kept"


def test_a_terminal_that_is_gone_while_a_slow_service_is_asked_on_a_busy_machine(served: Served, busy: None) -> None:
    with Terminal("--refresh", "30", "--mouse", leads=True) as terminal:
        terminal.wait_for(ROWS)
        served.sandbox.faults.add(Fault(kind="pass", delay=60, times=None))
        terminal.press("r")
        terminal.wait_for_rest()
        terminal.hang_up()
        assert ended(terminal.process) in (129, -signal.SIGALRM)


def test_a_terminal_that_is_gone_before_the_first_answer(served: Served) -> None:
    served.sandbox.faults.add(Fault(kind="pass", delay=60, times=None))
    with Terminal(leads=True) as terminal:
        terminal.wait_for("starting")
        terminal.hang_up()
        assert ended(terminal.process) == 129


def test_a_draft_is_kept_when_the_terminal_goes(served: Served) -> None:
    with Terminal("--refresh", "0", leads=True) as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        terminal.press("n")
        terminal.wait_for("What is to be made?")
        terminal.wait_for_rest()
        terminal.press("\r")
        terminal.wait_for_rest()
        terminal.press("beamline 7 data")
        terminal.wait_for_rest()
        terminal.press("\r")
        terminal.wait_for("guest, can be used")
        terminal.wait_for_rest()
        terminal.press("/raw/")
        terminal.wait_for("/raw/")  # which the folder offers before the last key is through
        terminal.wait_for_rest()
        terminal.hang_up()
        assert ended(terminal.process) == 129
    (draft,) = (Path.home() / ".local/state/globus_tui/drafts/default").glob("*.json")
    assert "/raw/" in json.dumps(json.loads(draft.read_text())["draft"])


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_terminal_that_does_not_read_any_more(served: Served, told: signal.Signals) -> None:
    """The writer is stuck in the terminal, and whoever draws in front of the writer."""
    with Terminal("--refresh", "0", "--mouse", size=(200, 60), leads=True) as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        hold_up(terminal)
        terminal.process.send_signal(told)
        assert ended(terminal.process) == 128 + told
        terminal.wait_for_end()  # what the system kept of it is read now
        assert terminal.is_left()
    assert rows(), "what is known is kept"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_that_was_stopped_with_ctrl_s(served: Served, told: signal.Signals) -> None:
    """What the system does for that key: nothing that is written goes out until ctrl+q."""
    with Terminal("--refresh", "0", leads=True) as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        termios.tcflow(terminal._slave, termios.TCOOFF)
        hold_up(terminal)
        terminal.process.send_signal(told)
        assert ended(terminal.process) == 128 + told
        assert termios.tcgetattr(terminal._slave) == terminal.before, "no raw mode any more"
    assert rows(), "what is known is kept"


def hold_up(terminal: Terminal) -> None:
    """Has it draw until it waits for somebody to read."""
    for _ in range(400):
        with contextlib.suppress(BlockingIOError):
            terminal.press("?\x1b")
        if stuck(terminal.process.pid):
            return
        time.sleep(0.02)
    raise AssertionError("it never waits")


def stuck(pid: int) -> bool:
    """Whether a thread waits in the terminal to write."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            if "n_tty_write" in (thread / "stack").read_text() or (thread / "wchan").read_text() == "n_tty_write":
                return True
    return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_an_event_loop_that_hangs(monkeypatch: pytest.MonkeyPatch, told: signal.Signals) -> None:
    """Whatever holds it up: here somebody reads a link, and nothing can be drawn meanwhile."""
    with serving() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        with Terminal(leads=True) as terminal:
            terminal.wait_for("Nobody is signed in")
            terminal.wait_for_rest()
            terminal.press("S")
            terminal.wait_for("print it bare")
            terminal.wait_for_rest()
            terminal.press("p")
            terminal.wait_for("Press Enter to go back")
            terminal.process.send_signal(told)
            assert ended(terminal.process) == 128 + told


def test_a_file_system_that_hangs_cannot_hold_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import time\nfrom globus_tui.cli.ending import ENDING\n"
        "for _ in range(2):\n    ENDING.at_last(lambda: time.sleep(60))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Terminal("--demo", "--demo-speed", "0", leads=True) as terminal:
        terminal.wait_for("enter Open")
        terminal.process.send_signal(signal.SIGTERM)
        assert ended(terminal.process) == -signal.SIGALRM, "the kernel's clock"


def test_suspended_and_then_hung_up(served: Served) -> None:
    shell = ("bash", "--norc", "-i")
    with Terminal(program=shell, environ={"PS1": "ready> "}, leads=True) as terminal:
        terminal.wait_for("ready>")
        terminal.press(f"{sys.executable} -m globus_tui --refresh 0\r")
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        (program,) = children(terminal.process.pid)
        terminal.press("\x1a")
        terminal.wait_for("Stopped")
        terminal.hang_up()
        assert gone(lambda: not alive(program))
    assert rows(), "what is known is kept"


def test_suspended_and_told_to_end_it_leaves_the_shell_its_terminal(served: Served) -> None:
    shell = ("bash", "--norc", "-i")
    with Terminal(program=shell, environ={"PS1": "ready> "}, leads=True) as terminal:
        terminal.wait_for("ready>")
        terminal.press(f"{sys.executable} -m globus_tui --refresh 0\r")
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        (program,) = children(terminal.process.pid)
        terminal.press("\x1a")
        terminal.wait_for("Stopped")
        written = len(terminal.raw)
        terminal.press("kill -TERM %1; kill -CONT %1\r")
        terminal.wait_for(lambda: not alive(program))
        terminal.press("echo still $((6 * 7))\r")
        terminal.wait_for("still 42")
        assert b"1049" not in terminal.raw[written:]


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def gone(ready: Callable[[], bool]) -> bool:
    """Whether it is, in time."""
    until = time.monotonic() + AT_MOST + late()
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


# --- commands


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_login_that_waits_for_the_code(monkeypatch: pytest.MonkeyPatch, told: signal.Signals) -> None:
    with serving() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        with Terminal("login") as terminal:
            terminal.wait_for("Paste the code")
            terminal.wait_for_rest()
            terminal.process.send_signal(told)
            assert ended(terminal.process) == 128 + told
            assert terminal.is_sane(), "what is typed is shown again"
            assert "Traceback" not in terminal.text
        with Terminal("login", leads=True) as terminal:
            terminal.wait_for("Paste the code")
            terminal.wait_for_rest()
            terminal.hang_up()
            assert ended(terminal.process) == 129


@pytest.mark.parametrize("command", ["doctor", "logout"])
def test_a_command_that_waits_for_a_service(served: Served, command: str) -> None:
    asked = served.sandbox.faults.add(Fault(kind="pass", delay=60, times=None))
    with Terminal(command, leads=True) as terminal:
        terminal.wait_for(lambda: asked.seen)
        terminal.hang_up()
        assert ended(terminal.process) == 129


_IN_A_CALLBACK = """
import os, signal, sys, time, weakref
from globus_tui import __main__, cli

def begin(arguments, process):
    dropped = set()
    told = weakref.ref(dropped, lambda _: os.kill(os.getpid(), signal.SIGINT))
    try:
        del dropped
        time.sleep(100)
    except KeyboardInterrupt:
        return 130

cli.run = begin
__main__.main()
"""


def test_ctrl_c_in_a_callback_that_nobody_calls() -> None:
    """As the one behind every import: Python says that it ignores what is raised there."""
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_A_CALLBACK],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.communicate(timeout=100)[1] == b""
    assert process.returncode == 130

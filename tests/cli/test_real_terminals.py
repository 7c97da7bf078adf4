"""In tmux, in GNU screen and over a real sshd on loopback, where those are installed."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.cli.terminal import fit_colours, wants_ascii
from globus_tui.themes import fitting_theme
from tests.cli.terminal import Terminal
from tests.cpu import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = "climate-nightly-mirror"
STILL = ("--demo", "--demo-speed", "0", "--refresh", "0", "--zone", "UTC")
SMALL, LARGE = (80, 24), (120, 36)
AT_MOST = 3.0
"""Seconds that the program promises."""
SSHD = shutil.which("sshd") or "/usr/sbin/sshd"

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")
needs_screen = pytest.mark.skipif(shutil.which("screen") is None, reason="no GNU screen here")
needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None or not Path(SSHD).exists(), reason="no sshd here")


class Program:
    """The program, somewhere inside: what to start, and whether it still runs."""

    def __init__(self, folder: Path) -> None:
        self._pid = folder / "pid"
        self.command = f"echo $$ >{self._pid}; exec {sys.executable} -m globus_tui {shlex.join(STILL)}"

    def runs(self) -> bool:
        """Whether it does."""
        with contextlib.suppress(OSError, ValueError):
            stat = Path(f"/proc/{int(self._pid.read_text())}/stat").read_text()
            return stat.rpartition(")")[2].split()[0] != "Z"
        return False

    def is_gone(self) -> bool:
        """It ends in time."""
        return within(AT_MOST + late(), lambda: not self.runs())


def within(seconds: float, ready: Callable[[], bool]) -> bool:
    """Whether it comes about in time."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


class Tmux:
    """A server of our own."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.socket = str(folder / "tmux")
        size = ("-x", str(LARGE[0]), "-y", str(LARGE[1]))
        self.call("-f", "/dev/null", "new-session", "-d", *size, program.command)
        self._server = int(self.call("display-message", "-p", "#{pid}"))

    def call(self, *words: str) -> str:
        """One command of tmux; gives what it says."""
        command = ["tmux", "-S", self.socket, *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=100).stdout

    def attach(self, size: tuple[int, int]) -> Terminal:
        """A client."""
        terminal = Terminal(program=("tmux", "-S", self.socket, "attach"), size=size, leads=True)
        terminal.beside = lambda: (self._server,)  # and what it started
        return terminal


@pytest.fixture
def tmux(program: Program, tmp_path: Path) -> Iterator[Tmux]:
    one = Tmux(program, tmp_path)
    yield one
    one.call("kill-server")


@needs_tmux
@pytest.mark.parametrize("sizes", [(LARGE, SMALL), (SMALL, LARGE), (SMALL, SMALL)], ids=["smaller", "larger", "same"])
def test_attached_again_the_screen_is_right(tmux: Tmux, sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    first, second = sizes
    with tmux.attach(first) as terminal:
        terminal.wait_for("enter Open")
        terminal.wait_for_rest()
        terminal.press("jjj")
        terminal.wait_for_rest()
        tmux.call("detach-client")
        terminal.wait_for_end()
    with tmux.attach(second) as terminal:
        # tmux shows what it has at once, and tells the program of its size a little later.
        terminal.wait_for(lambda: terminal.lines[0].startswith(" globus_tui") and "q Quit" in terminal.lines[-2])
        terminal.wait_for_rest()
        terminal.wait_for_rest()
        shown = terminal.lines[:-1]  # the last line is tmux's own
        terminal.press("\x0c")
        terminal.wait_for_rest()
        assert terminal.lines[:-1] == shown
        terminal.press("\x03")
        terminal.wait_for_end()


@needs_tmux
@pytest.mark.parametrize("word", ["kill-session", "kill-server"])
@pytest.mark.parametrize("attached", [True, False], ids=["attached", "detached"])
def test_killed_with_its_session(tmux: Tmux, program: Program, word: str, attached: bool) -> None:
    with tmux.attach(SMALL) as terminal:
        terminal.wait_for("enter Open")
        terminal.wait_for_rest()
        if not attached:
            tmux.call("detach-client")
            terminal.wait_for_end()
        tmux.call(word)
        assert program.is_gone()


@needs_tmux
def test_a_client_that_is_killed_leaves_it_alone(tmux: Tmux, program: Program) -> None:
    with tmux.attach(SMALL) as terminal:
        terminal.wait_for("enter Open")
        terminal.process.kill()
        terminal.wait_for_end()
    with tmux.attach(SMALL) as terminal:
        terminal.wait_for(ROWS)
        terminal.press("?")
        terminal.wait_for("type to search the keys")
        assert program.runs()


@pytest.fixture
def screens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "screens"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("SCREENDIR", str(folder))
    return f"test{os.getpid()}"


@needs_screen
def test_in_gnu_screen_colours_are_those_it_knows(program: Program, screens: str) -> None:
    start = ("screen", "-c", "/dev/null", "-U", "-T", "xterm-256color", "-S", screens, "sh", "-c", program.command)
    with Terminal(program=start, size=SMALL, environ={"COLORTERM": "truecolor"}, leads=True) as terminal:
        terminal.wait_for("enter Open")
        terminal.wait_for_rest()
        assert b"38;5;" in terminal.raw
        assert b"38;2;" not in terminal.raw
        terminal.press("\x01d")
        terminal.wait_for_end()
    with Terminal(program=("screen", "-r", screens), size=SMALL, leads=True) as terminal:
        terminal.wait_for(ROWS)
        subprocess.run(["screen", "-S", screens, "-X", "quit"], check=False, capture_output=True, timeout=30)
        assert program.is_gone()


class Sshd:
    """A server on loopback, and how to log in there."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        (folder / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
            f"PidFile {folder}/sshd.pid\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n"
        )
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=self.log)
        self.client = (
            *("ssh", "-tt", "-F", "/dev/null", "-i", str(folder / "user"), "-p", str(self.port)),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
            f"{getpass.getuser()}@127.0.0.1",
        )

    def answers(self) -> bool:
        """Whether one can log in."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    one = Sshd(tmp_path)
    try:
        if not within(20, one.answers):
            pytest.skip("sshd does not start here")
        yield one
    finally:
        one.process.kill()
        one.process.wait()
        one.log.close()


@needs_ssh
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None], ids=["killed", "ended", "terminal gone"])
def test_over_ssh_it_goes_with_the_client(sshd: Sshd, program: Program, how: signal.Signals | None) -> None:
    home = f"export HOME={os.environ['HOME']} LANG=C.UTF-8; {program.command} --mouse"
    with Terminal(program=(*sshd.client, home), size=SMALL, leads=True) as terminal:
        terminal.wait_for("enter Open")
        terminal.resize(LARGE)
        terminal.process.send_signal(signal.SIGWINCH)
        terminal.wait_for(lambda: "q Quit" in terminal.lines[-1])
        if how is None:
            terminal.hang_up()
        else:
            terminal.process.send_signal(how)
        assert program.is_gone()


# --- what is decided by the user's variables


@pytest.mark.parametrize(
    "own", [{"LANG": ""}, {"LANG": "C"}, {"LANG": "POSIX"}, {"LC_ALL": "C", "LANG": "de_DE.UTF-8"}]
)
def test_a_locale_without_characters_is_drawn_in_ascii(own: dict[str, str]) -> None:
    with Terminal(*STILL, environ={"LC_ALL": "", "LC_CTYPE": "", **own}) as terminal:
        terminal.wait_for("enter Open")
        assert terminal.text.isascii()
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("own", [{"LC_CTYPE": "C.UTF-8"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "C.UTF-8", "LANG": "C"}])
def test_a_locale_with_characters_is_not(own: dict[str, str]) -> None:
    with Terminal(*STILL, environ={"LC_ALL": "", "LC_CTYPE": "", "LANG": "", **own}) as terminal:
        terminal.wait_for("enter Open")
        assert not terminal.text.isascii()
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("name", ["xterm-mono", "linux-m"])
def test_a_terminal_whose_name_says_that_it_has_no_colours_gets_none(name: str) -> None:
    environ = {"TERM": name, "COLORTERM": "truecolor"}
    fit_colours(environ)
    assert environ["NO_COLOR"]
    assert fitting_theme(environ) == "ansi-dark"


def test_colours_in_screen() -> None:
    inside = {"STY": "1.pts", "COLORTERM": "truecolor", "TERM": "screen", "LANG": "en_US.UTF-8"}
    fit_colours(inside)
    assert "COLORTERM" not in inside
    assert fitting_theme(inside) == "globus-dark"
    assert not wants_ascii(inside)
    in_tmux = {"STY": "1.pts", "TMUX": "/tmp/tmux", "COLORTERM": "truecolor"}
    fit_colours(in_tmux)
    assert in_tmux["COLORTERM"] == "truecolor"


def test_the_size_is_the_terminals_own() -> None:
    files = {"stdout": subprocess.PIPE}
    with Terminal(*STILL, size=LARGE, environ={"COLUMNS": "80", "LINES": "24"}, files=files) as terminal:
        terminal.wait_for("enter Open")
        assert "q Quit" in terminal.lines[-1]
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


def test_function_keys_of_the_linux_console_are_no_letters() -> None:
    with Terminal(*STILL) as terminal:
        terminal.wait_for("enter Open")
        terminal.wait_for_rest()
        before = terminal.lines
        for number in (25, 26, 28, 29, 31, 32, 33, 34):
            terminal.press(f"\x1b[{number}~")
            terminal.wait_for_rest()
            terminal.wait_for("does nothing here")
            told = [line for line, old in zip(terminal.lines, before, strict=True) if line != old]
            assert len(told) == 1, "they are named, and nothing is typed"
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0

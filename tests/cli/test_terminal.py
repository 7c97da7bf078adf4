"""`globus-tui --demo` in a real pseudo-terminal: it draws, keys work, and it leaves the terminal as it was."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import globus_tui
from tests.cli.terminal import Terminal

ROWS = "climate-nightly-mirror"


def test_the_demo_draws_the_list_keys_work_and_q_y_leaves_the_terminal_sane() -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for("enter Open")
        assert "11 SIGN-IN" in terminal.lines[1]
        terminal.press("/clim")
        terminal.wait_for("4 of 79")
        terminal.press("\r")
        terminal.wait_for("filter: clim")
        terminal.press("?")
        terminal.wait_for("type to search the keys")
        terminal.press("\x1b")
        terminal.wait_for(lambda: "type to search the keys" not in terminal.text)
        terminal.press("\x1b")
        terminal.wait_for(lambda: terminal.lines[1].startswith(" 79: "))
        terminal.press("q")
        terminal.wait_for("Quit?")
        terminal.agree()
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()
        assert b"Traceback" not in terminal.raw


def test_ctrl_c_leaves_at_once_and_leaves_the_terminal_sane() -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for(ROWS)
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()


@pytest.mark.parametrize(("keys", "shown"), [("?", "type to search the keys"), ("X", "for good?"), ("\x1b", "Quit?")])
def test_ctrl_c_leaves_at_once_whatever_is_on_the_screen(keys: str, shown: str) -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("enter Open")
        terminal.wait_for_rest()
        terminal.press(keys)
        terminal.wait_for(shown)
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_by_the_system_it_leaves_the_terminal_sane(told: signal.Signals) -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("enter Open")
        terminal.process.send_signal(told)
        assert terminal.wait_for_end() == 128 + told
        assert terminal.is_sane()


def test_a_console_whose_files_were_replaced_meanwhile_ends_with_the_reason(tmp_path: Path) -> None:
    copy = shutil.copytree(Path(globus_tui.__file__).parent, tmp_path / "globus_tui")
    program = (sys.executable, "-P", "-m", "globus_tui")
    with Terminal("--demo", environ={"PYTHONPATH": str(tmp_path)}, program=program) as terminal:
        terminal.wait_for(ROWS)
        terminal.wait_for_rest()
        for file in copy.rglob("windows*.py*"):  # as an upgrade that moves them
            file.unlink()
        terminal.press("M")
        terminal.wait_for("as by an upgrade: start it again.")
        assert terminal.wait_for_end() == 1
        assert terminal.is_sane()


def test_letters_that_arrive_together_with_the_slash_are_typed_and_never_act_on_a_timer() -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("enter Open")
        terminal.press("/sX/sensor")
        terminal.wait_for("sX/sensor")
        terminal.wait_for(" 0 of 79")
        assert "paus" not in terminal.lines[-2]
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


def test_the_screen_is_drawn_though_standard_output_is_a_pipe() -> None:
    with Terminal("--demo", "--demo-speed", "0", files={"stdout": subprocess.PIPE}) as terminal:
        terminal.wait_for(ROWS)
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
        assert terminal.process.stdout is not None
        assert terminal.process.stdout.read() == b""


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
def test_it_draws_at_every_size(size: tuple[int, int]) -> None:
    with Terminal("--demo", "--demo-speed", "0", size=size) as terminal:
        terminal.wait_for("SIGN-IN")
        terminal.wait_for("climate-")
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


def test_a_still_screen_sends_nothing() -> None:
    with Terminal("--demo", "--demo-speed", "0", "--refresh", "0") as terminal:
        terminal.wait_for(ROWS)
        quiet = 0
        while quiet < 20:  # a second without a byte; the first ones still belong to starting up
            before = len(terminal.raw)
            terminal._read(0.05)
            quiet = quiet + 1 if len(terminal.raw) == before else 0
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize(("term", "words"), [("dumb", "TERM is dumb"), ("", "TERM is not set")])
def test_a_terminal_that_cannot_show_it_gets_one_line(term: str, words: str) -> None:
    with Terminal("--demo", environ={"TERM": term}) as terminal:
        assert terminal.wait_for_end() == 2
        said = terminal.raw.decode().strip()
        assert said.startswith(f"globus-tui: {words}")
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("stream", "words"), [("stdin", "standard input is not a terminal"), ("stderr", "standard error is not a terminal")]
)
def test_without_a_terminal_it_says_which_end_is_missing(stream: str, words: str, tmp_path: Path) -> None:
    with (tmp_path / "end").open("w+b") as end, Terminal("--demo", files={stream: end}) as terminal:
        assert terminal.wait_for_end() == 2
        end.seek(0)
        said = (terminal.raw + end.read()).decode().strip()
        assert said.startswith(f"globus-tui: {words}")
        assert len(said.splitlines()) == 1


def test_a_zone_that_does_not_exist_is_said_in_one_line_with_the_terminal_sane() -> None:
    with Terminal("--demo", "--zone", "Nowhere/At") as terminal:
        assert terminal.wait_for_end() == 2
        assert "there is no time zone 'Nowhere/At'" in terminal.text
        assert b"Traceback" not in terminal.raw
        assert terminal.is_sane()

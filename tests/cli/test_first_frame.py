"""A start in a real terminal, held where nothing is loaded yet: what stands on the screen, and how it goes on or ends.

The settings are a pipe that nobody writes to: the program waits for them once the first frame is drawn.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Terminal
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = "climate-nightly-mirror"
OPTIONS = ("--refresh", "0", "--zone", "UTC")
TEXTUAL_BEGINS = b"\x1b[?1004h"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pipe."""
    path = tmp_path / "config.toml"
    os.mkfifo(path)
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(path))
    return path


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The facility with its operator signed in."""
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(one.sign_in())
        yield one


@pytest.fixture
def left_once(served: Served, settings: Path) -> Served:
    """A session has been left on its last row, filtered."""
    with Terminal(*OPTIONS) as terminal:
        go_on(settings)
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        assert "as of" not in terminal.text
        terminal.press("/clim\r")
        terminal.wait_for("filter: clim")
        terminal.press("G\x11")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()
    return served


def go_on(settings: Path, words: str = "") -> None:
    """Lets the program read its settings; it must be waiting for them, or be about to."""
    with settings.open("w") as pipe:
        pipe.write(words)


def drawn() -> Path:
    return Path.home() / ".cache/globus_tui/rows-drawn"


def test_the_list_of_the_last_session_stands_there_with_its_age_and_live_rows_take_its_place(
    left_once: Served, settings: Path
) -> None:
    assert drawn().stat().st_mode & 0o777 == 0o600
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        assert terminal.lines[0].rstrip().endswith("- starting")
        assert " as of " in terminal.lines[0]
        assert terminal.lines[1].startswith(" 79: "), "nothing is filtered"
        assert TEXTUAL_BEGINS not in terminal.raw
        shown = terminal.lines[1:]
        go_on(settings)
        terminal.wait_for("synced")
        assert "starting" not in terminal.text
        assert terminal.raw.count(b"\x1b[?1049h") == 1
        assert terminal.raw.count(b"\x1b[2J") == 1
        _, _, written = terminal.raw.partition(TEXTUAL_BEGINS)
        first = written.partition(b"asking Globus")[0]
        assert len(first) < 400, "of what stands there already nothing is written again"
        assert [one[:40] for one in shown[3:8]] == [one[:40] for one in terminal.lines[4:9]]
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()


def test_keys_pressed_at_it_are_not_shown_and_do_nothing(left_once: Served, settings: Path) -> None:
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        before = terminal.text
        terminal.press("G?X")
        go_on(settings)
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        assert "Delete" in terminal.text.splitlines()[-2] + terminal.text.splitlines()[-1], "the hints of the list"
        assert "type to search the keys" not in terminal.text
        assert "G?X" not in before + terminal.text
        assert b"G?X" not in terminal.raw
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0


def test_a_terminal_that_is_narrowed_meanwhile_is_drawn_in_full(left_once: Served, settings: Path) -> None:
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        terminal.resize((100, 30))
        go_on(settings)
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        assert terminal.text.count("synced") == 1
        assert "as of" not in terminal.text
        assert ROW in terminal.text
        assert "Quit" in terminal.lines[-1]
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_it_stands_there_the_terminal_is_sane(
    left_once: Served, settings: Path, told: signal.Signals
) -> None:
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        terminal.process.send_signal(told)
        assert terminal.wait_for_end() == -told
        assert terminal.is_sane()


def test_ctrl_c_while_it_stands_there_ends_the_program(left_once: Served, settings: Path) -> None:
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        terminal.process.send_signal(signal.SIGINT)  # as the terminal does; here it is nobody's controlling one
        assert terminal.wait_for_end() == 130
        assert terminal.is_sane()
        assert b"Traceback" not in terminal.raw


def test_when_the_start_fails_the_reason_stands_on_the_first_screen(left_once: Served, settings: Path) -> None:
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        go_on(settings, 'theme = "no such theme"\n')
        assert terminal.wait_for_end() == 2
        last = terminal.raw.rpartition(b"\x1b[?1049l")[2]
        assert b"there is no theme 'no such theme'" in last
        assert terminal.is_sane()


def test_rows_of_somebody_else_are_taken_back_before_anything_is_drawn_over_them(
    left_once: Served, settings: Path
) -> None:
    found = json.loads(drawn().read_text())
    found["drawn"]["label"] = "default\nproduction\nhttps://timer\nsomebody else"
    drawn().write_text(json.dumps(found))
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for(ROW)
        go_on(settings)
        terminal.wait_for("synced")
        before, _, _ = terminal.raw.partition(TEXTUAL_BEGINS)
        assert b"\x1b[2J\x1b[H globus_tui  starting" in before
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0


def test_signing_out_removes_it(left_once: Served, settings: Path) -> None:
    assert drawn().exists()
    with Terminal("logout") as terminal:
        go_on(settings)
        assert terminal.wait_for_end() == 0
    assert not drawn().exists()
    with Terminal(*OPTIONS) as terminal:
        terminal.wait_for("starting")
        assert ROW not in terminal.text
        go_on(settings)
        terminal.wait_for("not signed in")
        assert ROW not in terminal.text
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


def test_the_demo_draws_and_keeps_nothing_of_the_kind(left_once: Served, settings: Path) -> None:
    before = drawn().read_bytes()
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("starting")
        assert ROW not in terminal.text
        go_on(settings)
        terminal.wait_for(ROW)
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
    assert drawn().read_bytes() == before


def test_a_session_that_is_told_to_end_keeps_what_it_drew(served: Served, settings: Path) -> None:
    with Terminal(*OPTIONS) as terminal:
        go_on(settings)
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_end() == 128 + signal.SIGTERM
        assert terminal.is_sane()
    assert drawn().exists()

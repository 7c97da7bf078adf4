"""A start in a real terminal, held where nothing is loaded yet: what stands on the screen, and how it goes on or ends.

The settings are a pipe, as a shell makes one of `<(command)`, that nobody writes to: the program waits for them once
the first frame is drawn.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.served import Served

OPTIONS = ("--refresh", "0", "--zone", "UTC")
LINE = "starting"


class Settings:
    """The pipe.

    Attributes:
        reads: what the program inherits.
    """

    def __init__(self) -> None:
        self.reads, self._writes = os.pipe()

    def go_on(self, words: str = "") -> None:
        """Lets the program read its settings; it must be waiting for them, or be about to."""
        os.write(self._writes, words.encode())
        self.close()

    def close(self) -> None:
        """Nobody will write any more."""
        if self._writes >= 0:
            os.close(self._writes)
        self._writes = -1


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """They are held until the test lets them go."""
    held = Settings()
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", f"/dev/fd/{held.reads}")
    yield held
    held.close()
    os.close(held.reads)


def test_a_line_stands_there_and_live_rows_take_its_place(served: Served, settings: Settings) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        terminal.wait_for(LINE)
        terminal.press("jkjk")
        settings.go_on()
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        assert LINE not in terminal.text
        assert b"jkjk" not in terminal.raw, "keys are not shown"
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()
        assert list(Path.home().glob(".cache/globus_tui/rows-*")), "what is known is kept, what was drawn is not"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_it_stands_there_the_terminal_is_sane(
    served: Served, settings: Settings, told: signal.Signals
) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        terminal.wait_for(LINE)
        terminal.process.send_signal(told)
        assert terminal.wait_for_end() == 128 + told
        assert terminal.is_sane()


def test_ctrl_c_while_it_stands_there_ends_the_program(served: Served, settings: Settings) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        terminal.wait_for(LINE)
        terminal.process.send_signal(signal.SIGINT)  # as the terminal does; here it is nobody's controlling one
        # To a shell both are 130. Python 3.11 to 3.13 ends by the signal, whoever caught it, where it struck in a text
        # that was being executed, as when a named tuple is declared.
        assert terminal.wait_for_end() in (130, -signal.SIGINT)
        assert terminal.is_sane()
        assert b"Traceback" not in terminal.raw


def test_when_the_start_fails_the_reason_stands_on_the_first_screen(served: Served, settings: Settings) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        terminal.wait_for(LINE)
        settings.go_on('environment = "no such place"\n')
        assert terminal.wait_for_end() == 2
        last = terminal.raw.rpartition(b"\x1b[?1049l")[2]
        assert b"line 1: environment must be one of production" in last
        assert terminal.is_sane()


def test_a_wrong_theme_of_the_file_starts_on_the_default_one(served: Served, settings: Settings) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        terminal.wait_for(LINE)
        settings.go_on('\ntheme = "globus-drak"\n')
        terminal.wait_for("line 2: theme: there is")


def test_a_session_that_is_told_to_end_keeps_its_rows(served: Served, settings: Settings) -> None:
    with Terminal(*OPTIONS, inherits=[settings.reads]) as terminal:
        settings.go_on()
        terminal.wait_for("synced")
        terminal.wait_for_rest()
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_end() == 128 + signal.SIGTERM
        assert terminal.is_sane()
    assert list(Path.home().glob(".cache/globus_tui/rows-*"))

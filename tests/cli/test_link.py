"""The login link survives being selected with the mouse on a terminal of 80 columns."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from globus_tui.cli.console import _open_link
from globus_tui.cli.terminal import can_browse
from tests.cli.terminal import Terminal
from tests.served import serving


@pytest.mark.parametrize(
    ("environ", "can"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, False),
        ({}, False),  # a browser for terminals would draw over the console
    ],
)
def test_a_browser_is_offered_only_where_it_has_a_window(
    environ: dict[str, str], can: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert can_browse(environ) is can


def test_the_bare_link_is_one_line_that_the_terminal_itself_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        with Terminal(size=(80, 24), environ={"SSH_TTY": "/dev/pts/9"}) as terminal:
            terminal.wait_for("Nobody is signed in")
            terminal.press("S")
            terminal.wait_for("print it bare")
            assert "open it in a browser on this machine" not in terminal.text
            (path,) = Path(os.environ["HOME"]).rglob("login-url")
            link = path.read_text().strip()
            assert path.stat().st_mode & 0o777 == 0o600
            terminal.press("p")
            terminal.wait_for("Press Enter to go back")
            selected = "".join(terminal.lines)  # what a selection over full lines gives
            assert link in selected
            assert terminal.lines[0].startswith("http")
            terminal.press("\r")
            terminal.wait_for("print it bare")
            terminal.wait_for_rest()
            terminal.press("p")
            terminal.wait_for("Press Enter to go back")
            terminal.process.send_signal(signal.SIGINT)  # as Ctrl+C does in a shell
            terminal.wait_for("print it bare")
            terminal.wait_for_rest()
            terminal.press("p")
            terminal.wait_for("Press Enter to go back")
            terminal.press("\r")
            terminal.wait_for("print it bare")
            terminal.wait_for_rest()
            terminal.press("\x1b")
            terminal.wait_for("Nothing was changed")
            terminal.press("\x11")
            assert terminal.wait_for_end() == 0
            assert terminal.is_sane()
        assert len(link) > 600
        assert not path.exists()


def test_the_browser_is_not_told_the_secret_of_a_service_account(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    monkeypatch.setenv("GLOBUS_TUI_CLIENT_SECRET", "a-secret")
    monkeypatch.setattr("webbrowser.open", lambda url: seen.append(os.environ.get("GLOBUS_TUI_CLIENT_SECRET")))
    _open_link("https://auth.example.org/")
    assert seen == [None]
    assert os.environ["GLOBUS_TUI_CLIENT_SECRET"] == "a-secret", "other profiles may need it"


def test_the_secret_of_a_service_account_stays_out_of_what_the_console_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pager, seen = tmp_path / "pager", tmp_path / "seen"
    pager.write_text(f'#!/bin/sh\nenv > "{seen}.part"; mv "{seen}.part" "{seen}"\n')
    pager.chmod(0o700)
    monkeypatch.setenv("PAGER", str(pager))
    monkeypatch.setenv("GLOBUS_CLI_CLIENT_SECRET", "of-the-cli")
    with serving() as served:
        for name, value in {**served.variables(), **served.service_account()}.items():
            monkeypatch.setenv(name, value)
        for timer in served.sandbox.timers.values():
            timer.owner = timer.client_id = os.environ["GLOBUS_TUI_CLIENT_ID"]
        with Terminal() as terminal:
            terminal.wait_for("climate-nightly-mirror")
            terminal.wait_for_rest()
            terminal.press("y")
            terminal.wait_for("job_id")
            terminal.wait_for_rest()
            terminal.press("p")
            terminal.wait_for(seen.exists)
            variables = seen.read_text()
            assert "GLOBUS_TUI_CLIENT_ID" in variables
            assert "SECRET" not in variables

"""Streams that are closed or full, and things in place of files: one clear line, an exit code, and never a hang."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from globus_tui.present.safe_text import safe_json
from tests.cli.terminal import Terminal

TUI = f"{sys.executable} -m globus_tui"


def shell(line: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash."""
    return subprocess.run(
        ["bash", "-c", line], env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--demo <&-", 2, "standard input is not a terminal"),
        ("--demo <&- 2>&-", 2, ""),
        ("whoami >&-", 2, "standard output is closed"),
        ("--names timers >&-", 0, ""),
        ("when every 6h >&-", 2, "standard output is closed"),
        ("check >&-", 3, "standard output is closed"),
        ("plan >&-", 1, "standard output is closed"),
        ("whoami <&- 2>&-", 1, "Nobody is signed in."),
        ("--demo create --dry-run --from-file - <&-", 2, "this is no JSON"),
        ("login <&-", 1, "No code was entered"),
        ("--version >/dev/full", 1, "Standard output cannot be written: No space left on device"),
        ("list --help >/dev/full", 1, "Standard output cannot be written: No space left on device"),
        ("whoami >/dev/full", 1, "Standard output cannot be written: No space left on device"),
        ("whoami | true", 0, ""),
        ("when every 6h >/dev/full", 1, "Standard output cannot be written: No space left on device"),
        ("--demo watch >/dev/full", 1, "Standard output cannot be written: No space left on device"),
        ("--demo watch --count 1 | true", 0, ""),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_stream_that_is_closed_or_full(line: str, code: int, words: str, unbuffered: str) -> None:
    done = shell(f"{TUI} {line}", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == code
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--demo rename db-dumps $'a\\xffb' --yes", 2, "new name: some bytes of it are no text"),
        ("--demo note db-dumps --tag $'a,\\xff'", 2, "tag: some bytes of it are no text"),
        ("--demo check $'\\xff'", 3, "TIMERS UNKNOWN - filter: some bytes of it are no text"),
        ("--demo list $'\\xff'", 2, "filter: some bytes of it are no text"),
        ("create --from-file $'\\xff'", 2, "cannot be read: No such file or directory"),
        ("login <<< $'\\xff'", 1, "That does not look like a code"),
    ],
)
def test_bytes_that_are_no_text_are_neither_sent_nor_the_end(line: str, code: int, words: str) -> None:
    done = shell(
        f"{TUI} {line}", PYTHONIOENCODING="utf-8:strict", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring"
    )
    assert done.returncode == code
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_standard_error_is_told_on_the_terminal() -> None:
    with Terminal(program=("bash", "-c", f"{TUI} --demo 2>&-")) as terminal:
        assert terminal.wait_for_end() == 2
        assert "standard error is closed" in terminal.text


def thing(kind: str, path: Path) -> Path:
    """Something that is no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path, 0o600)
    elif kind == "folder":
        path.mkdir(mode=0o700)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            os.chdir(path.parent)
            listening.bind(path.name)
        path.chmod(0o600)
    else:
        path.symlink_to("/dev/zero")
    return path


KINDS = ["pipe", "folder", "socket", "device"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_where_settings_are(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell(f"{TUI} whoami", GLOBUS_TUI_CONFIG=str(thing(kind, tmp_path / "config.toml")))
    assert done.returncode == 2
    assert "config.toml: cannot be read" in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_where_a_timer_is_read_from(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = shell(f"{TUI} --demo create --dry-run --from-file {thing(kind, tmp_path / 'timer.json')}")
    assert done.returncode == 2
    assert "timer.json cannot be read" in done.stderr


def test_what_another_command_writes_is_read() -> None:
    done = shell(f"{TUI} --demo create --dry-run --from-file <(sleep 0.2; echo '{{')")
    assert done.returncode == 2
    assert "this is no JSON" in done.stderr
    assert "null" not in shell(f"{TUI} whoami", GLOBUS_TUI_CONFIG="/dev/null").stderr


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_where_tokens_are(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    thing(kind, Path.home() / ".local/share/globus_tui/tokens.json")
    for command in ("whoami", "doctor"):
        done = shell(f"{TUI} {command}", PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
        assert done.returncode in (1, 2), command
        assert "tokens.json" in done.stdout + done.stderr, command
        assert "Traceback" not in done.stderr, command


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_where_anything_else_is_kept(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    state, cache = Path.home() / ".local/state/globus_tui", Path.home() / ".cache"
    for path in (state / "journal.jsonl", state / "globus_tui.log", state / f"drafts/default/{'0' * 32}.json"):
        thing(kind, path)
    thing(kind, cache / "globus_tui")
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("enter Open")
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize(
    "text",
    [f"a = {'9' * 5000}", f"a = {'[' * 100_000}", "a = 2026-02-30", "a = \x00", "profile = 3"],
    ids=["digits", "nested", "no day", "NUL", "number"],
)
def test_settings_that_no_parser_takes(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(text)
    done = shell(f"{TUI} whoami", GLOBUS_TUI_CONFIG=str(tmp_path / "config.toml"))
    assert done.returncode in (1, 2)
    assert "config.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_document_shows_what_is_not_seen_and_still_says_the_same() -> None:
    odd = "a\x1b[31m\u202e\x9b\u200b\ud800\U000e0041\u034f\u115f\ufe0f é 名 😀"
    document = json.dumps({"name": odd}, ensure_ascii=False, indent=1)
    shown = safe_json(document)
    assert json.loads(shown)["name"] == odd
    assert all(one.isprintable() or one == "\n" for one in shown)
    assert not set(shown) & set("\u034f\u115f\ufe0f")
    assert "é 名 😀" in shown


def test_no_core_is_dumped_where_tokens_are() -> None:
    with Terminal("--demo", "--demo-speed", "0") as terminal:
        terminal.wait_for("enter Open")
        limits = Path(f"/proc/{terminal.process.pid}/limits").read_text()
        (line,) = [one for one in limits.splitlines() if one.startswith("Max core file size")]
        assert line.split()[4] == "0"
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0

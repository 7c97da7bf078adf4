"""Options, sub-commands, their words and their exit codes, as a shell sees them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import globus_tui
from globus_tui.cli.arguments import parse, whole_parser
from globus_tui.sandbox.serve import SERVICES


def tui(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "globus_tui", *arguments]
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environ},
        check=False,
    )


def test_the_version_is_the_packages() -> None:
    done = tui("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"globus-tui {globus_tui.__version__}\n", "")


@pytest.mark.parametrize("arguments", [("--help",), ("sandbox", "--help"), ("login", "--help"), ("doctor", "--help")])
def test_help_goes_to_standard_output(arguments: tuple[str, ...]) -> None:
    done = tui(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: globus-tui")


def test_help_names_every_command_and_the_demo() -> None:
    said = tui("--help").stdout
    for word in ("--demo", "sandbox", "login", "logout", "whoami", "doctor", "--refresh", "--ascii"):
        assert word in said


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_start_without_screen_and_network(option: str) -> None:
    program = (
        "import sys\nfrom globus_tui.cli import run\n"
        f"try:\n    run([{option!r}], process=True)\nexcept SystemExit:\n    pass\n"
        "heavy = {'textual', 'rich', 'httpx', 'starlette', 'keyring', 'dateutil', 'asyncio', 'ssl'}\n"
        "heavy |= {'dataclasses', 'pathlib'}\n"
        "print('loaded:', *sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "loaded:"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--nonsense",), "unrecognized arguments: --nonsense"),
        (("--dem",), "unrecognized arguments: --dem"),
        (("frobnicate",), "invalid choice: 'frobnicate'"),
        (("--demo-speed", "-1"), "'-1' is not a speed"),
        (("--demo-speed", "fast"), "'fast' is not a speed"),
        (("--refresh", "3x"), "'3x' is not an interval"),
        (("--refresh", "-5"), "is not an interval"),
        (("--refresh", "1e3"), "'1e3' is not an interval"),
        (("sandbox", "--port", "99999"), "'99999' is not a port"),
        (("sandbox", "--port", "http"), "'http' is not a port"),
        (("sandbox", "--speed", "nan"), "'nan' is not a speed"),
        (("--zone",), "expected one argument"),
        (("--zone", ""), "argument --zone: it is empty"),
        (("logout", "--profile", ""), "argument --profile: it is empty"),
        (("when", "18:00", "--zone="), "argument --zone: it is empty"),
    ],
)
def test_a_bad_option_is_one_line_of_reason_and_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    done = tui(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("globus-tui: ")
    assert words in done.stderr
    assert "--help" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--demo",)])
def test_in_a_pipe_the_console_does_not_start(arguments: tuple[str, ...]) -> None:
    done = tui(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input is not a terminal" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_half_a_service_account_is_said_by_name() -> None:
    done = tui("whoami", GLOBUS_TUI_CLIENT_ID="7a9c4e02-1d5f-4b83-a6e0-2c8f9b3d7e15", GLOBUS_TUI_CLIENT_SECRET="")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_a_service_url_without_encryption_is_refused_without_a_traceback() -> None:
    done = tui("whoami", GLOBUS_SDK_SERVICE_URL_AUTH="http://globus.example.org/")
    assert done.returncode == 2
    assert done.stderr.startswith("globus-tui: ")
    assert "GLOBUS_SDK_SERVICE_URL_AUTH" in done.stderr
    assert len(done.stderr.splitlines()) == 1


class Serving:
    """`globus-tui sandbox` while it serves."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "globus_tui", "sandbox", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline().rstrip("\n") for _ in range(len(SERVICES) + 4)]

    def stop(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def test_the_sandbox_prints_lines_that_a_shell_exports_and_answers_there(tmp_path: Path) -> None:
    with Serving("--port", "0") as serving:
        (tmp_path / "lines").write_text("\n".join(serving.lines))
        script = f"set -a; . {tmp_path / 'lines'}; env"
        shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True).stdout
        found = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        for name in ("AUTH", "TRANSFER", "TIMER", "TIMERS", "FLOWS"):
            assert found[f"GLOBUS_SDK_SERVICE_URL_{name}"].startswith("http://127.0.0.1:")
        for program in ("CLI", "TUI"):
            assert found[f"GLOBUS_{program}_CLIENT_ID"]
            assert found[f"GLOBUS_{program}_CLIENT_SECRET"]
        assert httpx.get(f"{found['GLOBUS_SDK_SERVICE_URL_AUTH']}jwk.json").status_code == 200
        assert httpx.get(f"{found['GLOBUS_SDK_SERVICE_URL_TIMER']}jobs/").status_code == 401


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_stops_without_a_traceback(number: signal.Signals) -> None:
    with Serving() as serving:
        code, said = serving.stop(number)
        assert code in (0, 128 + number)
        assert said.strip() == ""


def test_a_taken_port_is_one_line_and_exit_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tui("sandbox", "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"globus-tui: Port {port} on 127.0.0.1: ")
    assert len(done.stderr.splitlines()) == 1


def test_whoami_at_first_says_that_nobody_is_and_fails() -> None:
    done = tui("whoami")
    assert done.returncode == 1
    assert "Nobody is signed in." in done.stdout + done.stderr
    assert not (Path(os.environ["HOME"]) / ".local" / "share" / "globus_tui" / "tokens.json").exists()


FILTERING = [
    *("list", "agenda", "check", "pause", "resume", "fix", "run", "skip", "delete", "watch", "note", "known", "limit"),
    *("report", "export --all", "window open"),
]


@pytest.mark.parametrize("command", FILTERING)
def test_what_a_filter_leaves_out_may_have_one_dash_in_every_command(command: str) -> None:
    found = parse([*command.split(), "cold", "-to:archive", "-name:x", '-"run 7"', "dir", "--read-only"])
    words = found.timer if command.startswith("export") else found.filter
    assert words == ["cold", "!to:archive", "!name:x", '!"run 7"', "dir"]


def test_every_command_that_takes_a_filter_is_among_them() -> None:
    said = whole_parser().format_help()
    named = {command.split()[0] for command in FILTERING}
    for command in re.findall(r"^    ([a-z]+) ", said, re.MULTILINE):
        takes = "FILTER" in "".join(tui(command, "--help").stdout) or command == "window"
        assert takes == (command in named), command


def test_the_value_of_an_option_is_left_as_it_was_typed() -> None:
    assert parse(["pause", "x", "--reason=-urgent"]).reason == "-urgent"
    with pytest.raises(SystemExit):
        parse(["pause", "x", "--reason", "-urgent"])
    with pytest.raises(SystemExit):
        parse(["pause", "x", "--reas", "-urgent"])


def test_numbers_that_make_no_sense_are_refused() -> None:
    for words in ("sandbox --timers -5", "sandbox --timers 0", "limit x --fewer-files 0", "watch --count 1001"):
        done = tui(*words.split())
        assert (done.returncode, "write 1 to 1" in done.stderr) == (2, True), words

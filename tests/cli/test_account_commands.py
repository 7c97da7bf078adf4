"""`login`, `logout`, `whoami` and `doctor` against a served sandbox: no full screen, and no secret on the terminal."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from globus_tui.cli import run
from globus_tui.cli import sign_in as login_command
from globus_tui.cli.backend import environment_of, real_backend
from globus_tui.cli.kept_rows import kept_rows
from globus_tui.cli.zones import ZoneData
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.auth.scope import TIMERS_SERVER
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import SERVICES, environment, running
from globus_tui.sandbox.world.flows import OPS_USERNAME
from globus_tui.sandbox.world.history import facility
from globus_tui.settings import load_settings
from globus_tui.store.answer_cache import CachedRows
from tests.faults.disk import FULL, Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from globus_tui.sandbox.state import Sandbox

OPS, SOMEBODY_ELSE = OPS_USERNAME, "kim@example-facility.org"
Answers = list["str | Callable[[str], str]"]


@pytest.fixture
def sandbox() -> Sandbox:
    return facility(Clock(speed=1))


@pytest.fixture
def served(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running(sandbox) as base_url:
        for name in SERVICES:
            monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{name}", base_url)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        yield base_url


@pytest.fixture
def tokens_at() -> Path:
    from globus_tui.settings import Paths

    return Paths.of_this_user(os.environ).data / "tokens.json"


def answering(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: Answers
) -> Callable[[], str]:
    """Reads the link that was printed and answers with what each callable makes of it; gives everything printed."""
    shown: list[str] = []
    links: list[str] = []

    def read() -> Secret | None:
        out, err = capsys.readouterr()
        shown.append(out + err)
        links.extend(line for line in out.splitlines() if line.startswith("http"))
        answer = answers.pop(0)
        return Secret(answer if isinstance(answer, str) else answer(links[-1]))

    monkeypatch.setattr(login_command, "_read_code", read)

    def everything() -> str:
        out, err = capsys.readouterr()
        return "".join(shown) + out + err

    return everything


def test_a_person_signs_in_is_known_and_signs_out(
    sandbox: Sandbox,
    served: str,
    tokens_at: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["whoami"]) == 1
    assert "Nobody is signed in" in capsys.readouterr().out
    said = answering(monkeypatch, capsys, [lambda url: approve(sandbox, url, OPS)])
    assert run(["login"]) == 0
    assert f"Signed in as {OPS}." in said()
    assert tokens_at.stat().st_mode & 0o777 == 0o600
    grants = json.loads(tokens_at.read_text())["sign_ins"].popitem()[1]["grants"].values()
    kept = [one[kind] for one in grants for kind in ("access_token", "refresh_token")]
    assert run(["whoami"]) == 0
    told = capsys.readouterr().out
    assert OPS in told
    assert str(tokens_at) in told
    monkeypatch.setattr("globus_tui.cli.zones.zone_data", lambda: ZoneData("/zones", "2026a", "2026a"))
    assert run(["doctor"]) == 0
    examined = capsys.readouterr().out
    assert "ok      zones: release 2026a, from /zones." in examined
    assert "All is well." in examined
    monkeypatch.setattr("globus_tui.cli.zones.zone_data", lambda: ZoneData("/zones", "2024a", "2026a"))
    assert run(["doctor"]) == 0
    examined = capsys.readouterr().out
    assert "warning zones: release 2024a, from /zones; the Python package tzdata has 2026a" in examined
    assert "PYTHONTZPATH" in examined
    assert run(["logout"]) == 0
    assert "tokens revoked" in capsys.readouterr().out
    assert kept
    assert all(sandbox.tokens[one].revoked for one in kept)
    assert run(["whoami"]) == 1
    assert not tokens_at.exists()


def test_signing_out_forgets_the_rows_of_that_profile_only_and_keeps_drafts(
    sandbox: Sandbox,
    served: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = load_settings(os.environ).paths
    draft = paths.state / "drafts" / "default" / "one.json"
    draft.parent.mkdir(parents=True)
    draft.write_text("{}")
    files = {}
    for profile in ("default", "lab"):
        answering(monkeypatch, capsys, [lambda url: approve(sandbox, url, OPS)])
        assert run(["login", "--profile", profile]) == 0
        settings = load_settings(os.environ, profile=profile)
        rows = kept_rows(settings, environment_of(settings, os.environ), OPS)
        assert rows.save(CachedRows(rows.label, datetime.now(UTC), ()))
        files[profile] = rows.path
    assert run(["logout"]) == 0
    assert [files[one].exists() for one in ("default", "lab")] == [False, True]
    assert draft.exists()


def test_a_wrong_code_may_be_corrected_twice(
    sandbox: Sandbox, served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answering(monkeypatch, capsys, ["wrong-code", "again-wrong", lambda url: approve(sandbox, url, OPS)])
    assert run(["login"]) == 0
    assert said().count("did not accept that code") == 2
    said = answering(monkeypatch, capsys, ["wrong-code", "again-wrong", "wrong-thrice", "never read"])
    assert run(["login"]) == 1
    assert said().rstrip().endswith("Nothing was changed.")


def test_an_empty_line_is_no_try(
    sandbox: Sandbox, served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: Answers = ["\n", "wrong-code", "", "again-wrong", "  ", lambda url: approve(sandbox, url, OPS)]
    said = answering(monkeypatch, capsys, answers)
    assert run(["login"]) == 0
    assert said().count("Nothing was pasted.") == 3


def test_declining_changes_nothing(
    served: str, tokens_at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answering(monkeypatch, capsys, ["error=access_denied"])
    assert run(["login"]) == 1
    assert "You declined" in said()
    assert not tokens_at.exists()


def test_an_empty_standard_input_ends_the_login_quietly(
    served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(["login"]) == 1
    assert "No code was entered. Nothing was changed." in capsys.readouterr().err


def test_ctrl_c_while_the_code_is_awaited_leaves_with_130(
    served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> Secret | None:
        raise KeyboardInterrupt

    monkeypatch.setattr(login_command, "_read_code", interrupt)
    assert run(["login"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_profile_keeps_to_its_person(
    sandbox: Sandbox, served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, capsys, [lambda url: approve(sandbox, url, OPS)])
    assert run(["login", "--profile", "lab"]) == 0
    other: Answers = [lambda url: approve(sandbox, url, SOMEBODY_ELSE)] * 3
    said = answering(monkeypatch, capsys, other)
    assert run(["login", "--profile", "lab"]) == 1
    assert f"belongs to {OPS}, but {SOMEBODY_ELSE} signed in" in said()
    assert run(["whoami", "--profile", "lab"]) == 0
    assert OPS in capsys.readouterr().out
    monkeypatch.setenv("GLOBUS_PROFILE", "other")
    assert run(["whoami"]) == 1
    assert "profile other" in capsys.readouterr().out


def test_a_service_account_needs_no_login(
    sandbox: Sandbox, served: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(sandbox, served).items():
        monkeypatch.setenv(name, value)
    assert run(["login"]) == 0
    assert "needs no sign-in" in capsys.readouterr().out
    assert run(["whoami"]) == 0
    assert "Service account" in capsys.readouterr().out
    assert run(["logout"]) == 0
    assert "is kept here: unset those" in capsys.readouterr().out


async def test_a_service_accounts_tokens_of_one_globus_are_not_sent_to_another(
    sandbox: Sandbox, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(sandbox, served).items():
        monkeypatch.setenv(name, value)
    another = facility(Clock(speed=1))

    async def asked_for(where: Sandbox, url: str) -> int:
        """Tokens that a start asks this Globus for."""
        before = len(where.tokens)
        for name in SERVICES:
            monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{name}", url)
        backend = await real_backend(load_settings(os.environ), os.environ)
        async with backend.connection:
            assert await backend.account.tokens.token(TIMERS_SERVER)
        return len(where.tokens) - before

    assert await asked_for(sandbox, served) == 1
    with running(another) as url:
        assert await asked_for(another, url) == 1
        assert await asked_for(another, url) == 0, "kept from one start to the next"
    assert await asked_for(sandbox, served) == 0
    assert await asyncio.to_thread(run, ["logout"]) == 0
    assert await asked_for(sandbox, served) == 1


def test_the_doctor_names_each_fault_with_a_fix(
    sandbox: Sandbox,
    served: str,
    tokens_at: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answering(monkeypatch, capsys, [lambda url: approve(sandbox, url, OPS)])
    assert run(["login"]) == 0
    capsys.readouterr()
    tokens_at.chmod(0o644)
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_FLOWS", "http://127.0.0.1:1")
    assert run(["doctor"]) == 1
    said = capsys.readouterr().out
    assert f"chmod 600 {tokens_at}" in said
    assert "flows: 127.0.0.1 cannot be reached" in said
    assert "Traceback" not in said


def test_the_doctor_finds_that_no_change_can_be_recorded(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    run(["doctor"])
    assert "ok      journal: changes are written to " in capsys.readouterr().out
    assert not [*state.rglob("doctor*")]
    with Disk(state, kinds=FULL).taking_over():
        assert run(["doctor"]) == 1
    assert "so no change is recorded: No space left on device" in capsys.readouterr().out


class Timeless(BaseHTTPRequestHandler):
    """Answers without saying what time it is."""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
        """Keeps quiet."""


def test_the_doctor_does_not_praise_a_clock_that_it_could_not_compare(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with HTTPServer(("127.0.0.1", 0), Timeless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in SERVICES:
            monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{name}", f"http://127.0.0.1:{server.server_port}/")
        run(["doctor"])
        server.shutdown()
    said = capsys.readouterr().out
    assert "auth: 127.0.0.1 answers." in said
    assert "clock: whether it is right is unknown" in said


def test_the_doctor_reports_settings_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "atlantis")
    assert run(["doctor"]) == 1
    assert "'atlantis' is no Globus environment" in capsys.readouterr().out


def test_a_name_that_no_profile_can_have_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whoami", "--profile", "../../etc"]) == 2
    assert "cannot be a profile's name" in capsys.readouterr().err


def test_a_token_file_open_to_others_is_refused_with_the_command_that_mends_it(
    tokens_at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    tokens_at.parent.mkdir(parents=True, mode=0o700)
    tokens_at.write_text("{}")
    tokens_at.chmod(0o640)
    assert run(["whoami"]) == 2
    assert f"Run: chmod 600 {tokens_at}" in capsys.readouterr().err

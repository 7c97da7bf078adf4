"""Nothing that the program writes holds a token, a code, a verifier or a secret; only the token store holds tokens.

The whole journey runs in real terminals against a served facility, crashes included. Everything that came out of it is
then searched for every secret that the facility issued or was sent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.auth import tokens as auth_tokens
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.world.flows import OPS_USERNAME
from tests.cli.terminal import Terminal
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

CRASH = """
import os

if place := os.environ.get("CRASH_AT"):
    import importlib

    module, _, name = place.rpartition(":")
    owner, _, method = name.rpartition(".")
    target = importlib.import_module(module)
    for part in filter(None, owner.split(".")):
        target = getattr(target, part)
    real = getattr(target, method)

    def crash(*arguments, **named):
        held = (arguments, named)
        raise RuntimeError("a fault in the program")

    setattr(target, method, crash)
"""
"""Read by the interpreter at its start: one function of the program or of a library fails with everything it was
handed still in its variables."""

RING = """
import json
import os
import pathlib

from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    priority = 1
    file = pathlib.Path(os.environ["RING_FILE"])

    def _items(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._items().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps(self._items() | {f"{service} {username}": password}))

    def delete_password(self, service, username):
        items = self._items()
        del items[f"{service} {username}"]
        self.file.write_text(json.dumps(items))
"""
"""A system keyring that works, kept where nobody else looks: outside the home that is searched."""


class Evidence:
    """Everything that the programs of one journey wrote, and the secrets to search it for."""

    def __init__(self, served: Served, ring: Path | None) -> None:
        self.served = served
        self.ring = ring
        self.verifiers: set[str] = set()
        self.id_tokens: set[str] = set()
        self.written: dict[str, bytes] = {}

    @property
    def home(self) -> Path:
        return Path(os.environ["HOME"])

    def secrets(self) -> set[str]:
        sandbox = self.served.sandbox
        clients = {one.secret for one in sandbox.clients.values() if one.secret}
        return {*sandbox.tokens, *sandbox.codes, *self.verifiers, *self.id_tokens, *clients}

    def take(self, name: str, terminal: Terminal) -> None:
        self.written[name] = terminal.raw

    def kept(self) -> list[bytes]:
        """What the token store holds: tokens and nothing else that is secret."""
        places = [self.ring] if self.ring else list(self.home.rglob("tokens.json"))
        return [one.read_bytes() for one in places if one.exists()]

    def note_process_list(self) -> None:
        """The command lines of all running programs: anybody on the machine can read them."""
        listed = subprocess.run(["ps", "-ef", "-ww"], capture_output=True, check=True).stdout
        assert b"globus_tui" in listed
        self.written[f"ps {len(self.written)}"] = listed
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                self.written[str(path)] = self.written.get(str(path), b"") + path.read_bytes()

    def leaks(self) -> list[str]:
        """Where a secret was found; the token store is where tokens belong."""
        places = [*self.home.rglob("*"), *Path(os.environ["TMPDIR"]).rglob("*")]
        for path in places:
            if path.is_file() and (self.ring or not path.name.startswith("tokens.json")):
                self.written[str(path)] = path.read_bytes()
        secrets = [one.encode() for one in self.secrets()]
        found = [name for name, data in self.written.items() for one in secrets if one in data]
        others = [one.encode() for one in (*self.served.sandbox.codes, *self.verifiers)]
        return [*found, *("the store" for data in self.kept() for one in others if one in data)]


@pytest.fixture
def evidence(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Evidence]:
    """With the tokens in a file; a test that says so has them in the system's keyring."""
    (tmp_path / "fault").mkdir()
    (tmp_path / "fault" / "sitecustomize.py").write_text(CRASH)
    (tmp_path / "fault" / "pretend_ring.py").write_text(RING)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'fault'}:{Path(__file__).parents[2]}")
    ring = tmp_path / "ring" if getattr(request, "param", "file") == "keyring" else None
    with serving() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        if ring is not None:
            monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "pretend_ring.Keyring")
            monkeypatch.setenv("RING_FILE", str(ring))
        found = Evidence(served, ring)
        challenge, signed = auth_tokens.challenge_of, auth_tokens.signed

        def noting(verifier: str) -> str:
            found.verifiers.add(verifier)
            return challenge(verifier)

        def noting_id(claims: dict[str, object]) -> str:
            token = signed(claims)
            found.id_tokens.add(token)
            return token

        monkeypatch.setattr(auth_tokens, "challenge_of", noting)
        monkeypatch.setattr(auth_tokens, "signed", noting_id)
        yield found


def log_in(evidence: Evidence, name: str, **environ: str) -> int:
    """`globus-tui login` with the code typed at its prompt."""
    with Terminal("login", environ=environ, size=(240, 40)) as terminal:
        terminal.wait_for("Paste the code")
        evidence.note_process_list()
        link = next(word for word in terminal.raw.decode().split() if word.startswith("http"))
        terminal.press(f"{approve(evidence.served.sandbox, link, OPS_USERNAME)}\n")
        code = terminal.wait_for_end()
        evidence.take(name, terminal)
    return code


def link_of(evidence: Evidence) -> str:
    found = list(evidence.home.rglob("login-url"))
    return found[0].read_text().strip() if found else ""


def paste_code(evidence: Evidence, terminal: Terminal) -> None:
    terminal.wait_for(lambda: link_of(evidence))
    assert next(evidence.home.rglob("login-url")).stat().st_mode & 0o777 == 0o600
    code = approve(evidence.served.sandbox, link_of(evidence), OPS_USERNAME)
    terminal.press(f"\x1b[200~{code}\x1b[201~")
    terminal.wait_for("•••")
    terminal.press("\r")


def show_timer(terminal: Terminal) -> None:
    terminal.wait_for("climate-nightly-mirror")
    terminal.press("/climate-nightly")
    terminal.wait_for("1 of ")
    terminal.press("\r")
    terminal.wait_for("filter: climate-nightly")


@pytest.mark.parametrize("evidence", ["file", "keyring"], indirect=True)
def test_no_secret_is_written_anywhere_on_the_whole_journey(evidence: Evidence) -> None:
    assert log_in(evidence, "login") == 0
    (store,) = evidence.kept()
    held = store.replace(b"\\", b"")
    assert any(one.encode() in held for one in evidence.served.sandbox.tokens)  # the search can find something
    assert not evidence.ring or not list(evidence.home.rglob("tokens.json"))
    for command in ("whoami", "doctor", "--version"):
        with Terminal(command) as terminal:
            terminal.wait_for_end()
            evidence.take(command, terminal)
    with Terminal("--refresh", "0") as terminal:
        show_timer(terminal)
        evidence.note_process_list()
        terminal.press("f")
        terminal.wait_for("Paste the code that Globus shows")
        terminal.press("p")
        terminal.wait_for("Press Enter to go back")
        terminal.press("\r")
        terminal.wait_for("Paste the code that Globus shows")
        terminal.press("c")
        terminal.wait_for("clipboard")
        paste_code(evidence, terminal)
        terminal.wait_for("what became of each timer")
        terminal.press("\r")
        terminal.wait_for("enter Open")
        for token in evidence.served.sandbox.tokens.values():
            token.revoked = token.revoked or token.kind == "access"
        terminal.press("r")
        terminal.wait_for(
            lambda: any(not one.revoked for one in evidence.served.sandbox.tokens.values() if one.kind == "access")
        )
        terminal.wait_for("synced just now")
        terminal.press("P")
        terminal.wait_for("PROFILE")
        terminal.press("\x1b")
        terminal.wait_for("enter Open")
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0
        evidence.take("console", terminal)
    with Terminal("logout") as terminal:
        assert terminal.wait_for_end() == 0
        evidence.take("logout", terminal)
    assert len(evidence.verifiers) == 2
    assert len([one for one in evidence.written if one.startswith("ps ")]) == 2
    assert evidence.leaks() == []


@pytest.mark.parametrize(
    ("evidence", "place"),
    [
        ("file", "httpx:AsyncClient.send"),
        ("file", "globus_tui.api.globus_auth:_grant"),
        ("file", "globus_tui.auth.login:read_id_token"),
        ("file", "globus_tui.auth.token_store:write_private"),
        ("keyring", "globus_tui.auth.keyring_store:KeyringTokens._put"),
        ("keyring", "globus_tui.auth.login:SignIn.fresh"),
    ],
    indirect=["evidence"],
)
def test_a_crash_in_the_middle_of_signing_in_shows_no_secret(evidence: Evidence, place: str) -> None:
    assert log_in(evidence, "login") == 0
    assert log_in(evidence, "crashed login", CRASH_AT=place) != 0
    assert b"a fault in the program" in evidence.written["crashed login"]
    assert evidence.leaks() == []


@pytest.mark.parametrize(
    "place",
    [
        "globus_tui.procedures.sign_in:SignIn._tell",
        "globus_tui.screens.consent:ConsentScreen._submit",
        "globus_tui.screens.consent:ConsentScreen._say",
        "globus_tui.auth.login:PersonSignIn.finish",
        "globus_tui.api.plain:_head",
    ],
)
def test_the_crash_screen_of_the_console_shows_no_secret(evidence: Evidence, place: str) -> None:
    assert log_in(evidence, "login") == 0
    with Terminal("--refresh", "0", environ={"CRASH_AT": place}) as terminal:
        if not place.startswith("globus_tui.api."):
            show_timer(terminal)
            terminal.press("f")
            paste_code(evidence, terminal)
        assert terminal.wait_for_end() != 0
        evidence.take("console", terminal)
    assert b"a fault in the program" in evidence.written["console"]
    assert evidence.leaks() == []


def test_ctrl_c_at_the_prompt_for_the_code_leaves_quietly(evidence: Evidence) -> None:
    with Terminal("login") as terminal:
        terminal.wait_for("Paste the code")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.wait_for_end() == 130
        assert b"Traceback" not in terminal.raw


def test_the_search_would_find_a_leak(evidence: Evidence) -> None:
    assert log_in(evidence, "login") == 0
    token = next(iter(evidence.served.sandbox.tokens))
    evidence.written["a log"] = f"Authorization: Bearer {token}".encode()
    assert evidence.leaks() == ["a log"]

from __future__ import annotations

import errno
import fcntl
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.auth import token_store as tokens_module
from globus_tui.auth.doctor import Check, Finding, Probes, Subject, check_proxy, examine, lines
from globus_tui.auth.records import ProfileKey, SavedGrant, SignIn
from globus_tui.auth.service_account import ServiceAccount
from globus_tui.auth.token_store import choose_store
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.auth.scope import (
    FLOWS_SERVER,
    TIMER,
    TIMERS_SERVER,
    TRANSFER_ALL,
    data_access,
    render,
    with_base,
)
from globus_tui.domain.errors import AuthAPIError, ConnectionFailed, SignedOut
from tests.auth.fakes import PAT, START, grants_for
from tests.auth.test_consents import chain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from globus_tui.domain.auth.credentials import ConsentRecord
    from globus_tui.domain.errors import GlobusTuiError

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for(render(with_base()), 0, START, offline=True), START)
URLS = {"auth": "https://auth.globus.org/", "timer": "https://timer.automate.globus.org/"}


class Patient:
    """A healthy set-up; each test spoils one thing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.path = self.folder / "tokens.json"
        self.environ: dict[str, str] = {}
        self.sign_in: SignIn | None = SIGN_IN
        self.now = START
        self.granted = chain(TIMER, TRANSFER_ALL, data_access("abc").name)
        self.consent_fault: Exception | None = None
        self.unresolved: set[str] = set()
        self.unreachable: set[str] = set()
        self.skew: timedelta | None = timedelta(seconds=1)
        self.account: ServiceAccount | None = None
        self.refused: dict[str, GlobusTuiError] = {}
        self.spoil: Callable[[], None] = lambda: None

    async def resolve(self, host: str) -> None:
        if host in self.unresolved:
            raise OSError("Name or service not known")

    async def reach(self, url: str) -> timedelta | None:
        if url in self.unreachable:
            raise ConnectionFailed("No route to host.", maybe_processed=False)
        return self.skew

    async def consents(self, identity_id: str) -> tuple[ConsentRecord, ...]:
        if self.consent_fault:
            raise self.consent_fault
        return self.granted

    async def token(self, account: ServiceAccount, resource_server: str) -> None:
        if resource_server in self.refused:
            raise self.refused[resource_server]

    async def examined(self) -> dict[str, Check]:
        if self.sign_in:
            choose_store("file", self.folder).merge(KEY, self.sign_in)
        self.spoil()
        store = choose_store("file", self.folder)
        subject = Subject(store, KEY, self.path, self.environ, URLS, self.account)
        checks = await examine(subject, Probes(self.resolve, self.reach, self.consents, self.token), self.now)
        self.checks = checks
        return {check.topic: check for check in checks if check.finding is not Finding.OK}


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


async def test_a_healthy_set_up_has_no_findings(patient: Patient) -> None:
    assert await patient.examined() == {}
    assert lines(patient.checks)[-1] == "All is well."
    assert {check.topic for check in patient.checks} >= {
        "sign-in",
        "scopes",
        "token age",
        "consents",
        "storage",
        "lock",
        "clock",
        "proxy",
        *URLS,
    }


def no_sign_in(patient: Patient) -> str:
    patient.sign_in = None
    return "sign-in"


def lapsed(patient: Patient) -> str:
    patient.now = START + timedelta(days=200)
    return "token age"


def nearly_lapsed(patient: Patient) -> str:
    patient.now = START + timedelta(days=170)
    return "token age"


def scope_missing(patient: Patient) -> str:
    patient.sign_in = SignIn(PAT, {key: one for key, one in SIGN_IN.grants.items() if key != TIMERS_SERVER})
    return "scopes"


def online_only(patient: Patient) -> str:
    saved = SIGN_IN.grants[TIMERS_SERVER]
    alone = SavedGrant(replace(saved.grant, refresh_token=None), START, START)
    patient.sign_in = SignIn(PAT, {**SIGN_IN.grants, TIMERS_SERVER: alone})
    return "tokens"


def from_the_future(patient: Patient) -> str:
    patient.now = START - timedelta(days=1)
    return "tokens"


def consent_missing(patient: Patient) -> str:
    patient.granted = chain(TRANSFER_ALL)
    return "consents"


def consents_unreadable(patient: Patient) -> str:
    patient.consent_fault = ConnectionFailed("No route to host.", maybe_processed=False, advice="Check the network.")
    return "consents"


def open_file(patient: Patient) -> str:
    patient.spoil = lambda: patient.path.chmod(0o644)
    return "storage"


def damaged_file(patient: Patient) -> str:
    patient.spoil = lambda: void(patient.path.write_bytes(b"{"))
    return "storage"


def clock_behind(patient: Patient) -> str:
    patient.skew = timedelta(minutes=6)
    return "clock"


def clock_ahead(patient: Patient) -> str:
    patient.skew = -timedelta(minutes=6)
    return "clock"


def bad_proxy(patient: Patient) -> str:
    patient.environ = {"HTTPS_PROXY": "proxy.example.org:3128"}
    return "proxy"


def socks_proxy(patient: Patient) -> str:
    patient.environ = {"ALL_PROXY": "socks5://localhost:1080"}
    return "proxy"


def no_certificates(patient: Patient) -> str:
    patient.environ = {"SSL_CERT_FILE": "/nowhere/ca.pem"}
    return "certificates"


def no_dns(patient: Patient) -> str:
    patient.unresolved, patient.unreachable = {"timer.automate.globus.org"}, {URLS["timer"]}
    return "timer"


def no_route(patient: Patient) -> str:
    patient.unreachable = {URLS["auth"]}
    return "auth"


FAULTS: list[Callable[[Patient], str]] = [
    no_sign_in, lapsed, nearly_lapsed, scope_missing, online_only, from_the_future, consent_missing,
    consents_unreadable, open_file, damaged_file, clock_behind, clock_ahead, bad_proxy, socks_proxy,
    no_certificates, no_dns, no_route,
]  # fmt: skip


def void(_: object) -> None:
    """For a lambda that is to give nothing."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_each_fault_is_found_with_a_fix(patient: Patient, fault: Callable[[Patient], str]) -> None:
    topic = fault(patient)
    found = await patient.examined()
    assert found[topic].fix
    assert found[topic].lines()[1].strip().startswith("fix: ")
    assert " warning" in lines(patient.checks)[-1]


async def test_a_home_without_file_locks_is_found(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert "no locks" in (await patient.examined())["lock"].result


async def test_a_home_that_cannot_be_written_is_found(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(folder: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    patient.spoil = lambda: monkeypatch.setattr(tokens_module, "make_private_folder", read_only)
    assert "Read-only" in (await patient.examined())["storage"].result


async def test_a_name_that_only_the_proxy_can_resolve_is_no_fault(patient: Patient) -> None:
    patient.unresolved = {"auth.globus.org"}
    assert await patient.examined() == {}


async def test_a_service_account_has_no_sign_in_to_lapse(patient: Patient) -> None:
    patient.sign_in = None
    patient.account = ServiceAccount("an-id", Secret("the-secret"), "GLOBUS_TUI_CLIENT_ID")
    assert await patient.examined() == {}
    assert "the-secret" not in repr(patient.checks)


async def test_a_service_account_whose_tokens_are_refused_has_no_healthy_sign_in(patient: Patient) -> None:
    patient.sign_in = None
    patient.account = ServiceAccount("an-id", Secret("the-secret"), "GLOBUS_TUI_CLIENT_ID")
    patient.refused = {FLOWS_SERVER: AuthAPIError("no Flows here", service="auth", status=501)}
    assert {topic: check.finding for topic, check in (await patient.examined()).items()} == {"tokens": Finding.WARNING}
    patient.refused = {TIMERS_SERVER: AuthAPIError("refused timer[transfer]", service="auth", status=400)}
    found = (await patient.examined())["sign-in"]
    assert (found.finding, found.result) == (Finding.FAULT, "refused timer[transfer]")
    patient.refused = {TIMERS_SERVER: SignedOut("The secret is wrong.", advice="Check it.")}
    assert (await patient.examined())["sign-in"].fix == "Check it."


async def test_tokens_of_a_person_that_are_refused_are_a_fault_of_the_sign_in(patient: Patient) -> None:
    patient.consent_fault = SignedOut("Globus refused to renew.", advice="Run: globus-tui login")
    assert "refused" in (await patient.examined())["sign-in"].result


def test_a_proxys_password_is_not_shown() -> None:
    (check,) = check_proxy({"HTTPS_PROXY": "http://me:hunter2@proxy.example.org:3128"})
    assert check.result == "HTTPS_PROXY goes through proxy.example.org:3128."
    (check,) = check_proxy({"HTTPS_PROXY": "me:hunter2@proxy"})
    assert "hunter2" not in check.result + check.fix


def test_certificates_named_for_other_programs_are_told_unless_there_are_some_for_this_one() -> None:
    others = {"REQUESTS_CA_BUNDLE": "/etc/site.pem", "CURL_CA_BUNDLE": "/etc/site.pem"}
    (check,) = check_proxy(others)
    assert (check.topic, check.finding) == ("certificates", Finding.OK)
    assert check.result.startswith("REQUESTS_CA_BUNDLE is for other programs")
    assert "GLOBUS_SDK_VERIFY_SSL" in check.result
    for name in ("GLOBUS_SDK_VERIFY_SSL", "SSL_CERT_DIR"):
        assert [check.topic for check in check_proxy({**others, name: "/"})] == ["proxy"]

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import globus_sdk.config
import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthorizeRequest
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["production", "preview", "sandbox", "integration", "test", "staging"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("service", ["auth", "transfer", "timer", "flows", "app", "actions"])
def test_services_are_where_the_sdk_finds_them(name: str, service: str) -> None:
    environ = {"GLOBUS_SDK_ENVIRONMENT": name}
    with mock.patch.dict(os.environ, environ, clear=True):
        assert Environment.read(environ).urls[service] == globus_sdk.config.get_service_url(service)


def test_without_variables_it_is_production() -> None:
    environment = Environment.read({})
    assert (environment.name, environment.timeout, environment.verify) == ("production", 60.0, True)
    assert environment.app_url("/activity/timers") == "https://app.globus.org/activity/timers"
    assert environment.actions_url == "https://actions.automate.globus.org/"


@pytest.mark.parametrize("name", ["prod", "", "Production"])
def test_an_unknown_environment_lists_the_known(name: str) -> None:
    with pytest.raises(SettingsError, match=r"GLOBUS_SDK_ENVIRONMENT.*production.*staging"):
        Environment.read({"GLOBUS_SDK_ENVIRONMENT": name})


@pytest.mark.parametrize("service", ["auth", "transfer", "timer", "flows", "app"])
def test_a_service_can_be_put_elsewhere(service: str) -> None:
    url = "http://127.0.0.1:8000/globus"
    environment = Environment.read({f"GLOBUS_SDK_SERVICE_URL_{service.upper()}": url})
    assert environment.url(service, "/x") == "http://127.0.0.1:8000/globus/x"


def test_the_name_of_the_javascript_sdk_works_and_that_of_the_python_sdk_wins() -> None:
    timers = {"GLOBUS_SDK_SERVICE_URL_TIMERS": "https://b.example.org"}
    assert Environment.read(timers).urls["timer"] == "https://b.example.org/"
    both = timers | {"GLOBUS_SDK_SERVICE_URL_TIMER": "https://a.example.org"}
    assert Environment.read(both).urls["timer"] == "https://a.example.org/"


def test_an_empty_url_counts_as_none() -> None:
    assert Environment.read({"GLOBUS_SDK_SERVICE_URL_AUTH": ""}).urls["auth"] == "https://auth.globus.org/"


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]:1/", "http://127.9.9.9", "http://a.localhost"])
def test_plain_http_is_allowed_on_this_machine(url: str) -> None:
    Environment.read({"GLOBUS_SDK_SERVICE_URL_TIMER": url})


@pytest.mark.parametrize(
    "url",
    [
        "http://timer.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "ftp://localhost",
        "timer.example.org",
        "https://",
        "https://user:hush@timer.example.org",
        "https://user:hush@timer.example.org:99999",
        "https://user:hush@[::1",
        "http://user:hush@timer.example.org/?x=1",
        "https://timer.example.org/?x=1",
        "https://timer.example.org:port/",
        "http://[::1",
    ],
)
def test_a_url_that_cannot_be_trusted_is_refused_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^GLOBUS_SDK_SERVICE_URL_TIMER: ") as caught:
        Environment.read({"GLOBUS_SDK_SERVICE_URL_TIMER": url})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("value", "timeout"), [("", 60.0), ("2.5", 2.5), ("-1", None), ("-1.0", None), ("1e1", 10.0)])
def test_time_outs_are_read_as_the_sdk_reads_them(value: str, timeout: float | None) -> None:
    environ = {"GLOBUS_SDK_HTTP_TIMEOUT": value}
    with mock.patch.dict(os.environ, environ):
        assert globus_sdk.config.get_http_timeout() == timeout
    assert Environment.read(environ).timeout == timeout


@pytest.mark.parametrize("value", ["soon", "0", "-2", "nan"])
def test_a_time_out_that_makes_no_sense_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="GLOBUS_SDK_HTTP_TIMEOUT"):
        Environment.read({"GLOBUS_SDK_HTTP_TIMEOUT": value})


@pytest.mark.parametrize("value", ["y", "YES", "t", "True", "on", "1", "n", "No", "f", "FALSE", "off", "0"])
def test_verification_is_read_as_the_sdk_reads_it(value: str) -> None:
    environ = {"GLOBUS_SDK_VERIFY_SSL": value}
    with mock.patch.dict(os.environ, environ):
        assert Environment.read(environ).verify is globus_sdk.config.get_ssl_verify()


def test_certificates_can_come_from_a_file(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    assert Environment.read({"GLOBUS_SDK_VERIFY_SSL": str(bundle)}).verify == str(bundle)


@pytest.mark.parametrize("value", ["", "maybe", "/no/such/file"])
def test_another_word_for_verification_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="GLOBUS_SDK_VERIFY_SSL"):
        Environment.read({"GLOBUS_SDK_VERIFY_SSL": value})


def test_clients_can_be_imported_without_httpx() -> None:
    modules = "environment http timers transfer globus_auth flows answers retry bearer"
    code = f"import sys; [__import__('globus_tui.api.' + m) for m in {modules.split()}]; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_a_sign_in_must_have_is_sent_joined_by_commas_and_never_empty() -> None:
    def session(gare: Gare) -> dict[str, list[str]]:
        request = AuthorizeRequest("a-client", "openid", "_default", "a-challenge", session=gare)
        sent = parse_qs(urlsplit(request.url(Environment.read({}))).query, keep_blank_values=True)
        assert all(value != [""] for value in sent.values())
        return {name: value for name, value in sent.items() if name.startswith("session_")}

    empty = Gare("AuthorizationRequired", session_message="")
    assert session(empty) == {}
    assert session(replace(empty, session_message="cut off \ud83d")) == {"session_message": ["cut off ?"]}
    full = replace(
        empty,
        session_required_identities=("one", "two"),
        session_required_policies=("p1", "p2", "p3"),
        session_required_single_domain=("uni.example.edu",),
        session_required_mfa=False,
    )
    assert session(full) == {
        "session_required_identities": ["one,two"],
        "session_required_policies": ["p1,p2,p3"],
        "session_required_single_domain": ["uni.example.edu"],
        "session_required_mfa": ["false"],
    }

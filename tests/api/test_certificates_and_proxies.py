"""Certificates that cannot be trusted and proxies in the way: told at once, once, and with what to do about it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.network import proxy_of, without_password
from globus_tui.api.plain import _CALLED, trust
from globus_tui.auth.doctor import Finding, check_services
from globus_tui.cli.doctor import _reach, _resolve
from globus_tui.domain.errors import ConnectionFailed, GlobusTuiError, NotTrusted, ProxyRefused, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.2"
"""This machine, at an address for which the program goes through a proxy like for any other."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"ok": true}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """A service with a certificate; counts the connections that were begun."""

    begun = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.begun += 1
        super().process_request(request, client_address)

    def handle_error(self, *_: object) -> None:
        """A handshake that the other side broke off."""


class Site:
    """A certificate authority that this machine trusts, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.ca_file))

    @contextmanager
    def serving(self, name: str = HOST, ca: trustme.CA | None = None, **dates: Any) -> Iterator[Server]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (ca or self.ca).issue_cert(name, **dates).configure_cert(context)
        server = Server((HOST, 0), Answers)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def environment(self, server: Server, **more: str) -> Environment:
        url = f"https://{HOST}:{server.server_address[1]}/"
        found = {f"GLOBUS_SDK_SERVICE_URL_{name}": url for name in ("TIMER", "AUTH", "TRANSFER", "FLOWS")}
        return Environment.read({**found, "GLOBUS_SDK_VERIFY_SSL": str(self.ca_file), **more})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


async def failure(environment: Environment, waits: Waits | None = None) -> GlobusTuiError:
    async with Connection(environment, sleep=waits if waits is not None else Waits()) as connection:
        with pytest.raises(GlobusTuiError) as caught:
            await connection.request("timer", "GET", "/")
    return caught.value


# --- certificates


async def test_a_certificate_of_the_named_authority_is_trusted(site: Site) -> None:
    with site.serving() as server:
        async with Connection(site.environment(server)) as connection:
            assert (await connection.request("timer", "GET", "/")).status == 200


@pytest.mark.parametrize(
    ("what", "said", "advice"),
    [
        ("expired", "has expired", "clock"),
        ("not yet", "is not valid yet", "clock"),
        ("other host", "is for another", "address"),
        ("unknown issuer", "comes from an issuer that is not known here", "SSL_CERT_FILE or GLOBUS_SDK_VERIFY_SSL"),
    ],
)
async def test_one_that_cannot_be_trusted_is_asked_once_and_told_with_the_reason(
    site: Site, what: str, said: str, advice: str
) -> None:
    how: dict[str, dict[str, Any]] = {
        "expired": {"not_before": LONG_AGO - timedelta(days=9), "not_after": LONG_AGO},
        "not yet": {"not_before": datetime.now(UTC) + timedelta(days=9)},
        "other host": {"name": "elsewhere.example"},
        "unknown issuer": {"ca": trustme.CA()},
    }
    waits = Waits()
    with site.serving(**how[what]) as server:
        error = await failure(site.environment(server), waits)
        assert server.begun == 1
    assert isinstance(error, NotTrusted)
    assert not error.may_have_arrived
    assert f"The certificate of Globus Timers {said}" in str(error)
    assert advice in error.advice
    assert waits == []


async def test_doctor_tells_the_reason_and_what_mends_it(site: Site) -> None:
    with site.serving(ca=trustme.CA()) as server:
        environment = site.environment(server)
        _, check = await check_services(
            {"timer": environment.urls["timer"]}, _resolve, lambda _: _reach(environment, "timer")
        )
    assert check.finding is Finding.FAULT
    assert "issuer that is not known here" in check.result
    assert "SSL_CERT_FILE" in check.fix


# --- proxies


def test_the_password_of_a_proxy_is_never_shown() -> None:
    for url in (
        "http://me:s3cret@proxy.example:3128/",
        "me:s3cret@proxy.example:3128",
        "http://me:s3c@ret@p.example:1",
    ):
        assert "s3c" not in without_password(url)
        assert "me" not in without_password(url).replace("example", "")


def test_what_runs_on_this_machine_or_is_excepted_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert proxy_of("https://127.0.0.1:9/") is None
    assert proxy_of("https://a.inside.example/") is None
    assert proxy_of("https://timer.example/") == "http://proxy.example:3128"


async def test_a_proxy_that_is_not_there_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody, site.serving() as server:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:s3cret@127.0.0.1:{port}")
        error = await failure(site.environment(server))
    assert isinstance(error, ConnectionFailed)
    assert f"The proxy http://127.0.0.1:{port} on the way to Globus Timers could not be reached" in str(error)
    assert "s3cret" not in error.in_full
    assert "HTTPS_PROXY" in error.advice


@pytest.mark.parametrize(
    "address",
    [
        "socks5://me:s3cret@proxy.example:1080",
        "ftp://me:s3cret@proxy.example:21",
        "http://me:s3cret@proxy.example:99999",
        "me:s3cret@proxy.example:31288080",
        "http://me:s3cret@proxy.example:port",
    ],
)
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    site: Site, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with site.serving() as server:
        error = await failure(site.environment(server))
    assert isinstance(error, SettingsError)
    assert "proxy.example" in str(error)
    assert "s3cret" not in error.in_full


@contextmanager
def _proxy(*command: str, port: int) -> Iterator[None]:
    """A proxy, once it takes connections."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    threading.Event().wait(0.05)
            assert process.poll() is None, f"{command[0]} ended at once"
            yield
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def tinyproxy(folder: Path, *lines: str) -> Iterator[int]:
    program = shutil.which("tinyproxy")
    if program is None:
        pytest.skip("tinyproxy is not installed")
    port = _free_port()
    settings = folder / "tinyproxy.conf"
    settings.write_text("\n".join([f"Port {port}", "Listen 127.0.0.1", "Timeout 20", *lines]) + "\n")
    with _proxy(program, "-d", "-c", str(settings), port=port):
        yield port


async def test_the_way_leads_through_a_real_proxy_with_name_and_password(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.serving() as server, tinyproxy(tmp_path, "BasicAuth me s3cret") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:s3cret@127.0.0.1:{port}")
        async with Connection(site.environment(server)) as connection:
            assert (await connection.request("timer", "GET", "/")).status == 200


@pytest.mark.parametrize("who", ["", "me:wr0ng@"])
async def test_a_proxy_that_wants_a_name_and_password_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    waits = Waits()
    with site.serving() as server, tinyproxy(tmp_path, "BasicAuth me s3cret") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{who}127.0.0.1:{port}")
        error = await failure(site.environment(server), waits)
        assert server.begun == 0
    assert isinstance(error, ProxyRefused)
    assert f"The proxy http://127.0.0.1:{port} on the way to Globus Timers wants another name and password" in str(
        error
    )
    assert "http://name:password@host:port" in error.advice
    assert "wr0ng" not in error.in_full
    assert waits == []


async def test_a_proxy_that_forbids_the_way_is_named(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.serving() as server, tinyproxy(tmp_path, "ConnectPort 1") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        error = await failure(site.environment(server))
    assert isinstance(error, ProxyRefused)
    assert f"The proxy http://127.0.0.1:{port} on the way to Globus Timers refused it (403" in str(error)


async def test_doctor_behind_a_proxy_resolves_nothing_itself(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: asked.append(host))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    await _resolve("timer.automate.globus.org")
    assert asked == []


def _mitmdump() -> str:
    program = shutil.which("mitmdump")
    if program is None:
        pytest.skip("mitmproxy is not installed")
    return program


async def test_a_proxy_that_replaces_certificates_is_told_at_once_until_its_ca_is_named(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, folder = _free_port(), tmp_path / "mitm"
    command = (_mitmdump(), "-q", "--listen-host", "127.0.0.1", "-p", str(port), "--ssl-insecure")
    with site.serving() as server, _proxy(*command, "--set", f"confdir={folder}", port=port):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        waits = Waits()
        error = await failure(site.environment(server), waits)
        assert isinstance(error, NotTrusted)
        assert f"through the proxy http://127.0.0.1:{port} comes from an issuer" in str(error)
        assert waits == []
        named = site.environment(server, GLOBUS_SDK_VERIFY_SSL=str(folder / "mitmproxy-ca-cert.pem"))
        async with Connection(named) as connection:
            assert (await connection.request("timer", "GET", "/")).status == 200


def test_the_certificates_that_are_trusted_are_read_where_they_lie_also_inside_a_zip(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("certifi.where", lambda: pytest.fail("it unpacks a file to the disk"))
    found = trust(Environment("production", dict.fromkeys(_CALLED, "https://globus.example")))
    assert isinstance(found, ssl.SSLContext)
    assert found.verify_mode is ssl.CERT_REQUIRED
    assert len(found.get_ca_certs()) > 50

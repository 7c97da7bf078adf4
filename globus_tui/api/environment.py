"""Where the Globus services are, and how to reach them: read from the environment exactly as the official SDK does."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from globus_tui.domain.errors import SettingsError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_VARIABLE = "GLOBUS_SDK_ENVIRONMENT"
TIMEOUT_VARIABLE = "GLOBUS_SDK_HTTP_TIMEOUT"
VERIFY_VARIABLE = "GLOBUS_SDK_VERIFY_SSL"
URL_VARIABLE = "GLOBUS_SDK_SERVICE_URL_"

SERVICES = ("auth", "transfer", "timer", "flows", "app", "actions")
DEFAULT_TIMEOUT = 60.0

_DOMAINS = {"production": "globus.org", "preview": "preview.globus.org"} | {
    name: f"{name}.globuscs.info" for name in ("sandbox", "integration", "test", "staging")
}
_YES = {"y", "yes", "t", "true", "on", "1"}
_NO = {"n", "no", "f", "false", "off", "0"}


@dataclass(frozen=True, slots=True)
class Environment:
    """One Globus environment.

    Attributes:
        name: `production`, or one of the names of the official SDK.
        urls: root URL of each service by its short name (see `SERVICES`), always with a trailing slash.
        timeout: seconds that one request may take altogether; None waits for ever.
        verify: whether certificates are checked, or the path of a CA bundle to check them with.
    """

    name: str
    urls: Mapping[str, str]
    timeout: float | None = DEFAULT_TIMEOUT
    verify: bool | str = True

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Environment:
        """Reads the variables of the official SDK.

        Raises:
            SettingsError: a variable has a value that cannot be used; the message names it.
        """
        name = environ.get(ENVIRONMENT_VARIABLE, "production")
        if name not in _DOMAINS:
            known = ", ".join(_DOMAINS)
            raise SettingsError(f"{ENVIRONMENT_VARIABLE}: {name!r} is no Globus environment; known are {known}.")
        return cls(
            name=name,
            urls=MappingProxyType({service: _service_url(environ, name, service) for service in SERVICES}),
            timeout=_read_timeout(environ.get(TIMEOUT_VARIABLE, "")),
            verify=_read_verify(environ.get(VERIFY_VARIABLE, "1")),
        )

    def url(self, service: str, path: str = "") -> str:
        """The URL of a path on a service, joined with exactly one slash."""
        return self.urls[service] + path.lstrip("/")

    def app_url(self, path: str) -> str:
        """The address of a page of the Globus web app."""
        return self.url("app", path)

    @property
    def actions_url(self) -> str:
        """What the addresses that old transfer timers call begin with."""
        return self.urls["actions"]


def _service_url(environ: Mapping[str, str], name: str, service: str) -> str:
    for variable in _variables(service):
        if value := environ.get(variable):
            return _check_url(variable, value)
    return _default_url(name, service)


def _variables(service: str) -> tuple[str, ...]:
    own = URL_VARIABLE + service.upper()
    # TIMERS is the name of the JavaScript SDK. Where both are set TIMER wins: the official CLI and Python SDK on the
    # same machine read only that one, and this program must talk to the same service as they do.
    return (own, f"{own}S") if service == "timer" else (own,)


def _default_url(name: str, service: str) -> str:
    domain = _DOMAINS[name]
    if service in ("auth", "app"):
        return f"https://{service}.{domain}/"
    if service == "transfer":
        return f"https://transfer.api.{domain}/"
    prefix = "" if name == "production" else f"{name}."
    return f"https://{prefix}{service}.automate.globus.org/"


def _check_url(variable: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        shown = url.rpartition("@")[2]  # before it there may be a password
        raise SettingsError(f"{variable}: {shown!r} is not a URL.") from None
    if parts.username is not None:
        raise SettingsError(f"{variable}: the URL must not carry a user name or password.")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise SettingsError(f"{variable}: {url!r} is not the root URL of a service.")
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError(
            f"{variable}: {url!r} is neither https nor on this machine; credentials are not sent over it."
        )
    return url.rstrip("/") + "/"


def is_loopback(host: str) -> bool:
    """Whether a host name certainly means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_timeout(value: str) -> float | None:
    if value == "":
        return DEFAULT_TIMEOUT
    try:
        seconds = float(value)
    except ValueError:
        seconds = float("nan")
    if seconds == -1:
        return None
    if not seconds > 0:
        raise SettingsError(f"{TIMEOUT_VARIABLE}: {value!r} is not a number of seconds (-1 means no time-out).")
    return None if seconds == float("inf") else seconds


def _read_verify(value: str) -> bool | str:
    if value.lower() in _YES:
        return True
    if value.lower() in _NO:
        return False
    if value and Path(value).is_file():
        return value
    raise SettingsError(f"{VERIFY_VARIABLE}: {value!r} is neither yes, no, nor a file of CA certificates that exists.")

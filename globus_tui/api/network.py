"""What goes wrong before an answer is complete, in words: httpx exceptions as errors of this program."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from globus_tui.api.exchange import SERVICE_NAMES
from globus_tui.api.plain import Unreached
from globus_tui.domain import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

# Raised before the first byte of the request is on its way: it certainly was not carried out.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
DIRECT = ("localhost", "127.0.0.1", "::1")
"""A proxy, if one is set, is for the world outside: what runs on this machine is reached directly."""
_PROXY_ADVICE = "Check HTTPS_PROXY, and that the proxy runs and may reach Globus."
_CLOCK_ADVICE = "Check this machine's clock (date -u); if it is right, whoever runs that host has to renew it."
_HOST_ADVICE = "Check the address in GLOBUS_SDK_SERVICE_URL_*, and whether a proxy or login page answers in its place."
_ISSUER_ADVICE = (
    "A proxy may be replacing certificates: name the file of its CA in SSL_CERT_FILE or GLOBUS_SDK_VERIFY_SSL."
)
# OpenSSL's X509_V_ERR_* (x509_vfy.h): the reason, and what to do about it.
_REASONS = {
    9: ("is not valid yet", _CLOCK_ADVICE),
    10: ("has expired", _CLOCK_ADVICE),
    62: ("is for another host", _HOST_ADVICE),
    64: ("is for another address", _HOST_ADVICE),
}


def proxy_of(url: str) -> str | None:
    """The proxy through which httpx reaches a URL, by the environment, without name and password; None: directly."""
    parts = urlsplit(url)
    if parts.hostname in DIRECT or proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    return without_password(proxy if "://" in proxy else f"http://{proxy}")


def without_password(url: str) -> str:
    """The address of a proxy as it may be shown."""
    scheme, _, rest = url.rpartition("://")
    host = rest.rpartition("@")[2].split("/")[0]
    return f"{scheme}://{host}" if scheme else host


def _proxies() -> list[str]:
    named = getproxies()
    found = (named.get(kind) for kind in ("http", "https", "all"))
    return [url if "://" in url else f"http://{url}" for url in found if url]


def check_proxy_ports() -> None:
    """What httpx leaves to the first connection. Raises `ValueError`: a proxy has a port that is none."""
    for url in _proxies():
        _ = urlsplit(url).port


def _is_usable(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return url.startswith(("http://", "https://"))


def unusable_proxy() -> errors.SettingsError:
    """The error to raise where httpx does not take the address of a proxy."""
    unusable = [without_password(url) for url in _proxies() if not _is_usable(url)]
    names = ", ".join(sorted(set(unusable))) or "the address"
    return errors.SettingsError(
        f"HTTPS_PROXY or ALL_PROXY names a proxy that cannot be used: {names}.",
        advice="Name an HTTP proxy, as http://host:port, or unset the variable.",
    )


def of_httpx(problem: Exception) -> httpx.RequestError | TimeoutError:
    """The httpx exception that stands for a failure of `PlainSender`."""
    if isinstance(problem, TimeoutError):
        return problem
    error: httpx.RequestError = httpx.ReadError("")
    if isinstance(problem, Unreached):
        cause = problem.__cause__
        error = httpx.ConnectTimeout("") if isinstance(cause, TimeoutError) else httpx.ConnectError(_reason(cause))
    error.__cause__ = problem
    return error


def _reason(problem: BaseException | None) -> str:
    if isinstance(problem, ssl.SSLError) or not isinstance(problem, OSError):
        return str(problem)
    if problem.errno is None:
        return "All connection attempts failed"
    return os.strerror(problem.errno) if problem.errno > 0 else str(problem.strerror)


def network_error(
    service: str, problem: httpx.RequestError | TimeoutError, timeout: float | None, url: str
) -> errors.GlobusTuiError:
    """The error to raise for a request that got no complete answer.

    `maybe_processed` is False only where the request certainly never left. No text of the exception is used except
    for failed connections: others may quote a header.

    Args:
        timeout: seconds that the request might take.
    """
    name, proxy = SERVICE_NAMES.get(service, service), proxy_of(url)
    through = f" through the proxy {proxy}" if proxy else ""
    advice = _PROXY_ADVICE if proxy else None
    if (certificate := next(_certificate_errors(problem), None)) is not None:
        return _not_trusted(name, certificate, through)
    processed = not isinstance(problem, _NEVER_SENT)
    if isinstance(problem, httpx.ConnectTimeout | httpx.PoolTimeout):
        return errors.TimedOut(f"{name} could not be reached in time{through}.", maybe_processed=False, advice=advice)
    if isinstance(problem, TimeoutError | httpx.TimeoutException):
        within = f" within {timeout:g} seconds" if timeout is not None else " in time"
        return errors.TimedOut(f"{name} did not answer{within}{through}.", maybe_processed=processed, advice=advice)
    if isinstance(problem, httpx.ProxyError):
        return _proxy_refused(name, problem, proxy or "that is set")
    if isinstance(problem, httpx.ConnectError):
        return _not_connected(name, problem, proxy, advice)
    if isinstance(problem, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return errors.ConnectionFailed(f"The request to {name} could not be sent as it is.", maybe_processed=False)
    return errors.ConnectionFailed(
        f"The connection to {name} broke before the answer was complete{through}.", maybe_processed=True, advice=advice
    )


def _certificate_errors(problem: BaseException) -> Iterator[ssl.SSLCertVerificationError]:
    error: BaseException | None = problem
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            yield error
        error = error.__cause__ or error.__context__


def _not_trusted(name: str, problem: ssl.SSLCertVerificationError, through: str) -> errors.NotTrusted:
    reason, advice = _REASONS.get(problem.verify_code, ("comes from an issuer that is not known here", _ISSUER_ADVICE))
    return errors.NotTrusted(f"The certificate of {name}{through} {reason}.", maybe_processed=False, advice=advice)


def _proxy_refused(name: str, problem: httpx.ProxyError, proxy: str) -> errors.ProxyRefused:
    words = " ".join(str(problem).split())[:100]
    if words.startswith(("407", "401")):  # tinyproxy answers 401 to a wrong password
        return errors.ProxyRefused(
            f"The proxy {proxy} on the way to {name} wants another name and password ({words[:3]}).",
            maybe_processed=False,
            advice="Write them into HTTPS_PROXY as http://name:password@host:port, signs such as @ and : as %40, %3A.",
        )
    return errors.ProxyRefused(
        f"The proxy {proxy} on the way to {name} refused it{f' ({words})' if words else ''}.",
        maybe_processed=False,
        advice="Ask whoever runs the proxy to allow it, or name another in HTTPS_PROXY.",
    )


def _not_connected(
    name: str, problem: httpx.ConnectError, proxy: str | None, advice: str | None
) -> errors.ConnectionFailed:
    reason = " ".join(str(problem).split())[:200]
    whom = f"The proxy {proxy} on the way to {name}" if proxy else name
    return errors.ConnectionFailed(
        f"{whom} could not be reached{f': {reason}' if reason else ''}.".replace("..", "."),
        maybe_processed=False,
        advice=advice,
    )

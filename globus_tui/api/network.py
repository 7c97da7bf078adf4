"""What goes wrong before an answer is complete, in words: httpx exceptions as errors of this program."""

from __future__ import annotations

import httpx

from globus_tui.api.exchange import SERVICE_NAMES
from globus_tui.domain.errors import ConnectionFailed, GlobusTuiError, TimedOut, UnreadableAnswer

# Raised before the first byte of the request is on its way: it certainly was not carried out.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_CERTIFICATE_ADVICE = (
    "A proxy may be replacing certificates: name its CA file in SSL_CERT_FILE or GLOBUS_SDK_VERIFY_SSL, "
    "and check this machine's clock."
)


def network_error(service: str, problem: httpx.RequestError | TimeoutError, timeout: float | None) -> GlobusTuiError:
    """The error to raise for a request that got no complete answer.

    `maybe_processed` is False only where the request certainly never left. No text of the exception is used except
    for failed connections: others may quote a header.
    """
    name = SERVICE_NAMES.get(service, service)
    processed = not isinstance(problem, _NEVER_SENT)
    if isinstance(problem, httpx.ConnectTimeout | httpx.PoolTimeout):
        return TimedOut(f"{name} could not be reached in time.", maybe_processed=False)
    if isinstance(problem, TimeoutError | httpx.TimeoutException):
        within = f" within {timeout:g} seconds" if timeout is not None else " in time"
        return TimedOut(f"{name} did not answer{within}.", maybe_processed=processed)
    if isinstance(problem, httpx.DecodingError):
        return UnreadableAnswer(f"{name} sent an answer whose compression is damaged.")
    if isinstance(problem, httpx.ProxyError):
        return ConnectionFailed(f"The proxy on the way to {name} refused the connection.", maybe_processed=False)
    if isinstance(problem, httpx.ConnectError):
        return _not_connected(name, problem)
    if isinstance(problem, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return ConnectionFailed(f"The request to {name} could not be sent as it is.", maybe_processed=False)
    return ConnectionFailed(f"The connection to {name} broke before the answer was complete.", maybe_processed=True)


def _not_connected(name: str, problem: httpx.ConnectError) -> ConnectionFailed:
    reason = " ".join(str(problem).split())[:200]
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        said = f"{name} showed a certificate that cannot be trusted."
        return ConnectionFailed(said, maybe_processed=False, advice=_CERTIFICATE_ADVICE)
    return ConnectionFailed(
        f"{name} could not be reached{f': {reason}' if reason else ''}.".replace("..", "."), maybe_processed=False
    )

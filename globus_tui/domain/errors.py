"""What can go wrong, as one tree. `str(error)` is a sentence fit for the user; `advice` says what to do.

    GlobusTuiError
    ├── BadInput             what was typed or handed in cannot be used
    │   └── ReadOnly         a change was asked for where none is made
    ├── SettingsError        a configuration file or environment variable is wrong
    ├── SignedOut            there are no credentials, or they were refused for good
    ├── NetworkError         no answer arrived
    │   ├── TimedOut
    │   └── ConnectionFailed
    │       ├── NotTrusted
    │       └── ProxyRefused
    ├── UnreadableAnswer     an answer arrived that cannot be understood
    └── ServiceError         the service refused
        ├── AuthAPIError
        ├── TransferAPIError
        ├── TimersAPIError
        └── FlowsAPIError

Errors are raised by `api` and `auth` and caught by `store`, which is why they live below both.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from globus_tui.domain.auth.gare import Gare


class GlobusTuiError(Exception):
    """The root: catch it where any expected failure ends in words for the user.

    Attributes:
        sent_before: the same request was sent before, and what became of that one nobody knows.
        unsent: it befell what comes before the request, the renewal of a token: the request itself was not carried out.
        gare: what Globus wants from the user first, when a service says so (on any status, 502 included).
        kind: what a refusal of a service means.
        retry_after: seconds that a service asked to wait.
    """

    advice: str = ""
    sent_before: bool = False
    unsent: bool = False
    gare: Gare | None = None
    retry_after: float | None = None

    @property
    def kind(self) -> ErrorKind | None:
        return None

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        if advice is not None:
            self.advice = advice

    @property
    def may_have_arrived(self) -> bool:
        """The request may have been carried out, or may still be: look before doing anything else."""
        return self.sent_before or (self._leaves_doubt and not self.unsent)

    @property
    def _leaves_doubt(self) -> bool:
        """Whether a request that ended like this may have been carried out."""
        return False

    @property
    def in_full(self) -> str:
        """What is wrong, then what to do, each a sentence."""
        message = str(self)
        return f"{message}{'' if message.endswith(('.', '!', '?')) else '.'} {self.advice}" if self.advice else message


class BadInput(GlobusTuiError, ValueError):
    """What was typed or handed in cannot be used; the message says why and what would do."""


def why_unread(problem: ValueError | RecursionError) -> str:
    """Why a document of JSON or TOML cannot be read, as part of a sentence, where Python's words are not for users."""
    if isinstance(problem, RecursionError):
        return "it is nested too deep"
    return "a number in it is too long" if "integer string conversion" in str(problem) else str(problem)


class ReadOnly(BadInput):
    """A change was asked for where none is made; nothing was sent."""

    advice = "Start it without --read-only, and without read_only in the configuration file, to change something."

    def __init__(self) -> None:
        super().__init__("Read-only: nothing is changed at Globus.", advice=self.advice)


class SettingsError(GlobusTuiError):
    """A setting is wrong; the message names the file or variable, the key and the line where known."""


PRESS_S = "Press S to sign in."
"""As the console says it; in a shell stands a command instead."""


class SignedOut(GlobusTuiError):
    """There are no credentials for this service, or they were refused and cannot be renewed."""

    advice = PRESS_S


class NetworkError(GlobusTuiError):
    """No answer arrived.

    Attributes:
        maybe_processed: the request may have reached the service and been carried out; False when it
            certainly never left (no connection was made).
    """

    advice = "Check the network and the proxy settings if it goes on."

    def __init__(self, message: str, *, maybe_processed: bool, advice: str | None = None) -> None:
        super().__init__(message, advice=advice)
        self.maybe_processed = maybe_processed

    @property
    def _leaves_doubt(self) -> bool:
        return self.maybe_processed


class TimedOut(NetworkError):
    """The service did not answer in time."""


class ConnectionFailed(NetworkError):
    """The connection could not be made, or broke."""


class NotTrusted(ConnectionFailed):
    """The host's certificate cannot be trusted: asking again would not help."""


class ProxyRefused(ConnectionFailed):
    """The proxy does not let this program through: asking again would not help."""


class UnreadableAnswer(GlobusTuiError):
    """An answer arrived that is not what the service documents: not JSON, cut short, or of another shape."""

    advice = "A proxy or login page may stand between this machine and Globus."
    _leaves_doubt = True


class ErrorKind(Enum):
    """What a refusal means for the caller, whatever service it came from."""

    SIGNED_OUT = "signed out"
    NEEDS_AUTHORIZATION = "needs authorization"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    BUSY = "busy"
    BROKEN = "broken"
    OTHER = "other"


class FieldProblem(NamedTuple):
    """One complaint of the service about one part of the request.

    Attributes:
        place: path in the request, e.g. `("body", "schedule", "interval_seconds")`; ints are list positions.
    """

    place: tuple[str | int, ...]
    message: str


class ServiceError(GlobusTuiError):
    """The service answered with a refusal.

    Attributes:
        service: `auth`, `transfer`, `timer` or `flows`.
        code: the service's own code, dotted and open-ended (match by prefix), or None.
        problems: complaints about single fields (422).
        request_id: to quote to Globus support, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        service: str,
        status: int,
        code: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
        gare: Gare | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.service = service
        self.status = status
        self.code = code
        self.problems = problems
        self.gare = gare
        self.request_id = request_id
        self.retry_after = retry_after

    @property
    def _leaves_doubt(self) -> bool:
        """A service, or a proxy on the way to it, that broke down may have passed it on."""
        return self.kind is ErrorKind.BROKEN

    @property
    def kind(self) -> ErrorKind:
        """What it means; a requirement outranks the status that it came with."""
        if self.gare is not None:
            return ErrorKind.NEEDS_AUTHORIZATION
        if self.status >= 500:
            return ErrorKind.BROKEN
        return _KINDS.get(self.status, ErrorKind.OTHER)


_KINDS = {
    400: ErrorKind.INVALID,
    401: ErrorKind.SIGNED_OUT,
    403: ErrorKind.FORBIDDEN,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.CONFLICT,
    422: ErrorKind.INVALID,
    429: ErrorKind.BUSY,
}


class AuthAPIError(ServiceError):
    """Globus Auth refused."""


class TransferAPIError(ServiceError):
    """Globus Transfer refused."""


class TimersAPIError(ServiceError):
    """Globus Timers refused."""


class FlowsAPIError(ServiceError):
    """Globus Flows refused."""

"""What stands behind the console: the real services, or the pretend facility of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.store.refresh_plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.http import Connection
    from globus_tui.settings import Settings

DEMO_FLOOR = 1.0
"""The demo may be refreshed every second: nobody else is bothered by it."""
DEMO_REFRESH = 5


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to reach Globus.

    Attributes:
        connection: all requests go through it; closed by whoever opened the backend.
        tokens: signs them.
        clock: this machine's present, or the demo's.
        floor: the shortest refresh interval, in seconds.
        who: the identity signed in, where known without asking.
    """

    connection: Connection
    tokens: TokenSource
    clock: Callable[[], datetime]
    floor: float = FLOOR
    who: str | None = None
    demo: bool = False


class NotSignedInError(GlobusTuiError):
    """There is nobody to ask as."""


def real_backend(settings: Settings, environ: Mapping[str, str]) -> Backend:
    """Globus itself, as the service account that the environment names.

    Raises:
        SettingsError: a variable cannot be used.
        NotSignedInError: no service account is named.
    """
    from globus_tui.api.environment import Environment
    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.api.http import Connection, utc_now
    from globus_tui.auth.client_tokens import ClientCredentialsTokens
    from globus_tui.auth.service_account import from_environ

    account = from_environ(environ)
    if account is None:
        raise NotSignedInError("Nobody is signed in.")
    connection = Connection(Environment.read(environ))
    tokens = ClientCredentialsTokens(AuthClient(connection), account)
    return Backend(connection, tokens, utc_now, who=f"service account {account.client_id[:8]}")


def demo_backend(speed: float, start: datetime | None = None) -> Backend:
    """A pretend facility in this process: no account, no network.

    Args:
        speed: simulated seconds per real second; 0 is a frozen clock.
        start: the simulated moment at which it begins; the present when None.
    """
    from globus_tui.api.environment import Environment
    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.api.http import Connection
    from globus_tui.auth.client_tokens import ClientCredentialsTokens
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.domain.credentials import Secret
    from globus_tui.sandbox.clock import Clock
    from globus_tui.sandbox.in_process import InProcessTransport
    from globus_tui.sandbox.service import make_app
    from globus_tui.sandbox.world import SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET, facility

    clock = Clock(start, speed)
    transport = InProcessTransport(make_app(facility(clock)))
    connection = Connection(Environment.read({}), transport=transport, clock=clock.now)
    account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET))
    tokens = ClientCredentialsTokens(AuthClient(connection), account, clock=clock.now)
    return Backend(connection, tokens, clock.now, DEMO_FLOOR, "ops@example-facility.org", demo=True)

"""What stands behind the console: the real services, or the pretend facility of the demo."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.refresh_plan import FLOOR

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from globus_tui.api.environment import Environment
    from globus_tui.api.globus_auth import AuthClient, PeopleClient
    from globus_tui.api.http import Connection
    from globus_tui.auth.account import Account, PersonAccount
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.token_store import FallingBack, TokenStore
    from globus_tui.sandbox.state import Sandbox
    from globus_tui.settings import Settings

DEMO_FLOOR = 1.0
"""The demo may be refreshed every second: nobody else is bothered by it."""
DEMO_REFRESH = 5
DEMO_USER = "ops@example-facility.org"


class _Lazy:
    def __init__(self, module: str, name: str, arguments: tuple[object, ...]) -> None:
        self._how = module, name, arguments

    @cached_property
    def _made(self) -> Any:
        module, name, arguments = self._how
        return getattr(import_module(module), name)(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def lazily(module: str, name: str, *arguments: object) -> Any:
    """Stands for what a function or class gives: imported and called when the first attribute is asked for."""
    return _Lazy(module, name, arguments)


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to reach Globus.

    Attributes:
        connection: all requests go through it; closed by whoever opened the backend.
        skew: the service's clock minus this machine's.
        floor: the shortest refresh interval, in seconds.
        browser: accounts of the demo's pretend browser and how they allow; None outside the demo.
        store: keeps the tokens of people; None in the demo, and for a service account.
    """

    connection: Connection
    account: Account
    skew: Callable[[], timedelta]
    floor: float = FLOOR
    browser: tuple[Sequence[str], Callable[[str, str, bool], tuple[str | None, str]]] | None = None
    store: FallingBack | None = None

    @property
    def demo(self) -> bool:
        """The pretend facility is behind it."""
        return self.browser is not None


async def real_backend(settings: Settings, environ: Mapping[str, str]) -> Backend:
    """Globus itself: as the service account that the environment names, else as the person of the profile.

    Raises:
        SettingsError: a variable or the profile's name cannot be used, or the stored tokens are readable by others.
    """
    from globus_tui.api.http import Connection
    from globus_tui.auth.account import ServiceIdentity

    connection = Connection(environment_of(settings, environ))
    key = profile_key(settings, connection.environment)
    machine, opened = await whose(settings, environ)
    if machine is not None:
        from globus_tui.auth.service_account import kept_file

        in_file = settings.token_store != "keyring"  # noqa: S105 - a place, no token
        kept_in = kept_file(settings.paths.data, machine, key.environment) if in_file else None
        auth: AuthClient = lazily("globus_tui.api.globus_auth", "AuthClient", connection)
        service = ServiceIdentity(auth, machine, kept_in=kept_in)
        return Backend(connection, service, lambda: connection.skew)
    store = opened or await open_store(settings)
    account = person(connection, store, key)
    await account.load()
    return Backend(connection, account, lambda: connection.skew, store=store)


async def whose(settings: Settings, environ: Mapping[str, str]) -> tuple[ServiceAccount | None, FallingBack | None]:
    """The service account to act as, None for a person; and the token store, if it had to be opened to tell.

    The store is opened only when `GLOBUS_TUI_CLIENT_ID` stands alone: then somebody signed in with that id tells that
    it is a native app's. Trying a keyring takes time.

    Raises:
        SettingsError: a variable cannot be used.
    """
    from globus_tui.auth.records import native_ids
    from globus_tui.auth.service_account import from_environ

    store, known = None, {settings.file_client_id} if settings.file_client_id else set()
    alone = environ.get("GLOBUS_TUI_CLIENT_ID") and not environ.get("GLOBUS_TUI_CLIENT_SECRET")
    if alone and environ["GLOBUS_TUI_CLIENT_ID"].strip() not in known:
        store = await open_store(settings)
        known |= native_ids(store)
    return from_environ(environ, sign_in=settings.sign_in, native_ids=known), store


def environment_of(settings: Settings, environ: Mapping[str, str]) -> Environment:
    """Where Globus is: the profile's environment, else as the variables of the official SDK say.

    Raises:
        SettingsError: a variable cannot be used.
    """
    from globus_tui.api.environment import ENVIRONMENT_VARIABLE, Environment

    chosen = {ENVIRONMENT_VARIABLE: settings.environment} if settings.environment else {}
    return Environment.read({**environ, **chosen})


async def open_store(settings: Settings) -> FallingBack:
    """Where this user's tokens are kept, tried out off the event loop.

    Raises:
        SettingsError: a keyring is demanded where none works.
    """
    import asyncio

    from globus_tui.auth.token_store import choose_store

    return await asyncio.to_thread(choose_store, settings.token_store, settings.paths.data)


def profile_key(settings: Settings, environment: Environment) -> ProfileKey:
    """Under what the sign-in of this profile is kept.

    Raises:
        SettingsError: the profile's name cannot be one.
    """
    from globus_tui.auth.records import ProfileKey, checked_name, environment_label

    label = environment_label(environment.name, environment.urls["auth"])
    return ProfileKey(checked_name(settings.profile, "profile"), label, settings.client_id)


def person(
    connection: Connection, store: TokenStore, key: ProfileKey, *, clock: Callable[[], datetime] | None = None
) -> PersonAccount:
    """A person's account on a connection; nothing is read yet."""
    from globus_tui.api.http import utc_now
    from globus_tui.auth.account import PersonAccount
    from globus_tui.auth.stored_tokens import StoredTokens

    clock = clock or utc_now
    auth: AuthClient = lazily("globus_tui.api.globus_auth", "AuthClient", connection)
    tokens = StoredTokens(auth, store, key, clock=clock)
    people: PeopleClient = lazily("globus_tui.api.globus_auth", "PeopleClient", connection, tokens)
    return PersonAccount(auth, people, tokens, store, clock=clock)


async def demo_backend(speed: float, start: datetime | None = None) -> Backend:
    """A pretend facility in this process, with its operator signed in: no account, no network.

    Args:
        speed: simulated seconds per real second; 0 is a frozen clock.
        start: the simulated moment at which it begins; the present when None.
    """
    from globus_tui.sandbox.clock import Clock
    from globus_tui.sandbox.world.history import facility

    return await sandbox_backend(facility(Clock(start, speed)))


async def sandbox_backend(sandbox: Sandbox) -> Backend:
    """A sandbox in this process, with the facility's operator signed in."""
    from globus_tui.api.environment import Environment
    from globus_tui.api.http import Connection, utc_now
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.token_store import MemoryTokens
    from globus_tui.domain.auth.credentials import Secret
    from globus_tui.sandbox.auth.login import approve
    from globus_tui.sandbox.auth.people import sign_in_accounts
    from globus_tui.sandbox.service import InProcessTransport, make_app
    from globus_tui.sandbox.world.flows import NATIVE_CLIENT_ID

    clock = sandbox.clock
    connection = Connection(Environment.read({}), transport=InProcessTransport(make_app(sandbox)), clock=clock.now)
    account = person(connection, MemoryTokens(), ProfileKey("demo", "demo", NATIVE_CLIENT_ID), clock=clock.now)
    attempt = await account.begin()
    await account.finish(attempt, Secret(approve(sandbox, attempt.url, DEMO_USER)))
    accounts = [account.username for account in sign_in_accounts(sandbox)]
    page = accounts, _pretend_page(sandbox)
    return Backend(connection, account, lambda: clock.now() - utc_now(), DEMO_FLOOR, page)


def _pretend_page(sandbox: Sandbox) -> Callable[[str, str, bool], tuple[str | None, str]]:
    """Allows in the name of an account, as a click on the sign-in page would; or says why the page refuses."""
    from globus_tui.sandbox.auth.login import LoginRefused, NotEnough, approve

    def allow(url: str, username: str, mfa: bool) -> tuple[str | None, str]:
        try:
            return approve(sandbox, url, username, mfa=mfa), ""
        except (LoginRefused, NotEnough) as refused:
            return None, str(refused)

    return allow


def run_sandbox(options: Namespace) -> int:
    """Serves the pretend Globus on loopback until interrupted; the lines it prints first are ready to `export`."""
    from globus_tui.sandbox.clock import Clock
    from globus_tui.sandbox.serve import CannotServeError, serve
    from globus_tui.sandbox.world.history import facility

    try:
        serve(facility(Clock(speed=options.speed), timers=options.timers), port=options.port)
    except CannotServeError as wrong:
        raise BadInput(str(wrong)) from None
    return 0

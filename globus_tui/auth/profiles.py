"""Profiles: names for sets of identity, environment and tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.auth.token_store import TokenStore

DEFAULT_PROFILE = "default"
PROFILE_VARIABLE = "GLOBUS_PROFILE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def profile_name(asked: str | None, environ: Mapping[str, str], configured: str | None = None) -> str:
    """The profile to use: the option, else `GLOBUS_PROFILE`, else the configuration, else `default`.

    Raises:
        SettingsError: the name cannot be used; the message says where it came from.
    """
    for origin, name in (
        ("--profile", asked),
        (PROFILE_VARIABLE, environ.get(PROFILE_VARIABLE)),
        ("profile in the configuration", configured),
    ):
        if name:
            return checked_name(name, origin)
    return DEFAULT_PROFILE


def checked_name(name: str, origin: str = "the profile") -> str:
    """The name, if it may be one.

    Raises:
        SettingsError: it is empty, too long, or has other characters than letters, digits, `.`, `_` and `-`.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{origin}: {name[:80]!r} cannot be a profile's name",
            advice="Use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
        )
    return name


def environment_label(name: str, auth_url: str, *, default_auth_url: str | None = None) -> str:
    """What separates tokens of different Globus installations.

    The name alone does not when `GLOBUS_SDK_SERVICE_URL_AUTH` points elsewhere: tokens of a test service must never be
    sent to the real one, nor the other way round.

    Args:
        name: the environment's name.
        auth_url: where Auth is.
        default_auth_url: where it is in that environment by default; None takes every globus.org and globuscs.info host
            for a default.
    """
    parts = urlsplit(auth_url)
    host = parts.hostname or ""
    usual = auth_url.rstrip("/") == default_auth_url.rstrip("/") if default_auth_url else _is_globus(host)
    return name if usual else f"{name}@{parts.netloc}"


def _is_globus(host: str) -> bool:
    return host.endswith((".globus.org", ".globuscs.info"))


def stored_profiles(store: TokenStore, environment: str, configured: Iterable[str] = ()) -> tuple[str, ...]:
    """Names for a switcher: those signed in to this environment and those in the configuration, sorted."""
    signed_in = (key.profile for key in store.profiles() if key.environment == environment)
    return tuple(sorted({*signed_in, *configured}))


def native_ids(store: TokenStore) -> frozenset[str]:
    """Client ids with which somebody is signed in, so they are native apps; see `service_account.from_environ`."""
    return frozenset(key.client_id for key in store.profiles())

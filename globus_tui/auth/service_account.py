"""Service accounts from the environment: a client id with its secret.

Two texts meet in `GLOBUS_TUI_CLIENT_ID`. With `GLOBUS_TUI_CLIENT_SECRET` it is a service account. Without, it is either
a service account whose secret was forgotten, or the native-app client that a facility registered for its people. A
forgotten secret in a cron job must not quietly become a prompt for a person, so the id alone is refused with both
remedies named, until it is known to be meant for people:

- the setting `sign_in = "person"` or `GLOBUS_TUI_SIGN_IN=person` says so;
- the same id stands in the configuration file (`client_id`), or somebody is signed in with it;
- `globus-tui login` was typed, which only people do (the caller passes `sign_in="person"`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import SettingsError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

SIGN_INS = ("auto", "person", "service")
_PAIRS = (
    ("GLOBUS_TUI_CLIENT_ID", "GLOBUS_TUI_CLIENT_SECRET"),
    ("GLOBUS_CLI_CLIENT_ID", "GLOBUS_CLI_CLIENT_SECRET"),
)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A client that signs in as itself.

    Attributes:
        origin: the variables that it was read from, for `whoami`.
    """

    client_id: str
    client_secret: Secret
    origin: str = ""


def from_environ(
    environ: Mapping[str, str], *, sign_in: str | None = None, native_ids: Container[str] = ()
) -> ServiceAccount | None:
    """The service account that the environment names; None when a person is to sign in.

    Args:
        environ: the environment; empty variables count as unset.
        sign_in: `auto`, `person` or `service`; None reads `GLOBUS_TUI_SIGN_IN` (default `auto`).
        native_ids: client ids known to be native apps: from the configuration file or with a sign-in stored.

    Raises:
        SettingsError: half a pair, a service account demanded that is not there, or an unknown way to sign in.
    """
    way = sign_in or environ.get("GLOBUS_TUI_SIGN_IN") or "auto"
    if way not in SIGN_INS:
        raise SettingsError(f"GLOBUS_TUI_SIGN_IN must be one of {', '.join(SIGN_INS)}, not {way!r}")
    if way == "person":
        return None
    known_native = () if way == "service" else native_ids
    found = next(filter(None, (_pair(environ, pair, known_native) for pair in _PAIRS)), None)
    if found is None and way == "service":
        raise SettingsError(
            "Signing in as a service account was asked for, but GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET "
            "are not set"
        )
    return found


def _pair(environ: Mapping[str, str], names: tuple[str, str], native_ids: Container[str]) -> ServiceAccount | None:
    id_name, secret_name = names
    client_id, secret = environ.get(id_name, "").strip(), Secret(environ.get(secret_name, "").strip())
    if client_id and secret:
        return ServiceAccount(client_id, secret, f"{id_name} and {secret_name}")
    if secret:
        raise SettingsError(
            f"{secret_name} is set but {id_name} is missing",
            advice=f"Set {id_name} to the client id that the secret belongs to, or unset {secret_name}.",
        )
    if not client_id or client_id in native_ids:
        return None
    raise SettingsError(f"{id_name} is set but {secret_name} is missing", advice=_remedies(id_name, secret_name))


def _remedies(id_name: str, secret_name: str) -> str:
    service = f"For a service account, set {secret_name} too."
    if id_name != _PAIRS[0][0]:
        return f"{service} To sign in as a person, unset {id_name}."
    return (
        f"{service} If it is a native app that people sign in with, set GLOBUS_TUI_SIGN_IN=person, or write it as "
        "client_id in the configuration file."
    )

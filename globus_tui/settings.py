"""Settings from a TOML file, the environment and options. Every fault names the file and the key."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import SettingsError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.keymap import DEFAULT_KEYS, read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

TUTORIAL_CLIENT_ID = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The native-app client that the Globus SDK guide publishes for tutorials; a facility registers its own."""

DEFAULT_REFRESH = 30
SHORTEST_REFRESH = 10
DEFAULT_KEPT_DAYS = 14
ENVIRONMENTS = ("production", "preview", "sandbox", "integration", "test", "staging")
SIGN_INS = ("auto", "person", "service")
TOKEN_STORES = ("auto", "keyring", "file")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things are kept on this machine."""

    config: Path
    state: Path
    data: Path
    cache: Path

    @classmethod
    def of_this_user(cls, environ: Mapping[str, str]) -> Paths:
        """The platform's folders; `GLOBUS_TUI_CONFIG` names another configuration file."""
        import platformdirs

        dirs = platformdirs.PlatformDirs("globus_tui", appauthor=False)
        named = environ.get("GLOBUS_TUI_CONFIG")
        return cls(
            config=Path(named).expanduser() if named else dirs.user_config_path / "config.toml",
            state=dirs.user_state_path,
            data=dirs.user_data_path,
            cache=dirs.user_cache_path,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; defaults where nothing is said.

    Attributes:
        refresh: seconds between refreshes; 0 turns them off. At least 10 against the real service.
        profile: name of the set of identity, environment and tokens in use.
        profiles: names of the profiles that the file describes.
        environment: the Globus environment of the profile; None leaves it to `GLOBUS_SDK_ENVIRONMENT`.
        client_id: the native-app client that people sign in with.
        file_client_id: the same as the file has it; an id only in the environment may be a service account's.
        sign_in: `auto`, `person` or `service`; None leaves it to the environment.
        token_store: `auto`, `keyring` or `file`.
        theme: a theme's name, or None for the one that fits the terminal.
        ascii: draw with ASCII characters only; None decides by locale and terminal.
        zone: IANA name of the time zone shown, or None for the machine's.
        mouse: None turns it off over SSH only.
        keep_replaced_days: after so many days it is asked whether an old timer, kept after an edit, may be deleted;
            0 never asks.
        share_answers: copies of the program of one user on one host take turns in asking Globus.
        keys: command id → keys.
        problems: what was wrong in the file, when it could not be used; the program runs on defaults then.
    """

    paths: Paths
    refresh: int = DEFAULT_REFRESH
    profile: str = "default"
    profiles: tuple[str, ...] = ()
    environment: str | None = None
    client_id: str = TUTORIAL_CLIENT_ID
    file_client_id: str | None = None
    sign_in: str | None = None
    token_store: str = "auto"  # noqa: S105 - the name of a place, not a token
    theme: str | None = None
    ascii: bool | None = None
    zone: str | None = None
    mouse: bool | None = None
    keep_replaced_days: int = DEFAULT_KEPT_DAYS
    share_answers: bool = True
    keys: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_KEYS))
    problems: tuple[str, ...] = ()


def load_settings(environ: Mapping[str, str] | None = None, *, profile: str | None = None) -> Settings:
    """Reads the configuration file and the environment.

    A file that cannot be used never stops the program: defaults hold, and `problems` says why, for the header.

    Raises:
        SettingsError: an environment variable or option is wrong; those are typed for this start.
    """
    environ = os.environ if environ is None else environ
    paths = Paths.of_this_user(environ)
    try:
        chosen = _read_file(paths.config)
        problems: tuple[str, ...] = ()
    except SettingsError as wrong:
        chosen, problems = {}, (str(wrong),)
    written = chosen.pop("profile", "default")
    name = profile or environ.get("GLOBUS_PROFILE") or written
    profiles = chosen.pop("profiles", {})
    chosen |= profiles.get(name, {})
    chosen["file_client_id"] = chosen.get("client_id")
    client_id = environ.get("GLOBUS_TUI_CLIENT_ID", "").strip()
    if client_id and not environ.get("GLOBUS_TUI_CLIENT_SECRET", "").strip():  # with a secret it is a service account's
        chosen["client_id"] = client_id
    return Settings(paths=paths, profile=name, profiles=tuple(profiles), problems=problems, **chosen)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path}: cannot be read ({wrong})") from None
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise SettingsError(f"{path}: {wrong}") from None
    return _check(found, str(path), profiles_allowed=True)


def _check(found: dict[str, Any], origin: str, *, profiles_allowed: bool) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, value in found.items():
        if key == "keys" and profiles_allowed and isinstance(value, dict):
            read[key] = read_keys(value, origin)
        elif key == "profiles" and profiles_allowed and isinstance(value, dict):
            read[key] = {
                name: _check(table, f"{origin}: [profiles.{name}]", profiles_allowed=False)
                for name, table in value.items()
                if isinstance(table, dict)
            }
        elif key in _CHECKS:
            expected, words = _CHECKS[key]
            if not expected(value):
                raise SettingsError(f"{origin}: {key} must be {words}, not {value!r}")
            read[key] = value
        else:
            raise SettingsError(
                f"{origin}: unknown setting {key!r}; known: {', '.join(sorted(_CHECKS))}, keys, profiles"
            )
    return read


def check_refresh(value: object) -> bool:
    """A refresh interval that may be used against the real service."""
    return isinstance(value, int) and not isinstance(value, bool) and (value == 0 or SHORTEST_REFRESH <= value <= 86400)


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_CHECKS = {
    "refresh": (check_refresh, "0 (off) or seconds from 10 to 86400"),
    "profile": (_is_text, "a profile's name"),
    "client_id": (_is_text, "a client id"),
    "environment": (lambda value: value in ENVIRONMENTS, f"one of {', '.join(ENVIRONMENTS)}"),
    "sign_in": (lambda value: value in SIGN_INS, f"one of {', '.join(SIGN_INS)}"),
    "token_store": (lambda value: value in TOKEN_STORES, f"one of {', '.join(TOKEN_STORES)}"),
    "theme": (_is_text, "a theme's name"),
    "ascii": (_is_flag, "true or false"),
    "zone": (_is_text, "an IANA time zone such as America/Chicago"),
    "mouse": (_is_flag, "true or false"),
    "keep_replaced_days": (_is_days, "0 (never ask) or days up to 3650"),
    "share_answers": (_is_flag, "true or false"),
}

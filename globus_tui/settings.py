"""Settings from a TOML file, the environment and options. Every fault names the file, the line and the key.

A fault costs what it is about and nothing else. One that might have the program act elsewhere stops it, see
`_STOPPING`.
"""

from __future__ import annotations

import os
import re
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globus_tui.commands import DEFAULT_KEYS, read_keys
from globus_tui.domain.errors import ReadOnly, SettingsError, why_unread
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.private_files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TUTORIAL_CLIENT_ID = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The native-app client that the Globus SDK guide publishes for tutorials; a facility registers its own."""

DEFAULT_REFRESH = 30
SHORTEST_REFRESH = 10
DEFAULT_KEPT_DAYS = 14
ENVIRONMENTS = ("production", "preview", "sandbox", "integration", "test", "staging")
SIGN_INS = ("auto", "person", "service")
NOTIFY = ("off", "osc9", "osc777", "osc99")
"""Sequences that terminals turn into notifications: 9 of iTerm2, 777 of rxvt, 99 of kitty."""
TOKEN_STORES = ("auto", "keyring", "file")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things are kept on this machine.

    `state`: for a Globus environment other than production a folder in the usual one: what is undone, gone on with or
    remembered there is about the timers of that environment.
    """

    config: Path
    state: Path
    data: Path
    cache: Path

    @classmethod
    def of_this_user(cls, environ: Mapping[str, str]) -> Paths:
        """The platform's folders; `GLOBUS_TUI_CONFIG` names another configuration file.

        Raises:
            SettingsError: this user has no home, as in a container.
        """
        import platformdirs

        dirs = platformdirs.PlatformDirs("globus_tui", appauthor=False)
        named = environ.get("GLOBUS_TUI_CONFIG")
        try:
            return cls(
                config=Path(os.path.expanduser(named)) if named else dirs.user_config_path / "config.toml",
                state=dirs.user_state_path,
                data=dirs.user_data_path,
                cache=dirs.user_cache_path,
            )
        except RuntimeError:
            raise SettingsError("HOME is not set, and this user has no home.", advice="Set HOME to a folder.") from None


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
        keep_runs_mb: so much of finished runs is kept here, longer than the 90 days of Globus; 0 keeps none.
        on_alert: a command and its arguments, told of alerts as JSON on its standard input; empty: none.
        terminal_alert: `osc9`, `osc777` or `osc99`: the terminal is asked to notify; `off`.
        breaker_after: failed runs in a row after which a timer is to be paused; 0: never.
        breaker: `propose` says so, `pause` does it, with the reason beside the timer.
        alert_after: readings in a row in which a timer must be in trouble before that is told.
        clear_after: readings in a row in which it must be well before that is told.
        syslog: what became of each change is also told to this machine's system log, or to one by the path of its
            socket or as `host:port` (UDP), without the timers' documents.
        fleet: folder of files that say how the timers should be, or None.
        notes_file: where notes and tags are kept for all who may write into its folder, or None for this user alone.
        read_only: nothing is changed at Globus; also for one start, by `--read-only`.
        production: a red frame and the word PRODUCTION say that what is changed here counts.
        share_answers: copies of the program of one user on one host take turns in asking Globus.
        keys: command id → keys.
        problems: what is wrong in the file, fault by fault; defaults hold for what they are about.
        theme_at: where the theme is written, for messages: only who draws knows which ones there are.
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
    keep_runs_mb: int = 0
    on_alert: tuple[str, ...] = ()
    terminal_alert: str = "off"
    breaker_after: int = 0
    breaker: str = "propose"
    alert_after: int = 1
    clear_after: int = 2
    syslog: bool | str = False
    fleet: str | None = None
    notes_file: str | None = None
    read_only: bool = False
    production: bool = False
    share_answers: bool = True
    keys: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_KEYS))
    problems: tuple[str, ...] = ()
    theme_at: str = ""

    def without_theme(self, words: str) -> Settings:
        """The same with the default theme, since there is none of that name; the words say so."""
        return replace(self, theme=None, problems=(*self.problems, f"{self.theme_at}theme: {words}"))


def check_may_change(settings: Settings) -> None:
    """To be called before anything is changed at Globus.

    Raises:
        ReadOnly: nothing may be.
    """
    if settings.read_only:
        raise ReadOnly


def load_settings(
    environ: Mapping[str, str] | None = None, *, profile: str | None = None, read_only: bool = False
) -> Settings:
    """Reads the configuration file and the environment.

    What is wrong in the file costs no more than itself: `problems` lists every fault, for the header.

    Args:
        environ: variables; this process's own by default.
        profile: instead of the one that is configured.
        read_only: nothing is changed, whatever is configured.

    Raises:
        SettingsError: something is wrong in the file that says where and as whom the program acts.
    """
    environ = os.environ if environ is None else environ
    paths = Paths.of_this_user(environ)
    file = _File(paths.config)
    if not file.is_there and environ.get("GLOBUS_TUI_CONFIG"):
        raise SettingsError(f"GLOBUS_TUI_CONFIG names {paths.config}, which is not there", advice=_ELSEWHERE)
    chosen = file.settings(())
    name = profile or environ.get("GLOBUS_PROFILE") or chosen.get("profile", "default")
    keys, profiles = file.keys(), file.profiles()
    file.stop_where_it_matters(name)
    chosen |= profiles.get(name, {}) | ({"keys": keys} if keys else {}) | {"profile": name}
    chosen["file_client_id"] = chosen.get("client_id")
    client_id = environ.get("GLOBUS_TUI_CLIENT_ID", "").strip()
    if client_id and not environ.get("GLOBUS_TUI_CLIENT_SECRET", "").strip():  # with a secret it is a service account's
        chosen["client_id"] = client_id
    if "theme" in chosen:
        chosen["theme_at"] = file.at(("profiles", name, "theme") if "theme" in profiles.get(name, {}) else ("theme",))
    chosen["on_alert"] = tuple(chosen.get("on_alert", ()))
    installation = chosen.get("environment") or environ.get("GLOBUS_SDK_ENVIRONMENT", "")
    if installation in ENVIRONMENTS[1:]:
        paths = replace(paths, state=paths.state / installation)
    chosen["read_only"] = read_only or chosen.get("read_only", False)
    return Settings(paths=paths, profiles=tuple(profiles), problems=file.problems, **chosen)


def configured_profiles(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the profiles that the file describes, whatever else is wrong in it."""
    return tuple(_File(Paths.of_this_user(environ).config).profiles())


def origins(environ: Mapping[str, str], profile: str | None = None) -> dict[str, str]:
    """Where each setting comes from: an option, a variable, a line of the configuration file, or nowhere: default.

    Raises:
        SettingsError: the file cannot be read at all.
    """
    file = _File(Paths.of_this_user(environ).config)
    top = file.settings(())
    name = profile or environ.get("GLOBUS_PROFILE") or top.get("profile", "default")
    own = file.profiles().get(name, {})
    sources = {}
    for key in _CHECKS:
        place = ("profiles", name, key) if key in own else (key,) if key in top else None
        sources[key] = f"{file.path} line {file.line(place)}" if place else "default"
    sources["profile"] = (
        "--profile" if profile else "GLOBUS_PROFILE" if environ.get("GLOBUS_PROFILE") else sources["profile"]
    )
    if environ.get("GLOBUS_TUI_CLIENT_ID", "").strip() and not environ.get("GLOBUS_TUI_CLIENT_SECRET", "").strip():
        sources["client_id"] = "GLOBUS_TUI_CLIENT_ID"
    for key, variable in (("environment", "GLOBUS_SDK_ENVIRONMENT"), ("sign_in", "GLOBUS_TUI_SIGN_IN")):
        if sources[key] == "default" and environ.get(variable):
            sources[key] = variable
    return sources


_STOPPING = ("environment", "client_id", "profile", "sign_in", "read_only")
"""Settings without which the program would act on another service, as somebody else, or where it must not."""
_MOST_FAULTS = 50
_MOST_BYTES = 1_000_000
_LONGEST_LINE = 4000


_ELSEWHERE = "Correct this first: starting without it could act on another service or as somebody else."


class _File:
    """A configuration file, read as far as it can be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_there = True
        self._faults: list[tuple[tuple[str, ...], str]] = []
        self._lines: list[str] = []
        self._found: dict[str, Any] = {}
        try:
            text = read_file(path, _MOST_BYTES).removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
        except (FileNotFoundError, NotADirectoryError):
            self.is_there = False
            return
        except OSError as wrong:
            raise SettingsError(f"{path}: cannot be read ({wrong.strerror or wrong})") from None
        self._lines = text.splitlines()
        self._found = self._parse()

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(words for _, words in self._faults))

    def stop_where_it_matters(self, profile: str) -> None:
        """Refuses to go on where a fault is about where and as whom the program acts.

        Raises:
            SettingsError: with all such faults.
        """
        own = ("profiles", profile)
        matters = [
            words
            for place, words in self._faults
            if place[:2] == own or place in (("profiles",), ("",)) or (len(place) < 3 and place[-1] in _STOPPING)
        ]
        if matters:
            raise SettingsError("; ".join(dict.fromkeys(matters)), advice=_ELSEWHERE)

    def _fault(self, place: tuple[str, ...], words: str, line: int | None = None) -> None:
        """Notes a fault about a setting at a place, such as `("profiles", "lab", "refresh")`."""
        self._faults.append((place, self.at(place, line) + words))

    def at(self, place: tuple[str, ...], line: int | None = None) -> str:
        """Where a setting stands, as the beginning of a message."""
        line = line or _line_of(self._lines, place)
        return f"{self.path} line {line}: " if line else f"{self.path}: "

    # --- text

    def _parse(self) -> dict[str, Any]:
        """What the lines say; one that is no TOML is left out, a table's broken heading with all of its table."""
        import tomllib

        lines, before = list(self._lines), -1
        for number, line in enumerate(self._lines, 1):
            if any("\udc80" <= letter <= "\udcff" for letter in line):
                self._leave_out(lines, number, "it is not written in UTF-8")
            elif len(line) > _LONGEST_LINE:
                self._leave_out(lines, number, "it is too long")
        for _ in range(_MOST_FAULTS):
            try:
                return tomllib.loads("\n".join(lines))
            except tomllib.TOMLDecodeError as wrong:
                match = re.search(r"at line (\d+)", str(wrong))
                number = int(match[1]) if match else _last_written(lines)
                if number <= before or not lines[number - 1].strip():
                    number = _last_written(lines[:number]) or number
                before = number
                self._leave_out(lines, number, re.sub(r" \(at .*\)", "", str(wrong)))
            except (ValueError, RecursionError) as wrong:  # numbers longer, and lists deeper, than Python takes
                raise SettingsError(f"{self.path}: this is no TOML file: {why_unread(wrong)}") from None
        raise SettingsError(f"{self.path}: this is no TOML file: {_MOST_FAULTS} of its lines cannot be read")

    def _leave_out(self, lines: list[str], number: int, words: str) -> None:
        line = lines[number - 1]
        if line.lstrip().startswith("#"):
            lines[number - 1] = ""
            return
        key = re.sub(r"[\s\"'\[\]]", "", line.partition("=")[0])
        table = next((line for line in reversed(self._lines[: number - 1]) if line.lstrip().startswith("[")), "")
        name = re.sub(r"[\s\"'\[\]]", "", table.partition("#")[0])
        heading = line.lstrip().startswith("[")
        table_of_line = tuple(part for part in (key if heading else name).split(".") if part)
        if not heading:
            place = (*table_of_line, _near(key, _CHECKS) or key)
        else:  # of what table what stands below it would be, only its name can tell
            place = table_of_line if table_of_line[:1] in (("keys",), ("profiles",)) else ("",)
        text = line.strip().encode(errors="surrogateescape").decode(errors="replace")
        self._fault(place, f"{text!r} is no TOML: {words}", number)
        lines[number - 1] = ""
        for below in range(number, len(lines)) if heading else ():
            if lines[below].lstrip().startswith("["):
                break
            lines[below] = ""

    # --- settings

    def settings(self, table: tuple[str, ...]) -> dict[str, Any]:
        """The good settings of a table; of the file itself where it is empty."""
        values: Any = self._found
        for step in table:
            values = values[step]
        read: dict[str, Any] = {}
        where = f"[{'.'.join(table)}]: " if table else ""
        for key, value in values.items():
            if not table and key in ("keys", "profiles"):
                if not isinstance(value, dict):
                    self._fault((key,), f"{key} must be a table: write [{key}], not {value!r}")
            elif key not in _CHECKS:
                known = _near(key, _CHECKS if table else (*_CHECKS, "keys", "profiles"))
                rather = f"did you mean {known}?" if known else f"known: {', '.join(sorted(_CHECKS))}, keys, profiles"
                self._fault(
                    (*table, known or key), f"{where}unknown setting {key!r}; {rather}", self.line((*table, key))
                )
            elif not _CHECKS[key][0](value):
                table_meant = isinstance(value, dict) and f"; did you mean [profiles.{next(iter(value), 'NAME')}]?"
                rather = table_meant or _meant(key, value)
                self._fault((*table, key), f"{where}{key} must be {_CHECKS[key][1]}, not {value!r}{rather}")
            else:
                read[key] = value
        return read

    def line(self, place: tuple[str, ...]) -> int | None:
        return _line_of(self._lines, place)

    def profiles(self) -> dict[str, dict[str, Any]]:
        """The good settings of each profile."""
        found = self._found.get("profiles")
        tables = found if isinstance(found, dict) else {}
        for name, table in tables.items():
            if not isinstance(table, dict):
                self._fault(("profiles", name), f"[profiles] {name} must be a table: write [profiles.{name}]")
        return {name: self.settings(("profiles", name)) for name, table in tables.items() if isinstance(table, dict)}

    def keys(self) -> dict[str, str]:
        """Command id → keys for all commands; nothing where the file has no such table."""
        table = self._found.get("keys")
        if not isinstance(table, dict):
            return {}
        keys, faults = read_keys(table)
        for command, words in faults:
            if command in _CHECKS:
                words = f"[keys] {command} is a setting, not a command: write it above the first line in brackets"
            self._fault(("keys", command), words)
        return keys


def _last_written(lines: list[str]) -> int:
    """The number of the last line that is not blank, counted from 1."""
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)


def _near(name: str, known: Iterable[str]) -> str | None:
    """The right name that a wrong one is probably meant for."""
    from difflib import get_close_matches

    names = list(known)
    plain = name.strip().lower().replace("-", "_")
    near = get_close_matches(plain, names, 1, 0.7)
    return near[0] if near else next((name for name in names if len(plain) > 2 and name.startswith(plain)), None)


def _meant(key: str, value: object) -> str:
    """The right value that a wrong one is probably meant for, as the end of a sentence."""
    choices = {"environment": ENVIRONMENTS, "sign_in": SIGN_INS, "token_store": TOKEN_STORES}.get(key, ())
    if key == "zone":
        from zoneinfo import available_timezones

        choices = tuple(sorted(available_timezones()))
        folded = {choice.lower(): choice for choice in choices}
        near = folded.get(_near(str(value).replace(" ", "_"), folded) or "")
    else:
        near = _near(str(value), choices)
    return f"; did you mean {near!r}?" if near else ""


def _line_of(lines: list[str], place: tuple[str, ...]) -> int | None:
    """The line on which a setting stands, counted from 1."""
    import tomllib

    table: tuple[str, ...] = ()
    best: int | None = None
    for number, line in enumerate(lines, 1):
        heading = line.lstrip().startswith("[")
        try:
            document = tomllib.loads(line if heading else f"{line.partition('=')[0]} = 0" if "=" in line else "")
        except (ValueError, RecursionError):
            continue
        path: tuple[str, ...] = ()
        inner: object = document
        while isinstance(inner, dict) and inner:
            step, inner = next(iter(inner.items()))
            path = (*path, step)
        table = path if heading else table
        full_path = table if heading else (*table, *path)
        if path and full_path[: len(place)] == place:
            return number
        if path and place[: len(full_path)] == full_path:
            best = number
    return best


def check_refresh(value: object) -> bool:
    """A refresh interval that may be used against the real service."""
    return _whole(SHORTEST_REFRESH, 86400)(value) or _whole(0, 0)(value)


def _whole(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_path(value: object) -> bool:
    """Text that can be a path, of nobody's home who is not known."""
    return _is_text(value) and "\0" not in str(value) and not os.path.expanduser(str(value)).startswith("~")


def _is_zone(value: object) -> bool:
    from zoneinfo import ZoneInfo

    try:
        return isinstance(value, str) and (value.upper() in ("UTC", "Z") or bool(ZoneInfo(value)))
    except (LookupError, ValueError, OSError):
        return False


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_log(value: object) -> bool:
    if not isinstance(value, str):
        return isinstance(value, bool)
    match = re.fullmatch(r"/.+|[^/\s]+:(\d{1,5})", value, re.ASCII)
    return match is not None and int(match[1] or 1) in range(1, 65536)


def _is_command(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) and "\0" not in word for word in value)


_is_small = _whole(1, 100)
_CHECKS = {
    "refresh": (check_refresh, "0 (off) or seconds from 10 to 86400"),
    "profile": (_is_text, "a profile's name"),
    "client_id": (_is_text, "a client id"),
    "environment": (lambda value: value in ENVIRONMENTS, f"one of {', '.join(ENVIRONMENTS)}"),
    "sign_in": (lambda value: value in SIGN_INS, f"one of {', '.join(SIGN_INS)}"),
    "token_store": (lambda value: value in TOKEN_STORES, f"one of {', '.join(TOKEN_STORES)}"),
    "theme": (_is_text, "a theme's name"),
    "ascii": (_is_flag, "true or false"),
    "zone": (_is_zone, "an IANA time zone such as America/Chicago"),
    "mouse": (_is_flag, "true or false"),
    "keep_replaced_days": (_whole(0, 3650), "0 (never ask) or days up to 3650"),
    "keep_runs_mb": (lambda value: value == 0 or _is_small(value), "0 (none) or megabytes up to 100"),
    "fleet": (_is_path, "a folder of fleet files"),
    "notes_file": (_is_path, "a file for the notes of several people"),
    "share_answers": (_is_flag, "true or false"),
    "on_alert": (_is_command, 'a list of a command and its arguments, such as ["/usr/local/bin/page", "ops"]'),
    "terminal_alert": (lambda value: value in NOTIFY, f"one of {', '.join(NOTIFY)}"),
    "breaker_after": (lambda value: value == 0 or _is_small(value), "a whole number up to 100; 0: never"),
    "breaker": (lambda value: value in ("propose", "pause"), "propose or pause"),
    "alert_after": (_is_small, "a whole number from 1 to 100"),
    "clear_after": (_is_small, "a whole number from 1 to 100"),
    "syslog": (_is_log, "true, false, the path of a socket, or host:port"),
    "read_only": (_is_flag, "true or false"),
    "production": (_is_flag, "true or false"),
}

"""The time zone of this machine, with its rules: an offset alone could not tell of daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping


def zone_named(name: str) -> tzinfo | None:
    """The zone of an IANA name, or None when there is none."""
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_zone(environ: Mapping[str, str], etc: Path = Path("/etc")) -> tzinfo:
    """The zone that `TZ`, `/etc/localtime` or `/etc/timezone` names; else the present offset, without its rules."""
    for name in (environ.get("TZ", "").lstrip(":"), _linked(etc / "localtime"), _written(etc / "timezone")):
        if name and (zone := zone_named(name)) is not None:
            return zone
    return datetime.now().astimezone().tzinfo or UTC


def _linked(path: Path) -> str:
    try:
        target = str(path.readlink()) if path.is_symlink() else ""
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""

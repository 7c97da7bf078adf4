"""The time zone of this machine, with its rules: an offset alone could not tell of daylight saving."""

from __future__ import annotations

import os
import re
import zoneinfo
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.typed_zones import zone_by_name

if TYPE_CHECKING:
    from collections.abc import Mapping


_RELEASE = re.compile(r"\b\d{4}[a-z]+")


@dataclass(frozen=True, slots=True)
class ZoneData:
    """The rules of all time zones, which say when a schedule's next days begin.

    Attributes:
        where: the folder that is read, or the Python package tzdata; empty when there are none.
        release: of the tz database, such as `2026a`; None when nothing tells it.
        packaged: the release of the Python package tzdata, if it is installed.
    """

    where: str
    release: str | None = None
    packaged: str | None = None

    @property
    def outdated(self) -> bool:
        """A newer release lies on this machine, and is not used."""
        return None not in (self.release, self.packaged) and _age(self.release) < _age(self.packaged)

    def words(self) -> str:
        """Which are in force: `release 2026a, from /usr/share/zoneinfo`."""
        if not self.where:
            return "none on this machine: only UTC and offsets are known"
        release = f"release {self.release}" if self.release else "of an unknown release"
        newer = f"; the Python package tzdata has {self.packaged}, which is not used" if self.outdated else ""
        return f"{release}, from {self.where}{newer}"

    def advice(self) -> str:
        """What to do where they are missing or outdated; empty when they are neither."""
        if not self.where:
            return "Install this system's tzdata package, or: pip install tzdata"
        if not self.outdated:
            return ""
        return "Update this system's tzdata package, or set PYTHONTZPATH= (empty), so that Python's package is read."


def zone_data() -> ZoneData:
    """The zone data in force: Python takes a zone from the first folder of its path that has it, else from tzdata."""
    packaged = None
    with suppress(ImportError, AttributeError):
        packaged = str(import_module("tzdata").IANA_VERSION)
    for folder in map(Path, zoneinfo.TZPATH):
        if any((folder / name).is_file() for name in ("Europe/Berlin", "America/Chicago", "Etc/UTC")):
            return ZoneData(str(folder), _release(folder), packaged)
    return ZoneData("the Python package tzdata", packaged, packaged) if packaged else ZoneData("")


def _release(folder: Path) -> str | None:
    """What the folder says of itself: tzdata.zi begins with `# version 2026a`, the BSDs and macOS have +VERSION."""
    for name in ("tzdata.zi", "+VERSION"):
        with suppress(OSError), (folder / name).open(encoding="utf-8", errors="replace") as file:
            if match := _RELEASE.search(file.readline(200)):
                return match.group()
    return None


def _age(release: str | None) -> tuple[str, int, str]:
    """Sorts releases: after `z` comes `za`, as in 2026z, 2026za."""
    year, letters = (release or "0000")[:4], (release or "")[4:]
    return year, len(letters), letters


def find_zone(named: str | None) -> tzinfo:
    """The zone of a name, or this machine's if none is given.

    Raises:
        BadInput: there is no zone of that name.
    """
    from globus_tui.domain.errors import BadInput

    if named is None:
        return local_zone(os.environ)
    zone = zone_by_name(named)
    if zone is None:
        raise BadInput(f"there is no time zone {named!r}; use an IANA name such as America/Chicago, or UTC")
    return zone


def local_zone(environ: Mapping[str, str]) -> tzinfo:
    """The zone that `TZ`, `/etc/localtime` or `/etc/timezone` names; else the present offset, without its rules.

    Where `TZ` names none, as in CET-1CEST, the machine's is taken only if its clock is the same now: others obey `TZ`.
    So is what they do not take for a name: `+05:45`, which they read as no zone, or another case.
    """
    named = environ.get("TZ", "").lstrip(":")
    named = named.rpartition("/zoneinfo/")[2]
    zone, now = zone_by_name(named), datetime.now().astimezone()
    if zone is not None and (getattr(zone, "key", None) == named or zone.utcoffset(now) == now.utcoffset()):
        return zone
    for name in (_linked(Path("/etc/localtime")), _written(Path("/etc/timezone"))):
        zone = zone_by_name(name) if name else None
        if zone is not None and ("TZ" not in environ or zone.utcoffset(now) == now.utcoffset()):
            return zone
    return now.tzinfo or UTC


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

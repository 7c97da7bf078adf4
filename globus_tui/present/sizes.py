"""Counts, bytes and speeds in words. What is not known is shown as the caller says, never as zero."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_COUNT_UNITS = ("", "k", "M", "G", "T")


def count(value: int | None, unknown: str = "?") -> str:
    """A whole number with a space between thousands: `12 481`."""
    return unknown if value is None else f"{value:,}".replace(",", " ")


def short_count(value: int | None) -> str:
    """A number to read at a glance: `412`, `1.2k`, `18k`, `3.4M`."""
    if value is None:
        return "?"
    number, unit = _scaled(float(value), len(_COUNT_UNITS))
    if not unit:
        return str(value)
    return f"{number:.1f}{_COUNT_UNITS[unit]}" if abs(number) < 9.95 else f"{number:.0f}{_COUNT_UNITS[unit]}"


def size(value: int | None, unknown: str = "?") -> str:
    """Bytes in SI units with three digits: `512 B`, `1.93 TB`, `310 MB`."""
    if value is None:
        return unknown
    number, unit = _scaled(float(value), len(_UNITS))
    if not unit:
        return f"{value} B"
    digits = 2 if abs(number) < 9.995 else 1 if abs(number) < 99.95 else 0
    return f"{number:.{digits}f} {_UNITS[unit]}"


def speed(bytes_per_second: int | None) -> str:
    """Bytes a second: `310 MB/s`."""
    return "?" if bytes_per_second is None else f"{size(bytes_per_second)}/s"


def counted(value: int | None, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 run`, `3 runs`, `? runs`."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def _scaled(number: float, units: int) -> tuple[float, int]:
    unit = 0
    while abs(number) >= 999.5 and unit < units - 1:
        number, unit = number / 1000, unit + 1
    return number, unit

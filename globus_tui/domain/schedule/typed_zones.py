"""Zones in what people type: UTC, GMT, Z, an offset behind a time, or an IANA name; never letters that mean several."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.typed_clock import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

_ZERO = ("utc", "gmt", "z", "zulu", "uct")
_LETTERS = {
    "America/New_York": "est edt et", "America/Chicago": "cst cdt ct", "America/Denver": "mst mdt mt",
    "America/Los_Angeles": "pst pdt pt", "America/Anchorage": "akst akdt", "Pacific/Honolulu": "hst hdt",
    "America/Halifax": "ast adt", "America/St_Johns": "nst ndt", "America/Sao_Paulo": "brt brst",
    "Europe/London": "bst", "Europe/Lisbon": "wet west", "Europe/Berlin": "cet cest met mest mez mesz",
    "Europe/Athens": "eet eest", "Europe/Moscow": "msk msd", "Asia/Kolkata": "ist", "Asia/Tokyo": "jst",
    "Asia/Seoul": "kst", "Asia/Singapore": "sgt", "Asia/Hong_Kong": "hkt", "Asia/Karachi": "pkt", "Asia/Dubai": "gst",
    "Africa/Johannesburg": "sast", "Africa/Lagos": "wat", "Australia/Sydney": "aest aedt",
    "Australia/Adelaide": "acst acdt", "Australia/Perth": "awst", "Pacific/Auckland": "nzst nzdt nzt",
}  # fmt: skip
_COASTS = {"eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver"}
_COASTS |= {"pacific": "America/Los_Angeles"}
_CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific")
_AMBIGUOUS = {letters: name for name, said in _LETTERS.items() for letters in said.split()}
_REGION = (
    "(?:africa|america|antarctica|arctic|asia|atlantic|australia|brazil|canada|chile|etc|europe|indian|mexico|"
    "pacific|us)/.*"
)
_ALONE = (
    "cst6cdt|cuba|egypt|eire|est5edt|gb|greenwich|hongkong|iceland|iran|israel|jamaica|japan|kwajalein|libya|mst7mdt|"
    "navajo|nz|poland|portugal|prc|pst8pdt|roc|rok|singapore|turkey|universal|w-su"
)
_OFFSET = r"(?<=\d)(z|utc|gmt| ?[+-]\d{2}(?::?\d{2})?)(?= |$)"
_CLOCK_BEFORE = r"(?:^|[ t])\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?$|t\d{4}(?:\d\d)?$"
_DIGITS_BEFORE = r"(?:^|[ t])\d{4}$"
_PART = r"(?:the )?(?:early |late )?(?:morning|noon|afternoon|evening|night)"
_FROM_UTC = r"(?:utc|gmt)([+-])(\d{1,2})(?::?(\d{2}))?"


@dataclass(frozen=True, slots=True)
class TypedZone:
    """A zone as typed.

    Attributes:
        named: it stands as a word of its own, so that it counts for all of a phrase; one that hangs on a moment counts
            for that alone.
    """

    zone: tzinfo
    words: str
    named: bool = True


def zone_by_name(name: str) -> tzinfo | None:
    """The zone of an IANA name, in upper or lower case, or of an offset as `+05:45`; None when there is none."""
    if name.lower() in _ZERO:
        return UTC
    if re.fullmatch(r"[+-](0\d|1[0-4]):[0-5]\d", name, re.ASCII):
        return _offset(name)
    parts = re.sub(r"[a-z]+", lambda match: match.group().capitalize(), name.lower())
    for spelled in (name, parts, name.upper()):
        try:
            return ZoneInfo(spelled)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    if not re.fullmatch(r"[A-Za-z][\w+/-]{1,40}", name, re.ASCII):
        return None
    spelled = next((key for key in available_timezones() if key.lower() == name.lower()), "")
    return ZoneInfo(spelled) if spelled else None


def zone_words(zone: tzinfo) -> str:
    """The name under which a zone is read again: `America/Chicago`, `UTC`, `+05:45`."""
    if zone is UTC:
        return "UTC"
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    offset = zone.utcoffset(None)
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[-6:] if offset is not None else str(zone)


def take_zone(text: str, own: tzinfo) -> tuple[str, TypedZone | None]:
    """Takes the zone out of some words, wherever it stands.

    Args:
        own: the user's zone, for the advice when letters of it are typed.

    Returns:
        The words without it, and the zone if there was one.

    Raises:
        BadInput: letters that stand for several zones, a name that is none, or two zones.
    """
    zones: list[TypedZone] = []
    words: list[str] = []
    parts = text.split(" ")
    for at, word in enumerate(parts):
        bare = word.strip("()[],;").removeprefix("cron_tz=").removeprefix("tz=")
        if zone := _zone_word(bare, own, text):
            zones.append(zone)
            _drop_in(words, parts[at + 1 :])
        elif bare not in ("local", "localtime") and not (bare in ("time", "zone", "timezone") and zones):
            if re.fullmatch(r"[+-]\d{2}:?\d{2}", bare, re.ASCII):
                _drop_in(words, parts[at + 1 :])
            words.append(word)
    rest = " ".join(words)
    for hit in reversed(list(re.finditer(_OFFSET, rest, re.ASCII))):
        before, letters = rest[: hit.start()], hit.group()[0] in "zug"
        if re.search(_CLOCK_BEFORE, before, re.ASCII) or (letters and re.search(_DIGITS_BEFORE, before, re.ASCII)):
            zones.append(TypedZone(_offset(hit.group().strip()), hit.group().strip(), named=False))
            rest = rest[: hit.start()] + rest[hit.end() :]
    if len({zone_words(typed.zone) for typed in zones}) > 1:
        near = " ".join(word for word in text.split(" ") if word != zones[1].words.lower())
        raise refuse(f"Two zones are named: {' and '.join(typed.words for typed in zones)}.", near)
    return rest, zones[0] if zones else None


def _drop_in(words: list[str], behind: Sequence[str]) -> None:
    """Drops the `in` that leads to a zone, not that of what follows: `in UTC 2 hours`, `9 in UTC morning`."""
    from globus_tui.domain.schedule.typed_intervals import take_interval  # whose patterns are a hundredth of a start

    rest = " ".join(behind).removeprefix("time ")
    if words[-1:] in (["in"], ["(in"]) and not re.match(_PART, rest) and not take_interval(rest, every=False):
        words.pop()


def _zone_word(word: str, own: tzinfo, text: str) -> TypedZone | None:
    if word in _ZERO:
        return TypedZone(UTC, "UTC")
    if hit := re.fullmatch(_FROM_UTC, word, re.ASCII):
        sign, hours, minutes = hit.groups()
        return TypedZone(_offset(f"{sign}{int(hours):02}:{minutes or '00'}"), word.upper())
    if word in _AMBIGUOUS and word != text:
        better = _own_name(word, own) or _AMBIGUOUS[word]
        near = " ".join(better if part.strip("()[],;") == word else part for part in text.split(" "))
        raise refuse(
            f"“{word.upper()}” can mean several zones, or only half of the year: "
            f"write the offset or a zone such as {better}.",
            near,
        )
    if not re.fullmatch(_ALONE, word) and not re.fullmatch(_REGION, word):
        return None
    zone = zone_by_name(word)
    if zone is None:
        raise refuse(f"There is no zone called {word[:60]}.", *_alike(word, text))
    return TypedZone(zone, zone_words(zone))


@cache
def _cities() -> dict[str, str]:
    """Zones by the last part of their names; finding them all takes a while."""
    return {key.rpartition("/")[2].lower(): key for key in available_timezones() if key.split("/")[0] in _CONTINENTS}


def place_in(words: Sequence[str]) -> tuple[str, str] | None:
    """A place by which people name a zone, at the beginning of some words: `berlin time`, `in new york`, `eastern`.

    Returns:
        The words, and the name of the zone; None where there is no such place.
    """
    lead = int(words[0] == "in")
    for many in (3, 2, 1):
        name = "_".join(words[lead : lead + many]).strip("()[]")
        if zone := _COASTS.get(name.removeprefix("us_")) or (name != "easter" and _cities().get(name)):
            rest = words[lead + many :]
            behind = next((n for n in (2, 1) if rest[n - 1 : n] == ["time"]), 0)
            return " ".join(words[: lead + many + behind]), zone
    return None


def _own_name(letters: str, own: tzinfo) -> str:
    """The user's own zone, if it has these letters in winter or in summer."""
    if not isinstance(own, ZoneInfo) or not own.key:
        return ""
    seasons = (datetime(2026, month, 1, tzinfo=own).tzname() or "" for month in (1, 7))
    return own.key if letters in {name.lower() for name in seasons} else ""


def _alike(word: str, text: str) -> list[str]:
    from difflib import get_close_matches

    names = {name.lower(): name for name in available_timezones()}
    close = get_close_matches(word, names, n=2, cutoff=0.6) or ["europe/berlin"]
    return [text.replace(word, names.get(name, name)) for name in close]


def _offset(text: str) -> tzinfo:
    if text in _ZERO:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise refuse(f"{text} is no offset: they go from -12:00 to +14:00.", "2026-12-01T18:00+02:00")
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1))

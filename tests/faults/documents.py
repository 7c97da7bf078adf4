"""Every field of a document with every wrong value in its place."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[str | int, ...]

_MISSING = object()
_DEEP: Any = "x"
for _ in range(150):
    _DEEP = [_DEEP]
HOSTILE = "\x1b]0;title\x07\x1b[2J\u202e[bold]\u200b{x}\x00\ud800\r\n" + "e\u0301" * 40
"""Text that a terminal, a markup reader or an encoder could take amiss."""
WRONG: tuple[Any, ...] = (
    *(_MISSING, None, True, 0, -1, 1.5, 10**400, float("nan"), "", "text", HOSTILE, "9" * 5000),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", [], {}, [None], [[]], {"": {}}, _DEEP),
)
"""What stands in a field's place."""


def places(document: Any, at: Place = ()) -> Iterator[Place]:
    """Every field, the document itself first; of a list only the entries that have what those before have not."""
    if at:
        yield at
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*at, key))
    elif isinstance(document, list):
        seen: set[Place] = set()
        for number, value in enumerate(document):
            for place in places(value, (*at, number)):
                kind = tuple(part for part in place[len(at) + 1 :] if isinstance(part, str))
                if kind not in seen:
                    seen.add(kind)
                    yield place


def altered(document: Any, place: Place, value: Any) -> Any:
    """A copy with another value at a place."""
    found = top = copy.deepcopy(document)
    for part in place[:-1]:
        found = found[part]
    if value is _MISSING:
        del found[place[-1]]
    else:
        found[place[-1]] = value
    return top


def count(document: Any) -> int:
    """How many there are of `nth`."""
    return sum(1 for _ in places(document)) * len(WRONG)


def nth(document: Any, number: int) -> tuple[Place, bytes]:
    """One of them: what was altered, and the document as it is sent."""
    place = list(places(document))[number // len(WRONG)]
    return place, json.dumps(altered(document, place, WRONG[number % len(WRONG)])).encode()

"""Decodes answers that hold one long list without stalling the program: one entry at a time, in a thread.

A whole-body `json.loads` of 10,000 timers holds the interpreter for 0.2 s wherever it runs, because it is one call
into C. Decoded one entry at a time, other threads get their turn in between.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from globus_tui.api.json_bytes import MARK, Values, comma, expect, value
from globus_tui.domain.collector import collector_resting
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.api.exchange import Answer

T = TypeVar("T")

_SMALL = 64 * 1024
_ENTRIES_A_TURN = 40


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """An object with one long list in it.

    Attributes:
        items: what was made of the entries, in their order.
        rest: the other members of the object.
    """

    items: tuple[T, ...]
    rest: dict[str, Any]


async def read_listing(answer: Answer, key: str, make: Callable[[Any], T]) -> Listing[T]:
    """Reads an answer, making something of each entry of the list under `key`; entries are forgotten at once.

    Raises:
        UnreadableAnswer: it is not JSON, or there is no such list in it.
    """
    return await read_in_steps(answer, key, _by_decoding(make))


async def read_in_steps(answer: Answer, key: str, entry: Callable[[bytes, int], tuple[T, int]]) -> Listing[T]:
    """As `read_listing`; `entry` is given the body and a position, and gives an item and the position behind it."""
    try:
        if len(answer.body) < _SMALL:
            return _walk(answer.body, key, entry)
        with collector_resting():
            return await asyncio.to_thread(_walk, answer.body, key, entry)
    except (ValueError, RecursionError):
        raise answer.unreadable() from None
    except LookupError:
        raise answer.unreadable(f"a document without a list of {key}") from None


def decode_listing(body: bytes, key: str, make: Callable[[Any], T]) -> Listing[T]:
    """Decodes a JSON object step by step, letting other threads in every few entries of the list under `key`.

    Raises:
        ValueError: the body is not JSON, or no object.
        LookupError: there is no such list.
    """
    return _walk(body, key, _by_decoding(make))


def _by_decoding(make: Callable[[Any], T]) -> Callable[[bytes, int], tuple[T, int]]:
    values = Values()

    def entry(body: bytes, at: int) -> tuple[T, int]:
        found, end = values(body, at)
        return make(found), end

    return entry


def _walk(body: bytes, key: str, entry: Callable[[bytes, int], tuple[T, int]]) -> Listing[T]:
    items: list[T] | None = None
    rest: dict[str, Any] = {}
    at = expect(b"{", body, len(MARK) if body.startswith(MARK) else 0)
    more = not body.startswith(b"}", at)
    while more:
        name, at = value(body, at)
        if not isinstance(name, str):
            raise ValueError(f"expected a name before position {at}")
        at = expect(b":", body, at)
        if name == key and body.startswith(b"[", at):
            items, at = _entries(body, at, entry)
        else:
            rest[name], at = value(body, at)
        more, at = comma(body, at)
    if expect(b"}", body, at) != len(body):
        raise ValueError("unexpected text behind the object")
    if items is None:
        raise LookupError(key)
    return Listing(tuple(items), rest)


def _entries(body: bytes, at: int, entry: Callable[[bytes, int], tuple[T, int]]) -> tuple[list[T], int]:
    made: list[T] = []
    at = expect(b"[", body, at)
    more = not body.startswith(b"]", at)
    while more:
        item, at = entry(body, at)
        made.append(item)
        if len(made) % _ENTRIES_A_TURN == 0:
            time.sleep(0)
        more, at = comma(body, at)
    return made, expect(b"]", body, at)

"""Decodes answers that hold one long list without stalling the program: one entry at a time, in a thread.

A whole-body `json.loads` of 10,000 timers holds the interpreter for 0.2 s wherever it runs, because it is one call
into C. Decoded one entry at a time, other threads get their turn in between.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.api.exchange import Answer

T = TypeVar("T")

_SMALL = 64 * 1024
_ENTRIES_A_TURN = 20
_blank = re.compile(r"[ \t\n\r]*").match
_decode = json.JSONDecoder().raw_decode


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
    try:
        if len(answer.body) < _SMALL:
            return decode_listing(answer.body, key, make)
        return await asyncio.to_thread(decode_listing, answer.body, key, make)
    except (ValueError, RecursionError):
        raise answer.unreadable() from None
    except LookupError:
        raise answer.unreadable(f"a document without a list of {key}") from None


async def decode_jobs(body: bytes) -> list[Any]:
    """The entries of `{"jobs": [...]}` as they came.

    Raises:
        ValueError: the body is not JSON.
        LookupError: it is JSON without a list of jobs.
    """
    return list((await asyncio.to_thread(decode_listing, body, "jobs", _same)).items)


def _same(entry: Any) -> Any:
    return entry


def decode_listing(body: bytes, key: str, make: Callable[[Any], T]) -> Listing[T]:
    """Decodes a JSON object step by step, letting other threads in every few entries of the list under `key`.

    Raises:
        ValueError: the body is not JSON, or no object.
        LookupError: there is no such list.
    """
    text = body.decode("utf-8-sig")
    items: list[T] | None = None
    rest: dict[str, Any] = {}
    at = _expect("{", text, 0)
    more = not text.startswith("}", at)
    while more:
        name, at = _decode(text, at)
        if not isinstance(name, str):
            raise ValueError(f"expected a name before position {at}")
        at = _expect(":", text, at)
        if name == key and text.startswith("[", at):
            items, at = _entries(text, at, make)
        else:
            rest[name], at = _decode(text, at)
        more, at = _comma(text, at)
    if _expect("}", text, at) != len(text):
        raise ValueError("unexpected text behind the object")
    if items is None:
        raise LookupError(key)
    return Listing(tuple(items), rest)


def _entries(text: str, at: int, make: Callable[[Any], T]) -> tuple[list[T], int]:
    made: list[T] = []
    at = _expect("[", text, at)
    more = not text.startswith("]", at)
    while more:
        entry, at = _decode(text, at)
        made.append(make(entry))
        if len(made) % _ENTRIES_A_TURN == 0:
            time.sleep(0)
        more, at = _comma(text, at)
    return made, _expect("]", text, at)


def _comma(text: str, at: int) -> tuple[bool, int]:
    at = _behind_blanks(text, at)
    return (True, _expect(",", text, at)) if text.startswith(",", at) else (False, at)


def _expect(token: str, text: str, at: int) -> int:
    """The position of what follows a token; blanks on both sides of it are passed over."""
    at = _behind_blanks(text, at)
    if not text.startswith(token, at):
        raise ValueError(f"expected {token} at position {at}")
    return _behind_blanks(text, at + len(token))


def _behind_blanks(text: str, at: int) -> int:
    found = _blank(text, at)
    return found.end() if found else at

"""Decodes long lists without stalling the program: one entry at a time, in a thread.

A whole-body `json.loads` of 10,000 timers holds the interpreter for 0.2 s wherever it runs, because it is one call
into C. Decoded one entry at a time, other threads get their turn in between.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_SMALL = 64 * 1024
_ENTRIES_A_TURN = 20
_BLANKS = " \t\n\r"


async def decode_jobs(body: bytes) -> list[Any]:
    """The entries of `{"jobs": [...]}` as they came.

    Raises:
        ValueError: the body is not JSON.
        LookupError: it is JSON without a list of jobs.
    """
    return await read_list(body, "jobs", lambda entry: entry)


async def read_list(body: bytes, key: str, make: Callable[[Any], T]) -> list[T]:
    """Makes something of each entry of the list under `key`; the entry itself can be forgotten at once.

    Raises:
        ValueError: the body is not JSON.
        LookupError: it is JSON without that list.
    """
    if len(body) < _SMALL:
        return [make(entry) for entry in entries(body, key)]
    return await asyncio.to_thread(_read_in_turns, body, key, make)


def _read_in_turns(body: bytes, key: str, make: Callable[[Any], T]) -> list[T]:
    made: list[T] = []
    for entry in entries(body, key):
        made.append(make(entry))
        if len(made) % _ENTRIES_A_TURN == 0:
            time.sleep(0)  # lets the event loop's thread in
    return made


def entries(body: bytes, key: str) -> Iterator[Any]:
    """The entries of the list under `key`, decoded when they are asked for.

    A body that does not begin with that list is decoded whole.

    Raises:
        ValueError: the body is not JSON; entries before the damage may have been given already.
        LookupError: it is JSON without that list.
    """
    text = body.decode("utf-8-sig")
    start = _start_of_list(text, key)
    if start is None:
        yield from _whole(text, key)
        return
    yield from _one_by_one(text, start)


def _whole(text: str, key: str) -> list[Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get(key), list):
        raise LookupError(f"no list of {key}")
    listed: list[Any] = found[key]
    return listed


def _start_of_list(text: str, key: str) -> int | None:
    """Behind `{"key": [` at the very start, blanks allowed; None when the text starts otherwise."""
    at = 0
    for token in ("{", f'"{key}"', ":", "["):
        at = _skip_blanks(text, at)
        if not text.startswith(token, at):
            return None
        at += len(token)
    return at


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _one_by_one(text: str, at: int) -> Iterator[Any]:
    decode = json.JSONDecoder().raw_decode
    at = _skip_blanks(text, at)
    while not text.startswith("]", at):
        entry, at = decode(text, at)
        yield entry
        at = _skip_blanks(text, at)
        if text.startswith(",", at):
            at = _skip_blanks(text, at + 1)
            if text.startswith("]", at):
                raise ValueError(f"expected an entry at position {at}")
        elif not text.startswith("]", at):
            raise ValueError(f"expected ',' or ']' at position {at}")
    _check_rest(text, at + 1)


def _check_rest(text: str, at: int) -> None:
    """What stands behind the list is either the end of the object or its other members."""
    at = _skip_blanks(text, at)
    rest = "{" + text[at + 1 :] if text.startswith(",", at) else "{" + text[at:]
    if text.startswith(",", at) and rest[1:].strip(_BLANKS).startswith("}"):
        raise ValueError(f"expected a name at position {at + 1}")
    json.loads(rest)

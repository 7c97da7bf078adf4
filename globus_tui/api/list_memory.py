"""Reads the same list again and again: what has not changed since the last time is not decoded again.

A complete JSON object can be told by its bytes alone: where the same bytes stand again, the same entry stands again.
Comparing them is a hundred times faster than decoding. The bytes themselves are not kept, for ten thousand timers are
25 MB: what is kept is how many there were and their hash, of 64 bits and with a key of this process. That two versions
of an entry have one length and one hash happens once in 10^19 times.
"""

from __future__ import annotations

from array import array
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from globus_tui.api.decode import read_in_steps
from globus_tui.api.json_bytes import Values
from globus_tui.domain.collector import set_aside
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from globus_tui.api.exchange import Answer

T = TypeVar("T")


def _none() -> array[int]:
    return array("q")


@dataclass(frozen=True, slots=True)
class _Last(Generic[T]):
    """Items with the lengths and hashes of their bytes; a length of 0 for what cannot be told by its bytes."""

    items: tuple[T, ...] = ()
    lengths: array[int] = field(default_factory=_none)
    hashes: array[int] = field(default_factory=_none)

    def again(self, place: int, body: bytes, at: int) -> tuple[T, int] | None:
        """The entry that stood at a place, if it stands in this body too, and the position behind it."""
        if place >= len(self.items) or not (length := self.lengths[place]):
            return None
        same = hash(body[at : at + length]) == self.hashes[place]
        return (self.items[place], at + length) if same else None


class ListMemory(Generic[T]):
    """The entries of the last answer, each with what its bytes are known by.

    Attributes:
        packed: the last answer as it came over the wire; empty when there was none.
    """

    def __init__(self, key: str, make: Callable[[Any], T], name: Callable[[T], Hashable]) -> None:
        """Nothing is remembered yet.

        Args:
            key: of the list in its document.
            make: makes something of a decoded entry.
            name: tells entries apart, to find the place in the last answer again after some came or went.
        """
        self._key = key
        self._make = make
        self._name = name
        self._last: _Last[T] = _Last()
        self.packed = b""

    async def read(self, answer: Answer) -> tuple[T, ...]:
        """The entries; the very same tuple when the answer is the last one again.

        Raises:
            UnreadableAnswer: it is not JSON, or there is no such list in it.
        """
        if not answer.again:
            reading = _Reading(self._last, self._make, self._name)
            items = (await read_in_steps(answer, self._key, reading.entry)).items
            if reading.made or len(items) != len(self._last.items) or not items:
                self._last = _Last(items, reading.lengths, reading.hashes)
                set_aside(reading.made)
        self._take(answer)
        return self._last.items

    def _take(self, answer: Answer) -> None:
        self.packed = answer.packed


class _Reading(Generic[T]):
    """One answer being read beside the last one."""

    def __init__(self, last: _Last[T], make: Callable[[Any], T], name: Callable[[T], Hashable]) -> None:
        self._last = last
        self._make = make
        self._name = name
        self._value = Values()
        self._place = 0
        self._places: dict[Hashable, int] | None = None
        self.made = 0
        self.lengths, self.hashes = _none(), _none()

    def entry(self, body: bytes, at: int) -> tuple[T, int]:
        known = self._last.again(self._place, body, at)
        if known is not None:
            self.lengths.append(self._last.lengths[self._place])
            self.hashes.append(self._last.hashes[self._place])
            self._place += 1
            return known
        item, end = self._decoded(body, at)
        self.made += 1
        self.lengths.append(end - at if body.startswith(b"{", at) else 0)
        self.hashes.append(hash(body[at:end]))
        return item, end

    def _decoded(self, body: bytes, at: int) -> tuple[T, int]:
        found, end = self._value(body, at)
        item = self._make(found)
        if self._places is None:
            self._places = {self._name(one): place for place, one in enumerate(self._last.items)}
        before = self._places.get(self._name(item))
        # A changed entry: go on behind it. A new one: what stood here may come next.
        self._place = self._place if before is None else before + 1
        return item, end

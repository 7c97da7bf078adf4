"""Answers that hold one long list: unpacked and decoded in a thread, one entry at a time, without stalling the program.

What is the same while it is still compressed need not be unpacked.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from globus_tui.domain.documents import walk
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from globus_tui.api.exchange import Answer

_GZIP = b"\x1f\x8b"
_TIME = slice(4, 10)
"""Where a gzip header says when and by what it was packed: the same contents packed a second later differ there."""

_STEP = 128 * 1024
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}

ACCEPTED = "gzip, deflate"
"""What `unpack` understands, as `Accept-Encoding` says it."""


def same_packed(one: bytes, other: bytes) -> bool:
    """Whether two compressed bodies certainly have the same contents; the time of compression does not count."""
    if len(one) != len(other) or one[: _TIME.start] != other[: _TIME.start]:
        return False
    behind = _TIME.stop if one.startswith(_GZIP) else _TIME.start
    return one.endswith(memoryview(other)[behind:])


MOST_BYTES = 256_000_000
"""No answer is so long: what unpacks to more is there to fill memory."""


class Damaged(ValueError):
    """A body that breaks off, never ends, or is compressed in a way that was not asked for."""


def unpack(packed: bytes, encodings: str) -> bytes:
    """The contents; see `unpack_in_steps`."""
    return b"".join(unpack_in_steps(packed, encodings))


def unpack_in_steps(packed: bytes, encodings: str) -> Iterator[bytes]:
    """The contents in pieces.

    Args:
        packed: the body as it came.
        encodings: what `Content-Encoding` says, possibly nothing or several.

    Raises:
        Damaged: as it says.
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    for name in reversed(names[1:]):
        packed = b"".join(_limit(_inflate(packed, name)))
    return _limit(_inflate(packed, names[0]))


def _limit(pieces: Iterator[bytes]) -> Iterator[bytes]:
    bytes_left = MOST_BYTES
    for piece in pieces:
        bytes_left -= len(piece)
        if bytes_left < 0:
            raise Damaged(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB")
        yield piece


def _inflate(packed: bytes, name: str) -> Iterator[bytes]:
    """All members one after the other. An empty body stays empty: an answer without one may still name an encoding."""
    if name in ("", "identity"):
        yield packed
        return
    if name not in _WINDOWS:
        raise Damaged(f"packed as {name!r}")
    window = _WINDOWS[name]
    # "deflate" means the zlib format; some servers send the bare stream, which begins with another byte.
    if name == "deflate" and packed[:1] and (packed[0] & 0x0F != 8 or int.from_bytes(packed[:2]) % 31):
        window = -window
    first = True
    while packed:
        stream = zlib.decompressobj(window)
        try:
            while packed and not stream.eof:
                yield stream.decompress(packed, _STEP)
                packed = stream.unconsumed_tail
            if not stream.eof:
                yield stream.flush()
        except zlib.error as problem:
            if not first:
                return  # padding after the last member
            raise Damaged(str(problem)) from None
        if not stream.eof:
            raise Damaged("the packed body breaks off")
        packed, first = stream.unused_data, False


T = TypeVar("T")

_SMALL = 16 * 1024
"""Bytes as they came over the wire."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """An object with one long list in it.

    Attributes:
        items: what was made of the entries, in their order.
        members: the other members of the object.
    """

    items: tuple[T, ...]
    members: dict[str, Any]


async def read_listing(answer: Answer, key: str, make: Callable[[Any], T]) -> Listing[T]:
    """Reads an answer, making something of each entry of the list under `key`; entries are forgotten at once.

    Raises:
        UnreadableAnswer: it is not JSON, or there is no such list in it.
    """
    rest: dict[str, Any] = {}

    def take() -> tuple[T, ...]:
        return tuple(make(entry.value) for entry in walk(answer.chunks(), key, {}, rest=rest))

    return Listing(await read_in_thread(answer, key, take), rest)


async def read_in_thread(answer: Answer, key: str, take: Callable[[], T]) -> T:
    """Walks an answer in a thread; raises what `read_listing` raises."""
    try:
        size = len(answer.packed) or len(answer.body)
        return take() if size < _SMALL else await asyncio.to_thread(take)
    except (ValueError, RecursionError) as problem:
        raise answer.unreadable(damage(problem)) from None
    except LookupError:
        raise answer.unreadable(f"a document without a list of {key}") from None


def damage(problem: Exception) -> str | None:
    """What is wrong with an answer, where it is its compression."""
    return "an answer whose compression is damaged" if isinstance(problem, Damaged) else None

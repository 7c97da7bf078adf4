"""Answers as they come over the wire: compressed. What is the same while it is packed need not be unpacked."""

from __future__ import annotations

import zlib

_GZIP = b"\x1f\x8b"
_TIME = slice(4, 10)
"""Where a gzip header says when and by what it was packed: the same contents packed a second later differ there."""

ACCEPTED = "gzip, deflate"
"""What `unpacked` understands, as `Accept-Encoding` says it."""


def same_packed(one: bytes, other: bytes) -> bool:
    """Whether both hold the same contents for certain; the moment of packing does not count."""
    if len(one) != len(other) or one[: _TIME.start] != other[: _TIME.start]:
        return False
    behind = _TIME.stop if one.startswith(_GZIP) else _TIME.start
    return one.endswith(memoryview(other)[behind:])


def unpacked(packed: bytes, encodings: str) -> bytes:
    """The contents.

    Args:
        packed: the body as it came.
        encodings: what `Content-Encoding` says, possibly nothing or several.

    Raises:
        ValueError: it is damaged or breaks off, or packed in a way that was not asked for.
    """
    for name in reversed([one.strip().lower() for one in encodings.split(",")]):
        if name in ("gzip", "x-gzip"):
            packed = _inflated(packed, zlib.MAX_WBITS | 16)
        elif name == "deflate":
            # Meant is the zlib format; some servers send the bare stream, whose first byte cannot be taken for one.
            bare = packed[:1] and (packed[0] & 0x0F != 8 or int.from_bytes(packed[:2]) % 31)
            packed = _inflated(packed, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
        elif name not in ("", "identity"):
            raise ValueError(f"packed as {name!r}")
    return packed


def _inflated(packed: bytes, window: int) -> bytes:
    """All members one behind the other; an empty body stays empty, as an answer without one may still name a way."""
    parts: list[bytes] = []
    while packed:
        stream = zlib.decompressobj(window)
        try:
            parts.append(stream.decompress(packed))
        except zlib.error as problem:
            if parts:
                break  # zeros and the like behind the last member
            raise ValueError(str(problem)) from None
        if not stream.eof:
            raise ValueError("the packed body breaks off")
        packed = stream.unused_data
    return b"".join(parts) if len(parts) != 1 else parts[0]

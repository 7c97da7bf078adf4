"""An answer as it came over the wire, to be handed on to another copy of this program."""

from __future__ import annotations

from typing import NamedTuple


class Packed(NamedTuple):
    """A body that was not unpacked.

    Attributes:
        body: the bytes as they came.
        encodings: what `Content-Encoding` said of them; empty when they are not packed at all.
    """

    body: bytes
    encodings: str

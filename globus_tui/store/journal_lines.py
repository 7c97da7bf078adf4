"""Lines of the journal: one JSON object each, chained by hashes, so that a line edited or removed later shows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

START = "0" * 64
"""What the first line names as the one before it."""

_UNLOCKED_REACH = 10
_SECRET_WORDS = ("token", "secret", "password", "authorization", "credential")
_HIDDEN = "(left out)"


def digest(line: bytes) -> str:
    """The hash by which the next line names this one."""
    return hashlib.sha256(line).hexdigest()


def make_line(entry: Mapping[str, Any], prev: str) -> bytes:
    """One line without its newline. Anything that looks like a secret is left out, whoever put it there."""
    return json.dumps(
        {**_without_secrets(entry), "prev": prev}, ensure_ascii=False, separators=(",", ":"), default=str
    ).encode()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _HIDDEN if _is_secret(str(key), one) else _without_secrets(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(one) for one in value]
    return value


def _is_secret(key: str, value: Any) -> bool:
    return isinstance(value, str) and bool(value) and any(word in key.lower() for word in _SECRET_WORDS)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as read.

    Attributes:
        place: 1 for the first line of the file.
        entry: what it says; None for a line that is broken.
        whole: it names the line before it correctly, as far as can be told.
    """

    place: int
    entry: Mapping[str, Any] | None
    whole: bool


def read_journal(path: Path) -> tuple[JournalLine, ...]:
    """Reads a journal, oldest first. A broken line is one without an entry; a missing file has no lines.

    Raises:
        OSError: the file is there but cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    lines: list[JournalLine] = []
    before: list[str] = [START]
    for place, raw in enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), start=1):
        entry = _read(raw)
        lines.append(JournalLine(place, entry, entry is not None and _chained(entry, before)))
        before.append(digest(raw))
    return tuple(lines)


def _read(raw: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _chained(entry: Mapping[str, Any], before: Sequence[str]) -> bool:
    """A line written without the lock may follow one that another copy of the program wrote at the same moment."""
    if entry.get("unlocked") is True:
        return entry.get("prev") in before[-_UNLOCKED_REACH:]
    return entry.get("prev") == before[-1]


def verify_journal(path: Path) -> tuple[int, ...]:
    """The places of lines that are broken, or before which something was changed or taken out; empty if all is well.

    What was cut off at the end cannot be seen, and whoever can write the file can write all of it anew: this shows
    accidents and edits, it is no proof.

    Raises:
        OSError: the file is there but cannot be read.
    """
    return tuple(line.place for line in read_journal(path) if not line.whole)

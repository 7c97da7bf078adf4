"""Paths within a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Collection, Entry


def absolute(collection: Collection, path: str | None) -> str:
    """A normal absolute path: `/~/` and nothing mean the home folder; `.` and `..` are resolved.

    Folders keep no trailing slash, except the root.
    """
    text = path or collection.document.get("default_directory") or "/~/"
    if text == "~" or text.startswith("~/"):
        text = "/" + text
    if text == "/~" or text.startswith("/~/"):
        text = collection.home + "/" + text[2:]
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def find(collection: Collection, path: str | None) -> Entry | None:
    """The entry at a path, or None; a forbidden folder on the way ends the search there."""
    entry = collection.root
    for part in absolute(collection, path).split("/"):
        if not part:
            continue
        if entry.forbidden:
            return entry
        below = entry.contents().get(part)
        if below is None:
            return None
        entry = below
    return entry

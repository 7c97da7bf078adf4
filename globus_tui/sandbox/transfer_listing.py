"""Folder listings: file documents, filters and order."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document, Entry
    from globus_tui.sandbox.transfer_asking import Asking

FIELDS = ("name", "type", "size", "last_modified", "permissions", "user", "group")
"""Fields that can be filtered and ordered by."""


def kind(entry: Entry) -> str:
    """`dir`, `file` or `invalid_symlink`."""
    if entry.broken:
        return "invalid_symlink"
    return "dir" if entry.is_folder else "file"


def file_document(entry: Entry) -> Document:
    """An entry as the service writes it: times have a space instead of `T` (documented trap)."""
    modified = _written(entry.modified)
    linked = entry.link_target is not None
    return {
        "DATA_TYPE": "file",
        "name": entry.name,
        "type": kind(entry),
        "size": entry.size,
        "last_modified": modified,
        "permissions": entry.permissions,
        "user": entry.user,
        "group": entry.group,
        "link_target": entry.link_target,
        "link_size": len(entry.link_target or "") if linked else None,
        "link_user": entry.user if linked else None,
        "link_group": entry.group if linked else None,
        "link_last_modified": modified if linked else None,
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat(" ", "seconds") if moment else None


def chosen(asking: Asking, entries: list[Entry], filters: list[str]) -> list[Entry]:
    """Entries that pass any of the filters (inferred: several are alternatives); all without a filter."""
    parsed = [_clauses(asking, text) for text in filters if text]
    if not parsed:
        return entries
    return [entry for entry in entries if any(_passes(entry, clauses) for clauses in parsed)]


def _clauses(asking: Asking, text: str) -> list[tuple[str, list[str]]]:
    clauses = []
    for clause in text.split("/"):
        key, colon, values = clause.partition(":")
        if not colon or key not in FIELDS:
            raise asking.bad(f"invalid filter clause '{clause}'")
        clauses.append((key, [values] if key == "last_modified" else values.split(",")))
    return clauses


def _passes(entry: Entry, clauses: list[tuple[str, list[str]]]) -> bool:
    return all(_clause_passes(entry, key, values) for key, values in clauses)


def _clause_passes(entry: Entry, key: str, values: list[str]) -> bool:
    value = _value(entry, key)
    if key == "last_modified":
        return _within(entry.modified, values[0])
    refusing = [one for one in values if one.startswith("!")]
    admitting = [one for one in values if not one.startswith("!")]
    if any(_matches(str(value), one[1:]) for one in refusing):
        return False
    return not admitting or any(_matches(str(value), one) for one in admitting)


def _matches(value: str, pattern: str) -> bool:
    """`~` begins a glob, `=` or nothing an exact value."""
    if pattern.startswith("~"):
        return fnmatch.fnmatchcase(value, pattern[1:])
    return value == pattern.removeprefix("=")


def _within(moment: datetime | None, bounds: str) -> bool:
    """`FROM,TO`, either of which may be empty; a single date means that day and later."""
    first, _, last = bounds.partition(",")
    if moment is None:
        return False
    return (not first or moment >= _bound(first)) and (not last or moment <= _bound(last))


def _bound(text: str) -> datetime:
    try:
        bound = datetime.fromisoformat(text.strip())
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return bound if bound.tzinfo else bound.replace(tzinfo=UTC)


def _value(entry: Entry, key: str) -> Any:
    if key == "type":
        return kind(entry)
    if key == "last_modified":
        return entry.modified or datetime.min.replace(tzinfo=UTC)
    return getattr(entry, key)


def ordered(asking: Asking, entries: list[Entry], orderby: str) -> list[Entry]:
    """Entries in the order of `field ASC,field2 DESC`."""
    for clause in reversed(orderby.split(",")):
        key, _, direction = clause.strip().partition(" ")
        if key not in FIELDS or direction.strip().upper() not in ("", "ASC", "DESC"):
            raise asking.bad(f"invalid orderby '{clause}'")
        down = direction.strip().upper() == "DESC"
        entries = sorted(entries, key=lambda entry: _value(entry, key), reverse=down)
    return entries

"""Looking into collections: paths, folder listings, making folders, renaming."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime
from typing import Any, NoReturn

from globus_tui.sandbox.access import transfer_refusal
from globus_tui.sandbox.state import TRANSFER_ALL, Collection, Document, Entry, moment_of
from globus_tui.sandbox.transfer.guards import Asking, check_consent, check_session, find_collection


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


FIELDS = ("name", "type", "size", "last_modified", "permissions", "user", "group")
"""Fields that can be filtered and ordered by."""


def kind(entry: Entry) -> str:
    if entry.broken:
        return "invalid_symlink"
    return "dir" if entry.is_folder else "file"


def file_document(entry: Entry) -> Document:
    """An entry as the service writes it: times have a space instead of `T` (documented trap)."""
    modified = entry.modified.isoformat(" ", "seconds") if entry.modified else None
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


def chosen(asking: Asking, entries: list[Entry], filters: list[str]) -> list[Entry]:
    """Entries that pass any of the filters (inferred: several are alternatives); all without a filter."""
    parsed = [_clauses(asking, text) for text in filters if text]
    if not parsed:
        return entries
    return [entry for entry in entries if any(all(_passes(entry, *clause) for clause in clauses) for clauses in parsed)]


def _clauses(asking: Asking, text: str) -> list[tuple[str, list[str]]]:
    clauses = []
    for clause in text.split("/"):
        key, colon, values = clause.partition(":")
        if not colon or key not in FIELDS:
            raise asking.bad(f"invalid filter clause '{clause}'")
        clauses.append((key, [values] if key == "last_modified" else values.split(",")))
    return clauses


def _passes(entry: Entry, key: str, values: list[str]) -> bool:
    value = _value(entry, key)
    if key == "last_modified":
        return _within(entry.modified, values[0])
    refusing = [pattern for pattern in values if pattern.startswith("!")]
    admitting = [pattern for pattern in values if not pattern.startswith("!")]
    if any(_matches(str(value), pattern[1:]) for pattern in refusing):
        return False
    return not admitting or any(_matches(str(value), pattern) for pattern in admitting)


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
        return moment_of(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _value(entry: Entry, key: str) -> Any:
    if key == "type":
        return kind(entry)
    if key == "last_modified":
        return entry.modified or datetime.min.replace(tzinfo=UTC)
    return getattr(entry, key)


LARGEST_PAGE = 100_000
"""Default and maximum of `limit` (documented)."""


def ls(asking: Asking) -> Document:
    collection = _reached(asking, asking.key)
    path = absolute(collection, asking.query.get("path"))
    folder = _existing(asking, collection, path)
    if not folder.is_folder:
        _refuse(asking, 502, "ExternalError.DirListingFailed.NotDirectory", f"Path '{path}' is not a directory")
    entries = list(folder.contents().values())
    if not asking.flag("show_hidden", True):
        entries = [entry for entry in entries if not entry.name.startswith(".")]
    entries = chosen(asking, entries, asking.query.getlist("filter"))
    entries = asking.ordered(entries, asking.query.get("orderby") or "name", FIELDS, _value)
    offset, limit = asking.number("offset", 0, 10**9), asking.number("limit", LARGEST_PAGE, LARGEST_PAGE)
    page = [file_document(entry) for entry in entries[offset : offset + limit]]
    shown = path.rstrip("/") + "/"
    return {
        "DATA_TYPE": "file_list",
        "endpoint": asking.key,
        "path": asking.query.get("path", "").rstrip("/") + "/" if _from_home(asking) else shown,
        "absolute_path": shown if _from_home(asking) else None,
        "rename_supported": True,
        "symlink_supported": not collection.document.get("is_globus_connect"),
        "length": len(page),
        "total": len(entries),
        "DATA": page,
    }


def stat(asking: Asking) -> Document:
    collection = _reached(asking, asking.key)
    path = absolute(collection, asking.query.get("path"))
    return file_document(_existing(asking, collection, path, code="NotFound", noun="File or directory"))


def mkdir(asking: Asking) -> Document:
    collection = _reached(asking, asking.key)
    parent, name, path = _place(asking, collection, asking.text("path"))
    if name in parent.contents():
        _refuse(asking, 502, "ExternalError.MkdirFailed.Exists", f"Path '{path}' already exists")
    parent.contents()[name] = Entry(name, 4096, asking.now, {}, permissions="0755")
    return asking.result("DirectoryCreated", "The directory was created successfully", DATA_TYPE="mkdir_result")


def rename(asking: Asking) -> Document:
    collection = _reached(asking, asking.key)
    old_parent, old_name, old_path = _place(asking, collection, asking.text("old_path"))
    parent, name, path = _place(asking, collection, asking.text("new_path"))
    if old_name not in old_parent.contents():
        _refuse(asking, 404, "ClientError.NotFound", f"Path '{old_path}' not found")
    if name in parent.contents():
        _refuse(asking, 502, "ExternalError.RenameFailed.Exists", f"Path '{path}' already exists")
    entry = old_parent.contents().pop(old_name)
    entry.name = name
    parent.contents()[name] = entry
    return asking.result("FileRenamed", "File or directory renamed successfully")


def _reached(asking: Asking, key: str) -> Collection:
    """The collection, once everything that may stand in the way has been asked: the order is inferred."""
    collection = find_collection(asking.sandbox, key, asking.resource)
    who = asking.who
    if collection.document.get("non_functional"):
        _refuse(asking, 409, "NotSupported", "This endpoint does not hold data; use one of its collections")
    check_consent(asking.sandbox, [collection], (who.identity_id, who.client_id), (TRANSFER_ALL,), asking.resource)
    check_session(asking.sandbox, [collection], who.session, asking.resource)
    if collection.paused_message:
        _refuse(asking, 409, "OperationPaused", collection.paused_message)
    if collection.document.get("gcp_paused"):
        _refuse(asking, 409, "OperationPaused", "The endpoint has been paused by its owner")
    if not collection.connected:
        message = f"The Globus Connect Personal endpoint '{collection.document.get('display_name')}' is not connected"
        _refuse(asking, 502, "ExternalError.DirListingFailed.GCDisconnected", message)
    return collection


def _existing(
    asking: Asking, collection: Collection, path: str, *, code: str = "ClientError.NotFound", noun: str = "Directory"
) -> Entry:
    """What stands at a path. `stat` refuses with a plain `NotFound`: the official CLI catches exactly that word."""
    entry = find(collection, path)
    if entry is None:
        _refuse(asking, 404, code, f"{noun} '{path}' not found on endpoint '{asking.key}'")
    if entry.forbidden:
        _refuse(asking, 403, "EndpointPermissionDenied", f"Denied by endpoint: permission denied on '{path}'")
    return entry


def _place(asking: Asking, collection: Collection, path: str) -> tuple[Entry, str, str]:
    if "\r" in path or "\n" in path:
        _refuse(asking, 400, "InvalidPath", "Path contains a forbidden character")
    whole = absolute(collection, path)
    above, _, name = whole.rpartition("/")
    if not name:
        _refuse(asking, 502, "ExternalError.MkdirFailed.Exists", "Path '/' already exists")
    parent = _existing(asking, collection, above or "/")
    if not parent.is_folder:
        _refuse(asking, 502, "ExternalError.MkdirFailed.NotDirectory", f"'{above}' is not a directory")
    return parent, name, whole


def _from_home(asking: Asking) -> bool:
    return asking.query.get("path", "").lstrip("/").startswith("~")


def _refuse(asking: Asking, status: int, code: str, message: str) -> NoReturn:
    raise transfer_refusal(status, code, message, asking.resource)

"""Looking into collections, making folders, renaming."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from globus_tui.sandbox.refusals import transfer_refusal
from globus_tui.sandbox.state import TRANSFER_ALL, Entry
from globus_tui.sandbox.transfer_guards import check_consent, check_session, find_collection
from globus_tui.sandbox.transfer_listing import chosen, file_document, ordered
from globus_tui.sandbox.transfer_paths import absolute, find

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Collection, Document
    from globus_tui.sandbox.transfer_asking import Asking

LARGEST_PAGE = 100_000
"""Default and maximum of `limit` (documented)."""


def ls(asking: Asking) -> Document:
    """One page of a folder."""
    collection = _reached(asking, asking.key)
    path = absolute(collection, asking.query.get("path"))
    folder = _existing(asking, collection, path)
    if not folder.is_folder:
        _refuse(asking, 502, "ExternalError.DirListingFailed.NotDirectory", f"Path '{path}' is not a directory")
    entries = list(folder.contents().values())
    if not asking.flag("show_hidden", True):
        entries = [entry for entry in entries if not entry.name.startswith(".")]
    entries = chosen(asking, entries, asking.query.getlist("filter"))
    entries = ordered(asking, entries, asking.query.get("orderby") or "name")
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
    """One file or folder."""
    collection = _reached(asking, asking.key)
    path = absolute(collection, asking.query.get("path"))
    return file_document(_existing(asking, collection, path))


def mkdir(asking: Asking) -> Document:
    """A new folder in an existing one."""
    collection = _reached(asking, asking.key)
    parent, name, path = _place(asking, collection, asking.text("path"))
    if name in parent.contents():
        _refuse(asking, 502, "ExternalError.MkdirFailed.Exists", f"Path '{path}' already exists")
    parent.contents()[name] = Entry(name, 4096, asking.now, {}, permissions="0755")
    return asking.result("DirectoryCreated", "The directory was created successfully", DATA_TYPE="mkdir_result")


def rename(asking: Asking) -> Document:
    """Another name or another place in the same collection."""
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


def _existing(asking: Asking, collection: Collection, path: str) -> Entry:
    entry = find(collection, path)
    if entry is None:
        _refuse(asking, 404, "ClientError.NotFound", f"Directory '{path}' not found on endpoint")
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

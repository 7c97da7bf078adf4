"""Bookmarks: one person's names for places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.refusals import transfer_refusal

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document
    from globus_tui.sandbox.transfer_asking import Asking


def listing(asking: Asking) -> Document:
    """All bookmarks of the caller; not paged (documented)."""
    found = [one for one in asking.sandbox.bookmarks.values() if _mine(asking, one)]
    return {"DATA_TYPE": "bookmark_list", "DATA": [_shown(one) for one in found]}


def create(asking: Asking) -> Document:
    """A new bookmark; names are unique for a person."""
    name = asking.text("name")
    if name != name.strip():
        raise asking.bad("name must not begin or end with whitespace")
    if any(one["name"] == name for one in asking.sandbox.bookmarks.values() if _mine(asking, one)):
        raise transfer_refusal(409, "Exists", f"A bookmark named '{name}' already exists", asking.resource)
    bookmark: Document = {
        "DATA_TYPE": "bookmark",
        "id": asking.sandbox.new_id(),
        "name": name,
        "endpoint_id": asking.text("endpoint_id"),
        "path": asking.body.get("path") or "/~/",
        "pinned": bool(asking.body.get("pinned", False)),
        "_owner": asking.who.identity_id,
    }
    asking.sandbox.bookmarks[bookmark["id"]] = bookmark
    return _shown(bookmark)


def read(asking: Asking) -> Document:
    """One bookmark."""
    return _shown(_found(asking))


def update(asking: Asking) -> Document:
    """Renames or pins a bookmark; its place stays."""
    bookmark = _found(asking)
    for key in ("name", "pinned"):
        if key in asking.body:
            bookmark[key] = asking.body[key]
    return _shown(bookmark)


def delete(asking: Asking) -> Document:
    """Forgets a bookmark."""
    del asking.sandbox.bookmarks[_found(asking)["id"]]
    return asking.result("Deleted", f"Bookmark '{asking.key}' deleted successfully")


def _found(asking: Asking) -> Document:
    bookmark = asking.sandbox.bookmarks.get(asking.key)
    if bookmark is None or not _mine(asking, bookmark):
        raise transfer_refusal(404, "BookmarkNotFound", f"No bookmark '{asking.key}'", asking.resource)
    return bookmark


def _mine(asking: Asking, bookmark: Document) -> bool:
    return asking.sandbox.owns(asking.who.identity_id, bookmark["_owner"])


def _shown(bookmark: Document) -> Document:
    return {key: value for key, value in bookmark.items() if not key.startswith("_")}

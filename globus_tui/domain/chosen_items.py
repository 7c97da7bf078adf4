"""From folders that were chosen on both sides to the items of a transfer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.transfer import TransferItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.collection import FolderEntry
    from globus_tui.domain.draft import Draft

SOURCE_PATH, DESTINATION_PATH = "source_path", "destination_path"
"""Under these names a draft remembers the paths as typed."""


def parent_of(path: str) -> str:
    """The folder that a path is in, with its slash; a root is its own."""
    head = path.rstrip("/").rpartition("/")[0]
    if path.rstrip("/") in ("", "~", "/~"):
        return path
    return f"{head}/" if head or path.startswith("/") else ""


def last_of(path: str) -> str:
    """The last name in a path; empty for a root."""
    return path.rstrip("/").rpartition("/")[2]


def inside(folder: str, name: str) -> str:
    """A path in a folder."""
    return f"{folder}{name}" if not folder or folder.endswith("/") else f"{folder}/{name}"


def items_between(
    source: str, destination: str, picked: Iterable[FolderEntry] = (), *, is_folder: bool | None = None
) -> tuple[TransferItem, ...]:
    """The items that two paths stand for.

    Without picked entries one path goes to the other: what is in the source folder comes to be in the destination
    folder, whatever that is called. Picked entries go into the destination folder under their own names.

    Args:
        source: a folder, or a file.
        destination: the same; a file that goes to a path with a slash at its end keeps its name.
        picked: entries of the source folder.
        is_folder: what the source path is, where that is known.
    """
    if not source or not destination:
        return ()
    chosen = tuple(picked)
    if chosen:
        return tuple(_picked(source, destination, one) for one in chosen)
    if is_folder or source.endswith("/") or source in ("~", "/~"):
        return (TransferItem(_slashed(source), _slashed(destination), recursive=True),)
    if is_folder is False:
        whole = inside(destination, last_of(source)) if destination.endswith("/") else destination
        return (TransferItem(source, whole, recursive=False),)
    return (TransferItem(source, destination),)


def _picked(source: str, destination: str, entry: FolderEntry) -> TransferItem:
    end = "/" if entry.is_folder else ""
    return TransferItem(
        inside(source, entry.name) + end, inside(destination, entry.name) + end, recursive=entry.is_folder
    )


def _slashed(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"


def chosen_paths(draft: Draft) -> tuple[str, str]:
    """The two paths of a draft: as typed, else those of its single item, else the folders that its items are in."""
    items = draft.transfer.items
    if not items:
        return draft.typed.get(SOURCE_PATH, ""), draft.typed.get(DESTINATION_PATH, "")
    first = items[0]
    alone = len(items) == 1
    source = first.source_path if alone else parent_of(first.source_path)
    destination = first.destination_path if alone else parent_of(first.destination_path)
    return draft.typed.get(SOURCE_PATH, source), draft.typed.get(DESTINATION_PATH, destination)


def swapped(draft: Draft) -> Draft:
    """The same the other way round: what was the destination is the source, item by item."""
    data = draft.transfer
    items = tuple(
        replace(one, source_path=one.destination_path, destination_path=one.source_path, external_checksum=None)
        for one in data.items
    )
    other_way = replace(
        data,
        source_endpoint=data.destination_endpoint,
        destination_endpoint=data.source_endpoint,
        source_local_user=data.destination_local_user,
        destination_local_user=data.source_local_user,
        items=items,
    )
    sides = {SOURCE_PATH: DESTINATION_PATH, DESTINATION_PATH: SOURCE_PATH}
    return replace(
        draft,
        transfer=other_way,
        source_name=draft.destination_name,
        destination_name=draft.source_name,
        guards=replace(draft.guards, typed_folder=""),
        typed={sides.get(key, key): text for key, text in draft.typed.items()},
    )

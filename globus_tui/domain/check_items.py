"""Checks of what a draft moves and how: needs no look-up."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.draft_fields import DEADLINE, DESTINATION, FILTERS, ITEMS, LABEL, OPTIONS, SOURCE
from globus_tui.domain.filter_preview import unreachable_rules
from globus_tui.domain.findings import Finding, note, stop, warn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from globus_tui.domain.transfer import TransferData, TransferItem

LONGEST_LABEL = 128
"""Characters (documented)."""


def check_items(data: TransferData, now: datetime) -> Iterator[Finding]:
    """Everything about collections, items, label, filters and options."""
    yield from _collections(data)
    yield from _label(data.label)
    if not data.items:
        yield stop(ITEMS, "Nothing is chosen to be moved")
    for place, item in enumerate(data.items):
        yield from _item(item, place)
        yield from _onto_itself(data, item, place)
    yield from _twice(data.items)
    yield from _filters(data)
    yield from _options(data, now)


def _collections(data: TransferData) -> Iterator[Finding]:
    for field, collection_id, word in (
        (SOURCE, data.source_endpoint, "source"),
        (DESTINATION, data.destination_endpoint, "destination"),
    ):
        if not collection_id:
            yield stop(field, f"No {word} collection is chosen")
        elif not _is_id(collection_id):
            yield stop(field, f"{collection_id} is no collection id")


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _label(label: str | None) -> Iterator[Finding]:
    if not label:
        return
    if len(label) > LONGEST_LABEL:
        yield stop(LABEL, f"The label has {len(label)} characters; Globus allows {LONGEST_LABEL}")
    if "\n" in label or "\r" in label:
        yield stop(LABEL, "The label must be one line")
    if label != label.strip():
        yield stop(LABEL, "The label must not begin or end with a blank")


def _item(item: TransferItem, place: int) -> Iterator[Finding]:
    for word, path in (("source", item.source_path), ("destination", item.destination_path)):
        if not path:
            yield stop(ITEMS, f"The {word} path is missing", place)
        elif "\n" in path or "\r" in path or "\0" in path:
            yield stop(ITEMS, f"The {word} path has a line break in it, which Globus does not allow", place)
        elif not path.startswith(("/", "~")):
            yield warn(ITEMS, f"The {word} path {path} does not begin with / or ~: the collection decides where", place)
        elif "/../" in f"{path}/":
            yield warn(ITEMS, f"The {word} path {path} has .. in it", place)
    if item.recursive is False and item.destination_path.endswith("/"):
        yield stop(ITEMS, f"A file needs a whole destination path, not the folder {item.destination_path}", place)
    if item.recursive is False and item.source_path.endswith("/"):
        yield stop(ITEMS, f"{item.source_path} ends like a folder, but is to be moved as a file", place)
    if item.external_checksum and item.recursive:
        yield stop(ITEMS, "A checksum is for a file, not for a folder", place)
    if item.checksum_algorithm and not item.external_checksum:
        yield warn(ITEMS, "A checksum algorithm without a checksum has no effect", place)


def _onto_itself(data: TransferData, item: TransferItem, place: int) -> Iterator[Finding]:
    if data.source_endpoint != data.destination_endpoint or not item.source_path:
        return
    source, destination = _folder(item.source_path), _folder(item.destination_path)
    if source == destination:
        yield stop(ITEMS, f"{item.source_path} would be copied onto itself", place)
    elif destination.startswith(source) and item.recursive is not False:
        yield warn(ITEMS, f"{item.destination_path} is inside {item.source_path}: each run copies the copy too", place)
    elif source.startswith(destination) and data.delete_destination_extra:
        yield stop(ITEMS, f"{item.source_path} is inside {item.destination_path}, where extra files are deleted", place)


def _folder(path: str) -> str:
    return path.rstrip("/") + "/"


def _twice(items: tuple[TransferItem, ...]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        target = item.destination_path.rstrip("/")
        if target and target in first:
            yield warn(ITEMS, f"Items {first[target] + 1} and {place + 1} both go to {item.destination_path}", place)
        first.setdefault(target, place)


def _filters(data: TransferData) -> Iterator[Finding]:
    rules = data.filter_rules
    for place, rule in enumerate(rules):
        if not rule.name:
            yield stop(FILTERS, "A filter rule needs a name", place)
        elif "/" in rule.name:
            yield warn(FILTERS, f"{rule.name} matches nothing: rules are about names, not about paths", place)
        if rule.method not in ("include", "exclude"):
            yield stop(FILTERS, f"A filter rule is include or exclude, not {rule.method}", place)
        if rule.type not in (None, "file", "dir"):
            yield stop(FILTERS, f"A filter rule is for file or dir, not {rule.type}", place)
    for place in unreachable_rules(rules):
        yield warn(FILTERS, f"Rule {place + 1} never decides: an earlier one takes all its names", place)
    if rules and all(rule.method == "include" for rule in rules):
        yield warn(FILTERS, "Include rules alone leave nothing out: add exclude * behind them")
    if rules and data.items and all(item.recursive is False for item in data.items):
        yield warn(FILTERS, "Filter rules have no effect: no folder is among the items")


def _options(data: TransferData, now: datetime) -> Iterator[Finding]:
    if data.delete_destination_extra and any(item.recursive is False for item in data.items):
        yield stop(OPTIONS, "Deleting extra files works for folders only, and there is a file among the items")
    if data.delete_destination_extra and data.skip_source_errors:
        yield warn(OPTIONS, "Source files that cannot be read are skipped, and their copies may be deleted as extra")
    elif data.skip_source_errors:
        yield note(OPTIONS, "A run that skips files that it cannot read still counts as a success")
    if data.sync_level is None and data.items:
        yield note(OPTIONS, "Everything is copied every time, changed or not")
    if not data.verify_checksum:
        yield note(OPTIONS, "Copies are not verified")
    if data.notify_on_failed is False and data.notify_on_inactive is False:
        yield note(OPTIONS, "Nobody is mailed when a run fails or is held up")
    if data.deadline is not None:
        yield from _deadline(data.deadline, now)
    for key in data.extra:
        yield warn(str(key), f"The option {key} is not known to this program; it is sent as it is")


def _deadline(deadline: str, now: datetime) -> Iterator[Finding]:
    moment = wire.moment(deadline)
    if moment is None:
        yield stop(DEADLINE, f"{deadline} is no date and time")
    elif moment <= now:
        yield stop(DEADLINE, "The deadline has passed already")

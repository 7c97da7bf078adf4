"""What a transfer moves and how: the document that a task or a transfer timer carries."""

from __future__ import annotations

from dataclasses import field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document


class SyncLevel(IntEnum):
    """When a file is copied although the destination has one of that name. None (not a level) copies always."""

    EXISTS = 0
    SIZE = 1
    MTIME = 2
    CHECKSUM = 3


@dataclass(frozen=True, slots=True)
class TransferItem:
    """One thing to move. `recursive` None lets the service find out whether it is a folder."""

    source_path: str
    destination_path: str
    recursive: bool | None = None
    external_checksum: str | None = None
    checksum_algorithm: str | None = None

    def to_document(self) -> dict[str, Any]:
        stated = {attribute.name: getattr(self, attribute.name) for attribute in fields(self)}
        return {"DATA_TYPE": "transfer_item"} | {key: value for key, value in stated.items() if value is not None}


@dataclass(frozen=True, slots=True)
class FilterRule:
    """A rule for names met below recursive items; the first that matches decides, no match means included."""

    name: str
    method: str = "exclude"
    type: str | None = None

    def to_document(self) -> dict[str, Any]:
        kind = {"type": self.type} if self.type else {}
        return {"DATA_TYPE": "filter_rule", "method": self.method, "name": self.name} | kind


_NOTHING: Document = {}
"""Shared by all documents without other options; never changed, as nothing of a document is."""


@dataclass(frozen=True, slots=True)
class TransferData:
    """A transfer document. None means "not stated": the service's default then holds (see the wire's tables).

    Attributes:
        source_endpoint: collection id; None only in documents read from old timers that lack it.
        items: what to move, in order.
        sync_level: None copies always.
        verify_checksum: the service's default is False, the official CLI's is True.
        submission_id: for a direct submission only; timers do not take it.
        extra: options that this version does not know, kept so that a clone loses nothing.
    """

    source_endpoint: str | None
    destination_endpoint: str | None
    items: tuple[TransferItem, ...] = ()
    label: str | None = None
    sync_level: SyncLevel | None = None
    verify_checksum: bool | None = None
    preserve_timestamp: bool | None = None
    encrypt_data: bool | None = None
    skip_source_errors: bool | None = None
    fail_on_quota_errors: bool | None = None
    delete_destination_extra: bool | None = None
    store_base_path_info: bool | None = None
    notify_on_succeeded: bool | None = None
    notify_on_failed: bool | None = None
    notify_on_inactive: bool | None = None
    filter_rules: tuple[FilterRule, ...] = ()
    deadline: str | None = None
    source_local_user: str | None = None
    destination_local_user: str | None = None
    recursive_symlinks: str | None = None
    submission_id: str | None = None
    extra: Document = field(default_factory=lambda: _NOTHING, hash=False)

    def to_document(self) -> dict[str, Any]:
        """The document as sent to Transfer or, less `submission_id`, inside a timer."""
        sent: dict[str, Any] = {"DATA_TYPE": "transfer"} | dict(self.extra)
        for key in ("source_endpoint", "destination_endpoint", *_OPTIONS):
            if (value := getattr(self, key)) is not None:
                sent[key] = int(value) if key == "sync_level" else value
        if self.filter_rules:
            sent["filter_rules"] = [rule.to_document() for rule in self.filter_rules]
        return sent | {"DATA": [item.to_document() for item in self.items]}

    @classmethod
    def from_document(cls, document: Document) -> TransferData:
        """Reads a transfer document in today's form or in the old action provider's, as timers carry both."""
        get, flag, text, interned_text = document.get, wire.flag, wire.text, wire.interned_text
        rules = get("filter_rules")
        stated = (  # in the order of the fields: keyword arguments would take three times as long
            interned_text(get("source_endpoint")) or interned_text(get("source_endpoint_id")),
            interned_text(get("destination_endpoint")) or interned_text(get("destination_endpoint_id")),
            tuple(map(_read_item, wire.items(get("DATA") or get("transfer_items")))), text(get("label")),
            _read_level(get("sync_level")), flag(get("verify_checksum")), flag(get("preserve_timestamp")),
            flag(get("encrypt_data")), flag(get("skip_source_errors")), flag(get("fail_on_quota_errors")),
            flag(get("delete_destination_extra")), flag(get("store_base_path_info")), flag(get("notify_on_succeeded")),
            flag(get("notify_on_failed")), flag(get("notify_on_inactive")), _read_rules(rules) if rules else (),
            text(get("deadline")), text(get("source_local_user")), text(get("destination_local_user")),
            interned_text(get("recursive_symlinks")), text(get("submission_id")),
        )  # fmt: skip
        unknown = {key: document[key] for key in document if key not in KNOWN}
        return cls(*stated, extra=unknown or _NOTHING)


_FLAGS = (
    "verify_checksum", "preserve_timestamp", "encrypt_data", "skip_source_errors", "fail_on_quota_errors",
    "delete_destination_extra", "store_base_path_info", "notify_on_succeeded", "notify_on_failed",
    "notify_on_inactive",
)  # fmt: skip
_TEXT_OPTIONS = (
    "label", "deadline", "source_local_user", "destination_local_user", "recursive_symlinks", "submission_id",
)  # fmt: skip
_PATHS = ("source_path", "destination_path")
_OPTIONS = ("sync_level", *_TEXT_OPTIONS, *_FLAGS)
_ENDPOINT_KEYS = ("source_endpoint", "source_endpoint_id", "destination_endpoint", "destination_endpoint_id")
KNOWN = frozenset(("DATA_TYPE", "DATA", "transfer_items", "filter_rules", *_ENDPOINT_KEYS, *_OPTIONS))
"""Members of a transfer document that are fields here; others are kept in `extra`."""
_LEVEL_NAMES = {level.name.lower(): level for level in SyncLevel}


def _read_rules(value: object) -> tuple[FilterRule, ...]:
    return tuple(
        FilterRule(
            wire.text(rule.get("name")) or "", wire.text(rule.get("method")) or "exclude", wire.text(rule.get("type"))
        )
        for rule in map(wire.document, wire.items(value))
    )


def _read_level(value: object) -> SyncLevel | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _LEVEL_NAMES.get(value)
    level = wire.whole(value)
    return SyncLevel(level) if level is not None and 0 <= level <= 3 else None


def paths_in(document: Document) -> tuple[list[str], list[str]]:
    """Where the items of a transfer document are moved from and to, without reading anything else of it."""
    items = [wire.document(item) for item in wire.items(document.get("DATA") or document.get("transfer_items"))]
    source, destination = ([wire.text(item.get(key)) or "" for item in items] for key in _PATHS)
    return source, destination


def _read_item(value: object) -> TransferItem:
    get = wire.document(value).get
    return TransferItem(
        wire.text(get("source_path")) or "",
        wire.text(get("destination_path")) or "",
        wire.flag(get("recursive")),
        wire.text(get("external_checksum")),
        wire.text(get("checksum_algorithm")),
    )

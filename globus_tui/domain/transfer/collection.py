"""Collections: where data is, parsed from Transfer's endpoint documents; and their managers' pause rules."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class PauseRule:
    """One rule that concerns the user.

    Attributes:
        message: the managers' words; None when they gave none.
        reading: transfers from the collection wait; None when the service does not say.
        writing: the same for transfers to it.
    """

    message: str | None = None
    reading: bool | None = None
    writing: bool | None = None

    @classmethod
    def from_document(cls, document: Document) -> PauseRule:
        """Reads a rule; its names are those of a task's `pause_info` (documented)."""
        return cls(
            wire.text(document.get("message")),
            wire.flag(document.get("pause_task_transfer_read")),
            wire.flag(document.get("pause_task_transfer_write")),
        )

    def holds(self, *, writing: bool) -> bool:
        """Whether transfers to (else: from) the collection may wait; a rule that does not say counts."""
        return (self.writing if writing else self.reading) is not False


class CollectionKind(Enum):
    """The `entity_type` of a collection; OTHER for what is not known to this version."""

    MAPPED = "GCSv5_mapped_collection"
    GUEST = "GCSv5_guest_collection"
    GCP_MAPPED = "GCP_mapped_collection"
    GCP_GUEST = "GCP_guest_collection"
    ENDPOINT = "GCSv5_endpoint"
    OTHER = ""

    @classmethod
    def read(cls, value: object) -> CollectionKind:
        return next((kind for kind in cls if kind.value == value), cls.OTHER)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as this program needs it.

    Attributes:
        high_assurance: None when the service does not say.
        connected: Globus Connect Personal only; None for others.
        deleted: the service answered EndpointDeleted; `name` is then the last known name or the id.
        default_directory: where listing starts; None lets the service choose.
        mapped_collection_id: the collection that a guest collection shows a folder of.
        host_path: that folder; None where the service does not say.
        session_minutes: how long a login is good for on it, where it says so.
    """

    collection_id: str
    name: str
    kind: CollectionKind = CollectionKind.OTHER
    high_assurance: bool | None = None
    owner: str | None = None
    organization: str | None = None
    description: str | None = None
    default_directory: str | None = None
    connected: bool | None = None
    paused: bool | None = None
    non_functional: bool | None = None
    mapped_collection_id: str | None = None
    mfa_required: bool | None = None
    policy_id: str | None = None
    session_minutes: int | None = None
    user_message: str | None = None
    deleted: bool = False
    host_path: str | None = None

    @property
    def needs_data_access_consent(self) -> bool:
        """Transfer needs the user's `data_access` consent to read or write it.

        Mapped GCSv5 collections that are not high assurance. Where `high_assurance` is not said, sources differ; the
        official CLI treats that as not needed, and asking for it where it does not exist makes a login fail, so
        only a plain False counts.
        """
        return self.kind is CollectionKind.MAPPED and self.high_assurance is False

    @classmethod
    def from_document(cls, document: Document) -> Collection:
        """Reads an endpoint document; old entries may have an empty display name or no entity type."""
        collection_id = wire.text(document.get("id")) or ""
        return cls(
            collection_id=collection_id,
            name=wire.text(document.get("display_name")) or wire.text(document.get("canonical_name")) or collection_id,
            kind=CollectionKind.read(document.get("entity_type")),
            high_assurance=wire.flag(document.get("high_assurance")),
            owner=wire.text(document.get("owner_string")),
            organization=wire.text(document.get("organization")),
            description=wire.text(document.get("description")),
            default_directory=wire.text(document.get("default_directory")),
            connected=wire.flag(document.get("gcp_connected")),
            paused=wire.flag(document.get("gcp_paused")),
            non_functional=wire.flag(document.get("non_functional")),
            mapped_collection_id=wire.text(document.get("mapped_collection_id") or document.get("host_endpoint_id")),
            mfa_required=wire.flag(document.get("mfa_required")),
            policy_id=wire.text(document.get("authentication_policy_id")),
            session_minutes=wire.whole(document.get("authentication_timeout_mins")),
            user_message=wire.text(document.get("user_message")),
            host_path=wire.text(document.get("host_path")),
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """One listing of a collection: the service's normalised path and what is in it."""

    path: str
    entries: tuple[FolderEntry, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A file or folder in a listing; None where the storage does not say."""

    name: str
    kind: str
    size: int | None = None
    modified: str | None = None
    link_target: str | None = None

    @property
    def is_folder(self) -> bool:
        return self.kind == "dir"

    @classmethod
    def from_document(cls, document: Document) -> FolderEntry:
        """Reads one `file` document of a listing or a stat."""
        return cls(
            name=wire.text(document.get("name")) or "",
            kind=wire.text(document.get("type")) or "other",
            size=wire.whole(document.get("size")),
            modified=wire.text(document.get("last_modified")),
            link_target=wire.text(document.get("link_target")),
        )


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A named place: a collection and a path in it."""

    label: str
    collection_id: str
    path: str

    @classmethod
    def from_document(cls, document: Document) -> Bookmark:
        return cls(
            label=wire.text(document.get("name")) or "",
            collection_id=wire.text(document.get("endpoint_id")) or "",
            path=wire.text(document.get("path")) or "",
        )

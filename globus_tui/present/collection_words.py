"""What a collection is and how it is, in few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.transfer.collection import CollectionKind
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.present.marks import StyleName

_KINDS = {
    CollectionKind.MAPPED: "mapped",
    CollectionKind.GUEST: "guest",
    CollectionKind.GCP_MAPPED: "personal",
    CollectionKind.GCP_GUEST: "pers. guest",
    CollectionKind.ENDPOINT: "endpoint",
    CollectionKind.OTHER: "other",
}


def kind_words(collection: Collection) -> str:
    """What it is: mapped, guest, personal (Globus Connect Personal), endpoint (holds no data)."""
    return _KINDS[collection.kind]


def state_words(collection: Collection) -> tuple[str, StyleName]:
    """How it is, and a style; empty when nothing is out of the ordinary."""
    if collection.deleted:
        return "deleted", "error"
    if collection.non_functional or collection.kind is CollectionKind.ENDPOINT:
        return "holds no data", "error"
    if collection.connected is False:
        return "disconnected", "warning"
    if collection.paused:
        return "paused", "warning"
    return "", "muted"


def access_words(collection: Collection) -> str:
    """What it asks of who wants to read it: `HA` for high assurance, `MFA`, `consent` for data_access."""
    parts = ["HA"] if collection.high_assurance else []
    parts += ["MFA"] if collection.mfa_required else []
    parts += ["consent"] if collection.needs_data_access_consent else []
    return " ".join(parts)


def owner_words(collection: Collection) -> str:
    """Whose it is: a person, else the organization, as an application's id says nothing to anybody."""
    owner = collection.owner or ""
    if owner.endswith("@clients.auth.globus.org"):
        owner = collection.organization or ""
    return one_line(owner or collection.organization or "")


def suggestion_words(collection: Collection) -> str:
    """A line about a collection that may be chosen, with whose it is and its id: names are alike."""
    state, _ = state_words(collection)
    parts = [kind_words(collection), state]
    parts += ["high assurance"] if collection.high_assurance else []
    parts += ["wants a second factor"] if collection.mfa_required else []
    parts += ["needs a consent"] if collection.needs_data_access_consent else []
    owner = owner_words(collection)
    parts += [collection.collection_id, f"owner {owner}" if owner else ""]
    return ", ".join(filter(None, parts))


def chosen_words(collection: Collection, *, consent: bool | None) -> str:
    """A line about a collection that was chosen; `consent`: it is there, it is missing, or None: not known yet."""
    state, _ = state_words(collection)
    parts = [kind_words(collection), state or "can be used"]
    if collection.high_assurance:
        parts.append("high assurance")
    if collection.needs_data_access_consent:
        known = {True: "consent is there", False: "consent will be asked for", None: "needs a consent"}
        parts.append(known[consent])
    return ", ".join(parts)

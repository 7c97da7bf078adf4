"""Checks that need to ask services: the answers are handed in, so that nothing here waits."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from globus_tui.domain.collection import CollectionKind
from globus_tui.domain.destructive import DANGER, scratch_signs, word_to_type
from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import CONSENT, DESTINATION, FLOW, ITEMS, OPTIONS, SOURCE
from globus_tui.domain.findings import Finding, note, ok, stop, warn
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.scope import collection_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.destructive import Deletions
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.pause_rule import PauseRule
    from globus_tui.domain.scope import Scope


@dataclass(frozen=True, slots=True)
class PathLook:
    """What was found at a path.

    Attributes:
        kind: `dir`, `file`, or another type of the listing; None when nothing is there or it cannot be told.
        missing: the service says that there is no such path.
        problem: why it cannot be told, in words.
        gare: what Globus wants before it tells.
    """

    kind: str | None = None
    missing: bool = False
    problem: str | None = None
    gare: Gare | None = None


@dataclass(frozen=True, slots=True)
class Lookups:
    """Answers; None or empty where nothing was asked yet.

    Attributes:
        source: the collection's document.
        source_problem: why there is none, in words.
        paths: by (collection id, path).
        missing_consents: scopes that are not granted.
        unknown_consents: scopes that could not be looked up.
        pauses: rules of the managers that are in force, by collection id.
        deletions: what the first run would delete.
        flow_problem: why the flow cannot be used, in words.
    """

    source: Collection | None = None
    destination: Collection | None = None
    source_problem: str | None = None
    destination_problem: str | None = None
    paths: Mapping[tuple[str, str], PathLook] = field(default_factory=dict, hash=False)
    missing_consents: tuple[Scope, ...] = ()
    unknown_consents: tuple[Scope, ...] = ()
    consents_checked: bool = False
    pauses: Mapping[str, tuple[PauseRule, ...]] = field(default_factory=dict, hash=False)
    deletions: Deletions | None = None
    signed_in: bool | None = None
    flow_problem: str | None = None


def check_lookups(draft: Draft, found: Lookups) -> Iterator[Finding]:
    """Everything that the answers tell."""
    if found.signed_in is False:
        yield stop(CONSENT, "Nobody is signed in")
    elif found.signed_in:
        yield ok(CONSENT, "Signed in")
    pauses = tuple(_pauses(draft, found))
    held = {one.field for one in pauses}
    yield from _collection(SOURCE, found.source, found.source_problem, held=SOURCE in held)
    yield from _collection(DESTINATION, found.destination, found.destination_problem, held=DESTINATION in held)
    yield from _consents(draft, found)
    yield from pauses
    yield from _paths(draft, found)
    yield from _local_users(draft, found)
    yield from _deleting(draft, found)
    if found.flow_problem:
        yield stop(FLOW, found.flow_problem)


def _collection(
    place: str, collection: Collection | None, problem: str | None, *, held: bool = False
) -> Iterator[Finding]:
    if problem:
        yield stop(place, f"The {place} cannot be used: {problem}")
    if collection is None:
        return
    if collection.deleted:
        yield stop(place, f"{collection.name} has been deleted")
    elif collection.non_functional or collection.kind is CollectionKind.ENDPOINT:
        yield stop(place, f"{collection.name} is an endpoint that holds no data itself: choose one of its collections")
    elif collection.connected is False:
        yield warn(place, f"{collection.name} is not connected now: runs wait until it is")
    elif collection.paused:
        yield warn(place, f"{collection.name} is paused by its owner")
    elif not held:
        yield ok(place, f"{collection.name} can be used")
    yield from _assurance(place, collection)
    if collection.user_message:
        yield note(place, f"{collection.name} says: {collection.user_message}")


def _assurance(place: str, collection: Collection) -> Iterator[Finding]:
    """What it asks of sign-ins."""
    if collection.session_minutes or collection.mfa_required or collection.policy_id:
        span = f" of the last {collection.session_minutes} minutes" if collection.session_minutes else ""
        yield warn(
            place,
            f"{collection.name} wants a sign-in{span}: runs without one may stop the timer until somebody signs in",
        )
    elif collection.high_assurance:
        yield note(place, f"{collection.name} is high assurance")


def _consents(draft: Draft, found: Lookups) -> Iterator[Finding]:
    for scope in found.missing_consents:
        yield warn(CONSENT, f"A consent is missing and will be asked for: {_allowed(scope, draft, found)}")
    for scope in found.unknown_consents:
        yield note(CONSENT, f"Whether this consent is there cannot be told: {_allowed(scope, draft, found)}")
    if found.consents_checked and not found.missing_consents and not found.unknown_consents:
        yield ok(CONSENT, "All consents are there")


def _allowed(scope: Scope, draft: Draft, found: Lookups) -> str:
    """What a scope is about, by the names that are known; as it is written where it is about something else."""
    names = {one.collection_id: one.name for one in (found.source, found.destination) if one is not None}
    ids = [one for one in map(collection_of, scope.walk()) if one]
    if ids:
        return f"data on {', '.join(names.get(one, one) for one in ids)}"
    flow = draft.flow
    return f"to start the flow {flow.title or flow.flow_id}" if draft.what is What.FLOW_TIMER else str(scope)


def _pauses(draft: Draft, found: Lookups) -> Iterator[Finding]:
    data = draft.transfer
    for place, collection_id, name in (
        (SOURCE, data.source_endpoint, found.source.name if found.source else draft.source_name),
        (
            DESTINATION,
            data.destination_endpoint,
            found.destination.name if found.destination else draft.destination_name,
        ),
    ):
        rules = [one for one in found.pauses.get(collection_id or "", ()) if one.holds(writing=place == DESTINATION)]
        if rules:
            which = "to" if place == DESTINATION else "from"
            said = "; ".join(dict.fromkeys(one.message for one in rules if one.message)) or "they give no reason"
            yield warn(place, f"{name or collection_id}: its managers have paused transfers {which} it: {said}")


def _paths(draft: Draft, found: Lookups) -> Iterator[Finding]:
    data = draft.transfer
    for number, item in enumerate(data.items):
        look = found.paths.get((data.source_endpoint or "", item.source_path))
        if look is not None:
            yield from _source(look, item.source_path, number, recursive=item.recursive)
        look = found.paths.get((data.destination_endpoint or "", item.destination_path))
        if look is not None:
            yield from _destination(look, item.destination_path, number, recursive=item.recursive)


def _source(look: PathLook, path: str, number: int, *, recursive: bool | None) -> Iterator[Finding]:
    if look.gare is not None:
        yield warn(ITEMS, f"Globus wants something of you before it shows {path}", number)
    elif look.missing:
        yield stop(ITEMS, f"There is no {path} at the source", number)
    elif look.problem:
        yield warn(ITEMS, f"{path} cannot be read: {look.problem}", number)
    elif look.kind == "dir" and recursive is False:
        yield stop(ITEMS, f"{path} is a folder, but is to be moved as a file", number)
    elif look.kind not in (None, "dir") and recursive:
        yield stop(ITEMS, f"{path} is a file, but is to be moved as a folder", number)
    elif look.kind is not None:
        yield ok(ITEMS, f"{path} can be read")


def _destination(look: PathLook, path: str, number: int, *, recursive: bool | None) -> Iterator[Finding]:
    if look.gare is not None:
        yield warn(ITEMS, f"Globus wants something of you before it shows {path} at the destination", number)
    elif look.missing:
        yield note(ITEMS, f"{path} is not there yet and will be made", number)
    elif look.problem:
        yield warn(ITEMS, f"{path} at the destination cannot be read: {look.problem}", number)
    elif look.kind == "dir" and recursive is False:
        yield stop(ITEMS, f"{path} is a folder at the destination: a file needs a whole path", number)
    elif look.kind not in (None, "dir") and recursive:
        yield stop(ITEMS, f"{path} is a file at the destination, where a folder is to go", number)
    elif look.kind is not None:
        yield ok(ITEMS, f"{path} is there; writing cannot be tried without writing")


def _local_users(draft: Draft, found: Lookups) -> Iterator[Finding]:
    for place, collection, user in (
        (SOURCE, found.source, draft.transfer.source_local_user),
        (DESTINATION, found.destination, draft.transfer.destination_local_user),
    ):
        if user and collection is not None and collection.kind not in (CollectionKind.MAPPED, CollectionKind.OTHER):
            yield stop(place, f"A local user can be chosen on mapped collections only, and {collection.name} is none")


def _deleting(draft: Draft, found: Lookups) -> Iterator[Finding]:
    if not draft.deletes:
        return
    yield warn(OPTIONS, DANGER.split(". ")[0])
    for item in draft.transfer.items[:1]:
        for sign in scratch_signs(item.source_path, found.source):
            level = stop if draft.guards.refuse_scratch else warn
            yield level(SOURCE, f"The source looks like storage that is purged ({sign}), and this timer deletes")
    if not draft.transfer.fail_on_quota_errors:
        yield note(OPTIONS, "Free space cannot be seen through Globus; a full quota is tried again until the deadline")
    gone = found.deletions
    if gone is None:
        return
    if gone.source_empty and gone.looked_at:
        yield stop(SOURCE, "The source is empty now: the first run would delete everything at the destination")
    elif gone.names:
        more = "" if gone.complete else " or more"
        yield warn(
            OPTIONS,
            f"{len(gone.names)}{more} of {gone.looked_at} entries at the destination are not in the source: "
            f"the first run would DELETE them ({word_to_type(draft)})",
        )
    elif gone.complete:
        yield ok(OPTIONS, "The first run would delete nothing at the top level")

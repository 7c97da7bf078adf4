"""Asks services everything that the checks of a draft want to know. Nothing is changed, nothing is raised."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.check_lookups import Lookups, PathLook
from globus_tui.domain.destructive import MOST_COMPARED, Deletions, first_run_deletions
from globus_tui.domain.draft import What
from globus_tui.domain.errors import ErrorKind, GlobusTuiError, ServiceError
from globus_tui.store.freshness import is_sign_out

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import TypeVar

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.flow import Flow
    from globus_tui.store.browsing_answers import FolderView
    from globus_tui.store.creation_outcome import ConsentCheck

    T = TypeVar("T")

MOST_PATHS = 20
"""Items whose paths are looked at, on each side."""
AT_ONCE = 6


class PlaceService(Protocol):
    """Collections and folders: `browsing.Browser`."""

    async def collection(self, collection_id: str) -> Collection:
        """One collection."""

    async def folder(self, collection_id: str, path: str | None = None, *, show_hidden: bool = False) -> FolderView:
        """What is in a folder."""

    async def look(self, collection_id: str, path: str) -> PathLook:
        """What stands at a path."""


class ConsentChecker(Protocol):
    """Consents: `creation.Creator`."""

    async def check_consents(self, draft: Draft) -> ConsentCheck:
        """Which are there."""


class FlowService(Protocol):
    """Flows."""

    async def get_flow(self, flow_id: str) -> Flow:
        """One flow."""


class Preflight:
    """Looks everything up that is to be known before a draft is sent."""

    def __init__(self, places: PlaceService, consents: ConsentChecker, flows: FlowService | None = None) -> None:
        self._places = places
        self._consents = consents
        self._flows = flows
        self._room = asyncio.Semaphore(AT_ONCE)

    async def look(self, draft: Draft) -> Lookups:
        """All answers at once; those that did not come are left out or say why."""
        if draft.what is What.FLOW_TIMER:
            return await self._flow(draft)
        data = draft.transfer
        (source, source_problem, source_in), (destination, destination_problem, destination_in) = await asyncio.gather(
            self._collection(data.source_endpoint), self._collection(data.destination_endpoint)
        )
        usable = [
            one.collection_id for one in (source, destination) if one and not one.deleted and not one.non_functional
        ]
        check, paths, deletions = await asyncio.gather(
            self._consent(draft, known=len(usable) == len(draft.collection_ids)),
            self._paths(draft, usable),
            self._deletions(draft, usable),
        )
        return Lookups(
            source=source,
            destination=destination,
            source_problem=source_problem,
            destination_problem=destination_problem,
            paths=paths,
            missing_consents=check.missing if check else (),
            unknown_consents=check.unknown if check else (),
            consents_checked=check is not None,
            deletions=deletions,
            signed_in=_both(source_in, destination_in),
        )

    async def _flow(self, draft: Draft) -> Lookups:
        problem: str | None = None
        signed_in: bool | None = None
        if self._flows is not None and draft.flow.flow_id:
            try:
                await self._flows.get_flow(draft.flow.flow_id)
                signed_in = True
            except GlobusTuiError as error:
                signed_in = False if is_sign_out(error) else None
                problem = _words(error, "This flow does not exist, or you may not see it")
        check = await self._consent(draft, known=problem is None)
        return Lookups(
            missing_consents=check.missing if check else (),
            unknown_consents=check.unknown if check else (),
            consents_checked=check is not None,
            signed_in=signed_in,
            flow_problem=problem,
        )

    async def _collection(self, collection_id: str | None) -> tuple[Collection | None, str | None, bool | None]:
        """The document, why there is none, and whether somebody is signed in (None: cannot be told)."""
        if not collection_id:
            return None, None, None
        try:
            return await self._in_turn(self._places.collection(collection_id)), None, True
        except GlobusTuiError as error:
            signed_in = False if is_sign_out(error) else None
            return None, _words(error, "it does not exist, or you may not see it"), signed_in

    async def _consent(self, draft: Draft, *, known: bool) -> ConsentCheck | None:
        if not known:
            return None
        try:
            return await self._consents.check_consents(draft)
        except GlobusTuiError:
            return None  # said as not checked; creation checks again

    async def _paths(self, draft: Draft, usable: list[str]) -> dict[tuple[str, str], PathLook]:
        data = draft.transfer
        wanted = dict.fromkeys(
            (collection_id, path)
            for item in data.items[:MOST_PATHS]
            for collection_id, path in (
                (data.source_endpoint, item.source_path),
                (data.destination_endpoint, item.destination_path),
            )
            if collection_id in usable and collection_id and path
        )
        looks = await asyncio.gather(*(self._in_turn(self._places.look(*one)) for one in wanted))
        return dict(zip(wanted, looks, strict=True))

    async def _deletions(self, draft: Draft, usable: list[str]) -> Deletions | None:
        """Of the first folder only: it stands for the others in the words that go with it."""
        data = draft.transfer
        source, destination = data.source_endpoint, data.destination_endpoint
        if not draft.deletes or not data.items or source not in usable or destination not in usable:
            return None
        if not source or not destination:
            return None
        item = data.items[0]
        from_there, to_there = await asyncio.gather(
            self._in_turn(self._places.folder(source, item.source_path, show_hidden=True)),
            self._in_turn(self._places.folder(destination, item.destination_path, show_hidden=True)),
        )
        if from_there.problem is not None or (to_there.problem is not None and not to_there.missing):
            return None
        return first_run_deletions(
            from_there.entries,
            to_there.entries,
            cap=MOST_COMPARED,
            source_complete=from_there.complete,
            destination_complete=to_there.missing or to_there.complete,
        )

    async def _in_turn(self, asking: Awaitable[T]) -> T:
        async with self._room:
            return await asking


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return True if one or other else None


def _words(error: GlobusTuiError, not_found: str) -> str:
    missing = isinstance(error, ServiceError) and error.kind is ErrorKind.NOT_FOUND
    return not_found if missing else str(error)

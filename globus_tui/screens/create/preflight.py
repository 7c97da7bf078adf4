"""What services can tell of a draft before it is sent: asked while it is written, so that nothing waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.destructive import Deletions, first_run_deletions
from globus_tui.domain.draft import What
from globus_tui.domain.errors import GlobusTuiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.domain.check_lookups import Lookups, PathLook
    from globus_tui.domain.collection import Collection
    from globus_tui.domain.draft import Draft
    from globus_tui.screens.create.lookup import Lookup

MOST_PATHS = 8
"""Paths that are looked at on each side: an imported batch has thousands, and each look is a request."""


class Preflight:
    """Asks what is not known yet. Cancel it when the draft changes, and start it anew.

    Args:
        lookup: answers.
        learn: is handed what is known after each answer.
    """

    def __init__(self, lookup: Lookup, learn: Callable[[Lookups], None]) -> None:
        self._lookup = lookup
        self._learn = learn
        self._deletions: dict[tuple[str, ...], Deletions | None] = {}

    def forget(self) -> None:
        """Compare the folders anew."""
        self._deletions.clear()

    async def look(self, draft: Draft, known: Lookups, *, signed_in: bool) -> None:
        """Ask for everything that matters to this draft."""
        known = replace(known, signed_in=signed_in)
        if draft.what is What.FLOW_TIMER:
            known = replace(known, source=None, destination=None, source_problem=None, destination_problem=None)
        else:
            known = await self._collections(draft, known)
            self._learn(known)
            known = await self._paths(draft, known)
        self._learn(known)
        known = await self._consents(draft, known)
        self._learn(known)
        if draft.what is not What.FLOW_TIMER:
            self._learn(replace(known, deletions=await self._first_run(draft)))

    async def _collections(self, draft: Draft, known: Lookups) -> Lookups:
        data = draft.transfer
        source, destination = await asyncio.gather(
            self._collection(data.source_endpoint, known.source),
            self._collection(data.destination_endpoint, known.destination),
        )
        return replace(
            known,
            source=source[0],
            source_problem=source[1],
            destination=destination[0],
            destination_problem=destination[1],
        )

    async def _collection(
        self, collection_id: str | None, known: Collection | None
    ) -> tuple[Collection | None, str | None]:
        if not collection_id:
            return None, None
        if known is not None and known.collection_id == collection_id:
            return known, None
        try:
            return await self._lookup.collection(collection_id), None
        except GlobusTuiError as error:
            return None, str(error)

    async def _paths(self, draft: Draft, known: Lookups) -> Lookups:
        data, items = draft.transfer, draft.transfer.items[:MOST_PATHS]
        wanted = [(data.source_endpoint, one.source_path) for one in items]
        wanted += [(data.destination_endpoint, one.destination_path) for one in items]
        usable = {one.collection_id for one in (known.source, known.destination) if one and not one.deleted}
        places = [(where, path) for where, path in wanted if where in usable and path and (where, path)]
        new = [place for place in dict.fromkeys(places) if place not in known.paths]
        looks: list[PathLook] = await asyncio.gather(*(self._lookup.look(*place) for place in new))
        return replace(known, paths={**known.paths, **dict(zip(new, looks, strict=True))})

    async def _consents(self, draft: Draft, known: Lookups) -> Lookups:
        ready = bool(draft.flow.flow_id) if draft.what is What.FLOW_TIMER else bool(draft.collection_ids)
        if not ready or known.source_problem or known.destination_problem:
            return replace(known, missing_consents=(), unknown_consents=(), consents_checked=False)
        try:
            check = await self._lookup.consents(draft)
        except GlobusTuiError:
            return replace(known, missing_consents=(), unknown_consents=(), consents_checked=False)
        return replace(known, missing_consents=check.missing, unknown_consents=check.unknown, consents_checked=True)

    async def _first_run(self, draft: Draft) -> Deletions | None:
        """What a mirror would delete at once: compared for a single folder only."""
        data = draft.transfer
        if not draft.deletes or len(data.items) != 1 or not data.source_endpoint or not data.destination_endpoint:
            return None
        item = data.items[0]
        key = (data.source_endpoint, item.source_path, data.destination_endpoint, item.destination_path)
        if key in self._deletions:
            return self._deletions[key]
        source, destination = await asyncio.gather(
            self._lookup.folder(data.source_endpoint, item.source_path, show_hidden=True),
            self._lookup.folder(data.destination_endpoint, item.destination_path, show_hidden=True),
        )
        found = None
        if source.problem is None and (destination.problem is None or destination.missing):
            found = first_run_deletions(
                source.entries,
                destination.entries,
                source_complete=source.complete,
                destination_complete=destination.complete or destination.missing,
            )
        self._deletions[key] = found
        return found

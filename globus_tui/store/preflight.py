"""What services can tell of a draft before it is sent: asked while it is written, so that nothing waits for it.

Nothing is changed, and nothing is raised: what could not be asked is left unknown or says why.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from globus_tui.domain.errors import ErrorKind, GlobusTuiError
from globus_tui.domain.making.draft import Draft, What
from globus_tui.domain.making.flow_inputs import incomplete_words
from globus_tui.domain.transfer.destructive import MOST_COMPARED, Deletions, first_run_deletions
from globus_tui.store.refresh_plan import is_sign_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from globus_tui.domain.making.draft_checks import Lookups
    from globus_tui.domain.making.draft_fields import ConsentCheck
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.flow import Flow
    from globus_tui.store.browsing import Browser

    T = TypeVar("T")

MOST_PATHS = 8
"""Items whose paths are looked at, on each side: an imported batch has thousands, and each look is a request."""
AT_ONCE = 6
"""Requests under way at a time."""


class Preflight:
    """Asks what is not known yet. Cancel it when the draft changes, and start it anew.

    Args:
        learn: is handed what is known after each answer.
        consents: answers which consents a draft lacks, instead of asking each time.
    """

    def __init__(
        self,
        questions: Browser,
        learn: Callable[[Lookups], None],
        consents: Callable[[Draft], Awaitable[ConsentCheck]] | None = None,
    ) -> None:
        self._questions = questions
        self._learn = learn
        self._ask_consents = consents or questions.consents
        self._deletions: dict[tuple[str, ...], Deletions | None] = {}
        self._flows: dict[str, Flow] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    def forget(self) -> None:
        self._deletions.clear()
        self._flows.clear()

    async def look(self, draft: Draft, known: Lookups, *, signed_in: bool | None) -> None:
        known = replace(known, signed_in=signed_in)
        if draft.what is What.FLOW_TIMER:
            known = await self._flow(draft, known)
        else:
            known = await self._collections(draft, known)
            self._learn(known)
            known = await self._paths(draft, known)
        self._learn(known)
        known = await self._consents(draft, known)
        self._learn(known)
        if draft.what is not What.FLOW_TIMER:
            self._learn(replace(known, deletions=await self._first_run(draft, known)))

    # --- flows

    async def _flow(self, draft: Draft, known: Lookups) -> Lookups:
        known = replace(known, source=None, destination=None, source_problem=None, destination_problem=None, pauses={})
        flow_id = draft.flow.flow_id
        if not flow_id:
            return replace(known, flow_problem=None)
        try:
            if flow_id not in self._flows:
                self._flows[flow_id] = await self._questions.flow(flow_id)
        except GlobusTuiError as error:
            words = _words(error, "This flow does not exist, or you may not see it")
            return replace(known, flow_problem=words, signed_in=False if is_sign_out(error) else known.signed_in)
        return replace(known, flow_problem=incomplete_words(draft, self._flows[flow_id]))

    # --- collections and paths

    async def _collections(self, draft: Draft, known: Lookups) -> Lookups:
        data = draft.transfer
        source, destination = await asyncio.gather(
            self._collection(data.source_endpoint, known.source),
            self._collection(data.destination_endpoint, known.destination),
        )
        known = replace(
            known,
            source=source[0],
            source_problem=source[1],
            destination=destination[0],
            destination_problem=destination[1],
            signed_in=known.signed_in and source[2] and destination[2],
        )
        usable = _usable(known)
        rules = await asyncio.gather(*(self._in_turn(self._questions.pauses, key) for key in usable))
        return replace(known, pauses={key: paused for key, paused in zip(usable, rules, strict=True) if paused})

    async def _collection(
        self, collection_id: str | None, known: Collection | None
    ) -> tuple[Collection | None, str | None, bool]:
        """The document, why there is none, and whether the sign-in is still good as far as this tells."""
        if not collection_id:
            return None, None, True
        if known is not None and known.collection_id == collection_id:
            return known, None, True
        try:
            return await self._questions.collection(collection_id), None, True
        except GlobusTuiError as error:
            return None, _words(error, "it does not exist, or you may not see it"), not is_sign_out(error)

    async def _paths(self, draft: Draft, known: Lookups) -> Lookups:
        data, items = draft.transfer, draft.transfer.items[:MOST_PATHS]
        paths = [(data.source_endpoint, item.source_path) for item in items]
        paths += [(data.destination_endpoint, item.destination_path) for item in items]
        usable = _usable(known)
        places = dict.fromkeys((where, path) for where, path in paths if where and where in usable and path)
        new = [place for place in places if place not in known.paths]
        looks = await asyncio.gather(*(self._in_turn(self._questions.look, *place) for place in new))
        return replace(known, paths={**known.paths, **dict(zip(new, looks, strict=True))})

    # --- consents, and what a mirror would delete

    async def _consents(self, draft: Draft, known: Lookups) -> Lookups:
        ready = bool(draft.flow.flow_id) if draft.what is What.FLOW_TIMER else bool(draft.collection_ids)
        if not ready or known.source_problem or known.destination_problem:
            return replace(known, consents=None)
        try:
            return replace(known, consents=await self._ask_consents(draft))
        except GlobusTuiError:
            return replace(known, consents=None)  # said as not checked; creation checks again

    async def _first_run(self, draft: Draft, known: Lookups) -> Deletions | None:
        """What a mirror would delete at once: compared for a single folder only."""
        data = draft.transfer
        if not draft.deletes or len(data.items) != 1 or not data.source_endpoint or not data.destination_endpoint:
            return None
        if not {data.source_endpoint, data.destination_endpoint} <= set(_usable(known)):
            return None
        item = data.items[0]
        key = (data.source_endpoint, item.source_path, data.destination_endpoint, item.destination_path)
        if key not in self._deletions:
            self._deletions[key] = await self._compare(*key)
        return self._deletions[key]

    async def _compare(self, source_id: str, source: str, destination_id: str, destination: str) -> Deletions | None:
        source_view, other_view = await asyncio.gather(
            self._questions.folder(source_id, source, show_hidden=True),
            self._questions.folder(destination_id, destination, show_hidden=True),
        )
        if source_view.problem is not None or (other_view.problem is not None and not other_view.missing):
            return None
        return first_run_deletions(
            source_view.entries,
            other_view.entries,
            cap=MOST_COMPARED,
            source_complete=source_view.complete,
            destination_complete=other_view.complete or other_view.missing,
        )

    async def _in_turn(self, ask: Callable[..., Awaitable[T]], *about: str) -> T:
        async with self._room:
            return await ask(*about)


def _usable(known: Lookups) -> list[str]:
    """Ids of the collections whose folders can be asked for."""
    both = [side for side in (known.source, known.destination) if side and not side.deleted and not side.non_functional]
    return list(dict.fromkeys(side.collection_id for side in both))


def _words(error: GlobusTuiError, not_found: str) -> str:
    return not_found if error.kind is ErrorKind.NOT_FOUND else str(error)

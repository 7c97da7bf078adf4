"""Tasks of the Transfer service: what really moved. Part of `TransferClient`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from globus_tui.api.bearer import TRANSFER, Bearer
from globus_tui.api.decode import read_listing
from globus_tui.api.packed_answers import answer_of
from globus_tui.api.urls import joined, segment
from globus_tui.domain import wire
from globus_tui.domain.packed import Packed
from globus_tui.domain.readings import Page
from globus_tui.domain.task import MovedFile, PauseInfo, SkippedError, Task, TaskEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.decode import Listing
    from globus_tui.api.exchange import Answer
    from globus_tui.api.http import Connection
    from globus_tui.domain.wire import Document

    Query = Mapping[str, object]

T = TypeVar("T")

# Searches and task lists end here, whatever `total` says (documented for searches, the official SDK stops at it).
MOST_RESULTS = 1000
# 80 ids make a URL of about 3.2 kB; servers and proxies let 8 kB through, each of them.
_IDS_A_REQUEST = 80


class _LookedUp(NamedTuple):
    """A look-up of tasks by id: the answer as it came, and what is in it."""

    packed: Packed
    tasks: tuple[Task, ...]


class TransferTasks:
    """Operations on tasks. All raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, TRANSFER)
        self._looked_up: dict[tuple[str, ...], _LookedUp] = {}

    async def task_list(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        orderby: str | Sequence[str] | None = None,
        filter: str | Mapping[str, str | Sequence[str]] | None = None,  # noqa: A002 - the wire's name
    ) -> Page[Task]:
        """Tasks of the user.

        Args:
            limit: at most 1000.
            offset: where to begin; the `marker` of a page is the next one.
            orderby: e.g. `request_time DESC`.
            filter: `key:value,value/key:value` or the same as a mapping; see `filter_text`.
        """
        text = filter if filter is None or isinstance(filter, str) else filter_text(filter)
        query = {"limit": limit, "offset": offset, "orderby": joined(orderby), "filter": text}
        listing = await self._list("/task_list", query, Task.from_document)
        return offset_page(listing, offset or 0, limit, most=MOST_RESULTS)

    async def tasks_by_id(self, ids: Iterable[str]) -> tuple[Task, ...]:
        """Those of the tasks that the service knows, in no certain order, with as few requests as possible."""
        # A comma or slash would be another clause of the filter: such ids are of no task.
        wanted = [one for one in dict.fromkeys(ids) if one and not set(one) & set(",/:")]
        batches = [wanted[at : at + _IDS_A_REQUEST] for at in range(0, len(wanted), _IDS_A_REQUEST)]
        found = await asyncio.gather(*(self._by_id(tuple(batch)) for batch in batches))
        self._looked_up = {tuple(batch): one for batch, one in zip(batches, found, strict=True)}
        return tuple(task for one in found for task in one.tasks)

    @property
    def last_packed(self) -> tuple[Packed, ...]:
        """The answers of the last `tasks_by_id` as they came."""
        return tuple(one.packed for one in self._looked_up.values())

    async def _by_id(self, ids: tuple[str, ...]) -> _LookedUp:
        """One request; while the same tasks make no progress their answer is not decoded again."""
        query = {"limit": len(ids), "filter": filter_text({"task_id": ids})}
        known = self._looked_up.get(ids)
        answer = await self._connection.read_again(
            "transfer", "/v0.10/task_list", query=query, auth=self._auth, last=known.packed.body if known else b""
        )
        if known is not None and answer.again:
            return known
        return _LookedUp(_packed(answer), await _tasks_in([answer]))

    async def read_packed(self, answers: Iterable[Packed]) -> tuple[Task, ...]:
        """Reads the answers of a look-up that somebody else was given.

        Raises:
            UnreadableAnswer: one is damaged.
        """
        return await _tasks_in([answer_of("transfer", one) for one in answers])

    async def get_task(self, task_id: str) -> Task:
        """One task."""
        return Task.from_document((await self._get(f"/task/{segment(task_id)}")).object())

    async def cancel_task(self, task_id: str) -> str:
        """Cancels a task and gives the service's words. Repeated safely: it is cancelled once."""
        path = f"/v0.10/task/{segment(task_id)}/cancel"
        answer = await self._connection.request("transfer", "POST", path, auth=self._auth, repeatable=True)
        return wire.text(answer.object().get("message")) or ""

    async def task_events(
        self,
        task_id: str,
        *,
        errors_only: bool = False,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[TaskEvent]:
        """A page of a task's log, newest first; empty for old tasks. The `marker` is the next offset."""
        query = {"limit": limit, "offset": offset, "filter": "is_error:1" if errors_only else None}
        listing = await self._list(f"/task/{segment(task_id)}/event_list", query, TaskEvent.from_document)
        return offset_page(listing, offset or 0, limit)

    async def successful_transfers(self, task_id: str, marker: str | None = None) -> Page[MovedFile]:
        """A page of the files that a finished task moved; folders and files found unchanged are not listed."""
        path = f"/task/{segment(task_id)}/successful_transfers"
        return marker_page(await self._list(path, {"marker": marker}, MovedFile.from_document))

    async def skipped_errors(self, task_id: str, marker: str | None = None) -> Page[SkippedError]:
        """A page of the source files that a task skipped over because of an error."""
        path = f"/task/{segment(task_id)}/skipped_errors"
        return marker_page(await self._list(path, {"marker": marker}, SkippedError.from_document))

    async def pause_info(self, task_id: str) -> PauseInfo:
        """Why a task is paused."""
        return PauseInfo.from_document((await self._get(f"/task/{segment(task_id)}/pause_info")).object())

    async def _get(self, path: str, query: Query | None = None) -> Answer:
        return await self._connection.request("transfer", "GET", f"/v0.10{path}", query=query, auth=self._auth)

    async def _list(self, path: str, query: Query, read: Callable[[Document], T]) -> Listing[T]:
        return await read_listing(await self._get(path, query), "DATA", lambda entry: read(wire.document(entry)))


async def _tasks_in(answers: Sequence[Answer]) -> tuple[Task, ...]:
    pages = [await read_listing(one, "DATA", lambda entry: Task.from_document(wire.document(entry))) for one in answers]
    return tuple(task for page in pages for task in page.items)


def _packed(answer: Answer) -> Packed:
    if answer.packed:
        return Packed(answer.packed, answer.headers.get("content-encoding", ""))
    return Packed(answer.body, "")


def filter_text(clauses: Mapping[str, str | Sequence[str]]) -> str:
    """The filter of a list: clauses joined by `/`, alternatives by `,` (so neither can stand in a value)."""
    return "/".join(f"{key}:{joined(value)}" for key, value in clauses.items())


def offset_page(listing: Listing[T], offset: int, limit: int | None, *, most: int | None = None) -> Page[T]:
    """A page of a list that counts: some lists say `total`, some `has_next_page`, and clients must cope with both."""
    total, said = wire.whole(listing.rest.get("total")), wire.flag(listing.rest.get("has_next_page"))
    following = offset + len(listing.items)
    if said is None:
        said = following < total if total is not None else limit is not None and len(listing.items) >= limit
    more = said and listing.items and (most is None or following < most)
    return Page(listing.items, marker=str(following) if more else None, total=total)


def marker_page(listing: Listing[T]) -> Page[T]:
    """A page of a list that goes on at `next_marker`; absent or null on the last page."""
    following: Any = listing.rest.get("next_marker")
    return Page(listing.items, marker=None if following is None else str(following))

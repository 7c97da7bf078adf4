"""The Transfer service: collections, folders, bookmarks, transfers and their tasks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from globus_tui.api.bearer import Bearer, TokenSource
from globus_tui.api.decode import Listing, read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain import wire
from globus_tui.domain.auth.scope import TRANSFER_SERVER
from globus_tui.domain.errors import TransferAPIError
from globus_tui.domain.timer.job import Page
from globus_tui.domain.transfer.collection import Bookmark, Collection, Folder, FolderEntry, PauseRule
from globus_tui.domain.transfer.task import MovedFile, PauseInfo, SkippedError, Submission, Task, TaskEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from globus_tui.api.http import Connection
    from globus_tui.domain.transfer.transfer import TransferData
    from globus_tui.domain.wire import Document

    Query = Mapping[str, object]

T = TypeVar("T")

# 80 ids make a URL of about 3.2 kB; servers and proxies let 8 kB through, each of them.
_IDS_A_REQUEST = 80


class _LookedUp(NamedTuple):
    """A look-up of tasks by id: the answer as it came, and what is in it."""

    packed: bytes
    tasks: tuple[Task, ...]


class TransferClient:
    """What this program does with Transfer. All methods raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, TRANSFER_SERVER)
        self._looked_up: dict[tuple[str, ...], _LookedUp] = {}

    async def tasks_by_id(self, ids: Iterable[str], *, younger_than: float = 0.0) -> tuple[Task, ...]:
        """Those of the tasks that the service knows, in no certain order, with as few requests as possible.

        With `younger_than`, what another copy of this program was told fewer seconds ago will do.
        """
        # A comma or slash would begin another clause of the filter; no task has such an id.
        task_ids = sorted({task_id for task_id in ids if task_id and not set(task_id) & set(",/:")})
        batches = [task_ids[at : at + _IDS_A_REQUEST] for at in range(0, len(task_ids), _IDS_A_REQUEST)]
        listings = await asyncio.gather(*(self._by_id(tuple(batch), younger_than) for batch in batches))
        self._looked_up = {tuple(batch): listing for batch, listing in zip(batches, listings, strict=True)}
        return tuple(task for listing in listings for task in listing.tasks)

    async def _by_id(self, ids: tuple[str, ...], younger_than: float) -> _LookedUp:
        """One request; while the same tasks make no progress their answer is not decoded again."""
        query = {"limit": len(ids), "filter": f"task_id:{','.join(ids)}"}
        known = self._looked_up.get(ids)
        last = known.packed if known else b""
        answer = await self._connection.read_again(
            "transfer", "/v0.10/task_list", query=query, auth=self._auth, last=last, younger_than=younger_than
        )
        if known is not None and answer.unchanged:
            return known
        listing = await read_listing(answer, "DATA", lambda entry: Task.from_document(wire.document(entry)))
        return _LookedUp(answer.packed, listing.items)

    async def get_task(self, task_id: str) -> Task:
        """One task. Raises `ServiceError`: there is none, or it is somebody else's."""
        return Task.from_document((await self._get(f"/task/{segment(task_id)}")).object())

    async def cancel_task(self, task_id: str) -> str:
        """Cancels a task and gives the service's words. Repeated safely: it is cancelled once."""
        path = f"/v0.10/task/{segment(task_id)}/cancel"
        answer = await self._connection.request("transfer", "POST", path, auth=self._auth, repeatable=True)
        return wire.text(answer.object().get("message")) or ""

    async def task_events(
        self, task_id: str, *, errors_only: bool = False, limit: int | None = None, offset: int | None = None
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
        """By which rules of which collection a task is paused."""
        return PauseInfo.from_document((await self._get(f"/task/{segment(task_id)}/pause_info")).object())

    async def _get(self, path: str, query: Query | None = None) -> Answer:
        return await self._connection.request("transfer", "GET", f"/v0.10{path}", query=query, auth=self._auth)

    async def _list(self, path: str, query: Query, read: Callable[[Document], T]) -> Listing[T]:
        return await read_listing(await self._get(path, query), "DATA", lambda entry: read(wire.document(entry)))

    async def endpoint_search(
        self,
        filter_fulltext: str | None = None,
        *,
        filter_scope: str | None = None,
        filter_non_functional: bool | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Page[Collection]:
        """Collections, most relevant first; never more than 1000 in all (documented).

        Args:
            filter_fulltext: words; required unless a scope other than `all` is given.
            filter_scope: `all`, `my-endpoints`, `my-gcp-endpoints`, `recently-used`, `in-use`, `shared-by-me`,
                `shared-with-me`, `administered-by-me`.
            filter_non_functional: False hides endpoints that hold no data.
        """
        query = {
            "filter_fulltext": filter_fulltext,
            "filter_scope": filter_scope,
            "filter_non_functional": _one_or_zero(filter_non_functional),
            "limit": limit,
            "offset": offset or None,
        }
        return offset_page(await self._list("/endpoint_search", query, Collection.from_document), offset, limit)

    async def get_endpoint(self, endpoint_id: str) -> Collection:
        """One collection. A deleted one is no error: it comes with `deleted` set and its id for a name.

        Raises:
            TransferAPIError: of kind NOT_FOUND when there never was one of that id, or it is not shown to the user.
        """
        try:
            answer = await self._get(f"/endpoint/{segment(endpoint_id)}")
        except TransferAPIError as refused:
            if refused.code is not None and refused.code.endswith("EndpointDeleted"):
                return Collection(endpoint_id, endpoint_id, deleted=True)
            raise
        return Collection.from_document(answer.object())

    async def pause_rules(self, endpoint_id: str) -> tuple[PauseRule, ...]:
        """The pause rules on a collection that concern the user.

        The address is the SDK's (`my_effective_pause_rule_list`); no fixture shows an answer, so it is read tolerantly.
        """
        path = f"/endpoint/{segment(endpoint_id)}/my_effective_pause_rule_list"
        return (await self._list(path, {}, PauseRule.from_document)).items

    async def ls(self, endpoint_id: str, path: str | None = None, *, show_hidden: bool | None = None) -> Folder:
        """What is in a folder, as far as the service lists it at once: 100,000 entries.

        Args:
            path: absolute or `/~/…`; None is the collection's default folder.
            show_hidden: the service's default is True.
        """
        query = {"path": path, "show_hidden": _one_or_zero(show_hidden)}
        listing = await self._list(f"/operation/endpoint/{segment(endpoint_id)}/ls", query, FolderEntry.from_document)
        where = wire.text(listing.members.get("path")) or path or "/"
        return Folder(where, listing.items, wire.whole(listing.members.get("total")))

    async def stat(self, endpoint_id: str, path: str | None = None) -> FolderEntry:
        """What lies at a path; without one, the folder that the collection opens with. Raises `ServiceError`."""
        answer = await self._get(f"/operation/endpoint/{segment(endpoint_id)}/stat", {"path": path})
        return FolderEntry.from_document(answer.object())

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """All bookmarks of the user; the list has no pages."""
        return (await self._list("/bookmark_list", {}, Bookmark.from_document)).items

    async def create_bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """Names a place. Never sent twice by itself."""
        body = {"name": name, "endpoint_id": collection_id, "path": path}
        answer = await self._connection.request("transfer", "POST", "/v0.10/bookmark", json=body, auth=self._auth)
        return Bookmark.from_document(answer.object())

    async def submission_id(self) -> str:
        """An id under which one transfer can be handed in, as often as needed, and is carried out once."""
        answer = await self._get("/submission_id")
        submission_id = wire.text(answer.object().get("value"))
        if submission_id is None:
            raise answer.unreadable("a document without a submission id")
        return submission_id

    async def submit_transfer(self, data: TransferData) -> Submission:
        """Hands in a transfer, under a new submission id if it has none.

        Because of that id it is repeated safely: a second copy answers `Duplicate` with the first one's task
        (documented). After a network error hand in the same `data` with the same id again.
        """
        if data.submission_id is None:
            data = replace(data, submission_id=await self.submission_id())
        answer = await self._connection.request(
            "transfer", "POST", "/v0.10/transfer", json=data.to_document(), auth=self._auth, repeatable=True
        )
        made = Submission.from_document(answer.object())
        if not made.task_id:
            raise answer.unreadable("a document without a task id")
        return made


def offset_page(listing: Listing[T], offset: int, limit: int | None) -> Page[T]:
    """A page of a list that counts: some lists say `total`, some `has_next_page`, and clients must cope with both."""
    total, more_come = wire.whole(listing.members.get("total")), wire.flag(listing.members.get("has_next_page"))
    following = offset + len(listing.items)
    if more_come is None:
        more_come = following < total if total is not None else limit is not None and len(listing.items) >= limit
    return Page(listing.items, marker=str(following) if more_come and listing.items else None, total=total)


def marker_page(listing: Listing[T]) -> Page[T]:
    """A page of a list that goes on at `next_marker`; absent or null on the last page."""
    following: Any = listing.members.get("next_marker")
    return Page(listing.items, marker=None if following is None else str(following))


def _one_or_zero(value: bool | None) -> int | None:
    """Booleans as this service's own clients write them."""
    return None if value is None else int(value)

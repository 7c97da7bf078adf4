"""The Transfer service: collections, folders, bookmarks and transfers; its tasks are in `transfer_tasks`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.api.decode import read_listing
from globus_tui.api.transfer_tasks import MOST_RESULTS, TransferTasks, offset_page
from globus_tui.api.urls import joined, segment
from globus_tui.domain import wire
from globus_tui.domain.collection import Bookmark, Collection, Folder, FolderEntry
from globus_tui.domain.errors import TransferAPIError
from globus_tui.domain.pause_rule import PauseRule
from globus_tui.domain.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.readings import Page
    from globus_tui.domain.transfer import TransferData


class TransferClient(TransferTasks):
    """What this program does with Transfer. All methods raise what `Connection.request` raises."""

    async def endpoint_search(
        self,
        filter_fulltext: str | None = None,
        *,
        filter_scope: str | None = None,
        filter_owner_id: str | None = None,
        filter_host_endpoint: str | None = None,
        filter_entity_type: str | None = None,
        filter_non_functional: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[Collection]:
        """Collections, most relevant first; never more than 1000 in all (documented).

        Args:
            filter_fulltext: words; required unless a scope other than `all` is given.
            filter_scope: `all`, `my-endpoints`, `my-gcp-endpoints`, `recently-used`, `in-use`, `shared-by-me`,
                `shared-with-me`, `administered-by-me`.
            filter_owner_id: not with a scope that is about the user's own.
            filter_host_endpoint: collections on this one.
            filter_entity_type: one `entity_type`; not together with the next.
            filter_non_functional: False hides endpoints that hold no data.
            limit: results on a page.
            offset: where to begin; the `marker` of a page is the next one.
        """
        query = {
            "filter_fulltext": filter_fulltext,
            "filter_scope": filter_scope,
            "filter_owner_id": filter_owner_id,
            "filter_host_endpoint": filter_host_endpoint,
            "filter_entity_type": filter_entity_type,
            "filter_non_functional": _one_or_zero(filter_non_functional),
            "limit": limit,
            "offset": offset,
        }
        listing = await self._list("/endpoint_search", query, Collection.from_document)
        return offset_page(listing, offset or 0, limit, most=MOST_RESULTS)

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

    async def ls(
        self,
        endpoint_id: str,
        path: str | None = None,
        *,
        show_hidden: bool | None = None,
        orderby: str | Sequence[str] | None = None,
        filter: str | Sequence[str] | None = None,  # noqa: A002 - the wire's name
        limit: int | None = None,
        offset: int | None = None,
        local_user: str | None = None,
    ) -> Folder:
        """What is in a folder.

        Args:
            endpoint_id: the collection.
            path: absolute or `/~/…`; None is the collection's default folder.
            show_hidden: the service's default is True.
            orderby: e.g. `type,name DESC`.
            filter: e.g. `name:~*.h5`; several are alternatives (an inference from the official CLI).
            limit: the service's default and maximum is 100,000. It reads the whole folder for each page.
            offset: where to begin.
            local_user: on mapped collections only.
        """
        query = {
            "path": path,
            "show_hidden": _one_or_zero(show_hidden),
            "orderby": joined(orderby),
            "filter": filter,
            "limit": limit,
            "offset": offset,
            "local_user": local_user,
        }
        answer = await self._get(f"/operation/endpoint/{segment(endpoint_id)}/ls", query)
        listing = await read_listing(answer, "DATA", lambda entry: FolderEntry.from_document(wire.document(entry)))
        where = wire.text(listing.rest.get("path")) or path or "/"
        return Folder(where, listing.items, wire.whole(listing.rest.get("total")))

    async def stat(self, endpoint_id: str, path: str | None = None, *, local_user: str | None = None) -> FolderEntry:
        """What stands at a path."""
        query = {"path": path, "local_user": local_user}
        answer = await self._get(f"/operation/endpoint/{segment(endpoint_id)}/stat", query)
        return FolderEntry.from_document(answer.object())

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """All bookmarks of the user; the list has no pages."""
        return (await self._list("/bookmark_list", {}, Bookmark.from_document)).items

    async def create_bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """Names a place. Never sent twice by itself."""
        body = {"name": name, "endpoint_id": collection_id, "path": path}
        answer = await self._connection.request("transfer", "POST", "/v0.10/bookmark", json=body, auth=self._auth)
        return Bookmark.from_document(answer.object())

    async def delete_bookmark(self, bookmark_id: str) -> None:
        """Forgets a named place."""
        path = f"/v0.10/bookmark/{segment(bookmark_id)}"
        await self._connection.request("transfer", "DELETE", path, auth=self._auth)

    async def submission_id(self) -> str:
        """An id under which one transfer can be handed in, as often as needed, and is carried out once."""
        answer = await self._get("/submission_id")
        found = wire.text(answer.object().get("value"))
        if found is None:
            raise answer.unreadable("a document without a submission id")
        return found

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


def _one_or_zero(value: bool | None) -> int | None:
    """Booleans as this service's own clients write them."""
    return None if value is None else int(value)

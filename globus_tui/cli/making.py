"""What creating timers needs, over a backend: questions to the services, the shelf of drafts, the creator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.check_lookups import PathLook
from globus_tui.domain.errors import ErrorKind, ServiceError
from globus_tui.store.freshness import requirement

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from globus_tui.api.flows import FlowsClient
    from globus_tui.api.transfer import TransferClient
    from globus_tui.cli.backend import Backend
    from globus_tui.domain.collection import Bookmark, Collection, Folder
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.flow import Flow
    from globus_tui.screens.create.lookup import Making, Shelf
    from globus_tui.settings import Settings
    from globus_tui.store.creation import Creator
    from globus_tui.store.creation_outcome import Attempt, ConsentCheck
    from globus_tui.store.job_store import JobStore

MOST_FOUND = 50
"""Collections of one search that are shown: who does not find his among them types another word."""


class Questions:
    """`screens.create.lookup.Lookup` over the clients of the services."""

    def __init__(self, transfer: TransferClient, flows: FlowsClient, creator: Creator) -> None:
        self._transfer = transfer
        self._flows = flows
        self._creator = creator

    async def search(self, words: str) -> tuple[Collection, ...]:
        """The first of Transfer's search over everything that the user may see."""
        return (await self._transfer.endpoint_search(words, limit=MOST_FOUND)).items

    async def shelf(self, shelf: Shelf) -> tuple[Collection, ...]:
        """A search by scope alone."""
        return (await self._transfer.endpoint_search(filter_scope=shelf.value, limit=MOST_FOUND)).items

    async def collection(self, collection_id: str) -> Collection:
        """Its document."""
        return await self._transfer.get_endpoint(collection_id)

    async def folder(self, collection_id: str, path: str | None, *, local_user: str | None = None) -> Folder:
        """All of it: the service reads the whole folder for each page anyway (documented)."""
        return await self._transfer.ls(collection_id, path, local_user=local_user)

    async def look(self, collection_id: str, path: str) -> PathLook:
        """A stat; what Transfer says of a path that is not there is part of the answer."""
        try:
            entry = await self._transfer.stat(collection_id, path)
        except ServiceError as refused:
            if (gare := requirement(refused)) is not None:
                return PathLook(gare=gare)
            if refused.kind is ErrorKind.NOT_FOUND:
                return PathLook(missing=True)
            return PathLook(problem=str(refused))
        return PathLook(entry.kind)

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """All of them."""
        return await self._transfer.bookmarks()

    async def bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """A new one."""
        return await self._transfer.create_bookmark(name, collection_id, path)

    async def flows(self, words: str) -> tuple[Flow, ...]:
        """The first page, newest first."""
        found = await self._flows.list_flows(filter_fulltext=words or None, filter_roles="flow_starter")
        return found.items

    async def flow(self, flow_id: str) -> Flow:
        """Its document."""
        return await self._flows.get_flow(flow_id)

    async def consents(self, draft: Draft) -> ConsentCheck:
        """By the creator, which asks the same before it creates."""
        return await self._creator.check_consents(draft)


def make_making(
    backend: Backend,
    settings: Settings,
    store: JobStore,
    *,
    drafts: Path | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Making:
    """Puts it together; nothing is asked of any service.

    Args:
        backend: reaches the services.
        settings: say where drafts are kept.
        store: its journal records what is made, and its clock is the service's.
        drafts: folder for drafts instead; the demo keeps them in memory without one.
        sleep: waits between looks for a lost creation.
    """
    from globus_tui.api.flows import FlowsClient
    from globus_tui.api.timers import TimersClient
    from globus_tui.api.transfer import TransferClient
    from globus_tui.screens.create.lookup import Making
    from globus_tui.store.creation import Creator
    from globus_tui.store.creation_outcome import CreationServices
    from globus_tui.store.drafts import DraftShelf
    from globus_tui.store.recorder import Recorder

    tokens = backend.account.tokens
    transfer = TransferClient(backend.connection, tokens)
    services = CreationServices(TimersClient(backend.connection, tokens), transfer, transfer, backend.account)
    recorder = Recorder(store.journal, store.now)

    def creator(sending: Callable[[Attempt, Draft], None] = lambda _, __: None) -> Creator:
        return Creator(services, recorder, store.now, sleep=sleep, sending=sending)

    folder = drafts or (None if backend.demo else settings.paths.state / "drafts" / settings.profile)
    questions = Questions(transfer, FlowsClient(backend.connection, tokens), creator())
    return Making(questions, DraftShelf(folder, store.clock), creator)

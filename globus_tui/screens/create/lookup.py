"""What the wizard asks while a timer is being described, and where it keeps drafts: handed in, never imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.making.draft_checks import PathLook
    from globus_tui.domain.timer.job import JobReading
    from globus_tui.domain.transfer.collection import Bookmark, Collection, PauseRule
    from globus_tui.domain.transfer.flow import Flow
    from globus_tui.store.browsing import FolderView, Suggestions
    from globus_tui.store.creation import Attempt, ConsentCheck, Creator
    from globus_tui.store.drafts import DraftShelf
    from globus_tui.store.swapping import Swapper


class Lookup(Protocol):
    """Questions that change nothing. Methods that raise raise `GlobusTuiError` and nothing else."""

    def forget(self) -> None: ...  # what was answered before is asked anew: after a consent, or on request
    async def suggest(self, typed: str) -> Suggestions: ...  # never raises
    async def collection(self, collection_id: str) -> Collection: ...  # a deleted one says so itself
    async def pauses(self, collection_id: str) -> tuple[PauseRule, ...]:
        """Rules of its managers that are in force; none also where that cannot be told. Never raises."""

    async def folder(
        self, collection_id: str, path: str | None = None, *, show_hidden: bool = False, again: bool = False
    ) -> FolderView:
        """What is in a folder, or why that cannot be told; never raises. No path: the collection's default folder."""

    async def look(self, collection_id: str, path: str) -> PathLook: ...  # never raises
    async def bookmark(self, name: str, collection_id: str, path: str) -> Bookmark: ...
    async def flows(self, words: str) -> tuple[Flow, ...]: ...  # that the user may start; empty words: all of them
    async def flow(self, flow_id: str) -> Flow: ...  # with its input schema
    async def consents(self, draft: Draft) -> ConsentCheck: ...  # those that are missing, or cannot be told


@dataclass(frozen=True, slots=True)
class Making:
    """All that creating timers needs besides the application.

    Attributes:
        creator: makes what sends a draft; its argument is told of each attempt just before it leaves.
        swapper: makes what puts a new timer in the place of an old one.
        read: one timer with its document. Raises `GlobusTuiError`.
    """

    lookup: Lookup
    drafts: DraftShelf
    creator: Callable[[Callable[[Attempt, Draft], None]], Creator]
    swapper: Callable[[Creator], Swapper]
    read: Callable[[str], Awaitable[JobReading]]

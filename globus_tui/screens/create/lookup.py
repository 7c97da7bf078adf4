"""What the wizard asks while a timer is being described, and where it keeps drafts: handed in, never imported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.domain.check_lookups import PathLook
    from globus_tui.domain.collection import Bookmark, Collection, Folder
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.flow import Flow
    from globus_tui.store.creation import Creator
    from globus_tui.store.creation_outcome import Attempt, ConsentCheck
    from globus_tui.store.drafts import DraftShelf


class Shelf(Enum):
    """Collections that are offered before anything is typed; the values are Transfer's search scopes (documented)."""

    RECENT = "recently-used"
    MINE = "my-endpoints"
    SHARED = "shared-with-me"


class Lookup(Protocol):
    """Questions that change nothing. Every method raises `GlobusTuiError` and nothing else."""

    async def search(self, words: str) -> tuple[Collection, ...]:
        """Collections that match, best first; endpoints that hold no data are among them."""

    async def shelf(self, shelf: Shelf) -> tuple[Collection, ...]:
        """Collections of the user's own, without any words."""

    async def collection(self, collection_id: str) -> Collection:
        """One collection; a deleted one says so itself."""

    async def folder(self, collection_id: str, path: str | None, *, local_user: str | None = None) -> Folder:
        """What is in a folder, hidden entries too; None is the collection's default folder."""

    async def look(self, collection_id: str, path: str) -> PathLook:
        """What stands at a path. Refusals are part of the answer; raises only when there is no answer."""

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """The user's bookmarks."""

    async def bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """Names a place."""

    async def flows(self, words: str) -> tuple[Flow, ...]:
        """Flows that the user may start and that match; all of them for empty words."""

    async def flow(self, flow_id: str) -> Flow:
        """One flow with its input schema."""

    async def consents(self, draft: Draft) -> ConsentCheck:
        """Which consents the draft needs are missing, or cannot be told."""


@dataclass(frozen=True, slots=True)
class Making:
    """All that creating timers needs besides the application.

    Attributes:
        lookup: questions.
        drafts: where drafts are kept.
        creator: makes what sends a draft; its argument is told of each attempt just before it leaves.
    """

    lookup: Lookup
    drafts: DraftShelf
    creator: Callable[[Callable[[Attempt, Draft], None]], Creator]

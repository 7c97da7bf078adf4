"""What browsing asks of Transfer, and what it answers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.collection import Bookmark, Collection, Folder, FolderEntry
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.pause_rule import PauseRule
    from globus_tui.domain.readings import Page


class BrowseService(Protocol):
    """Transfer, as browsing needs it."""

    async def endpoint_search(
        self,
        filter_fulltext: str | None = None,
        *,
        filter_scope: str | None = None,
        filter_non_functional: bool | None = None,
        limit: int | None = None,
    ) -> Page[Collection]:
        """Collections, most relevant first."""

    async def get_endpoint(self, endpoint_id: str) -> Collection:
        """One collection."""

    async def pause_rules(self, endpoint_id: str) -> tuple[PauseRule, ...]:
        """Its managers' rules that concern the user."""

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """All bookmarks."""

    async def create_bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """Names a place."""

    async def ls(self, endpoint_id: str, path: str | None = None, *, show_hidden: bool | None = None) -> Folder:
        """What is in a folder."""

    async def stat(self, endpoint_id: str, path: str | None = None) -> FolderEntry:
        """What stands at a path."""


class Why(Enum):
    """Why a collection is suggested; also the order of the groups."""

    PASTED = "pasted"
    RECENT = "recent"
    BOOKMARK = "bookmark"
    MINE = "mine"
    SHARED = "shared with me"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A collection to choose.

    Attributes:
        path: where to begin in it, for bookmarks and pasted places.
        label: the bookmark's name.
    """

    collection: Collection
    why: Why
    path: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What fits what was typed.

    Attributes:
        problems: groups that could not be asked, in words; the others are there.
        gare: what Globus wants before it answers.
        destination: the other side, when a link names both.
        more: the search found more than is shown.
    """

    typed: str
    found: tuple[Suggestion, ...] = ()
    problems: tuple[str, ...] = ()
    gare: Gare | None = None
    destination: Suggestion | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder, or why it cannot be shown.

    Attributes:
        path: as asked for, or as the service normalised it.
        problem: the service's words.
        code: the service's code, to be put into words.
        missing: there is no such path.
        gare: what Globus wants first: the consent prompt, then list again.
        read_at: when it was read.
    """

    collection_id: str
    path: str
    entries: tuple[FolderEntry, ...] = ()
    total: int | None = None
    problem: str | None = None
    code: str | None = None
    missing: bool = False
    gare: Gare | None = None
    read_at: datetime | None = None

    @property
    def complete(self) -> bool:
        """All of it was read."""
        return self.problem is None and (self.total is None or self.total <= len(self.entries))

"""Finding collections as one types, and looking into their folders. Answers are kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from globus_tui.domain.errors import GlobusTuiError, ServiceError
from globus_tui.domain.making.draft_checks import PathLook
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.collection import Bookmark, Collection, Folder, FolderEntry, PauseRule
from globus_tui.domain.transfer.places import PastedPlace, PastedPlaces, read_paste

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.making.draft_fields import ConsentCheck
    from globus_tui.domain.timer.job import Page
    from globus_tui.domain.transfer.flow import Flow
    from globus_tui.store.creation import Creator


class BrowseService(Protocol):
    """Transfer, as browsing needs it."""

    async def endpoint_search(
        self,
        filter_fulltext: str | None = None,
        *,
        filter_scope: str | None = None,
        filter_non_functional: bool | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Page[Collection]:
        """Collections, most relevant first."""

    async def get_endpoint(self, endpoint_id: str) -> Collection: ...
    async def pause_rules(self, endpoint_id: str) -> tuple[PauseRule, ...]: ...  # of its managers, about the user
    async def bookmarks(self) -> tuple[Bookmark, ...]: ...
    async def create_bookmark(self, name: str, collection_id: str, path: str) -> Bookmark: ...
    async def ls(self, endpoint_id: str, path: str | None = None, *, show_hidden: bool | None = None) -> Folder: ...
    async def stat(self, endpoint_id: str, path: str | None = None) -> FolderEntry: ...  # what stands at a path


class FlowService(Protocol):
    """Flows, as browsing needs them."""

    async def list_flows(
        self, *, filter_fulltext: str | None = None, filter_roles: Sequence[str]
    ) -> tuple[Flow, ...]: ...
    async def get_flow(self, flow_id: str) -> Flow: ...


STARTERS = ("flow_owner", "flow_administrator", "flow_starter")
"""Roles that may start a flow: the filter wants each by name (the SDK's words for `filter_roles`)."""


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
    """A collection to choose. `path`: where to begin in it, for bookmarks and pasted places."""

    collection: Collection
    why: Why
    path: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What fits what was typed.

    Attributes:
        problems: groups that could not be asked, in words; the others are there.
        destination: the other side, when a link names both.
    """

    typed: str
    entries: tuple[Suggestion, ...] = ()
    problems: tuple[str, ...] = ()
    destination: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder, or why it cannot be shown.

    Attributes:
        path: as asked for, or as the service normalised it.
        missing: there is no such path.
        gare: what Globus wants first: the consent prompt, then list again.
    """

    collection_id: str
    path: str
    entries: tuple[FolderEntry, ...] = ()
    total: int | None = None
    problem: str | None = None
    missing: bool = False
    gare: Gare | None = None

    @property
    def complete(self) -> bool:
        return self.problem is None and (self.total is None or self.total <= len(self.entries))


_LONG_PAGE = 100
"""As the official clients ask for it."""
_MOST_WORDS = 4

K = TypeVar("K")
V = TypeVar("V")

FEWEST_LETTERS = 2
"""Fewer are not searched for: the service would answer with whatever is most used."""
ONE_PAGE = 50
MOST_FOUND = 1000
"""Of one search, as the service has it."""
KEPT_FOR = timedelta(minutes=2)
"""Listings change; after this they are read anew. Ctrl+R reads at once."""
MOST_FOLDERS, MOST_SEARCHES = 64, 100


class _Cache(Generic[K, V]):
    """The newest answers, each for a limited time."""

    def __init__(self, most: int, clock: Callable[[], datetime]) -> None:
        self._most = most
        self._clock = clock
        self._entries: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        at, value = self._entries.get(key, (None, None))
        if at is None or self._clock() - at > KEPT_FOR:
            return None
        self._entries.move_to_end(key)
        return value

    async def kept(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """What is kept, else what `ask` gives. Raises what that raises."""
        value = self.get(key)
        return self.put(key, await ask()) if value is None else value

    def put(self, key: K, value: V) -> V:
        self._entries[key] = (self._clock(), value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)
        return value

    def clear(self) -> None:
        self._entries.clear()


class Browser:
    """Answers what is asked while a timer is described: collections, folders, flows, consents. Changes no timer.

    Unless they say otherwise, methods never raise for what a service does: problems are in the answers.
    """

    def __init__(
        self, service: BrowseService, flows: FlowService, creator: Creator, clock: Callable[[], datetime]
    ) -> None:
        self._service = service
        self._flows = flows
        self._creator = creator
        self._clock = clock
        self._searches: _Cache[tuple[str, str | None], Page[Collection]] = _Cache(MOST_SEARCHES, clock)
        self._folders: _Cache[tuple[str, str | None, bool], FolderView] = _Cache(MOST_FOLDERS, clock)
        self._collections: _Cache[str, Collection] = _Cache(500, clock)
        self._pauses: _Cache[str, tuple[PauseRule, ...]] = _Cache(100, clock)
        self._bookmarks: _Cache[str, tuple[Bookmark, ...]] = _Cache(1, clock)

    def forget(self) -> None:
        """Empties the caches: after a sign-in, or on request."""
        for cache in (self._searches, self._folders, self._collections, self._pauses, self._bookmarks):
            cache.clear()

    async def suggest(self, typed: str) -> Suggestions:
        """Collections that fit what was typed so far. Cancel it when more is typed: the newest question counts.

        Without anything typed: recent ones, bookmarks, one's own and those shared with one. With an id or a link:
        exactly that. Else those groups, narrowed, then a search of all that the user may see.
        """
        places = read_paste(typed)
        if places is not None:
            return await self._pasted(typed, places)
        words = " ".join(typed.split())
        asked = [
            (Why.RECENT, self._search(words, "recently-used")),
            (Why.BOOKMARK, self._from_bookmarks(words)),
            (Why.MINE, self._search(words, "administered-by-me")),
            (Why.SHARED, self._search(words, "shared-with-me")),
        ]
        if len(words) >= FEWEST_LETTERS:
            asked.append((Why.SEARCH, self._search(words, None)))
        answers = await asyncio.gather(*(question for _, question in asked), return_exceptions=True)
        suggestions = _joined(typed, [why for why, _ in asked], answers)
        return replace(suggestions, entries=_named_so_first(words, suggestions.entries)) if words else suggestions

    async def all_found(self, typed: str) -> tuple[Collection, ...]:
        """All collections that a search finds, `MOST_FOUND` at most. Raises what the service raises."""
        found: list[Collection] = []
        page = None
        while page is None or (page.marker is not None and page.items and len(found) < MOST_FOUND):
            page = await self._service.endpoint_search(
                typed, filter_non_functional=False, limit=_LONG_PAGE, offset=len(found)
            )
            found += page.items
        return tuple(found)

    async def alike(self, name: str) -> tuple[str, ...]:
        """Names of collections that may have been meant: those at hand, and those with one of the words."""
        words = [word for word in dict.fromkeys(name.split()) if len(word) >= FEWEST_LETTERS][:_MOST_WORDS]
        at_hand, *found = await asyncio.gather(
            self.suggest(""), *(self._search(word, None) for word in words), return_exceptions=True
        )
        names = [each.collection.name for each in at_hand.entries] if isinstance(at_hand, Suggestions) else []
        names += [each.collection.name for page in found if isinstance(page, tuple) for each in page]
        return tuple(dict.fromkeys(names))

    async def collection(self, collection_id: str) -> Collection:
        """One collection's document. Raises what the service raises."""
        return await self._collections.kept(collection_id, lambda: self._service.get_endpoint(collection_id))

    async def pauses(self, collection_id: str) -> tuple[PauseRule, ...]:
        """Pause rules in force on a collection; empty if they cannot be read, as may be for non-members."""
        try:
            return await self._pauses.kept(collection_id, lambda: self._service.pause_rules(collection_id))
        except GlobusTuiError:
            return self._pauses.put(collection_id, ())

    async def folder(
        self, collection_id: str, path: str | None = None, *, show_hidden: bool = False, again: bool = False
    ) -> FolderView:
        """What is in a folder.

        Args:
            path: None is the collection's default folder.
            show_hidden: with names that begin with a dot.
        """
        key = (collection_id, path, show_hidden)
        if not again and (cached := self._folders.get(key)) is not None:
            return cached
        try:
            listing = await self._service.ls(collection_id, path, show_hidden=show_hidden)
        except GlobusTuiError as error:
            return _refused_view(collection_id, path or "", error)
        view = FolderView(collection_id, listing.path, listing.entries, listing.total)
        self._folders.put((collection_id, listing.path, show_hidden), view)
        return self._folders.put(key, view)

    async def look(self, collection_id: str, path: str) -> PathLook:
        """What stands at a path, for the checks before creation."""
        try:
            entry = await self._service.stat(collection_id, path)
        except GlobusTuiError as error:
            view = _refused_view(collection_id, path, error)
            return PathLook(missing=view.missing, problem=None if view.missing else view.problem, gare=view.gare)
        return PathLook(entry.kind)

    async def bookmark(self, name: str, collection_id: str, path: str) -> Bookmark:
        """Creates a bookmark. Raises what the service raises; never retried by itself."""
        bookmark = await self._service.create_bookmark(name, collection_id, path)
        self._bookmarks.clear()
        return bookmark

    async def flows(self, words: str) -> tuple[Flow, ...]:
        """Flows that the user may start; empty words: all of them. Raises what the service raises."""
        return await self._flows.list_flows(filter_fulltext=words or None, filter_roles=STARTERS)

    async def flow(self, flow_id: str) -> Flow:
        """One flow with its input schema. Raises what the service raises."""
        return await self._flows.get_flow(flow_id)

    async def consents(self, draft: Draft) -> ConsentCheck:
        """Consents that are missing or unknown; creating checks them again. Raises what the services raise."""
        return await self._creator.check_consents(draft)

    async def _search(self, words: str, scope: str | None) -> tuple[Suggestion, ...]:
        page = await self._searches.kept(
            (words.lower(), scope),
            lambda: self._service.endpoint_search(
                words or None, filter_scope=scope, filter_non_functional=False, limit=ONE_PAGE
            ),
        )
        return tuple(Suggestion(collection, _WHY[scope]) for collection in page.items)

    async def _from_bookmarks(self, words: str) -> tuple[Suggestion, ...]:
        marks = await self._bookmarks.kept("all", self._service.bookmarks)
        matching = [mark for mark in marks if all(word in mark.label.lower() for word in words.lower().split())]
        return tuple(await asyncio.gather(*(self._named(mark) for mark in matching[:ONE_PAGE])))

    async def _named(self, mark: Bookmark) -> Suggestion:
        """A bookmark with its collection; one whose collection cannot be read still leads somewhere by its id."""
        try:
            collection = await self.collection(mark.collection_id)
        except GlobusTuiError:
            collection = Collection(mark.collection_id, mark.collection_id)
        return Suggestion(collection, Why.BOOKMARK, mark.path, mark.label)

    async def _pasted(self, typed: str, places: PastedPlaces) -> Suggestions:
        try:
            source = await self._suggested(places.source)
            destination = await self._suggested(places.destination)
        except GlobusTuiError as error:
            return Suggestions(typed, problems=(str(error),))
        return Suggestions(typed, (source,) if source else (), destination=destination)

    async def _suggested(self, place: PastedPlace | None) -> Suggestion | None:
        if place is None:
            return None
        return Suggestion(await self.collection(place.collection_id), Why.PASTED, place.path)


_WHY = {"recently-used": Why.RECENT, "administered-by-me": Why.MINE, "shared-with-me": Why.SHARED, None: Why.SEARCH}


def _named_so_first(words: str, suggestions: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """Puts matches by name before matches in other fields: Enter takes the first one."""
    wanted_words = words.lower().split()

    def elsewhere(suggestion: Suggestion) -> bool:
        name = f"{suggestion.label or ''} {suggestion.collection.name}".lower()
        return not all(word in name for word in wanted_words)

    return tuple(sorted(suggestions, key=elsewhere))


def _joined(typed: str, reasons: list[Why], answers: list[tuple[Suggestion, ...] | BaseException]) -> Suggestions:
    """All groups in order, each collection once (bookmarks each stand for themselves)."""
    seen: set[str] = set()
    joined: list[Suggestion] = []
    problems: list[str] = []
    for why, answer in zip(reasons, answers, strict=True):
        if isinstance(answer, BaseException):
            if not isinstance(answer, GlobusTuiError):
                raise answer
            problems.append(f"{why.value}: {answer}")
            continue
        for suggestion in answer:
            if why is not Why.BOOKMARK and suggestion.collection.collection_id in seen:
                continue
            seen.add(suggestion.collection.collection_id)
            joined.append(replace(suggestion, why=why))
    return Suggestions(typed, tuple(joined), tuple(dict.fromkeys(problems)))


def _refused_view(collection_id: str, path: str, error: GlobusTuiError) -> FolderView:
    if not isinstance(error, ServiceError):
        return FolderView(collection_id, path, problem=str(error))
    missing = error.status == 404 and "Endpoint" not in (error.code or "")
    return FolderView(collection_id, path, problem=str(error), missing=missing, gare=error.gare)

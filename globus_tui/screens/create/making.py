"""What a wizard is handed: whom it asks while a timer is being described, and what keeps its draft."""

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


class DraftKeeper:
    """One draft on the shelf, under one id for the life of a wizard.

    Args:
        draft_id: of a draft that is gone on with; None for a new one.
        draft: as it is at first: as long as nothing changes there is nothing to save.
        attempt: a request that left and whose end is not known.
    """

    def __init__(
        self, shelf: DraftShelf, draft_id: str | None, draft: Draft, step: str = "", attempt: Attempt | None = None
    ) -> None:
        self.draft_id = draft_id or shelf.new_id()
        self.attempt = attempt
        self.over = False
        """It was made or given up: nothing is saved any more."""
        self._shelf = shelf
        self._draft, self._step = draft, step
        self._on_disk = draft_id is not None
        self._unsaved = False

    @property
    def kept(self) -> bool:
        """There is something on the shelf, or will be: the draft is not just an empty one."""
        return (self._on_disk or self._unsaved) and not self.over

    @property
    def saved(self) -> bool:
        """The draft on the shelf is the one on the screen."""
        return self._on_disk and not self._unsaved

    def take(self, draft: Draft, step: str) -> bool:
        """Remember what is to be saved; returns whether that is something new."""
        changed = not self.over and (draft != self._draft or dict(draft.typed) != dict(self._draft.typed))
        # Flow inputs and typed texts are left out of a draft's equality in places; identity settles the rest.
        changed = changed or (draft is not self._draft and draft.flow.inputs != self._draft.flow.inputs)
        self._draft, self._step = draft, step
        self._unsaved = self._unsaved or changed
        return changed

    async def save(self) -> None:
        if self._unsaved and not self.over:
            self._unsaved = False
            self._on_disk = True
            await self._shelf.save(self.draft_id, self._draft, step=self._step, attempt=self.attempt)

    def save_now(self) -> None:
        if self._unsaved and not self.over:
            self._unsaved = False
            self._on_disk = True
            self._shelf.save_now(self.draft_id, self._draft, step=self._step, attempt=self.attempt)

    def sending(self, attempt: Attempt, draft: Draft) -> None:
        """A request is about to leave: remember it with what it asks for, so that a crash can be looked into."""
        self.attempt, self._draft, self._unsaved = attempt, draft, True
        self.save_now()

    def forget_attempt(self) -> None:
        """What became of the request is known."""
        if self.attempt is not None:
            self.attempt, self._unsaved = None, True
            self.save_now()

    def discard(self) -> None:
        """It was made, or is given up."""
        self.over = True
        self._shelf.discard(self.draft_id)

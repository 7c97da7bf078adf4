"""What creating timers needs, put together; and what keeps a draft while a timer is being described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.timer.job import JobReading
    from globus_tui.store.browsing import Browser
    from globus_tui.store.creation import Attempt, Creator, Sending
    from globus_tui.store.drafts import DraftShelf
    from globus_tui.store.swapping import Swapper


@dataclass(frozen=True, slots=True)
class Making:
    """All that creating timers needs besides the application.

    Attributes:
        creator: makes what sends a draft.
        swapper: makes what puts a new timer in the place of an old one.
        read: one timer with its document. Raises `GlobusTuiError`.
    """

    lookup: Browser
    drafts: DraftShelf
    creator: Callable[[Sending], Creator]
    swapper: Callable[[Sending], Swapper]
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
    def is_kept(self) -> bool:
        """Whether the draft is on the shelf or will be: an empty draft is not kept."""
        return (self._on_disk or self._unsaved) and not self.over

    @property
    def is_saved(self) -> bool:
        """Whether the draft on the shelf is the one on the screen."""
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
        if self._begin_save():
            await self._shelf.save(self.draft_id, self._draft, step=self._step, attempt=self.attempt)

    def save_now(self) -> None:
        if self._begin_save():
            self._shelf.save_now(self.draft_id, self._draft, step=self._step, attempt=self.attempt)

    def _begin_save(self) -> bool:
        """Whether there is something to save; from then on it counts as saved."""
        if self.over or not self._unsaved:
            return False
        self._unsaved, self._on_disk = False, True
        return True

    def sending(self, attempt: Attempt, draft: Draft) -> None:
        """Keeps a request with its draft just before it is sent, so that a crash can be looked into."""
        self.attempt, self._draft, self._unsaved = attempt, draft, True
        self.save_now()

    def forget_attempt(self) -> None:
        if self.attempt is not None:
            self.attempt, self._unsaved = None, True
            self.save_now()

    def discard(self) -> None:
        self.over = True
        self._shelf.discard(self.draft_id)

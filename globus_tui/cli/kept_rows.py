"""Where the rows seen last are kept, and how they are forgotten: one file for each profile, environment and person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from globus_tui.api.environment import Environment
    from globus_tui.auth.account import Account
    from globus_tui.auth.logout import Logout
    from globus_tui.settings import Settings
    from globus_tui.store.answer_cache import AnswerCache, CachedRows
    from globus_tui.store.job_state import Change
    from globus_tui.store.job_store import JobStore


def kept_rows(settings: Settings, environment: Environment, who: str) -> AnswerCache:
    from globus_tui.store.answer_cache import AnswerCache

    label = f"{settings.profile}\n{environment.name}\n{environment.urls['timer']}\n{who}"
    return AnswerCache(settings.paths.cache, label)


def forget_rows(done: Logout, settings: Settings, environment: Environment) -> None:
    """Deletes the kept rows after signing out.

    Drafts and the journal stay. They are the user's own work, hold nothing that signs anybody in, and cannot be read
    again from Globus.
    """
    if done.identity is not None:
        kept_rows(settings, environment, done.identity.username).forget()


_LATER = 2.0
"""Seconds after a refresh."""


class Keeping:
    """Keeps what one session knows for the next: some time after refreshes, and when it is left.

    Args:
        account: says who is signed in. Rows are kept for nobody but who was when the session began.
    """

    def __init__(self, store: JobStore, rows: AnswerCache, account: Account) -> None:
        self._store = store
        self._rows = rows
        self._account = account
        self._who = account.who
        self._kept = False
        self._saving: asyncio.Task[None] | None = None
        store.subscribe(self._after)

    def end(self) -> None:
        """Saves when the console has been left; after signing out, what was seen is nobody's any more."""
        if self._account.who != self._who:
            self._rows.forget()
        elif (rows := self._to_keep()) is not None:
            self._save(rows)

    def _save(self, kept: CachedRows) -> bool:
        """Names for completion as well, where the rows kept are all there are: `list` keeps those of more."""
        from globus_tui.store.rows import view_of

        if self._kept and not self._rows.path.exists():
            return False  # forgotten meanwhile, by a logout in another terminal
        if sum(kept.counts.values()) == len(kept.documents):
            names = (collection.name for collection in kept.collections.values())
            labels = (view_of(document).label for document in kept.documents.values())
            self._rows.save_names(labels, filter(None, names))
        self._kept = self._rows.save(kept)
        return self._kept

    def _after(self, change: Change) -> None:
        if change.freshness and self._rows.due() and (self._saving is None or self._saving.done()):
            import asyncio

            self._saving = asyncio.create_task(self._save_later())

    async def _save_later(self) -> None:
        """Not while what was read is about to be drawn."""
        import asyncio

        await asyncio.sleep(_LATER)
        if (rows := self._to_keep()) is not None:
            await asyncio.to_thread(self._save, rows)

    def _to_keep(self) -> CachedRows | None:
        return self._store.to_cache(self._rows.label) if self._account.who == self._who else None

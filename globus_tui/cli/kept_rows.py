"""Where the rows seen last are kept, and how they are forgotten: one file for each profile, environment and person.

Beside them the list is kept as it was drawn, for the first moments of the next start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from globus_tui.api.environment import Environment
    from globus_tui.app import GlobusTui
    from globus_tui.auth.account import Account
    from globus_tui.auth.logout import Logout
    from globus_tui.cli.kept_frame import Drawn, KeptFrame
    from globus_tui.procedures.drawn_at_rest import AtRest
    from globus_tui.settings import Settings
    from globus_tui.store.answer_cache import AnswerCache, Kept
    from globus_tui.store.job_state import Change
    from globus_tui.store.job_store import JobStore


_APART = 3600.0
"""Seconds that what was drawn may be older than the rows: a session that is killed, or goes on, draws nothing new."""


def kept_rows(settings: Settings, environment: Environment, who: str) -> AnswerCache:
    """The file of one profile, environment and person."""
    from globus_tui.store.answer_cache import AnswerCache

    label = f"{settings.profile}\n{environment.name}\n{environment.urls['timer']}\n{who}"
    return AnswerCache(settings.paths.cache, label)


def forget_rows(done: Logout, settings: Settings, environment: Environment) -> None:
    """After signing out: what was seen is nobody's any more.

    Drafts and the journal stay. They are the user's own work, hold nothing that signs anybody in, and cannot be read
    again from Globus.
    """
    from globus_tui.cli.kept_frame import KeptFrame

    if done.identity is not None:
        kept_rows(settings, environment, done.identity.username).forget()
        KeptFrame(settings.paths.cache, None).forget()


class Keeping:
    """Keeps what one session knows for the next.

    Args:
        store: knows it.
        rows: their file.
        account: says who is signed in. Rows are kept for nobody but who was when the session began.
        frame: the file of the list as it was drawn; None when the next start would not open with this session's.
    """

    def __init__(self, store: JobStore, rows: AnswerCache, account: Account, frame: KeptFrame | None) -> None:
        self._store = store
        self._rows = rows
        self._account = account
        self._who = account.who
        self._frame = frame
        self._drawn: Drawn | None = None
        self._saving: set[asyncio.Task[None]] = set()

    def begin(self, app: GlobusTui) -> None:
        """Saves after refreshes, every few minutes at most, off the event loop; and what was drawn when it is left."""
        self._store.subscribe(self._after)
        if self._frame is not None:
            app.before_leaving = lambda leave: self._draw(app, leave)

    def end(self) -> None:
        """Saves when the console has been left; after signing out, what was seen is nobody's any more."""
        from globus_tui.cli.kept_frame import KeptFrame

        if self._account.who != self._who:
            self._rows.forget()
            KeptFrame(self._rows.path.parent, None).forget()
            return
        if (kept := self._to_keep()) is not None:
            self._save(kept)
        if self._frame is not None and self._drawn is not None:
            self._frame.save(self._drawn)

    def _after(self, change: Change) -> None:
        if change.freshness and self._rows.due() and (kept := self._to_keep()) is not None:
            import asyncio

            task = asyncio.create_task(asyncio.to_thread(self._save, kept))
            self._saving.add(task)
            task.add_done_callback(self._saving.discard)

    def _to_keep(self) -> Kept | None:
        return self._store.to_keep(self._rows.label) if self._account.who == self._who else None

    def _save(self, kept: Kept) -> None:
        """What was drawn before may be shown beside rows that are somewhat newer, but not much."""
        if self._rows.save(kept) and self._frame is not None:
            self._frame.forget(older_than=_APART)

    def _draw(self, app: GlobusTui, leave: Callable[[], object]) -> None:
        from globus_tui.procedures.drawn_at_rest import leave_drawn

        kept = self._to_keep()

        def keep(found: AtRest) -> None:
            if kept is not None:
                self._drawn = _dated(found, kept, app)

        if kept is None:
            leave()  # no answer yet: what is kept is as good
        else:
            leave_drawn(app, kept, keep, leave)


def _dated(found: AtRest, kept: Kept, app: GlobusTui) -> Drawn:
    from globus_tui.cli.kept_frame import Drawn
    from globus_tui.present.moments import clock, date_time

    zone, size = app.host.zone, app.size
    words = clock(kept.at, zone), date_time(kept.at, app.store.clock(), zone)
    return Drawn(kept.label, kept.at.timestamp(), *words, found.title, found.lines, (size.width, size.height))

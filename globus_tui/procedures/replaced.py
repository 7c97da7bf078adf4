"""Old timers that were replaced and are kept, paused: asks after some days whether to delete them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.commands import key_words
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.store.operations import Delete

if TYPE_CHECKING:
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState
    from globus_tui.store.journal import OldTimer

_DAY = timedelta(days=1)
NOTHING_KEPT = "No timer that was replaced from here is kept: the journal knows of none that is still there, paused."


class ReplacedTimers:
    """Those that this program's journal knows of, that are still there, and that nobody resumed since."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._asked_at: datetime | None = None

    @property
    def _days(self) -> int:
        return self._app.settings.keep_replaced_days

    async def ask(self) -> None:
        """Say, once a day, that some have been kept long enough; nothing before the timers were read."""
        now = self._app.store.now()
        unread = self._app.store.freshness.checked_at is None
        if not unread and self._asked_at is None:
            await self._app.store.read_journal()  # once: of what is made here the store is told
        if unread or (self._asked_at is not None and now - self._asked_at < _DAY):
            return
        self._asked_at = now
        if self._days and not self._app.settings.read_only and (due := await self._old_timers(due_only=True)):
            from globus_tui.present.replaced_words import ask_words

            key = key_words(self._app.settings.keys, "jobs.replaced")
            self._app.say(ask_words(len(due), self._days, key), "warning")

    async def offer(self) -> None:
        """List those kept long enough, else all that are kept, and delete them once their number was typed."""
        from globus_tui.present.replaced_words import kept_lines, kept_words
        from globus_tui.screens.confirm import ConfirmTyped

        old_timers = (await self._old_timers(due_only=True) if self._days else ()) or await self._old_timers(
            due_only=False
        )
        if not old_timers:
            self._app.say(NOTHING_KEPT)
            return
        states = self._app.states
        named = {JobId(job_id) for old in old_timers for job_id in (old.job_id, old.replaced_by)}
        jobs = {str(job_id): states[job_id].job for job_id in named if job_id in states}
        labels = {job_id: job.label for job_id, job in jobs.items()}
        operations = [Delete(JobId(old.job_id), labels.get(old.job_id)) for old in old_timers]
        sheet = ConfirmTyped(
            f"Delete {kept_words(len(old_timers))} for good?",
            ("This cannot be undone at Globus. Their replacements are not touched.",),
            listed=kept_lines(old_timers, jobs, self._app.view.now, self._app.view.zone),
            accepted=[f"delete {len(old_timers)}"],
            verb="delete what is listed",
        )
        sheet.ask(lambda _: self._app.operate(operations))

    async def go_back(self, state: JobState) -> None:
        """Ask, then let the timer that this one replaced take its place again. Problems are said, never raised."""
        from globus_tui.present.replaced_words import back_sentences
        from globus_tui.screens.confirm import Confirm
        from globus_tui.store.creation import untold
        from globus_tui.store.journal import replaced_by
        from globus_tui.store.swapping import Swapped

        making, job = self._app.making, state.job
        old = replaced_by(await self._app.store.journal.entries(), job.job_id)
        if old is None:
            self._app.say(f"{job.label} took the place of no timer that this program's journal knows of.", "warning")
            return
        known = old.job_id in self._app.states and not job.stands_still
        missed = self._app.store.resume_preview(JobId(old.job_id)) if known else None
        sentences = back_sentences(job.label, old.name or old.job_id, missed, resting=job.stands_still)
        danger = missed is not None and missed.catch_up is not False
        sheet = Confirm("Undo the replacement?", sentences, verb="go back", danger=danger)
        if not await self._app.push_screen_wait(sheet):
            return
        swap = await making.swapper(untold).go_back(job.job_id, old.job_id)
        await self._app.store.refresh()
        await self._app.store.read_journal()
        self._app.book_wake()
        self._app.say(swap.words, "information" if isinstance(swap, Swapped) else "error")

    async def _old_timers(self, *, due_only: bool) -> tuple[OldTimer, ...]:
        entries = await self._app.store.journal.entries()
        if not entries:
            return ()
        from globus_tui.store.journal import due_for_deletion, replaced_timers

        now, states = self._app.store.now(), self._app.store.states
        old_timers = due_for_deletion(entries, now, self._days) if due_only else replaced_timers(entries)
        known = ((old, states.get(JobId(old.job_id))) for old in old_timers)
        return tuple(old for old, state in known if state is not None and state.job.status is JobStatus.INACTIVE)

"""A timer in another's place: what the wizard describes after an edit, or the same with its local hour kept across
clock changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.making.draft import Draft, clone
from globus_tui.domain.making.taking_place import without_next_run
from globus_tui.domain.schedule.clock_changes import anchor, move_runs
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.present import moments
from globus_tui.present.replaced_words import nothing_to_keep, reanchor_sentences, skip_end, skip_sentences
from globus_tui.procedures.create import Create
from globus_tui.procedures.start_now import ByKey
from globus_tui.screens.confirm import Confirm
from globus_tui.store.creation import Attempt, Created, Creation, NotCreated, Unconfirmed
from globus_tui.store.operations import CancelTask
from globus_tui.store.swapping import NotSwapped, Swapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from globus_tui.domain.timer.job import Job, JobReading
    from globus_tui.domain.timer.run import Run
    from globus_tui.screens.console import Console
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.store.job_state import JobState


class Replace(Create):
    """Like a creation, lost answers and consents included; where that opens the new timer, this swaps first."""

    LOOKS_EVERY = 120.0  # a new timer that nobody knows of may be active: it must not be left so while one waits

    def __init__(
        self, app: Console, wizard: WizardScreen | ByKey, old: JobReading, leaves_out: datetime | None = None
    ) -> None:
        """Nothing is asked of Globus yet; `old` is the timer as it was read, `leaves_out` a run that is not to be."""
        super().__init__(app, wizard)
        self._leaves_out = leaves_out
        self._old = old
        self._swapper = app.making.swapper(self._creator)

    async def run(self) -> None:
        """Create, verify, pause the old one, and end in words or on the screen of the new timer."""
        if len(self._draft.group) > 1:
            self._app.say("One timer cannot be replaced by several: clone it (C), then pause this one.", "error")
            return
        await super().run()

    async def _create(
        self, draft: Draft, *, check_consents: bool, after: Attempt | None, again: bool = False
    ) -> Creation:
        """Read the old timer anew just before anything is sent, and put the first run far enough off."""
        ready = await self._swapper.prepare(self._old, draft, leaves_out=self._leaves_out)
        if isinstance(ready, NotSwapped):
            if after is not None and ready.error is not None:  # what was sent before may still be there
                return Unconfirmed(ready.words, ready.error, after, False, draft)
            return NotCreated(ready.words, ready.error)
        self._old, self._draft = ready
        return await super()._create(self._draft, check_consents=check_consents, after=after, again=again)

    async def _open(self, created: Created) -> None:
        swap = await self._swapper.finish(self._old, created, self._draft)
        while isinstance(swap, NotSwapped) and not swap.clean and swap.created is not None:
            if not await self._ask_again(swap.words):
                break
            swap = await self._swapper.finish(self._old, swap.created, self._draft)
        if isinstance(swap, Swapped):
            out = self._leaves_out
            words = swap.words + (skip_end(out, self._app.store.now(), self._app.view.zone) if out else "")
            await super()._open(replace(created, words=words, note=swap.note))
        else:
            await self._app.store.refresh()
            self._app.say(swap.words, "error")
        if swap.runs_started:
            await self._tell_of_runs(created.job, swap.runs_started)

    async def _ask_again(self, words: str) -> bool:
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm("The swap did not come to its end", (words,), verb="try again", danger=True)
        return await self._app.push_screen_wait(sheet)

    async def _tell_of_runs(self, job: Job, fired: tuple[Run, ...]) -> None:
        """Globus started what was to stand still: say so at once, and offer to cancel its task."""
        from globus_tui.screens.confirm import Confirm

        words = f"Globus STARTED A RUN of the new {job.label} before it was paused, which nobody asked for."
        self._app.say(words, "error")
        tasks = [run.resource_id for run in fired if run.resource_id and job.transfer is not None]
        if not tasks:
            return
        sentences = (words, f"Its task is {tasks[0]}. Cancelled, it copies and deletes nothing more.")
        sheet = Confirm("A run was started all the same", sentences, verb="cancel the task", danger=True)
        if await self._app.push_screen_wait(sheet):
            self._app.operate([CancelTask(task_id, job.job_id) for task_id in tasks])


async def reanchor(app: Console, state: JobState) -> None:
    """Read the timer, show what would change, and replace it if that is agreed to. Raises what reading it raises."""
    now, zone = app.store.now(), app.view.zone
    anchored = anchor(state.job.schedule, now, zone, runs_done=state.job.n_runs)
    if anchored is None:
        app.say(nothing_to_keep(moments.zone_name(now, zone)), "warning")
        return
    old = await app.making.read(state.job_id)
    draft = clone(old.job, old.document, now, for_edit=True)
    if not isinstance(draft.schedule, RecurringSchedule) or old.job.schedule != state.job.schedule:
        app.say("It is not as it was shown here: look again.", "warning")
        return
    schedule = move_runs(draft.schedule, anchored.by, now)
    sentences = reanchor_sentences(anchored, schedule, now, zone)
    _ask(app, old, replace(draft, schedule=schedule), f"Keep the hour of {old.job.label}?", sentences)


async def skip(app: Console, state: JobState) -> None:
    """Read the timer, say which run is left out and which is next then, and ask. Raises what reading it raises."""
    now = app.store.now()
    old = await app.making.read(state.job_id)
    skipped = without_next_run(old.job, clone(old.job, old.document, now, for_edit=True), now)
    heading, sentences = f"Skip the next run of {old.job.label}?", skip_sentences(old.job, skipped, now, app.view.zone)
    _ask(app, old, skipped.draft, heading, sentences, leaves_out=skipped.run)


def _ask(
    app: Console,
    old: JobReading,
    draft: Draft,
    heading: str,
    sentences: Sequence[str],
    *,
    leaves_out: datetime | None = None,
) -> None:
    alarm = replace(draft.guards, fewer_percent=app.store.alarm_level(old.job.job_id))
    sender = ByKey(app, replace(draft, guards=alarm))
    sheet = Confirm(heading, sentences, verb="replace it" if leaves_out is None else "skip it")
    sheet.ask(lambda _: app.run_worker(_replace(app, sender, old, leaves_out), group="create"))


async def _replace(app: Console, sender: ByKey, old: JobReading, leaves_out: datetime | None) -> None:
    await Replace(app, sender, old, leaves_out).run()
    if sender.keeper.attempt is None:  # its end is known; nothing is left to go on with
        sender.keeper.discard()

"""Creating what a wizard describes or a key asks for: consent first, one request, and never a second one by itself.

A timer may be created in another's place, after an edit or with its local hour kept across clock changes; and what a
timer does can be started at once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from globus_tui.commands import key_words
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.making.draft import Draft, What, clone
from globus_tui.domain.making.run_now import RunChoice, RunNow, first_items, run_now
from globus_tui.domain.making.taking_place import without_next_run
from globus_tui.domain.schedule.clock_changes import anchor, move_runs
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.present import moments
from globus_tui.present.replaced_words import nothing_to_keep, reanchor_sentences, skip_end, skip_sentences
from globus_tui.present.review_facts import group_words
from globus_tui.present.transfer_words import item_words
from globus_tui.screens.confirm import Confirm, LostAnswer
from globus_tui.store.creation import Attempt, Created, Creation, GroupCreation, NotCreated, Submitted, Unconfirmed
from globus_tui.store.drafts import DraftKeeper
from globus_tui.store.operations import CancelTask, NeedsConsent, SignedOut
from globus_tui.store.swapping import NotSwapped, Swapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.making.draft_fields import Finding
    from globus_tui.domain.timer.job import Job, JobReading
    from globus_tui.domain.timer.run import Run
    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.domain.transfer.transfer import TransferItem
    from globus_tui.screens.console import Console
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.store.job_state import JobState


_NOT_GIVEN = "The consent was not given. The draft is kept."


class Create:
    """One creation, from the key press to the new timer's screen. Runs in a worker of the application.

    `LOOKS_EVERY`: seconds after which a creation without an answer is looked for by itself; None: only when asked.
    """

    LOOKS_EVERY: ClassVar[float | None] = None

    def __init__(self, app: Console, wizard: WizardScreen | ByKey, heading: str = "") -> None:
        """Create what a wizard describes, or what a key is to start at once.

        `heading`: of the screen that follows a transfer; empty: the draft's name, label or places.
        """
        self._app = app
        self._heading = heading
        self._wizard = wizard
        self._keeper = wizard.keeper
        self._draft = wizard.draft
        self._group: GroupCreation | None = None
        self._creator = app.making.creator(self._keeper.sending)

    async def run(self) -> None:
        """Create, and end in words, in a question, or on the screen of the new timer."""
        if self._wizard.is_sending:
            return
        self._wizard.set_sending(sending=True)
        self._app.say("Sending …")
        try:
            creation = await self._through_consent(self._draft, after=self._keeper.attempt)
            while isinstance(creation, Unconfirmed):
                transfer = creation.attempt.timer is None
                sheet = LostAnswer(creation.words, transfer=transfer, looks_every=self.LOOKS_EVERY)
                answer = await self._app.push_screen_wait(sheet)
                if answer is None:
                    self._app.say("Nothing more was sent; the draft is kept with what is known.", "warning")
                    return
                creation = await self._after_lost(creation, again=answer == LostAnswer.AGAIN)
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "error")
            return
        finally:
            self._wizard.set_sending(sending=False)
        await self._end(creation)

    async def _after_lost(self, lost: Unconfirmed, *, again: bool) -> Creation:
        self._draft = lost.draft
        if not again:
            creation = await self._creator.look_again(lost.attempt, lost.draft)
            if len(lost.draft.group) < 2 or not isinstance(creation, Created):
                return creation
        return await self._create(lost.draft, check_consents=False, after=lost.attempt, again=True)

    async def _through_consent(self, draft: Draft, after: Attempt | None) -> Creation:
        """Create; for each thing that Globus wants first, one login and one more try."""
        noun = "transfer" if draft.what is What.TRANSFER_NOW else "timer"
        met: list[Gare] = []
        creation = await self._create(draft, check_consents=True, after=after)
        while isinstance(creation, NeedsConsent) and creation.gare not in met:
            if not await self._app.sign_in.consent(creation.gare, f"Consent before the {noun} is created"):
                there = group_words(self._group, len(draft.group)) if self._group else ""
                return NotCreated(_joined(there or "Nothing was created.", _NOT_GIVEN))
            met.append(creation.gare)
            creation = await self._create(draft, check_consents=False, after=self._keeper.attempt)
        return creation

    async def _create(
        self, draft: Draft, *, check_consents: bool, after: Attempt | None, again: bool = False
    ) -> Creation:
        if len(draft.group) < 2:
            return await self._creator.create(draft, check_consents=check_consents, after=after, again=again)
        self._group = group = await self._creator.create_group(
            draft, check_consents=check_consents, after=after, again=again
        )
        words = group_words(group, len(draft.group))
        if group.stopped_by is None:
            return replace(
                group.created[0], words=words, note=_joined(*(timer.note for timer in group.created)) or None
            )
        if isinstance(group.stopped_by, NotCreated | Unconfirmed) and words:
            return replace(group.stopped_by, words=f"{words} {group.stopped_by.words}")
        return group.stopped_by

    async def _end(self, creation: Creation) -> None:
        if isinstance(creation, Created):
            await self._open(creation)
        elif isinstance(creation, Submitted):
            self._follow(creation)
        elif isinstance(creation, NotCreated):
            advice = creation.error.advice if creation.error else ""
            self._wizard.show_problems(creation.problems, _joined(creation.words, advice))
        elif isinstance(creation, NeedsConsent):
            words = creation.gare.session_message or "Globus still asks for a consent, though it was given"
            self._app.say(f"Not created: {words.rstrip('.')}. The draft is kept.", "error")
        elif isinstance(creation, SignedOut):
            self._app.say(f"{creation.words} {creation.advice}", "error")

    async def _open(self, created: Created) -> None:
        from globus_tui.screens.job_detail import JobDetailScreen

        self._leave()
        self._app.say(_joined(created.words, created.note, self._fleet_words()))
        await self._app.store.refresh()
        await self._app.store.read_journal()
        self._app.book_wake()
        self._app.open_screen(JobDetailScreen(created.job.job_id))

    def _fleet_words(self) -> str | None:
        """How it gets into the fleet's files, where there are some."""
        if self._app.fleet.where is None:
            return None
        if self._draft.replaces in self._app.fleet.in_files:
            return "Its fleet file says otherwise until it is changed there, too."
        return f"{key_words(self._app.settings.keys, 'job.to-file')} writes it into the fleet's files."

    def _follow(self, handed_in: Submitted) -> None:
        from globus_tui.screens.task_screen import TaskScreen

        self._leave()
        self._app.say(_joined(handed_in.words, handed_in.note))
        draft = self._draft
        places = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
        heading = self._heading or f"Transfer {draft.name or draft.transfer.label or places}"
        self._app.open_screen(TaskScreen(handed_in.task_id, heading))

    def _leave(self) -> None:
        self._keeper.discard()
        top: object = self._app.screen
        if top is self._wizard:  # somebody may have left it meanwhile, or there is none
            self._app.screen.dismiss()


def _joined(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


# --- by a key


class ByKey:
    """Takes the wizard's part for a creation begun by a key: what is sent is a draft until its result is known."""

    def __init__(self, app: Console, draft: Draft) -> None:
        self._app = app
        self.draft = draft
        self.keeper = DraftKeeper(app.making.drafts, None, draft, "review")
        self.is_sending = False

    def set_sending(self, *, sending: bool) -> None:
        self.is_sending = sending

    def show_problems(self, problems: Sequence[Finding], words: str) -> None:
        """Say why it was refused; there is no page to go back to."""
        del problems  # the words hold them
        if self.keeper.attempt is None:  # what was sent before may still arrive
            self.keeper.discard()
        self._app.say(words, "error")


async def start_now(app: Console, state: JobState, choice: RunChoice, files: int) -> None:
    """Read the timer, make of it what was asked for, and hand that in. Raises what reading raises."""
    prepared = await _made(app, await app.making.read(state.job_id), choice, files)
    start = Create(app, ByKey(app, prepared.draft), f"{state.job.label} > {choice.value} run by hand")
    words, danger = _START[choice], prepared.draft.deletes
    listed = [item_words(item, ascii_only=app.view.ascii) for item in prepared.draft.transfer.items]
    sentences = (words, *prepared.warnings)
    sheet = Confirm(f"Run {state.job.label} now?", sentences, verb="start it", listed=listed, danger=danger)
    sheet.ask(lambda _: app.run_worker(start.run(), group="create"))


_START = {
    RunChoice.FULL: "The same transfer STARTS NOW, once.",
    RunChoice.TEST: "A transfer of nothing but what is listed here STARTS NOW.",
    RunChoice.ONE_SHOT: "A timer that runs once is created, and its run STARTS AT ONCE.",
}


async def _made(app: Console, reading: JobReading, choice: RunChoice, files: int) -> RunNow:
    data = reading.job.transfer
    folders: dict[str, Sequence[FolderEntry] | None] = {}
    if choice is RunChoice.TEST and data is not None:
        for item in data.items:
            if item.recursive is False:
                continue
            folders[item.source_path] = await _inside(app, data.source_endpoint or "", item)
            with suppress(BadInput):  # that there are too few is said in the end
                if len(first_items(data, files, folders)[0]) >= files:
                    break
    return run_now(reading.job, reading.document, choice, app.store.now(), first=files, listings=folders)


async def _inside(app: Console, collection: str, item: TransferItem) -> tuple[FolderEntry, ...] | None:
    """What is in an item's folder; None where it is a file. Raises BadInput where that cannot be told."""
    path, lookup = item.source_path, app.making.lookup
    if item.recursive is None:
        look = await lookup.look(collection, path)
        if look.gare is not None and await app.sign_in.consent(look.gare, "Look at the source"):
            look = await lookup.look(collection, path)
        if look.kind == "file":
            return None
        if look.kind != "dir":
            raise BadInput(
                f"Whether {path} is a folder cannot be told, so nothing of it is tried: {look.problem or '?'}"
            )
    view = await lookup.folder(collection, path, again=True)
    if view.gare is not None and await app.sign_in.consent(view.gare, "Look into the source folder"):
        view = await lookup.folder(collection, path, again=True)
    if view.problem is not None or view.missing or view.gare is not None:
        why = view.problem or "there is none"
        raise BadInput(f"The source folder {path} cannot be read, so no files can be chosen: {why}")
    return view.entries


# --- in another's place


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
        self._swapper = app.making.swapper(self._keeper.sending)
        self._creator = self._swapper.creator

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
        sheet = Confirm("The swap did not come to its end", (words,), verb="try again", danger=True)
        return await self._app.push_screen_wait(sheet)

    async def _tell_of_runs(self, job: Job, fired: tuple[Run, ...]) -> None:
        """Globus started what was to stand still: say so at once, and offer to cancel its task."""
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
    sender = ByKey(app, draft.with_alarm(app.store.alarm_level(old.job.job_id)))
    sheet = Confirm(heading, sentences, verb="replace it" if leaves_out is None else "skip it")
    sheet.ask(lambda _: app.run_worker(_replace(app, sender, old, leaves_out), group="create"))


async def _replace(app: Console, sender: ByKey, old: JobReading, leaves_out: datetime | None) -> None:
    await Replace(app, sender, old, leaves_out).run()
    if sender.keeper.attempt is None:  # its end is known; nothing is left to go on with
        sender.keeper.discard()

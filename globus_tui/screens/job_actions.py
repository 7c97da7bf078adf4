"""What can be done to timers, on every screen that shows some: always to those captured at the key press."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.commands import NEW_JOB
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.timer.health import Word, task_in_progress
from globus_tui.domain.timer.job import FlowStart, JobId, JobStatus
from globus_tui.domain.timer.timer_groups import check_name, joined_name, split_name, timer_groups
from globus_tui.present import moments
from globus_tui.present.marks import left_out_words
from globus_tui.present.operation_words import catch_up_words, same_as
from globus_tui.present.replaced_words import resume_warning
from globus_tui.present.sizes import counted
from globus_tui.screens.base import TimerScreen
from globus_tui.store.operations import CancelTask, Delete, Done, Operation, Pause, Rename, Resume, resume_preview
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from globus_tui.commands import Command
    from globus_tui.store.job_state import Glance, JobState
    from globus_tui.store.operations import Outcome

Reason = tuple[str, str]
"""Why a timer is left out of an action on several: for one, and for more of them."""

ENDED: Reason = ("has ended", "have ended")
DELETING: Reason = ("is being deleted", "are being deleted")
PAUSED: Reason = ("is paused already", "are paused already")
BEFORE: Reason = ("was paused before that", "were paused before that")
RUNS: Reason = ("is not paused", "are not paused")
SIGN_IN: Reason = ("needs a sign-in first", "need a sign-in first")
IDLE: Reason = ("has no run in progress", "have no run in progress")
ODD: Reason = ("cannot be understood", "cannot be understood")
BUSY: Reason = ("is busy already", "are busy already")


def running_task(state: JobState | Glance) -> str | None:
    """The id of the task of the run in progress, or None."""
    return task_in_progress(state.job, state.health)


def wants_fix(state: JobState | Glance) -> bool:
    """Globus wants a sign-in or a consent before this timer goes on."""
    return state.health.word is Word.SIGN_IN or state.health.gare is not None


def why_not(command_id: str, states: Sequence[JobState], freshness: FreshnessState) -> str | None:
    """Why a command cannot act on these timers now, in words; None when it can."""
    if not states:
        return "There is no timer under the cursor."
    if command_id in _SINGLE and len(states) > 1:
        return "One timer at a time: clear the marks with \\, or show a group's timers one by one with z."
    if command_id in _READING:
        return None
    if freshness is FreshnessState.SIGNED_OUT:
        return "You are signed out: press S to sign in first."
    if freshness is FreshnessState.CACHED:
        return "These are the timers of the last session: wait for Globus to answer."
    if able := able_ones(states, command_id):
        rules = _RULES.get(command_id, ())
        return next((words for can, words in rules if not any(map(can, able))), None)
    pending = next((state.pending for state in states if state.pending), None)
    if pending is None:
        return "Its document cannot be understood, so nothing is done to it; y shows what Globus sent."
    return f"It is {pending.doing.value} already; wait until that is through."


def able_ones(states: Sequence[JobState], command_id: str) -> tuple[JobState, ...]:
    """Leaves out timers that cannot be understood, so that they do not hold up the others marked.

    What only looks at a timer needs not wait for a change of it.
    """
    if command_id in _READING:
        return tuple(states)
    looks = command_id in _LOOKING
    return tuple(state for state in states if not state.job.unreadable and (looks or state.pending is None))


def _is_not_over(state: JobState | Glance) -> bool:
    return state.job.status not in (JobStatus.ENDED, JobStatus.DELETING)


def _can_be_copied(state: JobState | Glance) -> bool:
    return state.job.transfer is not None or isinstance(state.job.payload, FlowStart)


_SINGLE = frozenset(f"job.{verb}" for verb in ("json", "link", "log", "clone", "edit", "run-now"))
"""Commands for one timer."""

_READING = frozenset({"job.json", "job.copy", "job.note", "job.known", "job.limit"})
"""Commands that do nothing to a timer, so that they hold for one that cannot be understood, too."""

_LOOKING = frozenset({"job.log", "job.link"})
"""Commands that need to understand a timer, and do nothing to it."""

_COPY = (_can_be_copied, "It calls another action provider, which this program cannot fill in.")
_RULES: dict[str, tuple[tuple[Callable[[JobState | Glance], object], str], ...]] = {
    "job.pause-resume": ((_is_not_over, "It has ended: there is nothing to pause or resume."),),
    "job.cancel-task": ((running_task, "No run is in progress, so there is no task to cancel."),),
    "job.clone": (_COPY,),
    "job.edit": (
        _COPY,
        (_is_not_over, "It has ended: there is nothing to take the place of. C makes another one like it."),
    ),
    "job.run-now": (_COPY,),
    "job.delete": ((lambda state: state.job.status is not JobStatus.DELETING, "It is being deleted already."),),
    "job.fix": ((wants_fix, "Globus asks for no sign-in or consent here; s resumes a timer that you paused."),),
}
"""What at least one of the timers must be for a command to act, and what is said when none is."""


def kind_of(state: JobState | Glance, pending: object) -> tuple[object, ...]:
    """What `why_not` can tell a timer by: of many of one kind, two answer for all."""
    fulfilled = frozenset(can for rules in _RULES.values() for can, _ in rules if can(state))
    return fulfilled, state.job.unreadable, state.job.status, pending is None


class Chosen(NamedTuple):
    """What an action is for.

    Attributes:
        states: the timers that it applies to.
        words: how many are left out, and why; empty for the timer at hand.
        over: the ids of all that were meant: when it has ended, their marks have done their work.
    """

    states: list[JobState]
    words: str
    over: frozenset[JobId]

    @property
    def called(self) -> str:
        return counted(len(self.states), "timer")


class JobActions(TimerScreen):
    """The actions. The screen says which timers are meant: `target_ids` is asked once, at the key press."""

    @abstractmethod
    def target_ids(self) -> Sequence[JobId]:
        """The timers meant now: the marked ones, else the one under the cursor or on the screen."""

    def targets(self) -> tuple[JobState, ...]:
        """The same, each made whole: of thousands that takes a second."""
        return tuple(self.states[job_id] for job_id in self.target_ids())

    def telling_targets(self) -> Sequence[JobState]:
        """Those of them that say for all which keys can act."""
        return self.targets()

    def hidden_targets(self) -> frozenset[JobId]:
        """The marked timers that a filter hides now."""
        return frozenset()

    def action_over(self, job_ids: frozenset[JobId], failed: frozenset[JobId]) -> None:
        """Called when an action on these timers has ended; it failed for some of them."""

    def words_of(self, command: Command) -> str:
        """Pause or resume, whichever the key would do now."""
        if command.command_id != "job.pause-resume" or not self.is_mounted:
            return super().words_of(command)
        able = able_ones(self.telling_targets(), command.command_id)
        statuses = {state.job.status for state in able} - {JobStatus.ENDED, JobStatus.DELETING}
        return "Resume" if statuses == {JobStatus.INACTIVE} else "Pause"

    def unable(self) -> frozenset[str]:
        """Ids of the commands shown that cannot act on these timers now."""
        commands = (command for command in self.COMMANDS_SHOWN if command not in NEW_JOB)
        ids = (command.command_id for command in commands if command.command_id.startswith("job."))
        states, freshness = self.telling_targets(), self.app.freshness.state
        return frozenset(key for key in ids if why_not(key, states, freshness))

    def _able(self, command_id: str, targets: Sequence[JobState] | None = None) -> tuple[JobState, ...]:
        """The targets to which something can be done, or nothing after saying why the command cannot act."""
        states = self.targets() if targets is None else targets
        reason = why_not(command_id, states, self.app.freshness.state)
        if reason is not None:
            self.app.say(reason, "warning", about="cursor")
            return ()
        return able_ones(states, command_id)

    def _choose(self, command_id: str, why: Callable[[JobState], Reason | None] = lambda _: None) -> Chosen | None:
        targets = self.targets()
        able = self._able(command_id, targets)
        return self._sorted_out(targets, able, why) if able else None

    def _sorted_out(
        self, targets: Sequence[JobState], able: Sequence[JobState], why: Callable[[JobState], Reason | None]
    ) -> Chosen | None:
        """The timers that an action applies to; None, after saying so, where it applies to none.

        One that was replaced is left out where there are others: what is in its place is meant.
        """
        over, can = frozenset(state.job_id for state in targets), {state.job_id for state in able}
        reasons: list[Reason] = [ODD if state.job.unreadable else BUSY for state in targets if state.job_id not in can]
        taken = []
        for state in able:
            reason = why(state)
            if reason is None and state.replacement is not None and len(targets) > 1:
                key = self.key_of("jobs.replaced")
                reason = (f"was replaced ({key} lists it)", f"were replaced ({key} lists them)")
            if reason is None:
                taken.append(state)
            else:
                reasons.append(reason)
        words = left_out_words(len(taken), reasons, several="marked" if self.marking else "timers")
        if not taken:
            self.app.say(f"Nothing to do: {words}.", "warning", about="cursor")
            return None
        told = len(targets) > 1 or self.marked_elsewhere
        return Chosen(taken, f"{words[0].upper()}{words[1:]}." if told else "", over)

    @property
    def marking(self) -> bool:
        """The targets are what was marked."""
        return False

    @property
    def marked_elsewhere(self) -> bool:
        """The targets are marked, and the cursor is on none of them: who presses a key may mean what is under it."""
        return False

    def _listed(self, states: Sequence[JobState]) -> tuple[str, ...]:
        """Lines for all of them, those first that a filter hides now."""
        hidden = self.hidden_targets()
        ordered = sorted(states, key=lambda state: state.job_id not in hidden)
        return tuple(f"· {state.job.label}{' (hidden now)' if state.job_id in hidden else ''}" for state in ordered)

    def _said(self, chosen: Chosen, *sentences: str) -> list[str]:
        """How many are left out and how many are out of sight, where that is to be said, before other sentences."""
        out_of_sight = self.hidden_targets()
        hidden = sum(state.job_id in out_of_sight for state in chosen.states)
        words = f"{hidden} of them {'is' if hidden == 1 else 'are'} hidden by the filter now." if hidden else ""
        return [*filter(None, (chosen.words, words)), *sentences]

    def action_job_pause_resume(self) -> None:
        """Pause what runs, resume what is paused; with several marked, one direction for all: pause, if any runs."""
        targets = self.targets()
        states = self._able("job.pause-resume", targets)
        to_pause = {state.job_id for state in states if _switch_reason(state) is None and not state.job.stands_still}
        if self._paused_together(states) and to_pause <= self.app.paused_among:
            self._resume(targets, states)  # what of them does not stand still was not paused, though it was asked for
        elif to_pause:
            self._pause(targets, states)
        elif states:
            self._resume(targets, states)

    def _paused_together(self, states: Sequence[JobState]) -> frozenset[JobId]:
        """The timers that the last pause of several paused; empty when none of them is paused any more."""
        together = [state for state in states if state.job_id in self.app.paused_together]
        still = any(state.job.stands_still for state in together)
        return frozenset(state.job_id for state in together if still and state.job.status is not JobStatus.ACTIVE)

    def _pause(self, targets: Sequence[JobState], states: Sequence[JobState]) -> None:
        def why(state: JobState) -> Reason | None:
            return _switch_reason(state) or (PAUSED if state.job.stands_still else None)

        if (chosen := self._sorted_out(targets, states, why)) is None:
            return
        operations = [Pause(state.job_id) for state in chosen.states]
        if not chosen.words:
            self._operate(operations)
            return
        sentences = self._said(chosen, "Runs in progress go on; nothing new starts until you resume.")
        self._ask(f"Pause {chosen.called}?", sentences, f"pause {len(operations)}", operations, chosen)

    def _resume(self, targets: Sequence[JobState], states: Sequence[JobState]) -> None:
        """Ask first when a run would start at once; a timer that lost its consent is repaired instead.

        Of several, those that were paused together are resumed together: what was paused before that stays so.
        """
        together = self._paused_together(states)
        broken = [state for state in states if state.health.word is Word.SIGN_IN]
        if broken and not together:
            self.app.sign_in.start_fix([state.job_id for state in broken])
            if len(broken) == len(states):
                return

        def why(state: JobState) -> Reason | None:
            if state in broken:
                return SIGN_IN
            before = together and state.job_id not in together and state.replacement is None
            return _switch_reason(state) or ((BEFORE if state.job.stands_still else RUNS) if before else None)

        if (chosen := self._sorted_out(targets, states, why)) is None:
            return
        operations: list[Operation] = [Resume(state.job_id) for state in chosen.states]
        starting = {state.job_id: words for state in chosen.states if (words := self._catch_up_words(state))}
        replaced = ((state.job.label, state.replacement) for state in chosen.states if state.replacement is not None)
        sentences = [*starting.values(), *(resume_warning(*pair) for pair in replaced)]
        if not sentences and not chosen.words:
            self._operate(operations)
        elif not chosen.words:
            self._ask(f"Resume {chosen.states[0].job.label}?", sentences, "resume", operations, chosen, ())
        else:
            quiet = [state for state in chosen.states if state.job_id not in starting]
            rest = (
                f"{'The other ' if sentences else ''}{len(quiet)} start nothing now; they go on with their next tick."
            )
            lines = self._said(chosen, *([rest] if quiet else []))
            listed = (*(f"· {line}" for line in sentences), *self._listed(quiet))
            self._ask(f"Resume {chosen.called}?", lines, "resume", operations, chosen, listed)

    def _catch_up_words(self, state: JobState) -> str | None:
        preview, view = resume_preview(state.job, state.history, self.app.store.now()), self.app.view
        following = moments.date_time(preview.next_run, view.now, view.zone) if preview.next_run else "no more"
        if preview.catch_up:
            missed = f"{preview.missed} runs were" if preview.missed != 1 else "a run was"
            return f"{state.job.label}: {missed} missed, so ONE run starts AT ONCE, then {following}."
        words = catch_up_words(preview)
        return f"{state.job.label}: {words}; then {following}." if words else None

    def action_job_rename(self) -> None:
        """Ask for the new name; of a group for what its timers' names share, of several timers for a pattern."""
        if (chosen := self._choose("job.rename")) is None:
            return
        states, called = chosen.states, {state.job_id: state.job.label for state in chosen.states}
        seen = map(self.app.states.glance, self.app.states.rows.values())
        groups = timer_groups(each.job for each in seen if each.replacement is None) if len(states) > 1 else ()
        group = next((group for group in groups if set(group.job_ids) == called.keys()), None)
        if group is not None:
            new = dict(zip(group.job_ids, group.suffixes, strict=True))
            note = f"The names of its {len(new)} timers: {', '.join(group.suffixes)} stays behind each."
            self._ask_name(group.name, group.name, note, new, called)
        elif len(states) == 1:
            job = states[0].job
            note = "The name is all that Globus can change of a timer."
            self._ask_name(job.label, job.name or "", note, {job.job_id: ""}, called)
        else:
            from globus_tui.screens.confirm import RenameMany

            before = {state.job_id: state.job.name or "" for state in states}
            RenameMany(before, chosen.words).ask(lambda names: self._rename(names, called))

    def _ask_name(
        self, label: str, before: str, note: str, suffixes: Mapping[JobId, str], called: Mapping[JobId, str]
    ) -> None:
        from globus_tui.screens.confirm import Ask

        def take(name: str) -> None:
            if name != before:
                self._rename({job_id: joined_name(name, suffix) for job_id, suffix in suffixes.items()}, called)

        Ask(f"Rename {label}", (note,), value=before, check=check_name).ask(take)

    def _rename(self, names: Mapping[JobId, str], called: Mapping[JobId, str]) -> None:
        if names:
            self._operate([Rename(job_id, name, called[job_id]) for job_id, name in names.items()])

    def action_job_delete(self) -> None:
        """Ask for the name of what is to be deleted, or for the number of several."""
        from globus_tui.screens.confirm import ConfirmTyped

        chosen = self._choose("job.delete", lambda state: DELETING if state.job.status is JobStatus.DELETING else None)
        if chosen is None:
            return
        operations = [Delete(state.job_id, state.job.label) for state in chosen.states]
        job = chosen.states[0].job
        warning = "This cannot be undone at Globus. It is paused first; a run in progress goes on."
        sentences = self._said(chosen, warning, same_as(operations))
        if len(operations) == 1 and not chosen.words:
            accepted = [*([job.name.strip()] if job.name is not None else []), job.job_id[:8]]
            sheet = ConfirmTyped(f"Delete {job.label} for good?", sentences, accepted=accepted, verb="delete it")
        else:
            accepted, listed = [f"delete {len(operations)}"], self._listed(chosen.states)
            heading = f"Delete {chosen.called} for good?"
            sheet = ConfirmTyped(heading, sentences, accepted=accepted, verb="delete them", listed=listed)
        sheet.ask(lambda _: self._operate(operations, chosen.over))

    def action_job_cancel_task(self) -> None:
        chosen = self._choose("job.cancel-task", lambda state: None if running_task(state) else IDLE)
        if chosen is not None:
            tasks = ((running_task(state), state.job_id) for state in chosen.states)
            operations = [CancelTask(task_id, job_id) for task_id, job_id in tasks if task_id]
            sentences = self._said(chosen, "What was copied so far stays; the timer itself goes on.")
            heading = "Cancel the transfer task of the run in progress?"
            self._ask(heading, sentences, "cancel the task", operations, chosen)

    def action_job_fix(self) -> None:
        if states := self._able("job.fix"):
            self.app.sign_in.start_fix([state.job_id for state in states if wants_fix(state)])

    def action_jobs_fix_all(self) -> None:
        """Sign in once for every timer that lost a consent, by cause; any may be left out."""
        if self.app.freshness.state is FreshnessState.SIGNED_OUT:
            self.app.say("You are signed out: press S to sign in first.", "warning")
        else:
            self.app.sign_in.start_fix(None)

    def action_job_clone(self) -> None:
        if states := self._able("job.clone"):
            from globus_tui.screens.create.opening import open_clone

            open_clone(self.app, states[0])

    def action_job_edit(self) -> None:
        """Say what editing means, then open the wizard on what takes its place."""
        if states := self._able("job.edit"):
            from globus_tui.screens.create.opening import open_edit

            open_edit(self.app, states[0])

    def action_job_skip(self) -> None:
        """Leave the next run out; of a group that of whichever of its timers is next."""
        states = self._able("job.skip")
        if len({split_name(state.job.label)[0] for state in states}) > 1 or (len(states) > 1 and self.marking):
            self.app.say("One timer at a time here; globus-tui skip does several.", "warning", about="cursor")
        elif states:
            coming = [(state.job.next_run, state.job_id, state) for state in states if state.job.next_run is not None]
            self.app.skip(min(coming)[2] if coming else states[0])

    def action_job_run_now(self) -> None:
        if not (states := self._able("job.run-now")):
            return
        from globus_tui.screens.create.run_now import RunNow

        sheet = RunNow(states[0], running=running_task(states[0]) is not None)
        sheet.ask(lambda way: self.app.start_now(states[0], *way))

    def action_job_json(self) -> None:
        if states := self._able("job.json"):
            from globus_tui.screens.raw_json import RawJsonScreen

            self.app.open_screen(RawJsonScreen(states[0].job_id))

    def action_job_log(self) -> None:
        if not (states := self._able("job.log")):
            return
        if (run := states[0].run_to_show) is None:
            known = "of it has made a task yet" if states[0].job.n_runs == 0 else "that Globus lists has made a task"
            self.app.say(f"No run {known}, so there is no log.", "warning", about="cursor")
            return
        from globus_tui.screens.run_detail import RunDetailScreen

        self.app.open_screen(RunDetailScreen(states[0].job_id, run.key))

    def action_job_link(self) -> None:
        if states := self._able("job.link"):
            self.app.copy_text(self.app.web_link(states[0].job_id))

    def action_job_to_file(self) -> None:
        if states := self._able("job.to-file"):
            self.app.run_worker(self.app.fleet.write([state.job for state in states]), group="fleet-write")

    def action_job_note(self) -> None:
        from globus_tui.screens.confirm import ask

        if not (ids := tuple(self.target_ids())):
            return
        orders = self.app.store.orders(ids[0])
        written = " ".join(filter(None, (orders.note, *(f"#{tag}" for tag in orders.tags))))

        def take(typed: str) -> None:
            words = typed.split()
            tags = [word[1:] for word in words if word.startswith("#") and len(word) > 1]
            note = " ".join(word for word in words if not word.startswith("#"))
            writing = self._write_down(ids, {"note": note, "tags": tags}, lambda trouble: question(typed, trouble))
            self.app.attempt(writing, group="ledger")

        def question(value: str, trouble: str = "") -> None:
            ask(f"Note on {self._called(ids)}", (trouble or sentence, value, str), then=take)

        kept = "Kept for all who share the file" if self.app.store.notes else "Kept on this machine"
        sentence = f"{kept}. Words that begin with # are tags: tag: finds them. Empty takes it away."
        question(written if len(ids) == 1 else "")

    def action_job_limit(self) -> None:
        """Ask how old the last good copy may get, then, of a mirror, how many files fewer alarm."""
        from globus_tui.domain.schedule.typed_intervals import parse_interval
        from globus_tui.present.schedule_words import interval_words
        from globus_tui.screens.confirm import ask

        if not (states := self.targets()):
            return
        ids = [state.job_id for state in states]
        orders = self.app.store.orders(ids[0])
        transfers = [state.job.transfer for state in states if state.job.transfer is not None]
        mirrors = any(transfer.delete_destination_extra for transfer in transfers)

        def within(typed: str) -> float | None:
            return parse_interval(typed).total_seconds() if typed else None

        def fewer(typed: str) -> int | None:
            if typed and not (typed.isascii() and typed.isdecimal() and int(typed)):
                raise BadInput("Write a number of files, for example 100; empty: none.")
            return int(typed) if typed else None

        value = interval_words(orders.good_within) if orders.good_within else ""
        questions: list[tuple[str, str, Callable[[str], object]]] = [
            ("How old may the last good copy get? For example 26h: older is OVERDUE. Empty: no limit.", value, within)
        ]
        if mirrors:
            sentence = "How many files fewer at the source of a mirror alarm? Empty: by percentage only."
            questions.append((sentence, str(orders.fewer_files or ""), fewer))

        def take(*ends: object) -> None:
            self._decide(ids, **dict(zip(("good_within", "fewer_files"), ends, strict=False)))

        ask(f"Limits of {self._called(ids)}", *questions, then=take)

    def action_job_known(self) -> None:
        from globus_tui.screens.confirm import ask, read_moment

        rows = [row for row in map(self.states.rows.__getitem__, self.target_ids()) if row.health.word.is_trouble]
        ids = [row.job_id for row in rows]
        if not ids:
            self.app.say("It is in no trouble.", "warning")
            return
        if all(row.health.acknowledged for row in rows):
            self._decide(ids, known=None)
            return
        by_rank: dict[int, list[JobId]] = {}
        for row in rows:
            by_rank.setdefault(row.health.word.rank, []).append(row.job_id)

        async def write(**known: object) -> None:
            for rank, alike in by_rank.items():
                await self.app.store.decide(alike, known={**known, "rank": rank})
            self._say_written(ids)

        def keep(reason: str, end: datetime | None) -> None:
            until = end.isoformat() if end else None
            self.app.attempt(write(reason=reason, by=self.app.store.journal.who, until=until), group="ledger")

        ask(
            f"Known: {self._called(ids)}",
            ("Why is that all right for now? A ticket, say.", "", str),
            ("Until when? For example mon 8am; empty: until it is well again.", "", read_moment(self.app)),
            then=keep,
        )

    def _called(self, ids: Sequence[JobId]) -> str:
        return self.states[ids[0]].job.label if len(ids) == 1 else counted(len(ids), "timer")

    def _decide(self, ids: Sequence[JobId], **changes: object) -> None:
        self.app.attempt(self._write_down(ids, changes), group="ledger")

    async def _write_down(
        self, ids: Sequence[JobId], changes: Mapping[str, object], ask_again: Callable[[str], None] | None = None
    ) -> None:
        """`ask_again` is called with the reason where it cannot be written: what was typed is not lost."""
        try:
            await self.app.store.decide(ids, **changes)
        except GlobusTuiError as wrong:
            if ask_again is None:
                raise
            ask_again(wrong.in_full)
            return
        self._say_written(ids)

    def _say_written(self, ids: Sequence[JobId]) -> None:
        self.app.look()
        self.app.say(f"written down for {len(ids)} timers" if len(ids) > 1 else "written down")

    def action_job_copy(self) -> None:
        if not (states := self.targets()):
            return
        from globus_tui.screens.job_copying import offer_jobs

        offer_jobs(self.app, states)

    def _ask(
        self,
        heading: str,
        sentences: Sequence[str],
        verb: str,
        operations: Sequence[Operation],
        chosen: Chosen,
        listed: Sequence[str] | None = None,
    ) -> None:
        from globus_tui.screens.confirm import Confirm

        listed = self._listed(chosen.states) if listed is None else listed
        sheet = Confirm(heading, (*sentences, same_as(operations)), verb=verb, listed=listed)
        sheet.ask(lambda _: self._operate(operations, chosen.over))

    def _operate(self, operations: Sequence[Operation], over: frozenset[JobId] | None = None) -> None:
        """Carry them out; `over`: the timers for which the action has then ended, those left out included."""

        def then(outcomes: Sequence[Outcome]) -> None:
            pairs = zip(operations, outcomes, strict=True)
            ends = [(operation.job_id, isinstance(outcome, Done)) for operation, outcome in pairs]
            failed = frozenset(job_id for job_id, ok in ends if job_id is not None and not ok)
            done = frozenset(job_id for job_id, ok in ends if job_id is not None and ok)
            if len(operations) > 1 and isinstance(operations[0], Pause):
                self.app.paused_together, self.app.paused_among = done, over or done
            self.action_over((over if over is not None else done) | done, failed)

        self.app.operate(operations, then=then)


def _switch_reason(state: JobState) -> Reason | None:
    """Why a timer can be neither paused nor resumed."""
    return {JobStatus.ENDED: ENDED, JobStatus.DELETING: DELETING}.get(state.job.status)

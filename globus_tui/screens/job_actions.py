"""What can be done to timers, on every screen that shows some: always to those captured at the key press."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from globus_tui.commands import NEW_JOB
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import FlowStart, JobId, JobStatus
from globus_tui.domain.timer.timer_groups import check_name, joined_name, split_name, timer_groups
from globus_tui.present import moments
from globus_tui.present.marks import left_out_words
from globus_tui.present.operation_words import catch_up_words, same_as
from globus_tui.present.replaced_words import resume_warning
from globus_tui.present.sizes import counted
from globus_tui.screens.base import TimerScreen
from globus_tui.store.board import NO_STATES, States
from globus_tui.store.operations import CancelTask, Delete, Done, Operation, Pause, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from globus_tui.commands import Command
    from globus_tui.store.job_state import JobState, Replacement
    from globus_tui.store.operations import Outcome
    from globus_tui.store.rows import Row

T = TypeVar("T")

READ_AT_ONCE = 200
"""Timers whose documents are looked into before the next key is taken: a fifth of a millisecond each."""

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


def wants_fix(row: Row, _: object = None) -> bool:
    """Globus wants a sign-in or a consent before this timer goes on."""
    return row.word is Word.SIGN_IN or row.health.gare is not None


def why_not(command_id: str, rows: Sequence[Row], freshness: FreshnessState, states: States = NO_STATES) -> str | None:
    """Why a command cannot act on these timers now, in words; None when it can."""
    if not rows:
        return "There is no timer under the cursor."
    if command_id in _SINGLE and len(rows) > 1:
        return "One timer at a time: clear the marks with \\, or show a group's timers one by one with z."
    if command_id in _READING:
        return None
    if freshness is FreshnessState.SIGNED_OUT:
        return "You are signed out: press S to sign in first."
    if freshness is FreshnessState.CACHED:
        return "These are the timers of the last session: wait for Globus to answer."
    if able := able_ones(rows, command_id):
        rules = _RULES.get(command_id, ())
        return next((words for can, words in rules if not any(can(row, states) for row in able)), None)
    pending = next((row.pending for row in rows if row.pending), None)
    if pending is None:
        return "Its document cannot be understood, so nothing is done to it; y shows what Globus sent."
    return f"It is {pending.doing.value} already; wait until that is through."


def able_ones(rows: Sequence[Row], command_id: str) -> tuple[Row, ...]:
    """Leaves out timers that cannot be understood, so that they do not hold up the others marked.

    What only looks at a timer needs not wait for a change of it.
    """
    if command_id in _READING:
        return tuple(rows)
    looks = command_id in _LOOKING
    return tuple(row for row in rows if not row.unreadable and (looks or row.pending is None))


def _is_not_over(row: Row, _: States) -> bool:
    return row.status not in (JobStatus.ENDED, JobStatus.DELETING)


def _can_be_copied(row: Row, states: States) -> bool:
    job = states.glance(row).job
    return job.transfer is not None or isinstance(job.payload, FlowStart)


_SINGLE = frozenset(f"job.{verb}" for verb in ("json", "link", "log", "clone", "edit", "run-now"))
"""Commands for one timer."""

_READING = frozenset({"job.json", "job.copy", "job.note", "job.known", "job.limit"})
"""Commands that do nothing to a timer, so that they hold for one that cannot be understood, too."""

_LOOKING = frozenset({"job.log", "job.link"})
"""Commands that need to understand a timer, and do nothing to it."""

_COPY = (_can_be_copied, "It calls another action provider, which this program cannot fill in.")
_RULES: dict[str, tuple[tuple[Callable[[Row, States], object], str], ...]] = {
    "job.pause-resume": ((_is_not_over, "It has ended: there is nothing to pause or resume."),),
    "job.cancel-task": ((lambda row, _: row.task, "No run is in progress, so there is no task to cancel."),),
    "job.clone": (_COPY,),
    "job.edit": (
        _COPY,
        (_is_not_over, "It has ended: there is nothing to take the place of. C makes another one like it."),
    ),
    "job.run-now": (_COPY,),
    "job.delete": ((lambda row, _: row.status is not JobStatus.DELETING, "It is being deleted already."),),
    "job.fix": ((wants_fix, "Globus asks for no sign-in or consent here; s resumes a timer that you paused."),),
}
"""What at least one of the timers must be for a command to act, and what is said when none is. Of many, rows are asked:
only what is for one timer may look into its document."""


def _kind_of(row: Row) -> tuple[object, ...]:
    """What `why_not` can tell one of many timers by."""
    return row.status, row.unreadable, row.pending is None, row.task is None, wants_fix(row)


class Chosen(NamedTuple):
    """What an action is for.

    Attributes:
        rows: of the timers that it applies to.
        words: how many are left out, and why; empty for the timer at hand.
        over: the ids of all that were meant: when it has ended, their marks have done their work.
    """

    rows: list[Row]
    words: str
    over: frozenset[JobId]

    @property
    def called(self) -> str:
        return counted(len(self.rows), "timer")


class JobActions(TimerScreen):
    """The actions. The screen says which timers are meant: `target_ids` is asked once, at the key press."""

    _told_for: tuple[tuple[Row, ...], list[Row]] = (), []

    @abstractmethod
    def target_ids(self) -> Sequence[JobId]:
        """The timers meant now: the marked ones, else the one under the cursor or on the screen."""

    def targets(self) -> tuple[Row, ...]:
        return tuple(map(self.states.rows.__getitem__, self.target_ids()))

    def _telling_targets(self) -> list[Row]:
        """Those of them that say for all which keys can act: of each kind two, as there are keys for a single one."""
        rows = self.targets()
        if rows != self._told_for[0]:  # for an arrow key with thousands marked they are the same
            found: dict[tuple[object, ...], list[Row]] = {}
            for row in rows:
                found.setdefault(_kind_of(row), []).append(row)
            self._told_for = rows, [row for alike in found.values() for row in alike[:2]]
        return self._told_for[1]

    def hidden_targets(self) -> frozenset[JobId]:
        """The marked timers that a filter hides now."""
        return frozenset()

    def action_over(self, job_ids: frozenset[JobId], failed: frozenset[JobId]) -> None:
        """Called when an action on these timers has ended; it failed for some of them."""

    def words_of(self, command: Command) -> str:
        """Pause or resume, whichever the key would do now."""
        if command.command_id != "job.pause-resume" or not self.is_mounted:
            return super().words_of(command)
        able = able_ones(self._telling_targets(), command.command_id)
        statuses = {row.status for row in able} - {JobStatus.ENDED, JobStatus.DELETING}
        return "Resume" if statuses == {JobStatus.INACTIVE} else "Pause"

    def unable(self) -> frozenset[str]:
        """Ids of the commands shown that cannot act on these timers now."""
        commands = (command for command in self.COMMANDS_SHOWN if command not in NEW_JOB)
        ids = (command.command_id for command in commands if command.command_id.startswith("job."))
        rows, states, freshness = self._telling_targets(), self.states, self.app.freshness.state
        return frozenset(key for key in ids if why_not(key, rows, freshness, states))

    def _able(self, command_id: str, targets: Sequence[Row] | None = None) -> tuple[Row, ...]:
        """The targets to which something can be done, or nothing after saying why the command cannot act."""
        rows = self.targets() if targets is None else targets
        reason = why_not(command_id, rows, self.app.freshness.state, self.states)
        if reason is not None:
            self.app.say(reason, "warning", about="cursor")
            return ()
        return able_ones(rows, command_id)

    def _able_one(self, command_id: str) -> JobState | None:
        """The same for a command that is for one timer."""
        rows = self._able(command_id)
        return self.states.make(rows[0]) if rows else None

    def _choose(self, command_id: str, why: Callable[[Row], Reason | None] = lambda _: None) -> Chosen | None:
        targets = self.targets()
        able = self._able(command_id, targets)
        return self._sorted_out(targets, able, why) if able else None

    def _sorted_out(
        self, targets: Sequence[Row], able: Sequence[Row], why: Callable[[Row], Reason | None]
    ) -> Chosen | None:
        """The timers that an action applies to; None, after saying so, where it applies to none.

        One that was replaced is left out where there are others: what is in its place is meant.
        """
        over, can = frozenset(row.job_id for row in targets), {row.job_id for row in able}
        reasons: list[Reason] = [ODD if row.unreadable else BUSY for row in targets if row.job_id not in can]
        taken, replaced, key = [], self._replacements(able), self.key_of("jobs.replaced")
        for row in able:
            reason = why(row)
            if reason is None and len(targets) > 1 and row.job_id in replaced:
                reason = (f"was replaced ({key} lists it)", f"were replaced ({key} lists them)")
            if reason is None:
                taken.append(row)
            else:
                reasons.append(reason)
        words = left_out_words(len(taken), reasons, several="marked" if self.marking else "timers")
        if not taken:
            self.app.say(f"Nothing to do: {words}.", "warning", about="cursor")
            return None
        told = len(targets) > 1 or self.marked_elsewhere
        return Chosen(taken, f"{words[0].upper()}{words[1:]}." if told else "", over)

    def _replacements(self, rows: Iterable[Row]) -> dict[JobId, Replacement]:
        """What took the place of some of these."""
        replaced, glance = self.app.store.replacements, self.states.glance
        seen = ((row.job_id, glance(row).replacement) for row in rows if row.job_id in replaced)
        return {job_id: new for job_id, new in seen if new is not None}

    @property
    def marking(self) -> bool:
        """The targets are what was marked."""
        return False

    @property
    def marked_elsewhere(self) -> bool:
        """The targets are marked, and the cursor is on none of them: who presses a key may mean what is under it."""
        return False

    def _listed(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Lines for all of them, those first that a filter hides now."""
        hidden = self.hidden_targets()
        ordered = sorted(rows, key=lambda row: row.job_id not in hidden)
        return tuple(f"· {row.label}{' (hidden now)' if row.job_id in hidden else ''}" for row in ordered)

    def _said(self, chosen: Chosen, *sentences: str) -> list[str]:
        """How many are left out and how many are out of sight, where that is to be said, before other sentences."""
        out_of_sight = self.hidden_targets()
        hidden = sum(row.job_id in out_of_sight for row in chosen.rows)
        words = f"{hidden} of them {'is' if hidden == 1 else 'are'} hidden by the filter now." if hidden else ""
        return [*filter(None, (chosen.words, words)), *sentences]

    def _read_each(
        self, rows: Sequence[Row], read: Callable[[Row], T], then: Callable[[dict[JobId, T]], object]
    ) -> None:
        """Reads something of each timer's document, then goes on: at once for few, beside the keys for thousands.

        Who marks other timers meanwhile, or opens another page, has gone on to something else.
        """
        ids = tuple(self.target_ids())

        def read_all() -> dict[JobId, T]:
            found = {}
            for row in rows:
                with suppress(KeyError):  # it is gone
                    found[row.job_id] = read(row)
            return found

        async def read_beside_the_keys() -> None:
            found = await asyncio.to_thread(read_all)
            self.app.unsay("reading")
            if self.app.screen is self and tuple(self.target_ids()) == ids:
                then(found)

        if len(rows) <= READ_AT_ONCE:
            then(read_all())
        else:
            self.app.say(f"reading {counted(len(rows), 'timer')} …", about="reading")
            self.run_worker(read_beside_the_keys(), group="targets", exclusive=True)

    def action_job_pause_resume(self) -> None:
        """Pause what runs, resume what is paused; with several marked, one direction for all: pause, if any runs."""
        targets = self.targets()
        rows = self._able("job.pause-resume", targets)
        to_pause = {row.job_id for row in rows if _switch_reason(row) is None and not row.stands_still}
        if self._paused_together(rows) and to_pause <= self.app.paused_among:
            self._resume(targets, rows)  # what of them does not stand still was not paused, though it was asked for
        elif to_pause:
            self._pause(targets, rows)
        elif rows:
            self._resume(targets, rows)

    def _paused_together(self, rows: Sequence[Row]) -> frozenset[JobId]:
        """The timers that the last pause of several paused; empty when none of them is paused any more."""
        paused = self.app.paused_together
        together = [row for row in rows if row.job_id in paused]
        still = any(row.stands_still for row in together)
        return frozenset(row.job_id for row in together if still and not row.active)

    def _pause(self, targets: Sequence[Row], rows: Sequence[Row]) -> None:
        def why(row: Row) -> Reason | None:
            return _switch_reason(row) or (PAUSED if row.stands_still else None)

        if (chosen := self._sorted_out(targets, rows, why)) is None:
            return
        operations = [Pause(row.job_id) for row in chosen.rows]
        if not chosen.words:
            self._operate(operations)
            return
        sentences = self._said(chosen, "Runs in progress go on; nothing new starts until you resume.")
        self._ask(f"Pause {chosen.called}?", sentences, f"pause {len(operations)}", operations, chosen)

    def _resume(self, targets: Sequence[Row], rows: Sequence[Row]) -> None:
        """Ask first when a run would start at once; a timer that lost its consent is repaired instead.

        Of several, those that were paused together are resumed together: what was paused before that stays so.
        """
        together, replaced = self._paused_together(rows), self._replacements(rows)
        broken = {row.job_id: None for row in rows if row.word is Word.SIGN_IN}
        if broken and not together:
            self.app.sign_in.start_fix([*broken])
            if len(broken) == len(rows):
                return

        def why(row: Row) -> Reason | None:
            if row.job_id in broken:
                return SIGN_IN
            before = together and row.job_id not in together and row.job_id not in replaced
            return _switch_reason(row) or ((BEFORE if row.stands_still else RUNS) if before else None)

        if (chosen := self._sorted_out(targets, rows, why)) is not None:
            self._read_each(chosen.rows, self._catch_up_words, lambda words: self._ask_to_resume(chosen, words))

    def _ask_to_resume(self, chosen: Chosen, words: Mapping[JobId, str | None]) -> None:
        operations: list[Operation] = [Resume(row.job_id) for row in chosen.rows]
        quiet = [row for row in chosen.rows if not words.get(row.job_id)]
        replaced, labels = self._replacements(chosen.rows), {row.job_id: row.label for row in chosen.rows}
        warnings = (resume_warning(labels[job_id], new) for job_id, new in replaced.items())
        sentences = [*filter(None, words.values()), *warnings]
        if not sentences and not chosen.words:
            self._operate(operations)
        elif not chosen.words:
            self._ask(f"Resume {chosen.rows[0].label}?", sentences, "resume", operations, chosen, ())
        else:
            rest = (
                f"{'The other ' if sentences else ''}{len(quiet)} start nothing now; they go on with their next tick."
            )
            lines = self._said(chosen, *([rest] if quiet else []))
            listed = (*(f"· {line}" for line in sentences), *self._listed(quiet))
            self._ask(f"Resume {chosen.called}?", lines, "resume", operations, chosen, listed)

    def _catch_up_words(self, row: Row) -> str | None:
        preview, view = self.app.store.resume_preview(row.job_id), self.app.view
        following = moments.date_time(preview.next_run, view.now, view.zone) if preview.next_run else "no more"
        if preview.catch_up:
            missed = f"{preview.missed} runs were" if preview.missed != 1 else "a run was"
            return f"{row.label}: {missed} missed, so ONE run starts AT ONCE, then {following}."
        words = catch_up_words(preview)
        return f"{row.label}: {words}; then {following}." if words else None

    def action_job_rename(self) -> None:
        """Ask for the new name; of a group for what its timers' names share, of several timers for a pattern."""
        if (chosen := self._choose("job.rename")) is None:
            return
        rows, called = chosen.rows, {row.job_id: row.label for row in chosen.rows}
        name, suffix = split_name(rows[0].label)
        alike = (row for row in self.states.rows.values() if suffix and split_name(row.label)[0] == name)
        seen = map(self.states.glance, alike)
        groups = timer_groups(each.job for each in seen if each.replacement is None) if len(rows) > 1 else ()
        group = next((group for group in groups if set(group.job_ids) == called.keys()), None)
        if group is not None:
            new = dict(zip(group.job_ids, group.suffixes, strict=True))
            note = f"The names of its {len(new)} timers: {', '.join(group.suffixes)} stays behind each."
            self._ask_name(group.name, group.name, note, new, called)
        elif len(rows) == 1:
            job = self.states.glance(rows[0]).job
            note = "The name is all that Globus can change of a timer."
            self._ask_name(job.label, job.name or "", note, {job.job_id: ""}, called)
        else:
            from globus_tui.screens.confirm import RenameMany

            nameless = {row.job_id: "" for row in rows if row.label[0] == "(" and not self.states.glance(row).job.name}
            before = {row.job_id: row.label for row in rows} | nameless
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

        chosen = self._choose("job.delete", lambda row: DELETING if row.status is JobStatus.DELETING else None)
        if chosen is None:
            return
        operations = [Delete(row.job_id, row.label) for row in chosen.rows]
        warning = "This cannot be undone at Globus. It is paused first; a run in progress goes on."
        sentences = self._said(chosen, warning, same_as(operations))
        if len(operations) == 1 and not chosen.words:
            job = self.states.glance(chosen.rows[0]).job
            accepted = [*([job.name.strip()] if job.name is not None else []), job.job_id[:8]]
            sheet = ConfirmTyped(f"Delete {job.label} for good?", sentences, accepted=accepted, verb="delete it")
        else:
            accepted, listed = [f"delete {len(operations)}"], self._listed(chosen.rows)
            heading = f"Delete {chosen.called} for good?"
            sheet = ConfirmTyped(heading, sentences, accepted=accepted, verb="delete them", listed=listed)
        sheet.ask(lambda _: self._operate(operations, chosen.over))

    def action_job_cancel_task(self) -> None:
        chosen = self._choose("job.cancel-task", lambda row: None if row.task else IDLE)
        if chosen is not None:
            operations = [CancelTask(row.task, row.job_id) for row in chosen.rows if row.task]
            sentences = self._said(chosen, "What was copied so far stays; the timer itself goes on.")
            heading = "Cancel the transfer task of the run in progress?"
            self._ask(heading, sentences, "cancel the task", operations, chosen)

    def action_job_fix(self) -> None:
        if rows := self._able("job.fix"):
            self.app.sign_in.start_fix([row.job_id for row in rows if wants_fix(row)])

    def action_jobs_fix_all(self) -> None:
        """Sign in once for every timer that lost a consent, by cause; any may be left out."""
        if self.app.freshness.state is FreshnessState.SIGNED_OUT:
            self.app.say("You are signed out: press S to sign in first.", "warning")
        else:
            self.app.sign_in.start_fix(None)

    def action_job_clone(self) -> None:
        if state := self._able_one("job.clone"):
            from globus_tui.screens.create.opening import open_clone

            open_clone(self.app, state)

    def action_job_edit(self) -> None:
        """Say what editing means, then open the wizard on what takes its place."""
        if state := self._able_one("job.edit"):
            from globus_tui.screens.create.opening import open_edit

            open_edit(self.app, state)

    def action_job_skip(self) -> None:
        """Leave the next run out; of a group that of whichever of its timers is next."""
        rows = self._able("job.skip")
        if len({split_name(row.label)[0] for row in rows}) > 1 or (len(rows) > 1 and self.marking):
            self.app.say("One timer at a time here; globus-tui skip does several.", "warning", about="cursor")
        elif rows:
            coming = min(rows, key=lambda row: (row.undated, row.next_run, row.job_id))
            self.app.skip(self.states.make(coming if not coming.undated else rows[0]))

    def action_job_run_now(self) -> None:
        if (state := self._able_one("job.run-now")) is None:
            return
        from globus_tui.screens.create.run_now import RunNow

        sheet = RunNow(state, running=self.states.rows[state.job_id].task is not None)
        sheet.ask(lambda way: self.app.start_now(state, *way))

    def action_job_json(self) -> None:
        if state := self._able_one("job.json"):
            from globus_tui.screens.raw_json import RawJsonScreen

            self.app.open_screen(RawJsonScreen(state.job_id))

    def action_job_log(self) -> None:
        if (state := self._able_one("job.log")) is None:
            return
        if (run := state.run_to_show) is None:
            known = "of it has made a task yet" if state.job.n_runs == 0 else "that Globus lists has made a task"
            self.app.say(f"No run {known}, so there is no log.", "warning", about="cursor")
            return
        from globus_tui.screens.run_detail import RunDetailScreen

        self.app.open_screen(RunDetailScreen(state.job_id, run.key))

    def action_job_link(self) -> None:
        if state := self._able_one("job.link"):
            self.app.copy_text(self.app.web_link(state.job_id))

    def action_job_to_file(self) -> None:
        if rows := self._able("job.to-file"):
            self.app.run_worker(self._write_to_file(rows), group="fleet-write")

    async def _write_to_file(self, rows: Sequence[Row]) -> None:
        await self.app.fleet.write([state.job for state in (await self.whole(rows)).values()])

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

        if not (rows := self.targets()):
            return
        ids = [row.job_id for row in rows]
        orders = self.app.store.orders(ids[0])

        def within(typed: str) -> float | None:
            return parse_interval(typed).total_seconds() if typed else None

        def fewer(typed: str) -> int | None:
            if typed and not (typed.isascii() and typed.isdecimal() and int(typed)):
                raise BadInput("Write a number of files, for example 100; empty: none.")
            return int(typed) if typed else None

        value = interval_words(orders.good_within) if orders.good_within else ""
        sentence = "How old may the last good copy get? For example 26h: older is OVERDUE. Empty: no limit."
        mirrors = "How many files fewer at the source of a mirror alarm? Empty: by percentage only."

        def question(deletes: Mapping[JobId, bool]) -> None:
            of_mirrors = ((mirrors, str(orders.fewer_files or ""), fewer),) if any(deletes.values()) else ()
            ask(f"Limits of {self._called(ids)}", (sentence, value, within), *of_mirrors, then=take)

        def take(*ends: object) -> None:
            self._decide(ids, **dict(zip(("good_within", "fewer_files"), ends, strict=False)))

        self._read_each(rows, lambda row: self.states.glance(row).job.deletes, question)

    def action_job_known(self) -> None:
        from globus_tui.screens.confirm import ask, read_moment

        rows = [row for row in self.targets() if row.word.is_trouble]
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
        return self.states.rows[ids[0]].label if len(ids) == 1 else counted(len(ids), "timer")

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
        from globus_tui.screens.job_copying import offer_jobs, texts_of

        if rows := self.targets():
            self._read_each(rows, partial(texts_of, self.app), lambda texts: offer_jobs(self.app, [*texts.values()]))

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

        listed = self._listed(chosen.rows) if listed is None else listed
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


def _switch_reason(row: Row) -> Reason | None:
    """Why a timer can be neither paused nor resumed."""
    return ENDED if row.status is JobStatus.ENDED else DELETING if row.status is JobStatus.DELETING else None

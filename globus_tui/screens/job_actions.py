"""What can be done to timers, on every screen that shows some: always to those captured at the key press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from globus_tui.domain.health import Word
from globus_tui.domain.job import FlowStart, JobStatus
from globus_tui.domain.renaming import check_name
from globus_tui.domain.timer_groups import joined_name, timer_groups
from globus_tui.present import moments
from globus_tui.screens.operation_words import same_as
from globus_tui.store.freshness import FreshnessState
from globus_tui.store.operations import CancelTask, Delete, Operation, Pause, Rename, Resume
from globus_tui.store.resuming import resume_preview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.app import GlobusTui
    from globus_tui.domain.job import JobId
    from globus_tui.domain.run_now import RunChoice
    from globus_tui.store.job_state import JobState

SHOWN_IN_SHEETS = 8
"""Timers named one by one in a question about several."""


def running_task(state: JobState) -> str | None:
    """The id of the task of the run in progress, or None."""
    newest = state.job.runs[0] if state.job.runs else None
    in_progress = state.health.word in (Word.RUNNING, Word.BLOCKED, Word.OVERRUN) or state.job.running
    return newest.resource_id if newest and in_progress else None


def wants_fix(state: JobState) -> bool:
    """Globus wants a sign-in or a consent before this timer goes on."""
    return state.health.word is Word.SIGN_IN or state.health.gare is not None


def why_not(command_id: str, states: Sequence[JobState], freshness: FreshnessState) -> str | None:
    """Why a command cannot act on these timers now, in words; None when it can."""
    if not states:
        return "There is no timer under the cursor."
    if freshness is FreshnessState.SIGNED_OUT:
        return "You are signed out: press S to sign in first."
    if freshness is FreshnessState.CACHED:
        return "These are the timers of the last session: wait for Globus to answer."
    if command_id in _SINGLE and len(states) > 1:
        return "One timer at a time: clear the marks with \\, or show a group's timers one by one with z."
    if command_id in _READING:
        return None
    if able := able_ones(states):
        return _RULES[command_id](able) if command_id in _RULES else None
    pending = next((state.pending for state in states if state.pending), None)
    if pending is None:
        return "Its document cannot be understood, so nothing is done to it; y shows what Globus sent."
    return f"It is {pending.doing.value} already; wait until that is through."


def able_ones(states: Sequence[JobState]) -> tuple[JobState, ...]:
    """Those to which anything can be done: one that cannot be understood does not hold up the others marked."""
    return tuple(one for one in states if not one.job.unreadable and one.pending is None)


def _why_no_switch(states: Sequence[JobState]) -> str | None:
    if all(state.job.status in (JobStatus.ENDED, JobStatus.DELETING) for state in states):
        return "It has ended: there is nothing to pause or resume."
    return None


def _why_no_cancel(states: Sequence[JobState]) -> str | None:
    return (
        None
        if any(running_task(state) for state in states)
        else "No run is in progress, so there is no task to cancel."
    )


def _why_no_copy(states: Sequence[JobState]) -> str | None:
    job = states[0].job
    if job.transfer is None and not isinstance(job.payload, FlowStart):
        return "It calls another action provider, which this program cannot fill in."
    return None


def _why_no_edit(states: Sequence[JobState]) -> str | None:
    if (reason := _why_no_copy(states)) is not None:
        return reason
    if states[0].job.status in (JobStatus.ENDED, JobStatus.DELETING):
        return "It has ended: there is nothing to take the place of. C makes another one like it."
    return None


def _why_no_delete(states: Sequence[JobState]) -> str | None:
    return "It is being deleted already." if all(one.job.status is JobStatus.DELETING for one in states) else None


def _why_no_fix(states: Sequence[JobState]) -> str | None:
    if any(wants_fix(state) for state in states):
        return None
    return "Globus asks for no sign-in or consent here; s resumes a timer that you paused."


_SINGLE = frozenset(f"job.{verb}" for verb in ("json", "link", "log", "clone", "edit", "run-now"))
"""Commands for one timer."""

_READING = frozenset({"job.json", "job.copy"})
"""Commands that do nothing to a timer, so that they hold for one that cannot be understood, too."""

_RULES = {
    "job.pause-resume": _why_no_switch,
    "job.cancel-task": _why_no_cancel,
    "job.clone": _why_no_copy,
    "job.edit": _why_no_edit,
    "job.run-now": _why_no_copy,
    "job.delete": _why_no_delete,
    "job.fix": _why_no_fix,
}


class JobActions(Screen[None]):
    """The actions. The screen says which timers are meant: `targets` is asked once, at the key press."""

    app: GlobusTui

    def targets(self) -> tuple[JobState, ...]:
        """The timers meant now: the marked ones, else the one under the cursor or on the screen."""
        raise NotImplementedError

    def _able(self, command_id: str) -> tuple[JobState, ...]:
        """The targets, or nothing after saying why the command cannot act."""
        states = self.targets()
        reason = why_not(command_id, states, self.app.freshness.state)
        if reason is not None:
            self.app.say(reason, "warning")
            return ()
        able = able_ones(states)
        if out := len(states) - len(able):
            self.app.say(f"{out} left out: not understood, or busy already", "warning")
        return able

    def action_job_pause_resume(self) -> None:
        """Pause what runs, resume what is paused; with several marked, one direction for all: pause, if any runs."""
        states = self._able("job.pause-resume")
        live = [one for one in states if one.job.status not in (JobStatus.ENDED, JobStatus.DELETING)]
        active = [one for one in live if one.job.status is not JobStatus.INACTIVE]
        if not states:
            return
        if active:
            self._pause(active)
        else:
            self._resume(live)

    def _pause(self, states: Sequence[JobState]) -> None:
        operations = [Pause(one.job_id) for one in states]
        if len(states) == 1:
            self.app.operate(operations)
            return
        sentences = (*_named(states), "Runs in progress go on; nothing new starts until you resume them.")
        self._ask(f"Pause {len(states)} timers?", sentences, f"pause {len(states)}", operations)

    def _resume(self, states: Sequence[JobState]) -> None:
        """Ask first when a run would start at once; a timer that lost its consent is repaired instead."""
        broken = [one for one in states if one.health.word is Word.SIGN_IN]
        if broken:
            self.app.fix([one.job_id for one in broken])
            states = [one for one in states if one not in broken]
        operations: list[Operation] = [Resume(one.job_id) for one in states]
        sentences = [words for one in states if (words := self._catch_up_words(one))]
        if not operations:
            return
        if not sentences and len(states) == 1:
            self.app.operate(operations)
            return
        if len(states) > 1:
            quiet = len(states) - len(sentences)
            rest = f"{'The other ' if sentences else ''}{quiet} start nothing now; they go on with their next tick."
            named = [*sentences[:SHOWN_IN_SHEETS], *_more(sentences)] if sentences else _named(states)
            sentences = [*named, *([rest] if quiet else ())]
        heading = f"Resume {states[0].job.label}?" if len(states) == 1 else f"Resume {len(states)} timers?"
        self._ask(heading, sentences, "resume", operations)

    def _catch_up_words(self, state: JobState) -> str | None:
        preview = resume_preview(state.job, self.app.store.now())
        then = (
            f"then {moments.date_time(preview.next_run, self.app.view.now, self.app.view.zone)}"
            if preview.next_run
            else "then no more"
        )
        if preview.catch_up is None:
            return f"{state.job.label}: whether a run starts at once cannot be told; {then}."
        if preview.catch_up:
            missed = f"{preview.missed} runs were" if preview.missed != 1 else "a run was"
            return f"{state.job.label}: {missed} missed, so ONE run starts AT ONCE, {then}."
        return None

    def action_job_rename(self) -> None:
        """Ask for the new name; of a group for what its timers' names share, of several timers for a pattern."""
        if not (states := self._able("job.rename")):
            return
        job_ids = {one.job_id for one in states}
        groups = timer_groups(one.job for one in self.app.states.values()) if len(states) > 1 else ()
        group = next((one for one in groups if set(one.job_ids) == job_ids), None)
        if group is not None:
            new = dict(zip(group.job_ids, group.suffixes, strict=True))
            note = f"The names of its {len(new)} timers: {', '.join(group.suffixes)} stays behind each."
            self._ask_name(group.name, group.name, note, new)
        elif len(states) == 1:
            job = states[0].job
            note = "The name is all that Globus can change of a timer."
            self._ask_name(job.label, job.name or "", note, {job.job_id: ""})
        else:
            from globus_tui.screens.rename_many import RenameMany

            sheet = RenameMany({one.job_id: one.job.name or "" for one in states})
            self.app.push_screen(sheet, self._rename)

    def _ask_name(self, label: str, before: str, note: str, suffixes: Mapping[JobId, str]) -> None:
        from globus_tui.screens.ask import Ask

        def take(name: str | None) -> None:
            if name is not None and name != before:
                self._rename({job_id: joined_name(name, suffix) for job_id, suffix in suffixes.items()})

        self.app.push_screen(Ask(f"Rename {label}", (note,), value=before, check=check_name), take)

    def _rename(self, names: Mapping[JobId, str] | None) -> None:
        if names:
            self.app.operate([Rename(job_id, name) for job_id, name in names.items()])

    def action_job_delete(self) -> None:
        """Ask for the name of what is to be deleted, or for the number of several."""
        if not (states := self._able("job.delete")):
            return
        from globus_tui.screens.confirm import ConfirmTyped

        operations = [Delete(one.job_id) for one in states]
        warning = "This cannot be undone at Globus. It is paused first; a run in progress goes on."
        if len(states) == 1:
            job = states[0].job
            accepted = [job.job_id[:8]] if job.name is None else [job.name.strip(), job.job_id[:8]]
            sentences: tuple[str, ...] = (warning, same_as(operations))
            sheet = ConfirmTyped(f"Delete {job.label} for good?", sentences, accepted=accepted, verb="delete it")
        else:
            accepted = [f"delete {len(states)}"]
            sentences = (*_named(states), warning, same_as(operations))
            sheet = ConfirmTyped(
                f"Delete {len(states)} timers for good?", sentences, accepted=accepted, verb="delete them"
            )
        self.app.push_screen(sheet, lambda agreed: self.app.operate(operations) if agreed else None)

    def action_job_cancel_task(self) -> None:
        """Ask before the task of the run in progress is cancelled."""
        states = self._able("job.cancel-task")
        found = [(one, task_id) for one in states if (task_id := running_task(one))]
        if found:
            operations = [CancelTask(task_id, one.job_id) for one, task_id in found]
            sentences = (*_named([one for one, _ in found]), "What was copied so far stays; the timer itself goes on.")
            self._ask("Cancel the transfer task of the run in progress?", sentences, "cancel the task", operations)

    def action_job_fix(self) -> None:
        """Sign in for what is missing, then resume."""
        if states := self._able("job.fix"):
            self.app.fix([one.job_id for one in states if wants_fix(one)])

    def action_jobs_fix_all(self) -> None:
        """Sign in once for every timer that lost a consent, by cause; any may be left out."""
        if self.app.freshness.state is FreshnessState.SIGNED_OUT:
            self.app.say("You are signed out: press S to sign in first.", "warning")
        else:
            self.app.fix_all()

    def action_job_clone(self) -> None:
        """Open the wizard on a copy."""
        if states := self._able("job.clone"):
            from globus_tui.screens.create.clone_edit import open_clone

            open_clone(self.app, states[0])

    def action_job_edit(self) -> None:
        """Say what editing means, then open the wizard on what takes its place."""
        if states := self._able("job.edit"):
            from globus_tui.screens.create.clone_edit import open_edit

            open_edit(self.app, states[0])

    def action_job_run_now(self) -> None:
        """Ask how, then start at once what it does."""
        if not (states := self._able("job.run-now")):
            return
        from globus_tui.screens.create.run_now import RunNow

        def start(way: tuple[RunChoice, int] | None) -> None:
            if way is not None:
                self.app.start_now(states[0], *way)

        self.app.push_screen(RunNow(states[0], running=running_task(states[0]) is not None), start)

    def action_job_json(self) -> None:
        """Show the timer as the service describes it."""
        states = self.targets()
        if states:
            from globus_tui.screens.raw_json import RawJsonScreen

            self.app.open_screen(RawJsonScreen(states[0].job_id))

    def action_job_log(self) -> None:
        """Show the log of the last run's task."""
        if not (states := self._able("job.log")):
            return
        run = next((one for one in states[0].job.runs if one.resource_id), None)
        if run is None:
            self.app.say("No run of it has made a task yet, so there is no log.", "warning")
            return
        from globus_tui.screens.run_detail import RunDetailScreen

        self.app.open_screen(RunDetailScreen(states[0].job_id, run.key))

    def action_job_link(self) -> None:
        """Show the address of the timer in the Globus web app."""
        if states := self._able("job.link"):
            self.app.copy_text(self.app.web_link(states[0].job_id))

    def action_job_copy(self) -> None:
        """Offer what can be copied of the timers."""
        if not (states := self.targets()):
            return
        from globus_tui.screens.job_copying import offer_jobs

        offer_jobs(self.app, states)

    def _ask(self, heading: str, sentences: Sequence[str], verb: str, operations: Sequence[Operation]) -> None:
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm(heading, (*sentences, same_as(operations)), verb=verb)
        self.app.push_screen(sheet, lambda agreed: self.app.operate(operations) if agreed else None)


def _named(states: Sequence[JobState]) -> tuple[str, ...]:
    labels = [f"· {one.job.label}" for one in states]
    return (*labels[:SHOWN_IN_SHEETS], *_more(labels))


def _more(listed: Sequence[str]) -> tuple[str, ...]:
    return (f"… and {len(listed) - SHOWN_IN_SHEETS} more",) if len(listed) > SHOWN_IN_SHEETS else ()

"""A timer in the place of another one, in words: after an edit, with its hour kept, less one run, and back again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from globus_tui.domain.schedule.schedule import next_ticks
from globus_tui.domain.timer.job import ActivityCode
from globus_tui.present import moments
from globus_tui.present.operation_words import catch_up_words
from globus_tui.present.schedule_words import rhythm_words
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from globus_tui.domain.making.taking_place import Skip
    from globus_tui.domain.schedule.clock_changes import Anchor
    from globus_tui.domain.schedule.schedule import RecurringSchedule
    from globus_tui.domain.timer.job import Job
    from globus_tui.store.job_state import Replacement
    from globus_tui.store.journal import OldTimer
    from globus_tui.store.operations import ResumePreview


def kept_words(number: int) -> str:
    """How many: `1 timer that was replaced`."""
    return "1 timer that was replaced" if number == 1 else f"{number} timers that were replaced"


def ask_words(number: int, days: int, key: str) -> str:
    was = "was replaced" if number == 1 else "were replaced"
    timers = "1 old timer that" if number == 1 else f"{number} old timers that"
    still = "is still kept" if number == 1 else "are still kept"
    return f"{timers} {was} {days} days ago or more {still}, paused: {key} lists what to delete."


def kept_lines(old_timers: Sequence[OldTimer], jobs: Mapping[str, Job], now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """One line for each: its name, id and schedule, when it was replaced, and by what; `jobs`: those listed, by id."""
    lines = []
    for old in old_timers:
        job, new = jobs.get(old.job_id), jobs.get(old.replaced_by)
        label = (job.label if job else old.name) or "(no name)"
        rhythm = f", {rhythm_words(job.schedule, now, zone)}" if job else ""
        by = f"{new.label} {old.replaced_by[:8]}" if new else "one that is gone"
        when = moments.date(old.replaced_at, now, zone)
        lines.append(f"· {label} {old.job_id[:8]}{rhythm}, replaced {when} by {by}")
    return tuple(lines)


def by_words(label: str, new: Replacement) -> str:
    """What has taken the place of the timer of that name: `replaced by active db-dumps v2`; of the same name, its id.

    How that one is stands before its name, which narrow lists cut.
    """
    return f"replaced by {new.state} {_called(label, new)}" if new.label else "replaced by one that is gone"


def _called(label: str, new: Replacement) -> str:
    return new.job_id[:8] if new.label in (None, label) else one_line(new.label or "")


def resume_warning(label: str, new: Replacement) -> str:
    """Why resuming a timer that was replaced is asked about."""
    risk = {"active": "both would run", "paused": "both could run once that is resumed too"}.get(
        new.state, "it is alone"
    )
    return f"{label} was replaced by {_called(label, new)} ({new.state}): {risk}."


def back_sentences(new: str, old: str, preview: ResumePreview | None, *, resting: bool) -> tuple[str, ...]:
    """What undoing a replacement means; both names may be the same.

    Args:
        new: the timer that is there now.
        old: the one that comes back.
        preview: what resuming the old one sets going; None when that is not known.
        resting: the new one is paused, so neither runs afterwards.
    """
    which = f"The old {old}" if new != old else "The old one"
    after = "Whatever fails, one of the two stays active. The same key on the old one undoes this."
    if resting:
        return (f"{which} stays paused in the place of this one, which is paused too: no run starts.", after)
    stead = "This one is paused and kept in its stead."
    if preview is not None and preview.catch_up is False:
        return (f"{which} was kept, paused; it runs again from its next tick. {stead}", after)
    if preview is not None and preview.catch_up is None and preview.missed is not None:
        return (f"{which} was kept, paused: {catch_up_words(preview)}. {stead}", after)
    missed = f"{preview.missed} of its ticks passed" if preview is not None and preview.missed else "a tick passed"
    sure = "ONE run of it starts AT ONCE" if preview is not None and preview.catch_up else "ONE run may start AT ONCE"
    return (
        f"{sure}: {missed} while it was kept, paused, and Globus makes up for one. {stead}",
        "To have it without that run: clone it (C) and pause this one.",
        after,
    )


def reanchor_sentences(anchored: Anchor, new: RecurringSchedule, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """The dry run, and what replacing means."""
    first = next(iter(next_ticks(new, now, 1)), now)
    return (
        _why(anchored, zone),
        f"This timer:       next {moments.with_zone(anchored.coming, now, zone)}{_after(anchored, now, zone)}",
        f"Its replacement:  next {moments.with_zone(first, now, zone)}{_after(anchored, now, zone, moved=True)}",
        *_meanwhile(anchored, first, zone),
        "The replacement is made and checked, and only then this timer is paused and kept. Whatever fails, exactly one "
        "of the two stays as active as this one is now. To go back, pause the new one and resume this one.",
    )


def _why(anchored: Anchor, zone: tzinfo) -> str:
    counts = "Globus counts seconds in UTC, so clock changes move a timer's hour."
    if anchored.moved_already:
        was = moments.clock(anchored.coming.astimezone(UTC) + anchored.by, zone)
        return f"{counts} This one began at {was} and now runs at {moments.clock(anchored.coming, zone)}."
    return f"{counts} The next change will move this one's."


def _after(anchored: Anchor, now: datetime, zone: tzinfo, *, moved: bool = False) -> str:
    """The hour after the next clock change; empty when no change within a year moves it."""
    if anchored.shift is None:
        return ""
    after = anchored.shift.after.astimezone(UTC)
    hour = moments.clock(after + anchored.by if moved else after, zone)
    return f", and from {moments.date(after, now, zone)} on at {hour}"


def _meanwhile(anchored: Anchor, first: datetime, zone: tzinfo) -> tuple[str, ...]:
    if anchored.moved_already or anchored.shift is None:
        return ()
    return (
        f"Until the change the replacement runs at {moments.clock(first, zone)}. "
        "If that does not suit, leave it now and ask again after the change.",
    )


def skip_sentences(old: Job, skipped: Skip, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Which run is left out, which is next then, and what that takes."""
    left_out, following = (moments.with_zone(run, now, zone) for run in (skipped.run, skipped.then))
    return (
        f"Left out: the run of {left_out}.  Next then: {following}.",
        "A timer that is paused over a run makes up for it when it is resumed, so another one that begins a run later "
        "takes its place, and this one is kept, paused. Nothing has to stay running for that; undo takes it back.",
        *skip_notes(old),
    )


def skip_notes(old: Job) -> tuple[str, ...]:
    end, notes = getattr(old.schedule, "end", None), []
    if end is not None and end.after_runs is not None:
        notes.append("What is left out does not count: it makes as many runs as before, and ends a run later.")
    if old.activity is not None and old.activity.code is ActivityCode.RETRYING:
        notes.append("Globus is trying its last run again now: that ENDS with it.")
    elif old.running:
        notes.append("Its run in progress goes on.")
    return tuple(notes)


def skip_end(run: datetime, now: datetime, zone: tzinfo) -> str:
    """What is added to the words about the swap."""
    if now >= run:
        return " That took so long that the run to be left out HAS STARTED."
    return f" The run of {moments.with_zone(run, now, zone)} is left out."


def nothing_to_keep(zone_name: str) -> str:
    return (
        f"No clock change in {zone_name} moves its hour within a year: it has none to keep, or no run to come. "
        "The zone is the one shown here."
    )

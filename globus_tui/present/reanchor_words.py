"""What keeping a timer's hour across clock changes, or leaving a run out, would do, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from globus_tui.domain.schedule.schedule import next_ticks
from globus_tui.domain.timer.job import ActivityCode
from globus_tui.present import moments

if TYPE_CHECKING:
    from datetime import tzinfo

    from globus_tui.domain.making.taking_place import Skip
    from globus_tui.domain.schedule.reanchor import Anchor
    from globus_tui.domain.schedule.schedule import RecurringSchedule
    from globus_tui.domain.timer.job import Job


def reanchor_sentences(found: Anchor, new: RecurringSchedule, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """The dry run, and what replacing means."""
    first = next(iter(next_ticks(new, now, 1)), now)
    return (
        _why(found, zone),
        f"This timer:       next {_run(found.coming, now, zone)}{_after(found, now, zone)}",
        f"Its replacement:  next {_run(first, now, zone)}{_after(found, now, zone, moved=True)}",
        *_meanwhile(found, first, zone),
        "The replacement is made and checked, and only then this timer is paused and kept. Whatever fails, exactly one "
        "of the two stays as active as this one is now. To go back, pause the new one and resume this one.",
    )


def _why(found: Anchor, zone: tzinfo) -> str:
    counts = "Globus counts seconds in UTC, so clock changes move a timer's hour."
    if found.moved_already:
        was = moments.clock(found.coming.astimezone(UTC) + found.by, zone)
        return f"{counts} This one began at {was} and now runs at {moments.clock(found.coming, zone)}."
    return f"{counts} The next change will move this one's."


def _run(moment: datetime, now: datetime, zone: tzinfo) -> str:
    return f"{moments.date_time(moment, now, zone)} {moments.zone_name(moment, zone)}"


def _after(found: Anchor, now: datetime, zone: tzinfo, *, moved: bool = False) -> str:
    """The hour past the next change; nothing where no further change moves it within a year."""
    if found.shift is None:
        return ""
    after = found.shift.after.astimezone(UTC)
    hour = moments.clock(after + found.by if moved else after, zone)
    return f", and from {moments.date(after, now, zone)} on at {hour}"


def _meanwhile(found: Anchor, first: datetime, zone: tzinfo) -> tuple[str, ...]:
    if found.moved_already or found.shift is None:
        return ()
    return (
        f"Until the change the replacement runs at {moments.clock(first, zone)}. "
        "If that does not suit, leave it now and ask again after the change.",
    )


def skip_sentences(old: Job, found: Skip, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Which run is left out, which is next then, and what that takes."""
    return (
        f"Left out: the run of {_run(found.run, now, zone)}.  Next then: {_run(found.then, now, zone)}.",
        "A timer that is paused over a run makes up for it when it is resumed, so another one that begins a run later "
        "takes its place, and this one is kept, paused. Nothing has to stay running for that; undo takes it back.",
        *skip_notes(old),
    )


def skip_notes(old: Job) -> tuple[str, ...]:
    """What leaving a run out does besides."""
    end, notes = getattr(old.schedule, "end", None), []
    if end is not None and end.after_runs is not None:
        notes.append("What is left out does not count: it makes as many runs as before, and ends a run later.")
    if old.activity is not None and old.activity.code is ActivityCode.RETRYING:
        notes.append("Globus is trying its last run again now: that ENDS with it.")
    elif old.running:
        notes.append("Its run in progress goes on.")
    return tuple(notes)


def skip_end(run: datetime, now: datetime, zone: tzinfo) -> str:
    """What is said behind the words about the swap."""
    if now >= run:
        return " That took so long that the run to be left out HAS STARTED."
    return f" The run of {_run(run, now, zone)} is left out."


def nothing_to_keep(zone_name: str) -> str:
    """Why there is nothing to do."""
    return (
        f"No clock change in {zone_name} moves its hour within a year: it has none to keep, or no run to come. "
        "The zone is the one shown here."
    )

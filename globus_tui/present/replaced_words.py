"""Words about old timers that were replaced and are kept, paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.present import moments
from globus_tui.present.schedule_words import rhythm_words
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.job import Job
    from globus_tui.store.job_state import Replacement
    from globus_tui.store.journal import OldTimer
    from globus_tui.store.operations import ResumePreview


def kept_words(number: int) -> str:
    """How many: `1 timer that was replaced`."""
    return "1 timer that was replaced" if number == 1 else f"{number} timers that were replaced"


def ask_words(number: int, days: int, key: str) -> str:
    """The question on the note line."""
    was = "was replaced" if number == 1 else "were replaced"
    timers = "1 old timer that" if number == 1 else f"{number} old timers that"
    still = "is still kept" if number == 1 else "are still kept"
    return f"{timers} {was} {days} days ago or more {still}, paused: {key} lists what to delete."


def kept_lines(found: Sequence[OldTimer], jobs: Mapping[str, Job], now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """One line for each: its name, id and schedule, when it was replaced, and by what; `jobs`: those listed, by id."""
    lines = []
    for one in found:
        job, new = jobs.get(one.job_id), jobs.get(one.replaced_by)
        label = (job.label if job else one.name) or "(no name)"
        rhythm = f", {rhythm_words(job.schedule, now, zone)}" if job else ""
        by = f"{new.label} {one.replaced_by[:8]}" if new else "one that is gone"
        when = moments.date(one.replaced_at, now, zone)
        lines.append(f"· {label} {one.job_id[:8]}{rhythm}, replaced {when} by {by}")
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
    more = {"active": "both would run", "paused": "both could run once that is resumed too"}.get(
        new.state, "it is alone"
    )
    return f"{label} was replaced by {_called(label, new)} ({new.state}): {more}."


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
    missed = f"{preview.missed} of its ticks passed" if preview is not None and preview.missed else "a tick passed"
    sure = "ONE run of it starts AT ONCE" if preview is not None and preview.catch_up else "ONE run may start AT ONCE"
    return (
        f"{sure}: {missed} while it was kept, paused, and Globus makes up for one. {stead}",
        "To have it without that run: clone it (C) and pause this one.",
        after,
    )

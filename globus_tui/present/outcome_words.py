"""What came of an operation on a timer, and what the journal tells of it, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.present import moments
from globus_tui.present.transfer_words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

_DONE = {
    "pause": "paused",
    "resume": "resumed",
    "rename": "renamed",
    "delete": "deleted",
    "cancel": "canceled the task of",
    "create": "created",
}
_DOING = {
    "pause": "pausing",
    "resume": "resuming",
    "rename": "renaming",
    "delete": "deleting",
    "cancel": "canceling the task of",
    "create": "creating",
}


def doing(verb: str, name: str) -> str:
    """While it is under way: `pausing climate-nightly`."""
    return f"{_DOING.get(verb, one_line(verb))} {one_line(name)}"


def done(verb: str, name: str, *, new_name: str | None = None) -> str:
    """When it worked: `paused climate-nightly`, `renamed old to new`."""
    to = f" to {one_line(new_name)}" if new_name else ""
    return f"{_DONE.get(verb, one_line(verb))} {one_line(name)}{to}"


def failed(verb: str, name: str, reason: str) -> str:
    """When it did not: `could not pause climate-nightly: timed out`."""
    what = f"{verb} the task of" if verb == "cancel" else one_line(verb)
    return f"could not {what} {one_line(name)}: {one_line(reason) or 'no reason given'}"


def several_done(verb: str, names: Sequence[str], failures: int = 0) -> str:
    """For many timers: `paused 6 timers, 1 failed`."""
    if len(names) == 1 and not failures:
        return done(verb, names[0])
    said = f"{_DONE.get(verb, one_line(verb))} {len(names)} {'timer' if len(names) == 1 else 'timers'}"
    return f"{said}, {failures} failed" if failures else said


def journal_line(when: datetime, who: str, sentence: str, now: datetime, zone: tzinfo) -> str:
    """One change as the activity log shows it: `14:31 person@example.edu paused climate-nightly`."""
    return f"{moments.since_words(when, now, zone)} {one_line(who)} {one_line(sentence)}"

"""When the shrinking source of a mirror alarms: chosen when the timer was made, and kept in the journal.

The service has no place for it; another machine, with another journal, alarms at the usual level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.destructive import USUAL_PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.draft import Draft

_KEY = "alarm_percent"


def alarm_entry(draft: Draft) -> dict[str, float | None]:
    """What the journal keeps of it beside a creation: nothing while it is the usual one, or nothing is deleted."""
    percent = draft.guards.fewer_percent
    return {_KEY: percent} if draft.deletes and percent != USUAL_PERCENT else {}


def alarm_levels(entries: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """The levels of timers made here, by id, where they are not the usual one; None: it never alarms."""
    found: dict[str, float | None] = {}
    for entry in entries:
        job_id = wire.text(wire.document(entry.get("timer")).get("id"))
        if entry.get("what") == "create" and _KEY in entry and job_id:
            found[job_id] = wire.number(entry[_KEY])
    return found

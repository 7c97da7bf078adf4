"""Entries of the journal in words, and what of a timer differs before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.present import moments

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

HEADINGS = ("WHEN", "WHO", "HOST", "WHAT", "TIMER", "OUTCOME", "WHY")
_MOVING = ("results", "data", "activity", "next_run", "n_runs", "n_errors", "last_ran_at")
"""What changes by itself."""


def entry_words(entry: Mapping[str, Any], zone: tzinfo) -> tuple[str, ...]:
    """One entry under `HEADINGS`."""
    when, timer = wire.moment(entry.get("when")), wire.document(entry.get("timer"))
    what = entry.get("what") or "?"
    found = (
        moments.stamp(when, zone) if when else "?",
        entry.get("who") or "?",
        entry.get("host") or "?",
        f"{what} (undo)" if entry.get("undoes") else what,
        timer.get("name") or timer.get("id") or entry.get("label") or "-",
        entry.get("outcome") or "?",
        entry.get("error") or "",
    )
    return tuple(map(str, found))


def entry_lines(entry: Mapping[str, Any], zone: tzinfo) -> list[str]:
    """All of an entry: who, when, and each field of the timer that differs, before and after."""
    lines = [f"{heading.lower():<8} {words}" for heading, words in zip(HEADINGS, entry_words(entry, zone), strict=True)]
    for key in ("request", "request_id", "status", "code", "asked_at"):
        if entry.get(key) is not None:
            lines.append(f"{key:<8} {entry[key]}")
    before, after = wire.document(entry.get("before")), wire.document(entry.get("after"))
    if not before or not after:
        known = before or after
        lines += ["", "before" if before else "after", *_fields(known)] if known else []
        return lines
    changed = [key for key in {**before, **after} if key not in _MOVING and before.get(key) != after.get(key)]
    lines += ["", "before and after"] if changed else ["", "nothing of the timer differs"]
    return lines + [f"  {key}: {_said(before.get(key))} -> {_said(after.get(key))}" for key in changed]


def _fields(document: Mapping[str, Any]) -> list[str]:
    return [f"  {key}: {_said(value)}" for key, value in document.items() if key not in _MOVING]


def _said(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)

"""Changes and maintenance windows in words, and the page in Markdown for the change of shift, which has both."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.timer.agenda import forecast, habit_of, past_runs
from globus_tui.domain.timer.health import Why, Word
from globus_tui.present import moments
from globus_tui.present.agenda_words import clash_words, past_words, unread_words, wait_words
from globus_tui.present.freshness_words import header_words, none_words
from globus_tui.present.health_words import why
from globus_tui.present.operation_words import catch_up_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.present.timer_table import begun, by_cause, called, markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta, tzinfo

    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.present.timer_table import Listed
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.windows import Closing, Window

HEADINGS = ("WHEN", "WHO", "HOST", "WHAT", "TIMER", "OUTCOME", "WHY")
_MOVING = ("results", "data", "activity", "next_run", "n_runs", "n_errors", "last_ran_at")
"""What changes by itself."""


def entry_words(entry: Mapping[str, Any], zone: tzinfo) -> tuple[str, ...]:
    """One entry under `HEADINGS`."""
    when, timer = wire.moment(entry.get("when")), wire.document(entry.get("timer"))
    what = entry.get("what") or "?"
    new_name = wire.text(wire.document(entry.get("asked")).get("name")) if what == "rename" else None
    cells = (
        moments.stamp(when, zone) if when else "?", entry.get("who") or "?", entry.get("host") or "?",
        f"{what} ({'redo' if entry.get('again') else 'undo'})" if entry.get("undoes") else what,
        timer.get("name") or timer.get("id") or entry.get("label") or "-", entry.get("outcome") or "?",
        entry.get("error") or (f"now {new_name}" if new_name else ""),
    )  # fmt: skip
    return tuple(map(str, cells))


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


def state_words(window: Window, now: datetime, zone: tzinfo) -> str:
    if window.closed is not None:
        return f"closed {moments.since_words(window.closed, now, zone)}"
    if window.state == "planned":
        return f"pauses {moments.since_words(window.at, now, zone)}"
    held = len(window.holding())
    if window.overdue(now) and window.until is not None:
        return f"OVERDUE since {moments.since_words(window.until, now, zone)}, {held} still paused"
    return f"open, {held} paused"


def overdue_words(window: Window, now: datetime, zone: tzinfo, how: str) -> str:
    since = moments.since_words(window.until, now, zone) if window.until else "?"
    reason = f" ({window.reason})" if window.reason else ""
    held = counted(len(window.holding()), "timer")
    verb = "is" if len(window.holding()) == 1 else "are"
    return f"The maintenance window{reason} should have ended {since}: {held} {verb} still paused. {how}"


_BY_WHOM = "by whichever copy of this program runs then (a console, or window due)"


def planned_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """When the timers of a window are paused that does not begin now."""
    return f"They are paused {moments.date_time(at, now, zone)}, {_BY_WHOM}."


def opening_words(until: datetime | None, now: datetime, zone: tzinfo, *, resume: bool) -> str:
    """What happens to the timers when the window is over."""
    if until is None:
        return "They stay paused until the window is closed."
    when = moments.date_time(until, now, zone)
    if resume:
        return f"They are resumed {when}, {_BY_WHOM}."
    return f"It should end {when}: closing it resumes exactly these; from then on every start and check warn."


def closing_lines(closing: Closing) -> list[str]:
    """What ending it does with each timer, in the order in which it is done."""
    lines = []
    for item in closing.resumed:
        preview = closing.previews[item.job_id]
        consequence = catch_up_words(preview) or "nothing starts at once"
        if preview.catch_up:
            consequence = f"{counted(preview.missed, 'run')} missed, ONE starts at once"
        lines.append(f"resume {item.name or item.job_id}: {consequence}")
    return [*lines, *(f"left alone: {item.name or item.job_id} {why}" for item, why in closing.left_alone)]


_SINGLY = 4
"""Runs of one timer that get a line each; more are one line."""


def report(
    listed: Sequence[Listed],
    entries: Iterable[Mapping[str, Any]],
    windows: Iterable[Window],
    store: JobStore,
    now: datetime,
    zone: tzinfo,
    *,
    since: timedelta,
    some: bool,
) -> str:
    """The page.

    Args:
        since: the length of a shift, looked back and ahead.
        some: `listed` are some of the timers, and changes of others do not belong to it.
    """
    ids = {str(timer.state.job_id) for timer in listed}
    counts = Counter(timer.state.health.word for timer in listed)
    summary = ", ".join(f"{counts[word]} {word.value}" for word in Word if counts[word])
    health = [(timer, timer.state.health) for timer in listed]
    trouble = [timer for timer, each in health if each.word.is_trouble and each.why is not Why.STALE]
    parts = [
        f"# Globus timers, {moments.stamp(now, zone)}\n",
        f"{counted(len(listed), 'timer')}: {summary or 'none'}.\n",
    ]
    current = store.freshness
    old = header_words(current, now, zone) if current.is_old or current.outdated else current.partial
    parts += [f"**{safe_line(old).rstrip('.')}.**\n"] if old else []
    problems = _problems(trouble, store, now)
    parts += ["## Open problems\n", problems] if problems else ["## Open problems\n"]
    parts += [f"{none_words('None.', current, now, zone)}\n"] if not problems or current.outdated else []
    open_windows = [window for window in windows if window.state != "closed"]
    cells = (
        (each.window_id, state_words(each, now, zone), each.by or "?", each.reason or "-") for each in open_windows
    )
    rows = [list(map(safe_line, row)) for row in cells]
    if rows:
        parts += ["## Maintenance windows\n", markdown(("ID", "STATE", "BY", "REASON"), rows)]
    past = [run for timer in listed for run in past_runs(timer.state.job, store.tasks, now, now - since)]
    late = sum(timer.state.health.why is Why.LATE for timer in listed)
    ran = past_words(past, late) if past or late else "nothing ran"
    ran = "; ".join(filter(None, (ran, unread_words(timer.state.job for timer in listed))))
    parts += [f"## What ran in the last {moments.duration(since)}\n", f"{ran[0].upper()}{ran[1:]}.\n"]
    recent = [
        entry
        for entry in entries
        if (at := wire.moment(entry.get("when"))) is not None
        and now - at <= since
        and (not some or wire.document(entry.get("timer")).get("id") in ids)
    ]
    changes = [[safe_line(cell) for cell in entry_words(entry, zone)] for entry in recent]
    parts += [
        f"## Changes in the last {moments.duration(since)}\n",
        markdown(HEADINGS, changes) if changes else "None.\n",
    ]
    parts += [f"## The next {moments.duration(since)}\n", *_coming(listed, store.collections, now, now + since, zone)]
    return "\n".join(parts)


def _problems(trouble: Sequence[Listed], store: JobStore, now: datetime) -> str:
    """One outage is one line; what somebody knows of comes last."""
    rows = []
    for group in by_cause(sorted(trouble, key=lambda timer: timer.state.health.acknowledged is not None)):
        first = group[0]
        decided = store.orders(first.state.job_id) if len(group) == 1 else None
        note = " ".join([decided.note, *(f"#{tag}" for tag in decided.tags)]).strip() if decided else ""
        since = begun(group)
        lasted = moments.duration(now - since) if since is not None else "?"
        cells = (first.state.health.word.value, called(group), lasted, why(first.case), note or "-")
        rows.append([safe_line(cell) for cell in cells])
    return markdown(("HEALTH", "TIMER", "FOR", "WHY", "NOTE"), rows) if rows else ""


def _coming(
    listed: Sequence[Listed], known: Mapping[str, Collection], now: datetime, until: datetime, zone: tzinfo
) -> list[str]:
    labels = {timer.state.job_id: timer.state.job.label for timer in listed}
    habits = [habit_of(timer.state.job, timer.state.history) for timer in listed if not timer.state.job.unreadable]
    outlook = forecast(habits, now, until, known)
    counts, seen, rows = Counter(run.job_id for run in outlook.runs), set(), []
    for run in outlook.runs:
        many = counts[run.job_id]
        if run.job_id in seen and many > _SINGLY:
            continue
        seen.add(run.job_id)
        rest = f" (and {many - 1} more)" if many > _SINGLY else ""
        lasts = moments.duration(run.usual) if run.usual is not None else "?"
        words = (moments.date_time(run.at, now, zone), labels[run.job_id] + rest, lasts, wait_words(run) or "-")
        rows.append([safe_line(cell) for cell in words])
    lines = (clash_words(clash, lambda key: labels[key], now, zone) for clash in outlook.clashes[:10])
    clashes = "".join(f"- {safe_line(line)}\n" for line in lines)
    unread = unread_words(timer.state.job for timer in listed)
    unread = f"\n{unread[0].upper()}{unread[1:]}.\n" if unread else ""
    return [markdown(("WHEN", "TIMER", "USUALLY", "NOTE"), rows) if rows else "Nothing runs.\n", clashes + unread]

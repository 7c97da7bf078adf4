"""Alerts in words, as a document, and as what terminals take for a notification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.timer.alerts import AlertKind
from globus_tui.present import moments
from globus_tui.present.health_words import why
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from globus_tui.domain.timer.alerts import Alert
    from globus_tui.domain.timer.health import Word
    from globus_tui.present.timer_table import Listed


def alert_words(alert: Alert, timer: Listed, zone: tzinfo) -> str:
    name, lasted = timer.state.job.label, moments.duration(alert.at - alert.since)
    if alert.also:
        name = f"{counted(len(alert.also) + 1, 'timer')}, as {name}:" if alert.kind is not AlertKind.RECOVERED else name
    at = moments.clock(alert.at, zone)
    if alert.kind is AlertKind.RECOVERED:
        if alert.also:
            name += f" and {counted(len(alert.also), 'other')}"
            return f"{at} {name} are well again ({alert.word.value}) after {lasted}"
        return f"{at} {name} is well again ({alert.word.value}) after {lasted}"
    if alert.kind is AlertKind.FLAPPING:
        return f"{at} {name} goes back and forth, now {alert.word.value}: {why(timer.case)}"
    worse = "got worse: " if alert.kind is AlertKind.WORSE else ""
    return f"{at} {name} {worse}{alert.word.value} for {lasted}: {why(timer.case)}"


def overtaken(alert: Alert, word: Word) -> bool:
    """Whether what an alert says of its timer is not so any more, now that it is `word`."""
    return word is not alert.word if alert.word.is_trouble else word.is_trouble


def alert_document(alert: Alert, timer: Listed) -> dict[str, Any]:
    return {
        "kind": alert.kind.value,
        "id": str(timer.state.job_id),
        "name": timer.state.job.name,
        "health": alert.word.value,
        "why": why(timer.case),
        "at": wire_moment(alert.at),
        "since": wire_moment(alert.since),
        "seconds": (alert.at - alert.since).total_seconds(),
        "profile": timer.profile,
        "also": list(alert.also),
    }


def notification(how: str, words: Sequence[str], *, tmux: bool) -> str:
    """What makes a terminal notify; empty where that is off. Tmux hands it through, where it is allowed to."""
    text = safe_line("; ".join(words))[:200].replace(";", ",")
    sequence = {
        "osc9": f"\x1b]9;{text}\x07",
        "osc777": f"\x1b]777;notify;globus-tui;{text}\x07",
        "osc99": f"\x1b]99;;{text}\x1b\\",
    }.get(how, "")
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\" if sequence and tmux else sequence

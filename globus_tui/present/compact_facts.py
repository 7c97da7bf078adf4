"""The few lines about a timer that matter most, for a screen without room for panels; the first ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.transfer import TransferData
from globus_tui.present import schedule_words, transfer_words
from globus_tui.present.schedule_facts import Fact, next_word, shift_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.present.health_words import Case


def compact_facts(case: Case) -> tuple[Fact, ...]:
    """What moves where, when next, what could cost data, how often, and what the clocks do to it."""
    job = case.job
    rows = [
        Fact("moves", transfer_words.route_with_paths(job, case.names, ascii_only=case.ascii_only)),
        Fact("next", next_word(case)),
    ]
    data = job.payload if isinstance(job.payload, TransferData) else None
    rows += [Fact("!", words, "warning") for words in (_warnings(data) if data else ())]
    rows.append(Fact("runs", _rhythm(case)))
    if shift := shift_words(case):
        rows.append(Fact("clock", shift, "warning"))
    rows += [Fact("how", transfer_words.summary(data))] if data else []
    return tuple(rows)


def _warnings(data: TransferData) -> Iterator[str]:
    """What may cost data, in few words."""
    if data.delete_destination_extra:
        yield "DELETES extra files at the destination (mirror)"
    if data.skip_source_errors:
        yield "skips unreadable source files and still succeeds"


def _rhythm(case: Case) -> str:
    schedule = case.job.schedule
    rhythm = schedule_words.rhythm_words(schedule, case.now, case.zone)
    end = getattr(schedule, "end", None)
    ends = schedule_words.end_words(end, case.now, case.zone, before=", ") if end else ""
    exact = schedule_words.exact_words(schedule)
    return f"{rhythm}{ends}" + (f" ({exact})" if exact else "")

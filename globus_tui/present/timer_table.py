"""Timers as text for a shell: documents for programs, tables for people. What is not known is null, empty or `?`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.timer.cause import Hit, outages
from globus_tui.domain.timer.job import JobStatus
from globus_tui.domain.timer.orders import NONE
from globus_tui.present import health_words, moments, schedule_words
from globus_tui.present.safe_text import cell_width, fit, safe_line
from globus_tui.present.sizes import count, counted
from globus_tui.present.transfer_words import collection_name, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from globus_tui.domain.timer.orders import Orders
    from globus_tui.domain.transfer.transfer import TransferData
    from globus_tui.store.job_state import Glance, JobState

SCHEMA = 1
"""Of the documents; a field may be added under the same number, none is taken away or means something else."""
_NARROWEST = 10
"""Cells that a column keeps that is cut to fit the terminal."""
_CUT = ("why", "from", "to", "name", "id")
_FORMULA = ("=", "+", "-", "@")


class Listed(NamedTuple):
    state: JobState | Glance
    case: health_words.Case
    profile: str
    orders: Orders = NONE


def by_cause(listed: Sequence[Listed]) -> list[tuple[Listed, ...]]:
    """The timers in their order, those that one cause hits together, in the place of the first of them.

    Before the others stands the worst of them that is in trouble for longest: it gives the name, and the reason.
    """
    hits = (Hit.of(str(at), row.state.health, row.state.job.sides) for at, row in enumerate(listed))
    first = {int(outage.keys[0]): outage.keys for outage in outages(hits)}
    later = {int(key) for keys in first.values() for key in keys[1:]}
    together = ((listed[int(key)] for key in first.get(at, (at,))) for at in range(len(listed)) if at not in later)
    return [tuple(sorted(group, key=_how_bad)) for group in together]


def _how_bad(row: Listed) -> tuple[int, float]:
    since = row.state.health.in_trouble_since
    return row.state.health.order, since.timestamp() if since else inf


def called(group: Sequence[Listed]) -> str:
    """The name of a timer, or how many there are with one cause: `60 timers, as db-dumps`."""
    name = group[0].state.job.label
    return name if len(group) == 1 else f"{counted(len(group), 'timer')}, as {name}"


def begun(group: Sequence[Listed]) -> datetime | None:
    """When the trouble of the first of them began that was in trouble; None where none says."""
    return min(filter(None, (row.state.health.in_trouble_since for row in group)), default=None)


# --- documents


def timer_document(row: Listed) -> dict[str, Any]:
    """A timer for a program. Moments are ISO in UTC; what is not known, or what there is none of, is null."""
    job, history, data = row.state.job, row.state.history, row.state.job.transfer
    last = row.state.last_ran
    return {
        "id": str(job.job_id) if job.has_own_id else None,
        "name": job.name,
        "health": row.state.health.word.value,
        "why": health_words.why(row.case),
        "status": job.status_text if job.status is JobStatus.UNKNOWN else job.status.value,
        "next_run": _moment(job.next_run),
        "last_run": _moment(last),
        "interval_seconds": _whole(job.interval_seconds),
        "from": _place(row, data, "source"),
        "to": _place(row, data, "destination"),
        "runs": job.n_runs,
        "errors": job.n_errors,
        "missed": None if job.unreadable else history.missed_now,
        "skipped": None if job.unreadable else history.skipped_now,
        "profile": row.profile,
        "note": row.orders.note or None,
        "tags": list(row.orders.tags),
    }


DOCUMENT = (
    "id", "name", "health", "why", "status", "next_run", "last_run", "interval_seconds", "from", "to", "runs", "errors",
    "missed", "skipped", "profile", "note", "tags",
)  # fmt: skip
"""The fields of `timer_document`, in their order."""
_PARTS = {side: tuple(f"{side}_{part}" for part in ("collection", "name", "path")) for side in ("from", "to")}


def _whole(seconds: float | None) -> float | None:
    return int(seconds) if seconds is not None and seconds == int(seconds) else seconds


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else wire_moment(moment)


def _place(row: Listed, data: TransferData | None, side: str) -> dict[str, str | None] | None:
    if data is None:
        return None
    collection = data.source_endpoint if side == "source" else data.destination_endpoint
    return {
        "collection": collection,
        "name": row.case.names.get(collection or ""),
        "path": getattr(data.items[0], f"{side}_path") if data.items else None,
    }


def as_json(document: Mapping[str, Any]) -> str:
    """A document for people and programs."""
    return "".join(json_pieces(document))


def json_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """`as_json`, a member of a list after the other: a list may be made while it is written."""
    before = "{"
    for key, value in document.items():
        yield f"{before}\n  {_encoded(key)}: "
        before = ","
        if isinstance(value, Iterator | list):
            begin = "["
            for member in value:
                yield f"{begin}\n    {_indented(member, _DEEPER)}"
                begin = ","
            yield "[]" if begin == "[" else "\n  ]"
        else:
            yield _indented(value, "\n  ")
    yield "\n}\n" if document else "{}\n"


_DEEPER = "\n    "

_encoded = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _indented(value: Any, line: str) -> str:
    """As `json.dumps` with an indent of 2, which takes four times as long: it has no part in C for that.

    Args:
        line: what begins a line at the depth of the value.
    """
    if value is None:
        return "null"
    if isinstance(value, str) or not isinstance(value, Mapping | list | tuple) or not value:
        return _encoded(value) if type(value) is not int else str(value)
    deeper = f"{line}  "
    if isinstance(value, Mapping):
        parts = [f"{_encoded(key)}: {_indented(member, deeper)}" for key, member in value.items()]
        return f"{{{deeper}{f',{deeper}'.join(parts)}{line}}}"
    return f"[{deeper}{f',{deeper}'.join([_indented(member, deeper) for member in value])}{line}]"


def as_lines(documents: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) + "\n" for row in documents)


# --- tables


class _Field(NamedTuple):
    """One column; `value` is what it is sorted by, None where it is not known."""

    heading: str
    words: Callable[[Listed], str]
    value: Callable[[Listed], Any]
    right: bool = False


def _side(row: Listed, side: str) -> str:
    data = row.state.job.transfer
    if data is None:
        return "?" if row.state.job.unreadable else "-"
    name = collection_name(data.source_endpoint if side == "source" else data.destination_endpoint, row.case.names)
    return f"{name}:{one_line(getattr(data.items[0], f'{side}_path'))}" if data.items else name


def _last(row: Listed) -> str:
    return moments.ago(row.state.last_ran, row.case.now) if row.state.last_ran else "-"


def _sent(key: str, words: Callable[[Any], str] = count, *, right: bool = True) -> _Field:
    return _Field(key.upper(), lambda row: words(timer_document(row)[key]), lambda row: timer_document(row)[key], right)


FIELDS: dict[str, _Field] = {
    "health": _Field("HEALTH", lambda row: row.state.health.word.value, lambda row: row.state.health.word.rank),
    "name": _Field("NAME", lambda row: row.state.job.label, lambda row: row.state.job.label.casefold()),
    "status": _sent("status", lambda status: status or "?", right=False),
    "last": _Field("LAST", _last, lambda row: row.state.last_ran),
    "next": _Field("NEXT", lambda row: health_words.next_words(row.case), lambda row: row.state.job.next_run),
    "every": _Field(
        "EVERY", lambda row: schedule_words.every_short(row.state.job), lambda row: row.state.job.interval_seconds
    ),
    "runs": _sent("runs"),
    "errors": _sent("errors"),
    "missed": _sent("missed"),
    "skipped": _sent("skipped"),
    "from": _Field("FROM", lambda row: _side(row, "source"), lambda row: _side(row, "source").casefold()),
    "to": _Field("TO", lambda row: _side(row, "destination"), lambda row: _side(row, "destination").casefold()),
    "profile": _Field("PROFILE", lambda row: row.profile, lambda row: row.profile),
    "id": _Field("ID", lambda row: str(row.state.job.job_id), lambda row: str(row.state.job.job_id)),
    "why": _Field("WHY", lambda row: health_words.why(row.case), lambda row: health_words.why(row.case).casefold()),
}
"""The columns by the names that `--columns` and `--sort` take."""
USUAL = ("health", "name", "last", "next", "every", "why")
NARROW = ("health", "name", "next", "why")
"""What of it is shown where the terminal is narrow."""
WIDE = ("health", "name", "status", "last", "next", "every", "runs", "errors", "from", "to", "id", "why")


def cells(listed: Sequence[Listed], columns: Sequence[str]) -> list[list[str]]:
    """The words of each row: safe to print."""
    return [[safe_line(FIELDS[key].words(row), ascii_only=row.case.ascii_only) for key in columns] for row in listed]


def table(
    rows: Sequence[Sequence[str]],
    headings: Sequence[tuple[str, bool]],
    width: int | None,
    cut: Sequence[int] = (),
    ellipsis: str = "…",
) -> list[str]:
    """Lines of columns, two blanks between them, that fit a width: what is cut ends in an ellipsis.

    Args:
        headings: of each column, with whether its words stand at the right.
        width: cells of the terminal; None cuts nothing.
        cut: columns that may be cut, by their places; where that is not enough, the last columns are left out.
        ellipsis: what stands where something was cut.
    """
    widths = [
        max([len(heading), *(cell_width(row[place]) for row in rows)]) for place, (heading, _) in enumerate(headings)
    ]
    while width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        over = sum(widths) + 2 * (len(widths) - 1) - width
        widest = max((column for column in cut if column < len(widths)), key=lambda column: widths[column], default=0)
        if widths[widest] > _NARROWEST and widest in cut:
            widths[widest] = max(_NARROWEST, widths[widest] - max(1, over // 4))
        elif len(widths) > 1:
            widths.pop()
        else:
            widths[0] = width
    lines = []
    for row in ([heading for heading, _ in headings], *rows):
        words = [
            fit(cell, cells_of, align="right" if right else "left", ellipsis=ellipsis)
            for cell, cells_of, (_, right) in zip(row, widths, headings, strict=False)
        ]
        lines.append("  ".join(words).rstrip())
    return lines


def timer_table(
    listed: Sequence[Listed], columns: Sequence[str], width: int | None, *, ascii_only: bool = False
) -> list[str]:
    headings = [(FIELDS[key].heading, FIELDS[key].right) for key in columns]
    cut = [place for place, key in enumerate(columns) if key in _CUT]
    return table(cells(listed, columns), headings, width, cut, "..." if ascii_only else "…")


def as_csv(listed: Sequence[Listed], columns: Sequence[str]) -> str:
    """Comma-separated values (RFC 4180): fields of the document, or the words of columns if some are named.

    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    if columns:
        heading, rows = list(columns), cells(listed, columns)
    else:
        heading = [part for key in DOCUMENT for part in _PARTS.get(key, (key,))]
        flat = [_flat(timer_document(row)) for row in listed]
        rows = [[safe_line("" if row[key] is None else str(row[key])) for key in heading] for row in flat]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([heading, *([_harmless(cell) for cell in row] for row in rows)])
    return file.getvalue()


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in document.items():
        parts = _PARTS.get(key)
        flat |= {part: (value or {}).get(part.removeprefix(f"{key}_")) for part in parts} if parts else {key: value}
    return flat | {"tags": " ".join(document["tags"])}


def _harmless(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) and len(words) > 1 else words


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of safe words, as GitHub reads it; what stands in a cell is text."""
    escaped = [[_escaped(words) for words in row] for row in rows]
    lines = [list(headings), ["---"] * len(headings), *escaped]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_\[\]|~$@<>])", r"\\\1", words.replace("&", "&amp;"))

"""Filters and order of the task list."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.sandbox.state import Document, TransferTask
    from globus_tui.sandbox.transfer_asking import Asking

    Test = Callable[[Document], bool]

_ONE_OF = ("task_id", "status", "type")
_TIMES = ("request_time", "completion_time")


def filtered(asking: Asking, tasks: list[TransferTask], text: str) -> list[TransferTask]:
    """Tasks that pass every clause of `key:value,value/key:value`.

    Raises:
        Refusal: 400 for a clause of another form.
    """
    for test in [_test(asking, clause) for clause in text.split("/") if clause]:
        tasks = [task for task in tasks if test(task.document)]
    return tasks


def _test(asking: Asking, clause: str) -> Test:
    key, colon, value = clause.partition(":")
    if colon and key in _ONE_OF:
        wanted = {one.strip() for one in value.split(",")}
        return lambda document: document[key] in wanted
    if colon and key == "label":
        return _label_test(value)
    if colon and key in _TIMES:
        return _time_test(asking, key, value)
    raise asking.bad(f"invalid filter clause '{clause}'")


def _label_test(value: str) -> Test:
    """`=` exact (as is nothing), `~` wildcard without regard to case, `!` not."""
    refusing = value.startswith("!")
    pattern = value.removeprefix("!")
    if pattern.startswith("~"):
        glob = pattern[1:].lower()
        return lambda document: fnmatch.fnmatchcase(str(document["label"] or "").lower(), glob) != refusing
    exact = pattern.removeprefix("=")
    return lambda document: (document["label"] == exact) != refusing


def _time_test(asking: Asking, key: str, value: str) -> Test:
    first, _, last = value.partition(",")
    low, high = _moment(asking, first), _moment(asking, last)

    def test(document: Document) -> bool:
        if document[key] is None:
            return False
        there = datetime.fromisoformat(document[key])
        return (low is None or there >= low) and (high is None or there <= high)

    return test


def _moment(asking: Asking, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise asking.bad(f"invalid time '{text}'") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def ordered_tasks(asking: Asking, tasks: list[TransferTask], orderby: str) -> list[TransferTask]:
    """Tasks in the order of `field ASC,field2 DESC`; empty values come first."""
    for clause in reversed(orderby.split(",")):
        key, _, direction = clause.strip().partition(" ")
        if direction.strip().upper() not in ("", "ASC", "DESC") or (tasks and key not in tasks[0].document):
            raise asking.bad(f"invalid orderby '{clause}'")
        tasks = sorted(tasks, key=_sorting_by(key), reverse=direction.strip().upper() == "DESC")
    return tasks


def _sorting_by(key: str) -> Callable[[TransferTask], tuple[bool, str | float]]:
    def value(task: TransferTask) -> tuple[bool, str | float]:
        there = task.document[key]
        return there is not None, there if isinstance(there, int | float) else str(there or "")

    return value

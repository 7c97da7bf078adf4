"""Which timers keep one calendar's schedule together, so that they are shown and acted on as one; and new names for
several timers.

The service knows no groups: they are told by what `Draft.to_timers` gives their timers: one name with the times of
`calendar_groups` behind it, the same work, the same end, and an interval of a week (of a day, without weekdays).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from unicodedata import category

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.schedule.typed_clock import DAY_NAMES
from globus_tui.domain.timer.job import JobStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from globus_tui.domain.timer.job import Job, JobId

_DAYS = tuple(name[:3] for name in DAY_NAMES)
_NAME = re.compile(rf"(.*\S) \(((?:({'|'.join(_DAYS)}) )?(?:[01]\d|2[0-3]):[0-5]\d)\)", re.ASCII)
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class TimerGroup:
    """Two or more timers that belong together.

    Attributes:
        name: what their names have in common.
        job_ids: in the order of the week; the first stands for the group.
        suffixes: what sets the names apart, as `mon 18:00`, in the same order.
    """

    name: str
    job_ids: tuple[JobId, ...]
    suffixes: tuple[str, ...]


def split_name(name: str) -> tuple[str, str]:
    """A name without the time of its timer in a group, and that time; an empty text when it has none."""
    match = _NAME.fullmatch(name) if name.endswith(")") else None
    return (match.group(1), match.group(2)) if match else (name, "")


def joined_name(name: str, suffix: str) -> str:
    return f"{name} ({suffix})" if suffix else name


def timer_groups(jobs: Iterable[Job]) -> tuple[TimerGroup, ...]:
    """The groups among timers; a timer in any doubt belongs to none."""
    alike: dict[tuple[object, ...], list[tuple[str, Job]]] = {}
    for job in jobs:
        if job.name and job.name[-1] == ")" and (match := _NAME.fullmatch(job.name)) and _may_belong(job, match):
            name, suffix, day = match.groups()
            rhythm = (day is None, getattr(job.schedule, "interval", None), getattr(job.schedule, "end", None))
            alike.setdefault((name, *rhythm), []).append((suffix, job))
    groups = (_group(str(key[0]), same) for key, timers in alike.items() for same in _same_work(timers))
    return tuple(group for group in groups if group is not None)


def _may_belong(job: Job, match: re.Match[str]) -> bool:
    if job.unreadable or job.payload is None or job.status is JobStatus.DELETING:
        return False
    if not isinstance(job.schedule, RecurringSchedule):
        return False
    step = job.schedule.interval
    return not step % _WEEK if match.group(3) else not (step % _DAY and _DAY % step)


def _same_work(timers: list[tuple[str, Job]]) -> Iterator[list[tuple[str, Job]]]:
    while len(timers) > 1:
        payload, same = timers[0][1].payload, timers[:1]
        others: list[tuple[str, Job]] = []
        for timer in timers[1:]:
            (same if timer[1].payload == payload else others).append(timer)
        yield same
        timers = others


def _group(name: str, timers: list[tuple[str, Job]]) -> TimerGroup | None:
    """Two timers of the same time are copies: nobody can tell which of them belongs to the others."""
    if len(timers) < 2 or len({suffix for suffix, _ in timers}) < len(timers):
        return None
    ordered = sorted(timers, key=lambda timer: _place(timer[0]))
    return TimerGroup(name, tuple(job.job_id for _, job in ordered), tuple(suffix for suffix, _ in ordered))


def _place(suffix: str) -> tuple[int, str]:
    day, _, clock = suffix.rpartition(" ")
    return (_DAYS.index(day) if day else 0, clock)


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What is done to each name; empty texts do nothing.

    Attributes:
        old: what is replaced, wherever it stands, letter by letter.
        new: what comes in its place.
        before: is put before the name.
        after: is put behind the name, before the time that sets a group's timers apart.
    """

    old: str = ""
    new: str = ""
    before: str = ""
    after: str = ""

    def apply_to(self, name: str) -> str:
        """The new name, unchecked."""
        text = name.replace(self.old, self.new) if self.old else name
        base, suffix = split_name(text)
        return joined_name(f"{self.before}{base}{self.after}", suffix).strip()


MOST_OF_A_NAME = 255
"""Characters. How many the service takes is documented nowhere. A longer name is a slip, such as a pasted file."""


def check_name(text: str) -> None:
    """Refuses what makes no good name.

    Raises:
        BadInput: it is empty or very long, or has control characters or half a surrogate in it.
    """
    if not text:
        raise BadInput("A timer needs a name to be found again.")
    if any(category(character) in ("Cc", "Cs") for character in text):
        raise BadInput("The name has a control character in it; take that out.")
    if (problem := too_long(text)) is not None:
        raise BadInput(problem)


def too_long(name: str) -> str | None:
    """Words for a name that nobody means; None for all others."""
    if len(name) <= MOST_OF_A_NAME:
        return None
    return f"The name has {len(name):,} characters: write at most {MOST_OF_A_NAME}.".replace(",", " ")

"""What the screen of one timer says about its past: runs, ticks without one, and what is usual for it."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from globus_tui.domain.timer.history import Mark, Moment, outcome_of, task_of
from globus_tui.domain.timer.run import Outcome, outcome, took
from globus_tui.present import moments, run_words
from globus_tui.present.sizes import count, size, speed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.task import Task

T = TypeVar("T", int, float)

NONE = "-"
"""There is no such number: nothing ran, or no task was made."""
UNKNOWN = "?"
"""There is one, but it is not known."""
GONE = "This timer is not there any more: it was deleted, or it is not yours any longer."
NOT_READ = "No timers are known yet."
READING = "reading runs"
STARTED_CELLS = 17
FEWEST_RUNS = 3
"""Runs from which on something may be called usual."""

_TICKS = {Mark.SKIPPED: "skipped", Mark.MISSED: "missed", Mark.RUNNING: "running"}
_SUMMARY = (
    (Mark.OK, "ok"), (Mark.WITH_SKIPS, "ok with skips"), (Mark.EMPTY, "ok but empty"), (Mark.RUNNING, "running"),
    (Mark.FAILED, "failed"), (Mark.REFUSED, "refused"), (Mark.SKIPPED, "skipped"), (Mark.MISSED, "missed"),
    (Mark.UNKNOWN, "not known"),
)  # fmt: skip
_GOOD = (Outcome.OK, Outcome.WITH_SKIPS, Outcome.EMPTY)


def started(moment: Moment, now: datetime, zone: tzinfo) -> str:
    """When a run fired or a tick was due: `Thu 19 Nov 02:00`, of another year `26 Dec 2025 02:00`."""
    if moment.at is None:
        return UNKNOWN
    words = moments.date_time(moment.at, now, zone)
    return words if len(words) <= STARTED_CELLS else words.partition(" ")[2]


def took_words(moment: Moment, now: datetime) -> str:
    """How long a run took; of one that goes on, how long so far with a `+`."""
    if moment.run is None and moment.mark is not Mark.RUNNING:
        return NONE
    if moment.mark is Mark.RUNNING:
        return f"{moments.duration(now - moment.at)}+" if moment.at and now >= moment.at else UNKNOWN
    if moment.mark is Mark.REFUSED:
        return NONE
    lasted = took(moment.run, moment.task) if moment.run else None
    return moments.duration(lasted, seconds=True) if lasted is not None else UNKNOWN


def result(moment: Moment) -> str:
    """What became of a run or tick, in one cell."""
    ending = outcome_of(moment)
    words = run_words.result(ending) if ending else _TICKS.get(moment.mark, "not known")
    return words if moment.ticks == 1 else f"{count(moment.ticks)} {words}"


def number(moment: Moment, field: str) -> str:
    """A count of the run's task: `-` where there is no task, `?` where it is not known, never a made-up zero."""
    if not _has_task(moment):
        return _without_task(moment)
    value = getattr(moment.task, field) if moment.task else None
    return count(value, UNKNOWN)


def moved(moment: Moment) -> str:
    if not _has_task(moment):
        return _without_task(moment)
    return size(moment.task.bytes_transferred if moment.task else None)


def _has_task(moment: Moment) -> bool:
    return moment.transfers and moment.run is not None and moment.run.resource_id is not None


def _without_task(moment: Moment) -> str:
    """The word for a run whose task is not known: a run in progress may have one by now, others have none."""
    return UNKNOWN if moment.transfers and moment.mark is Mark.RUNNING else NONE


def task_id(moment: Moment) -> str:
    """The beginning of the task's id, or `-`."""
    return moment.run.resource_id[:8] if moment.run and moment.run.resource_id else NONE


def message(moment: Moment, now: datetime, zone: tzinfo) -> str:
    """What there is to say about a run, or why nothing ran at a tick."""
    if moment.run is not None:
        return run_words.message(moment.run, moment.task)
    if moment.mark is Mark.RUNNING:
        return "in progress, not listed yet"
    why = _why_no_run(moment)
    if moment.ticks == 1:
        return why
    return f"since {moments.date_time(moment.oldest, now, zone)}: {why}" if moment.oldest else why


def _why_no_run(moment: Moment) -> str:
    if moment.mark is Mark.SKIPPED:
        return "run before still going"
    if moment.standing:
        return "timer paused" if moment.mark is Mark.MISSED else "timer paused, or run before still going"
    return "paused, or the service was away" if moment.mark is Mark.MISSED else "Globus lists no run for it"


def unopened_words(moment: Moment, now: datetime, zone: tzinfo) -> str:
    """Why a line without a run cannot be opened."""
    if moment.mark is Mark.RUNNING:
        return "Globus does not list the run in progress yet; it will after the next refresh."
    return f"Nothing ran then: {message(moment, now, zone)}."


def past_words(lines: Sequence[Moment], *, complete: bool) -> str:
    """The past in numbers: `43 ticks: 39 ok, 1 failed, 1 refused, 2 missed`; newest ones only where there are more."""
    if not lines:
        return "no run so far" if complete else "no runs known"
    totals = dict.fromkeys(Mark, 0)
    for line in lines:
        totals[line.mark] += line.ticks
    parts = [f"{count(totals[mark])} {word}" for mark, word in _SUMMARY if totals[mark]]
    whole = sum(totals.values())
    head = f"{count(whole)} {'tick' if whole == 1 else 'ticks'}" if complete else f"last {count(whole)} ticks"
    return f"{head}: {', '.join(parts)}"


def usual_words(job: Job, tasks: Mapping[str, Task], *, in_full: bool = False) -> str:
    """What a good run is like: `a normal run takes 47m (median of 30) and moves 1.93 TB`; with few runs, nothing.

    `in_full`: at which speed, too.
    """
    good = [(run, task) for run in job.runs for task in (task_of(run, tasks),) if outcome(run, task) in _GOOD]
    times = sorted(lasted for run, task in good if (lasted := took(run, task)) is not None)
    amounts = sorted(task.bytes_transferred for _, task in good if task and task.bytes_transferred is not None)
    speeds = sorted(task.bytes_per_second for _, task in good if task and task.bytes_per_second is not None)
    if len(times) < FEWEST_RUNS:
        return ""
    lasted = times[len(times) // 2]
    words = f"a normal run takes {moments.duration(lasted, seconds=True)} (median of {len(times)})"
    words += f" and moves {size(amounts[len(amounts) // 2])}" if len(amounts) >= FEWEST_RUNS else ""
    return words + (f" at {speed(speeds[len(speeds) // 2])}" if in_full and len(speeds) >= FEWEST_RUNS else "")


BASELINE = 5
"""Good runs that must be known before one is called unusual."""
_BLOCKS, _PLAIN = "▁▂▃▄▅▆▇", "_.-=+*#"
"""The highest leaves a gap to the line above."""


def odd_runs(job: Job, tasks: Mapping[str, Task]) -> dict[str, str]:
    """What is unusual about runs among the other good ones, by run key: thrice as long, a tenth of the files."""
    runs = [(run, task_of(run, tasks)) for run in job.runs]
    good = [(run, task) for run, task in runs if outcome(run, task) in _GOOD]
    times = {run.key: lasted.total_seconds() for run, task in good if (lasted := took(run, task)) is not None}
    files = {run.key: task.files for run, task in good if task is not None and task.files is not None}
    in_order, files_in_order = sorted(times.values()), sorted(files.values())
    words = {}
    for run, task in runs:
        lasted, remarks = took(run, task), []
        usual = _middle(in_order, times.get(run.key))
        if lasted is not None and usual and lasted.total_seconds() >= 3 * usual:
            remarks.append(f"{lasted.total_seconds() / usual:.0f} times as long as usual")
        usual_files = _middle(files_in_order, files.get(run.key))
        if task is not None and task.finished and task.files is not None and 10 * task.files < (usual_files or 0):
            remarks.append(f"{count(task.files)} files where {count(usual_files)} are usual")
        if remarks:
            words[run.key] = ", ".join(remarks)
    return words


def _middle(ordered: Sequence[T], own: T | None) -> T | None:
    """The median of the others; None where there are too few of them."""
    others = len(ordered) - (own is not None)
    if others < BASELINE:
        return None
    return ordered[others // 2 + (own is not None and bisect_left(ordered, own) <= others // 2)]


def plots(
    job: Job, tasks: Mapping[str, Task], width: int = 30, *, ascii_only: bool = False
) -> list[tuple[str, str, str]]:
    """How long the newest runs took, what they moved, and their faults, each with median and spread of the good ones.

    As (name, blocks with the oldest run left, words); nothing of fewer than five good runs.
    """
    runs = [(run, task_of(run, tasks)) for run in reversed(job.runs[:width])]
    good = [outcome(*pair) in _GOOD for pair in runs]
    ended = [task if task is not None and task.finished else None for _, task in runs]
    series: tuple[tuple[str, list[float | None], Callable[[float], str]], ...] = (
        ("took", [lasted.total_seconds() if (lasted := took(*pair)) is not None else None for pair in runs],
         lambda value: moments.duration(timedelta(seconds=value), seconds=True)),
        ("moved", [task.bytes_transferred if task else None for task in ended], lambda value: size(int(value))),
        ("faults", [task.faults if task else None for task in ended], lambda value: count(int(value))),
    )  # fmt: skip
    lines = []
    for name, values, words in series:
        known = sorted(value for value, well in zip(values, good, strict=True) if well and value is not None)
        if len(known) >= BASELINE:
            least, middle, longest = known[0], known[len(known) // 2], known[-1]
            most = max(value for value in values if value is not None)
            blocks = _PLAIN if ascii_only else _BLOCKS
            drawn = "".join(
                " " if value is None else blocks[min(6, int(7 * value / most)) if most else 0] for value in values
            )
            spread = f"{words(least)} to {words(longest)}" if least != longest else "always"
            lines.append((name, drawn, f"median {words(middle)}, {spread}"))
    return lines


def no_runs_words(job: Job, *, busy: bool, problem: str | None) -> str:
    """What stands in place of a list of runs that is empty."""
    if busy:
        return "Reading runs"
    if problem:
        return f"The runs could not be read: {problem}\nThey are tried again after the next refresh."
    if job.n_runs is None:
        return "How often it has run is not known."
    return "It has not run yet." if job.n_runs == 0 else "Globus keeps no run of it any more."

"""Folds an answer of the service into the jobs, without undoing what happened here after it was asked for.

Every request and every local change takes a number from one counter. `touched` holds, for each job, the number of
the newest thing known about it: an answer that was asked for before that says nothing new of this job.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from globus_tui.domain.job import Job, JobId, JobStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from globus_tui.domain.run import Run

RUNS_KEPT = 30
"""Runs kept for a job that nobody has opened; the strip of a row shows fewer."""


@dataclass(slots=True)
class Held:
    """The jobs, and what is needed to judge whether an answer may change them.

    Attributes:
        jobs: in the order of the service.
        folded: the document last folded in for each job, to see at once that nothing changed.
        touched: number of the newest reading or local change of each job.
        deleted: jobs deleted from here: what still lists them as being deleted is not news.
    """

    jobs: dict[JobId, Job] = field(default_factory=dict)
    folded: dict[JobId, Job] = field(default_factory=dict)
    touched: dict[JobId, int] = field(default_factory=dict)
    deleted: dict[JobId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """The jobs after folding, the documents folded, and which jobs are new or differ, or are gone."""

    jobs: dict[JobId, Job]
    folded: dict[JobId, Job]
    changed: frozenset[JobId]
    removed: frozenset[JobId]


def fold(
    held: Held,
    answer: Iterable[Job],
    *,
    asked: int,
    pending: Collection[JobId] = (),
    runs_kept: Mapping[JobId, int] | None = None,
) -> Merged:
    """Folds a whole list into the jobs.

    Args:
        held: what is known; not changed.
        answer: the list as the service gave it.
        asked: number of the request.
        pending: jobs with an operation under way; they stay as they are.
        runs_kept: how many runs to keep for jobs that somebody opened.
    """
    jobs: dict[JobId, Job] = {}
    folded: dict[JobId, Job] = {}
    changed: set[JobId] = set()
    for found in answer:
        job_id = found.job_id
        old = held.jobs.get(job_id)
        if _older_than_here(held, job_id, asked, pending):
            if old is not None:
                jobs[job_id] = old
                folded[job_id] = held.folded.get(job_id, old)
            continue
        if job_id in held.deleted and found.status is JobStatus.DELETING:
            continue
        folded[job_id] = found
        before = held.folded.get(job_id)
        if old is not None and before is not None and (before is found or before == found):
            jobs[job_id] = old
            folded[job_id] = before
            continue
        jobs[job_id] = merge_job(old, found, (runs_kept or {}).get(job_id, RUNS_KEPT))
        if jobs[job_id] != old:
            changed.add(job_id)
        elif old is not None:
            jobs[job_id] = old
    for job_id, old in held.jobs.items():
        if job_id not in jobs and _older_than_here(held, job_id, asked, pending):
            jobs[job_id] = old
            folded[job_id] = held.folded.get(job_id, old)
    return Merged(jobs, folded, frozenset(changed), frozenset(held.jobs.keys() - jobs.keys()))


def _older_than_here(held: Held, job_id: JobId, asked: int, pending: Collection[JobId]) -> bool:
    if job_id in pending or held.touched.get(job_id, 0) > asked:
        return True
    return held.deleted.get(job_id, 0) > asked


def merge_job(old: Job | None, found: Job, runs_kept: int = RUNS_KEPT) -> Job:
    """The job as found, with the older runs that were known already: an answer may carry only the newest few."""
    if old is None or not old.runs or found.unreadable:
        return found
    runs = merge_runs(old.runs, found.runs, runs_kept)
    if runs == found.runs:
        return found
    reaches_deeper = len(runs) > len(found.runs)
    marker = old.runs_marker if reaches_deeper and runs[-1] == old.runs[-1] else found.runs_marker
    return replace(found, runs=runs, runs_marker=marker)


def merge_runs(old: tuple[Run, ...], found: tuple[Run, ...], kept: int) -> tuple[Run, ...]:
    """Unites runs, newest first, at most `kept` (but never fewer than found). What was found now wins.

    A run is known by the moment at which it fired, for a job has one run at a time and the service gives runs no id;
    what it made (`resource_id`) may become known only later.
    """
    if not old:
        return found
    fresh = {run.ran_at or run.key for run in found}
    known = tuple(run for run in old if (run.ran_at or run.key) not in fresh)
    if not known:
        return found
    runs = (*found, *known)
    if all(run.ran_at for run in runs):
        runs = tuple(sorted(runs, key=lambda run: run.ran_at.timestamp() if run.ran_at else 0.0, reverse=True))
    return runs[: max(kept, len(found))]

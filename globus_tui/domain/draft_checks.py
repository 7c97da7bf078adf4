"""All checks of a draft before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.check_against_timers import check_against_timers
from globus_tui.domain.check_items import check_items
from globus_tui.domain.check_lookups import Lookups, check_lookups
from globus_tui.domain.check_schedule import check_schedule
from globus_tui.domain.draft import What
from globus_tui.domain.draft_fields import FLOW
from globus_tui.domain.findings import Finding, Level, stop
from globus_tui.domain.timer_index import TimerIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.job import Job
    from globus_tui.domain.task import Task

_NOTHING = Lookups()


def check_draft(
    draft: Draft,
    now: datetime,
    *,
    jobs: Iterable[Job] | TimerIndex = (),
    tasks: Mapping[str, Task] | None = None,
    lookups: Lookups = _NOTHING,
    replaces: str | None = None,
) -> tuple[Finding, ...]:
    """Everything that can be found, worst first, otherwise in the order of the wizard's steps.

    Args:
        draft: complete or not.
        now: the present.
        jobs: all timers, for rate, duplicates and overlap; a `TimerIndex` of them when there are many checks.
        tasks: known tasks by id.
        lookups: what services answered so far.
        replaces: id of the timer that an edit replaces.
    """
    timers = jobs if isinstance(jobs, TimerIndex) else TimerIndex(jobs)
    found: list[Finding] = []
    if draft.what is What.FLOW_TIMER:
        if not draft.flow.flow_id:
            found.append(stop(FLOW, "No flow is chosen"))
    else:
        found += check_items(draft.transfer, now)
    found += check_schedule(draft, now)
    found += check_against_timers(draft, timers, tasks or {}, now=now, replaces=replaces)
    found += check_lookups(draft, lookups)
    return tuple(sorted(found, key=lambda one: -one.level))


def may_be_sent(findings: Iterable[Finding]) -> bool:
    """Nothing found forbids it."""
    return all(one.level is not Level.STOP for one in findings)


def beside(findings: Iterable[Finding], field: str) -> tuple[Finding, ...]:
    """What is to be shown beside one field."""
    return tuple(one for one in findings if one.field == field)

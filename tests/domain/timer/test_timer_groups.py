"""Which timers belong together, and what is shown of them as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.making.draft import Draft, What
from globus_tui.domain.schedule.schedule import EndCondition, RecurringSchedule
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.timer.job import Job, JobId, JobStatus
from globus_tui.domain.timer.timer_groups import joined_name, split_name, timer_groups
from globus_tui.domain.transfer.transfer import TransferData, TransferItem
from tests.domain.samples import DAY, DESTINATION, NOW, SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = TransferData(SOURCE, DESTINATION, (TransferItem("/a/", "/b/"),))


def made_of(phrase: str, name: str = "week") -> list[Job]:
    """The timers as the service has them after a draft was sent."""
    members = parse_schedule(phrase, NOW, UTC).members
    timers = Draft(What.TRANSFER_TIMER, name, DATA, members[0].schedule, members).to_timers()
    return [
        Job(JobId(f"{name} {number}"), one.name, JobStatus.ACTIVE, schedule=one.schedule, payload=replace(DATA))
        for number, one in enumerate(timers)
    ]


@pytest.mark.parametrize(
    ("phrase", "suffixes"),
    [
        ("weekdays 18:00", ["mon 18:00", "tue 18:00", "wed 18:00", "thu 18:00", "fri 18:00"]),
        ("every day at 06:00 and 14:00", ["06:00", "14:00"]),
    ],
)
def test_what_a_draft_makes_together_is_one_group_in_the_order_of_the_week(phrase: str, suffixes: list[str]) -> None:
    jobs = made_of(phrase)
    (group,) = timer_groups(reversed(jobs))
    assert group.name == "week"
    assert list(group.suffixes) == suffixes
    assert {joined_name(group.name, one) for one in group.suffixes} == {job.name for job in jobs}
    names = {job.job_id: job.name for job in jobs}
    assert [split_name(names[job_id] or "")[1] for job_id in group.job_ids] == suffixes


CHANGES: dict[str, Callable[[Job], Job]] = {
    "another name": lambda job: replace(job, name="other (mon 18:00)"),
    "no time in its name": lambda job: replace(job, name="week (copy)"),
    "no such time": lambda job: replace(job, name="week (mon 25:00)"),
    "other work": lambda job: replace(job, payload=replace(DATA, label="x")),
    "work that is not known": lambda job: replace(job, payload=None),
    "a daily interval": lambda job: replace(job, schedule=RecurringSchedule(DAY, NOW)),
    "an end of its own": lambda job: replace(job, schedule=RecurringSchedule(7 * DAY, NOW, EndCondition(until=NOW))),
    "one run": lambda job: replace(job, schedule=None),
    "being deleted": lambda job: replace(job, status=JobStatus.DELETING),
    "unreadable": lambda job: replace(job, unreadable="x"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_timer_that_differs_is_a_row_of_its_own(what: str) -> None:
    odd, *others = made_of("weekdays 18:00")
    (group,) = timer_groups([CHANGES[what](odd), *others])
    assert set(group.job_ids) == {job.job_id for job in others}
    assert timer_groups([CHANGES[what](odd), others[0]]) == ()


def test_one_timer_is_no_group_and_copies_of_a_group_are_none_either() -> None:
    jobs = made_of("weekends 10:00")
    assert timer_groups(jobs[:1]) == ()
    assert timer_groups([*jobs, replace(jobs[0], job_id=JobId("copy"))]) == ()


def test_two_groups_of_different_work_may_have_one_name() -> None:
    here, there = made_of("weekends 10:00"), made_of("weekends 10:00")
    other = replace(DATA, destination_endpoint=SOURCE)
    there = [replace(job, job_id=JobId(f"there {job.job_id}"), payload=other) for job in there]
    assert {frozenset(group.job_ids) for group in timer_groups([*here, *there])} == {
        frozenset(job.job_id for job in here),
        frozenset(job.job_id for job in there),
    }


def test_names_without_a_time_stay_whole() -> None:
    assert split_name("week (mon 18:00)") == ("week", "mon 18:00")
    for name in ("week", "week (18)", "(mon 18:00)", "week (mon 18:00) old", "week (Monday)"):
        assert split_name(name) == (name, "")
        assert joined_name(*split_name(name)) == name

"""Looking timers up finds what going through all of them would find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.making.draft_checks import check_draft
from globus_tui.domain.making.draft_fields import Level
from globus_tui.domain.making.timer_index import TimerIndex, pairs
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.transfer.places import sources, targets
from globus_tui.domain.transfer.transfer import TransferItem
from tests.domain.making.test_draft_checks import good, mirror, other
from tests.domain.samples import DESTINATION, NOW, SOURCE

if TYPE_CHECKING:
    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.places import Place
    from globus_tui.domain.transfer.transfer import TransferData

FOLDERS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=3).map(lambda parts: "/".join(["", *parts, ""]))
ITEMS = st.builds(TransferItem, FOLDERS, FOLDERS)
IDS = st.sampled_from([SOURCE, DESTINATION])
MOVING = st.builds(
    lambda source, destination, items: good(
        source_endpoint=source, destination_endpoint=destination, items=tuple(items)
    ),
    IDS,
    IDS,
    st.lists(ITEMS, min_size=1, max_size=3),
)
MANY = 12


def data(job: Job) -> TransferData:
    assert job.transfer is not None
    return job.transfer


def nested(some: list[Place], others: list[Place]) -> bool:
    return any(
        one[0] == two[0] and (one[1].startswith(two[1]) or two[1].startswith(one[1])) for one in some for two in others
    )


@given(MOVING, st.lists(MOVING.map(other), max_size=6))
def test_the_same_timers_as_by_going_through_all(draft: Draft, jobs: list[Job]) -> None:
    index, mine = TimerIndex(jobs), draft.transfer
    everyone = list(enumerate(jobs))
    assert index.moving(pairs(mine)) == {n for n, job in everyone if pairs(data(job)) & pairs(mine)}
    assert index.reading(sources(mine)) == {n for n, job in everyone if nested(sources(data(job)), sources(mine))}
    assert index.writing(targets(mine)) == {n for n, job in everyone if nested(targets(data(job)), targets(mine))}


def test_many_that_read_the_same_folder_are_one_sentence_with_their_number() -> None:
    item = TransferItem("/proj/climate/", "/elsewhere/", recursive=True)
    jobs = [replace(other(good(items=(item,))), name=f"reader {number}") for number in range(MANY)]
    said = [one.words for one in check_draft(good(), NOW, jobs=TimerIndex(jobs)) if "same folder" in one.words]
    assert said == ["reader 0, reader 1, reader 2 and 9 more read the same folder"]


def test_many_doubles_are_told_by_name_at_first_and_then_counted() -> None:
    jobs = [replace(other(good()), name=f"double {number}") for number in range(MANY)]
    said = [one.words for one in check_draft(good(), NOW, jobs=jobs) if "same things" in one.words]
    assert len(said) == 4
    assert said[-1].startswith("9 more: the first of them, double 3, moves the same things")


def test_two_whose_files_a_mirror_would_delete_are_both_named() -> None:
    item = TransferItem("/x/", "/climate/sub/", recursive=True)
    jobs = [replace(other(good(source_endpoint="8" * 32, items=(item,))), name=name) for name in ("one", "two")]
    found = [one for one in check_draft(mirror(), NOW, jobs=jobs) if "would be deleted" in one.words]
    assert [(one.level, one.words) for one in found] == [
        (Level.WARN, "one and two write to the same folder, and what they put there would be deleted")
    ]


def test_the_timer_that_is_replaced_counts_in_nothing() -> None:
    old = replace(other(good()), job_id=JobId("old"), name="good")
    found = check_draft(replace(good(), name="good"), NOW, jobs=TimerIndex([old]), replaces="old")
    assert not [one for one in found if "good " in one.words or "this name" in one.words]

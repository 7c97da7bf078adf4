"""A calendar group whose creation stops anywhere is finished later, and none of its timers is ever made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.store.creation import CreationServices, Creator, NotCreated, Unconfirmed
from globus_tui.store.drafts import DraftKeeper, DraftShelf
from tests.store.workbench import NOON, Workbench, nightly, no_waiting, workbench

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft

MEMBERS = parse_schedule("weekdays 18:00", NOON, ZoneInfo("America/Chicago")).members
DRAFT = replace(nightly("week"), schedule=MEMBERS[0].schedule, group=MEMBERS)
NAMES = [f"week ({one.suffix})" for one in MEMBERS]
ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "the request never arrived": ("reset", {}),
    "it arrived and its answer was lost": ("lose", {}),
    "it was refused": ("answer", {"status": 422, "body": {"detail": []}}),
    "the service broke": ("answer", {"status": 500, "body": {}}),
}

MAY_STILL_ARRIVE = ("the request never arrived", "the service broke")


def a_program(bench: Workbench, folder: Path) -> tuple[Creator, DraftKeeper]:
    """What a program has after its start: nothing but the shelf of drafts."""
    shelf = DraftShelf(folder, bench.clock.now)
    saved = next(iter(shelf.drafts()), None)
    draft = saved.draft if saved and saved.draft else DRAFT
    keeper = DraftKeeper(shelf, saved.draft_id if saved else None, draft, "review", saved.attempt if saved else None)
    services = CreationServices(bench.timers, bench.transfers, bench.transfers, bench.consents)
    creator = Creator(services, bench.recorder, bench.clock.now, sleep=no_waiting, sending=keeper.sending)
    return creator, keeper


def made(bench: Workbench) -> list[str]:
    named = (one.name or "" for one in bench.app.sandbox.timers.values())
    return sorted(name for name in named if name.startswith("week ("))


def read_back(folder: Path, bench: Workbench) -> Draft:
    found = DraftShelf(folder, bench.clock.now).drafts()[0].draft
    assert found is not None
    return found


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("end", ENDS)
async def test_after_a_crash_at_any_step_the_rest_is_made_and_nothing_twice(
    tmp_path: Path, end: str, step: int
) -> None:
    async with workbench() as bench:
        creator, _ = a_program(bench, tmp_path)
        kind, more = ENDS[end]
        bench.fault("/v2/timer", kind, skip=step, **more)
        bench.fault("/jobs/", "reset", skip=1, times=None)  # nor can the list be looked at before the crash
        await creator.create_group(DRAFT)
        bench.calm()
        creator, keeper = a_program(bench, tmp_path)
        assert (keeper.attempt is None) == (end == "it was refused" and step == 0), "nothing is there to look for"
        found = await creator.create_group(read_back(tmp_path, bench), after=keeper.attempt)
        if end in MAY_STILL_ARRIVE:
            assert isinstance(found.stopped_by, Unconfirmed)
            assert "may still arrive" in found.stopped_by.words
            assert len(made(bench)) == step, "nothing is sent while the last one may still arrive"
            found = await creator.create_group(read_back(tmp_path, bench), after=keeper.attempt, again=True)
        assert found.stopped_by is None
        assert [one.job.name for one in found.created] == NAMES
        assert made(bench) == sorted(NAMES)
        assert found.others == ()


async def test_one_without_an_answer_stays_known_where_it_is_sent_again_and_refused(tmp_path: Path) -> None:
    async with workbench() as bench:
        creator, _ = a_program(bench, tmp_path)
        bench.fault("/v2/timer", "reset")
        await creator.create_group(DRAFT)
        bench.fault("/v2/timer", "answer", status=422, body={"detail": []})
        creator, keeper = a_program(bench, tmp_path)
        refused = await creator.create_group(DRAFT, after=keeper.attempt, again=True)
        assert isinstance(refused.stopped_by, NotCreated)
        creator, keeper = a_program(bench, tmp_path)
        assert keeper.attempt is not None
        assert keeper.attempt.timer == DRAFT.to_timers()[0]
        await bench.timers.create_timer(DRAFT.to_timers()[0])  # it arrives after all
        found = await creator.create_group(DRAFT, after=keeper.attempt)
        assert found.stopped_by is None
        assert made(bench) == sorted(NAMES)


async def test_a_timer_of_the_same_name_and_work_that_was_there_before_is_not_taken_for_one_of_them(
    tmp_path: Path,
) -> None:
    async with workbench() as bench:
        await bench.creator.create(replace(DRAFT, name=NAMES[1], group=(), schedule=MEMBERS[1].schedule))
        creator, _ = a_program(bench, tmp_path)
        bench.fault("/v2/timer", "reset", skip=1)
        await creator.create_group(DRAFT)
        creator, keeper = a_program(bench, tmp_path)
        await creator.create_group(DRAFT, after=keeper.attempt, again=True)
        assert made(bench) == sorted([*NAMES, NAMES[1]])


async def test_what_was_made_of_members_that_the_draft_lost_meanwhile_is_told_however_often_it_goes_on(
    tmp_path: Path,
) -> None:
    async with workbench() as bench:
        creator, keeper = a_program(bench, tmp_path)
        bench.fault("/v2/timer", "reset", skip=2)
        await creator.create_group(DRAFT)
        shorter = replace(DRAFT, group=MEMBERS[1:], schedule=MEMBERS[1].schedule)
        bench.calm()
        bench.fault("/v2/timer", "reset", skip=1)
        await creator.create_group(shorter, after=keeper.attempt, again=True)
        bench.calm()
        found = await creator.create_group(shorter, after=keeper.attempt, again=True)
        assert [one.name for one in found.others] == NAMES[:1]
        assert made(bench) == sorted(NAMES)

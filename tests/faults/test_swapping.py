"""An edit replaces a timer; whatever fails on the way, exactly one of the two stays active."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.making.draft import Draft, clone
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.store.creation import Created, Unconfirmed
from globus_tui.store.journal import due_for_deletion, replaced_timers
from globus_tui.store.swapping import NotSwapped, Swapped, Swapper
from tests.store.workbench import NOON, Workbench, nightly, workbench

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import JobReading

EVERY_SIX_HOURS = timedelta(hours=6)


async def an_old_one(bench: Workbench) -> tuple[JobReading, Draft]:
    made = await bench.creator.create(nightly("old"))
    assert isinstance(made, Created)
    old = await bench.timers.get_job(made.job.job_id)
    draft = clone(old.job, old.document, NOON, for_edit=True)
    assert isinstance(draft.schedule, RecurringSchedule)
    return old, replace(draft, name="edited", schedule=replace(draft.schedule, interval=EVERY_SIX_HOURS))


def swapper(bench: Workbench) -> Swapper:
    return Swapper(bench.creator, bench.timers, bench.recorder)


def active(bench: Workbench) -> list[str | None]:
    both = [*bench.named("old"), *bench.named("edited")]
    return [one.name for one in both if one.status in ("active", "new")]


async def test_an_edit_puts_the_new_one_in_place_and_keeps_the_old_one_paused() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        found = await swapper(bench).replace(old, draft)
        assert isinstance(found, Swapped)
        assert active(bench) == ["edited"]
        assert [one.status for one in bench.named("old")] == ["inactive"]
        assert bench.named("edited")[0].interval == 21_600
        (kept,) = replaced_timers(bench.journal.unwritten)
        assert (kept.job_id, kept.replaced_by) == (old.job.job_id, found.new.job_id)
        assert due_for_deletion(bench.journal.unwritten, NOON + timedelta(days=13), 14) == ()
        assert due_for_deletion(bench.journal.unwritten, NOON + timedelta(days=14), 14) == (kept,)


GATEWAY = {"kind": "answer", "status": 504, "body": {"error": {"code": "T", "detail": "late", "status": 504}}}
REFUSED = {"kind": "answer", "status": 403, "body": {"error": {"code": "FORBIDDEN", "detail": "no", "status": 403}}}
STEPS = {
    "read the old one": ("GET", "/jobs/*-*", 0),
    "create": ("POST", "/v2/timer", 0),
    "verify": ("GET", "/jobs/*-*", 1),
    "swap": ("POST", "/jobs/*/pause", 0),
    "look after the swap": ("GET", "/jobs/*-*", 2),
}


@pytest.mark.parametrize("times", [1, 9])
@pytest.mark.parametrize("fault", ["lose", "reset", "hang", "truncate", "gateway", "refused"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_failure_at_any_step_leaves_exactly_one_active_timer(step: str, fault: str, times: int) -> None:
    method, path, skip = STEPS[step]
    how = {"gateway": GATEWAY, "refused": REFUSED}.get(fault, {"kind": fault})
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        bench.fault(path, method=method, skip=skip, times=times, **how)  # type: ignore[arg-type]  # a table of mixed values
        found = await swapper(bench).replace(old, draft)
        assert len(active(bench)) == 1, (found, active(bench))
        if isinstance(found, Swapped):
            assert active(bench) == ["edited"]
        else:
            assert active(bench) == ["old"]
            assert found.words


async def test_a_new_one_that_came_out_differently_is_taken_back() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        made = await bench.creator.create(
            replace(draft, schedule=RecurringSchedule(timedelta(hours=7), NOON + EVERY_SIX_HOURS))
        )
        assert isinstance(made, Created)
        found = await swapper(bench).finish(old, made, draft)
        assert isinstance(found, NotSwapped)
        assert "schedule" in found.words
        assert active(bench) == ["old"]


# --- a paused timer


class Late:
    """An answer that takes ten minutes: the clock is put forward where a fault would wait."""

    def __init__(self, bench: Workbench) -> None:
        self.clock = bench.clock

    async def wait(self) -> None:
        self.clock.advance(timedelta(minutes=10))


async def a_paused_one(bench: Workbench, interval: timedelta, start: datetime, end: EndCondition) -> JobReading:
    made = await bench.creator.create(replace(nightly("old"), schedule=RecurringSchedule(interval, start, end)))
    assert isinstance(made, Created)
    await bench.timers.pause_job(made.job.job_id)
    return await bench.timers.get_job(made.job.job_id)


def runs(bench: Workbench) -> int:
    bench.app.sandbox.now()
    return sum(one.n_runs for one in bench.app.sandbox.timers.values() if one.name in ("old", "edited"))


MINUTES, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(("interval", "until"), [(2 * MINUTES, None), (90 * MINUTES, NOON + 3 * DAY), (DAY, None)])
@pytest.mark.parametrize("fault", ["lose", "late", "late and lost", "refused"])
@pytest.mark.parametrize("step", STEPS)
async def test_whatever_fails_editing_a_paused_timer_starts_no_run(
    step: str, fault: str, interval: timedelta, until: datetime | None
) -> None:
    """Its next tick is a minute away, and every answer may take ten minutes or never come."""
    method, path, skip = STEPS[step]
    async with workbench() as bench:
        old = await a_paused_one(bench, interval, NOON + MINUTES, EndCondition(until))
        draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
        how = {"refused": REFUSED, "late and lost": {"kind": "lose"}, "late": {"kind": "pass"}}
        late = {"wait": Late(bench)} if "late" in fault else {}
        bench.fault(path, method=method, skip=skip, **how.get(fault, {"kind": fault}), **late)  # type: ignore[arg-type]
        found = await swapper(bench).replace(old, draft)
        assert runs(bench) == 0, found
        assert active(bench) == []
        bench.clock.advance(2 * DAY)
        assert runs(bench) == 0
        for new in bench.named("edited"):
            assert not (new.start - old.job.schedule.start) % interval, "the grid is the old one's"  # type: ignore[union-attr,operator]
            assert new.stop_at == until


async def test_what_the_service_starts_all_the_same_is_told_with_its_task() -> None:
    async with workbench() as bench:
        old = await a_paused_one(bench, DAY, NOON + MINUTES, EndCondition())
        draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
        slow = Late(bench)
        slow.clock = type("Hours", (), {"advance": lambda _, by: bench.clock.advance(by * 200)})()
        bench.fault("/jobs/*/pause", "pass", wait=slow)
        found = await swapper(bench).replace(old, draft)
        assert isinstance(found, Swapped)
        (run,) = found.fired
        assert run.resource_id in bench.app.sandbox.tasks
        assert active(bench) == []


async def test_a_single_run_that_is_too_near_is_not_put_in_a_paused_timers_place() -> None:
    async with workbench() as bench:
        old = await a_paused_one(bench, DAY, NOON + MINUTES, EndCondition())
        draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
        for schedule in (OnceSchedule(), OnceSchedule(NOON + 30 * MINUTES)):
            found = await swapper(bench).replace(old, replace(draft, schedule=schedule))
            assert isinstance(found, NotSwapped)
            assert "more than an hour from now" in found.words
        assert isinstance(await swapper(bench).replace(old, replace(draft, schedule=OnceSchedule(NOON + DAY))), Swapped)
        assert (runs(bench), active(bench)) == (0, [])


async def test_a_tick_that_both_could_fire_is_waited_for_and_with_a_short_interval_left_out() -> None:
    async with workbench() as bench:
        for interval in (DAY, 2 * MINUTES):
            made = await bench.creator.create(
                replace(nightly("old"), schedule=RecurringSchedule(interval, NOON + MINUTES))
            )
            assert isinstance(made, Created)
            old = await bench.timers.get_job(made.job.job_id)
            draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
            found = await swapper(bench).replace(old, draft)
            if interval == DAY:
                assert isinstance(found, NotSwapped)
                assert "wait until it has" in found.words
                assert bench.named("edited") == []
            else:
                assert isinstance(found, Swapped)
                assert bench.named("edited")[0].start == NOON + 3 * MINUTES
            await bench.timers.delete_job(made.job.job_id)


async def test_runs_that_the_old_one_made_while_it_was_edited_are_counted() -> None:
    async with workbench() as bench:
        ten = RecurringSchedule(DAY, NOON + MINUTES, EndCondition(after_runs=10))
        made = await bench.creator.create(replace(nightly("old"), schedule=ten))
        assert isinstance(made, Created)
        old = await bench.timers.get_job(made.job.job_id)
        draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
        bench.clock.advance(3 * DAY - 60 * MINUTES)
        assert isinstance(await swapper(bench).replace(old, draft), Swapped)
        (new,) = bench.named("edited")
        assert (new.stop_after_n, bench.named("old")[0].n_runs) == (7, 3)


async def test_a_creation_that_is_found_later_is_finished() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        bench.fault("/v2/timer", "lose")
        bench.fault("/jobs/", "reset", skip=1, times=99)
        found = await swapper(bench).replace(old, draft)
        assert isinstance(found, NotSwapped)
        assert isinstance(found.creation, Unconfirmed)
        bench.calm()
        made = await bench.creator.look_again(found.creation.attempt, found.creation.draft)
        assert isinstance(made, Created)
        assert isinstance(await swapper(bench).finish(old, made, draft), Swapped)
        assert active(bench) == ["edited"]


async def test_when_nothing_can_be_taken_back_it_is_said_loudly() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        bench.fault("/jobs/*-*", "reset", times=None, skip=1)
        found = await swapper(bench).replace(old, draft)
        assert isinstance(found, NotSwapped)
        assert not found.clean
        assert "BOTH" in found.words
        assert found.created is not None


# --- going back


BACK = {
    "reading the new one": ("GET", "/jobs/*-*", 0),
    "reading the old one": ("GET", "/jobs/*-*", 1),
    "pausing the new one": ("POST", "/jobs/*/pause", 0),
    "looking at the new one": ("GET", "/jobs/*-*", 2),
    "resuming the old one": ("POST", "/jobs/*/resume", 0),
    "looking at the old one": ("GET", "/jobs/*-*", 3),
}


async def edited(bench: Workbench) -> Swapped:
    old, draft = await an_old_one(bench)
    found = await swapper(bench).replace(old, draft)
    assert isinstance(found, Swapped)
    return found


async def test_an_edit_is_undone_and_that_can_be_undone_too() -> None:
    async with workbench() as bench:
        done = await edited(bench)
        back = await swapper(bench).go_back(done.new.job_id, done.old_id)
        assert isinstance(back, Swapped)
        assert active(bench) == ["old"]
        assert bench.named("edited")[0].status == "inactive"
        (kept,) = replaced_timers(bench.journal.unwritten)
        assert (kept.job_id, kept.replaced_by) == (done.new.job_id, done.old_id)
        again = await swapper(bench).go_back(done.old_id, done.new.job_id)
        assert isinstance(again, Swapped)
        assert active(bench) == ["edited"]


@pytest.mark.parametrize("fault", ["lose", "reset", "hang", "truncate", "gateway", "refused"])
@pytest.mark.parametrize("step", BACK)
async def test_a_failure_at_any_step_of_going_back_leaves_exactly_one_active_timer(step: str, fault: str) -> None:
    method, path, skip = BACK[step]
    how = {"gateway": GATEWAY, "refused": REFUSED}.get(fault, {"kind": fault})
    async with workbench() as bench:
        done = await edited(bench)
        bench.fault(path, method=method, skip=skip, times=1, **how)  # type: ignore[arg-type]  # a table of mixed values
        found = await swapper(bench).go_back(done.new.job_id, done.old_id)
        assert active(bench) == (["old"] if isinstance(found, Swapped) else ["edited"]), found


async def test_an_old_timer_that_is_gone_cannot_come_back_and_nothing_is_changed() -> None:
    async with workbench() as bench:
        done = await edited(bench)
        await bench.timers.delete_job(done.old_id)
        found = await swapper(bench).go_back(done.new.job_id, done.old_id)
        assert isinstance(found, NotSwapped)
        assert found.clean
        assert active(bench) == ["edited"]

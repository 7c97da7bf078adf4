"""An edit replaces a timer; whatever fails on the way, exactly one of the two stays active."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from globus_tui.domain.errors import ConnectionFailed, GlobusTuiError, TimedOut
from globus_tui.domain.making.draft import Draft, clone
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.store.creation import Created, CreationServices, Creator, NotCreated, Unconfirmed
from globus_tui.store.journal import Journal, Recorder, due_for_deletion, replaced_timers
from globus_tui.store.operations import NeedsConsent
from globus_tui.store.swapping import NotSwapped, Swapped, Swapper
from tests.store.workbench import NOON, SCRATCH, Workbench, nightly, no_waiting, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from globus_tui.domain.timer.job import JobReading
    from globus_tui.store.services import JobService

HOUR = timedelta(hours=1)
EVERY_SIX_HOURS = 6 * HOUR


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


async def test_consents_are_not_asked_for_again_after_a_sign_in_that_was_asked_for() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        bench.consents.missing.add(SCRATCH)
        found = await swapper(bench).replace(old, draft)
        assert isinstance(found, NotSwapped)
        assert isinstance(found.creation, NeedsConsent)
        assert isinstance(await swapper(bench).replace(old, draft, check_consents=False), Swapped)


async def test_that_changes_are_not_written_down_is_said_with_the_swap(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        made = await bench.creator.create(draft)
        assert isinstance(made, Created)
        services = CreationServices(bench.timers, bench.transfers, bench.transfers, bench.consents)
        for since_it_was_made in (True, False):
            recorder = Recorder(Journal(tmp_path / "file" / "journal.jsonl"), bench.clock.now)
            creator = Creator(services, recorder, bench.clock.now, sleep=no_waiting)
            swapping = Swapper(creator, bench.timers, recorder)
            found = await (swapping.finish(old, made, draft) if since_it_was_made else swapping.replace(old, draft))
            assert isinstance(found, Swapped)
            assert found.note is not None
            assert found.note.endswith("Changes are recorded only until this program ends.")
            old = await bench.timers.get_job(found.new.job_id)


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
        (run,) = found.runs_started
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


async def test_in_a_paused_timers_place_a_later_tick_of_its_grid_is_as_good_and_another_grid_is_not() -> None:
    for later, fits in ((DAY, True), (DAY + MINUTES, False)):
        async with workbench() as bench:
            old = await a_paused_one(bench, DAY, NOON + 120 * MINUTES, EndCondition())
            draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
            assert isinstance(draft.schedule, RecurringSchedule)
            assert draft.schedule.start is not None
            schedule = replace(draft.schedule, start=draft.schedule.start + later)
            made = await bench.creator.create(replace(draft, schedule=schedule))
            assert isinstance(made, Created)
            assert isinstance(await swapper(bench).finish(old, made, draft), Swapped if fits else NotSwapped)


async def test_in_a_paused_timers_place_a_rhythm_is_not_what_was_asked_for_as_a_single_run() -> None:
    async with workbench() as bench:
        old = await a_paused_one(bench, DAY, NOON + 120 * MINUTES, EndCondition())
        draft = replace(clone(old.job, old.document, NOON, for_edit=True), name="edited")
        made = await bench.creator.create(draft)
        assert isinstance(made, Created)
        found = await swapper(bench).finish(old, made, replace(draft, schedule=OnceSchedule(NOON + DAY)))
        assert isinstance(found, NotSwapped)
        assert "came out differently: schedule" in found.words
        assert active(bench) == []


async def test_a_run_that_is_past_cannot_be_left_out_and_nothing_is_made() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        found = await swapper(bench).replace(old, draft, leaves_out=NOON - MINUTES)
        assert isinstance(found, NotSwapped)
        assert active(bench) == ["old"]


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


# --- what is said, what is written down, and what is handed on


NO_ANSWER = TimedOut("No answer.", maybe_processed=True)
NEVER_LEFT = ConnectionFailed("No route.", maybe_processed=False)
UNREAD = ConnectionFailed("No network.", maybe_processed=False)


Failures = dict[str, list[GlobusTuiError | None]]


class Scripted:
    """Timers whose calls fail as told: `lost` after they were carried out, `failing` before; None: not this time."""

    def __init__(self, bench: Workbench) -> None:
        self._timers = bench.timers
        self.failing: Failures = {}
        self.lost: Failures = {}
        self.calls: list[str] = []

    def script(self, failing: Failures, lost: Failures) -> None:
        self.failing, self.lost = ({what: [*errors] for what, errors in one.items()} for one in (failing, lost))

    async def _call(self, what: str, job_id: str) -> Any:
        self.calls.append(what)
        for_it, after_it = (queue.pop(0) if (queue := one.get(what)) else None for one in (self.failing, self.lost))
        if for_it is not None:
            raise for_it
        found = await getattr(self._timers, f"{what}_job")(job_id)
        if after_it is not None:
            raise after_it
        return found

    async def get_job(self, job_id: str) -> JobReading:
        return cast("JobReading", await self._call("get", job_id))

    async def pause_job(self, job_id: str) -> str:
        return str(await self._call("pause", job_id))

    async def resume_job(self, job_id: str) -> str:
        return str(await self._call("resume", job_id))

    async def delete_job(self, job_id: str) -> JobReading:
        return cast("JobReading", await self._call("delete", job_id))


class Told:
    """A swapper on scripted calls, with what it handed on and wrote down."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.jobs = Scripted(bench)
        self.handed_on: list[tuple[str, str]] = []
        self.swapper = Swapper(bench.creator, cast("JobService", self.jobs), bench.recorder, self._hand_on)
        self._before = len(bench.journal.unwritten)

    async def _hand_on(self, old: str, new: str) -> None:
        self.handed_on.append((old, new))

    def written(self) -> list[tuple[str, str]]:
        entries = self.bench.journal.unwritten[self._before :]
        return [(one["what"], one["outcome"]) for one in entries if one["outcome"] != "asked"]


@asynccontextmanager
async def swapped() -> AsyncIterator[tuple[Told, Swapped]]:
    async with workbench() as bench:
        done = await edited(bench)
        yield Told(bench), done


@pytest.mark.parametrize(
    ("failing", "lost", "words", "clean", "active_now", "written"),
    [
        (
            {"get": [UNREAD]}, {},
            "Nothing was changed: the timers could not be read: No network.",
            True, ["edited"], [],
        ),
        (
            {"pause": [NEVER_LEFT]}, {},
            "Nothing was changed: the new timer could not be paused: No route.",
            True, ["edited"], [("pause", "refused")],
        ),
        (
            {"pause": [NO_ANSWER]}, {},
            "Nothing was changed: the new timer could not be paused: No answer."
            " The request may still arrive: the list will show it.",
            True, ["edited"], [("pause", "unknown")],
        ),
        (
            {"pause": [NO_ANSWER], "get": [None, None, UNREAD]}, {},
            "Nobody can tell whether the new timer is paused: No answer. Nothing else was changed; try again.",
            False, ["edited"], [("pause", "unknown")],
        ),
        (
            {"resume": [NEVER_LEFT]}, {},
            "The old timer could not be resumed: No route. The new one goes on as before.",
            True, ["edited"], [("pause", "done"), ("resume", "refused"), ("resume", "done")],
        ),
        (
            {"resume": [NEVER_LEFT, NEVER_LEFT]}, {},
            "The old timer could not be resumed: No route. The new one is paused and could not be resumed: BOTH rest.",
            False, [], [("pause", "done"), ("resume", "refused"), ("resume", "refused")],
        ),
        (
            {"get": [None, None, None, UNREAD]}, {"resume": [NO_ANSWER]},
            "The old timer could not be resumed: No answer. The request may still arrive: the list will show it."
            " The new one goes on as before.",
            True, ["edited"], [("pause", "done"), ("resume", "unknown"), ("pause", "done"), ("resume", "done")],
        ),
        (
            {"get": [None, None, None, UNREAD], "pause": [None, NEVER_LEFT]}, {"resume": [NO_ANSWER]},
            "The old timer could not be resumed: No answer. The request may still arrive: the list will show it."
            " Nobody can tell whether it runs; the new one is paused. Look at both.",
            False, ["old"], [("pause", "done"), ("resume", "unknown"), ("pause", "refused")],
        ),
    ],
)  # fmt: skip
async def test_going_back_says_what_failed_and_how_things_stand(
    failing: Failures, lost: Failures, words: str, clean: bool, active_now: list[str], written: list[tuple[str, str]]
) -> None:
    async with swapped() as (told, done):
        told.jobs.failing, told.jobs.lost = (
            {what: [*errors] for what, errors in one.items()} for one in (failing, lost)
        )
        found = await told.swapper.go_back(done.new.job_id, done.old_id)
        assert isinstance(found, NotSwapped)
        assert (found.words, found.clean) == (words, clean)
        assert found.step == ("verify" if "get" in failing and not written else "swap")
        assert isinstance(found.error, GlobusTuiError)
        assert active(told.bench) == active_now
        assert told.written() == written
        assert told.handed_on == []


async def test_going_back_from_one_that_rests_changes_nothing_but_who_is_in_whose_place() -> None:
    async with swapped() as (told, done):
        await told.bench.timers.pause_job(done.new.job_id)
        found = await told.swapper.go_back(done.new.job_id, done.old_id)
        assert isinstance(found, Swapped)
        assert found.words == "old is back in its place. Both are paused, as the new one was."
        assert (found.new.job_id, found.old_id, found.note) == (done.old_id, done.new.job_id, None)
        assert told.jobs.calls == ["get", "get"]
        assert (told.written(), told.handed_on) == ([("swap", "done")], [(done.new.job_id, done.old_id)])


async def test_going_back_hands_on_and_says_which_one_is_kept() -> None:
    async with swapped() as (told, done):
        found = await told.swapper.go_back(done.new.job_id, done.old_id)
        assert isinstance(found, Swapped)
        assert found.words == "old is back in its place. The new one is kept, paused."
        assert told.handed_on == [(done.new.job_id, done.old_id)]
        assert told.written() == [("pause", "done"), ("resume", "done"), ("swap", "done")]
        swap = told.bench.journal.unwritten[-1]
        assert (swap["timer"]["id"], swap["replaces"]["id"]) == (done.old_id, done.new.job_id)
        assert (swap["before"]["job_id"], swap["after"]["job_id"]) == (done.new.job_id, done.old_id)


async def test_an_old_one_that_runs_already_is_not_gone_back_to() -> None:
    async with swapped() as (told, done):
        await told.bench.timers.resume_job(done.old_id)
        found = await told.swapper.go_back(done.new.job_id, done.old_id)
        assert isinstance(found, NotSwapped)
        assert found.words == "Nothing was changed: the old timer is not kept, paused, any more."
        assert told.jobs.calls == ["get", "get"]


class ListsNoRuns(Scripted):
    """Timers of which one kind of answer lists no runs."""

    silent = ""

    async def _call(self, what: str, job_id: str) -> Any:
        found = await super()._call(what, job_id)
        return replace(found, job=replace(found.job, runs=())) if what == self.silent else found


@pytest.mark.parametrize(("silent", "fault"), [("delete", None), ("get", None), ("", NEVER_LEFT)])
async def test_runs_that_the_new_one_made_before_it_was_taken_back_are_told_whichever_answer_lists_them(
    silent: str, fault: GlobusTuiError | None
) -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        made = await bench.creator.create(draft)
        assert isinstance(made, Created)
        bench.clock.advance(DAY)
        jobs = ListsNoRuns(bench)
        jobs.silent = silent
        jobs.failing = {"pause": [NEVER_LEFT], "delete": [fault]}
        found = await Swapper(bench.creator, cast("JobService", jobs), bench.recorder).finish(old, made, draft)
        assert isinstance(found, NotSwapped)
        assert found.clean == (fault is None)
        assert {run.ran_at for run in found.runs_started} == {NOON + 14 * HOUR, NOON + 20 * HOUR}
        assert active(bench) == ["old"]


TAKEN_BACK = "The new timer was deleted again; the old one is as it was."


@pytest.mark.parametrize(
    ("failing", "lost", "step", "words", "clean", "active_now", "written"),
    [
        (
            {"get": [UNREAD]}, {}, "verify",
            f"The new timer could not be read: No network. {TAKEN_BACK}",
            True, ["old"], [("delete", "done")],
        ),
        (
            {"pause": [NEVER_LEFT]}, {}, "swap",
            f"The old timer could not be paused: No route. {TAKEN_BACK}",
            True, ["old"], [("pause", "refused"), ("delete", "done")],
        ),
        (
            {"pause": [NO_ANSWER]}, {}, "swap",
            "The old timer could not be paused: No answer."
            f" The request may still arrive: the list will show it. {TAKEN_BACK}",
            True, ["old"], [("pause", "unknown"), ("delete", "done")],
        ),
        (
            {"pause": [NO_ANSWER], "get": [None, None, UNREAD]}, {}, "swap",
            "Nobody can tell whether the old timer is paused: No answer. Both may be active; try again.",
            False, ["old", "edited"], [("pause", "unknown")],
        ),
        (
            {"pause": [NEVER_LEFT]}, {"delete": [NO_ANSWER]}, "swap",
            f"The old timer could not be paused: No route. {TAKEN_BACK}",
            True, ["old"], [("pause", "refused"), ("delete", "done")],
        ),
        (
            {"pause": [NEVER_LEFT], "get": [None, None, UNREAD]}, {}, "swap",
            "The old timer could not be paused: No route."
            " The new timer could be neither deleted nor paused: BOTH may be active. Pause one of them.",
            False, ["old"], [("pause", "refused"), ("delete", "unknown"), ("pause", "refused")],
        ),
        (
            {"pause": [NEVER_LEFT], "delete": [NEVER_LEFT]}, {}, "swap",
            "The old timer could not be paused: No route."
            " The new timer is paused, but could not be deleted; the old one is as it was.",
            False, ["old"], [("pause", "refused"), ("delete", "refused"), ("pause", "done")],
        ),
        (
            {"pause": [NEVER_LEFT], "delete": [NEVER_LEFT], "get": [None, None, None, UNREAD]}, {}, "swap",
            "The old timer could not be paused: No route."
            " The new timer is paused, but could not be deleted; the old one is as it was.",
            False, ["old"], [("pause", "refused"), ("delete", "refused"), ("pause", "done")],
        ),
        (
            {"pause": [NEVER_LEFT, NEVER_LEFT], "delete": [NO_ANSWER]}, {}, "swap",
            "The old timer could not be paused: No route."
            " The new timer could be neither deleted nor paused: BOTH may be active. Pause one of them.",
            False, ["old", "edited"], [("pause", "refused"), ("delete", "unknown"), ("pause", "refused")],
        ),
    ],
)  # fmt: skip
async def test_a_swap_says_what_failed_and_how_things_stand(
    failing: Failures,
    lost: Failures,
    step: str,
    words: str,
    clean: bool,
    active_now: list[str],
    written: list[tuple[str, str]],
) -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        made = await bench.creator.create(draft)
        assert isinstance(made, Created)
        told = Told(bench)
        told.jobs.failing, told.jobs.lost = (
            {what: [*errors] for what, errors in one.items()} for one in (failing, lost)
        )
        found = await told.swapper.finish(old, made, draft)
        assert isinstance(found, NotSwapped)
        assert (found.step, found.words, found.clean) == (step, words, clean)
        assert (found.created is None) == clean
        assert active(bench) == active_now
        assert told.written() == written
        assert told.handed_on == []


async def test_a_swap_hands_on_and_says_which_one_is_kept() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        told = Told(bench)
        found = await told.swapper.replace(old, draft)
        assert isinstance(found, Swapped)
        assert found.words == "edited has taken the place of the old timer. The old one is kept, paused."
        assert (found.old_id, found.note, found.runs_started) == (old.job.job_id, None, ())
        assert told.handed_on == [(old.job.job_id, found.new.job_id)]
        assert told.written() == [("create", "done"), ("pause", "done"), ("swap", "done")]
        pause, swap = (one for one in bench.journal.unwritten[-3:] if one["outcome"] == "done")
        assert (pause["timer"], pause["why"]) == ({"id": old.job.job_id, "name": "old"}, "swap")
        assert (pause["before"]["status"], pause["after"]["status"]) == ("new", "inactive")
        assert (swap["timer"]["id"], swap["replaces"]["id"]) == (found.new.job_id, old.job.job_id)
        assert (swap["before"]["job_id"], swap["after"]["job_id"]) == (old.job.job_id, found.new.job_id)


async def test_a_swap_in_a_paused_timers_place_pauses_the_new_one_and_says_what_was_not_seen() -> None:
    async with workbench() as bench:
        old = await a_paused_one(bench, DAY, NOON + MINUTES, EndCondition())
        for number, (unseen, more) in enumerate(
            ((None, ""), (UNREAD, " Whether a run of it has started could not be looked at: look at its page."))
        ):
            draft = replace(clone(old.job, old.document, NOON, for_edit=True), name=f"edited {number}")
            told = Told(bench)
            told.jobs.failing = {"get": [None, None, unseen]}
            found = await told.swapper.replace(old, draft)
            assert isinstance(found, Swapped)
            label = f"edited {number} has taken the place of the old timer."
            assert found.words == f"{label} Both are paused, as the old one was.{more}"
            assert [one.status for one in bench.named(f"edited {number}")] == ["inactive"]


@pytest.mark.parametrize("gone", [True, False])
async def test_an_old_one_that_is_over_is_not_replaced_and_nothing_is_sent(gone: bool) -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        (timer,) = bench.named("old")
        timer.status = "delete_pending" if gone else "ended"
        told = Told(bench)
        found = await told.swapper.replace(old, draft)
        assert isinstance(found, NotSwapped)
        assert found.step == "prepare"
        assert found.words.startswith("Nothing was sent")
        assert told.written() == []
        assert bench.named("edited") == []


async def test_a_run_is_left_out_only_of_a_timer_that_runs_and_while_it_is_ahead() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        told = Told(bench)
        ahead = NOON + DAY
        ready = await told.swapper.prepare(old, draft, leaves_out=ahead)
        assert not isinstance(ready, NotSwapped)
        past = await told.swapper.prepare(old, draft, leaves_out=NOON - MINUTES)
        assert isinstance(past, NotSwapped)
        await bench.timers.pause_job(old.job.job_id)
        resting = await told.swapper.prepare(old, draft, leaves_out=ahead)
        assert isinstance(resting, NotSwapped)
        assert resting.words == "Nothing was sent. It was paused meanwhile."
        assert resting.creation == NotCreated("It was paused meanwhile.", resting.error)
        told.jobs.failing = {"get": [UNREAD]}
        unread = await told.swapper.prepare(old, draft)
        assert isinstance(unread, NotSwapped)
        assert unread.words == "Nothing was sent: the old timer could not be read: No network."


@pytest.mark.parametrize(
    ("ends_after", "changed", "made", "left"),
    [(10, False, 3, 7), (4, False, 3, 1), (3, False, 3, None), (10, True, 3, 11), (10, False, 0, 10)],
)
async def test_an_end_by_runs_that_was_not_changed_loses_the_runs_made_meanwhile(
    ends_after: int, changed: bool, made: int, left: int | None
) -> None:
    async with workbench() as bench:
        counted = RecurringSchedule(DAY, NOON + 120 * MINUTES, EndCondition(after_runs=ends_after))
        done = await bench.creator.create(replace(nightly("old"), schedule=counted))
        assert isinstance(done, Created)
        old = await bench.timers.get_job(done.job.job_id)
        draft = clone(old.job, old.document, NOON, for_edit=True)
        assert isinstance(draft.schedule, RecurringSchedule)
        if changed:
            draft = replace(draft, schedule=replace(draft.schedule, end=EndCondition(after_runs=ends_after + 1)))
        bench.clock.advance(made * DAY)
        found = await Told(bench).swapper.prepare(old, draft)
        if left is None:
            assert isinstance(found, NotSwapped)
        else:
            assert not isinstance(found, NotSwapped)
            assert isinstance(found[1].schedule, RecurringSchedule)
            assert found[1].schedule.end.after_runs == left


async def test_an_old_one_that_still_rests_after_a_yes_leaves_the_new_one_in_place() -> None:
    async with swapped() as (told, done):
        resume = told.jobs.resume_job

        async def says_yes_once(job_id: str) -> str:
            told.jobs.resume_job = resume  # type: ignore[method-assign]
            return job_id

        told.jobs.resume_job = says_yes_once  # type: ignore[method-assign]
        found = await told.swapper.go_back(done.new.job_id, done.old_id)
        assert isinstance(found, NotSwapped)
        assert found.words == (
            "The old timer could not be resumed: Globus said yes, but it still rests. The new one goes on as before."
        )
        assert active(told.bench) == ["edited"]


async def test_of_an_old_one_that_could_not_be_looked_at_after_its_pause_nothing_more_is_said() -> None:
    async with workbench() as bench:
        old, draft = await an_old_one(bench)
        told = Told(bench)
        told.jobs.failing = {"get": [None, None, UNREAD]}
        found = await told.swapper.replace(old, draft)
        assert isinstance(found, Swapped)
        assert found.words == "edited has taken the place of the old timer. The old one is kept, paused."


async def test_why_a_pause_failed_is_written_down() -> None:
    async with swapped() as (told, done):
        told.jobs.failing = {"pause": [NEVER_LEFT]}
        await told.swapper.go_back(done.new.job_id, done.old_id)
        assert told.bench.journal.unwritten[-1]["error"] == "No route."


@pytest.mark.parametrize(("before", "made", "left"), [(0, 2, 1), (0, 3, None), (0, None, 3), (2, None, 1)])
async def test_an_end_by_runs_that_is_used_up_meanwhile_ends_the_edit(
    before: int, made: int | None, left: int | None
) -> None:
    async with workbench() as bench:
        counted = RecurringSchedule(DAY, NOON + 120 * MINUTES, EndCondition(after_runs=3))
        done = await bench.creator.create(replace(nightly("old"), schedule=counted))
        assert isinstance(done, Created)
        old = await bench.timers.get_job(done.job.job_id)
        old = replace(old, job=replace(old.job, n_runs=before))
        told = Told(bench)

        async def by_now(job_id: str) -> JobReading:
            del job_id
            return replace(old, job=replace(old.job, n_runs=made))

        told.jobs.get_job = by_now  # type: ignore[method-assign]
        found = await told.swapper.prepare(old, clone(old.job, old.document, NOON, for_edit=True))
        if isinstance(found, NotSwapped):
            assert "made its last run meanwhile" in found.words
            assert left is None
        else:
            assert isinstance(found[1].schedule, RecurringSchedule)
            assert found[1].schedule.end.after_runs == left

"""What a maintenance window pauses, what it resumes and what it leaves alone, one rule at a time."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.errors import BadInput, SignedOut, TimedOut
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import Activity, ActivityCode, InactiveReason, JobId, JobStatus, PauseCause
from globus_tui.store.job_state import Replacement
from globus_tui.store.operations import Done, Failed, Rename, Resume
from globus_tui.store.windows import (
    ASKED,
    LEFT,
    PAUSED,
    PLANNED,
    RESUMED,
    RESUMING,
    Item,
    Window,
    Windows,
    check_times,
    closing,
    note_resumed,
    why_not_paused,
    window_document,
    window_of,
    windows_in,
)
from tests.store.fakes import HOUR, NOON, Gate, World, a_job, a_run, paused, refused

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job
    from globus_tui.store.windows import Closing

ONE, TWO = JobId("one"), JobId("two")
MINUTE = timedelta(minutes=1)
ITEM = Item(ONE, "timer one", PAUSED, NOON, 3)
WINDOW = Window("w1", "disk swap", "kim", "login1", NOON, NOON, NOON + HOUR, resume=True, items=(ITEM,))


def test_a_window_is_kept_whole() -> None:
    items = (ITEM, Item(TWO, "timer two", LEFT, None, None, "was paused before"))
    whole = replace(WINDOW, items=items, closed=NOON + HOUR, claimed=NOON + MINUTE, claimed_by="login1 7")
    assert window_of(window_document(whole)) == whole
    bare = Window("w2", "", None, "", NOON, NOON, None, resume=False, items=())
    assert window_of(window_document(bare)) == bare
    assert window_document(bare)["until"] is None


@pytest.mark.parametrize("missing", ["id", "opened", "at"])
def test_a_window_that_lacks_what_it_cannot_do_without_is_left_out(missing: str) -> None:
    assert window_of({key: value for key, value in window_document(WINDOW).items() if key != missing}) is None
    assert windows_in({"windows": [3, {}, window_document(WINDOW)]}) == (WINDOW,)


def test_what_is_not_said_of_an_item_is_read_as_the_careful_case() -> None:
    document = window_document(WINDOW) | {"resume": "yes", "items": [{"id": "one"}, {"name": "no id"}, 7]}
    found = window_of(document)
    assert found is not None
    assert found.items == (Item(ONE, "", ASKED, None, None, ""),)
    assert not found.resume


def test_the_newest_window_comes_first() -> None:
    later = replace(WINDOW, window_id="w2", opened=NOON + MINUTE)
    document = {"windows": [window_document(one) for one in (WINDOW, later)]}
    assert [one.window_id for one in windows_in(document)] == ["w2", "w1"]


@pytest.mark.parametrize(
    ("states", "closed", "state", "holds"),
    [
        ((PLANNED, PLANNED), None, "planned", 0),
        ((), None, "planned", 0),
        ((PLANNED, PAUSED), None, "open", 1),
        ((ASKED, RESUMING), None, "open", 2),
        ((RESUMED, LEFT), None, "open", 0),
        ((PAUSED,), NOON, "closed", 1),
    ],
)
def test_what_state_a_window_is_in(states: tuple[str, ...], closed: Any, state: str, holds: int) -> None:
    items = tuple(Item(JobId(str(number)), "", one) for number, one in enumerate(states))
    window = replace(WINDOW, items=items, closed=closed)
    assert (window.key, window.state, len(window.holding())) == ("w1", state, holds)
    assert window.overdue(NOON + HOUR + MINUTE) is (state == "open")
    assert not window.overdue(NOON + HOUR)
    assert not replace(window, until=None).overdue(NOON + 99 * HOUR)


# --- what ending it would do


def resting(job: Job, since: Any = NOON, **changes: Any) -> Job:
    return replace(paused(job), activity=Activity(ActivityCode.PAUSED, since=since), **changes)


async def planned(job: Job | None, item: Item = ITEM, journal: Any = None, **changes: Any) -> Closing:
    world = World(*([job] if job else []))
    await world.store.refresh()
    states = {key: replace(state, **changes) for key, state in world.store.states.items()}
    return closing(replace(WINDOW, items=(item,)), states, NOON + HOUR, journal or {})


REPLACED = Replacement(TWO, "two", "active")
STOPPED = InactiveReason(PauseCause.AUTHORIZATION)


@pytest.mark.parametrize(
    ("job", "item", "why"),
    [
        (None, ITEM, "is not there any more"),
        (a_job(), ITEM, "runs again: somebody resumed it meanwhile"),
        (replace(a_job(), status=JobStatus.ENDED), ITEM, "has ended"),
        (replace(a_job(), status=JobStatus.DELETING), ITEM, "cannot be resumed"),
        (replace(paused(a_job()), unreadable="odd"), ITEM, "cannot be resumed"),
        (resting(a_job(), inactive_reason=STOPPED), ITEM, "was paused by Globus meanwhile: it needs a sign-in first"),
        (resting(a_job(), since=NOON + MINUTE), ITEM, "was resumed and paused again meanwhile"),
        (resting(a_job(), n_runs=4), ITEM, "was resumed and paused again meanwhile"),
        (resting(a_job()), replace(ITEM, state=ASKED), "nobody can tell whether this window paused it"),
        (resting(a_job()), replace(ITEM, state=LEFT, why="was paused before"), "was paused before"),
    ],
)
async def test_what_is_left_alone_and_why(job: Job | None, item: Item, why: str) -> None:
    assert await planned(job, item) == ((), {}, ((item, why),))


@pytest.mark.parametrize(
    ("job", "item"),
    [
        (resting(a_job(), n_runs=3), ITEM),
        (resting(a_job(), n_runs=None), ITEM),
        (resting(a_job(), since=None), ITEM),
        (paused(a_job()), ITEM),
        (resting(a_job(), since=NOON + MINUTE, n_runs=9), replace(ITEM, since=None, runs=None)),
        (resting(a_job(), inactive_reason=None), replace(ITEM, state=RESUMING)),
    ],
)
async def test_what_nobody_touched_is_resumed(job: Job, item: Item) -> None:
    found = await planned(job, item)
    assert (found.resumed, found.left_alone) == ((item,), ())


@pytest.mark.parametrize("state", [RESUMED, PLANNED])
async def test_what_it_does_not_hold_is_not_spoken_of(state: str) -> None:
    assert await planned(resting(a_job()), replace(ITEM, state=state)) == ((), {}, ())


async def test_a_timer_that_was_replaced_meanwhile_is_left_alone() -> None:
    found = await planned(resting(a_job(), n_runs=3), replacement=REPLACED)
    assert found.left_alone == ((ITEM, "was replaced meanwhile"),)


@pytest.mark.parametrize(("before", "resumed"), [(0, True), (1, True), (1.5, False), (None, False)])
async def test_whether_a_pause_that_was_about_to_be_sent_was_sent_is_told_by_the_journal(
    before: float | None, resumed: bool
) -> None:
    asked = replace(ITEM, state=ASKED)
    journal = {} if before is None else {ONE: NOON - before * MINUTE}
    found = await planned(resting(a_job(), n_runs=3), asked, journal)
    assert bool(found.resumed) is resumed


async def test_the_worst_overdue_comes_first_and_where_nobody_can_tell_a_run_may_start() -> None:
    ran = replace(a_run(NOON - 30 * MINUTE, "t"), ended=NOON - 29 * MINUTE)
    often = resting(a_job("often", runs=[ran], interval=timedelta(minutes=30)))
    long_ago = NOON - timedelta(days=9)
    daily = resting(replace(a_job("daily", runs=[ran]), schedule=RecurringSchedule(24 * HOUR, long_ago + 58 * MINUTE)))
    unsure = resting(a_job("unsure", runs=[a_run(NOON - 3 * HOUR, "u")]))
    coming = resting(replace(a_job("coming", runs=[ran]), schedule=RecurringSchedule(24 * HOUR, long_ago + 5 * HOUR)))
    once = resting(replace(a_job("once"), schedule=None))
    jobs = (coming, unsure, once, often, daily)
    world = World(*jobs)
    world.later(3600)
    await world.store.refresh()
    items = tuple(Item(job.job_id, "", PAUSED) for job in jobs)
    found = closing(replace(WINDOW, items=items), world.store.states, NOON + HOUR, {})
    assert [str(item.job_id) for item in found.resumed] == ["daily", "often", "coming", "unsure", "once"]
    assert {str(one) for one in found.at_once} >= {"daily", "often", "unsure"}
    assert JobId("coming") not in found.at_once


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (None, "is not there any more"),
        (replace(a_job(), unreadable="odd"), "cannot be understood"),
        (replace(a_job(), status=JobStatus.ENDED), "has ended"),
        (replace(a_job(), status=JobStatus.DELETING), "has ended"),
        (paused(a_job()), "was paused before"),
        (a_job(), None),
    ],
)
async def test_what_a_window_does_not_pause(job: Job | None, why: str | None) -> None:
    world = World(*([job] if job else []))
    await world.store.refresh()
    assert why_not_paused(world.store.states.get(ONE)) == why


@pytest.mark.parametrize(
    ("at", "until", "resume", "words"),
    [
        (None, None, False, None),
        (None, NOON + MINUTE, True, None),
        (NOON + HOUR, NOON + 2 * HOUR, False, None),
        (NOON - HOUR, NOON + MINUTE, False, None),
        (None, NOON, False, "end before it begins"),
        (NOON + HOUR, NOON + HOUR, False, "end before it begins"),
        (NOON - 2 * HOUR, NOON - HOUR, False, "end before it begins"),
        (None, None, True, "name the end"),
    ],
)
def test_times_that_cannot_be_are_refused(at: Any, until: Any, resume: bool, words: str | None) -> None:
    if words is None:
        check_times(NOON, at, until, resume=resume)
        return
    with pytest.raises(BadInput, match=words):
        check_times(NOON, at, until, resume=resume)


# --- opening and ending it


async def opened(*jobs: Job) -> tuple[World, Windows, list[float]]:
    world = World(*(jobs or (a_job(),)))
    await world.store.refresh()
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    return world, Windows(world.store, wait), waits


async def test_a_planned_window_says_who_planned_what_and_when() -> None:
    world, windows, _ = await opened(a_job(), a_job("two"))
    world.store.journal.who = "kim"
    window = await windows.plan([TWO, ONE, JobId("gone")], reason="disk swap", until=NOON + HOUR, resume=True)
    assert len(window.window_id) == 6
    items = (Item(TWO, "timer two"), Item(ONE, "timer one"))
    assert window == Window(
        window.window_id, "disk swap", "kim", socket.gethostname(), NOON, NOON, NOON + HOUR, resume=True, items=items
    )
    assert await windows.all() == (window,)
    assert world.jobs.calls.count("pause_job") == 0
    assert (await windows.plan([ONE], reason="", at=NOON + HOUR)).at == NOON + HOUR


async def test_windows_that_were_closed_long_ago_are_forgotten() -> None:
    world, windows, _ = await opened()
    document = window_document(replace(WINDOW, closed=NOON))
    old = window_document(replace(WINDOW, window_id="w0", closed=NOON - timedelta(days=1)))
    stuck = window_document(replace(WINDOW, window_id="w9", opened=NOON - timedelta(days=400)))
    await world.store.ledger.change(lambda kept: kept.update(windows=[document, old, stuck]))
    world.later(timedelta(days=90).total_seconds() - 1)
    new = await windows.plan([ONE], reason="")
    assert [one.window_id for one in await windows.all()] == [new.window_id, "w1", "w9"]


async def test_what_it_paused_is_written_down_with_the_pause_it_knows_again() -> None:
    since = Activity(ActivityCode.PAUSED, since=NOON)
    world, windows, _ = await opened(a_job(), paused(a_job("two")), a_job("bad"))
    world.jobs.errors["pause_job"] = [None, refused()]
    real = world.jobs.pause_job

    async def pause(job_id: str) -> str:
        words = await real(job_id)
        world.jobs.put(replace(world.jobs.jobs[JobId(job_id)], activity=since, n_runs=7))
        return words

    world.jobs.pause_job = pause  # type: ignore[method-assign]
    window = await windows.plan([ONE, TWO, JobId("bad")], reason="x")
    window, outcomes = await windows.begin(window.window_id)
    assert window.items == (
        Item(ONE, "timer one", PAUSED, NOON, 7),
        Item(TWO, "timer two", LEFT, why="was paused before"),
        Item(JobId("bad"), "timer bad", LEFT, why="could not be paused"),
    )
    assert [type(outcome) for outcome in outcomes.values()] == [Done, Failed]
    assert (await windows.all())[0] == window
    assert (window.state, window.claimed) == ("open", NOON)
    rest = world.store.orders(ONE).pause_note
    assert rest is not None
    assert (rest.reason, rest.since) == (window.reason, NOON)
    assert world.store.orders(TWO).pause_note is None
    batch = {entry["batch"] for entry in world.store.journal.unwritten}
    assert len(batch) == 1  # one step, to be undone as one
    again, nothing = await windows.begin(window.window_id)
    assert nothing == {}
    assert again.items == window.items


async def test_a_pause_of_which_nobody_knows_whether_it_arrived_stays_asked_for() -> None:
    world, windows, _ = await opened()
    world.jobs.errors["pause_job"] = [TimedOut("No answer.", maybe_processed=True)]
    window, _ = await windows.begin((await windows.plan([ONE], reason="x")).window_id)
    assert [item.state for item in window.items] == [ASKED]
    assert window.state == "open"
    world.jobs.put(paused(a_job()))
    await world.store.refresh()
    await world.store.operate(Rename(ONE, "other"))  # what else was done to it says nothing of the pause
    plan = await windows.closing(window)
    assert plan.left_alone == ((window.items[0], "nobody can tell whether this window paused it"),)
    world.later(5)
    await world.store.close_requests()  # it had arrived: the journal says so now
    assert (await windows.closing(window)).resumed == window.items


@pytest.mark.parametrize("error", [SignedOut("Not signed in."), refused(403, gare=Gare("ConsentRequired", ("s",)))])
async def test_what_wants_a_sign_in_or_a_consent_first_was_not_paused(error: Exception) -> None:
    world, windows, _ = await opened()
    world.jobs.errors["pause_job"] = [error]
    window, _ = await windows.begin((await windows.plan([ONE], reason="x")).window_id)
    assert [(item.state, item.why) for item in window.items] == [(LEFT, "could not be paused")]


async def test_a_timer_that_somebody_paused_just_before_is_left_alone() -> None:
    world, windows, _ = await opened()
    window = await windows.plan([ONE], reason="x")
    world.jobs.put(paused(a_job()))  # not read yet
    window, _ = await windows.begin(window.window_id)
    assert [(item.state, item.why) for item in window.items] == [(LEFT, "was paused before")]
    assert window.state == "closed"


async def test_four_at_most_are_paused_at_a_time() -> None:
    world, windows, _ = await opened(*(a_job(str(number)) for number in range(6)))
    gate, under_way, most = Gate(), 0, 0
    real = world.jobs.pause_job

    async def pause(job_id: str) -> str:
        nonlocal under_way, most
        under_way, most = under_way + 1, max(most, under_way + 1)
        if most == 4:
            gate.reached.set()
        await gate.open.wait()
        under_way -= 1
        return await real(job_id)

    world.jobs.pause_job = pause  # type: ignore[method-assign]
    window = await windows.plan(list(world.store.states), reason="x")
    beginning = asyncio.create_task(windows.begin(window.window_id))
    await gate.reached.wait()
    for _ in range(50):
        await asyncio.sleep(0)
    gate.open.set()
    _, outcomes = await beginning
    assert (len(outcomes), most) == (6, 4)


async def holding(*jobs: Job, **changes: Any) -> tuple[World, Windows, list[float], Window]:
    """A window that has paused all of them, an hour ago."""
    world, windows, waits = await opened(*jobs)
    window = await windows.plan(list(world.store.states), reason="x", until=NOON + 30 * MINUTE, **changes)
    window, _ = await windows.begin(window.window_id)
    world.later(3600)
    await world.store.refresh()
    return world, windows, waits, window


RAN = [replace(a_run(NOON - 30 * MINUTE, "t"), ended=NOON - 29 * MINUTE)]


async def test_runs_that_start_at_once_are_spaced_and_each_end_is_told() -> None:
    world, windows, waits, window = await holding(*(a_job(str(number), runs=RAN) for number in range(3)))
    plan = await windows.closing(window)
    assert len(plan.at_once) == 3
    told: list[tuple[str, type]] = []
    outcomes = await windows.close(
        window, plan, stagger=30, report=lambda item, outcome: told.append((str(item.job_id), type(outcome)))
    )
    assert waits == [30, 30]
    assert told == [("0", Done), ("1", Done), ("2", Done)]
    assert list(outcomes) == [item.job_id for item in plan.resumed]
    (closed,) = await windows.all()
    assert closed.closed == closed.claimed == world.present
    assert [item.state for item in closed.items] == [RESUMED] * 3
    assert all(world.store.orders(item.job_id).pause_note is None for item in closed.items)
    await windows.close(closed, await windows.closing(closed))
    assert (await windows.all())[0].closed == world.present


async def test_without_a_wish_to_space_them_nothing_is_waited_for() -> None:
    _, windows, waits, window = await holding(a_job("a", runs=RAN), a_job("b", runs=RAN))
    await windows.close(window, await windows.closing(window))
    assert waits == []


async def test_what_could_not_be_resumed_keeps_the_window_open_and_is_tried_again() -> None:
    world, windows, _, window = await holding(a_job(), a_job("two"))
    world.jobs.errors["resume_job"] = [refused()]
    outcomes = await windows.close(window, await windows.closing(window))
    assert [type(one) for one in outcomes.values()] == [Failed, Done]
    (still,) = await windows.all()
    assert [item.state for item in still.items] == [RESUMING, RESUMED]
    assert still.state == "open"
    assert world.store.orders(ONE).pause_note is not None
    await windows.close(still, await windows.closing(still))
    assert [item.state for item in (await windows.all())[0].items] == [RESUMED, RESUMED]


async def test_what_somebody_else_has_resumed_since_the_plan_was_made_is_not_resumed_again() -> None:
    world, windows, _, window = await holding(a_job(), a_job("two"))
    plan = await windows.closing(window)
    await windows.close(window, plan._replace(resumed=plan.resumed[:1]))
    outcomes = await windows.close(window, plan)
    assert list(outcomes) == [plan.resumed[1].job_id]
    assert await windows.close(window, plan) == {}
    assert world.jobs.calls.count("resume_job") == 2


async def test_what_another_copy_has_asked_for_or_resumed_meanwhile_is_left_to_it() -> None:
    world, windows, _ = await opened(a_job(), a_job("two"))
    window = await windows.plan([ONE, TWO], reason="x")
    asked, planned = replace(window.items[0], state=ASKED), window.items[1]
    document = window_document(replace(window, items=(asked, planned)))
    await world.store.ledger.change(lambda kept: kept.update(windows=[document]))
    begun, outcomes = await windows.begin(window.window_id)
    assert [item.state for item in begun.items] == [ASKED, PAUSED]
    assert list(outcomes) == [TWO]
    plan = (await windows.closing(begun))._replace(resumed=(), left_alone=((begun.items[1], "runs again"),))
    resumed = window_document(replace(begun, items=(asked, replace(begun.items[1], state=RESUMED))))
    await world.store.ledger.change(lambda kept: kept.update(windows=[resumed]))
    await windows.close(begun, plan)
    assert [item.state for item in (await windows.all())[0].items] == [ASKED, RESUMED]


async def test_what_was_not_agreed_to_stays_and_what_is_left_alone_is_let_go_of() -> None:
    world, windows, _, window = await holding(a_job(), a_job("two"), a_job("three"))
    plan = await windows.closing(window)
    three = next(item for item in window.items if item.job_id == "three")
    part = plan._replace(resumed=plan.resumed[:1], left_alone=((three, "runs again"),))
    await windows.close(window, part)
    (kept,) = await windows.all()
    assert [(item.state, item.why) for item in kept.items] == [(RESUMED, ""), (PAUSED, ""), (LEFT, "runs again")]
    assert (kept.state, world.jobs.calls.count("resume_job")) == ("open", 1)
    assert [world.store.orders(item.job_id).pause_note is None for item in kept.items] == [True, False, True]


async def test_whoever_resumes_a_timer_by_itself_takes_it_out_of_its_window() -> None:
    world, windows, _, _ = await holding(a_job(), a_job("two"))
    await world.store.operate(Resume(ONE))
    (kept,) = await windows.all()
    assert [(item.state, item.why) for item in kept.items] == [(LEFT, "was resumed meanwhile"), (PAUSED, "")]
    assert world.store.orders(ONE).pause_note is None


@pytest.mark.parametrize(("state", "after"), [(ASKED, LEFT), (PAUSED, LEFT), (RESUMING, RESUMING), (PLANNED, PLANNED)])
def test_of_a_window_only_what_it_has_paused_is_taken_out(state: str, after: str) -> None:
    others = (replace(ITEM, job_id=TWO), replace(ITEM, state=state))
    document = {"windows": [window_document(replace(WINDOW, items=others))]}
    note_resumed(document, ONE)
    (window,) = windows_in(document)
    assert [item.state for item in window.items] == [PAUSED, after]
    assert window.items[1].why == ("was resumed meanwhile" if after == LEFT else "")


# --- by itself, and among several copies


async def test_what_is_due_is_begun_and_ended_by_itself_and_only_once() -> None:
    world, windows, waits = await opened(a_job(runs=RAN), a_job("two", runs=RAN))
    planned = await windows.plan([ONE, TWO], reason="x", at=NOON + HOUR, until=NOON + 2 * HOUR, resume=True)
    world.later(3599)
    assert await windows.due() == []
    world.later(1)
    ((begun, outcomes),) = await windows.due()
    assert (begun.window_id, len(outcomes)) == (planned.window_id, 2)
    world.later(3600)
    assert await windows.due() == []
    world.later(1)
    await world.store.refresh()
    ((ended, resumed),) = await windows.due()
    assert (ended.window_id, len(resumed)) == (planned.window_id, 2)
    assert waits == [1.0]
    assert await windows.due() == []
    assert (world.jobs.calls.count("pause_job"), world.jobs.calls.count("resume_job")) == (2, 2)


async def test_a_window_whose_time_is_over_is_not_begun_any_more_and_one_without_an_end_is() -> None:
    world, windows, _ = await opened(a_job(), a_job("two"))
    await windows.plan([ONE], reason="late", at=NOON + MINUTE, until=NOON + HOUR)
    open_end = await windows.plan([TWO], reason="open", at=NOON + MINUTE)
    world.later(3600)
    assert [window.window_id for window, _ in await windows.due()] == [open_end.window_id]
    assert world.jobs.calls.count("pause_job") == 1


async def test_a_window_that_somebody_is_to_end_does_not_end_by_itself() -> None:
    world, windows, _, window = await holding(a_job())
    assert window.overdue(world.present)
    assert await windows.due() == []


CLAIMED = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("by", "state", "ago", "taken"),
    [
        ("login2 7", RESUMING, CLAIMED - MINUTE, True),
        ("login2 7", RESUMING, CLAIMED, False),
        ("login2 7", PAUSED, MINUTE, False),
        ("me", RESUMING, MINUTE, False),
        ("login2 7", RESUMING, None, False),
        ("1", RESUMING, MINUTE, True),  # of this host: it runs as long as the host does
        ("gone", RESUMING, MINUTE, False),
    ],
)
async def test_what_another_copy_is_resuming_is_left_to_it_until_it_must_have_ended(
    by: str, state: str, ago: Any, taken: bool
) -> None:
    world, windows, _, window = await holding(a_job(), resume=True)
    claimed = None if ago is None else world.present - ago
    item = replace(window.items[0], state=state)
    gone = await asyncio.create_subprocess_exec("true")
    await gone.wait()
    here = socket.gethostname()
    by = {"me": windows._me, "1": f"{here} 1", "gone": f"{here} {gone.pid}"}.get(by, by)
    document = window_document(replace(window, items=(item,), claimed=claimed, claimed_by=by))
    await world.store.ledger.change(lambda kept: kept.update(windows=[document]))
    plan = await windows.closing(window)
    if taken:
        assert await windows.due() == []
        with pytest.raises(BadInput, match=f"{by} is resuming") as told:
            await windows.close(window, plan)
        assert told.value.advice == "Wait for it."
    else:
        assert len(await windows.due()) == 1
    assert world.jobs.calls.count("resume_job") == (not taken)


async def test_a_window_that_is_not_there_is_named() -> None:
    world, windows, _, window = await holding(a_job())
    with pytest.raises(BadInput, match="There is no window nope") as told:
        await windows.begin("nope")
    assert "window list" in (told.value.advice or "")
    plan = await windows.closing(window)
    real = world.jobs.resume_job

    async def forgotten_meanwhile(job_id: str, **more: Any) -> str:
        await world.store.ledger.change(lambda kept: kept.update(windows=[]))
        return await real(job_id, **more)

    world.jobs.resume_job = forgotten_meanwhile  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="There is no window"):
        await windows.close(window, plan)


async def test_only_a_window_that_has_not_begun_is_forgotten() -> None:
    _, windows, _, window = await holding(a_job(), a_job("two"))
    planned = await windows.plan([ONE], reason="later", at=NOON + 5 * HOUR)
    with pytest.raises(BadInput, match="has begun meanwhile"):
        await windows.cancel(window.window_id)
    await windows.cancel(planned.window_id)
    assert [one.window_id for one in await windows.all()] == [window.window_id]


async def test_a_timer_in_two_windows_rests_in_the_one_that_holds_it() -> None:
    world, windows, _, window = await holding(a_job())
    other = await windows.plan([ONE], reason="other")
    await windows.begin(other.window_id)
    rest = world.store.orders(ONE).pause_note
    assert rest is not None
    assert rest.reason == window.reason != other.reason

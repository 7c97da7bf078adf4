"""What runs when: against a clock that is put forward by hand, and against each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.timer.agenda import (
    AT_ONCE,
    ClashKind,
    Coming,
    Habit,
    clock_changes,
    fires,
    forecast,
    habit_of,
    past_runs,
)
from globus_tui.domain.timer.history import Mark, look_back
from globus_tui.domain.timer.hour_load import will_start
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.collection import Collection
from tests.domain.samples import (
    DAY,
    DESTINATION,
    HOUR,
    MINUTE,
    NOW,
    SOURCE,
    TODAY_TICK,
    job_document,
    recurring,
    run_document,
    running,
    wire,
)


def timer(name: str, start: datetime, every: timedelta, **changes: Any) -> Job:
    schedule = {"type": "recurring", "start": start.isoformat(), "interval_seconds": int(every.total_seconds())}
    schedule["end"] = changes.pop("end", None)
    path = changes.pop("to", f"/{name}/")
    body = {
        "source_endpoint": SOURCE,
        "destination_endpoint": DESTINATION,
        "DATA": [{"source_path": "/a/", "destination_path": path}],
    }
    found = {"job_id": name, "name": name, "next_run": None, "activity": None, "body": body} | changes
    return Job.from_document(job_document([], schedule=schedule, **found))


def habit(name: str, start: datetime, every: timedelta, takes: timedelta | None, **changes: Any) -> Habit:
    return Habit(timer(name, start, every, **changes), takes, None)


def slow_fires(job: Job, every: int, start: datetime, until: datetime, end: Any) -> list[datetime]:
    """Minute after minute: whoever looks at the clock all the time sees the same."""
    found, runs, at = [], job.n_runs or 0, NOW.replace(second=0)
    while (at := at + MINUTE) <= until:
        due = at >= start and not (at - start) % timedelta(minutes=every)
        if due and not job.stands_still and job.status.value == "active":
            if end and end["condition"] == "time" and at > datetime.fromisoformat(end["datetime"]):
                break
            if end and end["condition"] == "iterations" and runs >= end["count"]:
                break
            found.append(at)
            runs += 1
    return found


@settings(max_examples=150, deadline=None)
@given(
    every=st.integers(1, 3000),
    offset=st.integers(-100_000, 3000),
    hours=st.integers(0, 60),
    status=st.sampled_from(["active", "inactive", "ended"]),
    end=st.one_of(
        st.none(),
        st.integers(-10, 3000).map(
            lambda minutes: {"condition": "time", "datetime": (NOW + minutes * MINUTE).isoformat()}
        ),
        st.integers(1, 30).map(lambda count: {"condition": "iterations", "count": count}),
    ),
    done=st.integers(0, 20),
)
def test_fires_are_those_of_somebody_who_looks_at_the_clock_every_minute(
    every: int, offset: int, hours: int, status: str, end: Any, done: int
) -> None:
    start, until = NOW + offset * MINUTE, NOW + hours * HOUR
    job = timer("t", start, every * MINUTE, status=status, end=end, n_runs=done)
    found = fires(job, NOW, until, NOW)
    assert list(found) == slow_fires(job, every, start, until, end)
    assert len(found) == will_start(job, NOW, until, NOW)


def slow_queue(habits: list[Habit], until: datetime) -> dict[tuple[str, datetime], datetime | None]:
    """Three clerks and a queue, minute after minute."""
    queue: list[tuple[str, datetime, timedelta]] = []
    working: dict[str, datetime] = {}
    found: dict[tuple[str, datetime], datetime | None] = {}
    at = NOW
    while at <= until + 40 * HOUR:
        working = {name: end for name, end in working.items() if end > at}
        for one in habits if at <= until else ():
            if at > NOW and at in fires(one.job, at - MINUTE, at, NOW):
                name = str(one.job.job_id)
                if name in working or any(name == other for other, _, _ in queue):
                    found[name, at] = None
                else:
                    queue.append((name, at, one.usual or timedelta()))
        while queue and len(working) < AT_ONCE:
            name, due, takes = queue.pop(0)
            working[name] = at + takes
            found[name, due] = at
        at += MINUTE
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 300), st.integers(30, 500), st.integers(1, 400)), min_size=1, max_size=7, unique=True
    )
)
def test_the_queue_is_that_of_three_clerks(timers: list[tuple[int, int, int]]) -> None:
    habits = [
        habit(f"t{number}", NOW + first * MINUTE, every * MINUTE, takes * MINUTE)
        for number, (first, every, takes) in enumerate(timers)
    ]
    until = NOW + 12 * HOUR
    found = {(str(one.job_id), one.at): one.begins for one in forecast(habits, NOW, until).runs}
    assert found == slow_queue(habits, until)


def test_the_fourth_waits_and_it_is_said_for_how_long() -> None:
    habits = [habit(f"t{number}", NOW + HOUR, DAY, timedelta(minutes=60 + number)) for number in range(5)]
    found = forecast(habits, NOW, NOW + 20 * HOUR)
    (queue,) = found.clashes
    assert (queue.kind, queue.job_ids, queue.times) == (ClashKind.QUEUE, ("t3", "t4"), 2)
    assert queue.wait == timedelta(minutes=61)
    assert queue.at == NOW + HOUR


def test_a_run_of_unknown_length_holds_nobody_up_and_is_counted() -> None:
    habits = [habit(f"t{number}", NOW + HOUR, DAY, None if number else HOUR) for number in range(9)]
    found = forecast(habits, NOW, NOW + 20 * HOUR)
    assert found.clashes == ()
    assert found.unsure == 8


def test_two_that_write_to_one_place_at_one_time_are_named_once() -> None:
    inner = habit("inner", NOW + HOUR, 2 * HOUR, HOUR, to="/archive/raw/")
    outer = habit("outer", NOW + HOUR + 30 * MINUTE, 4 * HOUR, 10 * MINUTE, to="/archive")
    later = habit("later", NOW + 2 * HOUR + 5 * MINUTE, 4 * HOUR, 10 * MINUTE, to="/archive")
    (clash,) = forecast([outer, inner, later], NOW, NOW + 9 * HOUR).clashes
    assert (clash.kind, clash.job_ids, clash.times) == (ClashKind.SAME_PLACE, ("inner", "outer"), 2)
    assert clash.at == NOW + HOUR + 30 * MINUTE


def test_a_run_in_progress_is_reckoned_with() -> None:
    slow = Habit(timer("slow", NOW + HOUR, HOUR), 150 * MINUTE, NOW - HOUR)
    found = forecast([slow], NOW, NOW + 4 * HOUR)
    assert [one.begins for one in found.runs] == [None, NOW + 2 * HOUR, None, None]
    (clash,) = found.clashes
    assert (clash.kind, clash.times, clash.at) == (ClashKind.OWN_TICK, 3, NOW + HOUR)


def test_very_many_runs_are_reckoned_as_far_as_is_said() -> None:
    habits = [habit(f"t{number}", NOW + MINUTE, MINUTE, None) for number in range(40)]
    found = forecast(habits, NOW, NOW + 7 * DAY)
    assert found.until < NOW + 7 * DAY
    assert 10_000 < len(found.runs) <= 20_000
    assert max(one.at for one in found.runs) <= found.until


def test_habits_and_past_come_from_the_runs() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n, "failed" if n == 1 else "succeeded") for n in range(8)]
    job = Job.from_document(job_document(runs))
    assert habit_of(job, look_back(job, {}, NOW)) == Habit(job, 48 * MINUTE, None)
    past = past_runs(job, {}, NOW, NOW - 2 * DAY)
    assert [(one.at, one.mark) for one in past] == [(TODAY_TICK, Mark.OK), (TODAY_TICK - DAY, Mark.FAILED)]
    assert past[0].ends == TODAY_TICK + 48 * MINUTE


def test_clock_changes_in_a_zone() -> None:
    chicago = ZoneInfo("America/Chicago")
    begin = datetime(2026, 10, 25, 1, 7, 30, tzinfo=UTC)
    assert clock_changes(begin, begin + 14 * DAY, chicago) == ((datetime(2026, 11, 1, 7, tzinfo=UTC), -HOUR),)
    assert clock_changes(begin, begin + 14 * DAY, UTC) == ()


def test_of_a_schedule_without_a_start_the_runs_are_counted_from_the_next_one() -> None:
    job = Job.from_document(job_document([], schedule=recurring(3600) | {"start": None}, next_run=wire(NOW + MINUTE)))
    assert fires(job, NOW, NOW + 2 * HOUR, NOW) == (NOW + MINUTE, NOW + MINUTE + HOUR)
    assert fires(job, NOW - DAY, NOW + 2 * HOUR, NOW) == (NOW + MINUTE, NOW + MINUTE + HOUR)
    assert fires(job, NOW + MINUTE, NOW + 2 * HOUR, NOW) == (NOW + MINUTE + HOUR,)
    once = Job.from_document(
        job_document([], schedule={"type": "once"}, next_run=wire(NOW + MINUTE), activity=None, n_runs=0)
    )
    assert fires(once, NOW, NOW + HOUR, NOW) == (NOW + MINUTE,)
    assert fires(once, NOW + MINUTE, NOW + HOUR, NOW) == ()


def test_a_run_that_will_be_skipped_ends_never_and_one_of_unknown_length_at_no_known_time() -> None:
    job_id = timer("t", NOW, HOUR).job_id
    assert Coming(NOW, job_id, HOUR, None).ends is None
    assert Coming(NOW, job_id, None, NOW).ends is None
    assert Coming(NOW, job_id, HOUR, NOW + MINUTE).ends == NOW + HOUR + MINUTE
    assert Habit(timer("t", NOW, HOUR), None, NOW).end is None
    assert Habit(timer("t", NOW, HOUR), HOUR, None).end is None


def test_two_queues_with_a_rest_between_are_two() -> None:
    habits = [habit(f"t{number}", NOW + HOUR, 6 * HOUR, HOUR) for number in range(4)]
    queues = [one for one in forecast(habits, NOW, NOW + 8 * HOUR).clashes if one.kind is ClashKind.QUEUE]
    assert [(one.at, one.until, one.times, one.wait) for one in queues] == [
        (NOW + HOUR, NOW + 2 * HOUR, 1, HOUR),
        (NOW + 7 * HOUR, NOW + 8 * HOUR, 1, HOUR),
    ]


@pytest.mark.parametrize(("flows", "waits"), [(0, timedelta(minutes=30)), (1, None), (3, None)])
def test_transfers_in_progress_have_their_places_and_flows_have_none(flows: int, waits: timedelta | None) -> None:
    going = [
        Habit(
            timer(f"g{number}", NOW + DAY, DAY, **({"body": None} if number < flows else {})), HOUR, NOW - 20 * MINUTE
        )
        for number in range(3)
    ]
    found = forecast([*going, habit("coming", NOW + 10 * MINUTE, DAY, MINUTE)], NOW, NOW + HOUR)
    assert [one.wait for one in found.clashes] == ([] if waits is None else [waits])


def test_who_waits_for_less_than_a_minute_does_not_wait() -> None:
    habits = [habit(f"t{number}", NOW + HOUR, DAY, MINUTE) for number in range(3)]
    short = habit("t9", NOW + HOUR + timedelta(seconds=1), DAY, MINUTE)
    assert forecast([*habits, short], NOW, NOW + 20 * HOUR).clashes == ()
    assert len(forecast([*habits, habit("t9", NOW + HOUR, DAY, MINUTE)], NOW, NOW + 20 * HOUR).clashes) == 1


@pytest.mark.parametrize(("apart", "clash"), [(0, True), (59, True), (60, False)])
def test_runs_of_unknown_length_meet_in_the_same_minute(apart: int, clash: bool) -> None:
    one = habit("one", NOW + HOUR, DAY, None, to="/x/")
    two = habit("two", NOW + HOUR + timedelta(seconds=apart), DAY, None, to="/x/in/")
    assert bool(forecast([one, two], NOW, NOW + 20 * HOUR).clashes) is clash


@pytest.mark.parametrize(("usual", "clashes"), [(None, 0), (HOUR, 1), (20 * MINUTE, 0)])
def test_a_run_in_progress_meets_what_comes_before_it_usually_ends(usual: timedelta | None, clashes: int) -> None:
    going = Habit(timer("going", NOW + 5 * HOUR, DAY, to="/x/"), usual, NOW - 30 * MINUTE)
    coming = habit("coming", NOW + 10 * MINUTE, DAY, MINUTE, to="/x/")
    assert len(forecast([going, coming], NOW, NOW + HOUR).clashes) == clashes


def test_two_of_the_same_timer_do_not_clash_and_a_guest_collection_is_known_for_what_it_shows() -> None:
    again = habit("again", NOW + MINUTE, 2 * MINUTE, 90 * MINUTE, to="/x/")
    assert [one.kind for one in forecast([again], NOW, NOW + HOUR).clashes] == [ClashKind.OWN_TICK]
    just_begun = Habit(timer("again", NOW + timedelta(seconds=20), DAY, to="/x/"), None, NOW - timedelta(seconds=30))
    assert forecast([just_begun], NOW, NOW + HOUR).clashes == ()
    guest = habit("guest", NOW + MINUTE, DAY, HOUR, to="/raw/")
    body = {
        "source_endpoint": SOURCE,
        "destination_endpoint": "h0st",
        "DATA": [{"source_path": "/a/", "destination_path": "/lab/raw/"}],
    }
    host = habit("host", NOW + MINUTE, DAY, HOUR, body=body)
    shown = {DESTINATION: Collection(DESTINATION, "Lab", mapped_collection_id="h0st", host_path="/lab/")}
    assert forecast([guest, host], NOW, NOW + HOUR).clashes == ()
    (clash,) = forecast([guest, host], NOW, NOW + HOUR, shown).clashes
    assert (clash.kind, clash.job_ids) == (ClashKind.SAME_PLACE, ("guest", "host"))


def test_runs_in_progress_are_habits_too_listed_or_not() -> None:
    going = Job.from_document(job_document([run_document(TODAY_TICK, 0, "active")], **running(TODAY_TICK)))
    assert habit_of(going, look_back(going, {}, NOW)).since == TODAY_TICK
    unlisted = Job.from_document(job_document([run_document(TODAY_TICK - DAY, 0)], **running(TODAY_TICK)))
    assert habit_of(unlisted, look_back(unlisted, {}, NOW)).since == TODAY_TICK
    assert (
        habit_of(Job.from_document(job_document([])), look_back(Job.from_document(job_document([])), {}, NOW)).since
        is None
    )


def test_the_past_has_ticks_without_a_run_and_runs_that_reach_into_it() -> None:
    def long(days_ago: int, hours: float) -> dict[str, Any]:
        at = TODAY_TICK - days_ago * DAY
        return run_document(at, days_ago, end_timestamp=wire(at + hours * HOUR))

    runs = [run_document(TODAY_TICK, 0, "active"), long(3, 26), long(5, 30), long(6, 1)]
    job = Job.from_document(job_document(runs, **running(TODAY_TICK)))
    found = past_runs(job, {}, NOW, TODAY_TICK - 4 * DAY)
    assert [(one.at, one.mark, one.ends) for one in found] == [
        (TODAY_TICK, Mark.RUNNING, None),
        (TODAY_TICK - DAY, Mark.MISSED, None),
        (TODAY_TICK - 2 * DAY, Mark.SKIPPED, None),
        (TODAY_TICK - 3 * DAY, Mark.OK, TODAY_TICK - 3 * DAY + 26 * HOUR),
        (TODAY_TICK - 4 * DAY, Mark.SKIPPED, None),
        (TODAY_TICK - 5 * DAY, Mark.OK, TODAY_TICK - 5 * DAY + 30 * HOUR),
    ]
    assert [one.at for one in past_runs(job, {}, NOW, TODAY_TICK)] == [TODAY_TICK]
    weeks = Job.from_document(job_document([long(0, 1), long(30, 20 * 24)], n_runs=2))
    begun = TODAY_TICK - 30 * DAY
    assert begun in {one.at for one in past_runs(weeks, {}, NOW, TODAY_TICK - 11 * DAY)}
    assert begun not in {one.at for one in past_runs(weeks, {}, NOW, TODAY_TICK - 10 * DAY)}


@pytest.mark.parametrize(
    ("behind", "late"),
    [(timedelta(0), False), (10 * MINUTE, False), (11 * MINUTE, True), (23 * HOUR, True), (-50 * DAY, False)],
)
def test_a_run_long_after_its_tick_caught_up_on_one_that_was_missed(behind: timedelta, late: bool) -> None:
    job = Job.from_document(job_document([run_document(TODAY_TICK - DAY + behind, 0)]))
    found = [one for one in past_runs(job, {}, NOW, NOW - 90 * DAY) if one.mark is Mark.OK]
    assert [one.late for one in found] == [late]
    bare = Job.from_document(
        job_document([run_document(TODAY_TICK + HOUR, 0)], schedule=recurring(86400) | {"start": None})
    )
    assert [one.late for one in past_runs(bare, {}, NOW, NOW - DAY)] == [False]


def test_a_change_of_the_clocks_just_behind_the_beginning_is_seen() -> None:
    chicago, change = ZoneInfo("America/Chicago"), datetime(2026, 11, 1, 7, tzinfo=UTC)
    for begins in (change - timedelta(minutes=7, seconds=30), change - timedelta(seconds=1)):
        assert clock_changes(begins, change + DAY, chicago) == ((change, -HOUR),)
    assert clock_changes(change - DAY, change, chicago) == ((change, -HOUR),)
    assert clock_changes(change, change + DAY, chicago) == ()
    spring = datetime(2027, 3, 14, 8, tzinfo=UTC)
    assert clock_changes(spring - DAY, spring + DAY, chicago) == ((spring, HOUR),)

"""What runs when: against a clock that is put forward by hand, and against each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.timer.agenda import (
    AT_ONCE,
    ClashKind,
    Habit,
    clock_changes,
    fires,
    forecast,
    habit_of,
    happened,
)
from globus_tui.domain.timer.history import Mark, look_back
from globus_tui.domain.timer.hour_load import will_start
from globus_tui.domain.timer.job import Job
from tests.domain.samples import DAY, DESTINATION, HOUR, MINUTE, NOW, SOURCE, TODAY_TICK, job_document, run_document


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
    past = happened(job, {}, NOW, NOW - 2 * DAY)
    assert [(one.at, one.mark) for one in past] == [(TODAY_TICK, Mark.OK), (TODAY_TICK - DAY, Mark.FAILED)]
    assert past[0].ends == TODAY_TICK + 48 * MINUTE


def test_clock_changes_in_a_zone() -> None:
    chicago = ZoneInfo("America/Chicago")
    begin = datetime(2026, 10, 25, 1, 7, 30, tzinfo=UTC)
    assert clock_changes(begin, begin + 14 * DAY, chicago) == ((datetime(2026, 11, 1, 7, tzinfo=UTC), -HOUR),)
    assert clock_changes(begin, begin + 14 * DAY, UTC) == ()

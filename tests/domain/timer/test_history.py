"""The past of a timer, one mark a tick: what ran, what was skipped, what was missed, and what nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.history import (
    Mark,
    look_back,
    outcome_of,
    run_is_unlisted,
    starts_at_once,
    tick_of,
    timeline,
)
from globus_tui.domain.timer.job import Job
from globus_tui.domain.timer.run import Outcome
from globus_tui.sandbox.timers import engine as timer_engine
from globus_tui.sandbox.timers import routes as timer_documents
from tests.domain.samples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    START,
    TODAY_TICK,
    by_id,
    failed_task,
    job,
    paused,
    recurring,
    refused_document,
    run_document,
    running,
    task,
    wire,
)
from tests.sandbox import test_timer_engine as engine

LETTERS = {
    Mark.OK: "#",
    Mark.EMPTY: "0",
    Mark.WITH_SKIPS: "!",
    Mark.FAILED: "x",
    Mark.REFUSED: "r",
    Mark.SKIPPED: "-",
    Mark.MISSED: "p",
    Mark.RUNNING: ">",
    Mark.UNKNOWN: ".",
}


def strip(*arguments: object, **more: object) -> str:
    """Oldest first, as it is drawn."""
    return "".join(LETTERS[mark] for mark in reversed(look_back(*arguments, **more).marks))  # type: ignore[arg-type] # handed on


def took(ran_at: datetime, number: int, lasted: timedelta) -> dict[str, object]:
    return run_document(ran_at, number, end_timestamp=wire(ran_at + lasted))


def test_a_timer_that_ran_every_night_has_one_mark_a_night() -> None:
    assert strip(job(), {}, NOW) == "#" * 14


def test_every_outcome_has_its_mark() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n, "submitted") for n in range(5)]
    runs.append(refused_document(TODAY_TICK - 5 * DAY))
    tasks = by_id(
        task(0),
        failed_task(1),
        task(2, subtasks_skipped_errors=1),
        task(3, files_transferred=0, files_skipped=0),
    )
    assert strip(job(runs), tasks, NOW) == "r.0!x#"


def test_a_run_of_31_hours_on_a_daily_timer_skips_exactly_one_tick() -> None:
    long_ago = TODAY_TICK - 3 * DAY
    runs = [
        run_document(TODAY_TICK, 0),
        run_document(TODAY_TICK - DAY, 1),
        took(long_ago, 2, 31 * HOUR),
        run_document(long_ago - DAY, 3),
    ]
    assert strip(job(runs), {}, NOW) == "##-##"


def test_a_run_of_31_hours_still_going_has_skipped_exactly_one_tick() -> None:
    begun = TODAY_TICK - DAY
    now = begun + 31 * HOUR
    going = job([run_document(begun, 0, "active"), run_document(begun - DAY, 1)], **running(begun))
    assert strip(going, {}, now) == "#>-"
    assert look_back(going, {}, now).skipped_now == 1


def test_ticks_after_a_long_run_was_over_were_missed_not_skipped() -> None:
    runs = [run_document(TODAY_TICK, 0), took(TODAY_TICK - 4 * DAY, 1, 31 * HOUR)]
    assert strip(job(runs), {}, NOW) == "#-pp#"


def test_without_knowing_how_long_the_run_before_took_nobody_can_tell_skipped_from_missed() -> None:
    runs = [run_document(TODAY_TICK, 0), run_document(TODAY_TICK - 2 * DAY, 1, end_timestamp=None)]
    assert strip(job(runs), {}, NOW) == "#.#"


def test_a_run_that_started_late_after_retries_still_belongs_to_its_tick() -> None:
    runs = [run_document(TODAY_TICK + 40 * MINUTE, 0), run_document(TODAY_TICK - DAY, 1)]
    assert strip(job(runs), {}, NOW) == "##"


def test_a_run_some_seconds_before_its_tick_belongs_to_it() -> None:
    early = TODAY_TICK - timedelta(seconds=3)
    assert strip(job([run_document(early, 0), run_document(TODAY_TICK - DAY, 1)]), {}, NOW) == "##"


def test_a_catch_up_run_stands_for_the_last_tick_that_was_missed() -> None:
    runs = [run_document(NOW - HOUR, 0), run_document(TODAY_TICK - 3 * DAY, 1)]
    assert strip(job(runs), {}, NOW) == "#pp#"


def test_ticks_since_a_pause_are_missed_and_counted() -> None:
    refused = [refused_document(TODAY_TICK - 2 * DAY), run_document(TODAY_TICK - 3 * DAY, 3)]
    stopped = job(refused, **paused("globus_auth_requirements"))
    assert strip(stopped, {}, NOW) == "#rpp"
    assert look_back(stopped, {}, NOW).missed_now == 2


def test_whether_a_run_that_was_refused_is_made_up_for_nobody_can_tell() -> None:
    today = job([refused_document(TODAY_TICK), run_document(TODAY_TICK - DAY, 1)], **paused("globus_auth_requirements"))
    found = look_back(today, {}, NOW)
    assert (found.missed_now, starts_at_once(today, found, NOW)) == (0, None)
    earlier = job([refused_document(TODAY_TICK - DAY)], **paused("globus_auth_requirements"))
    assert starts_at_once(earlier, look_back(earlier, {}, NOW), NOW) is True  # and one that was missed is


def test_a_timer_paused_before_its_first_run_has_missed_all_ticks_since_its_creation() -> None:
    stopped = job([], **paused("user"), schedule=recurring(86400, TODAY_TICK - 2 * DAY))
    assert look_back(stopped, {}, NOW).missed_now == 3


@pytest.mark.parametrize("made", [3, None])
def test_runs_that_globus_lists_no_more_are_not_called_missed_when_somebody_pauses(made: int | None) -> None:
    stopped = job([], **paused("user"), schedule=recurring(86400, TODAY_TICK - 2 * DAY), n_runs=made, last_ran_at=None)
    found = look_back(stopped, {}, NOW)
    assert strip(stopped, {}, NOW) == "..."
    assert found.missed_now is None
    assert starts_at_once(stopped, found, NOW) is None


def test_a_start_in_the_past_does_not_count_ticks_before_the_timer_existed() -> None:
    stopped = job([], **paused("user"), submitted_at=wire(TODAY_TICK - HOUR))
    assert look_back(stopped, {}, NOW).missed_now == 1


def test_a_start_at_creation_counts_as_a_tick_of_its_own() -> None:
    stopped = job(
        [],
        **paused("user"),
        submitted_at=wire(TODAY_TICK),
        schedule=recurring(86400, TODAY_TICK - timedelta(milliseconds=500)),
    )
    assert look_back(stopped, {}, NOW).missed_now == 1


def test_a_single_run_missed_while_paused_is_one_mark() -> None:
    stopped = job([], **paused("user"), schedule={"type": "once", "datetime": wire(NOW - HOUR)})
    assert strip(stopped, {}, NOW) == "p"


def test_runs_that_the_document_leaves_out_are_not_taken_for_missed_ticks() -> None:
    stopped = job([], last_ran_at=wire(TODAY_TICK), n_runs=43, **paused("user"))
    assert look_back(stopped, {}, NOW).missed_now == 0


def test_no_ticks_are_missed_after_the_end() -> None:
    end = {"condition": "time", "datetime": wire(TODAY_TICK - DAY)}
    stopped = job([run_document(TODAY_TICK - 3 * DAY)], **paused("user"), schedule=recurring(86400, START, end))
    assert look_back(stopped, {}, NOW).missed_now == 2


def test_a_tick_of_an_active_timer_with_no_run_is_a_dot_once_the_grace_is_over() -> None:
    last_night = job([run_document(TODAY_TICK - DAY)])
    assert strip(last_night, {}, TODAY_TICK + 9 * MINUTE) == "#"
    assert strip(last_night, {}, TODAY_TICK + 11 * MINUTE) == "#."
    assert look_back(last_night, {}, NOW).missed_now == 0


def test_a_run_in_progress_that_is_not_listed_gets_its_mark_and_its_own_skipped_ticks() -> None:
    going = job([run_document(TODAY_TICK - 2 * DAY, 1)], **running(TODAY_TICK - DAY))
    assert strip(going, {}, NOW) == "#>-"
    assert look_back(going, {}, NOW).skipped_now == 1


def test_a_first_run_in_progress_that_is_not_listed_is_running() -> None:
    assert strip(job([], **running(NOW - HOUR)), {}, NOW) == ">"


def test_a_timer_that_ended_has_no_ticks_after_its_last_run() -> None:
    assert strip(job([run_document(TODAY_TICK - 9 * DAY)], status="ended"), {}, NOW) == "#"


def test_a_year_of_missed_minutes_is_counted_without_drawing_them_all() -> None:
    stopped = job([run_document(NOW - 365 * DAY)], **paused("user"), schedule=recurring(60, NOW - 366 * DAY))
    history = look_back(stopped, {}, NOW)
    assert history.missed_now == 365 * 24 * 60 - 47  # its last run took 48 minutes
    assert history.skipped_now == 47
    assert len(history.marks) <= 101


def test_failures_are_counted_from_the_newest_finished_run() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n, "submitted") for n in range(5)]
    tasks = by_id(task(0, "ACTIVE"), failed_task(2), failed_task(3), task(4))
    history = look_back(job(runs), tasks, NOW)
    assert history.failures_in_a_row == 2
    assert history.empties_in_a_row == 0


def test_the_usual_duration_is_the_median_of_successes_and_needs_three() -> None:
    runs = [took(TODAY_TICK - n * DAY, n, timedelta(minutes=lasted)) for n, lasted in enumerate((40, 50, 300))]
    failed = run_document(TODAY_TICK - 3 * DAY, 3, "failed", end_timestamp=wire(TODAY_TICK - 3 * DAY + MINUTE))
    assert look_back(job([*runs, failed, dict(failed)]), {}, NOW).usual == 50 * MINUTE
    assert look_back(job(runs[:2]), {}, NOW).usual is None


def test_a_schedule_that_is_not_known_says_that_its_counts_mean_nothing() -> None:
    found = look_back(job(schedule=None, **paused("user")), {}, NOW)
    assert (found.missed_now, found.skipped_now) == (None, None)


def test_ticks_that_passed_while_a_run_went_on_were_skipped_though_the_timer_is_paused_now() -> None:
    begun = TODAY_TICK - 3 * DAY
    stopped = job([took(begun, 0, 31 * HOUR), run_document(begun - DAY, 1)], **paused("user"))
    assert strip(stopped, {}, NOW) == "##-pp"
    found = look_back(stopped, {}, NOW)
    assert (found.skipped_now, found.missed_now) == (1, 2)


def test_a_paused_timer_whose_run_still_goes_on_has_missed_nothing() -> None:
    going = job([run_document(TODAY_TICK - 2 * DAY, 0, "active")], **paused("user"))
    assert strip(going, {}, NOW) == ">--"
    assert look_back(going, {}, NOW).missed_now == 0
    assert starts_at_once(going, look_back(going, {}, NOW), NOW) is False


def test_a_run_that_is_over_decides_its_ticks_before_the_next_one_begins() -> None:
    begun = TODAY_TICK - DAY
    over = job([took(begun, 0, 31 * HOUR), run_document(begun - DAY, 1)])
    assert strip(over, {}, begun + 32 * HOUR) == "##-"
    assert look_back(over, {}, begun + 32 * HOUR).skipped_now == 1


def test_a_tick_at_the_very_end_of_a_run_is_not_skipped() -> None:
    stopped = job([took(TODAY_TICK - DAY, 0, DAY)], **paused("user"))
    assert look_back(stopped, {}, NOW).missed_now == 1


def test_without_knowing_how_long_the_last_run_took_a_paused_timer_does_not_know_what_it_missed() -> None:
    stopped = job([run_document(TODAY_TICK - 2 * DAY, 0, "submitted", end_timestamp=None)], **paused("user"))
    assert strip(stopped, {}, NOW) == "..."
    found = look_back(stopped, {}, NOW)
    assert found.missed_now is None
    assert starts_at_once(stopped, found, NOW) is None
    known = by_id(task(0, completion_time=wire(TODAY_TICK - 2 * DAY + HOUR)))
    assert strip(stopped, known, NOW) == "#pp"


def test_a_timer_that_ended_by_date_shows_what_its_last_run_skipped() -> None:
    end = {"condition": "time", "datetime": wire(TODAY_TICK - DAY)}
    ended = job([took(TODAY_TICK - 3 * DAY, 0, 31 * HOUR)], status="ended", schedule=recurring(86400, START, end))
    assert strip(ended, {}, NOW) == "#-"


@pytest.mark.parametrize(
    ("end", "n_runs", "starts"),
    [
        (None, 1, True),
        ({"condition": "time", "datetime": wire(NOW + DAY)}, 1, True),
        ({"condition": "time", "datetime": wire(NOW - HOUR)}, 1, False),
        ({"condition": "iterations", "count": 2}, 1, True),
        ({"condition": "iterations", "count": 2}, 2, False),
    ],
)
def test_no_catch_up_run_comes_after_the_end(end: dict[str, object] | None, n_runs: int, starts: bool) -> None:
    stopped = job(
        [run_document(TODAY_TICK - 2 * DAY)], n_runs=n_runs, **paused("user"), schedule=recurring(86400, START, end)
    )
    assert starts_at_once(stopped, look_back(stopped, {}, NOW), NOW) is starts


@settings(max_examples=60)
@given(
    interval=st.sampled_from([1, 2, 24]),
    seconds=st.sampled_from([600, 5400, 3600, 4 * 3600, 30 * 3600]),
    pauses=st.integers(0, 60),
    resumes=st.integers(1, 90),
    end=st.none() | st.sampled_from(["date", "runs"]),
)
def test_the_catch_up_run_that_is_foretold_is_the_one_the_service_starts(
    interval: int, seconds: int, pauses: int, resumes: int, end: str | None
) -> None:
    sandbox = engine.world()
    stop_at, after_n = engine.T0 + 20 * HOUR if end == "date" else None, 3 if end == "runs" else None
    plan = {"seconds": seconds, "files": 1}
    one = engine.timer(sandbox, interval * 3600, plan=plan, stop_at=stop_at, stop_after_n=after_n)
    engine.pass_time(sandbox, minutes=pauses * 37)
    if not timer_engine.is_active(one):
        return
    timer_engine.pause(sandbox, one, sandbox.now())
    now = engine.pass_time(sandbox, minutes=resumes * 41)
    timer_engine.advance(sandbox, one, now)
    read = Job.from_document(timer_documents.job_document(one, now, one.results, None))
    foretold = starts_at_once(read, look_back(read, {}, now), now)
    runs = one.n_runs
    timer_engine.resume(sandbox, one, now, None)
    sandbox.now()
    assert foretold is (one.n_runs > runs)


def test_what_became_of_each_run_is_kept_beside_the_marks() -> None:
    runs = [run_document(TODAY_TICK, 0, "active"), refused_document(TODAY_TICK - 3 * DAY)]
    found = look_back(job(runs), {}, NOW)
    assert found.outcomes == (Outcome.RUNNING, Outcome.REFUSED)
    assert len(found.marks) > len(found.outcomes)


# --- odd documents

MOMENTLESS = run_document(TODAY_TICK, 1) | {"ran_at": None, "start_timestamp": None}


@pytest.mark.parametrize(
    ("runs", "since", "unlisted"),
    [
        ([], NOW, True),
        ([run_document(TODAY_TICK)], TODAY_TICK, False),
        ([run_document(TODAY_TICK)], TODAY_TICK + MINUTE, False),
        ([run_document(TODAY_TICK)], TODAY_TICK + 2 * MINUTE, True),
        ([run_document(TODAY_TICK - DAY, 0, "active")], TODAY_TICK, True),
        ([run_document(TODAY_TICK, 0, "active")], None, False),
        ([run_document(TODAY_TICK)], None, True),
        ([MOMENTLESS], TODAY_TICK, True),
    ],
)
def test_whether_the_run_in_progress_is_one_of_those_listed(
    runs: list[dict[str, object]], since: datetime | None, unlisted: bool
) -> None:
    activity = {"code": "run_in_progress", "start_timestamp": wire(since) if since else None}
    read = job(runs, activity=activity)
    assert run_is_unlisted(read) is unlisted
    waiting = job(runs)
    assert not run_is_unlisted(waiting)


@pytest.mark.parametrize(
    "schedule", [None, recurring(86400) | {"start": None}, {"type": "once", "datetime": wire(START)}]
)
def test_runs_without_ticks_stand_side_by_side(schedule: dict[str, object] | None) -> None:
    runs = [run_document(TODAY_TICK, 0), run_document(TODAY_TICK - 5 * DAY, 1)]
    read = job(runs, schedule=schedule)
    assert strip(read, {}, NOW) == "##"
    assert [(one.mark, one.at) for one in timeline(read, {}, NOW)] == [
        (Mark.OK, TODAY_TICK), (Mark.OK, TODAY_TICK - 5 * DAY),
    ]  # fmt: skip


def test_a_run_without_a_moment_hides_no_gap_and_makes_none() -> None:
    read = job([run_document(TODAY_TICK, 0), MOMENTLESS, run_document(TODAY_TICK - 5 * DAY, 2)])
    assert Mark.MISSED not in look_back(read, {}, NOW).marks
    assert len(timeline(read, {}, NOW)) == 3


def test_a_gap_is_seen_although_the_run_before_it_came_late() -> None:
    late = took(TODAY_TICK - 2 * DAY + 2 * MINUTE, 1, HOUR)
    assert strip(job([run_document(TODAY_TICK, 0), late]), {}, NOW) == "#p#"


@pytest.mark.parametrize(("early", "tick"), [(0, 1), (13, 1), (15, 1), (16, 0), (59, 0), (61, 0), (80, -1)])
def test_a_run_belongs_to_the_tick_that_it_is_near(early: int, tick: int) -> None:
    minutely = RecurringSchedule(MINUTE, START)
    assert tick_of(minutely, START + MINUTE - timedelta(seconds=early)) == tick
    assert tick_of(RecurringSchedule(MINUTE), START) == -1


def test_runs_that_skipped_some_files_count_for_what_is_usual() -> None:
    runs = [took(TODAY_TICK - n * DAY, n, timedelta(minutes=40 + n)) for n in range(3)]
    skipping = by_id(*(task(n, subtasks_skipped_errors=1) for n in range(3)))
    assert look_back(job(runs), skipping, NOW).usual is not None
    failed = by_id(*(failed_task(n) for n in range(3)))
    assert look_back(job(runs), failed, NOW).usual is None


@pytest.mark.parametrize(
    ("n_runs", "more", "complete"), [(2, None, True), (None, None, True), (3, None, False), (2, "page 2", False)]
)
def test_whether_there_are_older_runs(n_runs: int | None, more: str | None, complete: bool) -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(2)]
    read = job(results={"data": runs, "page_next": more}, n_runs=n_runs)
    assert look_back(read, {}, NOW).complete is complete


def test_what_ends_in_the_future_has_missed_only_what_has_passed() -> None:
    end = {"condition": "time", "datetime": wire(NOW + 90 * DAY)}
    stopped = job([run_document(TODAY_TICK - 3 * DAY)], **paused("user"), schedule=recurring(86400, START, end))
    assert look_back(stopped, {}, NOW).missed_now == 3


def test_of_a_timer_whose_creation_is_not_known_nothing_is_called_missed() -> None:
    stopped = job([], **paused("user"), submitted_at=None, last_ran_at=None)
    assert look_back(stopped, {}, NOW).missed_now == 0
    assert timeline(stopped, {}, NOW) == ()


def test_a_single_run_without_a_moment_may_have_been_missed_or_not() -> None:
    assert look_back(job([], **paused("user"), schedule={"type": "once"}), {}, NOW).missed_now is None


def test_a_paused_timer_whose_run_goes_on_by_the_services_word_starts_none_at_once() -> None:
    ran = run_document(TODAY_TICK - 3 * DAY)
    going = job([ran], **running(TODAY_TICK - 3 * DAY), status="inactive")
    assert going.stands_still
    assert starts_at_once(going, look_back(going, {}, NOW), NOW) is False
    stands = job([ran], **paused("user"))
    assert starts_at_once(stands, look_back(stands, {}, NOW), NOW) is True
    assert starts_at_once(going, look_back(stands, {}, NOW), NOW) is False, "whatever was known before"


def test_lines_of_the_past_say_what_became_of_each_run_and_whether_files_could_be_counted() -> None:
    runs = [run_document(TODAY_TICK, 0), refused_document(TODAY_TICK - 2 * DAY)]
    lines = timeline(job(runs), {}, NOW)
    assert [outcome_of(one) for one in lines] == [Outcome.OK, None, Outcome.REFUSED]
    assert all(one.transfers for one in lines)
    flow = timeline(job(runs, timer_type="flow", flow_id="f"), {}, NOW)
    assert [one.transfers for one in flow if one.run] == [False, False]
    bare = timeline(job(runs, body=None), {}, NOW)
    assert [one.transfers for one in bare if one.run] == [True, True]
    old = timeline(job(runs, timer_type=None, callback_url="https://example.org"), {}, NOW)
    assert [one.transfers for one in old if one.run] == [True, True]


def test_a_refused_run_that_says_no_end_kept_nothing_from_running() -> None:
    refused = refused_document(TODAY_TICK - 3 * DAY) | {"end_timestamp": None}
    assert strip(job([run_document(TODAY_TICK, 1), refused]), {}, NOW) == "rpp#"


def test_a_run_in_progress_of_which_nobody_says_when_it_began_has_skipped_nothing_yet() -> None:
    assert strip(job([], activity={"code": "run_in_progress"}, last_ran_at=None), {}, NOW) == ">"


def test_what_passes_while_the_service_says_that_a_run_goes_on_is_skipped() -> None:
    begun = TODAY_TICK - 2 * DAY
    going = job([run_document(begun, 0, "submitted", end_timestamp=None)], **running(begun))
    assert look_back(going, {}, NOW).skipped_now == 2


def test_a_run_of_a_flow_that_is_not_listed_yet_has_no_files_to_count_either() -> None:
    going = job([], timer_type="flow", flow_id="f", **running(NOW - HOUR))
    assert [(one.mark, one.transfers) for one in timeline(going, {}, NOW)] == [(Mark.RUNNING, False)]

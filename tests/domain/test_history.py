"""The past of a timer, one mark a tick: what ran, what was skipped, what was missed, and what nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.history import Mark, gaps_before, look_back
from globus_tui.domain.run import Outcome
from tests.domain.making import (
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


def test_a_timer_paused_before_its_first_run_has_missed_all_ticks_since_its_creation() -> None:
    stopped = job([], **paused("user"), schedule=recurring(86400, TODAY_TICK - 2 * DAY))
    assert look_back(stopped, {}, NOW).missed_now == 3


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
    assert history.missed_now == 365 * 24 * 60
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
    assert not look_back(job(schedule=None, **paused("user")), {}, NOW).ticks_known
    assert look_back(job(), {}, NOW).ticks_known


def test_what_became_of_each_run_is_kept_beside_the_marks() -> None:
    runs = [run_document(TODAY_TICK, 0, "active"), refused_document(TODAY_TICK - 3 * DAY)]
    found = look_back(job(runs), {}, NOW)
    assert found.outcomes == (Outcome.RUNNING, Outcome.REFUSED)
    assert len(found.marks) > len(found.outcomes)


def test_timers_with_the_same_past_share_it() -> None:
    assert look_back(job(), {}, NOW) is look_back(job(name="another"), {}, NOW)


@given(st.lists(st.integers(-20, 40 * 24), min_size=2, max_size=8, unique=True), st.sampled_from([MINUTE, 30 * HOUR]))
def test_no_gap_between_two_runs_is_passed_over(hours_ago: list[int], lasted: timedelta) -> None:
    runs = [took(NOW - hours * HOUR, number, lasted) for number, hours in enumerate(sorted(hours_ago))]
    timer = job(runs)
    expected: list[Mark] = []
    for place in range(len(runs)):
        expected.append(Mark.OK)
        expected += [mark for mark, count in gaps_before(timer, timer.runs, place, {}) for _ in range(count)]
    found = look_back(timer, {}, NOW)
    assert list(found.marks[-len(expected) :]) == expected

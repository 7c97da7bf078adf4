"""The worst word wins, and none is given without a reason; the situations one by one are with their words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.health import Why, Word, grace, judge
from globus_tui.domain.timer.orders import Orders
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
    job_document,
    recurring,
    run_document,
    running,
    task,
    wire,
)


def test_words_go_from_worst_to_best_and_trouble_ends_with_warn() -> None:
    ranks = [word.rank for word in Word]
    assert ranks == sorted(ranks)
    assert [word for word in Word if word.is_trouble][-1] is Word.WARN
    assert not Word.RUNNING.is_trouble


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 2), (1200, 2), (3600, 6), (6000, 10), (86400, 10), (None, 6)])
def test_the_grace_is_a_tenth_of_the_interval_within_two_to_ten_minutes(seconds: int | None, minutes: int) -> None:
    schedule = {"type": "once", "datetime": wire(NOW)} if seconds is None else recurring(seconds)
    assert grace(job(schedule=schedule)) == minutes * MINUTE


def test_a_run_is_overdue_only_after_the_grace() -> None:
    waiting = job(next_run=wire(NOW))
    assert judge(waiting, {}, NOW + 10 * MINUTE).word is Word.OK
    assert judge(waiting, {}, NOW + 11 * MINUTE).word is Word.OVERDUE


def test_overdue_keeps_its_hour_through_the_night_the_clocks_change() -> None:
    shift = job(next_run="2026-11-01T02:00:00-06:00")  # the second two o'clock of that night in Chicago
    due = shift.next_run
    assert due is not None
    assert judge(shift, {}, due + 9 * MINUTE).word is Word.OK
    assert judge(shift, {}, due + 20 * MINUTE).lasted == 20 * MINUTE


def test_a_run_in_progress_is_never_called_overdue() -> None:
    going = job([run_document(NOW - HOUR, 0, "active")], **running(NOW - HOUR), next_run=wire(NOW - HOUR))
    assert judge(going, by_id(task(0, "ACTIVE")), NOW).word is Word.RUNNING


def test_overdue_outranks_a_failed_run_and_failure_outranks_retrying() -> None:
    tasks = by_id(failed_task(0))
    late = job([run_document(TODAY_TICK - DAY)], next_run=wire(TODAY_TICK))
    assert judge(late, tasks, NOW).word is Word.OVERDUE
    retrying = job([run_document(TODAY_TICK)], activity={"code": "retrying"}, next_run=wire(NOW))
    assert judge(retrying, tasks, NOW).word is Word.FAILED


def test_a_blocked_task_outranks_the_overrun_that_it_causes() -> None:
    begun = NOW - 31 * HOUR
    going = job([run_document(begun, 0, "active")], **running(begun), schedule=recurring(8 * 3600, begun))
    health = judge(going, by_id(task(0, "ACTIVE", is_paused=True)), NOW)
    assert (health.word, health.count) == (Word.BLOCKED, 3)


def test_the_usual_time_of_short_runs_does_not_raise_alarm_within_ten_minutes() -> None:
    quick = [
        run_document(TODAY_TICK - n * DAY, n, end_timestamp=wire(TODAY_TICK - n * DAY + MINUTE)) for n in range(1, 5)
    ]
    begun = NOW - 9 * MINUTE
    going = job([run_document(begun, 0, "active"), *quick], **running(begun))
    assert judge(going, {}, NOW).word is Word.RUNNING
    assert judge(going, {}, NOW + 2 * MINUTE).word is Word.BLOCKED


def test_a_run_is_slow_once_it_took_three_times_as_long_as_usual_and_not_before() -> None:
    usual = [run_document(TODAY_TICK - n * DAY, n) for n in range(1, 5)]  # 48 minutes each
    begun = NOW - 144 * MINUTE
    going = job([run_document(begun, 0, "active"), *usual], **running(begun))
    assert judge(going, {}, NOW).word is Word.RUNNING
    slow = judge(going, {}, NOW + timedelta(seconds=1))
    assert (slow.word, slow.why) == (Word.BLOCKED, Why.SLOW)


@pytest.mark.parametrize(("done", "left"), [(6, None), (7, 3), (8, 2), (9, 1), (10, None), (11, None)])
def test_the_last_three_runs_are_counted_down_and_none_is_never_announced(done: int, left: int | None) -> None:
    end = {"condition": "iterations", "iterations": 10}
    found = job([run_document(TODAY_TICK)], n_runs=done, schedule=recurring(86400, START, end))
    assert isinstance(found.schedule, RecurringSchedule)
    assert (found.n_runs, found.schedule.end.after_runs) == (done, 10)
    health = judge(found, {}, NOW)
    assert (health.count if health.why is Why.ENDS_SOON else None) == left


def test_a_timer_of_three_runs_altogether_is_not_announced_as_ending() -> None:
    end = {"condition": "iterations", "iterations": 3}
    found = job([run_document(TODAY_TICK)], n_runs=1, schedule=recurring(86400, START, end))
    assert judge(found, {}, NOW).why is not Why.ENDS_SOON


def test_a_failure_of_an_ended_timer_is_shown_for_a_week() -> None:
    ended = job([run_document(TODAY_TICK, 0, "failed")], status="ended", activity=None, next_run=None)
    assert judge(ended, {}, TODAY_TICK + 7 * DAY).word is Word.FAILED
    assert judge(ended, {}, TODAY_TICK + 8 * DAY).word is Word.ENDED


def test_two_empty_runs_are_no_reason_to_warn_but_three_are() -> None:
    def empty(count: int) -> Word:
        tasks = by_id(*(task(n, files_transferred=0, files_skipped=0) for n in range(count)))
        return judge(job(), tasks, NOW).word

    assert [empty(2), empty(3)] == [Word.OK, Word.WARN]


def test_fewer_files_at_the_source_are_a_matter_only_for_active_timers_that_delete() -> None:
    tasks = by_id(task(0, files=9), task(1, "FAILED", files=1), task(2, files=1000))
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(3)]
    mirror = {**job_document()["body"], "delete_destination_extra": True}
    deleting = judge(job(runs, body=mirror), tasks, NOW)
    assert (deleting.word, deleting.why, deleting.count, deleting.before) == (Word.WARN, Why.SOURCE_SHRANK, 9, 1000)
    assert deleting.since == TODAY_TICK
    assert judge(job(runs, body=mirror), tasks, NOW, orders=Orders(fewer_percent=99.5)).why is Why.FINE
    assert judge(job(runs, body=mirror), tasks, NOW, orders=Orders(fewer_percent=None)).why is Why.FINE
    assert judge(job(runs), tasks, NOW).why is Why.FINE
    ended = job(runs, body=mirror, status="ended", activity=None, next_run=None)
    assert judge(ended, tasks, NOW).why is Why.STOPPED


def test_a_timer_that_never_succeeded_by_any_known_word_is_never_ok() -> None:
    for status in ("submitted", "newspeak", "failed"):
        runs = [run_document(TODAY_TICK - n * DAY, n, status) for n in range(3)]
        assert judge(job(runs), {}, NOW).word is not Word.OK

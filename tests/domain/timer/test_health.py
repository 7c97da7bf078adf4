"""The worst word wins, and none is given without a reason; the situations one by one are with their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.health import (
    LAST_OF_TROUBLE,
    Health,
    Why,
    Word,
    grace,
    judge,
    last_good,
    pause_note_of,
    task_in_progress,
)
from globus_tui.domain.timer.job import Job, PauseCause
from globus_tui.domain.timer.orders import Acknowledgement, Orders, PauseNote, Source
from globus_tui.domain.timer.run import Outcome
from tests.domain.samples import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    START,
    TODAY_TICK,
    by_id,
    consent_required,
    failed_task,
    job,
    job_document,
    paused,
    recurring,
    refused_document,
    run_document,
    running,
    session_required,
    task,
    task_id,
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
    assert judge(shift, {}, due + 20 * MINUTE).since == due


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
    assert judge(replace(ended, last_ran_at=None), {}, TODAY_TICK).word is Word.FAILED, "its runs tell when"


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
    assert (deleting.word, deleting.why, deleting.count, deleting.previous_count) == (
        Word.WARN,
        Why.SOURCE_SHRANK,
        9,
        1000,
    )
    assert deleting.since == TODAY_TICK
    assert judge(job(runs, body=mirror), tasks, NOW, orders=Orders(fewer_percent=99.5)).why is Why.FINE
    assert judge(job(runs, body=mirror), tasks, NOW, orders=Orders(fewer_percent=None)).why is Why.FINE
    assert judge(job(runs), tasks, NOW).why is Why.FINE
    ended = job(runs, body=mirror, status="ended", activity=None, next_run=None)
    assert judge(ended, tasks, NOW).why is Why.STOPPED
    uncounted = by_id(task(0, files=None), task(1, files=9), task(2, files=1000))
    found = judge(job(runs, body=mirror), uncounted, NOW)
    assert (found.why, found.since, found.count) == (Why.SOURCE_SHRANK, TODAY_TICK - DAY, 9)


def test_a_timer_that_never_succeeded_by_any_known_word_is_never_ok() -> None:
    for status in ("submitted", "newspeak", "failed"):
        runs = [run_document(TODAY_TICK - n * DAY, n, status) for n in range(3)]
        assert judge(job(runs), {}, NOW).word is not Word.OK


# --- what people decided here


LATE: dict[str, Any] = {"next_run": wire(NOW - HOUR)}


def test_trouble_that_somebody_knows_of_is_marked_until_it_ends_or_gets_worse() -> None:
    known = Acknowledgement(Word.OVERDUE.rank, "the tape library moves", until=NOW + HOUR)
    held = judge(job(**LATE), {}, NOW, orders=Orders(acknowledged=known))
    assert (held.word, held.acknowledged) == (Word.OVERDUE, known)
    assert judge(job(**LATE), {}, NOW + HOUR, orders=Orders(acknowledged=known)).acknowledged is None
    milder = replace(known, rank=Word.FAILED.rank)
    assert judge(job(**LATE), {}, NOW, orders=Orders(acknowledged=milder)).acknowledged is None, "it got worse"
    calm = job(**paused("user"))
    assert judge(calm, {}, NOW, orders=Orders(acknowledged=replace(known, rank=0))).acknowledged is None, (
        "that is no trouble"
    )


def test_known_trouble_stands_behind_all_other_trouble_and_before_what_is_none() -> None:
    known = Acknowledgement(0)
    orders = [
        Health(Word.WARN, Why.FILES_SKIPPED).order,
        Health(Word.OVERDUE, Why.LATE, acknowledged=known).order,
        Health(Word.RUNNING, Why.IN_PROGRESS).order,
    ]
    assert orders == sorted(set(orders))
    assert orders[1] == LAST_OF_TROUBLE
    assert Health(Word.OVERDUE, Why.LATE).order == 2 * Word.OVERDUE.rank


def test_a_good_copy_that_is_too_old_is_overdue_whatever_kept_it_from_being_made() -> None:
    made = TODAY_TICK - DAY + 48 * MINUTE
    tasks = by_id(failed_task(0), task(1, completion_time=wire(made)))
    daily = [run_document(TODAY_TICK - n * DAY, n) for n in range(2)]
    within = Orders(good_within=NOW - made)
    for changes in ({}, paused("user"), {"activity": {"code": "retrying"}}):
        one = job(daily, **changes)
        assert judge(one, tasks, NOW, orders=within).why is not Why.NO_GOOD_COPY
        old = judge(one, tasks, NOW + timedelta(seconds=1), orders=within)
        assert (old.word, old.why, old.since, old.code) == (Word.OVERDUE, Why.NO_GOOD_COPY, made, None)


def test_a_timer_without_any_good_copy_counts_from_the_one_before_it_or_from_its_making() -> None:
    failing = job([run_document(TODAY_TICK, 0, "failed")])
    day = Orders(good_within=DAY)
    found = judge(failing, {}, NOW, orders=day)
    assert (found.why, found.since, found.code) == (Why.NO_GOOD_COPY, START - HOUR, "none")
    inherited = replace(day, good_at=NOW - 25 * HOUR)
    found = judge(failing, {}, NOW, orders=inherited)
    assert (found.why, found.since, found.code) == (Why.NO_GOOD_COPY, NOW - 25 * HOUR, None)
    found = judge(failing, {}, NOW, orders=replace(inherited, good_at=NOW - HOUR))
    assert (found.word, found.why) == (Word.FAILED, Why.TASK_FAILED)
    unknown = job([run_document(TODAY_TICK, 0, "failed")], submitted_at=None)
    assert judge(unknown, {}, NOW, orders=day).why is Why.TASK_FAILED


def test_a_pause_that_stays_on_longer_than_it_was_to_is_a_warning() -> None:
    since = NOW - 3 * HOUR
    resting = job(**paused("user", activity={"code": "paused", "reason": "user", "start_timestamp": wire(since)}))
    assert resting.activity is not None
    assert resting.activity.since == since
    rest = PauseNote("the array is moved", until=NOW - HOUR, since=since)
    over = judge(resting, {}, NOW, orders=Orders(pause_note=rest))
    assert (over.word, over.why, over.since) == (Word.WARN, Why.OVERSTAYED, NOW - HOUR)
    assert over.pause_note == rest
    in_time = judge(resting, {}, NOW - HOUR, orders=Orders(pause_note=rest))
    assert (in_time.word, in_time.pause_note) == (Word.PAUSED, rest)
    for_ever = replace(rest, until=None)
    assert judge(resting, {}, NOW, orders=Orders(pause_note=for_ever)).word is Word.PAUSED
    for unsaid in (replace(rest, since=None), rest):
        assert judge(job(**paused("user")), {}, NOW, orders=Orders(pause_note=unsaid)).pause_note == unsaid
    another = replace(rest, since=since - HOUR)
    assert (
        judge(resting, {}, NOW, orders=Orders(pause_note=another)).word,
        pause_note_of(resting, Orders(pause_note=another)),
    ) == (
        Word.PAUSED,
        None,
    )
    assert pause_note_of(job(), Orders(pause_note=rest)) is None, "it runs"


# --- the newest good copy


def copies(*outcomes: Outcome) -> tuple[Job, tuple[Outcome, ...]]:
    return job([run_document(TODAY_TICK - n * DAY, n) for n in range(len(outcomes))]), outcomes


@pytest.mark.parametrize(
    ("outcomes", "newest"),
    [
        ((Outcome.OK,), 0),
        ((Outcome.FAILED, Outcome.WITH_SKIPS), 1),
        ((Outcome.UNKNOWN, Outcome.RUNNING, Outcome.FAILED, Outcome.OK), 3),
        ((Outcome.EMPTY, Outcome.OK), 1),
        ((Outcome.EMPTY, Outcome.WITH_SKIPS), 1),
        ((Outcome.EMPTY, Outcome.EMPTY, Outcome.OK), 0),
        ((Outcome.EMPTY,), 0),
        ((Outcome.FAILED,), None),
        ((), None),
    ],
)
def test_the_newest_good_copy_is_no_empty_run_where_most_met_files(
    outcomes: tuple[Outcome, ...], newest: int | None
) -> None:
    found, outcomes = copies(*outcomes)
    wanted = None if newest is None else TODAY_TICK - newest * DAY + 48 * MINUTE
    assert last_good(found, {}, outcomes) == wanted


def test_a_copy_whose_length_is_not_known_counts_from_when_it_began() -> None:
    found = job([run_document(TODAY_TICK, 0, end_timestamp=None)])
    assert last_good(found, {}, [Outcome.OK]) == TODAY_TICK
    undated = job([run_document(TODAY_TICK) | {"ran_at": None, "start_timestamp": None}])
    assert last_good(undated, {}, [Outcome.OK]) is None


# --- standing still


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        (None, Why.AUTHORIZATION),
        (consent_required("a-scope"), Why.CONSENT_MISSING),
        (session_required(session_required_mfa=True), Why.SESSION),
        (session_required(session_message="Ask your admin."), Why.AUTHORIZATION),
    ],
)
def test_what_globus_wants_is_told_as_far_as_it_says_so(detail: object, why: Why) -> None:
    found = judge(job(**paused(PauseCause.AUTHORIZATION.value, detail)), {}, NOW)
    assert (found.word, found.why) == (Word.SIGN_IN, why)


def test_a_requirement_is_as_old_as_the_run_that_was_refused_for_it_else_as_the_pause() -> None:
    pause = {"code": "paused", "reason": "authorization", "start_timestamp": wire(NOW - HOUR)}
    refused = job([refused_document(TODAY_TICK)], **paused(PauseCause.AUTHORIZATION.value, activity=pause))
    assert judge(refused, {}, NOW).since == TODAY_TICK
    well = job([run_document(TODAY_TICK)], **paused(PauseCause.AUTHORIZATION.value, activity=pause))
    assert judge(well, {}, NOW).since == NOW - HOUR
    assert judge(job([], **paused(PauseCause.AUTHORIZATION.value, activity=pause)), {}, NOW).since == NOW - HOUR


def test_a_run_that_goes_on_in_a_paused_timer_is_told_only_where_it_is_trouble() -> None:
    begun = NOW - HOUR
    going = job([run_document(begun, 0, "active")], **paused("user"))
    assert judge(going, {}, NOW).word is Word.PAUSED
    stuck = judge(going, by_id(task(0, "ACTIVE", is_paused=True)), NOW)
    assert (stuck.word, stuck.since) == (Word.BLOCKED, begun)


def test_a_stopped_timer_whose_last_runs_failed_is_a_failed_one() -> None:
    failing = job([run_document(TODAY_TICK - n * DAY, n, "failed") for n in range(3)], **paused("user"))
    found = judge(failing, {}, NOW)
    assert (found.word, found.count, found.began) == (Word.FAILED, 3, TODAY_TICK - 2 * DAY)
    assert (found.in_trouble_since, found.missed) == (TODAY_TICK - 2 * DAY, 0)
    assert judge(job(**paused("service")), {}, NOW).why is Why.PAUSED_BY_SERVICE


# --- which task can be cancelled


@pytest.mark.parametrize("word", [Word.RUNNING, Word.BLOCKED, Word.OVERRUN, Word.OK, Word.FAILED])
def test_the_task_of_a_run_in_progress_is_the_one_to_cancel(word: Word) -> None:
    health = Health(word, Why.IN_PROGRESS)
    in_progress = word in (Word.RUNNING, Word.BLOCKED, Word.OVERRUN)
    assert task_in_progress(job(), health) == (task_id(0) if in_progress else None)
    assert task_in_progress(job(**running(NOW)), health) == task_id(0)
    assert task_in_progress(job([], **running(NOW)), health) is None
    flow = job(timer_type="flow", body={"flow": "x"}, **running(NOW))
    assert task_in_progress(flow, health) is None


# --- mirrors


MIRROR = {**job_document()["body"], "delete_destination_extra": True}


def test_a_source_counted_before_the_next_run_is_news_until_that_run() -> None:
    tasks = by_id(task(0, files=1000), task(1, files=1000))
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(2)]
    seen = Source(NOW - MINUTE, 10, 1000)
    found = judge(job(runs, body=MIRROR), tasks, NOW, orders=Orders(source=seen))
    assert (found.why, found.since, found.count, found.previous_count) == (Why.SOURCE_SHRANK, NOW - MINUTE, 10, 1000)
    assert found.code == "beforehand"
    for fine in (replace(seen, entries=1000), replace(seen, at=TODAY_TICK), replace(seen, at=TODAY_TICK - HOUR)):
        assert judge(job(runs, body=MIRROR), tasks, NOW, orders=Orders(source=fine)).why is Why.FINE
    first = job([], body=MIRROR, n_runs=0)
    assert judge(first, {}, NOW, orders=Orders(source=seen)).why is Why.SOURCE_SHRANK
    lenient = Orders(source=seen, fewer_percent=None, fewer_files=991)
    assert judge(job(runs, body=MIRROR), tasks, NOW, orders=lenient).why is Why.FINE
    assert judge(job(runs, body=MIRROR), tasks, NOW, orders=replace(lenient, fewer_files=990)).count == 10


# --- what the service does not say


def test_a_status_of_another_age_is_unknown_only_where_nothing_else_is_told() -> None:
    odd: dict[str, Any] = {"status": "newspeak", "activity": None}
    found = judge(job(**odd, next_run=None), {}, NOW)
    assert (found.word, found.why, found.code) == (Word.UNKNOWN, Why.UNKNOWN_STATUS, "newspeak")
    assert judge(job(**odd), {}, NOW).word is Word.OK
    waiting: dict[str, Any] = {**odd, "activity": {"code": "awaiting_next_run"}}
    assert judge(job(**waiting, next_run=None), {}, TODAY_TICK + HOUR).word is Word.OK


@pytest.mark.parametrize("said", [{"n_runs": 3}, {"last_ran_at": wire(TODAY_TICK)}])
def test_a_timer_that_ran_but_lists_no_run_is_not_waiting_for_its_first(said: dict[str, object]) -> None:
    never = judge(job([], n_runs=0), {}, NOW)
    assert (never.why, never.since) == (Why.FIRST_RUN_AHEAD, TODAY_TICK + DAY)
    ran = judge(job([], **{"n_runs": 0, **said}), {}, NOW)
    assert (ran.word, ran.why) == (Word.UNKNOWN, Why.OUTCOME_UNKNOWN)
    assert ran.since == (TODAY_TICK if "last_ran_at" in said else None)


def test_a_newest_run_whose_end_nobody_knows_is_told_beside_good_ones() -> None:
    runs = [run_document(TODAY_TICK, 0, "newspeak"), run_document(TODAY_TICK - DAY, 1)]
    for unsaid in ({}, {"n_runs": None, "last_ran_at": None}):
        found = judge(job(runs, **unsaid), {}, NOW)
        assert (found.word, found.why, found.since) == (Word.OK, Why.LAST_OUTCOME_UNKNOWN, TODAY_TICK)


SILENT: dict[str, Any] = {"next_run": None, "activity": {"code": "awaiting_next_run"}}


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, TODAY_TICK),
        ({"n_runs": None}, TODAY_TICK),
        ({"schedule": {"type": "once", "datetime": wire(NOW - HOUR)}}, None),
        ({"schedule": None}, None),
        ({"schedule": {"type": "recurring", "interval_seconds": 86400, "start": None, "end": None}}, None),
    ],
)
def test_without_a_next_run_a_timer_is_late_for_the_tick_behind_its_last_run(
    changes: dict[str, object], due: object
) -> None:
    silent = job([run_document(TODAY_TICK - DAY, 1)], **{**SILENT, **changes})
    found = judge(silent, {}, NOW)
    assert (found.since if found.why is Why.LATE else None) == due


def test_a_single_run_that_did_not_come_is_late_until_it_came() -> None:
    once = {**SILENT, "schedule": {"type": "once", "datetime": wire(NOW - HOUR)}}
    late = judge(job([], **once, n_runs=0), {}, NOW)
    assert (late.why, late.since) == (Why.LATE, NOW - HOUR)
    assert judge(job([], **once, n_runs=1), {}, NOW).why is not Why.LATE
    assert judge(job([], **once, n_runs=0, last_ran_at=wire(NOW)), {}, NOW).why is not Why.LATE


def test_a_first_run_that_did_not_come_is_late_from_the_first_tick_behind_its_making() -> None:
    silent = {**SILENT, "n_runs": 0}
    late = judge(job([], **silent, submitted_at=wire(TODAY_TICK - HOUR)), {}, NOW)
    assert (late.why, late.since) == (Why.LATE, TODAY_TICK)
    later = judge(job([], **silent, submitted_at=wire(TODAY_TICK + HOUR)), {}, NOW)
    assert later.why is Why.FIRST_RUN_AHEAD
    assert judge(job([], **silent, submitted_at=None), {}, NOW).why is not Why.LATE
    assert judge(job([], **SILENT, n_runs=7), {}, NOW).why is not Why.LATE


# --- failures


def test_a_refused_run_says_why_in_the_best_words_there_are() -> None:
    said = judge(job([refused_document(TODAY_TICK)]), {}, NOW)
    assert (said.why, said.code, said.since, said.count) == (Why.RUN_REFUSED, "403", TODAY_TICK, 1)
    unsaid = judge(job([refused_document(TODAY_TICK) | {"http_status_submission": None, "status": None}]), {}, NOW)
    assert (unsaid.word, unsaid.code) == (Word.FAILED, None)
    daily = judge(job([refused_document(TODAY_TICK - n * DAY) for n in range(3)]), {}, NOW)
    assert (daily.count, daily.began) == (3, TODAY_TICK - 2 * DAY)


def test_what_was_refused_before_is_forgiven_while_a_run_goes_on() -> None:
    runs = [refused_document(TODAY_TICK)]
    assert judge(job(runs), {}, NOW).word is Word.FAILED
    assert judge(job(runs, **running(NOW - MINUTE)), {}, NOW).word is Word.RUNNING
    failed = job([run_document(TODAY_TICK, 0, "failed")], **running(NOW - MINUTE))
    assert judge(failed, {}, NOW).word is Word.FAILED


def test_three_empty_runs_began_with_the_first_of_them() -> None:
    tasks = by_id(*(task(n, files_transferred=0, files_skipped=0) for n in range(4)), task(4))
    found = judge(job(), tasks, NOW)
    assert (found.why, found.count, found.began) == (Why.NOTHING_MOVED, 4, TODAY_TICK - 3 * DAY)
    assert found.since == TODAY_TICK


def test_skipped_files_of_the_last_run_that_is_over_are_counted() -> None:
    tasks = by_id(task(0, "ACTIVE"), task(1, subtasks_skipped_errors=7, skip_source_errors=True))
    begun = NOW - MINUTE
    runs = [run_document(begun, 0, "active"), run_document(TODAY_TICK, 1)]
    found = judge(job(runs, **running(begun)), tasks, NOW)
    assert (found.word, found.why, found.count, found.since) == (Word.WARN, Why.FILES_SKIPPED, 7, TODAY_TICK)


def test_an_overrun_of_a_timer_that_ended_is_none() -> None:
    begun = NOW - 25 * HOUR
    going = [run_document(begun, 0, "active")]
    active = judge(job(going, **running(begun)), {}, NOW)
    assert (active.word, active.why, active.since) == (Word.OVERRUN, Why.LONGER_THAN_INTERVAL, NOW - 25 * HOUR)
    ended = job(going, **running(begun), status="ended", next_run=None)
    assert judge(ended, {}, NOW).word is Word.RUNNING
    exactly = judge(job(going, **running(begun)), {}, begun + DAY)
    assert exactly.word is Word.RUNNING


def test_a_run_that_is_not_listed_yet_lasts_since_the_service_says_it_began() -> None:
    begun = NOW - 25 * HOUR
    found = judge(job([], **running(begun), n_runs=1), {}, NOW)
    assert (found.word, found.since) == (Word.OVERRUN, begun)
    ahead = judge(job([], **running(NOW + HOUR), n_runs=1), {}, NOW)
    assert ahead.word is Word.RUNNING


def test_only_of_one_that_stands_still_it_is_said_what_a_resume_would_do() -> None:
    active = judge(job(next_run=wire(NOW - HOUR)), {}, NOW, orders=Orders(pause_note=PauseNote("x")))
    assert (active.why, active.missed, active.at_once, active.pause_note) == (Why.LATE, None, None, None)
    resting = judge(job(**paused("user")), {}, NOW + DAY)
    assert (resting.missed, resting.at_once) == (1, True)


@pytest.mark.parametrize("schedule", [None, recurring(86400) | {"start": None}])
def test_one_that_never_ran_and_says_no_start_waits_for_its_first_run(schedule: object) -> None:
    found = judge(job([], **SILENT, n_runs=0, schedule=schedule), {}, NOW)
    assert (found.why, found.since) == (Why.FIRST_RUN_AHEAD, None)


def test_one_whose_runs_are_not_listed_is_late_for_the_tick_behind_the_last_that_is_told() -> None:
    found = judge(job([], **SILENT, n_runs=3, last_ran_at=wire(TODAY_TICK - DAY)), {}, NOW)
    assert (found.why, found.since) == (Why.LATE, TODAY_TICK)


def test_a_first_run_may_be_due_in_the_moment_of_the_making() -> None:
    found = judge(job([], **SILENT, n_runs=0, submitted_at=wire(TODAY_TICK)), {}, NOW)
    assert (found.why, found.since) == (Why.LATE, TODAY_TICK)


def test_a_single_run_has_no_interval_to_outlast() -> None:
    begun = NOW - 25 * HOUR
    once = {"schedule": {"type": "once", "datetime": wire(begun)}, "next_run": None}
    assert judge(job([run_document(begun, 0, "active")], **running(begun), **once), {}, NOW).word is Word.RUNNING


def test_an_active_timer_that_says_nothing_of_its_future_is_no_unknown_one() -> None:
    quiet = job(next_run=None, activity=None, schedule=None)
    assert judge(quiet, {}, NOW).word is Word.OK


def test_an_ended_timer_without_runs_has_stopped() -> None:
    ended = {"status": "ended", "activity": None, "next_run": None}
    found = judge(job([], **ended, n_runs=0), {}, NOW)
    assert (found.word, found.why, found.since, found.count) == (Word.ENDED, Why.STOPPED, None, 0)
    told = judge(job([], **ended, n_runs=3, last_ran_at=wire(TODAY_TICK)), {}, NOW)
    assert (told.since, told.count) == (TODAY_TICK, 3)


def test_when_nobody_knows_how_runs_ended_the_newest_listed_one_is_named() -> None:
    runs = [run_document(TODAY_TICK - n * DAY, n, "newspeak") for n in range(2)]
    found = judge(job(runs, last_ran_at=wire(TODAY_TICK + HOUR)), {}, NOW)
    assert (found.why, found.since) == (Why.OUTCOME_UNKNOWN, TODAY_TICK)


def test_skipped_files_are_told_though_how_the_newest_run_ended_is_not_known() -> None:
    tasks = by_id(task(1, subtasks_skipped_errors=7, skip_source_errors=True))
    runs = [run_document(TODAY_TICK, 0, "newspeak"), run_document(TODAY_TICK - DAY, 1)]
    found = judge(job(runs), tasks, NOW)
    assert (found.why, found.count, found.since) == (Why.FILES_SKIPPED, 7, TODAY_TICK - DAY)


def test_why_a_service_paused_it_is_told_in_its_word() -> None:
    found = judge(job(**paused("maintenance")), {}, NOW)
    assert (found.word, found.why, found.code) == (Word.WARN, Why.PAUSED_BY_SERVICE, "maintenance")


def test_a_run_that_went_on_past_a_tick_is_not_late_for_it() -> None:
    over = run_document(TODAY_TICK - DAY, 1, end_timestamp=wire(TODAY_TICK + HOUR))
    assert judge(job([over], **SILENT), {}, NOW).why is not Why.LATE
    unsaid = run_document(TODAY_TICK - DAY, 1, "submitted", end_timestamp=None)
    found = judge(job([unsaid], **SILENT), {}, NOW)
    assert (found.why, found.since) == (Why.LATE, TODAY_TICK)


def test_after_its_last_run_a_timer_is_not_late() -> None:
    end = {"condition": "iterations", "iterations": 3}
    runs = [run_document(TODAY_TICK - DAY, 1)]
    for done, late in ((2, True), (3, False)):
        found = judge(job(runs, **SILENT, n_runs=done, schedule=recurring(86400, START, end)), {}, NOW)
        assert (found.why is Why.LATE) == late


def test_fewer_files_of_a_timer_that_deletes_nothing_are_no_matter_when_it_rests_either() -> None:
    tasks = by_id(task(0, files=9), task(1, files=1000))
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(2)]
    assert judge(job(runs, **paused("user")), tasks, NOW).word is Word.PAUSED
    assert judge(job(runs, **paused("user"), body=MIRROR), tasks, NOW).why is Why.SOURCE_SHRANK


def test_why_it_rests_is_the_reason_given_though_no_activity_is() -> None:
    assert judge(job(**paused("user", activity=None)), {}, NOW).why is Why.PAUSED_BY_USER


def test_a_transfer_whose_request_is_not_told_has_a_task_to_cancel() -> None:
    assert task_in_progress(job(body=None), Health(Word.RUNNING, Why.IN_PROGRESS)) == task_id(0)


@pytest.mark.parametrize("status", ["submitted", "newspeak", "active"])
def test_the_newest_run_is_the_one_in_progress_as_long_as_nothing_says_that_it_is_over(status: str) -> None:
    begun = NOW - HOUR
    going = job([run_document(begun, 0, status, end_timestamp=None)], **running(begun + MINUTE))
    found = judge(going, {}, NOW)
    assert (found.word, found.since) == (Word.RUNNING, begun)


def test_a_run_that_is_over_is_not_the_one_in_progress() -> None:
    begun = NOW - HOUR
    going = job([run_document(TODAY_TICK, 0)], **running(begun))
    found = judge(going, {}, NOW)
    assert (found.word, found.since) == (Word.RUNNING, begun)
    ended = job([run_document(begun, 0)], **running(begun), status="ended", next_run=None)
    assert judge(ended, {}, NOW).word is Word.ENDED, "though the service still calls it running"


def test_a_refusal_goes_by_the_code_of_what_globus_wants_else_by_its_status_if_it_has_one() -> None:
    def code(**changes: Any) -> str | None:
        run = replace(job([refused_document(TODAY_TICK)]).runs[0], **changes)
        return judge(replace(job([refused_document(TODAY_TICK)]), runs=(run,)), {}, NOW).code

    wants = Gare("ConsentRequired", ("s",))
    assert code(gare=None, http_status=403) == "403"
    assert code(gare=wants, http_status=403) == "ConsentRequired"
    assert code(gare=wants, http_status=None) == "ConsentRequired"
    assert code(gare=None, http_status=None) is None

"""What timers do by themselves, told with a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.sandbox.auth.scopes import grant_string
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.state import (
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    Collection,
    Entry,
    Person,
    Sandbox,
    Session,
    Timer,
    Token,
)
from globus_tui.sandbox.timers import engine as timer_engine
from globus_tui.sandbox.timers.engine import tick_after
from globus_tui.sandbox.timers.routes import job_document

T0 = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
OWNER, CLIENT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
SOURCE, TARGET = "33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"
HOUR = 3600


def world(mapped: bool = False) -> Sandbox:
    sandbox = Sandbox(Clock(T0, speed=0), Faults())
    sandbox.people[OWNER] = Person(OWNER, "ops@facility.example.org", "Ops", "ops@facility.example.org")
    for one in (SOURCE, TARGET):
        kind = "GCSv5_mapped_collection" if mapped and one == SOURCE else "GCP_mapped_collection"
        document = {"id": one, "display_name": one[:4], "entity_type": kind, "high_assurance": False}
        sandbox.collections[one] = Collection(one, document, Entry("/", children={}))
    return sandbox


def timer(sandbox: Sandbox, interval: int | None = HOUR, **changes: Any) -> Timer:
    body = {
        "DATA_TYPE": "transfer",
        "source_endpoint": SOURCE,
        "destination_endpoint": TARGET,
        "DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/a/", "destination_path": "/b/"}],
    }
    plan = {"seconds": 600, "files": 3, "bytes": 1000, "spread": 0.0}
    made = Timer(sandbox.new_id(), OWNER, CLIENT, "nightly", "transfer", T0, T0, interval, body=body, plan=plan)
    for name, value in changes.items():
        setattr(made, name, value)
    timer_engine.create(sandbox, made, sandbox.now())
    sandbox.now()
    return made


def pass_time(sandbox: Sandbox, **span: float) -> datetime:
    sandbox.clock.advance(timedelta(**span))
    return sandbox.now()


def activity(sandbox: Sandbox, one: Timer) -> Any:
    now = sandbox.now()
    timer_engine.advance(sandbox, one, now)
    return job_document(one, now, [], None)["activity"]


def ran(one: Timer) -> list[datetime]:
    return [run.ran_at for run in reversed(one.results)]


def token(session: Session | None = None) -> Token:
    login = session or Session("s")
    return Token("t", "access", CLIENT, OWNER, TIMERS_SERVER, frozenset({TIMER_SCOPE}), T0, None, login)


def test_runs_stay_on_the_grid_that_begins_at_the_start() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, hours=5, minutes=7)
    assert ran(one) == [T0 + timedelta(hours=n) for n in range(6)]
    assert one.next_run == T0 + timedelta(hours=6)
    assert one.n_runs == 6
    assert [run.run_status for run in one.results] == ["ACTIVE", *["SUCCEEDED"] * 5]


def test_a_change_of_the_clocks_does_not_move_the_grid() -> None:
    # Clocks in Chicago go forward on 8 March 2026: the same UTC hour is another hour on the wall.
    sandbox = world()
    one = timer(sandbox, 86_400, start=datetime(2026, 3, 20, 8, 0, tzinfo=UTC))
    pass_time(sandbox, days=20)
    assert {run.ran_at.hour for run in one.results} == {8}
    berlin = {run.ran_at.astimezone(ZoneInfo("Europe/Berlin")).hour for run in one.results}
    assert berlin == {9, 10}


def test_a_tick_is_skipped_while_a_run_is_in_progress_and_does_not_count() -> None:
    sandbox = world()
    one = timer(sandbox, stop_after_n=3)
    one.plan["seconds"] = 600
    one.plan["each"] = [{"seconds": 600}, {"seconds": 2.5 * HOUR}]
    pass_time(sandbox, hours=12)
    # The second run, at 9:00, takes until 11:30; the ticks of 10:00 and 11:00 are skipped.
    assert ran(one) == [T0, T0 + timedelta(hours=1), T0 + timedelta(hours=4)]
    assert (one.n_runs, one.status, one.next_run) == (3, "ended", None)


def test_a_run_that_ends_exactly_at_a_tick_does_not_skip_it() -> None:
    sandbox = world()
    one = timer(sandbox)
    one.plan["seconds"] = HOUR
    pass_time(sandbox, hours=2, minutes=30)
    assert ran(one)[-2:] == [T0 + timedelta(hours=1), T0 + timedelta(hours=2)]


def test_while_it_runs_it_says_since_when() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, minutes=2)
    assert activity(sandbox, one) == {
        "code": "run_in_progress",
        "start_timestamp": "2026-03-20T08:00:00+00:00",
        "duration_seconds": 120.0,
    }
    pass_time(sandbox, minutes=10)
    assert activity(sandbox, one) == {"code": "awaiting_next_run", "next_run": "2026-03-20T09:00:00+00:00"}


def test_no_run_after_the_end_time_but_one_at_it() -> None:
    sandbox = world()
    one = timer(sandbox, stop_at=T0 + timedelta(hours=2))
    pass_time(sandbox, days=2)
    assert ran(one) == [T0 + timedelta(hours=n) for n in range(3)]
    assert one.status == "ended"
    assert activity(sandbox, one) is None


def test_a_single_run_ends_its_timer_only_when_its_task_is_over() -> None:
    sandbox = world()
    one = timer(sandbox, None, start=T0 + timedelta(hours=1))
    assert (one.n_runs, one.status) == (0, "active")
    pass_time(sandbox, hours=1, minutes=5)
    assert (one.n_runs, one.status, one.next_run) == (1, "active", None)
    pass_time(sandbox, minutes=10)
    assert one.status == "ended"
    assert one.job_id in sandbox.timers


def test_a_failed_task_is_a_run_and_no_error_of_the_timer() -> None:
    sandbox = world()
    one = timer(sandbox)
    one.plan["outcome"] = "FAILED"
    pass_time(sandbox, hours=1, minutes=30)
    assert one.results[0].run_status == "FAILED"
    assert (one.n_runs, one.n_errors) == (2, 0)


def test_a_canceled_task_frees_the_timer_at_once() -> None:
    sandbox = world()
    one = timer(sandbox)
    task = sandbox.tasks[str(one.results[0].resource_id)]
    task.document.update(status="FAILED", completion_time="2026-03-20T08:01:00+00:00")
    task.ends_at = None
    pass_time(sandbox, minutes=2)
    assert activity(sandbox, one)["code"] == "awaiting_next_run"
    assert one.results[0].ended == T0 + timedelta(minutes=1)


@pytest.mark.parametrize(("interval", "window"), [(HOUR, 30), (86_400, 45), (None, 45), (120, 1)])
def test_a_start_that_keeps_failing_is_retried_for_half_the_interval_at_most_45_minutes(
    interval: int | None, window: int
) -> None:
    sandbox = world()
    one = timer(sandbox, interval, start=T0 + timedelta(seconds=1))
    one.plan["start_error"] = 10_000
    pass_time(sandbox, minutes=window, seconds=0.5)
    assert activity(sandbox, one) == {"code": "retrying", "start_timestamp": "2026-03-20T08:00:01+00:00"}
    assert one.results == []
    pass_time(sandbox, seconds=1)
    assert [(run.run_status, run.http_status) for run in one.results] == [("FAILED", 503)]
    assert one.results[0].errors is not None
    assert (one.n_runs, one.n_errors) == (0, 1)
    assert one.status == ("ended" if interval is None else "active")


def test_a_start_that_fails_for_a_moment_leaves_no_trace_but_its_delay() -> None:
    sandbox = world()
    one = timer(sandbox, start=T0 + timedelta(minutes=1))
    one.plan["start_error"] = 2
    pass_time(sandbox, minutes=30)
    assert (one.n_runs, one.n_errors) == (1, 0)
    assert T0 + timedelta(minutes=1) < one.results[0].ran_at < T0 + timedelta(minutes=31)
    assert one.next_run == T0 + timedelta(hours=1, minutes=1)


def test_a_refusal_that_waiting_will_not_cure_is_not_retried() -> None:
    sandbox = world()
    one = timer(sandbox, start=T0 + timedelta(minutes=1))
    del sandbox.collections[TARGET]
    pass_time(sandbox, minutes=2)
    assert [(run.run_status, run.http_status) for run in one.results] == [("FAILED", 404)]
    assert (one.status, one.n_errors) == ("active", 1)
    assert activity(sandbox, one)["code"] == "awaiting_next_run"


def test_failed_starts_do_not_use_up_iterations() -> None:
    sandbox = world()
    one = timer(sandbox, start=T0 + timedelta(minutes=1), stop_after_n=2)
    one.plan["each"] = [{"refusal": {"status": 400, "body": {"code": "BadRequest"}}}, {}, {}]
    pass_time(sandbox, hours=6)
    assert (one.n_runs, one.n_errors, one.status) == (2, 1, "ended")


def test_a_pause_stops_the_schedule_and_is_reported_twice() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, minutes=30)
    timer_engine.pause(sandbox, one, sandbox.now())
    pass_time(sandbox, hours=5)
    assert one.n_runs == 1
    document = job_document(one, sandbox.now(), [], None)
    assert document["inactive_reason"] == {"cause": "user", "detail": None}
    assert document["activity"] == {"code": "paused", "reason": "user"}
    assert document["next_run"] is None


def test_resume_after_missed_ticks_runs_exactly_once_and_returns_to_the_grid() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, minutes=30)
    timer_engine.pause(sandbox, one, sandbox.now())
    now = pass_time(sandbox, hours=5)
    timer_engine.resume(sandbox, one, now, None)
    sandbox.now()
    assert ran(one) == [T0, now]
    assert one.next_run == T0 + timedelta(hours=6)
    pass_time(sandbox, hours=1)
    assert ran(one) == [T0, now, T0 + timedelta(hours=6)]


def test_resume_before_the_next_tick_runs_nothing_extra() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, minutes=20)
    timer_engine.pause(sandbox, one, sandbox.now())
    now = pass_time(sandbox, minutes=20)
    timer_engine.resume(sandbox, one, now, None)
    pass_time(sandbox, minutes=25)
    assert ran(one) == [T0, T0 + timedelta(hours=1)]


def test_a_run_goes_on_through_a_pause_and_its_ticks_are_skipped_not_missed() -> None:
    sandbox = world()
    one = timer(sandbox)
    task = sandbox.tasks[str(one.results[0].resource_id)]
    task.ends_at = None  # it hangs
    timer_engine.pause(sandbox, one, sandbox.now())
    now = pass_time(sandbox, hours=3, minutes=10)
    task.document.update(status="SUCCEEDED", completion_time=now.isoformat())
    timer_engine.resume(sandbox, one, now, None)
    sandbox.now()
    assert ran(one) == [T0]
    assert one.next_run == T0 + timedelta(hours=4)


def test_resuming_an_active_timer_changes_nothing() -> None:
    sandbox = world()
    one = timer(sandbox)
    timer_engine.resume(sandbox, one, sandbox.now(), None)
    pass_time(sandbox, minutes=50)
    assert (one.status, one.n_runs) == ("active", 1)


def test_a_pause_during_a_retry_counts_as_a_missed_run() -> None:
    sandbox = world()
    one = timer(sandbox, start=T0 + timedelta(minutes=1))
    one.plan["start_error"] = 3
    pass_time(sandbox, minutes=2)
    assert activity(sandbox, one)["code"] == "retrying"
    timer_engine.pause(sandbox, one, sandbox.now())
    one.plan["start_error"] = 0
    timer_engine.resume(sandbox, one, sandbox.now(), None)
    now = sandbox.now()
    assert ran(one) == [now]


def test_resumed_after_its_end_it_ends_without_another_run() -> None:
    sandbox = world()
    one = timer(sandbox, stop_at=T0 + timedelta(hours=2))
    pass_time(sandbox, minutes=30)
    timer_engine.pause(sandbox, one, sandbox.now())
    now = pass_time(sandbox, hours=9)
    timer_engine.resume(sandbox, one, now, None)
    assert (one.status, one.n_runs) == ("ended", 1)


def test_a_missing_consent_stops_it_at_its_first_run_not_before() -> None:
    sandbox = world(mapped=True)
    one = timer(sandbox, start=T0 + timedelta(hours=1))
    assert one.status == "active"
    pass_time(sandbox, hours=1)
    assert (one.status, one.n_runs, one.results) == ("inactive", 0, [])
    wanted = f"{TIMER_SCOPE}[{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SOURCE}/data_access]]"
    assert one.inactive_reason == {
        "cause": "globus_auth_requirements",
        "detail": {
            "code": "ConsentRequired",
            "authorization_parameters": {
                "session_message": "Missing required data_access consent",
                "required_scopes": [wanted],
            },
        },
    }
    assert activity(sandbox, one) == {"code": "paused", "reason": "globus_auth_requirements"}


def test_a_later_consent_helps_only_with_new_credentials() -> None:
    sandbox = world(mapped=True)
    one = timer(sandbox)
    assert one.status == "inactive"
    grant_string(
        sandbox,
        OWNER,
        CLIENT,
        f"{TIMER_SCOPE}[{TRANSFER_ALL}[*https://auth.globus.org/scopes/{SOURCE}/data_access]]",
    )
    timer_engine.resume(sandbox, one, sandbox.now(), None)
    sandbox.now()
    assert (one.status, one.n_runs) == ("inactive", 0)
    timer_engine.resume(sandbox, one, sandbox.now(), token())
    sandbox.now()
    assert (one.status, one.n_runs, one.inactive_reason) == ("active", 1, None)


@pytest.mark.parametrize("shape", ["timer", "ap", "timer_ap", "flat", "single"])
def test_every_documented_shape_of_a_consent_requirement_can_be_had(shape: str) -> None:
    from globus_sdk.gare import to_gare

    sandbox = world(mapped=True)
    one = timer(sandbox, quirks={"gare": shape})
    assert one.inactive_reason is not None
    gare = to_gare(one.inactive_reason["detail"])
    assert gare is not None
    assert f"{SOURCE}/data_access" in str(gare.authorization_parameters.required_scopes)


@pytest.mark.parametrize(
    ("demand", "parameter"),
    [
        ({"required_mfa": True}, "session_required_mfa"),
        ({"required_policies": ("p1",)}, "session_required_policies"),
        ({"required_domains": ("uni.example.edu",)}, "session_required_single_domain"),
    ],
)
def test_a_session_that_falls_short_stops_it_at_run_time(demand: dict[str, Any], parameter: str) -> None:
    sandbox = world()
    for name, value in demand.items():
        setattr(sandbox.collections[TARGET], name, value)
    one = timer(sandbox, session=Session("s", {OWNER: T0}))
    assert one.status == "inactive"
    assert one.inactive_reason is not None
    assert one.inactive_reason["cause"] == "globus_auth_requirements"
    assert parameter in one.inactive_reason["detail"]["authorization_parameters"]
    assert not one.inactive_reason["detail"]["code"].startswith("ExternalError")


def test_deletion_takes_a_while_and_no_run_starts_meanwhile() -> None:
    sandbox = world()
    one = timer(sandbox)
    pass_time(sandbox, minutes=59, seconds=45)
    timer_engine.remove(sandbox, one, sandbox.now())
    assert one.status == "delete_in_progress"
    pass_time(sandbox, seconds=20)
    assert one.n_runs == 1
    assert one.job_id in sandbox.timers
    pass_time(sandbox, seconds=20)
    assert one.job_id not in sandbox.timers


def test_only_ninety_days_of_runs_are_kept() -> None:
    sandbox = world()
    one = timer(sandbox, 2 * 86_400)
    pass_time(sandbox, days=120)
    assert one.n_runs == 61
    assert len(one.results) == 46


def test_a_seeded_timer_that_the_service_forgot_stays_overdue() -> None:
    sandbox = world()
    one = timer(sandbox, start=T0 + timedelta(hours=1))
    one.plan["stalled"] = True
    one.next_run = T0 - timedelta(hours=3)
    timer_engine.install(sandbox, one)
    pass_time(sandbox, hours=4)
    assert (one.n_runs, one.next_run) == (0, T0 - timedelta(hours=3))


def test_a_seeded_run_in_progress_ends_with_its_task() -> None:
    sandbox = world()
    one = timer(sandbox)
    timer_engine.install(sandbox, one)
    pass_time(sandbox, minutes=11)
    assert one.results[0].run_status == "SUCCEEDED"
    assert one.results[0].ended == T0 + timedelta(minutes=10)


@given(start=st.integers(0, 10**6), interval=st.integers(60, 10**6), after=st.integers(-(10**5), 10**7))
@settings(max_examples=200)
def test_the_next_tick_is_the_first_of_the_grid_after_the_moment(start: int, interval: int, after: int) -> None:
    one = Timer("j", OWNER, CLIENT, None, "transfer", T0, T0 + timedelta(seconds=start), interval)
    moment = T0 + timedelta(seconds=after)
    tick = tick_after(one, moment)
    assert tick is not None
    assert tick > moment
    assert (tick - one.start) % timedelta(seconds=interval) == timedelta(0)
    assert tick == one.start or tick - timedelta(seconds=interval) <= moment

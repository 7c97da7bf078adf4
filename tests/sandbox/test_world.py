"""The seeded facility: repeatable, complete, quick to make, and alive."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.service import InProcessTransport, make_app
from globus_tui.sandbox.state import (
    TIMER_SCOPE,
    TIMERS_SERVER,
    TRANSFER_ALL,
    TRANSFER_SERVER,
    Sandbox,
    Session,
    Token,
)
from globus_tui.sandbox.world.flows import NATIVE_CLIENT_ID, OPS_ID, SERVICE_CLIENT_ID
from globus_tui.sandbox.world.history import facility
from tests.facility import copied_facility

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 11, 21, 20, 32, 17, tzinfo=UTC)


def token_for(sandbox: Sandbox, server: str, scope: str, identity: str = OPS_ID) -> str:
    """An access token that needs no login."""
    value = f"token-{server}-{identity}"
    client = NATIVE_CLIENT_ID if identity == OPS_ID else identity
    session = Session("test", {identity: sandbox.clock.now()})
    sandbox.tokens[value] = Token(
        value, "access", client, identity, server, frozenset({scope}), sandbox.clock.now(), None, session
    )
    return value


@pytest.fixture
def world() -> Sandbox:
    return facility(Clock(START, speed=0))


async def jobs_of(sandbox: Sandbox, identity: str = OPS_ID, count: int = 60) -> list[dict[str, Any]]:
    header = {"authorization": f"Bearer {token_for(sandbox, TIMERS_SERVER, TIMER_SCOPE, identity)}"}
    transport = InProcessTransport(make_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="https://timer", headers=header) as web:
        answer = await web.get("/jobs/", params={"result_count": count})
    assert answer.status_code == 200, answer.text
    jobs: list[dict[str, Any]] = answer.json()["jobs"]
    return jobs


async def task_list(sandbox: Sandbox, **query: Any) -> dict[str, Any]:
    header = {"authorization": f"Bearer {token_for(sandbox, TRANSFER_SERVER, TRANSFER_ALL)}"}
    transport = InProcessTransport(make_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="https://transfer", headers=header) as web:
        answer = await web.get("/v0.10/task_list", params={"limit": 1000, **query})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_the_same_seed_and_start_make_the_same_world_to_the_last_byte() -> None:
    worlds = [facility(Clock(START, speed=0)) for _ in range(2)]
    first, second = [json.dumps([await jobs_of(one), await task_list(one)]) for one in worlds]
    assert first == second


async def test_the_same_world_stays_the_same_while_it_moves() -> None:
    shown = []
    for _ in range(2):
        sandbox = facility(Clock(START, speed=0))
        for _ in range(10):
            sandbox.clock.advance(60)
            sandbox.now()
        shown.append(json.dumps([await jobs_of(sandbox), await task_list(sandbox)]))
    assert shown[0] == shown[1]


async def test_a_copy_is_the_same_world_and_moves_by_itself() -> None:
    first = json.dumps(await jobs_of(copied_facility(Clock(START, speed=0))))
    built, copied = facility(Clock(START, speed=0)), copied_facility(Clock(START, speed=0))
    for one in (built, copied):
        for _ in range(10):
            one.clock.advance(60)
            one.now()
    shown = [json.dumps([await jobs_of(one), await task_list(one)]) for one in (built, copied)]
    assert shown[0] == shown[1]
    assert json.dumps(await jobs_of(copied)) != first
    assert json.dumps(await jobs_of(copied_facility(Clock(START, speed=0)))) == first


async def test_another_seed_makes_another_world(world: Sandbox) -> None:
    other = facility(Clock(START, speed=0), seed=2)
    assert set(world.timers).isdisjoint(other.timers)


def test_no_tree_grows_before_somebody_looks(world: Sandbox) -> None:
    assert all(one.root.children is None for one in world.collections.values())


async def test_the_service_account_sees_what_the_operator_sees(world: Sandbox) -> None:
    mine, robots = await jobs_of(world), await jobs_of(world, SERVICE_CLIENT_ID)
    assert [one.get("job_id") for one in mine] == [one.get("job_id") for one in robots]


ACTIONS = tuple(f"https://{host}.globus.org/" for host in ("transfer.actions", "actions.automate", "flows.automate"))
"""By these clients tell what kind of timer it is; nobody but the service calls them."""


async def test_nothing_in_the_world_names_a_host_outside_this_machine(world: Sandbox) -> None:
    """Whoever follows a link of the pretend world must not end up at the real service, or at anybody's."""
    documents = [one.document for one in world.collections.values()]
    documents += [*world.flows.values(), *world.flow_runs.values(), *world.bookmarks.values()]
    documents += [*(one.document for one in world.tasks.values()), *await jobs_of(world)]
    allowed = re.compile(r"(localhost|127\.0\.0\.1|.*\.example|.*\.invalid)(:\d+)?")
    known = ("https://auth.globus.org/scopes/", *ACTIONS)  # names of scopes and of actions, not places of this world
    for document in documents:
        for link in re.findall(r"\w+://[^\s\"'<>]+", json.dumps(document)):
            assert link.startswith(known) or allowed.fullmatch(link.split("/")[2]), link
        for server in document.get("DATA") or ():
            assert allowed.fullmatch(server["hostname"])


async def test_every_run_points_at_a_task_or_flow_run_of_this_world(world: Sandbox) -> None:
    for job in await jobs_of(world):
        if not isinstance(job.get("results"), dict):
            continue
        for run in job["results"]["data"]:
            linked = run.get("resource_id")
            assert linked is None or linked in world.tasks or linked in world.flow_runs


def test_history_keeps_to_the_schedule(world: Sandbox) -> None:
    for timer in world.timers.values():
        for run in timer.results:
            if timer.interval is None:
                continue
            late = (run.ran_at - timer.start).total_seconds() % timer.interval
            assert late <= 6, (timer.name, run.ran_at)
            assert run.ran_at <= START
            assert run.ended is None or run.ended > run.ran_at


def test_runs_of_one_timer_do_not_overlap(world: Sandbox) -> None:
    for timer in world.timers.values():
        for newer, older in zip(timer.results, timer.results[1:], strict=False):
            assert older.ended is not None, timer.name
            assert older.ended <= newer.ran_at, timer.name


SITUATIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "active": lambda job: job["status"] == "active",
    "paused by the user": lambda job: (job["inactive_reason"] or {}).get("cause") == "user",
    "consent missing": lambda job: "ConsentRequired" in json.dumps(job["inactive_reason"]),
    "second factor": lambda job: '"session_required_mfa": true' in json.dumps(job["inactive_reason"]),
    "policy as a comma string": lambda job: _parameter(job, "session_required_policies", str),
    "policy as a list": lambda job: _parameter(job, "session_required_policies", list),
    "identity": lambda job: _parameter(job, "session_required_identities", list),
    "domain": lambda job: _parameter(job, "session_required_single_domain", list),
    "ended by count": lambda job: job["status"] == "ended" and (job["stop_after"] or {}).get("n_runs"),
    "ended by date": lambda job: job["status"] == "ended" and (job["stop_after"] or {}).get("date"),
    "new": lambda job: job["status"] == "new" and job["n_runs"] == 0,
    "being deleted": lambda job: job["status"] == "delete_in_progress",
    "unknown status": lambda job: job["status"] == "hibernating",
    "unknown activity": lambda job: (job.get("activity") or {}).get("code") == "dreaming",
    "retrying": lambda job: (job.get("activity") or {}).get("code") == "retrying",
    "running": lambda job: (job.get("activity") or {}).get("code") == "run_in_progress",
    "overdue": lambda job: job["status"] == "active" and _past(job["next_run"]) and not _busy(job),
    "flow": lambda job: job.get("timer_type") == "flow",
    "generic": lambda job: job.get("timer_type") == "generic",
    "legacy body": lambda job: "transfer_items" in json.dumps(job["callback_body"]),
    "old results": lambda job: "action_id" in json.dumps(job["results"]),
    "naive times": lambda job: "+" not in (job["submitted_at"] or "+"),
    "no name": lambda job: job["name"] is None,
    "no end": lambda job: job["stop_after"] is None,
    "markup in the name": lambda job: "[/foo]" in (job["name"] or ""),
    "escape in the name": lambda job: "\x1b" in (job["name"] or ""),
    "CJK in the name": lambda job: "観測" in (job["name"] or ""),
    "emoji in the name": lambda job: "\U0001f4e6" in (job["name"] or ""),
    "deleting mirror": lambda job: '"delete_destination_extra": true' in json.dumps(job["callback_body"]),
    "not understandable": lambda job: "job_id" not in job and job["schedule"] == 7,
    "refused at submission": lambda job: '"http_status_submission": 404' in json.dumps(job["results"]),
    "once": lambda job: isinstance(job["schedule"], dict) and job["schedule"]["type"] == "once",
}


def _parameter(job: dict[str, Any], name: str, kind: type) -> bool:
    detail = (job["inactive_reason"] or {}).get("detail") or {}
    return isinstance(detail.get("authorization_parameters", {}).get(name), kind)


def _past(text: str | None) -> bool:
    if text is None or not text.endswith("+00:00"):
        return False
    return datetime.fromisoformat(text) < START - timedelta(minutes=10)


def _busy(job: dict[str, Any]) -> bool:
    return (job.get("activity") or {}).get("code") in ("retrying", "run_in_progress")


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_the_facility_shows(situation: str) -> None:
    jobs = await jobs_of(facility(Clock(START, speed=0)))
    assert any(SITUATIONS[situation]({"schedule": None, **job}) for job in jobs)


async def test_tasks_fail_in_every_common_way_and_some_are_held_up(world: Sandbox) -> None:
    tasks = (await task_list(world))["DATA"]
    codes = {task["fatal_error"]["code"] for task in tasks if task["fatal_error"]}
    assert codes >= {"QUOTA_EXCEEDED", "PERMISSION_DENIED", "FILE_NOT_FOUND", "CANCELED"}
    held = {task["nice_status"] for task in tasks if task["status"] in ("ACTIVE", "INACTIVE")}
    assert held >= {"OK", "PAUSED", "NO_CREDENTIALS", "GC_NOT_CONNECTED"}
    assert any(task["subtasks_skipped_errors"] for task in tasks)
    assert any(task["status"] == "SUCCEEDED" and not task["files_transferred"] for task in tasks)


async def test_somebody_watching_for_ten_minutes_sees_runs_start_and_end_and_fail(world: Sandbox) -> None:
    starts, ends = set(), set()
    for _ in range(10):
        world.clock.advance(60)
        for job in await jobs_of(world, count=1):
            for run in job["results"]["data"] if isinstance(job["results"], dict) else ():
                if run.get("start_timestamp", "") > START.isoformat():
                    starts.add((job["name"], run["start_timestamp"]))
                if (run.get("end_timestamp") or "") > START.isoformat():
                    ends.add((job["name"], run["run_status"]))
    assert len(starts) >= 8
    assert len(ends) >= 8
    assert ("queue-report-export", "FAILED") in ends
    assert ("cryo-em-export", "SUCCEEDED") not in ends


async def test_a_start_that_is_retried_succeeds_in_the_end(world: Sandbox) -> None:
    world.clock.advance(3600)
    job = next(one for one in await jobs_of(world) if one["name"] == "cryo-em-export")
    assert job["activity"]["code"] != "retrying"
    assert job["results"]["data"][0]["run_status"] in ("ACTIVE", "SUCCEEDED")


async def test_steady_timers_go_on_for_days_without_new_trouble(world: Sandbox) -> None:
    before = {timer.job_id for timer in world.timers.values() if timer.status == "inactive"}
    for _ in range(48):
        world.clock.advance(3600)
        world.now()
    stopped = {
        timer.name for timer in world.timers.values() if timer.status == "inactive" and timer.job_id not in before
    }
    assert stopped == set()


@pytest.mark.parametrize("hour", range(0, 24, 3))
async def test_the_facility_stands_at_every_hour_of_the_day(hour: int) -> None:
    world = facility(Clock(START.replace(hour=hour, minute=5), speed=0))
    for timer in world.timers.values():
        assert all(run.ended is None or run.ended <= world.clock.now() for run in timer.results), timer.name
    world.clock.advance(7200)
    assert len(await jobs_of(world)) == len(world.timers)


async def test_a_copy_of_the_facility_has_as_many_timers_as_wanted() -> None:
    many = facility(Clock(START, speed=0), timers=1_000)
    assert len(many.timers) == 1_000
    assert len({timer.name for timer in many.timers.values()}) == 1_000
    assert max(len(timer.results) for timer in many.timers.values()) == 3


async def test_of_many_timers_each_has_as_long_a_past_as_wanted() -> None:
    many = facility(Clock(START, speed=0), timers=200, runs=20)
    pasts = [len(timer.results) for timer in many.timers.values() if timer.n_runs >= 20]
    assert len(pasts) > 100
    assert max(pasts) == 20

"""The store on the real clients, against the facility of the demo: every layer but the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.service_account import ClientCredentialsTokens, ServiceAccount
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.domain.transfer.task import TaskStatus
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.world.flows import SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET
from globus_tui.store.job_store import JobStore
from globus_tui.store.journal import Journal, read_journal
from globus_tui.store.operations import CancelTask, Delete, Done, NeedsConsent, Pause, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.services import Services
from tests.facility import copied_facility
from tests.store.workbench import broken_places
from tests.troubles import too_many

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@dataclass
class Story:
    app: Service
    clock: Clock
    store: JobStore
    journal: Path

    def named(self, name: str) -> JobId:
        return next(one for one, state in self.store.states.items() if state.job.name == name)

    def asked(self, wanted: Callable[[str], bool]) -> int:
        return sum(wanted(f"{seen.method} {seen.path}") for seen in self.app.requests)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    clock = Clock(NOON, speed=0)
    app = make_app(copied_facility(clock))

    async def no_waiting(seconds: float) -> None:
        del seconds

    async with Connection(
        Environment.read({}), transport=InProcessTransport(app), clock=clock.now, sleep=no_waiting
    ) as connection:
        account = ServiceAccount(SERVICE_CLIENT_ID, Secret(SERVICE_CLIENT_SECRET))
        tokens = ClientCredentialsTokens(AuthClient(connection), account, clock=clock.now)
        transfer = TransferClient(connection, tokens)
        services = Services(TimersClient(connection, tokens), transfer, transfer)
        path = tmp_path / "state" / "journal.jsonl"
        store = JobStore(services, journal=Journal(path, who="robot"), clock=clock.now, draw=lambda: 0.5)
        yield Story(app, clock, store, path)


async def test_the_facility_shows_its_troubles_with_tasks_and_names_joined(story: Story) -> None:
    await story.store.refresh()
    store = story.store
    assert store.freshness.state is FreshnessState.FRESH
    assert store.freshness.partial is None
    words = {state.health.word for state in store.states.values()}
    assert {Word.SIGN_IN, Word.FAILED, Word.OK, Word.PAUSED, Word.ENDED, Word.WARN, Word.UNKNOWN} <= words
    counts = store.count_words()
    assert counts is not None
    assert sum(counts.values()) == len(store.states)
    assert store.tasks
    assert store.collections
    assert story.asked(lambda call: call == "GET /jobs/") == 1


async def test_a_green_word_never_stands_over_a_newest_task_that_failed(story: Story) -> None:
    await story.store.refresh()
    for state in story.store.states.values():
        newest = state.job.runs[0].resource_id if state.job.runs else None
        task = story.store.tasks.get(newest or "")
        if task is not None and task.status is TaskStatus.FAILED and state.job.status is JobStatus.ACTIVE:
            assert state.health.word.is_trouble, state.job.name


async def test_a_still_world_is_not_published_again(story: Story) -> None:
    for _ in range(15):
        await story.store.refresh()
    changes: list[object] = []
    before = story.store.states
    story.store.subscribe(lambda change: changes.append(change.jobs))
    await story.store.refresh()
    assert story.store.states is before
    assert changes == []


async def test_pausing_renaming_resuming_and_deleting_leave_a_journal_that_verifies(story: Story) -> None:
    await story.store.refresh()
    job_id = story.named("sensor-hourly")
    for operation in (Pause(job_id), Rename(job_id, "sensor feed"), Resume(job_id)):
        outcome = await story.store.operate(operation)
        assert isinstance(outcome, Done), outcome
        assert outcome.confirmed
    assert story.store.states[job_id].job.name == "sensor feed"
    assert story.store.states[job_id].job.status is JobStatus.ACTIVE
    assert isinstance(await story.store.operate(Delete(job_id)), Done)
    assert job_id not in story.store.states
    await story.store.refresh()
    assert job_id not in story.store.states
    lines = read_journal(story.journal)
    found = [(line.entry["what"], line.entry["outcome"]) for line in lines if line.entry]
    asked = ["pause", "rename", "resume", "pause", "delete"]
    assert found == [(what, outcome) for what in asked for outcome in ("asked", "done")]
    assert broken_places(story.journal) == ()


async def test_resuming_a_timer_that_lacks_a_consent_asks_for_it_and_changes_nothing(story: Story) -> None:
    await story.store.refresh()
    outcome = await story.store.operate(Resume(story.named("climate-nightly-mirror")))
    assert isinstance(outcome, NeedsConsent)
    assert outcome.gare.required_scopes
    assert story.asked(lambda call: call.endswith("/resume")) == 0


async def test_opening_a_timer_pages_its_runs_back_to_the_first(story: Story) -> None:
    await story.store.refresh()
    job_id = story.named("beamline-7-raw")
    detail = await story.store.details.load_detail(job_id, page_size=10)
    assert detail.document["job_id"] == job_id
    assert detail.more
    while await story.store.details.load_more_runs(job_id, page_size=10):
        pass
    runs = story.store.states[job_id].job.runs
    assert len(runs) > 20
    assert sorted((run.ran_at for run in runs if run.ran_at), reverse=True) == [run.ran_at for run in runs]
    await story.store.refresh()
    assert story.store.states[job_id].job.runs == runs


async def test_a_running_task_is_cancelled_and_its_timer_shows_the_failure(story: Story) -> None:
    await story.store.refresh()
    job_id, task_id = next(
        (state.job_id, task_id)
        for state in story.store.states.values()
        if (task_id := state.job.runs[0].resource_id if state.job.runs else None)
        and (task := story.store.tasks.get(task_id)) is not None
        and not task.finished
    )
    outcome = await story.store.operate(CancelTask(task_id, job_id))
    assert isinstance(outcome, Done), outcome
    assert story.store.tasks[task_id].finished
    events = await story.store.details.tasks.task_events(task_id)
    assert events.items


async def test_time_passes_and_one_timer_is_read_again_just_after_its_run_is_due(story: Story) -> None:
    await story.store.refresh()
    job_id, next_run = min(
        (
            (state.job_id, state.job.next_run)
            for state in story.store.states.values()
            if state.job.next_run and state.job.next_run > NOON and state.job.status is JobStatus.ACTIVE
        ),
        key=lambda one: one[1],
    )
    await story.store.operate(Pause(job_id))
    await story.store.operate(Resume(job_id))
    story.store.refresher.set_interval(7200)
    story.clock.advance(next_run - NOON + timedelta(seconds=6))
    await story.store.wake()
    assert story.store.states[job_id].job.next_run != next_run
    assert story.asked(lambda call: call == "GET /jobs/") == 1


async def test_a_broken_service_keeps_the_last_good_rows_and_it_recovers_by_itself(story: Story) -> None:
    await story.store.refresh()
    rows = dict(story.store.states)
    story.app.sandbox.faults.add(Fault(path="/jobs/", status=503, times=None))
    await story.store.refresh()
    assert dict(story.store.states) == rows
    broken = story.store.freshness
    assert broken.state is FreshnessState.STALE
    assert broken.problem
    story.app.sandbox.faults.clear()
    await story.store.refresh()
    recovered = story.store.freshness
    assert recovered.problem is None
    assert recovered.failures == 0


async def test_a_busy_service_is_left_alone_for_as_long_as_it_asks(story: Story) -> None:
    story.app.sandbox.faults.add(too_many("/jobs/", retry_after=90, times=None))
    await story.store.refresh()
    wake = story.store.next_wake()
    assert story.store.count_words() is None
    assert wake is not None
    assert wake.seconds >= 90

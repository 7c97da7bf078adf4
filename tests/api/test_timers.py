from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.api.timers import TimersClient
from globus_tui.domain.errors import BadInput, TimedOut, UnreadableAnswer
from globus_tui.domain.making.new_timer import TimerJob, TransferTimer
from globus_tui.domain.schedule.schedule import OnceSchedule
from globus_tui.domain.transfer.transfer import TransferData, TransferItem

if TYPE_CHECKING:
    from globus_tui.api.http import Connection

START = datetime(2026, 12, 1, 6, tzinfo=UTC)
JOB = {"job_id": "j1", "name": "nightly", "status": "active"}
DATA = TransferData("src", "dst", (TransferItem("/a/", "/b/"),), submission_id="s1")


@pytest.fixture
def timers(connection: Connection, tokens: Any) -> TimersClient:
    return TimersClient(connection, tokens)


async def test_one_broken_timer_does_not_hide_the_others(wire: Any, timers: TimersClient) -> None:
    wire.answers({"jobs": [JOB, {"job_id": "j2"}, 7, None, JOB | {"job_id": "j3"}]})
    jobs = await timers.list_jobs()
    assert [(job.job_id, job.unreadable is None) for job in jobs if job.job_id.startswith("j")] == [
        ("j1", True),
        ("j2", False),
        ("j3", True),
    ]
    assert len(jobs) == 5


async def test_a_list_of_something_else_is_unreadable(wire: Any, timers: TimersClient) -> None:
    wire.answers([])
    with pytest.raises(UnreadableAnswer):
        await timers.list_jobs()


async def test_a_timer_that_cannot_be_understood_keeps_the_id_it_was_asked_by(wire: Any, timers: TimersClient) -> None:
    wire.answers({"nonsense": True})
    reading = await timers.get_job("j9")
    assert (reading.job.job_id, reading.document) == ("j9", {"nonsense": True})
    assert reading.job.unreadable


async def test_an_empty_id_does_not_ask_for_the_whole_list(wire: Any, timers: TimersClient) -> None:
    with pytest.raises(BadInput):
        await timers.get_job("")
    assert wire.requests == []


async def test_a_timer_that_may_have_been_made_is_not_made_again(wire: Any, timers: TimersClient) -> None:
    wire.answers(httpx.ReadTimeout(""))
    with pytest.raises(TimedOut) as caught:
        await timers.create_timer(TransferTimer(DATA, OnceSchedule(START)))
    assert caught.value.maybe_processed
    assert len(wire.requests) == 1


async def test_a_timer_takes_no_submission_id(wire: Any, timers: TimersClient) -> None:
    wire.answers({"timer": JOB})
    reading = await timers.create_timer(TransferTimer(DATA, OnceSchedule()))
    assert reading.job.job_id == "j1"
    assert "submission_id" not in wire.sent_json()["timer"]["body"]


async def test_an_answer_without_its_wrapper_is_read_too(wire: Any, timers: TimersClient) -> None:
    wire.answers(JOB)
    assert (await timers.create_timer(TransferTimer(DATA, OnceSchedule()))).job.job_id == "j1"


@pytest.mark.parametrize("lost", [httpx.ReadTimeout(""), httpx.Response(503, json={})])
async def test_pause_and_rename_are_repeated_and_resume_is_not(wire: Any, timers: TimersClient, lost: Any) -> None:
    wire.answers(lost, {"message": "Successfully paused."})
    assert await timers.pause_job("j1") == "Successfully paused."
    wire.replies = [lost, httpx.Response(200, json=JOB)]
    await timers.update_job("j1", name="x")
    wire.replies = [lost, httpx.Response(200, json={"message": ""})]
    wire.requests.clear()
    with pytest.raises(Exception, match="Globus Timers"):
        await timers.resume_job("j1")
    assert len(wire.requests) == 1


def test_a_v1_transfer_timer_calls_the_action_provider_of_its_environment() -> None:
    job = TimerJob.from_transfer_data(
        DATA, START, timedelta(hours=6), actions_url="https://actions.preview.example.org/", name="n"
    )
    sent = job.to_document()
    assert sent["callback_url"] == "https://actions.preview.example.org/transfer/transfer/run"
    assert sent["callback_body"]["body"]["source_endpoint"] == "src"
    assert "submission_id" not in sent["callback_body"]["body"]
    assert (sent["start"], sent["interval"], sent["name"]) == ("2026-12-01T06:00:00+00:00", 21600, "n")


@pytest.mark.parametrize("interval", [60, timedelta(hours=1), 0])
def test_a_single_run_has_no_interval(interval: Any) -> None:
    with pytest.raises(BadInput, match="interval"):
        TimerJob("https://a", {}, START, interval, stop_after_n=1)
    assert TimerJob("https://a", {}, START, None, stop_after_n=1).to_document()["interval"] is None

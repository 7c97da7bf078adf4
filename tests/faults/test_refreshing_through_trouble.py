"""Whatever happens to a refresh, the last good rows stay, their age is told, nothing becomes zero, it comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport
from globus_tui.store.refresh_plan import FreshnessState
from tests.demo import NOON
from tests.troubles import half_json, proxy_page, too_many

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo import Demo


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with every request for the list, and a part of how it must be told."""

    make: Callable[[], Fault]
    words: str


TROUBLES = {
    "500": Trouble(lambda: Fault("/jobs/", status=500, times=None), "500"),
    "503": Trouble(lambda: Fault("/jobs/", status=503, times=None), "503"),
    "429 for seconds": Trouble(lambda: too_many("/jobs/", 120, None), "many requests"),
    "429 until a date": Trouble(lambda: too_many("/jobs/", NOON + timedelta(minutes=5), None), "many requests"),
    "silence": Trouble(lambda: Fault("/jobs/", kind="hang", times=None), "did not answer"),
    "a dropped connection": Trouble(lambda: Fault("/jobs/", kind="reset", times=None), "connection"),
    "an answer cut off": Trouble(lambda: Fault("/jobs/", kind="truncate", times=None), ""),
    "half of the JSON": Trouble(lambda: half_json("/jobs/", None), ""),
    "a page of a proxy": Trouble(lambda: proxy_page("/jobs/", 502, None), ""),
    "a page of a proxy as if all were well": Trouble(lambda: proxy_page("/jobs/", 200, None), ""),
}

BODIES: dict[str, object] = {
    "nothing": b"",
    "null": "null",
    "a number": "7",
    "a text": '"jobs"',
    "jobs that are null": '{"jobs": null}',
    "jobs that are an object": '{"jobs": {}}',
    "jobs that are a text": '{"jobs": "none"}',
    "an object without jobs": '{"timers": []}',
    "an error with status 200": '{"error": {"code": "ERROR", "detail": "broken", "status": 500}}',
    "bytes that are no text": b"\xff\xfe\x00",
    "a list cut off": '{"jobs": [',
    "nesting without end": "[" * 100_000,
}


def says_zero(text: str) -> bool:
    """A screen must never say this unless the service answered with an empty list."""
    return "0 timers" in text or "no timers for you" in text or "\n 0:" in text or "\n 0 " in text


@pytest.mark.parametrize("what", TROUBLES)
async def test_the_rows_stay_their_age_is_told_and_it_recovers_by_itself(demo: Demo, what: str) -> None:
    async with demo.console(size=(200, 40)) as pilot:
        rows = set(demo.names())
        demo.fault(TROUBLES[what].make())
        demo.clock.advance(300)
        await demo.press(pilot, "r")
        assert set(demo.names()) == rows
        title = demo.screen()[0]
        assert "STALE: no answer since 12:00" in title
        assert TROUBLES[what].words in title.lower()
        assert "next try" in title
        assert "79 timers:" in demo.screen()[1]
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, timedelta(minutes=10))
        assert "synced just now" in demo.screen()[0]


@pytest.mark.parametrize("what", TROUBLES)
async def test_before_the_first_answer_the_count_is_a_question_mark(demo: Demo, what: str) -> None:
    demo.fault(TROUBLES[what].make())
    async with demo.console(size=(120, 36)) as pilot:
        assert demo.screen()[1].split() == ["?"]
        assert "No timers are known yet" in demo.text()
        assert not says_zero(demo.text())
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, timedelta(minutes=10))
        assert len(demo.names()) == 79


@pytest.mark.parametrize("body", BODIES)
async def test_an_answer_that_makes_no_sense_is_not_an_empty_list(demo: Demo, body: str) -> None:
    bad = Fault("/jobs/", status=200, body=BODIES[body], headers={"content-type": "application/json"}, times=None)
    demo.fault(bad)
    async with demo.console() as pilot:
        assert demo.screen()[1].split() == ["?"]
        assert not says_zero(demo.text())
        demo.sandbox.faults.clear()
        await demo.press(pilot, "r")
        assert len(demo.names()) == 79
        demo.fault(bad)
        demo.clock.advance(60)
        await demo.press(pilot, "r")
        assert len(demo.names()) == 79
        assert demo.app.freshness.state is FreshnessState.STALE


async def test_only_an_empty_list_of_the_service_is_shown_as_no_timers(demo: Demo) -> None:
    demo.sandbox.timers.clear()
    async with demo.console():
        assert demo.names() == []
        assert "Globus has no timers for you." in demo.text()
        assert demo.app.freshness.state is FreshnessState.FRESH


async def test_one_unreadable_document_never_hides_the_others(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = set(demo.names())
        documents = await the_list(demo)
        strange: list[Any] = [7, None, "x", [], {}, {"job_id": 5}, {"job_id": "an-id", "status": []}]
        demo.fault(Fault("/jobs/", status=200, body={"jobs": [*strange, *documents, *strange]}, times=None))
        await demo.press(pilot, "r")
        assert names <= set(demo.names())
        unreadable = [row for row in demo.shown if row.job.unreadable]
        assert len(unreadable) > 2
        assert len({row.key for row in demo.table.rows}) == len(demo.table.rows)
        demo.table.move_to(unreadable[0].key)
        await demo.press(pilot, "j", "k")
        assert "cannot be read" in demo.text()


async def the_list(demo: Demo) -> list[dict[str, Any]]:
    """The documents as the service sends them."""
    token = next(
        one.value for one in demo.sandbox.tokens.values() if one.kind == "access" and "timer" in str(one.scopes)
    )
    transport = InProcessTransport(demo.service)
    async with httpx.AsyncClient(transport=transport, base_url="https://timer.globus.org") as web:
        answer = await web.get("/jobs/", headers={"Authorization": f"Bearer {token}"})
    found: list[dict[str, Any]] = answer.json()["jobs"]
    return found


@pytest.mark.parametrize("retry_after", [200, NOON + timedelta(seconds=200)])
async def test_a_busy_service_is_left_alone_as_long_as_it_asks(demo: Demo, retry_after: Any) -> None:
    demo.fault(too_many("/jobs/", retry_after, None))
    async with demo.console() as pilot:
        asked = len(demo.asked("GET /jobs/"))
        await demo.pass_time(pilot, 190)
        assert len(demo.asked("GET /jobs/")) == asked
        await demo.pass_time(pilot, 60)
        assert len(demo.asked("GET /jobs/")) > asked


async def test_after_a_long_silence_no_row_claims_to_be_well(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault("/jobs/*", status=503, times=None))
        await demo.pass_time(pilot, timedelta(minutes=20))
        assert demo.app.freshness.outdated
        assert "✓ ok" not in demo.text()
        assert len(demo.names()) == 79
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, timedelta(minutes=10))
        assert any(row.health.word.value == "ok" for row in demo.shown)


async def test_no_timer_is_said_to_be_so_while_nobody_knows_how_they_are(demo: Demo) -> None:
    bad = Fault("/jobs/*", status=503, times=None)
    demo.fault(bad)
    async with demo.console() as pilot:
        await demo.press(pilot, "F")
        assert demo.note() == "That is not known: Globus has not answered yet."
        demo.sandbox.faults.clear()
        await demo.press(pilot, "r", "b")
        assert demo.note() == "No timer turned bad or well again since the start."
        demo.fault(bad)
        await demo.pass_time(pilot, timedelta(minutes=20))
        for key in "Fbw":
            await demo.press(pilot, key)
            assert demo.note() == "That is not known: Globus has not answered since 12:00.", key


async def test_the_next_try_that_the_note_names_is_one_to_come(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.fault(Fault("/jobs/*", status=503, times=None))
        await demo.press(pilot, "r")
        for _ in range(6):
            planned = demo.app.freshness.next_attempt
            assert planned is not None
            assert f"next try {planned:%H:%M}" in demo.note()
            await demo.pass_time(pilot, planned - demo.app.store.clock())
        await demo.press(pilot, "s")
        assert "Nothing was changed" in demo.note()
        await demo.pass_time(pilot, timedelta(minutes=10))
        assert "Nothing was changed" in demo.note(), "what was said since of something else stays"


async def test_while_an_answer_is_slow_every_key_still_works(demo: Demo) -> None:
    async with demo.console() as pilot:
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/", kind="pass", wait=gate))
        await pilot.press("r")
        asked = len(demo.asked("GET /jobs/"))
        await pilot.press("r", "r", "j", "N", "slash", *"climate-", "enter")
        await demo.until(pilot, lambda: demo.table.has_focus)
        assert demo.names() == ["climate-monthly-tar", "climate-nightly-mirror", "climate-quarterly-set"]
        assert len(demo.asked("GET /jobs/")) == asked
        gate.set()
        await demo.settle(pilot)
        assert len(demo.names()) == 3


class AnswersHeld(InProcessTransport):
    """Holds answers to the list after the service made them: old news when they arrive."""

    def __init__(self, demo: Demo) -> None:
        super().__init__(demo.service)
        self.gate: asyncio.Event | None = None
        self.held = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if self.gate is not None and request.url.path == "/jobs/":
            self.held += 1
            await self.gate.wait()
        return answer


async def test_a_list_made_before_a_pause_does_not_undo_it(demo: Demo) -> None:
    transport = AnswersHeld(demo)
    async with demo.console(transport=transport) as pilot:
        demo.point_at("sensor-hourly")
        transport.gate = asyncio.Event()
        await pilot.press("r")
        await demo.until(pilot, lambda: transport.held)
        await pilot.press("s")
        await demo.until(pilot, lambda: "paused" in demo.row("sensor-hourly"))
        transport.gate.set()
        await demo.settle(pilot)
        assert "paused" in demo.row("sensor-hourly")


async def test_transfer_being_down_leaves_the_timers_fresh(demo: Demo) -> None:
    demo.fault(Fault("/v0.10/*", status=503, times=None))
    async with demo.console() as pilot:
        assert len(demo.names()) == 79
        assert "synced just now" in demo.screen()[0]
        assert demo.app.freshness.partial
        demo.sandbox.faults.clear()
        await demo.pass_time(pilot, 60)
        assert demo.app.freshness.partial is None


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_stale_is_on_the_screen_at_every_width(demo: Demo, width: int) -> None:
    async with demo.console(size=(width, 24)) as pilot:
        demo.fault(Fault("/jobs/", kind="truncate", times=None))
        demo.clock.advance(300)
        await demo.press(pilot, "r")
        assert "STALE" in demo.screen()[0]

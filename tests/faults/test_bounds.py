"""What no service should send: one bad timer never hides the others, and no header ends the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo import Demo

GOOD, BAD = "climate-nightly-mirror", "cryo-em-stream"


class Spoiling(httpx.AsyncBaseTransport):
    """Changes what comes back."""

    def __init__(self, inner: httpx.AsyncBaseTransport, change: Callable[[bytes], bytes], **headers: str) -> None:
        self._inner = inner
        self._change = change
        self._headers = headers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        headers = {**answer.headers, **self._headers}
        headers.pop("content-length", None)
        headers.pop("content-encoding", None)
        body = self._change(await answer.aread())
        return httpx.Response(answer.status_code, headers=headers, content=body, request=request)


def named(value: bytes) -> Callable[[bytes], bytes]:
    """Gives one timer's document a member more."""
    name = b'"name": "%s"' % BAD.encode()

    def change(body: bytes) -> bytes:
        plain = body.replace(b'"name":"', b'"name": "')
        return plain.replace(name, name + b', "callback_body": ' + value).replace(b'"number": 0', b'"number": ' + value)

    return change


VALUES = {
    "nested 150 deep": b"[" * 150 + b"]" * 150,
    "nested 990 deep": b"[" * 990 + b"]" * 990,
    "nested 100,000 deep": b'{"a":' * 100_000 + b'"]}"' + b"}" * 100_000,
    "5,000 digits": b"9" * 5000,
    "a float of 5,000 digits": b"1e" + b"9" * 5000,
    "a text of 3 MB": b'"' + b"x" * 3_000_000 + b'"',
    "NUL and half a pair": rb'"a\u0000b\ud800c"',
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
async def test_one_timer_that_no_parser_takes(demo: Demo, value: bytes) -> None:
    transport = Spoiling(InProcessTransport(demo.service), named(value))
    async with demo.console(transport=transport) as pilot:
        assert GOOD in demo.text()
        assert " 79: " in demo.text()
        await pilot.press("slash", *BAD, "enter")
        await pilot.pause()
        assert BAD in demo.text()


DATES = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    f"Mon, 01 Jan {'9' * 5000} 00:00:00 GMT",
    "Mon, 01 Jan 99999999999 00:00:00 GMT",
    "Mon, 01 Jan 2026 00:00:00 +9999999999",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "now",
    "",
]


@pytest.mark.parametrize("date", DATES)
async def test_a_clock_that_no_calendar_has(demo: Demo, date: str) -> None:
    transport = Spoiling(InProcessTransport(demo.service), lambda body: body, date=date)
    async with demo.console(transport=transport):
        assert GOOD in demo.text()
        assert "79: " in demo.text()


ANOTHER = {"job_id": "11111111-2222-4333-8444-555555555555", "name": "somebody else's", "status": "active"}
PAGES = {
    "no timer": (
        {"jobs": {}, "job_id": 7, "status": []},
        "What Globus sent about this timer cannot be read: it has no",
    ),
    "another timer": (ANOTHER, "Globus Timers answered 200 with the document of another timer."),
    "a list": ([1, 2], "Globus Timers answered 200 with a JSON value that is not an object."),
    "a page": ("<html>", "Globus Timers answered 200 with a web page where a JSON document was expected."),
}


async def test_a_bad_document_of_one_timer_leaves_its_last_good_one_and_is_told_on_its_page(demo: Demo) -> None:
    async with demo.console(size=(160, 40)) as pilot:
        rows = demo.names()
        job_id = demo.job_id("sensor-hourly")
        demo.point_at("sensor-hourly")
        good = demo.row("sensor-hourly")
        for body, words in PAGES.values():
            demo.sandbox.faults.clear()
            demo.fault(Fault(f"/jobs/{job_id}", status=200, body=body, times=None))
            await demo.press(pilot, "enter")
            assert words in demo.text()
            assert "Lab Depot" in demo.text()
            await demo.press(pilot, "s")
            assert "Nothing was changed: " in demo.note()
            await demo.press(pilot, "q")
            assert demo.row("sensor-hourly") == good
            assert demo.names() == rows
        assert demo.changes() == []

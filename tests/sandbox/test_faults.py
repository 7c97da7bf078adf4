from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.serve import running
from tests.troubles import half_json, proxy_page, too_many

if TYPE_CHECKING:
    from globus_tui.sandbox.service import Service
    from globus_tui.sandbox.state import Sandbox

PATH = "/.well-known/openid-configuration"


async def test_a_fault_hits_the_next_requests_that_match_and_then_is_over(
    web: httpx.AsyncClient, small: Sandbox
) -> None:
    small.faults.add(Fault("/jwk*", method="GET", times=2, status=503, body={"code": "ServiceUnavailable"}))
    assert [(await web.get(path)).status_code for path in ("/jwk.json", PATH, "/jwk.json", "/jwk.json")] == [
        503,
        200,
        503,
        200,
    ]


async def test_a_fault_can_let_some_requests_through_first(web: httpx.AsyncClient, small: Sandbox) -> None:
    small.faults.add(Fault(skip=1, status=500))
    assert [(await web.get("/jwk.json")).status_code for _ in range(3)] == [200, 500, 200]


async def test_a_fault_without_end_stays_until_it_is_cleared(web: httpx.AsyncClient, small: Sandbox) -> None:
    small.faults.add(Fault(times=None, status=500))
    assert [(await web.get("/jwk.json")).status_code for _ in range(3)] == [500, 500, 500]
    small.faults.clear()
    assert (await web.get("/jwk.json")).status_code == 200


async def test_retry_after_comes_in_seconds_or_as_a_date(web: httpx.AsyncClient, small: Sandbox) -> None:
    small.faults.add(too_many(retry_after=7))
    small.faults.add(too_many(retry_after=datetime(2026, 9, 1, 8, 5, tzinfo=UTC)))
    first, second = await web.get("/jwk.json"), await web.get("/jwk.json")
    assert (first.status_code, first.headers["retry-after"]) == (429, "7")
    assert (second.status_code, second.headers["retry-after"]) == (429, "Tue, 01 Sep 2026 08:05:00 GMT")


async def test_bodies_that_are_no_json(web: httpx.AsyncClient, small: Sandbox) -> None:
    small.faults.add(proxy_page())
    small.faults.add(half_json())
    page, half = await web.get("/jwk.json"), await web.get("/jwk.json")
    assert page.headers["content-type"] == "text/html"
    assert "<html>" in page.text
    assert half.status_code == 200
    with pytest.raises(ValueError, match="Unterminated"):
        half.json()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", httpx.ReadError),
        ("lose", httpx.ReadError),
        ("hang", httpx.ReadTimeout),
        ("truncate", httpx.RemoteProtocolError),
    ],
)
async def test_in_the_same_process_network_trouble_is_an_error_of_httpx(
    web: httpx.AsyncClient, small: Sandbox, app: Service, kind: str, error: type[httpx.TransportError]
) -> None:
    small.faults.add(Fault(kind=kind))  # type: ignore[arg-type]  # parametrized: the kinds are literals
    with pytest.raises(error):
        await web.get(PATH)
    assert (await web.get(PATH)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", httpx.ReadError),
        ("lose", httpx.ReadError),
        ("truncate", httpx.RemoteProtocolError),
    ],
)
def test_on_a_socket_the_connection_really_breaks(
    served: str, small: Sandbox, kind: str, error: type[httpx.TransportError]
) -> None:
    small.faults.add(Fault(kind=kind))  # type: ignore[arg-type]  # parametrized: the kinds are literals
    with httpx.Client(base_url=served) as outside:
        with pytest.raises(error):
            outside.get(PATH)
        assert outside.get(PATH).status_code == 200


def test_on_a_socket_silence_lasts_until_the_client_gives_up(served: str, small: Sandbox) -> None:
    small.faults.add(Fault(kind="hang"))
    with httpx.Client(base_url=served) as outside:
        with pytest.raises(httpx.ReadTimeout):
            outside.get(PATH, timeout=0.05)
        assert outside.get(PATH).status_code == 200


async def test_a_lost_answer_still_did_what_was_asked(web: httpx.AsyncClient, small: Sandbox) -> None:
    before = len(small.clients)
    small.faults.add(Fault("/v2/api/clients", method="POST", kind="lose"))
    new = {"client": {"template_id": next(iter(small.clients)), "name": "Lost"}}
    with pytest.raises(httpx.ReadError):
        await web.post("/v2/api/clients", json=new)
    assert len(small.clients) == before + 1


async def test_a_reset_before_the_service_did_nothing(web: httpx.AsyncClient, small: Sandbox) -> None:
    before = len(small.clients)
    small.faults.add(Fault("/v2/api/clients", method="POST", kind="reset"))
    new = {"client": {"template_id": next(iter(small.clients)), "name": "Lost"}}
    with pytest.raises(httpx.ReadError):
        await web.post("/v2/api/clients", json=new)
    assert len(small.clients) == before


async def test_a_slow_answer_is_held_until_the_test_lets_it_go(web: httpx.AsyncClient, small: Sandbox) -> None:
    gate = asyncio.Event()
    small.faults.add(Fault("/jwk.json", kind="pass", wait=gate))
    held = asyncio.create_task(web.get("/jwk.json"))
    assert (await web.get(PATH)).status_code == 200
    assert not held.done()
    gate.set()
    assert (await held).status_code == 200


def test_a_trickled_answer_is_whole_in_the_end(served: str, small: Sandbox) -> None:
    whole = httpx.get(f"{served}{PATH[1:]}").json()
    small.faults.add(Fault(kind="trickle"))
    assert httpx.get(f"{served}{PATH[1:]}").json() == whole


def test_a_sandbox_goes_away_although_somebody_still_waits_for_an_answer(small: Sandbox) -> None:
    small.faults.add(Fault(kind="hang"))
    with running(small) as base_url:
        host, port = base_url.removeprefix("http://").rstrip("/").split(":")
        waiting = socket.create_connection((host, int(port)))
        waiting.sendall(b"GET /jwk.json HTTP/1.1\r\nHost: x\r\n\r\n")
        assert httpx.get(f"{base_url}jwk.json").status_code == 200
    with waiting, pytest.raises(ConnectionResetError):
        waiting.recv(1)

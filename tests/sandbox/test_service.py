from __future__ import annotations

import gzip
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from globus_tui.sandbox.serve import CannotServeError, environment, running, serve, service_account

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.sandbox.service import Service
    from globus_tui.sandbox.state import Sandbox


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v0.10/nowhere", lambda body: body["code"]),
        ("/jobs/x/y/z", lambda body: body["error"]["code"]),
        ("/runs/x/y/z", lambda body: body["error"]["code"]),
        ("/v2/api/nowhere", lambda body: body["errors"][0]["code"]),
    ],
)
async def test_an_unknown_path_is_refused_in_the_words_of_the_service_it_belongs_to(
    web: httpx.AsyncClient, path: str, code: object
) -> None:
    answer = await web.get(path)
    assert answer.status_code == 404
    assert callable(code)
    assert code(answer.json()).upper().endswith(("NOTFOUND", "NOT_FOUND"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/jobs/", lambda body: body["error"]["status"] == 401),
        ("/jobs", lambda body: body["error"]["status"] == 401),
        ("/v0.10/task_list", lambda body: body["code"] == "ClientError.AuthenticationFailed"),
        ("/flows", lambda body: "code" in body["error"]),
        ("/v2/oauth2/userinfo", lambda body: body["errors"][0]["code"] == "UNAUTHORIZED"),
    ],
)
async def test_without_a_token_every_service_says_401_in_its_own_shape(
    web: httpx.AsyncClient, path: str, told: object
) -> None:
    answer = await web.get(path)
    assert answer.status_code == 401
    assert callable(told)
    assert told(answer.json())


async def test_the_date_of_an_answer_is_the_simulated_one(web: httpx.AsyncClient, small: Sandbox) -> None:
    assert (await web.get("/jwk.json")).headers["date"] == "Tue, 01 Sep 2026 08:00:00 GMT"
    small.clock.advance(3600)
    assert (await web.get("/jwk.json")).headers["date"] == "Tue, 01 Sep 2026 09:00:00 GMT"


async def test_the_world_is_brought_up_to_date_before_a_request_is_answered(
    web: httpx.AsyncClient, small: Sandbox
) -> None:
    happened: list[datetime] = []
    small.agenda.at(small.clock.now(), happened.append)
    assert happened == []
    await web.get("/jwk.json")
    assert happened == [small.clock.now()]


async def test_big_answers_are_compressed_for_those_who_ask(web: httpx.AsyncClient) -> None:
    path = "/.well-known/openid-configuration"
    plain = await web.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with web.stream("GET", path, headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join([piece async for piece in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content


async def test_every_request_is_remembered_with_its_outcome(web: httpx.AsyncClient, app: Service) -> None:
    await web.get("/v2/oauth2/userinfo", params={"a": "1"})
    await web.get("/jwk.json")
    assert [(r.method, r.path, r.query, r.status) for r in app.requests] == [
        ("GET", "/v2/oauth2/userinfo", "a=1", 401),
        ("GET", "/jwk.json", "", 200),
    ]


def test_a_served_sandbox_can_be_steered_from_outside(served: str) -> None:
    with httpx.Client(base_url=served) as outside:
        moved = outside.post("/__sandbox__/clock", json={"advance": 90}).json()
        assert moved == {"now": "2026-09-01T08:01:30+00:00", "speed": 0.0}
        assert outside.post("/__sandbox__/clock", json={"advance": -1}).status_code == 400
        assert outside.post("/__sandbox__/faults", json={"colour": "red"}).status_code == 400
        outside.post("/__sandbox__/faults", json={"path": "/jwk.json", "status": 500})
        assert outside.get("/jwk.json").status_code == 500
        assert outside.get("/jwk.json").status_code == 200
        assert outside.get("/__sandbox__/requests").json()["requests"] == [
            ["GET", "/jwk.json", "", 500],
            ["GET", "/jwk.json", "", 200],
        ]


async def test_in_the_same_process_there_are_no_control_routes(web: httpx.AsyncClient) -> None:
    assert (await web.get("/__sandbox__/clock")).status_code == 404


def test_serving_two_worlds_in_a_row_leaves_nothing_behind(small: Sandbox) -> None:
    with running(small) as first:
        assert httpx.get(f"{first}jwk.json").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{first}jwk.json")
    with running(small) as second:
        assert httpx.get(f"{second}jwk.json").status_code == 200


def test_the_environment_points_every_service_at_the_same_root(small: Sandbox) -> None:
    found = environment(small, "http://127.0.0.1:1/")
    services = {name: value for name, value in found.items() if name.startswith("GLOBUS_SDK_SERVICE_URL_")}
    assert set(services.values()) == {"http://127.0.0.1:1/"}
    assert {"GLOBUS_SDK_SERVICE_URL_TIMER", "GLOBUS_SDK_SERVICE_URL_TIMERS"} <= set(services)
    account = service_account(small)
    assert (found["GLOBUS_CLI_CLIENT_ID"], found["GLOBUS_CLI_CLIENT_SECRET"]) == (
        account.client_id,
        account.secret,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_a_sandbox_is_never_served_beyond_loopback(small: Sandbox, host: str) -> None:
    with pytest.raises(CannotServeError, match="loopback"):
        serve(small, host)


def test_a_taken_port_is_said_in_one_line(small: Sandbox, served: str) -> None:
    taken = int(served.rstrip("/").rpartition(":")[2])
    with pytest.raises(CannotServeError, match=f"Port {taken}"):
        serve(small, "127.0.0.1", taken)


def test_without_uvicorn_the_error_says_what_to_install(small: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(CannotServeError, match=r"pip install 'globus-tui\[sandbox\]'"):
        serve(small)


def test_serve_says_where_it_is_before_it_serves(small: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []

    async def interrupted(_: uvicorn.Server, sockets: object = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "serve", interrupted)
    serve(small, write=lines.append)
    names = [line.partition("=")[0] for line in lines]
    assert "GLOBUS_SDK_SERVICE_URL_AUTH" in names
    assert "GLOBUS_TUI_CLIENT_SECRET" in names
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)

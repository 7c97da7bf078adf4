"""Control routes of a served sandbox: its faults, its clock and what was asked of it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.state import Refusal, iso

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from globus_tui.sandbox.state import Sandbox

_SETTABLE = {one.name for one in fields(Fault)} - {"wait", "seen"}


def control_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """`/__sandbox__/faults`, `/__sandbox__/clock` and `/__sandbox__/requests`.

    - faults: GET lists them, POST adds one (the fields of `Fault`), DELETE removes all.
    - clock: GET tells it, POST takes `{"advance": seconds}` and/or `{"speed": factor}` (0 freezes).
    - requests: GET lists `[method, path, query, status]`, DELETE forgets them.
    """

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            sandbox.faults.add(_fault(await _json(request)))
        elif request.method == "DELETE":
            sandbox.faults.clear()
        return JSONResponse({"faults": [_shown(one) for one in sandbox.faults.active]})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            _set_clock(sandbox, await _json(request))
        return JSONResponse({"now": iso(sandbox.now()), "speed": sandbox.clock.speed})

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            request.app.requests.clear()
        seen = [[one.method, one.path, one.query, one.status] for one in request.app.requests]
        return JSONResponse({"requests": seen})

    return [
        Route("/__sandbox__/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/__sandbox__/clock", clock, methods=["GET", "POST"]),
        Route("/__sandbox__/requests", requests, methods=["GET", "DELETE"]),
    ]


def _set_clock(sandbox: Sandbox, asked: dict[str, Any]) -> None:
    try:
        if "speed" in asked:
            sandbox.clock.run(float(asked["speed"]))
        sandbox.clock.advance(float(asked.get("advance", 0)))
    except (TypeError, ValueError) as problem:
        raise Refusal(400, {"problem": str(problem)}) from None


def _fault(asked: dict[str, Any]) -> Fault:
    if unknown := sorted(set(asked) - _SETTABLE):
        raise Refusal(400, {"problem": f"unknown fields: {', '.join(unknown)}"})
    return Fault(**asked)


def _shown(fault: Fault) -> dict[str, Any]:
    return {name: value for name, value in asdict(fault).items() if name in _SETTABLE or name == "seen"}


async def _json(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(await request.body())
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal(400, {"problem": "a JSON object is needed"})
    return asked

"""The Timers service: its routes."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from globus_tui.sandbox import timer_engine
from globus_tui.sandbox.access import Caller, caller, timers_refusal, validation_refusal
from globus_tui.sandbox.state import TIMER_SCOPE, TIMERS_SERVER, Sandbox, Timer
from globus_tui.sandbox.timer_checks import Checked, a_flag, a_text, over_budget
from globus_tui.sandbox.timer_documents import job_document, timer_document
from globus_tui.sandbox.timer_listing import Listing, page_asked_for
from globus_tui.sandbox.timer_payloads import read_job, read_timer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    Handler = Callable[[Sandbox, Request], Awaitable[Response]]


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes of Timers; the list is answered with and without the slash at its end."""
    table: list[tuple[str, str, Handler]] = [
        ("/jobs/", "GET", _list),
        ("/jobs", "GET", _list),
        ("/jobs/", "POST", _create_job),
        ("/jobs", "POST", _create_job),
        ("/v2/timer", "POST", _create_timer),
        ("/jobs/{job_id}", "GET", _read),
        ("/jobs/{job_id}", "PATCH", _rename),
        ("/jobs/{job_id}", "DELETE", _delete),
        ("/jobs/{job_id}/pause", "POST", _pause),
        ("/jobs/{job_id}/resume", "POST", _resume),
    ]
    return [Route(path, functools.partial(handler, sandbox), methods=[method]) for path, method, handler in table]


async def _list(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request)
    listing = Listing.asked_for(request.query_params)
    now = sandbox.now()
    mine = [timer for timer in sandbox.timers.values() if sandbox.owns(who.identity_id, timer.owner)]
    return JSONResponse({"jobs": listing.documents(sandbox, mine, now)})


async def _read(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    runs, page_next = page_asked_for(timer, request.query_params)
    return JSONResponse(job_document(timer, now, runs, page_next))


async def _create_timer(sandbox: Sandbox, request: Request) -> Response:
    who, document = _caller(sandbox, request), await _json(request)
    now = sandbox.now()
    timer = read_timer(sandbox, who, document, now)
    _add(sandbox, timer, now)
    return JSONResponse({"timer": timer_document(timer, now)}, 201)


async def _create_job(sandbox: Sandbox, request: Request) -> Response:
    who, document = _caller(sandbox, request), await _json(request)
    now = sandbox.now()
    timer = read_job(sandbox, who, document, now)
    _add(sandbox, timer, now)
    return _answer(timer, now, 201)


async def _rename(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    body = Checked(await _json(request))
    body.only({"name"})
    name = body.take("name", a_text)
    body.refuse()
    if "name" in body.document:
        timer.name = name
    return _answer(timer, now)


async def _delete(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    timer_engine.remove(sandbox, timer, now)
    return _answer(timer, now)


async def _pause(sandbox: Sandbox, request: Request) -> Response:
    timer, now, _ = _timer(sandbox, request)
    _still_there(timer)
    timer_engine.pause(sandbox, timer, now)
    return JSONResponse({"message": f"Successfully paused job {timer.job_id}."})


async def _resume(sandbox: Sandbox, request: Request) -> Response:
    timer, now, who = _timer(sandbox, request)
    asked = await _update_credentials(request)
    _still_there(timer)
    if asked is None:  # the service decides from the inactive reason (documented)
        asked = (timer.inactive_reason or {}).get("cause") == timer_engine.NEEDS_AUTHORIZATION
    timer_engine.resume(sandbox, timer, now, who.token if asked else None)
    return JSONResponse({"message": f"Successfully resumed job {timer.job_id}."})


async def _update_credentials(request: Request) -> bool | None:
    """From the query (specification) or from the JSON body (Python SDK); the query wins."""
    if "update_credentials" in request.query_params:
        body = Checked(dict(request.query_params), ("query",))
    else:
        body = Checked(await _json(request, empty={}))
    asked: bool | None = body.take("update_credentials", a_flag)
    body.refuse()
    return asked


def _add(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    refusal = over_budget(sandbox, timer.owner, timer.interval)
    if refusal is not None:
        raise refusal
    timer.status = "new"  # as in the SDK's fixture; the first look after this finds it active
    timer_engine.create(sandbox, timer, now)


def _answer(timer: Timer, now: datetime, status: int = 200) -> Response:
    return JSONResponse(job_document(timer, now, *page_asked_for(timer, {})), status)


def _caller(sandbox: Sandbox, request: Request) -> Caller:
    return caller(request, sandbox, TIMERS_SERVER, [TIMER_SCOPE])


def _timer(sandbox: Sandbox, request: Request) -> tuple[Timer, datetime, Caller]:
    """The timer that the path names, brought up to date.

    Somebody else's is answered like one that does not exist, so that nobody can try out ids; what the real
    service does is not known.
    """
    who, now = _caller(sandbox, request), sandbox.now()
    job_id = str(request.path_params["job_id"]).lower()
    timer = sandbox.timers.get(job_id)
    if timer is None or not sandbox.owns(who.identity_id, timer.owner):
        raise timers_refusal(404, "NOT_FOUND", f"No timer with id {job_id} could be found")
    timer_engine.advance(sandbox, timer, now)
    return timer, now, who


def _still_there(timer: Timer) -> None:
    """Ended and deleted timers are neither paused nor resumed; the answer to that is inferred."""
    if timer.status == "ended" or timer.status in timer_engine.DELETING:
        raise timers_refusal(409, "CONFLICT", f"Job {timer.job_id} is {timer.status} and cannot be changed")


async def _json(request: Request, empty: object = None) -> Any:
    text = await request.body()
    if not text:
        return empty
    try:
        return json.loads(text)
    except ValueError as problem:
        where = ("body", getattr(problem, "pos", 0))
        raise validation_refusal([(where, "Expecting JSON", "value_error.jsondecode")]) from problem

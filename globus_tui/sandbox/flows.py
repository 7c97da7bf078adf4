"""The Flows service: its routes."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from globus_tui.sandbox import flow_inputs, flow_runs
from globus_tui.sandbox.access import Caller, caller, flows_refusal
from globus_tui.sandbox.flow_listing import (
    flow_role,
    has_role,
    ordered,
    page,
    run_role,
    within,
    words,
)
from globus_tui.sandbox.scopes import FLOWS_CLIENT
from globus_tui.sandbox.state import FLOWS_SERVER, Document, Sandbox
from globus_tui.sandbox.timer_consents import flow_scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    Handler = Callable[[Sandbox, Request], Awaitable[Response]]

_FLOW_ORDERS = frozenset(
    {"id", "scope_string", "flow_owner", "flow_administrators", "title", "created_at", "updated_at"}
)
_RUN_ORDERS = frozenset(["label", "run_id", "run_owner", "flow_id", "start_time", "completion_time", "status"])
_FOUND_IN = ("id", "title", "subtitle", "description", "keywords", "flow_owner")
_STARTERS = frozenset({"flow_owner", "flow_administrator", "flow_starter"})


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes of Flows that a flow timer and its runs need."""
    table: list[tuple[str, str, Handler]] = [
        ("/flows", "GET", _list_flows),
        ("/flows/{flow_id}", "GET", _get_flow),
        ("/flows/{flow_id}/run", "POST", _run),
        ("/flows/{flow_id}/validate_run", "POST", _validate_run),
        ("/runs", "GET", _list_runs),
        ("/runs/{run_id}", "GET", _get_run),
        ("/runs/{run_id}/log", "GET", _log),
        ("/runs/{run_id}/definition", "GET", _definition),
        ("/runs/{run_id}/cancel", "POST", _cancel),
        ("/runs/{run_id}/resume", "POST", _resume),
        ("/runs/{run_id}/release", "POST", _release),
    ]
    return [Route(path, functools.partial(handler, sandbox), methods=[method]) for path, method, handler in table]


async def _list_flows(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "view_flows")

    def make(query: Mapping[str, str]) -> list[Document]:
        asked = words(query.get("filter_roles") or query.get("filter_role"))
        found = [
            {**flow_runs.public(flow), "user_role": role}
            for flow in sandbox.flows.values()
            if (role := flow_role(sandbox, flow, who.identity_id)) and has_role(role, asked)
            if _mentions(flow, query)
        ]
        return ordered(found, query.get("orderby", "updated_at DESC"), _FLOW_ORDERS)

    return JSONResponse(page(request.query_params, make, "flows"))


async def _get_flow(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "view_flows")
    return JSONResponse(flow_runs.public(_flow(sandbox, request, who)))


async def _run(sandbox: Sandbox, request: Request) -> Response:
    flow, document, who = await _checked_start(sandbox, request)
    now = sandbox.now()
    run = flow_runs.start(sandbox, flow, who.identity_id, document, now=now)
    return JSONResponse(flow_runs.public(run), 201)


async def _validate_run(sandbox: Sandbox, request: Request) -> Response:
    await _checked_start(sandbox, request)
    return JSONResponse({"message": "validation successful"})


async def _list_runs(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "run_status", "run_manage")
    now = sandbox.now()

    def make(query: Mapping[str, str]) -> list[Document]:
        roles = words(query.get("filter_roles"))
        found = []
        for run in sandbox.flow_runs.values():
            role = run_role(sandbox, run, who.identity_id)
            if role and has_role(role, roles):
                flow_runs.catch_up(run, now)
                if _run_fits(run, query):
                    found.append({**flow_runs.public(run), "user_role": role})
        return ordered(found, query.get("orderby", "start_time DESC"), _RUN_ORDERS)

    return JSONResponse(page(request.query_params, make, "runs"))


async def _get_run(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")
    document = flow_runs.public(run)
    if request.query_params.get("include_flow_description", "").lower() == "true":
        flow = sandbox.flows.get(run["flow_id"], {})
        document["flow_description"] = {key: flow.get(key) for key in _DESCRIPTION}
    return JSONResponse(document)


async def _log(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")

    def make(query: Mapping[str, str]) -> list[Document]:
        entries = flow_runs.log_of(run, sandbox.flows.get(run["flow_id"]))
        return entries if query.get("reverse_order", "").lower() != "true" else entries[::-1]

    return JSONResponse(page(request.query_params, make, "entries"))


async def _definition(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")
    flow = sandbox.flows.get(run["flow_id"], {})
    shown = {key: flow.get(key) for key in ("definition", "input_schema")}
    return JSONResponse({"flow_id": run["flow_id"], **shown})


async def _cancel(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_manage")
    flow_runs.cancel(run, sandbox.now())
    return JSONResponse(flow_runs.public(run), 202)


async def _resume(sandbox: Sandbox, request: Request) -> Response:
    """With a token for the flow itself (documented); one for the Flows service is not enough."""
    run = _any_run(sandbox, request)
    who = _flow_caller(sandbox, request, run["flow_id"])
    _visible(run, run_role(sandbox, run, who.identity_id))
    flow_runs.resume(run, sandbox.now())
    return JSONResponse(flow_runs.public(run))


async def _release(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_manage")
    if run["status"] in {"ACTIVE", "INACTIVE"}:
        raise flows_refusal(409, "STATE_CONFLICT", "An unfinished run cannot be released")
    del sandbox.flow_runs[run["run_id"]]
    return JSONResponse(flow_runs.public(run))


_DESCRIPTION = (
    "created_at",
    "flow_owner",
    "created_by",
    "description",
    "globus_auth_scope",
    "id",
    "keywords",
    "subtitle",
    "title",
    "updated_at",
)


def _caller(sandbox: Sandbox, request: Request, *names: str) -> Caller:
    """With a token for Flows that carries `all` or one of the named scopes."""
    scopes = [f"https://auth.globus.org/scopes/{FLOWS_CLIENT}/{name}" for name in ("all", *names)]
    return caller(request, sandbox, FLOWS_SERVER, scopes)


def _flow_caller(sandbox: Sandbox, request: Request, flow_id: str) -> Caller:
    return caller(request, sandbox, flow_id, [flow_scope(flow_id)])


def _flow(sandbox: Sandbox, request: Request, who: Caller) -> Document:
    """The flow of the path with the caller's role; one that is not visible is answered like a missing one."""
    flow_id = str(request.path_params["flow_id"]).lower()
    flow = sandbox.flows.get(flow_id)
    role = flow_role(sandbox, flow, who.identity_id) if flow is not None else None
    if flow is None or role is None:
        raise flows_refusal(404, "NOT_FOUND", f"No Flow found with id {flow_id}")
    return {**flow, "user_role": role}


async def _checked_start(sandbox: Sandbox, request: Request) -> tuple[Document, Document, Caller]:
    flow_id = str(request.path_params["flow_id"]).lower()
    who = _flow_caller(sandbox, request, flow_id)
    flow = _flow(sandbox, request, who)
    if flow["user_role"] not in _STARTERS:
        raise flows_refusal(403, "FORBIDDEN", "You do not have permission to start this Flow")
    document = await _json(request)
    wrong = flow_inputs.problems(document, _START_SCHEMA, ())
    if not wrong:
        wrong = flow_inputs.problems(document["body"], flow.get("input_schema") or {})
    if wrong:
        words_ = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} in flow input."
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", wrong, words_)
    return flow, document, who


_TEXTS = {"type": "array", "items": {"type": "string"}}
_START_SCHEMA: Document = {
    "type": "object",
    "required": ["body"],
    "properties": {
        "body": {"type": "object"},
        "label": {"type": ["string", "null"]},
        "tags": _TEXTS,
        "run_managers": _TEXTS,
        "run_monitors": _TEXTS,
    },
}


def _any_run(sandbox: Sandbox, request: Request) -> Document:
    run_id = str(request.path_params["run_id"]).lower()
    run = sandbox.flow_runs.get(run_id)
    if run is None:
        raise flows_refusal(404, "NOT_FOUND", f"No Run found with id {run_id}")
    flow_runs.catch_up(run, sandbox.now())
    return run


def _visible(run: Document, role: str | None) -> None:
    if role is None:
        raise flows_refusal(404, "NOT_FOUND", f"No Run found with id {run['run_id']}")


def _run_of(sandbox: Sandbox, request: Request, *scopes: str) -> Document:
    who = _caller(sandbox, request, *scopes)
    run = _any_run(sandbox, request)
    _visible(run, run_role(sandbox, run, who.identity_id))
    return run


def _mentions(flow: Document, query: Mapping[str, str]) -> bool:
    title = query.get("filter_title", "").casefold()
    everything = " ".join(str(flow.get(key, "")) for key in _FOUND_IN).casefold()
    wanted = query.get("filter_fulltext", "").casefold().split()
    return title in str(flow.get("title", "")).casefold() and all(word in everything for word in wanted)


def _run_fits(run: Document, query: Mapping[str, str]) -> bool:
    flows, statuses = words(query.get("filter_flow_id")), words(query.get("filter_status"))
    return (
        (not flows or run["flow_id"] in flows)
        and (not statuses or run["status"] in statuses)
        and query.get("filter_label", "").casefold() in str(run.get("label") or "").casefold()
        and within(run.get("start_time"), query.get("filter_start_time"))
        and within(run.get("completion_time"), query.get("filter_completion_time"))
    )


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body() or b"null")
    except ValueError as problem:
        raise flows_refusal(400, "BAD_REQUEST", "The body is not JSON") from problem

"""The Flows service: its routes, and who sees what in which role."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from globus_tui.sandbox.access import Caller, Row, answered, caller, flows_refusal
from globus_tui.sandbox.auth.scopes import FLOWS_CLIENT
from globus_tui.sandbox.flows import runs
from globus_tui.sandbox.state import FLOWS_SERVER, Document, Sandbox, in_span, iso, json_of, moment_of
from globus_tui.sandbox.timers.engine import flow_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

_FLOW_ORDERS = frozenset([
    "id", "scope_string", "flow_owner", "flow_administrators", "title", "created_at", "updated_at",
])  # fmt: skip
_RUN_ORDERS = frozenset([
    "label", "run_id", "run_owner", "flow_id", "start_time", "completion_time", "status",
])  # fmt: skip
_FOUND_IN = ("id", "title", "subtitle", "description", "keywords", "flow_owner")
_STARTERS = frozenset({"flow_owner", "flow_administrator", "flow_starter"})


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    table: list[Row] = [
        ("GET", "/flows", _list_flows),
        ("POST", "/flows", _create_flow),
        ("POST", "/flows/validate", _validate_flow),
        ("GET", "/flows/{flow_id}", _get_flow),
        ("PUT", "/flows/{flow_id}", _update_flow),
        ("POST", "/flows/{flow_id}/run", _run),
        ("POST", "/flows/{flow_id}/validate_run", _validate_run),
        ("GET", "/runs", _list_runs),
        ("GET", "/runs/{run_id}", _get_run),
        ("PUT", "/runs/{run_id}", _update_run),
        ("GET", "/runs/{run_id}/log", _log),
        ("GET", "/runs/{run_id}/definition", _definition),
        ("POST", "/runs/{run_id}/cancel", _cancel),
        ("POST", "/runs/{run_id}/resume", _resume),
        ("POST", "/runs/{run_id}/release", _release),
    ]
    return answered(sandbox, table)


async def _list_flows(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "view_flows")

    def make(query: Mapping[str, str]) -> list[Document]:
        asked = words(query.get("filter_roles") or query.get("filter_role"))
        documents = [
            {**runs.public(flow), "user_role": role}
            for flow in sandbox.flows.values()
            if (role := flow_role(sandbox, flow, who.identity_id)) and has_role(role, asked)
            if _mentions(flow, query)
        ]
        return ordered(documents, query.get("orderby", "updated_at DESC"), _FLOW_ORDERS)

    return JSONResponse(page(request.query_params, make, "flows"))


async def _get_flow(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "view_flows")
    return JSONResponse(runs.public(_flow(sandbox, request, who)))


async def _run(sandbox: Sandbox, request: Request) -> Response:
    flow, document, who = await _checked_start(sandbox, request)
    now = sandbox.now()
    run = runs.start(sandbox, flow, who.identity_id, document, now=now)
    return JSONResponse(runs.public(run), 201)


async def _validate_run(sandbox: Sandbox, request: Request) -> Response:
    await _checked_start(sandbox, request)
    return JSONResponse({"message": "validation successful"})


async def _list_runs(sandbox: Sandbox, request: Request) -> Response:
    who = _caller(sandbox, request, "run_status", "run_manage")
    now = sandbox.now()

    def make(query: Mapping[str, str]) -> list[Document]:
        roles = words(query.get("filter_roles"))
        documents = []
        for run in sandbox.flow_runs.values():
            role = run_role(sandbox, run, who.identity_id)
            if role and has_role(role, roles):
                runs.catch_up(run, now)
                if _run_fits(run, query):
                    documents.append({**runs.public(run), "user_role": role})
        return ordered(documents, query.get("orderby", "start_time DESC"), _RUN_ORDERS)

    return JSONResponse(page(request.query_params, make, "runs"))


async def _get_run(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")
    document = runs.public(run)
    if request.query_params.get("include_flow_description", "").lower() == "true":
        flow = sandbox.flows.get(run["flow_id"], {})
        document["flow_description"] = {key: flow.get(key) for key in _DESCRIPTION}
    return JSONResponse(document)


async def _update_run(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_manage")
    document = await _json(request)
    wrong = runs.wrong(document, _UPDATE_SCHEMA)
    if wrong:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", wrong, "The run was not changed.")
    run.update({key: value for key, value in document.items() if key in _UPDATE_SCHEMA["properties"]})
    return JSONResponse(runs.public(run))


async def _validate_flow(sandbox: Sandbox, request: Request) -> Response:
    """Looks at the outer shape of a definition only (what the real service checks beyond that is its own)."""
    _caller(sandbox, request, "manage_flows")
    _check_flow(await _json(request), _FLOW_SCHEMA)
    return JSONResponse({"scopes": {"RUN": []}, "analysis": {"number_of_possibilities": 1}})


async def _create_flow(sandbox: Sandbox, request: Request) -> Response:
    """Creates a flow; its states only appear in the log of its runs, and are not carried out."""
    who = _caller(sandbox, request, "manage_flows")
    document = await _json(request)
    _check_flow(document, {**_FLOW_SCHEMA, "required": ["definition", "input_schema", "title"]})
    flow_id, now = sandbox.new_id(), iso(sandbox.now())
    urn = f"urn:globus:auth:identity:{who.identity_id}"
    sandbox.flows[flow_id] = {
        **{key: document.get(key, usual) for key, usual in _FLOW_DEFAULTS.items()},
        "id": flow_id,
        "globus_auth_scope": flow_scope(flow_id),
        "globus_auth_username": f"{flow_id}@clients.auth.globus.org",
        "flow_owner": urn,
        "created_by": urn,
        "created_at": now,
        "updated_at": now,
    }
    return JSONResponse({**sandbox.flows[flow_id], "user_role": "flow_owner"}, 201)


async def _update_flow(sandbox: Sandbox, request: Request) -> Response:
    flow = _flow(sandbox, request, _caller(sandbox, request, "manage_flows"))
    if flow["user_role"] not in {"flow_owner", "flow_administrator"}:
        raise flows_refusal(403, "FORBIDDEN", "You do not have permission to update this Flow")
    document = await _json(request)
    _check_flow(document, {**_FLOW_SCHEMA, "required": []})
    changed = {key: value for key, value in document.items() if key in _FLOW_DEFAULTS}
    sandbox.flows[flow["id"]].update(changed, updated_at=iso(sandbox.now()))
    return JSONResponse({**runs.public(sandbox.flows[flow["id"]]), "user_role": flow["user_role"]})


def _check_flow(document: Any, schema: Document) -> None:
    wrong = runs.wrong(document, schema)
    definition = None if wrong else document.get("definition")
    if definition and definition["StartAt"] not in definition["States"]:
        wrong = [
            {"loc": ["definition", "StartAt"], "msg": "StartAt must name one of the States", "type": "value_error"}
        ]
    if wrong:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", wrong, "The flow definition is not valid.")


async def _log(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")

    def make(query: Mapping[str, str]) -> list[Document]:
        entries = runs.log_of(run, sandbox.flows.get(run["flow_id"]))
        return entries if query.get("reverse_order", "").lower() != "true" else entries[::-1]

    return JSONResponse(page(request.query_params, make, "entries"))


async def _definition(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_status", "run_manage")
    flow = sandbox.flows.get(run["flow_id"], {})
    shown = {key: flow.get(key) for key in ("definition", "input_schema")}
    return JSONResponse({"flow_id": run["flow_id"], **shown})


async def _cancel(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_manage")
    runs.cancel(run, sandbox.now())
    return JSONResponse(runs.public(run), 202)


async def _resume(sandbox: Sandbox, request: Request) -> Response:
    """With a token for the flow itself (documented); one for the Flows service is not enough."""
    run = _any_run(sandbox, request)
    who = _flow_caller(sandbox, request, run["flow_id"])
    runs.resume(_visible(sandbox, run, who), sandbox.now())
    return JSONResponse(runs.public(run))


async def _release(sandbox: Sandbox, request: Request) -> Response:
    run = _run_of(sandbox, request, "run_manage")
    if run["status"] in {"ACTIVE", "INACTIVE"}:
        raise flows_refusal(409, "STATE_CONFLICT", "An unfinished run cannot be released")
    del sandbox.flow_runs[run["run_id"]]
    return JSONResponse(runs.public(run))


_DESCRIPTION = [
    "created_at", "flow_owner", "created_by", "description", "globus_auth_scope", "id", "keywords", "subtitle",
    "title", "updated_at",
]  # fmt: skip


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
    wrong = runs.wrong(document, _START_SCHEMA)
    if not wrong:
        wrong = runs.wrong(document["body"], flow.get("input_schema"), "body")
    if wrong:
        words_ = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} in flow input."
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", wrong, words_)
    return flow, document, who


_TEXTS = {"type": "array", "items": {"type": "string"}}
_PRINCIPALS = {"type": "array", "items": {"type": "string", "pattern": "^urn:globus:(auth:identity|groups:id):"}}
_ABOUT_RUN = {"tags": _TEXTS, "run_managers": _PRINCIPALS, "run_monitors": _PRINCIPALS}
_START_SCHEMA: Document = {
    "type": "object",
    "required": ["body"],
    "properties": {"body": {"type": "object"}, "label": {"type": ["string", "null"]}, **_ABOUT_RUN},
}
_UPDATE_SCHEMA: Document = {"type": "object", "properties": {"label": {"type": "string"}, **_ABOUT_RUN}}
_FLOW_SCHEMA: Document = {
    "type": "object",
    "required": ["definition"],
    "properties": {
        "definition": {
            "type": "object",
            "required": ["StartAt", "States"],
            "properties": {"StartAt": {"type": "string"}, "States": {"type": "object"}},
        },
        "input_schema": {"type": "object"},
        "title": {"type": "string"},
    },
}
_FLOW_DEFAULTS: Document = {
    "title": "", "definition": {}, "input_schema": {}, "subtitle": "", "description": "", "keywords": [],
    "flow_viewers": [], "flow_starters": [], "flow_administrators": [], "run_managers": [], "run_monitors": [],
    "subscription_id": None, "authentication_policy_id": None,
}  # fmt: skip
"""What whoever makes a flow says of it."""


def _any_run(sandbox: Sandbox, request: Request) -> Document:
    run_id = str(request.path_params["run_id"]).lower()
    run = sandbox.flow_runs.get(run_id)
    if run is None:
        raise flows_refusal(404, "NOT_FOUND", f"No Run found with id {run_id}")
    runs.catch_up(run, sandbox.now())
    return run


def _visible(sandbox: Sandbox, run: Document, who: Caller) -> Document:
    if run_role(sandbox, run, who.identity_id) is None:
        raise flows_refusal(404, "NOT_FOUND", f"No Run found with id {run['run_id']}")
    return run


def _run_of(sandbox: Sandbox, request: Request, *scopes: str) -> Document:
    who = _caller(sandbox, request, *scopes)
    return _visible(sandbox, _any_run(sandbox, request), who)


def _mentions(flow: Document, query: Mapping[str, str]) -> bool:
    title = query.get("filter_title", "").casefold()
    everything = " ".join(str(flow.get(key, "")) for key in _FOUND_IN).casefold()
    sought = query.get("filter_fulltext", "").casefold().split()
    return title in str(flow.get("title", "")).casefold() and all(word in everything for word in sought)


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
        return json_of(await request.body() or b"null")
    except ValueError as problem:
        raise flows_refusal(400, "BAD_REQUEST", "The body is not JSON") from problem


PER_PAGE, MOST_PER_PAGE = 20, 100
"""20 is seen in the SDK's fixtures; the largest page is not known."""
_FLOW_ROLES = {
    "flow_owner": "flow_owner",
    "flow_administrator": "flow_administrators",
    "flow_starter": "flow_starters",
    "flow_viewer": "flow_viewers",
}
_RUN_ROLES = {"run_owner": "run_owner", "run_manager": "run_managers", "run_monitor": "run_monitors"}
_EVERYBODY = frozenset({"public", "all_authenticated_users"})


def flow_role(sandbox: Sandbox, flow: Document, identity_id: str) -> str | None:
    """The highest role on a flow; None when it is not visible."""
    return _role(sandbox, flow, _FLOW_ROLES, identity_id)


def run_role(sandbox: Sandbox, run: Document, identity_id: str) -> str | None:
    return _role(sandbox, run, _RUN_ROLES, identity_id)


def page(query: Mapping[str, str], make: Callable[[Mapping[str, str]], list[Document]], key: str) -> Document:
    """One page of a list, with the marker that leads to the next.

    Args:
        query: the parameters; with `marker`, all the others are ignored (documented).
        make: filters and orders by those parameters.
    """
    first, asked = 0, dict(query)
    if query.get("marker"):
        first, asked = _read_marker(query["marker"])
    size = min(_number(asked.get("per_page"), PER_PAGE), MOST_PER_PAGE)
    if "page" in asked:
        first = (_number(asked["page"], 1) - 1) * size
    documents = make(asked)
    has_more = len(documents) > first + size
    asked.pop("page", None)
    marker = base64.urlsafe_b64encode(json.dumps([first + size, asked]).encode()).decode() if has_more else None
    return {key: documents[first : first + size], "limit": size, "has_next_page": has_more, "marker": marker}


def ordered(documents: Sequence[Document], orderby: str, allowed: frozenset[str]) -> list[Document]:
    """By `FIELD ASC` or `FIELD DESC`. Raises Refusal: 422 for another field."""
    field, _, direction = orderby.partition(" ")
    if field not in allowed or direction.upper() not in {"", "ASC", "DESC"}:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"Cannot order by {orderby!r}")
    return sorted(documents, key=lambda document: str(document.get(field) or ""), reverse=direction.upper() == "DESC")


def words(text: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (text or "").split(",")) - {""}


def has_role(role: str, roles: frozenset[str]) -> bool:
    """Whether a role is asked for; both spellings are in use (`flow_viewer`, `flow_viewers`)."""
    return not roles or role in roles or f"{role}s" in roles


def within(moment: str | None, span: str | None) -> bool:
    """Whether a moment lies in `FROM,TO`. Raises Refusal: 422 for what are no moments."""
    try:
        return not span or in_span(moment_of(moment) if moment else None, span)
    except ValueError as problem:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"{span!r} is not a date-time") from problem


def _role(sandbox: Sandbox, document: Document, roles: dict[str, str], identity_id: str) -> str | None:
    person = sandbox.people.get(identity_id)
    ids = {identity_id, *(person.linked if person else ())}
    principals = {f"urn:globus:auth:identity:{person_id}" for person_id in ids} | _EVERYBODY
    for role, field in roles.items():
        held = document.get(field) or []
        if principals.intersection([held] if isinstance(held, str) else held):
            return role
    return None


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"{text!r} is not a positive number")
    return int(text)


def _read_marker(marker: str) -> tuple[int, dict[str, Any]]:
    try:
        first, asked = json.loads(base64.urlsafe_b64decode(marker))
        return int(first), dict(asked)
    except (ValueError, TypeError) as problem:
        raise flows_refusal(400, "BAD_REQUEST", "The marker is not valid") from problem

"""The Transfer service: its routes."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from globus_tui.sandbox import transfer_bookmarks, transfer_files, transfer_pauses, transfer_tasks
from globus_tui.sandbox.access import caller, transfer_refusal
from globus_tui.sandbox.state import TRANSFER_ALL, TRANSFER_SERVER
from globus_tui.sandbox.transfer_asking import Asking
from globus_tui.sandbox.transfer_search import endpoint, endpoint_search
from globus_tui.sandbox.transfer_submit import submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from globus_tui.sandbox.state import Document, Sandbox

    Answer = Callable[[Asking], Document]

__all__ = ["routes", "submit"]

ROOT = "/v0.10"
_TABLE: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/endpoint_search", endpoint_search),
    ("GET", "/endpoint/{id}", endpoint),
    ("GET", "/endpoint/{id}/my_effective_pause_rule_list", transfer_pauses.my_effective_pause_rules),
    ("GET", "/operation/endpoint/{id}/ls", transfer_files.ls),
    ("GET", "/operation/endpoint/{id}/stat", transfer_files.stat),
    ("POST", "/operation/endpoint/{id}/mkdir", transfer_files.mkdir),
    ("POST", "/operation/endpoint/{id}/rename", transfer_files.rename),
    ("GET", "/bookmark_list", transfer_bookmarks.listing),
    ("POST", "/bookmark", transfer_bookmarks.create),
    ("GET", "/bookmark/{id}", transfer_bookmarks.read),
    ("PUT", "/bookmark/{id}", transfer_bookmarks.update),
    ("DELETE", "/bookmark/{id}", transfer_bookmarks.delete),
    ("GET", "/submission_id", transfer_tasks.submission_id),
    ("POST", "/transfer", transfer_tasks.accept),
    ("POST", "/delete", transfer_tasks.accept),
    ("GET", "/task_list", transfer_tasks.listing),
    ("GET", "/task/{id}", transfer_tasks.read),
    ("PUT", "/task/{id}", transfer_tasks.update),
    ("POST", "/task/{id}/cancel", transfer_tasks.cancel),
    ("GET", "/task/{id}/event_list", transfer_tasks.events),
    ("GET", "/task/{id}/successful_transfers", transfer_tasks.successes),
    ("GET", "/task/{id}/skipped_errors", transfer_tasks.skipped),
    ("GET", "/task/{id}/pause_info", transfer_pauses.pause_info),
)


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """All routes of Transfer."""
    return [
        Route(f"{ROOT}{path}", functools.partial(_answer, sandbox, answer), methods=[method])
        for method, path, answer in _TABLE
    ]


async def _answer(sandbox: Sandbox, answer: Answer, request: Request) -> Response:
    who = caller(request, sandbox, TRANSFER_SERVER, [TRANSFER_ALL])
    resource = request.url.path.removeprefix(ROOT)
    body = await _json(request, resource) if request.method in ("POST", "PUT") else {}
    key = str(request.path_params.get("id", ""))
    asking = Asking(sandbox, who, sandbox.now(), resource, key, request.query_params, body)
    return JSONResponse(answer(asking))


async def _json(request: Request, resource: str) -> Document:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body: Any = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise transfer_refusal(400, "ClientError.BadRequest", "The body must be a JSON object", resource)
    return body

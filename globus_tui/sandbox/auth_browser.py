"""The routes that a browser opens."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from globus_tui.sandbox.auth_clients import form_of
from globus_tui.sandbox.auth_login import CODE_PAGE, LoginRefused, NotEnough, decide, read_login
from globus_tui.sandbox.auth_pages import (
    code_page,
    consents_page,
    logged_out_page,
    login_page,
    refused_page,
)
from globus_tui.sandbox.consents import withdraw
from globus_tui.sandbox.state import iso

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from globus_tui.sandbox.state import Sandbox

_UNKEPT = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def browser_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Signing in, the code page, logging out and the consents page."""

    async def authorize(request: Request) -> Response:
        return _authorize(sandbox, request.url.query)

    async def decision(request: Request) -> Response:
        return _decision(sandbox, await form_of(request))

    async def code(request: Request) -> Response:
        said = request.query_params
        return _html(code_page(said.get("code"), said.get("error"), said.get("error_description")))

    async def logout(request: Request) -> Response:
        sandbox.sessions.clear()
        return _html(logged_out_page())

    async def consents(request: Request) -> Response:
        if request.method == "POST":
            number = (await form_of(request)).get("consent", "")
            if number.isdecimal():
                withdraw(sandbox, int(number))
        return _html(consents_page(sandbox))

    return [
        Route("/v2/oauth2/authorize", authorize, methods=["GET"]),
        Route("/v2/oauth2/authorize", decision, methods=["POST"]),
        Route(CODE_PAGE, code),
        Route("/v2/web/logout", logout),
        Route("/consents", consents, methods=["GET", "POST"]),
    ]


def _authorize(sandbox: Sandbox, query: str, problem: str | None = None) -> Response:
    try:
        login = read_login(sandbox, dict(parse_qsl(query)))
    except LoginRefused as refused:
        return _refused(sandbox, refused)
    return _html(login_page(sandbox, login, query, problem))


def _decision(sandbox: Sandbox, form: dict[str, str]) -> Response:
    query = form.get("request", "")
    account = form.get("account", "")
    try:
        login = read_login(sandbox, dict(parse_qsl(query)))
        if account not in sandbox.people:
            return _authorize(sandbox, query, "Pick an account")
        allow = form.get("decision") == "allow"
        code = decide(sandbox, login, account, mfa=form.get("mfa") == "yes", allow=allow)
    except LoginRefused as refused:
        return _refused(sandbox, refused)
    except NotEnough as short:
        return _authorize(sandbox, query, str(short))
    return RedirectResponse(login.back(code=code), 303, headers=_UNKEPT)


def _refused(sandbox: Sandbox, refused: LoginRefused) -> Response:
    if refused.login is None:
        return _html(refused_page(refused, iso(sandbox.clock.now()) or ""), 400)
    back = refused.login.back(error=refused.error, error_description=refused.description)
    return RedirectResponse(back, 303, headers=_UNKEPT)


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, headers=_UNKEPT)

"""The Auth service: its routes and API resources, and the pages that a browser opens."""

from __future__ import annotations

import uuid
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from globus_tui.sandbox.access import Row, answered, auth_refusal, caller, live_token
from globus_tui.sandbox.auth import people
from globus_tui.sandbox.auth.login import CODE_PAGE, Login, LoginRefused, NotEnough, decide, read_login
from globus_tui.sandbox.auth.scopes import KNOWN, consents_of, describe, resource_server, withdraw
from globus_tui.sandbox.auth.tokens import ISSUER, public_keys, token
from globus_tui.sandbox.state import AUTH_SERVER, Consent, Document, Sandbox, Token, iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from globus_tui.domain.auth.scope import Scope

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b2a3d}
h1{font-size:1.4rem} fieldset{border:1px solid #c3ccd8;border-radius:6px;margin:1rem 0}
.sandbox{background:#fff4d6;border:1px solid #d9b64a;padding:.4rem .8rem;border-radius:6px}
.problem{background:#fde8e6;border:1px solid #b3261e;padding:.4rem .8rem;border-radius:6px}
code{overflow-wrap:anywhere;color:#51617a;font-size:.8rem} label{display:block;padding:.15rem 0}
button,input[readonly]{font:inherit;padding:.4rem 1rem} input[readonly]{width:95%;font-family:monospace}
.optional{color:#51617a;font-style:italic}
"""


def page(title: str, body: str) -> str:
    """A whole page; `body` is HTML already."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        '<body><p class="sandbox">This is a sandbox: pretend accounts, pretend data, no password.</p>'
        f"<h1>{escape(title)}</h1>{body}</body></html>"
    )


def login_page(sandbox: Sandbox, login: Login, query: str, problem: str | None = None) -> str:
    """The form on which an account is picked and the request is allowed or denied."""
    label = f" ({escape(login.label)})" if login.label else ""
    body = [
        f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
        f"<p>{escape(login.message)}</p>" if login.message else "",
        f'<form method="post"><input type="hidden" name="request" value="{escape(query)}">',
        f"<fieldset><legend>Sign in as</legend>{_accounts(sandbox, login)}</fieldset>",
        _requirements(sandbox, login),
        f"<fieldset><legend>{escape(login.client.name)}{label} would like to</legend>",
        f"{_tree(sandbox, login.nodes)}</fieldset>",
        '<button name="decision" value="allow">Allow</button> ',
        '<button name="decision" value="deny">Deny</button></form>',
    ]
    return page(f"Sign in to {login.client.name}", "".join(body))


def code_page(code: str | None, error: str | None, description: str | None) -> str:
    """Where a login ends that has no program listening: the code to copy, or why there is none."""
    if code is None:
        why = escape(description or error or "There is no code here.")
        refused = f'<p class="problem" role="alert"><b>{escape(error or "")}</b> {why}</p>'
        return page("No authorization code", refused)
    box = f'<input id="auth-code" aria-label="Authorization code" readonly value="{escape(code)}">'
    return page("Native App Authorization Code", f"<p>Copy this code into the program.</p>{box}")


def refused_page(refused: LoginRefused, moment: str) -> str:
    """An error that cannot be handed back to the client; worded like the service's own page."""
    sorry = "Sorry, but we encountered a problem while servicing your request."
    facts = f"<p>Occurred at time:<br>{escape(moment)}</p><p>Error code:<br>{escape(refused.error)}</p>"
    title = "Unknown scope(s)" if refused.error == "UNKNOWN_SCOPE_ERROR" else "Something is wrong"
    return page(title, f'<p>{sorry}</p><p class="problem">{escape(refused.description)}</p>{facts}')


def consents_page(sandbox: Sandbox) -> str:
    """Every consent in the sandbox, by person and client, each with a button that takes it back."""
    parts = []
    for person in sandbox.people.values():
        consents = [consent for consent in sandbox.consents if consent.identity_id == person.identity_id]
        if consents:
            rows = "".join(_consent(sandbox, consent) for consent in sorted(consents, key=lambda consent: consent.path))
            parts.append(f"<h2>{escape(person.username)}</h2>{rows}")
    return page("Consents", "".join(parts) or "<p>Nobody has allowed anything yet.</p>")


def _consent(sandbox: Sandbox, consent: Consent) -> str:
    client = sandbox.clients.get(consent.client_id)
    meaning = escape(describe(sandbox, consent.scope))
    who = f"{escape(client.name if client else consent.client_id)}: " if len(consent.path) == 1 else ""
    button = f'<button name="consent" value="{consent.consent_id}">Withdraw</button>'
    indent = f'style="margin-left:{2 * (len(consent.path) - 1)}rem"'
    since = escape(iso(consent.created) or "")
    return f'<form method="post" {indent}><p>{who}{meaning} <code>since {since}</code> {button}</p></form>'


def _accounts(sandbox: Sandbox, login: Login) -> str:
    required = {people.resolve_identity(sandbox, name) for name in login.identities}
    rows = []
    accounts = people.sign_in_accounts(sandbox)
    first = next((person for person in accounts if required <= {person.identity_id, *person.linked}), None)
    for person in accounts:
        checked = " checked" if person is first else ""
        radio = f'<input type="radio" name="account" value="{escape(person.identity_id)}" required{checked}>'
        rows.append(f"<label>{radio} {escape(person.name)} <code>{escape(person.username)}</code></label>")
    return "".join(rows)


def _requirements(sandbox: Sandbox, login: Login) -> str:
    required = [(name, people.resolve_identity(sandbox, name)) for name in login.identities]
    lines = [f"Sign in as {sandbox.people[key].username if key else name}" for name, key in required]
    if login.domains:
        lines.append(f"An account of {' or '.join(login.domains)}")
    for policy in login.policies:
        domains = people.policy_domains(sandbox, policy)
        lines.append(f"Policy {policy}" + (f": an account of {' or '.join(domains)}" if domains else ""))
    needs_mfa = login.mfa or any(people.policy_needs_mfa(sandbox, policy) for policy in login.policies)
    if needs_mfa:
        lines.append("A second factor")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    box = '<label><input type="checkbox" name="mfa" value="yes"> Use the second factor</label>'
    listed = f"<p>Required for this session:</p><ul>{items}</ul>" if items else ""
    return f"<fieldset><legend>How to sign in</legend>{listed}{box}</fieldset>"


def _tree(sandbox: Sandbox, nodes: Iterable[Scope]) -> str:
    items = []
    for node in nodes:
        optional = ' <span class="optional">(can be withdrawn by itself)</span>' if node.optional else ""
        below = _tree(sandbox, node.dependencies) if node.dependencies else ""
        meaning, name = escape(describe(sandbox, node.name)), escape(node.name)
        items.append(f"<li>{meaning}{optional}<br><code>{name}</code>{below}</li>")
    return f"<ul>{''.join(items)}</ul>"


_UNKEPT = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


async def _asked(sandbox: Sandbox, request: Request) -> Response:
    return _authorize(sandbox, request.url.query)


async def _code(sandbox: Sandbox, request: Request) -> Response:
    query = request.query_params
    return _html(code_page(query.get("code"), query.get("error"), query.get("error_description")))


async def _logout(sandbox: Sandbox, request: Request) -> Response:
    sandbox.sessions.clear()
    return _html(page("Logged out", "<p>The browser session has ended. Tokens of programs are not touched.</p>"))


async def _web_app(sandbox: Sandbox, request: Request) -> Response:
    return _html(page("The web app", "<p>The sandbox has no web app; what you look for is in the terminal.</p>"))


async def _consents_given(sandbox: Sandbox, request: Request) -> Response:
    if request.method == "POST":
        number = (await people.form_of(request)).get("consent", "")
        if number.isdecimal():
            withdraw(sandbox, int(number))
    return _html(consents_page(sandbox))


def _authorize(sandbox: Sandbox, query: str, problem: str | None = None) -> Response:
    try:
        login = read_login(sandbox, dict(parse_qsl(query)))
    except LoginRefused as refused:
        return _refused(sandbox, refused)
    return _html(login_page(sandbox, login, query, problem))


async def _decision(sandbox: Sandbox, request: Request) -> Response:
    form = await people.form_of(request)
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


BROWSER: tuple[Row, ...] = (
    *(("GET", path, _web_app) for path in ("/", "/activity/{any:path}", "/timers/{any:path}", "/file-manager")),
    ("GET", "/v2/oauth2/authorize", _asked),
    ("POST", "/v2/oauth2/authorize", _decision),
    ("GET", CODE_PAGE, _code),
    ("GET", "/v2/web/logout", _logout),
    ("GET", "/consents", _consents_given),
    ("POST", "/consents", _consents_given),
)


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Auth's routes; also makes sure that the clients which programs ship with are known."""
    people.ensure_known_clients(sandbox)
    table: list[Row] = [
        ("GET", "/.well-known/openid-configuration", _configuration),
        ("GET", "/jwk.json", _keys),
        ("POST", "/v2/oauth2/token", token),
        ("POST", "/v2/oauth2/token/revoke", _revoke),
        ("POST", "/v2/oauth2/token/validate", _validate),
        ("POST", "/v2/oauth2/token/introspect", _introspect),
        ("GET", "/v2/oauth2/userinfo", _userinfo),
        ("GET", "/v2/api/identities", _identities),
        ("GET", "/v2/api/identities/{identity_id}/consents", _consents),
        ("GET", "/v2/api/identity_providers", _identity_providers),
        ("POST", "/v2/api/clients", people.create_client),
        ("DELETE", "/v2/api/clients/{client_id}", people.delete_client),
        *BROWSER,
    ]
    return answered(sandbox, table)


async def _configuration(sandbox: Sandbox, request: Request) -> Response:
    base = str(request.base_url).rstrip("/")
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}/v2/oauth2/authorize",
            "token_endpoint": f"{base}/v2/oauth2/token",
            "revocation_endpoint": f"{base}/v2/oauth2/token/revoke",
            "userinfo_endpoint": f"{base}/v2/oauth2/userinfo",
            "jwks_uri": f"{base}/jwk.json",
            "scopes_supported": sorted(KNOWN),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS512"],
            "subject_types_supported": ["public"],
            "claims_supported": ["sub", "name", "email", "preferred_username", "identity_set", "at_hash"],
        }
    )


async def _keys(sandbox: Sandbox, request: Request) -> Response:
    return JSONResponse(public_keys())


_VIEW_CONSENTS = "urn:globus:auth:scope:auth.globus.org:view_consents"
_SPACE = uuid.UUID("31f0cf29-50fb-4b0e-9ac5-31ac5d1c7d0e")


async def _revoke(sandbox: Sandbox, request: Request) -> Response:
    """`POST /v2/oauth2/token/revoke`: the token is worthless from now on; unknown ones are answered alike."""
    form = await people.form_of(request)
    people.calling_client(request, sandbox, form)
    known = sandbox.tokens.get(form.get("token", ""))
    if known is not None:
        known.revoked = True
    return JSONResponse({"active": False})


async def _validate(sandbox: Sandbox, request: Request) -> Response:
    """`POST /v2/oauth2/token/validate`: whether a token (of either kind) is live."""
    form = await people.form_of(request)
    people.calling_client(request, sandbox, form)
    return JSONResponse({"active": live_token(sandbox, form.get("token", "")) is not None})


async def _introspect(sandbox: Sandbox, request: Request) -> Response:
    form = await people.form_of(request)
    people.confidential_client(request, sandbox, form)
    known = live_token(sandbox, form.get("token", ""))
    if known is None:
        return JSONResponse({"active": False})
    return JSONResponse(_introspected(sandbox, known, form.get("include", "").split(",")))


async def _userinfo(sandbox: Sandbox, request: Request) -> Response:
    who = caller(request, sandbox, AUTH_SERVER, ["openid", "profile", "email"])
    person = sandbox.people[who.identity_id]
    return JSONResponse(people.claims_of(sandbox, person, who.token.scopes, who.session))


async def _identities(sandbox: Sandbox, request: Request) -> Response:
    """`GET /v2/api/identities` by `ids` or `usernames`: whoever is unknown is left out.

    Any Auth token will do, and so will a confidential client; which scopes the service asks for is not known.
    `provision` is accepted and does nothing.
    """
    if people.basic_credentials(request) is not None:
        people.confidential_client(request, sandbox, {})
    else:
        caller(request, sandbox, AUTH_SERVER)
    asked = request.query_params
    if ("ids" in asked) == ("usernames" in asked):
        raise auth_refusal(400, "INVALID_PARAMETER", "Bad Request", "Give either ids or usernames")
    names = (asked.get("ids") or asked.get("usernames") or "").split(",")
    ids = dict.fromkeys(people.resolve_identity(sandbox, name) for name in names)
    accounts = [sandbox.people[identity_id] for identity_id in ids if identity_id is not None]
    answer: Document = {"identities": [people.identity_document(person) for person in accounts]}
    if "identity_provider" in asked.get("include", ""):
        answer["included"] = {"identity_providers": _providers(sandbox, {people.provider_of(p) for p in accounts})}
    return JSONResponse(answer)


async def _identity_providers(sandbox: Sandbox, request: Request) -> Response:
    """`GET /v2/api/identity_providers` by `ids`; all of them when none are named."""
    caller(request, sandbox, AUTH_SERVER)
    named = request.query_params.get("ids")
    known = {people.provider_of(person) for person in sandbox.people.values()}
    ids = known & set(named.split(",")) if named else known
    return JSONResponse({"identity_providers": _providers(sandbox, ids)})


async def _consents(sandbox: Sandbox, request: Request) -> Response:
    """`GET /v2/api/identities/{id}/consents`: those rooted at the calling client, or all with `view_consents`."""
    who = caller(request, sandbox, AUTH_SERVER)
    identity_id = request.path_params["identity_id"]
    if identity_id not in (who.identity_id, *sandbox.people[who.identity_id].linked):
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", "These are not your consents")
    everything = request.query_params.get("all", "false").lower() in ("true", "1")
    if everything and _VIEW_CONSENTS not in who.token.scopes:
        raise auth_refusal(403, "FORBIDDEN", "Forbidden", f"all=true requires {_VIEW_CONSENTS}")
    consents = consents_of(sandbox, identity_id, None if everything else who.client_id)
    return JSONResponse({"consents": [_consent_document(sandbox, consent) for consent in consents]})


def _consent_document(sandbox: Sandbox, consent: Consent) -> Document:
    """A consent as sent; below the root, `client` is the service that stands above it in the tree."""
    client = consent.client_id
    if len(consent.path) > 1:
        parent = next((other for other in sandbox.consents if other.path == consent.path[:-1]), consent)
        client = str(uuid.uuid5(_SPACE, resource_server(sandbox, parent.scope) or parent.scope))
    created = iso(consent.created)
    return {
        "id": consent.consent_id,
        "status": "approved",
        "scope_name": consent.scope,
        "scope": str(uuid.uuid5(_SPACE, consent.scope)),
        "client": client,
        "dependency_path": list(consent.path),
        "effective_identity": consent.identity_id,
        "allows_refresh": True,
        "auto_approved": False,
        "atomically_revocable": consent.optional,
        "created": created,
        "updated": created,
        "last_used": iso(consent.last_used) or created,
    }


def _introspected(sandbox: Sandbox, token: Token, include: list[str]) -> Document:
    person = sandbox.people[token.identity_id]
    issued = int(token.issued.timestamp())
    answer: Document = {
        "active": True,
        "token_type": "Bearer",
        "scope": " ".join(sorted(token.scopes)),
        "client_id": token.client_id,
        "sub": person.identity_id,
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "aud": [token.resource_server, token.client_id],
        "iss": ISSUER,
        "iat": issued,
        "nbf": issued,
        "exp": int(token.expires.timestamp()) if token.expires else None,
    }
    if "session_info" in include:
        answer["session_info"] = {
            "session_id": token.session.session_id,
            "authentications": {
                identity_id: {
                    "idp": people.provider_of(sandbox.people[identity_id]),
                    "auth_time": int(when.timestamp()),
                    "acr": None,
                    "amr": ["mfa"] if token.session.mfa else None,
                }
                for identity_id, when in token.session.authenticated.items()
                if identity_id in sandbox.people
            },
        }
    if "identity_set" in include:
        answer["identity_set"] = [identity["sub"] for identity in people.identity_set(sandbox, person)]
    if "identity_set_detail" in include:
        answer["identity_set_detail"] = people.identity_set(sandbox, person)
    return answer


def _providers(sandbox: Sandbox, ids: set[str]) -> list[Document]:
    providers: dict[str, Document] = {}
    for person in sandbox.people.values():
        key = people.provider_of(person)
        if key in ids:
            provider = providers.setdefault(
                key,
                {
                    "id": key,
                    "name": person.identity_provider_name,
                    "short_name": person.identity_provider_name.lower().replace(" ", "-"),
                    "alternative_names": [],
                    "domains": [],
                },
            )
            domain = person.username.rpartition("@")[2]
            if domain not in provider["domains"]:
                provider["domains"].append(domain)
    return list(providers.values())

"""The pages that a browser sees: signing in, the code, errors, logging out, the consents given."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth_people import sign_in_accounts
from globus_tui.sandbox.scopes import describe
from globus_tui.sandbox.sessions import policy_domains, policy_needs_mfa, resolve_identity
from globus_tui.sandbox.state import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.sandbox.auth_login import Login, LoginRefused
    from globus_tui.sandbox.scopes import ScopeNode
    from globus_tui.sandbox.state import Consent, Sandbox

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
        said = escape(description or error or "There is no code here.")
        refused = f'<p class="problem" role="alert"><b>{escape(error or "")}</b> {said}</p>'
        return page("No authorization code", refused)
    box = f'<input id="auth-code" aria-label="Authorization code" readonly value="{escape(code)}">'
    return page("Native App Authorization Code", f"<p>Copy this code into the program.</p>{box}")


def refused_page(refused: LoginRefused, moment: str) -> str:
    """An error that cannot be handed back to the client; worded like the service's own page."""
    said = "Sorry, but we encountered a problem while servicing your request."
    facts = f"<p>Occurred at time:<br>{escape(moment)}</p><p>Error code:<br>{escape(refused.error)}</p>"
    title = "Unknown scope(s)" if refused.error == "UNKNOWN_SCOPE_ERROR" else "Something is wrong"
    return page(title, f'<p>{said}</p><p class="problem">{escape(refused.description)}</p>{facts}')


def logged_out_page() -> str:
    """After logging out in the browser."""
    return page("Logged out", "<p>The browser session has ended. Tokens of programs are not touched.</p>")


def consents_page(sandbox: Sandbox) -> str:
    """Every consent in the sandbox, by person and client, each with a button that takes it back."""
    parts = []
    for person in sandbox.people.values():
        mine = [one for one in sandbox.consents if one.identity_id == person.identity_id]
        if mine:
            rows = "".join(_consent(sandbox, one) for one in sorted(mine, key=lambda one: one.path))
            parts.append(f"<h2>{escape(person.username)}</h2>{rows}")
    return page("Consents", "".join(parts) or "<p>Nobody has allowed anything yet.</p>")


def _consent(sandbox: Sandbox, one: Consent) -> str:
    client = sandbox.clients.get(one.client_id)
    what = escape(describe(sandbox, one.scope))
    who = f"{escape(client.name if client else one.client_id)}: " if len(one.path) == 1 else ""
    button = f'<button name="consent" value="{one.consent_id}">Withdraw</button>'
    indent = f'style="margin-left:{2 * (len(one.path) - 1)}rem"'
    since = escape(iso(one.created) or "")
    return f'<form method="post" {indent}><p>{who}{what} <code>since {since}</code> {button}</p></form>'


def _accounts(sandbox: Sandbox, login: Login) -> str:
    wanted = {resolve_identity(sandbox, name) for name in login.identities}
    rows = []
    people = sign_in_accounts(sandbox)
    first = next((one for one in people if wanted <= {one.identity_id, *one.linked}), None)
    for one in people:
        checked = " checked" if one is first else ""
        radio = f'<input type="radio" name="account" value="{escape(one.identity_id)}" required{checked}>'
        rows.append(f"<label>{radio} {escape(one.name)} <code>{escape(one.username)}</code></label>")
    return "".join(rows)


def _requirements(sandbox: Sandbox, login: Login) -> str:
    names = [_username(sandbox, name) for name in login.identities]
    lines = [f"Sign in as {name}" for name in names]
    if login.domains:
        lines.append(f"An account of {' or '.join(login.domains)}")
    for policy in login.policies:
        domains = policy_domains(sandbox, policy)
        lines.append(f"Policy {policy}" + (f": an account of {' or '.join(domains)}" if domains else ""))
    needs_mfa = login.mfa or any(policy_needs_mfa(sandbox, one) for one in login.policies)
    if needs_mfa:
        lines.append("A second factor")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    box = '<label><input type="checkbox" name="mfa" value="yes"> Use the second factor</label>'
    listed = f"<p>Required for this session:</p><ul>{items}</ul>" if items else ""
    return f"<fieldset><legend>How to sign in</legend>{listed}{box}</fieldset>"


def _username(sandbox: Sandbox, name: str) -> str:
    found = resolve_identity(sandbox, name)
    return sandbox.people[found].username if found else name


def _tree(sandbox: Sandbox, nodes: Iterable[ScopeNode]) -> str:
    items = []
    for node in nodes:
        optional = ' <span class="optional">(can be withdrawn by itself)</span>' if node.optional else ""
        below = _tree(sandbox, node.children) if node.children else ""
        what, name = escape(describe(sandbox, node.name)), escape(node.name)
        items.append(f"<li>{what}{optional}<br><code>{name}</code>{below}</li>")
    return f"<ul>{''.join(items)}</ul>"

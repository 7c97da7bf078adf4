from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from globus_tui.sandbox.auth.login import LoginRefused, NotEnough, approve
from globus_tui.sandbox.auth.people import TUTORIAL_CLIENT, resolve_identity, session_problem
from globus_tui.sandbox.auth.scopes import consented, withdraw
from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL, Session
from tests.sandbox.conftest import MAPPED
from tests.sandbox.test_auth_tokens import PAT, exchange, link

if TYPE_CHECKING:
    import httpx

    from globus_tui.sandbox.state import Sandbox

ACCESS = f"https://auth.globus.org/scopes/{MAPPED}/data_access"
TREE = f"{TIMER_SCOPE}[{TRANSFER_ALL}[*{ACCESS}]]"
POLICY = "5d0c0000-0000-4000-8000-000000000001"


class Form(HTMLParser):
    """The fields of a page, as a browser would send them with one button."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.accounts: list[str] = []
        self.code: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name"), found.get("value") or ""
        if found.get("id") == "auth-code":
            self.code = value
        if name == "account":
            self.accounts.append(value)
        if tag == "input" and name and (found.get("type") == "hidden" or "checked" in found):
            self.fields[name] = value


async def press(web: httpx.AsyncClient, url: str, **fields: str) -> httpx.Response:
    page = await web.get(url)
    assert page.status_code == 200, page.text
    return await web.post("/v2/oauth2/authorize", data=Form(page.text).fields | fields)


async def test_a_browser_signs_in_and_reads_the_code_off_a_page(web: httpx.AsyncClient, small: Sandbox) -> None:
    there = await press(web, link(TREE), decision="allow")
    assert there.status_code == 303
    code = Form((await web.get(there.headers["location"])).text).code
    assert code is not None
    assert (await exchange(web, code)).status_code == 200


async def test_the_page_shows_who_asks_for_what_and_why(web: httpx.AsyncClient) -> None:
    page = await web.get(link(TREE, session_message="Needed for <night> runs", prefill_named_grant="on node7"))
    assert "Globus SDK Tutorial (on node7) would like to" in page.text
    assert "Needed for &lt;night&gt; runs" in page.text
    assert page.text.index(TIMER_SCOPE) < page.text.index(TRANSFER_ALL) < page.text.index(ACCESS)
    assert "can be withdrawn by itself" in page.text
    assert "Read and write data on Test GCSv5_mapped_collection" in page.text
    assert "clients.auth.globus.org" not in page.text


async def test_denying_brings_no_code_and_changes_nothing(web: httpx.AsyncClient, small: Sandbox) -> None:
    there = await press(web, link(TREE), decision="deny")
    said = parse_qs(urlsplit(there.headers["location"]).query)
    assert said["error"] == ["access_denied"]
    assert said["state"] == ["s1"]
    page = await web.get(there.headers["location"])
    assert "access_denied" in page.text
    assert Form(page.text).code is None
    assert small.consents == []


async def test_a_program_that_listens_on_localhost_gets_the_code_itself(web: httpx.AsyncClient) -> None:
    there = await press(web, link(redirect_uri="http://localhost:4711/done?a=1"), decision="allow")
    target = urlsplit(there.headers["location"])
    assert target.netloc == "localhost:4711"
    assert {name for name, _ in parse_qsl(target.query)} == {"a", "code", "state"}


async def test_an_account_that_is_not_enough_is_told_what_is_missing(web: httpx.AsyncClient, small: Sandbox) -> None:
    sam = resolve_identity(small, "sam@elsewhere.example.com") or ""
    url = link(session_required_single_domain="uni.example.edu")
    again = await press(web, url, decision="allow", account=sam)
    assert again.status_code == 200
    assert "Sign in with an account of uni.example.edu" in again.text
    assert small.codes == {}
    pat = resolve_identity(small, PAT) or ""
    assert (await press(web, url, decision="allow", account=pat)).status_code == 303


async def test_the_account_at_hand_is_one_that_has_the_required_identity(
    web: httpx.AsyncClient, small: Sandbox
) -> None:
    page = await web.get(link(session_required_identities="pat@uni.example.edu"))
    chosen = small.people[Form(page.text).fields["account"]]
    assert chosen.username == PAT
    page = await web.get(link(session_required_identities="sam@elsewhere.example.com"))
    assert small.people[Form(page.text).fields["account"]].name == "Sam"


async def test_a_second_factor_is_a_box_to_tick(web: httpx.AsyncClient) -> None:
    url = link(session_required_mfa="True")
    assert "A second factor is required" in (await press(web, url, decision="allow")).text
    assert (await press(web, url, decision="allow", mfa="yes")).status_code == 303


async def test_a_program_may_bring_the_id_of_its_own_native_app(web: httpx.AsyncClient) -> None:
    page = await web.get(link(client_id="b1629e83-00e8-4036-a3bd-8a21dc2f9dce"))
    assert "Sign in to Native app b1629e83" in page.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "nobody"}, "UNKNOWN_CLIENT"),
        ({"redirect_uri": "https://evil.example.com/"}, "MISMATCHING_REDIRECT_URI"),
        ({"scope": "https://auth.globus.org/scopes/none/data_access"}, "requested unknown scopes"),
        ({"scope": "a["}, "invalid_scope"),
    ],
)
async def test_links_that_cannot_be_trusted_end_on_an_error_page(
    web: httpx.AsyncClient, change: dict[str, str], words: str
) -> None:
    page = await web.get(link(**change))
    assert page.status_code == 400
    assert words.lower() in page.text.lower()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_other_errors_go_back_to_the_program(web: httpx.AsyncClient, change: dict[str, str], error: str) -> None:
    there = await web.get(link(**change))
    assert f"error={error}" in there.headers["location"]


async def test_consents_can_be_seen_and_withdrawn(web: httpx.AsyncClient, small: Sandbox) -> None:
    approve(small, link(TREE), PAT)
    pat = resolve_identity(small, PAT) or ""
    assert consented(small, pat, TUTORIAL_CLIENT, TREE)
    leaf = next(one for one in small.consents if one.scope == ACCESS)
    page = await web.post("/consents", data={"consent": str(leaf.consent_id)})
    assert "Transfer files" in page.text
    assert ACCESS not in {one.scope for one in small.consents}
    assert not consented(small, pat, TUTORIAL_CLIENT, TREE)
    assert consented(small, pat, TUTORIAL_CLIENT, f"{TIMER_SCOPE}[{TRANSFER_ALL}]")


async def test_withdrawing_a_root_ends_its_tokens(web: httpx.AsyncClient, small: Sandbox) -> None:
    reply = (await exchange(web, approve(small, link("openid"), PAT))).json()
    root = next(one for one in small.consents if one.scope == "openid")
    withdraw(small, root.consent_id)
    bearer = {"authorization": f"Bearer {reply['access_token']}"}
    assert (await web.get("/v2/oauth2/userinfo", headers=bearer)).status_code == 401


async def test_logging_out_in_the_browser_forgets_what_it_had_proved(web: httpx.AsyncClient, small: Sandbox) -> None:
    approve(small, link(), PAT, mfa=True)
    assert small.sessions
    assert "Logged out" in (await web.get("/v2/web/logout")).text
    assert small.sessions == {}


def last_session(small: Sandbox) -> Session:
    return next(reversed(small.codes.values()))["session"]  # type: ignore[no-any-return]  # codes are documents


def test_a_login_cures_exactly_what_the_session_lacked(small: Sandbox) -> None:
    uni = resolve_identity(small, "pat@uni.example.edu") or ""
    demands = {"policies": [POLICY], "domains": ["uni.example.edu"], "mfa": True, "identities": [uni]}
    approve(small, link(), PAT)
    problem = session_problem(small, last_session(small), **demands)  # type: ignore[arg-type]  # a mixed dict
    assert problem == {
        "session_required_policies": [POLICY],
        "session_required_single_domain": ["uni.example.edu"],
        "session_required_mfa": True,
        "session_required_identities": [uni],
    }
    cure = link(
        session_required_policies=POLICY,
        session_required_single_domain="uni.example.edu",
        session_required_mfa="true",
        session_required_identities=f"urn:globus:auth:identity:{uni}",
    )
    with pytest.raises(NotEnough, match="second factor"):
        approve(small, cure, PAT)
    approve(small, cure, PAT, mfa=True)
    assert session_problem(small, last_session(small), **demands) is None  # type: ignore[arg-type]  # a mixed dict


def test_a_policy_has_its_own_domain_second_factor_and_age(small: Sandbox) -> None:
    small.policies[POLICY] = {
        "domain_constraints_include": ["uni.example.edu"],
        "required_mfa": True,
        "authentication_assurance_timeout": 600,
    }
    url = link(session_required_policies=POLICY)
    with pytest.raises(NotEnough, match=r"uni\.example\.edu"):
        approve(small, url, "sam@elsewhere.example.com", mfa=True)
    with pytest.raises(NotEnough, match="second factor"):
        approve(small, url, PAT)
    approve(small, url, PAT, mfa=True)
    assert session_problem(small, last_session(small), policies=[POLICY]) is None
    small.clock.advance(601)
    assert session_problem(small, last_session(small), policies=[POLICY]) is not None


def test_an_identity_that_nobody_can_show_is_not_enough(small: Sandbox) -> None:
    with pytest.raises(NotEnough, match="Sign in as sam@elsewhere"):
        approve(small, link(session_required_identities="sam@elsewhere.example.com"), PAT)
    with pytest.raises(LoginRefused, match="access_denied"):
        approve(small, link(), PAT, allow=False)

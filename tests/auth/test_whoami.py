from __future__ import annotations

from datetime import timedelta

from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.service_account import ServiceAccount
from globus_tui.auth.token_store import MemoryTokens
from globus_tui.auth.whoami import whoami, whoami_service
from globus_tui.domain.auth.credentials import Identity, Secret
from globus_tui.domain.auth.scope import render, with_base
from tests.auth.fakes import PAT, START, grants_for

KEY = ProfileKey("lab", "production", "an-id")
LINKED = Identity(PAT.identity_id, PAT.username, "Pat", linked=(PAT, Identity("x", "pat@old.example.org")))
SIGN_IN = SignIn.fresh(LINKED, grants_for(render(with_base()), 0, START, offline=True), START)


def test_it_says_who_where_and_how_long_and_never_the_token() -> None:
    store = MemoryTokens()
    store.merge(KEY, SIGN_IN)
    found = whoami(store, KEY, START)
    text = "\n".join(found.lines(START))
    assert text.startswith("pat@lab.example.org (Pat)")
    assert "profile lab, environment production, app an-id" in text
    assert "linked to pat@old.example.org" in text
    assert "tokens are kept in memory only" in text
    assert "Globus Timers: signed in 2026-09-01 08:00 UTC" in text
    assert "good until 2026-09-03 08:00 UTC" in text
    assert "lapses 2027-03-02 if unused" in text
    assert "access-0" not in text + repr(found)
    assert "refresh-0" not in text + repr(found)


def test_it_warns_of_the_lapse() -> None:
    store = MemoryTokens()
    store.merge(KEY, SIGN_IN)
    later = START + timedelta(days=160)
    text = "\n".join(whoami(store, KEY, later).lines(later))
    assert "lapses in 22 days" in text
    assert "expired, renewed when needed" in text


def test_nobody_signed_in_is_not_an_empty_answer() -> None:
    lines = whoami(MemoryTokens(), KEY, START).lines(START)
    assert lines[0] == "Nobody is signed in."
    assert "would be kept" in lines[2]


def test_a_service_account_says_which_variables_it_came_from() -> None:
    account = ServiceAccount("an-id", Secret("the-secret"), "GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET")
    text = "\n".join(whoami_service(account, KEY).lines(START))
    assert text.startswith("Service account an-id (from GLOBUS_TUI_CLIENT_ID")
    assert "the-secret" not in text

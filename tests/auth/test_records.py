from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from globus_tui.auth.records import ProfileKey, SavedGrant, SignIn, decode, encode, merge_sign_ins
from globus_tui.domain.auth.credentials import Secret, TokenGrant
from tests.auth.fakes import PAT, SAM, START

HOUR = timedelta(hours=1)


def saved(
    access: str, *, login: int = 0, expires: int = 48, refresh: str | None = "r", server: str = "s"
) -> SavedGrant:
    grant = TokenGrant(server, Secret(access), START + expires * HOUR, ("a", "b"), Secret(refresh) if refresh else None)
    return SavedGrant(grant, START + login * HOUR, START + login * HOUR)


def access(sign_in: SignIn, server: str = "s") -> str:
    return sign_in.grants[server].grant.access_token.reveal()


def test_what_is_written_is_read_back() -> None:
    sign_in = SignIn(PAT, {"s": saved("one"), "t": saved("two", refresh=None, server="t")})
    assert decode(json.loads(json.dumps(encode(sign_in)))) == sign_in


def test_tokens_of_other_services_are_kept() -> None:
    kept = merge_sign_ins(SignIn(PAT, {"s": saved("one")}), SignIn(PAT, {"t": saved("two", server="t")}))
    assert (access(kept), access(kept, "t")) == ("one", "two")


def test_a_clock_that_was_ahead_when_somebody_signed_in_keeps_no_old_tokens() -> None:
    ahead = SignIn(PAT, {"s": saved("old", login=24 * 365, expires=24 * 367)})
    assert access(merge_sign_ins(ahead, SignIn(PAT, {"s": saved("signed in again")}))) == "signed in again"
    renewal = SignIn(PAT, {"s": saved("renewed", login=24 * 365)})
    assert access(merge_sign_ins(ahead, renewal, renewal=True)) == "renewed"


@pytest.mark.parametrize("login", [1, -1])
def test_a_late_renewal_of_another_login_does_not_undo_a_new_login(login: int) -> None:
    kept = SignIn(PAT, {"s": saved("wider", login=login, expires=49)})
    renewal = SignIn(PAT, {"s": saved("narrower", login=0, expires=60)})
    assert access(merge_sign_ins(kept, renewal, renewal=True)) == "wider"


def test_what_was_renewed_meanwhile_is_not_said_to_be_refused() -> None:
    renewed, refused = SignIn(PAT, {"s": saved("renewed")}), SignIn(PAT, {"s": replace(saved("old"), refused=True)})
    assert merge_sign_ins(renewed, refused, renewal=True) == renewed
    assert merge_sign_ins(SignIn(PAT, {"s": saved("old")}), refused, renewal=True) == refused


def test_tokens_of_another_identity_change_nothing() -> None:
    kept = SignIn(PAT, {"s": saved("pats")})
    assert merge_sign_ins(kept, SignIn(SAM, {"s": saved("sams", login=5, expires=99)})) is kept


def test_a_renewal_without_refresh_token_or_scopes_keeps_the_old_ones() -> None:
    renewed = saved("one").with_renewal(TokenGrant("s", Secret("two"), START + 50 * HOUR), START + 2 * HOUR)
    assert renewed.grant.refresh_token == Secret("r")
    assert renewed.grant.scopes == ("a", "b")
    assert renewed.used_at == START + 2 * HOUR
    assert renewed.signed_in_at == START


def test_an_unreadable_grant_is_left_out_and_the_rest_is_read() -> None:
    document = encode(SignIn(PAT, {"s": saved("one"), "t": saved("two", server="t")}))
    document["grants"]["s"]["expires_at"] = "soon"
    document["grants"]["u"] = ["what"]
    read = decode(document)
    assert read is not None
    assert set(read.grants) == {"t"}


def test_a_document_without_identity_is_no_sign_in() -> None:
    assert decode({"grants": {}}) is None
    assert decode("what") is None


def test_profile_keys_survive_writing() -> None:
    key = ProfileKey("lab", "production@localhost:8000", "an-id")
    assert ProfileKey.parse(str(key)) == key
    assert ProfileKey.parse("only/two") is None

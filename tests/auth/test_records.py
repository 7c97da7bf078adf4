from __future__ import annotations

import json
from datetime import timedelta

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


def test_of_two_renewals_the_longer_lived_wins_in_either_order() -> None:
    older, newer = SignIn(PAT, {"s": saved("older")}), SignIn(PAT, {"s": saved("newer", expires=49)})
    assert access(merge_sign_ins(older, newer)) == access(merge_sign_ins(newer, older)) == "newer"


def test_a_late_renewal_of_an_old_login_does_not_undo_a_new_login() -> None:
    login = SignIn(PAT, {"s": saved("wider", login=1, expires=49)})
    renewal = SignIn(PAT, {"s": saved("narrower", login=0, expires=60)})
    assert access(merge_sign_ins(login, renewal)) == "wider"


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

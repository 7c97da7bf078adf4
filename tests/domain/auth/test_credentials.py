"""A token is never shown, and consents are compared along whole paths."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from dataclasses import asdict

import pytest

from globus_tui.domain.auth.credentials import (
    ConsentRecord,
    Identity,
    Secret,
    TokenAnswer,
    TokenGrant,
    are_granted,
    missing,
)
from globus_tui.domain.auth.scope import Scope, data_access, timer_scope, transfer_scope
from tests.domain.samples import NOW

HIDDEN = "AgTotallySecretToken"
GRANT = TokenGrant("auth.globus.org", Secret(HIDDEN), NOW, ("openid",), Secret(HIDDEN + "R"))


def test_a_secret_never_prints(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(HIDDEN)
    answer = TokenAnswer((GRANT,), Secret(HIDDEN))
    logging.getLogger(__name__).warning("%s %r %s", secret, secret, answer)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!s:>40}", f"{secret:>40}", "%s" % secret, caplog.text]  # noqa: UP031
    shown += [repr(GRANT), repr(answer), str([secret]), str({"token": secret}), repr(ValueError(secret))]
    assert not [text for text in shown if HIDDEN in text]
    assert secret.reveal() == HIDDEN


@pytest.mark.parametrize("leak", [pickle.dumps, json.dumps, copy.deepcopy, asdict])
def test_a_secret_cannot_be_copied_out_by_accident(leak: object) -> None:
    assert callable(leak)
    with pytest.raises(TypeError):
        leak(GRANT)


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


def consent(number: int, scope: str, *path: int, status: str | None = "approved") -> ConsentRecord:
    return ConsentRecord.from_document(
        {"id": number, "scope_name": scope, "dependency_path": [*path, number], "status": status}
    )


TIMER, TRANSFER = timer_scope().name, transfer_scope().name
FULL = [
    consent(1, TIMER),
    consent(2, TRANSFER, 1),
    consent(3, data_access("c1").name, 1, 2),
]


def test_a_consent_counts_along_its_whole_path() -> None:
    assert are_granted(FULL, [timer_scope(["c1"])])
    assert are_granted(FULL, [timer_scope()])
    assert missing(FULL, [timer_scope(["c1", "c2"])]) == (timer_scope(["c1", "c2"]),)


def test_the_same_scope_below_another_service_does_not_count() -> None:
    elsewhere = [
        consent(1, TIMER),
        consent(2, TRANSFER, 1),
        consent(5, TRANSFER),
        consent(6, data_access("c1").name, 5),
    ]
    assert not are_granted(elsewhere, [timer_scope(["c1"])])
    assert are_granted(elsewhere, [transfer_scope(["c1"])])


def test_a_consent_that_was_not_approved_does_not_count_but_one_without_a_status_does() -> None:
    assert not are_granted([consent(1, TIMER, status="pending")], [Scope(TIMER)])
    assert are_granted([consent(1, TIMER, status=None)], [Scope(TIMER)])


def test_a_consent_below_one_that_was_withdrawn_does_not_count() -> None:
    broken = [consent(1, TIMER), consent(2, TRANSFER, 1, status="revoked"), FULL[2]]
    assert not are_granted(broken, [timer_scope(["c1"])])


def test_an_identity_is_read_from_both_services_forms() -> None:
    userinfo = Identity.from_document(
        {"sub": "u1", "preferred_username": "pat@lab", "identity_set": [{"sub": "u1"}, {"sub": "u2", "username": "p2"}]}
    )
    assert (userinfo.identity_id, userinfo.username) == ("u1", "pat@lab")
    assert [one.identity_id for one in userinfo.linked] == ["u1", "u2"]
    assert Identity.from_document({"id": "u3", "username": "x"}).identity_id == "u3"

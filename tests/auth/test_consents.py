from __future__ import annotations

import pytest

from globus_tui.auth.scopes import needs_consent
from globus_tui.auth.sign_in_request import missing_scopes
from globus_tui.domain.auth.credentials import ConsentRecord
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TIMER, TRANSFER_ALL, data_access, timer_scope
from globus_tui.domain.transfer.collection import Collection, CollectionKind

A, B = "aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"
MAPPED_A = Collection(A, "A", CollectionKind.MAPPED, high_assurance=False)
MAPPED_B = Collection(B, "B", CollectionKind.MAPPED, high_assurance=False)


def chain(*names: str, start: int = 100) -> tuple[ConsentRecord, ...]:
    path = tuple(range(start, start + len(names)))
    return tuple(ConsentRecord(path[n], name, path[: n + 1]) for n, name in enumerate(names))


TO_A = chain(TIMER, TRANSFER_ALL, data_access(A).name)


def test_only_collections_without_a_consent_are_asked_for() -> None:
    assert needs_consent([MAPPED_A, MAPPED_B], TO_A) == (timer_scope([B]),)
    assert needs_consent([MAPPED_A], TO_A) == ()
    assert needs_consent([MAPPED_A, MAPPED_A], ()) == (timer_scope([A]),)


@pytest.mark.parametrize(
    "collection",
    [
        Collection(B, "guest", CollectionKind.GUEST, high_assurance=False),
        Collection(B, "protected", CollectionKind.MAPPED, high_assurance=True),
        Collection(B, "not said", CollectionKind.MAPPED, high_assurance=None),
        Collection(B, "laptop", CollectionKind.GCP_MAPPED, high_assurance=False),
    ],
)
def test_collections_without_data_access_are_never_asked_for(collection: Collection) -> None:
    assert needs_consent([collection], ()) == ()


def test_a_consent_for_transfer_alone_does_not_serve_timers() -> None:
    assert needs_consent([MAPPED_A], chain(TRANSFER_ALL, data_access(A).name)) == (timer_scope([A]),)


def test_an_outdated_requirement_is_met_by_its_present_form() -> None:
    rooted_at_provider = f"{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]"
    rooted_at_timer = f"{TIMER}[{rooted_at_provider}]"
    for required in (rooted_at_provider, rooted_at_timer):
        gare = Gare("ConsentRequired", required_scopes=(required,))
        assert missing_scopes(gare, TO_A) == ()
        assert len(missing_scopes(gare, ())) == 1


def test_an_old_consent_at_the_provider_does_not_hide_that_the_timer_has_none() -> None:
    provider = chain(LEGACY_TRANSFER_ACTION, TRANSFER_ALL, data_access(A).name)
    required = f"{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]"
    assert missing_scopes(Gare("ConsentRequired", required_scopes=(required,)), provider) != ()


def test_an_old_consent_below_the_timer_still_counts() -> None:
    old = chain(TIMER, LEGACY_TRANSFER_ACTION, TRANSFER_ALL, data_access(A).name)
    required = f"{TIMER}[{LEGACY_TRANSFER_ACTION}[{TRANSFER_ALL}[{data_access(A)}]]]"
    assert missing_scopes(Gare("ConsentRequired", required_scopes=(required,)), old) == ()

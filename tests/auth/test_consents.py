from __future__ import annotations

from globus_tui.auth.sign_in_request import missing_scopes
from globus_tui.domain.auth.credentials import ConsentRecord
from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import LEGACY_TRANSFER_ACTION, TIMER, TRANSFER_ALL, data_access

A, B = "aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b"


def chain(*names: str, start: int = 100) -> tuple[ConsentRecord, ...]:
    path = tuple(range(start, start + len(names)))
    return tuple(ConsentRecord(name, path[: n + 1]) for n, name in enumerate(names))


TO_A = chain(TIMER, TRANSFER_ALL, data_access(A).name)


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

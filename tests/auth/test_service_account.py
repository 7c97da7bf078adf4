from __future__ import annotations

import pytest

from globus_tui.auth.service_account import from_environ
from globus_tui.domain.errors import SettingsError

SECRET = "very-secret-words"


def test_id_and_secret_make_a_service_account() -> None:
    found = from_environ({"GLOBUS_TUI_CLIENT_ID": "an-id", "GLOBUS_TUI_CLIENT_SECRET": SECRET})
    assert found is not None
    assert (found.client_id, found.client_secret.reveal()) == ("an-id", SECRET)
    assert SECRET not in repr(found)


def test_the_official_clis_variables_are_accepted() -> None:
    found = from_environ({"GLOBUS_CLI_CLIENT_ID": "an-id", "GLOBUS_CLI_CLIENT_SECRET": SECRET})
    assert found is not None
    assert found.origin == "GLOBUS_CLI_CLIENT_ID and GLOBUS_CLI_CLIENT_SECRET"


def test_our_own_variables_win_over_the_official_clis() -> None:
    found = from_environ(
        {
            "GLOBUS_TUI_CLIENT_ID": "ours",
            "GLOBUS_TUI_CLIENT_SECRET": SECRET,
            "GLOBUS_CLI_CLIENT_ID": "theirs",
            "GLOBUS_CLI_CLIENT_SECRET": "x",
        }
    )
    assert found is not None
    assert found.client_id == "ours"


def test_nothing_set_means_a_person_signs_in() -> None:
    assert from_environ({"GLOBUS_TUI_CLIENT_ID": "", "GLOBUS_TUI_CLIENT_SECRET": ""}) is None


@pytest.mark.parametrize("prefix", ["GLOBUS_TUI", "GLOBUS_CLI"])
@pytest.mark.parametrize(("given", "lacking"), [("CLIENT_ID", "CLIENT_SECRET"), ("CLIENT_SECRET", "CLIENT_ID")])
def test_half_a_pair_is_refused_naming_the_missing_half(prefix: str, given: str, lacking: str) -> None:
    with pytest.raises(SettingsError, match=f"{prefix}_{lacking} is missing") as refused:
        from_environ({f"{prefix}_{given}": SECRET})
    assert SECRET not in str(refused.value) + refused.value.advice


def test_an_id_alone_names_both_remedies() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environ({"GLOBUS_TUI_CLIENT_ID": "an-id"})
    assert "GLOBUS_TUI_CLIENT_SECRET" in refused.value.advice
    assert "GLOBUS_TUI_SIGN_IN=person" in refused.value.advice


def test_a_facilitys_native_app_is_taken_at_its_word() -> None:
    alone = {"GLOBUS_TUI_CLIENT_ID": "an-id"}
    assert from_environ(alone | {"GLOBUS_TUI_SIGN_IN": "person"}) is None
    assert from_environ(alone, sign_in="person") is None
    assert from_environ(alone, native_ids=("an-id",)) is None


def test_a_service_account_demanded_but_absent_is_an_error() -> None:
    with pytest.raises(SettingsError, match="are not set"):
        from_environ({"GLOBUS_TUI_SIGN_IN": "service"})
    with pytest.raises(SettingsError, match="SECRET is missing"):
        from_environ({"GLOBUS_TUI_CLIENT_ID": "an-id"}, sign_in="service", native_ids=("an-id",))


def test_an_unknown_way_to_sign_in_is_named() -> None:
    with pytest.raises(SettingsError, match="auto, person, service"):
        from_environ({"GLOBUS_TUI_SIGN_IN": "robot"})

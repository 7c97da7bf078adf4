from __future__ import annotations

import pytest

from globus_tui.auth.records import ProfileKey, SignIn, checked_name, environment_label, native_ids
from globus_tui.auth.token_store import MemoryTokens
from globus_tui.domain.errors import SettingsError
from tests.auth.fakes import PAT


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "-x", "x" * 65, "two words", "ä"])
def test_names_that_could_be_mistaken_for_something_else_are_refused(name: str) -> None:
    with pytest.raises(SettingsError):
        checked_name(name)


def test_tokens_of_a_test_service_are_kept_apart_from_the_real_ones() -> None:
    assert environment_label("production", "https://auth.globus.org/") == "production"
    assert environment_label("preview", "https://auth.preview.globus.org") == "preview"
    assert environment_label("production", "http://127.0.0.1:8000/") == "production@127.0.0.1:8000"
    assert environment_label("production", "https://notglobus.org/") == "production@notglobus.org"


def test_native_clients_are_known_by_what_is_stored_for_them() -> None:
    store = MemoryTokens()
    store.merge(ProfileKey("lab", "production", "an-id"), SignIn(PAT))
    store.merge(ProfileKey("test", "preview", "other-id"), SignIn(PAT))
    assert native_ids(store) == {"an-id", "other-id"}

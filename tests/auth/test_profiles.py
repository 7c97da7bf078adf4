from __future__ import annotations

import pytest

from globus_tui.auth.memory_tokens import MemoryTokens
from globus_tui.auth.profiles import checked_name, environment_label, native_ids, profile_name, stored_profiles
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.domain.errors import SettingsError
from tests.auth.fakes import PAT


def test_the_option_wins_over_the_variable_and_that_over_the_file() -> None:
    environ = {"GLOBUS_PROFILE": "from-variable"}
    assert profile_name("from-option", environ, "from-file") == "from-option"
    assert profile_name(None, environ, "from-file") == "from-variable"
    assert profile_name(None, {"GLOBUS_PROFILE": ""}, "from-file") == "from-file"
    assert profile_name(None, {}) == "default"


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "-x", "x" * 65, "two words", "ä"])
def test_names_that_could_be_mistaken_for_something_else_are_refused(name: str) -> None:
    with pytest.raises(SettingsError):
        checked_name(name)
    if name:
        with pytest.raises(SettingsError, match="GLOBUS_PROFILE"):
            profile_name(None, {"GLOBUS_PROFILE": name})


def test_tokens_of_a_test_service_are_kept_apart_from_the_real_ones() -> None:
    assert environment_label("production", "https://auth.globus.org/") == "production"
    assert environment_label("preview", "https://auth.preview.globus.org") == "preview"
    assert environment_label("production", "http://127.0.0.1:8000/") == "production@127.0.0.1:8000"
    assert environment_label("production", "https://notglobus.org/") == "production@notglobus.org"
    label = environment_label("production", "https://x.globus.org/", default_auth_url="https://auth.globus.org/")
    assert label == "production@x.globus.org"


def test_the_switcher_lists_who_is_signed_in_here_and_what_is_configured() -> None:
    store = MemoryTokens()
    store.merge(ProfileKey("lab", "production", "an-id"), SignIn(PAT))
    store.merge(ProfileKey("test", "preview", "other-id"), SignIn(PAT))
    assert stored_profiles(store, "production", ["default"]) == ("default", "lab")
    assert native_ids(store) == {"an-id", "other-id"}

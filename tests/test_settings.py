"""Settings: every fault names the file and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.api.environment import Environment
from globus_tui.domain.errors import SettingsError
from globus_tui.keymap import DEFAULT_KEYS, read_keys
from globus_tui.settings import ENVIRONMENTS, TUTORIAL_CLIENT_ID, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def _written(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return {"GLOBUS_TUI_CONFIG": str(path)}


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = load_settings({"GLOBUS_TUI_CONFIG": str(tmp_path / "none.toml")})
    assert (found.refresh, found.profile, found.client_id) == (30, "default", TUTORIAL_CLIENT_ID)
    assert found.problems == ()


def test_a_profile_lays_its_own_values_over_the_file(tmp_path: Path) -> None:
    environ = _written(tmp_path, 'refresh = 60\nprofile = "lab"\n[profiles.lab]\nrefresh = 20\n')
    assert load_settings(environ).refresh == 20
    assert load_settings(environ | {"GLOBUS_PROFILE": "other"}).refresh == 60
    assert load_settings(environ, profile="third").profile == "third"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("refresh = 5\n", "refresh must be 0 (off) or seconds from 10"),
        ("keep_replaced_days = -1\n", "keep_replaced_days must be 0 (never ask) or days"),
        ("refesh = 30\n", "unknown setting 'refesh'"),
        ("refresh = \n", "line 1"),
        ('token_store = "vault"\n', "token_store must be one of auto, keyring, file"),
        ('[keys]\n"job.paus" = "s"\n', "'job.paus' is no command"),
        ('[keys]\n"job.copy" = "s"\n', "'s' is set for both job.copy and job.pause-resume"),
        ('[keys]\n"job.copy" = "ctrl+b"\n', "taken by tmux"),
        ("[profiles.lab]\nrefresh = 1\n", "[profiles.lab]: refresh must be"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault_and_the_program_starts_on_defaults(
    tmp_path: Path, text: str, said: str
) -> None:
    found = load_settings(_written(tmp_path, text))
    assert len(found.problems) == 1
    assert str(tmp_path / "config.toml") in found.problems[0]
    assert said in found.problems[0]
    assert found.refresh == 30


def test_two_commands_may_swap_their_keys() -> None:
    keys = read_keys({"job.copy": "s", "job.pause-resume": "c"}, "config")
    assert (keys["job.copy"], keys["job.pause-resume"]) == ("s", "c")


def test_default_keys_do_not_clash_with_each_other() -> None:
    # Tab is kept for moving between panes: the program may use it for that, a user's table may not take it away.
    for command in (one for one, key in DEFAULT_KEYS.items() if key != "tab"):
        read_keys({command: DEFAULT_KEYS[command]}, "defaults")


def test_a_key_must_be_text() -> None:
    with pytest.raises(SettingsError, match="write the key as text"):
        read_keys({"job.copy": 5}, "config")


def test_a_profile_may_live_in_another_environment(tmp_path: Path) -> None:
    environ = _written(tmp_path, '[profiles.lab]\nenvironment = "preview"\n[profiles.home]\n')
    assert load_settings(environ, profile="lab").environment == "preview"
    found = load_settings(environ, profile="home")
    assert (found.environment, found.profiles) == (None, ("lab", "home"))
    wrong = load_settings(_written(tmp_path, '[profiles.lab]\nenvironment = "atlantis"\n'))
    assert "environment must be one of production, preview" in wrong.problems[0]


def test_the_environments_of_profiles_are_those_of_the_client() -> None:
    for name in ENVIRONMENTS:
        assert Environment.read({"GLOBUS_SDK_ENVIRONMENT": name}).name == name


def test_the_id_of_a_service_account_is_not_taken_for_the_app_that_people_sign_in_with(tmp_path: Path) -> None:
    alone = _written(tmp_path, "") | {"GLOBUS_TUI_CLIENT_ID": "an-id"}
    assert load_settings(alone).client_id == "an-id"
    assert load_settings(alone | {"GLOBUS_TUI_CLIENT_SECRET": "hush"}).client_id == TUTORIAL_CLIENT_ID

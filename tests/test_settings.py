"""Settings: every fault names the file and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.api.environment import Environment
from globus_tui.commands import DEFAULT_KEYS, read_keys
from globus_tui.domain.errors import SettingsError
from globus_tui.settings import ENVIRONMENTS, TUTORIAL_CLIENT_ID, configured_profiles, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def _written(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return {"GLOBUS_TUI_CONFIG": str(path)}


def test_without_a_file_the_defaults_hold_but_one_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    found = load_settings({})
    assert (found.refresh, found.profile, found.client_id) == (30, "default", TUTORIAL_CLIENT_ID)
    assert found.problems == ()
    with pytest.raises(SettingsError, match=r"GLOBUS_TUI_CONFIG names .*none\.toml, which is not there"):
        load_settings({"GLOBUS_TUI_CONFIG": str(tmp_path / "none.toml")})


def test_what_is_undone_or_gone_on_with_in_one_globus_environment_is_not_that_of_another(tmp_path: Path) -> None:
    environ = _written(tmp_path, '[profiles.try]\nenvironment = "preview"\n')
    usual = load_settings(environ).paths
    assert load_settings(environ | {"GLOBUS_SDK_ENVIRONMENT": "production"}).paths == usual
    assert load_settings(environ | {"GLOBUS_SDK_ENVIRONMENT": "../x"}).paths == usual, "which is refused later"
    sandbox = load_settings(environ | {"GLOBUS_SDK_ENVIRONMENT": "sandbox"}).paths
    preview = load_settings(environ | {"GLOBUS_SDK_ENVIRONMENT": "sandbox"}, profile="try").paths
    assert (sandbox.state, preview.state) == (usual.state / "sandbox", usual.state / "preview")
    assert (preview.config, preview.data, preview.cache) == (usual.config, usual.data, usual.cache)


def test_a_profile_lays_its_own_values_over_the_file(tmp_path: Path) -> None:
    environ = _written(tmp_path, 'refresh = 60\nprofile = "lab"\n[profiles.lab]\nrefresh = 20\n')
    assert load_settings(environ).refresh == 20
    assert load_settings(environ | {"GLOBUS_PROFILE": "other"}).refresh == 60
    assert load_settings(environ, profile="third").profile == "third"


GOOD = "ascii = true\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("refresh = 5\n", 2, "refresh must be 0 (off) or seconds from 10"),
        ("keep_replaced_days = -1\n", 2, "keep_replaced_days must be 0 (never ask) or days"),
        ("refesh = 30\n", 2, "unknown setting 'refesh'; did you mean refresh?"),
        ("them = 'globus-dark'\n", 2, "did you mean theme?"),
        ("xyz = 1\n", 2, "unknown setting 'xyz'; known: "),
        ("refresh = \n", 2, "'refresh =' is no TOML"),
        ("mouse = true\nmouse = false\n", 3, "'mouse = false' is no TOML"),
        ("\n\nzone = 'America/Chicgo'\n", 4, "did you mean 'America/Chicago'?"),
        ("zone = 'Mars/Olympus'\n", 2, "zone must be an IANA time zone"),
        ('token_store = "vault"\n', 2, "token_store must be one of auto, keyring, file"),
        ('token_store = "fil"\n', 2, "did you mean 'file'?"),
        ('keys = "s"\n', 2, "keys must be a table"),
        ('[keys]\n"job.paus" = "s"\n', 3, "'job.paus' is no command; did you mean job.pau"),
        ('[keys]\n"job.copy" = "s"\n', 3, "'s' is set for both job.copy and job.pause-resume"),
        ('[keys]\n"job.copy" = "ctrl+b"\n', 3, "taken by tmux"),
        ('[keys]\n"job.copy" = 5\n', 3, "write the key as text"),
        ('[keys]\n"job.copy" = "ctrl-y"\n', 3, "'ctrl-y' is no key; did you mean ctrl+y?"),
        ('[keys]\n"job.copy" = "Y,F9"\n', 3, "'F9' is no key; did you mean f9?"),
        ('[keys]\n"job.copy" = "questionmark"\n', 3, "did you mean question_mark?"),
        ('[keys]\n"job.copy" = "shift+y"\n', 3, "did you mean Y?"),
        ('[keys]\n"job.copy" = "Ctrl+Y"\n', 3, "did you mean ctrl+y?"),
        ('[keys]\n"job.copy" = "esc"\n', 3, "did you mean escape?"),
        ('[keys]\n"job.copy" = "PgUp"\n', 3, "did you mean pageup?"),
        ('[keys]\n"job.copy" = "^y"\n', 3, "did you mean ctrl+y?"),
        ('[keys]\n"job.copy" = "bananas of doom"\n', 3, 'write e.g. "s"'),
        ('[keys]\n"job.copy" = "Y,,"\n', 3, "for the key itself write comma"),
        ("[keys\n", 2, "'[keys' is no TOML"),
        ('notes_file = "~nobody-is-called-so/notes.json"\n', 2, "notes_file must be a file"),
        ('fleet = "\\u0000"\n', 2, "fleet must be a folder"),
        ("[profiles.lab]\nrefresh = 1\n", 3, "[profiles.lab]: refresh must be"),
        ("[profiles.lab]\nenvironment = 'atlantis'\n", 3, "environment must be one of production, preview"),
        ("profiles.lab.refresh = 1\n", 2, "[profiles.lab]: refresh must be"),
    ],
)
def test_a_fault_is_named_with_its_place_and_costs_nothing_but_itself(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    environ = _written(tmp_path, GOOD + text)
    found = load_settings(environ)
    assert len(found.problems) == 1
    assert f"{environ['GLOBUS_TUI_CONFIG']} line {line}: " in found.problems[0]
    assert said in found.problems[0]
    assert (found.ascii, found.refresh, found.keys["job.copy"]) == (True, 30, DEFAULT_KEYS["job.copy"])


def test_every_fault_is_listed_and_everything_else_holds(tmp_path: Path) -> None:
    text = (
        'refresh = 5\ntheme = "globus-light"\nmous = true\nzone = \nsign_in = "person"\n'
        '[keys]\n"job.copy" = "ctrl+o"\n"job.paus" = "p"\n"job.delete" = alt+x\n[profiles.lab]\nrefresh = 20\nx = 1\n'
    )
    found = load_settings(_written(tmp_path, text))
    assert [int(one.split(" line ")[1].split(":")[0]) for one in found.problems] == [4, 9, 1, 3, 8, 12]
    assert (found.theme, found.sign_in, found.keys["job.copy"], found.profiles) == (
        "globus-light",
        "person",
        "ctrl+o",
        ("lab",),
    )


@pytest.mark.parametrize(
    "text",
    [
        'environment = "prevew"\n',
        "environment = preview\n",
        'enviroment = "preview"\n',
        'env = "preview"\n',
        'client_id = ""\n',
        'client-id = "x"\n',
        'profile = ["lab"]\n',
        '[keys]\n"job.copy" = "ctrl+o"\nenvironment = "preview"\n',
        '[profile.lab]\nenvironment = "preview"\n',
        '[profiles.lab\nenvironment = "preview"\n',
        '[profiles.lab]\nenvironment = "atlantis"\n',
        "[profiles.lab]\nrefresh = 1\n",
        "[profiles.lab]\nwhatever = 1\n",
        '[profiles]\nlab = "preview"\n',
        'profiles = "lab"\n',
        '[odd table\nenvironment = "preview"\n',
    ],
)
def test_a_fault_about_where_and_as_whom_it_acts_stops_the_program(tmp_path: Path, text: str) -> None:
    environ = _written(tmp_path, text)
    with pytest.raises(SettingsError, match=r"config\.toml line \d+: ") as stopped:
        load_settings(environ, profile="lab")
    assert "another service" in (stopped.value.advice or "")


def test_letters_that_are_no_utf_8_cost_their_line(tmp_path: Path) -> None:
    environ = _written(tmp_path, "")
    (tmp_path / "config.toml").write_bytes(b"# caf\xe9\nrefresh = 60\ntheme = 'caf\xe9'\n")
    found = load_settings(environ)
    assert (found.refresh, found.theme, len(found.problems)) == (60, None, 1)
    assert "line 3" in found.problems[0]


def test_a_file_that_cannot_be_read_stops_the_program(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"GLOBUS_TUI_CONFIG": str(tmp_path)})


def test_the_profiles_are_known_whatever_is_wrong_in_them(tmp_path: Path) -> None:
    environ = _written(tmp_path, "environment = 1\n[profiles.lab]\nrefresh = 1\n[profiles.home]\n")
    assert configured_profiles(environ) == ("lab", "home")


def test_without_a_home_it_is_said_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # as in a container, where users may have no name
    with pytest.raises(SettingsError, match="this user has no home") as told:
        load_settings({})
    assert told.value.advice == "Set HOME to a folder."


def test_two_commands_may_swap_their_keys() -> None:
    keys, faults = read_keys({"job.copy": "s", "job.pause-resume": "c"})
    assert (keys["job.copy"], keys["job.pause-resume"], faults) == ("s", "c", ())


def test_a_key_may_be_written_as_its_sign() -> None:
    keys, faults = read_keys({"job.copy": "&, f12,ctrl+f3 ,circumflex_accent,é", "job.json": "f20"})
    assert (keys["job.copy"], keys["job.json"], faults) == (
        "ampersand,f12,ctrl+f3,circumflex_accent,é",
        "f20",
        (),
    )


def test_default_keys_do_not_clash_with_each_other() -> None:
    assert read_keys(DEFAULT_KEYS) == (dict(DEFAULT_KEYS), ())


@given(
    st.dictionaries(
        st.sampled_from(sorted(DEFAULT_KEYS)), st.sampled_from(["s", "c", "Y", "alt+x", "f9,s", "F9", "tab"])
    )
)
def test_keys_never_clash_whatever_is_written(table: dict[str, str]) -> None:
    keys, faults = read_keys(table)
    assert read_keys(keys) == (keys, ())
    wrong = {command for command, _ in faults}
    assert all(keys[command] == (DEFAULT_KEYS[command] if command in wrong else table[command]) for command in table)


def test_a_profile_may_live_in_another_environment(tmp_path: Path) -> None:
    environ = _written(tmp_path, '[profiles.lab]\nenvironment = "preview"\n[profiles.home]\n')
    assert load_settings(environ, profile="lab").environment == "preview"
    found = load_settings(environ, profile="home")
    assert (found.environment, found.profiles) == (None, ("lab", "home"))


def test_the_environments_of_profiles_are_those_of_the_client() -> None:
    for name in ENVIRONMENTS:
        assert Environment.read({"GLOBUS_SDK_ENVIRONMENT": name}).name == name


def test_the_id_of_a_service_account_is_not_taken_for_the_app_that_people_sign_in_with(tmp_path: Path) -> None:
    alone = _written(tmp_path, "") | {"GLOBUS_TUI_CLIENT_ID": "an-id"}
    assert load_settings(alone).client_id == "an-id"
    assert load_settings(alone | {"GLOBUS_TUI_CLIENT_SECRET": "hush"}).client_id == TUTORIAL_CLIENT_ID


@pytest.mark.parametrize(
    ("value", "taken"),
    [("true", True), ('"/run/log"', True), ('"loghost:514"', True), ('"[::1]:65535"', True), ('"loghost:65536"', False),
     ('"loghost:0"', False), ('"loghost"', False), ("514", False)],
)  # fmt: skip
def test_a_log_of_the_system_is_a_path_or_has_a_port_that_there_is(tmp_path: Path, value: str, taken: bool) -> None:
    (tmp_path / "config.toml").write_text(f"syslog = {value}\n")
    settings = load_settings({"GLOBUS_TUI_CONFIG": str(tmp_path / "config.toml"), "HOME": str(tmp_path)})
    assert (settings.syslog is not False) is taken
    assert (settings.problems == ()) is taken

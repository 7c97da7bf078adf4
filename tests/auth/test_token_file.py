from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import TokenFile, TokensNotKept
from globus_tui.domain.errors import SettingsError
from tests.auth.fakes import PAT, SAM, START, Clock, grants_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = ProfileKey("default", "production", "an-id")
OTHER = ProfileKey("hipaa", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for("openid", 1, START, offline=True), START)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tokens.json"


@pytest.fixture
def file(path: Path) -> TokenFile:
    return TokenFile(path, clock=Clock(), lock_seconds=0.05)


def test_tokens_survive_the_program(file: TokenFile, path: Path) -> None:
    file.merge(KEY, SIGN_IN)
    assert TokenFile(path).load(KEY) == SIGN_IN
    assert file.profiles() == (KEY,)
    assert file.where() == str(path)


def test_the_file_and_its_folder_are_private(file: TokenFile, path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        file.merge(KEY, SIGN_IN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_profiles_do_not_share_tokens(file: TokenFile) -> None:
    file.merge(KEY, SIGN_IN)
    assert file.load(OTHER) is None
    file.merge(OTHER, SignIn(SAM, SIGN_IN.grants))
    file.replace(KEY, None)
    assert file.profiles() == (OTHER,)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_cures_it(
    file: TokenFile, path: Path, mode: int
) -> None:
    file.merge(KEY, SIGN_IN)
    path.chmod(mode)
    with pytest.raises(SettingsError) as refused:
        file.load(KEY)
    assert refused.value.advice == f"Run: chmod 600 {path}"
    with pytest.raises(SettingsError):
        file.merge(KEY, SIGN_IN)
    with pytest.raises(SettingsError):
        file.replace(KEY, None)


def test_the_command_is_quoted_for_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "my data; rm" / "tokens.json"
    file = TokenFile(path)
    file.merge(KEY, SIGN_IN)
    path.chmod(0o644)
    with pytest.raises(SettingsError) as refused:
        file.load(KEY)
    assert refused.value.advice == f"Run: chmod 600 '{path}'"


@pytest.mark.parametrize("damage", [b"{", b"\xff\xfe", b"[]", b'{"sign_ins": 3}', b"[" * 100_000])
def test_a_damaged_file_is_set_aside_and_never_deleted(file: TokenFile, path: Path, damage: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(damage)
    path.chmod(0o600)
    assert file.load(KEY) is None
    (notice,) = file.take_notices()
    assert "set aside as tokens.json.corrupt-20260901T080000" in notice
    assert (path.parent / "tokens.json.corrupt-20260901T080000").read_bytes() == damage
    assert file.take_notices() == ()
    file.merge(KEY, SIGN_IN)
    assert file.load(KEY) == SIGN_IN


def test_a_damaged_file_met_while_writing_is_set_aside_too(file: TokenFile, path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"{")
    path.chmod(0o600)
    file.merge(KEY, SIGN_IN)
    assert file.load(KEY) == SIGN_IN
    assert len(list(path.parent.glob("*.corrupt-*"))) == 1


def test_an_empty_file_is_not_damage(file: TokenFile, path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    assert file.load(KEY) is None
    assert file.take_notices() == ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    file = TokenFile(tmp_path / "data" / "tokens.json")
    with pytest.raises(TokensNotKept):
        file.check()
    with pytest.raises(TokensNotKept, match="cannot be read"):
        file.load(KEY)


@pytest.mark.parametrize(
    ("fault", "words"), [(errno.EROFS, "Read-only"), (errno.ENOSPC, "No space"), (errno.EDQUOT, "quota")]
)
@pytest.mark.parametrize("where", ["open", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_whole(
    file: TokenFile, path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, words: str, where: str
) -> None:
    file.merge(KEY, SIGN_IN)
    before = path.read_bytes()
    monkeypatch.setattr(os, where, failing(getattr(os, where), fault, spare=str(path) if where == "open" else None))
    with pytest.raises(TokensNotKept, match=words):
        file.merge(OTHER, SIGN_IN)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if "lock" not in one.name] == ["tokens.json"]


def failing(real: Callable[..., object], fault: int, spare: str | None) -> Callable[..., object]:
    def fails(*arguments: object, **more: object) -> object:
        if spare is not None and str(arguments[0]) == spare:
            return real(*arguments, **more)
        raise OSError(fault, os.strerror(fault))

    return fails


def test_a_file_locked_for_long_is_told(file: TokenFile, path: Path) -> None:
    from globus_tui.auth.file_lock import FileLock

    file.check()
    with FileLock(path.with_name("tokens.json.lock")).hold(1) as had:
        assert had
        with pytest.raises(TokensNotKept, match="locked by another program"):
            file.merge(KEY, SIGN_IN)


def test_a_renewal_does_not_bring_back_a_profile_that_was_signed_out(file: TokenFile) -> None:
    file.merge(KEY, SIGN_IN)
    file.replace(KEY, None)
    assert file.merge(KEY, SIGN_IN, renewal=True) is None
    assert file.load(KEY) is None


def test_someone_elses_entries_in_the_file_are_carried_along(file: TokenFile, path: Path) -> None:
    file.merge(KEY, SIGN_IN)
    document = json.loads(path.read_text())
    document["sign_ins"]["from/a/later-version"] = {"identity": {"sub": "x"}, "unheard": ["of"]}
    path.write_text(json.dumps(document))
    file.merge(OTHER, SIGN_IN)
    assert json.loads(path.read_text())["sign_ins"]["from/a/later-version"]["unheard"] == ["of"]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.auth import token_store as tokens
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import choose_store
from globus_tui.domain.errors import SettingsError
from tests.auth.fakes import PAT, START, grants_for

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.domain.auth.credentials import Secret

KEY = ProfileKey("default", "production", "an-id")
OLD = SignIn.fresh(PAT, grants_for("openid", 1, START, offline=True), START)
NEW = SignIn.fresh(PAT, grants_for("openid", 2, START.replace(day=2), offline=True), START.replace(day=2))


def test_an_unknown_store_is_named() -> None:
    with pytest.raises(SettingsError, match="auto, keyring, file"):
        choose_store("vault", None)  # type: ignore[arg-type]  # refused before the folder is looked at


def test_a_keyring_that_was_asked_for_and_is_not_there_ends_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("globus_tui.auth.keyring_store.find_keyring", lambda *_, **__: (None, "It is locked."))
    with pytest.raises(SettingsError, match="It is locked") as caught:
        choose_store("keyring", tmp_path)
    assert 'token_store = "auto"' in caught.value.in_full


def test_a_home_that_cannot_be_written_leaves_tokens_in_memory_and_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    store = choose_store("file", tmp_path / "data")
    (notice,) = store.take_notices()
    assert "cannot be written" in notice
    assert "memory only" in notice
    assert store.merge(KEY, OLD) == OLD
    assert store.load(KEY) == OLD
    assert store.where().startswith("memory only")
    assert store.take_notices() == ()


def test_a_full_disk_signs_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_store("file", tmp_path).merge(KEY, OLD)
    monkeypatch.setattr(tokens, "write_private", disk_is_full)
    store = choose_store("file", tmp_path)
    assert store.load(KEY) == OLD
    assert store.merge(KEY, NEW) == NEW
    assert store.load(KEY) == NEW
    assert len(store.take_notices()) == 1
    assert store.merge(KEY, NEW, renewal=True) == NEW
    assert store.take_notices() == ()


def disk_is_full(path: Path, contents: Secret) -> None:
    raise OSError(28, "No space left on device")


def test_a_logout_on_a_full_disk_holds_for_this_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = choose_store("file", tmp_path)
    store.merge(KEY, OLD)
    monkeypatch.setattr(tokens, "write_private", disk_is_full)
    store.replace(KEY, None)
    assert store.load(KEY) is None
    assert store.profiles() == ()
    monkeypatch.undo()
    store.merge(KEY, NEW)
    assert store.load(KEY) == NEW
    assert store.profiles() == (KEY,)

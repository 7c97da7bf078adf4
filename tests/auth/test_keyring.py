from __future__ import annotations

import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import keyring
import pytest

from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.keyring_store import SERVICE, KeyringTokens, find_keyring, within
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import TokenFile, TokensNotKept, choose_store
from globus_tui.domain.errors import SettingsError
from tests.auth.fakes import PAT, START, grants_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(
    PAT, grants_for("openid urn:globus:auth:scope:transfer.api.globus.org:all", 1, START, offline=True), START
)


class FakeRing:
    """A keyring as small as Windows' own."""

    priority = 5

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.stuck: threading.Event | None = None

    def _obey(self) -> None:
        if self.stuck is not None:
            self.stuck.wait(10)
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._obey()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._obey()
        if len(password) > 1280:
            raise ValueError("too long")
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._obey()
        del self.items[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRing]:
    fake = FakeRing()
    monkeypatch.setattr(keyring, "get_keyring", lambda: fake)
    yield fake
    if fake.stuck is not None:
        fake.stuck.set()


def test_long_sign_ins_are_kept_in_pieces(ring: FakeRing, tmp_path: Path) -> None:
    many = SignIn(PAT, {f"server-{n}": saved for n in range(9) for saved in SIGN_IN.grants.values()})
    store = KeyringTokens(ring, "Fake", tmp_path)
    store.merge(KEY, many)
    assert set(getattr(store.load(KEY), "grants", ())) == set(many.grants)
    store.merge(KEY, SIGN_IN)
    assert store.profiles() == (KEY,)
    store.replace(KEY, None)
    assert store.profiles() == ()
    assert all("access-" not in text for text in ring.items.values())
    assert len(ring.items) <= 2


def test_a_piece_that_is_missing_means_signed_out_and_not_half_a_token(ring: FakeRing, tmp_path: Path) -> None:
    store = KeyringTokens(ring, "Fake", tmp_path)
    store.merge(KEY, SIGN_IN)
    del ring.items[next(key for key in ring.items if "#" in key[1] and key[1].startswith("default"))]
    assert store.load(KEY) is None


class DeafRing(FakeRing):
    """Does not tell capitals from small letters, as the file keyring of keyrings.alt."""

    def get_password(self, service: str, username: str) -> str | None:
        return super().get_password(service, username.lower())

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username.lower(), password)

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username.lower())


def test_profiles_that_differ_by_capitals_are_not_one_in_a_keyring_that_is_deaf_to_them(tmp_path: Path) -> None:
    store = KeyringTokens(DeafRing(), "Fake", tmp_path)
    people = {name: replace(SIGN_IN, identity=replace(PAT, username=name)) for name in ("Lab", "lab", "LAB")}
    for name, sign_in in people.items():
        store.replace(replace(KEY, profile=name), sign_in)
    assert {key.profile: store.load(key) for key in store.profiles()} == people
    store.replace(replace(KEY, profile="Lab"), None)
    assert {key.profile for key in store.profiles() if store.load(key)} == {"lab", "LAB"}


@pytest.mark.parametrize("head", ["", "x", "² abc", "99999999999 abc"])
def test_an_item_that_another_program_wrote_is_no_sign_in(ring: FakeRing, tmp_path: Path, head: str) -> None:
    store = KeyringTokens(ring, "Fake", tmp_path)
    ring.set_password(SERVICE, str(KEY), head)
    assert store.load(KEY) is None


def test_a_working_keyring_is_used(ring: FakeRing, tmp_path: Path) -> None:
    store = choose_store("auto", tmp_path)
    store.merge(KEY, SIGN_IN)
    assert store.where().startswith("the system keyring")
    assert store.take_notices() == ()
    assert not (tmp_path / "tokens.json").exists()
    assert choose_store("keyring", tmp_path).load(KEY) == SIGN_IN


def test_a_keyring_that_raises_gives_way_to_the_file_and_is_told_once(ring: FakeRing, tmp_path: Path) -> None:
    ring.fault = RuntimeError("locked: secret collection password1")
    store = choose_store("auto", tmp_path)
    assert store.where() == str(tmp_path / "tokens.json")
    (notice,) = store.take_notices()
    assert "The system keyring failed (RuntimeError)" in notice
    assert "password1" not in notice
    assert store.take_notices() == ()


def test_a_keyring_that_hangs_is_left_behind(ring: FakeRing, tmp_path: Path) -> None:
    ring.stuck = threading.Event()
    store = choose_store("auto", tmp_path, keyring_seconds=0.02)
    assert store.where() == str(tmp_path / "tokens.json")
    assert "did not answer" in store.take_notices()[0]


def test_a_machine_without_keyring_needs_no_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    store = choose_store("auto", tmp_path)
    assert store.where() == str(tmp_path / "tokens.json")
    assert store.take_notices() == ()
    with pytest.raises(SettingsError, match="token_store is keyring"):
        choose_store("keyring", tmp_path)


def test_a_keyring_that_locks_later_hands_over_to_the_file(ring: FakeRing, tmp_path: Path) -> None:
    store = choose_store("auto", tmp_path)
    ring.fault = RuntimeError("locked")
    store.merge(KEY, SIGN_IN)
    assert TokenFile(tmp_path / "tokens.json").load(KEY) == SIGN_IN
    assert store.load(KEY) == SIGN_IN
    assert len(store.take_notices()) == 1


def test_who_signed_in_without_the_keyring_is_signed_in_with_it(ring: FakeRing, tmp_path: Path) -> None:
    choose_store("file", tmp_path).merge(KEY, SIGN_IN)
    store = choose_store("auto", tmp_path)
    assert store.load(KEY) == SIGN_IN
    assert store.merge(KEY, SIGN_IN, renewal=True) == SIGN_IN
    store.merge(KEY, SIGN_IN)
    assert choose_store("file", tmp_path).load(KEY) is None
    assert choose_store("keyring", tmp_path).load(KEY) == SIGN_IN


def test_who_signs_out_waits_for_a_renewal_elsewhere_and_keeps_others_waiting(ring: FakeRing, tmp_path: Path) -> None:
    store = KeyringTokens(ring, "Fake", tmp_path)
    store.merge(KEY, SIGN_IN)
    taken: list[bool] = []

    def delete(service: str, username: str) -> None:
        lock = FileLock(tmp_path / "keyring.lock")
        taken.append(not lock.try_acquire())
        lock.release()
        FakeRing.delete_password(ring, service, username)

    ring.delete_password = delete  # type: ignore[method-assign]
    store.replace(KEY, None)
    assert taken
    assert all(taken), "or a renewal that began before would write the sign-in anew"
    assert store.merge(KEY, SIGN_IN, renewal=True) is None


def test_asking_for_the_file_leaves_the_keyring_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "globus_tui.auth.keyring_store")
    assert choose_store("file", tmp_path).where() == str(tmp_path / "tokens.json")
    assert "globus_tui.auth.keyring_store" not in sys.modules


def test_a_call_that_ends_in_time_gives_its_answer() -> None:
    assert within(5, lambda: "here") == "here"
    assert within(5, lambda: None) is None
    with pytest.raises(TokensNotKept, match="SystemExit"):
        within(5, lambda: sys.exit(3))


def test_the_keyring_works_without_a_writable_folder(ring: FakeRing, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found, why_not = find_keyring(tmp_path / "file", seconds=5)
    assert found is not None
    assert why_not is None
    assert found.merge(KEY, SIGN_IN) == SIGN_IN
    assert found.renewal_lock() is None

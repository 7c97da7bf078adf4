from __future__ import annotations

import asyncio
import errno
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer
from keyring.errors import KeyringLocked, PasswordDeleteError

from globus_tui.auth.keyring_store import KeyringTokens
from globus_tui.auth.logout import logout
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import FILE_NAME, MemoryTokens, TokenFile, TokensNotKept, choose_store
from globus_tui.auth.whoami import whoami
from globus_tui.domain.auth.scope import render, with_base
from globus_tui.domain.errors import ConnectionFailed
from tests.auth.fakes import PAT, START, FakeAuth, grants_for

if TYPE_CHECKING:
    from globus_tui.domain.auth.credentials import Secret

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for(render(with_base()), 0, START, offline=True), START)


async def test_every_access_and_refresh_token_is_revoked_and_forgotten() -> None:
    auth, store = FakeAuth(), MemoryTokens()
    store.merge(KEY, SIGN_IN)
    done = await logout(auth, store, KEY)
    assert sorted(auth.revoked) == sorted(
        token.reveal()
        for saved in SIGN_IN.grants.values()
        for token in (saved.grant.access_token, saved.grant.refresh_token)
        if token
    )
    assert store.load(KEY) is None
    assert done.lines() == ("Signed out pat@lab.example.org; 8 tokens revoked.",)


async def test_tokens_that_may_still_live_are_named_one_by_one() -> None:
    auth, store = FakeAuth(), MemoryTokens()
    store.merge(KEY, SIGN_IN)
    real = auth.revoke

    async def half(client_id: str, token: Secret) -> None:
        if token.reveal() == "refresh-0-flows.globus.org":
            raise ConnectionFailed("The connection broke.", maybe_processed=True)
        await real(client_id, token)

    auth.revoke = half  # type: ignore[method-assign]  # the network fails for one of them
    done = await logout(auth, store, KEY)
    assert done.revoked == 7
    assert done.not_revoked == ("Globus Flows, refresh token: The connection broke.",)
    assert "not revoked at Globus" in done.lines()[1]
    assert store.load(KEY) is None
    assert "refresh-0" not in str(done)


async def test_logging_out_twice_is_harmless() -> None:
    done = await logout(FakeAuth(), MemoryTokens(), KEY)
    assert done.lines() == ("Nobody was signed in.",)


# --- what cannot be told, and what cannot be removed


class Ring(KeyringBackend):
    """A keyring that can be locked, and can refuse to delete or to write."""

    priority = 5

    def __init__(self, items: dict[str, str] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of the package
        self.items = {} if items is None else items
        self.locked = self.keeps = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")
        return self.items.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked or (self.keeps and not password):
            raise KeyringLocked("Failed to unlock the collection!")
        self.items[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.keeps or username not in self.items:
            raise PasswordDeleteError("No such password!")
        del self.items[username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    found = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


@pytest.mark.parametrize("when", ["from the start", "meanwhile"])
async def test_a_locked_keyring_is_not_nobody(ring: Ring, tmp_path: Path, when: str) -> None:
    choose_store("auto", tmp_path).merge(KEY, SIGN_IN)
    store = choose_store("auto", tmp_path)
    ring.locked = True
    if when == "from the start":
        store = choose_store("auto", tmp_path)
    found = whoami(store, KEY, START)
    assert found.lines(START)[0] == "Whether somebody is signed in cannot be told."
    done = await logout(FakeAuth(), store, KEY)
    assert not done.certain
    assert done.lines()[0] == "Whether somebody was signed in cannot be told."
    assert "unlock or mend it" in done.lines()[1]
    ring.locked = False
    assert (await logout(FakeAuth(), choose_store("auto", tmp_path), KEY)).certain


async def test_what_the_keyring_does_not_give_up_is_named(ring: Ring, tmp_path: Path) -> None:
    store = choose_store("auto", tmp_path)
    store.merge(KEY, SIGN_IN)
    ring.keeps = True
    done = await logout(FakeAuth(), store, KEY)
    assert not done.certain
    assert done.revoked == 8
    assert "They could not be removed here" in done.lines()[1]
    assert str(KEY) in done.lines()[1]


async def test_on_a_full_disk_the_tokens_go_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ProfileKey("other", "production", "an-id")
    store = choose_store("file", tmp_path)
    store.merge(KEY, SIGN_IN)
    store.merge(other, SIGN_IN)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    assert (await logout(FakeAuth(), store, KEY)).certain
    fresh = TokenFile(tmp_path / FILE_NAME)
    assert (fresh.load(KEY), fresh.load(other)) == (None, SIGN_IN)
    assert (await logout(FakeAuth(), store, other)).certain
    assert not (tmp_path / FILE_NAME).exists()


async def test_a_file_that_cannot_be_changed_is_not_signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = choose_store("file", tmp_path)
    store.merge(KEY, SIGN_IN)

    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", read_only)
    done = await logout(FakeAuth(), store, KEY)
    assert not done.certain
    assert "Read-only file system" in "\n".join(done.lines())


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text('{"version": 2, "sealed": "x"}')
    path.chmod(0o600)
    store = choose_store("file", tmp_path)
    assert whoami(store, KEY, START).lines(START)[0] == "Whether somebody is signed in cannot be told."
    assert not asyncio.run(logout(FakeAuth(), store, KEY)).certain
    store.merge(KEY, SIGN_IN)
    assert store.load(KEY) == SIGN_IN, "it is kept in memory"
    assert path.read_text() == '{"version": 2, "sealed": "x"}'
    assert [one.name for one in tmp_path.iterdir() if "corrupt" in one.name] == []


# --- a real chain of keyrings, which reads from all and deletes in the first


class Chain(chainer.ChainerBackend):
    """The chain of the keyring package, of keyrings of this test."""

    backends: list[KeyringBackend] = []  # as in the package


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Chain:
    found = Chain()  # type: ignore[no-untyped-call]  # of the package
    found.backends = [Ring(), Ring()]
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


def rings(chain: Chain) -> list[Ring]:
    return [one for one in chain.backends if isinstance(one, Ring)]


async def test_signing_out_empties_every_keyring_of_the_chain(chain: Chain, tmp_path: Path) -> None:
    first, second = rings(chain)
    KeyringTokens(second, "second", tmp_path).merge(KEY, SIGN_IN)
    store = choose_store("keyring", tmp_path)
    assert store.load(KEY) == SIGN_IN
    store.merge(KEY, SIGN_IN)
    assert (await logout(FakeAuth(), store, KEY)).certain
    assert choose_store("keyring", tmp_path).load(KEY) is None
    assert not any("access-" in text for ring in (first, second) for text in ring.items.values())


async def test_an_old_piece_that_stays_fails_no_sign_in(chain: Chain, tmp_path: Path) -> None:
    _, second = rings(chain)
    KeyringTokens(second, "second", tmp_path).merge(KEY, SIGN_IN)
    second.keeps = True
    store = choose_store("keyring", tmp_path)
    later = SignIn.fresh(PAT, grants_for(render(with_base()), 1, START, offline=True), START)
    assert store.merge(KEY, later) == later
    assert choose_store("keyring", tmp_path).load(KEY) == later
    done = await logout(FakeAuth(), store, KEY)
    assert not done.certain
    assert str(KEY) in done.lines()[1]


async def test_an_item_that_cannot_be_deleted_is_overwritten(chain: Chain, tmp_path: Path) -> None:
    first, second = rings(chain)

    def never(*_: object) -> None:
        raise PasswordDeleteError("not allowed")

    store = choose_store("keyring", tmp_path)
    store.merge(KEY, SIGN_IN)
    first.delete_password = never  # type: ignore[method-assign, assignment]
    assert (await logout(FakeAuth(), store, KEY)).certain
    assert not any("access-" in text for text in (*first.items.values(), *second.items.values()))
    assert choose_store("keyring", tmp_path).load(KEY) is None


def test_a_locked_keyring_in_the_chain_is_told(chain: Chain, tmp_path: Path) -> None:
    store = choose_store("keyring", tmp_path)
    store.merge(KEY, SIGN_IN)
    for one in rings(chain):
        one.locked = True
    with pytest.raises(TokensNotKept):
        KeyringTokens(chain, "chain", tmp_path, chain=chain.backends).load(KEY)

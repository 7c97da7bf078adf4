"""Two places for tokens, of which one may fail at any moment: that signs nobody out, and is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail

from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import (
    FallingBack,
    MemoryTokens,
    TokenDocument,
    TokenFile,
    TokensNotKept,
    TokenStore,
    choose_store,
)
from globus_tui.domain.auth.credentials import Secret
from tests.auth.fakes import PAT, SAM, START, grants_for

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = ProfileKey("default", "production", "an-id"), ProfileKey("hipaa", "production", "an-id")


def sign_in(number: int, day: int = 1, who: object = PAT) -> SignIn:
    at = START.replace(day=day)
    return replace(SignIn.fresh(PAT, grants_for("openid", number, at, offline=True), at), identity=who)  # type: ignore[arg-type]


EARLY, LATE, SAMS = sign_in(1), sign_in(2, 2), sign_in(3, 3, SAM)


class Moody(MemoryTokens):
    """A store that cannot do what is named."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.cannot: set[str] = set()
        self.lock: FileLock | None = None
        self.hidden: str | None = None
        self.told = [f"from {name}"]

    def _try(self, what: str) -> None:
        if what in self.cannot:
            raise TokensNotKept(f"{self.name} cannot {what}.")

    def where(self) -> str:
        return self.name

    def check(self) -> None:
        self._try("check")

    def load(self, key: ProfileKey) -> SignIn | None:
        self._try("load")
        return super().load(key)

    def profiles(self) -> tuple[ProfileKey, ...]:
        self._try("load")
        return super().profiles()

    def merge(self, key: ProfileKey, new: SignIn, *, renewal: bool = False) -> SignIn | None:
        self._try("write")
        return super().merge(key, new, renewal=renewal)

    def replace(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        self._try("write")
        super().replace(key, sign_in)

    def renewal_lock(self) -> FileLock | None:
        return self.lock

    def doubt(self) -> str | None:
        return self.hidden

    def take_notices(self) -> tuple[str, ...]:
        taken, self.told = tuple(self.told), []
        return taken


@pytest.fixture
def main() -> Moody:
    return Moody("main")


@pytest.fixture
def spare() -> Moody:
    return Moody("spare")


@pytest.fixture
def store(main: Moody, spare: Moody) -> FallingBack:
    return FallingBack(main, spare)


def kept(store: TokenStore) -> SignIn | None:
    return MemoryTokens.load(store, KEY)  # type: ignore[arg-type]  # whatever it cannot do now


def test_while_all_is_well_only_the_main_one_is_written(main: Moody, spare: Moody, store: FallingBack) -> None:
    assert store.merge(KEY, EARLY) == EARLY
    assert (kept(main), kept(spare)) == (EARLY, None)
    store.replace(KEY, LATE)
    assert (kept(main), kept(spare)) == (LATE, None)
    assert (store.load(KEY), store.profiles(), store.where(), store.fault, store.doubt()) == (
        LATE, (KEY,), "main", None, None,
    )  # fmt: skip
    store.tell("by hand")
    assert store.take_notices() == ("by hand", "from main", "from spare")
    assert store.take_notices() == ()
    store.check()
    store.replace(KEY, None)
    assert (store.load(KEY), store.profiles()) == (None, ())


@pytest.mark.parametrize("check", [True, False])
def test_what_cannot_be_written_goes_to_the_spare_one_and_that_is_told_once(
    main: Moody, spare: Moody, store: FallingBack, check: bool
) -> None:
    main.cannot = {"write", "check"}
    main.told, spare.told = [], []
    if check:
        store.check()
    assert store.merge(KEY, EARLY) == EARLY
    assert store.merge(KEY, LATE) == LATE
    assert (kept(main), kept(spare)) == (None, LATE)
    first = "check" if check else "write"
    assert store.take_notices() == (f"main cannot {first}. Tokens go to: spare.",)
    assert store.where() == "spare (main cannot write.)"
    assert str(store.fault) == "main cannot write."
    assert store.load(KEY) == LATE


def test_when_neither_can_be_written_it_is_said_at_the_start(main: Moody, spare: Moody, store: FallingBack) -> None:
    main.cannot = {"check"}
    spare.cannot = {"check"}
    with pytest.raises(TokensNotKept, match="spare cannot check"):
        store.check()


def test_a_sign_in_is_united_with_what_the_spare_one_has_and_moves_to_the_main_one(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    spare.replace(KEY, EARLY)
    more = SignIn.fresh(
        PAT, grants_for("urn:globus:auth:scope:transfer.api.globus.org:all", 2, START, offline=True), START
    )
    united = store.merge(KEY, more)
    assert united is not None
    assert united.grants.keys() == EARLY.grants.keys() | more.grants.keys()
    assert (kept(main), kept(spare)) == (united, None)


def test_an_earlier_one_that_stays_in_the_spare_place_fails_no_sign_in(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    spare.replace(KEY, EARLY)
    spare.cannot = {"write"}
    assert store.merge(KEY, LATE) is not None
    assert kept(main) is not None
    assert store.load(KEY) == kept(main) == LATE


def test_a_renewal_stays_where_its_tokens_are(main: Moody, spare: Moody, store: FallingBack) -> None:
    main.replace(KEY, EARLY)
    spare.replace(KEY, LATE)
    renewed = sign_in(9, 2)
    assert store.merge(KEY, renewed, renewal=True) == renewed
    assert (kept(main), kept(spare)) == (EARLY, renewed)
    spare.replace(KEY, None)
    assert store.merge(KEY, EARLY, renewal=True) == EARLY
    assert kept(spare) is None


def test_a_renewal_that_comes_after_a_logout_brings_nobody_back(main: Moody, store: FallingBack) -> None:
    assert store.merge(KEY, EARLY, renewal=True) is None
    main.cannot = {"write"}
    assert store.merge(KEY, EARLY, renewal=True) is None
    assert store.load(KEY) is None


@pytest.mark.parametrize(("first", "second", "seen"), [(EARLY, LATE, LATE), (LATE, EARLY, LATE), (EARLY, None, EARLY)])
def test_of_two_sign_ins_the_later_one_counts(
    main: Moody, spare: Moody, store: FallingBack, first: SignIn, second: SignIn | None, seen: SignIn
) -> None:
    main.replace(KEY, first)
    spare.replace(KEY, second)
    spare.replace(OTHER, EARLY)
    assert store.load(KEY) == seen
    assert store.profiles() == (KEY, OTHER)


def test_of_two_of_the_same_moment_that_of_the_spare_place_counts_which_was_written_last(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    main.replace(KEY, EARLY)
    spare.replace(KEY, sign_in(9))
    assert store.load(KEY) == sign_in(9)


def test_somebody_with_no_tokens_at_all_is_older_than_anybody(main: Moody, spare: Moody, store: FallingBack) -> None:
    main.replace(KEY, SignIn(PAT, {}))
    spare.replace(KEY, EARLY)
    assert store.load(KEY) == EARLY
    main.replace(KEY, EARLY)
    spare.replace(KEY, SignIn(PAT, {}))
    assert store.load(KEY) == EARLY


def test_the_latest_of_its_tokens_says_when_somebody_signed_in(main: Moody, spare: Moody, store: FallingBack) -> None:
    both = SignIn(PAT, {"old": next(iter(EARLY.grants.values())), "new": next(iter(SAMS.grants.values()))})
    main.replace(KEY, both)
    spare.replace(KEY, LATE)
    assert store.load(KEY) == both


def test_what_cannot_be_read_leaves_a_doubt_and_the_spare_one_is_read(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    spare.replace(KEY, EARLY)
    main.cannot = {"load"}
    assert store.load(KEY) == EARLY
    assert store.doubt() == "main cannot load."
    again = FallingBack(main, spare)
    assert again.profiles() == (KEY,)
    assert again.doubt() == "main cannot load."
    spare.hidden = "more behind it"
    assert FallingBack(Moody("m"), spare).doubt() == "more behind it"


def test_a_logout_that_the_main_one_refuses_holds_for_this_program_and_is_told(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    main.replace(KEY, EARLY)
    spare.replace(KEY, LATE)
    main.cannot = {"write"}
    with pytest.raises(TokensNotKept, match="main cannot write"):
        store.replace(KEY, None)
    assert (store.load(KEY), store.profiles()) == (None, ())
    assert (kept(main), kept(spare)) == (EARLY, None)
    main.cannot = set()
    assert store.merge(KEY, LATE) == LATE
    assert store.load(KEY) == LATE
    assert store.profiles() == (KEY,)


def test_who_is_replaced_where_the_main_one_refuses_is_replaced_in_the_spare_one(
    main: Moody, spare: Moody, store: FallingBack
) -> None:
    main.replace(KEY, LATE)
    main.cannot = {"write"}
    store.replace(KEY, EARLY)
    assert kept(spare) == EARLY
    assert store.load(KEY) == EARLY, "that of the main place is not asked any more"
    main.cannot = set()
    store.replace(KEY, SAMS)
    assert (store.load(KEY), kept(spare)) == (SAMS, None)


def test_renewals_are_locked_where_tokens_go(main: Moody, spare: Moody, store: FallingBack, tmp_path: Path) -> None:
    main.lock, spare.lock = TokenFile(tmp_path / "a").renewal_lock(), TokenFile(tmp_path / "b").renewal_lock()
    assert store.renewal_lock() is main.lock
    main.cannot = {"write"}
    store.merge(KEY, EARLY)
    assert store.renewal_lock() is spare.lock
    assert MemoryTokens().renewal_lock() is None


def test_two_programs_that_renew_lock_the_same_thing(tmp_path: Path) -> None:
    one, other = (TokenFile(tmp_path / "tokens.json").renewal_lock() for _ in range(2))
    assert one is not None
    assert other is not None
    with one.hold(0) as had, other.hold(0) as too:
        assert (had, too) == (True, False)


# --- a file's document


@pytest.mark.parametrize(
    ("text", "newer", "damaged"),
    [
        (None, False, False),
        ("", False, False),
        ('{"version": 1, "sign_ins": {}}', False, False),
        ('{"sign_ins": {}}', False, False),
        ('{"version": "7", "sign_ins": {}}', False, False),
        ('{"version": 2}', True, False),
        ('{"version": 1}', False, True),
        ('{"version": 1, "sign_ins": []}', False, True),
        ("[]", False, True),
        ("null", False, True),
    ],
)
def test_a_document_is_read_newer_or_damaged(text: str | None, newer: bool, damaged: bool) -> None:
    read = TokenDocument.parse(None if text is None else Secret(text))
    assert (read is None) is damaged
    if read is not None:
        assert (read.newer, bool(read), read.profiles()) == (newer, False, ())


def test_a_document_says_how_many_are_in_it_and_nothing_of_them() -> None:
    document = TokenDocument()
    document.put(KEY, EARLY)
    document.put(OTHER, LATE)
    document.put(KEY, LATE)
    assert bool(document)
    assert repr(document) == "TokenDocument(2 sign-ins)"
    again = TokenDocument.parse(document.render())
    assert again is not None
    assert (set(again.profiles()), again.get(KEY), again.get(ProfileKey("none", "x", "y"))) == (
        {KEY, OTHER},
        LATE,
        None,
    )
    again.put(KEY, None)
    again.put(KEY, None)
    assert again.profiles() == (OTHER,)
    odd = TokenDocument.parse(Secret('{"sign_ins": {"odd": 3, "a/b/c": 7}}'))
    assert odd is not None
    assert odd.get(ProfileKey.parse("a/b/c") or KEY) is None


def test_a_file_can_be_tried_out_before_anything_is_kept(tmp_path: Path) -> None:
    TokenFile(tmp_path / "data" / "tokens.json").check()
    assert [one.name for one in (tmp_path / "data").iterdir()] in ([], ["tokens.json.lock"])


def test_what_another_program_is_about_to_write_is_left_to_it_unless_somebody_signs_out(tmp_path: Path) -> None:
    file, half = TokenFile(tmp_path / "tokens.json"), tmp_path / ".tokens.json.x7_k2"
    half.write_text("half")
    file.merge(KEY, EARLY)
    assert half.exists()
    file.replace(KEY, LATE)
    assert half.exists()
    file.replace(KEY, None)
    assert not half.exists()


def test_the_last_one_who_signs_out_takes_the_file_along(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    file.merge(KEY, EARLY)
    file.merge(OTHER, EARLY)
    file.replace(KEY, None)
    assert file.profiles() == (OTHER,)
    file.replace(OTHER, None)
    assert not (tmp_path / "tokens.json").exists()
    assert file.merge(OTHER, LATE, renewal=True) is None
    assert not (tmp_path / "tokens.json").exists(), "nothing is written of nobody"
    file.replace(OTHER, None)


def test_whoever_only_reads_waits_for_nobody(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json", lock_seconds=0.01)
    file.merge(KEY, EARLY)
    with FileLock(tmp_path / "tokens.json.lock").hold(0) as had:
        assert had
        assert file.load(KEY) == EARLY
    assert file.take_notices() == ()


def test_a_damaged_file_that_cannot_be_set_aside_is_told_and_signs_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tokens.json").write_text("{")
    (tmp_path / "tokens.json").chmod(0o600)
    file = TokenFile(tmp_path / "tokens.json", lock_seconds=0.01)
    lock = file._path.with_name("tokens.json.lock")
    with FileLock(lock).hold(0) as had:
        assert had
        assert file.load(KEY) is None
    (notice,) = file.take_notices()
    assert "is damaged and could not be set aside" in notice
    assert "0 s" in notice
    assert (tmp_path / "tokens.json").read_text() == "{"


def test_a_file_that_somebody_repaired_meanwhile_is_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    file.merge(KEY, EARLY)
    whole, real = (tmp_path / "tokens.json").read_bytes(), file._read_raw
    looks = 0

    def repaired_between_two_looks() -> Secret | None:
        nonlocal looks
        looks += 1
        return Secret("{") if looks == 1 else real()

    monkeypatch.setattr(file, "_read_raw", repaired_between_two_looks)
    assert file.load(KEY) == EARLY
    assert (tmp_path / "tokens.json").read_bytes() == whole
    assert file.take_notices() == ()


@pytest.mark.parametrize("choice", ["file", "auto"])
def test_where_a_home_can_be_written_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)  # whatever keyrings this machine and other tests have
    store = choose_store(choice, tmp_path / "new")
    assert (store.take_notices(), store.fault, store.doubt()) == ((), None, None)
    assert store.where() == str(tmp_path / "new" / "tokens.json")


def test_who_signed_in_long_ago_is_still_the_latest_of_one() -> None:
    store = FallingBack(MemoryTokens(), MemoryTokens())
    old = sign_in(1)
    long_ago = {
        name: replace(saved, signed_in_at=saved.signed_in_at - timedelta(days=9999))
        for name, saved in old.grants.items()
    }
    store.merge(KEY, SignIn(PAT, long_ago))
    assert store.load(KEY) is not None

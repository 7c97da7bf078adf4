"""Home directories in trouble: each file call of each kind of state fails once, and nothing is lost or crashes."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.api.exchange import Answer
from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.shared_answers import SharedAnswers
from globus_tui.auth.file_lock import FileLock
from globus_tui.auth.logout import logout
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.token_store import TokenFile, TokensNotKept
from globus_tui.domain.timer.health import Word
from globus_tui.logs import start_log
from globus_tui.procedures.sign_in import remove_link, write_link
from globus_tui.settings import load_settings
from globus_tui.store.answer_cache import AnswerCache, CachedRows
from globus_tui.store.drafts import DraftShelf
from globus_tui.store.journal import Journal, is_open, merge_by_request, read_journal
from globus_tui.store.ledger import alarm_levels
from tests.auth.fakes import PAT, START, Clock, grants_for
from tests.faults.disk import FULL, LOCKS, READ_ONLY, Disk, count
from tests.store.workbench import NOON, broken_places, nightly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

KEY = ProfileKey("default", "production", "an-id")
SIGN_IN = SignIn.fresh(PAT, grants_for("openid", 1, START, offline=True), START)
LATER = SignIn.fresh(PAT, grants_for("openid", 2, START, offline=True), START)
ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE)


def a_request(number: int, outcome: str) -> Mapping[str, Any]:
    timer = {"id": f"timer-{number}", "name": "nightly"}
    return {"request": f"r{number}", "what": "pause", "timer": timer, "outcome": outcome, "when": NOON.isoformat()}


def each_call(folder: Path, work: Callable[[], object], fresh: Callable[[], None]) -> Iterator[Disk]:
    """One disk for each call that the work makes, on which just that call fails."""
    fresh()
    calls = count(folder, work)
    assert calls
    for number in range(len(calls)):
        fresh()
        yield Disk(folder, ERRORS[number % len(ERRORS)], at=number)


def test_the_journal_has_each_request_once_whichever_call_fails(tmp_path: Path) -> None:
    path = tmp_path / "state" / "journal.jsonl"
    journal = Journal(path)

    def fresh() -> None:
        nonlocal journal
        path.unlink(missing_ok=True)
        journal = Journal(path)
        journal.append_now(a_request(0, "asked"))

    def work() -> None:
        journal.append_now(a_request(0, "done"))
        journal.append_now(a_request(1, "asked"))

    for disk in each_call(tmp_path, work, fresh):
        with disk.taking_over():
            work()
        journal.append_now(a_request(1, "done"))  # there is room again
        assert journal.unwritten == []
        assert journal.problem is None
        entries = [line.entry for line in read_journal(path) if line.entry is not None]
        found = [(one["request"], one["outcome"]) for one in merge_by_request(entries)]
        assert found == [("r0", "done"), ("r1", "done")], disk.calls
        assert all(line.entry is not None for line in read_journal(path)) or "write" in disk.calls


@pytest.mark.parametrize("kinds", [READ_ONLY, FULL, LOCKS, frozenset({"fsync"}), frozenset({"close"})])
def test_while_nothing_can_be_written_all_is_kept_and_told_once(tmp_path: Path, kinds: frozenset[str]) -> None:
    journal = Journal(tmp_path / "state" / "journal.jsonl")
    shelf, clock = DraftShelf(tmp_path / "drafts", lambda: NOON), Clock()
    tokens = TokenFile(tmp_path / "data" / "tokens.json", clock=clock, lock_seconds=0.01)
    with Disk(tmp_path, errno.ENOLCK if kinds is LOCKS else errno.EDQUOT, kinds).taking_over():
        for number in range(3):
            journal.append_now(a_request(number, "asked"))
        saved = shelf.save_now("0" * 32, nightly())
        told, found = shelf.take_warning(), next(iter(shelf.drafts()), None)
        assert saved == (told is None)
        assert found is not None
        assert found.draft == nightly()
        if kinds is LOCKS:
            assert journal.problem is None
            assert tokens.merge(KEY, SIGN_IN) == SIGN_IN
        else:
            words = journal.take_warning() or ""
            assert words.endswith("Disk quota exceeded. Changes are recorded only until this program ends.")
            assert journal.take_warning() is None
        if kinds in (READ_ONLY, FULL):
            assert told is not None
            assert "Disk quota exceeded. It is kept in memory only" in told
            with pytest.raises(TokensNotKept, match="Disk quota exceeded"):
                tokens.merge(KEY, SIGN_IN)
    journal.append_now(a_request(3, "asked"))
    entries = [line.entry for line in read_journal(tmp_path / "state" / "journal.jsonl") if line.entry]
    assert [one["request"] for one in merge_by_request(entries)] == ["r0", "r1", "r2", "r3"]
    assert shelf.save_now("0" * 32, nightly())
    assert tokens.merge(KEY, SIGN_IN) == SIGN_IN


def test_a_draft_is_the_old_one_or_the_new_one_whichever_call_fails(tmp_path: Path) -> None:
    shelf = DraftShelf(tmp_path / "drafts", lambda: NOON)

    def fresh() -> None:
        nonlocal shelf
        shelf = DraftShelf(tmp_path / "drafts", lambda: NOON)
        shelf.save_now("0" * 32, nightly("old"))

    for disk in each_call(tmp_path, lambda: shelf.save_now("0" * 32, nightly("new")), fresh):
        with disk.taking_over():
            on_disk = shelf.save_now("0" * 32, nightly("new"))
        assert on_disk == (shelf.take_warning() is None)
        (mine,) = shelf.drafts()
        assert mine.draft == nightly("new")
        (there,) = DraftShelf(tmp_path / "drafts", lambda: NOON).drafts()
        assert there.draft in (nightly("old"), nightly("new"))
        assert on_disk <= (there.draft == nightly("new"))
        assert shelf.save_now("0" * 32, nightly("newer"))
        assert len(list((tmp_path / "drafts").iterdir())) <= 1 + disk.calls.count("unlink")


def test_drafts_that_cannot_be_read_are_listed_and_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    shelf = DraftShelf(tmp_path / "drafts", lambda: NOON)
    shelf.save_now("0" * 32, nightly())
    with Disk(tmp_path, errno.ESTALE, frozenset({"open-read"})).taking_over():
        (found,) = shelf.drafts()
    assert found.draft is None
    assert found.unreadable == "It cannot be read: Stale file handle"
    with Disk(tmp_path, errno.EACCES, frozenset({"listdir", "scandir"})).taking_over():
        assert shelf.drafts() == ()
    assert shelf.take_warning() == f"The drafts in {tmp_path / 'drafts'} cannot be read: Permission denied."


@pytest.mark.parametrize("what", ["merge", "sign out", "load"])
def test_tokens_are_whole_whichever_call_fails(tmp_path: Path, what: str) -> None:
    path = tmp_path / "data" / "tokens.json"
    file = TokenFile(path, clock=Clock(), lock_seconds=0.01)
    other = ProfileKey("other", "production", "an-id")
    work: dict[str, Callable[[], object]] = {
        "merge": lambda: file.merge(KEY, LATER),
        "sign out": lambda: file.replace(KEY, None),
        "load": lambda: file.load(KEY),
    }

    def fresh() -> None:
        file.replace(KEY, SIGN_IN)
        file.replace(other, SIGN_IN)

    for disk in each_call(tmp_path, work[what], fresh):
        with disk.taking_over():
            told = ""
            try:
                work[what]()
            except TokensNotKept as fault:
                told = str(fault)
        assert not told or str(path) in told
        kept = file.load(KEY)
        assert kept in {"merge": (SIGN_IN, LATER), "sign out": (SIGN_IN, None), "load": (SIGN_IN,)}[what]
        assert told or kept in {"merge": (LATER,), "sign out": (None,), "load": (SIGN_IN,)}[what]
        assert file.load(other) == SIGN_IN
        assert file.take_notices() == ()


def test_what_a_killed_program_left_of_tokens_goes_with_signing_out(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json", clock=Clock())
    file.merge(KEY, SIGN_IN)
    (tmp_path / ".tokens.json.x7_k2").write_text("what was about to be written")
    file.replace(KEY, None)
    assert [one.name for one in tmp_path.glob("*tokens*")] == ["tokens.json.lock"]


@pytest.mark.parametrize("fault", [errno.ENOLCK, errno.ENOSPC])
def test_a_lock_is_let_go_of_whatever_fails(tmp_path: Path, fault: int) -> None:
    lock = FileLock(tmp_path / "lock")
    with Disk(tmp_path, fault, LOCKS | {"write", "unlink"} if fault == errno.ENOLCK else FULL).taking_over():
        with lock.hold(0) as had:
            assert had
        assert lock.kind == ""
    with lock.hold(0) as had:
        assert had or (tmp_path / "lock.held").exists()


def test_caches_logs_links_and_shared_answers_do_without(tmp_path: Path) -> None:
    kept = CachedRows("who", NOON, counts={Word.OK: 1})
    asked = 0

    async def ask() -> Answer:
        nonlocal asked
        asked += 1
        return Answer("timer", 200, {}, b"{}")

    def work() -> None:
        for handler in logging.getLogger("globus_tui").handlers[:]:
            logging.getLogger("globus_tui").removeHandler(handler)
            handler.close()
        start_log(tmp_path / "state")
        logging.getLogger("globus_tui").error("words")
        cache = AnswerCache(tmp_path / "cache", "who")
        cache.save(kept)
        assert cache.load() in (kept, None)
        write_link(tmp_path / "state", "https://auth.example.org/")
        remove_link(tmp_path / "state")
        shared = SharedAnswers(lambda: tmp_path, lambda: "who", moment=lambda: 0.0)
        assert asyncio.run(shared.read("timer", "all", 10, ask)).status == 200
        shared.leave()

    def fresh() -> None:
        subprocess.run(["rm", "-rf", tmp_path / "state", tmp_path / "cache"], check=True)

    for disk in each_call(tmp_path, work, fresh):
        with disk.taking_over():
            work()
    with Disk(tmp_path, errno.EROFS).taking_over():
        work()
    gone = SharedAnswers(lambda: tmp_path / "gone", lambda: "who", moment=lambda: 0.0)  # as after the last logout
    assert asyncio.run(gone.read("timer", "all", 10, ask)).status == 200


# --- other versions, other machines


async def test_a_later_version_is_left_alone_and_named(tmp_path: Path) -> None:
    state = tmp_path / "state"
    journal = Journal(state / "journal.jsonl")
    journal.append_now({**a_request(1, "asked"), "v": 2, "pid": 1, "what": "teleport"})
    journal.append_now({**a_request(2, "asked"), "pid": None})
    assert [one["request"] for one in await journal.left_open()] == ["r2"]
    assert len(await journal.entries()) == 2

    shelf = DraftShelf(state / "drafts", lambda: NOON)
    shelf.save_now("0" * 32, nightly())
    path = state / "drafts" / f"{'0' * 32}.json"
    newer = json.loads(path.read_text())
    newer["draft"] |= {"version": 2, "orbit": "low"}
    path.write_text(json.dumps(newer))
    (found,) = shelf.drafts()
    assert found.unreadable == "“version” 2 is not known to this program; it knows 1."
    assert json.loads(path.read_text()) == newer

    tokens = TokenFile(tmp_path / "tokens.json", clock=Clock())
    (tmp_path / "tokens.json").write_text('{"version": 2, "vault": "sealed"}')
    (tmp_path / "tokens.json").chmod(0o600)
    merge, forget = lambda: tokens.merge(KEY, SIGN_IN), lambda: tokens.replace(KEY, None)
    works: tuple[Callable[[], object], ...] = (lambda: tokens.load(KEY), merge, forget)
    for work in works:
        with pytest.raises(TokensNotKept, match="newer version of this program and is left alone"):
            work()
    assert "vault" in (tmp_path / "tokens.json").read_text()

    cache = AnswerCache(tmp_path / "cache", "who")
    cache.save(CachedRows("who", NOON, ()))
    cache.path.write_bytes(b"globus_tui rows 99 9.9 3.19\nwhatever")
    assert cache.load() is None

    config = tmp_path / "config.toml"
    config.write_text('refresh = 60\nwarp = 9\n[keys]\n"job.teleport" = "t"\n[future]\nx = 1\n')
    settings = load_settings({"GLOBUS_TUI_CONFIG": str(config), "HOME": str(tmp_path)})
    assert settings.refresh == 60
    assert [name in " ".join(settings.problems) for name in ("warp", "job.teleport", "future")] == [True] * 3


def test_a_draft_says_on_which_machine_it_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "login1")
    DraftShelf(tmp_path, lambda: NOON).save_now("0" * 32, nightly())
    (found,) = DraftShelf(tmp_path, lambda: NOON).drafts()
    assert found.host is None
    monkeypatch.setattr("socket.gethostname", lambda: "login2")
    (found,) = DraftShelf(tmp_path, lambda: NOON).drafts()
    assert (found.host, found.open_elsewhere) == ("login1", False)


def test_two_machines_write_one_journal_although_it_knows_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    copies = Journal(path), Journal(path)
    with Disk(tmp_path, errno.ENOLCK, LOCKS).taking_over():
        for number in range(6):
            monkeypatch.setattr("socket.gethostname", lambda number=number: f"login{number % 2}")
            copies[number % 2].append_now(a_request(number, "done"))
    entries = [line.entry for line in read_journal(path) if line.entry]
    assert [(one["host"], one["unlocked"]) for one in entries] == [("login0", True), ("login1", True)] * 3
    assert broken_places(path) == ()


# --- what else may stand there

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    max_leaves=5,
)
_NAMES = [
    "v",
    "profile",
    "who",
    "host",
    "pid",
    "request",
    "what",
    "timer",
    "outcome",
    "closed",
    "when",
    "asked",
    "prev",
]
_entries = st.dictionaries(st.sampled_from([*_NAMES, "replaces", "task", "alarm_percent", "before", "after"]), _json)


@given(st.lists(_entries, max_size=4))
def test_no_entry_of_a_journal_ends_who_reads_it(entries: list[dict[str, Any]]) -> None:
    journal = Journal(None)
    for one in entries:
        journal.append_now({"profile": "default", **one})
    found = asyncio.run(journal.entries())
    assert len(found) <= len(entries)
    alarm_levels(found)
    asyncio.run(journal.left_open())
    assert all(isinstance(is_open(one), bool) for one in found)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
def test_a_disk_that_is_really_full_and_then_really_read_only(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("this container mounts nothing")
    try:
        journal, shelf = Journal(disk / "state" / "journal.jsonl"), DraftShelf(disk / "drafts", lambda: NOON)
        tokens = TokenFile(disk / "data" / "tokens.json", clock=Clock(), lock_seconds=0.01)
        tokens.merge(KEY, SIGN_IN)
        journal.append_now(a_request(0, "asked"))
        with pytest.raises(OSError, match="No space"):
            (disk / "filling").write_bytes(bytes(64 * 1024))
        journal.append_now({**a_request(1, "asked"), "before": {"padding": "x" * 9000}})
        assert "No space left on device" in (journal.take_warning() or "")
        assert not shelf.save_now("0" * 32, nightly())
        with pytest.raises(TokensNotKept, match="No space left"):
            tokens.merge(KEY, LATER)
        assert tokens.load(KEY) == SIGN_IN
        tokens.replace(KEY, None)  # signing out needs no room
        assert tokens.load(KEY) is None
        (disk / "filling").unlink()
        journal.append_now(a_request(2, "asked"))
        assert shelf.save_now("0" * 32, nightly())
        tokens.merge(KEY, SIGN_IN)
        assert broken_places(journal.path or disk) == ()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        journal.append_now(a_request(3, "asked"))
        assert journal.problem is not None
        assert journal.problem.endswith("Read-only file system")
        assert len(asyncio.run(journal.entries())) == 4
        done = asyncio.run(logout(_Revoking(), tokens, KEY))
        assert not done.certain
        assert "Read-only file system" in " ".join(done.lines())
    finally:
        subprocess.run(["umount", disk], check=True)


class _Revoking(AuthClient):
    def __init__(self) -> None:
        pass

    async def revoke(self, client_id: str, token: object) -> None:
        del client_id, token

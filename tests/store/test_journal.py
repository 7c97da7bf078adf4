from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import socket
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.timer.job import JobId
from globus_tui.private_files import take_lock
from globus_tui.store import journal
from globus_tui.store.journal import Journal, Recorder, read_journal
from globus_tui.store.operations import Done, Pause
from tests.store.fakes import NOON, World, a_job
from tests.store.workbench import broken_places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "globus_tui" / "journal.jsonl"


def write(path: Path, *whats: str) -> None:
    for what in whats:
        Journal(path, who="pat").append_now({"what": what, "timer": {"id": "1", "name": "nächtlich"}})


def whats(path: Path) -> list[Any]:
    return [line.entry["what"] if line.entry else None for line in read_journal(path)]


def test_entries_come_back_in_order_with_who_and_where(path: Path) -> None:
    write(path, "pause", "resume")
    lines = read_journal(path)
    assert whats(path) == ["pause", "resume"]
    assert lines[0].entry is not None
    assert {"who", "host", "profile", "pid", "prev"} <= lines[0].entry.keys()
    assert broken_places(path) == ()


def test_only_the_owner_may_read_it(path: Path) -> None:
    write(path, "pause")
    path.chmod(0o644)
    write(path, "resume")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("edit", [lambda lines: lines.pop(1), lambda lines: lines.__setitem__(1, lines[1][:-2])])
def test_a_line_taken_out_or_edited_shows(path: Path, edit: Any) -> None:
    write(path, "pause", "rename", "resume")
    lines = path.read_bytes().splitlines()
    edit(lines)
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert broken_places(path) != ()


def test_changing_one_word_of_a_line_shows_at_the_next(path: Path) -> None:
    write(path, "pause", "resume")
    path.write_bytes(path.read_bytes().replace(b'"pause"', b'"delete"'))
    assert broken_places(path) == (2,)


def test_a_line_cut_short_by_a_crash_hides_nothing_that_comes_after_it(path: Path) -> None:
    write(path, "pause")
    with path.open("ab") as file:
        file.write(b'{"v":1,"what":"ren')
    write(path, "resume")
    assert whats(path) == ["pause", None, "resume"]
    assert broken_places(path) == (2,)


def test_a_very_long_entry_is_chained_like_any_other(path: Path) -> None:
    Journal(path).append_now({"what": "pause", "before": {"items": ["x" * 100] * 5000}})
    write(path, "resume")
    assert broken_places(path) == ()


def test_several_copies_of_the_program_share_one_chain(path: Path) -> None:
    first, second = Journal(path), Journal(path)
    for number in range(5):
        first.append_now({"what": f"first {number}"})
        second.append_now({"what": f"second {number}"})
    assert len(read_journal(path)) == 10
    assert broken_places(path) == ()


def test_reading_it_meanwhile_lets_no_other_copy_write_in_between(path: Path) -> None:
    write(path, "pause")
    other = (
        "import sys; from globus_tui.private_files import take_lock\n"
        "with open(sys.argv[1], 'rb+') as file: print(take_lock(file.fileno(), 0))"
    )
    with path.open("rb+") as file:
        assert take_lock(file.fileno(), 0)
        read_journal(path)
        seen = subprocess.run([sys.executable, "-c", other, path], capture_output=True, text=True, check=True)
    assert seen.stdout == "False\n"


def test_without_locks_it_still_writes_and_says_so_in_the_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    write(path, "pause")
    monkeypatch.setattr(fcntl, "flock", no_locks)
    write(path, "resume")
    lines = read_journal(path)
    assert lines[1].entry is not None
    assert lines[1].entry["unlocked"] is True
    assert broken_places(path) == ()


def test_nothing_that_looks_like_a_secret_is_written(path: Path) -> None:
    body = {"refresh_token": "Agabc", "callback_body": [{"Authorization": "Bearer xyz", "label": "fine"}]}
    Journal(path).append_now({"what": "pause", "before": body})
    text = path.read_text()
    assert "Agabc" not in text
    assert "xyz" not in text
    assert "fine" in text


def test_a_link_put_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    journal = Journal(path)
    journal.append_now({"what": "pause"})
    assert not target.exists()
    assert journal.take_warning() is not None


async def test_a_full_disk_does_not_stop_a_pause_and_is_told_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def full(handle: int, sent: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    world = World(a_job("one"), a_job("two"), journal=Journal(path))
    await world.store.refresh()
    first = await world.store.operate(Pause(JobId("one")))
    assert isinstance(first, Done)
    assert first.note is not None
    assert "No space left" in first.note
    monkeypatch.setattr(os, "write", real)
    second = await world.store.operate(Pause(JobId("two")))
    assert isinstance(second, Done)
    assert second.note is None
    assert [line.entry["timer"]["id"] for line in read_journal(path) if line.entry] == ["one", "one", "two", "two"]
    assert broken_places(path) == ()


def test_half_a_line_on_a_full_disk_is_taken_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, "pause")
    real = os.write

    def fill_up(handle: int, sent: bytes) -> int:
        if len(sent) < 200:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, sent[:-10])

    monkeypatch.setattr(os, "write", fill_up)
    write(path, "resume")
    assert whats(path) == ["pause"]
    assert broken_places(path) == ()


def test_a_journal_that_does_not_exist_yet_is_empty(path: Path) -> None:
    assert read_journal(path) == ()
    assert broken_places(path) == ()


async def test_a_dead_network_drive_does_not_hold_up_a_pause(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, "rename")
    released = threading.Event()
    monkeypatch.setattr(os, "pread", lambda *_: released.wait(60) and b"")
    monkeypatch.setattr(journal, "_PATIENCE", 0.01)
    world = World(a_job("one"), journal=Journal(path))
    await world.store.refresh()
    done = await world.store.operate(Pause(JobId("one")))
    released.set()
    assert isinstance(done, Done)
    assert done.note is not None
    assert "does not answer" in done.note


async def test_a_request_that_is_cut_off_before_its_line_is_written_never_leaves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, left = Journal(path), False
    reached = asyncio.Event()

    async def never(entry: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    async def pause() -> None:
        nonlocal left
        async with Recorder(kept, lambda: NOON).asking("pause", {"timer": {"id": "one", "name": "x"}}):
            left = True

    monkeypatch.setattr(kept, "append", never)
    pausing = asyncio.create_task(pause())
    await reached.wait()
    assert kept.under_way
    pausing.cancel()
    await asyncio.gather(pausing, return_exceptions=True)
    (line,) = read_journal(path)
    assert line.entry is not None
    assert (line.entry["what"], line.entry["outcome"], line.entry["error"]) == ("pause", "refused", "interrupted")
    assert (left, kept.under_way, kept.lost) == (False, set(), {})


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """What is written is on the disk only once the second event is set; the first one tells that it is waited for."""
    begun, released, real = threading.Event(), threading.Event(), os.fsync

    def slow(handle: int) -> None:
        begun.set()
        released.wait(60)
        real(handle)

    monkeypatch.setattr(os, "fsync", slow)
    monkeypatch.setattr(journal, "_LOCK_TIMEOUT", 0.01)
    return begun, released


async def test_of_many_changes_at_once_on_a_slow_disk_none_leaves_before_its_line_is_written(
    path: Path, slow_disk: tuple[threading.Event, threading.Event]
) -> None:
    kept = Journal(path)
    begun, released = slow_disk

    async def change(what: str) -> None:
        await kept.append({"what": what, "outcome": "asked"})
        assert what in whats(path)

    first = asyncio.create_task(change("pause 1"))
    await asyncio.to_thread(begun.wait, 60)
    threading.Timer(0.2, released.set).start()  # no turn is waited for so long but by what is about to leave
    await asyncio.gather(first, *(change(f"pause {number}") for number in (2, 3, 4)))
    assert len(whats(path)) == 4
    assert kept.problem is None


async def test_a_line_that_nobody_waits_for_any_more_is_written_by_whoever_has_the_turn(
    path: Path, slow_disk: tuple[threading.Event, threading.Event]
) -> None:
    kept = Journal(path)
    begun, released = slow_disk
    first = asyncio.create_task(kept.append({"what": "pause", "outcome": "asked"}))
    await asyncio.to_thread(begun.wait, 60)
    kept.append_now({"what": "resume"})
    assert kept.problem is not None
    assert whats(path) == ["pause"]
    released.set()
    await first
    assert whats(path) == ["pause", "resume"]
    assert kept.problem is None


def test_a_system_log_is_told_by_socket_and_by_udp_without_documents_and_one_that_is_not_there_holds_nothing_up(
    path: Path, tmp_path: Path
) -> None:
    entry = {"what": "pause", "timer": {"id": "1", "name": "a\nb"}, "before": {"body": "long"}, "token": "Bearer abc"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local, socket.socket(type=socket.SOCK_DGRAM) as remote:
        local.bind(str(tmp_path / "log"))
        remote.bind(("127.0.0.1", 0))
        for log, where in ((local, str(tmp_path / "log")), (remote, f"127.0.0.1:{remote.getsockname()[1]}")):
            log.settimeout(5)
            Journal(path, who="pat", syslog=where).append_now(entry)
            said = log.recv(1 << 16).decode()
            head, _, text = said.partition(": ")
            assert head.startswith("<13>globus-tui[")
            found = json.loads(text)
            assert (found["what"], found["who"]) == ("pause", "pat")
            assert "before" not in found
            assert "Bearer abc" not in said
            assert "\n" not in said
    for where in (str(tmp_path / "none"), "127.0.0.1:1", "[::1]:1"):
        Journal(path, syslog=where).append_now(entry)
    assert whats(path) == ["pause"] * 5

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
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.errors import TimersAPIError
from globus_tui.domain.timer.job import JobId
from globus_tui.private_files import take_lock
from globus_tui.store import journal
from globus_tui.store.journal import (
    START,
    Journal,
    OldTimer,
    Recorder,
    due_for_deletion,
    has_gaps,
    is_open,
    merge_by_request,
    noting,
    read_journal,
    replaced_by,
    replaced_timers,
)
from globus_tui.store.operations import Done, Pause
from tests.store.fakes import NOON, World, a_job
from tests.store.workbench import broken_places

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    assert "nächtlich" in path.read_text(), "it is read by people, too"
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


# --- what a line holds


def entries(path: Path) -> list[Mapping[str, Any]]:
    return [line.entry for line in read_journal(path) if line.entry is not None]


def test_an_empty_file_is_a_journal_without_lines_and_its_first_line_begins_the_chain(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    assert read_journal(path) == ()
    write(path, "pause")
    (entry,) = entries(path)
    assert (entry["prev"], entry["v"], entry["profile"], entry["pid"]) == (START, 1, "default", os.getpid())
    assert "unlocked" not in entry


@pytest.mark.parametrize(
    ("kept", "gaps"),
    [
        ({"token": ["Agabc", "Agdef"]}, True),
        ({"input": [{"DB_PASSWORD": "hunter2"}]}, True),
        ({"authorization_parameters": {"required_scopes": ["a"]}}, False),
        ({"tokens_used": 7, "label": "(left out"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_what_was_left_out_of_a_document_is_known_of_the_line(path: Path, kept: Any, gaps: bool) -> None:
    Journal(path).append_now({"what": "pause", "before": {"body": kept}})
    (entry,) = entries(path)
    assert has_gaps(entry["before"]) is gaps
    assert gaps or entry["before"]["body"] == kept
    assert not any(word in path.read_text() for word in ("Agabc", "Agdef", "hunter2"))


async def test_a_request_has_one_number_from_leaving_to_its_end_and_says_how_it_ended() -> None:
    kept, berlin = Journal(None), timezone(timedelta(hours=2))
    error = TimersAPIError("No.", service="timer", status=409, code="BUSY", request_id="r-9")
    recorder = Recorder(kept, lambda: NOON.astimezone(berlin))
    async with recorder.asking("pause", {"timer": {"id": "one"}}, {"name": "before"}) as asked:
        assert kept.under_way == {asked.request}
        await asked.ended(False, error=error, found={"timer": {"id": "one", "name": "found"}})
    asking, ended = kept.unwritten
    for entry in (asking, ended):
        assert (entry["request"], entry["what"], entry["when"]) == (asked.request, "pause", NOON.isoformat())
        assert (entry["before"], len(entry["request"])) == ({"name": "before"}, 32)
    assert asking["outcome"] == "asked"
    assert (ended["outcome"], ended["after"], ended["asked_at"]) == ("refused", None, NOON.isoformat())
    assert (ended["error"], ended["status"], ended["code"], ended["request_id"]) == ("No.", 409, "BUSY", "r-9")
    assert ended["timer"] == {"id": "one", "name": "found"}
    assert (kept.under_way, kept.lost) == (set(), {})


async def test_what_is_done_together_has_one_batch_and_what_comes_after_it_has_none() -> None:
    kept = Journal(None)
    recorder = Recorder(kept, lambda: NOON)

    async def swap(name: str) -> None:
        await recorder.record_swap({"timer": {"id": name}}, {"old": 1}, {"new": 2})

    with noting(why="window"):
        await swap("a")
        await swap("b")
    with noting():
        await swap("c")
    await swap("d")
    first, second, third, last = kept.unwritten
    assert first["batch"] == second["batch"] != third["batch"]
    assert len(first["batch"]) == 16
    assert [one.get("why") for one in kept.unwritten] == ["window", "window", None, None]
    assert "batch" not in last
    swapped = {key: last[key] for key in ("what", "outcome", "when", "timer", "before", "after")}
    assert swapped == {
        "what": "swap", "outcome": "done", "when": NOON.isoformat(), "timer": {"id": "d"}, "before": {"old": 1},
        "after": {"new": 2},
    }  # fmt: skip


def test_what_nests_too_deep_is_left_out_and_the_rest_of_the_line_is_kept(path: Path) -> None:
    endless: dict[str, Any] = {"name": "x"}
    endless["in"] = endless
    timer = {"id": "one", "name": None, "more": endless}
    Journal(path).append_now({"what": "pause", "tries": 2, "closed": True, "before": endless, "timer": timer})
    (entry,) = entries(path)
    assert (entry["what"], entry["tries"], entry["closed"]) == ("pause", 2, True)
    assert (entry["before"], entry["timer"]) == ("(left out)", {"id": "one", "name": None})
    Journal(path).append_now({"what": "resume", "before": endless, "timer": "one"})
    assert entries(path)[-1]["timer"] == "one"


def test_half_a_letter_and_what_json_cannot_say_are_written_beside_each_other(path: Path) -> None:
    Journal(path).append_now({"what": "pause", "name": "bad \ud800", "odd": frozenset()})
    (entry,) = entries(path)
    assert (entry["name"], entry["odd"]) == ("bad \ud800", "frozenset()")


# --- on a disk


async def test_the_disk_is_waited_for_before_a_request_leaves_and_not_when_it_has_ended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(os.readlink(f"/proc/self/fd/{handle}"))))
    kept = Journal(path)
    await kept.append({"what": "pause", "outcome": "asked"})
    assert synced == [path, path.parent]  # the new name, too, outlives a power cut
    await kept.append({"what": "pause", "outcome": "done"})
    assert synced == [path, path.parent]
    await kept.append({"what": "pause", "outcome": "asked"})
    assert synced == [path, path.parent, path]


async def test_where_all_is_well_nothing_is_said_of_the_journal(path: Path) -> None:
    world = World(a_job("one"), journal=Journal(path))
    await world.store.refresh()
    done = await world.store.operate(Pause(JobId("one")))
    assert isinstance(done, Done)
    assert done.note is None


def test_while_another_program_holds_the_lock_the_line_is_written_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_LOCK_TIMEOUT", 0.0)
    write(path, "pause")
    with path.open("rb+") as other:
        assert take_lock(other.fileno())
        write(path, "resume")
    write(path, "pause")
    assert [entry.get("unlocked") for entry in entries(path)] == [None, True, None]
    assert broken_places(path) == ()


@pytest.mark.parametrize(("back", "whole"), [(1, True), (10, True), (11, False)])
def test_a_line_without_the_lock_may_name_one_of_the_ten_before_it(path: Path, back: int, whole: bool) -> None:
    write(path, *["pause"] * 12)
    named = path.read_bytes().splitlines()[-back]
    with path.open("ab") as file:
        file.write(journal.make_line({"what": "resume", "unlocked": True}, journal.digest(named)) + b"\n")
    assert broken_places(path) == (() if whole else (13,))


def test_a_line_with_the_lock_names_the_very_one_before_it(path: Path) -> None:
    write(path, "pause", "rename")
    first = path.read_bytes().splitlines()[0]
    with path.open("ab") as file:
        file.write(journal.make_line({"what": "resume"}, journal.digest(first)) + b"\n")
    assert broken_places(path) == (3,)


@pytest.mark.parametrize("length", [65_000, 65_536, 66_000, 300_000])
def test_a_line_of_any_length_is_found_again_by_the_next(path: Path, length: int) -> None:
    write(path, "pause")
    Journal(path).append_now({"what": "x" * length})
    write(path, "resume")
    assert len(whats(path)) == 3
    assert broken_places(path) == ()


def test_without_the_lock_nothing_that_others_wrote_is_cut_off_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, "pause")
    real = os.write

    def others_write_meanwhile(handle: int, sent: bytes) -> int:
        real(handle, b'{"what":"theirs"}\n')
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", others_write_meanwhile)
    monkeypatch.setattr(journal, "take_lock", lambda *_: None)
    write(path, "resume")
    assert whats(path) == ["pause", "theirs"]


def test_an_error_without_a_reason_is_told_in_its_own_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(*_: object) -> None:
        raise OSError("the file server is odd")

    kept = Journal(path)
    write(path, "pause")
    monkeypatch.setattr(os, "write", odd)
    kept.append_now({"what": "resume"})
    assert "the file server is odd" in (kept.take_warning() or "")


def test_a_pipe_in_its_place_is_told_and_nobody_waits_for_it(path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    kept = Journal(path)
    kept.append_now({"what": "pause"})
    assert kept.take_warning() == (
        f"The journal {path} cannot be written: it is no file but a pipe or a device. "
        "Changes are recorded only until this program ends."
    )
    assert [one["what"] for one in kept.unwritten] == ["pause"]


def put_a_folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


async def test_what_could_not_be_written_is_known_all_the_same_and_only_to_its_own_profile(path: Path) -> None:
    write(path, "pause")
    Journal(path, profile="hipaa").append_now({"what": "delete"})
    kept = Journal(path)
    kept.unwritten.append({"what": "resume", "profile": "default"})
    assert [one["what"] for one in await kept.entries()] == ["pause", "resume"]
    put_a_folder_there(path)
    assert [one["what"] for one in await kept.entries()] == ["resume"]


def test_the_machines_own_log_is_found_where_it_always_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[bytes, object]] = []

    class Log(socket.socket):
        def sendto(self, words: bytes, *where: object) -> int:  # type: ignore[override]  # as it is called here
            told.append((words, where[-1]))
            return len(words)

    monkeypatch.setattr(socket, "socket", Log)
    Journal(path, syslog=True).append_now({"what": "pause"})
    ((words, where),) = told
    assert where == "/dev/log"
    assert words.startswith(b"<13>globus-tui[%d]: {" % os.getpid())
    Journal(path).append_now({"what": "resume"})
    assert len(told) == 1


# --- requests and their ends


def asked(request: str, outcome: str = "asked", **more: Any) -> dict[str, Any]:
    return {"request": request, "what": "pause", "outcome": outcome, **more}


def test_of_each_request_the_last_word_counts_and_none_comes_after_it_is_closed() -> None:
    lines = [
        asked("a"),
        asked("b"),
        {"what": "old", "outcome": "done"},
        asked("a", "unknown"),
        asked("a", "done", closed=True),
        asked("a", "unknown"),
        asked("b", "refused"),
        {"what": "old", "outcome": "done"},
    ]
    assert [(one.get("request"), one["outcome"]) for one in merge_by_request(lines)] == [
        ("a", "done"), ("b", "refused"), (None, "done"), (None, "done"),
    ]  # fmt: skip
    assert [is_open(one) for one in (asked("a"), asked("a", "unknown"), asked("a", "done"))] == [True, True, False]
    assert not is_open(asked("a", "unknown", closed=True))
    assert not is_open(asked("", "unknown"))


DEAD = 2**22 + 7
"""No process has such a number."""


@pytest.mark.parametrize(
    ("who", "more", "looked_up"),
    [
        ("pat", {}, True),
        ("pat", {"who": None}, True),
        (None, {"who": "kim"}, True),
        ("pat", {"who": "kim"}, False),
        ("pat", {"v": 2}, False),
        ("pat", {"v": None}, True),
        ("pat", {"pid": os.getppid()}, False),
        ("pat", {"pid": os.getppid(), "when": "?"}, True),
        ("pat", {"pid": os.getppid(), "ago": 61}, True),
        ("pat", {"pid": os.getppid(), "ago": 59}, False),
        ("pat", {"pid": os.getppid(), "ago": -61}, True),
        ("pat", {"pid": "7"}, True),
        ("pat", {"pid": os.getpid()}, True),
        ("pat", {"host": "elsewhere"}, False),
        ("pat", {"host": "elsewhere", "ago": 61}, True),
    ],
)
async def test_what_is_left_open_is_looked_up_unless_whoever_asked_may_still_be_at_it(
    who: str | None, more: dict[str, Any], looked_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return NOON

    monkeypatch.setattr(journal, "datetime", Clock)
    kept = Journal(None, who=who)
    when = NOON - timedelta(minutes=more.get("ago", 1))
    entry: dict[str, Any] = {"who": "pat", "pid": DEAD, "when": when.isoformat()} | more
    kept.append_now(asked("a", **entry))
    found = [one["request"] for one in await kept.left_open()]
    assert found == (["a"] if looked_up else [])


async def test_a_request_that_is_under_way_or_lost_here_is_not_left_open() -> None:
    kept = Journal(None)
    for request in "abc":
        kept.append_now(asked(request, pid=DEAD, when=NOON.isoformat()))
    kept.under_way.add("a")
    kept.lost["b"] = {}
    assert [one["request"] for one in await kept.left_open()] == ["c"]


# --- lineage


def swap(old: str, new: str, days: int) -> dict[str, Any]:
    moment = (NOON + timedelta(days=days)).isoformat()
    return {"what": "swap", "when": moment, "timer": {"id": new}, "replaces": {"id": old, "name": f"timer {old}"}}


def test_a_timer_that_was_replaced_is_known_until_it_is_deleted_or_back_in_its_place() -> None:
    history = [swap("a", "b", 0), swap("b", "c", 1), swap("x", "y", 2)]
    first, second, third = replaced_timers(history)
    assert first == OldTimer("a", "timer a", "b", NOON)
    assert [one.job_id for one in (second, third)] == ["b", "x"]
    assert replaced_by(history, "c") == second
    assert replaced_by(history, "a") is None
    assert [one.job_id for one in due_for_deletion(history, NOON + timedelta(days=15), 14)] == ["a", "b"]
    deleted = {"what": "delete", "timer": {"id": "a"}, "outcome": "done"}
    assert [one.job_id for one in replaced_timers([*history, deleted])] == ["b", "x"]
    assert len(replaced_timers([*history, {**deleted, "outcome": "unknown"}])) == 3
    back = swap("y", "x", 3)
    assert [one.job_id for one in replaced_timers([*history, back])] == ["a", "b", "y"]
    odd: list[dict[str, Any]] = [
        {"what": "swap", "when": "?", "timer": {"id": "n"}, "replaces": {"id": "o"}},
        {"what": "swap"},
    ]
    assert replaced_timers(odd) == ()

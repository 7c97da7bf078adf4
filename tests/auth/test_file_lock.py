from __future__ import annotations

import errno
import fcntl
import os
import socket
from typing import TYPE_CHECKING

import pytest

from globus_tui.auth.file_lock import STALE, FileLock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def no_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_only_one_holds_it(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    assert first.kind == "flock"
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()
    second.release()


@pytest.mark.usefixtures("no_flock")
def test_without_file_locks_a_marker_file_serves(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    assert first.kind == "file"
    assert not second.try_acquire()
    first.release()
    assert second.try_acquire()
    second.release()
    assert [one.name for one in tmp_path.glob("lock*")] == ["lock"]


@pytest.mark.usefixtures("no_flock")
def test_a_marker_left_by_a_dead_program_is_broken(tmp_path: Path) -> None:
    dead = FileLock(tmp_path / "lock")
    assert dead.try_acquire()
    marker = tmp_path / "lock.held"
    long_ago = marker.stat().st_mtime - STALE - 1
    os.utime(marker, (long_ago, long_ago))
    assert FileLock(tmp_path / "lock").try_acquire()
    assert sorted(one.name for one in tmp_path.glob("lock*")) == ["lock", "lock.held"]


@pytest.mark.usefixtures("no_flock")
def test_a_marker_says_whose_it_is(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock").held(0) as had:
        assert had
        assert (tmp_path / "lock.held").read_text() == f"{socket.gethostname()} {os.getpid()}\n"
    assert not (tmp_path / "lock.held").exists()


def test_whoever_waits_looks_often_and_has_it_when_it_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, naps = FileLock(tmp_path / "lock"), []
    assert first.try_acquire()

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            first.release()

    monkeypatch.setattr("globus_tui.auth.file_lock.time.sleep", sleep)
    with FileLock(tmp_path / "lock").held(600) as had:
        assert had
        assert not first.try_acquire()
    assert len(naps) == 3
    assert max(naps) <= 0.1
    assert first.try_acquire()
    first.release()


def test_waiting_ends_at_the_deadline(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock").held(1), FileLock(tmp_path / "lock").held(0) as had:
        assert not had


def test_a_lock_file_that_cannot_be_made_is_an_error_and_not_a_lock(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLock(tmp_path / "missing" / "lock").try_acquire()

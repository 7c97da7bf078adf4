from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
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
    with FileLock(tmp_path / "lock").hold(0) as had:
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
    with FileLock(tmp_path / "lock").hold(600) as had:
        assert had
        assert not first.try_acquire()
    assert len(naps) == 3
    assert max(naps) <= 0.1
    assert first.try_acquire()
    first.release()


def test_waiting_ends_at_the_deadline(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock").hold(1), FileLock(tmp_path / "lock").hold(0) as had:
        assert not had


def test_a_lock_file_that_cannot_be_made_is_an_error_and_not_a_lock(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLock(tmp_path / "missing" / "lock").try_acquire()


def test_whoever_has_it_does_not_lose_it_by_asking_again_in_vain(tmp_path: Path) -> None:
    first = FileLock(tmp_path / "lock")
    assert first.try_acquire()
    with first.hold(0) as had:
        assert not had
    assert not FileLock(tmp_path / "lock").try_acquire()
    first.release()
    assert FileLock(tmp_path / "lock").try_acquire()


@pytest.mark.usefixtures("no_flock")
def test_its_files_are_private_and_none_stays_open(tmp_path: Path) -> None:
    before, opened = os.umask(0), len(os.listdir("/proc/self/fd"))
    try:
        with FileLock(tmp_path / "lock").hold(0) as had:
            assert had
            assert len(os.listdir("/proc/self/fd")) == opened
            assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("lock*")} == {0o600}
    finally:
        os.umask(before)
    assert len(os.listdir("/proc/self/fd")) == opened


@pytest.mark.usefixtures("no_flock")
def test_where_others_are_quicker_each_time_it_is_not_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def taken_by_somebody(path: Path, *how: int) -> int:
        if str(path).endswith(".held"):
            raise FileExistsError(errno.EEXIST, "File exists")
        return real(path, *how)

    monkeypatch.setattr(os, "open", taken_by_somebody)  # and let go of before anybody can look
    lock = FileLock(tmp_path / "lock")
    assert not lock.try_acquire()
    assert lock.kind == ""


@pytest.mark.usefixtures("no_flock")
@pytest.mark.parametrize(("age", "broken"), [(STALE - 1, False), (STALE + 1, True)])
def test_a_marker_is_broken_only_when_nobody_can_still_hold_it(tmp_path: Path, age: float, broken: bool) -> None:
    assert FileLock(tmp_path / "lock").try_acquire()
    marker = tmp_path / "lock.held"
    then = marker.stat().st_mtime - age
    os.utime(marker, (then, then))
    assert FileLock(tmp_path / "lock").try_acquire() is broken

"""The files through which copies of the program share answers may be missing, spoilt, or held by a copy that died."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from globus_tui.store.freshness import FreshnessState
from tests.store.copies import Host, settled


def written(host: Host, kind: str) -> Path:
    assert host.folder is not None
    return next(host.folder.glob(f"*.{kind}"))


def garbage(contents: bytes) -> bytes:
    return b"\x00\xff" + contents


def cut(contents: bytes) -> bytes:
    return contents[:-3]


def empty(_: bytes) -> bytes:
    return b""


def from_tomorrow(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "asked": 9e9, "answered": 9e9}).encode() + b"\n" + rest


def of_another_start(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "boot": "another"}).encode() + b"\n" + rest


def nonsense(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return json.dumps({**json.loads(head), "asked": [], "parts": [["x", 1]]}).encode() + b"\n" + rest


def unknown_body(contents: bytes) -> bytes:
    head, _, rest = contents.partition(b"\n")
    return head + b"\n" + b"?" * len(rest)


@pytest.mark.parametrize("spoil", [garbage, cut, empty, from_tomorrow, of_another_start, nonsense, unknown_body])
async def test_a_file_that_cannot_be_used_counts_as_none(host: Host, spoil: object) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(29)
    await first.store.refresh()
    assert callable(spoil)
    for kind in ("list", "tasks"):
        path = written(host, kind)
        path.write_bytes(spoil(path.read_bytes()))
    host.later(4)
    await second.store.wake()
    assert (second.lists, second.taken) == (1, 0)
    assert second.store.freshness.state is FreshnessState.FRESH


async def test_a_file_that_others_may_write_or_that_is_a_link_is_not_read(host: Host, tmp_path: Path) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.later(29)
    await first.store.refresh()
    path = written(host, "list")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o660)
    assert second.files.read("list") is None
    path.chmod(0o600)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert second.files.read("list") is None


async def test_a_full_or_vanished_folder_stops_nobody(host: Host, tmp_path: Path) -> None:
    first, second = host.copy(), host.copy()
    await settled(first, second)
    host.folder = tmp_path / "gone"
    await host.pass_by(100)
    assert first.lists == second.lists
    assert second.store.freshness.state is FreshnessState.FRESH


HOLDER = """
import sys, time
from pathlib import Path
from globus_tui.store.shared_files import SharedFiles
files = SharedFiles(lambda: Path(sys.argv[1]), lambda: "me")
assert files.enter() and files.take_turn()
print("asking", flush=True)
time.sleep(600)
"""


def holding(host: Host) -> subprocess.Popen[bytes]:
    """Another process whose turn it is, until it is killed."""
    command = [sys.executable, "-c", HOLDER, str(host.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


async def test_a_copy_killed_while_it_asks_is_followed_by_the_next(host: Host) -> None:
    only = host.copy()
    await settled(only)
    with holding(host) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"asking\n"
        assert only.files.others() == 1
        assert only.files.take_turn() is False
        holder.kill()
        holder.wait()
    host.later(40)
    began = host.seconds
    await only.store.wake()
    assert only.lists == 1
    assert host.seconds == began, "nobody was waited for"
    assert only.files.others() == 0

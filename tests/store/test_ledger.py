"""The ledger: what several copies of the program write into one file, whatever state that file is in."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer.orders import Orders
from globus_tui.private_files import take_lock
from globus_tui.store import ledger
from globus_tui.store.job_store import JobStore
from globus_tui.store.ledger import Ledger, alarm_levels, edit_timer, orders_in
from globus_tui.store.services import Services

if TYPE_CHECKING:
    from pathlib import Path


GLOBUS: Any = None
"""Nothing is asked of it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.json"


def text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def put(path: Path, content: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)


def note(job_id: str, words: str) -> Any:
    return lambda document: edit_timer(document, job_id, note=words)


@pytest.mark.parametrize("odd", [1e30, 1e12, -5, "1d", True, float("nan")])
def test_an_age_that_no_copy_can_have_is_no_limit(odd: Any) -> None:
    assert orders_in({"timers": {"a": {"good_within": odd, "note": "x"}}})["a"] == Orders(note="x")


async def test_what_one_copy_writes_another_reads_beside_its_own(path: Path) -> None:
    first, second = Ledger(path), Ledger(path)
    assert await first.read() == {}
    assert await first.change(note("a", "ask Ada")) == {"timers": {"a": {"note": "ask Ada"}}}
    await second.change(note("b", "nächtlich"))
    assert {key: one.note for key, one in orders_in(await first.read()).items()} == {"a": "ask Ada", "b": "nächtlich"}
    written = text(path) or ""
    assert "nächtlich" in written
    assert json.loads(written)["v"] == 1


async def test_profiles_do_not_see_each_other(path: Path) -> None:
    await Ledger(path).change(note("a", "mine"))
    await Ledger(path, "hipaa").change(note("a", "theirs"))
    assert [orders_in(await Ledger(path, name).read())["a"].note for name in ("default", "hipaa")] == ["mine", "theirs"]
    assert await Ledger(path, "third").read() == {}


async def test_it_is_private_with_its_lock_and_its_folder(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    await Ledger(path).change(note("a", "x"))
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (path.parent, *path.parent.iterdir())}
    assert modes == {"state": 0o700, "ledger.json": 0o600, "ledger.lock": 0o600}


async def test_who_has_read_it_knows_when_somebody_else_has_written(path: Path) -> None:
    mine = Ledger(path)
    assert not await mine.has_changed()
    await Ledger(path).change(note("a", "x"))
    assert await mine.has_changed()
    await mine.read()
    assert not await mine.has_changed()
    await mine.change(note("a", "y"))
    assert not await mine.has_changed()  # by itself
    await Ledger(path).change(note("a", "z"))
    assert await mine.has_changed()


async def test_in_the_demo_all_is_kept_in_memory_and_what_was_read_stays_as_it_was() -> None:
    kept = Ledger(None)
    await kept.change(note("a", "x"))
    before = await kept.read()
    await kept.change(note("a", "y"))
    assert [orders_in(one)["a"].note for one in (before, await kept.read())] == ["x", "y"]
    assert not await kept.has_changed()


@pytest.mark.parametrize("content", ["{half", "[]", "3", '{"v": 2}', '{"profiles": {}}', "[" * 100_000, ""])
async def test_what_cannot_be_understood_is_never_overwritten(path: Path, content: str) -> None:
    put(path, content)
    kept = Ledger(path)
    for work in (kept.read(), kept.change(note("a", "x"))):
        with pytest.raises(GlobusTuiError, match="cannot be understood") as told:
            await work
        assert "Move it away" in (told.value.advice or "")
    assert text(path) == content


async def test_an_edit_that_fails_changes_nothing(path: Path) -> None:
    kept = Ledger(path)
    await kept.change(note("a", "x"))

    def half(document: dict[str, Any]) -> None:
        edit_timer(document, "a", note="half")
        raise GlobusTuiError("It has begun meanwhile.")

    with pytest.raises(GlobusTuiError, match="begun"):
        await kept.change(half)
    assert orders_in(await kept.read())["a"].note == "x"
    memory = Ledger(None)
    with pytest.raises(GlobusTuiError, match="begun"):
        await memory.change(half)
    assert await memory.read() == {}
    await kept.change(note("a", "y"))  # nobody is locked out


async def test_a_file_that_grew_beyond_all_bounds_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Ledger(path)
    await kept.change(note("a", "x" * 2_000_000))
    monkeypatch.setattr(ledger, "_MOST_BYTES", 2_000_000)
    with pytest.raises(GlobusTuiError, match="larger than 2 MB"):
        await kept.read()


async def test_another_copy_at_work_is_waited_for_a_little_and_then_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_LOCK_TIMEOUT", 0.0)
    kept = Ledger(path)
    await kept.change(note("a", "x"))
    with path.with_suffix(".lock").open() as other:
        assert take_lock(other.fileno())
        with pytest.raises(GlobusTuiError, match="being changed by another copy"):
            await kept.change(note("a", "y"))
    await kept.change(note("a", "z"))
    assert orders_in(await kept.read())["a"].note == "z"


@pytest.mark.parametrize("shared", [False, True])
async def test_without_locks_a_file_of_ones_own_is_written_and_one_of_several_people_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    path.parent.mkdir()
    monkeypatch.setattr(ledger, "take_lock", lambda *_: None)
    kept = Ledger(path, shared=shared)
    if not shared:
        await kept.change(note("a", "x"))
        assert orders_in(await kept.read())["a"].note == "x"
        return
    with pytest.raises(GlobusTuiError, match="no locks"):
        await kept.change(note("a", "x"))
    assert text(path) is None


@pytest.mark.parametrize(
    ("folder", "file"), [(0o700, 0o600), (0o755, 0o600), (0o770, 0o660), (0o775, 0o660), (0o777, 0o666)]
)
async def test_a_shared_file_is_for_those_who_may_write_into_its_folder(path: Path, folder: int, file: int) -> None:
    path.parent.mkdir()
    path.parent.chmod(folder)
    await Ledger(path, shared=True).change(note("a", "x"))
    found = [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path, path.with_suffix(".lock"))]
    assert found == [folder, file, file]


async def test_a_shared_file_goes_to_the_group_of_its_folder_as_far_as_that_is_allowed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, int, int]] = []

    def chown(which: Path, owner: int, group: int) -> None:
        given.append((which.name, owner, group))
        raise PermissionError(1, "Operation not permitted")

    path.parent.mkdir()
    monkeypatch.setattr(os, "chown", chown)
    await Ledger(path, shared=True).change(note("a", "x"))
    group = path.parent.stat().st_gid
    assert given == [("ledger.lock", -1, group), ("ledger.json", -1, group)]
    given.clear()
    await Ledger(path.with_name("own.json")).change(note("a", "x"))
    assert given == []


async def test_a_dead_network_drive_is_told_and_not_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(ledger, "read_file", lambda *_: released.wait(60) and b"")
    monkeypatch.setattr(ledger, "_PATIENCE", 0.01)
    with pytest.raises(GlobusTuiError, match="does not answer"):
        await Ledger(path).read()
    released.set()


async def test_a_folder_that_cannot_be_made_is_told_with_its_name(path: Path) -> None:
    path.parent.write_text("in the way")
    for work in (Ledger(path).read(), Ledger(path).change(note("a", "x"))):
        with pytest.raises(GlobusTuiError, match=f"^{path} cannot be used: "):
            await work
    assert not await Ledger(path).has_changed()


@pytest.mark.parametrize("name", ["bad \ud800 name", "\udcff", "line\nbreak", "\x00"])
async def test_any_words_can_be_kept(path: Path, name: str) -> None:
    await Ledger(path).change(note("a", name))
    assert orders_in(await Ledger(path).read())["a"].note


async def test_a_timer_in_the_place_of_another_has_all_that_was_decided_of_that_one() -> None:
    kept = Ledger(None)
    decided = {
        "note": "x",
        "tags": ["n"],
        "good_within": 60.0,
        "fewer_files": 3,
        "good_at": "2026-09-01T12:00:00+00:00",
    }
    await kept.change(lambda document: edit_timer(document, "old", **decided, window="w1"))
    store = JobStore(Services(GLOBUS, GLOBUS, GLOBUS), ledger=kept)
    await store.read_ledger()
    await store.hand_on("old", "new")
    assert wire.document((await kept.read())["timers"])["new"] == decided


async def test_of_a_timer_of_which_nothing_was_decided_nothing_is_handed_on(path: Path) -> None:
    store = JobStore(Services(GLOBUS, GLOBUS, GLOBUS), ledger=Ledger(path))
    await store.read_ledger()
    await store.hand_on("old", "new")
    assert text(path) is None


def test_of_a_timer_nothing_is_kept_that_was_taken_away() -> None:
    document: dict[str, Any] = {}
    edit_timer(document, "a", note="x", tags=["night"], good_within=60.0)
    edit_timer(document, "b", note="")
    assert document == {"timers": {"a": {"note": "x", "tags": ["night"], "good_within": 60.0}}}
    edit_timer(document, "a", note="", tags=[], good_within=None)
    assert document == {"timers": {}}
    edit_timer(document, "a", fewer_files=0)
    assert document == {"timers": {"a": {"fewer_files": 0}}}


def test_orders_are_read_with_the_window_that_a_timer_rests_in_and_odd_ones_are_left_out() -> None:
    window = {"id": "w1", "reason": "disk swap", "by": "kim", "until": "2026-09-01T18:00:00+00:00"}
    found = orders_in(
        {
            "windows": [window, 3, {"reason": "no id"}],
            "timers": {
                "a": {"window": "w1", "since": "2026-09-01T12:00:00+00:00"},
                "b": {"window": "gone", "note": "x"},
                "c": 7,
                "d": {"good_within": 3600},
            },
        }
    )
    assert found.keys() == {"a", "b", "d"}
    rest = found["a"].pause_note
    assert rest is not None
    assert rest.until is not None
    assert rest.since is not None
    assert (rest.reason, rest.until.hour, rest.since.hour) == ("disk swap", 18, 12)
    assert found["b"].pause_note is None
    assert found["d"].good_within == timedelta(hours=1)
    assert orders_in({}) == {}


def test_levels_come_from_creations_that_say_one() -> None:
    made = {"what": "create", "timer": {"id": "a"}, "alarm_percent": 40}
    others: list[dict[str, Any]] = [
        {**made, "what": "pause"},
        {"what": "create", "timer": {"id": "b"}},
        {**made, "timer": {}},
    ]
    never = {**made, "timer": {"id": "c"}, "alarm_percent": None}
    assert alarm_levels([*others, made, never]) == {"a": 40.0, "c": None}
    assert alarm_levels([made, {**made, "alarm_percent": 10}]) == {"a": 10.0}

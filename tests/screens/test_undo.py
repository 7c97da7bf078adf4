"""Undo and redo with keys, and the journal that they stand on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.journal import JournalScreen
from globus_tui.store.board import States

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from tests.demo import Demo


async def test_changes_are_undone_and_redone_and_stand_in_the_journal(demo: Demo) -> None:
    def status(name: str) -> str:
        return next(one.status for one in reversed(demo.sandbox.timers.values()) if one.name == name)

    before = {one.name for one in demo.sandbox.timers.values() if one.status == "inactive"}
    async with demo.console(size=(120, 36)) as pilot:
        await demo.press(pilot, "u")
        assert "Nothing was changed that could be undone" in demo.note()
        # several paused together are resumed together
        for name in ("db-dumps", "bio-results-out"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "s", "y")
        assert {status("db-dumps"), status("bio-results-out")} == {"inactive"}
        await demo.press(pilot, "u")
        assert "Undo the last pause?" in demo.text()
        assert "resume db-dumps" in demo.text()
        await demo.press(pilot, "enter")
        assert status("db-dumps") == "inactive"
        await demo.press(pilot, "u", "y")
        assert {one.name for one in demo.sandbox.timers.values() if one.status == "inactive"} == before
        await demo.press(pilot, "u")
        assert "Nothing was changed that could be undone" in demo.note()
        await demo.press(pilot, "Y")
        assert "pause db-dumps" in demo.text()
        await demo.press(pilot, "y")
        assert {status("db-dumps"), status("bio-results-out")} == {"inactive"}
        # a deleted one is made anew, paused
        demo.point_at("astro-ingest")
        await demo.press(pilot, "X")
        await demo.write(pilot, "astro-ingest")
        await demo.press(pilot, "enter")
        old = next(one for one in demo.sandbox.timers.values() if one.name == "astro-ingest")
        assert old.status.startswith("delete")
        await demo.press(pilot, "u")
        assert "make astro-ingest anew as it was, paused" in demo.text()
        await demo.press(pilot, "y")
        new = next(one for one in reversed(demo.sandbox.timers.values()) if one.name == "astro-ingest")
        assert (new.status, new.interval) == ("inactive", old.interval)
        assert [one["source_path"] for one in new.body["DATA"]] == [one["source_path"] for one in old.body["DATA"]]
        assert new.last_ran_at is None
        await demo.press(pilot, "Y")
        assert "delete astro-ingest for good" in demo.text()
        await demo.press(pilot, "enter")
        assert new.status == "inactive"
        await demo.press(pilot, "Y", "y")
        assert new.status.startswith("delete")
        # the journal
        await demo.press(pilot, "J")
        assert isinstance(demo.app.screen, JournalScreen)
        assert "all as written" in demo.text()
        assert "create (undo)" in demo.text()
        await demo.press(pilot, "down", "enter")
        assert "astro-ingest" in demo.text()
        path = demo.app.store.journal.path
        assert path is not None
        path.write_text(path.read_text().replace("db-dumps", "db-dumpz", 1))
        await demo.press(pilot, "escape", "q", "J")
        assert "is broken, or something before it was changed" in demo.text()


async def test_before_many_are_resumed_by_an_undo_it_is_said_which_start_a_run(demo: Demo) -> None:
    quick = "control-room-status"  # every few minutes: the first that misses a run
    async with demo.console(size=(120, 36)) as pilot:
        for name in ("db-dumps", "home-backup", quick):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "s", "y")
        demo.clock.advance(600)
        await demo.press(pilot, "r", "u")
        assert "Runs that start at once, or may: 1, listed first." in demo.text()
        lines = [line.strip() for line in demo.screen() if "· resume" in line]
        assert lines[0].startswith(f"· resume {quick}: ONE run starts at once")
        held, operate = asyncio.Event(), demo.app.store.operate

        async def slowly(*asked: Any, **more: Any) -> Any:
            await held.wait()
            return await operate(*asked, **more)

        demo.app.store.operate = slowly  # type: ignore[method-assign]
        await pilot.press("y")
        await demo.until(pilot, lambda: "under way" in demo.note())
        assert "Undo of 3 timers is under way" in demo.note()  # not what was said of the pause
        held.set()
        await demo.until(pilot, lambda: "3 of 3 taken back" in demo.note())
        await demo.press(pilot, "Y", "y")
        assert "3 of 3 done again" in demo.note()


async def test_a_step_that_cannot_be_taken_back_is_set_aside_when_agreed_to(demo: Demo) -> None:
    def named(name: str) -> Any:
        return next(one for one in demo.sandbox.timers.values() if one.name == name)

    async with demo.console(size=(120, 36)) as pilot:
        kept, later = named("db-dumps"), named("bio-results-out")
        for name in ("db-dumps", "bio-results-out"):
            demo.point_at(name)
            await demo.press(pilot, "s")
        later.status = "active"  # somebody resumed it elsewhere
        await demo.press(pilot, "r", "u")
        assert "It cannot be taken back any more" in demo.text()
        assert "runs already" in demo.text()
        await demo.press(pilot, "escape", "u", "y")
        assert "the next undo takes the one before" in demo.note()
        assert kept.status == "inactive"
        await demo.press(pilot, "u")
        assert "resume db-dumps" in demo.text()
        await demo.press(pilot, "y")
        assert kept.status == "active"


async def test_what_globus_refuses_to_take_back_is_set_aside_when_agreed_to(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        for name in ("db-dumps", "bio-results-out"):
            demo.point_at(name)
            await demo.press(pilot, "s")
        refused = next(one for one in demo.sandbox.timers.values() if one.name == "bio-results-out")
        demo.sandbox.faults.add(Fault(f"/jobs/{refused.job_id}/resume", status=403, times=None))
        for answer in ("enter", "y"):
            await demo.press(pilot, "u")
            assert "resume bio-results-out" in demo.text()
            await demo.press(pilot, "y")
            assert "It stays what undo tries next" in demo.text()
            await demo.press(pilot, answer)
        assert "the next undo takes the one before" in demo.note()
        assert refused.status == "inactive"
        await demo.press(pilot, "u")
        assert "resume db-dumps" in demo.text()


async def test_a_journal_is_shown_however_often_something_changes_while_it_is_read(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "s")
        journal, gate, begun = demo.app.store.journal, asyncio.Semaphore(0), 0
        read = journal.entries

        async def slowly() -> tuple[Mapping[str, Any], ...]:
            nonlocal begun
            begun += 1
            await gate.acquire()
            return await read()

        monkeypatch.setattr(journal, "entries", slowly)
        await pilot.press("J")
        await demo.until(pilot, lambda: begun == 1)
        assert "Nothing was changed" not in demo.text()
        assert "Being read" in demo.text()
        for _ in range(3):  # as in a change of many timers
            states = demo.app.states
            demo.app.states = States(states.rows, states.make, states.glance)
            await pilot.pause()
        assert begun == 1, "one reading at a time"
        gate.release()
        await demo.until(pilot, lambda: "pause" in demo.text())
        await demo.until(pilot, lambda: begun == 2)
        gate.release()
        await demo.settle(pilot)
        assert begun == 2, "what came meanwhile is read once"

"""A timer is renamed, deleted after its name was typed, or the task of its run cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_a_rename_shows_the_new_name_with_markup_left_alone(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "R", "ctrl+u")
        await demo.press(pilot, "enter")
        assert "A timer needs a name" in demo.text()
        await demo.write(pilot, "[b]dumps[/")
        await demo.press(pilot, "enter")
        assert demo.note() == "db-dumps: Renamed to [b]dumps[/."
        assert "[b]dumps[/ " in demo.row("[b]dumps[/")
        assert demo.changes() == [f"PATCH /jobs/{demo.job_id('[b]dumps[/')}"]


async def test_deleting_wants_the_name_enter_alone_and_a_wrong_name_do_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        job_id = demo.job_id("db-dumps")
        await demo.press(pilot, "X", "enter")
        assert "for good?" not in demo.text()
        await demo.press(pilot, "X")
        await demo.write(pilot, "db-dump")
        await demo.press(pilot, "enter")
        assert "Delete db-dumps for good?" in demo.text()
        assert demo.changes() == []
        await demo.write(pilot, "db-dumps")
        await demo.press(pilot, "enter")
        assert demo.changes() == [f"POST /jobs/{job_id}/pause", f"DELETE /jobs/{job_id}"]
        assert demo.note() == "db-dumps: Deleted."
        assert "db-dumps" not in demo.names()
        assert [line["what"] for line in demo.journal()] == ["pause", "delete"]


@pytest.mark.parametrize(("key", "typed"), [("R", "-2"), ("X", "db-dumps")])
async def test_what_somebody_else_has_renamed_meanwhile_is_neither_deleted_nor_renamed(
    demo: Demo, key: str, typed: str
) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        timer = demo.sandbox.timers[demo.job_id("db-dumps")]
        await demo.press(pilot, key)
        timer.name = "db-dumps-of-production"
        await demo.write(pilot, typed)
        await demo.press(pilot, "enter")
        assert demo.changes() == []
        words = (
            "Nothing was changed: somebody has renamed it to db-dumps-of-production since. Look at it, then ask again."
        )
        assert words in demo.note()
        assert demo.journal() == []
        await demo.press(pilot, key)
        assert "db-dumps-of-production" in demo.text()
        await demo.write(pilot, typed.replace("db-dumps", "db-dumps-of-production"))
        await demo.press(pilot, "enter")
        assert demo.changes()[-1].startswith("PATCH" if key == "R" else "DELETE")


async def test_several_are_deleted_only_after_their_number_is_typed(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "X")
        await demo.write(pilot, "delete 2")
        await demo.press(pilot, "enter")
        assert demo.note() == "all 2 deleted"
        assert not {"db-dumps", "astro-ingest"} & set(demo.names())
        assert not demo.table.marked


async def test_the_task_of_a_run_in_progress_is_cancelled_after_a_question(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("tape-second-copy")
        await demo.press(pilot, "K")
        assert "the timer itself goes on" in demo.text()
        await demo.press(pilot, "y")
        assert demo.note() == "tape-second-copy: The task was cancelled."
        assert [call.rsplit("/", 1)[1] for call in demo.changes()] == ["cancel"]
        assert "canceled" in demo.row("tape-second-copy")


@pytest.mark.parametrize("options", [(), ("--ascii",)])
async def test_a_name_of_pages_leaves_question_and_answer_in_sight(demo: Demo, options: tuple[str, ...]) -> None:
    async with demo.console(*options, size=(80, 24)) as pilot:
        job_id = demo.job_id("db-dumps")
        demo.sandbox.timers[job_id].name = "[b]x 日本 " * 1000
        await demo.press(pilot, "r")
        for key, question, answer in (("X", "for good?", f"{job_id[:8]} and press"), ("x", "?", "y skip it")):
            assert demo.table.move_to(job_id)
            await demo.press(pilot, key)
            assert question in demo.text()
            assert answer in " ".join(demo.text().split())
            assert demo.text().isascii() or not options
            await demo.press(pilot, "escape")

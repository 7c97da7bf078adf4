"""Help, palette and questions tell what can be done, and how the official CLI does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.commands import EVERYWHERE, JOB_LIST, key_words
from globus_tui.screens.help import Help

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_help_lists_every_command_with_its_key(demo: Demo) -> None:
    async with demo.console(size=(120, 140)) as pilot:
        await demo.press(pilot, "question_mark")
        assert isinstance(demo.app.screen, Help)
        shown = demo.text()
        for command in (*JOB_LIST, *EVERYWHERE):
            key = key_words(demo.app.settings.keys, command.command_id)
            lines = [line for line in shown.splitlines() if f" {key} " in line and command.words in line]
            assert lines, f"{key}  {command.words}"
        await demo.write(pilot, "rename")
        assert "Give the timer another name" in demo.text()
        assert "Cancel the transfer task" not in demo.text()


async def test_every_key_that_help_lists_has_an_action_behind_it(demo: Demo) -> None:
    async with demo.console():
        for command in (*JOB_LIST, *EVERYWHERE):
            if command.command_id.startswith("list."):
                continue
            action = f"action_{command.action}"
            assert hasattr(demo.app.screen, action) or hasattr(demo.app, action), command.command_id


async def test_the_palette_finds_pause_and_does_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "ctrl+p", *"pause")
        await demo.until(pilot, lambda: "says beforehand if a run starts at once" in demo.text())
        await demo.press(pilot, "enter")
        await demo.until(pilot, demo.changes)
        await demo.settle(pilot)
        assert demo.timer("db-dumps").status == "inactive"


async def test_a_question_and_the_activity_log_give_the_command_that_does_the_same(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        job_id = demo.job_id("db-dumps")
        await demo.press(pilot, "X")
        assert f"Same as: globus timer delete {job_id}" in demo.text()
        await demo.press(pilot, "escape", "s", "at")
        assert f"globus timer pause {job_id}" in demo.text()
        assert "same as" in demo.text()

"""The few lines below the list: always of the timer under the cursor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.screens.job_list import JobListScreen
from globus_tui.widgets.job_preview import JobPreview
from globus_tui.widgets.key_hints import KeyHints

if TYPE_CHECKING:
    from tests.demo import Demo


def _drawn(demo: Demo) -> list[str]:
    """The preview as its lines were painted last: lines that were not marked as changed come from before."""
    preview = demo.app.screen.query_one(JobPreview)
    return [strip.text.strip() for strip in preview.render_lines(preview.outer_size.region)]


async def test_every_line_of_the_preview_follows_the_cursor(demo: Demo) -> None:
    async with demo.console() as pilot:
        _drawn(demo)
        for _ in range(5):
            await demo.press(pilot, "j")
            demo.app.screen.query_one(JobPreview).show(demo.table.cursor_state, demo.app.view)  # as when it rests
            fresh = [line.strip() for line in str(demo.app.screen.query_one(JobPreview).render()).splitlines()]
            drawn = [line for line in _drawn(demo) if not line.startswith("─")]
            assert [line for line in drawn if line] == [line for line in fresh if line]
            assert drawn[0].startswith(demo.names()[demo.table.cursor_position])


async def test_the_hints_dim_or_leave_out_what_cannot_act_on_the_timer_under_the_cursor(demo: Demo) -> None:
    def lit() -> set[str]:
        hints = demo.app.screen.query_one(KeyHints)
        drawn = [segment for strip in hints.render_lines(hints.outer_size.region) for segment in strip]
        return {segment.text.strip() for segment in drawn if segment.style and not segment.style.dim} - {""}

    async with demo.console("--theme", "ansi-dark") as pilot:
        assert "Pause" in lit()
        await demo.press(pilot, "j")
        assert isinstance(demo.app.screen, JobListScreen)
        demo.app.screen.show_jobs()  # the cursor has come to rest
        await demo.settle(pilot)
        assert demo.table.cursor_state is not None
        assert demo.table.cursor_state.job.unreadable
        assert "Pause" not in lit()
        assert "New" in lit()


async def test_the_preview_and_the_row_tell_the_same_of_a_run_in_progress(demo: Demo) -> None:
    async with demo.console(size=(160, 36)) as pilot:
        demo.clock.advance(22)
        demo.point_at("control-room-status")
        told = set()
        for _ in range(3):  # within one minute: nothing else on the screen changes
            await demo.press(pilot, "r")
            moved = re.search(r"(?<= )[0-9]+ of 12 files", demo.row("control-room-status"))
            assert moved is not None
            assert moved[0] in " ".join(_drawn(demo))
            told.add(moved[0])
            demo.clock.advance(10)
        assert len(told) > 1

"""What can be copied of a timer and of a run. Real keys, over the facility."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.screens.show_text import BareText, CopyMenu

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo


async def copied(demo: Demo, pilot: Pilot[None], key: str) -> str:
    """Choose from the open menu; the text that was sent and shown."""
    await demo.press(pilot, key)
    assert isinstance(demo.app.screen, BareText), demo.text()
    text = demo.app.screen._bare_text
    assert isinstance(text, str)
    await demo.press(pilot, "escape")
    return text


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("n", "db-dumps"),
        ("s", "/"),
        ("d", "/"),
        ("l", "https://app.globus.org/activity/timers/"),
        ("r", "db-dumps\t"),
        ("c", "globus timer show "),
        ("u", "Bearer $TOKEN"),
        ("p", "globus_sdk.TimersClient"),
    ],
)
async def test_every_choice_of_the_menu_gives_its_text(demo: Demo, key: str, part: str) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "c")
        assert part in await copied(demo, pilot, key)


async def test_the_copy_menu_shows_the_texts_and_claims_no_more_than_sent(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        job_id = demo.job_id("db-dumps")
        await demo.press(pilot, "c")
        for text in (
            job_id,
            f"https://app.globus.org/activity/timers/{job_id}/overview",
            f"globus timer show {job_id}",
        ):
            assert text in demo.text()
        await demo.press(pilot, "i")
        assert f"  {job_id}  " in demo.text()
        assert "Copy\n" not in demo.text()
        await demo.press(pilot, "escape")
        assert demo.note().startswith("sent to your terminal's clipboard")
        assert demo.app.clipboard == job_id


async def test_the_whole_menu_is_seen_on_a_small_terminal(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "c")
        assert "Escape cancels" in demo.text()
        assert "read from Globus when chosen" in demo.text()


async def test_json_that_is_not_here_yet_is_read_when_it_is_chosen(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        job_id = demo.job_id("db-dumps")
        before = len(demo.asked(f"GET /jobs/{job_id}"))
        await demo.press(pilot, "c")
        assert len(demo.asked(f"GET /jobs/{job_id}")) == before
        assert json.loads(await copied(demo, pilot, "j"))["job_id"] == job_id
        assert len(demo.asked(f"GET /jobs/{job_id}")) == before + 1


async def test_json_that_cannot_be_read_is_said_and_nothing_is_copied(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        demo.fault(Fault(path=f"/jobs/{demo.job_id('db-dumps')}", status=500, times=None))
        await demo.press(pilot, "c", "j")
        assert demo.note().startswith("The JSON could not be read, so nothing was copied")


async def test_a_timer_that_moves_no_files_offers_no_paths(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("quality-report-daily")
        await demo.press(pilot, "c")
        assert "source path" not in demo.text()
        await demo.press(pilot, "s")
        assert isinstance(demo.app.screen, CopyMenu)


async def test_the_rows_of_all_marked_timers_are_copied_together(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "space", "space", "c")
        assert len((await copied(demo, pilot, "r")).splitlines()) == 2


async def test_no_text_of_the_menu_holds_a_token(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "c")
        menu = demo.app.screen
        assert isinstance(menu, CopyMenu)
        texts = "\n".join(text for _, _, text in menu._copy_choices)
        assert "Bearer $TOKEN" in texts
        assert demo.sandbox.tokens
        assert not [token for token in demo.sandbox.tokens if token in texts]


@pytest.mark.parametrize(
    ("key", "part"),
    [("i", "-"), ("l", "/activity/"), ("c", "globus task show"), ("u", "/v0.10/task/"), ("p", "TransferClient")],
)
async def test_the_task_of_a_run_can_be_taken_elsewhere_too(demo: Demo, key: str, part: str) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "l", "c")
        assert part in await copied(demo, pilot, key)

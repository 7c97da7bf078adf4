"""The frame of the wizard: steps in any order, what was found, and what is looked through before anything is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from globus_tui.screens.job_detail import JobDetailScreen
from tests.screens.wizard import Maker

if TYPE_CHECKING:
    import pytest

    from tests.demo import Demo


async def test_steps_follow_what_is_made(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        assert "F4 Items  F5 How  F6 When  F7 Review" in demo.text()
        await maker.press("G", "enter")
        assert "[F3 Flow" in demo.text()
        assert "F4 When  F5 Review" in demo.text()
        await maker.press("f2", "up", "enter")
        assert demo.screen()[0].startswith(" New transfer")
        assert "When" not in demo.screen()[1]


async def test_a_letter_beside_a_field_leads_away_from_no_draft(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        wizard = maker.wizard
        for letter in ("a", "M", "D", "J", "u", "i", "P"):
            await maker.press(letter)
            assert demo.app.screen is wizard
            assert f"{letter} does nothing here" in demo.note()
        assert "Agenda" not in demo.text()


async def test_what_is_wrong_in_steps_not_opened_yet_is_no_news(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        assert "STOP" not in demo.text()
        await maker.press("f3")
        assert "STOP No source collection is chosen" in demo.text()
        assert "It is not said when it runs" not in demo.text()


async def test_the_keys_shown_work_while_a_field_has_the_focus(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "f3", "q", "question_mark")
        assert demo.app.focused is maker.wizard.query_one("#source-collection")
        assert "f1 Help  esc Back" in demo.text()
        await maker.press("f1")
        assert "Every key" in demo.text() or "Wizard" in demo.text()


async def test_a_draft_that_was_just_typed_is_looked_through_before_it_is_sent(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly", path="/nowhere/")
        await maker.press("ctrl+s")
        assert "Not yet: There is no /nowhere/ at the source" in demo.note()
        assert maker.posts() == []


async def test_whoever_goes_to_another_step_while_it_is_looked_through_stays_there_and_nothing_is_sent(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("raw-nightly")
        preflight, held = maker.wizard._draft_preflight, asyncio.Event()
        look = preflight.look

        async def slowly(*about: Any, **more: Any) -> None:
            await held.wait()
            await look(*about, **more)

        monkeypatch.setattr(preflight, "look", slowly)
        maker.wizard.look_soon()
        await maker.press_and_wait("ctrl+s", lambda: "Looking it through" in demo.note())
        await pilot.press("f5")
        await demo.until(pilot, lambda: "[F5 How]" in demo.text())
        assert "Looking it through" not in demo.note()
        held.set()
        await demo.settle(pilot)
        assert "[F5 How]" in demo.text()
        await maker.press("f7")
        assert maker.posts() == []
        await maker.press("ctrl+s")
        assert len(maker.posts()) == 1


async def test_checks_against_very_many_timers_do_not_hold_keys_up_and_still_come_before_sending(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("globus_tui.screens.create.wizard._MANY", 10)
    monkeypatch.setattr("globus_tui.screens.create.wizard._RESTING", 0.0)
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.mirror("climate-nightly-mirror")
        await maker.press("ctrl+s")
        await demo.settle(pilot)
        assert isinstance(demo.app.screen, JobDetailScreen), demo.note()


async def test_discarding_asks_first(demo: Demo) -> None:
    async with demo.console() as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        await maker.write("beamline 7 data")
        await maker.press("enter", "f9", "enter")
        assert maker.draft.source_name == "Beamline 7 Data"
        await maker.press("f9", "y")
        assert "The draft is discarded." in demo.note()
        await maker.press("n")
        assert maker.draft.source_name is None


async def test_with_ascii_every_step_is_ascii(demo: Demo) -> None:
    async with demo.console("--ascii", size=(80, 24)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n")
        for key in ("f3", "f4", "f5", "f6", "f7"):
            await maker.press(key)
            odd = [line for line in demo.screen() if not line.isascii()]
            assert odd == [], key

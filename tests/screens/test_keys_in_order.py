"""Keys that arrive together act as if they were typed slowly; what was typed for something else does nothing."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key

from globus_tui.domain.making.draft import What, new_draft
from globus_tui.lines.driver import WholePastes
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.activity import ActivityScreen
from globus_tui.screens.confirm import Confirm, ConfirmTyped
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.screens.job_list import JobListScreen
from globus_tui.widgets.page import Page
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.events import Event
    from textual.pilot import Pilot
    from textual.widget import Widget

    from tests.demo import Demo

NEVER = 3600.0
"""Seconds that nobody waits for."""


def hand(demo: Demo, text: str) -> None:
    """Hand the program what a terminal sends, at one go."""
    now = monotonic()
    for event in WholePastes().feed(text):
        event.time = now
        event.set_sender(demo.app)
        assert demo.app._driver is not None
        demo.app._driver.send_message(event)


async def write(demo: Demo, pilot: Pilot[Any], text: str) -> None:
    """The same, and let it come to rest."""
    hand(demo, text)
    await demo.settle(pilot)


def typed(demo: Demo) -> str:
    """What stands in the field that has the focus."""
    assert isinstance(demo.app.focused, TextField)
    return demo.app.focused.value


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ("/abc\x7fd", "abd"),
        ("/abc\x15xy\x7fz", "xz"),
        ("/abc\x1b[D\x1b[DX", "aXbc"),
        ("/abc\x01X\x05Y", "XabcY"),
    ],
)
async def test_a_field_takes_letters_and_editing_keys_in_their_order(demo: Demo, keys: str, value: str) -> None:
    async with demo.console() as pilot:
        await write(demo, pilot, keys)
        assert typed(demo) == value


async def test_keys_behind_slash_and_enter_go_where_the_focus_goes(demo: Demo) -> None:
    async with demo.console() as pilot:
        await write(demo, pilot, "/climate\rj")
        assert "filter: climate " in demo.text()
        assert demo.table.has_focus
        assert demo.table.cursor_position == 1
        assert demo.changes() == []


async def test_a_word_to_be_typed_is_what_was_typed(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await write(demo, pilot, "Xdb-dumpX\x7fs\r")
        assert isinstance(demo.app.screen, JobListScreen)
        assert [one for one in demo.changes() if one.startswith("DELETE")] == [
            f"DELETE /jobs/{demo.job_id('db-dumps')}"
        ]


async def test_nothing_is_agreed_to_that_nobody_had_time_to_read(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.reading = NEVER
        demo.point_at("db-dumps")
        await write(demo, pilot, "Xdb-dumps\r")
        assert "does not count: press it again" in demo.text()
        await demo.press(pilot, "escape")
        await write(demo, pilot, "*sy")
        assert "does not count: press it again" in demo.text(), demo.note()
        assert demo.changes() == []
        sheet = demo.app.screen
        assert isinstance(sheet, Page)
        assert sheet._page_drawn_at is not None
        sheet._page_drawn_at -= NEVER
        await demo.press(pilot, "y")
        assert demo.changes() != []


async def test_a_code_that_comes_as_keys_calls_no_command_and_lands_in_its_field(demo: Demo) -> None:
    """Some terminals do not tell a paste from typing."""
    async with demo.console() as pilot:
        demo.point_at("genome-reference-pull")
        await pilot.press("f")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        demo.app.word = 0.4
        hand(demo, "-pcYjb_9")
        await demo.until(pilot, lambda: demo.app.screen.query_one("#code", TextField).value == "-pcYjb_9")
        assert isinstance(demo.app.screen, ConsentScreen)


@pytest.mark.parametrize(
    "keys", ["sync", "*sync", "climate", "genomics", "Restore", "quota", "jobs-Xs", "Night", "vault"]
)
async def test_a_word_typed_on_the_list_is_offered_as_a_filter_and_changes_nothing(demo: Demo, keys: str) -> None:
    async with demo.console() as pilot:
        demo.app.word = 0.4
        await write(demo, pilot, keys)
        assert typed(demo) == keys.strip("*")
        assert "was typed without / and changed no timer" in demo.note()
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []
        await write(demo, pilot, "\r")
        assert f"filter: {keys.strip('*')} " in demo.text()


async def test_what_only_shows_the_timers_otherwise_does_not_wait_for_the_end_of_a_word(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.word = NEVER
        await demo.press(pilot, "N")
        assert "NAME▲" in demo.text()
        await demo.press(pilot, "v")
        assert demo.app.screen.query_one("#preview").has_class("-hidden")


async def test_keys_meant_for_a_page_that_closes_are_not_handed_to_the_one_below(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "y")
        await write(demo, pilot, "qsXq")
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []
        await demo.press(pilot, "q")
        assert "Quit?" in demo.text()


async def test_a_sheet_answers_once_and_the_page_below_it_stays(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "enter")
        await write(demo, pilot, "cii")
        assert len(demo.app.screen_stack) == 3
        await demo.press(pilot, "enter")
        sheet = Confirm("Really?", (), verb="do it")
        answers: list[bool | None] = []
        demo.app.push_screen(sheet, answers.append)
        await demo.settle(pilot)
        sheet.dismiss(True)
        sheet.dismiss(False)
        await demo.settle(pilot)
        assert answers == [True]
        assert len(demo.app.screen_stack) == 2


async def test_a_sheet_that_is_answered_while_another_is_in_front_gives_that_one_up(demo: Demo) -> None:
    async with demo.console() as pilot:
        answers: list[bool | None] = []
        below = Confirm("Below?", (), verb="do it")
        demo.app.push_screen(below, answers.append)
        demo.app.push_screen(Confirm("Above?", (), verb="do it"), answers.append)
        await demo.settle(pilot)
        below.dismiss(False)
        await demo.settle(pilot)
        assert sorted(map(str, answers)) == ["False", "None"]
        assert isinstance(demo.app.screen, JobListScreen)


async def test_a_key_that_does_nothing_says_so_until_the_next_key(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "Q")
        assert demo.note() == "Q does nothing here; ? lists the keys."
        await demo.press(pilot, "down")
        assert demo.note() == ""
        demo.app.say("something else")
        await demo.press(pilot, "down")
        assert demo.note() == "something else"
        await demo.press(pilot, "X", "f12", "f12")
        assert isinstance(demo.app.screen, ConfirmTyped)
        assert demo.text().count("f12 does nothing here.") == 1
        await demo.press(pilot, "a")
        assert "does nothing here" not in demo.text()


async def test_an_enter_from_before_the_start_acts_on_nothing_and_what_was_typed_stays(demo: Demo) -> None:
    """The terminal made a line end of it, as nobody had taken it yet."""
    async with demo.console() as pilot:
        await write(demo, pilot, "/gare\ns")
        assert typed(demo) == "gares"
        await write(demo, pilot, "\n")
        assert "An Enter from before the start" in demo.note()
        await demo.press(pilot, "escape", "escape")
        for opens in ("", "K", "X", "n", "R"):
            await write(demo, pilot, f"{opens}\n\n")
            assert "An Enter from before the start does not count: press it again." in demo.text(), opens
            while len(demo.app.screen_stack) > 1:
                demo.app.screen.dismiss(None)
                await demo.settle(pilot)
        assert demo.changes() == []


@pytest.mark.parametrize("way", ["@", "\r", "\r+", "y", "l", "\r\r"])
async def test_a_slash_searches_on_every_page(demo: Demo, way: str) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        for key in way:
            await write(demo, pilot, key)
        await write(demo, pilot, "/zqx")
        assert typed(demo) == "zqx"
        assert "no line of what was read has it" in demo.note()
        pages = len(demo.app.screen_stack)
        await demo.press(pilot, "escape")
        assert len(demo.app.screen_stack) == pages
        await demo.press(pilot, "escape")
        assert len(demo.app.screen_stack) == pages - 1


async def test_letters_in_a_list_that_says_type_to_search_are_typed(demo: Demo) -> None:
    async with demo.console() as pilot:
        assert demo.app.host.making is not None
        demo.app.open_screen(WizardScreen(demo.app.host.making, new_draft(What.FLOW_TIMER), step="flow"))
        await demo.settle(pilot)
        await demo.press(pilot, "down")
        assert not isinstance(demo.app.focused, TextField)
        await write(demo, pilot, "jkx g")
        assert typed(demo) == "jkx g"


async def test_what_is_typed_behind_the_choice_of_a_flow_goes_into_its_form(demo: Demo) -> None:
    async with demo.console() as pilot:
        assert demo.app.host.making is not None
        wizard = WizardScreen(demo.app.host.making, new_draft(What.FLOW_TIMER), step="flow")
        demo.app.open_screen(wizard)
        await demo.settle(pilot)
        gate = asyncio.Event()
        demo.fault(Fault("/flows/*", kind="pass", wait=gate))
        for key in ("down", "enter", "z"):
            await pilot.press(key)
        await demo.until(pilot, lambda: "The form of this flow is not here yet" in demo.note())
        assert wizard.draft.flow.run_managers == ()
        gate.set()
        await demo.settle(pilot)
        await write(demo, pilot, "zz\t/y")
        assert wizard.draft.flow.inputs["source"] == {"path": "/y"}


@pytest.mark.parametrize(
    ("pasted", "value", "told"),
    [
        ("\nnew name\n", "new name", ""),
        ("\r\nnew name\r\n\r\n", "new name", ""),
        ("first\rsecond\rthird", "first", "3 lines were pasted"),
        ("tab\there\x1b[31m", "tab here[31m", ""),
        ("no\N{LINE SEPARATOR}end", "no\N{LINE SEPARATOR}end", ""),
    ],
)
async def test_a_field_keeps_of_a_paste_what_one_line_can_hold(demo: Demo, pasted: str, value: str, told: str) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "R", "ctrl+u")
        await write(demo, pilot, f"\x1b[200~{pasted}\x1b[201~")
        assert typed(demo) == value
        assert (told or "were pasted") in demo.text() or not told
        assert demo.changes() == []


async def test_a_paste_that_no_field_takes_says_so(demo: Demo) -> None:
    async with demo.console() as pilot:
        await write(demo, pilot, "\x1b[200~sXy\r\x1b[201~")
        assert "goes nowhere" in demo.note()
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []


async def test_what_was_said_of_a_paste_is_not_said_any_more_of_the_next_one(demo: Demo) -> None:
    async with demo.console() as pilot:
        await write(demo, pilot, "\x1b[200~sXy\x1b[201~")
        assert "goes nowhere" in demo.note()
        await write(demo, pilot, "/\x1b[200~health:ok\nname:x\x1b[201~")
        assert "2 lines were pasted" in demo.note()
        await write(demo, pilot, "\x15\x1b[200~db-dumps\x1b[201~")
        assert demo.names() == ["db-dumps"]
        assert demo.note() == ""


async def test_the_palette_turns_no_page_of_what_was_not_found_yet(demo: Demo) -> None:
    async with demo.console() as pilot:
        await write(demo, pilot, "\x10\x1b[6~\x1b[6~\x1b[5~")
        await demo.press(pilot, "escape")
        assert isinstance(demo.app.screen, JobListScreen)


async def test_the_palette_runs_no_command_whose_line_nobody_had_time_to_read(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.reading = NEVER
        demo.point_at("db-dumps")
        await write(demo, pilot, "\x10pause\r")
        await demo.until(pilot, lambda: "says beforehand if a run starts at once" in demo.text())
        await write(demo, pilot, "\r")
        assert "does not count: press it again" in demo.text()
        assert demo.changes() == []
        sheet = demo.app.screen
        assert isinstance(sheet, Page)
        assert sheet._page_drawn_at is not None
        sheet._page_drawn_at -= NEVER
        await write(demo, pilot, "\r")
        assert demo.changes() == [f"POST /jobs/{demo.job_id('db-dumps')}/pause"]


async def next_turn() -> None:
    await asyncio.sleep(0)


async def test_the_program_may_end_while_a_page_opens(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page would show when it stands is not looked for on one that never will."""
    opening, mount = asyncio.Event(), ActivityScreen.mount_composed_widgets

    async def late(page: ActivityScreen, widgets: list[Widget]) -> None:
        opening.set()
        while page.display:
            await next_turn()
        await mount(page, widgets)

    monkeypatch.setattr(ActivityScreen, "mount_composed_widgets", late)
    async with demo.console():
        demo.app.open_screen(ActivityScreen())
        await opening.wait()
    assert not demo.app.is_running


async def test_a_key_on_its_way_does_not_act_on_a_page_that_opens_by_itself_meanwhile(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the page of a sign-in that was asked for before does: nobody had seen it yet."""
    agreed: list[bool | None] = []
    async with demo.console() as pilot:
        table = demo.table
        handed_on = table.on_event

        async def opens(event: Event) -> None:
            if isinstance(event, Key):
                demo.app.push_screen(Confirm("Delete it?", (), verb="delete it"), agreed.append)
            await handed_on(event)

        monkeypatch.setattr(table, "on_event", opens)
        await demo.press(pilot, "y")
        assert isinstance(demo.app.screen, Confirm)
        assert agreed == []
        await demo.press(pilot, "y")
        assert agreed == [True]

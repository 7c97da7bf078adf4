"""A flow timer made in the wizard: the flow's own form, its input as JSON, and one request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.making.draft import What, new_draft
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.world.flows import flow_id
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.screens.job_detail import JobDetailScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

SMALL = (80, 24)
QUALITY = flow_id("quality")


async def open_flow_step(demo: Demo, pilot: Pilot[None]) -> WizardScreen:
    """The wizard for a flow timer, where the flow is chosen."""
    assert demo.app.host.making is not None
    wizard = WizardScreen(demo.app.host.making, new_draft(What.FLOW_TIMER), step="flow")
    demo.app.open_screen(wizard)
    await demo.settle(pilot)
    return wizard


async def choose_quality(demo: Demo, pilot: Pilot[None]) -> None:
    """Take the flow with the simplest form."""
    await choose(demo, pilot, "Detector quality report")


async def choose(demo: Demo, pilot: Pilot[None], title: str) -> None:
    """Go down to a flow and take it."""
    await demo.press(pilot, "down")
    titles = [row.flow.title for row in demo.app.screen.query_one("#flows").rows]  # type: ignore[attr-defined]  # a list
    await demo.press(pilot, *["down"] * titles.index(title), "enter")


async def test_the_flows_that_one_may_start_are_listed_at_once(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        await open_flow_step(demo, pilot)
        assert "Detector quality report" in demo.text()
        assert "No flow is chosen" in demo.text()


async def test_a_chosen_flow_brings_its_own_form_and_says_what_is_missing(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_flow_step(demo, pilot)
        await choose_quality(demo, pilot)
        assert wizard.draft.flow.flow_id == QUALITY
        assert "path *" in demo.text()
        assert "STOP This is needed" in demo.text()
        assert "[F3 Flow!]" in demo.text()


async def test_the_form_of_a_copy_has_the_focus_and_a_copied_command_says_what_it_leaves_out(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        demo.point_at("deidentify-and-publish")
        await demo.press(pilot, "C", "f3", *"/new/")
        wizard = demo.app.screen
        assert isinstance(wizard, WizardScreen)
        assert wizard.draft.flow.inputs["path"] == "/new/"
        await demo.press(pilot, "f5", "ctrl+y", "c")
        command, told = demo.text().index("globus timer create flow"), demo.text().index("# The CLI leaves out tags")
        assert told < command, "no line end stands behind the command, which would start it"


async def test_a_flow_timer_is_made_from_the_form(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        await open_flow_step(demo, pilot)
        await choose_quality(demo, pilot)
        await demo.write(pilot, "/frames/today")
        await demo.press(pilot, "tab", "right")
        await demo.press(pilot, "f4")
        await demo.write(pilot, "every night at 2am")
        await demo.press(pilot, "f5")
        await demo.write(pilot, "quality")
        await demo.press(pilot, "ctrl+s")
        assert isinstance(demo.app.screen, JobDetailScreen), demo.text()
        made = demo.timer("quality")
        assert made.flow_id == QUALITY
        assert made.body == {"body": {"path": "/frames/today", "keep": False}}
        assert demo.changes() == ["POST /v2/timer"]


async def test_nothing_is_sent_while_the_input_is_not_complete(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        await open_flow_step(demo, pilot)
        await choose_quality(demo, pilot)
        await demo.press(pilot, "f4")
        await demo.write(pilot, "every night at 2am")
        await demo.press(pilot, "f5", "ctrl+s")
        assert "path: This is needed" in demo.note()
        assert demo.changes() == []


async def test_the_input_can_be_written_as_json_and_what_is_none_says_where(demo: Demo) -> None:
    async with demo.console(size=(100, 36)) as pilot:
        wizard = await open_flow_step(demo, pilot)
        await choose_quality(demo, pilot)
        demo.app.screen.query_one("#as-json").focus()
        await demo.press(pilot, "space")
        demo.app.screen.query_one("#json").focus()
        await demo.press(pilot, "ctrl+a", "ctrl+k")
        await demo.press(pilot, *["delete"] * 4)
        await demo.write(pilot, '{"path": "/x"')
        assert "no JSON" in demo.text()
        await demo.write(pilot, "}")
        assert wizard.draft.flow.inputs == {"path": "/x"}
        assert "no JSON" not in demo.text()


async def test_managers_monitors_and_tags_are_lists(demo: Demo) -> None:
    async with demo.console(size=(100, 36)) as pilot:
        wizard = await open_flow_step(demo, pilot)
        await choose_quality(demo, pilot)
        demo.app.screen.query_one("#tags").focus()
        await demo.write(pilot, "beamline, nightly")
        assert wizard.draft.flow.tags == ("beamline", "nightly")


async def test_flows_that_cannot_be_read_are_said_to_be_so(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        demo.fault(Fault("/flows", status=500, times=None))
        await open_flow_step(demo, pilot)
        assert "The flows cannot be read" in demo.text()


async def test_enter_twice_right_after_the_words_never_takes_a_flow_that_other_words_found(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_flow_step(demo, pilot)
        held = demo.fault(Fault("/flows", kind="pass", times=None, wait=asyncio.Event()))
        await pilot.press(*"quality", "enter", "enter")
        assert "Looking for flows with quality" in demo.text()
        assert held.wait is not None
        held.wait.set()
        await demo.settle(pilot)
        assert wizard.draft.flow.flow_id is None
        await demo.press(pilot, "enter")
        assert wizard.draft.flow.flow_id == QUALITY


async def test_a_collection_with_its_path_is_found_and_browsed_to_and_defaults_are_sent(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        wizard = await open_flow_step(demo, pilot)
        await choose(demo, pilot, "Move between two places")
        for words in ("Move from *", "the path must end with a slash", "(*) yes", "(*) null"):
            assert words in demo.text()
        await demo.write(pilot, "Campus Arch")
        await demo.until(pilot, lambda: "Campus Archive" in demo.text())
        await demo.press(pilot, "enter")
        await demo.until(pilot, lambda: wizard.draft.flow.inputs.get("source", {}).get("path") is not None)
        source = wizard.draft.flow.inputs["source"]
        assert source["path"] in demo.text()
        place = demo.app.screen.query_one("#place-2-collection")
        place.focus()
        await demo.write(pilot, source["id"])
        demo.app.screen.query_one("#place-2-path").focus()
        await demo.write(pilot, "/moved")
        assert "STOP This must match /$" in demo.text()
        await demo.write(pilot, "/")
        assert wizard.draft.flow.inputs == {
            "source": source,
            "destination": {"id": source["id"], "path": "/moved/"},
            "recursive_tx": True,
            "sync_level": None,
        }
        assert "[F3 Flow]" in demo.text()


async def test_managers_that_are_no_persons_are_refused(demo: Demo) -> None:
    async with demo.console(size=(100, 36)) as pilot:
        await open_flow_step(demo, pilot)
        await choose(demo, pilot, "Detector quality report")
        demo.app.screen.query_one("#run_managers").focus()
        await demo.write(pilot, "a6f1/x/")
        assert "names no person and no group" in demo.text()
        assert "[F3 Flow!]" in demo.text()

"""Timers made together for weekdays are one row, and are acted on as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.making.draft import clone
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.screens.job_detail import JobDetailScreen
from globus_tui.store.creation import GroupCreation
from globus_tui.store.job_state import GroupState
from tests.demo import NOON

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

DAYS = ("mon", "tue", "wed", "thu", "fri")
MISSING = ("urn:globus:auth:scope:transfer.api.globus.org:all",)


async def made_for_weekdays(demo: Demo, pilot: Pilot[Any], name: str = "raw") -> list[str]:
    """Make five timers as the wizard does, read them, and put the cursor on them; gives their names."""
    assert demo.app.host.making is not None
    model = next(one for one in demo.app.states.values() if one.job.name == "genomics-inbox")
    members = parse_schedule("weekdays 18:00", NOON, UTC).members
    draft = replace(clone(model.job, {}, NOON), name=name, schedule=members[0].schedule, group=members)
    creator = demo.app.host.making.creator(lambda *_: None)
    made = await creator.create_group(draft, check_consents=False)
    assert isinstance(made, GroupCreation)
    assert made.stopped_by is None
    await demo.press(pilot, "r")
    names = [f"{name} ({day} 18:00)" for day in DAYS]
    demo.point_at(names[0])
    await demo.settle(pilot)
    demo.service.requests.clear()
    return names


def statuses(demo: Demo, names: list[str]) -> set[str]:
    return {demo.timer(name).status for name in names}


@pytest.mark.parametrize(("options", "times"), [((), "×"), (("--ascii",), "x")])
async def test_five_timers_are_one_row_and_five_in_the_counts(demo: Demo, options: tuple[str, ...], times: str) -> None:
    async with demo.console(*options) as pilot:
        rows = len(demo.names())
        await made_for_weekdays(demo, pilot)
        assert len(demo.names()) == rows + 1
        assert f" {rows + 5}: " in demo.screen()[1]
        row = demo.row(f"5{times} raw")
        assert f"5{times}1w" in row
        assert demo.timer("raw (tue 18:00)").next_run == NOON + timedelta(hours=6)
        assert "18:00 today" in row
        assert "first run in 6 h" in row, "the nearest of them, not that of the first timer"
        assert "5 timers, acted on as one (z shows each): mon 18:00, tue 18:00, wed" in demo.text()
        assert "next  Tue 1 Sep 18:00 UTC, Wed 2 Sep 18:00 UTC, Thu 3 Sep" in demo.text()


async def test_one_key_and_one_question_pause_all_and_resume_all(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "s")
        assert "Pause 5 timers?" in demo.text()
        assert all(name in demo.text() for name in names)
        await demo.press(pilot, "enter")
        assert demo.changes() == [], "Enter alone changes nothing"
        await demo.press(pilot, "s", "y")
        assert statuses(demo, names) == {"inactive"}
        assert len(demo.changes()) == 5
        assert "paused" in demo.row("5× raw")
        await demo.press(pilot, "s", "y")
        assert statuses(demo, names) == {"active"}


async def test_the_worst_timer_gives_health_and_reason_and_is_opened(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        timer = demo.timer(names[2])
        timer.status, timer.next_run = "inactive", None
        timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": None}
        await demo.press(pilot, "r")
        row = demo.row("5× raw")
        assert "SIGN-IN" in row
        assert "wed 18:00:" in row
        assert isinstance(demo.table.cursor_state, GroupState)
        await demo.press(pilot, "enter")
        assert isinstance(demo.app.screen, JobDetailScreen)
        assert names[2] in demo.screen()[0]


async def test_z_shows_the_timers_one_by_one_and_puts_them_together_again(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        place = demo.names().index("raw")
        await demo.press(pilot, "z")
        assert demo.names()[place : place + 5] == names, "in the place of their row, in the order of the week"
        demo.point_at(names[3])
        await demo.press(pilot, "s")
        assert [name for name in names if demo.timer(name).status == "inactive"] == [names[3]]
        assert len(demo.changes()) == 1
        await demo.press(pilot, "z")
        assert not set(names) & set(demo.names())
        assert demo.table.cursor_state is not None
        assert demo.table.cursor_state.job.label == "raw"


async def test_a_timer_that_stands_alone_cannot_be_unfolded(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "z")
        assert "stands alone" in demo.note()


async def test_marking_the_row_marks_its_timers(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "space")
        assert demo.table.marked == {demo.job_id(name) for name in names}
        assert demo.note() == "5 marked"
        demo.point_at(names[0])
        await demo.press(pilot, "z", "space")
        assert len(demo.table.marked) == 4
        await demo.press(pilot, "z")
        assert set(names) <= set(demo.names()), "a group of which some timers are marked stays apart"
        await demo.press(pilot, "backslash", "r")
        assert not set(names) & set(demo.names())


async def test_a_filter_that_hides_some_of_them_leaves_the_others_alone(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "slash")
        await demo.write(pilot, "raw (tue")
        assert demo.names() == [names[1]]
        await demo.press(pilot, "enter", "s")
        assert demo.timer(names[1]).status == "inactive"
        assert len(demo.changes()) == 1


async def test_a_filter_that_all_of_them_match_shows_the_row_and_counts_them_all(demo: Demo) -> None:
    async with demo.console() as pilot:
        await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "slash")
        await demo.write(pilot, '"raw ("')
        assert demo.names() == ["raw"]
        assert " 5 of 84 shown:" in demo.screen()[1]


async def test_deleting_the_row_names_its_timers_and_wants_their_number(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "X")
        assert all(name in demo.text() for name in names)
        await demo.write(pilot, "delete 5")
        await demo.press(pilot, "enter")
        assert len([one for one in demo.changes() if one.startswith("DELETE")]) == 5
        assert "raw" not in demo.names()


async def test_renaming_the_row_keeps_what_sets_its_timers_apart(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        job_ids = [demo.job_id(name) for name in names]
        await demo.press(pilot, "R")
        assert "mon 18:00, tue 18:00, wed 18:00, thu 18:00, fri 18:00 stays behind each" in demo.text()
        await demo.write(pilot, "raw-2")
        await demo.press(pilot, "enter")
        assert [demo.sandbox.timers[job_id].name for job_id in job_ids] == [f"raw-2 ({day} 18:00)" for day in DAYS]
        assert len(demo.changes()) == 5
        assert "5× raw-2" in demo.row("raw-2")


async def test_what_is_for_one_timer_says_how_to_get_at_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        await made_for_weekdays(demo, pilot)
        await demo.press(pilot, "e")
        assert "one by one with z" in demo.note()
        assert demo.changes() == []


async def test_one_sign_in_repairs_all_of_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        for name in names[:3]:
            timer = demo.timer(name)
            timer.status, timer.next_run = "inactive", None
            detail = {
                "code": "ConsentRequired",
                "authorization_parameters": {"required_scopes": list(MISSING)},
            }
            timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": detail}
        await demo.press(pilot, "r")
        fixed: list[list[str]] = []
        demo.app.sign_in.start_fix = lambda job_ids: fixed.append(list(job_ids or ()))  # type: ignore[method-assign]  # what it is asked
        await demo.press(pilot, "f")
        assert fixed == [[demo.job_id(name) for name in names[:3]]]


async def test_a_group_that_loses_a_timer_elsewhere_keeps_the_cursor(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        del demo.sandbox.timers[demo.job_id(names[4])]
        await demo.press(pilot, "r")
        assert "4× raw" in demo.row("4× raw")
        assert demo.table.cursor_state is not None
        assert demo.table.cursor_state.job.label == "raw"


async def test_when_two_become_one_the_one_left_is_a_row_of_its_own(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = await made_for_weekdays(demo, pilot)
        for name in names[1:]:
            del demo.sandbox.timers[demo.job_id(name)]
        await demo.press(pilot, "r")
        assert names[0] in demo.names()
        assert "raw" not in demo.names()

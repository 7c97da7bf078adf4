"""Fix and resume, by keys: what is asked, one login for all that lost the same, and what becomes of each timer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.world.flows import OPS_USERNAME
from globus_tui.screens.confirm import Results
from globus_tui.screens.consent import ConsentScreen
from globus_tui.widgets.choice import Toggle
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.demo import Demo

SAME_CAUSE = ("climate-nightly-mirror", "climate-monthly-tar", "fusion-shots-pull")


async def opened(demo: Demo, pilot: Pilot[Any], key: str = "f") -> ConsentScreen:
    await pilot.press(key)
    await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
    await pilot.pause()
    screen = demo.app.screen
    assert isinstance(screen, ConsentScreen)
    return screen


async def browse(demo: Demo, pilot: Pilot[Any], *keys: str) -> None:
    """Acts as the browser and waits until everything that follows is over."""
    await pilot.press("b")
    await demo.until(pilot, lambda: "Pretend browser" in demo.text())
    await pilot.press(*keys)
    await demo.until(pilot, lambda: closed(demo) or note_of(demo))
    if closed(demo):
        await demo.settle(pilot)


def closed(demo: Demo) -> bool:
    return not any(isinstance(screen, ConsentScreen) for screen in demo.app.screen_stack)


def note_of(demo: Demo) -> str:
    if not isinstance(demo.app.screen, ConsentScreen):
        return ""
    words = str(demo.app.screen.query_one("#consent-note").render())
    return "" if words.startswith("asking") else words


def statuses(demo: Demo, *names: str) -> list[str]:
    return [demo.timer(name).status for name in names]


async def test_f_on_one_timer_mends_all_that_lost_the_same_consent_with_one_login(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        shown = demo.text()
        assert "Fix and resume 3 timers" in shown
        assert "└ read and write your files on National Lab DTN  (optional)" in shown
        assert "No other identity, policy or second factor is asked for." in shown
        assert "resume climate-nightly-mirror: ONE run starts at once" in shown
        await browse(demo, pilot, "1")
        assert isinstance(demo.app.screen, Results)
        assert statuses(demo, *SAME_CAUSE) == ["active"] * 3
        await demo.press(pilot, "escape")
        assert "running" in demo.row("climate-nightly-mirror")
        assert len(demo.asked("/v2/oauth2/token")) == 2  # the sign-in of the test, and this one
        await demo.press(pilot, "u")
        assert "3 timers, just now" in demo.text()  # one key, one step back


async def test_a_timer_that_is_left_out_stays_as_it_was(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        screen = await opened(demo, pilot)
        await pilot.press("space", "down", "space")
        assert [toggle.value for toggle in screen.query(Toggle)] == [True, False, True]
        await browse(demo, pilot, "1")
        assert statuses(demo, *SAME_CAUSE) == ["active", "inactive", "active"]


async def test_a_leaves_only_the_one_that_was_meant_and_takes_all_back(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        screen = await opened(demo, pilot)
        await pilot.press("a")
        assert [toggle.value for toggle in screen.query(Toggle)] == [True, False, False]
        await pilot.press("a")
        assert all(toggle.value for toggle in screen.query(Toggle))


async def test_leaving_out_asks_for_less_and_keeps_the_link_where_nothing_changes(demo: Demo) -> None:
    async with demo.console() as pilot:
        screen = await opened(demo, pilot, "F")
        whole = screen._url
        assert "session_required_mfa" in whole
        toggles = {toggle.name: toggle for toggle in screen.query(Toggle)}
        for name, toggle in toggles.items():
            if name != demo.job_id(SAME_CAUSE[0]):
                toggle.action_switch()
        await demo.until(pilot, lambda: screen._url != whole)
        less = screen._url
        assert "session_required" not in less
        toggles[demo.job_id(SAME_CAUSE[1])].action_switch()
        await demo.until(pilot, lambda: not [one for one in demo.app.workers if one.group == "look-up"])
        assert screen._url == less


async def test_escape_and_denying_leave_everything_as_it_was(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        await browse(demo, pilot, "d")
        assert "You declined at Globus, so nothing was changed." in note_of(demo)
        await demo.press(pilot, "escape")
        assert demo.note() == "Nothing was changed."
        assert demo.changes() == []
        assert statuses(demo, *SAME_CAUSE) == ["inactive"] * 3


async def test_somebody_else_is_refused_and_the_right_person_may_try_again(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        await browse(demo, pilot, "3")
        assert "belongs to ops@example-facility.org, but kim@example-facility.org signed in" in note_of(demo)
        assert demo.changes() == []
        await pilot.press("b", "1")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, Results))
        assert statuses(demo, *SAME_CAUSE) == ["active"] * 3


async def test_a_second_factor_is_demanded_by_the_page_until_it_is_given(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("trial-cohort-export")
        await opened(demo, pilot)
        assert "Use a second factor (MFA)." in demo.text()
        await pilot.press("b")
        await demo.until(pilot, lambda: "Pretend browser" in demo.text())
        await pilot.press("1")
        await demo.until(pilot, lambda: "A second factor is required" in demo.text())
        await pilot.press("m", "1")
        await demo.until(pilot, lambda: closed(demo))
        await demo.settle(pilot)
        assert statuses(demo, "trial-cohort-export") == ["inactive"]
        assert "it wants more than it had said: Satisfy the sign-in policy" in demo.note()
        await opened(demo, pilot)
        await browse(demo, pilot, "m", "1")
        assert statuses(demo, "trial-cohort-export") == ["active"]


async def test_one_sign_in_mends_every_timer_of_the_facility(demo: Demo) -> None:
    async with demo.console() as pilot:
        screen = await opened(demo, pilot, "F")
        jobs = [toggle.name or "" for toggle in screen.query(Toggle)]
        assert len(jobs) >= 10
        await pilot.press("b", "m", "1")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, Results))
        still = [demo.sandbox.timers[one].name for one in jobs if demo.sandbox.timers[one].status != "active"]
        said = demo.text()
        assert [name for name in still if name and name not in said] == []
        assert "NOT DONE" in said if still else "NOT DONE" not in said


async def test_a_code_is_taken_wherever_it_is_pasted_and_never_drawn(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        screen = await opened(demo, pilot)
        code = approve(demo.sandbox, screen._url, OPS_USERNAME)
        screen.post_message(events.Paste(f"  {code}\n"))
        await demo.until(pilot, lambda: screen.query_one("#code", TextField).value == code)
        await pilot.pause()
        assert code not in demo.text()
        await pilot.press("enter")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, Results))


async def test_the_exact_scopes_are_a_key_away(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        await pilot.press("y")
        await demo.until(pilot, lambda: "/data_access]]" in demo.text().replace("\n", "").replace(" ", ""))


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_the_prompt_can_be_read_and_used_on_small_terminals(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        shown = demo.text()
        assert "Fix and resume 3 timers" in shown
        assert "esc" in shown
        seen = set(shown.split())
        for _ in range(8):
            await pilot.press("pagedown")
            await pilot.pause()
            seen |= set(demo.text().split())
        assert {"National", "Paste", "fusion-shots-pull:", "watched"} <= seen
        await browse(demo, pilot, "1")
        assert statuses(demo, *SAME_CAUSE) == ["active"] * 3


async def test_what_starts_is_counted_by_what_is_known_and_not_by_what_a_timer_is_called(demo: Demo) -> None:
    for timer in demo.sandbox.timers.values():
        if timer.name == "climate-monthly-tar":
            timer.name = "tar (starts now)"
    async with demo.console() as pilot:
        demo.point_at("tar (starts now)")
        await opened(demo, pilot)
        words = " ".join(demo.text().split())
        assert "Resumes 3, of which 2 start a run and 1 may start one: " in words
        assert "tar (starts now) (may start now)" in words


async def test_a_repaired_timer_is_watched_until_its_next_run(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("climate-monthly-tar")
        await opened(demo, pilot)
        assert "climate-monthly-tar: a run may start at once, as the last one was refused" in demo.text()
        await pilot.press("a")
        await browse(demo, pilot, "1")
        assert "climate-monthly-tar: its run has started." in demo.note()


async def test_runs_of_several_repaired_timers_are_told_together(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        await browse(demo, pilot, "1")
        await demo.press(pilot, "escape")
        assert "The runs of 3 repaired timers have started: " in demo.note()
        assert all(name in demo.note() for name in SAME_CAUSE)


async def test_what_is_granted_already_needs_no_login_but_is_shown_before_anything_runs(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at(SAME_CAUSE[0])
        await opened(demo, pilot)
        await pilot.press("a")
        await browse(demo, pilot, "1")
        demo.point_at(SAME_CAUSE[2])
        screen = await opened(demo, pilot)
        shown = demo.text()
        assert "No sign-in is needed." in shown
        assert "ONE run starts at once" in shown
        assert screen._url == ""
        assert statuses(demo, SAME_CAUSE[2]) == ["inactive"]
        await pilot.press("enter")
        await demo.until(pilot, lambda: closed(demo))
        await demo.settle(pilot)
        assert statuses(demo, SAME_CAUSE[2]) == ["active"]


async def test_what_several_timers_want_proved_is_said_once_and_whose_profile_it_is_stays_clear(demo: Demo) -> None:
    async with demo.console() as pilot:
        screen = await opened(demo, pilot, "F")
        shown = str(screen.query_one("#asked").render())
        assert shown.count("Satisfy the sign-in polic") == 1
        assert shown.count("Use a second factor") == 1
        assert "Sign in as rops@uni.example.edu." in shown
        assert "Sign in as ops@example-facility.org, whose profile this is; Globus asks for the other" in shown


async def test_a_domain_that_is_wanted_and_whose_profile_it_is_do_not_contradict_each_other(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("genome-reference-pull")
        shown = str((await opened(demo, pilot)).query_one("#asked").render())
        assert "Sign in with an identity of uni.example.edu." in shown
        assert "Sign in as ops@example-facility.org, whose profile this is; Globus asks for the other" in shown


async def test_a_key_that_does_nothing_and_a_code_that_is_missing_are_told(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        demo.point_at("genome-reference-pull")
        await opened(demo, pilot)
        await pilot.press("z")
        await demo.until(pilot, lambda: "z does nothing here." in demo.text())
        await pilot.press("enter")
        await demo.until(pilot, lambda: "does nothing here" not in demo.text())
        await pilot.press("enter")
        await demo.until(pilot, lambda: "The code is missing" in demo.text())

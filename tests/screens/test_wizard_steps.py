"""How, when and review, each opened on a mirror that was described before: real keys, over the facility."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import islice
from threading import current_thread, main_thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.making.draft import Draft, Intent, new_draft, with_intent
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.hour_load import HourLoad, hour_load
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferItem
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.screens.show_text import CopyMenu
from globus_tui.store.board import States
from tests.screens.lines import line_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from globus_tui.domain.making.draft_fields import Finding
    from tests.demo import Demo

CHICAGO = ("--zone", "America/Chicago")
SMALL = (80, 24)


def a_mirror(demo: Demo, **changes: Any) -> Draft:
    """From one collection of the facility that needs no consent to another."""
    like = demo.app.states[demo.job_id("db-dumps")].job.transfer
    assert like is not None
    draft = with_intent(new_draft(), Intent.MIRROR)
    data = replace(
        draft.transfer,
        source_endpoint=like.source_endpoint,
        destination_endpoint=like.destination_endpoint,
        items=(TransferItem("/db/", "/archive/copies/", recursive=True),),
        **changes,
    )
    return replace(draft, name="db-copies", transfer=data, source_name="Ops Vault", destination_name="Campus Archive")


async def open_step(demo: Demo, pilot: Pilot[None], step: str, draft: Draft | None = None) -> WizardScreen:
    """Open the wizard on a step."""
    assert demo.app.host.making is not None
    wizard = WizardScreen(demo.app.host.making, draft or a_mirror(demo), step=step)
    demo.app.open_screen(wizard)
    await demo.settle(pilot)
    return wizard


async def focus(demo: Demo, pilot: Pilot[None], name: str) -> None:
    """Tab to a field."""
    for _ in range(30):
        if demo.app.focused is not None and demo.app.focused.id == name:
            return
        await demo.press(pilot, "tab")
    raise AssertionError(f"{name} is not reached with Tab:\n{demo.text()}")


# --- how


async def test_the_intent_sets_the_options_that_belong_together(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "how")
        assert "(*) mirror" in demo.text()
        assert "[x] DELETE extra files at the destination  DANGER" in demo.text()
        await demo.press(pilot, "right")
        assert "(*) archive" in demo.text()
        assert not wizard.draft.deletes
        assert "DANGER" not in demo.text()
        assert "the next run deletes the copy" not in demo.text()
        await demo.press(pilot, "right")
        assert wizard.draft.transfer.sync_level is None
        assert "copy all files every time" in demo.text()


async def test_a_single_option_makes_the_intent_ones_own(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "how")
        await demo.press(pilot, "tab", "right", "right")
        assert wizard.draft.transfer.sync_level is SyncLevel.CHECKSUM
        assert "(*)" not in line_with(demo, "intent")
        assert "differ in content" in demo.text()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("verify checksums", "verify_checksum"),
        ("keep timestamps", "preserve_timestamp"),
        ("encrypt", "encrypt_data"),
        ("skip unreadable files", "skip_source_errors"),
        ("fail when the quota is full", "fail_on_quota_errors"),
        ("DELETE extra files", "delete_destination_extra"),
        ("succeeded", "notify_on_succeeded"),
        ("failed", "notify_on_failed"),
        ("paused", "notify_on_inactive"),
    ],
)
async def test_space_switches_an_option_and_nothing_else(demo: Demo, name: str, key: str) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        wizard = await open_step(demo, pilot, "how")
        before = wizard.draft
        assert name in demo.text()
        await focus(demo, pilot, key)
        await demo.press(pilot, "enter")
        assert wizard.draft == before, "Enter switched it"
        await demo.press(pilot, "space")
        stated = getattr(before.transfer, key)
        changed: dict[str, Any] = {key: not stated}
        assert wizard.draft.transfer == replace(before.transfer, **changed)
        await demo.press(pilot, "space")
        assert wizard.draft.transfer == before.transfer


async def test_an_option_that_a_clone_does_not_state_stays_unstated_until_it_is_touched(demo: Demo) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        draft = a_mirror(demo, verify_checksum=None, notify_on_failed=None)
        wizard = await open_step(demo, pilot, "how", draft)
        assert "[ ] verify checksums" in demo.text()
        assert "[x] failed" in demo.text()
        await focus(demo, pilot, "encrypt_data")
        await demo.press(pilot, "space")
        assert wizard.draft.transfer == replace(draft.transfer, encrypt_data=True)


async def test_rules_are_added_tried_on_the_names_of_the_source_moved_and_removed(demo: Demo) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        wizard = await open_step(demo, pilot, "how")

        def rules() -> list[str]:
            return [rule.name for rule in wizard.draft.transfer.filter_rules]

        await focus(demo, pilot, "rule")
        await demo.write(pilot, "include *.sql")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "*")
        await demo.press(pilot, "enter")
        assert wizard.draft.transfer.filter_rules == (FilterRule("*.sql", "include"), FilterRule("*"))
        assert "1 include files and folders named *.sql" in demo.text()
        assert "names in /db/" in demo.text()
        assert "left out" in demo.text()
        await demo.press(pilot, "tab", "J")
        assert rules() == ["*", "*.sql"]
        assert ": all are" not in demo.text()
        await demo.press(pilot, "x", "x")
        assert rules() == []
        assert demo.app.focused is not None
        assert demo.app.focused.id == "rule", "the keys would have gone nowhere"


async def test_a_rule_about_a_path_is_refused_beside_its_field(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "how")
        await focus(demo, pilot, "rule")
        await demo.write(pilot, "raw/old")
        await demo.press(pilot, "enter")
        assert "STOP Rules are about names of files and folders" in demo.text()
        assert wizard.draft.transfer.filter_rules == ()


async def test_label_and_deadline_are_taken_as_typed_and_checked(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=(120, 40)) as pilot:
        wizard = await open_step(demo, pilot, "how")
        await focus(demo, pilot, "label")
        await demo.write(pilot, "copies [/foo]")
        await demo.press(pilot, "tab")
        await demo.write(pilot, "2026-09-03 18:00")
        assert wizard.draft.transfer.label == "copies [/foo]"
        deadlines = [wizard.draft.transfer.deadline]
        await demo.write(pilot, "x")
        assert "STOP" in demo.text()
        await demo.press(pilot, *["backspace"] * 17)
        deadlines.append(wizard.draft.transfer.deadline)
        assert deadlines == ["2026-09-03T23:00:00+00:00", None]


async def test_the_alarm_for_a_shrinking_source_takes_a_number_or_nothing(demo: Demo) -> None:
    async with demo.console(size=(120, 40)) as pilot:
        wizard = await open_step(demo, pilot, "how")
        await focus(demo, pilot, "fewer")
        await demo.write(pilot, "20")
        percents = [wizard.draft.guards.fewer_percent]
        await demo.press(pilot, "backspace", "backspace")
        percents.append(wizard.draft.guards.fewer_percent)
        assert percents == [20, None]
        await demo.write(pilot, "lots")
        assert "number of percent" in demo.text()


# --- when


async def test_a_phrase_is_echoed_in_local_time_and_utc_with_its_runs_and_clock_changes(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am")
        assert "= every 1 day, first Wed 2 Sep 02:00 CDT (07:00Z), no end" in demo.text()
        assert "86 400 s, not calendar days" in demo.text()
        assert " 1 Wed 2 Sep 02:00 CDT" in demo.text()
        assert "10 Fri 11 Sep 02:00 CDT" in demo.text()
        assert "Sun 1 Nov 2026: 02:00 CDT becomes 01:00 CST" in demo.text()
        assert isinstance(wizard.draft.schedule, RecurringSchedule)
        assert "2026-09-02 02:00" in line_with(demo, "first run")


async def test_the_hour_can_be_kept_in_winter_instead(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=SMALL) as pilot:
        await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am")
        assert "(*) 02:00 summer, 01:00 winter" in demo.text()
        await focus(demo, pilot, "keep")
        await demo.press(pilot, "right")
        assert "(*) 02:00 winter, 03:00 summer" in demo.text()
        assert "first Wed 2 Sep 03:00 CDT (08:00Z)" in demo.text()


async def test_the_clock_changes_of_a_zone_that_is_typed_are_told_too(demo: Demo) -> None:
    async with demo.console("--zone", "UTC", size=(120, 36)) as pilot:
        await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am America/Chicago")
        assert "Sun 1 Nov 2026: 02:00 CDT becomes 01:00 CST" in demo.text()
        assert "(*) 02:00 summer, 01:00 winter" in line_with(demo, "clock change")


async def test_weekdays_become_five_timers_shown_as_one_schedule(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await demo.write(pilot, "weekdays 18:00")
        assert len(wizard.draft.group) == 5
        assert "= 5 timers, each every 1 week, first Tue 1 Sep 18:00 CDT (23:00Z)" in demo.text()
        assert " 5 Mon 7 Sep 18:00 CDT" in demo.text()


async def test_a_phrase_that_globus_cannot_do_says_so_beside_it_and_offers_the_nearest(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await demo.write(pilot, "monthly")
        assert "STOP A timer counts seconds, and months have no fixed length" in demo.text()
        assert wizard.draft.schedule is None
        assert "none yet" in demo.text()


async def test_fields_do_as_well_as_the_phrase(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=SMALL) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await focus(demo, pilot, "interval")
        await demo.write(pilot, "6h")
        await demo.press(pilot, "enter")
        await demo.write(pilot, "tomorrow 02:00")
        await demo.press(pilot, "tab", "right")
        await focus(demo, pilot, "end")
        await demo.write(pilot, "4")
        assert "= every 6 hours, first Wed 2 Sep 02:00 CDT (07:00Z), 4 times" in demo.text()
        assert " 4 Wed 2 Sep 20:00 CDT" in demo.text()
        assert " 5 " not in line_with(demo, " 2 Wed 2 Sep 08:00")
        await focus(demo, pilot, "repeat")
        await demo.press(pilot, "right")
        assert isinstance(wizard.draft.schedule, OnceSchedule)
        assert "= once, Wed 2 Sep 02:00 CDT (07:00Z)" in demo.text()


async def test_more_than_a_run_a_minute_over_all_timers_is_stopped_with_the_number(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        await open_step(demo, pilot, "when")
        await demo.write(pilot, "every minute")
        assert "times an hour; Globus allows 60" in demo.text()
        assert "[F6 When!]" in demo.text()


async def test_other_timers_at_that_hour_are_counted_beside_the_keys(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def count(*about: Any) -> list[HourLoad]:
        threads.append(current_thread())
        return hour_load(*about)

    monkeypatch.setattr("globus_tui.screens.create.when_step.hour_load", count)
    async with demo.console(size=(120, 36)) as pilot:
        await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am")
        words = line_with(demo, "other runs:")
        assert "02h" in words
        assert "quietest" in words
        assert main_thread() not in threads


async def test_other_timers_are_counted_once_at_a_time_but_for_those_that_go_meanwhile(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = [], asyncio.Event()

    async def slowly(count: Callable[[], str]) -> str:
        begun.append(demo.app.screen)
        await go_on.wait()
        return count()

    monkeypatch.setattr("globus_tui.screens.create.when_step.asyncio", SimpleNamespace(to_thread=slowly))
    async with demo.console(size=(120, 36)) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await pilot.press(*"2am")
        await demo.until(pilot, lambda: begun)
        for row in islice(demo.app.states.rows.values(), 3):
            gone = row._replace(job_id=JobId(f"gone with {row.job_id}"))
            states = wizard.states
            wizard.states = States({**states.rows, gone.job_id: gone}, states.make, states.glance)
            await pilot.pause()
        assert len(begun) == 1
        go_on.set()
        await demo.settle(pilot)
        assert len(begun) == 2
        assert "02h" in line_with(demo, "other runs:")


async def test_what_was_found_of_an_earlier_draft_is_not_said_of_the_one_that_is_shown(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, go_on = [], asyncio.Event()

    async def slowly(check: Callable[[], tuple[Finding, ...]]) -> tuple[Finding, ...]:
        found.append(check())
        await go_on.wait()
        return found[-1]

    async with demo.console(size=(120, 36)) as pilot:
        wizard = await open_step(demo, pilot, "how")
        whole, no_items = wizard.draft, replace(wizard.draft.transfer, items=())
        monkeypatch.setattr("globus_tui.screens.create.wizard._MANY", 1)
        beside = SimpleNamespace(to_thread=slowly, sleep=asyncio.sleep)
        monkeypatch.setattr("globus_tui.screens.create.wizard.asyncio", beside)
        demo.app.states = States(demo.app.states.rows, demo.app.states.make, demo.app.states.glance)
        wizard.change(replace(whole, transfer=no_items))
        await demo.until(pilot, lambda: found)
        wizard.change(whole)
        go_on.set()
        await demo.settle(pilot)
        nothing = "Nothing is chosen to be moved"
        assert nothing in [finding.words for finding in found[0]]
        assert nothing not in [finding.words for finding in wizard.findings]


# --- review


async def test_the_review_says_everything_in_words_and_as_it_is_sent(demo: Demo) -> None:
    async with demo.console(*CHICAGO, size=(120, 60)) as pilot:
        wizard = await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am")
        await demo.press(pilot, "f7")
        wizard.when_looked_through(lambda: None)
        await demo.settle(pilot)
        text = demo.text()
        for words in (
            "Ops Vault:/db/",
            "Campus Archive:/archive/copies/",
            "mirror: copy files that are missing",
            "DELETES files at the destination",
            "every 1 day, first Wed 2 Sep 02:00 CDT (07:00Z), no end",
            "ops@example-facility.org",
            "POST /v2/timer",
            '"interval_seconds": 86400',
            '"delete_destination_extra": true',
        ):
            assert words in text, words
        await demo.press(pilot, "tab", "G")
        assert "globus timer create transfer" in demo.text() or "--recursive" in demo.text()


async def test_the_folder_has_to_be_typed_before_a_mirror_is_created(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        await open_step(demo, pilot, "when")
        await demo.write(pilot, "every night at 2am")
        await demo.press(pilot, "f7", "ctrl+s")
        assert "type copies first" in demo.note()
        await demo.write(pilot, "copie")
        assert "This is not the folder's name" in demo.text()
        await demo.write(pilot, "s")
        await demo.press(pilot, "enter", "enter")
        assert demo.changes() == []
        await demo.press(pilot, "ctrl+s")
        assert demo.changes() == ["POST /v2/timer"]


async def test_request_command_and_file_can_be_copied(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        await open_step(demo, pilot, "review")
        await demo.press(pilot, "ctrl+y")
        assert isinstance(demo.app.screen, CopyMenu)
        assert "globus timer create transfer" in demo.text()
        await demo.press(pilot, "f")
        assert '"format": "globus-tui timer"' in demo.text()


async def test_everything_of_these_steps_is_ascii_where_that_was_asked_for(demo: Demo) -> None:
    async with demo.console("--ascii", *CHICAGO, size=SMALL) as pilot:
        draft = a_mirror(demo, filter_rules=(FilterRule("r\u00e9sum\u00e9"),))
        await open_step(demo, pilot, "review", replace(draft, source_name="\u89b3\u6e2c"))
        for key in ("f5", "f6", "f7"):
            await demo.press(pilot, key)
            assert not {char for char in demo.text() if ord(char) > 126}, demo.text()


async def test_a_name_that_looks_like_markup_is_shown_as_it_is(demo: Demo) -> None:
    async with demo.console(size=SMALL) as pilot:
        draft = replace(a_mirror(demo), source_name="[/foo] [bold]lab", name="[red]x")
        wizard = await open_step(demo, pilot, "review", draft)
        assert "[/foo] [bold]lab:/db/" in demo.text()
        assert wizard.draft.name == "[red]x"

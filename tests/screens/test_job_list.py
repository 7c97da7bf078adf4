"""The timer list, told with real keys against the facility of the demo."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from globus_tui.commands import EVERYWHERE, JOB_LIST, key_words
from globus_tui.domain.health import Word
from globus_tui.present.safe_text import safe_line
from globus_tui.sandbox.faults import Fault
from globus_tui.screens.help import Help
from globus_tui.screens.job_list import JobListScreen
from globus_tui.store.job_state import Doing

if TYPE_CHECKING:
    from tests.demo import Demo

SIZES = [(60, 15), (80, 24), (120, 36), (200, 60)]


async def test_what_needs_a_person_comes_first_worst_first(demo: Demo) -> None:
    async with demo.console():
        words = [row.health.word for row in demo.table.rows]
        assert words == sorted(words, key=list(Word).index)
        assert words[0].is_trouble
        assert not words[-1].is_trouble
        assert demo.table.cursor_position == 0


async def test_the_counts_add_up_and_every_row_has_a_health_word(demo: Demo) -> None:
    async with demo.console():
        counts = demo.app.store.count_words()
        assert counts is not None
        assert sum(counts.values()) == len(demo.names()) == 79
        assert " 79: 2 UNKNOWN 11 SIGN-IN" in demo.screen()[1]


# --- filter


async def test_the_filter_narrows_with_every_letter_and_says_of_how_many(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        left = []
        for letter in "clim":
            await demo.press(pilot, letter)
            left.append(len(demo.names()))
        assert left == sorted(left, reverse=True)
        assert left[0] < 79
        assert f"{left[-1]} of 79:" in demo.screen()[1]
        assert all("clim" in name or "national" in name for name in demo.names())


async def test_escape_takes_back_one_thing_at_a_time_and_then_asks_to_quit(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "m", "i", "r", "enter")
        assert "filter: mir" in demo.text()
        await demo.press(pilot, "space", "escape")
        assert (len(demo.names()), len(demo.table.marked)) == (79, 1)
        await demo.press(pilot, "escape")
        assert not demo.table.marked
        await demo.press(pilot, "escape")
        assert "Quit?" in demo.text()
        await demo.press(pilot, "enter")
        assert isinstance(demo.app.screen, JobListScreen)


async def test_escape_while_typing_shows_all_timers_again(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "x", "y", "escape")
        assert len(demo.names()) == 79
        assert demo.table.has_focus


async def test_a_filter_that_nothing_matches_says_so_and_how_to_get_out(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "no such thing")
        assert "Nothing matches." in demo.text()
        assert "Escape clears the filter" in demo.text()
        assert " 0 of 79" in demo.screen()[1]
        await demo.press(pilot, "enter", "s", "X", "R", "enter")
        assert demo.note() == "There is no timer under the cursor."
        assert demo.changes() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("health:sign", {"climate-nightly-mirror", "lab-identity-export"}),
        ("why:quota", {"beamline-7-raw"}),
        ("to:tape", {"tape-archive-weekly", "climate-monthly-tar"}),
        ("from:genome inbox", {"genomics-inbox"}),
        ("climate !nightly", {"climate-monthly-tar", "climate-quarterly-set"}),
        ("[/foo]", {"[/foo] [bold]name[/] with [markup"}),
    ],
)
async def test_the_filter_looks_at_health_reason_route_and_name(demo: Demo, typed: str, found: set[str]) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, typed)
        assert found <= set(demo.names())
        assert len(demo.names()) < 40


async def test_an_exclamation_mark_leaves_only_what_needs_a_person(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "exclamation_mark")
        assert all(row.health.word.is_trouble for row in demo.table.rows)
        assert "problems only" in demo.text()
        assert f" {len(demo.names())} of 79:" in demo.screen()[1]
        await demo.press(pilot, "exclamation_mark")
        assert len(demo.names()) == 79


# --- order


async def test_each_sort_key_sorts_and_the_same_key_again_turns_it_round(demo: Demo) -> None:
    async with demo.console() as pilot:
        worst_first = demo.names()
        await demo.press(pilot, "N")
        by_name = demo.names()
        assert by_name.index("astro-ingest") < by_name.index("beamline-7-raw") < by_name.index("tape-second-copy")
        assert "NAME▲" in demo.text()
        await demo.press(pilot, "N")
        turned = demo.names()
        assert turned.index("astro-ingest") > turned.index("beamline-7-raw") > turned.index("tape-second-copy")
        assert "NAME▼" in demo.text()
        await demo.press(pilot, "A")
        moments = [row.job.next_run for row in demo.table.rows if row.job.next_run]
        assert moments == sorted(moments)
        await demo.press(pilot, "O")
        moments = [row.job.next_run for row in demo.table.rows if row.job.next_run]
        assert moments == sorted(moments, reverse=True)
        await demo.press(pilot, "W")
        assert demo.names() == worst_first


async def test_the_sort_column_moves_to_the_left_and_right(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "greater_than_sign")
        assert "NAME▲" in demo.text()
        await demo.press(pilot, "greater_than_sign", "greater_than_sign")
        assert "NEXT▲" in demo.text()
        await demo.press(pilot, "less_than_sign")
        assert "LAST▲" in demo.text()


async def test_timers_without_a_next_run_come_last_both_ways(demo: Demo) -> None:
    async with demo.console() as pilot:
        for key in ("A", "O"):
            await demo.press(pilot, key)
            known = [row.job.next_run is not None for row in demo.table.rows]
            assert known == sorted(known, reverse=True)


# --- the cursor and the marks belong to timers


async def test_the_cursor_stays_on_its_timer_through_refresh_sort_and_filter(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        here = demo.job_id("sensor-hourly")
        for keys in (("N",), ("A",), ("O",), ("r",), ("slash", "s", "e", "n", "enter"), ("escape",), ("W",)):
            await demo.press(pilot, *keys)
            assert demo.table.cursor_key == here, keys
        await demo.pass_time(pilot, timedelta(hours=2))
        assert demo.table.cursor_key == here
        assert "sensor-hourly" in demo.row("sensor-hourly")


async def test_marks_survive_refresh_sort_and_a_filter_that_hides_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        wanted = {demo.job_id(name) for name in ("db-dumps", "astro-ingest", "mirror-secondary")}
        for name in ("db-dumps", "astro-ingest", "mirror-secondary"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        assert demo.note() == "3 marked"
        for keys in (("N",), ("r",), ("slash", "d", "b", "enter"), ("exclamation_mark",), ("escape",)):
            await demo.press(pilot, *keys)
            assert demo.table.marked == wanted, keys


async def test_all_that_the_filter_shows_is_marked_with_one_key(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "c", "l", "i", "m", "enter", "asterisk")
        assert {row.key for row in demo.table.rows} == demo.table.marked
        await demo.press(pilot, "backslash")
        assert demo.note() == "nothing marked"


async def test_a_timer_deleted_elsewhere_gives_its_cursor_to_the_next_one_and_says_so(demo: Demo) -> None:
    async with demo.console() as pilot:
        names = demo.names()
        demo.point_at("db-dumps")
        del demo.sandbox.timers[demo.job_id("db-dumps")]
        await demo.press(pilot, "r")
        assert demo.note() == "The timer under the cursor is gone; the cursor went to the next one."
        assert demo.table.cursor_key == demo.job_id(names[names.index("db-dumps") + 1])


# --- pause and resume


async def test_a_pause_shows_as_pending_then_as_paused_and_is_in_the_journal(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", wait=gate))
        await pilot.press("s")
        await demo.until(pilot, lambda: "pausing" in demo.row("sensor-hourly"))
        gate.set()
        await demo.settle(pilot)
        assert "paused by you" in demo.row("sensor-hourly")
        assert demo.note() == "sensor-hourly: Paused."
        assert demo.changes() == [f"POST /jobs/{demo.job_id('sensor-hourly')}/pause"]
        (line,) = demo.journal()
        assert (line["what"], line["outcome"], line["timer"]["name"]) == ("pause", "done", "sensor-hourly")


async def test_resuming_a_timer_that_missed_nothing_needs_no_question(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        assert "s Resume" in demo.text()
        await demo.press(pilot, "s")
        assert demo.note() == "sensor-hourly: Resumed."
        assert demo.timer("sensor-hourly").status == "active"


async def test_before_a_catch_up_run_starts_it_is_told_and_enter_starts_nothing(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("sensor-hourly")
        await demo.press(pilot, "s")
        await demo.pass_time(pilot, timedelta(hours=3))
        runs, paused = demo.timer("sensor-hourly").n_runs, demo.changes()
        await demo.press(pilot, "s")
        assert "3 runs were missed, so ONE run starts AT ONCE, then Tue 1 Sep 15:28." in demo.text()
        await demo.press(pilot, "enter")
        assert demo.changes() == paused
        await demo.press(pilot, "s", "y")
        assert demo.changes() == [*paused, f"POST /jobs/{demo.job_id('sensor-hourly')}/resume"]
        await demo.pass_time(pilot, timedelta(minutes=1))
        assert demo.timer("sensor-hourly").n_runs == runs + 1


async def test_pausing_three_marked_timers_asks_and_names_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest", "home-backup"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "s")
        assert "Pause 3 timers?" in demo.text()
        assert all(f"· {name}" in demo.text() for name in ("db-dumps", "astro-ingest", "home-backup"))
        await demo.press(pilot, "escape")
        assert demo.changes() == []
        await demo.press(pilot, "s", "y")
        assert demo.note() == "all 3 done"
        assert len(demo.changes()) == len(demo.journal()) == 3
        assert {demo.timer(name).status for name in ("db-dumps", "astro-ingest", "home-backup")} == {"inactive"}


async def test_of_several_one_refusal_is_told_and_the_others_go_on(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        refusal = {"error": {"code": "FORBIDDEN", "detail": "Not yours", "status": 403}}
        demo.fault(Fault(f"/jobs/{demo.job_id('db-dumps')}/pause", status=403, body=refusal))
        await demo.press(pilot, "s", "y")
        assert "NOT DONE    db-dumps: It was not paused: Globus Timers does not allow this: Not yours." in demo.text()
        assert "done        astro-ingest: Paused." in demo.text()
        await demo.press(pilot, "escape")
        assert demo.timer("astro-ingest").status == "inactive"
        demo.point_at("db-dumps")
        await demo.press(pilot, "v")
        assert "paused by you" not in demo.row("db-dumps")


# --- the other actions


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


async def test_several_are_deleted_only_after_their_number_is_typed(demo: Demo) -> None:
    async with demo.console() as pilot:
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "X")
        await demo.write(pilot, "delete 2")
        await demo.press(pilot, "enter")
        assert demo.note() == "all 2 done"
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


# --- keys that cannot act


@pytest.mark.parametrize(
    ("name", "key", "reason"),
    [
        ("paper-2025-upload", "s", "It has ended: there is nothing to pause or resume."),
        ("db-dumps", "K", "No run is in progress, so there is no task to cancel."),
        ("db-dumps", "f", "Globus asks for no sign-in or consent here; s resumes a timer that you paused."),
        ("decommissioned-node-logs", "X", "It is being deleted already."),
        ("just-created-not-started", "l", "No run of it has made a task yet, so there is no log."),
    ],
)
async def test_a_key_that_cannot_act_says_why(demo: Demo, name: str, key: str, reason: str) -> None:
    async with demo.console() as pilot:
        demo.point_at(name)
        await demo.press(pilot, key)
        assert demo.note() == reason
        assert isinstance(demo.app.screen, JobListScreen)
        assert demo.changes() == []


async def test_an_unreadable_timer_is_shown_and_left_alone(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash", "n", "o", "t", "space", "u", "n", "d", "enter")
        assert "cannot be read" in demo.row("not understandable")
        for key in ("s", "X", "R"):
            await demo.press(pilot, key)
            assert demo.note().startswith("Its document cannot be understood, so nothing is done to it")
        assert demo.changes() == []


async def test_a_timer_with_something_under_way_waits_for_it(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        gate = asyncio.Event()
        demo.fault(Fault("/jobs/*/pause", kind="pass", wait=gate))
        await pilot.press("s")
        job_id = demo.job_id("db-dumps")
        await demo.until(pilot, lambda: demo.app.states[job_id].pending)
        await pilot.press("s")
        await pilot.press("X")
        assert demo.note() == f"It is {Doing.PAUSING.value} already; wait until that is through."
        gate.set()
        await demo.settle(pilot)
        assert len(demo.changes()) == 1


# --- everywhere


async def test_help_lists_every_command_with_its_key(demo: Demo) -> None:
    async with demo.console(size=(120, 100)) as pilot:
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


async def test_times_change_zone_with_one_key(demo: Demo) -> None:
    async with demo.console("--zone", "America/Chicago") as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "j", "k")
        assert "21:00" in demo.row("db-dumps")
        await demo.press(pilot, "T")
        assert demo.note() == "times are now in UTC"
        assert "02:00" in demo.row("db-dumps")
        await demo.press(pilot, "T")
        assert "21:00" in demo.row("db-dumps")


async def test_an_interval_below_the_floor_is_refused_in_words(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.app.host = demo.app.host._replace(floor=10.0)
        await demo.press(pilot, "I", "ctrl+u", "3", "enter")
        assert "Globus is not asked more often than every 10 seconds." in demo.text()
        await demo.press(pilot, "ctrl+u", "6", "0", "enter")
        assert demo.note() == "refreshing every 60 s"
        wake = demo.app.store.next_wake()
        assert wake is not None
        assert wake.seconds <= 60
        await demo.press(pilot, "I", "ctrl+u", "0", "enter")
        assert "refresh off" in demo.screen()[0]


async def test_it_refreshes_by_itself_when_the_time_has_come(demo: Demo) -> None:
    async with demo.console() as pilot:
        before = len(demo.asked("GET /jobs/"))
        demo.timer("db-dumps").name = "renamed elsewhere"
        await demo.pass_time(pilot, 31)
        assert len([call for call in demo.asked("GET /jobs/") if call == "GET /jobs/"]) > before
        assert "renamed elsewhere" in demo.names()


async def test_hostile_names_are_shown_as_they_are_and_harm_nothing(demo: Demo) -> None:
    async with demo.console(size=(200, 60)) as pilot:
        for row in demo.table.rows:
            demo.table.move_to(row.key)
            await demo.press(pilot, "v", "v")
            assert not any(ord(char) < 32 or char in "\u202e\u202c\x7f" for line in demo.screen() for char in line)
        await demo.press(pilot, "slash")
        await demo.write(pilot, "markup")
        assert "[/foo] [bold]name[/] with [markup" in demo.row("[bold]name")


@pytest.mark.parametrize("size", SIZES)
async def test_health_and_name_are_on_the_screen_at_every_size(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        for keys in ((), ("slash", "e", "enter"), ("escape",), ("N",), ("G",), ("g",), ("v",)):
            await demo.press(pilot, *keys)
            lines = demo.screen()
            assert len(lines) == size[1]
            assert {cell_len(line) for line in lines} == {size[0]}
            table = demo.table
            first = table.region.y + 1
            rows = table.rows[table._line_cursor.top :][: table.region.height - 1]
            assert len(rows) >= 5
            for line, row in zip(lines[first:], rows, strict=False):
                assert row.health.word.value in line, line
                assert safe_line(row.job.label)[:8] in line, line
        assert any("Open" in line for line in demo.screen()[-2:])


@pytest.mark.parametrize("size", SIZES)
async def test_sheets_fit_every_size_with_their_answer_in_sight(demo: Demo, size: tuple[int, int]) -> None:
    async with demo.console(size=size) as pilot:
        demo.point_at("mirror-secondary")
        await demo.press(pilot, "s")
        assert "Cancel (Enter)" in demo.text()
        await demo.press(pilot, "escape", "X")
        assert "Type  mirror-secondary or" in demo.text()
        assert demo.app.focused is not None
        assert demo.app.focused.region.bottom <= size[1]
        assert {cell_len(line) for line in demo.screen()} == {size[0]}


async def test_a_growing_and_shrinking_terminal_keeps_the_cursor_in_sight(demo: Demo) -> None:
    async with demo.console(size=(120, 36)) as pilot:
        demo.point_at("sensor-hourly")
        for size in ((60, 15), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await demo.settle(pilot)
            assert "sensor-hourly" in demo.row("sensor-hourly")
            assert {cell_len(line) for line in demo.screen()} == {size[0]}


async def test_without_utf8_nothing_but_ascii_is_drawn(demo: Demo) -> None:
    async with demo.console("--ascii") as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "j")
        names = "".join(demo.names()) + "".join(one.name or "" for one in demo.app.store.collections.values())
        strange = {char for line in demo.screen() for char in line if ord(char) > 126} - set(names)
        assert strange == set()


async def test_enter_opens_the_timer_under_the_cursor(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "enter")
        assert not isinstance(demo.app.screen, JobListScreen)
        assert "db-dumps" in demo.screen()[0]
        await demo.press(pilot, "escape")
        assert demo.table.cursor_key == demo.job_id("db-dumps")


async def test_a_mirror_that_deletes_warns_when_its_source_is_suddenly_empty_and_offers_to_pause(demo: Demo) -> None:
    async with demo.console(size=(160, 45)) as pilot:
        await demo.pass_time(pilot, timedelta(seconds=60))  # what became of older runs is read meanwhile
        row = demo.row("scratch-to-archive-mirror")
        assert "WARN" in row
        assert "source shrank" in row
        demo.point_at("scratch-to-archive-mirror")
        await demo.press(pilot, "enter")
        assert "pauses it before the next run deletes more" in demo.text()
        await demo.press(pilot, "s")
    assert demo.timer("scratch-to-archive-mirror").status == "inactive"


async def test_one_timer_that_cannot_be_understood_does_not_hold_up_the_others_marked(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "!zzz")
        await demo.press(pilot, "enter", "asterisk", "s")
        assert "Pause " in demo.text()
        assert " timers?" in demo.text()
        await demo.press(pilot, "escape")
        assert demo.note() == "1 left out: not understood, or busy already"


async def test_resuming_several_that_missed_nothing_names_them(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "slash")
        await demo.write(pilot, "db-dumps")
        await demo.press(pilot, "enter", "space", "escape")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "dicom-offload")
        await demo.press(pilot, "enter", "space", "s", "y", "s")
        assert "· db-dumps" in demo.text()
        assert "2 start nothing now" in demo.text()


# --- the CLI, taught by the way


async def test_a_question_and_the_activity_log_give_the_command_that_does_the_same(demo: Demo) -> None:
    async with demo.console() as pilot:
        demo.point_at("db-dumps")
        job_id = demo.job_id("db-dumps")
        await demo.press(pilot, "X")
        assert f"Same as: globus timer delete {job_id}" in demo.text()
        await demo.press(pilot, "escape", "s", "at")
        assert f"globus timer pause {job_id}" in demo.text()
        assert "same as" in demo.text()

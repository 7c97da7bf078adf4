"""Narrow screens, and terminals that know only ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.demo import Demo


@pytest.mark.parametrize("keys", [(), ("at",), ("ctrl+p",), ("c",), ("question_mark",), ("j", "j", "enter")])
async def test_ascii_only_is_ascii_on_every_line(demo: Demo, keys: tuple[str, ...]) -> None:
    async with demo.console("--ascii", size=(80, 24)) as pilot:
        await demo.press(pilot, *keys)
        assert demo.text().replace("\n", "").isascii(), demo.text()


async def test_what_is_below_a_low_window_is_signalled_by_a_bar_that_needs_no_colour(demo: Demo) -> None:
    async with demo.console("--ascii", size=(80, 10)) as pilot:
        await demo.press(pilot, "n", "f6")
        await demo.until(pilot, lambda: "say it" in demo.text())
        bar = "".join(line[78:79] for line in demo.screen()[3:7])
        assert bar.startswith("#")  # it is at its beginning
        assert bar.endswith("|")  # there is more
        await demo.press(pilot, "tab", "tab", "tab", "tab")
        bar = "".join(line[78:79] for line in demo.screen()[3:7])
        assert bar.startswith("|")


@pytest.mark.parametrize("size", [(30, 8), (40, 10), (80, 12)])
async def test_the_field_and_the_answers_of_a_question_are_in_sight_on_the_smallest_screen(
    demo: Demo, size: tuple[int, int]
) -> None:
    async with demo.console(size=size) as pilot:
        demo.point_at("db-dumps")
        await demo.press(pilot, "X")
        await demo.write(pilot, "db-dum")
        assert any(line.strip().strip("▔▁▊▎ ") == "db-dum" for line in demo.screen()), demo.text()
        await demo.press(pilot, "escape")
        for name in ("db-dumps", "astro-ingest"):
            demo.point_at(name)
            await demo.press(pilot, "space")
        await demo.press(pilot, "s")
        assert "Pause 2 timers?" in demo.text()
        assert "Cancel (Enter)" in demo.text()
        await pilot.resize_terminal(80, 24)
        await pilot.resize_terminal(*size)
        await demo.settle(pilot)
        assert "Cancel (Enter)" in demo.text()


async def test_help_and_the_way_out_are_shown_on_the_narrowest_screen(demo: Demo) -> None:
    async with demo.console(size=(60, 15)) as pilot:
        assert demo.screen()[-1].rstrip().endswith("? Help  q Quit")
        await demo.press(pilot, "j", "j", "enter")
        assert demo.screen()[-1].rstrip().endswith("? Help  q Back")


async def test_a_long_sentence_takes_a_second_line_instead_of_losing_its_end(demo: Demo) -> None:
    async with demo.console(size=(60, 15)) as pilot:
        demo.app.say("one two three four five six seven eight nine ten eleven twelve thirteen")
        await demo.press(pilot, "j")
        assert any(line.rstrip().endswith("thirteen") for line in demo.screen())
        demo.app.say("short")
        await demo.press(pilot, "k")
        assert not any("thirteen" in line for line in demo.screen())


async def test_refresh_says_what_it_brought(demo: Demo) -> None:
    async with demo.console() as pilot:
        for _ in range(4):  # the tasks behind older runs come with the first ones
            demo.clock.advance(1)
            await demo.press(pilot, "r")
        assert demo.note() == "read again: nothing changed"
        demo.timer("db-dumps").name = "renamed elsewhere"
        demo.sandbox.timers.pop(demo.timer("climate-nightly-mirror").job_id)
        demo.clock.advance(1)
        await demo.press(pilot, "r")
        assert demo.note() == "read again: 2 timers changed"

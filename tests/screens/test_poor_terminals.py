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
        demo.clock.advance(60)
        await demo.press(pilot, "r")
        assert demo.note().startswith("read again:")

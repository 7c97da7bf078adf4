"""The list's order: the worst first, or as a sort key says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.timer.health import Word

if TYPE_CHECKING:
    from tests.demo import Demo


async def test_what_needs_a_person_comes_first_worst_first(demo: Demo) -> None:
    async with demo.console():
        words = [row.health.word for row in demo.shown]
        assert words == sorted(words, key=list(Word).index)
        assert words[0].is_trouble
        assert not words[-1].is_trouble
        assert demo.table.cursor_position == 0


async def test_the_counts_add_up_and_every_row_has_a_health_word(demo: Demo) -> None:
    async with demo.console():
        counts = demo.app.store.count_words()
        assert counts is not None
        assert sum(counts.values()) == len(demo.names()) == 79
        assert " 79: 2 UNKNOWN, 11 SIGN-IN" in demo.screen()[1]


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
        moments = [row.job.next_run for row in demo.shown if row.job.next_run]
        assert moments == sorted(moments)
        await demo.press(pilot, "O")
        moments = [row.job.next_run for row in demo.shown if row.job.next_run]
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


async def test_a_sort_column_that_has_no_room_is_named_at_the_end_of_the_headings(demo: Demo) -> None:
    async with demo.console(size=(80, 24)) as pilot:
        await demo.press(pilot, "greater_than_sign", "greater_than_sign")
        (headings,) = (line for line in demo.screen() if "HEALTH" in line)
        assert "LAST  " not in headings
        assert headings.rstrip().endswith("by LAST▲")
        await demo.press(pilot, "N")
        assert "by " not in next(line for line in demo.screen() if "HEALTH" in line)


async def test_timers_without_a_next_run_come_last_both_ways(demo: Demo) -> None:
    async with demo.console() as pilot:
        for key in ("A", "O"):
            await demo.press(pilot, key)
            known = [row.job.next_run is not None for row in demo.shown]
            assert known == sorted(known, reverse=True)

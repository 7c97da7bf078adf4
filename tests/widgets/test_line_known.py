"""Lines written before are known cell by cell: of what stands there already nothing is written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from globus_tui.widgets.line_known import cells_of
from globus_tui.widgets.line_shadow import Shadow
from globus_tui.widgets.line_strip import PLAIN, LineStrip

COLOURS = st.sampled_from([None, "red", "bright_blue", "color(99)", "#14161b", "#8fc97f"])
STYLES = st.builds(
    lambda text, behind, bold, dim, reverse: Style(color=text, bgcolor=behind, bold=bold, dim=dim, reverse=reverse),
    COLOURS,
    COLOURS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
LINES = st.lists(
    st.lists(st.tuples(st.text(alphabet="ab ▄◆…", min_size=1, max_size=5), STYLES), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


def written(strips: list[LineStrip], colour_system: str) -> list[str]:
    lines, style = [], PLAIN
    for strip in strips:
        pieces: list[str] = []
        style = strip.write(pieces, style, colour_system)
        lines.append("".join(pieces))
    return lines


@given(LINES, st.sampled_from(["truecolor", "256", "standard"]))
def test_cells_are_those_that_were_written(lines: list[list[tuple[str, Style]]], colour_system: str) -> None:
    strips = [LineStrip([Segment(text, style) for text, style in line]) for line in lines]
    before = written(strips, colour_system)
    assert list(cells_of(before)) == [strip.cells(colour_system) for strip in strips]
    shadow = Shadow()
    shadow.believe(before)
    assert shadow.write([(0, y, strip) for y, strip in enumerate(strips)], colour_system) == ""


def test_only_what_differs_is_written_over_it() -> None:
    style = Style(bgcolor=Color.parse("#14161b").rich_color)
    shadow = Shadow()
    shadow.believe(written([LineStrip([Segment("as of 14:03, just now", style)])], "truecolor"))
    again = shadow.write([(0, 0, LineStrip([Segment("as of 14:04, just now", style)]))], "truecolor")
    assert again == "\x1b[1;11H\x1b[48;2;20;22;27m4\x1b[m"


@pytest.mark.parametrize("name", ["共有データ", "📦 parcels", "e\u0301tude"])
def test_a_line_of_which_terminals_do_not_agree_how_long_it_is_is_written_again(name: str) -> None:
    strips = [LineStrip([Segment(name)]), LineStrip([Segment("plain")])]
    shadow = Shadow()
    shadow.believe(written(strips, "truecolor"))
    again = shadow.write([(0, y, strip) for y, strip in enumerate(strips)], "truecolor")
    assert name in again
    assert "plain" not in again

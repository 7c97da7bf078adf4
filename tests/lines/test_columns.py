import unicodedata
from dataclasses import dataclass
from io import StringIO

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from globus_tui.lines.app import Shadow
from globus_tui.lines.columns import Column, Span, column_at, header_spans, lay_out, row_spans, total_width
from globus_tui.lines.list import LinePainter
from globus_tui.lines.strip import LineStrip
from globus_tui.present.safe_text import cell_width, safe_line


@dataclass(frozen=True, slots=True)
class Words:
    key: str
    text: str = ""


def name(row: Words) -> str:
    return row.text


def parts(row: Words) -> tuple[Span, ...]:
    return tuple(Span(piece, "error") for piece in row.text.split("a"))


HEALTH = Column("health", "HEALTH", name, width=8)
NAME = Column("name", "NAME", name, min_width=10, weight=1)
LAST = Column("last", "LAST", name, width=6, align="right", priority=2)
ROUTE = Column("route", "ROUTE", name, min_width=6, weight=3, clip="middle", priority=1)
PIECES = Column("pieces", "PIECES", parts, width=7, align="center")
ALL = (HEALTH, NAME, LAST, ROUTE)


def test_spare_cells_are_shared_by_weight() -> None:
    places = lay_out(ALL, 75)
    assert [place.width for place in places] == [8, 20, 6, 36]
    assert total_width(places) == 75


def test_a_column_without_weight_takes_what_nobody_else_wants() -> None:
    alone = Column("alone", "A", name, min_width=4, weight=0)
    assert [place.width for place in lay_out((alone,), 30)] == [28]


def test_the_highest_priority_is_dropped_first_and_zero_never() -> None:
    assert [place.column.id for place in lay_out(ALL, 30)] == ["health", "name", "route"]
    assert [place.column.id for place in lay_out(ALL, 24)] == ["health", "name"]
    assert [place.column.id for place in lay_out(ALL, 5)] == ["health", "name"]


def test_without_dropping_the_list_is_wider_than_its_window() -> None:
    assert total_width(lay_out(ALL, 20, drop=False)) == 35


def test_a_full_column_leaves_its_share_to_the_others() -> None:
    short = Column("short", "S", name, min_width=4, max_width=6)
    widths = {place.column.id: place.width for place in lay_out((short, NAME), 60)}
    assert widths == {"short": 6, "name": 51}


def test_a_cell_of_the_heading_knows_its_column() -> None:
    places = lay_out(ALL, 75)
    assert [column_at(places, x) for x in (0, 2, 11, 74)] == [None, "health", "name", "route"]


def test_the_arrow_stands_behind_the_column_that_orders_the_rows() -> None:
    places = lay_out(ALL, 40)
    assert "NAME▼" in header_spans(places, ("name", True), ascii_only=False)[0].text
    assert "NAME^" in header_spans(places, ("name", False), ascii_only=True)[0].text


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("aaa[]\x1b\x00\r\n\t\x9b\u202e\u200b\u200d\ufe0f\u0301日本한👩👍🏽\u1161☰"),
    ),
    max_size=40,
)


@given(HOSTILE, st.integers(1, 90), st.integers(0, 30), st.booleans(), st.booleans(), st.booleans())
def test_no_text_breaks_a_line(text: str, width: int, left: int, cursor: bool, ascii_only: bool, stale: bool) -> None:
    painter: LinePainter[Words] = LinePainter(lambda words: Style(color="red" if words else None))
    painter.ascii_only, painter.stale = ascii_only, stale
    painter.lay_out((*ALL, PIECES), width, drop=False)
    painter.left = min(left, painter.overflow)
    strip = painter.row(Words("k", text), cursor=cursor, marked=not cursor)
    assert strip.cell_length == cell_len(strip.text) == width
    assert not {unicodedata.category(character) for character in strip.text} & {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(HOSTILE)
def test_every_column_starts_in_its_cell(text: str) -> None:
    places = lay_out((*ALL, PIECES), 80)
    spans = row_spans(Words("k", text), places, marked=True, ascii_only=False)
    assert sum(cell_width(span.text) for span in spans) == 80


def test_our_widths_are_those_of_the_toolkit_for_every_character() -> None:
    for code in range(0x20, 0x110000):
        if chr(code).isprintable():  # the others are escaped: see the tests of safe text
            line = safe_line("x" + chr(code) + "x")
            assert cell_width(line) == cell_len(line), hex(code)


COLOURS = st.sampled_from([None, "red", "#d17e92", "color(33)", "default"])
STYLES = st.builds(
    Style,
    color=COLOURS,
    bgcolor=COLOURS,
    bold=st.booleans(),
    reverse=st.booleans(),
    underline=st.booleans(),
)
PIECES_OF_LINES = st.lists(
    st.tuples(st.text("ab ", min_size=1, max_size=5), st.none() | STYLES), min_size=1, max_size=6
)


@given(PIECES_OF_LINES, st.sampled_from(["standard", "256"]))
def test_differences_draw_the_same_line_as_whole_styles(pieces: list[tuple[str, Style | None]], system: str) -> None:
    console = Console(color_system=system, force_terminal=True, file=StringIO())  # type: ignore[arg-type] # a literal
    segments = [Segment(text, style) for text, style in pieces]
    plain = "".join(style.render(text, color_system=console._color_system) if style else text for text, style in pieces)
    drawn = []
    for sequence in (plain, Shadow().write([(0, 0, LineStrip(segments))], console.color_system or "")):
        screen = pyte.Screen(40, 1)
        pyte.Stream(screen).feed(sequence)
        cells = [screen.buffer[0][x] for x in range(40)]
        drawn.append([cell._replace(fg="") if cell.data == " " and not cell.reverse else cell for cell in cells])
    assert drawn[0] == drawn[1]


def test_the_bar_of_the_cursor_goes_behind_a_column_that_keeps_its_colours() -> None:
    columns = [
        Column[str]("name", "NAME", lambda row: Span(row, "error"), width=6),
        Column[str](
            "runs", "RUNS", lambda row: (Span("##", "success"), Span("x", "error")), width=3, keeps_colours=True
        ),
    ]
    spans = row_spans("row", lay_out(columns, 20), marked=True, ascii_only=False, bar="cursor")
    assert [span for span in spans if span.text.strip()] == [
        Span("* ", "cursor"),
        Span("row   ", "cursor"),
        Span("##", "cursor success"),
        Span("x", "cursor error"),
    ]

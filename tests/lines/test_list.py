from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message

from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    health: str = "ok"
    size: int = 0


def items(count: int, start: int = 0) -> tuple[Item, ...]:
    return tuple(Item(f"item-{number:03}") for number in range(start, start + count))


class WatchedList(LineList[Item]):
    """Notes which lines it asked to be drawn, and which rows were formatted."""

    def __init__(self, **options: Any) -> None:
        self.asked: list[int] = []
        self.formatted: list[str] = []
        columns = [
            Column[Item]("health", "HEALTH", self.say_health, width=8),
            Column[Item]("name", "NAME", lambda row: row.key, min_width=20),
            Column[Item]("size", "SIZE", lambda row: str(row.size), width=6, align="right", priority=1),
        ]
        super().__init__(columns, **options)

    def say_health(self, row: Item) -> Span:
        self.formatted.append(row.key)
        return Span(row.health, "error" if row.health == "FAILED" else "success")

    def refresh(self, *regions: Region, **options: Any) -> Any:
        whole = range(self.size.height)
        self.asked += [y for region in regions for y in region.line_range] or list(whole)
        return super().refresh(*regions, **options)


class Console(App[None]):
    def __init__(self, rows: Sequence[Item], **options: Any) -> None:
        super().__init__()
        self.first_rows, self.options = rows, options
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield WatchedList(id="list", **self.options)

    def on_mount(self) -> None:
        self.shown.set_rows(self.first_rows)

    @property
    def shown(self) -> WatchedList:
        return self.query_one(WatchedList)

    def heard_of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.heard if isinstance(message, kind)]

    @on(LineList.Highlighted, "#list")
    @on(LineList.Chosen)
    @on(LineList.MarksChanged)
    @on(LineList.RowLost)
    @on(LineList.HeaderClicked)
    def note(self, message: Message) -> None:
        self.heard.append(message)

    def lines(self) -> list[str]:
        return [self.shown.render_line(y).text.rstrip() for y in range(self.shown.size.height)]

    def cursor_line(self) -> int:
        """Return the screen line of the cursor: the one with a background of its own."""
        marks = [y for y in range(1, self.shown.size.height) if len(list(self.shown.render_line(y))) == 1]
        return next(y for y in marks if self.shown.render_line(y).text.strip())


SIZE = (50, 11)  # a heading and ten rows


async def test_rows_are_shown_under_their_headings() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE):
        assert app.lines()[0] == "  HEALTH   NAME                               SIZE"
        assert app.lines()[1] == "  ok       item-000                              0"


async def test_the_cursor_starts_on_the_first_row_and_says_so() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert [message.key for message in app.heard_of(LineList.Highlighted)] == ["item-000"]
        assert app.shown.cursor_row == Item("item-000")


async def test_a_step_down_draws_two_lines() -> None:
    app = Console(items(10_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.shown.asked.clear()
        app.shown.formatted.clear()
        await pilot.press("down")
        await pilot.pause()
        assert app.shown.asked == [1, 2]
        assert app.shown.formatted == ["item-000", "item-001"]


@pytest.mark.parametrize(
    ("keys", "position"),
    [
        (("j", "j", "k"), 1),
        (("down", "up", "up"), 0),
        (("pagedown",), 9),
        (("ctrl+d", "ctrl+d", "ctrl+u"), 5),
        (("G",), 99),
        (("end", "home"), 0),
        (("G", "g"), 0),
        (("pagedown", "pagedown", "pageup"), 9),
    ],
)
async def test_keys_move_the_cursor(keys: tuple[str, ...], position: int) -> None:
    app = Console(items(100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys)
        assert app.shown.cursor_position == position
        assert app.shown.cursor_key in app.shown.visible_keys


async def test_a_keymap_gives_the_list_other_keys() -> None:
    app = Console(items(9))
    async with app.run_test(size=SIZE) as pilot:
        app.set_keymap({"list.down": "x"})
        await pilot.press("x", "down")
        assert app.shown.cursor_position == 1


async def test_keys_that_piled_up_are_one_move() -> None:
    app = Console(items(100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.heard.clear()
        app.shown.asked.clear()
        for _ in range(7):
            app.post_message(events.Key("down", None))
        await pilot.pause()
        await pilot.pause()
        assert [message.key for message in app.heard_of(LineList.Highlighted)] == ["item-007"]
        assert app.shown.asked == [1, 8]


async def test_enter_after_piled_up_keys_opens_the_row_they_lead_to() -> None:
    app = Console(items(100))
    async with app.run_test(size=SIZE) as pilot:
        for key in ("down", "down", "down", "enter"):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        assert [message.key for message in app.heard_of(LineList.Chosen)] == ["item-003"]


async def test_a_refresh_that_changes_nothing_draws_nothing() -> None:
    app = Console(items(50))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.shown.asked.clear()
        app.shown.set_rows(app.shown.rows)
        app.shown.set_rows(tuple(replace(row) for row in app.shown.rows))
        await pilot.pause()
        assert app.shown.asked == []


async def test_a_refresh_draws_and_formats_only_the_rows_in_sight_that_changed() -> None:
    app = Console(items(50))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.shown.asked.clear()
        app.shown.formatted.clear()
        rows = list(items(50))
        for number in (2, 5, 30):
            rows[number] = replace(rows[number], health="FAILED")
        app.shown.set_rows(rows)
        await pilot.pause()
        assert app.shown.asked == [3, 6]
        assert app.shown.formatted == ["item-002", "item-005"]


async def test_the_cursor_stays_with_its_row_and_line_through_insert_sort_and_filter() -> None:
    app = Console(items(50, start=100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "pagedown", "down", "down")
        await pilot.pause()
        key, line = app.shown.cursor_key, app.cursor_line()
        for rows in (items(60, start=90), items(60, start=90)[::-1], items(60, start=90)[::2]):
            app.shown.set_rows(rows)
            await pilot.pause()
            assert (app.shown.cursor_key, app.cursor_line()) == (key, line)


async def test_rows_inserted_above_the_window_draw_nothing() -> None:
    app = Console(items(50, start=100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        app.shown.asked.clear()
        app.shown.set_rows(items(60, start=90))
        await pilot.pause()
        assert app.shown.asked == []


async def test_a_lost_row_is_told_and_the_neighbour_takes_the_cursor() -> None:
    app = Console(items(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down")
        app.shown.set_rows(tuple(row for row in items(5) if row.key != "item-002"))
        await pilot.pause()
        assert [(lost.lost_key, lost.key) for lost in app.heard_of(LineList.RowLost)] == [("item-002", "item-003")]
        assert app.heard_of(LineList.Highlighted)[-1].key == "item-003"


async def test_space_marks_and_goes_down_and_marks_are_seen_without_colour() -> None:
    app = Console(items(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "down", "ctrl+@")
        assert app.shown.marked == {"item-000", "item-001", "item-002"}
        assert [line[:1] for line in app.lines()[1:5]] == ["*", "*", "*", " "]
        await pilot.press("asterisk")
        assert len(app.shown.marked) == 5
        await pilot.press("backslash")
        assert app.shown.marked == frozenset()
        assert app.heard_of(LineList.MarksChanged)[-1].keys == frozenset()


async def test_marks_survive_a_sort_and_a_filter_and_go_with_their_rows() -> None:
    app = Console(items(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "space")
        everything = {row.key for row in items(5)}
        app.shown.set_rows(items(5)[:0:-1], known=everything)
        assert app.shown.marked == {"item-000", "item-001"}
        app.shown.set_rows(items(4, start=1))
        await pilot.pause()
        assert app.heard_of(LineList.MarksChanged)[-1].dropped == {"item-000"}
        assert app.shown.marked == {"item-001"}


async def test_an_empty_list_says_why() -> None:
    app = Console((), empty="No timers.\nPress n to create one.")
    async with app.run_test(size=SIZE) as pilot:
        assert app.lines()[1:3] == ["  No timers.", "  Press n to create one."]
        await pilot.press("down", "space", "enter", "pagedown", "asterisk", "ctrl+@", "G")
        assert (app.shown.cursor_key, app.shown.marked) == (None, frozenset())
        app.shown.set_rows(items(1))
        await pilot.pause()
        assert app.lines()[1:3] == ["  ok       item-000                              0", ""]


async def test_markup_and_escape_codes_in_a_name_are_shown_literally() -> None:
    app = Console((Item("[/foo] [red]x[/red] \x1b[2J"),))
    async with app.run_test(size=SIZE):
        assert "[/foo] [red]x[/red] ␛[2" in app.lines()[1]
        app.shown.ascii_only = True
        assert "[/foo] [red]x[/red] \\x" in app.lines()[1]


async def test_the_cursor_is_seen_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Console(items(3))
    async with app.run_test(size=SIZE):
        (bar,) = app.shown.render_line(1)
        assert bar.style is not None
        assert bar.style.reverse
        assert all(not segment.style.reverse for segment in app.shown.render_line(2) if segment.style)


async def test_sixteen_colours_keep_the_colour_of_health_and_a_readable_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "standard")
    app = Console((Item("a"), Item("b", "FAILED")))
    async with app.run_test(size=SIZE):
        red = app.shown.render_line(2)._segments[1].style
        (bar,) = app.shown.render_line(1)
        assert red is not None
        assert red.color is not None
        assert red.color.name == "#ff5555"
        assert bar.style is not None
        assert bar.style.reverse


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_every_theme_tells_the_cursor_the_health_and_the_rest_apart(theme: str) -> None:
    app = Console((Item("a"), Item("b", "FAILED"), Item("c")))
    async with app.run_test(size=SIZE) as pilot:
        app.theme = theme
        await pilot.pause()
        looks = {app.shown.render_line(y)._segments[x].style for y, x in ((1, 0), (2, 1), (3, 0), (3, 1))}
        assert len(looks) == 4


async def test_old_news_is_dimmed() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE):
        app.shown.stale = True
        assert all(segment.style.dim for segment in app.shown.render_line(2) if segment.style)


async def test_a_narrow_terminal_drops_a_column_and_a_wide_one_brings_it_back() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.resize_terminal(34, 6)
        assert app.lines()[0] == "  HEALTH   NAME"
        await pilot.resize_terminal(60, 11)
        assert app.lines()[0].endswith("SIZE")


async def test_a_list_wider_than_its_window_scrolls_sideways() -> None:
    app = Console(items(3))
    async with app.run_test(size=(34, 6)) as pilot:
        await pilot.press("right")
        assert app.lines()[0].startswith("  HEALTH")
        app.shown.drop_columns = False
        await pilot.pause()
        assert app.lines()[1].endswith("…")  # what goes on at the right says so
        await pilot.press("right", "right", "right")
        assert app.lines()[0].endswith("SIZE")
        await pilot.press("left", "left", "left")
        assert app.lines()[0].startswith("  HEALTH")


async def test_the_heading_shows_the_order_and_tells_of_a_click() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE) as pilot:
        app.shown.asked.clear()
        app.shown.sorted_by = ("name", False)
        assert "NAME▲" in app.lines()[0]
        assert app.shown.asked == [0]
        await pilot.click("#list", offset=(12, 0))
        assert [message.column_id for message in app.heard_of(LineList.HeaderClicked)] == ["name"]


async def test_without_a_heading_the_rows_start_on_the_first_line() -> None:
    app = Console(items(30))
    async with app.run_test(size=SIZE):
        app.shown.show_header = False
        assert "item-000" in app.lines()[0]
        assert len(app.shown.visible_keys) == 11


async def test_a_click_moves_and_a_click_on_the_cursor_row_opens() -> None:
    app = Console(items(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#list", offset=(5, 3))
        assert (app.shown.cursor_key, app.heard_of(LineList.Chosen)) == ("item-002", [])
        await pilot.click("#list", offset=(6, 3))
        assert [message.key for message in app.heard_of(LineList.Chosen)] == ["item-002"]
        await pilot.click("#list", offset=(6, 9))
        assert app.shown.cursor_key == "item-002"


async def test_a_double_click_opens_once() -> None:
    app = Console(items(5))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.double_click("#list", offset=(5, 1))
        await pilot.double_click("#list", offset=(5, 4))
        assert [message.key for message in app.heard_of(LineList.Chosen)] == ["item-000", "item-003"]


async def test_words_that_changed_with_the_time_draw_only_their_lines() -> None:
    app = Console(items(20))
    async with app.run_test(size=SIZE) as pilot:
        minutes = {"item-004": "1 min"}
        app.shown.set_columns([Column[Item]("age", "AGE", lambda row: minutes.get(row.key, "-"))])
        await pilot.pause()
        app.shown.asked.clear()
        app.shown.reformat()
        assert app.shown.asked == []
        minutes["item-004"] = "2 min"
        app.shown.reformat()
        assert app.shown.asked == [5]


async def test_padding_is_styled_by_the_toolkit() -> None:
    app = Console(items(3))
    async with app.run_test(size=SIZE) as pilot:
        app.shown.styles.padding = (1, 2)
        await pilot.pause()
        strips = app.shown.render_lines(Region(0, 0, 50, 11))
        assert strips[0].text.strip() == ""
        assert strips[2].text.startswith("    ok")
        assert {strip.cell_length for strip in strips} == {50}


async def test_columns_are_laid_out_for_another_width_or_other_columns_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Console(items(500))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        widths: list[int] = []
        painter = app.shown._line_painter
        lay_out = painter.lay_out

        def note(columns: Any, width: int, *, drop: bool) -> None:
            widths.append(width)
            lay_out(columns, width, drop=drop)

        monkeypatch.setattr(painter, "lay_out", note)
        await pilot.press("down", "pagedown", "end", "space")
        app.shown.set_rows(items(400, 50))
        app.shown.sorted_by = ("name", True)
        app.shown.reformat()
        await pilot.pause()
        assert widths == []
        app.shown.set_columns([Column[Item]("name", "NAME", lambda row: row.key)])
        await pilot.resize_terminal(60, 11)
        await pilot.pause()
        assert widths == [50, 60]

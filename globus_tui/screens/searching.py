"""Screens with one list of lines. Searching in it: a line to type into, matches set off, keys from one to the next."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.content import Content
from textual.screen import Screen

from globus_tui.commands import SEARCH, bindings
from globus_tui.lines.list import LineList
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_line import TextLine
from globus_tui.widgets.text_lines import SearchedList, TextLines, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from globus_tui.lines.columns import Column
    from globus_tui.screens.console import Console


class Searching(Screen[None]):
    """For screens with one list of lines. A `SearchedList` sets off what is found."""

    app: Console  # type: ignore[assignment]  # the application fulfils it
    BINDINGS = bindings(SEARCH)  # type: ignore[assignment]  # as in app
    _search_needle = ""
    _search_from = 0
    _search_seen: tuple[Sequence[Any], str, tuple[int, ...]] = ((), "", ())

    @property
    def search_list(self) -> LineList[Any]:
        return self.query(LineList).first()

    def search_text(self, row: Any) -> str:
        return "\n".join(plain(column.cell(row)) for column in self.search_list.columns)

    def set_needle(self, needle: str) -> None:
        """Set off the matches of this text from now on, where the list can."""
        if isinstance(self.search_list, SearchedList):
            self.search_list.set_needle(needle)

    def search_field(self) -> TextField:
        field = TextField(placeholder="search", id="search")
        field.display = False
        return field

    def action_log_search(self) -> None:
        field = self.query_one("#search", TextField)
        field.display = True
        self._search_from = max(0, self.search_list.cursor_position)
        field.value = ""
        self.set_focus(field)

    @on(TextField.Changed, "#search")
    def search_as_typed(self, changed: TextField.Changed) -> None:
        changed.stop()
        if self.query_one("#search").display:
            self._search_needle = changed.value
            self.set_needle(changed.value)
            self._go_to_match(self._search_from, 1)

    @on(TextField.Submitted, "#search")
    def keep_the_search(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        self._close_search()

    def _close_search(self) -> None:
        self.query_one("#search").display = False
        self.search_list.focus()

    def leave_search(self) -> bool:
        """Unwind one level: give the search up; False when there was none."""
        typing = self.query_one("#search").display
        if not typing and not self._search_needle:
            return False
        self._search_needle = ""
        self.set_needle("")
        self._close_search()
        self.app.say("")
        return True

    def action_app_back(self) -> None:
        if not self.leave_search():
            self.app.action_app_back()

    def action_log_next_match(self) -> None:
        self._go_to_match(self.search_list.cursor_position + 1, 1)

    def action_log_previous_match(self) -> None:
        self._go_to_match(self.search_list.cursor_position - 1, -1)

    def _matches(self) -> tuple[int, ...]:
        """Numbers of the rows that match; looked for again only when rows or words changed."""
        rows, needle = self.search_list.rows, self._search_needle
        if self._search_seen[0] is not rows or self._search_seen[1] != needle:
            low = needle.lower()
            matches = tuple(number for number, row in enumerate(rows) if low in self.search_text(row).lower())
            self._search_seen = (rows, needle, matches if needle else ())
        return self._search_seen[2]

    def _go_to_match(self, start: int, step: int) -> None:
        needle, matches = self._search_needle, self._matches()
        if not needle:
            self.app.say("Nothing is searched for: / begins." if not self.query_one("#search").display else "")
            return
        quoted = safe_line(needle)
        if not matches:
            self.app.say(f"{quoted}: no line of what was read has it", "warning")
            return
        ordered = matches if step > 0 else matches[::-1]
        target = next((number for number in ordered if (number - start) * step >= 0), ordered[0])
        around = (target - start) * step < 0
        self.search_list.move_to(self.search_list.rows[target].key)
        place = f"{quoted}: line {matches.index(target) + 1} of {len(matches)} that have it"
        self.app.say(f"{place}, from the {'top' if step > 0 else 'bottom'} again" if around else place)


class ListScreen(TimerScreen):
    LIST: ClassVar[str] = "lines"
    """Name of the list in the style sheet."""
    HEAD: ClassVar[str] = ""
    """Name of the line above it; empty for none."""
    READING = "Being read …"
    """What stands in the place of rows until there was an answer."""
    EMPTY = ""
    """What stands there when there are none."""
    SHOWN_ANEW_FOR: ClassVar[frozenset[str]] = frozenset({"states", "view"})
    """Variables after whose change the rows are handed in again."""

    def __init_subclass__(cls, **options: Any) -> None:
        cls.AUTO_FOCUS = f"#{cls.LIST}"
        super().__init_subclass__(**options)

    def columns(self) -> tuple[Column[Any], ...]:
        return ()

    @abstractmethod
    def show(self) -> object:
        """Hand the rows to `set_rows`."""

    def compose_middle(self) -> ComposeResult:
        if isinstance(self, Searching):
            yield self.search_field()
        if self.HEAD:
            yield TextLine(id=self.HEAD)
        yield LineList[Any](self.columns(), empty=self.READING, id=self.LIST)

    @property
    def line_list(self) -> LineList[Any]:
        return self.query_one(f"#{self.LIST}", LineList)

    def set_rows(self, rows: Iterable[Any], head: str = "", style: str = "$text-muted") -> None:
        """Show these rows, and above them what is said of them all."""
        listed = self.line_list
        listed.ascii_only, listed.empty = self.view.ascii, self.EMPTY
        listed.set_rows(tuple(rows))
        listed.reformat()
        if self.HEAD:
            self.query_one(f"#{self.HEAD}", TextLine).left = Content.styled(safe_line(f" {head}"), style)

    def tell_unread(self, words: str) -> None:
        """Say why there are no rows, where they would stand as well."""
        self.line_list.empty = self.safe(words)
        self.app.say(words, "error")

    def on_mount(self) -> None:
        self.show()

    def watch_states(self) -> None:
        self._show_for("states")

    def watch_view(self) -> None:
        super().watch_view()
        self._show_for("view")

    def _show_for(self, changed: str) -> None:
        if changed in self.SHOWN_ANEW_FOR and self.is_mounted and self.is_attached:
            self.show()


class TextScreen(Searching, ListScreen):
    def compose_middle(self) -> ComposeResult:
        yield self.search_field()
        yield TextLines(id=self.LIST)

    @property
    def text(self) -> TextLines:
        """Its lines, drawn in letters that this terminal has."""
        lines = self.query_one(TextLines)
        lines.ascii_only = self.view.ascii
        return lines

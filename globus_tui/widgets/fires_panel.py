"""The next runs of what is being described: local time, UTC and notes, in as many columns as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, cell_width, clip, safe_line

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Size

    from globus_tui.present.when_words import FireLine

_GAP = 2


class FiresPanel(Widget):
    """Draws runs downwards, then in a further column where there is room; below them what else is to be said."""

    DEFAULT_CSS = """
    FiresPanel { height: auto; }
    """

    fires: reactive[tuple[FireLine, ...]] = reactive((), layout=True)
    remarks: reactive[tuple[str, ...]] = reactive((), layout=True)
    """Lines below, such as clock changes: drawn as warnings."""
    empty: reactive[str] = reactive("", layout=True)
    """What to say while there are no runs."""
    ascii_only: reactive[bool] = reactive(False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines of runs and of remarks."""
        return len(self._lines(width)) + len(self.remarks)

    def render(self) -> RenderResult:
        """Runs, then remarks."""
        width, ellipsis = self.size.width, ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
        remarks = (clip(safe_line(one, ascii_only=self.ascii_only), width, ellipsis=ellipsis) for one in self.remarks)
        return Content("\n").join([*self._lines(width), *(Content.styled(one, "$text-warning") for one in remarks)])

    def _lines(self, width: int) -> list[Content]:
        if not self.fires:
            return [Content.styled(safe_line(self.empty), "$text-muted")] if self.empty else []
        numbered = [self._fire(place, one) for place, one in enumerate(self.fires, start=1)]
        column = max(cell_width(one.plain) for one in numbered) + _GAP
        columns = max(1, min(2, (width + _GAP) // column))
        high = -(-len(numbered) // columns)
        lines = []
        for row in range(high):
            parts = numbered[row::high]
            padded = [one.pad_right(column - cell_width(one.plain)) for one in parts[:-1]]
            lines.append(Content("").join([*padded, parts[-1]]))
        return lines

    def _fire(self, place: int, fire: FireLine) -> Content:
        local = max(cell_width(one.local) for one in self.fires)
        utc = max(cell_width(one.utc) for one in self.fires)
        noted = any(one.note for one in self.fires)
        note = f"  {safe_line(fire.note, ascii_only=self.ascii_only)}" if noted else ""
        return Content.assemble(
            (f"{place:>2} ", "$text-muted"),
            f"{fire.local:<{local}}  ",
            (f"{fire.utc:<{utc}}" if noted else fire.utc, "$text-muted"),
            (note, "$text-accent"),
        )

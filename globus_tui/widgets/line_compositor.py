"""Draws a screen with long lists: no more widgets are asked, and no more cells written, than have changed.

Textual's compositor renders every visible widget for whatever is drawn, writes lines from their left edge, and draws
the whole screen when the focus moves. For an arrow key that is most of the processor time; for a filter that is opened
it is most of the bytes. This one rests on names that are Textual's own: see the tests, which compare the two.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from textual._compositor import Compositor, CompositorUpdate
from textual._context import visible_screen_stack
from textual.geometry import Region

from globus_tui.widgets.line_strip import LineStrip, lean
from globus_tui.widgets.line_window import LineWindow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console, RenderableType
    from textual.screen import Screen
    from textual.strip import Strip

    from globus_tui.widgets.line_pace import Pace
    from globus_tui.widgets.line_shadow import Shadow

_Part = tuple[int, int, LineStrip]
_Span = tuple[int, int, int]


class PartsUpdate(CompositorUpdate):
    """Parts of lines, of which those cells are written that the terminal does not show yet."""

    def __init__(self, parts: Sequence[_Part], shadow: Shadow) -> None:
        self.parts = parts
        self._shadow = shadow
        self._sequences: str | None = None

    def render_segments(self, console: Console) -> str:
        """Return terminal sequences; only to be called for what is written at once."""
        if self._sequences is None:
            self._sequences = self._shadow.write(self.parts, console.color_system or "truecolor")
        return self._sequences


class LineCompositor(Compositor):
    """A compositor that knows lists of lines.

    Args:
        shadow: what the terminal shows; shared by all screens that are drawn on it.
        pace: what the terminal has still to draw; while that is too much, nothing new is drawn.
    """

    def __init__(self, shadow: Shadow, pace: Pace) -> None:
        super().__init__()
        self._shadow = shadow
        self._pace = pace

    def render_update(  # type: ignore[override]  # Textual's own updates are not what it says it returns, either
        self, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
    ) -> RenderableType | PartsUpdate | None:
        """Return what changed, or None; pictures (`full`) are Textual's own."""
        if full or simplify:
            return super().render_update(full, screen_stack, simplify)
        visible_screen_stack.set([] if screen_stack is None else screen_stack)
        if self._pace.full:
            return None
        screen = self.size.region
        regions = {part for region in self._dirty_regions if (part := region.intersection(screen))}
        self._dirty_regions.clear()
        if not regions:
            return None
        return PartsUpdate(sorted(self._parts(regions), key=itemgetter(1, 0)), self._shadow)

    def _parts(self, regions: set[Region]) -> Iterator[_Part]:
        spans = list(self._regions_to_spans(regions))
        window, place = self._foremost_window()
        if window is None:
            yield from self._other_parts(spans)
            return
        inside: list[_Span] = []
        others: list[_Span] = []
        for y, x, end in spans:
            (inside if place.contains_region(Region(x, y, end - x, 1)) else others).append((y, x, end))
        strips = window.parts((y - place.y, x - place.x, end - place.x) for y, x, end in inside)
        for (y, x, _), strip in zip(inside, strips, strict=True):
            yield x, y, strip
        if others:
            yield from self._other_parts(others)

    def _other_parts(self, spans: Sequence[_Span]) -> Iterator[_Part]:
        """What Textual's own way of drawing gives, without the cells beside the spans."""
        crop = Region.from_union([Region(x, y, end - x, 1) for y, x, end in spans])
        chops: Sequence[Mapping[int, Strip | None]] = self._render_chops(crop, {y for y, _, _ in spans}.__contains__)
        for y, x, end in spans:
            for start, strip in chops[y].items():
                if strip is None:
                    continue
                first, last = max(start, x), min(start + strip.cell_length, end)
                if first < last:
                    yield first, y, lean(strip).part(first - start, last - start)

    def _foremost_window(self) -> tuple[LineWindow[Any] | None, Region]:
        """A list that nothing is in front of and that has no frame of its own."""
        in_front: list[Region] = []
        for widget, (region, clip) in self.visible_widgets.items():
            place = region.intersection(clip)
            if isinstance(widget, LineWindow):
                if place == region and widget.is_bare and not any(map(place.overlaps, in_front)):
                    return widget, place
                break
            in_front.append(place)
        return None, Region()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Ask only the widgets that are in the part to be drawn."""
        everything = self.visible_widgets
        if crop is not None:
            self._visible_widgets = {
                widget: (region, clip)
                for widget, (region, clip) in everything.items()
                if crop.overlaps(region.intersection(clip))
            }
        try:
            yield from super()._get_renders(crop)
        finally:
            self._visible_widgets = everything

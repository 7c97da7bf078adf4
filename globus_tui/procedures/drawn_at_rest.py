"""The list as the next start would draw it from the rows that are kept: drawn when the console is left, unseen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.screens.base import Note, TimerScreen
from globus_tui.screens.job_list import JobListScreen
from globus_tui.store.freshness import Freshness, FreshnessState
from globus_tui.widgets.line_strip import PLAIN, lean
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from globus_tui.app import GlobusTui
    from globus_tui.store.answer_cache import Kept
    from globus_tui.widgets.line_strip import Codes, LineStrip

_PATIENCE = 1.0
"""Seconds: nobody is kept from leaving for a picture."""


class AtRest(NamedTuple):
    """The list, nothing filtered, the cursor on its first row.

    Attributes:
        title: the left part of the title, and the colours of its left and right part as SGR sequences.
        lines: the lines below the title as text and SGR sequences; a style goes on from one to the next.
    """

    title: tuple[str, str, str]
    lines: Sequence[str]


def leave_drawn(app: GlobusTui, kept: Kept, keep: Callable[[AtRest], object], leave: Callable[[], object]) -> None:
    """Draws these rows at rest, hands that to `keep`, and leaves; only leaves when a start would draw otherwise."""
    if app.first_frame_due or app.theme != app.host.theme:
        leave()
        return

    async def draw() -> None:
        try:
            drawn = await _draw(app, kept)
            if drawn is not None:
                keep(drawn)
        finally:
            leave()

    # In the application's own turn: whoever leaves may be a signal, or a screen that goes.
    app.call_later(lambda: app.run_worker(draw(), group="leaving", exit_on_error=False))


async def _draw(app: GlobusTui, kept: Kept) -> AtRest | None:
    screen = _ListAtRest()
    screen.set_reactive(TimerScreen.states, {one.job_id: one for one in kept.states})
    screen.set_reactive(TimerScreen.freshness, Freshness(FreshnessState.CACHED, kept.at))
    screen.set_reactive(TimerScreen.view, replace(app.view, zone=app.host.zone))
    screen.set_reactive(TimerScreen.note, Note())
    screen.set_reactive(TimerScreen.who, app.who)
    try:
        async with asyncio.timeout(_PATIENCE):
            await app.push_screen(screen)
            await screen.drawn.wait()
    except TimeoutError:
        return None
    return _read(screen, app.console.color_system or "truecolor")


class _ListAtRest(JobListScreen):
    """Tells when it stands. Its style sheet is loaded already: it is found from the file of the class."""

    CSS_PATH = None  # type: ignore[assignment]  # Textual admits it, the list has another

    def __init__(self) -> None:
        super().__init__()
        self.drawn = asyncio.Event()

    def _show_resized(self) -> None:
        super()._show_resized()
        self.call_after_refresh(self.call_after_refresh, self.drawn.set)


def _read(screen: JobListScreen, colour_system: str) -> AtRest | None:
    title, *lines = (lean(one) for one in screen._compositor.render_strips())
    cells = title.cells(colour_system)
    if cells is None or len(cells) < 4:
        return None  # a name of which terminals do not agree how long it is
    left = screen.query_one("#title", TextLine).left.plain
    colours = [_sgr(next((codes for sign, codes in part if sign != " "), cells[0][1])) for part in (cells, cells[::-1])]
    return AtRest((left, colours[0], colours[1]), list(_written(lines, colour_system)))


def _written(lines: Iterable[LineStrip], colour_system: str) -> Iterator[str]:
    style = PLAIN
    for line in lines:
        pieces: list[str] = []
        style = line.write(pieces, style, colour_system)
        yield "".join(pieces)


def _sgr(codes: Codes) -> str:
    return f"\x1b[{';'.join(one for one in codes if one)}m"

"""An application whose screens write only what the terminal does not show yet, and no faster than it draws."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App
from textual.events import InputEvent, Paste
from textual.screen import Screen

from globus_tui.widgets.line_compositor import LineCompositor, PartsUpdate
from globus_tui.widgets.line_pace import QUESTION, Pace
from globus_tui.widgets.line_shadow import Shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from rich.console import RenderableType
    from textual.dom import DOMNode
    from textual.events import Event
    from textual.messages import TerminalSupportsSynchronizedOutput
    from textual.timer import Timer
    from textual.widget import Widget

R = TypeVar("R")

_SHORT = 700
"""Bytes that a terminal draws at one go without being told to: telling it takes 16."""
_GIVE_UP = 1.5
"""Seconds after which drawing goes on without an answer."""
_OFTEN_ENOUGH = 2
"""Answers that failed to come one after another, after which nothing is asked any more."""


class LineApp(App[R]):
    """Gives its screens compositors that share what they know of the terminal.

    The names with an underscore are Textual's own.
    """

    def __init__(self, **options: Any) -> None:
        """As Textual's."""
        super().__init__(**options)
        self._line_shadow = Shadow()
        self._line_pace = Pace()
        self._line_unanswered = 0
        self._line_leave: Callable[[], None] | None = None
        self._line_short = False
        self._line_clock: Timer | None = None
        self.drawn_before: tuple[Sequence[str], tuple[int, int]] | None = None
        """Lines that the terminal shows already when the first frame is drawn, and its columns and lines by then."""
        self.before_leaving: Callable[[Callable[[], object]], object] | None = None
        """Called once instead of leaving, with what leaves. Nothing is drawn and no key does anything from then on."""
        self._line_is_leaving = False

    def _register(self, parent: DOMNode, *widgets: Widget, **places: Any) -> list[Widget]:
        for one in widgets:
            if isinstance(one, Screen):
                one._compositor = LineCompositor(self._line_shadow, self._line_pace)
        return super()._register(parent, *widgets, **places)

    def _display(self, screen: Screen[Any], renderable: RenderableType | PartsUpdate | None) -> None:
        if not isinstance(renderable, PartsUpdate):
            if renderable is not None:
                self._line_shadow.forget()
            super()._display(screen, renderable)
            return
        if self._batch_count or self.is_headless:
            self.post_display_hook()
            return
        if self.drawn_before is not None:
            lines, size = self.drawn_before
            self.drawn_before = None
            if self.size == size:
                self._line_shadow.believe(lines)
        if sequences := renderable.render_segments(self.console):
            self._line_short = len(sequences) < _SHORT
            super()._display(screen, renderable)  # type: ignore[arg-type]
            if self._may_ask():
                self._ask_the_terminal(len(sequences))

    def _begin_update(self) -> None:
        if not self._line_short:
            super()._begin_update()

    def _end_update(self) -> None:
        if not self._line_short:
            super()._end_update()

    def _may_ask(self) -> bool:
        return self._sync_available and self._line_unanswered < _OFTEN_ENOUGH and not self._exit

    def _ask_the_terminal(self, written: int) -> None:
        if self._line_pace.sent(written, monotonic()) and self._driver is not None:
            self._driver.write(QUESTION)
            self._line_clock = self.set_timer(_GIVE_UP, self._go_on_without_an_answer)

    def _go_on_without_an_answer(self) -> None:
        self._line_unanswered += 1
        self._go_on_drawing()

    def _on_terminal_supports_synchronized_output(self, message: TerminalSupportsSynchronizedOutput) -> None:
        super()._on_terminal_supports_synchronized_output(message)
        self._line_unanswered = 0
        self._go_on_drawing()

    def _go_on_drawing(self) -> None:
        if self._line_clock is not None:
            self._line_clock.stop()
            self._line_clock = None
        waited = self._line_pace.full
        self._line_pace.answered()
        if self._line_leave is not None:
            self._line_leave()
        elif waited and not self._exit:
            self.screen._compositor_refresh()

    def exit(self, result: R | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """As Textual's; waits for an answer of the terminal that is on its way: the shell would take it for keys."""
        leave = partial(super().exit, result, return_code, message)
        before, self.before_leaving = self.before_leaving, None
        if before is None or not self.is_running:
            self._leave_answered(leave)
            return
        self._line_is_leaving = True
        self._begin_batch()  # for good: what is drawn from now on is not for the screen
        before(partial(self._leave_answered, leave))

    async def on_event(self, event: Event) -> None:
        """As Textual's; whoever has left does nothing any more."""
        if not (self._line_is_leaving and isinstance(event, InputEvent | Paste)):
            await super().on_event(event)

    def _leave_answered(self, leave: Callable[[], None]) -> None:
        if self._exit:
            return
        if self._line_pace.waiting and self._line_leave is None:
            self._line_leave = leave
        else:
            leave()

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's; laid out anew, all is written, whatever the terminal is believed to show."""
        if layout:
            self._line_shadow.forget()
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def on_resize(self) -> None:
        """The terminal has another size, or another program has drawn on it meanwhile."""
        self._line_shadow.forget()

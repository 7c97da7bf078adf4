"""An application whose screens write only what the terminal does not show yet, and no faster than it draws."""

from __future__ import annotations

from functools import cached_property, partial
from inspect import iscoroutine
from itertools import compress, repeat
from operator import ne
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

from textual.app import App
from textual.worker_manager import WorkerManager

from globus_tui.lines.strip import PLAIN, RESET, Cell, LineStrip, lean, runs_of, write_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.events import Resize
    from textual.geometry import Size
    from textual.messages import TerminalSupportsSynchronizedOutput
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.worker import Worker

QUESTION = "\x1b[?2026$p"
"""Whether frames are drawn as a whole (DECRQM 2026). Textual asks it once at the start and reads its answer."""

_CLOSELY = 0.25
"""Seconds between two frames that belong together, as those of a key held down do."""
_WORTH_ASKING = 1500
"""Bytes: a question costs nine."""
_ENOUGH = 3000
"""Bytes on their way from which on new frames wait: 0.15 s of a link of 20 kB/s."""


class Pace:
    """Counts bytes that nobody knows to be drawn yet."""

    def __init__(self) -> None:
        self.waiting = False
        """Whether an answer is outstanding."""
        self._on_the_way = self._asked_about = 0
        self._last = float("-inf")

    @property
    def full(self) -> bool:
        """Whether a frame drawn now would be seen late."""
        return self.waiting and self._on_the_way >= _ENOUGH

    def sent(self, size: int, now: float) -> bool:
        """So many bytes were written; returns whether to ask the terminal now.

        Args:
            size: bytes.
            now: seconds of a clock that only goes forward.
        """
        closely = now - self._last < _CLOSELY
        self._last = now
        if not closely and not self.waiting:
            self._on_the_way = 0
        self._on_the_way += size
        if self.waiting or not closely or self._on_the_way < _WORTH_ASKING:
            return False
        self.waiting, self._asked_about = True, self._on_the_way
        return True

    def answered(self) -> None:
        """Everything up to the question is drawn."""
        if self.waiting:
            self.waiting = False
            self._on_the_way -= self._asked_about


_WORTH_A_JUMP = 8
"""Equal cells between two different ones from which on moving the terminal's cursor is shorter than writing them."""


class Shadow:
    """Remembers what was written where, and writes what differs.

    It is wrong once anybody else writes to the terminal: then :meth:`forget` must be called.
    """

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell | None]] = {}

    def forget(self) -> None:
        """Take every cell for unknown: whatever is written next is written in full."""
        self._lines.clear()

    def write(self, parts: Iterable[tuple[int, int, LineStrip]], colour_system: str) -> str:
        """Return terminal sequences that draw `parts`: column, line and strip, from the top and from the left.

        A style goes on from one part to the next, and the cursor moves the shortest way. Terminals do not agree on the
        width of every character: a part with characters other than of one cell is written whole and not remembered.
        """
        pieces: list[str] = []
        style, at = PLAIN, _NOWHERE
        for x, y, strip in parts:
            if (cells := strip.cells(colour_system)) is None:
                self._lines.pop(y, None)
                spans = [(x, x + strip.cell_length, strip.runs(colour_system))]
            else:
                taken = self._take(x, y, cells)
                spans = [(first, end, runs_of(cells[first - x : end - x])) for first, end in taken]
            for first, end, runs in spans:
                pieces.append(_move(at, (first, y)))
                style = write_runs(runs, pieces, style)
                at = (end, y)
        if style != PLAIN:
            pieces.append(RESET)
        return "".join(pieces)

    def _take(self, x: int, y: int, cells: list[Cell]) -> list[tuple[int, int]]:
        """Remember cells and return the columns of them, as (first, end), that the terminal does not show yet."""
        line = self._lines.setdefault(y, [])
        end = x + len(cells)
        if len(line) < end:
            line += repeat(None, end - len(line))
        known = line[x:end]
        if known == cells:
            return []
        line[x:end] = cells
        spans: list[tuple[int, int]] = []
        for column in compress(range(x, end), map(ne, known, cells)):
            if spans and column - spans[-1][1] < _WORTH_A_JUMP:
                spans[-1] = (spans[-1][0], column + 1)
            else:
                spans.append((column, column + 1))
        return spans


_NOWHERE = -1, -2
"""No place is near it: the top line is not one below it."""


def _move(at: tuple[int, int], to: tuple[int, int]) -> str:
    (column, line), (x, y) = at, to
    if y == line:
        return f"\x1b[{x + 1}G" if x != column else ""
    if y == line + 1 and not x:
        return "\r\n"
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"


R = TypeVar("R")

_SHORT = 700
"""Bytes that a terminal draws at one go without being told to: telling it takes 16."""
_GIVE_UP = 1.5
"""Seconds after which drawing goes on without an answer."""
_OFTEN_ENOUGH = 2
"""Answers that failed to come one after another, after which nothing is asked any more."""


class _Workers(WorkerManager):
    """Textual's; work that is given up before it began is closed: else Python complains of it on the terminal."""

    def add_worker(self, worker: Worker[Any], start: bool = True, exclusive: bool = True) -> None:
        """As Textual's."""
        super().add_worker(worker, start, exclusive)
        if iscoroutine(worker._work):
            finalize(worker, worker._work.close)


class LineApp(App[R]):
    """Turns what Textual is about to write into cells, and writes those that the terminal does not show yet.

    Nothing is drawn while the terminal is behind; the screen is drawn as it is by then when it answers.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._line_shadow = Shadow()
        self._line_size: Size | None = None
        self._line_pace = Pace()
        self._line_unanswered = 0
        self._line_answers = self._line_missed = self._line_leaving = False
        self._line_leave: Callable[[], None] | None = None
        self._line_clock: Timer | None = None

    @cached_property
    def workers(self) -> WorkerManager:
        """As Textual's."""
        return _Workers(self)

    def get_driver_class(self) -> type[Driver]:
        """As Textual's, but for the terminals of Unix, whose driver would wake ten times a second to look for keys."""
        driver = super().get_driver_class()
        if driver.__module__ != "textual.drivers.linux_driver":
            return driver
        from globus_tui.lines.driver import WaitingDriver

        return WaitingDriver

    def frame_drawn(self, screen: Screen[Any]) -> None:
        """A screen is on the terminal, or what changed of it."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if renderable is not None and not self._batch_count and not self._line_pace.full:
            self.frame_drawn(screen)
        parts = parts_of(renderable)
        if parts is None:
            if renderable is not None:
                self._line_shadow.forget()
            super()._display(screen, renderable)
            return
        if self._batch_count or not self.is_running or self._driver is None:
            self.post_display_hook()
        elif self._line_pace.full:
            self._line_missed = True
        else:
            self._line_write(self._driver, self._line_sequences(parts))
            self.post_display_hook()

    def _line_sequences(self, parts: Iterable[tuple[int, int, LineStrip]]) -> str:
        if self.size != self._line_size:  # a terminal that was made smaller or larger shows something else by now
            self._line_size = self.size
            self._line_shadow.forget()
        width, height = self.size
        parts = tuple(parts)
        if any(y >= height or x + strip.cell_length > width for x, y, strip in parts):
            # Drawn for the size of before: what is written below or beside the terminal scrolls it. A new one follows.
            self._line_shadow.forget()
            return ""
        return self._line_shadow.write(parts, self.console.color_system or "truecolor")

    def _line_write(self, driver: Driver, sequences: str) -> None:
        if not sequences:
            return
        sequences += _move(_NOWHERE, self.cursor_position)
        whole = self._line_answers and len(sequences) >= _SHORT
        driver.write(f"\x1b[?2026h{sequences}\x1b[?2026l" if whole else sequences)
        may_ask = self._line_answers and self._line_unanswered < _OFTEN_ENOUGH and not self._line_leaving
        if may_ask and self._line_pace.sent(len(sequences), monotonic()):
            driver.write(QUESTION)
            self._line_clock = self.set_timer(_GIVE_UP, self._go_on_without_an_answer)
        driver.flush()

    def _go_on_without_an_answer(self) -> None:
        self._line_unanswered += 1
        self._go_on_drawing()

    def on_terminal_supports_synchronized_output(self, message: TerminalSupportsSynchronizedOutput) -> None:
        """The answer to the question: everything written before it is drawn."""
        del message
        self._line_answers = True
        self._line_unanswered = 0
        self._go_on_drawing()

    def _go_on_drawing(self) -> None:
        if self._line_clock is not None:
            self._line_clock.stop()
            self._line_clock = None
        self._line_pace.answered()
        if self._line_leave is not None:
            self._line_leave()
        elif self._line_missed and not self._line_leaving:
            self._line_missed = False
            self.screen.refresh()

    def exit(self, result: R | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """As Textual's; waits for an answer of the terminal that is on its way: the shell would take it for keys."""
        leave = partial(super().exit, result, return_code, message)
        if self._line_leaving:
            return
        self._line_leaving = True
        if self._line_pace.waiting:
            self._line_leave = leave
        else:
            leave()

    def hurry(self) -> None:
        """Wait no longer for the terminal; called from any thread when the program is told to end."""
        hurry = getattr(self._driver, "hurry", None)
        if hurry is not None:
            hurry()

    def leave_at_once(self, return_code: int) -> None:
        """Leave without waiting for an answer of the terminal, which may be gone."""
        self._line_missed = False
        self._go_on_drawing()
        self.exit(return_code=return_code)

    def redraw(self) -> None:
        """Lay out anew and write everything, whatever the terminal is believed to show."""
        self._line_shadow.forget()
        self.refresh(layout=True)

    def on_resize(self, event: Resize) -> None:
        """The terminal has another size, or had one for a moment, or another program has drawn on it meanwhile."""
        self._line_shadow.forget()
        if event.size == self._line_size:  # else Textual lays all out anew
            self.screen.refresh()


def parts_of(update: object) -> Iterator[tuple[int, int, LineStrip]] | None:
    """The column, line and strip of what an update of Textual's is about to write; None for anything else."""
    if (spans := getattr(update, "spans", None)) is not None:
        return _parts_of_spans(spans, update.chops)  # type: ignore[attr-defined]  # the two stand together
    if (region := getattr(update, "region", None)) is not None:
        return _parts_of_lines(update.strips, region.x, region.y)  # type: ignore[attr-defined]  # so do these
    return None


def _parts_of_spans(spans: Any, chops: Any) -> Iterator[tuple[int, int, LineStrip]]:
    for y, start, end in sorted(spans):
        for x, strip in chops[y].items():
            if strip is None:
                continue
            first, last = max(x, start), min(x + strip.cell_length, end)
            if first < last:
                yield first, y, lean(strip).part(first - x, last - x)


def _parts_of_lines(lines: Any, left: int, top: int) -> Iterator[tuple[int, int, LineStrip]]:
    for y, strips in enumerate(lines, top):
        x = left
        for strip in strips:
            yield x, y, lean(strip)
            x += strip.cell_length

"""A screen that takes keys only while it is the one in front, answers once, and does nothing more once it was left."""

from __future__ import annotations

from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key, ScreenSuspend, Unmount
from textual.messages import CloseMessages, Prune
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, clip, safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget

Answer = TypeVar("Answer")

AT_A_TIME = 10
"""Widgets, or lines of one, that are made together."""
READING = 0.4
"""Seconds that a question must have been on the screen before a key agrees to it: nobody reads faster."""
_ENDING = (Unmount, ScreenSuspend, Prune, CloseMessages)


def bound(text: str) -> list[BindingType]:
    """Keys with what they do, in words that no footer shows: `bound("n,q cancel; up scroll_list(-1)")`."""
    pairs = (entry.split(" ", 1) for entry in text.split("; "))
    return [Binding(keys, action, show=False) for keys, action in pairs]


class Page(Screen[Answer]):
    """The one guard of all screens; the names with an underscore are Textual's own, those with `_page_` are ours."""

    ANSWERS_AT_ONCE = False
    """What it is closed with changes nothing at Globus: it need not have been read."""
    comes = False
    """Fields for what is typed next are on their way."""
    _page_left = False
    _page_drawn_at: float | None = None

    # --- once it was left

    @property
    def is_mounted(self) -> bool:
        """Whether widgets can be shown on it: it is mounted and was not left, and the program does not end."""
        return super().is_mounted and not self._page_left and self.app.is_running

    @property
    def was_left(self) -> bool:
        """Whether it is off the stack."""
        return self._page_left

    def leave(self) -> None:
        """Called when it leaves the stack: what it was about to show is not shown."""
        self._page_left = True
        for node in self.walk_children(with_self=True):
            self.workers.cancel_node(node)

    async def _dispatch_message(self, message: Message) -> None:
        taking = self.display and not self._page_left  # it has no display when the program is left while it opens
        if taking or isinstance(message, _ENDING):
            await super()._dispatch_message(message)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer: the first one counts, and one that agrees only when the question could be read.

        What is in front of it is given up.
        """
        agrees = result is not None and result is not False and not self.ANSWERS_AT_ONCE
        if self._page_left or self not in self.app.screen_stack or (agrees and not self.could_be_read()):
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.screen.dismiss(None)
        return super().dismiss(result)

    # --- whether it could be read

    def note_drawn(self) -> None:
        """Called when it was drawn on the terminal."""
        if self._page_drawn_at is None:
            self._page_drawn_at = monotonic()

    def ask_anew(self) -> None:
        """Called when its question changes: it has to be read again."""
        self._page_drawn_at = None

    def could_be_read(self) -> bool:
        """Whether the key that is carried out now was pressed by somebody who had time to read; else that is said."""
        key: Key | None = getattr(self.app, "key_now", None)
        drawn, reading = self._page_drawn_at, getattr(self.app, "reading", READING)
        if key is None or not reading or (drawn is not None and key.time >= drawn + reading):
            return True
        self.tell("That key came before this could be read, so it does not count: press it again.")
        return False

    # --- words

    def tell(self, words: str) -> None:
        """Say something about what was just pressed or pasted."""
        statics = self.query("#page-tells")
        if statics:
            statics.first(Static).update(Content(safe_line(words)))
        elif sheets := self.query(".sheet, .tells"):
            sheets.first().mount(Static(Content(safe_line(words)), id="page-tells", classes="-wrong"))

    def untell(self) -> None:
        """Takes back what `tell` said."""
        self.query("#page-tells").remove()

    def begins_a_word(self, key: Key) -> bool:
        """Whether a letter waits for a moment: with others behind it, it is no command but the beginning of a word."""
        del key
        return False

    async def take_word(self, keys: Sequence[Key]) -> None:
        """Called with a word that was typed where there is no field."""


class Unrolled(VerticalScroll):
    """What may be very long: the rest of its widgets is made as its reader comes to them.

    A thousand widgets, or lines, take a second in which no key is answered.
    """

    def __init__(self, parts: Iterable[Widget], **options: Any) -> None:
        super().__init__(**options)
        self._unrolled_rest = iter(parts)

    def compose(self) -> ComposeResult:
        yield from islice(self._unrolled_rest, AT_A_TIME)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.watch_virtual_size()

    def watch_virtual_size(self) -> None:
        if self.is_mounted and self.max_scroll_y - self.scroll_y < 2 * self.size.height:
            self.mount_all(islice(self._unrolled_rest, AT_A_TIME))


def in_pieces(lines: Iterable[Content]) -> Iterator[Static]:
    """Lines as widgets of some of them."""
    rest = iter(lines)
    while piece := tuple(islice(rest, AT_A_TIME)):
        yield Static(Content("\n").join(piece))


class Question(Page[Answer], ModalScreen[Answer]):
    """A sheet in front of another page, which stays in sight. Escape answers None."""

    question = ""
    """What is asked, in one line; text of a service may stand in it."""
    BINDINGS: ClassVar = bound("escape cancel")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-tall")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static(Content(self.clipped(self.question, 160)), classes="sheet-heading")
            yield from self.compose_sheet()

    def ask(self, then: Callable[[Answer], object]) -> None:
        """Open it; `then` is called with the answer, unless there is none or it is no."""

        def take(answer: Answer | None) -> None:
            if answer is not None and answer is not False:
                then(answer)

        self.app.push_screen(self, take)

    def compose_sheet(self) -> ComposeResult:
        yield from ()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def safe(self, text: str) -> str:
        """A text of a service made harmless, in letters that this terminal can draw."""
        return safe_line(text, ascii_only=self.app.has_class("-ascii"))

    def clipped(self, text: str, cells: int) -> str:
        """The same with both its ends, at most so long: a name of pages leaves the answer in sight."""
        ellipsis = ASCII_ELLIPSIS if self.app.has_class("-ascii") else ELLIPSIS
        short = clip(text, cells, where="middle")  # before its letters are spelled out, too: that keeps no end
        return clip(self.safe(short), cells, where="middle", ellipsis=ellipsis)

    def refuse(self, selector: str, words: str) -> None:
        """Say on a line of it that an answer will not do."""
        note = self.query_one(selector, Static)
        note.add_class("-wrong")
        note.update(Content(self.clipped(words, 480)))

    def line(self, text: str, style: str = "") -> Static:
        return Static(Content.styled(self.clipped(text, 480), style))

"""An application that takes its keys one at a time.

Textual hands all keys that were read together to the widget that has the focus by then, and a widget's bindings come
after the letters behind them. Here each key waits until all that the one before it set going is over: what is written
at one go acts as if it were typed slowly, in every field and on every page.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

from textual import on
from textual.app import ScreenStackError
from textual.events import Event, InputEvent, Key, Paste

from globus_tui.lines.app import LineApp
from globus_tui.lines.driver import PasteLost
from globus_tui.widgets.page import READING, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.actions import ActionParseResult
    from textual.await_complete import AwaitComplete
    from textual.dom import DOMNode
    from textual.message_pump import MessagePump
    from textual.screen import Screen

R = TypeVar("R")

WORD = 0.2
"""Seconds within which letters on a page that takes none follow one another as those of a word do."""
_GIVE_UP = 2.0
"""Seconds after which a key is taken though the one before it has not come to an end."""
_AT_ONCE = 30
"""Turns of the loop before waiting takes a timer."""
_DRAWN = 1.0
"""Seconds at most until what was below a page that closed is drawn."""


class OrderedKeys(LineApp[R]):
    """The names with an underscore are Textual's own, those with `_key_` are ours."""

    word = WORD
    reading = READING
    key_now: Key | Paste | None = None
    """What is being carried out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._key_queue: deque[Key | Paste] = deque()
        self._key_task: asyncio.Task[None] | None = None
        self._key_page: Callable[[], Screen[Any] | None] = lambda: None
        """In front when `key_now` was handed on; held weakly, so that a page that closed can go."""
        self._key_came = asyncio.Event()
        self._key_not_before = float("-inf")
        self._key_page_closes = False
        self._key_moves: list[Key] = []
        self._key_is_free = False

    def goes_first(self, key: Key) -> bool:
        """Whether a key does not wait for those before it."""
        del key
        return False

    def say_unbound(self, key: Key) -> None:
        """A key that does nothing was pressed."""

    def tell_for_now(self, words: str) -> None:
        """Says something of the key or the paste that was just taken; the next one takes it back."""

    def untell(self) -> None:
        """Takes back what was said of the key or the paste before, as another one comes."""

    async def on_event(self, event: Event) -> None:
        """As Textual's; keys and pastes queue up, and nothing is taken any more once the program is being left."""
        if self._line_leaving and isinstance(event, InputEvent | Paste):
            return
        waits = isinstance(event, Key | Paste) and not event.is_forwarded and event is not self.key_now
        if isinstance(event, Key) and self.goes_first(event):
            await super().on_event(event)
            return
        if not waits:
            if isinstance(event, Key | Paste) and self.screen is not self._key_page():
                return  # a page has opened by itself while it was on its way: it was not meant for that one
            await super().on_event(event)
            return
        self._key_queue.append(event)  # type: ignore[arg-type]  # mypy does not follow `waits`
        self._key_came.set()
        if self._key_task is None:
            self._key_task = asyncio.create_task(self._take_keys(), name="keys in their order")
            self._key_task.add_done_callback(self._keys_over)

    def _keys_over(self, task: asyncio.Task[None]) -> None:
        fault = None if task.cancelled() else task.exception()
        if isinstance(fault, Exception):
            self.call_later(_fail, fault)  # in one of Textual's own tasks, where a crash is shown

    async def _take_keys(self) -> None:
        try:
            while self._key_queue and not self._line_leaving:
                event = self._key_queue.popleft()
                if event.time < self._key_not_before:
                    continue  # it was meant for a page that is not there any more
                page = self.screen
                if isinstance(event, Key) and isinstance(page, Page) and page.begins_a_word(event):
                    letters = await self._letters_after(event)
                    if self.screen is not page or event.time < self._key_not_before:
                        continue
                    if len(letters) > 1:
                        self.key_now = letters[-1]
                        await page.take_word([*self._just_before(event), *letters])
                        await self._key_over()
                        continue
                self._key_moves = [*self._just_before(event), event] if isinstance(event, Key) else []
                self.untell()
                self.key_now, self._key_page, self._key_is_free = event, ref(self.screen), False
                self.post_message(event)
                await self._key_over()
                if self._key_is_free and isinstance(event, Key):
                    self.say_unbound(event)
        except ScreenStackError:
            pass  # the program ends
        finally:
            self.key_now = self._key_task = None

    def _just_before(self, key: Key) -> list[Key]:
        """Letters of the same word that only moved the cursor; what opened this page begins no word on it."""
        last = self._key_moves[-1] if self._key_moves and self._key_page() is self.screen else None
        close = last is not None and (last.character or "").isalpha() and key.time - last.time < self.word
        return self._key_moves if close else []

    async def _letters_after(self, first: Key) -> list[Key]:
        """A letter, with those that follow it too closely to be other commands."""
        letters = [first]
        while True:
            self._key_came.clear()
            if not self._key_queue:
                try:
                    async with asyncio.timeout(self.word):
                        await self._key_came.wait()
                except TimeoutError:
                    return letters
            following = self._key_queue[0]
            character = following.character if isinstance(following, Key) else None
            close = following.time - letters[-1].time < self.word
            if not close or character is None or not (character.isalnum() or character in "-_."):
                return letters
            letters.append(self._key_queue.popleft())  # type: ignore[arg-type]  # it has a character

    # --- when a key has done what it does

    async def _key_over(self) -> None:
        """Wait until nothing that the key set going is under way: no message, no page that opens."""
        begun, turns = monotonic(), 0
        while not self._at_rest() and monotonic() - begun < _GIVE_UP and not self._line_leaving:
            turns += 1
            await asyncio.sleep(0 if turns < _AT_ONCE else 0.002)

    def _at_rest(self) -> bool:
        """Whether whoever could hand the key on, or what became of it, waits for messages."""
        if not _waits(self):
            return False
        screen = self.screen
        if isinstance(screen, Page) and screen.comes:
            return False
        return _waits(screen) and all(_waits(node) for node in screen.walk_children(with_self=False))

    # --- pages

    def pop_screen(self) -> AwaitComplete:
        """As Textual's; keys pressed until what is below is seen were meant for the page that closes."""
        left: Screen[Any] = self.screen
        popped = super().pop_screen()
        if isinstance(left, Page):
            left.leave()
        self._key_page_closes, self._key_not_before = True, monotonic() + _DRAWN
        return popped

    def frame_drawn(self, screen: Screen[Any]) -> None:
        """Something of the page in front was drawn."""
        if self._key_page_closes:
            self._key_page_closes, self._key_not_before = False, monotonic()
        if isinstance(screen, Page):
            screen.note_drawn()

    def on_key(self) -> None:
        """Called for a key that no widget took; it may be bound."""
        self._key_is_free = True

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Textual's own, through which all keys come that are bound."""
        was_free, self._key_is_free = self._key_is_free, False
        done = await super().run_action(action, default_namespace, namespaces)
        if not done:
            self._key_is_free = was_free
        return done

    def on_paste(self) -> None:
        if (self.focused is None or not self.focused.check_consume_key("x", "x")) and isinstance(self.screen, Page):
            self.tell_for_now("What was pasted goes nowhere: no field has the focus.")

    @on(PasteLost)
    def tell_of_the_lost_paste(self) -> None:
        """The terminal began a paste and never ended it."""
        self.tell_for_now("A paste did not come to its end, so all of it was dropped: paste again.")


def _waits(pump: MessagePump) -> bool:
    """Whether a widget has handled all its messages, or will handle none any more."""
    queue: Any = pump._message_queue
    return not pump.message_queue_size and (not pump.is_running or bool(queue.ready_event._waiters))


def _fail(fault: Exception) -> None:
    raise fault

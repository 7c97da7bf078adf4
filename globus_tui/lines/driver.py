"""Textual's driver for the terminals of Unix, but it waits for keys, reads a paste as a whole, and closes whatever
became of the terminal.

Textual's own reader looks for keys every 0.1 s. Its writer ends with the first error, after which whoever draws waits
for ever; so does who draws on a terminal that is not read any more. Textual keeps what follows the mark at the
beginning of a paste until the mark at its end comes, ctrl+c too; and it takes an escape character inside for the Escape
key, and what stands behind that for keys.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import termios
import time
from codecs import getincrementaldecoder
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


BEGIN, END = "\x1b[200~", "\x1b[201~"
SILENCE = 1.0
"""Seconds without a sign after which the end of a paste does not come any more."""
_STOP = "\x03"
_CONSOLE_KEYS = {f"\x1b[{sent}~": f"\x1b[{57376 + at}u" for at, sent in enumerate((25, 26, 28, 29, 31, 32, 33, 34))}
"""F13 to F20 as the console of Linux sends them, which Textual takes for letters, and as kitty does."""


class PasteLost(Message):
    """A paste did not end and was dropped."""


class WholePastes(XTermParser):
    """Textual's parser of what a terminal sends, which is handed everything but pastes."""

    clock: Callable[[], float] = staticmethod(monotonic)

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        self._last = ""
        """The last that Textual's was handed: a mark may come in two pieces."""
        self._read_at = 0.0

    @property
    def unfinished(self) -> bool:
        """A paste has begun: `tick` is to be called until it ends or is given up."""
        return self._pasted is not None

    def feed(self, data: str) -> Iterable[Message]:
        """As Textual's."""
        self._read_at = self.clock()
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                begin = (self._last + data).find(BEGIN) - len(self._last)
                typed = data if begin < -len(self._last) else data[: max(0, begin)]
                if typed:
                    yield from super().feed(typed)
                self._last = (self._last + typed)[1 - len(BEGIN) :]
                if len(typed) == len(data):
                    return
                if begin < 0:  # Textual's has the first piece of the mark
                    self._gen = self.parse(self._tokens.append)
                    self._awaiting, self._timeout_time = next(self._gen), None
                data, self._last, self._pasted = data[begin + len(BEGIN) :], "", []
            if self._pasted and len(self._pasted[-1]) < len(END):
                data = self._pasted.pop() + data
            seam = self._pasted[-1][1 - len(END) :] if self._pasted else ""
            self._pasted.append(data)
            end = (seam + data).find(END)
            if end < 0:
                if data.endswith(_STOP):
                    yield self._give_up()
                return
            rest = len(seam) + len(data) - end
            text, self._pasted, data = "".join(self._pasted)[:-rest], None, data[len(data) - rest + len(END) :]
            yield Paste(text.replace("\x00", ""))

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """As Textual's."""
        return super()._sequence_to_key_events(_CONSOLE_KEYS.get(sequence, sequence), alt)

    def tick(self) -> Iterable[Message]:
        """As Textual's."""
        if self._pasted is not None and self.clock() - self._read_at >= SILENCE:
            yield self._give_up()
        yield from super().tick()

    def _give_up(self) -> Message:
        """Drop it; who pressed ctrl+c in the meantime is heard."""
        stop, self._pasted = any(_STOP in piece for piece in self._pasted or ()), None
        return Key("ctrl+c", _STOP) if stop else PasteLost()


_TICK = 0.1
_TICKS = 5
"""After the last bytes: by then it is certain that an Escape is no beginning of a longer sequence."""


_PIECE = 4096
"""Bytes written at once: what is left of them after a hold-up fits into what the system keeps for a terminal."""
_LAST_WORDS = 1.0
"""Seconds for the terminal to take what is written last."""
_WOKEN = 0.5
"""Seconds within which a signal that was sent together with another one is heard."""


class _Output:
    """The terminal as Textual's writer sees it: gone or held up, it never fails.

    Attributes:
        dropping: nothing is written; what is being written comes to an end.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._parts: list[str] = []
        self.dropping = False

    def write(self, text: str) -> None:
        self._parts.append(text)

    def flush(self) -> None:
        rest = "".join(self._parts).encode("utf-8", "replace")
        self._parts.clear()
        while rest and not self.dropping:
            try:
                rest = rest[os.write(self._number, rest[:_PIECE]) :]
            except BlockingIOError:  # another program on this terminal has set it so
                select.select([], [self._number], [], _LAST_WORDS)
            except OSError:
                return  # it is gone

    def fileno(self) -> int:
        return self._number

    def drop(self) -> None:
        """Forget what was not taken, so that whoever waits to write goes on."""
        self.dropping = True
        with contextlib.suppress(termios.error):
            termios.tcflush(self._number, termios.TCOFLUSH)


class WaitingDriver(LinuxDriver):
    """Wakes for keys, a few times after them, and when reading is to end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._line_ends = os.pipe()
        self._line_output = _Output(2)
        self._file = self._line_output  # type: ignore[assignment]  # all that its writer needs

    def hurry(self) -> None:
        """Wait no longer for the terminal to take what was written; called from any thread."""
        self._line_output.drop()

    def stop_application_mode(self) -> None:
        """As Textual's; a terminal that is the shell's at the moment stays as it is."""
        with contextlib.suppress(OSError):  # it is gone, or nobody's
            if os.tcgetpgrp(self.fileno) != os.getpgrp():
                self.attrs_before = None
        self._line_output.dropping = False
        super().stop_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """As Textual's, which in the background goes back to sleep: whoever woke it there may have told it to end."""
        with contextlib.suppress(OSError):  # it is gone, or nobody's
            if os.tcgetpgrp(self.fileno) != os.getpgrp():
                time.sleep(_WOKEN)
        told = self._line_output.dropping  # by who hurries; or by a handler that took the place of this one
        if not told and signal.getsignal(signal.SIGCONT) == self._sigcont_application:
            super()._sigcont_application()

    def close(self) -> None:
        """As Textual's, but a terminal that takes nothing is left behind."""
        goodbye = Thread(target=super().close, daemon=True)
        goodbye.start()
        goodbye.join(_LAST_WORDS)
        if goodbye.is_alive():
            self._line_output.drop()

    def _get_terminal_size(self) -> tuple[int, int]:
        # Standard output may be a pipe, and COLUMNS and LINES those of another terminal.
        for number in (self._line_output.fileno(), self.fileno):
            with contextlib.suppress(OSError):
                columns, lines = os.get_terminal_size(number)
                if columns and lines:
                    return columns, lines
        return super()._get_terminal_size()

    def run_input_thread(self) -> None:
        """Wait for input and dispatch events."""
        parser = WholePastes(debug=False)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._line_ends[0], selectors.EVENT_READ)
            ticks = 0
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(_TICK if ticks or parser.unfinished else None)}
                ticks = max(0, ticks - 1)
                if self._line_ends[0] in ready:
                    time.sleep(0.001)  # the event is set a moment after the pipe was written to
                if self.fileno in ready:
                    ticks = _TICKS
                    self._line_take(parser, decode)
                for event in parser.tick():
                    self.process_message(event)
        os.read(self._line_ends[0], 16)

    def _line_take(self, parser: WholePastes, decode: Callable[[bytes], str]) -> None:
        data = os.read(self.fileno, 4096)
        if not data:  # the terminal is gone: what ends the program comes as a signal
            time.sleep(_TICK)
        if text := decode(data):
            for event in parser.feed(text):
                self.process_message(event)

    def disable_input(self) -> None:
        """As Textual's, which waits for the reader to end."""
        if not self.exit_event.is_set():
            os.write(self._line_ends[1], b"x")
        super().disable_input()

"""Ending for certain: within three seconds of SIGTERM, SIGHUP, SIGQUIT or a lost terminal the process is gone.

Neither the event loop nor the main thread is needed: both may wait for ever for a terminal that takes nothing any
more. A thread of its own hears of signals and of terminals that are gone; behind it stands the kernel's alarm clock.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_ORDERLY = 1.7
"""Seconds for the application to leave by itself: it saves, says goodbye to others and gives the terminal back."""
_AT_MOST = 2.8
"""Seconds after which the kernel ends the process, whatever hangs: a file on a dead network drive, say."""
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
_HUNG_UP = 129
"""The customary exit code for a terminal that is gone: 128 and the number of SIGHUP."""
_LOOK = b"\x00"
"""Wakes the thread; no signal has this number."""


class Ending:
    """How this process ends when it is told to.

    Attributes:
        code: the exit code, once the end has begun.
    """

    def __init__(self) -> None:
        """Signals keep their default effect until `watch` is called."""
        self.code: int | None = None
        self._leave: Callable[[int], object] | None = None
        self._last: list[Callable[[], object]] = []
        self._terminals: tuple[int, ...] = ()
        self._wake: int | None = None
        self._under_way = False

    def watch(self) -> None:
        """Begins to listen; must be called in the main thread. What the caller has ignored (`nohup`) stays ignored."""
        import threading

        ear, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        for number in _SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._told)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        threading.Thread(target=self._listen, args=(ear,), name="ending", daemon=True).start()

    @contextlib.contextmanager
    def on_a_terminal(self) -> Iterator[None]:
        """Meanwhile a terminal that is gone ends the process too, also where no signal says so."""
        self._terminals = tuple(descriptor for descriptor in (0, 2) if os.isatty(descriptor))
        self._look()
        try:
            yield
        finally:
            self._terminals = ()

    @contextlib.contextmanager
    def by(self, leave: Callable[[int], object]) -> Iterator[None]:
        """Meanwhile `leave` is called with the exit code, in another thread, instead of raising SystemExit here."""
        self._leave = leave
        try:
            yield
        finally:
            self._leave = None

    def at_last(self, *let_go: Callable[[], object]) -> None:
        """Has these functions called once at the end, last one first: by `let_go`, or by the thread if all hangs."""
        self._last += let_go

    def let_go(self) -> None:
        """Calls the functions given to `at_last` that were not called yet."""
        while self._last:
            with contextlib.suppress(IndexError):  # the other thread was quicker
                last = self._last.pop()
                try:
                    last()
                except OSError:
                    continue

    def begin(self, code: int) -> None:
        """The process is about to end by itself: from now on it may take only so long."""
        self._under_way = True
        if self.code is None:
            self._set_alarm(code)
            self._look()

    def _told(self, number: int, _: FrameType | None) -> None:
        # A suspended program is woken to hear this; it must not take the terminal back from the shell then.
        signal.signal(signal.SIGCONT, _nothing)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        under_way, self._under_way = self._under_way, True
        if self._leave is None and not under_way:
            raise SystemExit(128 + number)

    def _set_alarm(self, code: int) -> None:
        self.code = code
        if self._wake is not None:
            signal.setitimer(signal.ITIMER_REAL, _AT_MOST)

    def _look(self) -> None:
        if self._wake is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake, _LOOK)

    def _listen(self, ear: int) -> None:
        import time

        # Here the terminal may be touched before `_told` has run, and stop the program again that was just woken.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        code = self._wait(ear)
        begun = self.code
        self._set_alarm(begun or code)
        until = time.monotonic() + _ORDERLY
        if begun is None and self._leave is not None:
            self._leave(code)
        time.sleep(max(0.0, until - time.monotonic()))
        try:
            self.let_go()
        finally:
            os._exit(self.code or code)

    def _wait(self, ear: int) -> int:
        """Until a signal tells to end, a terminal is gone, or the end has begun."""
        import select

        poll = select.poll()
        poll.register(ear, select.POLLIN)
        watched: set[int] = set()
        while self.code is None:
            for ready, event in poll.poll():
                if ready == ear:
                    signals = [byte for byte in os.read(ear, 64) if byte in _SIGNALS]
                    if signals:
                        return 128 + signals[0]
                elif ready in self._terminals and not event & select.POLLNVAL:
                    return _HUNG_UP
                else:
                    poll.unregister(ready)
                    watched.discard(ready)
            for descriptor in set(self._terminals) - watched:
                poll.register(descriptor, 0)  # a hang-up is told unasked
                watched.add(descriptor)
        return self.code


def _nothing(number: int, _: FrameType | None) -> None:
    """A handler, where ignoring would have Python complain of a signal that has come already."""


ENDING = Ending()
"""Of this process."""

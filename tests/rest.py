"""Waits until a program in this event loop has come to rest, by looking at the loop and at no clock.

Textual's own `wait_for_idle` guesses from the processor's time: it takes 20 ms a time, 40 ms a key, and is wrong on a
machine that has other work. Here rest is what it means: no callback is ready, no thread works for the loop, the screen
has drawn what it wants to draw, and nothing is due within the next moment. Nobody waits for that moment either: the
loop's clock is put forward. Requests that a fault holds, and what is due later, are rest.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from textual._context import active_app
from textual.app import ScreenStackError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = 0.05
"""Seconds of the loop's clock that a key is given: what the toolkit puts off by a frame or two comes within them."""
_TICK = 0.001
"""Seconds that something due counts at least, that what is always due comes to an end."""
_ROUNDS = 20_000
"""Rounds of the loop after which a program is said to never rest."""
_THREADS = 10.0
"""Seconds that a thread is waited for; one that is held by a test is rest, too."""


class Rest:
    """The running event loop, its clock, and the threads that work for it.

    With `real_time` the clock is left alone, and what is due is waited for: whoever is asked over a socket needs time.
    """

    def __init__(self, *, real_time: bool = False) -> None:
        self._loop: Any = asyncio.get_running_loop()
        self._waits_really = real_time
        self._ahead = 0.0
        self._threads: set[asyncio.Future[Any]] = set()
        self._real_time = self._loop.time
        self._real_executor = self._loop.run_in_executor

    @contextmanager
    def taking_over(self) -> Iterator[None]:
        """Makes Textual's pilot, and all that sleeps in this loop, go by it."""
        with (
            patch.object(self._loop, "time", lambda: self._real_time() + self._ahead),
            patch.object(self._loop, "run_in_executor", self._run_in_executor),
            patch("anyio.to_thread.run_sync", _at_once),  # a long answer of the pretend Globus is packed in a thread
            patch("textual.app.wait_for_idle", self),
            patch("textual.pilot.wait_for_idle", self),
            patch("textual.pilot.Pilot._wait_for_screen", self._wait_for_screen),
        ):
            yield

    async def __call__(self, min_sleep: float = 0, max_sleep: float = 0) -> None:
        """Wait for rest; takes what `wait_for_idle` takes."""
        del min_sleep, max_sleep
        await self._all_done()
        left = await self._come_to_what_is_due(MOMENT)
        while left is not None:
            await self._all_done()
            left = await self._come_to_what_is_due(left)

    async def _wait_for_screen(self, timeout: float = 0) -> bool:  # noqa: ASYNC109 - as the pilot's own
        """Instead of the pilot's own, which gives up after half a minute: a busy machine needs longer."""
        del timeout
        await self._all_done()
        return True

    async def _come_to_what_is_due(self, left: float) -> float | None:
        before = self._ahead
        left_then = self.put_forward(left)
        if self._waits_really:
            step, self._ahead = self._ahead - before, before
            await asyncio.sleep(step)
        return left_then

    def put_forward(self, left: float) -> float | None:
        """Put the loop's clock forward to what is due next.

        Args:
            left: seconds by which it may be put forward; the time that really passes meanwhile does not count, as it
                is longer on a busy machine.

        Returns:
            What is left of them, or None when nothing is due within them.
        """
        due = min((one.when() for one in self._loop._scheduled if not one.cancelled()), default=None)
        if due is None:
            return None
        step: float = max(0.0, due - self._loop.time())
        if step > left:
            return None
        self._ahead += step
        return left - max(step, _TICK)

    async def _all_done(self) -> None:
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
            if self._threads and not self._loop._ready:
                done, _ = await asyncio.wait(self._threads, timeout=_THREADS)
                if not done:
                    return
            elif not self._loop._ready and not _draws():
                return
        raise AssertionError("it does not come to rest")

    def _run_in_executor(self, *arguments: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._real_executor(*arguments)
        self._threads.add(future)
        future.add_done_callback(self._threads.discard)
        return future


async def _at_once(function: Any, *arguments: Any, **_: Any) -> Any:
    return function(*arguments)


def _draws() -> bool:
    """Draws what the screen would draw at its next sixtieth of a second; False if that is nothing."""
    try:
        screen: Any = active_app.get().screen
    except ScreenStackError:
        return False
    wants_to: bool = screen._update_timer._active.is_set()
    if wants_to:
        screen._on_timer_update()
    return wants_to

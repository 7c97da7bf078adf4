"""What was asked of Globus, what was said to the user, and the commands that do the same: the newest of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from globus_tui.screens.activity import Activity, Exchanged

KEPT = 2000


class ActivityLog:
    """Lines for the activity screen, and sums over all requests so far.

    Attributes:
        requests: how many there were.
        received: bytes of all answers.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Nothing happened yet."""
        self.requests = 0
        self.received = 0
        self._now = now
        self._lines: deque[Activity] = deque(maxlen=KEPT)
        self._count = 0

    def __len__(self) -> int:
        return len(self._lines)

    def __reversed__(self) -> Iterator[Activity]:
        return reversed(self._lines)

    def note(self, exchange: Exchanged) -> None:
        """Remember a request."""
        self._add(exchange)
        self.requests += 1
        self.received += exchange.received

    def said(self, words: str, severity: str) -> None:
        """Remember what was said to the user."""
        from globus_tui.screens.activity import Said

        self._add(Said(words, severity))

    def command(self, command: str) -> None:
        """Remember the CLI command that does what is being done."""
        from globus_tui.screens.activity import Said

        self._add(Said(command, "information", service="same as"))

    def _add(self, exchange: Exchanged) -> None:
        from globus_tui.screens.activity import Activity

        self._count += 1
        self._lines.append(Activity(self._count, self._now(), exchange))

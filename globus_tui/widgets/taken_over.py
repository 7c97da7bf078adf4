"""Taking over a second screen that is drawn already: nothing blank comes between it and the first frame."""

from __future__ import annotations

import contextlib
import termios
from typing import Any, ClassVar, Protocol

from textual.drivers.linux_driver import LinuxDriver

_ENTER = "\x1b[?1049h"
"""Terminals clear the second screen at this, also when they show it already."""


class Shown(Protocol):
    """What the terminal shows before Textual starts.

    Attributes:
        rows_shown: it shows rows, not just a line.
        taken_over: set once Textual has taken over.
        before: how the terminal was set before, to be set again when the console leaves or is suspended.
    """

    rows_shown: bool
    taken_over: bool
    before: list[Any] | None


class TakesOver(LinuxDriver):
    """Textual's driver, except that its first start finds the second screen entered and quiet."""

    shown: ClassVar[Shown]

    def start_application_mode(self) -> None:
        """As Textual's; keys that were pressed at rows of then are dropped: those may be elsewhere by now."""
        first = not self.shown.taken_over
        if first and self.shown.rows_shown:
            with contextlib.suppress(termios.error):
                termios.tcflush(self.fileno, termios.TCIFLUSH)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's has no types
        if first and self.attrs_before is not None and self.shown.before is not None:
            self.attrs_before = self.shown.before
        self.shown.taken_over = True

    def write(self, data: str) -> None:
        """As Textual's, without entering the second screen once more."""
        if data != _ENTER or self.shown.taken_over:
            super().write(data)


def taking_over(found: type[Any], shown: Shown) -> type[Any]:
    """The driver for the first start; one that somebody chose by `TEXTUAL_DRIVER` stays."""
    if found is not LinuxDriver or shown.taken_over:
        return found
    names: dict[str, Shown] = {"shown": shown}
    return type("TakesOver", (TakesOver,), names)

"""The list as it was drawn last, kept with the rows, so that the next start has it on the screen before it loads them.

One private file, beside the rows. It is used only by a start that would draw the same: options, variables, settings
and terminal are compared as a whole. A file that cannot be used is removed; losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui import __version__
from globus_tui.cache_files import open_own, write_own
from globus_tui.cli.first_frame import Picture
from globus_tui.present.moments import relative_words

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from globus_tui.settings import Paths

NAME = "rows-drawn"
"""Begins like the files of rows: whoever removes those removes this."""

_FORMAT = 1
_MOST_BYTES = 400_000
_LONGEST_CLOCK = 12 * 3600
"""Seconds after which the time of day alone would not say when it was."""
_DECIDES = ("GLOBUS", "TEXTUAL", "LC_")
_DECIDES_TOO = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "TZ", "HOME")
_HARMLESS = re.compile(r"(?:[^\x00-\x1f\x7f-\x9f]|\x1b\[[0-9;]*m)*")
"""Text and colours. Nothing else is ever written to the terminal from a file."""


class Drawn(NamedTuple):
    """What was drawn, and of when it is.

    Attributes:
        label: whose rows: profile, environment and identity.
        at: when the service gave the answer, in seconds since 1970.
        clock: the same as local time of day.
        date: the same with its day.
        title: the left part of the title, and the colours of its left and right part.
        lines: the lines below the title.
        size: columns and lines.
    """

    label: str
    at: float
    clock: str
    date: str
    title: tuple[str, str, str]
    lines: Sequence[str]
    size: tuple[int, int]


def circumstances(options: Namespace, environ: Mapping[str, str], paths: Paths) -> dict[str, Any] | None:
    """Everything besides the timers that decides what the list looks like; None when nothing is to be kept."""
    if options.demo or any(environ.get(one) for one in ("COLUMNS", "LINES")):
        return None
    decide = {
        # Whether there is a secret tells who somebody is; what it is belongs into no file.
        name: "set" if "SECRET" in name or "TOKEN" in name else value
        for name, value in environ.items()
        if name.startswith(_DECIDES) or name in _DECIDES_TOO
    }
    files = [str(paths.config), "/etc/localtime", "/etc/timezone"]
    return {
        "version": f"{_FORMAT} {__version__}",
        "options": [options.profile, options.theme, options.ascii, options.zone],
        "variables": decide,
        "files": [[one, *_state_of(one)] for one in files],
    }


class KeptFrame:
    """The file."""

    def __init__(self, folder: Path, like: dict[str, Any] | None) -> None:
        """`like`: the circumstances of this start; None keeps and finds nothing."""
        self.path = folder / NAME
        self._like = like

    def picture(self) -> Picture | None:
        """What to show at once on this terminal; None when there is nothing that fits."""
        return self.load(terminal_size(), time.time())

    def load(self, size: tuple[int, int] | None, now: float) -> Picture | None:
        """The same for a terminal of that size, at that moment in seconds since 1970."""
        if self._like is None or size is None:
            return None
        try:
            with open_own(self.path, _MOST_BYTES) as file:
                found = json.load(file)
            drawn = _checked(found["drawn"])
            fits = found["like"] == self._like and drawn.size == size and drawn.at <= now
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            self.forget()
            return None
        title = title_line(drawn, now) if fits else None
        return Picture((title, *drawn.lines), drawn.size, drawn.label) if title is not None else None

    def save(self, drawn: Drawn) -> bool:
        """Replaces the file; False when that is not possible."""
        if self._like is None:
            return False
        try:
            write_own(self.path, json.dumps({"like": self._like, "drawn": drawn._asdict()}).encode())
        except OSError:
            return False
        return True

    def forget(self, *, older_than: float = 0.0) -> None:
        """Deletes the file, e.g. after signing out; or only when it was written so many seconds ago."""
        with contextlib.suppress(OSError):
            if not older_than or time.time() - self.path.stat().st_mtime > older_than:
                self.path.unlink()


def title_line(drawn: Drawn, now: float) -> str | None:
    """The title with of when the rest is, by `now`; None where there is no room for that."""
    columns = drawn.size[0]
    of = drawn.clock if now - drawn.at < _LONGEST_CLOCK else drawn.date
    ago = relative_words(datetime.fromtimestamp(drawn.at, UTC), datetime.fromtimestamp(now, UTC))
    right = f"as of {of}, {ago} - starting "
    left, left_colours, right_colours = drawn.title
    room = columns - len(right) - 2
    if room < 0:
        return None
    left = left[:room]
    gap = " " * (columns - len(left) - len(right))
    return f"{left_colours}{left}{gap}\x1b[0m{right_colours}{right}\x1b[m"


def terminal_size() -> tuple[int, int] | None:
    """Columns and lines, as Textual will find them; None when standard output is not the terminal."""
    try:
        size = os.get_terminal_size(1)
        return (size.columns, size.lines) if size == os.get_terminal_size(2) else None
    except OSError:
        return None


def _checked(found: Any) -> Drawn:
    """Raises ValueError, TypeError or LookupError for anything that was not written here."""
    drawn = Drawn(**found)
    texts = [drawn.label, drawn.clock, drawn.date, *drawn.title, *drawn.lines]
    at: object = drawn.at
    title: Sequence[str] = drawn.title
    if not isinstance(at, float) or not all(type(one) is str for one in texts):
        raise TypeError("not a frame")
    if len(title) != 3 or len(drawn.lines) + 1 != drawn.size[1]:
        raise ValueError("not a frame")
    if not all(_HARMLESS.fullmatch(one) for one in texts[1:]):
        raise ValueError("more than text and colours")
    columns, lines = drawn.size
    return drawn._replace(size=(columns, lines))


def _state_of(path: str) -> tuple[int, int] | tuple[()]:
    """When a file was changed and its length; nothing where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size

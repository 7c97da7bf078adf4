"""Whether this terminal can show the console at all, told before anything is drawn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_terminal(environ: Mapping[str, str]) -> None:
    """Refuses a terminal that cannot show a full-screen program.

    The screen is drawn on standard error (that is where Textual draws), keys come from standard input.

    Raises:
        BadInput: in one line, why not.
    """
    if environ.get("TERM", "") in ("", "dumb"):
        raise BadInput(
            f"TERM is {environ.get('TERM') or 'not set'}: this terminal cannot show a full-screen program; "
            "set TERM to what it really is, e.g. xterm-256color"
        )
    if not sys.stdin.isatty():
        raise BadInput("standard input is not a terminal, so no key would arrive; start it without a pipe or `<`")
    if not sys.stderr.isatty():
        raise BadInput("standard error is not a terminal, and the screen is drawn there; start it without `2>`")


def wants_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the locale or the terminal is too poor for block characters."""
    if environ.get("TERM", "") in ("linux", "vt100", "vt220", "ansi"):
        return True
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return "utf" not in locale.lower()


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether this session came over SSH, as the official clients test it."""
    return any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"))


def can_browse(environ: Mapping[str, str]) -> bool:
    """Whether a browser with a window of its own can be opened here; one for terminals would draw over the console."""
    has_windows = sys.platform in ("darwin", "win32") or any(environ.get(one) for one in ("DISPLAY", "WAYLAND_DISPLAY"))
    return has_windows and not over_ssh(environ)

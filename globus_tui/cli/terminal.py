"""Whether this terminal can show the console at all, told before anything is drawn."""

from __future__ import annotations

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping


def open_closed_streams() -> frozenset[str]:
    """Gives standard streams that were closed (`<&-`) something harmless, and says which those were.

    Otherwise the next file that is opened, say the one with the tokens, would be taken for standard error.
    """
    closed = set()
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            closed.add(name)
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if isinstance(sys.stdout, TextIOWrapper):  # as standard error is: no name of a timer may end a command
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, TextIOWrapper):  # nor may a key of another locale
        sys.stdin.reconfigure(errors="replace")
    return frozenset(closed)


_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
"""Of glibc's malloc.h."""


def share_one_heap() -> None:
    """Has threads share one heap, so that its free end can go back to the system: saves ten megabytes.

    Buffers, as those in which an answer is unpacked, lie outside of it: between them, small things that stay would pin
    a heap that gets longer from day to day (27 MB after six hours, 40 after twenty).

    To be called before there is a second thread.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError):  # another C library than glibc
        import ctypes

        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, 1)
        library.mallopt(_TRIM_THRESHOLD, 256 * 1024)
        library.mallopt(_MMAP_THRESHOLD, 32 * 1024)


def trim_heap() -> None:
    """Returns free memory inside the heap to the system."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)


def forbid_core_dumps() -> None:
    """Forbids core dumps: they would hold tokens."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows; a system that does not let us
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def check_terminal(environ: Mapping[str, str]) -> None:
    """Refuses a terminal that cannot show a full-screen program.

    The screen is drawn on standard error (that is where Textual draws), keys come from standard input.

    Raises:
        BadInput: in one line, why not.
    """
    from globus_tui.domain.errors import BadInput  # not for `--version`, which has come by here before

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
    if not environ.get("LC_ALL") and environ.get("LANG") in (None, "", "C", "POSIX") and _coerced(locale):
        locale = environ.get("LANG") or ""
    return "utf" not in locale.lower()


def _coerced(locale: str) -> bool:
    """Whether Python itself has put LC_CTYPE there (PEP 538), which says nothing of the terminal."""
    if locale not in ("C.UTF-8", "C.utf8", "UTF-8"):
        return False
    try:
        with open("/proc/self/environ", "rb") as file:  # as it was when the program began
            return not any(
                entry.startswith(b"LC_CTYPE=") and len(entry) > len(b"LC_CTYPE=") for entry in file.read().split(b"\0")
            )
    except OSError:
        return False


def fit_colours(environ: MutableMapping[str, str]) -> None:
    """A terminal's name may say that it has none (`xterm-mono`, `linux-m`), as terminfo has it.

    GNU screen hands on what the terminal outside says of its colours, and reads 24 bits of them one by one.
    """
    if environ.get("TERM", "").endswith(("-m", "-mono")):
        environ.setdefault("NO_COLOR", "1")
    if environ.get("STY") and not environ.get("TMUX"):
        environ.pop("COLORTERM", None)
        environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def over_ssh(environ: Mapping[str, str]) -> bool:
    """Whether this session came over SSH, as the official clients test it."""
    return any(environ.get(name) for name in ("SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"))


def can_browse(environ: Mapping[str, str]) -> bool:
    """Whether a browser with a window of its own can be opened here; one for terminals would draw over the console."""
    has_windows = sys.platform in ("darwin", "win32") or any(map(environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return has_windows and not over_ssh(environ)

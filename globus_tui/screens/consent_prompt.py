"""What the consent prompt is told: what Globus asks for, in words, and what to do with the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from globus_tui.domain.credentials import Secret


@dataclass(frozen=True, slots=True)
class Asked:
    """What one login asks for; another choice of timers may make it another login.

    Attributes:
        lines: what is asked for and why.
        url: the link; None when no login is needed.
        scopes: the exact scope strings, a line each.
        link_file: where the link was written for the laptop (mode 600); None when that could not be done.
    """

    lines: tuple[str, ...]
    url: str | None
    scopes: tuple[str, ...] = ()
    link_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that is done after the login unless it is left out.

    Attributes:
        key: tells it from the others.
        words: what is done, and what starts at once because of it.
        group: what it has in common with its neighbours, drawn once above them; empty for none.
    """

    key: str
    words: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything the screen needs.

    Attributes:
        heading: why it opened.
        asked: what is asked for at first.
        submit: takes what was pasted; gives None when all is well, else what is wrong and what to do.
        then: what happens by itself after the code was taken.
        choices: what may be left out of that.
        change: what is asked for when only these choices are left; None where that changes nothing.
        browser: the demo's pretend browser: takes the link, gives a code; None outside the demo.
        open_link: opens a browser on this machine; None in an SSH session.
    """

    heading: str
    asked: Asked
    submit: Callable[[Secret], Awaitable[str | None]]
    then: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    change: Callable[[frozenset[str]], Awaitable[Asked]] | None = None
    browser: Callable[[str], Awaitable[str | None]] | None = None
    open_link: Callable[[str], object] | None = None

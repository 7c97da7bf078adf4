"""What the command line tells the application, and the application's type for screens and procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import tzinfo

    from globus_tui.app import GlobusTui
    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.everybody import Look
    from globus_tui.screens.profiles import Profiles
    from globus_tui.store.making import Making

    Console: TypeAlias = GlobusTui
    """For type checkers only: nothing here imports the application when it runs."""


class Host(NamedTuple):
    """What the command line tells the application of where and as whom it runs.

    Attributes:
        demo: the pretend facility is behind it.
        floor: the shortest refresh interval, in seconds.
        web: root of the Globus web app.
        timers: root of the Timers service, for commands to copy.
        transfer: root of the Transfer service, likewise.
        open_link: opens a browser on this machine; None in an SSH session.
        browser: the accounts of the demo's pretend browser, and how they allow; None outside the demo.
        profiles: those that can be switched to; None where there is but one.
        others: reads the timers of the other profiles; None where there is but one.
        timer: open this one as soon as it is there.
    """

    zone: tzinfo
    theme: str
    demo: bool = False
    ascii: bool = False
    floor: float = 10.0
    web: str = "https://app.globus.org/"
    timers: str = "https://timer.automate.globus.org/"
    transfer: str = "https://transfer.api.globus.org/"
    open_link: Callable[[str], object] | None = None
    browser: tuple[Sequence[str], Callable[[str, str, bool], tuple[str | None, str]]] | None = None
    profiles: Profiles | None = None
    others: Callable[[Callable[[Look], None]], Coroutine[Any, Any, None]] | None = None
    sign_in: bool = False
    timer: JobId | None = None
    making: Making | None = None


class Switch(NamedTuple):
    """What to open next instead of leaving: the demo, or another profile, to sign in to it at once, or at a timer."""

    demo: bool = False
    profile: str | None = None
    sign_in: bool = False
    timer: JobId | None = None

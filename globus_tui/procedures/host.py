"""What the command line tells the application, and what the application tells it at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from globus_tui.screens.create.lookup import Making
    from globus_tui.screens.profiles import Profiles


class Host(NamedTuple):
    """What the command line tells the application of where and as whom it runs.

    Attributes:
        demo: the pretend facility is behind it.
        ascii: only ASCII is drawn.
        zone: times are shown in it.
        theme: the theme to start with.
        floor: the shortest refresh interval, in seconds.
        web: root of the Globus web app.
        timers: root of the Timers service, for commands to copy.
        transfer: root of the Transfer service, likewise.
        open_link: opens a browser on this machine; None in an SSH session.
        browser: the accounts of the demo's pretend browser, and how they allow; None outside the demo.
        profiles: those that can be switched to; None where there is but one.
        sign_in: begin with signing in.
        making: what creating timers needs.
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
    sign_in: bool = False
    making: Making | None = None


class Switch(NamedTuple):
    """What to open next instead of leaving: the demo, or another profile, perhaps to sign in to it at once."""

    demo: bool = False
    profile: str | None = None
    sign_in: bool = False

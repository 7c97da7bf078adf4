"""What screens and procedures ask of the application, and what the command line tells it. `GlobusTui` fulfils it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime, tzinfo
    from pathlib import Path

    from textual.geometry import Size
    from textual.screen import Screen
    from textual.widget import AwaitMount

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.making.run_now import RunChoice
    from globus_tui.domain.timer.job import Job, JobId, JobReading
    from globus_tui.fleet.apply import Result
    from globus_tui.fleet.plan import Plan
    from globus_tui.screens.base import TimerScreen
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.screens.everybody import Look
    from globus_tui.screens.profiles import Profiles
    from globus_tui.settings import Settings
    from globus_tui.store.activity_log import ActivityLog
    from globus_tui.store.board import States
    from globus_tui.store.creation import Making
    from globus_tui.store.job_state import JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.list_memory import ListMemory
    from globus_tui.store.operations import Operation, Outcome
    from globus_tui.store.refresh_plan import Freshness
    from globus_tui.store.windows import Windows
    from globus_tui.widgets.viewpoint import Viewpoint

Answer = TypeVar("Answer")
Took = Callable[[Answer | None], None] | Callable[[Answer | None], Awaitable[None]]


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


class Consents(Protocol):
    """Lets the user meet what Globus requires."""

    async def consent(self, gare: Gare, why: str) -> bool: ...  # False when it was declined
    def start_consent(self, gare: Gare, why: str, then: Callable[[], object]) -> None: ...
    def start_fix(self, job_ids: Sequence[JobId] | None) -> None: ...  # None: all that a sign-in would mend


class Fleet(Protocol):
    """The folder of files that say how the timers should be. What goes wrong is a `GlobusTuiError`."""

    @property
    def where(self) -> Path | None: ...  # None where none is named
    @property
    def in_files(self) -> frozenset[str]: ...  # ids of the timers that the files are about, as far as compared
    async def plan(self) -> Plan: ...
    async def apply(self, plan: Plan, only: Collection[str] | None) -> tuple[Result, ...]:
        """Makes those timers, or all, as the files say; nothing if something changed since the plan was seen."""

    async def write(self, jobs: Sequence[Job]) -> bool:
        """Writes timers into the folder and says how that went; whether they stand there now."""


class Console(Protocol):
    """The application, as far as a screen or a procedure knows it."""

    store: JobStore
    settings: Settings
    host: Host
    activity: ActivityLog
    states: States
    freshness: Freshness
    view: Viewpoint
    who: str | None
    alert: str
    deleted_here: set[JobId]
    paused_together: frozenset[JobId]
    paused_among: frozenset[JobId]
    first_frame_due: bool

    @property
    def screen_stack(self) -> Sequence[Screen[Any]]: ...
    @property
    def making(self) -> Making: ...
    @property
    def windows(self) -> Windows: ...
    @property
    def fleet(self) -> Fleet: ...
    @property
    def list_memory(self) -> ListMemory: ...
    @property
    def sign_in(self) -> Consents: ...

    def look(self) -> None: ...  # takes the present
    def bell(self) -> None: ...
    def write_raw(self, sequence: str) -> None: ...  # what is no part of the screen
    def say(self, words: str, severity: str = "information", *, about: str = "") -> None:
        """Put a sentence on the note line of every screen; what it is `about` can be unsaid."""

    def say_none(self, words: str) -> None: ...  # of all timers, or that it is not known
    def unsay(self, about: str) -> None: ...
    def operate(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        """Carry operations out, and say how they ended."""

    def attempt(
        self, work: Awaitable[object], *, group: str, of: str = ""
    ) -> None: ...  # in a worker; an error is said
    def book_wake(self) -> None: ...  # to come back when the store has something to do next

    # --- what takes several steps

    def create(self, wizard: WizardScreen) -> None: ...
    def replace_timer(self, wizard: WizardScreen, old: JobReading) -> None: ...
    def reanchor(self, state: JobState) -> None: ...  # keeps its hour across clock changes
    def skip(self, state: JobState) -> None: ...
    def start_now(self, state: JobState, choice: RunChoice, files: int) -> None: ...
    def go_back(self, state: JobState) -> None: ...  # to the timer that this one replaced
    def watch_next_runs(self, job_ids: Iterable[JobId], since: datetime) -> None: ...
    def signed_in(self, who: str | None) -> None: ...
    def take_account(self) -> None: ...  # shows whoever signed in meanwhile
    def open_profile(self, name: str, *, sign_in: bool = False, timer: JobId | None = None) -> None: ...

    # --- screens and texts

    def open_screen(self, screen: TimerScreen) -> None: ...  # bound to what is known of the timers
    async def open_command_line(self, begin: str = "") -> None: ...
    def action_app_back(self) -> None: ...
    def action_app_sign_in(self) -> None: ...
    def draw_first_frame(self) -> None: ...
    def copy_text(self, text: str) -> None: ...  # to the clipboard, and shown
    def send_text(self, text: str) -> None: ...  # to the clipboard only
    def web_link(self, job_id: JobId) -> str: ...

    # --- of every Textual application

    @property
    def size(self) -> Size: ...
    @property
    def screen(self) -> Screen[Any]: ...
    def has_class(self, name: str) -> bool: ...
    def push_screen(self, screen: Screen[Answer], callback: Took[Answer] | None = None) -> AwaitMount: ...
    async def push_screen_wait(self, screen: Screen[Answer]) -> Answer: ...
    def run_worker(
        self, work: Awaitable[Any], *, group: str, exclusive: bool = False, exit_on_error: bool = True
    ) -> object:
        """Do something that outlives the screen."""

    async def run_action(self, action: str) -> bool: ...
    def suspend(self) -> AbstractContextManager[None]: ...
    def exit(self, result: Switch | None = None) -> None: ...

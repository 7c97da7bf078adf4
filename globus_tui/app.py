"""The application: its clock, what it knows of the timers, and the workers that change something."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from contextvars import copy_context
from datetime import timedelta
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual.reactive import var

from globus_tui.commands import EVERYWHERE, bindings
from globus_tui.domain.errors import SettingsError
from globus_tui.keymap import DEFAULT_KEYS
from globus_tui.present.freshness_words import header_words
from globus_tui.present.safe_text import safe_line
from globus_tui.procedures.activity_log import ActivityLog
from globus_tui.procedures.attended import is_attended
from globus_tui.procedures.everywhere import Everywhere
from globus_tui.procedures.host import Host, Switch
from globus_tui.procedures.operations import Operations, outcome_words
from globus_tui.procedures.pretend_page import act_as_browser
from globus_tui.procedures.replaced import ReplacedTimers
from globus_tui.procedures.watching import NextRuns
from globus_tui.procedures.welcoming import welcome
from globus_tui.screens.base import Note, TimerScreen
from globus_tui.store.freshness import Freshness, FreshnessState
from globus_tui.themes import THEMES, draw_scroll_bars
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from textual.theme import Theme
    from textual.timer import Timer

    from globus_tui.auth.account import Account
    from globus_tui.domain.collection import Collection
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.job import JobId
    from globus_tui.domain.readings import JobReading
    from globus_tui.domain.run_now import RunChoice
    from globus_tui.procedures.sign_in import SignIn
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.settings import Settings
    from globus_tui.store.job_state import Change, JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.operations import Operation
    from globus_tui.store.outcome import Outcome

_NAMES_TOGETHER = 0.3
"""Seconds in which names of collections that come in one after another are gathered and drawn once."""

_CLOCKS_DIFFER = timedelta(seconds=5)
"""How far the service's clock may be off after all that is known of it."""

_NO_STATES: Mapping[JobId, JobState] = MappingProxyType({})


class GlobusTui(Everywhere):
    """Shows what the store knows and carries out what the user asks for.

    The store is the only holder of jobs. It publishes, the application hands that to its variables, and they are bound
    to every screen. Whatever changes something at Globus runs in a worker of the application, so that closing a screen
    never cancels it.
    """

    TITLE = "globus_tui"
    CSS_PATH = ["app.tcss", "screens/job_list.tcss"]  # read together: a sheet read later has all of them parsed anew
    BINDINGS = bindings(EVERYWHERE)  # type: ignore[assignment]  # Textual's alias also admits tuples
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 8
    MODES: ClassVar = {}

    states: var[Mapping[JobId, JobState]] = var(_NO_STATES)
    freshness: var[Freshness] = var(Freshness())
    view: var[Viewpoint] = var(Viewpoint())
    note: var[Note] = var(Note())

    who: var[str | None] = var(None)

    def __init__(self, store: JobStore, account: Account, settings: Settings, host: Host) -> None:
        """Make the application; nothing is asked of Globus before its first screen is drawn."""
        self.set_reactive(GlobusTui.theme, host.theme)  # beforehand: a change would have all styles read once more
        super().__init__(ansi_color="NO_COLOR" in os.environ or host.theme.startswith("ansi"))
        if self.get_theme(host.theme) is None:
            known = ", ".join(sorted(self.available_themes))
            raise SettingsError(f"there is no theme {host.theme!r}; there are {known}")
        self.store = store
        self.account = account
        self.settings = settings
        self.host = host
        self.set_reactive(GlobusTui.who, account.who)
        self._next_runs = NextRuns()
        self.activity = ActivityLog(store.now)
        self.started_at = time.monotonic()
        self.shown_zone = host.zone
        self._wake_clock: Timer | None = None
        self._first_frame = ExitStack()
        self.first_frame_due = True
        """Nothing is drawn yet."""
        self._first_frame_ready = False
        self._look_clock: Timer | None = None
        self._named: Mapping[str, Collection] | None = None
        self._names: Mapping[str, str] = {}
        self._operations = Operations(self)
        self.replaced = ReplacedTimers(self)
        # Only what differs: Textual lays the whole keymap over all bindings anew at every key that is pressed.
        self.set_keymap({name: keys for name, keys in settings.keys.items() if DEFAULT_KEYS[name] != keys})
        self.set_class(host.ascii, "-ascii")
        draw_scroll_bars(ascii_only=host.ascii)
        self._told: set[str] = set()
        self.deleted_here: set[JobId] = set()
        """Timers whose going is no news: this program deleted them."""

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's and our own."""
        return {**super().available_themes, **{one.name: one for one in THEMES}}

    @cached_property
    def sign_in(self) -> SignIn:
        """Sign-in and consent; loaded when somebody needs it."""
        from globus_tui.procedures.sign_in import SignIn

        return SignIn(
            self,
            self.account,
            self.settings.paths.state,
            browser=partial(act_as_browser, self) if self.host.browser else None,
            open_link=self.host.open_link,
        )

    # --- the clock

    def get_default_screen(self) -> TimerScreen:
        """Listen to the store, and give Textual the list to begin with, which would else be laid over an empty screen.

        It is mounted before the application itself.
        """
        from globus_tui.screens.job_list import JobListScreen

        self._first_frame.enter_context(self.batch_update())
        # What is read before the application stands is published outside its context, where no timer would ever fire.
        context = copy_context()
        self.store.subscribe(lambda change: context.copy().run(self._take_change, change))
        self.states, self.freshness = self.store.states, self.store.freshness
        self.look()
        screen = JobListScreen()
        self._bind(screen)
        return screen

    def on_mount(self) -> None:
        """Start the clock, and say what there is to say."""
        self.set_interval(60, self.look)
        self.tell_notices(*(one if one.endswith(".") else f"{one}; defaults hold." for one in self.settings.problems))
        if self.account.who is None and self.host.sign_in:
            self.call_after_refresh(self.action_app_sign_in)
        elif self.account.who is None:
            self.call_after_refresh(welcome, self)

    def _begin_watching(self) -> None:
        """Ask for the timers, unless whoever opened the console has already."""
        if self.store.freshness.state in (FreshnessState.NEVER, FreshnessState.CACHED):
            self.run_worker(self.refresh_now(), group="refresh")
        else:
            self.run_worker(self.replaced.ask(), group="journal")
        self.book_wake()

    def draw_first_frame(self) -> None:
        """The first screen stands and has its rows: draw it once, as soon as what they changed has been taken in."""
        if not self._first_frame_ready:
            self._first_frame_ready = True
            self.call_after_refresh(self.call_after_refresh, self._end_first_batch)

    def _end_first_batch(self) -> None:
        self.first_frame_due = False
        self._first_frame.close()
        # The end of a batch wakes the app, not the screen, which would then wait for its next sixtieth of a second.
        self.screen._on_timer_update()
        if self.account.who is not None:
            self.call_after_refresh(self._begin_watching)  # loads what requests need, beside which nothing is drawn

    def _take_change(self, change: Change) -> None:
        """Hand on what the store published; equal values repaint nothing."""
        before, self.freshness = self.freshness, self.store.freshness
        self.states = self.store.states
        if self.freshness.problem != before.problem:
            self._tell_of_trouble()
        if change.jobs:
            self.look()
        elif change.collections and self._look_clock is None:
            self._look_clock = self.set_timer(_NAMES_TOGETHER, self.look)
        if change.jobs or change.removed:
            self._tell_news()
        self.book_wake()

    def _tell_of_trouble(self) -> None:
        """Once for each kind of trouble: what is wrong, what to do, and when it is tried again; or that it is over."""
        current = self.freshness
        if current.problem is None:
            self.say("Globus answers again.")
            return
        words = header_words(current, self.store.clock(), self.shown_zone)
        self.say(f"{words}. {current.advice or ''}".strip(), "error")

    def look(self) -> None:
        """Take the present, to the minute: no word on the screen is finer."""
        if self._look_clock is not None:
            self._look_clock.stop()
            self._look_clock = None
        if self._named is not self.store.collections:
            self._named = self.store.collections
            self._names = {key: one.name for key, one in self._named.items()}
        self.view = Viewpoint(
            now=self.store.now().replace(second=0, microsecond=0),
            zone=self.shown_zone,
            names=self._names,
            tasks=self.store.tasks,
            ascii=self.host.ascii,
        )

    def book_wake(self) -> None:
        """Come back when the store has something to do next."""
        if self._wake_clock is not None:
            self._wake_clock.stop()
        wake = self.store.next_wake()
        self._wake_clock = self.set_timer(max(0.05, wake.seconds), self._wake) if wake else None

    def _wake(self) -> None:
        self.run_worker(self._do_what_is_due(), group="refresh")

    async def _do_what_is_due(self) -> None:
        at = self.store.refresher.plan.next_at
        if at is not None and at <= self.store.clock() and (attended := await is_attended(os.environ)) is not None:
            self.store.set_focus(attended and self.app_focus)
        await self.store.wake()
        self.book_wake()
        self.tell_notices()
        await self.replaced.ask()

    async def refresh_now(self) -> None:
        """Read the timers again; dropped when a reading is under way."""
        await self.store.refresh()
        self.book_wake()
        self.tell_notices()
        await self.replaced.ask()

    def on_app_focus(self) -> None:
        """Somebody looks again: full speed."""
        self.store.set_focus(True)
        self.book_wake()

    def on_app_blur(self) -> None:
        """Nobody looks: slower."""
        self.store.set_focus(False)
        self.book_wake()

    def open_screen(self, screen: TimerScreen) -> None:
        """Show a screen, bound to what is known of the timers for as long as it lives; called from anywhere.

        Textual binds to the variables of whoever's turn it is, so this waits for the application's own.
        """
        self.call_later(self._open_bound, screen)

    def _open_bound(self, screen: TimerScreen) -> None:
        self._bind(screen)
        self.push_screen(screen)

    def _bind(self, screen: TimerScreen) -> None:
        # Bindings take hold after a screen's own mounting, which reads what it is about: so it is told beforehand, too.
        screen.set_reactive(TimerScreen.states, self.states)
        screen.set_reactive(TimerScreen.freshness, self.freshness)
        screen.set_reactive(TimerScreen.view, self.view)
        screen.set_reactive(TimerScreen.note, self.note)
        screen.set_reactive(TimerScreen.who, self.who)
        screen.data_bind(GlobusTui.states, GlobusTui.freshness, GlobusTui.view, GlobusTui.note, GlobusTui.who)
        screen.fit(self.size)

    # --- words for the user

    def say(self, words: str, severity: str = "information") -> None:
        """Put a sentence on the note line of every screen. Text of the service may stand in it: it is made harmless."""
        self.note = Note(safe_line(words), severity)
        self.activity.said(words, severity)

    def tell_notices(self, *more: str) -> None:
        """Say, each once, what there is to know of the settings and of where and how long the tokens are kept."""
        new = [one for one in (*more, *self.account.notices()) if one not in self._told]
        self._told.update(new)
        if new:
            self.say("  ".join(new), "warning")

    def _fatal_error(self) -> None:
        """Show a crash without local variables, which Textual would show: in libraries those hold tokens and codes."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        self._exit_renderables.append(Segments(self.console.render(Traceback(), self.console.options)))
        self._close_messages_no_wait()

    # --- operations

    def operate(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        """Carry operations out, and say how they ended; `then` is called with the outcomes."""
        self._operations.start(operations, then=then)

    outcome_words = staticmethod(outcome_words)

    # --- signing in

    def signed_in(self, who: str | None) -> None:
        """There are tokens again: say so, and read the timers at once."""
        self.who = who
        self.store.signed_in()
        self.say(f"signed in as {who}")
        self.tell_notices()
        self.book_wake()

    def take_account(self) -> None:
        """Whoever signed in meanwhile is shown, and what stood still for want of tokens goes on."""
        if self.account.who != self.who or self.freshness.state is FreshnessState.SIGNED_OUT:
            self.who = self.account.who
            self.store.signed_in()
            self.book_wake()

    def action_app_sign_in(self) -> None:
        """Sign in, or sign in again."""
        self.sign_in.start()

    def fix(self, job_ids: Sequence[JobId]) -> None:
        """Sign in for what these timers lost, resume them, and list what became of each."""
        self.sign_in.start_fix(job_ids)

    def consent_for(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        """Let the user meet a requirement of Globus, then go on; nothing happens when it is declined."""
        self.sign_in.start_consent(gare, why, then)

    def create(self, wizard: WizardScreen) -> None:
        """Create what a wizard describes."""
        from globus_tui.procedures.create import Create

        self.run_worker(Create(self, wizard).run(), group="create")

    def replace_timer(self, wizard: WizardScreen, old: JobReading) -> None:
        """Create what a wizard describes, and let it take the place of a timer."""
        from globus_tui.procedures.replace import Replace

        self.run_worker(Replace(self, wizard, old).run(), group="create")

    def reanchor(self, state: JobState) -> None:
        """Show what would keep a timer's hour across clock changes, and do it when that is agreed."""
        from globus_tui.procedures.reanchor import reanchor

        self.run_worker(reanchor(self, state), group="create")

    def start_now(self, state: JobState, choice: RunChoice, files: int) -> None:
        """Start at once what a timer does."""
        from globus_tui.procedures.start_now import start_now

        self.run_worker(start_now(self, state, choice, files), group="create")

    def fix_all(self) -> None:
        """The same for every timer that a sign-in would mend."""
        self.sign_in.start_fix_all()

    def watch_next_runs(self, job_ids: Iterable[JobId], since: datetime) -> None:
        """Tell when the next runs of repaired timers have started, or that they were stopped again.

        Args:
            job_ids: the timers.
            since: when they were about to be resumed, by the service's clock: a run may start before the answer comes.
        """
        for job_id in job_ids:
            self._next_runs.watch(job_id, since - _CLOCKS_DIFFER)
        self._tell_news()

    def _tell_news(self) -> None:
        news = list(self._next_runs.news(self.states))
        if news:
            self.say("  ".join(words for words, _ in news), "information" if all(good for _, good in news) else "error")

    def web_link(self, job_id: JobId) -> str:
        """The page of a timer in the Globus web app (address seen in a public example of Globus)."""
        return f"{self.host.web}activity/timers/{job_id}/overview"


__all__ = ["GlobusTui", "Host", "Switch"]

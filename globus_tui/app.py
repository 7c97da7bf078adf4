"""The application: its clock, what it knows of the timers, and the workers that change something."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import ExitStack
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import App, SystemCommand
from textual.reactive import var

from globus_tui.clipboard import inside_tmux, send_to_tmux
from globus_tui.commands import EVERYWHERE, bindings
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present.safe_text import safe_line
from globus_tui.procedures.sign_in import SignIn
from globus_tui.procedures.watching import NextRuns
from globus_tui.screens.base import Note, TimerScreen
from globus_tui.store.freshness import Freshness, FreshnessState
from globus_tui.store.operations import Delete
from globus_tui.store.outcome import Done, Failed, NeedsConsent, Refused, SignedOut
from globus_tui.themes import THEMES
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from textual.screen import Screen
    from textual.timer import Timer

    from globus_tui.auth.account import Account
    from globus_tui.domain.collection import Collection
    from globus_tui.domain.job import JobId
    from globus_tui.screens.activity import Activity, Exchanged
    from globus_tui.screens.profiles import Profiles
    from globus_tui.settings import Settings
    from globus_tui.store.job_state import Change, JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.operations import Operation
    from globus_tui.store.outcome import Outcome

AT_ONCE = 4
"""Operations of one bulk action that may be under way together."""

ACTIVITY_KEPT = 2000
"""Requests remembered for the activity screen."""

_NAMES_TOGETHER = 0.3
"""Seconds in which names of collections that come in one after another are gathered and drawn once."""

_FIRST_FRAME = 0.025
"""Seconds in which the first screen comes to rest before it is drawn: else it is drawn three times."""

_NO_STATES: Mapping[JobId, JobState] = MappingProxyType({})


class Host(NamedTuple):
    """What the command line tells the application of where and as whom it runs.

    Attributes:
        demo: the pretend facility is behind it.
        ascii: only ASCII is drawn.
        zone: times are shown in it.
        theme: the theme to start with.
        floor: the shortest refresh interval, in seconds.
        web: root of the Globus web app.
        open_link: opens a browser on this machine; None in an SSH session.
        browser: the accounts of the demo's pretend browser, and how they allow; None outside the demo.
        profiles: those that can be switched to; None where there is but one.
        sign_in: begin with signing in.
    """

    zone: tzinfo
    theme: str
    demo: bool = False
    ascii: bool = False
    floor: float = 10.0
    web: str = "https://app.globus.org/"
    open_link: Callable[[str], object] | None = None
    browser: tuple[Sequence[str], Callable[[str, str, bool], tuple[str | None, str]]] | None = None
    profiles: Profiles | None = None
    sign_in: bool = False


class Switch(NamedTuple):
    """What to open next instead of leaving: the demo, or another profile, perhaps to sign in to it at once."""

    demo: bool = False
    profile: str | None = None
    sign_in: bool = False


class GlobusTui(App[Switch]):
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
        super().__init__(ansi_color="NO_COLOR" in os.environ or host.theme.startswith("ansi"))
        self.store = store
        self.account = account
        self.settings = settings
        self.host = host
        self.set_reactive(GlobusTui.who, account.who)
        self.sign_in = SignIn(
            self,
            account,
            settings.paths.state,
            browser=self._act_as_browser if host.browser else None,
            open_link=host.open_link,
        )
        self._next_runs = NextRuns()
        self.activity: deque[Activity] = deque(maxlen=ACTIVITY_KEPT)
        self._shown_zone = host.zone
        self._wake_clock: Timer | None = None
        self._look_clock: Timer | None = None
        self._named: Mapping[str, Collection] | None = None
        self._names: Mapping[str, str] = {}
        self._bulk_gate = asyncio.Semaphore(AT_ONCE)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = host.theme
        self.set_keymap(settings.keys)
        self.set_class(host.ascii, "-ascii")
        self.deleted_here: set[JobId] = set()
        """Timers whose going is no news: this program deleted them."""

    # --- the clock

    def on_mount(self) -> None:
        """Show the list, listen to the store, and start the clock."""
        from globus_tui.screens.job_list import JobListScreen

        first_frame = ExitStack()
        first_frame.enter_context(self.batch_update())
        self.set_timer(_FIRST_FRAME, first_frame.close)
        self.store.subscribe(self._take_change)
        self.states, self.freshness = self.store.states, self.store.freshness
        self._look()
        self.open_screen(JobListScreen())
        self.set_interval(60, self._look)
        for notice in (*(f"{one}; defaults hold" for one in self.settings.problems), *self.account.notices()):
            self.say(notice, "warning")
        if self.account.who is None and self.host.sign_in:
            self.call_after_refresh(self.action_app_sign_in)
        elif self.account.who is None:
            self.call_after_refresh(self._welcome)
        else:
            self.call_after_refresh(self._begin_watching)

    def _welcome(self) -> None:
        from globus_tui.screens.welcome import DEMO, QUIT, SIGN_IN, Welcome

        def take(choice: str | None) -> None:
            if choice == DEMO:
                self.exit(Switch(demo=True))
            elif choice == QUIT:
                self.exit()
            elif choice == SIGN_IN:
                self.action_app_sign_in()

        self.push_screen(Welcome(self.settings.profile, self.account.tokens_at), take)

    def _begin_watching(self) -> None:
        """Ask for the timers, unless whoever opened the console has already."""
        if self.store.freshness.state in (FreshnessState.NEVER, FreshnessState.CACHED):
            self.action_jobs_refresh()
        self._book_wake()

    def _take_change(self, change: Change) -> None:
        """Hand on what the store published; equal values repaint nothing."""
        self.states = self.store.states
        self.freshness = self.store.freshness
        if change.jobs:
            self._look()
        elif change.collections and self._look_clock is None:
            self._look_clock = self.set_timer(_NAMES_TOGETHER, self._look)
        if change.jobs or change.removed:
            for words, good in self._next_runs.news(self.states):
                self.say(words, "information" if good else "error")
        self._book_wake()

    def _look(self) -> None:
        """Take the present, to the minute: no word on the screen is finer."""
        if self._look_clock is not None:
            self._look_clock.stop()
            self._look_clock = None
        if self._named is not self.store.collections:
            self._named = self.store.collections
            self._names = {key: one.name for key, one in self._named.items()}
        self.view = Viewpoint(
            now=self.store.now().replace(second=0, microsecond=0),
            zone=self._shown_zone,
            names=self._names,
            tasks=self.store.tasks,
            ascii=self.host.ascii,
        )

    def _book_wake(self) -> None:
        """Come back when the store has something to do next."""
        if self._wake_clock is not None:
            self._wake_clock.stop()
        wake = self.store.next_wake()
        self._wake_clock = self.set_timer(max(0.05, wake.seconds), self._wake) if wake else None

    def _wake(self) -> None:
        self.run_worker(self._do_what_is_due(), group="refresh")

    async def _do_what_is_due(self) -> None:
        await self.store.wake()
        self._book_wake()

    async def _refresh_now(self) -> None:
        await self.store.refresh()
        self._book_wake()

    def on_app_focus(self) -> None:
        """Somebody looks again: full speed."""
        self.store.set_focus(True)
        self._book_wake()

    def on_app_blur(self) -> None:
        """Nobody looks: slower."""
        self.store.set_focus(False)
        self._book_wake()

    def open_screen(self, screen: TimerScreen) -> None:
        """Show a screen, bound to what is known of the timers for as long as it lives; called from anywhere.

        Textual binds to the variables of whoever's turn it is, so this waits for the application's own.
        """
        self.call_later(self._open_bound, screen)

    def _open_bound(self, screen: TimerScreen) -> None:
        screen.data_bind(GlobusTui.states, GlobusTui.freshness, GlobusTui.view, GlobusTui.note, GlobusTui.who)
        self.push_screen(screen)

    # --- words for the user

    def say(self, words: str, severity: str = "information") -> None:
        """Put a sentence on the note line of every screen. Text of the service may stand in it: it is made harmless."""
        self.note = Note(safe_line(words), severity)

    # --- operations

    def operate(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        """Carry operations out, a few at a time, and say how they ended; `then` is called with the outcomes."""
        self.run_worker(self._carry_out(tuple(operations), then), group="operations", exit_on_error=True)

    async def _carry_out(
        self, operations: Sequence[Operation], then: Callable[[Sequence[Outcome]], None] | None
    ) -> None:
        labels = [self._label(one) for one in operations]
        outcomes = await asyncio.gather(*(self._carry_out_one(one) for one in operations))
        self._say_outcomes(outcomes, labels)
        self._book_wake()
        if then is not None:
            then(outcomes)

    async def _carry_out_one(self, operation: Operation) -> Outcome:
        async with self._bulk_gate:
            if not isinstance(operation, Delete):
                return await self.store.operate(operation)
            self.deleted_here.add(operation.job_id)
            outcome = await self.store.operate(operation)
            if not isinstance(outcome, Done):
                self.deleted_here.discard(operation.job_id)
            return outcome

    def _label(self, operation: Operation) -> str:
        """What to call the timer of an operation, before the operation renames or deletes it."""
        state = self.states.get(operation.job_id) if operation.job_id else None
        return f"{state.job.label}: " if state else ""

    def _say_outcomes(self, outcomes: Sequence[Outcome], labels: Sequence[str]) -> None:
        """One sentence; with several timers of which some failed, a list."""
        told = [f"{label}{self.outcome_words(one)}" for label, one in zip(labels, outcomes, strict=True)]
        bad = sum(not isinstance(one, Done) for one in outcomes)
        if len(outcomes) == 1:
            self.say(told[0], "error" if bad else "information")
        elif not bad:
            self.say(f"all {len(outcomes)} done")
        else:
            from globus_tui.screens.results import Results

            self.say(f"{len(outcomes) - bad} of {len(outcomes)} done, {bad} not", "error")
            lines = [(isinstance(one, Done), "", words) for one, words in zip(outcomes, told, strict=True)]
            self.push_screen(Results("What became of each timer", lines))

    @staticmethod
    def outcome_words(outcome: Outcome) -> str:
        """How an operation ended, in a sentence or two."""
        if isinstance(outcome, Done):
            return f"{outcome.words} {outcome.note}" if outcome.note else outcome.words
        if isinstance(outcome, NeedsConsent):
            said = outcome.gare.session_message or "Globus asks for a consent or a new sign-in first"
            return f"{said.rstrip('.')}: press f."
        if isinstance(outcome, SignedOut):
            return f"{outcome.words} {outcome.advice}"
        if isinstance(outcome, Failed | Refused):
            return outcome.words
        raise AssertionError(outcome)

    # --- signing in

    def signed_in(self, who: str | None) -> None:
        """There are tokens again: say so, and read the timers at once."""
        self.who = who
        self.store.signed_in()
        self.say(f"signed in as {who}")
        self._book_wake()

    def action_app_sign_in(self) -> None:
        """Sign in, or sign in again."""
        self.run_worker(self._guarded(self.sign_in.sign_in()), group="sign-in")

    def fix(self, job_ids: Sequence[JobId]) -> None:
        """Sign in for what these timers lost, resume them, and list what became of each."""
        self.run_worker(self._guarded(self._fix(tuple(job_ids))), group="sign-in")

    async def _fix(self, job_ids: Sequence[JobId]) -> None:
        from globus_tui.screens.results import Results

        results = await self.sign_in.fix(job_ids)
        self._book_wake()
        if not results:
            self.say("Nothing was changed.")
        elif len(results) == 1:
            words = f"{results[0].label}: {results[0].words}"
            self.say(words, "information" if results[0].resumed else "error")
        else:
            lines = [(one.resumed, one.label, one.words) for one in results]
            self.push_screen(Results("Fix and resume: what became of each timer", lines))

    async def _guarded(self, procedure: Awaitable[object]) -> None:
        try:
            await procedure
        except GlobusTuiError as wrong:
            self.say(f"{wrong} {wrong.advice}".strip(), "error")

    def watch_next_run(self, job_id: JobId) -> None:
        """Tell when the next run of a repaired timer has started, or that it was stopped again."""
        self._next_runs.watch(job_id, self.store.now())

    async def _act_as_browser(self, url: str) -> str | None:
        from globus_tui.screens.pretend_browser import PretendBrowser

        if self.host.browser is None:
            return None
        accounts, allow = self.host.browser
        denied = "error=access_denied"
        page = PretendBrowser(accounts, lambda name, mfa: allow(url, name, mfa), denied)
        return await self.push_screen_wait(page)

    # --- profiles

    def action_app_profile(self) -> None:
        """Show the profiles; a service account and the demo have but one."""
        from globus_tui.auth.profiles import checked_name
        from globus_tui.screens.profiles import ProfilesScreen

        if self.host.profiles is None:
            words = "The demo has one pretend profile" if self.host.demo else f"It is used by the {self.account.who}"
            self.say(f"{words}, so there is no other to switch to.", "warning")
        elif not isinstance(self.screen, ProfilesScreen):
            self.open_screen(ProfilesScreen(self.host.profiles, checked_name))

    def open_profile(self, name: str, *, sign_in: bool = False) -> None:
        """Start again as another profile: a fresh store, so that nothing is shown under the wrong name."""
        self.exit(Switch(profile=name, sign_in=sign_in))

    async def log_out(self, name: str, profiles: Profiles) -> None:
        """Sign out of a profile, and say what was revoked and what was not."""
        from globus_tui.screens.show_text import BareText

        try:
            lines = await profiles.log_out(name)
        except GlobusTuiError as wrong:
            self.say(f"{wrong} {wrong.advice}".strip(), "error")
            return
        await self.push_screen_wait(BareText("\n".join(lines)))
        if name == self.settings.profile:
            self.open_profile(name)

    # --- out of the terminal

    def web_link(self, job_id: JobId) -> str:
        """The page of a timer in the Globus web app (address seen in a public example of Globus)."""
        return f"{self.host.web}activity/timers/{job_id}/overview"

    def copy_text(self, text: str) -> None:
        """Send a text to the clipboard, and show it, since nobody can tell whether it arrived."""
        from globus_tui.screens.show_text import BareText

        self.push_screen(BareText(text))
        self.send_text(text)

    def send_text(self, text: str) -> None:
        """Send a text to the clipboard."""
        self.run_worker(self._send_to_clipboard(text), group="clipboard")

    async def _send_to_clipboard(self, text: str) -> None:
        if inside_tmux(os.environ) and await send_to_tmux(text):
            self.say("sent to tmux's buffer and, where it may, to your terminal's clipboard")
        else:
            self.copy_to_clipboard(text)
            self.say("sent to your terminal's clipboard (OSC 52); not every terminal takes it")

    def note_exchange(self, exchange: Exchanged) -> None:
        """Remember a request for the activity screen."""
        from globus_tui.screens.activity import Activity

        number = self.activity[-1].key + 1 if self.activity else 1
        self.activity.append(Activity(number, self.store.now(), exchange))

    # --- commands of every screen

    def action_jobs_activity(self) -> None:
        """Show what was asked of Globus."""
        from globus_tui.screens.activity import ActivityScreen

        self.open_screen(ActivityScreen())

    def action_jobs_refresh(self) -> None:
        """Read the timers again now; dropped when a reading is under way."""
        self.run_worker(self._refresh_now(), group="refresh")

    def action_app_help(self) -> None:
        """Show every key of this screen."""
        from globus_tui.screens.help import Help

        screen = self.screen
        commands = screen.COMMANDS_SHOWN if isinstance(screen, TimerScreen) else ()
        about = screen.ABOUT if isinstance(screen, TimerScreen) else ""
        self.push_screen(Help((*commands, *EVERYWHERE), self.settings.keys, about))

    def action_app_palette(self) -> None:
        """Find a command by its name."""
        self.action_command_palette()

    def action_app_back(self) -> None:
        """Leave this screen; on the first one, ask whether to quit."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self._ask_to_quit()

    def _ask_to_quit(self) -> None:
        from globus_tui.screens.confirm import Confirm

        def leave(agreed: bool | None) -> None:
            if agreed:
                self.exit()

        sheet = Confirm("Quit?", ("Nothing is changed at Globus; timers go on without this program.",), verb="quit")
        self.push_screen(sheet, leave)

    def action_app_quit(self) -> None:
        """Leave the program."""
        self.exit()

    def action_app_stop(self) -> None:
        """Leave at once."""
        self.exit()

    def action_app_redraw(self) -> None:
        """Draw everything again."""
        self.refresh(layout=True)

    def action_app_suspend(self) -> None:
        """Back to the shell."""
        self.action_suspend_process()

    def action_app_zone(self) -> None:
        """Show times in the other zone: UTC, or the user's."""
        from datetime import UTC

        to_utc = self._shown_zone is not UTC
        self._shown_zone = UTC if to_utc else self.host.zone
        self._look()
        self.say("times are now in UTC" if to_utc else "times are now in your zone")

    def action_app_refresh_interval(self) -> None:
        """Ask how often to refresh."""
        from globus_tui.screens.ask import Ask
        from globus_tui.screens.refresh_interval import check_interval

        floor = self.host.floor

        def take(answer: str | None) -> None:
            if answer is not None:
                self.store.set_interval(check_interval(answer, floor))
                self._book_wake()
                self.say("refreshing is off" if answer == "0" else f"refreshing every {answer} s")

        asked = Ask(
            "Refresh interval",
            (f"Seconds between refreshes, at least {floor:g}; 0 turns them off.",),
            check=partial(check_interval, floor=floor),
        )
        self.push_screen(asked, take)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the commands of this screen and of every screen, with their keys."""
        from globus_tui.commands import key_words

        commands = screen.COMMANDS_SHOWN if isinstance(screen, TimerScreen) else ()
        for command in (*commands, *EVERYWHERE):
            owner = screen if hasattr(screen, f"action_{command.action}") else self
            action = getattr(owner, f"action_{command.action}", None)
            if action is not None:
                key = key_words(self.settings.keys, command.command_id)
                yield SystemCommand(f"{command.words}  ({key})", command.help, action)

"""The application: its clock, what it knows of the timers, the workers that change something, commands everywhere."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, suppress
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial, partialmethod
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.actions import ActionParseResult
from textual.actions import parse as parse_action
from textual.app import SystemCommand
from textual.events import AppFocus, Event, Key
from textual.reactive import var

from globus_tui.commands import CHANGING, DEFAULT_KEYS, EVERYWHERE, Command, bindings, key_words, named_key
from globus_tui.domain.errors import GlobusTuiError, ReadOnly, SettingsError
from globus_tui.present import moments
from globus_tui.present.freshness_words import header_words, none_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.procedures.alerting import Alerting
from globus_tui.procedures.looking_back import LookingBack
from globus_tui.procedures.operations import NextRuns, Operations, looked_up_words
from globus_tui.procedures.replaced import ReplacedTimers
from globus_tui.screens.base import Note, TimerScreen
from globus_tui.screens.console import Host, Switch
from globus_tui.store.activity_log import ActivityLog
from globus_tui.store.board import NO_STATES, States
from globus_tui.store.list_memory import ListMemory
from globus_tui.store.operations import Done, Operation, Outcome
from globus_tui.store.refresh_plan import Freshness, FreshnessState
from globus_tui.themes import THEMES, OwnThemes, draw_scroll_bars, sheets, theme_problem, with_quiet_bar
from globus_tui.tmux import inside_tmux, is_attended, send_to_tmux
from globus_tui.widgets.ordered_keys import OrderedKeys
from globus_tui.widgets.page import Page, Question
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.timer import Timer

    from globus_tui.auth.account import Account
    from globus_tui.domain.making.run_now import RunChoice
    from globus_tui.domain.timer.job import JobId, JobReading
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.procedures.fleet import FleetFolder
    from globus_tui.procedures.sign_in import SignIn
    from globus_tui.screens.create.wizard import WizardScreen
    from globus_tui.settings import Settings
    from globus_tui.store.creation import Making
    from globus_tui.store.job_state import Change, JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.store.source_counts import SourceCounts
    from globus_tui.store.windows import Windows


_NAMES_TOGETHER = 0.3
"""Seconds in which names of collections that come in one after another are gathered and drawn once."""

_CLOCKS_DIFFER = timedelta(seconds=5)
"""How far the service's clock may be off after all that is known of it."""


_SHARED = ("states", "freshness", "view", "note", "who", "alert")
"""Variables that every screen of timers has too."""

_CHANGES = frozenset(command_id.replace(".", "_").replace("-", "_") for command_id in CHANGING)
"""Names of actions."""


def _of_profiles(page: object) -> bool:
    """Its `n` and `X` are about names on this machine, and about tokens."""
    from globus_tui.screens.profiles import ProfilesScreen

    return isinstance(page, ProfilesScreen)


class GlobusTui(OrderedKeys[Switch]):
    """Shows what the store knows and carries out what the user asks for.

    The store is the only holder of jobs. It publishes, the application hands that to its variables, and they are bound
    to every screen. Whatever changes something at Globus runs in a worker of the application, so that closing a screen
    never cancels it.
    """

    TITLE = "globus_tui"
    CSS = sheets("app.tcss", "screens/job_list.tcss")  # read together: a sheet read later has all of them parsed anew
    BINDINGS = bindings(EVERYWHERE)  # type: ignore[assignment]  # Textual's alias also admits tuples
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 8
    MODES: ClassVar = {}

    states: var[States] = var(NO_STATES)
    freshness: var[Freshness] = var(Freshness())
    view: var[Viewpoint] = var(Viewpoint())
    note: var[Note] = var(Note())

    who: var[str | None] = var(None)
    alert: var[str] = var("")

    def __init__(self, store: JobStore, account: Account, settings: Settings, host: Host) -> None:
        self.own_themes = OwnThemes(settings.paths.config.parent / "themes")
        self.set_reactive(GlobusTui.theme, host.theme)  # beforehand: a change would have all styles read once more
        super().__init__(ansi_color="NO_COLOR" in os.environ or host.theme.startswith("ansi"))
        if problem := theme_problem(host.theme, self.own_themes.themes):
            raise SettingsError(problem)
        self.store = store
        self.account = account
        self.settings = settings
        self.host = host
        self.set_reactive(GlobusTui.who, account.who)
        store.journal.who = account.who
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
        self._named_collections: Mapping[str, Collection] | None = None
        self._names: Mapping[str, str] = {}
        self._operations = Operations(self)
        self.alerting = Alerting(self)
        self.looking_back = LookingBack(self)
        self.replaced = ReplacedTimers(self)
        # Only what differs: Textual lays the whole keymap over all bindings anew at every key that is pressed.
        self.set_keymap({name: keys for name, keys in settings.keys.items() if DEFAULT_KEYS[name] != keys})
        self.set_class(host.ascii, "-ascii")
        self.set_class(settings.production, "-production")
        draw_scroll_bars(ascii_only=host.ascii)
        self._notices_shown: set[str] = set()
        self._told_for_now: tuple[Page[Any], str] | None = None
        self.paused_together: frozenset[JobId] = frozenset()
        """What the last pause of several timers paused: marked again, exactly these are resumed."""
        self.paused_among: frozenset[JobId] = frozenset()
        """What was marked then."""
        self.deleted_here: set[JobId] = set()
        """Timers whose going is no news: this program deleted them."""

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's and our own."""
        return {**super().available_themes, **{theme.name: theme for theme in THEMES}, **self.own_themes.themes}

    def get_theme(self, theme_name: str) -> Theme | None:
        """As Textual's, with a bar of the cursor on which colours are seen."""
        theme = super().get_theme(theme_name)
        return theme and with_quiet_bar(theme)

    def _look_at_themes(self) -> None:
        """Paint anew when the file of the theme in use changed."""
        name = self.theme
        if self.own_themes.changed():
            self.tell_notices(*self.own_themes.problems)
            if name in self.own_themes.themes:
                with self.batch_update():
                    self.theme = THEMES[0].name  # the same name again would change nothing
                    self.theme = name

    @cached_property
    def sign_in(self) -> SignIn:
        """Sign-in and consent; loaded when somebody needs it."""
        from globus_tui.procedures.sign_in import SignIn

        return SignIn(self, self.account)

    @cached_property
    def list_memory(self) -> ListMemory:
        """Columns, order, views and pins of this profile, as they were left."""
        name = "+demo" if self.host.demo else self.settings.profile
        return ListMemory.load(self.settings.paths.state / f"list-{name}.json")

    @cached_property
    def windows(self) -> Windows:
        from globus_tui.store.windows import Windows

        return Windows(self.store)

    @cached_property
    def _source_counts(self) -> SourceCounts:
        from globus_tui.store.source_counts import SourceCounts

        return SourceCounts(self.store, self.making)

    @property
    def making(self) -> Making:
        """All that creating timers needs; the command line always hands it in."""
        return cast("Making", self.host.making)

    @cached_property
    def fleet(self) -> FleetFolder:
        """The folder of files that say how the timers should be."""
        from globus_tui.procedures.fleet import FleetFolder

        def owner() -> str:
            return self.account.identity_label or self.account.who or ""

        return FleetFolder(self, owner, self.refresh_now, self.tell_notices, self.look)

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
        self.set_interval(60, self.look)
        if self.theme in self.own_themes.themes:
            self.set_interval(2, self._look_at_themes)
        wrong = self.settings.problems
        many = (f"{len(wrong)} faults in the settings; globus-tui doctor lists them.",) if len(wrong) > 1 else ()
        wrong = (*wrong, *self.own_themes.problems)
        self.tell_notices(*many, *(problem if problem.endswith((".", "?")) else f"{problem}." for problem in wrong))
        if self.host.sign_in:  # also where somebody is signed in whom Globus knows no more
            self.call_after_refresh(self.action_app_sign_in)
        elif self.account.who is None:
            from globus_tui.screens.welcome import welcome

            self.call_after_refresh(welcome, self, self.account.tokens_at)

    def _begin_watching(self) -> None:
        """Ask for the timers, unless whoever opened the console has already."""
        unanswered = self.store.freshness.state in (FreshnessState.NEVER, FreshnessState.CACHED)
        if unanswered and not self.store.refresher.reading:
            self.run_worker(self.refresh_now(), group="refresh")
        else:
            self.run_worker(self._look_into_the_journal(), group="journal")
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
        self.store.refresher.rows_on_screen.set()
        if self.account.who is not None:
            self.call_after_refresh(self._begin_watching)  # loads what requests need, beside which nothing is drawn

    def _take_change(self, change: Change) -> None:
        """Hand on what the store published; equal values repaint nothing."""
        before, self.freshness = self.freshness, self.store.freshness
        self.states = self.store.states
        if self.freshness.problem != before.problem:
            self._tell_of_trouble()
        elif self.freshness != before:
            self._keep_trouble_true()
        if change.jobs:
            self.look()
        elif change.collections and self._look_clock is None:
            self._look_clock = self.set_timer(_NAMES_TOGETHER, self.look)
        if change.jobs or change.removed:
            self._tell_news()
        if (job_id := self.host.timer) is not None and job_id in self.states:
            from globus_tui.screens.job_detail import JobDetailScreen

            self.host = self.host._replace(timer=None)
            self.open_screen(JobDetailScreen(job_id, tuple(self.states)))
        self.alerting.look()
        self.book_wake()

    def _tell_of_trouble(self) -> None:
        """Once for each kind of trouble: what is wrong, what to do, and when it is tried again; or that it is over."""
        current = self.freshness
        if current.problem is None:
            self.say("Globus answers again.")
            return
        self.say(self._words_of_trouble(), "error", about="trouble")

    def _words_of_trouble(self) -> str:
        words = header_words(self.freshness, self.store.clock(), self.shown_zone)
        return f"{words}. {self.freshness.advice or ''}".strip()

    def _keep_trouble_true(self) -> None:
        """While the sentence about a trouble stands there, the next try that it names is one that is to come."""
        if self.note.about == "trouble":
            self.note = self.note._replace(words=safe_line(self._words_of_trouble()))

    def watch_who(self) -> None:
        self.store.journal.who = self.who

    def look(self) -> None:
        """Take the present, to the minute: no word on the screen is finer."""
        if self._look_clock is not None:
            self._look_clock.stop()
            self._look_clock = None
        if self._named_collections is not self.store.collections:
            self._named_collections = self.store.collections
            self._names = {key: collection.name for key, collection in self._named_collections.items()}
        self.view = Viewpoint(
            now=self.store.now().replace(second=0, microsecond=0),
            zone=self.shown_zone,
            names=self._names,
            tasks=self.store.tasks,
            ascii=self.host.ascii,
            fleet=self.fleet.differing,
            orders=self.store.decisions,
        )
        self._keep_trouble_true()

    def book_wake(self) -> None:
        if self._wake_clock is not None:
            self._wake_clock.stop()
        wake = self.store.next_wake()
        self._wake_clock = self.set_timer(max(0.05, wake.seconds), self._wake) if wake else None

    def _wake(self) -> None:
        self.run_worker(self._do_what_is_due(), group="refresh")

    async def _do_what_is_due(self) -> None:
        at = self.store.refresher.plan.next_at
        if at is not None and at <= self.store.clock() and (attended := await is_attended(os.environ)) is not None:
            self.store.refresher.set_focus(attended and self.app_focus)
        await self.store.wake()
        self.book_wake()
        self.tell_notices()
        await self._look_into_the_journal()

    async def refresh_now(self) -> None:
        """Read the timers again, after a reading that is under way."""
        await self.store.refresh()
        self.book_wake()
        self.tell_notices()
        await self._look_into_the_journal()

    async def _look_into_the_journal(self) -> None:
        """Tell what became of requests whose answer was lost, and of replaced timers kept long enough."""
        if closed := await self.store.close_requests():
            notes, now = [], self.store.now()
            for change in closed:
                asked_at = moments.since_words(change.asked_at, now, self.shown_zone) if change.asked_at else ""
                notes.append(looked_up_words(change.what, change.name, change.effect, asked_at))
            self.say("  ".join(notes), "information" if all(change.effect for change in closed) else "warning")
            self.book_wake()
        await self.replaced.ask()
        await self.look_after_windows()
        await self.looking_back.begin()
        self.fleet.look_soon()

    def on_app_focus(self) -> None:
        """Somebody looks again: full speed."""
        self.store.refresher.set_focus(True)
        self.looking_back.back()
        self.book_wake()

    def on_app_blur(self) -> None:
        """Nobody looks: slower."""
        self.store.refresher.set_focus(False)
        self.looking_back.leave()
        self.book_wake()

    def open_screen(self, screen: TimerScreen) -> None:
        """Show a screen, bound to what is known of the timers for as long as it lives; called from anywhere.

        Textual binds to the variables of whoever's turn it is, so this waits for the application's own.
        """
        self.call_later(self._open_bound, screen)

    def _open_bound(self, screen: TimerScreen) -> None:
        self.unsay("cursor")
        self._bind(screen)
        self.push_screen(screen)

    def _bind(self, screen: TimerScreen) -> None:
        # Textual forgets a closed screen when each variable it was bound to changes next; some do not for weeks, and
        # with the screen the rows of its day would stay in memory.
        for watchers in getattr(self, "__watchers", {}).values():
            watchers[:] = [pair for pair in watchers if not (isinstance(pair[0], Page) and pair[0].was_left)]
        # It also remembers two colours for each widget there was, and with them the widget's last lines.
        screen._styles_cache.get_inner_outer.cache_clear()
        # Bindings take hold after a screen's own mounting, which reads what it is about: so it is told beforehand, too.
        for name in _SHARED:
            screen.set_reactive(getattr(TimerScreen, name), getattr(self, name))
        screen.data_bind(*(getattr(GlobusTui, name) for name in _SHARED))
        screen.fit(self.size)

    def write_raw(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    # --- words for the user

    def say(self, words: str, severity: str = "information", *, about: str = "") -> None:
        """Put a sentence on the note line of every screen. Text of the service may stand in it: it is made harmless.

        What is `about` something leaves with it, see `unsay`.
        """
        self.note = Note(safe_line(words), severity, about)
        self.activity.note_message(words, severity)

    def say_none(self, words: str) -> None:
        """Say that no timer is so, or that this is not known."""
        self.say(none_words(words, self.freshness, self.store.clock(), self.shown_zone))

    def unsay(self, about: str) -> None:
        if self.note.about == about:
            self.note = Note()

    def tell_notices(self, *notices: str) -> None:
        """Say, each once, what there is to know of the settings and of where and how long the tokens are kept."""
        unread = (self.store.ledger_problem,) if self.store.ledger_problem else ()
        new = [notice for notice in (*notices, *self.account.notices(), *unread) if notice not in self._notices_shown]
        self._notices_shown.update(new)
        if new:
            before = (self.note.words,) if self.note.about == "notices" else ()  # nobody had time to read those
            self.say("  ".join((*new, *before)), "warning", about="notices")

    def _fatal_error(self) -> None:
        """Show a crash without local variables, which Textual would show: in libraries those hold tokens and codes."""
        from rich.console import Group
        from rich.traceback import Traceback

        replaced = isinstance(sys.exception(), ImportError)  # what a page needs is loaded when that is opened
        words = ["Files of this program were changed while it ran, as by an upgrade: start it again."] * replaced
        self.bell()
        self.panic(Group(Traceback(), *words))

    # --- what takes several steps

    def attempt(self, work: Awaitable[object], *, group: str, of: str = "") -> None:
        """Do something in a worker that outlives the screen; a GlobusTuiError that ends it is said.

        `of`: the name of the timer that it is about: the cursor may be on another one when it ends.
        """
        self.run_worker(self._attempt(work, of), group=group)

    async def _attempt(self, work: Awaitable[object], of: str) -> None:
        try:
            await work
        except GlobusTuiError as wrong:
            self.say(f"{of}: {wrong.in_full}" if of else wrong.in_full, "error")

    def operate(
        self, operations: Sequence[Operation], *, then: Callable[[Sequence[Outcome]], None] | None = None
    ) -> None:
        self._operations.start(operations, then=then)

    def signed_in(self, who: str | None) -> None:
        """There are tokens again: say so, and read the timers at once."""
        self.who = who
        self.store.refresher.signed_in(fresh=True)
        self.say(f"signed in as {who}")
        self.tell_notices()
        self.book_wake()

    def take_account(self) -> None:
        """Whoever signed in meanwhile is shown, and what stood still for want of tokens goes on."""
        if self.account.who != self.who or self.freshness.state is FreshnessState.SIGNED_OUT:
            self.who = self.account.who
            self.store.refresher.signed_in()
            self.book_wake()

    def action_app_sign_in(self) -> None:
        self.sign_in.start()

    def create(self, wizard: WizardScreen) -> None:
        from globus_tui.procedures.create import Create

        self.run_worker(Create(self, wizard).run(), group="create")

    def replace_timer(self, wizard: WizardScreen, old: JobReading) -> None:
        from globus_tui.procedures.create import Replace

        self.run_worker(Replace(self, wizard, old).run(), group="create")

    def reanchor(self, state: JobState) -> None:
        """Show what would keep a timer's hour across clock changes, and do it when that is agreed."""
        from globus_tui.procedures.create import reanchor

        self.attempt(reanchor(self, state), group="create", of=state.job.label)

    def skip(self, state: JobState) -> None:
        from globus_tui.procedures.create import skip

        self.attempt(skip(self, state), group="create", of=state.job.label)

    def go_back(self, state: JobState) -> None:
        self.run_worker(self.replaced.go_back(state), group="create")

    def start_now(self, state: JobState, choice: RunChoice, files: int) -> None:
        from globus_tui.procedures.create import start_now

        self.attempt(start_now(self, state, choice, files), group="create", of=state.job.label)

    def watch_next_runs(self, job_ids: Iterable[JobId], since: datetime) -> None:
        """Tell when the next runs of repaired timers have started, or that they were stopped again.

        Args:
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

    # --- keys and the commands that every screen has

    async def on_event(self, event: Event) -> None:
        """Whoever presses a key is there, also where tmux tells nobody that its session is shown again."""
        if isinstance(event, Key) and not self.store.refresher.plan.focused:
            self.post_message(AppFocus())
        await super().on_event(event)

    def goes_first(self, key: Key) -> bool:
        return key.key in self.settings.keys["app.stop"].split(",")

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Textual's own, through which the keys of all pages come."""
        _, name, _ = parse_action(action) if isinstance(action, str) else action
        if self.settings.read_only and name in _CHANGES and not _of_profiles(default_namespace):
            self._key_is_free = False
            self.refuse_change()
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def refuse_change(self) -> None:
        self.say(ReadOnly().in_full, "warning")

    def say_unbound(self, key: Key) -> None:
        """Say that a key does nothing here, and which one tells what others do.

        An Enter that was typed before the program took the terminal comes as ctrl+j. It counts as little as any other
        key that nobody bound: who typed it had not seen on what it would act.
        """
        words = f"{named_key(key.key)} does nothing here."
        if key.key == "ctrl+j":
            words = "An Enter from before the start does not count: press it again."
        elif not isinstance(self.screen, Question):
            words = f"{words[:-1]}; {key_words(self.settings.keys, 'app.help')} lists the keys."
        self.tell_for_now(words)

    def tell_for_now(self, words: str) -> None:
        if isinstance(self.screen, Page):
            self.screen.tell(words)
            self._told_for_now = (self.screen, words)

    def untell(self) -> None:
        (page, words), self._told_for_now = self._told_for_now or (None, ""), None
        if page is not None:
            page.untell()
        if page is not None and self.note.words == words:
            self.note = Note()

    def action_app_info(self) -> None:
        from globus_tui.screens.about_self import AboutSelf, own_cost

        lasted, done = time.monotonic() - self.started_at, self.activity
        cost = own_cost(self.store, requests=done.requests, received=done.bytes_received, lasted=lasted)
        self.push_screen(AboutSelf(cost))

    def _open_unless_there(self, kind: type[TimerScreen], *arguments: object) -> None:
        if not isinstance(self.screen, kind):
            self.open_screen(kind(*arguments))  # type: ignore[arg-type]  # as its own `__init__` has them

    def _narrowed_to(self) -> frozenset[JobId] | None:
        """The timers that a filter leaves on the screen; None while all are shown."""
        job_ids: frozenset[JobId] | None = getattr(self.screen, "narrowed_to", lambda: None)()
        return job_ids

    def action_jobs_activity(self) -> None:
        from globus_tui.screens.activity import ActivityScreen

        self.open_screen(ActivityScreen())

    def action_jobs_agenda(self) -> None:
        """Show what runs when: of the timers that the list shows, if it is narrowed."""
        from globus_tui.screens.agenda import AgendaScreen

        self._open_unless_there(AgendaScreen, self._narrowed_to())

    def action_jobs_windows(self) -> None:
        """List maintenance windows, and open one for the timers in question."""
        from globus_tui.screens.windows import WindowsScreen

        self._open_unless_there(WindowsScreen, tuple(getattr(self.screen, "target_ids", tuple)()))

    def action_jobs_fleet(self) -> None:
        from globus_tui.procedures.fleet import NO_FOLDER
        from globus_tui.screens.fleet import FleetScreen

        if self.fleet.where is None:
            self.say(NO_FOLDER)
        else:
            self._open_unless_there(FleetScreen)

    async def look_after_windows(self) -> None:
        """Do what windows are due for, warn of those that should have ended, and take what others decided meanwhile."""
        try:
            await self.store.look_into_ledger()
            windows = await self.windows.all()
            if windows and not self.settings.read_only and self.store.freshness.state is FreshnessState.FRESH:
                for window, outcomes in await self.windows.due():
                    done = sum(isinstance(outcome, Done) for outcome in outcomes.values())
                    words = f"maintenance window {window.reason or window.window_id}"
                    verb = "closed" if window.overdue(self.store.now()) else "begun"
                    self.say(f"{words} {verb}: {done} of {len(outcomes)} timers done", "warning")
        except GlobusTuiError as wrong:
            self.tell_notices(wrong.in_full)
            return
        if self.freshness.state is FreshnessState.FRESH:
            self._count_sources()
        now = self.store.now()
        if not (overdue := [window for window in windows if window.overdue(now)]):
            return
        from globus_tui.present.report_words import overdue_words

        how = f"{key_words(self.settings.keys, 'jobs.windows')} closes it."
        self.tell_notices(*(overdue_words(window, now, self.shown_zone, how) for window in overdue))

    @work(group="sources", exclusive=True)
    async def _count_sources(self) -> None:
        with suppress(GlobusTuiError):  # the ledger's own trouble is told where it is read
            await self._source_counts.count()

    def _offer_step(self, *, redo: bool) -> None:
        """Say what would take the last change back, or do it again, and do that when it is agreed."""
        from globus_tui.procedures.undoing import offer

        self.run_worker(offer(self, redo=redo), group="journal", exclusive=True)

    action_jobs_undo = partialmethod(_offer_step, redo=False)
    action_jobs_redo = partialmethod(_offer_step, redo=True)

    def action_jobs_journal(self) -> None:
        from globus_tui.screens.journal import JournalScreen

        self._open_unless_there(JournalScreen)

    def action_jobs_alerts(self) -> None:
        from globus_tui.screens.show_text import BareText

        if not (lines := self.alerting.lines()):
            self.say_none("No timer turned bad or well again since the start.")
            return
        self.push_screen(BareText("\n".join(lines)))
        self.alerting.mark_seen()

    def action_jobs_changes(self) -> None:
        from globus_tui.screens.show_text import BareText

        if self.looking_back.changes:
            self.push_screen(BareText("\n".join(self.looking_back.lines())))
        else:
            self.say_none("Nothing changed since you last looked.")

    def action_jobs_impact(self) -> None:
        from globus_tui.screens.impact import ImpactScreen

        self._open_unless_there(ImpactScreen)

    def action_jobs_report(self) -> None:
        """Show the page for the change of shift: of the timers that the list shows, if it is narrowed."""
        from globus_tui.screens.report import ReportScreen

        self._open_unless_there(ReportScreen, self._narrowed_to())

    def action_jobs_replaced(self) -> None:
        """List old timers that are kept after an edit, and offer to delete them."""
        self.run_worker(self.replaced.offer(), group="journal", exclusive=True)

    def action_jobs_refresh(self) -> None:
        """Read the timers again now, and say what that brought."""
        self.run_worker(self._refresh_and_say(), group="refresh")

    async def _refresh_and_say(self) -> None:
        before, read_at, note = self.store.states, self.store.freshness.checked_at, self.note
        await self.refresh_now()
        after, freshness = self.store.states, self.store.freshness
        if freshness.problem is not None or read_at is None or freshness.checked_at == read_at:
            return  # what is wrong has been said
        if self.note is not note:
            return  # the reading brought news of its own, which weigh more
        changed = 0
        if after is not before:
            told = {job_id: row.said for job_id, row in before.rows.items()}
            changed = sum(told.pop(job_id, None) != row.said for job_id, row in after.rows.items()) + len(told)
        self.say(f"read again: {counted(changed, 'timer') if changed else 'nothing'} changed")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Not what cannot be called on the page in front."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        left_out = set(EVERYWHERE) - set(screen.EVERYWHERE_SHOWN) if isinstance(screen, TimerScreen) else ()
        if any(command.action == action for command in left_out):
            return False
        return super().check_action(action, parameters)

    def action_app_help(self) -> None:
        from globus_tui.screens.help import Help

        about = self.screen.help_text() if isinstance(self.screen, TimerScreen) else ""
        self.push_screen(Help(_commands(self.screen), self.settings.keys, about))

    def action_app_palette(self) -> None:
        from globus_tui.screens.help import Palette

        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(placeholder="type a part of a command's name", id="--command-palette"))

    async def open_command_line(self, begin: str = "") -> None:
        from globus_tui.procedures.command_line import open_command_line

        await open_command_line(self, begin)

    action_app_command = open_command_line
    action_command_palette = action_app_palette

    def action_app_back(self) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self._ask_to_quit()

    def _ask_to_quit(self) -> None:
        self._ask_to_leave("Quit?", "Nothing is changed at Globus; timers go on without this program.", "quit", None)

    def _ask_to_leave(self, heading: str, what: str, verb: str, switch: Switch | None) -> None:
        """Leave, or open something else, once it is agreed; of changes that are under way it is said what that does."""
        from globus_tui.screens.confirm import Confirm

        if any(isinstance(screen, Confirm) and screen.question == heading for screen in self.screen_stack):
            return  # ctrl+q once more
        if waiting := self._changes_under_way():
            changes = "1 change is" if waiting == 1 else f"{waiting} changes are"
            what = f"{changes} under way: what was not sent yet is given up."
        Confirm(heading, (what,), verb=verb).ask(lambda _: self.exit(switch))

    def _changes_under_way(self) -> int:
        """Rows that wait for a change, or requests of a timer that has no row yet."""
        return max(self.states.under_way, len(self.store.journal.under_way))

    def action_app_quit(self) -> None:
        if self._changes_under_way():
            self._ask_to_quit()
        else:
            self.exit()

    def action_app_stop(self) -> None:
        self.exit()

    def action_app_redraw(self) -> None:
        self.redraw()

    def action_app_suspend(self) -> None:
        self.action_suspend_process()

    def action_app_zone(self) -> None:
        if self.host.zone is UTC:
            self.say("Your zone is UTC; --zone or the setting zone names another.")
            return
        to_utc = self.shown_zone is not UTC
        self.shown_zone = UTC if to_utc else self.host.zone
        self.look()
        self.say("times are now in UTC" if to_utc else "times are now in your zone")

    def action_app_refresh_interval(self) -> None:
        from globus_tui.screens.confirm import ask, check_interval

        def take(seconds: float) -> None:
            self.store.refresher.set_interval(seconds)
            self.book_wake()
            self.say(f"refreshing every {seconds:g} s" if seconds else "refreshing is off")

        floor = self.host.floor
        sentence = f"Seconds between refreshes, at least {floor:g}; 0 turns them off."
        ask("Refresh interval", (sentence, "", partial(check_interval, floor=floor)), then=take)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the commands of this screen and of every screen, with their keys."""
        for command in _commands(screen):
            owner = screen if hasattr(screen, f"action_{command.action}") else self
            action = getattr(owner, f"action_{command.action}", None)
            if self.settings.read_only and command.action in _CHANGES and not _of_profiles(screen):
                action = self.refuse_change
            if action is not None:
                key = key_words(self.settings.keys, command.command_id)
                yield SystemCommand(f"{command.words}  ({key})", command.help, action)

    # --- profiles

    def action_app_profile(self) -> None:
        """Show the profiles; a service account and the demo have but one."""
        from globus_tui.auth.records import checked_name
        from globus_tui.screens.profiles import ProfilesScreen

        if self.host.profiles is None:
            whose = "The demo has one pretend profile" if self.host.demo else f"This is the {self.account.who}"
            self.say(f"{whose}: there are no profiles to switch to.", "warning")
        else:
            self._open_unless_there(ProfilesScreen, self.host.profiles, checked_name)

    def open_profile(self, name: str, *, sign_in: bool = False, timer: JobId | None = None) -> None:
        """Start again as another profile: a fresh store, so that nothing is shown under the wrong name."""
        switch = Switch(profile=name, sign_in=sign_in, timer=timer)
        if self._changes_under_way():
            self._ask_to_leave(f"Open the profile {name}?", "", "open it", switch)
        else:
            self.exit(switch)

    # --- out of the terminal

    def copy_text(self, text: str) -> None:
        """Send a text to the clipboard, and show it, since nobody can tell whether it arrived."""
        from globus_tui.screens.show_text import BareText

        self.push_screen(BareText(text))
        self.send_text(text)

    def send_text(self, text: str) -> None:
        self.run_worker(self._send_to_clipboard(text), group="clipboard")

    async def _send_to_clipboard(self, text: str) -> None:
        if inside_tmux(os.environ) and await send_to_tmux(text):
            self.say("sent to tmux's buffer and, where it may, to your terminal's clipboard")
        else:
            self.copy_to_clipboard(text)
            self.say("sent to your terminal's clipboard (OSC 52); not every terminal takes it")


def _commands(screen: Screen[object]) -> tuple[Command, ...]:
    """Those of a page, and of every page."""
    return (*screen.COMMANDS_SHOWN, *screen.EVERYWHERE_SHOWN) if isinstance(screen, TimerScreen) else EVERYWHERE


__all__ = ["GlobusTui", "Host", "Switch"]

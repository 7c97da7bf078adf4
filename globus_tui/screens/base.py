"""What every screen of timers shares: title, note line, key hints, and reasons why a key cannot act."""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from textual import on
from textual.content import Content
from textual.events import Resize
from textual.reactive import var

from globus_tui.commands import CHANGING, EVERYWHERE, SEARCH, Command, bindings, key_words
from globus_tui.present.freshness_words import header_words, short_freshness
from globus_tui.present.safe_text import cell_width, clip, safe_line
from globus_tui.store.board import NO_STATES, States
from globus_tui.store.refresh_plan import Freshness, FreshnessState
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.page import Page
from globus_tui.widgets.text_line import NoteLine, TextLine
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.dom import DOMNode
    from textual.geometry import Size

    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row


LOCK = " READ-ONLY "
"""Stands first in the title where nothing is changed."""
PRODUCTION = " PRODUCTION "
"""Stands there where what is changed counts; the red of the frame is not for everybody."""
_BACK = [command for command in EVERYWHERE if command.command_id == "app.back"]
"""Bound on each screen: a key that only the application binds never reaches a screen's own way back."""


N = TypeVar("N", bound="DOMNode")


def once_more(work: Callable[[N], Awaitable[None]]) -> Callable[[N], None]:
    """Of work that takes long: asked for while it is done, it is done once more behind that.

    Given up at each of many changes it would never be shown, and what it does in a thread would go on nevertheless.
    """
    name = f"_times_{work.__name__}"

    async def until_no_more(node: N) -> None:
        while times := vars(node)[name]:
            await work(node)
            vars(node)[name] -= times

    @wraps(work)
    def ask(node: N) -> None:
        vars(node)[name] = times = vars(node).get(name, 0) + 1
        if times == 1:
            node.run_worker(until_no_more(node), group=work.__name__)

    return ask


class Note(NamedTuple):
    """The last message to the user: safe text, `information`, `warning` or `error`, and what it is about."""

    words: str = ""
    severity: str = "information"
    about: str = ""


class LineCommand(NamedTuple):
    """A command that takes words.

    Attributes:
        run: does it with the words; why it cannot, else None.
        complete: what the words may become.
    """

    run: Callable[[str], str | None]
    complete: Callable[[str], Sequence[str]] = lambda _: ()


class TimerScreen(Page[None]):
    """A full screen. The application binds its variables to these when it opens one (`GlobusTui.open_screen`).

    The keys of what it shows are bound here, but for those that a list or `Searching` has itself.
    """

    app: Console  # type: ignore[assignment]  # the application fulfils it

    SCOPED_CSS = False  # a sheet is for all that its screen shows
    ABOUT: ClassVar[str] = ""
    CALLED: ClassVar[str] = "globus_tui"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = ()
    EVERYWHERE_SHOWN: ClassVar[tuple[Command, ...]] = EVERYWHERE
    """The commands of every screen that can be called on this one too."""
    COMMANDS_BOUND: ClassVar[tuple[Command, ...]] = ()
    """Those whose keys are bound here, where these are not those of `COMMANDS_SHOWN`."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-tall"), (32, "-high")]

    states: var[States] = var(NO_STATES)
    freshness: var[Freshness] = var(Freshness())
    view: var[Viewpoint] = var(Viewpoint())
    note: var[Note] = var(Note())
    who: var[str | None] = var(None)
    alert: var[str] = var("")
    _consent_offered = False

    def __init_subclass__(cls, **options: Any) -> None:
        shown = cls.__dict__.get("COMMANDS_SHOWN", ())
        own = cls.COMMANDS_BOUND or [
            command for command in shown if not command.command_id.startswith("list.") and command not in SEARCH
        ]
        cls.BINDINGS = [*bindings((*own, *_BACK))]
        super().__init_subclass__(**options)

    def line_commands(self) -> dict[str, LineCommand]:
        return {}

    def help_text(self) -> str:
        """What the page of help says above the keys, in lines."""
        return self.ABOUT

    def fit(self, size: Size) -> None:
        """Take the classes for a size: told beforehand, the screen need not be styled again when it gets that size."""
        for cells, breakpoints in ((size.width, self.HORIZONTAL_BREAKPOINTS), (size.height, self.VERTICAL_BREAKPOINTS)):
            fitting = max((point for point in breakpoints or () if cells >= point[0]), default=None)
            if fitting is not None:
                self.add_class(fitting[1], update=False)  # nothing of it is styled yet

    def compose(self) -> ComposeResult:
        yield TextLine(id="title")
        yield TextLine(id="signed-out")
        yield TextLine(id="alert")
        yield from self.compose_middle()
        yield NoteLine(id="note")
        refused = CHANGING if self.app.settings.read_only else frozenset[str]()
        shown = (*self.COMMANDS_SHOWN, *self.EVERYWHERE_SHOWN)
        yield KeyHints(shown, self.app.settings.keys, wording=self.words_of, refused=refused)

    def compose_middle(self) -> ComposeResult:
        yield from ()

    def tell(self, words: str) -> None:
        self.app.say(words, "warning")

    def title_words(self) -> str:
        return self.CALLED

    def words_of(self, command: Command) -> str:
        """Words of a command at this moment."""
        return command.words

    def key_of(self, command_id: str) -> str:
        return key_words(self.app.settings.keys, command_id)

    def safe(self, text: str) -> str:
        """A text of a service made harmless, in letters that this terminal can draw."""
        return safe_line(text, ascii_only=self.view.ascii)

    def action_app_back(self) -> None:
        self.app.action_app_back()

    async def whole(self, rows: Iterable[Row]) -> dict[JobId, JobState]:
        """The timers of rows, made whole beside the keys: there may be thousands."""
        return await asyncio.to_thread(self.states.whole, tuple(rows))

    def offer_consent(self, error: GlobusTuiError, why: str, again: Callable[[], object]) -> None:
        """When a reading was refused for want of a consent, ask for it and read once more; once for each screen.

        Screens read again by themselves: somebody who declined is not asked at every turn.

        `error`: the refusal; anything that does not say what Globus wants is left alone.
        """
        if error.gare is not None and not self._consent_offered:
            self._consent_offered = True
            self.app.sign_in.start_consent(error.gare, why, again)

    def show_title(self) -> None:
        """Write the title: where one is, as whom, and how fresh the data are, which is left out last."""
        host, title, clock = self.app.host, self.query_one("#title", TextLine), self.app.store.clock()
        marks = (LOCK if self.app.settings.read_only else "") + (PRODUCTION if self.app.settings.production else "")
        bare = f"{marks} {safe_line(self.title_words())}"
        place = f"{bare}  [{safe_line(self.app.settings.profile)}{' demo' if host.demo else ''}]"
        who = safe_line(self.who or "not signed in")
        full = safe_line(header_words(self.freshness, clock, self.view.zone))
        short = safe_line(short_freshness(self.freshness, clock, self.view.zone))
        if self.who is None and self.freshness.state is FreshnessState.NEVER:
            full = short = "nothing read yet"  # nobody is signed in, so nothing is asked either
        room = self.app.size.width - 3
        least = clip(bare, max(0, room - cell_width(short))), short
        choices = ((f"{place} {who}", full), (f"{place} {who}", short), (place, short), (bare, short))
        fits = (choice for choice in choices if cell_width(choice[0]) + cell_width(choice[1]) <= room)
        left, right = next(fits, least)
        lock = len(marks) if left.startswith(marks) else 0
        title.left = Content.styled(left[:lock], "reverse bold") + Content(left[lock:])
        title.right = Content.styled(f"{right} ", "$text-error bold" if self.freshness.is_old else "")

    def show_banner(self) -> None:
        """One line while nothing is read for want of a sign-in: why, and the key that goes on."""
        banner, freshness = self.query_one("#signed-out", TextLine), self.freshness
        banner.display = freshness.state is FreshnessState.SIGNED_OUT or freshness.gare is not None
        if banner.display:
            heading = "SIGNED OUT" if freshness.gare is None else "SIGN-IN WANTED"
            why = safe_line(freshness.problem or "")
            banner.left = Content(
                f" {heading}: press {self.key_of('app.sign-in')} to sign in, then all goes on from here. {why}"
            )

    @on(Resize)
    def pass_over_old_sizes(self, event: Resize) -> None:
        """Lay nothing out for a size that is not the terminal's any more.

        Textual tells a screen of every layout: two sizes on their way at one time, as when the screen opens, would
        follow each other for ever.
        """
        if event.size != self.app.size:
            event.prevent_default()

    def on_resize(self) -> None:
        self.show_title()

    def watch_freshness(self) -> None:
        if self.is_mounted:
            self.show_title()
            self.show_banner()

    def watch_who(self) -> None:
        if self.is_mounted:
            self.show_title()

    def watch_view(self) -> None:
        if self.is_mounted:
            self.show_title()

    def watch_note(self) -> None:
        if self.is_mounted:
            line = self.query_one("#note", NoteLine)
            line.set_class(self.note.severity == "error", "-error")
            line.set_class(self.note.severity == "warning", "-warning")
            line.left = Content(f" {self.note.words}" if self.note.words else "")

    def watch_alert(self) -> None:
        if self.is_mounted:
            line = self.query_one("#alert", TextLine)
            line.display = bool(self.alert)
            line.left = Content(self.safe(f" ALERT {self.alert}"))
            line.right = Content(f"{self.key_of('jobs.alerts')} sees it ")

    def on_mount(self) -> None:
        self.show_title()
        self.show_banner()
        self.watch_alert()
        self.watch_note()


class OneTimerScreen(TimerScreen):
    """A screen about one timer. It keeps the id only: what is shown is looked up in the application's states."""

    PART: ClassVar[str] = ""
    """What of it is shown, behind its name in the title."""

    def __init__(self, job_id: JobId) -> None:
        super().__init__()
        self.job_id = job_id

    @property
    def state(self) -> JobState | None:
        """The timer as it is known now; None when it is not there any more."""
        return self.states.get(self.job_id)

    def title_words(self) -> str:
        state = self.state
        return f"Timers > {state.job.label if state else 'not there any more'}{self.PART}"

    def target_ids(self) -> tuple[JobId, ...]:
        return (self.job_id,) if self.job_id in self.states else ()

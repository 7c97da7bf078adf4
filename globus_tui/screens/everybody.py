"""Timers of all profiles in one list: each profile is read by itself; one that cannot be hides none of the others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on
from textual.content import Content

from globus_tui.commands import EVERYBODY, Command
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.timer.sorting import in_order
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.present import moments
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.screens.job_order import JobOrder
from globus_tui.screens.narrowing import Narrowing
from globus_tui.store.board import NO_STATES, States
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.widgets.job_table import TimerTable, health_cell
from globus_tui.widgets.text_line import NoteLine, TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row
    from globus_tui.widgets.viewpoint import Viewpoint


NOBODY = JobId("")
"""Stands where a line is about a whole profile."""


class Look(NamedTuple):
    """What is known of one profile.

    Attributes:
        states: its timers as they were read last; none before that, and none of anybody else.
        problem: why they could not be read again; None when they could.
        signed_out: somebody has to sign in under it.
    """

    profile: str
    states: States = NO_STATES
    names: Mapping[str, str] = {}
    read_at: datetime | None = None
    problem: str | None = None
    signed_out: bool = False


class _Line(NamedTuple):
    """A timer of a profile; without a row the profile itself, of which there is something to say."""

    key: tuple[str, JobId]
    look: Look
    row: Row | None

    @property
    def job_id(self) -> JobId:
        return self.key[1]

    @property
    def source(self) -> str:
        return self.row.source if self.row else ""

    @property
    def destination(self) -> str:
        return self.row.destination if self.row else ""


class _Table(TimerTable[_Line]):
    """The columns of the list, and whose each timer is. Lines stand where the list has rows."""

    def state_of(self, row: _Line) -> JobState:
        return row.look.states[row.job_id]

    def view_of(self, row: _Line) -> Viewpoint:
        """Collections have the names that its own profile may see."""
        return replace(self._row_view, names=row.look.names)

    def set_columns(self, columns: Sequence[Column[_Line]]) -> None:
        profile = Column[_Line]("profile", "PROFILE", lambda row: row.look.profile, min_width=8, max_width=16)
        ours = (each._replace(min_width=min(each.min_width, 22), cell=partial(self._cell, each)) for each in columns)
        super().set_columns((profile, *ours))

    def _cell(self, column: Column[_Line], line: _Line) -> Cell:
        """A cell of a row; a profile that cannot be read now has its last rows, and a line of its own that says why."""
        look, view = line.look, self._row_view
        if line.row and not look.problem:
            return column.cell(line)
        if column.id == "health":
            return health_cell(Word.SIGN_IN if look.signed_out and not line.row else Word.UNKNOWN, view)
        if line.row is None and column.id == "name":
            return Span("the whole profile", "muted")
        if column.id == "why":
            old = line.row is not None and look.read_at is not None
            return f"as it was {moments.ago(look.read_at, view.now)}" if old and look.read_at else look.problem or ""
        return column.cell(line) if line.row is not None else ""


def _value(of: Mapping[str, Callable[[Row], object]], line: _Line) -> object:
    return of[line.look.profile](line.row) if line.row else None


class EverybodyScreen(Narrowing):
    """The list. Its own profile's timers are those of the application; of the others only this screen knows."""

    ABOUT = (
        "The timers of all profiles, the worst first. Filter, order and columns are those of the timer list; profile: "
        "finds those of one. Enter opens a timer of this profile, and asks before it goes over to the profile of any "
        "other: nothing is changed here under another name."
    )
    CALLED = "Timers of all profiles"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = EVERYBODY
    AUTO_FOCUS = "#everybody"

    def __init__(self, watch: Callable[[Callable[[Look], None]], Coroutine[Any, Any, None]]) -> None:
        """Make the screen; `watch` reads the other profiles again and again, and tells what it found of each."""
        super().__init__()
        self._everybody_watch = watch
        self._everybody_looks: dict[str, Look] = {}
        self._row_order = JobOrder()
        self._everybody_orders: dict[str, JobOrder] = {}

    def compose_middle(self) -> ComposeResult:
        yield NoteLine(id="everybody-profiles")
        yield TextLine(id="narrowed")
        yield _Table(id="everybody")

    def on_mount(self) -> None:
        self.look_by(self.app.list_memory.last)
        self.show_jobs()
        self.run_worker(self._everybody_watch(self._take), group="look-up")

    def _take(self, look: Look) -> None:
        before = self._everybody_looks.get(look.profile)
        if before is not None and look.problem is not None:
            look = before._replace(problem=look.problem, signed_out=look.signed_out)
        self._everybody_looks[look.profile] = look
        self.show_jobs()

    def watch_states(self) -> None:
        self.show_jobs()

    def watch_view(self) -> None:
        super().watch_view()
        self.show_jobs()

    def watch_freshness(self) -> None:
        super().watch_freshness()
        self.show_jobs()

    def _known_names(self) -> dict[str, tuple[str, ...]]:
        names = sorted({name for look in self._looks() for name in look.names.values()}, key=str.casefold)
        return {"from": tuple(names), "to": tuple(names), "profile": tuple(look.profile for look in self._looks())}

    def _looks(self) -> list[Look]:
        freshness = self.freshness
        signed_out = self.who is None or freshness.state is FreshnessState.SIGNED_OUT
        problem = freshness.problem or ("Nobody is signed in." if self.who is None else None)
        own = Look(self.app.settings.profile, self.states, self.view.names, freshness.checked_at, problem, signed_out)
        return [own, *(self._everybody_looks[profile] for profile in sorted(self._everybody_looks))]

    def show_jobs(self) -> None:
        """The rows of each profile as its own list would leave and order them, in one order; faults of one on top."""
        if not self.is_mounted or not self.is_attached:
            return
        order, lines = self._row_order, list[_Line]()
        views: dict[str, Viewpoint] = {}
        shown: dict[str, int] = {}
        looks = self._looks()
        for look in looks:
            views[look.profile] = view = replace(self.view, names=look.names)
            job_order = self._everybody_orders.setdefault(look.profile, JobOrder(look.profile, grouping=False))
            job_order.follow(order)
            rows = job_order.rows(look.states, view)
            shown[look.profile] = len(rows)
            lines += [_Line((look.profile, row.job_id), look, row) for row in rows]
        lines.sort(key=lambda line: (line.row, line.key))
        for column, turned in reversed(((order.column, order.descending), *order.then)):
            values = {look.profile: order.value(column, look.states, views[look.profile]) for look in looks}
            lines = in_order(lines, partial(_value, values), descending=turned)
        whole = [_Line((look.profile, NOBODY), look, None) for look in looks if look.problem is not None]
        listed = self.query_one(_Table)
        listed.look_from(self.view)
        listed.sorted_by = (order.column.name.lower(), order.descending)
        listed.empty = "Nothing matches.\nEscape clears the filter, ! shows all timers." if order.is_narrowed else ""
        on_top = listed.cursor_position == 0
        listed.set_rows((*whole, *lines))
        if on_top:  # nobody has chosen that row: what is told of a profile comes above it
            listed.action_first()
        listed.reformat()
        words = "  ".join(self._profile_words(look, shown[look.profile]) for look in looks)
        self.query_one("#everybody-profiles", NoteLine).left = Content(f" {words}")
        line = self.query_one("#narrowed", TextLine)
        line.left = self._narrowed_words()
        line.display = bool(line.left.plain)

    def _profile_words(self, look: Look, shown: int) -> str:
        # Of a profile that is not read it is not known, and each of its rows says so.
        trouble = sum(row.is_trouble for row in look.states.rows.values()) if look.problem is None else 0
        known = counted(len(look.states), "timer") if look.read_at else "not read yet"
        if look.read_at and self._row_order.is_narrowed:
            known = f"{shown} of {known}"
        if look.problem is not None:
            unread = "SIGN-IN" if look.signed_out else "NOT READ"
            known = f"{unread}, {known}" if look.read_at else unread
        return f"{safe_line(look.profile)}: {known}{f', {trouble} need you' if trouble else ''}."

    @on(_Table.Chosen)
    def open_the_timer(self, chosen: _Table.Chosen) -> None:
        """Open a timer of this profile; go over to another profile when that is agreed."""
        from globus_tui.screens.confirm import Confirm
        from globus_tui.screens.job_detail import JobDetailScreen

        row = self.query_one(_Table).cursor_row
        if row is None or row.key != chosen.key:
            return
        profile, look = row.look.profile, row.look
        if profile == self.app.settings.profile and row.row is not None:
            self.app.open_screen(JobDetailScreen(row.job_id, tuple(self.states)))
        elif profile == self.app.settings.profile:
            self.app.action_app_sign_in()
        else:
            timer = row.row.job_id if row.row is not None else None
            words = f"There {look.states[timer].job.label} is opened." if timer else look.problem or ""
            sheet = Confirm(
                f"Go over to the profile {profile}?",
                (words, f"From then on all is shown and done as {profile}. P leads back."),
                verb="go over",
            )
            sheet.ask(lambda _: self.app.open_profile(profile, sign_in=look.signed_out, timer=timer))

    def action_app_back(self) -> None:
        """Unwind one level: the filter line, the filter; then back to the list."""
        if not self._leave_filter():
            self.app.action_app_back()

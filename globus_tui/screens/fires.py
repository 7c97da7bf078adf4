"""The next fire times of one timer, and everything about its schedule and what it moves, in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from globus_tui.commands import FIRES, LIST_MOVES, SEARCH, Command, bindings
from globus_tui.lines.columns import Cell, Span
from globus_tui.present.timer_facts import Fact, schedule_facts, what_facts
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.job_actions import why_not
from globus_tui.screens.searching import Searching
from globus_tui.widgets.text_lines import TextLines
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from globus_tui.domain.timer.job import JobId

_SHOWN = 10
_ALL = 100_000


class FiresScreen(Searching, TimerScreen):
    """Ten fire times in local time, UTC and from now; then schedule, items and options without anything left out."""

    ABOUT = "When this timer runs and what it moves, in full. Times are local, then UTC, then from now."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = FIRES
    BINDINGS = bindings(one for one in FIRES if one not in (*LIST_MOVES, *SEARCH))  # type: ignore[assignment]  # as in app
    AUTO_FOCUS = "#lines"

    def __init__(self, job_id: JobId) -> None:
        super().__init__()
        self.job_id = job_id

    def compose_middle(self) -> ComposeResult:
        yield self.search_field()
        yield TextLines(id="lines")

    def on_mount(self) -> None:
        self.show_facts()

    def title_words(self) -> str:
        state = self.states.get(self.job_id)
        return f"Timers > {state.job.label if state else 'not there any more'} > fire times"

    def action_job_reanchor(self) -> None:
        state = self.states.get(self.job_id)
        reason = why_not("job.edit", (state,) if state else (), self.app.freshness.state)
        if reason is not None:
            self.app.say(reason, "warning")
        elif state is not None:
            self.app.reanchor(state)

    def watch_states(self) -> None:
        self.show_facts()

    def watch_view(self) -> None:
        super().watch_view()
        self.show_facts()

    def show_facts(self) -> None:
        """Write the lines."""
        if not self.is_mounted or not self.is_attached:
            return
        lines, state = self.query_one(TextLines), self.states.get(self.job_id)
        lines.ascii_only = self.view.ascii
        if state is None:
            lines.show(("This timer is not there any more.",))
            return
        case = case_of(state, self.view)
        what = what_facts(case, self.app.store.collections, items=_ALL, in_full=True)
        lines.show((*_block("When", schedule_facts(case, _SHOWN)), "", *_block("What", what)))


def _block(heading: str, facts: Iterable[Fact]) -> Iterable[Cell]:
    rows = tuple(facts)
    widest = max(len(fact.label) for fact in rows) if rows else 0
    yield Span(heading, "bold")
    for fact in rows:
        style = fact.style if fact.style in ("warning", "muted", "accent") else ""
        yield (Span(f"{fact.label:<{widest}}  ", "muted"), Span(fact.words, style))

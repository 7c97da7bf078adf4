"""The next fire times of one timer, and everything about its schedule and what it moves, in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from globus_tui.commands import FIRES, Command
from globus_tui.lines.columns import Cell, Span
from globus_tui.present.timer_facts import Fact, schedule_facts, what_facts
from globus_tui.screens.base import OneTimerScreen
from globus_tui.screens.job_actions import why_not
from globus_tui.screens.searching import TextScreen
from globus_tui.widgets.viewpoint import case_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 10
_ALL = 100_000


class FiresScreen(TextScreen, OneTimerScreen):
    """Ten fire times in local time, UTC and from now; then schedule, items and options without anything left out."""

    ABOUT = "When this timer runs and what it moves, in full. Times are local, then UTC, then from now."
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = FIRES
    PART = " > fire times"

    def action_job_reanchor(self) -> None:
        state = self.state
        rows = [row for row in (self.states.rows.get(self.job_id),) if row is not None]
        reason = why_not("job.edit", rows, self.app.freshness.state, self.states)
        if reason is not None:
            self.app.say(reason, "warning")
        elif state is not None:
            self.app.reanchor(state)

    def show(self) -> None:
        state = self.state
        if state is None:
            self.text.show(("This timer is not there any more.",))
            return
        case = case_of(state, self.view)
        what = what_facts(case, self.app.store.collections, items=_ALL, in_full=True)
        self.text.show((*_block("When", schedule_facts(case, _SHOWN)), "", *_block("What", what)))


def _block(heading: str, facts: Iterable[Fact]) -> Iterable[Cell]:
    rows = tuple(facts)
    widest = max(len(fact.label) for fact in rows) if rows else 0
    yield Span(heading, "bold")
    for fact in rows:
        style = fact.style if fact.style in ("warning", "muted", "accent") else ""
        yield (Span(f"{fact.label:<{widest}}  ", "muted"), Span(fact.words, style))

"""One line of counts: how many timers there are of each health word, and what runs next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from globus_tui.present import count_words, moments
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.domain.health import Word
    from globus_tui.domain.job import Job, JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint

_STYLES = {name: f"$text-{name}" for name in ("error", "warning", "success", "accent", "muted")}


class JobSummary(TextLine):
    """Counts at the left, the next run at the right."""

    _next_known: tuple[object, object, Job | None] = (None, None, None)

    def show(
        self, counts: Mapping[Word, int] | None, states: Mapping[JobId, JobState], view: Viewpoint, shown: int | None
    ) -> None:
        """Write the line.

        Args:
            counts: timers by word; None is drawn as unknown, never as zero.
            states: all timers, to find what runs next; looked through again only when it is another mapping.
            view: from where they are looked at.
            shown: how many a filter leaves, None without one.
        """
        short = self.size.width < 130
        parts = count_words.count_parts(counts, short=short, shown=shown)
        words = [(text, _STYLES.get(style or "", "")) for text, style in parts]
        left = Content(" ")
        for text, style in words:
            left += Content.styled(text, style) + Content(" ")
        self.left = left
        self.right = Content.styled(self._next_words(states, view, short=short), "$text-muted")

    def _next_words(self, states: Mapping[JobId, JobState], view: Viewpoint, *, short: bool) -> str:
        if self._next_known[0] is not states or self._next_known[1] != view.now:
            self._next_known = (states, view.now, _next_of(states.values(), view.now))
        first = self._next_known[2]
        if first is None or first.next_run is None:
            return ""
        away = moments.relative(first.next_run, view.now)
        return f"next {away} " if short else f"next {clip(safe_line(first.label), 30)} {away} "


def _next_of(states: Iterable[JobState], now: datetime) -> Job | None:
    upcoming = [state.job for state in states if state.job.next_run and state.job.next_run > now]
    return min(upcoming, key=lambda job: job.next_run or now, default=None)

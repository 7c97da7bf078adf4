"""One line of counts: how many timers there are of each health word, and what runs next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from globus_tui.present import count_words, moments
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.health import Word
    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint

_STYLES = {name: f"$text-{name}" for name in ("error", "warning", "success", "accent", "muted")}


class JobSummary(TextLine):
    """Counts at the left, the next run at the right."""

    def show(
        self, counts: Mapping[Word, int] | None, states: Iterable[JobState], view: Viewpoint, shown: int | None
    ) -> None:
        """Write the line.

        Args:
            counts: timers by word; None is drawn as unknown, never as zero.
            states: all timers, to find what runs next.
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

    def _next_words(self, states: Iterable[JobState], view: Viewpoint, *, short: bool) -> str:
        upcoming = [state.job for state in states if state.job.next_run and state.job.next_run > view.now]
        first = min(upcoming, key=lambda job: job.next_run or view.now, default=None)
        if first is None or first.next_run is None:
            return ""
        away = moments.relative(first.next_run, view.now)
        return f"next {away} " if short else f"next {clip(safe_line(first.label), 30)} {away} "

"""What is known of the timer under the cursor, in a few lines below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Region
from textual.visual import Visual
from textual.widget import Widget

from globus_tui.present import schedule_words
from globus_tui.present.health_sentences import explain, headline
from globus_tui.present.health_words import remedy
from globus_tui.present.marks import health_sign
from globus_tui.present.safe_text import safe_line
from globus_tui.present.transfer_words import route_with_paths
from globus_tui.store.group_state import GroupState
from globus_tui.widgets.job_table import case_of
from globus_tui.widgets.text_line import same

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import RenderResult
    from textual.strip import Strip

    from globus_tui.store.job_state import JobState
    from globus_tui.widgets.viewpoint import Viewpoint


class JobPreview(Widget):
    """Name, what it moves, why it is as it is, the key that helps, and the next fire times.

    Its height is fixed, so that the list does not jump, and only lines that say something else are drawn.
    """

    ALLOW_SELECT = False

    def __init__(self, key_of: Callable[[str], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make the preview; `key_of` gives the key of a command."""
        super().__init__(id=id)
        self._preview_key_of = key_of
        self._preview_shown = Content()

    def render(self) -> RenderResult:
        """What is told now."""
        return self._preview_shown

    def show(self, state: JobState | None, view: Viewpoint) -> None:
        """Tell of a timer, or of none."""
        words = self._words(state, view) if state else Content()
        if same(words, self._preview_shown):
            return
        before, self._preview_shown = self._preview_lines(), words
        after = self._preview_lines()
        changed = [y for y in range(max(len(before), len(after))) if before[y : y + 1] != after[y : y + 1]]
        if changed:  # regions count from the content, below the border
            self.refresh(*(Region(0, y, self.outer_size.width, 1) for y in changed))

    def _preview_lines(self) -> list[Strip]:
        size = self.content_size
        return Visual.to_strips(self, self._preview_shown, size.width, size.height, self.visual_style) if size else []

    def _words(self, state: JobState, view: Viewpoint) -> Content:
        case, sign = case_of(state, view), health_sign(state.health.word)
        live = [one.job for one in state.members if one is state or not one.job.stands_still]
        each = [schedule_words.next_fires(job.schedule, view.now, view.zone, 3, runs_done=job.n_runs) for job in live]
        fires = sorted((fire for some in each for fire in some), key=lambda fire: fire.moment)[:3]
        shift = schedule_words.shift_warning(state.job.schedule, view.now, view.zone)
        lines = [
            self._line(
                safe_line(state.job.label), "bold", route_with_paths(state.job, view.names, ascii_only=view.ascii)
            ),
            self._line(headline(case), f"$text-{sign.style}", explain(case) + self._help(state)),
            self._line("runs", "$text-muted", self._rhythm(state, view)),
        ]
        if state.job.next_run is not None and fires:
            lines.append(self._line("next", "$text-muted", ", ".join(f"{fire.local}" for fire in fires)))
        if shift is not None:
            lines.append(self._line("clock change", "$text-muted", shift))
        return Content("\n").join(lines)

    def _rhythm(self, state: JobState, view: Viewpoint) -> str:
        words = schedule_words.rhythm_words(state.job.schedule, view.now, view.zone)
        if not isinstance(state, GroupState):
            return words
        times = ", ".join(state.group.suffixes)
        key = self._preview_key_of("jobs.unfold")
        return f"{len(state.members)} timers, acted on as one ({key} shows each): {times}"

    def _help(self, state: JobState) -> str:
        found = remedy(state.job, state.health)
        return f"  {self._preview_key_of(found[0])} {found[1]}" if found else ""

    @staticmethod
    def _line(head: str, style: str, words: str) -> Content:
        return Content.assemble((safe_line(head), style), "  ", safe_line(words))

"""One line of counts (how many timers there are of each health word, and what runs next), and what is known of the
timer under the cursor, in a few lines below the list.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from globus_tui.domain.schedule.schedule import next_ticks
from globus_tui.present import moments, schedule_words
from globus_tui.present.health_sentences import explain, headline
from globus_tui.present.health_words import remedies
from globus_tui.present.marks import count_parts, health_sign
from globus_tui.present.safe_text import clip, safe_line
from globus_tui.present.transfer_words import route_with_paths
from globus_tui.store.job_state import GroupState, JobState
from globus_tui.widgets.text_line import TextLine, same
from globus_tui.widgets.viewpoint import Viewpoint, case_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from globus_tui.domain.timer.health import Word
    from globus_tui.domain.timer.job import Job
    from globus_tui.store.board import States


_STYLES = {name: f"$text-{name}" for name in ("error", "warning", "success", "accent", "muted")}


class JobSummary(TextLine):
    """Counts at the left, the next run at the right."""

    _next_known: tuple[object, object, Job | None] = (None, None, None)

    def show(
        self,
        counts: Mapping[Word, int] | None,
        states: States,
        view: Viewpoint,
        of: int | None,
        marked: int = 0,
        hidden: int = 0,
        under_way: int = 0,
    ) -> None:
        """Write the line.

        Args:
            counts: timers that are shown by word; None is drawn as unknown, never as zero.
            states: all timers, to find what runs next; looked through again only when it is another mapping.
            view: from where they are looked at.
            of: how many there are, None where nothing is filtered.
            marked: how many timers are marked.
            hidden: how many of them a filter hides.
            under_way: how many wait for a change, or for its end; of a single one its row tells.
        """
        short = self.size.width < 130
        marks = f"{under_way} under way | " if under_way > 1 else ""
        marks += f"{marked} marked{f' ({hidden} hidden)' if hidden else ''} | " if marked else ""
        room = (self.size.width or 80) - len(marks) - 1
        parts = count_parts(counts, short=short, of=of, room=room)
        words = [(text, _STYLES.get(style or "", "")) for text, style in parts]
        line = Content.assemble(" ", (marks, "bold $text-accent"))  # first: the counts are cut where it is narrow
        for text, style in words:
            line += Content.styled(text, style) + Content(" ")
        self.left = line
        self.right = Content.styled(self._next_words(states, view, short=short), "$text-muted")

    def _next_words(self, states: States, view: Viewpoint, *, short: bool) -> str:
        if self._next_known[0] is not states or self._next_known[1] != view.now:
            self._next_known = (states, view.now, _next_of(states, view.now))
        first = self._next_known[2]
        if first is None or first.next_run is None:
            return ""
        away = moments.relative(first.next_run, view.now)
        return f"next {away} " if short else f"next {clip(safe_line(first.label), 30)} {away} "


def _next_of(states: States, now: datetime) -> Job | None:
    moment = now.timestamp()
    upcoming = [(row.next_run, job_id) for job_id, row in states.rows.items() if row.next_run > moment]
    return states[min(upcoming)[1]].job if upcoming else None


_NAMED = 5
"""Of the timers that one cause hits."""


class JobPreview(Widget):
    """Name, what it moves, why it is as it is, the key that helps, and the next fire times.

    Its height is fixed, so that the list does not jump.
    """

    ALLOW_SELECT = False

    def __init__(self, key_of: Callable[[str], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make the preview; `key_of` gives the key of a command."""
        super().__init__(id=id)
        self._preview_key_of = key_of
        self._preview_shown = Content()
        self._preview_more = self._preview_help = ""

    def show(self, state: JobState | None, view: Viewpoint) -> None:
        words = self._words(state, view) if state else Content()
        if not same(words, self._preview_shown):
            self._preview_shown, self._preview_more = words, "..." if view.ascii else "…"
            self._preview_help = self._help(state) if state else ""
            self.refresh()

    def render(self) -> Content:
        """Where room is short the way of the files is cut first, then the explanation, so that the help can be read."""
        width, height, more = *self.content_size, self._preview_more
        whole = self._preview_shown.split("\n") if width else []
        if len(whole) <= height and all(line.cell_length <= width for line in whole):
            return self._preview_shown
        lines = self._preview_shown.wrap(width)
        if len(lines) <= height:
            return Content("\n").join(line.rstrip() for line in lines)
        first, sentence, *others = self._preview_shown.split("\n")
        reason, telling = sentence[: len(sentence) - len(self._preview_help)], sentence.wrap(width)
        while len(telling) >= max(2, height) and " " in reason.plain:
            reason = reason[: reason.plain.rindex(" ")]
            telling = Content.assemble(reason, more, self._preview_help).wrap(width)
        lines = [_cut(first, width, more), *telling, *(line for other in others for line in other.wrap(width))]
        shown = [line.rstrip() for line in lines[:height]]
        if len(lines) > height:
            shown[-1] = _cut(Content.assemble(shown[-1], more), width, more)
        return Content("\n").join(shown)

    def _words(self, state: JobState, view: Viewpoint) -> Content:
        case, sign = case_of(state, view), health_sign(state.health.word)
        live = [member.job for member in state.members if member is state or not member.job.stands_still]
        by_job = (next_ticks(job.schedule, view.now, 3, runs_done=job.n_runs) for job in live)
        ticks = sorted(chain.from_iterable(by_job))[:3]
        shift = schedule_words.shift_warning(state.job.schedule, view.now, view.zone)
        lines = [
            self._line(
                safe_line(state.job.label), "bold", route_with_paths(state.job, view.names, ascii_only=view.ascii)
            ),
            self._line(headline(case), f"$text-{sign.style}", explain(case) + self._help(state)),
            self._line("runs", "$text-muted", self._rhythm(state, view)),
        ]
        if state.job.next_run is not None and ticks:
            local = (moments.with_zone(tick, view.now, view.zone) for tick in ticks)
            lines.append(self._line("next", "$text-muted", ", ".join(local)))
        if shift is not None:
            lines.append(self._line("clock change", "$text-muted", shift))
        return Content("\n").join(lines)

    def _rhythm(self, state: JobState, view: Viewpoint) -> str:
        words = schedule_words.rhythm_words(state.job.schedule, view.now, view.zone)
        if not isinstance(state, GroupState):
            return words
        key = self._preview_key_of("jobs.unfold")
        if state.outage:
            names = ", ".join(safe_line(member.job.label) for member in map(state.make, state.rows[:_NAMED]))
            rest = f" and {len(state.rows) - _NAMED} more" if len(state.rows) > _NAMED else ""
            return f"{len(state.rows)} timers with one cause ({key} or enter shows each): {names}{rest}"
        times = ", ".join(state.group.suffixes)
        return f"{len(state.rows)} timers, acted on as one ({key} shows each): {times}"

    def _help(self, state: JobState) -> str:
        hints = remedies(state.job, state.health)
        return "".join(f"  {self._preview_key_of(key)} {does}" for key, does in hints)

    @staticmethod
    def _line(head: str, style: str, words: str) -> Content:
        return Content.assemble((safe_line(head), style), "  ", safe_line(words))


def _cut(line: Content, width: int, sign: str) -> Content:
    """One line, with a sign at its end where something is missing."""
    return line if line.cell_length <= width else Content.assemble(line.truncate(width - len(sign)), sign)

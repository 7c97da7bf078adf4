"""When it runs: one phrase or fields, echoed in local time and UTC, with the next runs and what is odd about them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.making import when_form
from globus_tui.domain.making.draft import Draft, What
from globus_tui.domain.making.draft_fields import END, INTERVAL, SCHEDULE, START, Finding, note, stop
from globus_tui.domain.schedule.clock_changes import Season
from globus_tui.domain.schedule.schedule import OnceSchedule
from globus_tui.domain.timer.hour_load import first_start, hour_load, quietest, starts_together
from globus_tui.present import review_facts
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import once_more
from globus_tui.screens.create.step import Step
from globus_tui.widgets.choice import Choice
from globus_tui.widgets.facts import FiresPanel
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.widget import Widget


REPEATS = ((when_form.EVERY, "every"), (when_form.ONCE, "once"))
ORIGINAL = "original"
ENDINGS = ((when_form.NEVER, "never"), (when_form.RUNS, "after runs"), (when_form.DATE, "on a date"))


class WhenStep(Step):
    """The phrase and the fields say the same: what is typed in one is shown in the others."""

    title = "When"
    about = "Say it in words (every night at 2am, 1h30m, weekdays 18:00) or in the fields."
    fields = frozenset({SCHEDULE, INTERVAL, START, END})
    hints = "arrows choose"

    def __init__(self) -> None:
        super().__init__()
        self._load_about: object = None

    def compose(self) -> ComposeResult:
        yield FormRow(SCHEDULE, "say it", TextField(placeholder="every night at 2am", id="say"))
        yield Static(id="echo", markup=False)
        yield FormRow(INTERVAL, "repeat", _beside(REPEATS, "repeat"), TextField(placeholder="1 day", id="interval"))
        yield FormRow(START, "first run", TextField(placeholder="when it is created", id="start"))
        yield FormRow(END, "ends", _beside(ENDINGS, "ends"), TextField(id="end"), id="end-row")
        yield FormRow(when_form.KEEP, "clock change", Choice((), id="keep"), id="keep-row")
        yield Static(id="fires-heading", markup=False)
        yield FiresPanel(id="fires")
        yield Static(id="load", markup=False)

    def first_field(self) -> Widget | None:
        """The phrase; for a single transfer nothing, since it starts at once."""
        return self.query_one("#say")

    def help_text(self) -> str:
        return review_facts.phrases_page(self.app.size.width - 5)

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        form = when_form.form_of(draft, self.frame.view.zone)
        self.fill("say", draft.typed.get(SCHEDULE, ""))
        for field, text in (("interval", form.interval), ("start", form.start), ("end", form.end)):
            self.fill(field, text)
        repeat, several = self.query_one("#repeat", Choice), len(draft.group) > 1
        as_before = ((ORIGINAL, "as the original"),) if draft.original is not None else ()  # of a copy or an edit
        repeat.set_options((*(REPEATS[:1] if several else REPEATS), *as_before))
        repeat.value = ORIGINAL if self._is_original(draft) else form.repeat
        self.query_one("#ends", Choice).value = form.ends
        self._show_shape(draft, form)
        self._show_notes(draft, form, findings)
        self._show_clock(draft)
        self._show_fires(draft)

    def _is_original(self, draft: Draft) -> bool:
        same = when_form.as_original(draft, self._now())
        return draft.original is not None and not draft.group and draft.schedule == same.schedule

    def _show_shape(self, draft: Draft, form: when_form.WhenForm) -> None:
        """Only fields that mean something take keys."""
        single, several = draft.what is What.TRANSFER_NOW, len(draft.group) > 1
        self.query_one("#interval").display = form.repeat == when_form.EVERY
        self.query_one("#end").display = form.ends != when_form.NEVER
        for field in ("#say", "#repeat", "#ends"):
            self.query_one(field).disabled = single
        for field in ("#interval", "#start", "#repeat"):
            self.query_one(field).disabled = single or (several and not (field == "#repeat" and draft.original))
        self.query_one("#end-row").display = form.repeat == when_form.EVERY

    def _show_notes(self, draft: Draft, form: when_form.WhenForm, findings: Sequence[Finding]) -> None:
        now, zone = self._now(), self.frame.view.zone
        words, wrong = when_form.phrase_notices(draft, now, zone)
        own = [(stop if wrong else note)(SCHEDULE, words)] if words else []
        if not draft.typed.get(SCHEDULE, "").strip():
            problems = when_form.form_problems(form, now, zone)
            unsaid = draft.schedule is None and not any((form.interval, form.start, form.end))
            own += [
                (stop if draft.schedule is None else note)(field, problem.rstrip("."))
                for field, problem in problems.items()
                if not (unsaid and field == INTERVAL)
            ]
        if problem := when_form.group_end_problem(draft, form):
            own.append(stop(END, problem))
        others = (finding for finding in self.worth_a_line(findings) if finding.field != SCHEDULE or not own)
        self.show_findings([*own, *others])
        echo = self.query_one("#echo", Static)
        sentence = review_facts.schedule_echo(draft, now, zone)
        echo.display = bool(sentence)
        echo.update(Content(sentence))
        counted = review_facts.counted_seconds(draft.schedule)
        self.query_one("#fires-heading", Static).update(f"Next runs{'; ' + counted if counted else ''}")

    def _show_clock(self, draft: Draft) -> None:
        hour = when_form.kept_hour(draft, self._now(), self.frame.view.zone)
        self.query_one("#keep-row").display = hour is not None
        if hour is not None:
            keep = self.query_one("#keep", Choice)
            keep.set_options(review_facts.hour_choices(hour))
            keep.value = hour.season.value if hour.season else None

    def _show_fires(self, draft: Draft) -> None:
        now, zone = self._now(), self.frame.view.zone
        panel = self.query_one(FiresPanel)
        panel.ascii_only = self.frame.view.ascii
        single = draft.what is What.TRANSFER_NOW
        panel.empty = "A single transfer starts as soon as it is handed in." if single else "none yet"
        panel.fires = () if single else review_facts.preview_lines(draft, now, zone)
        panel.remarks = () if single else review_facts.shift_lines(draft, now, when_form.clock_zone(draft, now, zone))
        self._show_load(draft)

    def _show_load(self, draft: Draft) -> None:
        """Other timers at that hour; nothing while it is not known when it begins, or while they are counted."""
        schedules = draft.schedules
        about = (schedules, self.frame.states, draft.replaces, self.frame.view.zone)
        if self._load_about != about:
            self._load_about = about
            self.query_one("#load", Static).update("")
            self._count_load()

    @once_more
    async def _count_load(self) -> None:
        """In a thread: counting thousands of timers takes longer than a key may."""
        about, draft, states = self._load_about, self.frame.draft, self.frame.states
        zone, now = self.frame.view.zone, self._now()
        firsts = sorted(moment for moment in map(first_start, draft.schedules) if moment is not None)

        def count() -> str:
            jobs = [job for job in self.frame.index_of(states).jobs if job.job_id != draft.replaces]
            load = hour_load(jobs, firsts, zone, now)
            together = review_facts.together_words(starts_together(draft.schedules, jobs, now))
            return ". ".join(filter(None, (review_facts.load_words(load, quietest(load)), together)))

        words = await asyncio.to_thread(count) if firsts else ""
        if about is self._load_about:
            self.query_one("#load", Static).update(Content(safe_line(words)))

    def _now(self) -> datetime:
        return self.frame.app.store.now()

    # --- editing

    def take_text(self, name: str, text: str) -> None:
        """A phrase decides everything; any other field is read with its neighbours."""
        if name == "say":
            self.edit(when_form.with_phrase(self.frame.draft, text, self._now(), self.frame.view.zone))
        else:
            self._take_form()

    def take_option(self, name: str, value: str) -> None:
        """`keep` says the season in which the hour holds."""
        if name == "keep":
            self.edit(when_form.with_kept_hour(self.frame.draft, Season(value), self._now(), self.frame.view.zone))
        elif value == ORIGINAL:
            self.edit(when_form.as_original(self.frame.draft, self._now()))
        else:
            self._take_form()

    def _take_form(self) -> None:
        repeat = self.query_one("#repeat", Choice).value or when_form.EVERY
        if repeat == ORIGINAL:  # and now something else of it is said anew
            repeat = when_form.ONCE if isinstance(self.frame.draft.original, OnceSchedule) else when_form.EVERY
        texts = {name: self.query_one(f"#{name}", TextField).value for name in ("interval", "start", "end")}
        form = when_form.WhenForm(repeat=repeat, ends=self.query_one("#ends", Choice).value or when_form.NEVER, **texts)
        self.edit(when_form.with_form(self.frame.draft, form, self._now(), self.frame.view.zone))


def _beside(options: Sequence[tuple[str, str]], name: str) -> Choice:
    choice = Choice(options, id=name)
    choice.add_class("-beside")
    return choice

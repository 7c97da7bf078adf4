"""Making a timer, or a transfer that starts now: steps around one draft, checked as it changes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partialmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from globus_tui.commands import EVERYWHERE, FOLDER, ITEMS, LIST_MOVES, SEARCH, WIZARD, Command, key_words
from globus_tui.domain.making.draft import Draft, What, swap_sides
from globus_tui.domain.making.draft_checks import Lookups, check_draft
from globus_tui.domain.making.draft_fields import SOURCE, Finding, Level
from globus_tui.domain.making.timer_index import TimerIndex
from globus_tui.present.marks import LEVEL_WORDS
from globus_tui.present.review_facts import start_words
from globus_tui.present.safe_text import ASCII_ELLIPSIS, ELLIPSIS, clip, safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.create.review_step import ReviewStep
from globus_tui.store.board import NO_STATES, States
from globus_tui.store.drafts import DraftKeeper
from globus_tui.store.preflight import Preflight
from globus_tui.themes import sheets
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.timer.job import JobReading
    from globus_tui.screens.create.step import Step
    from globus_tui.store.browsing import Browser
    from globus_tui.store.creation import Attempt, Making

ORDER: Mapping[What, tuple[str, ...]] = {
    What.TRANSFER_TIMER: ("what", "where", "items", "how", "when", "review"),
    What.FLOW_TIMER: ("what", "flow", "when", "review"),
    What.TRANSFER_NOW: ("what", "where", "items", "how", "review"),
}
"""Keys of the steps by what is made; a draft remembers the key of the step it was at."""


def make_steps() -> dict[str, Step]:
    """One of each, by key; loaded here so that the list opens without them."""
    from globus_tui.screens.create.collections_step import CollectionsStep
    from globus_tui.screens.create.flow_step import FlowStep
    from globus_tui.screens.create.how_step import HowStep
    from globus_tui.screens.create.items_step import ItemsStep
    from globus_tui.screens.create.what_step import WhatStep
    from globus_tui.screens.create.when_step import WhenStep

    return {
        "what": WhatStep(),
        "where": CollectionsStep(),
        "items": ItemsStep(),
        "flow": FlowStep(),
        "how": HowStep(),
        "when": WhenStep(),
        "review": ReviewStep(),
    }


_PAUSE = 0.4
"""Seconds without a change after which a draft is saved and looked up."""
_MANY = 300
"""Items that are checked with every key, and timers that are sorted for it; more only when the typing rests, in a
thread. Once they are sorted, checking against them takes a few milliseconds however many there are."""
_RESTING = 0.15
"""Seconds without a change after which that is done."""


STEP_KEYS = tuple(f"f{number}" for number in range(2, 8))
_KEY = re.compile(r"\{([a-z.-]+)\}")


def steps_line(
    steps: Mapping[str, Step], order: Sequence[str], current: str, visited: Collection[str], findings: Sequence[Finding]
) -> Content:
    """`F2 What [F3 From/to!] F4 Items`: where one is, and which steps that were opened have something wrong."""
    line = Content()
    stops = {finding.field for finding in findings if finding.level is Level.STOP}
    for number, key in enumerate(order):
        wrong = "!" if key in visited and stops & steps[key].fields else ""
        name = f"{STEP_KEYS[number].upper()} {steps[key].title}{wrong}"
        line += Content.styled(f"[{name}]", "bold $primary") if key == current else Content(f" {name} ")
    return line


def finding_lines(findings: Sequence[Finding], width: int, *, ascii_only: bool) -> Content:
    """A line for each finding, how bad it is as a word before it."""
    room, ellipsis = width - 6, ASCII_ELLIPSIS if ascii_only else ELLIPSIS
    return Content("\n").join(
        Content.assemble(_sign(finding.level), f" {clip(safe_line(finding.words), room, ellipsis=ellipsis)}")
        for finding in findings
    )


def hint_line(hints: str, keys: Mapping[str, str]) -> str:
    """A step's hints with the user's own keys in them."""
    return _KEY.sub(lambda match: key_words(keys, match[1]), hints)


def keys_in_fields(keys: Mapping[str, str]) -> dict[str, str]:
    """The same keys, those of each command first that no field takes as text: f1 before ?, escape before q."""
    return {
        command: ",".join(sorted(pressed.split(","), key=lambda key: len(key) == 1 or key == "question_mark"))
        for command, pressed in keys.items()
    }


def _sign(level: Level) -> tuple[str, str]:
    style = {Level.STOP: "bold $text-error", Level.WARN: "bold $text-warning"}.get(level, "$text-muted")
    return f" {LEVEL_WORDS[level]:4}", style


MAY_BE_THERE = "This was sent before, without an answer: it may be there. Creating looks for it first."
DISCARDED_LOST = "The draft is discarded. It was sent before, without an answer: what became of that is told here."

_ELSEWHERE = ("jobs.", "app.info", "app.profile", "app.refresh-interval")
"""Beginnings of commands that lead away from a draft: a letter typed beside a field calls none of them."""


class Source(NamedTuple):
    """The timer that a draft was made of.

    `draft`: the draft as it was made, unchanged: what differs from it was edited.
    """

    reading: JobReading
    draft: Draft


class WizardScreen(TimerScreen):
    """The frame: it alone holds the draft, with what is known and found of it.

    Steps get it by `show` and hand in new ones by `change`. `findings`: what the checks found and what Globus said of
    the last attempt, worst first.
    """

    CSS = sheets("screens/create/wizard.tcss")
    ABOUT = (
        "Describe what is to be moved, how and when. Nothing is sent to Globus before the last step; the draft is "
        "kept while you type, and Escape leaves without losing it."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*WIZARD, *FOLDER, *ITEMS, *LIST_MOVES)
    EVERYWHERE_SHOWN = tuple(command for command in EVERYWHERE if not command.command_id.startswith(_ELSEWHERE))
    COMMANDS_BOUND = (*WIZARD, SEARCH[0])
    AUTO_FOCUS = ""

    draft: var[Draft] = var(Draft, init=False)
    lookups: var[Lookups] = var(Lookups(), init=False)
    findings: var[tuple[Finding, ...]] = var((), init=False)

    def __init__(
        self,
        making: Making,
        draft: Draft,
        *,
        draft_id: str | None = None,
        step: str = "",
        attempt: Attempt | None = None,
        heading: str = "New timer",
        source: Source | None = None,
    ) -> None:
        """Make the wizard.

        Args:
            making: what it asks and where it keeps drafts.
            draft_id: of a saved draft that is gone on with.
            step: key of the step to open.
            attempt: a creation of this draft whose end is not known.
            source: the timer that the draft was made of; with `draft.replaces`, the one whose place it is to take.
        """
        super().__init__()
        self.making = making
        self.keeper = DraftKeeper(making.drafts, draft_id, draft, step, attempt)
        self.source = source
        self.refusals: tuple[Finding, ...] = ()
        """What Globus said of the last attempt, until the draft is changed."""
        self.is_sending = False
        """A creation is under way: no second one is begun."""
        self._wizard_heading = heading
        self._wizard_resumes = draft_id is not None
        self._wizard_steps = make_steps()
        self._wizard_at = step if step in ORDER[draft.what] else ORDER[draft.what][0]
        self._wizard_visited = {self._wizard_at}
        self._draft_preflight = Preflight(making.lookup, self.learn)
        self._draft_timers = (NO_STATES, TimerIndex(()))
        self._draft_pause: Timer | None = None
        self._draft_then: Callable[[], object] | None = None
        self._draft_check_is_due = False
        self._draft_is_looked_through = False
        self.set_reactive(WizardScreen.draft, draft)

    @property
    def step(self) -> Step:
        return self._wizard_steps[self._wizard_at]

    # --- what steps may use

    @property
    def lookup(self) -> Browser:
        return self.making.lookup

    def draft_name(self, side: str) -> str:
        """What the collection of a side, `source` or `destination`, was called when it was chosen."""
        return (self.draft.source_name if side == SOURCE else self.draft.destination_name) or ""

    def learn(self, lookups: Lookups) -> None:
        """Know more of what services answered; the checks take it into account."""
        self.lookups = lookups

    def ask_consent(self, gare: Gare, then: Callable[[], object]) -> None:
        """Let the user meet a requirement of Globus, then go on with what wanted it; nothing when it is declined."""

        def go_on() -> None:
            self.lookup.forget()
            self._draft_preflight.forget()
            self.lookups = replace(self.lookups, paths={}, consents=None)
            self.look_soon()
            then()

        self.app.sign_in.start_consent(gare, "Look into this collection", go_on)

    def make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        self.app.attempt(self._make_bookmark(name, collection_id, path), group="bookmark")

    async def _make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        bookmark = await self.lookup.bookmark(name, collection_id, path)
        self.app.say(f"Bookmark {bookmark.label} is made.")

    def change(self, draft: Draft) -> None:
        self.refusals = ()
        self.app.unsay("draft")
        self.draft = draft

    # --- checking

    def watch_draft(self) -> None:
        """Check and show at once; save and look up after a pause. Something else that is made may have other steps."""
        if self.is_mounted:
            if self._wizard_at not in ORDER[self.draft.what]:
                self.open_step(ORDER[self.draft.what][0])
            self.keeper.take(self.draft, self._wizard_at)
            self.check()
            self.look_soon()
            self.show_title()

    def watch_lookups(self) -> None:
        self._check_soon()

    def watch_states(self) -> None:
        """Timers changed: there may be a duplicate now, or none any more."""
        self._check_soon()

    def watch_view(self) -> None:
        super().watch_view()
        self._check_soon()

    def _check_soon(self) -> None:
        if self.is_mounted and not self._draft_check_is_due:
            self._draft_check_is_due = True
            self.call_later(self.check)

    def check(self) -> None:
        """Check at once; what takes longer than a key only when the typing rests, off the event loop."""
        self._draft_check_is_due = False
        states, index = self._draft_timers
        sorted_yet = states is self.states and index.collections is self.app.store.collections
        if (not sorted_yet and len(self.states) > _MANY) or len(self.draft.transfer.items) > _MANY:
            self._check_later()
            self.show_draft()
        else:
            self.workers.cancel_group(self, "check")  # else it says later what it found of the draft of before
            self._take_findings(self._checking()())

    def _checking(self) -> Callable[[], tuple[Finding, ...]]:
        draft, now, lookups, replaces = self.draft, self.app.store.now(), self.lookups, self.draft.replaces
        states, tasks = self.states, self.view.tasks

        def check() -> tuple[Finding, ...]:
            timers = self.index_of(states)
            return check_draft(draft, now, jobs=timers, tasks=tasks, lookups=lookups, replaces=replaces)

        return check

    def index_of(self, states: States) -> TimerIndex:
        """The timers as checks want them, sorted anew only when there are other ones; also called in a thread."""
        indexed, index = self._draft_timers
        collections = self.app.store.collections
        if indexed is not states or index.collections is not collections:
            index = TimerIndex((state.job for state in states.whole(states.rows.values()).values()), collections)
            self._draft_timers = (states, index)
        return index

    @work(group="check", exclusive=True)
    async def _check_later(self) -> None:
        await asyncio.sleep(_RESTING)
        self._take_findings(await asyncio.to_thread(self._checking()))

    def _take_findings(self, findings: Sequence[Finding]) -> None:
        self.findings = (*self.refusals, *findings)
        self.show_draft()

    # --- saving, and asking services

    def look_soon(self) -> None:
        """Save and ask when nothing has changed for a moment."""
        self._go_on_with_nothing()
        self._draft_is_looked_through = False
        self._stop_pause()
        self._draft_pause = self.set_timer(_PAUSE, self._after_a_pause)

    def _go_on_with_nothing(self) -> None:
        """Whoever goes to another step, or changes something, presses the key again: what it was for is not done."""
        self._draft_then = None
        self.app.unsay("looking")

    def _stop_pause(self) -> None:
        if self._draft_pause is not None:
            self._draft_pause.stop()
            self._draft_pause = None

    def _after_a_pause(self) -> None:
        self._draft_pause = None
        self.run_worker(self._save(), group="save")
        self._look_through()

    def when_looked_through(self, then: Callable[[], object]) -> bool:
        """Whether everything is known that is asked before sending; if not, ask it now, check, and then go on."""
        checking = any(worker.group == "check" and not worker.is_finished for worker in self.workers)
        if self._draft_is_looked_through and not checking:
            return True
        self._stop_pause()
        self._draft_then = then
        self._look_through()
        return False

    @work(group="look-up", exclusive=True)
    async def _look_through(self) -> None:
        draft = self.draft
        await self._draft_preflight.look(draft, self.lookups, signed_in=self.who is not None)
        if draft is not self.draft:
            return
        self._draft_is_looked_through = True
        if self._draft_then is not None:
            self._take_findings(await asyncio.to_thread(self._checking()))
            await self._save()
        if (then := self._draft_then) is not None:
            self._draft_then = None
            then()

    async def _save(self) -> None:
        await self.keeper.save()
        self.show_saved()
        if warning := self.making.drafts.take_warning():
            self.app.say(warning, "warning")

    # --- drawing

    def compose(self) -> ComposeResult:
        """As every screen; its keys are those that work while a field has the focus."""
        for widget in super().compose():
            if isinstance(widget, KeyHints):
                keys = keys_in_fields(self.app.settings.keys)
                yield KeyHints((*self.COMMANDS_SHOWN, *self.EVERYWHERE_SHOWN), keys, wording=self.words_of)
            else:
                yield widget

    def compose_middle(self) -> ComposeResult:
        yield TextLine(id="steps")
        yield TextLine(id="about")
        with Vertical(id="step-place"):
            yield from self._wizard_steps.values()
        yield Static(id="checks", markup=False)
        yield TextLine(id="step-hints")

    def title_words(self) -> str:
        now = self.draft.what is What.TRANSFER_NOW and self._wizard_heading == "New timer"
        return "New transfer" if now else self._wizard_heading

    def on_mount(self) -> None:
        self.check()
        self.open_step(self._wizard_at)
        self.look_soon()

    def open_step(self, key: str) -> None:
        if key not in ORDER[self.draft.what]:
            return
        if key != self._wizard_at:
            self.ask_anew()
            self._go_on_with_nothing()
        self._wizard_at = key
        self._wizard_visited.add(key)
        for name, step in self._wizard_steps.items():
            step.display = name == key
        self.keeper.take(self.draft, key)
        self.show_draft()
        self.call_later(self._focus_step)

    def _focus_step(self) -> None:
        if self.is_mounted and (field := self.step.first_field()) is not None:
            field.focus()
            if self._wizard_resumes and isinstance(field, TextField):
                self.call_after_refresh(field.action_end)  # half a phrase is gone on with; the focus selects it
            self._wizard_resumes = False

    def show_draft(self) -> None:
        if not self.is_mounted:
            return
        self.step.show(self.draft, self.findings)
        self.show_saved()
        self._show_checks()
        self.call_after_refresh(self._show_checks)  # rows tell what their notes have room for once they are laid out

    def show_saved(self) -> None:
        """The header: the steps, and whether the draft is saved."""
        if not self.is_attached or not self.query("#steps"):
            return  # a save that ends while the program does
        header, about = self.query_one("#steps", TextLine), self.query_one("#about", TextLine)
        order = ORDER[self.draft.what]
        header.left = steps_line(self._wizard_steps, order, self._wizard_at, self._wizard_visited, self.findings)
        lost = self.keeper.attempt is not None and not self.is_sending
        not_saved = "may have been sent" if lost else "not sent yet"
        kept = "draft in memory only" if self.keeper.in_memory_only else "draft saved"
        saved = "sending" if self.is_sending else kept if self.keeper.is_saved else not_saved
        header.right = Content.styled(f"{saved} ", "$text-muted")
        words, style = (MAY_BE_THERE, "$text-warning") if lost else (self.step.about, "$text-muted")
        about.left = Content.styled(f" {words}", style)

    def help_text(self) -> str:
        return f"{self.ABOUT}\n\n{self.step.help_text()}".strip()

    def _show_checks(self) -> None:
        """The worst of what was found, a line each, as many as there is room for; the last step lists all by itself."""
        if not self.is_mounted:
            return
        height = self.app.size.height
        most = 0 if self._wizard_at == "review" else 1 if height < 22 else 3 if height < 32 else 5
        in_rows = self._told_in_rows()
        told = (finding for finding in self.findings if finding.level >= Level.NOTE and finding not in in_rows)
        bad = [finding for finding in told if self._is_due(finding)]
        checks = self.query_one("#checks", Static)
        words = finding_lines(bad[:most], self.app.size.width, ascii_only=self.app.host.ascii)
        checks.display = bool(words)
        if checks.content != words:
            checks.update(words)
        hints = self.query_one("#step-hints", TextLine)
        hints.left = Content(f" {hint_line(self.step.hints, self.app.settings.keys)}")
        hints.right = Content(f"{len(bad)} found, the last step lists them ") if most < len(bad) and most else Content()

    def _told_in_rows(self) -> list[Finding]:
        """What the rows of the step that is shown say already: the worst of each field."""
        worst: dict[str, Finding] = {}
        for finding in self.findings:
            row = self.step.field_note(finding.field) if finding.level > Level.NOTE else None
            if row is not None and row.says_all:
                worst.setdefault(finding.field, finding)
        return list(worst.values())

    def _is_due(self, finding: Finding) -> bool:
        """Whether to show a finding now: what is missing in steps that were not opened yet is not."""
        homes = [key for key, step in self._wizard_steps.items() if finding.field in step.fields]
        return not homes or finding.item is not None or any(key in self._wizard_visited for key in homes)

    # --- commands

    def go_on(self) -> None:
        """Enter in the last field of a step: the next step that there is something to do in."""
        order = ORDER[self.draft.what]
        following = order[order.index(self._wizard_at) + 1 :]
        if following[:1] == ("items",) and self.draft.transfer.items:
            following = following[1:]  # the folders just chosen are the items
        if following:
            self.open_step(following[0])

    def action_wizard_create(self) -> None:
        """Create it; from any other step than the last one, show that first."""
        if self.is_sending:
            self.app.say("It is being sent; wait for the answer.", "warning")
        elif self._wizard_at != "review":
            self.open_step("review")
        elif not self.could_be_read():
            pass
        elif not self.when_looked_through(self.action_wizard_create):
            self.app.say("Looking it through …", about="looking")
        elif stops := [stop for stop in self.findings if stop.level is Level.STOP and stop not in self.refusals]:
            self.app.say(f"Not yet: {stops[0].words}.", "error", about="draft")
            self._open_home(stops[0].field)
        elif why := self._why_not_create():
            self.app.say(why, "error", about="draft")
        elif words := start_words(self.draft, self.app.store.now(), self.view.zone):
            from globus_tui.screens.confirm import Confirm

            Confirm("Create it?", words, verb="create it", danger=self.draft.deletes).ask(lambda _: self._create())
        else:
            self._create()

    def _create(self) -> None:
        if self.draft.replaces is not None and self.source is not None:
            self.app.replace_timer(self, self.source.reading)
        else:
            self.app.create(self)

    def _why_not_create(self) -> str:
        reasons = (self._wizard_steps[key].why_not_create() for key in ORDER[self.draft.what])
        return next(filter(None, reasons), "")

    def action_wizard_discard(self) -> None:
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm("Discard this draft?", ("What you typed here is forgotten.",), verb="discard")
        sheet.ask(lambda _: self.close(discard=True))

    def action_app_back(self) -> None:
        if self.is_sending:
            self.app.say("It is being sent; wait for the answer.", "warning")
        else:
            self.close()

    def close(self, *, discard: bool = False) -> None:
        if discard:
            self.keeper.discard()
            self.app.say("The draft is discarded." if self.keeper.attempt is None else DISCARDED_LOST)
        elif self.keeper.is_kept:
            self.keeper.save_now()
            until = ", until this program ends" if self.keeper.in_memory_only else ""
            self.app.say(f"The draft is kept{until}: n goes on with it.")
        self.dismiss()

    def on_unmount(self) -> None:
        self.keeper.save_now()

    # --- what came of an attempt

    def show_problems(self, problems: Sequence[Finding], words: str) -> None:
        """Put what Globus said beside the fields it is about, and open the first one's step; the draft stays."""
        self.refusals = tuple(problems)
        self.check()
        if problems:
            self._open_home(problems[0].field)
        self.app.say(words, "error")

    def _open_home(self, field: str) -> None:
        for key in ORDER[self.draft.what]:
            if field in self._wizard_steps[key].fields:
                self.open_step(key)
                return

    def set_sending(self, *, sending: bool) -> None:
        self.is_sending = sending
        if self.is_mounted:
            self.show_saved()

    # --- keys from step to step, and what they copy

    def action_log_search(self) -> None:
        """Type: into the first field of the step, which is what its lists are found by."""
        if (field := self.step.first_field()) is not None:
            field.focus()

    def action_wizard_next(self) -> None:
        order = ORDER[self.draft.what]
        place = order.index(self._wizard_at) + 1
        if place < len(order):
            self.open_step(order[place])

    def action_wizard_step(self, number: int) -> None:
        order = ORDER[self.draft.what]
        if number <= len(order):
            self.open_step(order[number - 1])

    def action_wizard_swap(self) -> None:
        if self.draft.what is What.FLOW_TIMER:
            self.app.say("A flow has no source and destination to exchange.", "warning")
            return
        self.set_focus(None)  # fields take what is new only while nobody types in them
        lookups = self.lookups
        self.learn(replace(lookups, source=lookups.destination, destination=lookups.source, deletions=None))
        self.change(swap_sides(self.draft))
        self.open_step("where")
        self.app.say("Source and destination are exchanged.")

    def action_wizard_copy(self) -> None:
        """Offer request, command and file to copy; they stand on the last step."""
        if not isinstance(self.step, ReviewStep):
            self.open_step("review")
        self.query_one(ReviewStep).offer_copies()


for _number in range(1, len(STEP_KEYS) + 1):  # six commands with one meaning
    setattr(WizardScreen, f"action_wizard_step_{_number}", partialmethod(WizardScreen.action_wizard_step, _number))

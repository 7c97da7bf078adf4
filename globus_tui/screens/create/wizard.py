"""Making a timer, or a transfer that starts now: steps around one draft, checked as it changes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from globus_tui.commands import EVERYWHERE, FOLDER, ITEMS, LIST_MOVES, WIZARD, Command, bindings, key_words
from globus_tui.domain.check_lookups import Lookups
from globus_tui.domain.draft import Draft, What
from globus_tui.domain.draft_checks import check_draft
from globus_tui.domain.draft_fields import SOURCE
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.findings import Finding, Level
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.create.draft_keeper import DraftKeeper
from globus_tui.screens.create.preflight import Preflight
from globus_tui.screens.create.step import Step
from globus_tui.screens.create.steps import ORDER, make_steps
from globus_tui.widgets.form_row import SIGNS
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from globus_tui.domain.draft_fields import DraftProblem
    from globus_tui.domain.gare import Gare
    from globus_tui.screens.create.lookup import Lookup, Making
    from globus_tui.store.creation_outcome import Attempt

_KEY = re.compile(r"\{([a-z.-]+)\}")
_BACK = tuple(one for one in EVERYWHERE if one.command_id == "app.back")
_PAUSE = 0.4
"""Seconds without a change after which a draft is saved and looked up."""
_MANY = 300
"""Timers, or items, that are checked with every key."""
_RESTING = 0.15
"""Seconds without a change after which more than that are checked."""
_STEP_KEYS = tuple(f"f{number}" for number in range(2, 8))


class WizardScreen(TimerScreen):
    """The frame: it alone holds the draft. Steps get it by `show` and hand in new ones by `DraftEdited`."""

    CSS_PATH = "wizard.tcss"
    ABOUT = (
        "Describe what is to be moved, how and when. Nothing is sent to Globus before the last step; the draft is "
        "kept while you type, and Escape leaves without losing it."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*WIZARD, *FOLDER, *ITEMS, *LIST_MOVES)
    BINDINGS = bindings((*WIZARD, *_BACK))  # type: ignore[assignment]  # as in app
    AUTO_FOCUS = ""

    draft: var[Draft] = var(Draft, init=False)
    lookups: var[Lookups] = var(Lookups(), init=False)
    findings: var[tuple[Finding, ...]] = var((), init=False)
    """What the checks found and what Globus said of the last attempt, worst first."""

    def __init__(
        self,
        making: Making,
        draft: Draft,
        *,
        draft_id: str | None = None,
        step: str = "",
        attempt: Attempt | None = None,
        heading: str = "New timer",
        replaces: str | None = None,
        create: Callable[[WizardScreen], None] | None = None,
    ) -> None:
        """Make the wizard.

        Args:
            making: what it asks and where it keeps drafts.
            draft: to begin with.
            draft_id: of a saved draft that is gone on with.
            step: key of the step to open.
            attempt: a creation of this draft whose end is not known.
            heading: what is being done.
            replaces: id of the timer that this one is to take the place of.
            create: what to do instead of creating when everything is looked through.
        """
        super().__init__()
        self.making = making
        self._wizard_preflight = Preflight(making.lookup, self.learn)
        self.keeper = DraftKeeper(making.drafts, draft_id, draft, step, attempt)
        self.replaces = replaces
        self.is_sending = False
        """A creation is under way: no second one is begun."""
        self._wizard_heading = heading
        self._wizard_create = create
        self._wizard_steps = make_steps()
        self._wizard_at = step if step in ORDER[draft.what] else ORDER[draft.what][0]
        self._wizard_visited = {self._wizard_at}
        self._wizard_said: tuple[Finding, ...] = ()
        self._wizard_pause: Timer | None = None
        self._wizard_check_is_due = False
        self.set_reactive(WizardScreen.draft, draft)

    # --- what steps may use

    @property
    def lookup(self) -> Lookup:
        """Questions to the services; ask them in a worker of the step, group "look-up"."""
        return self.making.lookup

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._wizard_steps[self._wizard_at]

    def ask_consent(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        """Let the user meet a requirement of Globus, then go on with what wanted it; nothing when it is declined."""

        def go_on() -> None:
            self.lookup.forget()
            self._wizard_preflight.forget()
            self.lookups = replace(self.lookups, paths={}, missing_consents=(), consents_checked=False)
            self._look_soon()
            then()

        self.app.consent_for(gare, why, go_on)

    def draft_name(self, side: str) -> str:
        """What the collection of a side, `source` or `destination`, was called when it was chosen."""
        return (self.draft.source_name if side == SOURCE else self.draft.destination_name) or ""

    def make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        """Give a place a name, and say how that went."""
        self.run_worker(self._make_bookmark(name, collection_id, path), group="bookmark")

    async def _make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        try:
            made = await self.lookup.bookmark(name, collection_id, path)
        except GlobusTuiError as wrong:
            self.app.say(f"{wrong} {wrong.advice}".strip(), "error")
        else:
            self.app.say(f"Bookmark {made.label} is made.")

    def learn(self, lookups: Lookups) -> None:
        """Know more of what services answered; the checks take it into account."""
        self.lookups = lookups

    # --- drawing

    def compose(self) -> ComposeResult:
        """As every screen; its keys are those that work while a field has the focus."""
        for widget in super().compose():
            if isinstance(widget, KeyHints):
                keys = {one: _no_letters(key) for one, key in self.app.settings.keys.items()}
                yield KeyHints((*self.COMMANDS_SHOWN, *EVERYWHERE), keys, wording=self.words_of)
            else:
                yield widget

    def compose_middle(self) -> ComposeResult:
        """Header, the steps, what was found."""
        yield TextLine(id="steps")
        yield TextLine(id="about")
        with Vertical(id="step-place"):
            yield from self._wizard_steps.values()
        yield Static(id="checks", markup=False)
        yield TextLine(id="step-hints")

    def title_words(self) -> str:
        """Where one is."""
        now = self.draft.what is What.TRANSFER_NOW and self._wizard_heading == "New timer"
        return "New transfer" if now else self._wizard_heading

    def on_mount(self) -> None:
        """Show the first step, or where the draft was left."""
        self._check()
        self.open_step(self._wizard_at)
        self._look_soon()

    def open_step(self, key: str) -> None:
        """Show a step of what is being made."""
        if key not in ORDER[self.draft.what]:
            return
        self._wizard_at = key
        self._wizard_visited.add(key)
        for name, step in self._wizard_steps.items():
            step.display = name == key
        self.keeper.take(self.draft, key)
        self._show()
        self.call_after_refresh(self._focus_step)

    def _focus_step(self) -> None:
        if self.is_mounted and (field := self.step.first_field()) is not None:
            field.focus()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        self.step.show(self.draft, self.findings)
        self._show_header()
        self._show_checks()

    def _show_header(self) -> None:
        header, about = self.query_one("#steps", TextLine), self.query_one("#about", TextLine)
        words = Content()
        for number, key in enumerate(ORDER[self.draft.what]):
            step = self._wizard_steps[key]
            wrong = key in self._wizard_visited and any(
                one.level is Level.STOP and one.field in step.fields for one in self.findings
            )
            name = f"{_STEP_KEYS[number].upper()} {step.title}{'!' if wrong else ''}"
            here = key == self._wizard_at
            words += Content.styled(f"[{name}]" if here else f" {name} ", "bold $primary" if here else "")
        header.left = words
        header.right = Content.styled(f"{self._saved_words()} ", "$text-muted")
        about.left = Content.styled(f" {self.step.about}", "$text-muted")

    def _saved_words(self) -> str:
        if self.is_sending:
            return "sending"
        return "draft saved" if self.keeper.saved else "not sent yet"

    def _show_checks(self) -> None:
        """The worst of what was found, a line each, as many as there is room for; the last step lists all by itself."""
        most = 0 if self._wizard_at == "review" else 3 if self.app.size.height < 32 else 5
        told = self._told_in_rows()
        bad = [one for one in self.findings if one.level >= Level.NOTE and one not in told and self._is_due(one)]
        lines = [Content.assemble(_sign(one.level), f" {safe_line(one.words)}") for one in bad[:most]]
        checks = self.query_one("#checks", Static)
        words = Content("\n").join(lines) if lines else Content()
        checks.display = bool(lines)
        if checks.content != words:
            checks.update(words)
        hints = self.query_one("#step-hints", TextLine)
        keys = self.app.settings.keys
        hints.left = Content(f" {_KEY.sub(lambda found: key_words(keys, found[1]), self.step.hints)}")
        hints.right = Content(f"{len(bad)} found, the last step lists them ") if most < len(bad) and most else Content()

    def _told_in_rows(self) -> list[Finding]:
        """What the rows of the step that is shown say already: the worst of each field."""
        worst: dict[str, Finding] = {}
        for one in self.findings:
            row = self.step.field_note(one.field) if one.level > Level.NOTE else None
            if row is not None and row.says_all:
                worst.setdefault(one.field, one)
        return list(worst.values())

    def _is_due(self, finding: Finding) -> bool:
        """What is missing in steps that were not opened yet is no news."""
        homes = [key for key, step in self._wizard_steps.items() if finding.field in step.fields]
        return not homes or any(key in self._wizard_visited for key in homes)

    # --- changes

    @on(Step.DraftEdited)
    def take_draft(self, edited: Step.DraftEdited) -> None:
        """A step changed the draft."""
        edited.stop()
        self.change(edited.draft)

    def change(self, draft: Draft) -> None:
        """The draft is this one from now on."""
        self._wizard_said = ()
        self.draft = draft

    def watch_draft(self) -> None:
        """Check and show at once; save and look up after a pause."""
        if not self.is_mounted:
            return
        if self._wizard_at not in ORDER[self.draft.what]:
            self.open_step(ORDER[self.draft.what][0])
        self.keeper.take(self.draft, self._wizard_at)
        self._check()
        self.show_title()
        self._look_soon()

    def watch_lookups(self) -> None:
        """An answer came in."""
        self._check_soon()

    def watch_states(self) -> None:
        """Timers changed: there may be a duplicate now, or none any more."""
        self._check_soon()

    def watch_view(self) -> None:
        """Time has passed."""
        super().watch_view()
        self._check_soon()

    def _check_soon(self) -> None:
        if self.is_mounted and not self._wizard_check_is_due:
            self._wizard_check_is_due = True
            self.call_later(self._check)

    def _check(self) -> None:
        """Check at once; what takes longer than a key only when the typing rests, off the event loop."""
        self._wizard_check_is_due = False
        if not self._is_long():
            self._take_findings(self._checking()())
        else:
            self.run_worker(self._check_later(), group="check", exclusive=True)
            self._show()

    def _is_long(self) -> bool:
        return len(self.states) > _MANY or len(self.draft.transfer.items) > _MANY

    def _checking(self) -> Callable[[], tuple[Finding, ...]]:
        jobs = tuple(state.job for state in self.states.values())
        now, tasks = self.app.store.now(), dict(self.view.tasks)
        return partial(
            check_draft, self.draft, now, jobs=jobs, tasks=tasks, lookups=self.lookups, replaces=self.replaces
        )

    async def _check_later(self) -> None:
        await asyncio.sleep(_RESTING)
        self._take_findings(await asyncio.to_thread(self._checking()))

    def _take_findings(self, found: Sequence[Finding]) -> None:
        self.findings = (*self._wizard_said, *found)
        self._show()

    def _look_soon(self) -> None:
        if self._wizard_pause is not None:
            self._wizard_pause.stop()
        self._wizard_pause = self.set_timer(_PAUSE, self._after_a_pause)

    def _after_a_pause(self) -> None:
        self._wizard_pause = None
        self.run_worker(self._save(), group="save")
        looking = self._wizard_preflight.look(self.draft, self.lookups, signed_in=self.who is not None)
        self.run_worker(looking, group="look-up", exclusive=True)

    async def _save(self) -> None:
        await self.keeper.save()
        self._show_header()
        if warning := self.making.drafts.take_warning():
            self.app.say(warning, "warning")

    # --- commands

    @on(Step.Finished)
    def go_on(self) -> None:
        """Enter in the last field of a step: the next step that there is something to do in."""
        order = ORDER[self.draft.what]
        following = order[order.index(self._wizard_at) + 1 :]
        if following[:1] == ("items",) and self.draft.transfer.items:
            following = following[1:]  # the folders just chosen are the items
        if following:
            self.open_step(following[0])

    def action_wizard_next(self) -> None:
        """The step after this one."""
        order = ORDER[self.draft.what]
        place = order.index(self._wizard_at) + 1
        if place < len(order):
            self.open_step(order[place])

    def action_wizard_step(self, number: int) -> None:
        """A step by its number, from 1."""
        order = ORDER[self.draft.what]
        if number <= len(order):
            self.open_step(order[number - 1])

    def action_wizard_step_1(self) -> None:
        """The first step."""
        self.action_wizard_step(1)

    def action_wizard_step_2(self) -> None:
        """The second step."""
        self.action_wizard_step(2)

    def action_wizard_step_3(self) -> None:
        """The third step."""
        self.action_wizard_step(3)

    def action_wizard_step_4(self) -> None:
        """The fourth step."""
        self.action_wizard_step(4)

    def action_wizard_step_5(self) -> None:
        """The fifth step."""
        self.action_wizard_step(5)

    def action_wizard_step_6(self) -> None:
        """The sixth step."""
        self.action_wizard_step(6)

    @on(Step.CreateWanted)
    def action_wizard_create(self) -> None:
        """Create it; from any other step than the last one, show that first."""
        if self.is_sending:
            self.app.say("It is being sent; wait for the answer.", "warning")
        elif self._wizard_at != "review":
            self.open_step("review")
        elif not self._is_checked():
            self.app.say("It is still being checked against your timers; once more in a moment.", "warning")
        elif stops := [one for one in self.findings if one.level is Level.STOP and one not in self._wizard_said]:
            self.app.say(f"Not yet: {stops[0].words}.", "error")
            self._open_home(stops[0].field)
        elif why := self._why_not_create():
            self.app.say(why, "error")
        elif self._wizard_create is not None:
            self._wizard_create(self)
        else:
            self.app.create(self)

    def _is_checked(self) -> bool:
        return not any(worker.group == "check" and not worker.is_finished for worker in self.workers)

    def _why_not_create(self) -> str:
        said = (self._wizard_steps[key].why_not_create() for key in ORDER[self.draft.what])
        return next(filter(None, said), "")

    def action_wizard_discard(self) -> None:
        """Ask, then give the draft up."""
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm("Discard this draft?", ("What you typed here is forgotten.",), verb="discard")
        self.app.push_screen(sheet, lambda agreed: self.close(discard=True) if agreed else None)

    def action_app_back(self) -> None:
        """Leave; the draft stays."""
        if self.is_sending:
            self.app.say("It is being sent; wait for the answer.", "warning")
        else:
            self.close()

    def close(self, *, discard: bool = False) -> None:
        """Close the wizard, which must be on top."""
        if discard:
            self.keeper.discard()
            self.app.say("The draft is discarded.")
        elif self.keeper.kept:
            self.keeper.save_now()
            self.app.say("The draft is kept: n goes on with it.")
        self.app.pop_screen()

    def on_unmount(self) -> None:
        """The program ends: nothing typed is lost."""
        self.keeper.save_now()

    # --- what came of an attempt

    def show_problems(self, problems: Sequence[DraftProblem], words: str) -> None:
        """Put what Globus said beside the fields it is about, and open the first one's step; the draft stays."""
        self._wizard_said = tuple(Finding(Level.STOP, one.field, one.words, one.item) for one in problems)
        self._check()
        if problems:
            self._open_home(problems[0].field)
        self.app.say(words, "error")

    def _open_home(self, field: str) -> None:
        for key in ORDER[self.draft.what]:
            if field in self._wizard_steps[key].fields:
                self.open_step(key)
                return

    def set_sending(self, *, sending: bool) -> None:
        """Say that a creation is under way, or over."""
        self.is_sending = sending
        if self.is_mounted:
            self._show_header()


def _no_letters(keys: str) -> str:
    """The keys of a command, those first that no field takes as text: f1 before ?, escape before q."""
    return ",".join(sorted(keys.split(","), key=lambda key: len(key) == 1 or key == "question_mark"))


def _sign(level: Level) -> tuple[str, str]:
    style = {Level.STOP: "bold $text-error", Level.WARN: "bold $text-warning"}.get(level, "$text-muted")
    return f" {SIGNS[level]:4}", style

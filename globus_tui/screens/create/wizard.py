"""Making a timer, or a transfer that starts now: steps around one draft, checked as it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.commands import EVERYWHERE, FOLDER, ITEMS, LIST_MOVES, WIZARD, Command, bindings
from globus_tui.domain.draft import What
from globus_tui.domain.findings import Finding, Level
from globus_tui.screens.create.draft_keeper import DraftKeeper
from globus_tui.screens.create.step import Step
from globus_tui.screens.create.steps import ORDER, make_steps
from globus_tui.screens.create.wizard_keys import WizardKeys
from globus_tui.screens.create.wizard_words import finding_lines, hint_line, keys_in_fields, steps_line
from globus_tui.widgets.key_hints import KeyHints
from globus_tui.widgets.text_field import TextField
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.draft_fields import DraftProblem
    from globus_tui.screens.create.lookup import Making
    from globus_tui.store.creation_outcome import Attempt

_BACK = tuple(one for one in EVERYWHERE if one.command_id == "app.back")


class WizardScreen(WizardKeys):
    """The frame: it alone holds the draft. Steps get it by `show` and hand in new ones by `DraftEdited`."""

    CSS_PATH = "wizard.tcss"
    ABOUT = (
        "Describe what is to be moved, how and when. Nothing is sent to Globus before the last step; the draft is "
        "kept while you type, and Escape leaves without losing it."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = (*WIZARD, *FOLDER, *ITEMS, *LIST_MOVES)
    BINDINGS = bindings((*WIZARD, *_BACK))  # type: ignore[assignment]  # as in app
    AUTO_FOCUS = ""

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
        super().__init__(making, draft, DraftKeeper(making.drafts, draft_id, draft, step, attempt), replaces)
        self.is_sending = False
        """A creation is under way: no second one is begun."""
        self._wizard_heading = heading
        self._wizard_create = create
        self._wizard_resumes = draft_id is not None
        self._wizard_steps = make_steps()
        self._wizard_at = step if step in ORDER[draft.what] else ORDER[draft.what][0]
        self._wizard_visited = {self._wizard_at}

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._wizard_steps[self._wizard_at]

    def step_key(self) -> str:
        """Its key, under which a saved draft remembers it."""
        return self._wizard_at

    # --- drawing

    def compose(self) -> ComposeResult:
        """As every screen; its keys are those that work while a field has the focus."""
        for widget in super().compose():
            if isinstance(widget, KeyHints):
                keys = keys_in_fields(self.app.settings.keys)
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
        self.check()
        self.open_step(self._wizard_at)
        self.look_soon()

    def open_step(self, key: str) -> None:
        """Show a step of what is being made."""
        if key not in ORDER[self.draft.what]:
            return
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
        """The step, the header, and what was found."""
        if not self.is_mounted:
            return
        self.step.show(self.draft, self.findings)
        self.show_saved()
        self._show_checks()

    def show_saved(self) -> None:
        """The header: the steps, and whether the draft is saved."""
        if not self.is_attached or not self.query("#steps"):
            return  # a save that ends while the program does
        header, about = self.query_one("#steps", TextLine), self.query_one("#about", TextLine)
        order = ORDER[self.draft.what]
        header.left = steps_line(self._wizard_steps, order, self._wizard_at, self._wizard_visited, self.findings)
        saved = "sending" if self.is_sending else "draft saved" if self.keeper.saved else "not sent yet"
        header.right = Content.styled(f"{saved} ", "$text-muted")
        about.left = Content.styled(f" {self.step.about}", "$text-muted")

    def _show_checks(self) -> None:
        """The worst of what was found, a line each, as many as there is room for; the last step lists all by itself."""
        most = 0 if self._wizard_at == "review" else 3 if self.app.size.height < 32 else 5
        told = self._told_in_rows()
        bad = [one for one in self.findings if one.level >= Level.NOTE and one not in told and self._is_due(one)]
        checks, words = self.query_one("#checks", Static), finding_lines(bad[:most])
        checks.display = bool(words)
        if checks.content != words:
            checks.update(words)
        hints = self.query_one("#step-hints", TextLine)
        hints.left = Content(f" {hint_line(self.step.hints, self.app.settings.keys)}")
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

    def watch_draft(self) -> None:
        """What is made may be something else, with other steps."""
        if self.is_mounted and self._wizard_at not in ORDER[self.draft.what]:
            self.open_step(ORDER[self.draft.what][0])
        super().watch_draft()
        if self.is_mounted:
            self.show_title()

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

    @on(Step.CreateWanted)
    def action_wizard_create(self) -> None:
        """Create it; from any other step than the last one, show that first."""
        if self.is_sending:
            self.app.say("It is being sent; wait for the answer.", "warning")
        elif self._wizard_at != "review":
            self.open_step("review")
        elif not self.when_looked_through(self.action_wizard_create):
            self.app.say("Looking it through …")
        elif stops := [one for one in self.findings if one.level is Level.STOP and one not in self.said]:
            self.app.say(f"Not yet: {stops[0].words}.", "error")
            self._open_home(stops[0].field)
        elif why := self._why_not_create():
            self.app.say(why, "error")
        elif self._wizard_create is not None:
            self._wizard_create(self)
        else:
            self.app.create(self)

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
        self.said = tuple(Finding(Level.STOP, one.field, one.words, one.item) for one in problems)
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
        """Say that a creation is under way, or over."""
        self.is_sending = sending
        if self.is_mounted:
            self.show_saved()

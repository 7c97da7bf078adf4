"""Questions: before something is changed, where Enter alone changes nothing; one line of text, or new names for several
timers; what to do when nobody knows what became of a request; and what became of each of several timers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.timer.timer_groups import NamePattern, check_name
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.page import Question, Unrolled, bound, in_pieces
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.console import Console


def ask(heading: str, *questions: tuple[str, str, Callable[[str], Any]], then: Callable[..., object]) -> None:
    """Asks one thing after the other, each a sentence, what stands in its field at first, and what reads the answer.

    `then` is given all that was read, unless one is given up. What reads an answer raises `GlobusTuiError` with words.
    """

    def go_on(*answers: object) -> None:
        if len(answers) == len(questions):
            then(*answers)
            return
        sentence, value, read = questions[len(answers)]
        Ask(heading, (sentence,), value=value, check=read).ask(lambda answer: go_on(*answers, read(answer)))

    go_on()


def read_moment(app: Console) -> Callable[[str], datetime | None]:
    """Reads a moment in the zone that is shown; None where nothing is said."""
    from globus_tui.domain.schedule.typed_times import parse_moment

    return lambda typed: parse_moment(typed, app.store.now(), app.view.zone).moment if typed else None


def tell_ends(app: Console, ends: Sequence[tuple[bool, str, str]], words: str) -> None:
    """Says how many of several are done (`words`, such as "paused"); lists each result if one failed."""
    bad = sum(not done for done, _, _ in ends)
    app.say(f"{len(ends) - bad} of {len(ends)} {words}", "error" if bad else "information")
    if bad:
        app.push_screen(Results("What became of each timer", ends))


def check_interval(text: str, floor: float) -> float:
    """Seconds between refreshes.

    Args:
        text: whole seconds; 0 is off.
        floor: the shortest interval that the service behind is asked at.

    Raises:
        BadInput: not a whole number, or shorter than the floor.
    """
    if not text.isdecimal() or int(text) > 86400:
        raise BadInput(f"{text!r} is not an interval: write whole seconds up to 86400, or 0 for off.")
    seconds = int(text)
    if 0 < seconds < floor:
        raise BadInput(f"Globus is not asked more often than every {floor:g} seconds.")
    return float(seconds)


class Ask(Question[str]):
    """A question with a text field; gives the text, or None when cancelled."""

    def __init__(
        self, heading: str, sentences: Sequence[str] = (), *, value: str = "", check: Callable[[str], object] = str
    ) -> None:
        """Make the question.

        Args:
            sentences: what there is to know, a line each.
            value: what stands in the field at first.
            check: raises GlobusTuiError with words when a text will not do.
        """
        super().__init__()
        self.question = heading
        self._ask_sentences = tuple(sentences)
        self._ask_value = value
        self._ask_check = check

    def compose_sheet(self) -> ComposeResult:
        yield from map(self.line, self._ask_sentences)
        yield TextField(self._ask_value, id="answer")
        yield Static("Enter takes it, Escape cancels.", id="ask-note", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        text = submitted.value.strip()
        try:
            self._ask_check(text)
        except GlobusTuiError as wrong:
            self.refuse("#ask-note", str(wrong))
        else:
            self.dismiss(text)


class Results(Question[None]):
    """A list to read; Enter or Escape closes it."""

    BINDINGS: ClassVar = bound("enter,q cancel")

    def __init__(self, heading: str, results: Sequence[tuple[bool, str, str]]) -> None:
        super().__init__()
        self.question = heading
        self._results_lines = tuple(results)

    def compose(self) -> ComposeResult:
        lines = map(self._result_line, sorted(self._results_lines, key=lambda entry: entry[0]))
        with Unrolled(in_pieces(lines), classes="sheet", id="results"):
            yield Static(Content(self.clipped(self.question, 160)), classes="sheet-heading")
            yield self.line("Enter or Escape closes.", "$text-muted")

    def _result_line(self, result: tuple[bool, str, str]) -> Content:
        done, label, words = result
        head = ("done    ", "$text-success") if done else ("NOT DONE", "bold $text-error")
        return Content.assemble(head, "  ", (self.safe(label), "bold"), "  ", self.safe(words))


class Sheet(Question[bool]):
    """A panel at the bottom of the screen; what is behind it stays in sight and goes on living."""

    BINDINGS: ClassVar = bound(
        "up scroll_list(-1); down scroll_list(1); pageup scroll_list(-8); pagedown scroll_list(8)"
    )

    def __init__(
        self, heading: str, sentences: Sequence[str], *, listed: Sequence[str | Content] = (), danger: bool = False
    ) -> None:
        """Make a sheet.

        Args:
            sentences: what will happen, a line each. Text of a service may stand in them.
            listed: what it is about, a line each; all of it can be scrolled to.
            danger: draw the heading as a warning.
        """
        super().__init__(classes="-danger" if danger else "")
        self._sheet_listed = tuple(listed)
        self.question = heading
        self._sheet_sentences = tuple(sentences)

    def compose_sheet(self) -> ComposeResult:
        with VerticalScroll(can_focus=False, classes="sheet-said"):
            yield from map(self.line, self._sheet_sentences)
            if self._sheet_listed:
                room = max(3, self.app.size.height // 2 - 8)  # what is said and the answer stay in sight
                lines = (Content(self.safe(line)) if isinstance(line, str) else line for line in self._sheet_listed)
                listed = Unrolled(in_pieces(lines), classes="sheet-list", can_focus=False)
                listed.styles.max_height = room
                yield listed
                if len(self._sheet_listed) > room:
                    yield self.line("up/down scroll the list", "$text-muted")
        yield from self.compose_answer()

    def compose_answer(self) -> ComposeResult:
        yield from ()

    def action_scroll_list(self, lines: int) -> None:
        for listed in self.query(".sheet-list, .sheet-said"):
            listed.scroll_relative(y=lines, animate=False)

    def action_cancel(self) -> None:
        self.dismiss(False)


class Confirm(Sheet):
    """Yes or no. `y` does it; Enter, Escape and `n` do not."""

    BINDINGS: ClassVar = bound("y agree; n,q,enter cancel")

    def __init__(
        self,
        heading: str,
        sentences: Sequence[str],
        *,
        verb: str,
        listed: Sequence[str | Content] = (),
        danger: bool = False,
    ) -> None:
        """Make the question; `verb` is what `y` does, e.g. "pause"."""
        super().__init__(heading, sentences, listed=listed, danger=danger)
        self._confirm_verb = verb

    def compose_answer(self) -> ComposeResult:
        words = Content.assemble(
            (" Cancel (Enter) ", "reverse"), "   ", ("y", "bold $primary"), f" {self._confirm_verb}"
        )
        yield Static(words, classes="sheet-answer")

    def action_agree(self) -> None:
        self.dismiss(True)


class ConfirmTyped(Sheet):
    """Asks for a text to be typed: for what cannot be taken back."""

    def __init__(
        self,
        heading: str,
        sentences: Sequence[str],
        *,
        accepted: Sequence[str],
        verb: str,
        listed: Sequence[str | Content] = (),
    ) -> None:
        """Make the question; `accepted`: texts any of which agrees; `verb`: what that does, e.g. "delete it"."""
        super().__init__(heading, sentences, listed=listed, danger=True)
        self._typed_accepted = tuple(accepted)
        self._typed_verb = verb

    def compose_answer(self) -> ComposeResult:
        alternatives = " or ".join(self._typed_accepted)
        yield self.line(f"Type  {alternatives}  and press Enter to {self._typed_verb}; Escape cancels.")
        yield TextField(id="typed")
        yield Static("", id="typed-note", classes="-wrong", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        if submitted.value.strip() in self._typed_accepted:
            self.dismiss(True)
        elif not submitted.value.strip():
            self.dismiss(False)
        else:
            self.query_one("#typed", TextField).value = ""
            wrong = f"{submitted.value.strip()!r} is not it: nothing was changed. Type it exactly, or press Escape."
            self.refuse("#typed-note", wrong)


class LostAnswer(Question[str | None]):
    """Look again, send again, or leave it. Enter looks: that changes nothing."""

    question = "The answer was lost"
    LOOK, AGAIN = "look", "again"
    BINDINGS: ClassVar = bound("enter,l answer('look'); A answer('again'); q cancel")

    def __init__(self, words: str, *, transfer: bool, looks_every: float | None = None) -> None:
        """Ask; `transfer`: it was a transfer, which can be handed in again without harm.

        With `looks_every`, as many seconds without an answer count as looking again.
        """
        super().__init__(classes="-danger")
        self._lost_looks_every = looks_every
        self._lost_words = words
        self._lost_transfer = transfer

    def compose_sheet(self) -> ComposeResult:
        look = "" if self._lost_transfer else " look for it again (Enter) "
        again = "hand it in again: it runs once" if self._lost_transfer else "create it again: there may then be two"
        yield self.line(self._lost_words)
        ways = (("   A", "bold $primary"), f" {again}   ", ("esc", "bold $primary"), " leave it; the draft is kept")
        yield Static(Content.assemble((look, "reverse"), *ways), classes="sheet-answer")

    def on_mount(self) -> None:
        if self._lost_looks_every is not None:
            self.set_timer(self._lost_looks_every, lambda: self.action_answer(self.LOOK))

    def action_answer(self, answer: str) -> None:
        if answer == self.LOOK and self._lost_transfer:
            return
        self.dismiss(answer)


NewNames = dict["JobId", str]
_FIELDS = (("old", "replace"), ("new", "with"), ("before", "put before"), ("after", "put behind"))
_SHOWN = 6
"""New names shown one by one."""
_HELP = "Enter renames, Escape cancels. Only names that change are sent; a group's times stay at the end."


class RenameMany(Question["NewNames"]):
    """Asks for a pattern; gives the new names of those timers whose name changes, or None when cancelled."""

    def __init__(self, names: Mapping[JobId, str], words: str = "") -> None:
        """Make the form for these names; a timer without one has an empty text. `words`: how many of which they are."""
        super().__init__()
        self.question = f"Rename {len(names)} timers"
        self._rename_words = words
        self._rename_names = dict(names)

    def compose_sheet(self) -> ComposeResult:
        if self._rename_words:
            yield self.line(self._rename_words)
        for name, label in _FIELDS:
            yield FormRow(name, label, TextField(id=f"rename-{name}"))
        yield Static(_HELP, id="rename-note", markup=False)  # above the names: these may not all fit
        yield Static(id="rename-preview", markup=False)

    def on_mount(self) -> None:
        self.show_names()

    def new_names(self) -> NewNames:
        """What the pattern makes of the names, those left out that stay as they are."""
        texts = {name: self.query_one(f"#rename-{name}", TextField).value for name, _ in _FIELDS}
        pattern = NamePattern(**texts)
        names = {job_id: pattern.apply_to(name) for job_id, name in self._rename_names.items()}
        return {job_id: name for job_id, name in names.items() if name != self._rename_names[job_id]}

    @on(TextField.Changed)
    def show_names(self) -> None:
        changed = self.new_names()
        lines = [f"{self._rename_names[job_id] or '(no name)'} -> {name}" for job_id, name in changed.items()]
        lines += [name or "(no name)" for job_id, name in self._rename_names.items() if job_id not in changed]
        rest = [f"… and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        count = f"{len(changed)} of {len(self._rename_names)} names change"
        words = "\n".join([f"{count}:", *(f"  {self.clipped(line, 160)}" for line in (*lines[:_SHOWN], *rest))])
        self.query_one("#rename-preview", Static).update(Content(words))

    @on(TextField.Submitted)
    def take_names(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        changed = self.new_names()
        try:
            for name in changed.values():
                check_name(name)
        except BadInput as wrong:
            self.refuse("#rename-note", str(wrong))
        else:
            self.dismiss(changed)

"""Sign-in and consent: what Globus asks for in words, a link to open elsewhere, and a field for the code."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.screens.show_text import BareText, print_bare
from globus_tui.themes import sheets
from globus_tui.widgets.choice import Toggle
from globus_tui.widgets.page import Question, Unrolled, bound
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.events import Key, Paste
    from textual.widget import Widget

    from globus_tui.screens.console import Console


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What one login asks for; another choice of timers may make it another login.

    Attributes:
        url: the link; None when no login is needed.
        scopes: the exact scope strings, a line each.
        link_file: where the link was written for the laptop (mode 600); None when that could not be done.
    """

    lines: tuple[str, ...]
    url: str | None
    scopes: tuple[str, ...] = ()
    link_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that is done after the login unless the user unticks it.

    Attributes:
        words: what is done, and what starts at once because of it.
        group: what it has in common with its neighbours, drawn once above them; empty for none.
        name: of the timer, for the line that counts all of them.
        starts: a run starts at once because of it; None where one may.
    """

    key: str
    words: str
    group: str = ""
    name: str = ""
    starts: bool | None = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything the screen needs.

    Attributes:
        submit: takes what was pasted; gives None when all is well, else what is wrong and what to do.
        then: what happens by itself after the code was taken.
        choices: what may be left out of that.
        change: what is asked for when only these choices are left; None where that changes nothing.
        browser: the demo's pretend browser: takes the link, gives a code; None outside the demo.
        open_link: opens a browser on this machine; None in an SSH session.
    """

    heading: str
    request: LoginRequest
    submit: Callable[[Secret], Awaitable[str | None]]
    then: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    change: Callable[[frozenset[str]], Awaitable[LoginRequest]] | None = None
    browser: Callable[[str], Awaitable[str | None]] | None = None
    open_link: Callable[[str], object] | None = None


_SHOWN = 50
"""Characters of the link that are shown: it is over 700 long, and no border may cut what somebody selects."""
_NAMED = 12
"""Names that the first lines have room for on a low terminal."""


class ConsentScreen(Question[frozenset[str] | None]):
    """Gives the keys of the choices that were left in when signed in, None when left as it was.

    A paste lands in the code field from anywhere.
    """

    app: Console  # type: ignore[assignment]  # the application fulfils it

    CSS = sheets("screens/consent.tcss")
    SCOPED_CSS = False
    AUTO_FOCUS = ""
    BINDINGS: ClassVar = bound(
        "p print; c copy; o open; b browser; y scopes; a all; enter go_on; space choices; "
        "q cancel; down,j app.focus_next; up,k app.focus_previous; pagedown page(1); pageup page(-1)"
    )

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self._consent_prompt = prompt
        self._consent_request = prompt.request
        self._consent_busy = False
        self._consent_leaving = False
        self._consent_changing = asyncio.Lock()
        self._consent_rest = True
        """Whether those choices are left in of which no widget is made yet."""
        self._consent_choices = frozenset(choice.key for choice in prompt.choices)

    def compose(self) -> ComposeResult:
        prompt = self._consent_prompt
        with Unrolled(self._compose_then(), id="consent", can_focus=False):
            yield Static(Content(self.clipped(prompt.heading, 160)), classes="sheet-heading")
            if prompt.choices:
                yield Static(id="meant", markup=False)
            yield Static(id="asked", markup=False)
            yield Static("1  Open this link in a browser on YOUR computer", classes="step for-a-code", markup=False)
            with Link(id="link"):
                yield Static(id="url", classes="link", markup=False)
                yield Static(id="ways", markup=False)
        with Vertical(id="consent-code", classes="tells"):  # below what scrolls: in sight on the smallest screen
            yield Static("2  Paste the code that Globus shows", classes="step for-a-code", markup=False)
            hint = "a paste lands here from anywhere on this screen"
            yield TextField(placeholder=hint, password=True, joins_lines=True, id="code", classes="for-a-code")
            yield Static("", id="consent-note", markup=False)
        with Vertical(id="consent-keys"):
            yield Static(id="consent-hints")

    def _compose_then(self) -> Iterator[Widget]:
        prompt = self._consent_prompt
        if prompt.then or prompt.choices:
            yield Static("Afterwards, by itself", classes="step", markup=False)
        group = ""
        single = len(prompt.choices) == 1
        for choice in prompt.choices:
            if choice.group != group:
                group = choice.group
                yield Static(Content(self.safe(group)), classes="link")
            if not single:
                yield Toggle(choice.words, self._consent_rest, name=choice.key)
        for line in (*(choice.words for choice in prompt.choices if single), *prompt.then):
            yield Static(Content(f"    {self.safe(line)}"))

    def on_mount(self) -> None:
        """Draw what is asked at first, from its first line: that is what has to be read."""
        self._show_request()
        self._show_meant()
        self.query_one("#link").focus(scroll_visible=False)

    def _show_request(self) -> None:
        asked = self._consent_request
        self.query(".for-a-code").set(display=asked.url is not None)
        self.query_one("#asked", Static).update(Content("\n".join(self.safe(line) for line in asked.lines)))
        dots = "..." if self.app.host.ascii else "…"
        shown = f"{asked.url[:_SHOWN]}{dots} ({len(asked.url)} characters)" if asked.url else "No sign-in is needed."
        self.query_one("#url", Static).update(Content(shown))
        lines = [Content.assemble((f"{key:>3}  ", "bold $primary"), words) for key, words in self._ways()]
        self.query_one("#ways", Static).update(Content("\n").join(lines))
        self.query_one("#consent-hints", Static).update(self._hints())

    def _show_meant(self) -> None:
        """Shows first which timers this is for: nobody should have to look for what starts because of it."""
        choices = self._consent_prompt.choices
        if len(choices) == 1:
            self.query_one("#meant", Static).update(Content(self.safe(choices[0].words)))
        elif choices:
            keys = self._ticked()
            ticked = [choice for choice in choices if choice.key in keys]
            when = {True: " (starts now)", None: " (may start now)", False: ""}
            names = ", ".join(f"{self.safe(choice.name)}{when[choice.starts]}" for choice in ticked[:_NAMED])
            rest = f" and {len(ticked) - _NAMED} more, below" if len(ticked) > _NAMED else ""
            counted = Counter(choice.starts for choice in ticked)
            parts = (f"{counted[True]} start a run", counted[True]), (f"{counted[None]} may start one", counted[None])
            starting = " and ".join(words for words, count in parts if count)
            head = f"Resumes {len(ticked)}{f', of which {starting}' if starting else ''}"
            self.query_one("#meant", Static).update(Content(f"{head}: {names}{rest}"))
        self.query_one("#consent-hints", Static).update(self._hints())

    def _ways(self) -> list[tuple[str, str]]:
        prompt, asked = self._consent_prompt, self._consent_request
        if asked.url is None:
            rest = " with what is ticked below" if len(prompt.choices) > 1 else ""
            return [("", f"Press Enter to go on{rest}.")]
        way = "tmux load-buffer -w" if os.environ.get("TMUX") else "OSC 52"
        ways = [("p", "print it bare on a clean screen, to select with the mouse"), ("c", f"copy it ({way})")]
        if prompt.open_link:
            ways.append(("o", "open it in a browser on this machine"))
        if prompt.browser:
            ways.append(("b", "demo: act as the browser yourself, here"))
        if asked.link_file:
            ways.append(("", "or on your laptop, from a file that is yours alone (mode 600):"))
            ways.append(("", f"{_fetching(asked.link_file)} | xargs open"))
            ways.append(("", "(on Linux: xargs xdg-open)"))
        return ways

    def _hints(self) -> Content:
        prompt, asked = self._consent_prompt, self._consent_request
        keys = [("enter", "Submit" if asked.url else "Go on")]
        keys += [("p", "Print"), ("c", "Copy")] if asked.url else []
        keys += [("b", "Browser")] if prompt.browser else []
        keys += [("esc", "Cancel")]
        if len(prompt.choices) > 1:
            whole = len(self._ticked()) == len(prompt.choices)
            keys += [("space", "Leave out"), ("a", "Only the first" if whole else "All")]
        keys += [("y", "Scopes")] if asked.scopes else []
        keys += [("tab", "Next"), ("pgdn", "More")]
        lines = [Content()]
        for key, words in keys:
            hint = Content.assemble((key, "bold $primary"), f" {words}  ")
            if lines[-1].cell_length + hint.cell_length > self.app.size.width:
                lines.append(Content())  # broken between keys, not between a key and its word
            lines[-1] += hint
        return Content("\n").join(lines)

    def on_resize(self) -> None:
        self.query_one("#consent-hints", Static).update(self._hints())

    # --- the code

    def on_paste(self, pasted: Paste) -> None:
        field = self.query_one("#code", TextField)
        if self.focused is not field and field.display:
            pasted.stop()
            field.value = "".join(pasted.text.split())
            field.focus()

    def begins_a_word(self, key: Key) -> bool:
        """A code beside its field, typed, or pasted in a terminal that does not tell a paste from keys."""
        field = self.query_one("#code", TextField)
        begins = key.character is not None and (key.character.isalnum() or key.character in "-_")
        return begins and field.display and not field.has_focus

    async def take_word(self, keys: Sequence[Key]) -> None:
        field = self.query_one("#code", TextField)
        field.value += "".join(key.character or "" for key in keys)
        field.focus()

    @on(TextField.Submitted, "#code")
    def take_the_code(self, submitted: TextField.Submitted) -> None:
        submitted.stop()
        self._submit(submitted.value)

    @on(TextField.Changed, "#code")
    def forget_the_refusal(self, changed: TextField.Changed) -> None:
        """Another code is in the field: what was wrong with the one before is not said beside it."""
        if changed.value and self.query_one("#consent-note").has_class("-wrong"):
            self._say("")

    def _submit(self, pasted: str) -> None:
        if not pasted.strip():
            self._say("The code is missing: it stands in the browser once you have signed in there.", wrong=True)
        elif not self._consent_busy:
            self._consent_busy = True
            self._say("asking Globus")
            self.query_one("#code", TextField).value = ""
            # A Secret from here on: workers log their arguments, and a crash report shows local variables.
            self.run_worker(self._try_code(Secret(pasted)), group="sign-in")

    async def _try_code(self, pasted: Secret) -> None:
        try:
            wrong = await self._consent_prompt.submit(pasted)
        finally:
            self._consent_busy = False
        if wrong is None:
            self.dismiss(self._ticked())
        else:
            self._say(wrong, wrong=True)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        note = self.query_one("#consent-note", Static)
        note.set_class(wrong, "-wrong")
        note.update(Content(self.safe(words)))

    # --- what is left out

    def _ticked(self) -> frozenset[str]:
        seen = {toggle.name: toggle.value for toggle in self.query(Toggle)}
        return frozenset(
            choice.key for choice in self._consent_prompt.choices if seen.get(choice.key, self._consent_rest)
        )

    def action_all(self) -> None:
        toggles, choices = list(self.query(Toggle)), self._consent_prompt.choices
        self._consent_rest = everything = len(self._ticked()) < len(choices) or len(choices) == 1
        for place, toggle in enumerate(toggles):
            toggle.value = everything or place == 0
        self.ask_for_what_is_left()

    @on(Toggle.Changed)
    def ask_for_what_is_left(self) -> None:
        """Ask again which consents are needed: fewer, when a choice was unticked."""
        self._show_meant()
        if self._consent_prompt.change:
            self.run_worker(self._ask_for_what_is_left(), group="look-up")

    async def _ask_for_what_is_left(self) -> None:
        change = self._consent_prompt.change
        async with self._consent_changing:
            ticked = self._ticked()
            if change is None or not ticked:
                self._say("" if ticked else "Everything is left out: tick something, or Escape.", wrong=not ticked)
                return
            if ticked == self._consent_choices:
                return
            try:
                asked = await change(ticked)
            except GlobusTuiError as wrong:
                self._say(wrong.in_full, wrong=True)
                return
            self._consent_choices = ticked
        self._say("" if asked.url == self._consent_request.url else "The link is another one now: open this one.")
        self._consent_request = asked
        self._show_request()

    # --- the link

    @property
    def _url(self) -> str:
        return self._consent_request.url or ""

    def action_print(self) -> None:
        if self._url and not print_bare(self.app, self._url):
            self._say("This terminal cannot be left for a moment; use c, or the file.", wrong=True)

    def action_copy(self) -> None:
        self.app.send_text(self._url)
        self._say("sent to the clipboard; if it did not arrive, p prints it")

    def action_open(self) -> None:
        if self._consent_prompt.open_link:
            self._consent_prompt.open_link(self._url)
            self._say("a browser was asked to open it")
        else:
            words = "No browser is opened over SSH or without a display; p, c or the file bring it to yours."
            self._say(words, wrong=True)

    def action_browser(self) -> None:
        if self._consent_prompt.browser:
            self.run_worker(self._act_as_browser(), group="sign-in")

    async def _act_as_browser(self) -> None:
        code = await self._consent_prompt.browser(self._url) if self._consent_prompt.browser else None
        if code:
            self._submit(code)

    def action_scopes(self) -> None:
        if self._consent_request.scopes:
            self.app.push_screen(BareText("\n".join(self._consent_request.scopes)))

    def action_go_on(self) -> None:
        """Go on where no sign-in is needed; else the code is what is missing."""
        if self._consent_request.url is not None:
            self.query_one("#code", TextField).focus()
        elif (ticked := self._ticked()) or not self._consent_prompt.choices:
            self.dismiss(ticked)

    def action_page(self, way: int) -> None:
        page = self.query_one("#consent")
        page.scroll_relative(y=way * max(1, page.size.height - 2), animate=False)

    def action_choices(self) -> None:
        if toggles := self.query(Toggle):
            toggles.first().focus()

    def action_cancel(self) -> None:
        """Leave everything as it was; while Globus is asked about a code, only the second time."""
        if self._consent_busy and not self._consent_leaving:
            self._consent_leaving = True
            self._say("Globus is being asked about the code; Escape again leaves without its answer.")
        else:
            self.dismiss(None)


def _fetching(link_file: Path) -> str:
    """The command that shows the file from another machine; the path is relative to the home folder where possible."""
    home = Path(os.path.expanduser("~"))  # which may be nowhere
    path = link_file.relative_to(home) if link_file.is_relative_to(home) else link_file
    command = f"cat {shlex.quote(str(path))}"
    return f"ssh {os.uname().nodename} {command if command == f'cat {path}' else shlex.quote(command)}"


class Link(Vertical, can_focus=True):
    """The box of the link: while it has the focus, letters are keys."""

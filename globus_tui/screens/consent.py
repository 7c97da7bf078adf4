"""Sign-in and consent: what Globus asks for in words, a link to open elsewhere, and a field for the code."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.domain.credentials import Secret
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.events import Paste

    from globus_tui.app import GlobusTui

_SHOWN = 72


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the screen is told.

    Attributes:
        heading: why it opened.
        asked: what is asked for and why, a line each.
        then: what happens by itself after the code was taken, a line each.
        url: the link.
        link_file: where the link was written for the laptop (mode 600); None when that could not be done.
        submit: takes what was pasted; gives None when all is well, else what is wrong and what to do.
        browser: the demo's pretend browser: takes a link, gives a code; None outside the demo.
        open_link: opens a browser on this machine; None in an SSH session.
    """

    heading: str
    asked: tuple[str, ...]
    then: tuple[str, ...]
    url: str
    link_file: Path | None
    submit: Callable[[Secret], Awaitable[str | None]]
    browser: Callable[[], Awaitable[str | None]] | None = None
    open_link: Callable[[str], object] | None = None


class ConsentScreen(ModalScreen[bool]):
    """Gives True when signed in, False when left as it was. A paste lands in the code field from anywhere."""

    app: GlobusTui

    CSS_PATH = "consent.tcss"
    AUTO_FOCUS = "#link"
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("p", "print", "Print bare", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("o", "open", "Open here", show=False),
        Binding("b", "browser", "Act as browser", show=False),
    ]

    def __init__(self, prompt: Prompt) -> None:
        """Show what is asked."""
        super().__init__()
        self._consent_prompt = prompt
        self._consent_busy = False

    def compose(self) -> ComposeResult:
        """What is asked; the link and three ways to it; the code; what follows."""
        prompt = self._consent_prompt
        with VerticalScroll(id="consent"):
            yield Static(Content(safe_line(prompt.heading)), classes="sheet-heading")
            for line in prompt.asked:
                yield Static(Content(safe_line(line)))
            yield Static("1  Open this link in a browser on YOUR computer", classes="step", markup=False)
            with Link(id="link"):
                yield Static(Content(f"{prompt.url[:_SHOWN]}… ({len(prompt.url)} characters)"), classes="link")
                for key, words in self._ways():
                    yield Static(Content.assemble((f"  {key}  ", "bold $primary"), words))
            yield Static("2  Paste the code that Globus shows", classes="step", markup=False)
            yield TextField(placeholder="a paste lands here from anywhere on this screen", id="code")
            yield Static("", id="consent-note", markup=False)
            if prompt.then:
                yield Static("3  Then, by itself", classes="step", markup=False)
                for line in prompt.then:
                    yield Static(Content(safe_line(line)))
        with Vertical(id="consent-keys"):
            yield Static(self._hints())

    def _ways(self) -> list[tuple[str, str]]:
        prompt = self._consent_prompt
        way = "tmux load-buffer -w" if os.environ.get("TMUX") else "OSC 52"
        ways = [("p", "print it bare on a clean screen, to select with the mouse"), ("c", f"copy it ({way})")]
        if prompt.open_link:
            ways.append(("o", "open it in a browser on this machine"))
        if prompt.browser:
            ways.append(("b", "demo: act as the browser yourself, here"))
        if prompt.link_file:
            ways.append((" ", f"or on your laptop: ssh {os.uname().nodename} cat {prompt.link_file} | xargs open"))
            ways.append((" ", "(Linux: xargs xdg-open, Windows: start; the file is yours alone, mode 600)"))
        return ways

    def _hints(self) -> Content:
        keys = [("enter", "Submit code"), ("p", "Print link"), ("c", "Copy link")]
        keys += [("b", "Act as browser")] if self._consent_prompt.browser else []
        keys += [("tab", "Link/code"), ("esc", "Leave everything as it was")]
        hints = Content(" ")
        for key, words in keys:
            hints += Content.styled(key, "bold $primary") + Content(f" {words}  ")
        return hints

    def on_paste(self, pasted: Paste) -> None:
        """Put a paste into the code field, wherever the focus is."""
        field = self.query_one("#code", TextField)
        if self.focused is not field:
            pasted.stop()
            field.value = "".join(pasted.text.split())
            field.focus()

    @on(TextField.Submitted, "#code")
    def take_the_code(self, submitted: TextField.Submitted) -> None:
        """Try the code."""
        submitted.stop()
        self._submit(submitted.value)

    def _submit(self, pasted: str) -> None:
        if not self._consent_busy and pasted.strip():
            self._consent_busy = True
            self._say("asking Globus …")
            self.query_one("#code", TextField).value = ""
            # A Secret from here on: workers log their arguments, and a crash report shows local variables.
            self.run_worker(self._try_code(Secret(pasted)), group="sign-in")

    async def _try_code(self, pasted: Secret) -> None:
        try:
            wrong = await self._consent_prompt.submit(pasted)
        finally:
            self._consent_busy = False
        if wrong is None:
            self.dismiss(True)
        else:
            self._say(wrong, wrong=True)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        note = self.query_one("#consent-note", Static)
        note.set_class(wrong, "-wrong")
        note.update(Content(safe_line(words)))

    def action_print(self) -> None:
        """Leave the full screen and print the link alone, so that the terminal itself wraps it."""
        try:
            with self.app.suspend():
                print(f"\n{self._consent_prompt.url}\n\nPress Enter to go back.")  # noqa: T201 - this is the point
                input()
        except (SuspendNotSupported, EOFError):
            self._say("This terminal cannot be left for a moment; use c, or the file.", wrong=True)

    def action_copy(self) -> None:
        """Send the link to the clipboard."""
        self.app.send_text(self._consent_prompt.url)
        self._say("sent to the clipboard; if it did not arrive, p prints it")

    def action_open(self) -> None:
        """Open a browser on this machine, where there is one."""
        if self._consent_prompt.open_link:
            self._consent_prompt.open_link(self._consent_prompt.url)
            self._say("a browser was asked to open it")
        else:
            self._say("In an SSH session no browser is opened; p, c or the file bring the link to yours.", wrong=True)

    def action_browser(self) -> None:
        """Act as the browser, in the demo."""
        if self._consent_prompt.browser:
            self.run_worker(self._act_as_browser(), group="sign-in")

    async def _act_as_browser(self) -> None:
        code = await self._consent_prompt.browser() if self._consent_prompt.browser else None
        if code:
            self._submit(code)

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(False)


class Link(Vertical, can_focus=True):
    """The box of the link: while it has the focus, letters are keys."""

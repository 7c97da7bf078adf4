"""The first start: nobody is signed in, so there are no timers to show, but there is something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from globus_tui.screens.console import Switch
from globus_tui.widgets.page import Question, bound

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from globus_tui.screens.console import Console


def welcome(app: Console, tokens_at: str) -> None:
    def take(choice: str | None) -> None:
        if choice == DEMO:
            app.exit(Switch(demo=True))
        elif choice == QUIT:
            app.exit()
        elif choice == SIGN_IN:
            app.action_app_sign_in()

    app.push_screen(Welcome(app.settings.profile, tokens_at), take)


SIGN_IN, DEMO, QUIT = "sign-in", "demo", "quit"


class Welcome(Question[str | None]):
    """Sign in, look at the demo, or leave. Gives which."""

    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = bound("S,s,l choose('sign-in'); d choose('demo'); q choose('quit')")

    def __init__(self, profile: str, tokens_at: str) -> None:
        """Nobody is signed in to the profile; tokens would be kept at `tokens_at`."""
        super().__init__()
        self._welcome_profile = profile
        self._welcome_tokens_at = tokens_at

    def heading(self) -> str:
        return "globus_tui watches and repairs your Globus timers."

    def compose_sheet(self) -> ComposeResult:
        code = "a link for your browser, a code to paste here; no browser is needed on this machine"
        yield self.line(f"Nobody is signed in to the profile {self._welcome_profile!r}.")
        yield Static("")
        for key, words, more in (
            ("S", "sign in to Globus", code),
            ("d", "look at the demo", "a pretend facility with some eighty timers; no account, no network"),
            ("q", "quit", ""),
        ):
            yield Static(Content.assemble((f" {key}  ", "bold $primary"), f"{words:<20}", (more, "$text-muted")))
        yield Static("")
        yield self.line(f"Tokens would be kept in {self._welcome_tokens_at}.", "$text-muted")
        account = "Service accounts: set GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET and start again."
        yield self.line(account, "$text-muted")

    def action_choose(self, choice: str) -> None:
        self.dismiss(choice)

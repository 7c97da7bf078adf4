"""The first start: nobody is signed in, so there are no timers to show, but there is something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line
from globus_tui.screens.console import Switch
from globus_tui.widgets.page import Question

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from globus_tui.screens.console import Console


def welcome(app: Console, tokens_at: str) -> None:
    """Ask whether to sign in, to look at the demo, or to quit."""

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
    BINDINGS: ClassVar = [
        Binding("S,s,l", "choose('sign-in')", "Sign in", show=False),
        Binding("d", "choose('demo')", "Demo", show=False),
        Binding("q", "choose('quit')", "Quit", show=False),
        Binding("escape", "dismiss", "Close", show=False),
    ]

    def __init__(self, profile: str, tokens_at: str) -> None:
        """Make the page.

        Args:
            profile: the profile that nobody is signed in to.
            tokens_at: where tokens would be kept.
        """
        super().__init__()
        self._welcome_profile = profile
        self._welcome_tokens_at = tokens_at

    def compose(self) -> ComposeResult:
        keys = (
            (
                "S",
                "sign in to Globus",
                "a link for your browser, a code to paste here; no browser is needed on this machine",
            ),
            ("d", "look at the demo", "a pretend facility with some eighty timers; no account, no network"),
            ("q", "quit", ""),
        )
        with Vertical(classes="sheet", id="welcome"):
            yield Static("globus_tui watches and repairs your Globus timers.", classes="sheet-heading", markup=False)
            yield Static(Content(f"Nobody is signed in to the profile {safe_line(self._welcome_profile)!r}."))
            yield Static("")
            for key, words, more in keys:
                yield Static(Content.assemble((f" {key}  ", "bold $primary"), f"{words:<20}", (more, "$text-muted")))
            yield Static("")
            yield Static(
                Content.styled(f"Tokens would be kept in {safe_line(self._welcome_tokens_at)}.", "$text-muted")
            )
            yield Static(
                Content.styled(
                    "Service accounts: set GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET and start again.",
                    "$text-muted",
                )
            )

    def action_choose(self, choice: str) -> None:
        self.dismiss(choice)

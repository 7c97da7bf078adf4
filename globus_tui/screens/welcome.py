"""Where somebody signs in for the first time: the page of the first start, and the demo's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from globus_tui.screens.console import Switch
from globus_tui.widgets.page import Question, bound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.events import Key

    from globus_tui.screens.console import Console


def welcome(app: Console, tokens_at: str) -> None:
    def take(choice: str) -> None:
        if choice == DEMO:
            app.exit(Switch(demo=True))
        elif choice == QUIT:
            app.exit()
        elif choice == SIGN_IN:
            app.action_app_sign_in()

    Welcome(app.settings.profile, tokens_at).ask(take)


SIGN_IN, DEMO, QUIT = "sign-in", "demo", "quit"


class Welcome(Question[str]):
    """Sign in, look at the demo, or leave. Gives which."""

    question = "globus_tui watches and repairs your Globus timers."
    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = bound("S,s,l choose('sign-in'); d choose('demo'); q choose('quit')")

    def __init__(self, profile: str, tokens_at: str) -> None:
        """Nobody is signed in to the profile; tokens would be kept at `tokens_at`."""
        super().__init__()
        self._welcome_profile = profile
        self._welcome_tokens_at = tokens_at

    def compose_sheet(self) -> ComposeResult:
        code = "a link for your browser, a code to paste here; no browser is needed on this machine"
        yield self.line(f"Nobody is signed in to the profile {self._welcome_profile!r}.")
        yield Static("")
        for key, words, detail in (
            ("S", "sign in to Globus", code),
            ("d", "look at the demo", "a pretend facility with some eighty timers; no account, no network"),
            ("q", "quit", ""),
        ):
            yield Static(Content.assemble((f" {key}  ", "bold $primary"), f"{words:<20}", (detail, "$text-muted")))
        yield Static("")
        yield self.line(f"Tokens would be kept in {self._welcome_tokens_at}.", "$text-muted")
        account = "Service accounts: set GLOBUS_TUI_CLIENT_ID and GLOBUS_TUI_CLIENT_SECRET and start again."
        yield self.line(account, "$text-muted")

    def action_choose(self, choice: str) -> None:
        self.dismiss(choice)


DENIED = "error=access_denied"
"""What would be pasted back after denying."""


async def act_as_browser(app: Console, url: str) -> str | None:
    """Lets the user act as the browser: gives the code that the page would show, or None when it was closed."""
    if app.host.browser is None:
        return None
    accounts, allow = app.host.browser
    return await app.push_screen_wait(PretendBrowser(accounts, lambda name, mfa: allow(url, name, mfa)))


class PretendBrowser(Question[str | None]):
    """Pick an account, with or without a second factor, or deny. Gives what would be pasted back."""

    question = "Pretend browser: who signs in and allows this?"
    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = bound("q cancel; m second_factor; d deny")

    def __init__(self, accounts: Sequence[str], allow: Callable[[str, bool], tuple[str | None, str]]) -> None:
        """For these accounts; `allow`, given one and the second factor, gives the code, or None and why it refuses."""
        super().__init__()
        self._page_accounts = tuple(accounts)
        self._page_allow = allow
        self._page_mfa = False

    def compose_sheet(self) -> ComposeResult:
        for place, name in enumerate(self._page_accounts[:9], start=1):
            yield Static(Content.assemble((f" {place}  ", "bold $primary"), self.safe(name)))
        yield Static(self._factor_words(), id="factor")
        yield Static(Content.assemble((" d  ", "bold $primary"), "deny"))
        yield Static("", id="page-note", markup=False)

    def _factor_words(self) -> Content:
        return Content.assemble((" m  ", "bold $primary"), f"second factor: {'yes' if self._page_mfa else 'no'}")

    def on_key(self, event: Key) -> None:
        if event.character and event.character.isdecimal() and 0 < int(event.character) <= len(self._page_accounts[:9]):
            event.stop()
            code, words = self._page_allow(self._page_accounts[int(event.character) - 1], self._page_mfa)
            if code is not None:
                self.dismiss(code)
            else:
                self.query_one("#page-note", Static).update(Content.styled(self.safe(words), "$text-error"))

    def action_second_factor(self) -> None:
        self._page_mfa = not self._page_mfa
        self.query_one("#factor", Static).update(self._factor_words())

    def action_deny(self) -> None:
        self.dismiss(DENIED)

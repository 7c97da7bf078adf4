"""The demo's browser: the sign-in page of the pretend Globus, as a list of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.page import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.events import Key

    from globus_tui.screens.console import Console


DENIED = "error=access_denied"
"""What would be pasted back after denying."""


async def act_as_browser(app: Console, url: str) -> str | None:
    """Lets the user act as the browser: gives the code that the page would show, or None when it was closed."""
    if app.host.browser is None:
        return None
    accounts, allow = app.host.browser
    page = PretendBrowser(accounts, lambda name, mfa: allow(url, name, mfa), DENIED)
    return await app.push_screen_wait(page)


class PretendBrowser(Question[str | None]):
    """Pick an account, with or without a second factor, or deny. Gives what would be pasted back."""

    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = [
        Binding("escape,q", "cancel", "Close", show=False),
        Binding("m", "second_factor", "Second factor", show=False),
        Binding("d", "deny", "Deny", show=False),
    ]

    def __init__(
        self, accounts: Sequence[str], allow: Callable[[str, bool], tuple[str | None, str]], denied: str
    ) -> None:
        """Make the page.

        Args:
            accounts: user names that can sign in.
            allow: called with account and second factor; gives the code, or None and why the page refuses.
            denied: what would be pasted back after denying.
        """
        super().__init__()
        self._page_accounts = tuple(accounts)
        self._page_allow = allow
        self._page_denied = denied
        self._page_mfa = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static("Pretend browser: who signs in and allows this?", classes="sheet-heading", markup=False)
            for place, name in enumerate(self._page_accounts[:9], start=1):
                yield Static(Content.assemble((f" {place}  ", "bold $primary"), self._safe(name)))
            yield Static(self._factor_words(), id="factor")
            yield Static(Content.assemble((" d  ", "bold $primary"), "deny"))
            yield Static("", id="page-note", markup=False)

    def _safe(self, text: str) -> str:
        return safe_line(text, ascii_only=self.app.has_class("-ascii"))

    def _factor_words(self) -> Content:
        return Content.assemble((" m  ", "bold $primary"), f"second factor: {'yes' if self._page_mfa else 'no'}")

    def on_key(self, event: Key) -> None:
        """Sign in as the account with this digit."""
        if event.character and event.character.isdecimal() and 0 < int(event.character) <= len(self._page_accounts[:9]):
            event.stop()
            code, words = self._page_allow(self._page_accounts[int(event.character) - 1], self._page_mfa)
            if code is not None:
                self.dismiss(code)
            else:
                self.query_one("#page-note", Static).update(Content.styled(self._safe(words), "$text-error"))

    def action_second_factor(self) -> None:
        self._page_mfa = not self._page_mfa
        self.query_one("#factor", Static).update(self._factor_words())

    def action_deny(self) -> None:
        self.dismiss(self._page_denied)

    def action_cancel(self) -> None:
        self.dismiss(None)

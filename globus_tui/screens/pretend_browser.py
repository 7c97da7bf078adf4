"""The demo's browser: the sign-in page of the pretend Globus, as a list of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from globus_tui.widgets.page import Question, bound

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
    return await app.push_screen_wait(PretendBrowser(accounts, lambda name, mfa: allow(url, name, mfa)))


class PretendBrowser(Question[str | None]):
    """Pick an account, with or without a second factor, or deny. Gives what would be pasted back."""

    ANSWERS_AT_ONCE = True
    BINDINGS: ClassVar = bound("q cancel; m second_factor; d deny")

    def __init__(self, accounts: Sequence[str], allow: Callable[[str, bool], tuple[str | None, str]]) -> None:
        """For these accounts; `allow`, given one and the second factor, gives the code, or None and why it refuses."""
        super().__init__()
        self._page_accounts = tuple(accounts)
        self._page_allow = allow
        self._page_mfa = False

    def heading(self) -> str:
        return "Pretend browser: who signs in and allows this?"

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

"""The demo's browser: opens the pretend sign-in page on top of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.app import GlobusTui

DENIED = "error=access_denied"
"""What would be pasted back after denying."""


async def act_as_browser(app: GlobusTui, url: str) -> str | None:
    """Lets the user act as the browser: gives the code that the page would show, or None when it was closed."""
    from globus_tui.screens.pretend_browser import PretendBrowser

    if app.host.browser is None:
        return None
    accounts, allow = app.host.browser
    page = PretendBrowser(accounts, lambda name, mfa: allow(url, name, mfa), DENIED)
    return await app.push_screen_wait(page)

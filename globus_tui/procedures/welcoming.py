"""Nobody is signed in: what there is to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.procedures.host import Switch

if TYPE_CHECKING:
    from globus_tui.app import GlobusTui


def welcome(app: GlobusTui) -> None:
    """Ask whether to sign in, to look at the demo, or to quit."""
    from globus_tui.screens.welcome import DEMO, QUIT, SIGN_IN, Welcome

    def take(choice: str | None) -> None:
        if choice == DEMO:
            app.exit(Switch(demo=True))
        elif choice == QUIT:
            app.exit()
        elif choice == SIGN_IN:
            app.action_app_sign_in()

    app.push_screen(Welcome(app.settings.profile, app.account.tokens_at), take)

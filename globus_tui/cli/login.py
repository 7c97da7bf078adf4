"""`globus-tui login`: signs in with a link and a code, without the full-screen interface."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK
from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    import asyncio
    from argparse import Namespace

    from globus_tui.auth.account import PersonAccount
    from globus_tui.auth.login import Login, LoginAttempt
    from globus_tui.cli.account import Standing

TRIES = 3


def run(options: Namespace) -> int:
    """Prints the link alone on a line, reads the code unseen, and keeps the tokens.

    Raises:
        GlobusTuiError: Globus could not be reached, or the code was refused too often.
    """
    import asyncio

    from globus_tui.api.http import Connection
    from globus_tui.cli.account import read_settings, show, stand
    from globus_tui.cli.backend import person

    settings = read_settings(options)
    # The code is read between two runs of the loop: inside one, Ctrl+C would not reach it.
    with asyncio.Runner() as runner:
        standing = runner.run(stand(settings))
        if standing.service is not None:
            origin = standing.service.origin
            show((f"{origin} name a service account, which needs no sign-in. Unset them to sign in as a person.",))
            return OK
        connection = Connection(standing.environment)
        try:
            account = person(connection, standing.store, standing.key)
            runner.run(account.load())
            return _sign_in(runner, account, standing)
        finally:
            runner.run(connection.aclose())


def _sign_in(runner: asyncio.Runner, account: PersonAccount, standing: Standing) -> int:
    from globus_tui.cli.account import tell

    attempt = runner.run(account.begin())
    if account.who is not None:
        tell((f"Profile {standing.key.profile} belongs to {account.who}: sign in as them again.",))
    tell(("Open this link in a browser on any computer, sign in, and allow the access:",))
    print(f"\n{attempt.url}\n", flush=True)
    login = _try_codes(runner, account, attempt)
    if login is None:
        return FAILED
    _say_who(login, account)
    return OK


def _try_codes(runner: asyncio.Runner, account: PersonAccount, attempt: LoginAttempt) -> Login | None:
    """Reads codes until one is taken; None after a few that were refused, or when the person declined."""
    from globus_tui.auth.login import LoginFailed
    from globus_tui.cli.account import tell

    left = TRIES
    while left:
        pasted = _read_code()
        if pasted is None:
            tell(("No code was entered. Nothing was changed.",))
            return None
        try:
            return runner.run(account.finish(attempt, pasted))
        except BadInput as none_there:  # an empty line, or something else that was in the clipboard: no try
            tell((none_there.in_full,))
        except LoginFailed as wrong:
            left = 0 if wrong.declined else left - 1
            tell((wrong.in_full if left or "Nothing" in str(wrong) else f"{wrong} Nothing was changed.",))
    return None


def _read_code() -> Secret | None:
    """A line of standard input, not shown where that is a terminal; None at its end."""
    import getpass

    prompt = "Paste the code that Globus shows (it stays hidden), then Enter: "
    try:
        if sys.stdin.isatty():
            return Secret(getpass.getpass(prompt))
    except EOFError:
        print(file=sys.stderr)
        return None
    print(prompt, file=sys.stderr)
    line = Secret(sys.stdin.readline())
    return line or None


def _say_who(login: Login, account: PersonAccount) -> None:
    from globus_tui.cli.account import show, tell

    show((f"Signed in as {login.identity.username}.", f"Tokens are kept in {account.tokens_at}."))
    if login.refused:
        tell((f"Not allowed, so some things will not work: {', '.join(login.refused)}",))
    if not login.renewable:
        tell(("Globus gave no refresh token for everything: this sign-in ends with its access tokens.",))
    tell(account.notices())

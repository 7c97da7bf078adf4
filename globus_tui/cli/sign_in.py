"""`login`, `logout` and `whoami`: signing in with a link and a code, out, and who is signed in, without a screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from globus_tui.api.globus_auth import AuthClient
from globus_tui.api.http import Connection, utc_now
from globus_tui.auth.login import Login, LoginAttempt, LoginFailed
from globus_tui.auth.logout import logout
from globus_tui.auth.service_account import kept_file
from globus_tui.auth.sign_in_request import plan
from globus_tui.auth.whoami import whoami, whoami_service
from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import interruptible, read_settings, show, stand, tell
from globus_tui.cli.backend import person
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import BadInput
from globus_tui.present.gare_words import requirement_lines

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from globus_tui.auth.account import Account, PersonAccount
    from globus_tui.domain.auth.gare import Gare

TRIES = 3


async def run_login(options: Namespace) -> int:
    """Prints the link alone on a line, reads the code unseen, and keeps the tokens."""
    settings = read_settings(options)
    standing = await stand(settings)
    if standing.service is not None:
        origin = standing.service.origin
        show((f"{origin} name a service account, which needs no sign-in. Unset them to sign in as a person.",))
        return OK
    async with Connection(standing.environment) as connection:
        account = person(connection, standing.store, standing.key)
        await account.load()
        attempt = await account.begin()
        if account.who is not None:
            tell((f"Profile {standing.key.profile} belongs to {account.who}: sign in as them again.",))
        login = await _through_browser(account, attempt, sys.stdout)
        if login is None:
            return FAILED
        _say_who(login, account)
        return OK


async def meet(account: Account, names: Mapping[str, str], gare: Gare) -> bool | None:
    """Lets whoever sits at the terminal consent to or prove what Globus wants; None where nobody does.

    Raises:
        GlobusTuiError: Globus could not be reached, or a service account was refused a scope.
    """
    request, _ = plan((gare,))
    attempt = await account.begin(request)
    if attempt is None:
        await account.consent(request)
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    tell(("Globus wants a sign-in first:", *requirement_lines(gare, names, account.identity_names())))
    if account.who is not None:
        tell((f"Sign in as {account.who}.",))
    return await _through_browser(account, attempt, sys.stderr) is not None


async def _through_browser(account: Account, attempt: LoginAttempt, shown: TextIO) -> Login | None:
    """Shows the link, and reads codes until one is taken; None after a few refused ones, or when somebody declined."""
    tell(("Open this link in a browser on any computer, sign in, and allow the access:",))
    print(f"\n{attempt.url}\n", file=shown, flush=True)
    tries = TRIES
    while tries:
        pasted = _read_code()
        if pasted is None:
            tell(("No code was entered. Nothing was changed.",))
            return None
        try:
            return await account.finish(attempt, pasted)
        except BadInput as none_there:  # an empty line, or something else that was in the clipboard: no try
            tell((none_there.in_full,))
        except LoginFailed as wrong:
            tries = 0 if wrong.declined else tries - 1
            tell((wrong.in_full if tries or "Nothing" in str(wrong) else f"{wrong} Nothing was changed.",))
    return None


def _read_code() -> Secret | None:
    """A line of standard input, not shown where that is a terminal; None at its end."""
    import getpass

    prompt = "Paste the code that Globus shows (it stays hidden), then Enter: "
    with interruptible():
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
    show((f"Signed in as {login.identity.username}.", f"Tokens are kept in {account.tokens_at}."))
    if login.scopes_refused:
        tell((f"Not allowed, so some things will not work: {', '.join(login.scopes_refused)}",))
    if not login.renewable:
        tell(("Globus gave no refresh token for everything: this sign-in ends with its access tokens.",))
    tell(account.notices())


async def run_logout(options: Namespace) -> int:
    """Revokes the profile's tokens and forgets them, with the rows kept; exit code 1 unless nothing can be left.

    Drafts and the journal stay: they are the user's own work.
    """
    from globus_tui.cli.kept_rows import forget_rows

    settings = read_settings(options)
    standing = await stand(settings)
    if standing.service is not None:
        origin = standing.service.origin
        kept_file(settings.paths.data, standing.service, standing.key.environment).unlink(missing_ok=True)
        show((f"No token of the service account of {origin} is kept here: unset those to act as a person.",))
        return OK
    async with Connection(standing.environment) as connection:
        done = await logout(AuthClient(connection), standing.store, standing.key)
    forget_rows(done, settings, standing.environment)
    show(done.lines())
    tell(standing.store.take_notices())
    return OK if done.certain else FAILED


async def run_whoami(options: Namespace) -> int:
    """Prints the answer; the exit code is 1 when nobody is signed in for good, or that cannot be told."""
    standing = await stand(read_settings(options))
    if standing.service is not None:
        answer = whoami_service(standing.service, standing.key)
    else:
        answer = whoami(standing.store, standing.key, utc_now())
    show(answer.lines(utc_now()))
    tell(standing.store.take_notices())
    return OK if (answer.identity and not answer.refused) or answer.service_account else FAILED

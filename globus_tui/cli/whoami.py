"""`globus-tui whoami`: who is signed in, with what, and where the tokens are. Asks nothing of Globus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Prints the answer; the exit code is 1 when nobody is signed in for good, or that cannot be told."""
    import asyncio

    from globus_tui.api.http import utc_now
    from globus_tui.auth.whoami import whoami, whoami_service
    from globus_tui.cli.account import read_settings, show, stand, tell

    standing = asyncio.run(stand(read_settings(options)))
    if standing.service is not None:
        found = whoami_service(standing.service, standing.key)
    else:
        found = whoami(standing.store, standing.key, utc_now())
    show(found.lines(utc_now()))
    tell(standing.store.take_notices())
    return OK if (found.identity and not found.refused) or found.service_account else FAILED

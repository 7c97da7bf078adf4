"""`globus-tui logout`: the profile's tokens are revoked at Globus and forgotten here, with the rows kept for its start.

Drafts and the journal stay: they are the user's own work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK

if TYPE_CHECKING:
    from argparse import Namespace

    from globus_tui.settings import Settings


def run(options: Namespace) -> int:
    """Says what was revoked and what was not; the exit code is 1 unless nothing can be left."""
    import asyncio

    from globus_tui.cli.account import read_settings

    return asyncio.run(_logout(read_settings(options)))


async def _logout(settings: Settings) -> int:
    from globus_tui.api.globus_auth import AuthClient
    from globus_tui.api.http import Connection
    from globus_tui.auth.logout import logout
    from globus_tui.auth.service_account import kept_file
    from globus_tui.cli.account import show, stand, tell
    from globus_tui.cli.kept_rows import forget_rows

    standing = await stand(settings)
    if standing.service is not None:
        origin = standing.service.origin
        kept_file(settings.paths.data, standing.service).unlink(missing_ok=True)
        show((f"No token of the service account of {origin} is kept here: unset those to act as a person.",))
        return OK
    async with Connection(standing.environment) as connection:
        done = await logout(AuthClient(connection), standing.store, standing.key)
    forget_rows(done, settings, standing.environment)
    show(done.lines())
    tell(standing.store.take_notices())
    return OK if done.certain else FAILED

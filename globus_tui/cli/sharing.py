"""Joins the copies of this program that one user runs on one host: they share what Globus answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.auth.account import Account
    from globus_tui.cli.backend import Backend
    from globus_tui.settings import Settings
    from globus_tui.store.services import SharedFolder


def shared_answers(backend: Backend, settings: Settings, environ: Mapping[str, str]) -> SharedFolder | None:
    """Where copies of the same profile, environment and identity meet; None where the system knows no such locks."""
    try:
        from globus_tui.store.shared_files import SharedFiles
    except ImportError:  # no `fcntl`: not a Unix
        return None
    from globus_tui.store.shared_folder import meeting_place

    environment = backend.connection.environment

    def label() -> str | None:
        who = identity_of(backend.account)
        return who and "\n".join((settings.profile, environment.name, environment.urls["timer"], who))

    return SharedFiles(lambda: meeting_place(environ), label)


def identity_of(account: Account) -> str | None:
    """What tells whoever is signed in from everybody else; None when nobody is."""
    from globus_tui.auth.account import PersonAccount, ServiceIdentity

    if isinstance(account, ServiceIdentity):
        return f"client {account.client_id}"
    if isinstance(account, PersonAccount) and account.identity is not None:
        return f"identity {account.identity.identity_id}"
    return None

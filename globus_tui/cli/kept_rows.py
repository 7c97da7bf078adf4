"""Where the rows seen last are kept, and how they are forgotten: one file for each profile, environment and person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.api.environment import Environment
    from globus_tui.auth.logout import Logout
    from globus_tui.settings import Settings
    from globus_tui.store.answer_cache import AnswerCache


def kept_rows(settings: Settings, environment: Environment, who: str) -> AnswerCache:
    """The file of one profile, environment and person."""
    from globus_tui.store.answer_cache import AnswerCache

    label = f"{settings.profile}\n{environment.name}\n{environment.urls['timer']}\n{who}"
    return AnswerCache(settings.paths.cache, label)


def forget_rows(done: Logout, settings: Settings, environment: Environment) -> None:
    """After signing out: what was seen is nobody's any more.

    Drafts and the journal stay. They are the user's own work, hold nothing that signs anybody in, and cannot be read
    again from Globus.
    """
    if done.identity is not None:
        kept_rows(settings, environment, done.identity.username).forget()

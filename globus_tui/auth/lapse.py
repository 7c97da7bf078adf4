"""Refresh tokens lapse when they are not used for six months (documented by the official SDK)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.auth.wanted import server_words

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.auth.records import SignIn

LIFE = timedelta(days=182)
"""Six months, counted short."""
WARNING = timedelta(days=30)


def lapses_at(sign_in: SignIn | None) -> tuple[str, datetime] | None:
    """The resource server whose refresh token lapses first and when; None without refresh tokens."""
    ends = [
        (saved.used_at + LIFE, server)
        for server, saved in (sign_in.grants if sign_in else {}).items()
        if saved.grant.refresh_token
    ]
    if not ends:
        return None
    end, server = min(ends)
    return server, end


def lapse_warning(sign_in: SignIn | None, now: datetime) -> str | None:
    """A sentence within thirty days of a lapse, and after it; None before."""
    found = lapses_at(sign_in)
    if found is None or found[1] - now > WARNING:
        return None
    server, end = found
    if end <= now:
        return f"The sign-in for {server_words(server)} has not been used for six months and has lapsed: sign in again."
    days = math.ceil((end - now) / timedelta(days=1))
    left = "1 day" if days == 1 else f"{days} days"
    return f"The sign-in for {server_words(server)} lapses in {left} ({end:%Y-%m-%d}) unless it is used: sign in again."

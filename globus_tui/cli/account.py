"""What the commands about signing in share: the settings, the environment and the tokens of one profile."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from globus_tui.api.environment import Environment
    from globus_tui.auth.falling_back import FallingBack
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """As whom a command acts, and where.

    Attributes:
        service: the service account that the environment names, or None.
        store: of the tokens of people.
        key: under which the profile's sign-in is kept; with a service account, its id in place of the app's.
    """

    settings: Settings
    environment: Environment
    service: ServiceAccount | None
    store: FallingBack
    key: ProfileKey


def read_settings(options: Namespace) -> Settings:
    """The settings of the profile asked for; what is wrong with the file is told on standard error.

    Raises:
        SettingsError: an environment variable is wrong.
    """
    from globus_tui.settings import load_settings

    settings = load_settings(os.environ, profile=options.profile)
    tell(f"{one}; defaults hold" for one in settings.problems)
    return settings


async def stand(settings: Settings) -> Standing:
    """Reads as whom to act, and opens the store.

    Raises:
        SettingsError: a variable or the profile's name cannot be used, or the store cannot.
    """
    from dataclasses import replace

    from globus_tui.cli.backend import environment_of, open_store, profile_key, whose

    environment = environment_of(settings, os.environ)
    service, store = await whose(settings, os.environ)
    key = profile_key(settings, environment)
    if service is not None:
        key = replace(key, client_id=service.client_id)
    return Standing(settings, environment, service, store or await open_store(settings), key)


def tell(lines: Iterable[str]) -> None:
    """Prints notices on standard error, so that standard output is what was asked for."""
    from globus_tui.present.safe_text import safe_line

    for line in lines:
        print(f"globus-tui: {safe_line(line)}", file=sys.stderr)


def show(lines: Iterable[str]) -> None:
    """Prints what was asked for. Names in it come from a service: they are made harmless."""
    from globus_tui.present.safe_text import safe_line

    for line in lines:
        print(safe_line(line))

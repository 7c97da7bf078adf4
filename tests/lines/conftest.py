"""Widgets are waited for by looking at the event loop, as screens are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rest import Rest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
async def rest() -> AsyncIterator[Rest]:
    """In place of Textual's own guess at when a program has come to rest."""
    rest = Rest()
    with rest.taking_over():
        yield rest

"""Names of collections for the prompts: nobody should have to allow something on a collection by its number."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present import gare_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.app import GlobusTui
    from globus_tui.domain.gare import Gare

PATIENCE = 3.0
"""Seconds that a prompt may be held up by names: after that it opens with the beginnings of ids."""


def known_names(app: GlobusTui) -> Mapping[str, str]:
    """Names by id, as of now."""
    return {key: one.name for key, one in app.store.collections.items() if one.name}


async def look_up_names(app: GlobusTui, gares: Iterable[Gare]) -> None:
    """Reads the collections that requirements are about, as far as their names are not known; fails silently."""
    known = known_names(app)
    ids = {one for gare in gares for one in gare_words.consent_collections(gare) if one not in known}

    async def look_up(collection_id: str) -> None:
        with contextlib.suppress(GlobusTuiError):
            await app.store.details.load_collection(collection_id)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(look_up, ids))

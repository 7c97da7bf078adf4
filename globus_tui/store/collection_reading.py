"""Looks collections up, some together, and says in words what could not be read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import ErrorKind, GlobusTuiError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.collection import Collection
    from globus_tui.store.board import Board
    from globus_tui.store.services import Services

TOGETHER = 4
_LASTING = (ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.NEEDS_AUTHORIZATION, ErrorKind.INVALID, ErrorKind.OTHER)


async def read_collections(board: Board, services: Services, wanted: Iterable[str]) -> str | None:
    """Reads and publishes collections; returns why one failed for another reason than a refusal."""
    left = list(wanted)
    problems: list[str] = []

    async def look_up(one: str) -> Collection | None:
        try:
            return await services.collections.get_endpoint(one)
        except GlobusTuiError as error:
            refused = isinstance(error, ServiceError) and error.kind in _LASTING
            board.names.missed(one, board.now(), refused=refused)
            if not refused:
                problems.append(f"Names of collections could not be read: {error}")
        return None

    while left and not problems:
        together, left = left[:TOGETHER], left[TOGETHER:]
        found = await asyncio.gather(*map(look_up, together))
        board.take_collections({key: one for key, one in zip(together, found, strict=True) if one is not None})
    return problems[0] if problems else None

"""One call for many who wait for the same thing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

V = TypeVar("V")


class SingleFlight(Generic[V]):
    """Runs at most one call for each key at a time; whoever comes meanwhile shares its answer or its error.

    A waiter that is cancelled leaves the call running for the others.
    """

    def __init__(self) -> None:
        self._flights: dict[str, asyncio.Task[V]] = {}

    async def run(self, key: str, make: Callable[[], Awaitable[V]]) -> V:
        """Joins the call under way for `key`, or starts it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.ensure_future(_awaited(make))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(flight)

    def _land(self, key: str, done: asyncio.Task[V]) -> None:
        if self._flights.get(key) is done:
            del self._flights[key]
        if not done.cancelled():
            done.exception()  # fetched, or asyncio complains when every waiter was cancelled


async def _awaited(make: Callable[[], Awaitable[V]]) -> V:
    return await make()

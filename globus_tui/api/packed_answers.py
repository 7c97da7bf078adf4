"""Hands answers on to other copies of this program as they came, and reads those that came from another copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.api.exchange import Answer
from globus_tui.api.packing import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.api.timers import TimersClient
    from globus_tui.api.transfer_tasks import TransferTasks
    from globus_tui.domain.job import Job
    from globus_tui.domain.packed import Packed
    from globus_tui.domain.task import Task


class PackedAnswers:
    """The answers of both services that are shared."""

    def __init__(self, timers: TimersClient, tasks: TransferTasks) -> None:
        """What they read last is what can be handed on."""
        self._timers = timers
        self._tasks = tasks

    def last_list(self) -> Packed | None:
        """The last list; None when it is not known as it came."""
        return self._timers.last_packed()

    async def read_list(self, packed: Packed) -> tuple[Job, ...]:
        """The timers of a list that another copy was given.

        Raises:
            UnreadableAnswer: it is damaged.
        """
        return await self._timers.read_packed(packed)

    def last_tasks(self) -> Sequence[Packed]:
        """The last look-up of tasks by id."""
        return self._tasks.last_packed

    async def read_tasks(self, answers: Iterable[Packed]) -> tuple[Task, ...]:
        """The tasks of a look-up that another copy was given.

        Raises:
            UnreadableAnswer: it is damaged.
        """
        return await self._tasks.read_packed(answers)


def answer_of(service: str, packed: Packed) -> Answer:
    """The answer that another copy was given, unpacked.

    Raises:
        UnreadableAnswer: it is damaged.
    """
    headers = {"content-encoding": packed.encodings}
    try:
        return Answer(service, 200, headers, unpacked(packed.body, packed.encodings), packed=packed.body)
    except ValueError:
        raise Answer(service, 200, headers, b"").unreadable("something damaged") from None

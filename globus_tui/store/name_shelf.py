"""Collections by id: few look-ups, each once; what tasks tell of names on the way is taken too."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.job import Job
    from globus_tui.domain.task import Task

NAMES_AT_ONCE = 40
"""Look-ups after one refresh; the rest waits for the next."""

_REFUSED_FOR, _UNREACHABLE_FOR = timedelta(hours=1), timedelta(minutes=2)


class NameShelf:
    """What is known of collections."""

    def __init__(self) -> None:
        self.collections: Mapping[str, Collection] = MappingProxyType({})
        self.read: set[str] = set()
        self._seeded: set[str] = set()
        self._wanted: dict[str, None] = {}
        self._not_before: dict[str, datetime] = {}

    def note(self, job: Job) -> None:
        """Takes down which collections a job touches."""
        if job.transfer is None:
            return
        for one in (job.transfer.source_endpoint, job.transfer.destination_endpoint):
            if one and (one not in self.collections or one in self._seeded):
                self._wanted[one] = None

    def seed(self, found: Mapping[str, Collection]) -> None:
        """Takes what an earlier session knew: good until it is looked up again."""
        self._seeded.update(found)
        self.collections = MappingProxyType(dict(found))

    def wanted(self, now: datetime, limit: int = NAMES_AT_ONCE) -> tuple[str, ...]:
        """Ids to look up now."""
        due = (one for one in self._wanted if self._not_before.get(one, now) <= now)
        return tuple(one for one, _ in zip(due, range(limit), strict=False))

    def harvest(self, tasks: Iterable[Task]) -> bool:
        """Takes names that came with tasks; True if any was new. They are names only: see `read`."""
        found: dict[str, Collection] = {}
        for task in tasks:
            sides = ((task.source_id, task.source_name), (task.destination_id, task.destination_name))
            for one, name in sides:
                if one and name and one not in self.collections and one in self._wanted:
                    found[one] = Collection(one, name)
        return self._keep(found)

    def take(self, found: Mapping[str, Collection]) -> bool:
        """Takes collections that were looked up, by the id asked for; True if any was new or differs."""
        self.read.update(found)
        self._seeded.difference_update(found)
        for key in found:
            self._wanted.pop(key, None)
        return self._keep({key: one for key, one in found.items() if self.collections.get(key) != one})

    def missed(self, collection_id: str, now: datetime, *, refused: bool) -> None:
        """The look-up failed: not again for a while."""
        self._not_before[collection_id] = now + (_REFUSED_FOR if refused else _UNREACHABLE_FOR)

    def _keep(self, found: dict[str, Collection]) -> bool:
        for key in found:
            self._wanted.pop(key, None)
        if found:
            self.collections = MappingProxyType({**self.collections, **found})
        return bool(found)

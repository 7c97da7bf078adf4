"""What the store publishes for one job. Frozen, so that a row that did not change is the same object as before."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain.health import Word
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from globus_tui.domain.health import Health
    from globus_tui.domain.history import History
    from globus_tui.domain.job import Job, JobId
    from globus_tui.store.freshness import Freshness


class Doing(Enum):
    """What is being done to a job; the value is the word for it."""

    PAUSING = "pausing"
    RESUMING = "resuming"
    RENAMING = "renaming"
    DELETING = "deleting"
    CANCELLING = "cancelling its task"


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation under way.

    Attributes:
        doing: what.
        since: since when, by the service's clock.
        new_name: for a rename, what it is to be called.
    """

    doing: Doing
    since: datetime
    new_name: str | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """One timer as it is known now, all layers joined.

    When it was last read is not in here: then every refresh would change every row. See `Freshness`.
    """

    job: Job
    history: History
    health: Health
    pending: Pending | None = None

    @property
    def job_id(self) -> JobId:
        """Whose state this is."""
        return self.job.job_id

    @property
    def key(self) -> JobId:
        """What a list knows its row by."""
        return self.job.job_id

    @property
    def members(self) -> tuple[JobState, ...]:
        """The timers that the row stands for: itself, unless it is a group."""
        return (self,)

    @property
    def worst(self) -> JobState:
        """The timer to look at first."""
        return self

    @property
    def soonest(self) -> JobState:
        """The timer that runs next."""
        return self

    @property
    def last_ran(self) -> datetime | None:
        """When it ran last."""
        return self.job.runs[0].ran_at if self.job.runs else self.job.last_ran_at


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication changed.

    Attributes:
        jobs: ids of the timers that are new or differ.
        removed: ids of the timers that are gone.
        freshness: how current the data are has changed; it does so at every refresh.
        collections: names of collections came in.
    """

    jobs: frozenset[JobId] = frozenset()
    removed: frozenset[JobId] = frozenset()
    freshness: bool = False
    collections: bool = False

    def __bool__(self) -> bool:
        return bool(self.jobs or self.removed or self.freshness or self.collections)


def count_words(states: Mapping[JobId, JobState], freshness: Freshness) -> Mapping[Word, int] | None:
    """How many timers have each health word, worst first, words without a timer included.

    None when nothing was ever read: not knowing is not the same as there being none.
    """
    if freshness.checked_at is None and not states:
        return None
    counts = dict.fromkeys(Word, 0)
    for state in states.values():
        counts[state.health.word] += 1
    return counts

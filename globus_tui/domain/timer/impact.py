"""Which timers stop with a collection, or when somebody's account ends, and which of their runs that hits first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.timer.agenda import fires
from globus_tui.domain.timer.filter import fold_case
from globus_tui.domain.transfer.collection import CollectionKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set
    from datetime import datetime

    from globus_tui.domain.timer.job import Job, JobId
    from globus_tui.domain.transfer.collection import Collection

_OF_A_PERSON = (CollectionKind.GUEST, CollectionKind.GCP_MAPPED, CollectionKind.GCP_GUEST)
"""What is in them is reached with the rights of whoever made them (docs.globus.org, guest collections); a mapped
collection is its institution's, and outlives the account of whoever set it up."""


class Cause(NamedTuple):
    """What may be gone.

    Attributes:
        key: id of the collection, or name of the identity.
        collections: those that go with it; None: the timers themselves are this identity's.
    """

    key: str
    name: str
    kind: str
    collections: frozenset[str] | None

    def meant_by(self, text: str) -> bool:
        """Whether a text is its id or a part of its name."""
        sought = fold_case(text.strip())
        return bool(sought) and (sought == fold_case(self.key) or sought in fold_case(self.name))


class StoppedTimer(NamedTuple):
    """A timer that would stop, with its runs of the next week, at most three."""

    key: JobId
    job: Job
    runs: tuple[datetime, ...]


def causes(jobs: Sequence[Job], known: Mapping[str, Collection], who: str | None) -> list[Cause]:
    """Collections that timers touch or that show a folder of another's, and identities on which they depend, by name.

    Args:
        jobs: all timers of a profile.
        known: documents of collections, by id.
    """
    touched = {side for job in jobs if not job.is_over for side in job.sides if isinstance(side, str) and side}
    touched |= {
        guest.mapped_collection_id for key in touched if (guest := known.get(key)) and guest.mapped_collection_id
    }
    names = {key: (known[key].name if key in known else key) for key in touched}
    hits = [Cause(key, name, "collection", frozenset({key})) for key, name in names.items()]
    owned: dict[str, set[str]] = {}
    for key in touched & known.keys():
        if known[key].kind in _OF_A_PERSON and (owner := known[key].owner):
            owned.setdefault(owner, set()).add(key)
    owned.pop(who or "", None)
    hits += [Cause(owner, owner, "identity", frozenset(keys)) for owner, keys in owned.items()]
    return sorted(hits + ([Cause(who, who, "identity", None)] if who else []), key=lambda cause: cause.name.casefold())


def reach(job: Job, known: Mapping[str, Collection]) -> set[str]:
    """The collections without which a timer stops: those it moves between, and those that they show a folder of."""
    sides = {side for side in job.sides if isinstance(side, str)}
    return sides | {host for key in sides if (guest := known.get(key)) and (host := guest.mapped_collection_id)}


def stopped_by(
    jobs: Sequence[Job], collections: Set[str] | None, known: Mapping[str, Collection], now: datetime
) -> list[StoppedTimer]:
    """The timers that would stop with these collections, the next to run first; None: all of them."""
    hits = [
        StoppedTimer(job.job_id, job, fires(job, now, now + timedelta(days=7), now, most=3))
        for job in jobs
        if not job.is_over and (collections is None or reach(job, known) & collections)
    ]
    return sorted(hits, key=lambda hit: (not hit.runs, hit.runs[:1], hit.job.label))

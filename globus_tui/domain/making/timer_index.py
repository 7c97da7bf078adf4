"""All timers, sorted by what checks of a draft ask: places, flows, names, rates. Made once for a list of timers.

With ten thousand timers a check of every one of them for every key would take half a second; looking them up here
takes about as long as with ten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from globus_tui.domain.timer.hour_load import RateBudget, rate_budget
from globus_tui.domain.timer.job import FlowStart
from globus_tui.domain.transfer.places import Place, above, sources, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from globus_tui.domain.schedule.schedule import Schedule
    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.transfer import TransferData

Pair = tuple[str | None, str, str | None, str]
"""Where an item comes from and where it goes."""
Route = tuple[str | None, str | None]
"""Two collections."""
_NOBODY: Mapping[str, Collection] = {}


def pairs(data: TransferData, known: Mapping[str, Collection] = _NOBODY) -> set[Pair]:
    return {(*source, *target) for source, target in zip(sources(data, known), targets(data, known), strict=True)}


class _Places:
    """Timers by the places that they read or write, for places within each other."""

    def __init__(self) -> None:
        self._at: dict[Place, list[int]] = defaultdict(list)
        self._sorted: list[tuple[str, str]] | None = None

    def add(self, place: Place, number: int) -> None:
        self._at[place].append(number)

    def near(self, places: Iterable[Place]) -> set[int]:
        """Timers of these places, of places inside them and of places around them."""
        if self._sorted is None:
            self._sorted = sorted((where, path) for where, path in self._at if where is not None)
        numbers: set[int] = set()
        for where, path in places:
            if where is None:
                continue
            for inner in self._within(where, path):
                numbers.update(self._at[inner])
            for folder in above(path):
                numbers.update(self._at.get(Place(where, folder), ()))
        return numbers

    def _within(self, where: str, path: str) -> Iterator[Place]:
        ordered = self._sorted or []
        for place in range(bisect_left(ordered, (where, path)), len(ordered)):
            if ordered[place][0] != where or not ordered[place][1].startswith(path):
                return
            yield Place(*ordered[place])


class TimerIndex:
    """Timers arranged for what checks ask. They are numbered by position in `jobs`, as ids may not be unique.

    `collections`: documents by id; they tell which collections lead to the same place.
    """

    def __init__(self, jobs: Iterable[Job], collections: Mapping[str, Collection] = _NOBODY) -> None:
        self.jobs = tuple(jobs)
        self.collections = collections
        self._names: dict[str | None, list[Job]] = defaultdict(list)
        self._flows: dict[str, list[Job]] = defaultdict(list)
        self._pairs: dict[Pair, list[int]] = defaultdict(list)
        self._routes: dict[Route, list[int]] = defaultdict(list)
        self._read, self._written = _Places(), _Places()
        for number, job in enumerate(self.jobs):
            self._add(number, job)
        self._rates = rate_budget(self.jobs, ())
        self._busiest: dict[Route, list[Job]] = {}

    def _add(self, number: int, job: Job) -> None:
        data, live, known = job.transfer, not job.is_over, self.collections
        if live:
            self._names[job.name].append(job)
            if isinstance(job.payload, FlowStart) and job.payload.flow_id:
                self._flows[job.payload.flow_id].append(job)
        if data is None:
            return
        self._routes[(data.source_endpoint, data.destination_endpoint)].append(number)
        for read, written in zip(sources(data, known), targets(data, known), strict=True):
            self._pairs[(*read, *written)].append(number)
            if live:
                self._read.add(read, number)
                self._written.add(written, number)

    def rates(self, added: Iterable[Schedule], without: str | None) -> RateBudget:
        """Runs an hour of all that may run again, with what is to be added and without one that is replaced."""
        gone = rate_budget((job for job in self.jobs if without is not None and job.job_id == without), ())
        active, standing = self._rates.active - gone.active, self._rates.standing - gone.standing
        return RateBudget(max(0.0, active), max(0.0, standing), rate_budget((), added).added)

    def with_name(self, name: str) -> Sequence[Job]:
        return self._names.get(name, ())

    def starting(self, flow_id: str) -> Sequence[Job]:
        return self._flows.get(flow_id, ())

    def moving(self, moves: Iterable[Pair]) -> set[int]:
        """Timers that move one of these sources to its destination, ended ones included."""
        return {number for pair in moves for number in self._pairs.get(pair, ())}

    def reading(self, places: Iterable[Place]) -> set[int]:
        """Timers that read inside or around these places."""
        return self._read.near(places)

    def writing(self, places: Iterable[Place]) -> set[int]:
        """Timers that write inside or around these places."""
        return self._written.near(places)

    def between(self, route: Route) -> Sequence[Job]:
        """All timers between two collections, ended ones included, those with most runs first."""
        if route not in self._busiest:
            jobs = [self.jobs[number] for number in self._routes.get(route, ())]
            self._busiest[route] = sorted(jobs, key=lambda job: -(job.n_runs or 0))
        return self._busiest[route]

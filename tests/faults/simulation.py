"""Weeks of one program in seconds: keys, time, other people's edits and faults at random, from a seed.

    python -m tests.faults.simulation --seconds 3600
    python -m tests.faults.simulation --seed 17 --seeds 1     # the same steps again

The clock stands still but where a step moves it, nothing sleeps, and the same seed draws the same steps. After each
step each change that left has one line in the journal, and rows that count as fresh are what the service has; of one
lineage of edited timers one is active, unless the user was told that nobody knows, and no token is in any file or word;
after each seed all requests are closed, and nothing was created or resumed twice. What is drawn, and whether it was
asked for, is looked at by `tests.faults.walk`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import clone
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.sandbox.service import InProcessTransport
from globus_tui.store.creation import Unconfirmed
from globus_tui.store.operations import CancelTask, Delete, Pause, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.swapping import Swapped
from tests.faults.stage import AFTER, BEFORE, UNSURE, staged
from tests.store.workbench import nightly, no_waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from globus_tui.domain.timer.job import Job, JobReading
    from tests.faults.stage import Stage

STEPS = 60
_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None
_MOMENTS = (1, 6, 31, 90, 700, 3700, 30_000, 180_000)
_CLOCKS = (0, 0, 0, 5, -5, 30)


@dataclass
class Found:
    """What came of it."""

    seeds: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    reached: set[tuple[str, str, str]] = field(default_factory=set)
    changes: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    failures: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Counts, a line each."""
        steps = self.steps.total()
        bound = f"0 failures in {steps} steps: below {3 / max(steps, 1):.2g} a step at 95 %"
        return (
            f"{self.seeds} seeds, {steps} steps, {self.starts} starts of the program, {self.changes.total()} changes "
            f"({', '.join(f'{n} {what}' for what, n in self.changes.most_common())}), "
            f"{len(self.reached)} distinct (step, request, fault)\n"
            f"{bound if not self.failures else f'{len(self.failures)} FAILURES: ' + '; '.join(self.failures)}"
        )


class Simulation:
    """The steps of one seed."""

    def __init__(self, seed: int, found: Found) -> None:
        self.chance = random.Random(seed)
        self.found = found
        self.stage: Stage
        self.lineages: dict[str, list[str]] = {}
        self.unsure: set[str] = set()
        self.made = 0
        self.moving = True
        """Something may have changed since the last refresh, or be on its way."""
        self.steps = {
            "time": (10, self._time),
            "refresh": (6, self._refresh),
            "operate": (12, self._operate),
            "interrupt": (2, self._interrupt),
            "create": (3, self._create),
            "edit": (4, self._edit),
            "other": (4, self._other),
            "fault": (6, self._fault),
            "calm": (4, self._calm),
            "late": (2, self._late),
            "revoke": (1, self._revoke),
            "sign in": (1, self._sign_in),
            "restart": (2, self._restart),
        }

    async def play(self, home: Path, steps: int) -> None:
        """So many steps, each looked at.

        Raises:
            AssertionError: something does not hold.
        """
        self.wrong_by = timedelta(hours=self.chance.choice(_CLOCKS))
        service, past = None, None
        done = 0
        names = list(self.steps)
        weights = [weight for weight, _ in self.steps.values()]
        while done < steps:
            async with staged(home, service, wrong_by=self.wrong_by) as self.stage:
                self.found.starts += 1
                service, self._again = self.stage.service, False
                await self.stage.store.refresh()
                if past is not None:
                    self.stage.asked, self.stage.told = past.asked, past.told
                    self.stage.wire.late = past.wire.late
                while done < steps and not self._again:
                    name = self.chance.choices(names, weights)[0]
                    before = dict(self.stage.wire.happened)
                    await self.steps[name][1]()
                    done += 1
                    self.found.steps[name] += 1
                    new = {key for key, n in self.stage.wire.happened.items() if n != before.get(key)}
                    self.found.reached |= {(name, request, fault) for request, fault in new}
                    await self._check()
                past = self.stage
                if done >= steps:
                    await self.stage.look()
                    await self.stage.check()
                    self._check_lineages()
                    for (what, _), n in self.stage.asked.items():
                        self.found.changes[what] += n

    async def _check(self) -> None:
        await self.stage.check_journal()
        assert not [one for one in self.stage.store.states.values() if one.pending], "nothing is under way any more"
        if not self.moving:
            self.stage.check_rows()
        self._check_lineages()
        self.stage.check_secrets()

    def _check_lineages(self) -> None:
        for first, ids in self.lineages.items():
            timers = [self.stage.service.sandbox.timers.get(one) for one in ids]
            active = [one.name for one in timers if one is not None and one.status in ("active", "new")]
            assert len(active) <= 1 or first in self.unsure, f"of one lineage one is active: {active}"

    # --- steps

    async def _time(self) -> None:
        self.stage.clock.advance(self.chance.choice(_MOMENTS))
        self.moving = True
        for _ in range(self.chance.randint(1, 3)):
            self.stage.store.refresher.tick()
            await self.stage.store.wake()
            await self.stage.store.close_requests()

    async def _refresh(self) -> None:
        quiet = self._is_quiet()
        checked = self.stage.store.freshness.checked_at
        self.stage.clock.advance(1)
        await self.stage.store.refresh()
        fresh = self.stage.store.freshness
        self.moving = not (quiet and fresh.state is FreshnessState.FRESH and fresh.checked_at != checked)

    def _is_quiet(self) -> bool:
        return not self.stage.wire.late and self._faults == 0.0

    _faults = 0.0

    async def _fault(self) -> None:
        self._faults = self.chance.choice((0.05, 0.2, 0.5, 1.0))
        kinds = self.chance.sample((*BEFORE, *AFTER), self.chance.randint(1, 4))
        only = self.chance.choice(("", "", "POST", "/jobs/", "pause", "/v2/timer", "task", "oauth2"))

        def befalls(_: int, request: httpx.Request) -> str | int | None:
            if only not in f"{request.method} {request.url.path}" or self.chance.random() >= self._faults:
                return None
            kind = self.chance.choice(kinds)
            return "reset" if kind in AFTER and request.method == "GET" else kind

        self.stage.wire.fault = befalls

    async def _calm(self) -> None:
        self._faults = 0.0
        self.stage.wire.fault = lambda _, __: None

    async def _late(self) -> None:
        await self.stage.wire.deliver()
        self.moving = True

    async def _revoke(self) -> None:
        for token in self.stage.service.sandbox.tokens.values():
            token.revoked = True
        self.moving = True

    async def _sign_in(self) -> None:
        with suppress(GlobusTuiError):
            await self.stage.sign_in()
            self.stage.store.refresher.signed_in(fresh=True)

    async def _restart(self) -> None:
        self._again = self.moving = True
        self._faults = 0.0

    def _some(self) -> Job | None:
        """A timer that users would do something to; not one that was kept when another took its place."""
        kept = {one for ids in self.lineages.values() for one in ids[:-1]}
        jobs = [one.job for one in self.stage.store.states.values() if one.job.has_own_id and one.job_id not in kept]
        return self.chance.choice(jobs) if jobs else None

    def _operation(self, job: Job) -> Any:
        kind = self.chance.choices(("pause", "resume", "rename", "delete", "cancel"), (6, 6, 3, 1, 1))[0]
        if kind == "cancel":
            return CancelTask(
                next((run.resource_id for run in job.runs if run.resource_id), None) or "none", job.job_id
            )
        if kind == "rename":
            return Rename(job.job_id, f"name {self.chance.randrange(1000)}")
        return {"pause": Pause, "resume": Resume, "delete": Delete}[kind](job.job_id)

    async def _operate(self) -> None:
        job = self._some()
        if job is not None:
            self.moving = True
            outcome = await self.stage.operate(self._operation(job))
            self._note(str(job.job_id), getattr(outcome, "words", ""))

    async def _interrupt(self) -> None:
        """The program is told to end while a request is under way."""
        job = self._some()
        if job is None:
            return
        self.moving = True
        self._note(str(job.job_id), UNSURE[0])
        work = asyncio.ensure_future(self.stage.operate(self._operation(job)))
        for _ in range(self.chance.randint(0, 60)):
            await asyncio.sleep(0)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    async def _create(self) -> None:
        self.made += 1
        self.moving = True
        draft = self._soon(nightly(f"made {self.made}"))
        found = await self.stage.creator.create(draft, check_consents=self.chance.random() < 0.5)
        for _ in range(3):
            if not isinstance(found, Unconfirmed):
                break
            found = await self.stage.creator.look_again(found.attempt, found.draft)
        self.stage.told.append(str(getattr(found, "words", found)))

    def _soon(self, draft: Any) -> Any:
        schedule = draft.schedule
        assert isinstance(schedule, RecurringSchedule)
        return replace(draft, schedule=replace(schedule, start=self.stage.store.now() + timedelta(hours=20)))

    async def _edit(self) -> None:
        job = self._some()
        if job is None or job.transfer is None:
            return
        self.moving = True
        old = await self._read(job)
        if old is None:
            return
        with suppress(GlobusTuiError):  # a timer that this program cannot make is not edited
            draft = clone(old.job, old.document, self.stage.store.now(), for_edit=True)
            draft = replace(draft, name=f"{(job.name or '')[:20]}'")
            if draft.schedule is None:
                return
            before = set(self.stage.service.sandbox.timers)
            found = await self.stage.swapper.replace(old, draft, check_consents=False)
            first = next((key for key, ids in self.lineages.items() if str(job.job_id) in ids), str(job.job_id))
            ids = self.lineages.setdefault(first, [str(job.job_id)])
            made = [one for one in self.stage.service.sandbox.timers if one not in before]
            new = [str(found.new.job_id)] if isinstance(found, Swapped) else []
            ids[:] = [one for one in (*made, *ids) if one not in new] + new if new else [*made, *ids]
            words = found.words
            if not isinstance(found, Swapped) and isinstance(found.creation, Unconfirmed):
                words += found.creation.words
            self.stage.told.append(words)
            self._note(str(job.job_id), words)

    def _note(self, job_id: str, words: str) -> None:
        """What a user is told that nobody knows is his to look at."""
        if any(one in words for one in UNSURE):
            self.unsure.update(first for first, ids in self.lineages.items() if job_id in ids)

    async def _read(self, job: Job) -> JobReading | None:
        try:
            return await self.stage.timers.get_job(job.job_id)
        except GlobusTuiError:
            return None

    async def _other(self) -> None:
        """Another program of the same user, on a wire without faults."""
        self.moving = True
        transport = InProcessTransport(self.stage.service)
        async with Connection(Environment.read({}), transport=transport, sleep=no_waiting) as connection:
            timers = TimersClient(connection, self.stage.account.tokens)
            job = self._some()
            if job is None:
                return
            with suppress(GlobusTuiError):
                match self.chance.randrange(4):
                    case 0:
                        await timers.pause_job(job.job_id)
                    case 1:
                        await timers.resume_job(job.job_id)
                    case 2:
                        await timers.update_job(job.job_id, name=f"theirs {self.chance.randrange(1000)}")
                    case _:
                        await timers.delete_job(job.job_id)


async def simulate(seeds: Sequence[int], *, steps: int = STEPS, seconds: float | None = None) -> Found:
    """Plays seeds, until the time is over where one is given; a seed that fails is named, and the rest goes on."""
    found, begun = Found(), time.monotonic()
    for seed in seeds:
        if seconds is not None and time.monotonic() - begun > seconds:
            break
        with tempfile.TemporaryDirectory(dir=_FOLDER) as home:
            try:
                await Simulation(seed, found).play(Path(home), steps)
            except Exception as wrong:
                where = traceback.extract_tb(wrong.__traceback__)[-1]
                place = f"{Path(where.filename).name}:{where.lineno}"
                found.failures.append(f"seed {seed}: {type(wrong).__name__} at {place}: {str(wrong)[:300]}")
        found.seeds += 1
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it; 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=10**9, help="how many at most")
    parser.add_argument("--steps", type=int, default=STEPS, help="of each seed")
    chosen = parser.parse_args(arguments)
    begun = time.process_time()
    seeds = range(chosen.seed, chosen.seed + chosen.seeds)
    found = asyncio.run(simulate(seeds, steps=chosen.steps, seconds=chosen.seconds))
    print(found.summary())
    print(f"{found.steps.total() / (time.process_time() - begun):.0f} steps a CPU second; seeds from {chosen.seed}")
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The folder of fleet files beside the console: how real timers differ from them, and making them as they say."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.timer.timer_groups import timer_groups
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.timer.job import Job
    from globus_tui.fleet.apply import Result
    from globus_tui.fleet.plan import Plan, Planner
    from globus_tui.screens.console import Console

_AGAIN = timedelta(minutes=5)
"""Between two looks at the files for the notes in the list."""
ADDED = "added.toml"
NO_FOLDER = (
    'No folder of fleet files is named: write fleet = "DIR" into the configuration file; globus-tui export --all DIR '
    "makes one."
)


class FleetFolder:
    """Compares timers with the fleet's files; does nothing while the settings name no folder.

    Args:
        owner: tells whoever is signed in from everybody else.
        look: is called when other timers differ than before.

    Attributes:
        differing: what differs, in a few words, by ids of timers.
        in_files: ids of the timers that the files are about.
    """

    def __init__(
        self,
        app: Console,
        owner: Callable[[], str],
        refresh: Callable[[], Awaitable[None]],
        notice: Callable[[str], None],
        look: Callable[[], None],
    ) -> None:
        self._app, self._owner, self._refresh, self._notice, self._changed = app, owner, refresh, notice, look
        self._looked_at: datetime | None = None
        folder = app.settings.fleet
        self.where = Path(os.path.expanduser(folder)) if folder else None
        self.differing: Mapping[str, str] = {}
        self.in_files: frozenset[str] = frozenset()

    def look_soon(self) -> None:
        """Look again how timers differ, when that is due."""
        store = self._app.store
        if self.where is None or store.freshness.checked_at is None or store.freshness.problem is not None:
            return
        if self._looked_at is None or store.now() - self._looked_at >= _AGAIN:
            self._looked_at = store.now()
            self._app.run_worker(self._look(), group="fleet", exclusive=True)

    async def _look(self) -> None:
        try:
            await self.plan(preflight=False)
        except GlobusTuiError as wrong:
            rest = len(str(wrong).splitlines()) - 1
            self._notice(f"fleet files: {str(wrong).splitlines()[0]}{f' (and {rest} more)' if rest else ''}")

    async def plan(self, *, preflight: bool = True) -> Plan:
        """What it takes to make the timers as the files say.

        Raises:
            GlobusTuiError: something is wrong in the files, or a service could not be asked.
        """
        from globus_tui.fleet.words import differs_words

        if self.where is None:
            raise BadInput(NO_FOLDER)
        plan = await self._planner().plan(self.where, preflight=preflight)
        words = {str(item.job.job_id): differs_words(item) for item in plan.differing if item.job is not None}
        self.in_files = frozenset(str(item.job.job_id) for item in plan.items if item.job is not None and item.wanted)
        if words != self.differing:
            self.differing = words
            self._changed()
        return plan

    def _planner(self) -> Planner:
        from globus_tui.fleet.plan import Planner

        app = self._app
        return Planner(app.store, app.making.lookup, app.making.read, owner=self._owner(), zone=app.view.zone)

    async def apply(self, plan: Plan, only: Collection[str] | None) -> tuple[Result, ...]:
        """Makes one timer, or all, as the files say; nothing if something changed since the plan was seen.

        Raises:
            GlobusTuiError: nothing was sent.
        """
        from globus_tui.fleet.apply import Applier, carry_out

        async def planned() -> Plan:
            await self._refresh()
            return await self.plan(preflight=False)

        async def meet(gare: Gare) -> bool:
            return await self._app.sign_in.consent(gare, "Before they are created")

        applier = Applier(self._app.store, self._app.making, keeps_lock=not self._app.host.demo)
        results = await carry_out(applier, plan, only, planned, meet)
        await self._refresh()
        return results

    async def write(self, jobs: Sequence[Job]) -> bool:
        """Writes timers into the folder, each with those that keep its schedule together with it; says how that went.

        Whether they stand there now.
        """
        try:
            words = await self._write(jobs)
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "error")
            return False
        self._app.say(words)
        return True

    async def _write(self, jobs: Sequence[Job]) -> str:
        from globus_tui.fleet.apply import alone, record
        from globus_tui.fleet.export import added_text, export_timers
        from globus_tui.fleet.fields import read_common
        from globus_tui.fleet.words import differs_words

        where, store = self.where, self._app.store
        if where is None:
            raise BadInput(NO_FOLDER)
        if self._app.host.demo:  # its timers are pretended, the folder is not
            raise BadInput(f"The demo writes nothing into {where}.", advice="globus-tui export --all --demo DIR does.")
        if await asyncio.to_thread(where.is_file):
            raise BadInput(f"{where} is one file: timers are written into a folder. Name one in the configuration.")
        await asyncio.to_thread(_make, where)
        with alone(where):
            defaults, keys = await asyncio.to_thread(read_common, where)
            items = [item for item in (await self.plan(preflight=False)).items if item.wanted] if keys else []
            places = {str(item.job.job_id): item.wanted.entry.place for item in items if item.job and item.wanted}
            whole = await asyncio.to_thread(store.states.whole, store.states.rows.values())
            jobs_by_id = {str(key): state.job for key, state in whole.items() if state.replacement is None}
            chosen = {str(job.job_id): job for job in jobs}
            for group in timer_groups(jobs_by_id.values()):
                if not chosen.keys().isdisjoint(group.job_ids):
                    chosen |= {key: jobs_by_id[key] for key in map(str, group.job_ids) if key not in places}
            for job_id, job in chosen.items():
                if job_id in places:
                    raise BadInput(f"{job.label} stands in {places[job_id]} already.")
            exporter = await export_timers(
                list(chosen.values()), self._planner(), store, self._app.making.read, self._app.view.zone,
                defaults=defaults, keys=keys,
            )  # fmt: skip
            if exporter.left_out:
                raise BadInput(exporter.left_out[0])
            await asyncio.to_thread(_add, where, added_text(exporter))
            plan = await record(where, exporter.keys, partial(self.plan, preflight=False))
        words = f"{counted(len(exporter.keys), 'timer')} written into {where / ADDED}."
        others = [item for item in plan.to_do if item.key in exporter.keys]
        return f"{words} NOT as it is at Globus: {differs_words(others[0])}." if others else words


def _make(where: Path) -> None:
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(f"{where} cannot be made: {problem.strerror or problem}") from problem


def _add(where: Path, text: str) -> None:
    """Puts a text behind what is in the file; takes it back if the folder cannot be read then."""
    from globus_tui.fleet.fields import read_fleet
    from globus_tui.private_files import write_private

    path = where / ADDED
    try:
        old_text = path.read_text(encoding="utf-8") if path.exists() else ""
        write_private(path, f"{old_text}\n{text}".lstrip("\n").encode(), mode=0o644)
        try:
            read_fleet(where)
        except BadInput:
            if old_text:
                write_private(path, old_text.encode(), mode=0o644)
            else:
                path.unlink()
            raise
    except OSError as problem:
        raise BadInput(f"{path} cannot be written: {problem.strerror or problem}") from problem

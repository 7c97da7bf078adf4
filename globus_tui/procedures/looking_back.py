"""What changed since somebody last looked: told when they look again, and listed by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.commands import key_words
from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.present import moments
from globus_tui.present.sizes import counted
from globus_tui.store.changes import Difference, TimerSnapshot, changes, from_document, seen_now, to_document
from globus_tui.store.ledger import Ledger
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from globus_tui.screens.console import Console


class LookingBack:
    """Remembers how the timers were when the terminal lost the focus, from one start to the next."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._ledger = Ledger(None if app.host.demo else app.settings.paths.state / "seen.json", app.settings.profile)
        self._before: Mapping[str, TimerSnapshot] | None = None
        self._since: datetime | None = None
        self._read = False
        self.changes: list[Difference] = []

    async def begin(self) -> None:
        """With the first reading: tell what changed since the last session, once the runs are known too."""
        store = self._app.store
        if self._read or store.freshness.state is not FreshnessState.FRESH or not store.has_all_tasks:
            return
        self._read = True
        try:
            document = wire.document((await self._ledger.read()).get("console"))
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "warning")
            return
        self._since = wire.moment(document.get("at"))
        if self._since is not None:
            self._before = from_document(wire.document(document.get("timers")))
            self.back()

    def leave(self) -> None:
        store = self._app.store
        if store.freshness.state is FreshnessState.FRESH:
            self._before, self._since = seen_now(store.states.rows.values()), store.now()
            self._app.run_worker(self._keep(), group="ledger")

    async def _keep(self) -> None:
        if self._before is None or self._since is None:
            return
        at, timers = wire_moment(self._since), to_document(self._before)
        try:
            await self._ledger.change(lambda document: document.update(console={"at": at, "timers": timers}))
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "warning")

    def back(self) -> None:
        """Somebody looks again: say how much changed, and which key lists it."""
        if self._before is None or self._since is None:
            return
        self.changes = changes(self._before, seen_now(self._app.store.states.rows.values()))
        self._before = None  # told once
        if self.changes:
            key = key_words(self._app.settings.keys, "jobs.changes")
            since = moments.since_words(self._since, self._app.store.now(), self._app.view.zone)
            self._app.say(f"{counted(len(self.changes), 'change')} since you last looked ({since}): {key} lists them")

    def lines(self) -> list[str]:
        lines = []
        for change in self.changes:
            values = " -> ".join(filter(None, (change.before, change.after)))
            lines.append(f"{change.name}: {change.what} {values}")
        return lines

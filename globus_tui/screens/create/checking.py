"""The part of the wizard that holds the draft: saves it, asks services about it, and checks it as it changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work
from textual.reactive import var

from globus_tui.domain.check_lookups import Lookups
from globus_tui.domain.draft import Draft
from globus_tui.domain.draft_checks import check_draft
from globus_tui.domain.draft_fields import SOURCE
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.timer_index import TimerIndex
from globus_tui.screens.base import TimerScreen
from globus_tui.store.preflight import Preflight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.timer import Timer

    from globus_tui.domain.findings import Finding
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.job import JobId
    from globus_tui.screens.create.draft_keeper import DraftKeeper
    from globus_tui.screens.create.lookup import Lookup, Making
    from globus_tui.store.job_state import JobState

_PAUSE = 0.4
"""Seconds without a change after which a draft is saved and looked up."""
_MANY = 300
"""Items that are checked with every key, and timers that are sorted for it; more only when the typing rests, in a
thread. Once they are sorted, checking against them takes a few milliseconds however many there are."""
_RESTING = 0.15
"""Seconds without a change after which that is done."""


class CheckedDraft(TimerScreen):
    """One draft with what is known and found of it. A subclass shows it.

    Attributes:
        draft: as it is now.
        lookups: what services answered.
        findings: what the checks found and what Globus said of the last attempt, worst first.
    """

    draft: var[Draft] = var(Draft, init=False)
    lookups: var[Lookups] = var(Lookups(), init=False)
    findings: var[tuple[Finding, ...]] = var((), init=False)

    def __init__(self, making: Making, draft: Draft, keeper: DraftKeeper, replaces: str | None) -> None:
        """Hold a draft; nothing is asked before the screen is open."""
        super().__init__()
        self.making = making
        self.keeper = keeper
        self.replaces = replaces
        self.said: tuple[Finding, ...] = ()
        """What Globus said of the last attempt, until the draft is changed."""
        self._draft_preflight = Preflight(making.lookup, self.learn)
        self._draft_timers: tuple[Mapping[JobId, JobState], TimerIndex] = ({}, TimerIndex(()))
        self._draft_pause: Timer | None = None
        self._draft_check_is_due = False
        self._draft_is_looked_through = False
        self.set_reactive(CheckedDraft.draft, draft)

    # --- what a subclass says

    def show_draft(self) -> None:
        """The draft, or what was found of it, is another."""

    def show_saved(self) -> None:
        """The draft was saved."""

    def step_key(self) -> str:
        """Where its author is."""
        return ""

    # --- what steps may use

    @property
    def lookup(self) -> Lookup:
        """Questions to the services; ask them in a worker of the step, group "look-up"."""
        return self.making.lookup

    def draft_name(self, side: str) -> str:
        """What the collection of a side, `source` or `destination`, was called when it was chosen."""
        return (self.draft.source_name if side == SOURCE else self.draft.destination_name) or ""

    def learn(self, lookups: Lookups) -> None:
        """Know more of what services answered; the checks take it into account."""
        self.lookups = lookups

    def ask_consent(self, gare: Gare, why: str, then: Callable[[], object]) -> None:
        """Let the user meet a requirement of Globus, then go on with what wanted it; nothing when it is declined."""

        def go_on() -> None:
            self.lookup.forget()
            self._draft_preflight.forget()
            self.lookups = replace(self.lookups, paths={}, missing_consents=(), consents_checked=False)
            self.look_soon()
            then()

        self.app.consent_for(gare, why, go_on)

    def make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        """Give a place a name, and say how that went."""
        self.run_worker(self._make_bookmark(name, collection_id, path), group="bookmark")

    async def _make_bookmark(self, name: str, collection_id: str, path: str) -> None:
        try:
            made = await self.lookup.bookmark(name, collection_id, path)
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
        else:
            self.app.say(f"Bookmark {made.label} is made.")

    def change(self, draft: Draft) -> None:
        """The draft is this one from now on."""
        self.said = ()
        self.draft = draft

    # --- checking

    def watch_draft(self) -> None:
        """Check and show at once; save and look up after a pause."""
        if self.is_mounted:
            self.keeper.take(self.draft, self.step_key())
            self.check()
            self.look_soon()

    def watch_lookups(self) -> None:
        """An answer came in."""
        self._check_soon()

    def watch_states(self) -> None:
        """Timers changed: there may be a duplicate now, or none any more."""
        self._check_soon()

    def watch_view(self) -> None:
        """Time has passed."""
        super().watch_view()
        self._check_soon()

    def _check_soon(self) -> None:
        if self.is_mounted and not self._draft_check_is_due:
            self._draft_check_is_due = True
            self.call_later(self.check)

    def check(self) -> None:
        """Check at once; what takes longer than a key only when the typing rests, off the event loop."""
        self._draft_check_is_due = False
        new_timers = self._draft_timers[0] is not self.states and len(self.states) > _MANY
        if new_timers or len(self.draft.transfer.items) > _MANY:
            self._check_later()
            self.show_draft()
        else:
            self._take_findings(self._checking()())

    def _checking(self) -> Callable[[], tuple[Finding, ...]]:
        draft, now, lookups, replaces = self.draft, self.app.store.now(), self.lookups, self.replaces
        states, tasks = self.states, self.view.tasks

        def check() -> tuple[Finding, ...]:
            timers = self._index_of(states)
            return check_draft(draft, now, jobs=timers, tasks=tasks, lookups=lookups, replaces=replaces)

        return check

    def _index_of(self, states: Mapping[JobId, JobState]) -> TimerIndex:
        """The timers as checks want them, sorted anew only when there are other ones; also called in a thread."""
        known, index = self._draft_timers
        if known is not states:
            index = TimerIndex(state.job for state in states.values())
            self._draft_timers = (states, index)
        return index

    @work(group="check", exclusive=True)
    async def _check_later(self) -> None:
        await asyncio.sleep(_RESTING)
        self._take_findings(await asyncio.to_thread(self._checking()))

    def _take_findings(self, found: Sequence[Finding]) -> None:
        self.findings = (*self.said, *found)
        self.show_draft()

    # --- saving, and asking services

    def look_soon(self) -> None:
        """Save and ask when nothing has changed for a moment."""
        self._draft_is_looked_through = False
        self._stop_pause()
        self._draft_pause = self.set_timer(_PAUSE, self._after_a_pause)

    def _stop_pause(self) -> None:
        if self._draft_pause is not None:
            self._draft_pause.stop()
            self._draft_pause = None

    def _after_a_pause(self) -> None:
        self._draft_pause = None
        self.run_worker(self._save(), group="save")
        self._look_through_and(None)

    def when_looked_through(self, then: Callable[[], object]) -> bool:
        """Whether everything is known that is asked before sending; if not, ask it now, check, and then go on."""
        if self._draft_is_looked_through and not any(
            worker.group == "check" and not worker.is_finished for worker in self.workers
        ):
            return True
        self._stop_pause()
        self._look_through_and(then)
        return False

    @work(group="look-up", exclusive=True)
    async def _look_through_and(self, then: Callable[[], object] | None) -> None:
        draft = self.draft
        await self._draft_preflight.look(draft, self.lookups, signed_in=self.who is not None)
        if draft is not self.draft:
            return
        self._draft_is_looked_through = True
        if then is not None:
            self._take_findings(await asyncio.to_thread(self._checking()))
            await self._save()
            then()

    async def _save(self) -> None:
        await self.keeper.save()
        self.show_saved()
        if warning := self.making.drafts.take_warning():
            self.app.say(warning, "warning")

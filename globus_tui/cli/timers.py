"""What the commands about timers share: a backend with somebody signed in, a store over it, and making timers."""

from __future__ import annotations

import gc
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from unicodedata import normalize

from globus_tui.auth.account import ServiceIdentity
from globus_tui.cli import FAILED, OK, SIGN_IN_NEEDED, code_of_change
from globus_tui.cli.account import LOG_IN, choose_characters, read_settings, tell
from globus_tui.cli.backend import Backend, demo_backend, lazily, real_backend
from globus_tui.cli.console import make_store
from globus_tui.cli.zones import find_zone
from globus_tui.domain.errors import BadInput, NetworkError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.typed_times import parse_moment
from globus_tui.domain.timer.cause import Hit
from globus_tui.domain.timer.filter import checked_filter, fold_case, parse_filter
from globus_tui.domain.timer.orders import NONE
from globus_tui.present.gare_words import requirement_lines
from globus_tui.present.sizes import counted
from globus_tui.present.timer_table import Listed
from globus_tui.settings import Settings, check_may_change
from globus_tui.store import operations as ended
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.source_counts import SourceCounts

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.store.creation import Making
    from globus_tui.store.job_state import Glance, JobState
    from globus_tui.store.job_store import JobStore
    from globus_tui.widgets.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True)
class Context:
    """Where timers are looked at, changed and made: nothing has been asked of Globus yet, but who is signed in.

    Attributes:
        making: made when it is first used.
        zone: in which times are shown.
        ascii: words are written in ASCII only.
    """

    store: JobStore
    making: Making
    zone: tzinfo
    settings: Settings
    backend: Backend
    ascii: bool

    @property
    def view(self) -> Viewpoint:
        from globus_tui.widgets.viewpoint import Viewpoint

        store = self.store
        names = {key: collection.name for key, collection in store.collections.items() if collection.name}
        return Viewpoint(store.now(), self.zone, names, store.tasks, self.ascii, orders=store.decisions)

    async def read(self, *, names: bool = True) -> None:
        """Reads all timers; `names` as for `JobStore.read_once`.

        Raises:
            SignedOut: somebody has to sign in, or to grant something, before Globus answers.
            NetworkError: Globus could not be asked.
        """
        await self.ask(names=names)
        tell(filter(None, (self.store.freshness.partial,)))

    async def ask(self, *, names: bool = True) -> None:
        """As `read`; what could not be learnt of their runs is not told."""
        await self.store.read_once(names=names)
        freshness = self.store.freshness
        if freshness.state is FreshnessState.SIGNED_OUT or (freshness.problem and freshness.gare):
            raise SignedOut(freshness.problem or "Nobody is signed in.", advice=self._log_in)
        if freshness.problem:
            raise NetworkError(f"The timers could not be read: {freshness.problem}", maybe_processed=False, advice="")

    @property
    def _log_in(self) -> str:
        account = self.backend.account
        return "Run globus-tui doctor, which says why." if isinstance(account, ServiceIdentity) else LOG_IN

    def moment(self, text: str | None) -> datetime | None:
        """A moment that was typed; None where none was. What was taken for granted is told.

        Raises:
            BadInput: it cannot be understood.
        """
        if text is None:
            return None
        typed = parse_moment(text, self.store.now(), self.zone)
        tell(typed.notices)
        return typed.moment or self.store.now()

    def source_counts(self) -> SourceCounts:
        """Counts files at the sources of mirrors that run soon."""
        return SourceCounts(self.store, self.making)

    def listed(self, states: Iterable[JobState | Glance]) -> list[Listed]:
        from globus_tui.widgets.viewpoint import case_of

        view = self.view
        profile, orders = self.settings.profile, view.orders
        return [Listed(state, case_of(state, view), profile, orders.get(state.job.job_id, NONE)) for state in states]

    def matching(self, typed: str) -> list[Listed]:
        """The timers that a filter leaves, in the order of the console's list, but the best matches of `~` first.

        Raises:
            BadInput: some of the filter was not understood.
        """
        from globus_tui.widgets.viewpoint import RowSubject

        checked, view, states = checked_filter(typed), self.view, self.store.states
        rows = sorted(states.rows.values())
        if checked:
            subjects = [(row, RowSubject(row, states, view, self.settings.profile)) for row in rows]
            ranked = [(checked.rank(subject), row) for row, subject in subjects if checked.matches(subject)]
            rows = [row for _, row in sorted(ranked)]
        if checked.problems:
            raise BadInput(" ".join(checked.problems))
        return self.listed(map(states.glance, rows))

    def selected(self, words: Sequence[str]) -> list[Listed]:
        """The timers with these ids, or the one with this name, or those that a filter leaves.

        Raises:
            BadInput: there are none, or the filter would leave all.
            NetworkError: what the filter asks for is not known now, so it could mean others.
        """
        states = self.store.states
        if all(word in states for word in words):
            return self.listed([states[job_id] for job_id in states if job_id in words])
        typed = " ".join(words)
        name = normalize("NFC", typed) if len(words) == 1 else None
        named = [state for state in states.values() if name and normalize("NFC", state.job.name or "") == name]
        # one that was replaced is kept, not meant
        named = [state for state in named if state.replacement is None] or named
        if not named and not parse_filter(typed):
            raise BadInput(f"{typed[:80]!r} leaves out nothing: name the timers that are meant.")
        keys = {term.key for way in parse_filter(typed).ways for term in way if term.key or term.negated}
        unread = _ASK_FOR_NAMES if self.store.has_all_tasks else _ASK_FOR_NAMES | _ASK_FOR_RUNS
        if not named and self.store.freshness.partial and keys & unread:
            words = f"Which timers {typed[:80]!r} means is not known now."
            raise NetworkError(words, maybe_processed=False, advice="Name them by their ids, or ask again later.")
        timers = self.listed(named or [states[timer.state.job_id] for timer in self.matching(typed)])
        if not timers:
            raise BadInput(f"No timer matches {typed[:80]!r}.", advice="globus-tui list shows all.")
        return timers

    def keep_names(self, listed: Sequence[Listed]) -> None:
        """Keeps the names of all timers and of collections, for the completion of shells."""
        from globus_tui.cli.kept_rows import kept_rows

        if not self.backend.demo and self.backend.account.who is not None:
            rows = kept_rows(self.settings, self.backend.connection.environment, self.backend.account.who)
            rows.save_names((timer.state.job.label for timer in listed), self.view.names.values())

    def find(self, text: str) -> Listed:
        """The one timer with this id, name, or beginning of an id.

        Raises:
            BadInput: there is none, or there are several.
        """
        if not text.strip():  # a variable of a script that is not set, say
            raise BadInput("No timer is named: write its id or its name.")
        states = self.store.states
        exact = [state for state in states.values() if text == state.job_id]
        named = exact or [state for state in states.values() if text == state.job.name]
        begun = [key for key in states if len(text) >= 4 and key.startswith(text.lower())]
        matching = named or [states[key] for key in begun]
        low = fold_case(text)
        matching = matching or [state for state in states.values() if low == fold_case(state.job.name or "")]
        if not matching:
            raise BadInput(f"No timer has the id or name {text[:80]!r}.", advice="globus-tui list shows all.")
        if len(matching) > 1:  # those in whose place another one has come are not meant
            matching = [state for state in matching if state.replacement is None] or matching
        if len(matching) > 1:
            ids = ", ".join(f"{state.job_id} ({state.job.label})" for state in matching[:5])
            raise BadInput(f"{text[:80]!r} is {counted(len(matching), 'timer')}: {ids}.", advice="Write the id of one.")
        return self.listed(matching)[0]

    def end_of(self, outcome: ended.Outcome) -> tuple[int, str]:
        """The exit code for how one operation ended, and words."""
        if isinstance(outcome, ended.Done):
            return OK, f"{outcome.words} {outcome.note}" if outcome.note else outcome.words
        if isinstance(outcome, ended.NeedsConsent):
            return SIGN_IN_NEEDED, " ".join(
                (*requirement_lines(outcome.gare, self.view.names), "Press f on it in the console.")
            )
        if isinstance(outcome, ended.SignedOut):
            return SIGN_IN_NEEDED, f"{outcome.words} {self._log_in}"
        if isinstance(outcome, ended.Refused):
            return FAILED, outcome.words
        return code_of_change(outcome.error), outcome.words


_ASK_FOR_NAMES = frozenset((None, "from", "to", "why"))
"""Keys of filters that ask for names of collections, as a word without one does."""
_ASK_FOR_RUNS = frozenset(("health", "cause", "last", "last-good", "failed", "missed", "skipped"))
"""Those that ask for what became of runs."""


def looks(listed: Mapping[str, Listed]) -> list[Hit]:
    return [Hit.of(key, row.state.health, row.state.job.sides) for key, row in listed.items()]


@asynccontextmanager
async def signed_in(options: Namespace, *, reads: bool = True) -> AsyncIterator[Context]:
    """Opens the backend that the options name, and closes it again; `reads`: nothing is to be changed.

    Raises:
        ReadOnly: something is to be changed, and nothing may be.
        SignedOut: nobody is signed in.
        SettingsError: a variable or the profile's name cannot be used.
    """
    gc.set_threshold(100_000)  # documents by the thousand hold no circles: looking for some takes a sixth of the time
    settings = read_settings(options)
    if not reads:
        check_may_change(settings)
    backend = await (demo_backend(1.0) if options.demo else real_backend(settings, os.environ))
    async with backend.connection:
        backend.connection.read_only = settings.read_only
        if backend.account.who is None:
            raise SignedOut("Nobody is signed in.", advice=LOG_IN)
        store = make_store(backend, settings, options)
        store.journal.who = backend.account.who
        making: Making = lazily("globus_tui.cli.making", "make_making", backend, settings, store)
        poor = choose_characters(options, settings)
        try:
            yield Context(store, making, find_zone(options.zone or settings.zone), settings, backend, poor)
        finally:
            if store.journal.path is not None and store.journal.unwritten:
                tell((f"{store.journal.problem}. What was changed is not recorded.",))

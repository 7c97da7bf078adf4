"""`changes`: what differs since it was asked last. `impact`: which timers stop with a collection or an identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.cli import OK
from globus_tui.cli.account import show_document, show_table, tell, terminal_width, write
from globus_tui.cli.timers import signed_in
from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, NetworkError
from globus_tui.domain.schedule.schedule import wire_moment
from globus_tui.domain.timer.impact import causes, stopped_by
from globus_tui.present import moments, timer_table
from globus_tui.present.agenda_words import stopped_words
from globus_tui.store.changes import changes, from_document, seen_now, to_document
from globus_tui.store.ledger import Ledger

if TYPE_CHECKING:
    from argparse import Namespace


async def run_changes(options: Namespace) -> int:
    """Prints each change with before and after, and remembers how it is now."""
    async with signed_in(options) as context:
        await context.ask()
        unread = context.store.freshness.partial
        if not context.store.has_all_tasks:  # what is not known would be told as a change, now and the next time
            words = unread or "The tasks of runs were not read."
            raise NetworkError(words, maybe_processed=False, advice="Nothing is remembered of it: ask again later.")
        tell(filter(None, (unread,)))
        ledger = Ledger(None if options.demo else context.settings.paths.state / "seen.json", context.settings.profile)
        before, now = wire.document((await ledger.read()).get("asked")), seen_now(context.store.states.rows.values())
        since = wire.moment(before.get("at"))
        changed = changes(from_document(wire.document(before.get("timers"))), now) if since else []
        if options.json:
            begin = wire_moment(since) if since else None
            show_document(context.store.now(), since=begin, changes=[change._asdict() for change in changed])
        elif since is None:
            if options.demo:
                tell(("The demo begins anew each time, so there is no time to compare with.",))
            elif options.keep:
                tell(("There is no time yet to compare with: leave out --keep once.",))
        elif not changed:
            tell((f"Nothing changed since {moments.stamp(since, context.zone)}.",))
        else:
            show_table(changed, ("TIMER", "WHAT", "BEFORE", "NOW"), (0, 2, 3))
        write("", at_once=True)  # what nobody was shown is told the next time
        if not options.keep:
            at, timers = wire_moment(context.store.now()), to_document(now)
            await ledger.change(lambda document: document.update(asked={"at": at, "timers": timers}))
            if since is None and not options.json and not options.demo:
                tell(("This is remembered; what changes from now on is told the next time.",))
        return OK


async def run_impact(options: Namespace) -> int:
    """Prints the timers that would stop, the next to run first."""
    async with signed_in(options) as context:
        await context.ask()
        if unread := context.store.freshness.partial:
            tell((unread, "Collections, their names and guest collections on them may not be known."))
        collections, now, typed = context.store.collections, context.store.now(), options.collection
        jobs = [state.job for state in context.store.states.values()]
        matching = [cause for cause in causes(jobs, collections, context.backend.account.who) if cause.meant_by(typed)]
        if not matching and unread:
            raise NetworkError(
                f"It is not known what {typed[:80]!r} is.", maybe_processed=False, advice="Ask again later."
            )
        if not matching:
            raise BadInput(f"No collection and no identity of a timer has the id or name {options.collection[:80]!r}.")
        all_of_them = any(cause.collections is None for cause in matching)
        keys = frozenset[str]().union(*(cause.collections or () for cause in matching))
        stops = stopped_by(jobs, None if all_of_them else keys, collections, now)
        listed = {row.state.job_id: row for row in context.listed([context.store.states[stop.key] for stop in stops])}
        if options.json:
            timers = [
                {**timer_table.timer_document(listed[stop.key]), "next_runs": [wire_moment(at) for at in stop.runs]}
                for stop in stops
            ]
            people = [cause.key for cause in matching if cause.kind == "identity"]
            show_document(now, collections=sorted(keys), identities=people, timers=timers)
            return OK
        if not stops:
            tell(("No timer that may run again reads or writes there.",))
            return OK
        rows = [
            (stop.job.label, listed[stop.key].state.health.word.value, *stopped_words(stop, listed[stop.key].case))
            for stop in stops
        ]
        headings = ("TIMER", "HEALTH", "NEXT RUNS", "ROUTE")[: 3 if (terminal_width() or 100) < 100 else 4]
        show_table(rows, headings, (0, 2, 3))
        return OK

"""`changes`: what differs since it was asked last. `impact`: which timers stop with a collection or an identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.cli import OK
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace


def run_changes(options: Namespace) -> int:
    """Prints each change with before and after, and remembers how it is now.

    Raises:
        GlobusTuiError: Globus could not be asked, or what was remembered cannot be read or written.
    """
    import asyncio

    return asyncio.run(_changes(options))


async def _changes(options: Namespace) -> int:
    from globus_tui.cli.account import show, show_json, tell
    from globus_tui.cli.look import terminal_width
    from globus_tui.cli.timers import desk
    from globus_tui.domain import wire
    from globus_tui.domain.schedule.schedule import wire_moment
    from globus_tui.present import timer_table
    from globus_tui.present.safe_text import safe_line
    from globus_tui.store.changes import changes, from_document, seen_now, to_document
    from globus_tui.store.ledger import Ledger

    async with desk(options) as here:
        await here.read()
        kept = Ledger(None if options.demo else here.settings.paths.state / "seen.json", here.settings.profile)
        before, now = wire.document((await kept.read()).get("asked")), seen_now(here.store.states.rows.values())
        since = wire.moment(before.get("at"))
        found = changes(from_document(wire.document(before.get("timers"))), now) if since else []
        if not options.keep:
            at, timers = wire_moment(here.store.now()), to_document(now)
            await kept.change(lambda document: document.update(asked={"at": at, "timers": timers}))
        if options.json:
            head: dict[str, Any] = {"schema": timer_table.SCHEMA, "as_of": wire_moment(here.store.now())}
            head["since"] = wire_moment(since) if since else None
            show_json(timer_table.as_json({**head, "changes": [one._asdict() for one in found]}))
        elif since is None:
            tell(("This is remembered; what changes from now on is told the next time.",))
        elif not found:
            tell((f"Nothing changed since {since:%Y-%m-%d %H:%M} UTC.",))
        else:
            rows = [[safe_line(cell, ascii_only=here.ascii) for cell in one] for one in found]
            headings = [(one, False) for one in ("TIMER", "WHAT", "BEFORE", "NOW")]
            show(timer_table.table(rows, headings, terminal_width(), (0, 2, 3), "..." if here.ascii else "…"))
        return OK


def run_impact(options: Namespace) -> int:
    """Prints the timers that would stop, the next to run first.

    Raises:
        GlobusTuiError: Globus could not be asked, or nothing is meant.
    """
    import asyncio

    return asyncio.run(_impact(options))


async def _impact(options: Namespace) -> int:
    from globus_tui.cli.account import show, show_json, tell
    from globus_tui.cli.look import terminal_width
    from globus_tui.cli.timers import desk
    from globus_tui.domain.schedule.schedule import wire_moment
    from globus_tui.domain.timer.impact import causes, stopped_by
    from globus_tui.present import timer_table
    from globus_tui.present.agenda_words import stopped_words
    from globus_tui.present.safe_text import safe_line

    async with desk(options) as here:
        await here.read()
        known, now, said = here.store.collections, here.store.now(), options.collection.casefold()
        jobs = [one.job for one in here.store.states.values()]
        meant = [one for one in causes(jobs, known, here.backend.account.who) if one.meant_by(said)]
        if not meant:
            raise BadInput(f"No collection and no identity of a timer has the id or name {options.collection[:80]!r}.")
        all_of_them = any(one.collections is None for one in meant)
        keys = frozenset[str]().union(*(one.collections or () for one in meant))
        found = stopped_by(jobs, None if all_of_them else keys, known, now)
        listed = {one.state.job_id: one for one in here.listed([here.store.states[one.key] for one in found])}
        if options.json:
            timers = [
                {**timer_table.timer_document(listed[one.key]), "next_runs": [wire_moment(at) for at in one.runs]}
                for one in found
            ]
            head = {"schema": timer_table.SCHEMA, "as_of": wire_moment(now), "collections": sorted(keys)}
            head["identities"] = [one.key for one in meant if one.kind == "identity"]
            show_json(timer_table.as_json({**head, "timers": timers}))
            return OK
        if not found:
            tell(("No timer that may run again reads or writes there.",))
            return OK
        rows = []
        for one in found:
            words = (one.job.label, listed[one.key].state.health.word.value, *stopped_words(one, listed[one.key].case))
            rows.append([safe_line(cell, ascii_only=here.ascii) for cell in words])
        width, titles = terminal_width(), ("TIMER", "HEALTH", "NEXT RUNS", "ROUTE")
        headings = [(one, False) for one in (titles[:-1] if width is not None and width < 100 else titles)]
        show(timer_table.table(rows, headings, width, (0, 2, 3), "..." if here.ascii else "…"))
        return OK

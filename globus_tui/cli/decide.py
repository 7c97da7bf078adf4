"""`note`, `known` and `limit`: what people decide here about timers; and `report` for the change of shift."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.cli import OK, code_of_all
from globus_tui.cli.account import show, show_end, tell
from globus_tui.cli.timers import Context, signed_in
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.typed_intervals import parse_interval
from globus_tui.present.report_words import report
from globus_tui.store.windows import Windows

if TYPE_CHECKING:
    from argparse import Namespace


async def run(options: Namespace) -> int:
    """Writes it down in the ledger; nothing is changed at Globus."""
    async with signed_in(options) as context:
        await context.read()
        chosen = context.selected(options.filter)
        changes = _CHANGES[options.name](options, context)
        shown: list[int] = []
        for timer in chosen:
            own = {**changes}
            if options.name == "known" and not options.clear:
                if not timer.state.health.word.is_trouble:
                    shown.append(show_end(f"left out: {timer.state.job.label} is in no trouble"))
                    continue
                own["known"] = {**changes["known"], "rank": timer.state.health.word.rank}
            await context.store.decide([timer.state.job_id], **own)
            shown.append(show_end(f"done  {timer.state.job.label} ({timer.state.job_id})"))
        return code_of_all(shown)


def _clears(options: Namespace, *others: object) -> bool:
    """Whether it is to be taken away.

    Raises:
        BadInput: something is to be written down as well.
    """
    if options.clear and any(other not in (None, "") for other in others):
        raise BadInput("--clear takes all of it away: leave out the rest.")
    return bool(options.clear)


def _note(options: Namespace, context: Context) -> dict[str, Any]:
    if _clears(options, options.text, options.tag):
        return {"note": None, "tags": None}
    if options.text is None and options.tag is None:
        raise BadInput("Say what: --text TEXT, --tag A,B, or --clear.")
    changes = {"note": options.text} if options.text is not None else {}
    return changes | ({"tags": list(options.tag)} if options.tag is not None else {})


def _known(options: Namespace, context: Context) -> dict[str, Any]:
    if _clears(options, options.until, options.reason):
        return {"known": None}
    until = context.moment(options.until)
    if until is not None and until <= context.store.now():
        raise BadInput("--until is past.")
    iso = until.isoformat() if until else None
    return {"known": {"reason": options.reason, "by": context.store.journal.who, "until": iso}}


def _limit(options: Namespace, context: Context) -> dict[str, Any]:
    if _clears(options, options.last_good, options.fewer_files):
        return {"good_within": None, "fewer_files": None}
    if options.last_good is None and options.fewer_files is None:
        raise BadInput("Say which: --last-good 26h, --fewer-files N, or --clear.")
    limits: dict[str, Any] = {}
    if options.last_good is not None:
        limits["good_within"] = parse_interval(options.last_good).total_seconds()
    return limits | ({"fewer_files": options.fewer_files} if options.fewer_files is not None else {})


_CHANGES = {"note": _note, "known": _known, "limit": _limit}


async def run_report(options: Namespace) -> int:
    async with signed_in(options) as context:
        await context.read()
        store = context.store
        listed = context.matching(" ".join(options.filter))
        entries, windows = await store.journal.entries(), await Windows(store).all()
        since, some = timedelta(hours=options.hours), bool(options.filter)
        if some and not listed:
            tell(("No timer matches.",))
        page = report(listed, entries, windows, store, store.now(), context.zone, since=since, some=some)
        show(page.removesuffix("\n").split("\n"))
        return OK

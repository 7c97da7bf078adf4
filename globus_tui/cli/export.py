"""`globus-tui export ID`: a timer as a JSON document, from which `globus-tui create --from-file` makes another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.cli import OK

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from globus_tui.domain.making.draft import Draft


def run(options: Namespace) -> int:
    """Prints the document, and nothing else, on standard output; what has to be filled in, on standard error.

    Raises:
        GlobusTuiError: there is no such timer, it calls another action provider, or Globus could not be asked.
    """
    import asyncio

    from globus_tui.cli.account import show_json, tell
    from globus_tui.domain.errors import BadInput
    from globus_tui.store.drafts import draft_text, to_fill_in

    if options.all:
        from globus_tui.cli.fleet import run_export

        return asyncio.run(run_export(options))
    if len(options.timer) > 1:
        raise BadInput("One timer is printed at a time: write its id, or --all FILTER DIR for a folder of many.")
    draft, now = asyncio.run(_export(options))
    show_json(draft_text(draft))
    tell(to_fill_in(draft, now) or _not_kept(draft, now))
    return OK


def _not_kept(draft: Draft, now: datetime) -> list[str]:
    """What of it no timer of today takes, or this program does not know."""
    from globus_tui.domain.making.draft_checks import check_draft
    from globus_tui.domain.making.draft_fields import Level
    from globus_tui.present.review_facts import finding_line

    extra = {*draft.transfer.extra, *(["flow"] if draft.flow.extra else [])}
    return [finding_line(one) for one in check_draft(draft, now) if one.level is Level.STOP or one.field in extra]


async def _export(options: Namespace) -> tuple[Draft, datetime]:
    from globus_tui.cli.timers import desk
    from globus_tui.store.drafts import exported

    async with desk(options) as here:
        reading = await here.making.read(options.timer[0])
        await here.store.read_journal()
        now = here.store.now()
        return exported(reading, now, fewer_percent=here.store.alarm_level(options.timer[0])), now

"""`globus-tui export ID`: a timer as a JSON document, from which `globus-tui create --from-file` makes another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.cli import OK

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Prints the document, and nothing else, on standard output.

    Raises:
        GlobusTuiError: there is no such timer, it calls another action provider, or Globus could not be asked.
    """
    import asyncio

    sys.stdout.write(asyncio.run(_export(options)))
    return OK


async def _export(options: Namespace) -> str:
    from globus_tui.cli.timers import desk
    from globus_tui.store.timer_files import export_text

    async with desk(options) as here:
        reading = await here.making.read(options.timer)
        await here.store.read_alarm_levels()
        return export_text(reading, here.store.now(), fewer_percent=here.store.alarm_level(options.timer))

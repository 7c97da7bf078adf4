"""`undo` and `redo`: say what would be taken back, ask, and do it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_tui.cli import FAILED, OK
from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Takes the last step back.

    Raises:
        GlobusTuiError: nothing was changed.
    """
    import asyncio

    return asyncio.run(_run(options))


async def _run(options: Namespace) -> int:
    from globus_tui.cli.account import show, tell
    from globus_tui.cli.change import agreed
    from globus_tui.cli.timers import desk
    from globus_tui.settings import check_may_change
    from globus_tui.store.undoing import Undoer, act_words, acts, stacks, steps

    async with desk(options) as here:
        if not options.dry_run:
            check_may_change(here.settings)
            if not options.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise BadInput(f"There is no terminal to ask on. Add --yes to {options.name} without a question.")
        await here.read()
        found = stacks(steps(await here.store.journal.entries()))[options.name == "redo"]
        if not found:
            tell((f"There is nothing to {options.name}.",))
            return FAILED
        meant = acts(found[-1], here.store.states)
        plan = [act_words(one, here.store.states, here.store) for one in meant]
        (show if options.dry_run else tell)(plan)
        if options.dry_run:
            return OK
        able = [one for one in meant if one.why_not is None]
        if not able or not (options.yes or agreed(options.name, len(able))):
            tell(("Nothing was changed.",))
            return FAILED
        creator = here.making.creator(lambda _, __: None)
        ends = await Undoer(here.store, creator, here.making.swapper(creator)).carry_out(found[-1], meant)
        show(f"{'done' if done else 'FAILED'}  {label}: {words}" for done, label, words in ends)
        return OK if all(done for done, _, _ in ends) else FAILED

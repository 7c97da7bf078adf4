"""When a mirror's shrinking source alarms is chosen when it is made, and known ever after from the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from globus_tui.domain.making.draft import Draft, Guards, Intent, with_intent
from globus_tui.store.creation import Created
from globus_tui.store.job_store import JobStore
from globus_tui.store.ledger import alarm_levels
from globus_tui.store.services import Services
from tests.store.workbench import nightly, workbench


def guarded(percent: float | None, intent: Intent = Intent.MIRROR) -> Draft:
    return replace(with_intent(nightly(), intent), guards=Guards(fewer_percent=percent))


@pytest.mark.parametrize("percent", [40.0, 0.0, None])
async def test_an_unusual_level_is_kept_with_the_timer_that_was_made(percent: float | None) -> None:
    async with workbench() as bench:
        made = await bench.creator.create(guarded(percent))
        assert isinstance(made, Created)
        assert alarm_levels(bench.journal.unwritten) == {made.job.job_id: percent}
        later = JobStore(Services(bench.timers, bench.transfers, bench.transfers), journal=bench.journal)
        await later.read_journal()
        assert later.alarm_level(made.job.job_id) == percent


@pytest.mark.parametrize("draft", [guarded(5.0), guarded(40.0, Intent.ARCHIVE)], ids=["usual", "nothing is deleted"])
async def test_nothing_is_kept_where_there_is_nothing_to_keep(draft: Draft) -> None:
    async with workbench() as bench:
        await bench.creator.create(draft)
        assert alarm_levels(bench.journal.unwritten) == {}


async def test_what_was_refused_has_no_level() -> None:
    async with workbench() as bench:
        bench.fault("/v2/timer", "answer", status=403, body={"detail": "no"})
        await bench.creator.create(guarded(40.0))
        assert alarm_levels(bench.journal.unwritten) == {}

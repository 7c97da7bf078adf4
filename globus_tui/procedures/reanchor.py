"""Keeping a timer's hour across clock changes: a dry run in words, then a timer in its place, as when editing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.draft import clone
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.reanchor import anchor, moved
from globus_tui.domain.schedule import RecurringSchedule
from globus_tui.present import moments
from globus_tui.present.reanchor_words import nothing_to_keep, reanchor_sentences
from globus_tui.procedures.replace import Replace
from globus_tui.procedures.start_now import ByKey
from globus_tui.screens.confirm import Confirm

if TYPE_CHECKING:
    from globus_tui.app import GlobusTui
    from globus_tui.domain.readings import JobReading
    from globus_tui.store.job_state import JobState


async def reanchor(app: GlobusTui, state: JobState) -> None:
    """Read the timer, show what would change, and replace it if that is agreed to. Problems are said, never raised."""
    making, now, zone = app.host.making, app.store.now(), app.view.zone
    if making is None:
        app.say("Nothing can be made here.", "warning")
        return
    found = anchor(state.job.schedule, now, zone, runs_done=state.job.n_runs)
    if found is None:
        app.say(nothing_to_keep(moments.zone_name(now, zone)), "warning")
        return
    try:
        old = await making.read(state.job_id)
        draft = clone(old.job, old.document, now, for_edit=True)
    except GlobusTuiError as wrong:
        app.say(wrong.in_full, "error")
        return
    if not isinstance(draft.schedule, RecurringSchedule) or old.job.schedule != state.job.schedule:
        app.say("It is not as it was shown here: look again.", "warning")
        return
    schedule = moved(draft.schedule, found.by, now)
    sentences = reanchor_sentences(found, schedule, now, zone)
    alarm = replace(draft.guards, fewer_percent=app.store.alarm_level(state.job_id))
    sender = ByKey(app, making, replace(draft, schedule=schedule, guards=alarm))

    def go_on(agreed: bool | None) -> None:
        if agreed:
            app.run_worker(_replace(app, sender, old), group="create")

    app.push_screen(Confirm(f"Keep the hour of {old.job.label}?", sentences, verb="replace it"), go_on)


async def _replace(app: GlobusTui, sender: ByKey, old: JobReading) -> None:
    await Replace(app, sender, old).run()
    if sender.keeper.attempt is None:  # its end is known; nothing is left to go on with
        sender.keeper.discard()

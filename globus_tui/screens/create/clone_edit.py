"""A wizard filled with an existing timer: to make another one like it, or one in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.draft import What, clone
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.screens.create.wizard import WizardScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.app import GlobusTui
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.readings import JobReading
    from globus_tui.screens.create.lookup import Making
    from globus_tui.store.job_state import JobState


def open_clone(app: GlobusTui, state: JobState) -> None:
    """Read the timer, then open the wizard on a copy of it."""
    app.run_worker(_open(app, state, for_edit=False), group="clone", exclusive=True)


def open_edit(app: GlobusTui, state: JobState) -> None:
    """Say what editing means, then open the wizard on what is to take its place."""
    from globus_tui.screens.confirm import Confirm

    sentences = (
        "Globus can change nothing of a timer but its name (R does that).",
        "So editing makes a new timer, checks that it came out as asked for, and only then pauses this one. Whatever "
        "fails, exactly one of the two stays active.",
        f"This one is kept, paused, so that you can go back; {_asked_later(app)}.",
        "The new timer has an id of its own and counts its runs from zero.",
    )
    sheet = Confirm(f"Edit {state.job.label}?", sentences, verb="edit")

    def go_on(agreed: bool | None) -> None:
        if agreed:
            app.run_worker(_open(app, state, for_edit=True), group="clone", exclusive=True)

    app.push_screen(sheet, go_on)


def _asked_later(app: GlobusTui) -> str:
    days = app.settings.keep_replaced_days
    return f"after {days} days you are asked whether to delete it" if days else "X deletes it when you want"


async def _open(app: GlobusTui, state: JobState, *, for_edit: bool) -> None:
    making = app.host.making
    if making is None:
        app.say("Nothing can be made here.", "warning")
        return
    app.say(f"Reading {state.job.label} …")
    try:
        reading = await making.read(state.job_id)
        draft = clone(reading.job, reading.document, app.store.now(), for_edit=for_edit)
    except GlobusTuiError as wrong:
        app.say(wrong.in_full, "error")
        return
    app.say("")
    alarm = replace(draft.guards, fewer_percent=app.store.alarm_level(state.job_id))
    draft = replace(named(draft, app.view.names), guards=alarm)
    if for_edit:
        app.open_screen(_edit_wizard(app, making, draft, reading))
    else:
        another = replace(draft, name=f"{draft.name} copy".strip())
        app.open_screen(WizardScreen(making, another, step="review", heading=f"Copy of {state.job.label}"))


def named(draft: Draft, names: Mapping[str, str]) -> Draft:
    """The draft with what its collections are called, as far as known."""
    if draft.what is What.FLOW_TIMER:
        return draft
    data = draft.transfer
    return replace(
        draft,
        source_name=names.get(data.source_endpoint or ""),
        destination_name=names.get(data.destination_endpoint or ""),
    )


def _edit_wizard(app: GlobusTui, making: Making, draft: Draft, old: JobReading) -> WizardScreen:
    return WizardScreen(
        making,
        draft,
        step="review",
        heading=f"Edit {old.job.label}",
        replaces=old.job.job_id,
        create=lambda wizard: app.replace_timer(wizard, old),
    )

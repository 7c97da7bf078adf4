"""Starting at once what a timer does: reads it, makes the transfer or the timer, hands it in, follows the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.run_now import RunChoice, run_now
from globus_tui.procedures.create import Create
from globus_tui.screens.create.draft_keeper import DraftKeeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.app import GlobusTui
    from globus_tui.domain.collection import FolderEntry
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.draft_fields import DraftProblem
    from globus_tui.domain.readings import JobReading
    from globus_tui.screens.create.lookup import Making
    from globus_tui.store.job_state import JobState


class ByKey:
    """Stands where the wizard would: what is sent is kept as a draft until its end is known."""

    def __init__(self, app: GlobusTui, making: Making, draft: Draft) -> None:
        """Nothing is sent yet."""
        self._app = app
        self.making = making
        self.draft = draft
        self.keeper = DraftKeeper(making.drafts, None, draft, "review")
        self.is_sending = False

    def set_sending(self, *, sending: bool) -> None:
        """A creation is under way, or over."""
        self.is_sending = sending

    def show_problems(self, problems: Sequence[DraftProblem], words: str) -> None:
        """Say why it was refused; there is no page to go back to."""
        del problems  # the words hold them
        self.keeper.discard()
        self._app.say(words, "error")


class _Start(Create):
    """A creation whose task is called after the timer that it was made of."""

    def __init__(self, app: GlobusTui, sender: ByKey, heading: str) -> None:
        super().__init__(app, sender)
        self._heading = heading

    def heading(self) -> str:
        """Which timer, and how it was run."""
        return self._heading


async def start_now(app: GlobusTui, state: JobState, choice: RunChoice, files: int) -> None:
    """Read the timer, make of it what was asked for, and hand that in. Problems are said, never raised."""
    making = app.host.making
    if making is None:
        app.say("Nothing can be started here.", "warning")
        return
    try:
        draft = await _draft(app, making, await making.read(state.job_id), choice, files)
    except GlobusTuiError as wrong:
        app.say(wrong.in_full, "error")
        return
    await _Start(app, ByKey(app, making, draft), f"{state.job.label} > {choice.value} run by hand").run()


async def _draft(app: GlobusTui, making: Making, reading: JobReading, choice: RunChoice, files: int) -> Draft:
    listing: tuple[FolderEntry, ...] = ()
    data = reading.job.transfer
    if choice is RunChoice.TEST and data is not None and data.items and data.items[0].recursive is not False:
        collection, path = data.source_endpoint or "", data.items[0].source_path
        view = await making.lookup.folder(collection, path, again=True)
        if view.gare is not None and await app.sign_in.consent(view.gare, "Look into the source folder"):
            view = await making.lookup.folder(collection, path, again=True)
        if view.problem is not None:
            raise BadInput(f"The source folder cannot be read, so no files can be chosen: {view.problem}")
        listing = view.entries
    return run_now(reading.job, reading.document, choice, app.store.now(), first=files, listing=listing).draft

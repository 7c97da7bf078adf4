"""Starting at once what a timer does: reads it, makes the transfer or the timer, hands it in, follows the task."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.run_now import RunChoice, RunNow, first_items, run_now
from globus_tui.present.transfer_words import item_words
from globus_tui.procedures.create import Create
from globus_tui.screens.confirm import Confirm
from globus_tui.store.making import DraftKeeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.making.draft_fields import Finding
    from globus_tui.domain.timer.job import JobReading
    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.domain.transfer.transfer import TransferItem
    from globus_tui.screens.console import Console
    from globus_tui.store.job_state import JobState


class ByKey:
    """Takes the wizard's part for a creation begun by a key: what is sent is a draft until its result is known."""

    def __init__(self, app: Console, draft: Draft) -> None:
        self._app = app
        self.draft = draft
        self.keeper = DraftKeeper(app.making.drafts, None, draft, "review")
        self.is_sending = False

    def set_sending(self, *, sending: bool) -> None:
        self.is_sending = sending

    def show_problems(self, problems: Sequence[Finding], words: str) -> None:
        """Say why it was refused; there is no page to go back to."""
        del problems  # the words hold them
        self.keeper.discard()
        self._app.say(words, "error")


async def start_now(app: Console, state: JobState, choice: RunChoice, files: int) -> None:
    """Read the timer, make of it what was asked for, and hand that in. Raises what reading raises."""
    prepared = await _made(app, await app.making.read(state.job_id), choice, files)
    start = Create(app, ByKey(app, prepared.draft), f"{state.job.label} > {choice.value} run by hand")
    words, danger = _START[choice], prepared.draft.deletes
    listed = [item_words(item, ascii_only=app.view.ascii) for item in prepared.draft.transfer.items]
    sentences = (words, *prepared.warnings)
    sheet = Confirm(f"Run {state.job.label} now?", sentences, verb="start it", listed=listed, danger=danger)
    sheet.ask(lambda _: app.run_worker(start.run(), group="create"))


_START = {
    RunChoice.FULL: "The same transfer STARTS NOW, once.",
    RunChoice.TEST: "A transfer of nothing but what is listed here STARTS NOW.",
    RunChoice.ONE_SHOT: "A timer that runs once is created, and its run STARTS AT ONCE.",
}


async def _made(app: Console, reading: JobReading, choice: RunChoice, files: int) -> RunNow:
    data = reading.job.transfer
    folders: dict[str, Sequence[FolderEntry] | None] = {}
    if choice is RunChoice.TEST and data is not None:
        for item in data.items:
            if item.recursive is False:
                continue
            folders[item.source_path] = await _inside(app, data.source_endpoint or "", item)
            with suppress(BadInput):  # that there are too few is said in the end
                if len(first_items(data, files, folders)[0]) >= files:
                    break
    return run_now(reading.job, reading.document, choice, app.store.now(), first=files, listings=folders)


async def _inside(app: Console, collection: str, item: TransferItem) -> tuple[FolderEntry, ...] | None:
    """What is in an item's folder; None where it is a file. Raises BadInput where that cannot be told."""
    path, lookup = item.source_path, app.making.lookup
    if item.recursive is None:
        look = await lookup.look(collection, path)
        if look.gare is not None and await app.sign_in.consent(look.gare, "Look at the source"):
            look = await lookup.look(collection, path)
        if look.kind == "file":
            return None
        if look.kind != "dir":
            raise BadInput(
                f"Whether {path} is a folder cannot be told, so nothing of it is tried: {look.problem or '?'}"
            )
    view = await lookup.folder(collection, path, again=True)
    if view.gare is not None and await app.sign_in.consent(view.gare, "Look into the source folder"):
        view = await lookup.folder(collection, path, again=True)
    if view.problem is not None or view.missing or view.gare is not None:
        why = view.problem or "there is none"
        raise BadInput(f"The source folder {path} cannot be read, so no files can be chosen: {why}")
    return view.entries

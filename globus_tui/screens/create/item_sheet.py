"""One item of a transfer: its path at the source, and its path at the destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from globus_tui.domain.chosen_items import items_between
from globus_tui.domain.findings import Level
from globus_tui.domain.transfer import TransferItem
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ItemSheet(ModalScreen[TransferItem | None]):
    """Two fields; Enter in the second one takes it. A slash at the end makes a path a folder."""

    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, item: TransferItem | None, bases: tuple[str, str]) -> None:
        """Change an item, or make one that begins in the chosen folders."""
        super().__init__()
        self._item_before = item
        self._item_paths = (item.source_path, item.destination_path) if item else bases

    def compose(self) -> ComposeResult:
        """The fields."""
        with Vertical(classes="sheet"):
            heading = "Change this item" if self._item_before else "Another item"
            yield Static(heading, classes="sheet-heading", markup=False)
            yield FormRow("source", "from", TextField(self._item_paths[0], id="item-source"))
            yield FormRow("destination", "to", TextField(self._item_paths[1], id="item-destination"))
            words = "A slash at the end: a folder with everything in it. Enter goes on and takes it, Escape cancels."
            yield Static(words, classes="sheet-answer", markup=False)

    def on_input_submitted(self, submitted: TextField.Submitted) -> None:
        """Go on to the second field, then take both."""
        submitted.stop()
        source, destination = (self.query_one(name, TextField) for name in ("#item-source", "#item-destination"))
        if submitted.input is source:
            destination.focus()
            return
        for row, field in zip(self.query(FormRow), (source, destination), strict=True):
            row.say_words("" if field.value.strip() else "A path is needed.", Level.STOP)
        paths = source.value.strip(), destination.value.strip()
        if all(paths):
            self.dismiss(self._item(*paths))

    def _item(self, source: str, destination: str) -> TransferItem:
        before = self._item_before
        if before is not None and before.recursive is False and not source.endswith("/"):
            known: bool | None = False
        else:
            known = None if not source.endswith("/") else True
        return items_between(source, destination, is_folder=known)[0]

    def action_cancel(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)

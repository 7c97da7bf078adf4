"""Items in the batch format of the official CLI: from a file, or pasted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from globus_tui.domain.batch_format import Batch, read_batch
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.widgets.form_row import FormRow
from globus_tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from textual.app import ComposeResult


_MOST_BYTES = 50_000_000
_PROBLEMS_SHOWN = 5


class BatchSheet(ModalScreen[Batch | None]):
    """Reads, says what is wrong by line, and gives the items; with problems only after a second yes."""

    DEFAULT_CSS = """
    BatchSheet TextArea, BatchSheet TextArea:focus {
        height: 6; border: none; background: $background; padding: 0;
    }
    BatchSheet #batch-problems { height: auto; color: $text-error; }
    """
    BINDINGS: ClassVar = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("ctrl+s", "take", "Take", show=False, priority=True),
    ]

    def __init__(self, source_base: str | None, destination_base: str | None) -> None:
        """Read a batch whose relative paths lie in these folders."""
        super().__init__()
        self._batch_bases = (source_base, destination_base)
        self._batch_read: Batch | None = None
        self._batch_file = ""
        """Text of the file, when one was read."""

    def compose(self) -> ComposeResult:
        """A file's name, or lines; what is wrong with them."""
        with Vertical(classes="sheet"):
            yield Static("Import items", classes="sheet-heading", markup=False)
            base = " and ".join(one for one in self._batch_bases if one)
            words = "One item a line: [-r] SOURCE DESTINATION, as for globus transfer --batch."
            relative = f" Relative paths lie in {base}." if base else ""
            yield Static(Content(safe_line(words + relative)))
            yield FormRow(
                "file", "file", TextField(placeholder="a file on this machine; or paste below", id="batch-file")
            )
            lines = TextArea(id="batch-lines")
            lines.cursor_blink = lines.highlight_cursor_line = False
            yield lines
            yield Static(id="batch-problems", markup=False)
            yield Static(
                "Enter in the file field reads it; ctrl+s takes the items; Escape cancels.",
                classes="sheet-answer",
                id="batch-answer",
                markup=False,
            )

    @on(TextField.Submitted)
    def read_file(self, submitted: TextField.Submitted) -> None:
        """Read the file, or the lines when no file is named."""
        submitted.stop()
        self.action_take()

    @on(TextField.Changed)
    @on(TextArea.Changed)
    def forget_reading(self) -> None:
        """What was read is not what stands there now."""
        self._batch_read = None

    def action_take(self) -> None:
        """Take what was read; the first time with problems, show them instead."""
        self._take()

    @work(group="batch", exclusive=True)
    async def _take(self) -> None:
        if self._batch_read is not None and self._batch_read.items:
            self.dismiss(self._batch_read)
            return
        name = self.query_one("#batch-file", TextField).value.strip()
        try:
            text = await asyncio.to_thread(_contents, name) if name else self.query_one("#batch-lines", TextArea).text
        except (OSError, ValueError) as wrong:
            self._say(f"{name} cannot be read: {_reason(wrong)}")
            return
        source, destination = self._batch_bases
        batch = await asyncio.to_thread(read_batch, text, source_base=source, destination_base=destination)
        if batch.items and not batch.problems:
            self.dismiss(batch)
            return
        self._show_problems(batch)

    def _show_problems(self, batch: Batch) -> None:
        if not batch.problems:
            self._say("There are no items in it.")
            return
        self._batch_read = batch
        lines = [f"line {one.line}: {one.words}" for one in batch.problems[:_PROBLEMS_SHOWN]]
        more = len(batch.problems) - len(lines)
        lines += [f"and {counted(more, 'more line')}"] if more else []
        self._say("\n".join(safe_line(line) for line in lines))
        if batch.items:
            words = f"{counted(len(batch.items), 'line')} can be used: ctrl+s takes only those; or mend the others."
            self.query_one("#batch-answer", Static).update(words)

    def _say(self, words: str) -> None:
        self.query_one("#batch-problems", Static).update(Content(words))

    def action_cancel(self) -> None:
        """Import nothing."""
        self.dismiss(None)


def _contents(name: str) -> str:
    path = Path(name).expanduser()
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    return path.read_text(encoding="utf-8")


def _reason(wrong: OSError | ValueError) -> str:
    if isinstance(wrong, OSError):
        return wrong.strerror or str(wrong)
    return "it is not written in UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)

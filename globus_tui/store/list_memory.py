"""What is remembered of the list between sessions: columns, order, saved views, pins, lines typed after `:`.

One private file for each profile in the state folder. What in it cannot be read is left out; losing it loses no timer.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from globus_tui.private_files import make_private_folder, read_file, write_private

if TYPE_CHECKING:
    from pathlib import Path

VIEWS = 9
_LINES_KEPT = 200
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class SavedView:
    """A way to look at the list.

    Attributes:
        columns: names of columns, left to right; empty are the usual ones.
        order: name of the column that is sorted by.
        then: columns by which equal rows are put in order, with - those turned round.
    """

    filter: str = ""
    columns: tuple[str, ...] = ()
    order: str = "health"
    descending: bool = False
    then: tuple[str, ...] = ()


@dataclass
class ListMemory:
    """The remembered settings and their file; without `path` they last for one session.

    Attributes:
        last: columns and order as they were left; its filter is not used.
        views: saved under the numbers 1 to 9.
        default: number of the view to begin with, or None.
        pins: ids of timers that stand on top.
        lines: typed after `:`, the newest last.
    """

    path: Path | None = None
    last: SavedView = SavedView()
    views: dict[int, SavedView] = field(default_factory=dict)
    default: int | None = None
    pins: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> ListMemory:
        document: Any = None
        with contextlib.suppress(OSError, ValueError, RecursionError):
            document = json.loads(read_file(path, _MOST_BYTES))
        get = document.get if isinstance(document, dict) else dict[str, Any]().get
        numbered = get("views")
        listed = numbered.items() if isinstance(numbered, dict) else ()
        views = {int(key): _view(view) for key, view in listed if key in map(str, range(1, VIEWS + 1))}
        default = next((number for number in views if number == get("default")), None)
        return cls(path, _view(get("last")), views, default, _texts(get("pins")), _texts(get("lines"))[-_LINES_KEPT:])

    def save(self) -> str | None:
        """Writes the file; returns why it could not, else None."""
        if self.path is None:
            return None
        document = {
            "last": asdict(replace(self.last, filter="")),
            "views": {str(number): asdict(view) for number, view in sorted(self.views.items())},
            "default": self.default,
            "pins": self.pins,
            "lines": self.lines[-_LINES_KEPT:],
        }
        try:
            make_private_folder(self.path.parent)
            write_private(self.path, json.dumps(document, ensure_ascii=True, indent=1).encode())
        except OSError as wrong:
            return f"It could not be kept for the next start: {wrong.strerror or wrong}"
        return None

    def add_line(self, line: str) -> None:
        """Remembers what was typed after `:`; the same line twice is remembered once, as the newest."""
        self.lines = [*(kept for kept in self.lines if kept != line), line][-_LINES_KEPT:]


def _view(document: Any) -> SavedView:
    if not isinstance(document, dict):
        return SavedView()
    typed, order = document.get("filter"), document.get("order")
    return SavedView(
        typed if isinstance(typed, str) else "",
        tuple(_texts(document.get("columns"))),
        order if isinstance(order, str) else "health",
        document.get("descending") is True,
        tuple(_texts(document.get("then"))),
    )


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []

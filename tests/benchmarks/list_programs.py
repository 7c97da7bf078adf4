"""The programs that the list benchmark compares: the same timers in our list, in a DataTable, and a bare screen.

    python tests/benchmarks/list_programs.py lines|table|floor ROWS

The keys 1, 2 and 3 hand over new rows: nothing changed, three in sight changed, all changed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList


@dataclass(frozen=True, slots=True)
class Timer:
    key: str
    health: str
    name: str
    strip: str
    last: str
    next: str
    every: str
    runs: int
    why: str


HEALTH = {"FAILED": "error", "SIGN-IN": "error", "WARN": "warning", "running": "accent", "ok": "success"}
WORDS = ("Rubin DTN -> Campus Scratch", "quota exceeded, Campus Archive (3 runs)", "Lab Depot", "412 files skipped")


def make_rows(count: int) -> list[Timer]:
    names = list(HEALTH)
    return [
        Timer(
            f"id-{n}",
            names[n % 5],
            f"climate-nightly-{n}",
            "####x#####.###",
            f"{n % 23}h ago",
            f"{n % 24:02}:{n % 60:02} today",
            f"{n % 9 + 1}h",
            n,
            WORDS[n % 4],
        )
        for n in range(count)
    ]


TITLES = ("HEALTH", "NAME", "LAST 14 RUNS", "LAST", "NEXT", "EVRY", "RUNS", "WHY, OR ROUTE")
FIELDS = ("health", "name", "strip", "last", "next", "every", "runs", "why")
WIDTHS = (8, 0, 14, 8, 12, 4, 6, 0)


def changed_rows(rows: list[Timer], how: str) -> list[Timer]:
    """Return other objects for all rows: equal, 3 of the first 20 (and of every 100) changed, or all changed."""
    wanted = {"none": (), "few": (3, 7, 12), "all": range(100)}[how]
    return [replace(row, last="just now") if n % 100 in wanted else replace(row) for n, row in enumerate(rows)]


def column(title: str, field: str, width: int) -> Column[Timer]:
    if field == "health":
        return Column(field, title, lambda row: Span(row.health, HEALTH[row.health]), width=width)
    weight = 2 if field == "why" else 1
    return Column(field, title, lambda row: str(getattr(row, field)), width=width, weight=weight)


class Program(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("1", "swap('none')"), ("2", "swap('few')"), ("3", "swap('all')")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.first_rows = self.shown_rows = make_rows(count)

    def compose(self) -> ComposeResult:
        yield Static("climate-nightly-0")

    def action_swap(self, how: str) -> None:
        fresh = changed_rows(self.first_rows, how)
        self.swap(self.shown_rows, fresh)
        self.shown_rows = fresh

    def swap(self, old: list[Timer], new: list[Timer]) -> None:
        """Show other rows."""


class Lines(Program):
    def compose(self) -> ComposeResult:
        yield LineList([column(*it) for it in zip(TITLES, FIELDS, WIDTHS, strict=True)])

    def on_mount(self) -> None:
        self.swap([], self.first_rows)

    def swap(self, old: list[Timer], new: list[Timer]) -> None:
        self.query_one(LineList).set_rows(new)


class Table(Program):
    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for title, field in zip(TITLES, FIELDS, strict=True):
            table.add_column(title, key=field)
        for row in self.first_rows:
            table.add_row(*(str(getattr(row, field)) for field in FIELDS), key=row.key)

    def swap(self, old: list[Timer], new: list[Timer]) -> None:
        table = self.query_one(DataTable)
        for before, after in zip(old, new, strict=True):
            if before != after:
                table.update_cell(after.key, "last", after.last)


if __name__ == "__main__":
    {"lines": Lines, "table": Table, "floor": Program}[sys.argv[1]](int(sys.argv[2])).run()

"""What the timers of the list have in common, with how many each: choosing one is the same as typing its filter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on

from globus_tui.commands import FACETS, Command
from globus_tui.lines.columns import Column, Span
from globus_tui.lines.list import LineList
from globus_tui.screens.searching import ListScreen, Searching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from globus_tui.store.rows import Row


class Facet(NamedTuple):
    """One thing that some timers have in common.

    Attributes:
        key: the filter that leaves them.
        kind: health, cause, from or to.
        words: what it is, for people.
    """

    key: str
    kind: str
    words: str
    timers: int


def facets(rows: Iterable[Row], names: Mapping[str, str]) -> tuple[Facet, ...]:
    """By health word, worst first, then by cause and by collection, the most timers first."""
    counters: dict[str, Counter[str]] = {kind: Counter() for kind in ("health", "cause", "from", "to")}
    ranks: dict[str, int] = {}
    for row in rows:
        word = row.word.value
        ranks[word] = row.rank
        for kind, value in (
            ("health", word), ("cause", row.health.why.value), ("from", row.source), ("to", row.destination),
        ):  # fmt: skip
            if value:
                counters[kind][value] += 1
    listed = []
    for kind, counts in counters.items():
        ordered = sorted(counts.items(), key=lambda entry: (ranks.get(entry[0], 0), -entry[1], entry[0]))
        for value, count in ordered:
            quoted = f'"{value.casefold()}"' if " " in value else value.casefold()
            listed.append(Facet(f"{kind}:{quoted}", kind, names.get(value, value), count))
    return tuple(listed)


class FacetsScreen(Searching, ListScreen):
    ABOUT = "What the timers that the list shows have in common, and how many each. Enter adds that to the filter."
    CALLED = "Timers > facets"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = FACETS
    LIST = "facets"

    def __init__(self, rows: Sequence[Row], take: Callable[[str], object]) -> None:
        """Of these rows; `take` is told the filter that was chosen."""
        super().__init__()
        self._facets_of, self._facets_take = rows, take

    def columns(self) -> tuple[Column[Facet], ...]:
        return (
            Column("count", "TIMERS", lambda facet: str(facet.timers), width=7, align="right"),
            Column("kind", "BY", lambda facet: facet.kind, width=7),
            Column("words", "WHAT", lambda facet: facet.words, min_width=20, max_width=50, weight=2),
            Column("key", "FILTER", lambda facet: Span(facet.key, "muted"), min_width=20, weight=2, priority=1),
        )

    def show(self) -> None:
        self.set_rows(facets(self._facets_of, self.view.names))

    @on(LineList.Chosen)
    def narrow(self, chosen: LineList.Chosen) -> None:
        """Back to the list, with this in its filter."""
        self.app.action_app_back()
        self._facets_take(str(chosen.key))

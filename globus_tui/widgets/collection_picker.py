"""Collections to choose from while their name is typed: why each is offered, what it is, and how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from globus_tui.present.collection_words import access_words, kind_words, owner_words, state_words
from globus_tui.widgets.line_columns import Cell, Column, Span
from globus_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from globus_tui.store.browsing_answers import Suggestion, Suggestions


class SuggestionRow(NamedTuple):
    """One suggestion; `first` of its group, which is named there only."""

    key: tuple[str, str, str]
    suggestion: Suggestion
    first: bool


class CollectionPicker(LineList[SuggestionRow]):
    """The list under a collection's field. The field keeps the focus; arrow keys there move the cursor here."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        """Make an empty list."""
        super().__init__(
            (
                Column("why", "", self._cell_why, width=9, priority=3),
                Column("name", "COLLECTION", self._cell_name, min_width=16, weight=3),
                Column("kind", "TYPE", lambda row: kind_words(row.suggestion.collection), width=8, priority=1),
                Column("access", "ACCESS", self._cell_access, width=8, priority=2),
                Column("owner", "OWNER", self._cell_owner, min_width=14, weight=2, priority=4),
            ),
            empty="",
            id=id,
        )
        self.can_focus = False

    def show(self, found: Suggestions, chosen_id: str | None = None) -> None:
        """Show what fits; under the cursor is the one that was chosen before, else the best."""
        rows: list[SuggestionRow] = []
        before = None
        for one in found.found:
            key = (one.why.name, one.collection.collection_id, one.label or "")
            rows.append(SuggestionRow(key, one, one.why is not before))
            before = one.why
        if rows:
            self.empty = ""
        elif found.problems:
            self.empty = "\n".join(found.problems)
        else:
            self.empty = "No collection fits." if found.typed.strip() else "None used lately: type a name."
        self.set_rows(tuple(rows))
        before_it = next((row.key for row in rows if row.suggestion.collection.collection_id == chosen_id), None)
        if before_it is None or not self.move_to(before_it):
            self.action_first()

    def chosen(self) -> Suggestion | None:
        """The suggestion under the cursor."""
        row = self.cursor_row
        return row.suggestion if row else None

    @staticmethod
    def _cell_why(row: SuggestionRow) -> Cell:
        return Span(row.suggestion.why.value.removesuffix(" with me") if row.first else "", "muted")

    @staticmethod
    def _cell_name(row: SuggestionRow) -> Cell:
        one = row.suggestion
        words, style = state_words(one.collection)
        parts = [Span(one.label or one.collection.name)]
        if one.label:
            parts.append(Span(f" {one.collection.name}:{one.path or ''}", "muted"))
        if words:
            parts.append(Span(f" ({words})", style))
        return tuple(parts)

    @staticmethod
    def _cell_access(row: SuggestionRow) -> Cell:
        return Span(access_words(row.suggestion.collection), "warning")

    @staticmethod
    def _cell_owner(row: SuggestionRow) -> Cell:
        return Span(owner_words(row.suggestion.collection), "muted")

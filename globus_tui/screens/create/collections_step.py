"""From where to where: two sides, beside each other where there is room, else one above the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Container

from globus_tui.domain.auth.scope import collection_of
from globus_tui.domain.making.draft import DESTINATION_PATH, SOURCE_PATH, Draft, chosen_paths, items_between
from globus_tui.domain.making.draft_fields import DESTINATION, SOURCE, Finding, Level
from globus_tui.present.transfer_words import chosen_words
from globus_tui.screens.create.side import Side
from globus_tui.screens.create.step import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.domain.transfer.transfer import TransferItem
    from globus_tui.store.browsing import Suggestion


class CollectionsStep(Step):
    """Collections and paths; the items follow from them until somebody lists items by hand."""

    title = "From/to"
    about = "Type part of a collection's name, or paste its id or a link of app.globus.org."
    fields = frozenset({SOURCE, DESTINATION})
    hints = (
        "down list   {folder.up} up   {list.mark} pick   {folder.hidden} hidden   {folder.sort} sort   "
        "{folder.bookmark} bookmark   {wizard.swap} swap"
    )

    def __init__(self) -> None:
        super().__init__()
        self._where_derived: tuple[TransferItem, ...] = ()

    def compose(self) -> ComposeResult:
        with Container(id="sides"):
            yield Side(SOURCE, "From")
            yield Side(DESTINATION, "To")

    def first_field(self) -> Widget | None:
        for side in (self._source, self._destination):
            for field in (side.collection_field, side.path_field):
                if not field.value:
                    return field
        return self._source.collection_field

    @property
    def _source(self) -> Side:
        return self.query_one("#source-side", Side)

    @property
    def _destination(self) -> Side:
        return self.query_one("#destination-side", Side)

    # --- showing

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        data, (source, destination) = draft.transfer, chosen_paths(draft)
        if self._source.adopt(data.source_endpoint, draft.source_name, source):
            self._where_derived = ()
        self._destination.adopt(data.destination_endpoint, draft.destination_name, destination)
        lookups = self.frame.lookups
        for side, collection in ((self._source, lookups.source), (self._destination, lookups.destination)):
            about = [finding for finding in findings if finding.field == side.side_name and finding.level >= Level.WARN]
            row = side.row(side.side_name)
            if (words := side.about_suggestion()) is not None:
                row.say_words(words)
            elif side.collection_id is None:
                row.say_words("")
            elif about:
                row.say(about)
            elif collection is not None and collection.collection_id == side.collection_id:
                row.say_words(chosen_words(collection, consent=self._consent(collection.collection_id)))
        self._show_paths(draft)

    def _consent(self, collection_id: str) -> bool | None:
        check = self.frame.lookups.consents
        if check is None:
            return None
        named = {collection_of(part) for scope in check.missing for part in scope.walk()}
        unsure = {collection_of(part) for scope in check.unknown for part in scope.walk()}
        return None if collection_id in unsure else collection_id not in named

    def _show_paths(self, draft: Draft) -> None:
        by_hand = self._by_hand(draft)
        if by_hand:
            self._source.clear_marks()
        for side in (self._source, self._destination):
            self._show_path(side, len(draft.transfer.items) if by_hand else 0)

    def _show_path(self, side: Side, listed: int) -> None:
        row, source = side.row(f"{side.side_name}_path"), side is self._source
        picked = side.picked() if source else ()
        look = next((self.frame.lookups.paths.get((side.collection_id or "", path)) for path in _spellings(side)), None)
        if listed:
            row.say_words(f"{listed} items are listed on the next step; a path typed here takes their place")
        elif picked:
            row.say_words(f"{len(picked)} picked, each goes into the destination folder under its own name")
        elif look is None or not side.path:
            row.say_words("")
        elif look.missing:
            words = "There is no such path" if source else "Not there yet: it will be made"
            row.say_words(words, Level.STOP if source else Level.NOTE)
        elif look.gare is not None:
            row.say_words("Globus asks for something before it shows this folder: Enter below meets it", Level.WARN)
        elif look.problem:
            row.say_words(f"It cannot be read: {look.problem}", Level.WARN)
        else:
            row.say_words("folder" if look.kind == "dir" else look.kind or "")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where the sides stand above each other, only the one with the focus shows its list."""
        for side in (self._source, self._destination):
            active = side in event.widget.ancestors
            side.set_class(active, "-active")
            side.set_class(not active, "-asleep")

    # --- changes

    @on(Side.Picked)
    def take_collection(self, picked: Side.Picked) -> None:
        picked.stop()
        chosen = {picked.side: picked.suggestion}
        if picked.other is not None and picked.side is self._source:
            chosen[self._destination] = picked.other
        by_hand, draft = self._by_hand(self.frame.draft), self.frame.draft
        before = (draft.transfer.source_endpoint, draft.transfer.destination_endpoint)
        anew = {  # the same one once more changes nothing, what is picked in it included
            side: not by_hand and bool(pick.path or pick.collection.collection_id != before[side is self._destination])
            for side, pick in chosen.items()
        }
        for side, suggestion in chosen.items():
            draft = self._with_collection(draft, side, suggestion, by_hand=by_hand)
        self.edit(draft)
        data, (source, destination) = draft.transfer, chosen_paths(draft)
        if self._source in chosen:
            self._source.adopt(data.source_endpoint, draft.source_name, source, begin=anew[self._source])
        if self._destination in chosen:
            begin = anew[self._destination]
            self._destination.adopt(data.destination_endpoint, draft.destination_name, destination, begin=begin)

    def _with_collection(self, draft: Draft, side: Side, suggestion: Suggestion, *, by_hand: bool) -> Draft:
        """The draft with a collection; its path begins anew, and the items with it, unless they were listed by hand."""
        collection, lookups = suggestion.collection, self.frame.lookups
        source = side is self._source
        if source:
            old_id = draft.transfer.source_endpoint
            self.frame.learn(replace(lookups, source=collection, source_problem=None))
            data = replace(draft.transfer, source_endpoint=collection.collection_id)
            draft = replace(draft, transfer=data, source_name=collection.name)
        else:
            old_id = draft.transfer.destination_endpoint
            self.frame.learn(replace(lookups, destination=collection, destination_problem=None))
            data = replace(draft.transfer, destination_endpoint=collection.collection_id)
            draft = replace(draft, transfer=data, destination_name=collection.name)
        if by_hand or (old_id == collection.collection_id and not suggestion.path):
            return draft
        return self._with_path(draft, SOURCE_PATH if source else DESTINATION_PATH, suggestion.path or "")

    def _with_path(
        self, draft: Draft, name: str, path: str, picked: Sequence[FolderEntry] = (), *, is_folder: bool | None = None
    ) -> Draft:
        """The draft with the path of one side, and the items that follow from both."""
        paths = chosen_paths(draft.with_typed(name, path))
        draft = draft.with_typed(SOURCE_PATH, paths[0]).with_typed(DESTINATION_PATH, paths[1])
        self._where_derived = items_between(*paths, picked, is_folder=is_folder)
        return replace(draft, transfer=replace(draft.transfer, items=self._where_derived))

    @on(Side.PathChanged)
    def take_path(self, changed: Side.PathChanged) -> None:
        """A path, or what is picked in it, changed: the items follow."""
        changed.stop()
        draft, side = self.frame.draft, changed.side
        name = SOURCE_PATH if side is self._source else DESTINATION_PATH
        if changed.by_itself and self._by_hand(draft):
            return  # a list made by hand gives way to what is typed, not to what the service tells
        if not changed.done or draft.typed.get(name) != changed.path:
            picked, is_folder = self._source.picked(), self._source.is_folder
            self.edit(self._with_path(draft, name, changed.path, picked, is_folder=is_folder))
        if changed.done:
            self.call_later(self._after_path, side)

    def _after_path(self, side: Side) -> None:
        if side is self._source:
            self._destination.collection_field.focus()
        else:
            self.frame.go_on()

    def _by_hand(self, draft: Draft) -> bool:
        """The items are a list made by hand, not those that the paths stand for."""
        paths, items = chosen_paths(draft), draft.transfer.items
        ways = [items_between(*paths, is_folder=kind) for kind in (None, True, False)]
        return bool(items) and items not in (self._where_derived, *ways)


def _spellings(side: Side) -> tuple[str, ...]:
    path = side.path
    return (path, f"{path}/") if not path.endswith("/") else (path,)

"""Checks of what a draft moves and how: needs no look-up."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.making.draft_fields import (
    DEADLINE,
    DESTINATION,
    FILTERS,
    ITEMS,
    LABEL,
    OPTIONS,
    SOURCE,
    Finding,
    note,
    stop,
    warn,
)
from globus_tui.domain.making.new_timer import NOT_IN_TIMERS
from globus_tui.domain.transfer.places import (
    HOME,
    Place,
    Relation,
    above,
    home_of,
    is_somebodys,
    is_whole,
    own_path,
    path_words,
    relation,
    sources,
    targets,
)
from globus_tui.domain.transfer.typed_filters import doubt_about, unreachable_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.transfer import FilterRule, TransferData, TransferItem

_BY_PAIRS = 200
"""Items whose homes are compared with each place; with more the first ones stand for the others."""


class _Ways:
    """Sources and destinations of items, as places and in words."""

    def __init__(self, data: TransferData, known: Mapping[str, Collection]) -> None:
        self.data = data
        self.home = home_of(known.get(data.destination_endpoint or ""))
        self.read, self.written = sources(data, known), targets(data, known)
        self.from_words = [path_words(own_path(data.source_endpoint, item.source_path, known)) for item in data.items]
        self.own_targets = [own_path(data.destination_endpoint, item.destination_path, known) for item in data.items]
        self.to_words = [path_words(target) for target in self.own_targets]
        self.complete = [bool(item.source_path and item.destination_path) for item in data.items]
        self.folders = [item.recursive is not False for item in data.items]
        """It may be a folder: where nothing is said the service finds out."""

    @property
    def places(self) -> Iterator[int]:
        """The places of all items that have both paths."""
        return (place for place, complete in enumerate(self.complete) if complete)


def check_places(data: TransferData, known: Mapping[str, Collection]) -> Iterator[Finding]:
    """Everything about where items read and write.

    `known`: documents of collections by id, as far as they were read.
    """
    ways = _Ways(data, known)
    deletes = data.delete_destination_extra is True
    for place in ways.places:
        yield from _out_of_home(ways, place)
        if deletes and ways.folders[place]:
            yield from _whole(ways, place)
        yield from _onto_itself(ways, place, deletes=deletes)
    yield from _twice(ways)
    if deletes:
        yield from _among_items(ways)
        yield from _unsure_among_items(ways)


def _out_of_home(ways: _Ways, place: int) -> Iterator[Finding]:
    for words in (ways.from_words[place], ways.to_words[place]):
        if words.startswith("/~/../"):
            yield warn(ITEMS, f"{words} leads out of the home folder, nobody can tell to where: write it from /", place)


def _whole(ways: _Ways, place: int) -> Iterator[Finding]:
    path = ways.own_targets[place]
    if is_whole(path, ways.home):
        which = "the root of the collection" if path == "/" else "a folder above the home"
        which = "a home folder" if path in (HOME, ways.home) or is_somebodys(path) else which
        yield stop(
            ITEMS, f"{path_words(path)} is {which}: a mirror would delete all else in it. Choose a folder in it", place
        )


def _onto_itself(ways: _Ways, place: int, *, deletes: bool) -> Iterator[Finding]:
    source, destination = ways.from_words[place], ways.to_words[place]
    how = relation(ways.read[place], ways.written[place])
    if how is Relation.SAME:
        yield stop(ITEMS, f"{source} would be copied onto itself", place)
    elif how is Relation.AROUND and ways.folders[place]:
        words = f"{destination} is inside {source}"
        if deletes:
            yield stop(ITEMS, f"{words}: the mirror would delete in its own source", place)
        else:
            yield warn(ITEMS, f"{words}: each run copies the copy too", place)
    elif how is Relation.INSIDE and deletes:
        yield stop(ITEMS, f"{source} is inside {destination}, where extra files are deleted", place)
    elif how is Relation.UNSURE and deletes:
        yield warn(
            ITEMS,
            f"Nobody tells whether {source} and {destination} are the same or in each other; "
            "extra files are deleted: write both from / to be sure",
            place,
        )


def _twice(ways: _Ways) -> Iterator[Finding]:
    first: dict[Place, int] = {}
    for place in ways.places:
        before = first.setdefault(ways.written[place], place)
        if before != place:
            yield warn(ITEMS, f"Items {before + 1} and {place + 1} both go to {ways.to_words[place]}", place)


def _numbered(places: Sequence[Place], which: Iterable[int]) -> dict[Place, list[int]]:
    numbered: dict[Place, list[int]] = defaultdict(list)
    for number in which:
        numbered[places[number]].append(number)
    return numbered


def _around(place: Place, numbered: Mapping[Place, list[int]]) -> Iterator[int]:
    """Items whose place is this one or a folder around it."""
    for path in (place.path, *above(place.path)):
        around = Place(place.collection, path)
        if around in numbered and relation(place, around) in (Relation.SAME, Relation.INSIDE):
            yield from numbered[around]


def _among_items(ways: _Ways) -> Iterator[Finding]:
    """What one item deletes of another's."""
    deleting = _numbered(ways.written, (number for number in ways.places if ways.folders[number]))
    reading = _numbered(ways.read, (number for number in ways.places if ways.folders[number]))
    for place in ways.places:
        source, destination = ways.from_words[place], ways.to_words[place]
        for other in _around(ways.read[place], deleting):
            if other != place:
                words = f"Item {place + 1} reads {source}, in which item {other + 1} deletes ({ways.to_words[other]})"
                yield stop(ITEMS, words, place)
        for other in _around(ways.written[place], deleting):
            if other != place and _keeps(ways, place, other):
                yield note(ITEMS, f"Item {other + 1} moves what item {place + 1} moves", place)
            elif other != place:
                words = f"Item {other + 1} deletes in {ways.to_words[other]} what item {place + 1} writes"
                yield stop(ITEMS, f"{words} to {destination}", place)
        if ways.folders[place]:
            for other in _around(ways.written[place], reading):
                if other != place and ways.written[place] != ways.read[other]:
                    words = f"Item {place + 1} deletes in {destination}, which is inside what item {other + 1} reads"
                    yield warn(ITEMS, words, place)


def _keeps(ways: _Ways, inner: int, outer: int) -> bool:
    """The outer item writes the same there as the inner one: it deletes nothing of it."""
    rest = ways.written[inner].path[len(ways.written[outer].path) :]
    source = ways.read[outer]
    return ways.read[inner] == Place(source.collection, source.path + rest)


def _unsure_among_items(ways: _Ways) -> Iterator[Finding]:
    """Once for all of them: written from the home folder in one item and from the root in another."""
    if not any(HOME in where.path for where in (*ways.read, *ways.written)):
        return
    some = list(ways.places)[:_BY_PAIRS]
    for place in some:
        for other in some:
            if place == other or not ways.folders[other]:
                continue
            for own in (ways.read[place], ways.written[place]):
                if relation(own, ways.written[other]) is Relation.UNSURE:
                    words = f"Nobody tells whether item {other + 1} deletes in {ways.to_words[other]}"
                    yield warn(ITEMS, f"{words} what item {place + 1} moves: write all paths from / to be sure", place)
                    return


LONGEST_LABEL = 128
"""Characters (documented)."""


def check_items(
    data: TransferData, now: datetime, known: Mapping[str, Collection] | None = None, *, timer: bool = False
) -> Iterator[Finding]:
    """Everything about collections, items, label, filters and options.

    Args:
        known: documents of collections by id, as far as they were read.
        timer: a timer is made of it, which takes less than a transfer that starts now.
    """
    yield from _collections(data)
    yield from _label(data.label)
    if not data.items:
        yield stop(ITEMS, "Nothing is chosen to be moved")
    for place, item in enumerate(data.items):
        yield from _item(item, place)
    yield from check_places(data, known or {})
    yield from _filters(data)
    yield from _options(data, now)
    if timer:
        yield from _not_in_timers(data)
    else:
        yield from (_as_it_is(key) for key in data.extra)


def _collections(data: TransferData) -> Iterator[Finding]:
    for field, collection_id, word in (
        (SOURCE, data.source_endpoint, "source"),
        (DESTINATION, data.destination_endpoint, "destination"),
    ):
        if not collection_id:
            yield stop(field, f"No {word} collection is chosen")
        elif not is_id(collection_id):
            yield stop(field, f"{collection_id} is no collection id")


def is_id(text: str) -> bool:
    """Whether a text has the form of an id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _label(label: str | None) -> Iterator[Finding]:
    if not label:
        return
    if len(label) > LONGEST_LABEL:
        yield stop(LABEL, f"The label has {len(label)} characters; Globus allows {LONGEST_LABEL}")
    if "\n" in label or "\r" in label:
        yield stop(LABEL, "The label must be one line")
    if label != label.strip():
        yield stop(LABEL, "The label must not begin or end with a blank")


def _item(item: TransferItem, place: int) -> Iterator[Finding]:
    for word, path in (("source", item.source_path), ("destination", item.destination_path)):
        if not path:
            yield stop(ITEMS, f"The {word} path is missing", place)
        elif "\n" in path or "\r" in path or "\0" in path:
            yield stop(ITEMS, f"The {word} path has a line break in it, which Globus does not allow", place)
        elif not path.startswith(("/", "~")):
            yield warn(ITEMS, f"The {word} path {path} does not begin with / or ~: the collection decides where", place)
    if item.recursive is False and item.destination_path.endswith("/"):
        yield stop(ITEMS, f"A file needs a whole destination path, not the folder {item.destination_path}", place)
    if item.recursive is False and item.source_path.endswith("/"):
        yield stop(ITEMS, f"{item.source_path} ends like a folder, but is to be moved as a file", place)
    if item.external_checksum and item.recursive:
        yield stop(ITEMS, "A checksum is for a file, not for a folder", place)
    if item.checksum_algorithm and not item.external_checksum:
        yield warn(ITEMS, "A checksum algorithm without a checksum has no effect", place)


def _filters(data: TransferData) -> Iterator[Finding]:
    rules = data.filter_rules
    folders = not data.items or any(item.recursive is not False for item in data.items)
    for place, rule in enumerate(rules):
        yield from _rule(rule, place, folders=folders)
    for place in unreachable_rules(rules):
        yield warn(FILTERS, f"Rule {place + 1} never decides: an earlier one takes all its names", place)
    if rules and all(rule.method == "include" for rule in rules):
        yield warn(FILTERS, "Include rules alone leave nothing out: add exclude files * behind them")
    if rules and data.items and all(item.recursive is False for item in data.items):
        yield warn(FILTERS, "Filter rules have no effect: no folder is among the items")


def _rule(rule: FilterRule, place: int, *, folders: bool) -> Iterator[Finding]:
    if not rule.name.strip():
        yield stop(FILTERS, "A filter rule needs a name, such as *.tmp", place)
    elif "/" in rule.name:
        yield warn(FILTERS, f"{rule.name} matches nothing: rules are about names, not about paths", place)
    elif doubt := doubt_about(rule.name):
        yield warn(FILTERS, doubt, place)
    if rule.method not in ("include", "exclude"):
        yield stop(FILTERS, f"A filter rule is include or exclude, not {rule.method}", place)
    if rule.type not in (None, "file", "dir"):
        yield stop(FILTERS, f"A filter rule is for file or dir, not {rule.type}", place)
    elif folders and rule.method == "exclude" and rule.type != "file" and rule.name and not rule.name.strip("*"):
        words = f"Rule {place + 1} leaves out every subfolder with all that is in it"
        yield warn(FILTERS, f"{words}: write exclude files * for files only", place)


def _options(data: TransferData, now: datetime) -> Iterator[Finding]:
    if data.delete_destination_extra and any(item.recursive is False for item in data.items):
        yield stop(OPTIONS, "Deleting extra files works for folders only, and there is a file among the items")
    if data.delete_destination_extra and data.skip_source_errors:
        yield warn(OPTIONS, "Source files that cannot be read are skipped, and their copies may be deleted as extra")
    elif data.skip_source_errors:
        yield note(OPTIONS, "A run that skips files that it cannot read still counts as a success")
    if data.sync_level is None and data.items:
        yield note(OPTIONS, "Everything is copied every time, changed or not")
    if not data.verify_checksum:
        yield note(OPTIONS, "Copies are not verified")
    if data.notify_on_failed is False and data.notify_on_inactive is False:
        yield note(OPTIONS, "Nobody is mailed when a run fails or is held up")
    if data.deadline is not None:
        yield from _deadline(data.deadline, now)


def _not_in_timers(data: TransferData) -> Iterator[Finding]:
    """Settings that a transfer accepts when it starts now, but a timer does not."""
    if data.recursive_symlinks not in (None, "ignore"):
        words = f"Timers cannot {data.recursive_symlinks} symbolic links, only ignore them: Globus withdrew it"
        yield stop("recursive_symlinks", f"{words}. Choose ignore, or move once now")
    for key in (*(["submission_id"] if data.submission_id else []), *data.extra):
        left_out = warn(str(key), f"{key} is left out: timers do not take it")
        yield left_out if key in NOT_IN_TIMERS else _as_it_is(key)


def _as_it_is(key: str) -> Finding:
    return warn(str(key), f"The option {key} is not known to this program; it is sent as it is")


def _deadline(deadline: str, now: datetime) -> Iterator[Finding]:
    moment = wire.moment(deadline)
    if moment is None:
        yield stop(DEADLINE, f"{deadline} is no date and time")
    elif moment <= now:
        yield stop(DEADLINE, "The deadline has passed already")

"""What a fleet's files say: timers, with their defaults, templates and tables put in. Checked as far as files go.

    [defaults]                    one a folder: what holds for every timer that does not say otherwise
    [template.nightly]            what timers have in common that name it: template = "nightly"
    [timer.lab-a]                 a timer, by a key that stays when its name changes
    [[timer]]                     or without a key: then its name is the key
    rows = "labs.csv"             one timer a row, in which {column} stands for a cell

All that is wrong is told, with file, line and key.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain.errors import BadInput, why_unread
from globus_tui.domain.making.new_timer import NOT_IN_TIMERS
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.transfer import KNOWN, FilterRule, SyncLevel
from globus_tui.domain.transfer.typed_filters import parse_rule
from globus_tui.fleet.documents import FleetFault, FleetFaults, Place, Source, dotted, read_rows, read_source, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LOCK = "globus-timers.lock.json"
ENDINGS = (".toml", ".yaml", ".yml")
SCHEMA_FILE = "fleet.schema.json"


LEVELS = ("always", *(level.name.lower() for level in SyncLevel))


# --- values


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadInput(f"must be text in quotes, not {_value_words(value)}")
    if "\n" in value.strip("\n") or not value.strip():
        raise BadInput("must be one line of text" if value.strip() else "is empty; leave the key out")
    return value


def _value_words(value: object) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return json.dumps(value, default=str)[:60]


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise BadInput(f"must be true or false, not {_value_words(value)}")


def _number(value: object) -> float:
    with suppress(ValueError, OverflowError):
        if isinstance(value, int | float | str) and not isinstance(value, bool) and abs(number := float(value)) < 1e12:
            return number
    raise BadInput(f"must be a number, not {_value_words(value)}")


def _percent(value: object) -> float | None:
    if value is False or value == "false":
        return None
    number = _number(value)
    if not 0 <= number <= 100:
        raise BadInput("must be a number from 0 to 100, or false")
    return number


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_text(value),)
    if not isinstance(value, list):
        raise BadInput(f"must be a list of texts, not {_value_words(value)}")
    return tuple(map(_text, value))


def _table(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as problem:
            raise BadInput(f"is no JSON: {why_unread(problem)}") from problem
    if not isinstance(value, dict):
        raise BadInput(f"must be a table, not {_value_words(value)}")
    table: dict[str, Any] = _plain(value)
    return table


def _more(value: object) -> dict[str, Any]:
    table = _table(value)
    for key in table:
        if key in NOT_IN_TIMERS:
            raise BadInput(f"{key} is left out by Globus: timers do not take it")
        if key in KNOWN:
            where = "with a key of its own" if key in FIELDS else "in from, to and items"
            raise BadInput(f"{key} is said {where}, not here")
    return table


def _plain(value: Any) -> Any:
    """A value as JSON: moments of TOML become text, and numbers that JSON does not have are refused."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and not abs(value) < float("inf"):
        raise BadInput(f"{value} is no number that Globus takes")
    return value


def _when(value: object) -> str:
    """A phrase; a clock time of TOML is meant every day, a moment once."""
    if isinstance(value, time):
        return f"daily at {value.isoformat(timespec='seconds')}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        raise BadInput(f"says no time of day: write {value}T02:00:00, or a phrase in quotes")
    return _text(value)


def _level(value: object) -> SyncLevel | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value in ("0", "1", "2", "3"):
        return SyncLevel(int(value))
    if not isinstance(value, str) or value not in LEVELS:
        raise BadInput(f"must be one of {', '.join(LEVELS)}, not {_value_words(value)}")
    return None if value == "always" else SyncLevel[value.upper()]


def _items(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not value:
        raise BadInput('must be a list such as [{from = "/a/", to = "/b/"}]')
    items = []
    for place, item in enumerate(value):
        if not isinstance(item, dict) or not {"from", "to"} <= set(item):
            raise BadInput(f"{dotted((place,))} needs from and to")
        for key in item:
            if key not in _ITEM:
                raise BadInput(f"{dotted((place,))}: {_unknown(key, _ITEM)}")
        items.append({key: _ITEM[key].read(inner) for key, inner in item.items()})
    return tuple(items)


def _rules(value: object) -> tuple[Any, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(rule, str | dict) for rule in value):
        raise BadInput("must be a list of texts such as exclude *.tmp")
    rules = []
    for place, rule in enumerate(value):
        try:
            rules.append(parse_rule(rule) if isinstance(rule, str) else _rule(rule))
        except BadInput as wrong:
            raise BadInput(f"{dotted((place,))}: {wrong}") from wrong
    return tuple(rules)


def _rule(value: dict[str, Any]) -> FilterRule:
    unknown = set(value) - {"name", "method", "type"}
    if unknown or not all(isinstance(text, str) for text in value.values()) or not value.get("name"):
        raise BadInput("a rule has a name, and may have method and type")
    return FilterRule(value["name"], value.get("method", "exclude"), value.get("type"))


class Kind(NamedTuple):
    """What a value is: how it is read from a file, and its shape in JSON Schema.

    Attributes:
        read: raises BadInput for what is no such value.
    """

    read: Callable[[Any], Any]
    shape: Mapping[str, Any]


_SOME_TEXT, _CELL = {"type": "string", "minLength": 1}, {"type": "string", "pattern": r"\{[^{}]+\}"}
_TEXT = Kind(_text, _SOME_TEXT)
_NAME = Kind(
    lambda value: "" if value == "" else _text(value), {"type": "string"}
)  # timers without a name are possible
_FLAG = Kind(_flag, {"anyOf": [{"enum": [True, False, "true", "false"]}, _CELL]})
_TEXTS = Kind(_texts, {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
_TABLE = Kind(_table, {"type": ["object", "string"]})
_MORE = Kind(_more, _TABLE.shape)
_WHEN = Kind(_when, _SOME_TEXT)
_LEVEL = Kind(_level, {"anyOf": [{"enum": [*LEVELS, 0, 1, 2, 3, "0", "1", "2", "3"]}, _CELL]})
_PERCENT = Kind(
    _percent, {"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"enum": [False, "false"]}, _CELL]}
)
_RULES = Kind(_rules, {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "object"]}}]})
_ITEM = {"from": _TEXT, "to": _TEXT, "recursive": _FLAG, "external_checksum": _TEXT, "checksum_algorithm": _TEXT}
_ITEM_SHAPE = {
    "type": "object",
    "required": ["from", "to"],
    "additionalProperties": False,
    "properties": {key: kind.shape for key, kind in _ITEM.items()},
}
_ITEMS = Kind(_items, {"type": "array", "minItems": 1, "items": _ITEM_SHAPE})


class Field(NamedTuple):
    """One key of a timer; `of` are the kinds of timers that have it: Transfer, Flow, Call."""

    kind: Kind
    words: str
    of: str = "TFC"


FLAGS = {
    "verify_checksum": "verify each file by its checksum (on, unless switched off)",
    "preserve_timestamp": "keep the times of files",
    "encrypt_data": "encrypt the data on its way",
    "skip_source_errors": "go on without files that cannot be read",
    "fail_on_quota_errors": "fail when a quota is exceeded, instead of trying on",
    "delete_destination_extra": "DELETE at the destination what the source does not have",
    "store_base_path_info": "keep the base path with the task",
    "notify_on_succeeded": "mail when a run succeeds (on, unless switched off)",
    "notify_on_failed": "mail when a run fails (on, unless switched off)",
    "notify_on_inactive": "mail when a run waits for somebody (on, unless switched off)",
}
FIELDS: dict[str, Field] = {
    "name": Field(_NAME, "what it is called at Globus; the key, where it is not said"),
    "key": Field(_TEXT, "tells it from the others when its name changes; for [[timer]], which has none"),
    "id": Field(_TEXT, "of the timer at Globus that is meant, where its name is not enough"),
    "template": Field(_TEXTS, "name of a template, or several: later ones win"),
    "rows": Field(_TEXT, "a CSV file: one timer a row, in which {column} stands for a cell"),
    "notes": Field(_TEXT, "for whoever reads the file; not sent"),
    "when": Field(_WHEN, "when it runs, as globus-tui when reads it: every night at 2am"),
    "schedule": Field(_TABLE, "instead of when: a schedule as Globus writes it"),
    "zone": Field(_TEXT, "in which times are read, such as Europe/Berlin or UTC"),
    "paused": Field(_FLAG, "it stands still"),
    "from": Field(_TEXT, "collection and path: Campus Archive:/proj/x/; name or id of the collection", "T"),
    "to": Field(_TEXT, "collection and path", "T"),
    "items": Field(_ITEMS, "instead of paths in from and to: {from, to, recursive} each", "T"),
    "recursive": Field(_FLAG, "the path is a folder; Globus looks, where it is not said", "T"),
    "sync_level": Field(_LEVEL, "which files are copied anew: " + ", ".join(LEVELS), "T"),
    **{key: Field(_FLAG, words, "T") for key, words in FLAGS.items()},
    "filter_rules": Field(_RULES, "such as exclude *.tmp, include files *.nc; the first that matches decides", "T"),
    "label": Field(_TEXT, "of its transfer tasks", "T"),
    "deadline": Field(_TEXT, "when a run is given up", "T"),
    "source_local_user": Field(_TEXT, "account at the source", "T"),
    "destination_local_user": Field(_TEXT, "account at the destination", "T"),
    "recursive_symlinks": Field(_TEXT, "what is done with symbolic links", "T"),
    "deletes": Field(_TEXT, "name of the folder in which it may delete files: it has to be named to be made", "T"),
    "fewer_percent": Field(_PERCENT, "alarm when a mirror finds so many percent fewer files; false: never", "T"),
    "refuse_scratch": Field(_FLAG, "false: mirror from what looks like scratch storage all the same", "T"),
    "more": Field(_MORE, "other members of the transfer document, as they are", "T"),
    "flow": Field(_TEXT, "the flow that it starts: title or id", "F"),
    "input": Field(_TABLE, "the flow's input; a table, or JSON as text", "F"),
    "run_managers": Field(_TEXTS, "principals who may manage its runs", "F"),
    "run_monitors": Field(_TEXTS, "principals who may watch its runs", "F"),
    "tags": Field(_TEXTS, "of its runs", "F"),
    "run_label": Field(_TEXT, "of its runs", "F"),
    "calls": Field(_TEXT, "address of another action provider: such timers are kept, never made", "C"),
    "body": Field(_TABLE, "what is handed to that address", "C"),
}
_NEEDED = ("name", "when", "from", "to", "flow")
_NOT_IN_DEFAULTS = ("name", "key", "id", "rows", "template")
_KINDS = {"T": "a transfer", "F": "a flow", "C": "a call"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One timer of the files.

    Attributes:
        key: which one it is; the same as long as it is the same timer.
        values: by the names of `FIELDS`, each of its kind.
        places: where each of them stands.
    """

    key: str
    place: Place
    values: Mapping[str, Any]
    places: Mapping[str, Place]
    kind: str

    @property
    def name(self) -> str:
        name: str = self.values["name"]
        return name

    def is_in(self, file: str) -> bool:
        """Whether it stands in this file of the folder, or its rows are put into one that does."""
        return self.place.file == file or self.place.file.startswith(f"{file}, ")

    def fault(self, field: str, words: str) -> FleetFault:
        """The fault for one of its values."""
        place = self.places.get(field, self.place)
        return FleetFault(place if field in self.places else place._replace(key=f"{place.key}.{field}"), words)


class _Raw(NamedTuple):
    """Values as written, each with its place in the files."""

    place: Place
    values: dict[str, tuple[Any, Place]]


def fleet_files(where: Path, *, some: bool = True, around: bool = False) -> list[Path]:
    """The files of a folder and of the folders in it, in the order of their names; hidden ones are passed over.

    What is named as one and is none (a pipe, a link to nothing) is among them: reading it says so. If it were passed
    over, its timers would look as if nobody wanted them any more. For the same reason a link to a folder is refused: it
    is not followed, as it may lead anywhere, round in a circle too.

    Args:
        some: there must be some.
        around: only one of the files was named, and the folder may be of something else as well, such as a home: what
            in it says nothing of timers is passed over.

    Raises:
        FleetFaults: there is no such folder, a folder in it cannot be read or is a link, or it lacks files where there
            must be some.
    """
    if where.is_file():
        if where.suffix not in ENDINGS:
            raise FleetFaults([FleetFault(Place(str(where)), f"a fleet file ends in {', '.join(ENDINGS)}")])
        return [where]
    if not where.is_dir():
        raise FleetFaults([FleetFault(Place(str(where)), "there is no such folder")])
    faults: list[FleetFault] = []

    def unreadable(wrong: OSError) -> None:
        faults.append(FleetFault(Place(str(wrong.filename)), f"it cannot be read: {wrong.strerror or wrong}"))

    paths: list[Path] = []
    for folder, folders, names in os.walk(where, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [Path(folder, name) for name in folders if Path(folder, name).is_symlink()]
        words = "it is a link to a folder, which is not followed: move the folder itself here"
        faults += [FleetFault(Place(str(link)), words) for link in links]
        paths += [Path(folder, name) for name in names if not name.startswith(".") and Path(name).suffix in ENDINGS]
    if around:
        return sorted(filter(_says_timers, paths))
    if faults:
        raise FleetFaults(faults)
    paths.sort()
    if some and not paths:
        words = "there is no .toml or .yaml file in it; globus-tui export --all DIR writes one of what is there"
        raise FleetFaults([FleetFault(Place(str(where)), words)])
    return paths


def fleet_of(where: Path) -> Path:
    """The folder of a file that is one of several of a fleet; else what was given."""
    if where.is_file():
        for path in sorted(where.parent.iterdir()):
            if path.suffix not in ENDINGS or path.name.startswith(".") or path.name == where.name or path.is_dir():
                continue
            if _says_timers(path):
                return where.parent
    return where


_TABLES = ("timer", "template", "defaults")
_TABLE_BEGINS = re.compile(rf"""^(?:\s*\[+\s*)?["']?(?:{"|".join(_TABLES)})\b""", re.MULTILINE)


def _says_timers(path: Path) -> bool:
    """Whether a file is one of a fleet, also one that has a fault: that is told where the fleet is read."""
    try:
        return not read_source(path, path.name).tables.keys().isdisjoint(_TABLES)
    except FleetFault:
        try:
            return _TABLE_BEGINS.search(read_text(path, path.name)) is not None
        except FleetFault:
            return True


def read_fleet(where: Path, *, around: bool = False) -> tuple[Entry, ...]:
    """Reads a folder, or one file; `around` as for `fleet_files`.

    Raises:
        FleetFaults: something is wrong in it; all of it is told.
    """
    faults: list[FleetFault] = []
    sources: list[tuple[Source, Path]] = []
    for path in fleet_files(where, around=around):
        name = str(path.relative_to(where)) if where.is_dir() else path.name
        try:
            sources.append((read_source(path, name), path))
        except FleetFault as fault:
            faults.append(fault)
    reader = _Reader(faults)
    for source, _ in sources:
        reader.take_common(source)
    for source, path in sources:
        reader.take_timers(source, path.parent)
    if faults:
        raise FleetFaults(sorted(faults, key=lambda fault: (fault.place.file, fault.place.line or 0)))
    return tuple(reader.entries.values())


def read_common(where: Path) -> tuple[dict[str, Any], set[str]]:
    """The defaults of a folder, and the keys that its timers have.

    Raises:
        FleetFaults: something is wrong in it.
    """
    files = fleet_files(where, some=False)
    entries = read_fleet(where) if files else ()
    reader = _Reader([])
    for path in files:
        reader.take_common(read_source(path, path.name))
    return reader.defaults(), {entry.key.partition("/")[0] for entry in entries}


class _Reader:
    """Puts defaults, templates and rows into timers, and gathers what is wrong."""

    def __init__(self, faults: list[FleetFault]) -> None:
        self._faults = faults
        self._defaults: _Raw | None = None
        self._templates: dict[str, _Raw] = {}
        self.entries: dict[str, Entry] = {}

    def _fault(self, place: Place, words: str) -> None:
        self._faults.append(FleetFault(place, words))

    def defaults(self) -> dict[str, Any]:
        """What holds for every timer that does not say otherwise."""
        return {key: value for key, (value, _) in self._defaults.values.items()} if self._defaults else {}

    # --- what they have in common

    def take_common(self, source: Source) -> None:
        for key, table in source.tables.items():
            if key == "defaults":
                if self._defaults is not None:
                    self._fault(source.place(key), f"defaults are said twice; also in {self._defaults.place}")
                    continue
                self._defaults = self._raw(source, table, (key,), _NOT_IN_DEFAULTS)
            elif key == "template":
                for name, inner in self._tables(source, table, key):
                    raw = self._raw(source, inner, (key, name), _NOT_IN_DEFAULTS[1:])
                    if name in self._templates:
                        self._fault(raw.place, f"this template is there twice; also in {self._templates[name].place}")
                    self._templates[name] = raw
            elif key not in ("timer", "$schema"):
                self._fault(source.place(key), _unknown(key, _TABLES))

    def _tables(self, source: Source, table: object, key: str) -> Iterator[tuple[str, Any]]:
        if isinstance(table, dict):
            yield from table.items()
        else:
            self._fault(source.place(key), f"must be tables with names, such as [{key}.nightly]")

    def _raw(self, source: Source, table: object, path: tuple[str | int, ...], without: tuple[str, ...]) -> _Raw:
        values: dict[str, tuple[Any, Place]] = {}
        if not isinstance(table, dict):
            self._fault(source.place(*path), "must be a table of keys and values")
            table = {}
        for key, value in table.items():
            place = source.place(*path, key)
            if key not in FIELDS:
                self._fault(place, _unknown(key, FIELDS))
            elif key in without:
                self._fault(place, "cannot be said here, but in a timer only")
            elif value is None:
                self._fault(place, "has no value; leave the key out, or write one")
            else:
                values[key] = (value, place)
        return _Raw(source.place(*path), values)

    # --- timers

    def take_timers(self, source: Source, folder: Path) -> None:
        timers = source.tables.get("timer")
        if isinstance(timers, dict):
            for key, table in timers.items():
                raw = self._raw(source, table, ("timer", key), ("key",))
                self._take(key, raw, folder)
        elif isinstance(timers, list):
            for place, table in enumerate(timers):
                raw = self._raw(source, table, ("timer", place), ())
                self._take(None, raw, folder)
        elif timers is not None:
            self._fault(source.place("timer"), "must be [timer.KEY] tables, or [[timer]] ones")

    def _take(self, key: str | None, own: _Raw, folder: Path) -> None:
        values = self._merged(own)
        if "rows" not in values:
            self._add(key, own, values)
            return
        file, place = values.pop("rows")
        if not isinstance(file, str) or not file:
            self._fault(place, "must be the name of a CSV file")
            return
        try:
            rows = read_rows(folder / file, str(file))
        except FleetFaults as wrong:
            if not (folder / file).exists():
                self._fault(place, f"there is no file {file} here; its place is reckoned from the folder of the files")
                return
            self._faults += wrong.faults
            return
        for row in rows:
            row_place = Place(f"{own.place.file}, {row.place.file}", row.place.line, own.place.key)
            before = len(self._faults)
            try:
                whole = self._row(values, row.cells, row_place)
            except KeyError as missing:
                where, columns = values[missing.args[1]][1], ", ".join(row.cells)
                self._fault(where, f"{{{missing.args[0]}}} is no column of {file}, which has {columns}")
                return
            if len(self._faults) > before:
                continue
            label = row.cells.get("key") or (whole["name"][0] if "name" in whole else None)
            if not isinstance(label, str) or ("name" in values and values["name"][0] == label and "{" not in label):
                self._fault(place, 'rows need names that differ: write name = "… {column}", or a column “key”')
                return
            self._add(f"{key}/{label}" if key else label, _Raw(row_place, own.values), whole)

    def _row(
        self, values: Mapping[str, tuple[Any, Place]], cells: Mapping[str, str], row_place: Place
    ) -> dict[str, tuple[Any, Place]]:
        """The values with the cells of one row in them.

        Raises:
            KeyError: there is no such column; with the key of the value.
        """
        whole: dict[str, tuple[Any, Place]] = {}
        for field, (value, where) in values.items():
            try:
                whole[field] = (_fill_in(value, cells), row_place._replace(key=where.key))
            except KeyError as missing:
                raise KeyError(missing.args[0], field) from missing
            except _EmptyCell as cell:
                if field in _NEEDED or value != f"{{{cell}}}":  # a value that is just that cell is left out
                    self._fault(row_place._replace(key=where.key), f"the cell {cell} is empty")
        return whole

    def _merged(self, own: _Raw) -> dict[str, tuple[Any, Place]]:
        """The values of a timer over those of its templates; defaults come last, where its kind is known."""
        merged: dict[str, tuple[Any, Place]] = {}
        if "template" in own.values:
            names, place = own.values["template"]
            for name in names if isinstance(names, list) else [names]:
                template = self._templates.get(name) if isinstance(name, str) else None
                if template is None:
                    self._fault(place, _unknown(str(name), self._templates, "template"))
                else:
                    merged = _over(template.values, merged)
        merged = _over({key: value for key, value in own.values.items() if key != "template"}, merged)
        if self._defaults is not None:
            kind = _kind_of(merged)
            fits = {key: value for key, value in self._defaults.values.items() if kind in FIELDS[key].of}
            merged = _over(merged, fits)
        return merged

    def _add(self, key: str | None, own: _Raw, raw: dict[str, tuple[Any, Place]]) -> None:
        before = len(self._faults)
        kind = _kind_of(raw)
        values: dict[str, Any] = {}
        for field, (value, place) in raw.items():
            if kind not in FIELDS[field].of:
                self._fault(place, f"does not belong to {_KINDS[kind]}")
                continue
            try:
                values[field] = FIELDS[field].kind.read(value)
            except BadInput as wrong:
                self._fault(place, str(wrong))
        key = key if key is not None else values.get("key") or values.get("name")
        if not key:
            self._fault(own.place, "has neither name nor key")
            return
        values.setdefault("name", key)
        entry = Entry(key, own.place, values, {field: place for field, (_, place) in raw.items()}, kind)
        if len(self._faults) == before:
            self._faults += _incomplete(entry)
        if key in self.entries:
            self._fault(own.place, f"“{key}” is there twice; also in {self.entries[key].place}")
        elif len(self._faults) == before:
            self.entries[key] = entry


def _over(above: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    """Merges two levels of values: the nearer one wins, and its `when` replaces a `schedule`, or vice versa."""
    hidden = {"when": "schedule", "schedule": "when"}
    return {key: value for key, value in below.items() if hidden.get(key) not in above} | above


def _incomplete(entry: Entry) -> Iterator[FleetFault]:
    values = entry.values
    if len({"when", "schedule"} & set(values)) != 1:
        which = "both" if "when" in values else "neither"
        yield FleetFault(entry.place, f'needs either when = "…" or a schedule; {which} is there')
    for field in ("from", "to") if entry.kind == "T" else ():
        if field not in values:
            yield FleetFault(entry.place, f'has no {field}; write {field} = "COLLECTION:/path/"')
        elif (path := split_place(values[field])[1]) and "items" in values:
            yield entry.fault(field, "paths stand either there or in items")
        elif not path and "items" not in values:
            collection, _, rest = values[field].partition(":")
            bare = collection.startswith("/")
            what, form = (
                ("collection", f"COLLECTION:{collection}") if bare else ("path", f"{collection}:/{rest or 'path/'}")
            )
            yield entry.fault(field, f'has no {what}; write "{form}"' + ("" if bare else ", or items"))
    if "recursive" in values and "items" in values:
        yield entry.fault("recursive", "stands in items, where there are some")


def split_place(text: str) -> tuple[str, str]:
    """Collection and path of `Campus Archive:/proj/x/`; the path is empty where none is said."""
    colon = re.search(r":(?=[/~])", text)
    return (text[: colon.start()].strip(), text[colon.end() :]) if colon else (text.strip(), "")


def _kind_of(values: Mapping[str, object]) -> str:
    return "F" if "flow" in values else "C" if "calls" in values else "T"


def _unknown(key: str, known: Mapping[str, Any] | tuple[str, ...], noun: str = "key") -> str:
    near = get_close_matches(key, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(list(known)[:12]) or 'none'}"
    return f"“{key[:60]}” is no {noun} here{hint}"


class _EmptyCell(Exception):
    """Nothing stands where a value needs something; with the name of the column."""


_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def _fill_in(value: Any, cells: Mapping[str, str]) -> Any:
    """A value with the cells of a row in it; `{{` is a brace.

    Raises:
        KeyError: there is no such column.
        _EmptyCell: nothing stands in it.
    """

    def cell(hole: re.Match[str]) -> str:
        if hole[1] is None:
            return hole[0][0]
        if not (text := cells[hole[1].strip()]):
            raise _EmptyCell(hole[1].strip())
        return text

    if isinstance(value, str):
        return _HOLE.sub(cell, value)
    if isinstance(value, list):
        return [_fill_in(inner, cells) for inner in value]
    return {key: _fill_in(inner, cells) for key, inner in value.items()} if isinstance(value, dict) else value


def refused(values: Mapping[str, Any]) -> str | None:
    """What of a timer no file can say, with the reason: its field stands first. None: nothing."""
    for field, value in values.items():
        try:
            FIELDS[field].kind.read(value)
        except BadInput as wrong:
            return f"{field} {wrong}"
    return None


# --- for editors


def schema() -> dict[str, Any]:
    """JSON Schema (draft 7, which editors of TOML and YAML know) of a fleet file."""
    properties = {key: {"description": field.words, **field.kind.shape} for key, field in FIELDS.items()}

    def entry(*without: str) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: shape for key, shape in properties.items() if key not in without},
        }

    tables = {"type": "object", "additionalProperties": entry("key")}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Globus timers as files",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            "defaults": {"description": "what holds for every timer of the folder", **entry(*_NOT_IN_DEFAULTS)},
            "template": {"type": "object", "additionalProperties": entry(*_NOT_IN_DEFAULTS[1:])},
            "timer": {"oneOf": [tables, {"type": "array", "items": entry()}]},
        },
    }

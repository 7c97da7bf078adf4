"""Fleet files as text: TOML, YAML and CSV read into values, each with the line where it stands.

TOML is 1.0, as Python reads it. Of YAML every plain scalar is text, so that `02:00`, `no` and `1e3` are what was
written; keys that are said twice, anchors, aliases and tags are refused.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain.errors import BadInput, why_unread
from globus_tui.private_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
_DEEPEST = 30
Path_ = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""


class Place(NamedTuple):
    """Where something stands.

    Attributes:
        file: as it is called to people.
        line: from 1; None where it is not known.
        key: dotted; empty for the file itself.
    """

    file: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        return f"{self.file}{line}{f': {self.key}' if self.key else ''}"


class FleetFault(BadInput):
    """One fault in a fleet's files."""

    def __init__(self, place: Place, words: str) -> None:
        super().__init__(f"{place}: {words}")
        self.place = place
        self.words = words


class FleetFaults(BadInput):
    """All faults in a fleet's files, in the order of the files."""

    def __init__(self, faults: Sequence[FleetFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class Source(NamedTuple):
    """One file.

    Attributes:
        lines: of the values, by the keys that lead there.
    """

    name: str
    tables: dict[str, Any]
    lines: Mapping[Path_, int]

    def place(self, *path: str | int) -> Place:
        """The place of a value; with the line of what it is in when its own is not known."""
        line = next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)
        within = (
            at for below, at in self.lines.items() if below[: len(path)] == path
        )  # [timers.x] alone: `timers` has no line
        return Place(self.name, min(within, default=None) if line is None else line, dotted(path))


def dotted(path: Path_) -> str:
    """Keys as people write them: `timer.lab-a.items[2]`."""
    text = ""
    for key in path:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def read_source(path: Path, name: str) -> Source:
    """Reads one file, by the ending of its name.

    Raises:
        FleetFault: it cannot be read, or is not written as it should be.
    """
    text = read_text(path, name)
    return _read_toml(text, name) if path.suffix == ".toml" else _read_yaml(text, name)


def read_text(path: Path, name: str) -> str:
    """A file as text. Raises `FleetFault`: it cannot be read, or is not in UTF-8."""
    try:
        return read_file(path, MOST_BYTES).decode("utf-8-sig")
    except OSError as problem:
        raise FleetFault(Place(name), f"it cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise FleetFault(Place(name, line), "it is not written in UTF-8") from problem


# --- TOML

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _read_toml(text: str, name: str) -> Source:
    lines: dict[Path_, int] = {}
    twice: list[tuple[Path_, int]] = []
    for path, line in _toml_keys(text):
        if path in lines:
            twice.append((path, line))
        lines.setdefault(path, line)
    try:
        return Source(name, tomllib.loads(text), lines)
    except RecursionError as problem:
        raise FleetFault(Place(name), "it is nested too deep") from problem
    except ValueError as problem:
        words, match = why_unread(problem), _WHERE.search(str(problem))
        at = int(match[1]) if match and match[1] else None
        column = f" (column {match[2]})" if match and match[2] else ""
        again = twice[0] if twice and re.search("overwrite|twice", words) else None
        if again is not None:
            words = f"it is said twice; first on line {lines[again[0]]}"
            raise FleetFault(Place(name, again[1], dotted(again[0])), words) from problem
        advice = ""
        if at is not None and re.match(r"[^=#]*=\s*(?:\d{1,2}:\d\d|@|\*)", text.split("\n")[at - 1]):
            advice = "; a time or schedule is text: put it in quotes"
        raise FleetFault(Place(name, at), f"this is no TOML 1.0: {_WHERE.sub('', words)}{column}{advice}") from problem


_KEY = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEYS})[ \t]*\]")
_PAIR = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_INSIDE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]', re.DOTALL
)


def _toml_keys(text: str) -> Iterator[tuple[Path_, int]]:
    """The lines of keys, which Python's reader does not tell. Whether the text is valid is left to that one."""
    at, line = 0, 1
    table: Path_ = ()
    path: Path_
    counts: dict[Path_, int] = {}
    while at < len(text):
        if header := _HEADER.match(text, at):
            path = _in_lists(_split(header[2]), counts)
            if header[1] == "[[":
                counts[path] = counts.get(path, -1) + 1
                path = (*path, counts[path])
            table = path
            yield table, line
            at = header.end()
        elif pair := _PAIR.match(text, at):
            yield (*table, *_split(pair[1])), line
            at = pair.end()
        at, depth = at, 0
        while match := _INSIDE.search(text, at):  # to the end of the line, or of the value that goes on behind it
            at = match.end()
            depth += (match[0] in "[{") - (match[0] in "]}")
            line += match[0].count("\n")
            if match[0] == "\n" and depth <= 0:
                break
        else:
            return


def _split(keys: str) -> tuple[str, ...]:
    parts = re.findall(_KEY, keys)
    return tuple(_unquoted(part) for part in parts)


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    try:
        return str(next(iter(tomllib.loads(f"{key} = 0"))))
    except ValueError:
        return key[1:-1]


def _in_lists(keys: tuple[str, ...], counts: Mapping[Path_, int]) -> Path_:
    """The path of a table below others, of which some are lists: it is in their last one."""
    path: Path_ = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    return (*path, keys[-1])


# --- YAML


def _read_yaml(text: str, name: str) -> Source:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
    except ImportError as problem:
        raise FleetFault(
            Place(name), "YAML is not read by this installation. Run: pip install 'globus-tui[yaml]', or write TOML"
        ) from problem
    lines: dict[Path_, int] = {}
    try:
        events = _Events(YAML(typ="safe", pure=True).parse(text), name)
        document = events.document(lines)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else None
        words = problem.problem or problem.context or "it cannot be understood"
        quote = "" if line is None or '"' in text.split("\n")[line - 1] else "; text with signs in it goes in quotes"
        column = f" (column {mark.column + 1})" if mark else ""
        raise FleetFault(Place(name, line), f"this is no YAML: {words}{column}{quote}") from problem
    except (YAMLError, ValueError) as problem:
        if isinstance(problem, FleetFault):
            raise
        raise FleetFault(Place(name), f"this is no YAML: {problem}") from problem
    if document is not None and not isinstance(document, dict):
        raise FleetFault(Place(name, 1), "it must be keys with values, such as timer:")
    return Source(name, document or {}, lines)


class _Events:
    """Builds values from the events of a YAML reader: no type is guessed, and no alias is expanded."""

    def __init__(self, events: Iterable[Any], name: str) -> None:
        self._events = iter(events)
        self._name = name

    def _next(self) -> tuple[str, Any]:
        event = next(self._events)
        kind = type(event).__name__.removesuffix("Event")
        if kind == "Alias" or getattr(event, "anchor", None) is not None:
            sign = "*" if kind == "Alias" else "&"
            words = "anchors and aliases are not taken: use a template, or put text that begins so in quotes"
            raise self._fault(event, f"{sign}{event.anchor}: {words}")
        tag = getattr(event, "tag", None)
        if tag is not None and kind in ("Scalar", "MappingStart", "SequenceStart"):
            raise self._fault(event, f"{tag}: tags are not taken; every value is what is written")
        return kind, event

    def _fault(self, event: Any, words: str) -> FleetFault:
        mark = event.start_mark
        return FleetFault(Place(self._name, mark.line + 1), f"{words} (column {mark.column + 1})")

    def document(self, lines: dict[Path_, int]) -> Any:
        documents: list[Any] = []
        for kind, event in iter(self._next_or_end, ("", None)):
            if kind == "DocumentStart" and documents:
                raise self._fault(event, "a second document begins; a file has one")
            if kind in ("Scalar", "MappingStart", "SequenceStart"):
                documents.append(self._value(kind, event, (), lines))
        return documents[0] if documents else None

    def _next_or_end(self) -> tuple[str, Any]:
        try:
            return self._next()
        except StopIteration:
            return "", None

    def _value(self, kind: str, event: Any, path: Path_, lines: dict[Path_, int]) -> Any:
        if path:
            lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > _DEEPEST:
            raise self._fault(event, "it is nested too deep")
        if kind == "Scalar":
            return None if event.value == "" and not event.style else event.value
        if kind == "SequenceStart":
            listed: list[Any] = []
            while (item := self._next())[0] != "SequenceEnd":
                listed.append(self._value(*item, (*path, len(listed)), lines))
            return listed
        mapping: dict[str, Any] = {}
        while (item := self._next())[0] != "MappingEnd":
            key = item[1].value if item[0] == "Scalar" else None
            if key is None:
                raise self._fault(item[1], "a key must be text")
            if key in mapping:
                first = lines[(*path, key)]
                raise self._fault(item[1], f"{dotted((*path, key))} is said twice; first on line {first}")
            lines[(*path, key)] = item[1].start_mark.line + 1
            mapping[key] = self._value(*self._next(), (*path, key), lines)
        return mapping


# --- rows


class Row(NamedTuple):
    """One row of a table: texts by column name."""

    place: Place
    cells: dict[str, str]


def read_rows(path: Path, name: str) -> list[Row]:
    """Reads a table with a line of headings, comma-separated.

    Raises:
        FleetFaults: it cannot be read, or rows do not fit the headings.
    """
    try:
        text = read_text(path, name)
    except FleetFault as fault:
        raise FleetFaults([fault]) from fault
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    faults: list[FleetFault] = []
    headings: list[str] = []
    began = 1
    try:
        for cells in reader:
            line, began = began, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = [cell.strip() for cell in cells]
                faults += _bad_headings(headings, Place(name, line))
            elif re.match(r"([<=>|])\1{6}( |$)", cells[0]):
                faults.append(FleetFault(Place(name, line), "a merge left this mark here: choose which rows stay"))
            elif len(cells) != len(headings):
                words = f"this row has {len(cells)} cells, the headings are {len(headings)}"
                faults.append(FleetFault(Place(name, line), f"{words}; text with a comma in it goes in double quotes"))
            else:
                cleaned = (cell.strip() for cell in cells)
                rows.append(Row(Place(name, line), dict(zip(headings, cleaned, strict=True))))
    except csv.Error as problem:
        faults.append(FleetFault(Place(name, began), f"this is no CSV: {problem}"))
    if not headings or len(rows) > MOST_ROWS or not (rows or faults):
        empty = "it has no rows; take the timer out of the files, if it is to make none"
        empty = empty if headings else "it is empty; the first line names the columns"
        words = f"it has {len(rows)} rows; at most {MOST_ROWS} are read" if rows else empty
        faults.append(FleetFault(Place(name), words))
    if faults:
        raise FleetFaults(faults)
    return rows


def _bad_headings(headings: Sequence[str], place: Place) -> Iterator[FleetFault]:
    for sign, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(headings) == 1 and sign in headings[0]:
            yield FleetFault(place, f"the columns are separated by {called}; write commas")
            return
    for heading in headings:
        if not re.fullmatch(r"[A-Za-z_][\w-]*", heading, re.ASCII):
            yield FleetFault(place, f"{heading[:40]!r} is no name of a column: letters, digits, - and _ only")
        elif headings.count(heading) > 1:
            yield FleetFault(place, f"the column {heading} is there twice")
            return

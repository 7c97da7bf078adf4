"""One check of a value against a JSON Schema: what the form says is wrong is what the sandbox's service refuses.

Draft 2020-12, with the spellings of drafts 4 to 7 (`definitions`, lists of `items`, `exclusiveMinimum: true`,
`dependencies`). Formats count where they are well defined. References are followed within the document; what cannot be
understood (another document, a pattern that is none) says nothing, and is left to the service.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from globus_tui.domain import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from globus_tui.domain.wire import Document

Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """What is wrong, and where from the value's root; `kind` is the keyword that says so."""

    place: Place
    words: str
    kind: str


_DEEPEST = 40
"""References and schemas within one another: a schema that refers to itself ends here."""


def check_value(value: object, schema: object, root: object = None) -> list[Problem]:
    """Everything that is wrong with a value, at most one problem for a place and keyword.

    Args:
        schema: what it must be; True and what is no schema allow everything, False nothing.
        root: the document that references are followed in, if the schema is only a part of it.
    """
    problems = _Check(schema if root is None else root).problems(value, schema, (), 0)
    return list({(problem.place, problem.words): problem for problem in problems}.values())


def resolve(schema: object, root: object) -> Document:
    """A schema with the references at its own level followed, its own keywords over theirs; {} for what is none."""
    keywords = wire.document(schema)
    for _ in range(_DEEPEST):
        target = wire.text(keywords.get("$ref"))
        target_schema = _referred(target, root) if target is not None else None
        if not isinstance(target_schema, dict):
            return keywords
        keywords = {**target_schema, **{key: value for key, value in keywords.items() if key != "$ref"}}
    return {}


def _referred(target: str, root: object) -> object:
    """What `#`, `#/a/b` or `#anchor` names; None for another document and for what is not there."""
    if not target.startswith("#"):
        return None
    if target[1:2] not in ("", "/"):
        return _anchored(target[1:], root, 0)
    value: object = root
    for step in target[2:].split("/") if len(target) > 1 else ():
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return None
    return value


def _anchored(name: str, inside: object, depth: int) -> object:
    if depth > _DEEPEST or not isinstance(inside, dict | list):
        return None
    if isinstance(inside, dict) and name in (inside.get("$anchor"), str(inside.get("$id")).removeprefix("#")):
        return inside
    within = inside.values() if isinstance(inside, dict) else inside
    return next((hit for inner in within if (hit := _anchored(name, inner, depth + 1)) is not None), None)


def same(one: object, other: object) -> bool:
    """Equal as JSON: 1 is 1.0, but True is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(inner, other[key]) for key, inner in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


class _Check:
    def __init__(self, root: object) -> None:
        self._root = root

    def problems(self, value: object, schema: object, place: Place, depth: int) -> Iterator[Problem]:
        if schema is False:
            yield Problem(place, "Nothing is allowed here.", "false")
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return
        if (target := wire.text(schema.get("$ref"))) is not None:
            yield from self.problems(value, _referred(target, self._root), place, depth + 1)
        if not _has_type(value, schema.get("type")):
            yield Problem(place, f"This must be {_type_words(schema.get('type'))}.", "type")
            return
        yield from _plain(value, schema, place)
        if isinstance(value, dict):
            yield from self._object(value, schema, place, depth)
        if isinstance(value, list):
            yield from self._list(value, schema, place, depth)
        yield from self._combined(value, schema, place, depth)

    def _fits(self, value: object, schema: object, depth: int) -> bool:
        return next(self.problems(value, schema, (), depth + 1), None) is None

    def _object(self, value: Document, schema: Document, place: Place, depth: int) -> Iterator[Problem]:
        properties, patterns = wire.document(schema.get("properties")), wire.document(schema.get("patternProperties"))
        needed = wire.texts(schema.get("required"))
        for name in needed:
            if name not in value:
                yield Problem((*place, name), f"“{name}” is needed.", "required")
        yield from _count(len(value), schema, "Properties", "entries", place)
        for name, inner in value.items():
            inner_place, matched = (*place, name), [part for text, part in patterns.items() if _matches(text, name)]
            if name in properties:
                matched.append(properties[name])
            if not matched and schema.get("additionalProperties") is False:
                yield Problem(inner_place, f"“{name}” is not known to this flow.", "additionalProperties")
            for part in matched or [schema.get("additionalProperties")]:
                if part is False and matched:
                    yield Problem(inner_place, f"“{name}” may not be given.", "false")
                elif part is not False:
                    yield from self.problems(inner, part, inner_place, depth + 1)
            if not self._fits(name, schema.get("propertyNames"), depth):
                yield Problem(inner_place, f"“{name}” is no name that is allowed here.", "propertyNames")
        yield from self._dependent(value, schema, place, depth)

    def _dependent(self, value: Document, schema: Document, place: Place, depth: int) -> Iterator[Problem]:
        for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
            for name, needed in wire.document(schema.get(keyword)).items():
                if name not in value:
                    continue
                if isinstance(needed, list):
                    missing = [key for key in wire.texts(needed) if key not in value]
                    yield from (Problem((*place, key), f"“{key}” is needed with “{name}”.", keyword) for key in missing)
                else:
                    yield from self.problems(value, needed, place, depth + 1)

    def _list(self, value: list[object], schema: Document, place: Place, depth: int) -> Iterator[Problem]:
        yield from _count(len(value), schema, "Items", "entries", place)
        items = schema.get("items")
        first = wire.items(schema.get("prefixItems")) or wire.items(items)
        rest = schema.get("additionalItems") if isinstance(items, list) else items
        for number, item in enumerate(value):
            yield from self.problems(item, first[number] if number < len(first) else rest, (*place, number), depth + 1)
        if schema.get("uniqueItems") is True and any(
            same(item, other) for at, item in enumerate(value[:1000]) for other in value[at + 1 : 1000]
        ):
            yield Problem(place, "No two entries may be alike.", "uniqueItems")
        if "contains" in schema:
            count = sum(self._fits(item, schema["contains"], depth) for item in value)
            least, most = wire.whole(schema.get("minContains")), wire.whole(schema.get("maxContains"))
            if count < (1 if least is None else least) or (most is not None and count > most):
                yield Problem(place, "It does not have the entries that are wanted.", "contains")

    def _combined(self, value: object, schema: Document, place: Place, depth: int) -> Iterator[Problem]:
        for part in wire.items(schema.get("allOf")):
            yield from self.problems(value, part, place, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if not isinstance(schema.get(keyword), list):
                continue
            tried = [list(self.problems(value, part, place, depth + 1)) for part in schema[keyword]]
            fitting = sum(not wrong for wrong in tried)
            if not fitting and tried:
                yield from _nearest(tried, place)
            elif keyword == "oneOf" and fitting > 1:
                yield Problem(place, f"This fits {fitting} of the forms of which only one is meant.", keyword)
        if "not" in schema and self._fits(value, schema["not"], depth):
            yield Problem(place, "This is one of the values that are not allowed.", "not")
        if "if" in schema:
            branch = "then" if self._fits(value, schema["if"], depth) else "else"
            yield from self.problems(value, schema.get(branch), place, depth + 1)


def _nearest(tried: list[list[Problem]], place: Place) -> Iterator[Problem]:
    """What is wrong with the form that was meant: the only one of the value's own type, else all are named."""
    own = [wrong for wrong in tried if not any(fault.place == place and fault.kind == "type" for fault in wrong)]
    if len(own) == 1:
        yield from own[0]
        return
    ways = dict.fromkeys(words for wrong in own or tried for fault in wrong[:1] if (words := fault.words.rstrip(".")))
    yield Problem(place, f"{'; or: '.join(list(ways)[:4])}.", "anyOf")


def _plain(value: object, schema: Document, place: Place) -> Iterator[Problem]:
    """Keywords that need no other schema."""
    if isinstance(schema.get("enum"), list) and not any(same(value, choice) for choice in schema["enum"]):
        yield Problem(place, "This is not one of the choices.", "enum")
    if "const" in schema and not same(value, schema["const"]):
        yield Problem(place, "This is not the only value that is allowed.", "const")
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from (Problem(place, words, kind) for words, kind in _bounds(value, schema))
    if isinstance(value, str):
        yield from _count(len(value), schema, "Length", "characters", place)
        pattern = wire.text(schema.get("pattern"))
        if pattern is not None and not _matches(pattern, value):
            yield Problem(place, f"This must match {pattern}", "pattern")
    checked = FORMATS.get(str(schema.get("format")))
    if checked is not None and isinstance(value, str) and not checked[0](value):
        yield Problem(place, f"This must be {checked[1]}.", "format")


def _bounds(value: float, schema: Document) -> Iterator[tuple[str, str]]:
    low, high = wire.number(schema.get("minimum")), wire.number(schema.get("maximum"))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and (value <= low if above is True else value < low):
        yield (f"This must be more than {low:g}." if above is True else f"This must be {low:g} at least."), "minimum"
    if high is not None and (value >= high if below is True else value > high):
        yield (f"This must be less than {high:g}." if below is True else f"This must be {high:g} at most."), "maximum"
    if (over := wire.number(above)) is not None and value <= over:
        yield f"This must be more than {over:g}.", "exclusiveMinimum"
    if (under := wire.number(below)) is not None and value >= under:
        yield f"This must be less than {under:g}.", "exclusiveMaximum"
    step = wire.number(schema.get("multipleOf"))
    if step and abs(value / step - round(value / step)) > 1e-9:
        yield f"This must be a multiple of {step:g}.", "multipleOf"


def _count(count: int, schema: Document, kind: str, unit: str, place: Place) -> Iterator[Problem]:
    least, most = wire.whole(schema.get(f"min{kind}")), wire.whole(schema.get(f"max{kind}"))
    singular = {"entries": "entry", "characters": "character"}[unit]
    if least is not None and count < least:
        yield Problem(place, f"This needs {least} {singular if least == 1 else unit} at least.", f"min{kind}")
    if most is not None and count > most:
        yield Problem(place, f"This may have {most} {singular if most == 1 else unit} at most.", f"max{kind}")


_LONGEST_MATCHED = 5000


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text[:_LONGEST_MATCHED]) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of ECMAScript, as far as Python reads it alike; None for one that it cannot read."""
    try:
        return re.compile(re.sub(r"(?<!\\)((?:\\\\)*)\$$", r"\1\\Z", pattern))
    except (re.error, RecursionError, OverflowError):
        return None


_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip


def _has_type(value: object, named: object) -> bool:
    names = [named] if isinstance(named, str) else wire.texts(named)
    return not names or any(_is(value, name) for name in names)


def _is(value: object, name: str) -> bool:
    if name in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return name == "number" or isinstance(value, int) or value.is_integer()
    return isinstance(value, _TYPES[name]) if name in _TYPES else True


def _type_words(named: object) -> str:
    words = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "yes or no"}
    words |= {"array": "a list", "object": "an object", "null": "null"}
    names = [named] if isinstance(named, str) else wire.texts(named)
    return " or ".join(words.get(name, name) for name in names)


_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_PRINCIPAL = re.compile(rf"urn:globus:(?:auth:identity|groups:id):{_UUID.pattern}")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_ZONED = re.compile(r"\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})")
_DURATION = re.compile(r"P(?!\Z)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?!\Z)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)")


def is_principal(text: str) -> bool:
    """Whether a text is the URN of an identity or of a group."""
    return _PRINCIPAL.fullmatch(text) is not None


def _read(read: Callable[[str], object], shape: re.Pattern[str] | None = None) -> Callable[[str], bool]:
    def reads(text: str) -> bool:
        if shape is not None and shape.search(text) is None:
            return False
        try:
            read(text)
        except ValueError:
            return False
        return True

    return reads


def _has_scheme(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", text)


def _full(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "uuid": (_full(_UUID), "an id such as 1a2b3c4d-1111-4111-8111-0123456789ab"),
    "globus-collection": (_full(_UUID), "the id of a collection"),
    "globus-principal": (
        lambda text: is_principal(text) or _UUID.fullmatch(text) is not None,
        "a person or group, such as urn:globus:auth:identity:1a2b3c4d-1111-4111-8111-0123456789ab",
    ),
    "date-time": (
        _read(datetime.fromisoformat, re.compile(rf"\A\d{{4}}-\d{{2}}-\d{{2}}[Tt ]{_ZONED.pattern}\Z")),
        "a moment with its zone, such as 2026-12-01T18:00:00Z",
    ),
    "date": (_read(date.fromisoformat, re.compile(r"\A\d{4}-\d{2}-\d{2}\Z")), "a date such as 2026-12-01"),
    "time": (
        _read(time.fromisoformat, re.compile(rf"\A{_ZONED.pattern}\Z")),
        "a time with its zone, such as 18:00:00Z",
    ),
    "duration": (_full(_DURATION), "a duration such as P1D or PT90M"),
    "email": (_full(re.compile(r"[^@\s]+@[^@\s]+")), "an e-mail address"),
    "uri": (_has_scheme, "an address such as https://example.org/"),
    "hostname": (_full(_HOST), "the name of a host"),
    "ipv4": (_read(IPv4Address), "an address such as 192.0.2.1"),
    "ipv6": (_read(IPv6Address), "an address such as 2001:db8::1"),
}
"""How a text is judged by its format, and what it must be, in words. Other formats are left to the service."""


def first_words(problems: Iterable[Problem]) -> str | None:
    """The first problem in words, with its place; None where there is none."""
    problem = next(iter(problems), None)
    if problem is None:
        return None
    where = ".".join(map(str, problem.place[:-1] if problem.kind == "required" else problem.place))
    return f"{where}: {problem.words}" if where else problem.words

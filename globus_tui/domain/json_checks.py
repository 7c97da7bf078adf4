"""Checks of a value against a JSON Schema, as far as its keywords are understood; the rest is left to the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain import wire

if TYPE_CHECKING:
    from globus_tui.domain.wire import Document


def check_value(
    value: object, schema: Document, path: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], str]]:
    """What is wrong, each with its place from the value's root; keywords not understood are passed over."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    if not _has_type(value, schema.get("type")):
        return [(path, f"This must be {_type_words(schema.get('type'))}.")]
    if "enum" in schema and value not in wire.items(schema["enum"]):
        found.append((path, "This is not one of the choices."))
    found += [(path, words) for words in _bounds(value, schema)]
    if isinstance(value, dict):
        found += _check_object(value, schema, path)
    if isinstance(value, list):
        inner = wire.document(schema.get("items"))
        for place, one in enumerate(value):
            found += check_value(one, inner, (*path, place))
    return found


def _check_object(
    value: Document, schema: Document, path: tuple[str | int, ...]
) -> list[tuple[tuple[str | int, ...], str]]:
    properties = wire.document(schema.get("properties"))
    found: list[tuple[tuple[str | int, ...], str]] = [
        ((*path, name), f"“{name}” is needed.") for name in wire.texts(schema.get("required")) if name not in value
    ]
    for name, one in value.items():
        if name in properties:
            found += check_value(one, wire.document(properties[name]), (*path, name))
        elif schema.get("additionalProperties") is False:
            found.append(((*path, name), f"“{name}” is not known to this flow."))
    return found


_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


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
    words |= {"array": "a list", "object": "an object", "null": "nothing"}
    names = [named] if isinstance(named, str) else wire.texts(named)
    return " or ".join(words.get(name, name) for name in names)


def _bounds(value: object, schema: Document) -> list[str]:
    said = []
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = wire.number(schema.get("minimum")), wire.number(schema.get("maximum"))
        said += [f"This must be {low:g} at least."] if low is not None and value < low else []
        said += [f"This must be {high:g} at most."] if high is not None and value > high else []
    if isinstance(value, str | list):
        unit = "characters" if isinstance(value, str) else "entries"
        kind = "Length" if isinstance(value, str) else "Items"
        least, most = wire.whole(schema.get(f"min{kind}")), wire.whole(schema.get(f"max{kind}"))
        said += [f"This needs {least} {unit} at least."] if least is not None and len(value) < least else []
        said += [f"This may have {most} {unit} at most."] if most is not None and len(value) > most else []
    return said

"""A small part of JSON Schema: enough to refuse an input that lacks what a flow requires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.sandbox.state import Document

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def problems(value: Any, schema: Document, where: tuple[str | int, ...] = ("body",)) -> list[Document]:
    """What is wrong with a value: `type`, `enum`, `required`, `additionalProperties: false`, `properties`, `items`.

    Everything else in the schema is ignored.
    """
    return [{"loc": list(at), "msg": message, "type": kind} for at, message, kind in _problems(value, schema, where)]


def _problems(value: Any, schema: Document, where: tuple[str | int, ...]) -> Iterator[tuple[Any, str, str]]:
    wanted = schema.get("type")
    if wanted is not None and not _is(value, wanted):
        yield where, f"{value!r} is not of type {wanted!r}", "value_error.type"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield where, f"{value!r} is not one of {schema['enum']!r}", "value_error.enum"
    if isinstance(value, dict):
        yield from _in_object(value, schema, where)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for place, one in enumerate(value):
            yield from _problems(one, schema["items"], (*where, place))


def _in_object(value: Document, schema: Document, where: tuple[str | int, ...]) -> Iterator[tuple[Any, str, str]]:
    known: Document = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield where, f"{name!r} is a required property", "value_error.missing"
    for name, one in value.items():
        if name in known:
            yield from _problems(one, known[name], (*where, name))
        elif schema.get("additionalProperties") is False:
            yield where, f"Additional properties are not allowed ({name!r} was unexpected)", "value_error.extra"


def _is(value: Any, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES.get(name, object)) for name in names)

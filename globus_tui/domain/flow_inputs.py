"""A flow's input as a form: its JSON schema made into flat fields, and what was filled in made into the input again.

Only what a form needs of JSON Schema is understood; what is not, is a field to be filled in as JSON. The service
checks the input against the whole schema when it runs.
"""

from __future__ import annotations

import json
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, FieldProblem
from globus_tui.domain.json_checks import check_value
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.wire import Document

MOST_FIELDS = 200
_DEEPEST = 6


class FieldKind(Enum):
    """How a field is filled in."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"
    CHOICE = "choice"
    COLLECTION = "collection"
    TEXTS = "texts, one a line"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class InputField:
    """One field of the form.

    Attributes:
        path: keys from the root of the input to it.
        label: its title, else its path with dots.
        required: the input is not good without it, given that what is around it is there.
        default: of the schema; None where it has none.
        choices: the only values, if there are such.
        schema: its own part, for checking.
    """

    path: tuple[str, ...]
    kind: FieldKind
    label: str
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    description: str | None = None
    schema: Document = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """Its path with dots, to tell it apart."""
        return ".".join(self.path)


def input_fields(schema: Document | None) -> tuple[InputField, ...]:
    """The fields of a form, in the order of the schema.

    A schema that says nothing of properties gives one field for the whole input as JSON. Objects within become
    fields of their own with longer paths.
    """
    if not schema:
        return ()
    found: list[InputField] = []
    _collect(_resolved(schema, schema), schema, (), True, found, 0)
    if found and found[0].path == ():
        return (InputField((), FieldKind.JSON, "input", schema=schema),)
    return tuple(found[:MOST_FIELDS])


def _collect(
    schema: Document, root: Document, path: tuple[str, ...], required: bool, found: list[InputField], depth: int
) -> None:
    properties = wire.document(schema.get("properties"))
    shaped = any(key in schema for key in ("anyOf", "oneOf", "allOf", "if"))
    if not properties or shaped or depth > _DEEPEST:
        found.append(_field(schema, path, required))
        return
    needed = set(wire.texts(schema.get("required")))
    for name, part in properties.items():
        inner = _resolved(wire.document(part), root)
        below = (*path, str(name))
        if _is_collection(inner) or inner.get("type") != "object":
            found.append(_field(inner, below, required and name in needed))
        else:
            _collect(inner, root, below, required and name in needed, found, depth + 1)


def _field(schema: Document, path: tuple[str, ...], required: bool) -> InputField:
    choices = tuple(wire.items(schema.get("enum"))) or ((schema["const"],) if "const" in schema else ())
    return InputField(
        path=path,
        kind=_kind(schema, choices),
        label=wire.text(schema.get("title")) or ".".join(path) or "input",
        required=required,
        default=schema.get("default"),
        choices=choices,
        description=wire.text(schema.get("description")),
        schema=schema,
    )


def _kind(schema: Document, choices: tuple[Any, ...]) -> FieldKind:
    if choices:
        return FieldKind.CHOICE
    if _is_collection(schema):
        return FieldKind.COLLECTION
    named = schema.get("type")
    if isinstance(named, list):  # `["string", "null"]`
        rest = [one for one in named if one != "null"]
        named = rest[0] if len(rest) == 1 else None
    if named == "array" and wire.document(schema.get("items")).get("type") == "string":
        return FieldKind.TEXTS
    return {
        "string": FieldKind.TEXT,
        "integer": FieldKind.WHOLE,
        "number": FieldKind.NUMBER,
        "boolean": FieldKind.FLAG,
    }.get(str(named), FieldKind.JSON)


def _is_collection(schema: Document) -> bool:
    """Globus marks ids of collections, and objects of a collection and a path, by their format (seen in its docs)."""
    return schema.get("format") == "globus-collection" and schema.get("type") == "string"


def _resolved(schema: Document, root: Document) -> Document:
    """Follows references within the document, a few deep; a reference elsewhere stays as it is."""
    for _ in range(_DEEPEST):
        target = wire.text(schema.get("$ref"))
        if target is None or not target.startswith("#/"):
            return schema
        found: object = root
        for step in target[2:].split("/"):
            found = wire.document(found).get(step.replace("~1", "/").replace("~0", "~"))
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**wire.document(found), **rest}
    return schema


def shown(value: object, kind: FieldKind) -> str:
    """A value as it stands in its field, for defaults and clones."""
    if value is None:
        return ""
    if kind is FieldKind.TEXTS and isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, str) and kind is not FieldKind.JSON:
        return value
    if isinstance(value, bool) and kind is FieldKind.FLAG:
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False)


def read_value(one: InputField, typed: str) -> Any:
    """What was typed into a field as a value; None for an empty field.

    Raises:
        BadInput: it cannot be such a value.
    """
    said = typed.strip()
    if not said:
        return "" if one.kind is FieldKind.TEXT and typed == "" and one.default == "" else None
    if one.kind in (FieldKind.TEXT, FieldKind.COLLECTION):
        return typed if one.kind is FieldKind.TEXT else said
    if one.kind is FieldKind.TEXTS:
        return [line.strip() for line in typed.splitlines() if line.strip()]
    if one.kind is FieldKind.CHOICE:
        return _choice(one, said)
    if one.kind is FieldKind.FLAG:
        return _flag(said)
    if one.kind in (FieldKind.WHOLE, FieldKind.NUMBER):
        return _number(one, said)
    try:
        return json.loads(said)
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"This is no JSON: {problem}. Texts stand in double quotes.") from problem


def _choice(one: InputField, said: str) -> Any:
    for choice in one.choices:
        if said == shown(choice, FieldKind.TEXT) or said == json.dumps(choice):
            return choice
    raise BadInput(f"Choose one of {', '.join(shown(choice, FieldKind.TEXT) for choice in one.choices)}.")


def _flag(said: str) -> bool:
    known = {"yes": True, "y": True, "true": True, "on": True, "no": False, "n": False, "false": False, "off": False}
    if said.lower() not in known:
        raise BadInput("Write yes or no.")
    return known[said.lower()]


def _number(one: InputField, said: str) -> int | float:
    try:
        number = float(said)
        if one.kind is FieldKind.WHOLE:
            return int(said)
    except (ValueError, OverflowError) as problem:
        raise BadInput(f"Write a {one.kind.value}.") from problem
    if number != number or number in (float("inf"), float("-inf")):
        raise BadInput("Write a number.")
    return int(number) if number.is_integer() and "." not in said and "e" not in said.lower() else number


def assemble(
    fields: tuple[InputField, ...], typed: Mapping[str, str]
) -> tuple[dict[str, Any], tuple[FieldProblem, ...]]:
    """The input of what was typed, with every problem beside its field (its place is the field's path).

    Empty fields are left out; the schema's defaults are not filled in, the flow does that itself.
    """
    made: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for one in fields:
        try:
            value = read_value(one, typed.get(one.key, ""))
        except BadInput as problem:
            problems.append(FieldProblem(one.path, str(problem)))
            continue
        if value is None:
            if one.required and one.default is None:
                problems.append(FieldProblem(one.path, "This is needed."))
        elif one.path:
            _place(made, one.path, value)
        elif isinstance(value, dict):
            made = value
        else:
            problems.append(FieldProblem((), "The input must be a JSON object."))
        if value is not None:
            problems += [FieldProblem(one.path, words) for _, words in check_value(value, one.schema)]
    return made, tuple(problems)


def _place(made: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        made = made.setdefault(step, {})
    made[path[-1]] = value


def disassemble(fields: tuple[InputField, ...], given: Document) -> dict[str, str]:
    """The texts of the fields for an existing input, for clones. What no field stands for stays out: see `covers`."""
    typed = {}
    for one in fields:
        value: object = given
        for step in one.path:
            value = wire.document(value).get(step)
        if value is not None:
            typed[one.key] = shown(value, one.kind)
    return typed


def covers(fields: tuple[InputField, ...], given: Document) -> bool:
    """Whether the form shows all of an existing input; if not, it is to be edited as JSON."""
    made, problems = assemble(fields, disassemble(fields, given))
    return not problems and made == dict(given)

"""A flow's input as a form: its JSON schema made into flat fields, and what was filled in made into the input again.

What a form cannot show is a field to be filled in as JSON. The whole input is checked against the whole schema, by the
same check that the sandbox's service refuses with: a form that shows no problem makes an input that is taken.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, FieldProblem
from globus_tui.domain.making.draft_file import read_json
from globus_tui.domain.making.json_checks import Problem, check_value, first_words, resolve, same
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.transfer.flow import Flow
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


NOTHING: Any = object()
"""Stands for "no default", as None can be a default."""


@dataclass(frozen=True, slots=True)
class InputField:
    """One field of the form, or an object whose fields follow it.

    Attributes:
        path: keys from the root of the input to it.
        label: its title, else the last step of its path.
        required: the input is not good without it, given that what is around it is there.
        needed: as `required`, and everything around it is required too.
        default: of the schema, or of an object around it; NOTHING where it has none.
        choices: the only values, if there are such.
        is_group: an object: it is no field itself, but the heading of those below it.
        pair: the path of the field for the path in this collection, where the two go together.
    """

    path: tuple[str, ...]
    kind: FieldKind
    label: str
    required: bool = False
    needed: bool = False
    nullable: bool = False
    default: Any = NOTHING
    choices: tuple[Any, ...] = ()
    description: str | None = None
    schema: Document = field(default_factory=dict, hash=False)
    is_group: bool = False
    pair: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """Its path with dots, to tell it apart; a step that has dots itself stands in quotes."""
        return key_of(self.path)

    @property
    def has_default(self) -> bool:
        return self.default is not NOTHING

    def spell(self, value: Any) -> str:
        """A value as it stands in the field. Of choices that would look alike the texts stand in quotes."""
        if self.kind is FieldKind.CHOICE:
            plain = [text_of(choice, FieldKind.TEXT) for choice in self.choices]
            if isinstance(value, str) and value.strip() == value and value and plain.count(value) < 2:
                return value
            return json.dumps(value, ensure_ascii=False)
        if value is None:
            return "null"
        if self.kind is FieldKind.TEXT and isinstance(value, str):
            # Typed without quotes it would be read as something else.
            is_null = self.nullable and value.strip() == "null"
            if value == "" or is_null or _unquoted(value) is not None:
                return json.dumps(value, ensure_ascii=False)
        return text_of(value, self.kind)


def key_of(path: tuple[str, ...]) -> str:
    """A path with dots between its steps."""
    return ".".join(json.dumps(step) if "." in step or '"' in step else step for step in path)


@dataclass(frozen=True, slots=True)
class InputForm:
    """All that a schema asks for.

    `nodes`: fields, and before those of an object its heading, in the order of the schema.
    """

    nodes: tuple[InputField, ...] = ()
    schema: Document = field(default_factory=dict, hash=False)

    @property
    def fields(self) -> tuple[InputField, ...]:
        return tuple(entry for entry in self.nodes if not entry.is_group)


def input_form(schema: Document | None) -> InputForm:
    """The form of a schema.

    A schema that says nothing of properties gives one field for the whole input as JSON. Objects within become
    groups of fields with longer paths.
    """
    if not schema:
        return InputForm()
    root = _plainer(schema, schema)
    nodes = tuple(_inside(root, schema, (), NOTHING, needed=True))[:MOST_FIELDS]
    if not nodes:
        nodes = (InputField((), FieldKind.JSON, "input", schema=schema),)
    return InputForm(nodes, schema)


def _inside(
    schema: Document, root: Document, path: tuple[str, ...], default: Any, *, needed: bool
) -> Iterator[InputField]:
    """The fields of an object's properties, in the order that the schema wishes for."""
    required = set(wire.texts(schema.get("required")))
    for name, part in _in_order(schema):
        if part is not True and not isinstance(part, dict):
            continue  # False, or no schema at all: no value would be valid
        if part is True and name == "additionalProperties":
            continue  # the keyword, a level too deep
        plain, below = _plainer(part, root), (*path, name)
        inherited = isinstance(default, dict) and name in default  # the default of the object around it counts
        within = default[name] if inherited else plain.get("default", NOTHING)
        is_required = name in required
        own = _field(plain, below, within, required=is_required, needed=needed and is_required)
        is_object = wire.document(plain.get("properties")) and plain.get("type", "object") == "object"
        if is_object and len(below) <= _DEEPEST and not own.nullable:
            inner = tuple(_inside(plain, root, below, within, needed=own.needed))
            if inner:
                yield replace(own, is_group=True, label=wire.text(plain.get("title")) or name)
                yield from _paired(plain, inner)
                continue
        yield own


def _in_order(schema: Document) -> list[tuple[str, Any]]:
    """Properties as the schema has them; `propertyOrder` of Globus's web application goes before."""
    properties = wire.document(schema.get("properties"))
    first = [name for name in dict.fromkeys(wire.texts(schema.get("propertyOrder"))) if name in properties]
    return [(str(name), properties[name]) for name in dict.fromkeys([*first, *properties])]


def _paired(schema: Document, inner: tuple[InputField, ...]) -> Iterator[InputField]:
    """An object of a collection and a path (Globus marks it by its format, seen in its docs) is chosen in one go."""
    depth = len(inner[0].path)
    own = {entry.path[-1]: entry for entry in inner if len(entry.path) == depth and entry.kind is not FieldKind.JSON}
    id_field, path = own.get("id"), own.get("path")
    path = path if path is not None and path.kind is FieldKind.TEXT else None
    marked = schema.get("format") == "globus-collection"
    for entry in inner:
        if entry is id_field and (marked or entry.kind is FieldKind.COLLECTION):
            yield replace(entry, kind=FieldKind.COLLECTION, pair=path.path if path else None)
        else:
            yield entry


def _plainer(schema: object, root: Document, depth: int = 0) -> Document:
    """A schema with references followed, and with what is said in a roundabout way said at its own level.

    One part of `allOf`; a form or null; values one by one. The whole schema is what is checked, so that nothing is
    lost by that.
    """
    flat = resolve(schema, root)
    if depth > _DEEPEST:
        return flat
    parts = wire.items(flat.get("allOf"))
    if len(parts) == 1:
        flat = {**_plainer(parts[0], root, depth + 1), **{key: value for key, value in flat.items() if key != "allOf"}}
    for keyword in ("anyOf", "oneOf"):
        forms = [resolve(form, root) for form in wire.items(flat.get(keyword))]
        rest = [
            form for form in forms if form.get("type") != "null" and not ("const" in form and form["const"] is None)
        ]
        around = {key: value for key, value in flat.items() if key != keyword}
        if forms and all("const" in form or "enum" in form for form in forms if form.get("type") != "null"):
            values = [value for form in rest for value in (wire.items(form.get("enum")) or [form.get("const")])]
            flat = {**around, "enum": [*values, *([None] if len(rest) < len(forms) else [])]}
        elif len(rest) == 1 and len(rest) < len(forms):
            inner = _plainer(rest[0], root, depth + 1)
            flat = {**inner, **around, "type": _with_null(inner.get("type"))}
    return flat


def _with_null(named: object) -> object:
    names = [named] if isinstance(named, str) else list(wire.texts(named))
    return [*names, "null"] if names and "null" not in names else named


def _field(schema: Document, path: tuple[str, ...], default: Any, *, required: bool, needed: bool) -> InputField:
    choices: list[Any] = []
    for value in [schema["const"]] if "const" in schema else wire.items(schema.get("enum")):
        if not any(same(value, kept) for kept in choices) and not check_value(value, {"type": schema.get("type", [])}):
            choices.append(value)
    nullable = "null" in wire.texts(schema.get("type")) or any(kept is None for kept in choices)
    return InputField(
        path=path,
        kind=_kind(schema, choices),
        label=wire.text(schema.get("title")) or path[-1],
        required=required,
        needed=needed,
        nullable=nullable,
        default=default,
        choices=tuple(choices),
        description=wire.text(schema.get("description")),
        schema=schema,
    )


def _kind(schema: Document, choices: list[Any]) -> FieldKind:
    if choices:
        return FieldKind.CHOICE
    named = schema.get("type")
    if isinstance(named, list):  # `["string", "null"]`
        rest = [name for name in named if name != "null"]
        named = rest[0] if len(rest) == 1 else None
    if named == "string" and schema.get("format") == "globus-collection":
        return FieldKind.COLLECTION
    if named == "array" and wire.document(schema.get("items")).get("type") == "string":
        return FieldKind.TEXTS
    return {
        "string": FieldKind.TEXT,
        "integer": FieldKind.WHOLE,
        "number": FieldKind.NUMBER,
        "boolean": FieldKind.FLAG,
    }.get(str(named), FieldKind.JSON)


def text_of(value: object, kind: FieldKind) -> str:
    """A value as the text that a field of this kind shows."""
    if kind is FieldKind.TEXTS and isinstance(value, list) and all(map(_is_line, value)):
        return "\n".join(value) if value else "[]"
    if isinstance(value, str) and kind in (FieldKind.TEXT, FieldKind.COLLECTION):
        return value
    if isinstance(value, bool) and kind is FieldKind.FLAG:
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False)


def _is_line(value: object) -> bool:
    """Whether a text can be shown on a line without quotes and is read back unchanged."""
    return isinstance(value, str) and value.splitlines() == [value] and value.strip() == value and value[:1] != "["


def read_value(entry: InputField, typed: str) -> Any:
    """What was typed into a field as a value; NOTHING for an empty field.

    Where null is allowed, `null` means it, and `"null"` the text. `""` is the empty text.

    Raises:
        BadInput: it cannot be such a value.
    """
    text = typed.strip()
    if not text:
        return NOTHING if typed == "" or entry.kind is not FieldKind.TEXT else typed
    if entry.kind is FieldKind.CHOICE:
        return _choice(entry, text)
    if entry.nullable and text == "null":
        return None
    if entry.kind in (FieldKind.TEXT, FieldKind.COLLECTION):
        quoted = _unquoted(text)
        return quoted if quoted is not None else typed if entry.kind is FieldKind.TEXT else text
    if entry.kind is FieldKind.TEXTS and not text.startswith("["):
        return [line.strip() for line in typed.splitlines() if line.strip()]
    if entry.kind is FieldKind.FLAG:
        return _flag(text)
    if entry.kind in (FieldKind.WHOLE, FieldKind.NUMBER):
        return _number(entry, text)
    return _json(entry, text)


def _unquoted(text: str) -> str | None:
    """What is between double quotes; None when the text is not in quotes."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _json(entry: InputField, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        kinds = wire.texts(entry.schema.get("type"))
        if "string" in kinds and text[0] not in '"{[':
            return text
        raise BadInput(f"This is no JSON: {problem}. Texts stand in double quotes.") from problem


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number of JSON")


def _choice(entry: InputField, text: str) -> Any:
    for choice in entry.choices:
        if text == entry.spell(choice):
            return choice
    for choice in entry.choices:
        if text == json.dumps(choice, ensure_ascii=False) or text.lower() == text_of(choice, FieldKind.FLAG).lower():
            return choice
    raise BadInput(f"Choose one of {', '.join(map(entry.spell, entry.choices))}.")


def _flag(text: str) -> bool:
    known = {"yes": True, "y": True, "true": True, "on": True, "no": False, "n": False, "false": False, "off": False}
    if text.lower() not in known:
        raise BadInput("Write yes or no.")
    return known[text.lower()]


def _number(entry: InputField, text: str) -> int | float:
    try:
        number = float(text)
        if entry.kind is FieldKind.WHOLE:
            return int(text)
    except (ValueError, OverflowError) as problem:
        raise BadInput(f"Write a {entry.kind.value}.") from problem
    if number != number or number in (float("inf"), float("-inf")):
        raise BadInput("Write a number.")
    return int(number) if number.is_integer() and "." not in text and "e" not in text.lower() else number


def assemble(form: InputForm, typed: Mapping[str, str]) -> tuple[dict[str, Any], tuple[FieldProblem, ...]]:
    """The input of what was typed, with every problem beside its field (its place is the field's path).

    Empty fields are left out, except that a required one is given its default, since the service refuses an input
    without it (documented), or null where that is all it may need.
    """
    made: dict[str, Any] = {}
    unread: list[FieldProblem] = []
    for entry in form.fields:
        try:
            value = read_value(entry, typed.get(entry.key, ""))
        except BadInput as problem:
            unread.append(FieldProblem(entry.path, str(problem)))
            continue
        if value is NOTHING:
            continue
        if entry.path:
            _place(made, entry.path, value)
        elif isinstance(value, dict):
            made = value
        else:
            unread.append(FieldProblem((), "The input must be a JSON object."))
    if any(entry.path == () for entry in form.nodes) and unread:
        return made, tuple(unread)
    made = with_defaults(form, made, apart=tuple(problem.place for problem in unread))
    return made, (*unread, *_checked(form, made, unread))


def with_defaults(
    form: InputForm, inputs: Mapping[str, Any], *, apart: tuple[tuple[object, ...], ...] = ()
) -> dict[str, Any]:
    """The input with the defaults of what is required and not there; nothing is put where something stands."""
    made: dict[str, Any] = deepcopy(dict(inputs))
    for entry in form.nodes:  # an object before what is in it
        if not entry.required or not entry.path or entry.path in apart:
            continue
        around = _at(made, entry.path[:-1])
        if not isinstance(around, dict) or entry.path[-1] in around:
            continue
        if entry.is_group:
            around[entry.path[-1]] = deepcopy(entry.default) if isinstance(entry.default, dict) else {}
        elif entry.has_default:
            around[entry.path[-1]] = deepcopy(entry.default)
        elif entry.nullable:
            around[entry.path[-1]] = None
    return made


def _checked(form: InputForm, made: dict[str, Any], unread: list[FieldProblem]) -> list[FieldProblem]:
    """What the service would refuse, beside the field that it belongs to."""
    known = {problem.place for problem in unread}
    problems: dict[tuple[object, ...], FieldProblem] = {}
    for place, words, kind in check_value(made, form.schema):
        if place in known or (kind == "required" and any(path[: len(place)] == place for path in known)):
            continue
        own = next((entry for entry in form.fields if entry.path == place), None)
        empty = kind == "required" and own is not None
        problems.setdefault(place, FieldProblem(place, "This is needed." if empty else words))
    return list(problems.values())


def _place(made: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        made = made.setdefault(step, {})
    made[path[-1]] = value


def _at(value: object, path: tuple[str, ...]) -> object:
    """The value at a path; NOTHING when the path does not exist."""
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return NOTHING
        value = value[step]
    return value


def disassemble(form: InputForm, inputs: Document) -> dict[str, str]:
    """The texts of the fields for an existing input, for clones. What no field stands for stays out: see `covers`."""
    values = ((entry, _at(inputs, entry.path)) for entry in form.fields)
    return {entry.key: entry.spell(value) for entry, value in values if value is not NOTHING}


def covers(form: InputForm, inputs: Document) -> bool:
    """Whether the form shows all of an existing input; if not, it is to be edited as JSON."""
    made, _ = assemble(form, disassemble(form, inputs))
    return same(made, with_defaults(form, inputs))


PREFIX = "input."
"""Before the key of a field, in a draft's `typed`."""
AS_JSON = "input_json"
"""The whole input as JSON, in a draft's `typed`."""


def choose_flow(draft: Draft, flow: Flow) -> Draft:
    """The draft with another flow; its input begins anew. The same flow again changes only what is said of it.

    What the flow requires and has a default for is put in: the service takes no input without it.
    """
    part = replace(draft.flow, flow_id=flow.flow_id, title=flow.title, scope=flow.scope)
    if draft.flow.flow_id != flow.flow_id:
        draft, part = replace(draft, typed=_untyped(draft)), replace(part, inputs={})
    if AS_JSON not in draft.typed:
        part = replace(part, inputs=with_defaults(input_form(flow.input_schema), part.inputs))
    return replace(draft, flow=part)


def fits_form(draft: Draft, form: InputForm) -> bool:
    """Whether fields can show all of the input that is there; if not, it is edited as JSON."""
    touched = any(key.startswith(PREFIX) for key in draft.typed)
    return bool(form.nodes) and (touched or not draft.flow.inputs or covers(form, draft.flow.inputs))


def texts_of(draft: Draft, form: InputForm) -> dict[str, str]:
    """The text of each field: as typed, else as the input has it."""
    texts = disassemble(form, draft.flow.inputs)
    return {entry.key: draft.typed.get(PREFIX + entry.key, texts.get(entry.key, "")) for entry in form.fields}


def with_input(draft: Draft, form: InputForm, key: str, text: str) -> Draft:
    texts = {**texts_of(draft, form), key: text}
    inputs, _ = assemble(form, texts)
    typed = {name: words for name, words in draft.typed.items() if name != AS_JSON}
    typed |= {PREFIX + name: words for name, words in texts.items()}
    return replace(draft, flow=replace(draft.flow, inputs=inputs), typed=typed)


def with_json(draft: Draft, text: str) -> Draft:
    """The draft with its whole input as JSON; what is none leaves the input as it was."""
    typed = _untyped(draft) | {AS_JSON: text}
    try:
        inputs = read_input(text)
    except BadInput:
        return replace(draft, typed=typed)
    return replace(draft, flow=replace(draft.flow, inputs=inputs), typed=typed)


def read_input(text: str) -> dict[str, Any]:
    """A flow's input. Raises `BadInput`: it is no JSON, or no object."""
    document = read_json(text) if text.strip() else {}
    if not isinstance(document, dict):
        raise BadInput("The input must be a JSON object.")
    return document


def json_text(draft: Draft) -> str:
    """The whole input: as typed, else written out."""
    return draft.typed.get(AS_JSON) or json.dumps(dict(draft.flow.inputs), ensure_ascii=False, indent=2)


def input_problems(draft: Draft, schema: Mapping[str, Any] | None) -> dict[str, str]:
    """What is wrong with the input that would be sent, by the key of the field; "" is the whole."""
    form = input_form(schema)
    problems: dict[str, str] = {}
    if AS_JSON in draft.typed:
        try:
            read_input(draft.typed[AS_JSON])
        except BadInput as wrong:
            return {"": str(wrong)}
    elif fits_form(draft, form):
        for problem in assemble(form, texts_of(draft, form))[1]:
            problems.setdefault(_beside(form, problem.place), problem.message)
    if schema and not problems:
        for place, words, kind in check_value(dict(draft.flow.inputs), schema):
            node = next((entry for entry in form.nodes if entry.path == place), None)
            if kind == "required" and node is not None and node.has_default:
                default = text_of(node.default, FieldKind.JSON)
                words = f"{words.rstrip('.')}; its default is {default}, but Globus does not fill it in."
            key = "" if AS_JSON in draft.typed or not fits_form(draft, form) else _beside(form, place)
            problems.setdefault(key, words if key else first_words([Problem(place, words, kind)]) or words)
    return problems


def _beside(form: InputForm, place: tuple[str | int, ...]) -> str:
    """The field that a place belongs to: it, the nearest around it, else the first one in it."""
    fields = form.fields
    around = [entry for entry in fields if entry.path and entry.path == place[: len(entry.path)]]
    inside = [entry for entry in fields if entry.path[: len(place)] == place] if place else []
    return next((entry.key for entry in (*reversed(around), *inside)), "")


def incomplete_words(draft: Draft, flow: Flow) -> str | None:
    """The first thing that is wrong with the input as the flow describes it, in words; None when nothing is."""
    problems = input_problems(draft, flow.input_schema)
    order = ("", *(entry.key for entry in input_form(flow.input_schema).fields))
    faults = [f"{key or 'the input'}: {problems[key].rstrip('.')}" for key in order if key in problems]
    return f"The flow's input is not complete: {faults[0]}" if faults else None


def people(text: str) -> tuple[str, ...]:
    """A list of URNs or tags as typed with commas or blanks between them."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def _untyped(draft: Draft) -> dict[str, str]:
    return {key: text for key, text in draft.typed.items() if not key.startswith(PREFIX) and key != AS_JSON}

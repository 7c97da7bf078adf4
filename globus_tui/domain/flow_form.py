"""A draft's flow input in the fields of a form: what was typed stays, whatever it means."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput
from globus_tui.domain.flow_inputs import assemble, covers, disassemble, input_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.flow import Flow
    from globus_tui.domain.flow_inputs import InputField

PREFIX = "input."
"""Before the key of a field, in a draft's `typed`."""
AS_JSON = "input_json"
"""The whole input as JSON, in a draft's `typed`."""


def choose_flow(draft: Draft, flow: Flow) -> Draft:
    """The draft with another flow; its input begins anew. The same flow again changes only what is said of it."""
    same = draft.flow.flow_id == flow.flow_id
    part = replace(draft.flow, flow_id=flow.flow_id, title=flow.title, scope=flow.scope)
    if same:
        return replace(draft, flow=part)
    return replace(draft, flow=replace(part, inputs={}), typed=_untyped(draft))


def fits_form(draft: Draft, schema: Mapping[str, Any] | None) -> bool:
    """Whether fields can show all of the input that is there; if not, it is edited as JSON."""
    fields = input_fields(schema)
    touched = any(key.startswith(PREFIX) for key in draft.typed)
    return bool(fields) and (touched or not draft.flow.inputs or covers(fields, draft.flow.inputs))


def texts_of(draft: Draft, fields: tuple[InputField, ...]) -> dict[str, str]:
    """The text of each field: as typed, else as the input has it."""
    found = disassemble(fields, draft.flow.inputs)
    return {one.key: draft.typed.get(PREFIX + one.key, found.get(one.key, "")) for one in fields}


def with_input(draft: Draft, fields: tuple[InputField, ...], key: str, text: str) -> Draft:
    """The draft with one field typed anew."""
    texts = {**texts_of(draft, fields), key: text}
    inputs, _ = assemble(fields, texts)
    typed = {name: said for name, said in draft.typed.items() if name != AS_JSON}
    typed |= {PREFIX + one: said for one, said in texts.items()}
    return replace(draft, flow=replace(draft.flow, inputs=inputs), typed=typed)


def with_json(draft: Draft, text: str) -> Draft:
    """The draft with its whole input as JSON; what is none leaves the input as it was."""
    typed = _untyped(draft) | {AS_JSON: text}
    try:
        inputs = read_json(text)
    except BadInput:
        return replace(draft, typed=typed)
    return replace(draft, flow=replace(draft.flow, inputs=inputs), typed=typed)


def read_json(text: str) -> dict[str, Any]:
    """A flow's input.

    Raises:
        BadInput: it is no JSON (with the line), or no object.
    """
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadInput(f"Line {problem.lineno}, column {problem.colno}: this is no JSON: {problem.msg}.") from problem
    except RecursionError as problem:
        raise BadInput("This is nested too deep.") from problem
    if not isinstance(found, dict):
        raise BadInput("The input must be a JSON object.")
    return found


def json_text(draft: Draft) -> str:
    """The whole input: as typed, else written out."""
    return draft.typed.get(AS_JSON) or json.dumps(dict(draft.flow.inputs), ensure_ascii=False, indent=2)


def input_problems(draft: Draft, schema: Mapping[str, Any] | None) -> dict[str, str]:
    """What is wrong, by the key of the field; "" is the whole."""
    if AS_JSON in draft.typed:
        try:
            read_json(draft.typed[AS_JSON])
        except BadInput as wrong:
            return {"": str(wrong)}
    fields = input_fields(schema)
    if not fields:
        return {}
    found: dict[str, str] = {}
    if fits_form(draft, schema):
        for one in assemble(fields, texts_of(draft, fields))[1]:
            place = ".".join(map(str, one.place))
            known = place if any(field.key == place for field in fields) else ""
            found.setdefault(known, one.message)
    else:
        given = disassemble(fields, draft.flow.inputs)
        missing = [one.label for one in fields if one.required and one.default is None and one.key not in given]
        if missing:
            found[""] = f"{', '.join(missing)}: this is needed."
    return found


def incomplete_words(draft: Draft, flow: Flow) -> str | None:
    """The first thing that is wrong with the input as the flow describes it, in words; None when nothing is."""
    problems = input_problems(draft, flow.input_schema)
    labels = {one.key: one.label for one in input_fields(flow.input_schema)}
    said = [f"{labels.get(key) or 'the input'}: {words.rstrip('.')}" for key, words in problems.items()]
    return f"The flow's input is not complete: {said[0]}" if said else None


def people(text: str) -> tuple[str, ...]:
    """A list of URNs or tags as typed with commas or blanks between them."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def _untyped(draft: Draft) -> dict[str, str]:
    return {key: text for key, text in draft.typed.items() if not key.startswith(PREFIX) and key != AS_JSON}

"""A flow's schema as a form, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.flow_inputs import (
    FieldKind,
    assemble,
    covers,
    disassemble,
    input_fields,
    read_value,
)
from globus_tui.domain.json_checks import check_value

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["source", "count", "mode"],
    "additionalProperties": False,
    "definitions": {
        "place": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "globus-collection"},
                "path": {"type": "string", "default": "/"},
            },
        }
    },
    "properties": {
        "source": {"$ref": "#/definitions/place", "title": "From"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many"},
        "ratio": {"type": "number"},
        "deep": {"type": "boolean", "default": True},
        "mode": {"enum": ["fast", "slow", 3]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "label": {"type": ["string", "null"], "minLength": 2},
        "extra": {"type": "array", "items": {"type": "object"}},
    },
}
FIELDS = input_fields(SCHEMA)


def test_fields_are_flat_and_in_order_with_what_a_form_needs() -> None:
    assert [(one.key, one.kind) for one in FIELDS] == [
        ("source.id", FieldKind.COLLECTION),
        ("source.path", FieldKind.TEXT),
        ("count", FieldKind.WHOLE),
        ("ratio", FieldKind.NUMBER),
        ("deep", FieldKind.FLAG),
        ("mode", FieldKind.CHOICE),
        ("tags", FieldKind.TEXTS),
        ("label", FieldKind.TEXT),
        ("extra", FieldKind.JSON),
    ]
    assert [one.key for one in FIELDS if one.required] == ["source.id", "count", "mode"]
    assert (FIELDS[1].default, FIELDS[2].description, FIELDS[5].choices) == ("/", "How many", ("fast", "slow", 3))


TYPED = {
    "source.id": " 1a2b ",
    "count": "3",
    "ratio": "0.5",
    "deep": "no",
    "mode": "3",
    "tags": "a\n\nb",
    "extra": '[{"x": null}]',
}


def test_what_was_typed_becomes_the_input() -> None:
    made, problems = assemble(FIELDS, TYPED)
    assert problems == ()
    assert made == {
        "source": {"id": "1a2b"},
        "count": 3,
        "ratio": 0.5,
        "deep": False,
        "mode": 3,
        "tags": ["a", "b"],
        "extra": [{"x": None}],
    }
    assert covers(FIELDS, made)
    assert assemble(FIELDS, disassemble(FIELDS, made))[0] == made


def test_an_input_with_more_than_the_form_shows_is_edited_as_json() -> None:
    assert not covers(FIELDS, {"source": {"id": "x"}, "count": 1, "mode": "fast", "unknown": 1})


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("count", "three", "whole number"),
        ("count", "10", "9 at most"),
        ("count", "0", "1 at least"),
        ("count", "", "needed"),
        ("ratio", "nan", "number"),
        ("deep", "perhaps", "yes or no"),
        ("mode", "medium", "fast, slow, 3"),
        ("tags", "a\nb\nc", "2 entries at most"),
        ("label", "x", "2 characters"),
        ("extra", "{", "no JSON"),
        ("extra", "[1]", "an object"),
    ],
)
def test_problems_stand_beside_their_fields(key: str, typed: str, words: str) -> None:
    _, problems = assemble(FIELDS, TYPED | {key: typed})
    (problem,) = problems
    assert ".".join(map(str, problem.place)) == key
    assert words in problem.message


@pytest.mark.parametrize("schema", [None, {}])
def test_a_flow_that_takes_nothing_has_no_fields(schema: Any) -> None:
    assert input_fields(schema) == ()


@pytest.mark.parametrize("schema", [{"type": "object"}, {"oneOf": [{}], "properties": {"a": {}}}, {"$ref": "http://x"}])
def test_a_schema_that_is_no_form_is_filled_in_as_json(schema: Any) -> None:
    (whole,) = input_fields(schema)
    assert (whole.path, whole.kind) == ((), FieldKind.JSON)
    assert assemble((whole,), {"": '{"a": 1}'}) == ({"a": 1}, ())
    assert assemble((whole,), {"": "[1]"})[1]


def test_a_schema_that_refers_to_itself_ends() -> None:
    loop = {"properties": {"a": {"$ref": "#/properties/a"}, "b": {"$ref": "#"}}, "type": "object"}
    assert input_fields(loop)


def test_unknown_properties_are_refused_where_the_schema_says_so() -> None:
    found = check_value({"source": {"id": "x"}, "count": 1, "mode": "fast", "colour": 1}, SCHEMA)
    assert [path for path, _ in found] == [("colour",)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SCHEMA, "enum", "$ref", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA, "enum", "items", "$ref"]), JSON), st.text(max_size=10))
def test_no_schema_and_no_text_makes_it_fail(schema: dict[str, Any], typed: str) -> None:
    for one in input_fields(schema):
        try:
            value = read_value(one, typed)
        except BadInput:
            continue
        check_value(value, schema)

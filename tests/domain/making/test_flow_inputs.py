"""A flow's schema as a form, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.flow_inputs import (
    FieldKind,
    assemble,
    covers,
    disassemble,
    input_form,
    read_input,
    read_value,
)
from globus_tui.domain.making.json_checks import check_value
from globus_tui.present.safe_text import cell_width
from globus_tui.sandbox.flows import runs as flow_runs
from globus_tui.screens.create.flow_step import LABEL_WIDTH, field_labels
from tests.domain.flow_schemas import ID, OTHER, SCHEMAS

PLACE = "1a2b3c4d-1111-4111-8111-0123456789ab"
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
FORM = input_form(SCHEMA)
FIELDS = FORM.fields


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
    assert [one.key for one in FORM.nodes if one.is_group] == ["source"]
    assert (FIELDS[1].default, FIELDS[2].description, FIELDS[5].choices) == ("/", "How many", ("fast", "slow", 3))


TYPED = {
    "source.id": f" {PLACE} ",
    "count": "3",
    "ratio": "0.5",
    "deep": "no",
    "mode": "3",
    "tags": "a\n\nb",
    "extra": '[{"x": null}]',
}


def test_what_was_typed_becomes_the_input() -> None:
    made, problems = assemble(FORM, TYPED)
    assert problems == ()
    assert made == {
        "source": {"id": PLACE},
        "count": 3,
        "ratio": 0.5,
        "deep": False,
        "mode": 3,
        "tags": ["a", "b"],
        "extra": [{"x": None}],
    }
    assert covers(FORM, made)
    assert assemble(FORM, disassemble(FORM, made))[0] == made


def test_an_input_with_more_than_the_form_shows_is_edited_as_json() -> None:
    assert not covers(FORM, {"source": {"id": PLACE}, "count": 1, "mode": "fast", "unknown": 1})


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
    _, problems = assemble(FORM, TYPED | {key: typed})
    (problem,) = problems
    assert problem.place[: len(key.split("."))] == tuple(key.split("."))
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{\n  oops", "Line 2"),
        ("[]", "object"),
        ('{"a": 1, "b": {"a": 1, "a": 2}}', "“a” is said twice"),
        ("[" * 100_000, "too deep"),
        ('{"a": ' + "9" * 5000 + "}", "a number in it is too long"),
    ],
)
def test_an_input_that_cannot_be_read_is_told(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_input(text)


@pytest.mark.parametrize("schema", [None, {}])
def test_a_flow_that_takes_nothing_has_no_fields(schema: Any) -> None:
    assert input_form(schema).fields == ()


@pytest.mark.parametrize("schema", [{"type": "object"}, {"oneOf": [{"required": ["a"]}]}, {"$ref": "http://x"}])
def test_a_schema_that_is_no_form_is_filled_in_as_json(schema: Any) -> None:
    form = input_form(schema)
    (whole,) = form.fields
    assert (whole.path, whole.kind) == ((), FieldKind.JSON)
    assert assemble(form, {"": '{"a": 1}'}) == ({"a": 1}, ())
    assert assemble(form, {"": "[1]"})[1]


def test_a_schema_that_refers_to_itself_ends() -> None:
    loop = {"properties": {"a": {"$ref": "#/properties/a"}, "b": {"$ref": "#"}}, "type": "object"}
    assert input_form(loop).fields


def test_unknown_properties_are_refused_where_the_schema_says_so() -> None:
    found = check_value({"source": {"id": PLACE}, "count": 1, "mode": "fast", "colour": 1}, SCHEMA)
    assert [one.place for one in found] == [("colour",)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SCHEMA, "enum", "$ref", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA, "enum", "items", "$ref"]), JSON), st.text(max_size=10))
def test_no_schema_and_no_text_makes_it_fail(schema: dict[str, Any], typed: str) -> None:
    for one in input_form(schema).fields:
        try:
            value = read_value(one, typed)
        except BadInput:
            continue
        check_value(value, schema)


# --- schemas as public flows have them

WRITTEN = [
    *("", "x", "null", '"null"', '""', "0", '"0"', "1", "2.5", "yes", "no", "/a/", "/a", ID, OTHER, "a\nbb"),
    *("[]", "[1]", "{}", '{"x": "y"}', f'{{"id": "{ID}", "path": "/a/"}}'),
    *("fast", "move", "ops@example.org", "2026-12-01T00:00:00Z"),
]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_form_without_a_problem_makes_an_input_that_the_service_takes(schema: dict[str, Any], data: Any) -> None:
    form = input_form(schema)
    typed = {one.key: data.draw(st.sampled_from(WRITTEN), label=one.key) for one in form.fields}
    made, problems = assemble(form, typed)
    refused = flow_runs.wrong(json.loads(json.dumps(made)), schema)
    assert bool(problems) or not refused
    if refused == [] and covers(form, made):
        assert assemble(form, disassemble(form, made)) == (made, ())


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_no_two_fields_have_the_same_key_and_no_two_of_an_object_the_same_label(schema: dict[str, Any]) -> None:
    form = input_form(schema)
    keys = [one.key for one in form.nodes]
    assert len(set(keys)) == len(keys)
    labels = field_labels(form)
    told = [(one.path[:-1], labels[one.path]) for one in form.fields]
    assert len(set(told)) == len(told)
    assert all(cell_width(words) <= LABEL_WIDTH for words in labels.values())


def made_of(name: str, **typed: str) -> tuple[dict[str, Any], list[str]]:
    made, problems = assemble(input_form(SCHEMAS[name]), {key.replace("__", "."): said for key, said in typed.items()})
    return made, sorted(f"{'.'.join(map(str, one.place))}: {one.message}" for one in problems)


def test_a_required_field_with_a_default_sends_it() -> None:
    made, problems = made_of("move: a default for what is required", source__id=ID, source__path="/raw/")
    assert problems == []
    assert made == {
        "source": {"id": ID, "path": "/raw/"},
        "destination": {"id": OTHER, "path": "/archive/"},
        "recursive_tx": True,
    }
    made, _ = made_of("move: a default for what is required", destination__path="/else/", recursive_tx="no")
    assert (made["destination"], made["recursive_tx"]) == ({"id": OTHER, "path": "/else/"}, False)
    assert made_of("numbers")[0] == {"zero": 0}
    assert made_of("an empty text is a default") == ({"prefix": ""}, [])
    assert made_of("one value") == ({"kind": "move"}, ["version: This is needed."])
    assert made_of("required object of optional parts") == ({"options": {}}, [])
    assert made_of("optional object with required parts") == ({}, [])
    made, problems = made_of("optional object with required parts", notify__to="ops@example.org")
    assert (made, problems) == ({"notify": {"to": "ops@example.org", "when": "end"}}, [])


def test_null_zero_and_the_text_zero_can_each_be_given() -> None:
    name = "sync levels as numbers, texts and null"
    field = input_form(SCHEMAS[name]).fields[0]
    assert [field.spell(one) for one in field.choices] == ["null", '"0"', '"1"', '"2"', '"3"', "0", "1", "2", "3"]
    found = [made_of(name, sync_level=said)[0]["sync_level"] for said in ("null", "0", '"0"', "")]
    assert [json.dumps(one) for one in found] == ["null", "0", '"0"', "null"]
    quick = input_form(SCHEMAS[name]).fields[1]
    assert [quick.spell(one) for one in quick.choices] == ['"null"', "null", '"1"', "1"]


def test_null_is_given_by_its_word_or_by_leaving_a_required_field_empty() -> None:
    name = "nullable in five ways"
    assert made_of(name) == (dict.fromkeys("abcde"), [])
    made, problems = made_of(name, a="null", b='"null"', c="3", d="fast", e='{"x": "y"}')
    assert (made, problems) == ({"a": None, "b": "null", "c": 3, "d": "fast", "e": {"x": "y"}}, [])
    assert made_of(name, c="0")[1] == ["c: This must be 1 at least."]


def test_an_object_of_a_collection_and_a_path_is_one_place() -> None:
    nodes = input_form(SCHEMAS["all within input, with an order of its own"]).nodes
    assert [(one.key, one.kind, one.is_group) for one in nodes if one.path[:2] != ("input", "label")] == [
        ("input", FieldKind.JSON, True),
        ("input.source", FieldKind.JSON, True),
        ("input.source.id", FieldKind.COLLECTION, False),
        ("input.source.path", FieldKind.TEXT, False),
    ]
    assert nodes[1].key == "input.label"
    assert nodes[3].pair == ("input", "source", "path")
    assert (nodes[2].label, nodes[2].description) == ("From", "A folder; its path must end with a slash.")


def test_what_is_no_schema_makes_no_field() -> None:
    assert [one.key for one in input_form(SCHEMAS["keywords a level too deep"]).fields] == ["tar.level", "anything"]


def test_problems_of_the_whole_are_said_and_keep_the_input_back() -> None:
    assert made_of("either of two", a="x", b="y")[1]
    assert made_of("either of two", a="x") == ({"a": "x"}, [])
    assert made_of("what depends on what", mode="many")[1] == ["count: This is needed."]
    assert made_of("what depends on what", mode="one") == ({"mode": "one"}, [])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("who", f"urn:globus:auth:identity:{ID}", "ops"),
        ("where", ID, "a1b2"),
        ("when", "2026-12-01T18:00:00Z", "2026-12-01T18:00:00"),
        ("day", "2026-12-01", "1 Dec"),
        ("mail", "ops@example.org", "ops"),
        ("link", "https://example.org/a", "example"),
    ],
)
def test_formats_are_checked(name: str, good: str, bad: str) -> None:
    assert made_of("formats", **{name: good}) == ({name: good}, [])
    assert len(made_of("formats", **{name: bad})[1]) == 1


def test_values_with_titles_and_lists_of_several_kinds() -> None:
    assert made_of("values with titles") == ({"how": 0}, [])
    assert made_of("values with titles", how="1") == ({"how": 1}, [])
    made, problems = made_of("lists", names="ab\ncd", sizes="[1, 2]")
    assert (made, problems) == ({"names": ["ab", "cd"], "places": [], "sizes": [1, 2]}, [])
    assert made_of("lists", names="[]")[1] == ["names: This needs 1 entry at least."]
    assert made_of("numbers", either="0")[0]["either"] == 0
    assert made_of("numbers", either='"0"')[0]["either"] == "0"
    assert made_of("numbers", either="seven")[0]["either"] == "seven"

"""A flow's input in a form: what is typed stays, and what the form cannot show is edited as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from globus_tui.domain.draft import FlowPart, What, new_draft
from globus_tui.domain.flow import Flow
from globus_tui.domain.flow_form import (
    choose_flow,
    fits_form,
    input_problems,
    json_text,
    people,
    texts_of,
    with_input,
    with_json,
)
from globus_tui.domain.flow_inputs import input_fields

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path", "copies"],
    "properties": {
        "path": {"type": "string", "title": "Path"},
        "copies": {"type": "integer", "minimum": 1},
        "keep": {"type": "boolean", "default": True},
    },
}
FIELDS = input_fields(SCHEMA)
DRAFT = new_draft(What.FLOW_TIMER)


def test_fields_become_the_input() -> None:
    draft = with_input(with_input(DRAFT, FIELDS, "path", "/raw/"), FIELDS, "copies", "3")
    assert draft.flow.inputs == {"path": "/raw/", "copies": 3}
    assert input_problems(draft, SCHEMA) == {}


def test_a_text_that_makes_no_sense_stays_in_its_field_and_is_said_beside_it() -> None:
    draft = with_input(DRAFT, FIELDS, "copies", "a few")
    assert texts_of(draft, FIELDS)["copies"] == "a few"
    assert draft.flow.inputs == {}
    assert set(input_problems(draft, SCHEMA)) == {"path", "copies"}


def test_an_input_that_the_form_cannot_show_is_edited_as_json() -> None:
    draft = replace(DRAFT, flow=FlowPart("f", inputs={"path": "/raw/", "copies": 1, "more": [1, 2]}))
    assert not fits_form(draft, SCHEMA)
    assert '"more"' in json_text(draft)
    assert input_problems(draft, SCHEMA) == {}


def test_json_that_is_none_is_kept_as_typed_and_changes_nothing_else() -> None:
    draft = with_json(with_json(DRAFT, '{"path": "/raw/", "copies": 2}'), '{"path": ')
    assert draft.flow.inputs == {"path": "/raw/", "copies": 2}
    assert json_text(draft) == '{"path": '
    assert "no JSON" in input_problems(draft, SCHEMA)[""]


def test_json_without_what_is_needed_is_told_apart_from_complete_json() -> None:
    draft = with_json(DRAFT, '{"path": "/raw/", "odd": true}')
    assert "copies" in input_problems(draft, SCHEMA)[""]


def test_another_flow_begins_with_an_empty_form_and_the_same_keeps_it() -> None:
    one, other = Flow("f", "One", "scope-1"), Flow("g", "Other", "scope-2")
    draft = with_input(choose_flow(DRAFT, one), FIELDS, "path", "/raw/")
    assert choose_flow(draft, one).flow.inputs == {"path": "/raw/"}
    assert choose_flow(draft, other).flow == FlowPart("g", "Other", "scope-2")
    assert texts_of(choose_flow(draft, other), FIELDS)["path"] == ""


def test_lists_of_people_take_commas_and_blanks() -> None:
    assert people(" urn:a, urn:b urn:a ") == ("urn:a", "urn:b")

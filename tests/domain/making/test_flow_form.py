"""A flow's input in a form: what is typed stays, and what the form cannot show is edited as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from globus_tui.domain.making.draft import FlowPart, What, new_draft
from globus_tui.domain.making.flow_inputs import (
    choose_flow,
    fits_form,
    incomplete_words,
    input_form,
    input_problems,
    json_text,
    people,
    texts_of,
    with_input,
    with_json,
)
from globus_tui.domain.transfer.flow import Flow
from tests.domain.flow_schemas import ID, SCHEMAS

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["path", "copies"],
    "properties": {
        "path": {"type": "string", "title": "Path"},
        "copies": {"type": "integer", "minimum": 1},
        "keep": {"type": "boolean", "default": True},
    },
}
FORM = input_form(SCHEMA)
DRAFT = new_draft(What.FLOW_TIMER)


def test_fields_become_the_input() -> None:
    draft = with_input(with_input(DRAFT, FORM, "path", "/raw/"), FORM, "copies", "3")
    assert draft.flow.inputs == {"path": "/raw/", "copies": 3}
    assert input_problems(draft, SCHEMA) == {}


def test_a_text_that_makes_no_sense_stays_in_its_field_and_is_said_beside_it() -> None:
    draft = with_input(DRAFT, FORM, "copies", "a few")
    assert texts_of(draft, FORM)["copies"] == "a few"
    assert draft.flow.inputs == {}
    assert set(input_problems(draft, SCHEMA)) == {"path", "copies"}


def test_an_input_that_the_form_cannot_show_is_edited_as_json() -> None:
    draft = replace(DRAFT, flow=FlowPart("f", inputs={"path": "/raw/", "copies": 1, "more": [1, 2]}))
    assert not fits_form(draft, FORM)
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
    draft = with_input(choose_flow(DRAFT, one), FORM, "path", "/raw/")
    assert choose_flow(draft, one).flow.inputs == {"path": "/raw/"}
    assert choose_flow(draft, other).flow == FlowPart("g", "Other", "scope-2")
    assert texts_of(choose_flow(draft, other), FORM)["path"] == ""


def test_lists_of_people_take_commas_and_blanks() -> None:
    assert people(" urn:a, urn:b urn:a ") == ("urn:a", "urn:b")


def test_a_default_that_a_file_leaves_out_is_named_and_choosing_the_flow_puts_it_in() -> None:
    flow = Flow("f", "Move", "scope", input_schema=SCHEMAS["move: a default for what is required"])
    given = {"source": {"id": ID, "path": "/raw/"}}
    draft = replace(DRAFT, flow=FlowPart("f", inputs=given))
    assert "its default is true, but Globus does not fill it in" in str(input_problems(draft, flow.input_schema))
    filled = choose_flow(draft, flow)
    assert filled.flow.inputs["recursive_tx"] is True
    assert incomplete_words(filled, flow) is None
    assert incomplete_words(replace(draft, flow=FlowPart("f")), flow) == (
        "The flow's input is not complete: source.id: This is needed"
    )
    assert "“source” is needed" in str(incomplete_words(with_json(filled, '{"sits": 1}'), flow))

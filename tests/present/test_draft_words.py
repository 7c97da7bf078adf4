"""The review in words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.collection import Collection, CollectionKind
from globus_tui.domain.destructive import Deletions
from globus_tui.domain.draft import Draft, FlowPart, Intent, What, new_draft, with_intent
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.scope import Scope, timer_scope
from globus_tui.domain.transfer import TransferItem
from globus_tui.domain.typed_schedules import parse_schedule
from globus_tui.present import draft_words
from tests.domain.making import DESTINATION, NAMES, SOURCE

NOW = datetime(2026, 11, 21, 20, 33, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
NIGHT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def mirror() -> Draft:
    draft = with_intent(new_draft(), Intent.MIRROR)
    items = (TransferItem("/proj/climate/", "/climate/", True),)
    data = replace(draft.transfer, source_endpoint=SOURCE, destination_endpoint=DESTINATION, items=items)
    return replace(draft, name="nightly", transfer=data, schedule=RecurringSchedule(timedelta(days=1), NIGHT))


def rows(draft: Draft) -> dict[str, str]:
    return {fact.label: fact.words for fact in draft_words.review(draft, NAMES, NOW, CHICAGO)}


def test_a_mirror_is_said_with_its_danger_and_both_clocks() -> None:
    found = rows(mirror())
    assert (found["from"], found["to"]) == ("NERSC DTN", "Campus Archive")
    assert "DELETES" in found["beware"]
    assert found["when"] == "every 1 day, first Sun 22 Nov 2026 02:00 CST (08:00Z), no end"
    styles = {fact.style for fact in draft_words.review(mirror(), NAMES, NOW, CHICAGO)}
    assert "warning" in styles


def test_what_is_missing_is_said() -> None:
    found = rows(new_draft())
    assert (found["from"], found["items"], found["when"], found["name"]) == (
        "not chosen",
        "nothing chosen",
        "not said",
        "none",
    )


def test_a_name_of_the_draft_stands_in_for_one_not_known() -> None:
    found = draft_words.review(replace(mirror(), source_name="My DTN"), {}, NOW, CHICAGO)
    assert "My DTN" in [fact.words for fact in found]


def test_a_group_lists_its_timers() -> None:
    members = parse_schedule("weekdays 18:00", NOW, CHICAGO).members
    found = draft_words.review(replace(mirror(), group=members, schedule=members[0].schedule), NAMES, NOW, CHICAGO)
    first = next(fact.words for fact in found if "18:00" in fact.words)
    assert first.startswith("every 1 week, first Mon 23 Nov")
    assert "5 timers together:" in [fact.words for fact in found]


def test_a_flow_timer() -> None:
    draft = Draft(
        What.FLOW_TIMER, "f", schedule=OnceSchedule(), flow=FlowPart("id", "Report", inputs={"n": [1]}, tags=("t",))
    )
    found = rows(draft)
    assert (found["flow"], found["n"], found["tags"]) == ("Report", "[1]", "t")
    assert found["when"] == "once, as soon as it is created"


def test_ends_are_said() -> None:
    ten = RecurringSchedule(timedelta(hours=6), NIGHT, EndCondition(after_runs=10))
    assert "10 times" in draft_words.echo(ten, NOW, CHICAGO)


def test_the_request_is_what_is_sent() -> None:
    head, _, body = draft_words.request_text(mirror()).partition("\n")
    assert head == "POST /v2/timer"
    assert json.loads(body) == {"timer": mirror().to_timer().to_document()}
    assert draft_words.request_text(replace(mirror(), what=What.TRANSFER_NOW)).startswith("POST /v0.10/transfer")
    with pytest.raises(BadInput):
        draft_words.request_text(new_draft())


def test_consents_in_words() -> None:
    assert draft_words.consent_words(timer_scope([SOURCE]), NAMES) == "read and write NERSC DTN for you (data_access)"
    assert draft_words.consent_words(Scope("timer", (Scope("flow_x_user"),)), NAMES) == "start this flow for you"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deleted": True}, "deleted"),
        ({"kind": CollectionKind.ENDPOINT}, "holds no data"),
        ({"connected": False}, "not connected"),
        ({"paused": True}, "paused"),
    ],
)
def test_a_collection_that_cannot_be_used_says_what_it_is(changes: dict[str, object], words: str) -> None:
    collection = replace(Collection("id", "name"), **changes)  # type: ignore[arg-type]  # a table of mixed values
    assert words in (draft_words.collection_trouble(collection) or "")
    assert draft_words.collection_trouble(Collection("id", "name", CollectionKind.MAPPED)) is None


def test_deletions_are_counted_and_named() -> None:
    many = Deletions(tuple(f"f{n}" for n in range(30)), 100, False, False)
    assert (
        draft_words.deletion_words(many, 2)
        == "The first run would DELETE at least 30 of 100 entries: f0, f1 and 28 more."
    )
    assert "nothing" in draft_words.deletion_words(Deletions((), 3, True, False))

"""The review in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from globus_tui.domain.making.draft import Draft, FlowPart, Guards, Intent, What, new_draft, with_intent
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.transfer.transfer import FilterRule, TransferItem
from globus_tui.present import review_facts
from tests.domain.samples import DESTINATION, NAMES, SOURCE

NOW = datetime(2026, 11, 21, 20, 33, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
NIGHT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def mirror() -> Draft:
    draft = with_intent(new_draft(), Intent.MIRROR)
    items = (TransferItem("/proj/climate/", "/climate/", True),)
    data = replace(draft.transfer, source_endpoint=SOURCE, destination_endpoint=DESTINATION, items=items)
    return replace(draft, name="nightly", transfer=data, schedule=RecurringSchedule(timedelta(days=1), NIGHT))


def rows(draft: Draft) -> dict[str, str]:
    return {fact.label: fact.words for fact in review_facts.review(draft, NAMES, NOW, CHICAGO)}


def test_a_mirror_is_said_with_its_danger_and_both_clocks() -> None:
    found = rows(mirror())
    assert (found["from"], found["to"]) == ("NERSC DTN", "Campus Archive")
    assert "DELETES" in found["mirror"]
    assert found["when"] == "every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end"


def test_what_is_missing_is_said() -> None:
    found = rows(new_draft())
    assert (found["from"], found["items"], found["when"], found["name"]) == (
        "not chosen",
        "nothing chosen",
        "not said",
        "none",
    )


def test_a_name_of_the_draft_stands_in_for_one_not_known() -> None:
    found = review_facts.review(replace(mirror(), source_name="My DTN"), {}, NOW, CHICAGO)
    assert "My DTN" in [fact.words for fact in found]


def test_a_group_lists_its_timers() -> None:
    members = parse_schedule("weekdays 18:00", NOW, CHICAGO).members
    found = review_facts.review(replace(mirror(), group=members, schedule=members[0].schedule), NAMES, NOW, CHICAGO)
    first = next(fact.words for fact in found if "18:00" in fact.words)
    assert first.startswith("every 1 week, first Mon 23 Nov")
    assert "5 timers together:" in [fact.words for fact in found]


def test_a_flow_timer() -> None:
    draft = Draft(
        What.FLOW_TIMER,
        "f",
        schedule=OnceSchedule(),
        flow=FlowPart("id", "Report", inputs={"n": [1]}, tags=("t",), label="night"),
    )
    found = rows(draft)
    assert (found["flow"], found["n"], found["tags"]) == ("Report", "[1]", "t")
    assert found["when"] == "once, as soon as it is created"
    other = replace(draft, flow=replace(draft.flow, label="day", extra={"later": 1}))
    found_changes = [fact[:2] for fact in review_facts.changes(draft, other, NAMES, NOW, CHICAGO, "->")]
    assert found_changes == [("run label", "night -> day"), ("also", "none -> later=1")]


def test_ends_are_said() -> None:
    ten = RecurringSchedule(timedelta(hours=6), NIGHT, EndCondition(after_runs=10))
    assert "10 times" in review_facts.echo(ten, NOW, CHICAGO)


def differing(new: Draft) -> list[tuple[str, str]]:
    return [fact[:2] for fact in review_facts.changes(mirror(), new, NAMES, NOW, CHICAGO, "->")]


def test_what_is_changed_is_told_line_by_line_old_and_new() -> None:
    assert differing(mirror()) == []
    every = replace(mirror(), name="weekly", schedule=RecurringSchedule(timedelta(days=7), NIGHT))
    assert differing(every) == [
        ("name", "nightly -> weekly"),
        (
            "when",
            "every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end -> "
            "every 1 week, first Sun 22 Nov 02:00 CST (08:00Z), no end",
        ),
    ]


def test_options_filters_items_and_guards_are_told_too() -> None:
    data = mirror().transfer
    more = (*data.items, TransferItem("/a", "/b", False))
    rules = (FilterRule("*.tmp"), FilterRule("*.bak"))
    changed = replace(data, items=more, filter_rules=rules, verify_checksum=False, label="nightly run")
    found = differing(replace(mirror(), transfer=changed, guards=Guards(fewer_percent=None)))
    assert ("items", "new: /a → /b  (one file)") in found
    assert ("verify", "checksums after the copy -> no checksums") in found
    assert ("filter", "new: exclude files and folders named *.tmp") in found
    assert ("label", "none -> nightly run") in found
    assert any(label == "alarm" and words.endswith("-> never") for label, words in found)
    two = replace(mirror(), transfer=replace(data, filter_rules=rules))
    turned = replace(mirror(), transfer=replace(data, filter_rules=rules[::-1]))
    rows = review_facts.changes(two, turned, NAMES, NOW, CHICAGO, "->")
    assert [fact[:2] for fact in rows] == [("filter", "in another order")]

"""Drafts: what is sent for them, copies of timers of both versions, and their documents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.collection import Collection, CollectionKind
from globus_tui.domain.draft import Draft, FlowPart, Intent, What, clone, new_draft, scopes_needed, with_intent
from globus_tui.domain.draft_file import from_file, to_file
from globus_tui.domain.errors import BadInput
from globus_tui.domain.job import Job
from globus_tui.domain.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.transfer import FilterRule, SyncLevel, TransferData, TransferItem
from tests.domain.making import DAY, DESTINATION, HOUR, NOW, SOURCE, TODAY_TICK, job_document, recurring

EVERYTHING = TransferData(
    SOURCE,
    DESTINATION,
    (
        TransferItem("/proj/climate/", "/climate/", recursive=True),
        TransferItem("/proj/a file", "/climate/a file", False, "d41d8cd98f00b204e9800998ecf8427e", "MD5"),
        TransferItem("/proj/what is it", "/climate/what is it"),
    ),
    label="climate mirror",
    sync_level=SyncLevel.CHECKSUM,
    verify_checksum=True,
    preserve_timestamp=True,
    encrypt_data=True,
    skip_source_errors=True,
    fail_on_quota_errors=True,
    delete_destination_extra=True,
    store_base_path_info=True,
    notify_on_succeeded=False,
    notify_on_failed=True,
    notify_on_inactive=False,
    filter_rules=(
        FilterRule("keep.tmp", "include", "file"),
        FilterRule("*.tmp"),
        FilterRule("scratch", "exclude", "dir"),
    ),
    deadline="2027-01-01T00:00:00+00:00",
    source_local_user="ops",
    destination_local_user="archive",
    recursive_symlinks="keep",
)


def v2(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return job_document(body=body, **changes)


def v1(body: dict[str, Any], *, legacy: bool, **changes: Any) -> dict[str, Any]:
    found = job_document(**changes)
    del found["body"]
    del found["timer_type"]
    if legacy:
        body = {
            key: value for key, value in body.items() if key not in ("DATA", "source_endpoint", "destination_endpoint")
        }
        body |= {"source_endpoint_id": SOURCE, "destination_endpoint_id": DESTINATION}
        body["transfer_items"] = [item.to_document() for item in EVERYTHING.items]
    url = "https://actions.automate.globus.org/transfer/transfer/run"
    return found | {"callback_url": url, "callback_body": {"body": body}}


DOCUMENTS = {
    "v2": v2(EVERYTHING.to_document()),
    "v1": v1(EVERYTHING.to_document(), legacy=False),
    "v1 of the old action": v1(EVERYTHING.to_document(), legacy=True),
}


@pytest.mark.parametrize("form", DOCUMENTS)
def test_every_option_comes_through_a_clone(form: str) -> None:
    found = DOCUMENTS[form]
    draft = clone(Job.from_document(found), found, NOW)
    assert draft.transfer == EVERYTHING
    assert draft.to_timer().to_document()["body"] == EVERYTHING.to_document()
    assert draft.cloned_from == found["job_id"]


def test_a_clone_keeps_the_rhythm_and_begins_at_the_next_tick() -> None:
    found = job_document()
    draft = clone(Job.from_document(found), found, NOW)
    assert draft.schedule == RecurringSchedule(DAY, TODAY_TICK + DAY)


def test_an_edit_counts_the_runs_that_are_left_and_a_clone_all() -> None:
    found = job_document(schedule=recurring(86_400, end={"count": 20}))
    job = Job.from_document(found)
    edited, cloned = clone(job, found, NOW, for_edit=True).schedule, clone(job, found, NOW).schedule
    assert isinstance(edited, RecurringSchedule)
    assert isinstance(cloned, RecurringSchedule)
    assert (edited.end.after_runs, cloned.end.after_runs) == (6, 20)


def test_a_single_run_of_the_past_has_to_be_given_a_new_time() -> None:
    found = job_document(schedule={"type": "once", "datetime": "2026-01-01T00:00:00+00:00"})
    assert clone(Job.from_document(found), found, NOW).schedule is None


def test_a_flow_timer_is_cloned_with_its_managers_and_tags() -> None:
    body = {"body": {"n": 1}, "run_managers": ["urn:a"], "run_monitors": ["urn:b"], "tags": ["t"]}
    found = job_document(timer_type="flow", flow_id=SOURCE, body=body)
    draft = clone(Job.from_document(found), found, NOW)
    sent = draft.to_timer().to_document()
    assert (sent["flow_id"], sent["body"]) == (SOURCE, body)


def test_a_generic_timer_cannot_be_cloned() -> None:
    found = job_document(timer_type="generic", callback_url="https://elsewhere.example.org/run", body={})
    with pytest.raises(BadInput, match="neither"):
        clone(Job.from_document(found), found, NOW)


def test_a_new_draft_states_every_option() -> None:
    stated = new_draft().transfer.to_document()
    assert stated["verify_checksum"] is True
    assert stated["delete_destination_extra"] is False
    assert stated["notify_on_inactive"] is True


def test_a_mirror_deletes_and_an_archive_does_not() -> None:
    assert with_intent(new_draft(), Intent.MIRROR).deletes
    archive = with_intent(with_intent(new_draft(), Intent.MIRROR), Intent.ARCHIVE)
    assert not archive.deletes
    assert archive.transfer.sync_level is SyncLevel.MTIME


def test_an_unfinished_draft_is_not_sent() -> None:
    with pytest.raises(BadInput, match="when"):
        new_draft().to_timer()
    with pytest.raises(BadInput, match="Source and destination"):
        replace(new_draft(), schedule=OnceSchedule()).to_timer()
    with pytest.raises(BadInput, match="flow"):
        replace(new_draft(What.FLOW_TIMER), schedule=OnceSchedule()).to_timer()


def test_the_scopes_needed_are_those_of_mapped_collections_and_of_the_flow() -> None:
    mapped = Collection(SOURCE, "a", CollectionKind.MAPPED, high_assurance=False)
    guest = Collection(DESTINATION, "b", CollectionKind.GUEST, high_assurance=False)
    draft = Draft(transfer=EVERYTHING)
    (scope,) = scopes_needed(draft, [mapped, guest])
    assert str(scope).count("[") == 2
    assert f"*https://auth.globus.org/scopes/{SOURCE}/data_access" in str(scope)
    (now,) = scopes_needed(replace(draft, what=What.TRANSFER_NOW), [mapped, guest])
    assert str(now).startswith("urn:globus:auth:scope:transfer")
    flow = Draft(What.FLOW_TIMER, flow=FlowPart(SOURCE))
    assert f"flow_{SOURCE.replace('-', '_')}_user" in str(scopes_needed(flow, [])[0])


SCHEDULES = [
    None,
    OnceSchedule(),
    OnceSchedule(NOW),
    RecurringSchedule(HOUR),
    RecurringSchedule(DAY, NOW, EndCondition(until=NOW + 9 * DAY)),
    RecurringSchedule(timedelta(seconds=90), NOW, EndCondition(after_runs=7)),
]
ITEMS = st.builds(
    TransferItem,
    st.text(min_size=1, max_size=20),
    st.text(min_size=1, max_size=20),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "abc"]),
)
FLAG = st.sampled_from([None, True, False])
DATA = st.builds(
    TransferData,
    st.just(SOURCE),
    st.sampled_from([None, DESTINATION]),
    st.lists(ITEMS, max_size=3).map(tuple),
    label=st.sampled_from([None, "x"]),
    sync_level=st.sampled_from([None, *SyncLevel]),
    verify_checksum=FLAG,
    delete_destination_extra=FLAG,
    notify_on_failed=FLAG,
    filter_rules=st.lists(
        st.builds(FilterRule, st.text(min_size=1, max_size=9), st.sampled_from(["include", "exclude"])), max_size=3
    ).map(tuple),
)


@given(DATA, st.sampled_from(SCHEDULES), st.text(max_size=30), st.dictionaries(st.text(max_size=9), st.text()))
def test_a_draft_comes_back_from_its_document_as_it_was(
    data: TransferData, schedule: Any, name: str, typed: dict[str, str]
) -> None:
    draft = Draft(What.TRANSFER_TIMER, name, data, schedule, source_name="a", typed=typed, cloned_from="x")
    assert from_file(json.loads(json.dumps(to_file(draft)))) == draft


def test_flow_drafts_groups_and_transfers_come_back_too() -> None:
    from zoneinfo import ZoneInfo

    from globus_tui.domain.typed_schedules import parse_schedule

    members = parse_schedule("weekdays 18:00", NOW, ZoneInfo("America/Chicago")).members
    flow = FlowPart(SOURCE, "Report", inputs={"a": [1, {"b": None}]}, tags=("t",))
    for draft in (
        Draft(What.FLOW_TIMER, "f", schedule=OnceSchedule(NOW), flow=flow),
        Draft(What.TRANSFER_TIMER, "g", EVERYTHING, members[0].schedule, members),
        Draft(What.TRANSFER_NOW, "h", EVERYTHING),
    ):
        assert from_file(json.loads(json.dumps(to_file(draft)))) == draft
    group = Draft(What.TRANSFER_TIMER, "g", EVERYTHING, members[0].schedule, members)
    assert [one.name for one in group.to_timers()][:2] == ["g (mon 18:00)", "g (tue 18:00)"]


GOOD = to_file(Draft(What.TRANSFER_TIMER, "n", EVERYTHING, OnceSchedule(NOW)))


@pytest.mark.parametrize(
    ("spoilt", "named"),
    [
        ([], "JSON object"),
        ({}, "either"),
        (GOOD | {"version": 9}, "version"),
        (GOOD | {"format": "other"}, "format"),
        (GOOD | {"colour": 1}, "colour"),
        ({"timer": {"timer_type": "generic"}}, "timer_type"),
        ({"timer": {"timer_type": "transfer", "intervall": 3}}, "intervall"),
        ({"timer": {"timer_type": "transfer", "body": {"verify_checksum": "yes"}}}, "verify_checksum"),
        ({"timer": {"timer_type": "transfer", "body": {"sync_level": 7}}}, "sync_level"),
        ({"timer": {"timer_type": "transfer", "body": {"DATA": [{"source_path": 3}]}}}, r"DATA\[0\]"),
        ({"timer": {"timer_type": "transfer", "schedule": {"type": "recurring"}}}, "schedule"),
        ({"timer": {"timer_type": "transfer", "schedule": {"type": "once", "datetime": "soon"}}}, "datetime"),
        ({"timer": {"timer_type": "flow", "body": {"tags": "a"}}}, "tags"),
        ({"transfer": {}, "guards": {"fewer_percent": 900}}, "fewer_percent"),
    ],
)
def test_a_document_that_says_something_else_is_refused_with_the_place(spoilt: object, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        from_file(spoilt)


def test_what_is_posted_can_be_read_as_it_is() -> None:
    posted = {"timer": Draft(What.TRANSFER_TIMER, "n", EVERYTHING, OnceSchedule(NOW)).to_timer().to_document()}
    assert from_file(posted).transfer == EVERYTHING
    posted["timer"]["body"]["sync_level"] = "mtime"
    assert from_file(posted).transfer.sync_level is SyncLevel.MTIME

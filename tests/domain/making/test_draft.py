"""Drafts: what is sent for them, copies of timers of both versions, and their documents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import Draft, FlowPart, Intent, What, clone, new_draft, scopes_needed, with_intent
from globus_tui.domain.making.draft_checks import check_draft, may_be_sent
from globus_tui.domain.making.draft_fields import Level
from globus_tui.domain.making.draft_file import from_file, to_file
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.collection import Collection, CollectionKind
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData, TransferItem
from globus_tui.present.cli_words import create_command
from globus_tui.present.transfer_words import address_warning
from tests.domain.samples import DAY, DESTINATION, HOUR, NOW, SOURCE, TODAY_TICK, job_document, recurring

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
    from globus_tui.domain.schedule.typed_schedules import parse_schedule

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


BODY = {"source_endpoint": SOURCE, "destination_endpoint": DESTINATION, "DATA": []}
DAILY = {"type": "recurring", "interval_seconds": 86400}
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("schedule", "place", "utc", "local"),
    [
        (DAILY | {"start": "2026-12-02T02:00:00"}, "timer.schedule.start", "02T02:00:00+00:00", "02T02:00:00-06:00"),
        (DAILY | {"start": "2026-12-02"}, "timer.schedule.start", "02T00:00:00+00:00", "02T00:00:00-06:00"),
        ({"type": "once", "datetime": "2026-07-02 02:00"}, "timer.schedule.datetime", "+00:00", "02:00:00-05:00"),
        (DAILY | {"end": {"datetime": "2026-12-31T00:00:00"}}, "timer.schedule.end.datetime", "+00:00", "-06:00"),
    ],
)
def test_a_time_without_a_zone_is_refused_with_both_readings(schedule: Any, place: str, utc: str, local: str) -> None:
    document = {"timer": {"timer_type": "transfer", "schedule": schedule, "body": BODY}}
    with pytest.raises(BadInput) as refused:
        from_file(document, CHICAGO)
    assert all(word in str(refused.value) for word in (place, utc, local))
    assert from_file(document).schedule is not None  # what the service sent counts as UTC


def test_deadlines_and_groups_need_a_zone_and_what_a_flow_is_handed_does_not() -> None:
    with pytest.raises(BadInput, match=r"transfer\.deadline"):
        from_file({"transfer": BODY | {"deadline": "2026-12-02T02:00:00"}}, CHICAGO)
    group = [{"schedule": DAILY}, {"schedule": DAILY | {"start": "2026-12-02T02:00:00"}}]
    with pytest.raises(BadInput, match=r"group\[1\].schedule.start"):
        from_file({"timer": {"timer_type": "transfer", "body": BODY}, "group": group}, CHICAGO)
    flow = {"timer_type": "flow", "flow_id": SOURCE, "body": {"body": {"start": "2026-12-02T02:00:00"}}}
    assert from_file({"timer": flow}, CHICAGO).flow.inputs == {"start": "2026-12-02T02:00:00"}


@pytest.mark.parametrize("seconds", [86400.5, 0.5, "86400", True])
def test_an_interval_that_would_come_out_otherwise_is_refused(seconds: object) -> None:
    schedule = {"type": "recurring", "interval_seconds": seconds}
    with pytest.raises(BadInput, match=r"interval_seconds|is no schedule"):
        from_file({"timer": {"timer_type": "transfer", "schedule": schedule, "body": BODY}})
    whole = from_file({"timer": {"timer_type": "transfer", "schedule": DAILY | {"interval_seconds": 86400.0}}})
    assert whole.schedule == RecurringSchedule(DAY)


VERSION_1 = {
    "name": "old",
    "callback_url": "https://actions.automate.globus.org/transfer/transfer/run",
    "callback_body": {
        "body": {
            "source_endpoint_id": SOURCE,
            "destination_endpoint_id": DESTINATION,
            "transfer_items": [{"source_path": "/a/", "destination_path": "/b/", "recursive": True}],
        }
    },
    "start": "2026-12-02T02:00:00+00:00",
    "interval": 86400,
}
FLOW_1 = {
    "callback_url": f"https://flows.automate.globus.org/flows/{SOURCE}/run",
    "callback_body": {"body": {"x": 1}, "label": "nightly", "run_managers": ["urn:globus:auth:identity:a"]},
    "start": "2026-12-02T02:00:00+00:00",
    "interval": None,
    "stop_after_n": 1,
}


def test_a_timer_alone_and_one_of_the_first_version_are_read() -> None:
    alone = {"timer_type": "transfer", "name": "n", "schedule": DAILY, "body": BODY}
    assert from_file(alone) == from_file({"timer": alone})
    old = from_file(VERSION_1 | {"stop_after": {"date": "2027-01-01T00:00:00+00:00", "n_runs": 3}}, CHICAGO)
    assert (old.name, old.transfer.source_endpoint, old.transfer.items) == (
        "old",
        SOURCE,
        (TransferItem("/a/", "/b/", True),),
    )
    assert isinstance(old.schedule, RecurringSchedule)
    assert (old.schedule.end.after_runs, old.schedule.end.until is not None) == (3, True)
    assert not may_be_sent(check_draft(old, NOW))
    flow = from_file(FLOW_1)
    assert (flow.flow.flow_id, dict(flow.flow.inputs), flow.flow.label) == (SOURCE, {"x": 1}, "nightly")
    assert isinstance(flow.schedule, OnceSchedule)
    assert flow.flow.body()["run_managers"] == ["urn:globus:auth:identity:a"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"interval_seconds": None}, "“interval_seconds” is missing: whole seconds, from 60"),
        ({"interval_seconds": -5}, "“interval_seconds” cannot be -5: it is a number, whole seconds, from 60"),
        ({"interval_seconds": "PT1H"}, "write 3600, a number of seconds"),
        ({"interval_seconds": "3600"}, "write 3600, a number of seconds"),
        ({"interval_seconds": "9" * 5000}, "it is a number"),
        ({"interval_seconds": 86400.5}, "whole seconds, write 86400"),
        ({"interval_seconds": True}, "it is a number"),
        ({"start": "2026-12-01T02:00:00.5Z"}, "“start”.*whole seconds, write 2026-12-01T02:00:00"),
        ({"end": {"datetime": "2027-01-01T02:00:00.25+01:00"}}, "end: “datetime”.*write 2027-01-01T01:00:00"),
        ({"start": "tomorrow"}, "“start” cannot be 'tomorrow': write a moment such as"),
        ({"end": {"count": 0}}, "at least 1"),
        ({"end": "never"}, "leave it out for a timer that does not end"),
        ({"type": "once"}, "what runs once has no “interval_seconds”"),
        ({"type": "weekly"}, "“once” or “recurring”"),
    ],
)
def test_a_schedule_of_a_file_is_refused_with_its_own_reason(said: dict[str, object], words: str) -> None:
    schedule = {"type": "recurring", "interval_seconds": 3600, "start": "2026-12-01T02:00:00Z"} | said
    with pytest.raises(BadInput, match=words):
        from_file({"timer": {"timer_type": "transfer", "schedule": schedule, "body": BODY}})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (job_document(), "globus-tui export 7f3c21aa"),
        ({"jobs": [job_document()]}, "list of timers"),
        (BODY, 'Write {"transfer"'),
        ({"DATA_TYPE": "transfer"}, 'Write {"transfer"'),
        (VERSION_1 | {"start": "2026-12-02T02:00:00"}, "start: 2026-12-02T02:00:00 has no time zone"),
        (VERSION_1 | {"stop_after": "2026-12-02T02:00:00"}, "stop_after: .* has no time zone"),
        (VERSION_1 | {"interval": 0.5}, "interval_seconds"),
        (VERSION_1 | {"refresh_token": "x"}, "first version: unknown “refresh_token”"),
        (VERSION_1 | {"callback_url": "https://actions.automate.globus.org.evil.org/transfer/transfer/run"}, "neither"),
        (VERSION_1 | {"callback_url": "https://example.org/x", "callback_body": {}}, "neither Transfer nor a flow"),
        ({"timer": {"timer_type": "transfer", "schedule": DAILY | {"stop": 1}}}, "unknown “stop”"),
        ({"timer": {"timer_type": "transfer", "resource_server": "other"}}, "resource_server"),
        ({"timer": {"timer_type": "transfer", "schedule": DAILY | {"end": {"count": "x"}}}}, "“count” cannot be"),
        (
            {"timer": {"timer_type": "transfer", "schedule": DAILY | {"end": {"count": 3, "datetime": "x"}}}},
            "“datetime”",
        ),
    ],
)
def test_what_people_have_at_hand_is_called_by_its_name(found: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        from_file(found, CHICAGO)


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [
        ("https://actions.automate.globus.org/transfer/transfer/run", False),
        ("https://transfer.actions.globus.org/transfer/run", False),
        ("https://transfer.actions.test.globuscs.info/transfer/run", False),
        (f"https://flows.globus.org/flows/{SOURCE}/run", False),
        ("https://transfer.actions.example.org/transfer/run", True),
        ("https://actions.automate.globus.org.example.org/transfer/transfer/run", True),
        (f"https://flows.example.org/flows/{SOURCE}/run", True),
        ("https://actions.globus.org/hello_world/run", True),
        ("https://[half", True),
        (None, False),
    ],
)
def test_a_timer_that_calls_an_address_nobody_knows_says_so_and_is_not_copied(
    address: str | None, elsewhere: bool
) -> None:
    found = job_document(callback_url=address)
    job = Job.from_document(found)
    assert job.calls_elsewhere is elsewhere
    assert (address_warning(job) is not None) is elsewhere
    if elsewhere:
        with pytest.raises(BadInput, match="neither Transfer nor a flow"):
            clone(job, found, NOW)


def test_what_stands_beside_a_flow_input_comes_through_clone_and_file() -> None:
    beside = {"label": "nightly", "run_managers": ["urn:a"], "run_monitors": ["urn:b"], "tags": ["t"], "odd": {"x": 1}}
    found = job_document(timer_type="flow", flow_id=SOURCE, body={"body": {}, **beside}, callback_body=None)
    draft = clone(Job.from_document(found), found, NOW)
    assert draft.flow.body() == {"body": {}, **beside}
    assert from_file(json.loads(json.dumps(to_file(draft)))).flow == draft.flow
    assert "label" in create_command(draft).notes[0]
    assert "run managers" in create_command(draft).notes[0]


def test_a_timer_that_ends_on_a_date_and_after_runs_keeps_both_and_is_stopped() -> None:
    found = job_document(
        stop_after={"date": "2027-06-01T00:00:00+00:00", "n_runs": 3},
        schedule={"type": "recurring", "interval_seconds": 86400, "start": "2026-10-10T08:00:00+00:00"},
    )
    draft = from_file(json.loads(json.dumps(to_file(clone(Job.from_document(found), found, NOW)))))
    assert isinstance(draft.schedule, RecurringSchedule)
    assert (draft.schedule.end.until is not None, draft.schedule.end.after_runs) == (True, 3)
    assert any("not both" in one.words for one in check_draft(draft, NOW) if one.level is Level.STOP)


def test_an_end_that_has_passed_is_not_dropped() -> None:
    found = job_document(schedule=recurring(86400, end={"datetime": "2026-11-01T00:00:00+00:00"}))
    assert not may_be_sent(check_draft(clone(Job.from_document(found), found, NOW), NOW))


def test_what_is_posted_can_be_read_as_it_is() -> None:
    posted = {"timer": Draft(What.TRANSFER_TIMER, "n", EVERYTHING, OnceSchedule(NOW)).to_timer().to_document()}
    assert from_file(posted).transfer == EVERYTHING
    posted["timer"]["body"]["sync_level"] = "mtime"
    assert from_file(posted).transfer.sync_level is SyncLevel.MTIME

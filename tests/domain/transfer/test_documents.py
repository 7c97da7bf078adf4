"""What Transfer and Flows say of tasks, collections and flows: read whole, and what is not said stays unsaid."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from globus_tui.domain.auth.scope import flow_user_scope
from globus_tui.domain.transfer.collection import Bookmark, Collection, CollectionKind, FolderEntry, PauseRule
from globus_tui.domain.transfer.flow import Flow
from globus_tui.domain.transfer.task import MovedFile, PauseInfo, SkippedError, Submission, Task, TaskEvent, TaskStatus
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData, TransferItem, paths_in
from tests.domain.samples import MINUTE, NOW, TODAY_TICK, task, task_id, wire

EMPTY = [
    Bookmark("", "", ""), Collection("", ""), Flow("", "", str(flow_user_scope(""))),
    FolderEntry("", "other"), MovedFile(None, None, None), PauseInfo(),
    PauseRule(), SkippedError(None, None, None, None), Submission(""), Task("", TaskStatus.UNKNOWN),
    TaskEvent(None, "?", None, None, False),
]  # fmt: skip


@pytest.mark.parametrize("empty", EMPTY, ids=lambda one: type(one).__name__)
def test_of_an_empty_document_nothing_is_known_and_nothing_is_zero(empty: Any) -> None:
    assert type(empty).from_document({}) == empty


@pytest.mark.parametrize("empty", EMPTY, ids=lambda one: type(one).__name__)
def test_lists_in_the_place_of_words_are_no_words(empty: Any) -> None:
    odd = {name: [7] for name in ("id", "name", "task_id", "title", "code", "status", "label", "message", "path")}
    assert type(empty).from_document(odd) == empty


def test_a_collection_is_read_with_everything_that_is_asked_of_it() -> None:
    assert not Collection.from_document({"id": "c1"}).deleted
    document = {
        "id": "c1", "display_name": "Campus Archive", "canonical_name": "old#name", "high_assurance": False,
        "entity_type": "GCSv5_mapped_collection", "owner_string": "ops@x", "organization": "HPC", "description": "d",
        "default_directory": "/~/", "gcp_connected": True, "gcp_paused": False, "non_functional": False,
        "mapped_collection_id": "m1", "mfa_required": True, "authentication_policy_id": "p1",
        "authentication_timeout_mins": 30, "user_message": "hello", "my_effective_roles": ["administrator", 3],
        "host_path": "/depot/",
    }  # fmt: skip
    assert Collection.from_document(document) == Collection(
        "c1", "Campus Archive", CollectionKind.MAPPED, False, "ops@x", "HPC", "d", "/~/", True, False, False, "m1",
        True, "p1", 30, "hello", host_path="/depot/",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"display_name": "A", "canonical_name": "B"}, "A"),
        ({"canonical_name": "B", "display_name": ""}, "B"),
        ({}, "c1"),
    ],
)
def test_a_collection_without_a_name_goes_by_the_next_best(document: dict[str, Any], name: str) -> None:
    assert Collection.from_document({"id": "c1"} | document).name == name


def test_an_old_guest_collection_names_its_host_by_another_word() -> None:
    assert Collection.from_document({"id": "c1", "host_endpoint_id": "h1"}).mapped_collection_id == "h1"


@pytest.mark.parametrize(
    ("kind", "assured", "needed"),
    [
        ("GCSv5_mapped_collection", False, True),
        ("GCSv5_mapped_collection", True, False),
        ("GCSv5_mapped_collection", None, False),
        ("GCSv5_guest_collection", False, False),
        ("from a later day", False, False),
    ],
)
def test_a_consent_is_needed_only_where_it_is_known_to_exist(kind: str, assured: bool | None, needed: bool) -> None:
    read = Collection.from_document({"id": "c", "entity_type": kind, "high_assurance": assured})
    assert read.needs_data_access_consent is needed


@pytest.mark.parametrize("value", ["", None, 0, "ACTIVE?"])
def test_words_of_a_later_day_are_of_no_known_kind(value: object) -> None:
    assert CollectionKind.read(value) is CollectionKind.OTHER
    assert TaskStatus.read(value) is TaskStatus.UNKNOWN


@pytest.mark.parametrize(
    ("document", "reading", "writing"),
    [
        ({}, True, True),
        ({"pause_task_transfer_read": True, "pause_task_transfer_write": False}, True, False),
        ({"pause_task_transfer_read": False, "pause_task_transfer_write": True}, False, True),
        ({"pause_task_transfer_read": False, "pause_task_transfer_write": False}, False, False),
    ],
)
def test_a_pause_rule_holds_unless_it_says_that_it_does_not(
    document: dict[str, Any], reading: bool, writing: bool
) -> None:
    rule = PauseRule.from_document(document | {"message": "maintenance"})
    assert rule.message == "maintenance"
    assert (rule.holds(writing=False), rule.holds(writing=True)) == (reading, writing)


def test_what_is_in_a_folder_is_read() -> None:
    document = {
        "name": "run1", "type": "dir", "size": 4096, "last_modified": "2026-09-01 12:00:00+00:00",
        "permissions": "0755", "user": "pat", "group": "lab", "link_target": "/x",
    }  # fmt: skip
    read = FolderEntry.from_document(document)
    assert read == FolderEntry("run1", "dir", 4096, "2026-09-01 12:00:00+00:00", "/x")
    assert read.is_folder
    assert not FolderEntry.from_document({"name": "a", "type": "file"}).is_folder
    assert Bookmark.from_document({"id": "b", "name": "n", "endpoint_id": "c", "path": "/p"}) == Bookmark(
        "n", "c", "/p"
    )


# --- tasks


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({}, None),
        ({"nice_status": "Queued"}, None),
        ({"nice_status": None}, None),
        ({"nice_status": "TIMEOUT"}, "TIMEOUT"),
        ({"is_paused": True}, "PAUSED"),
        ({"is_paused": True, "nice_status": "TIMEOUT"}, "PAUSED"),
        ({"status": "INACTIVE", "nice_status": None}, "INACTIVE"),
        ({"status": "INACTIVE", "nice_status": "EXPIRED"}, "EXPIRED"),
        ({"status": "FAILED", "nice_status": "TIMEOUT", "is_paused": True}, None),
        ({"status": "SUCCEEDED", "nice_status": "TIMEOUT"}, None),
    ],
)
def test_why_a_task_does_not_move(changes: dict[str, Any], trouble: str | None) -> None:
    assert task(0, **({"status": "ACTIVE"} | changes)).trouble == trouble


@pytest.mark.parametrize(
    ("changes", "nothing"),
    [
        ({"files_transferred": 0, "files_skipped": 0}, True),
        ({"files_transferred": 0, "files_skipped": 3}, False),
        ({"files_transferred": 2, "files_skipped": 0}, False),
        ({"files_transferred": 2, "files_skipped": None}, False),
        ({"files_transferred": None, "files_skipped": 0}, None),
        ({"files_transferred": 0, "files_skipped": None}, None),
        ({"files_transferred": None, "files_skipped": None}, None),
        ({"files_transferred": 0, "files_skipped": 0, "status": "FAILED"}, None),
        ({"files_transferred": 0, "files_skipped": 0, "type": "DELETE"}, None),
    ],
)
def test_whether_a_task_met_no_file_at_all(changes: dict[str, Any], nothing: bool | None) -> None:
    assert task(0, **changes).moved_nothing is nothing


@pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE", "SUCCEEDED", "FAILED", "LATER"])
def test_what_is_over_will_not_change(status: str) -> None:
    assert task(0, status).finished is (status in ("SUCCEEDED", "FAILED"))
    assert task(0, status).status_text == status


def test_a_task_is_read_with_everything_that_is_asked_of_it() -> None:
    read = task(
        7, "FAILED", fatal_error={"code": "QUOTA", "description": "full"}, deadline=wire(NOW),
        source_endpoint_id="s", source_endpoint_display_name="S", destination_endpoint_id="d",
        destination_endpoint_display_name="D", directories=2, nice_status="N", nice_status_short_description="n",
        canceled_by_admin="SOURCE", faults=3, files_skipped=4, subtasks_skipped_errors=5, is_paused=True,
    )  # fmt: skip
    assert read == Task(
        task_id(7), TaskStatus.FAILED, "FAILED", "TRANSFER", TODAY_TICK, TODAY_TICK + 48 * MINUTE, NOW, "s", "S",
        "d", "D", 12481, 2, 12481, 4, 5, 1_930_000_000_000, 310_000_000, 3, True, "N", "n", "QUOTA", "full", "SOURCE",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("details", "read"), [("text", "text"), (None, None), ({"a": 1}, "{'a': 1}"), (0, "0"), ("", "")]
)
def test_an_event_is_read_whatever_its_details_are(details: object, read: str | None) -> None:
    event = TaskEvent.from_document({"time": wire(NOW), "code": "X", "description": "d", "details": details})
    assert (event.moment, event.code, event.description, event.details, event.is_error) == (NOW, "X", "d", read, False)
    assert TaskEvent.from_document({"is_error": True}).is_error
    assert not TaskEvent.from_document({"is_error": "yes"}).is_error


def test_what_was_handed_in_before_is_told() -> None:
    again = Submission.from_document({"task_id": "t", "code": "Duplicate"})
    assert again == Submission("t", True)
    assert not Submission.from_document({"task_id": "t", "code": "Accepted"}).duplicate


def test_all_words_of_why_a_task_is_paused_are_read() -> None:
    document = {
        "pause_rules": [{"message": "one"}, {"message": ""}, 3, {}],
        "source_pause_message": "two", "source_pause_message_share": "three",
        "destination_pause_message": "four", "destination_pause_message_share": None,
    }  # fmt: skip
    assert PauseInfo.from_document(document).messages == ("one", "two", "three", "four")


def test_skipped_and_moved_files_are_read() -> None:
    skipped = {"error_code": "E", "error_details": "d", "source_path": "/a", "error_time": wire(NOW)}
    assert SkippedError.from_document(skipped) == SkippedError("E", "d", "/a", NOW)
    moved = {"source_path": "/a", "destination_path": None, "size": 5}
    assert MovedFile.from_document(moved) == MovedFile("/a", None, 5)


# --- flows


def test_a_flow_is_read_and_its_scope_is_built_where_it_is_not_named() -> None:
    document = {
        "id": "f1", "title": "Ingest", "globus_auth_scope": "scope", "subtitle": "s", "description": "d",
        "input_schema": {"type": "object"},
    }  # fmt: skip
    read = Flow.from_document(document)
    assert read == Flow("f1", "Ingest", "scope", "s", "d", {"type": "object"})
    assert {read: "as a key"}[Flow.from_document(document)]
    bare = Flow.from_document({"id": "f1", "input_schema": "none"})
    assert (bare.title, bare.input_schema) == ("f1", None)
    assert "f1" in bare.scope
    assert Flow.from_document({"id": "f1", "input_schema": {}}).input_schema == {}


# --- what a transfer says


def test_only_what_is_stated_is_sent() -> None:
    assert TransferData("a", "b").to_document() == {
        "DATA_TYPE": "transfer", "source_endpoint": "a", "destination_endpoint": "b", "DATA": [],
    }  # fmt: skip
    whole = TransferData(
        "a", "b", (TransferItem("/x", "/y", False),), sync_level=SyncLevel.EXISTS, verify_checksum=False, label="l",
        filter_rules=(FilterRule("*.tmp", type="file"), FilterRule("a", "include")), extra={"later": 1},
    )  # fmt: skip
    sent = whole.to_document()
    assert sent["sync_level"] == 0
    assert type(sent["sync_level"]) is int
    assert (sent["verify_checksum"], sent["label"], sent["later"]) == (False, "l", 1)
    assert sent["DATA"] == [
        {"DATA_TYPE": "transfer_item", "source_path": "/x", "destination_path": "/y", "recursive": False}
    ]
    assert sent["filter_rules"] == [
        {"DATA_TYPE": "filter_rule", "method": "exclude", "name": "*.tmp", "type": "file"},
        {"DATA_TYPE": "filter_rule", "method": "include", "name": "a"},
    ]
    assert TransferData.from_document(sent) == whole
    assert TransferData.from_document(sent).extra == {"later": 1}


def test_every_option_that_is_stated_is_sent_and_read_again() -> None:
    flags = {one.name: False for one in fields(TransferData) if one.type == "bool | None"}
    texts = {one.name: one.name for one in fields(TransferData) if one.type == "str | None"}
    assert (len(flags), len(texts)) == (10, 8)
    whole = TransferData(**flags, **texts, sync_level=SyncLevel.SIZE)  # type: ignore[arg-type]  # each by its own kind
    sent = whole.to_document()
    assert TransferData.from_document(sent) == whole
    assert [sent[name] for name in (*flags, *texts)] == [*flags.values(), *texts.values()]


@pytest.mark.parametrize(
    ("sent", "level"),
    [
        (None, None), (0, SyncLevel.EXISTS), (3, SyncLevel.CHECKSUM), (4, None), (-1, None), (2.0, SyncLevel.MTIME),
        ("checksum", SyncLevel.CHECKSUM), ("exists", SyncLevel.EXISTS), ("odd", None), (True, None),
    ],
)  # fmt: skip
def test_levels_of_all_versions_are_read(sent: object, level: SyncLevel | None) -> None:
    assert TransferData.from_document({"sync_level": sent}).sync_level is level


def test_the_words_of_the_old_action_provider_are_read_too() -> None:
    items = [{"source_path": "/a", "destination_path": "/b"}, {"source_path": 3}, "odd"]
    document = {"source_endpoint_id": "s", "destination_endpoint_id": "d", "transfer_items": items}
    read = TransferData.from_document(document)
    assert (read.source_endpoint, read.destination_endpoint) == ("s", "d")
    assert [(one.source_path, one.destination_path) for one in read.items] == [("/a", "/b"), ("", ""), ("", "")]
    assert paths_in(document) == (["/a", "", ""], ["/b", "", ""])
    newer = document | {"source_endpoint": "S", "destination_endpoint": "D", "DATA": items[:1]}
    assert TransferData.from_document(newer).source_endpoint == "S"
    assert TransferData.from_document(newer).destination_endpoint == "D"
    assert paths_in(newer) == (["/a"], ["/b"])


def test_rules_that_say_little_exclude() -> None:
    rules = TransferData.from_document({"filter_rules": [{"name": "a"}, {"method": "include", "type": "dir"}, 7]})
    assert rules.filter_rules == (FilterRule("a"), FilterRule("", "include", "dir"), FilterRule(""))


def test_what_a_document_says_that_is_not_known_here_is_kept() -> None:
    document = {"source_endpoint": "s", "destination_endpoint": "d", "DATA": [{"source_path": "/a"}]}
    with_more = TransferData.from_document(document | {"later": [1]})
    assert with_more != TransferData.from_document(document)
    assert with_more.extra == {"later": [1]}

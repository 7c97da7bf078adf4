"""What a timer moves and how, in words: nothing hidden, deletions plain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferData, TransferItem
from globus_tui.present import transfer_words
from tests.domain.samples import DESTINATION, NAMES, SOURCE, job

DATA = TransferData(SOURCE, DESTINATION, (TransferItem("/proj/", "/climate/"),))


def test_a_route_names_collections_and_has_a_plain_arrow() -> None:
    assert transfer_words.route(job(), NAMES) == "NERSC DTN → Campus Archive"
    assert transfer_words.route(job(), NAMES, ascii_only=True) == "NERSC DTN -> Campus Archive"
    assert transfer_words.route(job(), {}) == "(0b1c0000) → (9d8e0000)"


def test_a_route_with_paths_counts_further_items() -> None:
    assert transfer_words.route_with_paths(job(), NAMES) == "NERSC DTN:/proj/ → Campus Archive:/climate/"
    items = [{"source_path": f"/{n}", "destination_path": f"/{n}"} for n in range(4)]
    body = {"source_endpoint": SOURCE, "destination_endpoint": DESTINATION, "DATA": items}
    assert transfer_words.route_with_paths(job(body=body), NAMES) == "NERSC DTN:/0 → Campus Archive:/0 (+3 more)"
    assert transfer_words.route_with_paths(job(body=body | {"DATA": []}), NAMES) == "NERSC DTN → Campus Archive"


def test_timers_that_move_nothing_themselves_say_what_they_start() -> None:
    flow = job(timer_type="flow", flow_id="f1", body={"body": {}})
    assert transfer_words.route(flow, {"f1": "Tar and ship"}) == "flow Tar and ship"
    hook = job(timer_type=None, body=None, callback_url="https://example.org/\nhook")
    assert transfer_words.route(hook, {}) == "calls https://example.org/ hook"
    assert transfer_words.route(job(timer_type=None, body=None), {}) == "what it starts is not known"


def test_line_breaks_in_names_and_paths_do_not_break_a_row() -> None:
    body = {
        "source_endpoint": SOURCE,
        "destination_endpoint": DESTINATION,
        "DATA": [{"source_path": "/a\nb", "destination_path": "/c\td"}],
    }
    said = transfer_words.route_with_paths(job(body=body), {SOURCE: "two\r\nlines", DESTINATION: "\n"})
    assert said == "two lines:/a b → (9d8e0000):/c d"


@pytest.mark.parametrize(
    ("level", "short", "words"),
    [
        (None, "always", "copy all files every time"),
        (SyncLevel.EXISTS, "missing", "copy only files missing at the destination"),
        (SyncLevel.SIZE, "size", "copy files that are missing or differ in size"),
        (SyncLevel.MTIME, "mtime", "copy files that are missing, differ in size or are newer at the source"),
        (SyncLevel.CHECKSUM, "checksum", "copy files that are missing or differ in content"),
    ],
)
def test_each_sync_level_is_told(level: SyncLevel | None, short: str, words: str) -> None:
    assert (transfer_words.sync_short(level), transfer_words.sync_words(level)) == (short, words)


def test_a_mirror_says_plainly_that_it_deletes() -> None:
    mirror = replace(DATA, delete_destination_extra=True)
    assert transfer_words.warnings(mirror) == ("DELETES files at the destination that are not in the source (mirror)",)
    assert dict(transfer_words.options(mirror))["mirror"].startswith("DELETES files")
    assert transfer_words.warnings(DATA) == ()


def test_skipped_source_errors_are_warned_of() -> None:
    assert len(transfer_words.warnings(replace(DATA, skip_source_errors=True))) == 1


def test_what_is_not_stated_is_told_as_the_services_default() -> None:
    options = dict(transfer_words.options(DATA))
    assert options["verify"] == "no checksums (service default)"
    assert dict(transfer_words.options(replace(DATA, verify_checksum=False)))["verify"] == "no checksums"
    assert dict(transfer_words.options(replace(DATA, verify_checksum=True)))["verify"] == "checksums after the copy"


def test_every_option_that_is_set_is_shown_even_one_of_a_later_day() -> None:
    full = replace(
        DATA,
        label="nightly",
        deadline="2026-12-01",
        filter_rules=(FilterRule("*.tmp", type="file"), FilterRule("raw*", "include")),
        recursive_symlinks="keep",
        store_base_path_info=True,
        extra={"warp_factor": 9},
    )
    options = transfer_words.options(full)
    assert ("filter", "exclude files named *.tmp") in options
    assert ("filter", "include files and folders named raw*") in options
    assert ("symbolic links", "keep") in options
    assert ("base paths", "kept with the task") in options
    assert ("warp_factor", "9") in options
    assert ("label", "nightly") in options


def test_mails_are_told_by_what_is_not_switched_off() -> None:
    assert transfer_words.notify_words(DATA) == "e-mail when succeeded, failed, paused"
    quiet = replace(DATA, notify_on_succeeded=False, notify_on_failed=False, notify_on_inactive=False)
    assert transfer_words.notify_words(quiet) == "no e-mail"
    assert transfer_words.notify_words(replace(quiet, notify_on_failed=None)) == "e-mail when failed"


def test_items_say_whether_the_folder_below_is_meant() -> None:
    assert transfer_words.item_words(TransferItem("/a", "/b", True), ascii_only=True) == "/a -> /b  (recursive)"
    assert transfer_words.item_words(TransferItem("/a", "/b", False)).endswith("(one file)")
    assert "found out when it runs" in transfer_words.item_words(TransferItem("/a", "/b"))


def test_the_summary_is_one_line() -> None:
    data = replace(DATA, sync_level=SyncLevel.MTIME, verify_checksum=True, preserve_timestamp=True)
    assert transfer_words.summary(data) == "sync mtime, verify checksum, keep timestamps"
    assert transfer_words.summary(DATA) == "sync always"

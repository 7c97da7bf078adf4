"""Running a timer's work now, and keeping its hour across a clock change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import What
from globus_tui.domain.making.run_now import RunChoice, run_now
from globus_tui.domain.schedule.clock_changes import anchor, move_runs
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, next_ticks
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.collection import FolderEntry
from tests.domain.samples import NOW, SOURCE, by_id, job_document, run_document, running, task

LISTING = [FolderEntry("sub", "dir"), FolderEntry("a.tmp", "file"), *(FolderEntry(f"f{n}", "file") for n in range(20))]


def a_mirror(**changes: Any) -> dict[str, Any]:
    document = job_document(**changes)
    document["body"] |= {"delete_destination_extra": True, "label": "mirror", "deadline": "2026-12-01T00:00:00+00:00"}
    document["body"]["DATA"][0]["recursive"] = True
    document["body"]["filter_rules"] = [{"name": "*.tmp", "method": "exclude"}]
    return document


def run(document: dict[str, Any], choice: RunChoice, **more: Any) -> Any:
    return run_now(Job.from_document(document), document, choice, NOW, **more)


def test_a_full_run_is_the_same_transfer_once() -> None:
    found = run(a_mirror(), RunChoice.FULL)
    sent = found.draft.transfer.to_document()
    assert found.draft.what is What.TRANSFER_NOW
    assert (sent["delete_destination_extra"], sent["label"]) == (True, "mirror (run now)")
    assert "deadline" not in sent
    assert "deletes" in found.warnings[0]


def test_a_test_copies_the_first_files_that_the_rules_take_and_deletes_nothing() -> None:
    found = run(a_mirror(), RunChoice.TEST, first=3, listings={"/proj/": LISTING})
    sent = found.draft.transfer
    assert [item.source_path for item in sent.items] == ["/proj/f0", "/proj/f1", "/proj/f2"]
    assert [item.destination_path for item in sent.items] == ["/climate/f0", "/climate/f1", "/climate/f2"]
    assert sent.delete_destination_extra is False
    assert "these 3 files" in found.warnings[0]
    assert [rule.name for rule in sent.filter_rules] == ["*.tmp"], "the rules go along"


def test_a_test_of_a_folder_without_files_cannot_be() -> None:
    with pytest.raises(BadInput, match="no file"):
        run(a_mirror(), RunChoice.TEST, listings={"/proj/": LISTING[:2]})


FOLDER, FILE = {"source_path": "/d/", "destination_path": "/e/"}, {"source_path": "/x", "destination_path": "/y"}


@pytest.mark.parametrize("listing", [(), LISTING[:2], [FolderEntry("link", "invalid_symlink")]])
@pytest.mark.parametrize("recursive", [True, None])
def test_a_folder_is_never_handed_in_by_a_test(recursive: bool | None, listing: list[FolderEntry]) -> None:
    """Wherever it stands among the items: one that holds no file is left out, one that nobody looked into refused."""
    folder = {**FOLDER, "recursive": recursive}
    for items in ([FILE | {"recursive": False}, folder], [folder, FILE | {"recursive": False}]):
        document = a_mirror()
        document["body"]["DATA"] = items
        found = run(document, RunChoice.TEST, listings={"/d/": listing})
        assert [(one.source_path, one.recursive) for one in found.draft.transfer.items] == [("/x", False)]
        assert "no file directly in /d/" in found.warnings[-1]
        with pytest.raises(BadInput, match="not known whether /d/ is a folder"):
            run(document, RunChoice.TEST)


def test_what_is_found_out_to_be_a_file_is_tried_as_one() -> None:
    document = a_mirror()
    document["body"]["DATA"] = [FILE]
    (item,) = run(document, RunChoice.TEST, listings={"/x": None}).draft.transfer.items
    assert (item.source_path, item.recursive) == ("/x", False)


def test_a_one_shot_timer_has_the_same_body() -> None:
    document = a_mirror()
    timer = run(document, RunChoice.ONE_SHOT).draft.to_timer()
    assert timer.schedule == OnceSchedule()
    assert timer.to_document()["body"] == document["body"] | {
        "filter_rules": [{"DATA_TYPE": "filter_rule", "name": "*.tmp", "method": "exclude"}]
    }


def test_a_flow_is_run_by_a_one_shot_timer_only() -> None:
    document = job_document(timer_type="flow", flow_id=SOURCE, body={"body": {"a": 1}})
    assert run(document, RunChoice.ONE_SHOT).draft.to_timer().to_document()["flow_id"] == SOURCE
    with pytest.raises(BadInput, match="one-shot"):
        run(document, RunChoice.FULL)


def test_an_overlap_is_warned_of() -> None:
    assert "going on" in run(a_mirror(**running(NOW)), RunChoice.FULL).warnings[0]
    runs = [run_document(NOW, 1, "submitted")]
    assert "going on" in run(a_mirror(runs=runs), RunChoice.FULL, tasks=by_id(task(1, "ACTIVE"))).warnings[0]


CHICAGO = ZoneInfo("America/Chicago")
WINTER = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "Australia/Sydney", "Europe/London"])
@pytest.mark.parametrize("hour", [0, 2, 12, 23])
def test_after_re_anchoring_the_local_hour_is_what_it_was(zone: str, hour: int) -> None:
    there = ZoneInfo(zone)
    schedule = RecurringSchedule(DAY, datetime(2026, 7, 1, hour, tzinfo=there).astimezone(UTC))
    now = datetime(2027, 1, 5, 12, 30, tzinfo=there).astimezone(UTC)
    proposed = anchor(schedule, now, there)
    assert proposed is not None
    assert proposed.moved_already
    (coming,) = next_ticks(schedule, now, 1)
    found = move_runs(RecurringSchedule(DAY, coming), proposed.by, now)
    (tick,) = next_ticks(found, now, 1)
    assert tick.astimezone(there).time() == time(hour)
    assert timedelta() < tick - now <= DAY + timedelta(hours=1)
    again = anchor(found, now, there)
    assert again is not None
    assert not again.moved_already


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "Australia/Sydney"])
@pytest.mark.parametrize("interval", [DAY, 7 * DAY, timedelta(hours=6)])
def test_before_a_change_the_hour_can_be_kept_past_it(zone: str, interval: timedelta) -> None:
    there = ZoneInfo(zone)
    now = datetime(2026, 9, 1, 12, tzinfo=UTC)
    schedule = RecurringSchedule(interval, datetime(2026, 8, 31, 12, 30, tzinfo=there).astimezone(UTC))
    proposed = anchor(schedule, now, there)
    assert proposed is not None
    assert proposed.shift is not None
    assert not proposed.moved_already
    (tick,) = next_ticks(move_runs(schedule, proposed.by, now), proposed.shift.after.astimezone(UTC), 1)
    hours = {(12 + n) % 24 for n in range(0, 24, 6)} if interval < DAY else {12}
    assert (tick.astimezone(there).hour, tick.astimezone(there).minute) in {(hour, 30) for hour in hours}


def test_what_has_no_hour_is_not_moved() -> None:
    hourly = RecurringSchedule(timedelta(hours=5), WINTER)
    assert anchor(hourly, WINTER + DAY, CHICAGO) is None
    assert anchor(RecurringSchedule(DAY), WINTER, CHICAGO) is None
    assert anchor(OnceSchedule(WINTER), WINTER - DAY, CHICAGO) is None
    assert anchor(RecurringSchedule(DAY, WINTER), WINTER + DAY, ZoneInfo("Asia/Tokyo")) is None

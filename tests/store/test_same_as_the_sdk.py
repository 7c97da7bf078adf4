"""The same timer made by this program and by the official SDK is the same document at the service, field by field."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import globus_sdk

from globus_tui.domain.schedule.schedule import EndCondition, RecurringSchedule
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferItem
from globus_tui.sandbox import serve
from globus_tui.sandbox.timers.routes import job_document, timer_document
from globus_tui.store.creation import Created
from tests.store.workbench import ARCHIVE, DAY, NOON, SCRATCH, nightly, workbench

if TYPE_CHECKING:
    import pytest

ITS_OWN = {"job_id", "submitted_at", "name"}
END = EndCondition(after_runs=12)


def by_the_sdk() -> Any:
    data = globus_sdk.TransferData(
        SCRATCH,
        ARCHIVE,
        label="nightly",
        sync_level="mtime",
        verify_checksum=True,
        preserve_timestamp=True,
        encrypt_data=False,
        delete_destination_extra=True,
        skip_source_errors=False,
        fail_on_quota_errors=True,
        notify_on_succeeded=False,
        notify_on_failed=True,
        notify_on_inactive=True,
    )
    data.add_item("/scratch/ops/", "/archive/projects/", recursive=True)
    data.add_item("/scratch/a", "/archive/a", external_checksum="abc", checksum_algorithm="MD5")
    data.add_filter_rule("*.tmp", method="exclude", type="file")
    end = {"condition": "iterations", "count": 12}  # the key of the specification; the SDK's docstring has another
    schedule = globus_sdk.RecurringTimerSchedule(interval_seconds=86_400, start=NOON + DAY, end=end)
    timer = globus_sdk.TransferTimer(name="by the SDK", schedule=schedule, body=data)
    account = globus_sdk.ConfidentialAppAuthClient(*_account())
    authorizer = globus_sdk.ClientCredentialsAuthorizer(account, globus_sdk.TimersClient.scopes.timer)
    with globus_sdk.TimersClient(authorizer=authorizer) as client:
        return client.create_timer(timer)["timer"]


def _account() -> tuple[str, str]:
    return os.environ["GLOBUS_CLI_CLIENT_ID"], os.environ["GLOBUS_CLI_CLIENT_SECRET"]


async def test_equal_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    async with workbench() as bench:
        draft = nightly("by us")
        data = replace(
            draft.transfer,
            items=(
                TransferItem("/scratch/ops/", "/archive/projects/", recursive=True),
                TransferItem("/scratch/a", "/archive/a", external_checksum="abc", checksum_algorithm="MD5"),
            ),
            label="nightly",
            sync_level=SyncLevel.MTIME,
            preserve_timestamp=True,
            delete_destination_extra=True,
            fail_on_quota_errors=True,
            notify_on_succeeded=False,
            filter_rules=(FilterRule("*.tmp", "exclude", "file"),),
        )
        made = await bench.creator.create(
            replace(draft, transfer=data, schedule=RecurringSchedule(DAY, NOON + DAY, END))
        )
        assert isinstance(made, Created)
        with serve.running(bench.app.sandbox) as url:
            for name, value in serve.environment(bench.app.sandbox, url).items():
                monkeypatch.setenv(name, value)
            theirs_id = by_the_sdk()["job_id"]
        ours, theirs = bench.app.sandbox.timers[made.job.job_id], bench.app.sandbox.timers[theirs_id]
        assert _shared(timer_document(ours, NOON)) == _shared(timer_document(theirs, NOON))
        assert _shared(job_document(ours, NOON, [], None)) == _shared(job_document(theirs, NOON, [], None))


def _shared(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in ITS_OWN}

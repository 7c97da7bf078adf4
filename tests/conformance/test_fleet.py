"""Two hundred rows of a table become two hundred timers, and the official SDK sees of each what the files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import globus_sdk
from globus_sdk.scopes import TimersScopes

from globus_tui.cli import run
from globus_tui.sandbox.world.collections import collection_id

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ROWS = 200
FILES = """
[defaults]
zone = "Europe/Berlin"

[template.nightly]
when = "every day at 02:00 UTC until 2027-03-31T23:00:00Z"
sync_level = "checksum"
preserve_timestamp = true
verify_checksum = false
notify_on_succeeded = false
filter_rules = ["include files *.nc", "exclude *"]

[timer.labs]
rows = "labs.csv"
template = "nightly"
name = "backup of {lab}"
label = "lab {lab}, row {row}"
from = "Lab Depot:/results/"
to = "Campus Archive:/archive/projects/{lab}/"
recursive = true
paused = "{paused}"
"""


def everything(folder: Path) -> list[str]:
    return [str(folder), "--yes"]


def test_the_sdk_sees_what_the_files_say_field_by_field(
    printed_lines: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in printed_lines.items():
        monkeypatch.setenv(name, value)
    paused = {number: number % 50 == 0 for number in range(ROWS)}
    rows = [f"lab-{number:03},{number},{str(paused[number]).lower()}" for number in range(ROWS)]
    (tmp_path / "labs.csv").write_text("\n".join(["lab,row,paused", *rows]) + "\n")
    (tmp_path / "labs.toml").write_text(FILES.replace("every day at 02:00 UTC", "every 1 minute"))
    with globus_sdk.ConfidentialAppAuthClient(
        printed_lines["GLOBUS_CLI_CLIENT_ID"], printed_lines["GLOBUS_CLI_CLIENT_SECRET"]
    ) as account:
        signed = globus_sdk.ClientCredentialsAuthorizer(account, TimersScopes.timer)
        timers = globus_sdk.TimersClient(authorizer=signed)
        before = {one["job_id"] for one in timers.list_jobs()["jobs"]}
        # at one run a minute each it is refused, with the number, before anything is sent
        assert run(["apply", *everything(tmp_path)]) == 1
        assert "times an hour; Globus allows 60" in capsys.readouterr().err
        assert {one["job_id"] for one in timers.list_jobs()["jobs"]} == before
        (tmp_path / "labs.toml").write_text(FILES)
        assert run(["apply", *everything(tmp_path)]) == 0, capsys.readouterr()
        made = {one["name"]: one for one in timers.list_jobs()["jobs"] if one["job_id"] not in before}
        assert run(["apply", *everything(tmp_path)]) == 0
        assert "Nothing was to be done." in capsys.readouterr().err
        assert run(["plan", str(tmp_path)]) == 0
        assert len(timers.list_jobs()["jobs"]) == len(before) + ROWS
        timers.close()
    assert set(made) == {f"backup of lab-{number:03}" for number in range(ROWS)}
    for number in range(ROWS):
        told = made[f"backup of lab-{number:03}"]
        assert (told["status"] == "inactive") is paused[number]
        assert told["schedule"]["interval_seconds"] == 86400
        assert told["schedule"]["start"][11:] == "02:00:00+00:00"
        assert told["schedule"]["end"]["datetime"] == "2027-03-31T23:00:00+00:00"
        body: dict[str, Any] = told["callback_body"]["body"]
        assert body["source_endpoint"] == collection_id("depot")
        assert body["destination_endpoint"] == collection_id("archive")
        assert (body["sync_level"], body["preserve_timestamp"], body["verify_checksum"]) == (3, True, False)
        assert (body["notify_on_succeeded"], body["notify_on_failed"]) == (False, True)
        assert body["label"] == f"lab lab-{number:03}, row {number}"
        assert [(one["method"], one["name"], one.get("type")) for one in body["filter_rules"]] == [
            ("include", "*.nc", "file"),
            ("exclude", "*", None),
        ]
        (item,) = body["DATA"]
        assert item["source_path"] == "/results/"
        assert item["destination_path"] == f"/archive/projects/lab-{number:03}/"
        assert item["recursive"] is True

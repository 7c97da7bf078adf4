"""The unmodified official CLI completes a journey on the sandbox that a user starts with `globus-tui sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import flow_id

if TYPE_CHECKING:
    from tests.conformance.conftest import Globus

DEPOT, ARCHIVE = collection_id("depot"), collection_id("archive")
QUALITY = flow_id("quality")


def named(globus: Globus, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(job for job in globus.json("timer", "list") if job["name"] == name)
    return found


def test_the_printed_lines_are_all_that_the_cli_needs(globus: Globus, printed_lines: dict[str, str]) -> None:
    urls = {value for name, value in printed_lines.items() if name.startswith("GLOBUS_SDK_SERVICE_URL_")}
    assert len(urls) == 1
    who = globus.text("whoami").strip()
    assert who == f"{printed_lines['GLOBUS_CLI_CLIENT_ID']}@clients.auth.globus.org"


def test_all_timers_are_listed_old_and_odd_ones_too(globus: Globus) -> None:
    jobs = globus.json("timer", "list")
    assert len(jobs) > 60
    assert {"new", "active", "inactive", "ended", "delete_in_progress"} <= {job["status"] for job in jobs}
    assert {job["timer_type"] for job in jobs if "timer_type" in job} >= {"transfer", "flow"}
    assert globus.text("timer", "list").count("Timer ID:") == len(jobs)


def test_a_transfer_timer_is_made_shown_paused_resumed_and_deleted(globus: Globus) -> None:
    made = globus.json(
        "timer", "create", "transfer", "--name", "of the CLI", "--interval", "1d", "--recursive",
        "--sync-level", "mtime", "--encrypt-data", "--exclude", "*.tmp", "--label", "by hand",
        "--stop-after-runs", "5", f"{DEPOT}:/results/", f"{ARCHIVE}:/archive/projects/",
    )  # fmt: skip
    job_id = made["job_id"]
    assert made["schedule"]["end"] == {"condition": "iterations", "count": 5}
    assert (made["body"]["sync_level"], made["body"]["encrypt_data"], made["body"]["label"]) == (2, True, "by hand")
    shown = globus.text("timer", "show", job_id)
    assert "Name:                      of the CLI" in shown
    assert "Interval:                  1 day, 0:00:00" in shown
    assert "Stop After Number of Runs: 5" in shown
    assert globus.text("timer", "pause", job_id).strip() == f"Successfully paused job {job_id}."
    assert globus.json("timer", "show", job_id)["inactive_reason"] == {"cause": "user", "detail": None}
    assert "Status:                    inactive" in globus.text("timer", "show", job_id)
    assert globus.json("timer", "resume", job_id)["message"] == f"Successfully resumed job {job_id}."
    assert globus.json("timer", "show", job_id)["status"] == "active"
    assert "Status:                    delete_in_progress" in globus.text("timer", "delete", job_id)


def test_a_flow_timer_is_made_and_runs_once(globus: Globus) -> None:
    made = globus.json(
        "timer", "create", "flow", QUALITY, "--name", "report of the CLI",
        "--stop-after-runs", "1", "--input", '{"path": "/raw/"}',
    )  # fmt: skip
    assert (made["timer_type"], made["flow_id"]) == ("flow", QUALITY)
    assert made["body"] == {"body": {"path": "/raw/"}}
    shown = globus.text("timer", "show", made["job_id"])
    assert "Type:                      Flow" in shown
    assert globus.json("timer", "show", made["job_id"])["n_runs"] == 1


def test_a_timer_that_lost_a_consent_is_not_resumed_without_it(globus: Globus) -> None:
    job_id = named(globus, "climate-nightly-mirror")["job_id"]
    said = globus.text("timer", "resume", job_id, code=4)
    assert "globus session consent" in said
    assert globus.json("timer", "show", job_id)["status"] == "inactive"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--interval", "10s"), "greater than or equal to 60"),
        (("--interval", "1000d"), "less than or equal to"),
    ],
)
def test_what_the_service_refuses_reaches_the_user_in_its_words(
    globus: Globus, options: tuple[str, ...], complaint: str
) -> None:
    said = globus.text("timer", "create", "transfer", *options, f"{DEPOT}:/a", f"{ARCHIVE}:/b", code=1)
    assert "HTTP status:      422" in said
    assert complaint in said


def test_a_timer_that_does_not_exist_is_not_found(globus: Globus) -> None:
    said = globus.text("timer", "show", "00000000-0000-4000-8000-000000000000", code=1)
    assert "HTTP status:      404" in said
    assert "NOT_FOUND" in said


def test_collections_are_found_and_listed(globus: Globus) -> None:
    found = globus.json("endpoint", "search", "Depot")["DATA"]
    assert DEPOT in [one["id"] for one in found]
    assert DEPOT in globus.text("endpoint", "search", "Depot")
    assert "results/" in globus.text("ls", f"{DEPOT}:/").splitlines()
    listed = globus.json("ls", f"{DEPOT}:/")
    assert ("results", "dir") in [(entry["name"], entry["type"]) for entry in listed["DATA"]]


def test_tasks_are_listed_and_shown(globus: Globus) -> None:
    tasks = globus.json("task", "list", "--limit", "5")["DATA"]
    assert len(tasks) == 5
    text = globus.text("task", "list", "--limit", "5")
    assert tasks[0]["task_id"] in text
    shown = globus.json("task", "show", tasks[0]["task_id"])
    assert (shown["task_id"], shown["label"]) == (tasks[0]["task_id"], tasks[0]["label"])
    assert f"Task ID:                      {tasks[0]['task_id']}" in globus.text("task", "show", tasks[0]["task_id"])


def test_a_task_is_submitted_and_cancelled(globus: Globus) -> None:
    sent = globus.json("transfer", "--recursive", "--label", "of the CLI", f"{DEPOT}:/results/", f"{ARCHIVE}:/new/")
    assert sent["code"] == "Accepted"
    assert globus.json("task", "cancel", sent["task_id"])["code"] == "Canceled"
    assert globus.json("task", "show", sent["task_id"])["status"] == "FAILED"
    assert "of the CLI" in globus.text("task", "list", "--limit", "30")

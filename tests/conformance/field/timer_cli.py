"""The Timer CLI that came before the official one had timers; a person signs in by link and code."""

from __future__ import annotations

import json
import re

from steps import ARCHIVE, DEPOT, HOME, ROOT, OwnTrouble, expect, program, step

# SDK 2 reads where services are from this file only.
(HOME / ".globus.cfg").write_text(f"[environment default]\nauth_service = {ROOT}/\ntransfer_service = {ROOT}/\n")
job = {}


@step("sign in")
def _():
    assert "Logged in as" in program("globus-timer", "session", "login", answers=1)


@step("who")
def _():
    assert "@" in program("globus-timer", "session", "whoami")


@step("list")
def _():
    text = program("globus-timer", "job", "list", "--verbose", answers=1)
    found = json.loads(text[text.index("{\n") :])["jobs"]
    assert len(found) > 5, len(found)
    program("globus-timer", "job", "list")


@step("create")
def _():
    try:
        text = program(
            "globus-timer", "job", "transfer", "--name", "walk", "--interval", "1d",
            "--source-endpoint", DEPOT, "--dest-endpoint", ARCHIVE, "--item", "/results/", "/archive/projects/", "true",
            "--verbose", answers=2,
        )  # fmt: skip
    except RuntimeError as refused:
        if "Traceback" in str(refused):
            raise OwnTrouble(str(refused)) from None
        raise
    job["id"] = re.search(r'"job_id": "([^"]+)"', text).group(1)


@step("status")
def _():
    assert job["id"] in program("globus-timer", "job", "status", job["id"])


@step("delete")
def _():
    program("globus-timer", "job", "delete", job["id"])
    return "this client has no pause and no resume"


@step("sign out")
def _():
    expect("Successfully" in program("globus-timer", "session", "logout"), True)

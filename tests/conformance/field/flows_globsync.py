"""globsync: starts a flow that copies, and cancels it; a person signs in by link and code."""

from __future__ import annotations

import json

from steps import ARCHIVE, HOME, SERVICE, SPARE, program, step

DB = ("--db", f"sqlite:///{HOME}/globsync.db")
secrets = HOME / "secrets.yaml"
secrets.write_text(f"CLIENT_ID: {SERVICE[0]}\nCLIENT_SECRET: {SERVICE[1]}\n")
run = {}


@step("configure the flow")
def _():
    program("globsync", "config", "flow", "--flow-id", SPARE, "--globus-secrets-file", str(secrets))


@step("start")
def _():
    program(
        "globsync", "flows", "start", *DB, "--flow-id", SPARE, "--source-endpoint", ARCHIVE,
        "--destination-endpoint", ARCHIVE, "--source-path-prefix", str(HOME), str(HOME), answers=2,
    )  # fmt: skip
    return "asks data_access of every collection, so it takes mapped ones only"


@step("list")
def _():
    said = program("globsync", "flows", "list", *DB)
    assert SPARE in said, json.dumps(said)
    run["id"] = next(word for word in said.split() if len(word) == 36 and word != SPARE)


@step("cancel")
def _():
    program("globsync", "flows", "cancel", run["id"], answers=1)

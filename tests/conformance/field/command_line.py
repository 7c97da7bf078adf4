"""The official CLI: a timer's life, folders, a task."""

from __future__ import annotations

import json

from steps import ARCHIVE, DEPOT, SERVICE, expect, program, step

job = {}


def document(*command):
    return json.loads(program("globus", *command, "-F", "json"))


@step("who")
def _():
    expect(program("globus", "whoami").strip(), f"{SERVICE[0]}@clients.auth.globus.org")


@step("list")
def _():
    assert program("globus", "timer", "list").count("Timer ID:" if job else "ID:") > 50


@step("create")
def _():
    made = document(
        "timer", "create", "transfer", "--name", "walk", "--interval", "1d", "--recursive",
        f"{DEPOT}:/results/", f"{ARCHIVE}:/archive/projects/",
    )  # fmt: skip
    job["id"] = made.get("job_id") or made["timer"]["job_id"]


@step("pause")
def _():
    program("globus", "timer", "pause", job["id"])
    expect(document("timer", "show", job["id"])["status"], "inactive")


@step("resume")
def _():
    program("globus", "timer", "resume", job["id"])
    expect(document("timer", "show", job["id"])["status"], "active")


@step("delete")
def _():
    program("globus", "timer", "delete", job["id"])


@step("folders and tasks")
def _():
    assert "results/" in program("globus", "ls", f"{DEPOT}:/")
    sent = document("transfer", "--recursive", f"{DEPOT}:/results/", f"{ARCHIVE}:/new/")
    expect(document("task", "cancel", sent["task_id"])["code"], "Canceled")


@step("stat of a missing path")
def _():
    try:
        program("globus", "stat", f"{DEPOT}:/not/there")
    except RuntimeError as refused:
        if "No such command" in str(refused):
            return "no such command in this version"
        raise
    return ""

"""`export --all`, `plan`, `apply`, `drift` and `schema` as a shell sees them: exit codes, a question, a plan kept."""

from __future__ import annotations

import errno
import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import globus_sdk

from globus_tui.cli import fleet, sign_in
from globus_tui.domain.auth.credentials import Secret
from globus_tui.fleet.lock import lock_path
from globus_tui.private_files import write_private
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import OPS_USERNAME
from globus_tui.settings import Paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.cli.shell import Shell
    from tests.served import Served

SAME, FAILED, CHANGES = 0, 1, 2
NEW_TOML = """
[timer.copied]
when = "every sunday at 02:00 UTC"
from = "Lab Depot:/results/"
to = "Campus Archive:/archive/projects/"
"""
NEW = """
timer:
  copied:
    when: every sunday at 02:00 UTC
    from: Lab Depot:/results/
    to: Campus Archive:/archive/projects/
    recursive: true
"""


def test_a_folder_that_cannot_be_written_whole_is_not_left_half(
    facility: Served, terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, data: bytes, **how: int) -> None:
        if len(list(path.parent.iterdir())) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_private(path, data, **how)

    with monkeypatch.context() as full:
        full.setattr(fleet, "write_private", write)
        assert terminal("export", "--all", "to:archive", str(tmp_path / "timers")) == FAILED
        assert "timers cannot be written: No space left on device" in terminal.err
    assert terminal("export", "--all", "to:archive", str(tmp_path / "timers")) == SAME


def test_on_a_disk_that_turns_read_only_it_is_said_that_the_folder_cannot_be_written(
    facility: Served, terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as read_only:
        read_only.setattr(fleet, "write_private", refused)
        read_only.setattr(pathlib.Path, "unlink", refused)
        assert terminal("export", "--all", "to:archive", str(tmp_path / "timers")) == FAILED
    assert "timers cannot be written: Read-only file system" in terminal.err


def test_a_plan_that_nobody_reads_is_applied_all_the_same(facility: Served, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(NEW_TOML)
    line = f"{sys.executable} -m globus_tui apply --yes {tmp_path} 2> >(exec true)"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stdout[:4]) == (0, "done")


def test_what_was_tried_in_the_demo_is_not_in_the_way_of_the_real_timers(
    facility: Served, terminal: Shell, tmp_path: Path
) -> None:
    (tmp_path / "new.toml").write_text(NEW_TOML)
    assert terminal("apply", "--demo", "--yes", str(tmp_path)) == SAME
    assert not lock_path(tmp_path).exists()
    assert terminal("apply", "--yes", str(tmp_path)) == SAME
    assert terminal("plan", str(tmp_path)) == SAME


def test_a_folder_that_a_script_has_left_empty_is_not_the_current_one(
    terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new.toml").write_text(NEW_TOML)
    monkeypatch.chdir(tmp_path)
    for command in ("plan", "apply", "drift"):
        assert terminal(command, "") == 1
        assert "DIR: it is empty" in terminal.err.replace("|PLANFILE", "")


def test_a_fleet_is_written_changed_planned_and_applied(facility: Served, terminal: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "timers"
    assert terminal("export", "--all", "to:archive", "!health:unknown", str(folder)) == SAME
    assert "0 changes to apply" in terminal.out
    assert terminal("export", "--all", str(folder)) == 2  # it is there already
    assert terminal("plan", str(folder)) == SAME
    assert terminal.out.startswith("No changes:")
    assert terminal("drift", str(folder)) == SAME
    assert len(terminal.out.splitlines()) == 1
    assert terminal("schema") == SAME
    assert terminal.document == json.loads((folder / "fleet.schema.json").read_text())

    (folder / "new.yaml").write_text(NEW)
    before = set(facility.sandbox.timers)
    assert terminal("plan", str(folder)) == CHANGES
    assert "+ create  copied" in terminal.out
    assert "\x1b" not in terminal.out  # colours are for terminals
    assert terminal("drift", str(folder)) == SAME  # nothing at Globus differs; the files say more
    assert "1 timer of the files not made yet" in terminal.out
    kept = tmp_path / "plan.json"
    assert terminal("plan", str(folder), "--json", "--out", str(kept)) == CHANGES
    (action,) = [one for one in terminal.document["actions"] if one["acts"]]
    assert (action["key"], action["acts"], action["id"]) == ("copied", ["create"], None)
    assert terminal.document["counts"]["create"] == 1
    # nobody to ask; then something changes after the plan was kept
    assert terminal("apply", str(kept)) == FAILED
    assert "--yes" in terminal.err
    moved = next(one for one in facility.sandbox.timers.values() if one.name == "db-dumps")
    moved.status, moved.inactive_reason = "inactive", {"cause": "user", "detail": None}
    assert terminal("apply", str(kept), "--yes") == FAILED
    assert "changed since that plan" in terminal.err
    assert set(facility.sandbox.timers) == before
    assert terminal("drift", str(folder)) == CHANGES
    assert "db-dumps (paused false -> true)" in terminal.out
    assert terminal("plan", str(folder)) == CHANGES
    assert "drifted: paused: false -> true" in terminal.out
    assert terminal("plan", str(folder), "--out", str(kept)) == CHANGES
    assert terminal("apply", str(kept), "--yes", "--read-only") == FAILED
    assert terminal("apply", str(kept), "--yes") == SAME, terminal.err
    assert sorted(line.split()[0] for line in terminal.out.splitlines()) == ["done", "done"]
    assert moved.status == "active"
    assert terminal("apply", str(folder), "--yes") == SAME
    assert len(facility.sandbox.timers) == len(before) + 1
    assert terminal("journal", "--format", "jsonl") == 0
    assert '"copied"' in terminal.out

    # what is wrong is told line by line, and is no change
    (folder / "new.yaml").write_text(NEW.replace("recursive: true", "recursive: yes\n    frm: x"))
    for command in ("plan", "drift", "apply"):
        assert terminal(command, str(folder), *(["--yes"] if command == "apply" else [])) == FAILED
        assert "new.yaml:7: timer.copied.recursive: must be true or false" in terminal.err
        assert "new.yaml:8: timer.copied.frm:" in terminal.err
    assert terminal("plan", "--no-such-option") == FAILED
    assert terminal("plan", str(tmp_path / "nowhere")) == FAILED


FLEET = """
[defaults]
zone = "UTC"
from = "Lab Depot:/results/"
notify_on_inactive = false

[template.nightly]
when = "every day at 03:30"
sync_level = "checksum"
preserve_timestamp = true
filter_rules = ["exclude *.tmp", "include files *.nc"]

[timer.full]
name = "fleet: full"
template = "nightly"
to = "Campus Archive:/archive/full/"
recursive = true
label = "by file"
encrypt_data = true

[timer.items]
name = "fleet: items"
when = "every 6h for 12 runs"
from = "Lab Depot"
to = "Campus Archive"
items = [{from = "/results/", to = "/archive/a/"}, {from = "/projects/", to = "/archive/b/", recursive = true}]

[timer.labs]
rows = "labs.csv"
template = "nightly"
when = "every monday at {hour}"
name = "fleet: {lab}"
to = "Campus Archive:/archive/{lab}/"
recursive = true
"""
MORE = """
timer:
  once:
    name: "fleet: once"
    when: {day} 02:00
    to: Campus Archive:/archive/once/
    paused: true
  flow:
    name: "fleet: flow"
    when: every 2 weeks until {day}
    flow: De-identify and publish
    input: '{{"path": "/deid/in/", "keep": true}}'
    tags: [t, "12:30"]
    run_label: by file
"""


def test_the_official_sdk_sees_what_the_files_say_and_what_it_changes_is_drift(
    facility: Served, terminal: Shell, tmp_path: Path
) -> None:
    folder = tmp_path / "timers"
    folder.mkdir()
    (folder / "a.toml").write_text(FLEET)
    day = f"{facility.sandbox.clock.now() + timedelta(days=200):%Y-%m-%d}"
    (folder / "b.yaml").write_text(MORE.format(day=day))
    (folder / "labs.csv").write_text('lab,hour\n"law, ""old""",08:00\nart,17:30\n')
    assert terminal("apply", str(folder), "--yes") == SAME, terminal.err
    sdk = globus_sdk.TimersClient(authorizer=globus_sdk.AccessTokenAuthorizer(token_of("524230d7")))
    there = {one["name"]: one for one in sdk.list_jobs()["jobs"] if str(one["name"]).startswith("fleet: ")}
    assert len(there) == 6
    documents = {name: sdk.get_job(one["job_id"]).data for name, one in there.items()}

    def schedule(name: str) -> dict[str, object]:
        return {key: one for key, one in documents[name]["schedule"].items() if one is not None}

    full = documents["fleet: full"]["callback_body"]["body"]
    assert (full["source_endpoint"], full["destination_endpoint"]) == (
        collection_id("depot"), collection_id("archive"),
    )  # fmt: skip
    (item,) = full["DATA"]
    assert (item["source_path"], item["destination_path"], item["recursive"]) == ("/results/", "/archive/full/", True)
    assert (full["sync_level"], full["label"]) == (3, "by file")
    flags = ("preserve_timestamp", "encrypt_data", "verify_checksum", "notify_on_inactive", "notify_on_failed")
    assert [full[key] for key in flags] == [True, True, True, False, True]
    assert full["delete_destination_extra"] is False
    rules = [(one["method"], one["name"], one.get("type")) for one in full["filter_rules"]]
    assert rules == [("exclude", "*.tmp", None), ("include", "*.nc", "file")]
    assert schedule("fleet: full")["interval_seconds"] == 86400
    assert str(schedule("fleet: full")["start"])[11:16] == "03:30"

    items = documents["fleet: items"]["callback_body"]["body"]["DATA"]
    assert [(one["source_path"], one["destination_path"], one.get("recursive")) for one in items] == [
        ("/results/", "/archive/a/", None), ("/projects/", "/archive/b/", True),
    ]  # fmt: skip
    assert schedule("fleet: items")["interval_seconds"] == 6 * 3600
    assert schedule("fleet: items")["end"] == {"condition": "iterations", "count": 12}

    law = documents['fleet: law, "old"']
    assert law["callback_body"]["body"]["DATA"][0]["destination_path"] == '/archive/law, "old"/'
    assert str(law["schedule"]["start"])[11:16] == "08:00"
    assert law["schedule"]["interval_seconds"] == 7 * 86400

    once, flow = documents["fleet: once"], documents["fleet: flow"]
    assert (once["schedule"]["type"], once["status"]) == ("once", "inactive")
    assert once["schedule"]["datetime"].startswith(f"{day}T02:00:00")
    assert once["n_runs"] == 0
    assert schedule("fleet: flow")["end"] == {"condition": "time", "datetime": f"{day}T23:59:59+00:00"}
    started = flow["callback_body"]
    assert started["body"] == {"path": "/deid/in/", "keep": True}
    assert (started["tags"], started["label"]) == (["t", "12:30"], "by file")

    # somebody else is at work
    ids = {name: one["job_id"] for name, one in there.items()}
    sdk.update_job(ids["fleet: full"], {"name": "renamed"})
    sdk.pause_job(ids["fleet: items"])
    sdk.resume_job(ids["fleet: once"])
    sdk.delete_job(ids["fleet: flow"])
    assert terminal("drift", str(folder)) == CHANGES
    (line,) = terminal.out.splitlines()
    assert line.startswith("4 of 6 timers differ")
    for words in ("name fleet: full -> renamed", "paused false -> true", "paused true -> false", "deleted at Globus"):
        assert words in line
    assert terminal("plan", str(folder), "--json") == CHANGES
    assert terminal.document["counts"] == {
        "create": 1, "replace": 0, "rename": 1, "pause": 1, "resume": 1, "delete": 0,
    }  # fmt: skip
    assert terminal("apply", str(folder), "--yes") == SAME, terminal.err
    assert terminal("drift", str(folder)) == SAME
    assert sdk.get_job(ids["fleet: full"])["name"] == "fleet: full"


def token_of(server: str) -> str:
    """The access token of whoever is signed in."""
    text = (Paths.of_this_user(os.environ).data / "tokens.json").read_text()
    grants = json.loads(text)["sign_ins"].popitem()[1]["grants"]
    found: str = next(one["access_token"] for key, one in grants.items() if key.startswith(server))
    return found


def test_consents_are_asked_for_in_a_terminal_and_named_where_there_is_none(
    facility: Served,
    terminal: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "new.yaml").write_text(
        f"{NEW}  lab:\n    when: every sunday at 02:00 UTC\n    from: National Lab DTN:/proj/climate/\n"
        "    to: Campus Archive:/archive/lab/\n"
    )
    allow = "Timers > Transfer > read and write your files on National Lab DTN"
    assert terminal("plan", str(tmp_path)) == CHANGES
    assert f"1 consent missing, for which apply asks:\n    {allow}\n" in terminal.out
    assert terminal("apply", str(tmp_path), "--yes") == FAILED
    assert f"FAILED  create lab: Allow: {allow}. Run globus-tui apply in a terminal" in terminal.out
    assert "done  create copied" in terminal.out

    answers: list[Callable[[str], str]] = [lambda _: "", lambda url: approve(facility.sandbox, url, OPS_USERNAME)]

    def read() -> Secret | None:
        link = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("http"))
        return Secret(pasted) if (pasted := answers.pop(0)(link)) else None

    monkeypatch.setattr(sign_in, "_read_code", read)
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert terminal("apply", str(tmp_path), "--yes") == FAILED
    assert "Nothing was sent: the consent was not given." in terminal.err
    assert terminal("apply", str(tmp_path), "--yes") == SAME, terminal.err
    assert terminal.out.startswith("done  create lab")
    assert terminal("plan", str(tmp_path)) == SAME


def test_on_a_terminal_it_is_asked_and_a_killed_apply_goes_on(facility: Served, tmp_path: Path) -> None:
    rows = "\n".join(f"lab-{number}" for number in range(12))
    (tmp_path / "labs.csv").write_text(f"lab\n{rows}\n")
    text = NEW.replace("copied:", "labs:").replace(
        "    recursive", "    rows: labs.csv\n    name: of {lab}\n    recursive"
    )
    (tmp_path / "labs.yaml").write_text(text.replace("/archive/projects/", "/archive/projects/{lab}/"))

    def made() -> list[str]:
        return [one.name for one in facility.sandbox.timers.values() if one.name and one.name.startswith("of lab-")]

    def apply(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "globus_tui", "apply", str(tmp_path), *options]
        return subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True)

    ours, theirs = pty.openpty()
    with apply() as asked:
        os.write(ours, b"n\n")
        assert asked.wait(100) == FAILED
    assert made() == []
    facility.sandbox.faults.add(Fault("/v2/timer", "POST", "lose", times=1, skip=2))
    facility.sandbox.faults.add(Fault("/v2/timer", "POST", "pass", times=None, skip=4, delay=0.3))
    with apply("--yes") as killed:
        while len(made()) < 7:
            assert killed.poll() is None
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait(100)
    facility.sandbox.faults.clear()
    assert len(made()) < 12
    facility.sandbox.clock.advance(660)  # what may still be on its way is waited for
    for _ in range(2):
        with apply("--yes") as again:
            assert again.wait(100) == SAME
        assert sorted(made()) == sorted(f"of lab-{number}" for number in range(12))
    os.close(ours)
    os.close(theirs)

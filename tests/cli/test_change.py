"""`pause`, `resume`, `rename`, `delete`, `run` and `fix`: nothing twice, nothing unasked, all of it in the journal."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.cli import account, change
from globus_tui.domain.errors import ServiceError
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.transfer.engine import hold
from globus_tui.settings import load_settings
from globus_tui.store.details import Details

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from globus_tui.sandbox.state import Timer
    from tests.cli.shell import Shell
    from tests.served import Served

DONE, SOME, MISUSED, UNREACHABLE, SIGN_IN = 0, 1, 2, 3, 4


def timer(facility: Served, name: str) -> Timer:
    return next(one for one in facility.sandbox.timers.values() if one.name == name)


def paused(facility: Served) -> set[str]:
    return {key for key, one in facility.sandbox.timers.items() if one.status == "inactive"}


def test_what_a_filter_means_is_paused_and_exactly_that_is_resumed(facility: Served, terminal: Shell) -> None:
    before = paused(facility)
    assert terminal("pause", "to:archive", "--dry-run") == DONE
    planned = [line.rpartition("(")[2].rstrip(")") for line in terminal.out.splitlines() if line.startswith("pause ")]
    assert len(planned) > 5
    assert paused(facility) == before
    assert terminal("pause", "to:archive", "--yes") == DONE
    assert len(terminal.out.splitlines()) == len(planned)
    assert all(line.startswith("done") for line in terminal.out.splitlines())
    assert paused(facility) == before | set(planned)
    assert terminal("pause", "to:archive", "--yes") == DONE
    assert terminal.out == ""
    assert "is paused already" in terminal.err
    assert terminal("resume", *planned, "--yes") == DONE
    assert paused(facility) == before
    assert terminal("journal", "--format", "jsonl") == DONE
    assert terminal.out.count('"outcome":"done"') == 2 * len(planned)
    assert terminal("journal", "verify") == DONE


def test_ended_early_it_says_how_far_it_came(facility: Served) -> None:
    hanging = timer(facility, "sensor-hourly").job_id
    facility.sandbox.faults.add(Fault(f"/jobs/{hanging}/pause*", method="POST", times=None, kind="hang"))
    command = [sys.executable, "-m", "globus_tui", "pause", "sensor-hourly or db-dumps", "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout
        assert program.stderr
        assert program.stdout.readline().startswith("done  db-dumps")
        program.send_signal(signal.SIGINT)
        assert program.wait(60) == 130
        assert "Ended early: 1 of 2 are through; globus-tui journal" in program.stderr.read()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("full", [False, True])
def test_output_that_nobody_takes_keeps_no_change_from_being_made(
    facility: Served, *, full: bool, unbuffered: str
) -> None:
    for name in ("db-dumps", "course-material", "sensor-hourly", "home-backup", "field-station", "dicom-offload"):
        timer(facility, name).name = f"same {name}"
    before = paused(facility)
    stopped: set[str] = set()
    for words in ("pause same", "resume same", "window open same", "window close --stagger 0"):
        reader, writer = os.pipe()
        os.close(reader)
        out = os.open("/dev/full", os.O_WRONLY) if full else writer
        command = [sys.executable, "-m", "globus_tui", *words.split(), "--yes"]
        environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=environ, check=False)
        os.close(writer)
        assert done.returncode == (SOME if full else DONE)
        assert "Traceback" not in done.stderr
        assert ("standard output cannot be written" in done.stderr.lower()) is full
        stopped = paused(facility) - before
        assert len(stopped) == (6 if words in ("pause same", "window open same") else 0), words
    with open("/dev/full", "w") as nowhere:
        command = [sys.executable, "-m", "globus_tui", "note", "same", "--text", "moved"]
        assert subprocess.run(command, stdout=nowhere, stderr=subprocess.PIPE, check=False).returncode == SOME
    noted = subprocess.run([*command[:3], "list", "note:moved", "--format", "jsonl"], capture_output=True, check=True)
    assert noted.stdout.count(b'"id"') == 6


def test_a_log_that_is_followed_ends_when_nobody_reads_on(facility: Served) -> None:
    for unbuffered in ("", "1"):
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-m", "globus_tui", "log", "dicom-offload", "--follow"]
        environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, env=environ, check=False)
        os.close(writer)
        assert (done.returncode, done.stderr) == (DONE, "")


def test_without_a_terminal_it_is_not_asked_and_nothing_is_done(facility: Served, terminal: Shell) -> None:
    before = paused(facility)
    assert terminal("pause", "to:archive") == MISUSED
    assert "--yes" in terminal.err
    for nothing in ("", "name:", "no-such-timer"):
        assert terminal("delete", nothing, "--yes") == MISUSED
    assert paused(facility) == before
    assert terminal("journal") == DONE
    assert terminal.out == ""


@pytest.mark.parametrize(("typed", "code", "there"), [("y\n", SOME, True), ("delete 1\n", DONE, False)])
def test_on_a_terminal_deleting_wants_more_than_a_letter(
    facility: Served, typed: str, code: int, *, there: bool
) -> None:
    job_id = timer(facility, "db-dumps").job_id
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "globus_tui", "delete", job_id]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        process.wait(100)
    os.close(ours)
    assert process.returncode == code
    known = facility.sandbox.timers.get(job_id)
    assert (known is not None and known.status == "active") is there


def test_how_it_ended_is_told_timer_by_timer_and_by_the_exit_code(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = timer(facility, "db-dumps"), timer(facility, "course-material")
    facility.sandbox.faults.add(Fault(f"/jobs/{first.job_id}/pause", times=None, status=403))
    assert terminal("pause", first.job_id, second.job_id, "--yes") == SOME
    words = {line.split("(")[1].split(")")[0]: line.split()[0] for line in terminal.out.splitlines()}
    assert words == {first.job_id: "FAILED", second.job_id: "done"}
    assert terminal("fix", "health:sign-in", "--yes") == SIGN_IN
    assert "Allow: " in terminal.out
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_TIMER", "http://127.0.0.1:9")
    assert terminal("resume", "course-material", "--yes") == UNREACHABLE


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_what_globus_refuses_has_failed_though_globus_could_be_asked(
    facility: Served, terminal: Shell, status: int
) -> None:
    first, second = timer(facility, "db-dumps"), timer(facility, "course-material")
    for verb in ("pause", "delete"):
        facility.sandbox.faults.add(Fault("/jobs/*/pause", times=None, status=status))
        facility.sandbox.faults.add(Fault("/jobs/*", method="DELETE", times=None, status=status))
        assert terminal(verb, first.job_id, second.job_id, "--yes") == SOME
    facility.sandbox.faults.clear()
    facility.sandbox.faults.add(Fault(f"/jobs/{first.job_id}/pause", times=None, status=503))
    assert terminal("window", "open", first.job_id, second.job_id, "--yes") == SOME  # the other one was paused
    assert second.status == "inactive"


def test_no_name_means_no_timer_though_one_has_none(facility: Served, terminal: Shell) -> None:
    timer(facility, "db-dumps").name = None
    timer(facility, "course-material").name = ""
    for blank in ("", "  "):
        for words in (("show", blank), ("rename", blank, "new", "--yes"), ("pause", blank, "--yes"), ("impact", blank)):
            assert terminal(*words) == MISUSED, words
            assert terminal.out == ""


def test_renaming_running_and_reading_only(facility: Served, terminal: Shell, tmp_path: Path) -> None:
    one = timer(facility, "db-dumps")
    assert terminal("rename", "db-dumps", "db dumps (nightly)", "--yes") == DONE
    assert one.name == "db dumps (nightly)"
    assert terminal("rename", one.job_id, "  ", "--yes") == MISUSED
    assert terminal("rename", one.job_id, "x" * 100_000, "--yes") == MISUSED
    assert "The name has 100 000 characters: write at most 255." in terminal.err
    tasks = len(facility.sandbox.tasks)
    assert terminal("run", one.job_id, "--yes") == DONE
    assert len(facility.sandbox.tasks) == tasks + 1
    from globus_tui.settings import load_settings

    config = load_settings({}).paths.config
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("read_only = true\n")
    assert terminal("export", one.job_id) == DONE
    file = tmp_path / "timer.json"
    file.write_text(terminal.out)
    before = {key: (known.status, known.name) for key, known in facility.sandbox.timers.items()}
    for verb in ("pause", "resume", "delete", "run", "fix"):
        assert terminal(verb, one.job_id, "--yes") == MISUSED, verb
        assert "Read-only" in terminal.err
    for words in (("rename", one.job_id, "other"), ("create", "--from-file", str(file))):
        assert terminal(*words) == MISUSED, words
        assert "Read-only" in terminal.err
    assert terminal("pause", one.job_id, "--dry-run") == DONE
    assert {key: (known.status, known.name) for key, known in facility.sandbox.timers.items()} == before


def test_a_maintenance_window_pauses_and_resumes_exactly_the_same(facility: Served, terminal: Shell) -> None:
    def status(name: str) -> str:
        return next(one.status for one in facility.sandbox.timers.values() if one.name == name)

    assert terminal("window", "open", "name:db-dumps", "--until", "in 3 hours", "--dry-run") == DONE
    assert "pause db-dumps" in terminal.out
    assert status("db-dumps") != "inactive"
    for until in ("now", "yesterday", ""):
        assert terminal("window", "open", "name:db-dumps", "--until", until, "--dry-run") == MISUSED
    planned = ("window", "open", "name:db-dumps", "--at", "tomorrow 02:00", "--zone", "UTC")
    assert terminal(*planned, "--dry-run") == DONE
    assert "They are paused " in terminal.out
    assert " 02:00, by whichever copy" in terminal.out
    assert terminal("window", "open", "name:db-dumps", "--at", "now", "--dry-run") == DONE
    assert "by whichever copy" not in terminal.out
    assert terminal(*planned, "--yes") == DONE
    assert terminal.out.endswith(": planned for 1 timer\n")
    assert status("db-dumps") != "inactive"
    assert terminal("window", "close", "--yes") == DONE
    assert terminal("window", "open", "name:db-dumps") == MISUSED
    assert terminal("pause", "name:db-dumps", "--reason", "disk swap", "--until", "in 3 hours", "--yes") == DONE
    assert status("db-dumps") == "inactive"
    assert terminal("window", "open", "name:db-dumps", "--yes") == DONE
    assert terminal.err == "globus-tui: left out: db-dumps was paused before\n"  # and no word of a window
    assert terminal("window", "list", "--json") == DONE
    (window,) = terminal.document["windows"]
    assert (window["reason"], window["state"], window["overdue"]) == ("disk swap", "open", False)
    assert terminal("list", "db-dumps", "--format", "json") == DONE
    assert "disk swap" in terminal.document["timers"][0]["why"]
    assert terminal("window", "close", "--dry-run") == DONE
    assert "resume db-dumps" in terminal.out
    assert terminal("window", "close", "nosuch", "--yes") == MISUSED
    assert terminal("window", "close", "--yes") == DONE
    assert status("db-dumps") != "inactive"
    assert terminal("window", "close", "--yes") == MISUSED
    assert terminal("window", "due") == DONE


def test_the_last_change_is_undone_and_redone_from_the_shell(facility: Served, terminal: Shell) -> None:
    def name() -> str | None:
        return facility.sandbox.timers[job_id].name

    job_id = next(one.job_id for one in facility.sandbox.timers.values() if one.name == "db-dumps")
    assert terminal("undo", "--yes") == SOME
    assert terminal("rename", "db-dumps", "dumps", "--yes") == DONE
    assert terminal("undo", "--dry-run") == DONE
    assert terminal.out == "rename dumps to db-dumps\n"
    assert terminal("undo", "--yes") == DONE
    assert name() == "db-dumps"
    assert terminal("redo", "--yes") == DONE
    assert name() == "dumps"
    assert terminal("journal", "export", "--format", "markdown") == DONE
    assert terminal.out.count("rename (undo)") == terminal.out.count("rename (redo)") == 1
    assert [line.split(" | ")[-1].strip(" |") for line in terminal.out.splitlines()[-3:]] == [
        "now dumps",
        "now db-dumps",
        "now dumps",
    ]
    assert terminal("journal", "verify") == DONE


def test_what_cannot_be_taken_back_any_more_is_told_and_left_as_it_is(facility: Served, terminal: Shell) -> None:
    mine = timer(facility, "db-dumps")
    assert terminal("rename", "db-dumps", "dumps", "--yes") == DONE
    mine.name = "somebody's"
    assert terminal("undo", "--dry-run") == DONE
    assert "was renamed again since" in terminal.out
    assert terminal("undo", "--yes") == SOME
    assert "was renamed again since" in terminal.err
    assert terminal.err.splitlines()[-1] == "globus-tui: Nothing was changed."
    assert mine.name == "somebody's"


def test_a_step_that_cannot_be_taken_back_is_set_aside_when_agreed_to_and_the_one_before_is_next(
    facility: Served, terminal: Shell
) -> None:
    kept, gone = timer(facility, "course-material"), timer(facility, "db-dumps")
    assert terminal("pause", kept.job_id, "--yes") == DONE
    assert terminal("rename", "db-dumps", "dumps", "--yes") == DONE
    del facility.sandbox.timers[gone.job_id]
    assert terminal("undo") == MISUSED  # nobody is there to agree
    assert terminal("undo", "--dry-run") == DONE
    assert "is not there any more" in terminal.out
    assert terminal("undo", "--yes") == SOME
    assert "is not there any more" in terminal.err
    assert "the next undo takes the one before" in terminal.err
    assert kept.status == "inactive"  # nothing is undone unasked
    assert terminal("undo", "--dry-run") == DONE
    assert terminal.out.startswith("resume course-material")
    assert terminal("undo", "--yes") == DONE
    assert kept.status == "active"
    assert terminal("undo", "--yes") == SOME
    assert "There is nothing to undo" in terminal.err
    del facility.sandbox.timers[kept.job_id]
    assert terminal("redo", "--yes") == SOME
    assert terminal("redo", "--yes") == SOME
    assert "There is nothing to redo" in terminal.err
    assert terminal("journal") == DONE
    assert "set aside" in terminal.out
    assert terminal("journal", "verify") == DONE


def test_what_people_decide_is_found_told_and_taken_back(facility: Served, terminal: Shell) -> None:
    assert terminal("note", "name:run41-reprocessing", "--text", "see ticket 12", "--tag", "beam,night") == DONE
    assert terminal("list", "tag:night", "--format", "json") == DONE
    (noted,) = terminal.document["timers"]
    assert (noted["name"], noted["note"], noted["tags"]) == ("run41-reprocessing", "see ticket 12", ["beam", "night"])
    assert terminal("list", "db-dumps", "--format", "json") == DONE
    assert [(one["note"], one["tags"]) for one in terminal.document["timers"]] == [(None, [])]
    assert terminal("list", "tag:night", "--format", "csv") == DONE
    heading, row = terminal.out.splitlines()
    assert heading.endswith(",note,tags")
    assert row.endswith(",see ticket 12,beam night")
    assert terminal("show", "run41-reprocessing", "--json") == DONE
    assert terminal.document["timer"]["note"] == "see ticket 12"
    assert terminal("show", "run41-reprocessing") == DONE
    assert "Note: see ticket 12 #beam #night" in terminal.out
    assert terminal("known", "name:run41-reprocessing", "--reason", "ticket 12", "--until", "in 3 days") == DONE
    assert terminal("list", "name:run41-reprocessing", "--format", "json") == DONE
    assert "(known until" in terminal.document["timers"][0]["why"]
    assert terminal("check", "name:run41-reprocessing", "--timeout", "60") == 0
    assert "1 more in trouble that somebody knows of" in terminal.out
    same = False
    for _ in range(5):  # a run may leave the eight hours between the one and the other
        assert terminal("report", "--hours", "8") == DONE
        assert "see ticket 12 #beam #night" in terminal.out
        assert "## The next 8h" in terminal.out
        ran = terminal.out.split("## What ran in the last 8h\n\n")[1].splitlines()[0]
        assert terminal("agenda", "--past", "8h") == DONE
        if same := terminal.out.rstrip().endswith(ran.removesuffix(".")):
            break
    assert same
    assert terminal("known", "name:run41-reprocessing", "--clear") == DONE
    for until in ("now", "yesterday", ""):
        assert terminal("known", "name:run41-reprocessing", "--until", until) == MISUSED
    assert terminal("known", "name:run41-reprocessing", "--until", "tomorrow") == DONE
    assert "No time of day is said" in terminal.err
    assert terminal("known", "name:run41-reprocessing", "--clear") == DONE
    assert terminal("check", "name:run41-reprocessing", "--timeout", "60") == 2
    assert terminal("limit", "name:db-dumps", "--last-good", "1m") == DONE
    assert terminal("list", "name:db-dumps", "--format", "json") == DONE
    assert terminal.document["timers"][0]["health"] == "OVERDUE"
    assert "last good copy is" in terminal.document["timers"][0]["why"]
    assert terminal("limit", "name:db-dumps") == MISUSED
    assert terminal("limit", "name:db-dumps", "--clear", "--fewer-files", "10") == MISUSED
    assert terminal("note", "name:db-dumps", "--clear", "--text", "kept?") == MISUSED
    assert terminal("limit", "name:db-dumps", "--fewer-files", "30000") == DONE  # of mirrors of millions
    assert terminal("limit", "name:db-dumps", "--clear") == DONE
    assert terminal("agenda", "--past", "6h") == DONE
    assert "still wait" in terminal.out


def test_what_changed_and_what_would_stop_is_asked_from_the_shell(facility: Served, terminal: Shell) -> None:
    assert terminal("changes", "--keep") == DONE
    assert "no time yet" in terminal.err
    assert terminal("changes") == DONE
    assert "This is remembered" in terminal.err
    assert terminal("--demo", "changes") == DONE
    assert "begins anew each time" in terminal.err
    assert terminal("changes", "--zone", "Asia/Tokyo") == DONE
    assert "Nothing changed since" in terminal.err
    assert terminal.err.rstrip().endswith("JST.")
    assert terminal("rename", "db-dumps", "dumps-of-today", "--yes") == DONE
    command = [sys.executable, "-m", "globus_tui", "changes"]
    with open("/dev/full", "w") as full:  # what could not be shown is told the next time
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode == SOME
    assert terminal("changes", "--json", "--keep") == DONE
    assert {"name": "dumps-of-today", "what": "name", "before": "db-dumps", "after": "dumps-of-today"} in (
        terminal.document["changes"]
    )
    assert terminal("impact", "tape library") == DONE
    assert "tape-second-copy" in terminal.out
    assert terminal("impact", "no such place") == MISUSED
    assert terminal("run", "name:bio-results-out", "--yes", "--wait", "--timeout", "1") in (DONE, SOME)
    assert "did not end within 1 s" in terminal.out or "succeeded" in terminal.out.lower()


def test_nobody_takes_back_what_somebody_else_did_under_the_profile(facility: Served, terminal: Shell) -> None:
    assert terminal("delete", timer(facility, "db-dumps").job_id, "--yes") == DONE
    assert terminal("logout") == DONE
    asyncio.run(facility.sign_in("default", "kim@example-facility.org"))
    many = len(facility.sandbox.timers)
    assert terminal("undo", "--yes") == SOME
    assert "There is nothing to undo" in terminal.err
    assert len(facility.sandbox.timers) == many, "the deleted timer was not made anew as another person's"
    assert terminal("logout") == DONE
    asyncio.run(facility.sign_in())
    assert terminal("undo", "--dry-run") == DONE
    assert "make db-dumps anew" in terminal.out


def test_a_collection_whose_name_could_not_be_read_is_not_called_none_of_a_timer(
    facility: Served, terminal: Shell
) -> None:
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    assert terminal("impact", "Tape Library") == UNREACHABLE
    assert "It is not known what 'Tape Library' is. Ask again later." in terminal.err
    assert "Globus Transfer is not available now" in terminal.err
    facility.sandbox.faults.clear()
    assert terminal("impact", "Tape Library") == DONE
    assert "not known" not in terminal.err
    assert terminal("impact", "no-such") == MISUSED


@pytest.mark.parametrize("words", ["-from:Depot", "health:ok", "db -Depot"])
def test_nothing_is_done_to_what_a_filter_leaves_while_it_cannot_leave_anything_out(
    facility: Served, terminal: Shell, words: str
) -> None:
    before = paused(facility)
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    assert terminal("pause", "--yes", "--", *words.split()) == UNREACHABLE
    assert "means is not known now. Name them by their ids, or ask again later." in terminal.err
    assert paused(facility) == before
    assert terminal("pause", "--yes", "name:db-dumps -name:old status:active") == DONE
    assert paused(facility) == before | {timer(facility, "db-dumps").job_id}


def test_how_timers_are_is_known_though_the_name_of_a_collection_is_not(facility: Served, terminal: Shell) -> None:
    before = paused(facility)
    facility.sandbox.faults.add(Fault("/v0.10/endpoint/*", times=None))
    assert terminal("pause", "--yes", "health:ok", "name:db-dumps") == DONE
    assert "Names of collections could not be read" in terminal.err
    assert paused(facility) > before
    assert terminal("resume", "--yes", "name:db-dumps", "-to:archive") == UNREACHABLE


def test_what_is_not_known_is_no_change(facility: Served, terminal: Shell) -> None:
    assert terminal("changes") == DONE
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    assert terminal("changes") == UNREACHABLE
    assert terminal.out == ""
    assert terminal.err.startswith("globus-tui: What became of the runs could not be read: Globus Transfer is not ")
    assert terminal.err.endswith("Nothing is remembered of it: ask again later.\n")
    facility.sandbox.faults.clear()
    assert terminal("changes") == DONE
    assert " WARN " not in terminal.out


def test_undo_goes_on_with_what_it_failed_at_before_it_takes_back_anything_older(
    facility: Served, terminal: Shell
) -> None:
    first, second = timer(facility, "db-dumps"), timer(facility, "course-material")
    assert terminal("rename", "home-backup", "kept-name", "--yes") == DONE
    assert terminal("pause", first.job_id, second.job_id, "--yes") == DONE
    facility.sandbox.faults.add(Fault(f"/jobs/{first.job_id}/resume", status=403))
    assert terminal("undo", "--yes") == SOME
    assert (first.status, second.status) == ("inactive", "active")
    assert "--set-aside" in terminal.err
    assert terminal("undo", "--dry-run") == DONE
    assert terminal.out == "resume db-dumps\n"
    assert terminal("undo", "--yes") == DONE
    assert (first.status, timer(facility, "kept-name").status) == ("active", "active")
    assert terminal("undo", "--dry-run") == DONE
    assert terminal.out == "rename kept-name to home-backup\n"
    assert terminal("redo", "--yes") == DONE
    assert (first.status, second.status) == ("inactive", "active")
    assert terminal("journal", "verify") == DONE


def test_an_undo_that_was_ended_early_goes_on_with_what_had_no_turn(facility: Served, terminal: Shell) -> None:
    those = [timer(facility, name) for name in ("db-dumps", "course-material", "home-backup", "sensor-hourly")]
    assert terminal("rename", "telemetry-rollup", "kept-name", "--yes") == DONE
    assert terminal("pause", *(one.job_id for one in those), "--yes") == DONE
    those[-1].status = "active"  # somebody resumed it elsewhere: it is left out
    hangs = facility.sandbox.faults.add(Fault("/jobs/*/resume", method="POST", skip=1, kind="hang"))
    command = [sys.executable, "-m", "globus_tui", "undo", "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout
        assert program.stderr
        assert program.stdout.readline().startswith("done  ")
        while not hangs.seen:
            assert program.poll() is None
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        assert program.wait(60) == 130
        assert "Ended early: the next undo goes on with what had no turn" in program.stderr.read()
    assert sorted(one.status for one in those) == ["active", "active", "inactive", "inactive"]
    assert terminal("undo", "--yes") == DONE
    assert terminal.out.count("done  ") == 2
    assert {one.status for one in those} == {"active"}
    assert terminal("undo", "--dry-run") == DONE
    assert terminal.out == "rename kept-name to telemetry-rollup\n"
    assert terminal("redo", "--dry-run") == DONE
    assert terminal.out.count("pause ") == 2


def test_what_is_left_out_has_not_been_done_unless_it_is_so_already(facility: Served, terminal: Shell) -> None:
    """A script must not take for resumed what waits for a sign-in."""
    assert terminal("resume", "climate-monthly-tar", "--yes") == SIGN_IN
    assert "needs a sign-in first" in terminal.err
    assert terminal("pause", "db-dumps", "--yes") == DONE
    assert terminal("resume", "name:climate-monthly-tar or name:db-dumps", "--yes") == SOME
    assert terminal.out.count("done  ") == 1
    assert terminal("resume", "db-dumps", "--yes") == DONE  # it runs already
    assert terminal("run", "wake-up-callback", "--yes") == SOME
    assert terminal("resume", "climate-monthly-tar", "--dry-run") == DONE


def test_two_undos_at_once_make_a_deleted_timer_once(facility: Served, terminal: Shell) -> None:
    assert terminal("rename", "home-backup", "kept-name", "--yes") == DONE
    assert terminal("delete", "db-dumps", "--yes") == DONE
    held = facility.sandbox.faults.add(Fault("/v2/timer", method="POST", kind="hang"))
    command = [sys.executable, "-m", "globus_tui", "undo", "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        while not held.seen:
            assert program.poll() is None
            time.sleep(0.01)
        assert terminal("undo", "--yes") == SOME
        assert "another copy of this program is undoing something" in terminal.err
        program.kill()
        program.communicate()
    assert terminal("undo", "--yes") == DONE
    made = [one for one in facility.sandbox.timers.values() if one.name == "db-dumps" and "delete" not in one.status]
    assert len(made) == 1


def test_an_undo_that_somebody_else_was_quicker_with_does_nothing(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert terminal("pause", "course-material", "--yes") == DONE
    assert terminal("delete", "db-dumps", "--yes") == DONE
    command = [sys.executable, "-m", "globus_tui", "undo", "--yes"]

    def agreed_late(verb: str, count: int) -> bool:
        return subprocess.run(command, capture_output=True, check=True).returncode == DONE

    monkeypatch.setattr(account, "agreed", agreed_late)
    monkeypatch.setattr(change, "may_be_changed", lambda *_: None)
    assert terminal("undo") == SOME
    assert "something was changed or undone meanwhile" in terminal.err
    made = [one for one in facility.sandbox.timers.values() if one.name == "db-dumps" and "delete" not in one.status]
    assert len(made) == 1
    assert timer(facility, "course-material").status == "inactive"


def test_what_globus_refuses_to_take_back_for_ever_can_be_set_aside(facility: Served, terminal: Shell) -> None:
    first = timer(facility, "db-dumps")
    assert terminal("rename", "home-backup", "kept-name", "--yes") == DONE
    assert terminal("pause", first.job_id, "--yes") == DONE
    facility.sandbox.faults.add(Fault(f"/jobs/{first.job_id}/resume", status=403, times=None))
    assert terminal("undo", "--yes") == SOME
    assert terminal("undo", "--yes") == SOME
    assert terminal("undo", "--set-aside") == MISUSED  # nobody is there to agree
    assert terminal("undo", "--set-aside", "--dry-run") == DONE
    assert terminal.out == "set aside: pause db-dumps\n"
    assert terminal("undo", "--set-aside", "--yes") == DONE
    assert (first.status, timer(facility, "kept-name").name) == ("inactive", "kept-name")
    assert terminal("undo", "--yes") == DONE
    assert timer(facility, "home-backup").name == "home-backup"
    assert terminal("undo", "--set-aside", "--yes") == SOME
    assert "There is nothing to undo" in terminal.err
    assert terminal("redo", "--set-aside", "--yes") == DONE
    assert terminal("redo", "--yes") == SOME
    assert "There is nothing to redo" in terminal.err
    assert terminal("journal", "verify") == DONE


def test_a_change_that_cannot_be_recorded_is_told_whatever_it_was(facility: Served, terminal: Shell) -> None:
    state = load_settings(os.environ).paths.state
    state.joinpath("journal.jsonl").mkdir(parents=True)
    for made in (("pause", "db-dumps"), ("skip", "course-material"), ("run", "home-backup")):
        assert terminal(*made, "--yes") == DONE
        assert "journal.jsonl cannot be written: Is a directory" in terminal.out
        assert "What was changed is not recorded" in terminal.err
    state.joinpath("seen.json").mkdir()
    assert terminal("changes") == SOME
    assert terminal.err == f"globus-tui: {state / 'seen.json'} cannot be used: Is a directory.\n"


def test_a_report_of_some_timers_has_the_changes_of_those_only(facility: Served, terminal: Shell) -> None:
    assert terminal("pause", "name:db-dumps or name:course-material", "--yes") == DONE
    assert terminal("report", "name:db-dumps") == DONE
    changes = terminal.out.partition("## Changes")[2]
    assert "| db-dumps | done |" in changes
    assert "course-material" not in changes
    assert terminal("report", "--hours", "1") == DONE
    assert "course-material" in terminal.out.partition("## Changes")[2]
    (outage,) = (line for line in terminal.out.splitlines() if "timers, as" in line)
    lasts = outage.split(" | ")[2]
    assert f"({lasts})" in outage, "how long it lasts and the reason are of two timers"
    assert terminal("report", "no-such-timer") == DONE
    assert "No timer matches." in terminal.err
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    assert terminal("report") == DONE
    assert "**What became of the runs could not be read: Globus Transfer is not available now" in terminal.out


def test_skip_says_which_run_is_left_out_and_leaves_alone_what_has_none(facility: Served, terminal: Shell) -> None:
    old = timer(facility, "db-dumps")
    coming = old.next_run
    assert coming is not None
    assert terminal("skip", "db-dumps", "--dry-run", "--zone", "UTC") == DONE
    assert f"{coming:%H:%M}" in terminal.out
    assert terminal("skip", "db-dumps", "--yes", "--zone", "UTC") == DONE
    assert terminal.out.startswith("done")
    new = next(one for one in facility.sandbox.timers.values() if one.name == "db-dumps" and one is not old)
    assert old.status == "inactive"
    assert new.next_run is not None
    assert abs(new.next_run - coming).total_seconds() == pytest.approx(86400, abs=1)
    assert terminal("show", "db-dumps", "--json") == DONE  # the one that is kept is not meant
    assert terminal.document["timer"]["id"] == new.job_id
    assert terminal("run", "wake-up-callback", "--dry-run") == DONE
    assert "only Globus can do that" in terminal.out
    for name in ("mirror-secondary", "one-off paper upload", "paper-2025-upload"):
        known = len(facility.sandbox.timers)
        assert terminal("skip", name, "--dry-run") == DONE  # what would be refused is not promised
        assert terminal.out.startswith("left out: ")
        assert terminal("skip", name, "--yes") == (DONE if name == "paper-2025-upload" else SOME)  # which has ended
        assert terminal.out == ""
        assert len(facility.sandbox.timers) == known
    assert terminal("undo", "--yes") == DONE
    assert (old.status, new.status) == ("active", "inactive")
    assert terminal("journal", "verify") == DONE


def test_a_mirror_whose_run_is_skipped_alarms_at_the_level_that_was_chosen(
    facility: Served, terminal: Shell, tmp_path: Path
) -> None:
    assert terminal("export", "nightly-project-mirror") == DONE
    file = tmp_path / "mirror.json"
    file.write_text(json.dumps({**terminal.document, "guards": {"fewer_percent": 40}}))
    assert terminal("create", "--from-file", str(file), "--deletes", "projects") == DONE
    assert terminal("skip", terminal.out.strip(), "--yes") == DONE
    assert terminal("export", terminal.out.split("Its id is ")[1].split(".")[0]) == DONE
    assert terminal.document["guards"] == {"fewer_percent": 40}


def test_what_somebody_else_has_replaced_meanwhile_is_not_replaced_once_more(facility: Served, terminal: Shell) -> None:
    old = timer(facility, "db-dumps")

    class Meanwhile(Fault):
        async def hold(self) -> None:
            old.status = "inactive"  # another copy was quicker: its new timer has the place of this one

    facility.sandbox.faults.add(Meanwhile("/v2/timer", method="POST", kind="pass"))
    assert terminal("skip", "db-dumps", "--yes") == SOME
    assert "was paused meanwhile" in terminal.out
    assert "The new timer was deleted again" in terminal.out
    assert [one.status for one in facility.sandbox.timers.values() if one.name == "db-dumps"] == [
        "inactive",
        "delete_in_progress",
    ]


def test_a_time_that_a_script_has_left_empty_is_not_the_same_as_none(facility: Served, terminal: Shell) -> None:
    before = paused(facility)
    for option in ("--at", "--until"):
        assert terminal("pause", "db-dumps", option, "", "--yes") == MISUSED
        assert "A moment is missing" in terminal.err
    assert paused(facility) == before


@pytest.mark.parametrize("words", [("delete", "db-dumps"), ("rename", "db-dumps", "old dumps")])
def test_what_somebody_has_renamed_while_it_was_asked_is_left_as_it_is(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    theirs, asked = timer(facility, "db-dumps"), account.goes_on

    def meanwhile(*about: Any) -> int | None:
        theirs.name = "dumps of production"
        return asked(*about)

    monkeypatch.setattr(change, "goes_on", meanwhile)
    assert terminal(*words, "--yes") == SOME
    assert "somebody has renamed it to dumps of production since" in terminal.out
    assert (theirs.status, theirs.name) == ("active", "dumps of production")
    assert terminal("journal") == DONE
    assert terminal.out == ""


def test_what_was_started_is_waited_for_and_the_exit_code_says_how_it_ended(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "_LOOKS_AGAIN", 0.0)

    def later(read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def look(*given: object) -> object:
            facility.sandbox.clock.advance(600)
            return await read(*given)

        return look

    for name in ("load_task", "load_detail"):  # ten minutes pass from look to look
        monkeypatch.setattr(Details, name, later(getattr(Details, name)))
    assert terminal("run", "db-dumps", "--yes", "--wait") == DONE
    assert "succeeded" in terminal.out
    assert terminal("resume", "mirror-secondary", "--yes", "--wait") == SIGN_IN
    assert "It stands still again: consent missing: Object Store (S3 gateway)" in terminal.out
    assert terminal("resume", "old-project-tree", "--yes", "--wait") == DONE
    assert terminal("run", "run41-reprocessing", "--yes", "--wait") == SOME
    assert "FAILED" in terminal.out
    assert (
        terminal("run", "quality-report-daily", "--yes", "--wait", "--timeout", "20") == DONE
    )  # of a flow the run, which has no task
    assert terminal.out.startswith("done  quality-report-daily")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("NO_CREDENTIALS", " Its task does not move: no credentials for the collection."),
        ("PAUSED", " Its task does not move: paused by a collection's manager."),
        (None, ""),
    ],
)
def test_who_has_waited_in_vain_is_told_what_the_task_waits_for(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch, reason: str | None, words: str
) -> None:
    monkeypatch.setattr(change, "_LOOKS_AGAIN", 0.0)
    read, looks = Details.load_task, 0

    async def look(details: Details, task_id: str) -> object:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise TimeoutError  # the time is over
        if reason is not None:
            hold(facility.sandbox.unfinished[task_id], reason)
        return await read(details, task_id)

    monkeypatch.setattr(Details, "load_task", look)
    assert terminal("run", "db-dumps", "--yes", "--wait") == SOME
    assert terminal.out.endswith(f"It did not end within 3600 s.{words}\n"), terminal.out


def test_waiting_outlives_a_service_in_trouble_and_all_begin_before_one_ends(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "_LOOKS_AGAIN", 0.0)
    asked: list[str] = []
    read, run_now = Details.load_task, change._run_now

    async def begin(*given: Any) -> object:
        begun = await run_now(*given)
        asked.append("begun")
        return begun

    async def look(details: Details, task_id: str) -> object:
        asked.append("look")
        if asked.count("look") == 1:
            raise ServiceError("Globus Transfer is away.", service="transfer", status=500)
        if asked.count("begun") == 2:
            facility.sandbox.clock.advance(600)
        return await read(details, task_id)

    monkeypatch.setattr(change, "_run_now", begin)
    monkeypatch.setattr(Details, "load_task", look)
    both = ("name:db-dumps", "or", "name:course-material")
    assert terminal("run", *both, "--yes", "--wait", "--timeout", "20") == DONE
    assert terminal.out.count("succeeded") == 2

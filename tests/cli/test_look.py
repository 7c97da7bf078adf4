"""`list`, `show` and `runs` against a served facility: what the console shows, for people and for programs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from globus_tui.present.safe_text import cell_width
from globus_tui.present.timer_table import FIELDS, WIDE, table
from globus_tui.sandbox.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.shell import Shell
    from tests.served import Served

DONE, MISUSED, UNREACHABLE, SIGN_IN = 0, 2, 3, 4
NAMES = [
    "id", "name", "health", "why", "status", "next_run", "last_run", "interval_seconds", "from", "to", "runs", "errors",
    "missed", "skipped", "profile", "note", "tags",
]  # fmt: skip


def test_a_program_reads_what_the_console_shows(facility: Served, terminal: Shell) -> None:
    assert terminal("list", "health:failed", "--format", "json") == DONE
    found = terminal.document
    assert (found["schema"], found["profile"]) == (1, "default")
    assert {one["health"] for one in found["timers"]} == {"FAILED"}
    assert all(list(one) == NAMES for one in found["timers"])
    one = next(one for one in found["timers"] if one["name"] == "run41-reprocessing")
    assert re.match(r"file not found, Beamline 7 Data \(\d runs in ", one["why"])  # how many depends on the hour
    assert one["interval_seconds"] == 43200
    assert one["from"]["name"] == "Beamline 7 Data"
    assert one["from"]["path"] == "/raw/run41/"
    assert one["id"] in facility.sandbox.timers


def test_options_may_stand_between_the_words_of_a_filter(facility: Served, terminal: Shell) -> None:
    del facility
    words = ("db", "dumps")
    assert terminal("list", *words, "--format", "csv", "--columns", "name") == DONE
    expected = terminal.out
    assert "db-dumps" in expected
    for line in (
        (words[0], "--format", "csv", words[1], "--columns", "name"),
        (words[0], "--format=csv", "--colu", "name", words[1]),
        ("--format", "csv", words[0], "--columns=name", "--", words[1]),
    ):
        assert terminal("list", *line) == DONE
        assert terminal.out == expected, line
    assert terminal("list", words[0], "--nonsense", words[1]) == MISUSED
    assert "unrecognized arguments: --nonsense" in terminal.err
    assert terminal("list", words[0], "--sort", "-next", words[1]) == MISUSED
    assert "expected one argument" in terminal.err
    for command in (
        ("pause", words[0], "--dry-run", words[1]),
        ("agenda", "24h", "--json", *words),
        ("window", "open", words[0], "--dry-run", words[1]),
        ("report", words[0], "--hours", "1", words[1]),
        ("when", "every", "night", "--json", "at", "2am"),
    ):
        assert terminal(*command) == DONE, command


def test_what_is_not_known_is_null_and_never_zero(facility: Served, terminal: Shell) -> None:
    assert terminal("list", "understandable", "--format", "json") == DONE
    (one,) = terminal.document["timers"]
    assert one["health"] == "UNKNOWN"
    known = {key for key, value in one.items() if value is not None}
    assert known == {"name", "health", "why", "profile", "tags"}
    assert terminal("list", "understandable", "--format", "csv", "--columns", "name,runs,missed") == DONE
    assert list(csv.reader(io.StringIO(terminal.out)))[1] == ["not understandable", "?", "?"]
    assert terminal("list", "no-such-timer", "--format", "json") == DONE
    assert terminal.document["timers"] == []


def test_what_a_timer_that_cannot_be_read_did_and_will_do_is_said_to_be_unknown(
    facility: Served, terminal: Shell
) -> None:
    words = "of 1 timer that cannot be read it is not known"
    for past in ((), ("--past", "6h")):
        assert terminal("agenda", *past, "understandable") == DONE
        assert words in terminal.err
        assert terminal("agenda", *past, "--json", "understandable") == DONE
        assert (terminal.document["runs"], terminal.document["unread"]) == ([], ["not understandable"])
        assert terminal("agenda", *past, "climate-hourly") == DONE
        assert words not in terminal.err + terminal.out
    assert terminal("report", "understandable") == DONE
    assert f"Nothing ran; {words}." in terminal.out
    assert terminal.out.count(words[1:]) == 2
    assert terminal("show", "not understandable") == DONE
    assert "past      no runs known" in terminal.out


def test_lines_csv_and_markdown_say_the_same(facility: Served, terminal: Shell) -> None:
    assert terminal("list", "to:archive", "--format", "json") == DONE
    timers = terminal.document["timers"]
    assert len(timers) > 3
    assert terminal("list", "to:archive", "--format", "jsonl") == DONE
    assert [json.loads(line)["id"] for line in terminal.out.splitlines()] == [one["id"] for one in timers]
    assert terminal("list", "to:archive", "--format", "csv") == DONE
    rows = list(csv.DictReader(io.StringIO(terminal.out)))
    assert [(row["id"], row["to_name"]) for row in rows] == [(one["id"], one["to"]["name"]) for one in timers]
    assert terminal("list", "to:archive", "--format", "markdown", "--columns", "name,id") == DONE
    assert [one["id"] in line for one, line in zip(timers, terminal.out.splitlines()[2:], strict=True)]


def test_names_that_would_do_harm_are_only_text(facility: Served, terminal: Shell) -> None:
    timer = next(one for one in facility.sandbox.timers.values() if one.name == "db-dumps")
    timer.name = "=cmd()|\x1b[31m\u202eevil\n[x](http://y)"
    assert terminal("list", timer.job_id, "--format", "json") == DONE
    assert terminal.document["timers"][0]["name"] == timer.name
    assert "\u202e" not in terminal.out
    assert terminal("list", timer.job_id, "--format", "csv") == DONE
    assert "\x1b" not in terminal.out
    assert next(csv.DictReader(io.StringIO(terminal.out)))["name"].startswith("'=cmd")
    assert terminal("list", timer.job_id, "--format", "markdown") == DONE
    assert len(terminal.out.splitlines()) == 3
    assert "\\|" in terminal.out
    assert "\\[x\\](" in terminal.out
    assert terminal("list", timer.job_id) == DONE
    assert "\x1b" not in terminal.out
    assert len(terminal.out.splitlines()) == 2


def test_sorting_columns_and_the_wide_table(facility: Served, terminal: Shell) -> None:
    assert terminal("list", "--sort=-runs", "--columns", "runs,name") == DONE
    counts = [line.split()[0] for line in terminal.out.splitlines()[1:]]
    known = [int(one) for one in counts if one != "?"]
    assert known == sorted(known, reverse=True)
    assert counts[len(known) :] == ["?"] * (len(counts) - len(known))
    assert terminal("list", "--format", "wide") == DONE
    assert terminal.out.split("\n")[0].split() == [FIELDS[key].heading for key in WIDE]
    assert terminal("list", "--columns", "heatlh") == MISUSED
    assert "did you mean health?" in terminal.err
    assert terminal("list", "--format", "json", "--columns", "name") == MISUSED
    assert terminal("list", "--format", "xml") == MISUSED


def test_a_table_fits_any_terminal() -> None:
    rows = [["FAILED", "ライン日本語の名前" * 4, "7", "why " * 40], ["ok", "short", "12", "route"]]
    headings = [("HEALTH", False), ("NAME", False), ("RUNS", True), ("WHY", False)]
    for width in (200, 80, 60, 40, 20, 8, 3):
        lines = table(rows, headings, width, (1, 3))
        assert max(map(cell_width, lines)) <= width
        assert lines[1].startswith("FAILED"[:width].rstrip()[:2])
    assert "why " * 39 in table(rows, headings, None, (1, 3))[1]
    assert table(rows, headings, 60, (1, 3))[1].endswith("…")


def test_one_timer_and_its_runs(facility: Served, terminal: Shell) -> None:
    assert terminal("show", "sim-checkpoints") == DONE
    assert "The run in progress is 3" in terminal.out
    assert "/scratch/sim/ → /archive/projects/" in terminal.out
    assert terminal("show", "sim-checkpoints", "--json") == DONE
    found = terminal.document
    assert found["timer"]["skipped"] == 3
    job_id = found["timer"]["id"]
    assert found["sent"]["job_id"] == job_id
    assert terminal("runs", job_id[:8], "--limit", "30", "--json") == DONE
    runs = terminal.document["runs"]
    assert len(runs) == 30
    assert terminal.document["complete"] is False
    assert terminal("runs", "climate-quarterly-set", "--json") == DONE
    assert (terminal.document["runs"], terminal.document["complete"]) == ([], False)  # Globus lists none of them
    assert terminal("runs", "home-backup", "--limit", "1000", "--json") == DONE
    assert (len(terminal.document["runs"]), terminal.document["complete"]) == (40, True)
    assert runs[0]["result"] == "running"
    assert runs[0]["seconds"] is None
    assert terminal("runs", job_id, "--limit", "4") == DONE
    assert [line.split()[5] for line in terminal.out.splitlines()[1:4]] == ["skipped"] * 3
    assert terminal("show", "climate") == MISUSED
    facility.sandbox.timers[job_id].name = "db-dumps"
    assert terminal("show", "db-dumps") == MISUSED
    assert "is 2 timers: " in terminal.err
    assert job_id in terminal.err


def test_why_nothing_can_be_listed_is_told_by_the_exit_code(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    facility.sandbox.faults.add(Fault("/jobs*", times=None, status=500))
    assert terminal("list") == UNREACHABLE
    assert terminal.out == ""
    assert "could not be read" in terminal.err
    facility.sandbox.faults.clear()
    facility.sandbox.faults.add(Fault("*/task_list*", times=None, status=500))
    assert terminal("runs", "db-dumps") == DONE
    assert terminal.err.count("could not be read") == 1  # of its own runs, not of all timers' as well
    facility.sandbox.faults.clear()
    assert terminal("list", "--profile", "nobody") == SIGN_IN
    assert "globus-tui login" in terminal.err
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_TIMER", "http://127.0.0.1:9")
    assert terminal("show", "db-dumps") == UNREACHABLE


def test_with_ascii_no_command_writes_anything_else(facility: Served, terminal: Shell) -> None:
    name = "観測データ同期 nightly"
    assert terminal("pause", name, "--yes", "--ascii") == DONE
    for words in (
        ["list"], ["list", "--format", "markdown"], ["show", name], ["runs", name], ["agenda", "24h"], ["report"],
        ["journal"], ["journal", "--format", "markdown"], ["resume", name, "--dry-run"], ["resume", name, "--yes"],
        ["impact", "Données"], ["undo", "--dry-run"], ["window", "open", name, "--dry-run"],
    ):  # fmt: skip
        assert terminal(*words, "--ascii") == DONE, words
        assert (terminal.out + terminal.err).isascii(), words
    assert terminal("journal") == DONE
    assert name in terminal.out


def test_the_demo_has_no_journal_of_ones_own_and_nobody_to_sign_out(facility: Served, terminal: Shell) -> None:
    assert terminal("pause", "db-dumps", "--yes") == DONE
    assert terminal("journal", "--demo") == DONE
    assert terminal.out == ""
    for name in ("login", "logout", "whoami", "doctor"):
        assert terminal("--demo", name) == MISUSED
    assert terminal("list", "name:db-dumps") == DONE  # still signed in


def test_a_sign_in_that_is_refused_is_told_with_the_command_that_mends_it(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token in facility.sandbox.tokens.values():
        token.revoked = True
    assert terminal("export", "05ea81d4-91a3-49ef-9cdb-ad0fa34b7ffa") == 1
    assert "Run globus-tui login first." in terminal.err
    assert "Press" not in terminal.err
    for name, value in facility.service_account().items():
        monkeypatch.setenv(name, "wrong" if name.endswith("SECRET") else value)
    for words in (["list"], ["pause", "db-dumps", "--yes"]):
        assert terminal(*words) == SIGN_IN
        assert "refused the service account" in terminal.err
        assert "globus-tui doctor" in terminal.err  # nobody signs in as one
        assert "globus-tui login" not in terminal.err


def test_a_service_account_has_no_profile_that_leads_out_of_its_folders(
    facility: Served, terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in facility.service_account().items():
        monkeypatch.setenv(name, value)
    for command in ("list", "whoami"):
        assert terminal(command, "--profile", "../x") == MISUSED
        assert "'../x' cannot be a profile's name" in terminal.err


def test_a_service_account_is_read_once_however_many_profiles_there_are(
    facility: Served, terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config := tmp_path / "config.toml").write_text('[profiles.lab]\n[profiles.mine]\nsign_in = "person"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    for name, value in facility.service_account().items():
        monkeypatch.setenv(name, value)
    for timer in facility.sandbox.timers.values():
        timer.owner = timer.client_id = os.environ["GLOBUS_TUI_CLIENT_ID"]
    assert terminal("list", "--format", "csv") == DONE
    one = terminal.out
    assert terminal("list", "--all-profiles", "--format", "csv") == SIGN_IN
    ids, ids_of_one = (sorted(row["id"] for row in csv.DictReader(io.StringIO(text))) for text in (terminal.out, one))
    assert ids == ids_of_one
    assert "mine: Nobody is signed in." in terminal.err


def test_all_profiles_are_one_list_in_which_a_missing_sign_in_hides_nobody(
    facility: Served, terminal: Shell, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(facility.sign_in("second"))
    from globus_tui.settings import load_settings

    config = load_settings({}).paths.config
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[profiles.away]\nrefresh = 60\n")
    assert terminal("list", "--all-profiles", "--format", "json", "db-dumps") == SIGN_IN
    found = terminal.document
    assert [one["profile"] for one in found["timers"]] == ["default", "second"]
    assert found["problems"] == [{"profile": "away", "problem": "Nobody is signed in."}]
    assert found["profile"] is None
    assert terminal("list", "--all-profiles", "db-dumps") == SIGN_IN
    assert terminal.out.splitlines()[0].split()[0] == "PROFILE"


def test_the_demo_is_listed_without_account_and_without_the_screen() -> None:
    code = (
        "import sys\nfrom globus_tui.cli import run\n"
        "code = run(['list', '--demo', 'health:failed'])\n"
        "assert 'textual' not in sys.modules\nsys.exit(code)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == DONE, found.stderr
    assert "quota exceeded, Campus Archive" in found.stdout
    assert "\x1b" not in found.stdout


def test_what_is_due_and_what_a_run_said(facility: Served, terminal: Shell) -> None:
    from datetime import timedelta

    from globus_tui.domain import wire

    assert terminal("agenda", "2d", "db-dumps", "--json") == DONE
    found = terminal.document
    timer = next(one for one in facility.sandbox.timers.values() if one.name == "db-dumps")
    now, until = wire.moment(found["as_of"]), wire.moment(found["until"])
    assert now is not None
    assert until is not None
    assert abs(until - now - timedelta(days=2)) <= timedelta(seconds=1)
    due = [timer.start + number * timedelta(seconds=timer.interval or 0) for number in range(1000)]
    assert [wire.moment(one["at"]) for one in found["runs"]] == [at for at in due if now < at <= until]
    assert terminal("agenda", "7d", "control-room-status") == DONE
    assert "more, every 3m" in terminal.out
    assert terminal("agenda", "climate-nightly-mirror") == DONE
    assert terminal.out == ""
    assert "No run is due" in terminal.err
    assert terminal("agenda", "99d") == MISUSED
    assert terminal("agenda", "02:00-04:00", "--json") == DONE
    found = terminal.document
    begins, until = wire.moment(found["begins"]), wire.moment(found["until"])
    assert begins is not None
    assert until is not None
    assert (until.astimezone().hour, until.astimezone().minute) == (4, 0)
    assert all(found["begins"] <= one["at"] <= found["until"] for one in found["runs"])
    assert {one["kind"] for one in found["clashes"]} <= {"queue", "same place", "own tick"}
    assert terminal("agenda", "--past", "6h", "bio-results-out", "--json") == DONE
    assert {one["result"] for one in terminal.document["runs"]} == {"ok"}
    assert len(terminal.document["runs"]) == 3
    assert terminal("agenda", "--past", "6") == MISUSED
    for wrong in ("25:00-26:00", "2-4", "22:00-24:30", "30m", "0h", "7"):
        assert terminal("agenda", wrong) == MISUSED, wrong
        assert "22:00-24:00" in terminal.err
    assert terminal("agenda", "no-such-timer") == terminal("agenda", "--past", "6h", "no-such-timer") == DONE
    assert terminal.err == "globus-tui: No timer matches.\n"
    assert terminal("agenda", "2:00-24:00", "--json") == DONE
    begins, until = wire.moment(terminal.document["begins"]), wire.moment(terminal.document["until"])
    assert begins is not None
    assert until is not None
    assert (until.astimezone().hour, begins <= until) == (0, True)
    assert terminal("log", "run41-reprocessing") == DONE
    assert re.search(r"run_\d{5}/frame_\d{4}\.h5", terminal.out)
    assert "failed, file not found: /" in terminal.err
    assert terminal("log", "run41-reprocessing", "--follow") == 1
    assert terminal("log", "db-dumps", "--run", "900") == MISUSED
    assert terminal("log", "old-scratch-drain") == MISUSED


def test_a_document_says_that_it_is_not_known_what_became_of_the_runs(facility: Served, terminal: Shell) -> None:
    assert terminal("list", "--format", "json") == 0
    assert "problems" not in terminal.document
    facility.sandbox.faults.add(Fault("*/task_list*", times=None, status=500))
    assert terminal("list", "--format", "json") == 0
    (problem,) = terminal.document["problems"]
    assert problem["profile"] == "default"
    assert problem["problem"].startswith("What became of the runs could not be read")

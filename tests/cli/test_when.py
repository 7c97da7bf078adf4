"""`globus-tui when`: how a phrase is read, as text and JSON, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from globus_tui.cli import MISUSED, OK, run
from globus_tui.settings import load_settings

CHICAGO = ("--zone", "America/Chicago", "--now", "2026-11-21T20:33:00Z")


def when(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["when", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def document(*arguments: str, capsys: pytest.CaptureFixture[str]) -> Any:
    code, out, err = when(*arguments, "--json", capsys=capsys)
    assert (code, err) == (OK, "")
    return json.loads(out)


def test_the_document_says_timers_and_the_runs_of_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    found = document("mon, tue at 18:00 until 2026-12-01", *CHICAGO, "--count", "3", capsys=capsys)
    assert found["phrase"] == "mon, tue at 18:00 until 2026-12-01"
    assert found["zone"] == "America/Chicago"
    end = {"until": "2026-12-02T05:59:59+00:00"}
    assert found["timers"] == [
        {"type": "recurring", "interval_seconds": 604800, "start": "2026-11-24T00:00:00+00:00", "end": end},
        {"type": "recurring", "interval_seconds": 604800, "start": "2026-11-25T00:00:00+00:00", "end": end},
    ]
    assert found["fires"] == [f"2026-{day}T00:00:00+00:00" for day in ("11-24", "11-25", "12-01")]
    assert any("still made" in notice for notice in found["notices"])


def test_runs_end_and_a_single_run_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    found = document("every", "2h", "for", "3", "runs", *CHICAGO, capsys=capsys)
    assert found["timers"][0]["end"] == {"runs": 3}
    assert found["timers"][0]["start"] == found["fires"][0] == "2026-11-21T20:33:00+00:00"
    assert len(found["fires"]) == 3
    once = document("tomorrow 02:00", *CHICAGO, capsys=capsys)
    assert once["timers"] == [
        {"type": "once", "interval_seconds": None, "start": "2026-11-22T08:00:00+00:00", "end": None}
    ]
    assert once["fires"] == ["2026-11-22T08:00:00+00:00"]


def test_clock_changes_are_pointed_out_of_the_zone_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = when("every night at 2am Europe/Berlin", "--zone", "UTC", *CHICAGO[2:], capsys=capsys)
    assert code == OK
    assert "Sun 28 Mar 2027: 02:00 CET becomes 03:00 CEST" in out
    assert "Sun 22 Nov 01:00 UTC" in out


def test_a_base_time_without_a_zone_is_read_in_the_zone_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = document("in 2 hours", "--zone", "Asia/Kathmandu", "--now", "2026-12-01T12:00", capsys=capsys)
    assert datetime.fromisoformat(found["fires"][0]) == datetime.fromisoformat("2026-12-01T14:00+05:45")
    assert "no zone" in found["notices"][0]
    _, out, _ = when("in 2 hours", "--zone", "Asia/Kathmandu", "--now", "2026-12-01T12:00", capsys=capsys)
    assert "Tue 1 Dec 14:00 UTC+05:45 (08:15Z)" in out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("monthly",), "every 4 weeks"),
        (("0 2 1 * *",), "day of the month"),
        (("",), "missing"),
        (("now", "--now", "yesterday"), "no ISO moment"),
        (("now", "--now", "9999-12-31T23:59:59-12:00"), "out of range"),
        (("now", "--zone", "Mars/Olympus"), "no time zone"),
    ],
)
def test_refusals_are_one_line_on_standard_error(
    arguments: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = when(*arguments, "--json", capsys=capsys)
    assert (code, out) == (MISUSED, "")
    assert reason in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("count", ["0", "-1", "many", "99999"])
def test_a_count_that_is_none_is_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        when("now", f"--count={count}", capsys=capsys)
    assert left.value.code == MISUSED
    assert "is not a number: write 1 to 1000" in capsys.readouterr().err


def test_it_starts_without_the_screen_and_the_network() -> None:
    program = (
        "import sys\nfrom globus_tui.cli import run\nrun(['when', '0 2 * * 1-5', '--zone', 'UTC'])\n"
        "heavy = {'textual', 'rich', 'httpx', 'starlette', 'keyring', 'asyncio', 'ssl'}\n"
        "print('loaded:', *sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_a_phrase_is_read_in_the_zone_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load_settings(os.environ).paths.config
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('zone = "Asia/Tokyo"\n')
    monkeypatch.setenv("TZ", "America/Chicago")
    found = document("daily at 02:00", *CHICAGO[2:], capsys=capsys)
    assert (found["zone"], found["fires"][0]) == ("Asia/Tokyo", "2026-11-22T17:00:00+00:00")
    assert document("daily at 02:00", *CHICAGO, capsys=capsys)["zone"] == "America/Chicago"

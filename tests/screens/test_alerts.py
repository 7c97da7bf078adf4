"""Alerts on the screen: one line that stays until it was seen, once for each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.store.board import States

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.pilot import Pilot

    from globus_tui.sandbox.state import Timer
    from tests.demo import Demo


async def lose_a_consent(demo: Demo, pilot: Pilot[Any]) -> Timer:
    """Once it is known how all runs ended, Globus pauses db-dumps."""
    for _ in range(3):
        await demo.pass_time(pilot, 31)
    timer = demo.timer("db-dumps")
    timer.status = "inactive"
    timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": {"code": "ConsentRequired"}}
    await demo.pass_time(pilot, 31)
    return timer


async def test_a_timer_that_turns_bad_is_told_once_until_somebody_looks(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(States, "items", None)  # nobody makes all timers whole for it
    async with demo.console(size=(100, 30)) as pilot:
        for _ in range(3):  # until it is known how all runs ended
            await demo.pass_time(pilot, 31)
        assert "ALERT" not in demo.text()  # what is in trouble at the start is on the screen
        await demo.press(pilot, "b")
        assert "No timer turned bad" in demo.note()
        timer = demo.timer("db-dumps")
        reason = {"cause": "globus_auth_requirements", "detail": {"code": "ConsentRequired"}}
        timer.status, timer.inactive_reason = "inactive", reason
        await demo.pass_time(pilot, 31)
        (line,) = (one for one in demo.screen() if "ALERT" in one)
        assert "db-dumps SIGN-IN" in line
        await demo.pass_time(pilot, 31)
        await demo.press(pilot, "enter")  # it stays, on every screen
        assert "ALERT" in demo.text()
        await demo.press(pilot, "b")
        assert demo.text().count("db-dumps SIGN-IN for") == 1
        await demo.press(pilot, "escape", "q")
        assert "ALERT" not in demo.text()
        await demo.pass_time(pilot, 31)
        assert "ALERT" not in demo.text()
        timer.status, timer.inactive_reason = "active", None
        await demo.pass_time(pilot, 31)
        assert "ALERT" not in demo.text()  # one good look is no news yet
        await demo.pass_time(pilot, 31)
        assert "db-dumps is well again" in demo.text()


async def test_an_alert_says_what_its_row_says_and_a_pause_makes_no_timer_well(demo: Demo) -> None:
    async with demo.console(size=(160, 30)) as pilot:
        timer = await lose_a_consent(demo, pilot)
        (before,) = (one for one in demo.screen() if "ALERT" in one)
        session = {"code": "Forbidden", "authorization_parameters": {"session_required_mfa": True}}
        timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": session}
        await demo.pass_time(pilot, 31)
        (line,) = (one for one in demo.screen() if "ALERT" in one)
        assert "db-dumps SIGN-IN" in line
        assert line != before
        why = line.split(": ", 1)[1][:20]
        assert why in demo.row("db-dumps")
        timer.status, timer.inactive_reason = "inactive", {"cause": "user", "detail": None}
        for _ in range(4):
            await demo.pass_time(pilot, 31)
        (line,) = (one for one in demo.screen() if "ALERT" in one)
        assert "; now paused" in line
        assert "more)" not in line
        await demo.press(pilot, "b")
        assert "well again" not in demo.text()
        assert "; now paused" in demo.text()


async def test_the_circuit_breaker_pauses_once_what_failed_so_often_in_a_row(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('breaker_after = 4\nbreaker = "pause"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    async with demo.console(size=(120, 36)) as pilot:
        for _ in range(4):
            await demo.pass_time(pilot, 31)
        assert demo.timer("run41-reprocessing").status == "inactive"  # four failed in a row
        assert demo.timer("beamline-7-raw").status != "inactive"  # three
        demo.point_at("run41-reprocessing")
        await demo.settle(pilot)
        assert "It is paused: failed 4 times in a row." in " ".join(demo.text().split())
        pauses = len(demo.asked("/pause"))
        await demo.pass_time(pilot, 31)
        assert len(demo.asked("/pause")) == pauses


async def test_one_outage_is_one_alert_one_ring_and_one_line_of_the_list_which_enter_unfolds(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('terminal_alert = "osc777"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    monkeypatch.delenv("TMUX", raising=False)
    async with demo.console(size=(120, 36)) as pilot:
        for _ in range(3):
            await demo.pass_time(pilot, 31)
        rings: list[str] = []
        monkeypatch.setattr(demo.app, "bell", lambda: rings.append("bell"))
        monkeypatch.setattr(demo.app, "write_raw", rings.append)
        names = (
            "db-dumps",
            "course-material",
            "observatory-nightly",
            "telemetry-rollup",
            "bio-results-out",
            "astro-ingest",
        )
        for name in names:
            code = {"code": "ConsentRequired", "required_scopes": ["urn:globus:auth:scope:transfer.api.globus.org:all"]}
            timer = demo.timer(name)
            timer.status = "inactive"
            timer.inactive_reason = {"cause": "globus_auth_requirements", "detail": code}
        for _ in range(3):
            await demo.pass_time(pilot, 31)
        assert rings[0] == "bell"
        (sequence,) = rings[1:]
        assert sequence.startswith("\x1b]777;notify;globus-tui;")
        assert "6 timers, as " in sequence
        (line,) = (one for one in demo.screen() if "ALERT" in one)
        assert "6 timers, as " in line
        assert "more)" not in line
        row = demo.row("and others")
        assert "6×" in row
        assert not set(names) & set(demo.names())
        demo.point_at(min((demo.timer(name).job_id, name) for name in names)[1])
        await demo.press(pilot, "x")
        assert "One timer at a time" in demo.note()
        await demo.press(pilot, "enter")
        assert all(demo.row(name) for name in names)
        await demo.press(pilot, "z")
        assert "6×" in demo.row("and others")
        await demo.press(pilot, "slash")
        await demo.write(pilot, "db-dumps")
        assert "SIGN-IN" in demo.row("db-dumps")  # of an outage that a filter cuts, the timers


async def test_an_alert_waits_for_its_command_which_cannot_be_run_yet(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page, out, config = tmp_path / "page", tmp_path / "told", tmp_path / "config.toml"
    config.write_text(f'on_alert = ["{page}"]\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    async with demo.console(size=(160, 36)) as pilot:
        await lose_a_consent(demo, pilot)
        assert "page cannot be run: No such file" in demo.text()
        page.write_text(f"#!/bin/sh\ncat >> {out}\n")
        page.chmod(0o700)
        for _ in range(2):
            await demo.pass_time(pilot, 31)
    assert out.read_text().count('"name": "db-dumps"') == 1

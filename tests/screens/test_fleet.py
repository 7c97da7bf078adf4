"""Fleet files on the screen: what differs, made so with one question; and in the list, a word about it."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.fleet import FleetScreen

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.demo import Demo

FILES = """
[defaults]
zone = "UTC"
sync_level = "size"

[timer.dumps]
name = "db-dumps"
when = "every day at 02:00"
from = "Ops Vault:/db/"
to = "Campus Archive:/archive/db/"
recursive = true
sync_level = "always"
notify_on_succeeded = false
paused = true

[timer.new]
when = "every sunday at 02:00"
from = "Ops Vault:/db/"
to = "Campus Archive:/archive/projects/"
recursive = true
"""


CONSENT = """
[timer.lab]
zone = "UTC"
when = "every sunday at 02:00"
from = "National Lab DTN:/proj/climate/"
to = "Campus Archive:/archive/climate/"
recursive = true
"""


def taken_for_real(demo: Demo) -> None:
    """As if its timers were no pretended ones."""
    demo.app.host = demo.app.host._replace(demo=False)


def named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the configuration names; it is not there yet."""
    (tmp_path / "config.toml").write_text(f'fleet = "{tmp_path / "timers"}"\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path / "timers"


async def test_what_is_wrong_with_the_files_hides_nothing_that_is_wrong_with_the_settings(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_folder(tmp_path, monkeypatch)
    with (tmp_path / "config.toml").open("a") as config:
        config.write("refresh_secnds = 3\n")
    async with demo.console(size=(120, 36)) as pilot:
        await demo.until(pilot, lambda: "no such folder" in demo.note())
        assert "refresh_secnds" in demo.note()


async def test_files_that_cannot_be_compared_are_not_being_compared_and_the_reason_leaves_with_it(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    folder.mkdir()
    async with demo.console(size=(120, 36)) as pilot:
        await demo.press(pilot, "D")
        await demo.until(pilot, lambda: "there is no .toml" in demo.note())
        assert "being compared" not in demo.text()
        (folder / "some.toml").write_text(FILES)
        await demo.press(pilot, "escape", "D")
        await demo.until(pilot, lambda: "Plan:" in demo.text())
        assert "there is no .toml" not in demo.text()


async def test_files_that_cannot_be_applied_are_not_called_applied(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    next(one for one in demo.sandbox.timers.values() if one.name == "bio-results-out").name = "db-dumps"
    async with demo.console(size=(120, 36)) as pilot:
        await demo.press(pilot, "D")
        assert "there is no such folder" in demo.note()
        await demo.press(pilot, "q")
        assert "there is no such folder" not in demo.note()
        for key in ("D", "X", "x"):
            await demo.press(pilot, key)
            assert "there is no such folder" in demo.note(), key
        folder.mkdir()
        (folder / "ops.toml").write_text(FILES.split("[timer.new]")[0])
        await demo.press(pilot, "q", "D", "X")
        assert "1 timer cannot be so. Enter on them says why." in demo.note()


async def test_the_demo_writes_no_pretended_timer_into_the_folder_of_real_ones(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    folder.mkdir()
    (folder / "ops.toml").write_text(FILES)
    async with demo.console(size=(140, 36)) as pilot:
        demo.point_at("nightly-project-mirror")
        await demo.press(pilot, "E")
        assert "The demo writes nothing into" in demo.note()
        await demo.press(pilot, "D")
        await demo.press(pilot, "g", "j", "j", "w")
        assert "The demo writes nothing into" in demo.text()
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("ops.toml", FILES)]


async def test_a_timer_is_made_as_its_file_says_and_another_is_written_into_the_folder(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    folder.mkdir()
    (folder / "ops.toml").write_text(FILES)
    async with demo.console(size=(140, 36)) as pilot:
        taken_for_real(demo)
        demo.point_at("db-dumps")
        await demo.settle(pilot)
        assert "differs from fleet file (paused); Ops" in demo.row("db-dumps")
        await demo.press(pilot, "D")
        assert isinstance(demo.app.screen, FleetScreen)
        assert "Plan: 1 to create, 1 to pause; 0 unchanged." in demo.text()
        rows = demo.app.screen.query_one("#fleet").rows  # type: ignore[attr-defined]
        assert [one.name for one in rows[:2]] == ["db-dumps", "new"]
        assert "in no file" in demo.text()
        await demo.press(pilot, "enter")
        assert "because paused changed" in demo.text()
        await demo.press(pilot, "q", "x")
        assert "Apply the fleet's files to 1 timer?" in demo.text()
        await demo.press(pilot, "enter")  # Cancel
        assert demo.changes() == []
        await demo.press(pilot, "x", "y")
        assert demo.timer("db-dumps").status == "inactive"
        assert "1 of 1 applied" in demo.text()
        await demo.press(pilot, "x")
        assert "It is as its file says." in demo.text()
        await demo.press(pilot, "g", "X")  # the other one comes first now
        assert "+ create  new" in demo.text()
        await demo.press(pilot, "y")
        assert demo.timer("new").status == "new"
        assert "No changes: 2 as the files say." in demo.text()
        # one that is in no file
        table = demo.app.screen.query_one("#fleet")
        place = next(at for at, one in enumerate(table.rows) if one.name == "nightly-project-mirror")  # type: ignore[attr-defined]
        await demo.press(pilot, "g", *["j"] * place, "w")
        assert "1 timer written into" in demo.text()
        await demo.press(pilot, "r")
    written = tomllib.loads((folder / "added.toml").read_text())["timer"]["nightly-project-mirror"]
    assert written["deletes"] == "projects"
    assert written["sync_level"] == "mtime"
    assert [one["what"] for one in demo.journal()] == ["pause", "create"]


async def test_what_the_wizard_made_is_written_with_one_key_and_a_plan_finds_nothing(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    async with demo.console(size=(140, 36)) as pilot:
        taken_for_real(demo)
        demo.point_at("db-dumps")
        await demo.press(pilot, "C", "ctrl+s")
        assert "E writes it into the fleet's files." in demo.note()
        note = 'line one\r\nline two \x1b[31m \u202e """\n[timer.evil]\x00'
        await demo.app.store.decide([demo.job_id("db-dumps copy")], note=note, tags=["ops", "a\nb"])
        await demo.press(pilot, "E")
        assert "1 timer written into" in demo.note()
        text = (folder / "added.toml").read_text()
        comments, _, entry = text.partition("[timer.db-dumps-copy]")
        assert all(line.startswith("# ") for line in comments.strip().split("\n"))
        assert "# line one\n# line two" in comments
        assert "# tags: ops, a" in comments
        assert 'when = "every day at 02:00"' in entry
        assert list(tomllib.loads(text)["timer"]) == ["db-dumps-copy"]
        locked = json.loads((folder / "globus-timers.lock.json").read_text())
        assert locked["timers"]["db-dumps-copy"]["id"] == demo.job_id("db-dumps copy")
        assert locked["owner"]
        await demo.press(pilot, "E")  # once is enough
        assert "stands in added.toml:" in demo.note()
        await demo.press(pilot, "q", "D")
        assert "No changes: 1 as the files say." in demo.text()
        # its edit is not what the file says, and no second entry is offered
        await demo.press(pilot, "q")
        demo.point_at("db-dumps copy")
        await demo.press(pilot, "e", "y", "ctrl+s")
        assert "has taken the place of the old timer" in demo.note()
        assert "E writes" not in demo.note()
        # timers of one schedule are one entry
        await demo.press(pilot, "q")
        demo.point_at("db-dumps")
        await demo.press(pilot, "C", "f6")
        demo.app.screen.query_one("#say").focus()
        await demo.press(pilot, "ctrl+u")
        await demo.write(pilot, "tue, thu at 18:00")
        await demo.press(pilot, "f7", "ctrl+s", "E")
        assert "2 timers written into" in demo.note()
        assert (folder / "added.toml").read_text().count("\n[timer.") == 2
        await demo.press(pilot, "q", "D")
        assert "No changes: 3 as the files say." in demo.text()


async def test_a_consent_that_is_missing_is_asked_for_before_anything_is_sent(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named_folder(tmp_path, monkeypatch)
    folder.mkdir()
    (folder / "lab.toml").write_text(CONSENT)
    async with demo.console(size=(140, 36)) as pilot:
        await demo.press(pilot, "D")
        await demo.press(pilot, "enter")
        assert "A consent is missing and will be asked for: data on National Lab DTN" in demo.text()
        await demo.press(pilot, "q", "x")
        await pilot.press("y")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        assert "read and write your files on National Lab DTN" in demo.text()
        await pilot.press("escape")
        await demo.settle(pilot)
        assert "Nothing was sent: the consent was not given." in demo.note()
        assert demo.changes() == []
        await demo.press(pilot, "x")
        await pilot.press("y")
        await demo.until(pilot, lambda: isinstance(demo.app.screen, ConsentScreen))
        await pilot.press("b", "1")
        await demo.until(pilot, lambda: "No changes: 1 as the files say." in demo.text())
        assert demo.changes() == ["POST /v2/timer"]
        assert "1 of 1 applied" in demo.note()

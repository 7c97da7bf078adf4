"""Which zone data are in force, and whether this machine's are older than the installed package's."""

from __future__ import annotations

import sys
import time
import zoneinfo
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from globus_tui.cli import zones
from globus_tui.cli.zones import ZoneData, find_zone, zone_data

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine's zone data of the spring of 2024, in the second folder that Python looks into."""
    (tmp_path / "zones" / "Etc").mkdir(parents=True)
    (tmp_path / "zones" / "Etc" / "UTC").write_bytes(b"TZif")
    (tmp_path / "zones" / "tzdata.zi").write_text("# version 2024a\n# This zic input file is in the public domain.\n")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "none"), str(tmp_path / "zones")))
    monkeypatch.setitem(sys.modules, "tzdata", None)
    return tmp_path / "zones"


def install(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    package = ModuleType("tzdata")
    package.__dict__["IANA_VERSION"] = release
    monkeypatch.setitem(sys.modules, "tzdata", package)


def test_the_first_folder_that_has_zones_tells_its_release(folder: Path) -> None:
    assert zone_data() == ZoneData(str(folder), "2024a")
    assert zone_data().words() == f"release 2024a, from {folder}"
    assert not zone_data().advice()


def test_macos_and_the_bsds_write_it_elsewhere(folder: Path) -> None:
    (folder / "tzdata.zi").unlink()
    (folder / "+VERSION").write_text("2025b\n")
    assert zone_data().release == "2025b"


@pytest.mark.parametrize("said", ["", "# version unknown\n", "# redo posix_only\n"])
def test_an_unknown_release_is_called_so_and_is_not_older(
    folder: Path, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "tzdata.zi").write_text(said)
    install(monkeypatch, "2026a")
    assert zone_data().words() == f"of an unknown release, from {folder}"
    assert not zone_data().advice()


@pytest.mark.parametrize(
    ("machine", "package", "outdated"),
    [("2024a", "2026b", True), ("2026b", "2026b", False), ("2026c", "2026b", False), ("2026z", "2026za", True)],
)
def test_older_data_of_the_machine_win_over_the_package_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, machine: str, package: str, outdated: bool
) -> None:
    (folder / "tzdata.zi").write_text(f"# version {machine}\n")
    install(monkeypatch, package)
    assert zone_data().outdated is outdated
    assert (package in zone_data().words().removeprefix(f"release {machine}")) is outdated
    assert ("PYTHONTZPATH" in zone_data().advice()) is outdated


def test_without_a_folder_it_is_the_package_and_without_both_it_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    assert "pip install tzdata" in zone_data().advice()
    install(monkeypatch, "2026b")
    assert zone_data().words() == "release 2026b, from the Python package tzdata"
    assert not zone_data().advice()


@pytest.mark.parametrize(
    ("named", "machine", "zone"),
    [
        ("CET-1", "Africa/Algiers", "Africa/Algiers"),  # which has that clock, and the rules for it
        ("CET-1", "Asia/Tokyo", None),
        (":Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
        (None, "Asia/Tokyo", "Asia/Tokyo"),
        ("+05:45", "Etc/UTC", "Etc/UTC"),  # others take it for nothing, not for Nepal
        ("europe/berlin", "Etc/UTC", "Etc/UTC"),
        ("/usr/share/zoneinfo/Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
    ],
)
def test_the_clock_is_that_of_the_other_programs_of_the_machine(
    named: str | None, machine: str, zone: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zones, "_linked", lambda _: machine)
    with monkeypatch.context() as shell:
        shell.setenv("TZ", named) if named else shell.delenv("TZ", raising=False)
        time.tzset()
        found = find_zone(None)
    time.tzset()
    if zone is None:
        assert found.utcoffset(None) == timedelta(hours=1)
    else:
        assert str(found) == zone

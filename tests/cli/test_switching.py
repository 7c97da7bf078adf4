"""Switching profiles in a real terminal: no restart, nothing of one profile under the other's name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.cli.terminal import Terminal
from tests.served import serving

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KIM = "kim@example-facility.org"


def test_a_profile_opens_in_place_of_another_and_one_that_cannot_leads_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles."not a name"]\nrefresh = 60\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    with serving() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(served.sign_in())
        asyncio.run(served.sign_in("lab", KIM))
        with Terminal("--refresh", "0") as terminal:
            terminal.wait_for("climate-nightly-mirror")
            terminal.press("P")
            terminal.wait_for("lapses ")
            terminal.wait_for_rest()
            terminal.press("j\r")
            terminal.wait_for(f"[lab] {KIM}")
            terminal.wait_for("Globus has no timers for you.")
            assert "climate" not in terminal.text
            terminal.press("P")
            terminal.wait_for("not a name")
            terminal.wait_for_rest()
            terminal.press("G\r")
            terminal.wait_for("not a name cannot be opened")
            assert f"[lab] {KIM}" in terminal.text
            terminal.press("\x11")
            assert terminal.wait_for_end() == 0
            assert terminal.is_sane()

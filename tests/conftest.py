"""What every test stands on: an environment with nothing of this machine in it."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from pathlib import Path

_STRIPPED = ("GLOBUS_", "TEXTUAL", "SSH_", "TMUX", "XDG_")
_STRIPPED_NAMES = {"COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "FORCE_COLOR", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ"}

# How long an example takes says something of the machine, nothing of the program.
settings.register_profile("any machine", deadline=None)
settings.register_profile("first failure", deadline=None, phases=(Phase.explicit, Phase.generate), database=None)
settings.register_profile("long", deadline=None, max_examples=1000)
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """What was imported and collected is not looked through again for garbage; a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, no Globus variable, no colour preference, and an empty home."""
    for name in list(os.environ):
        proxy = name.lower().endswith("_proxy")
        if name.startswith(_STRIPPED) or name in _STRIPPED_NAMES or proxy:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")

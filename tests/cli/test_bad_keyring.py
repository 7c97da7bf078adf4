"""A keyring that hangs, is locked or fails, in a program of its own in a real terminal: it starts and leaves all the
same, with the tokens of the file, and says so once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Terminal
from tests.served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.served import Served

RING = """
import os
import time

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Keyring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        if os.environ["RING"] == "hangs":
            time.sleep(3600)
        raise KeyringLocked("Failed to unlock the collection!") if os.environ["RING"] == "locked" else SystemExit(3)

    set_password = delete_password = get_password
"""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    """Somebody signed in, with the tokens in the file."""
    (tmp_path / "bad_ring.py").write_text(RING)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(one.sign_in())
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "bad_ring.Keyring")
        yield one


@pytest.mark.parametrize(
    ("how", "words"),
    [("hangs", "did not answer within 1 s"), ("locked", "failed (KeyringLocked)"), ("raises", "failed (SystemExit)")],
)
def test_the_console_starts_and_leaves_with_a_keyring_that(
    served: Served, monkeypatch: pytest.MonkeyPatch, how: str, words: str
) -> None:
    monkeypatch.setenv("RING", how)
    with Terminal("--refresh", "0") as terminal:
        terminal.wait_for("climate-nightly-mirror")
        terminal.wait_for(words)
        terminal.wait_for_rest()
        terminal.press("r")
        terminal.wait_for("read again")
        assert words not in terminal.text  # told once
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0
        assert terminal.is_sane()


def test_the_commands_say_where_the_tokens_are_instead(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RING", "hangs")
    with Terminal("whoami", size=(200, 40)) as terminal:
        assert terminal.wait_for_end() == 0
        assert "tokens are kept in" in terminal.text
        assert terminal.text.count("did not answer within 1 s") == 1

"""A program that is killed in the middle of the wizard: the draft is offered by the next one, where it was left."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Terminal
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = "climate-nightly-mirror"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The facility with its operator signed in."""
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(one.sign_in())
        yield one


def drafts() -> list[Path]:
    return list((Path.home() / ".local/state/globus_tui/drafts/default").glob("*.json"))


def open_wizard(terminal: Terminal) -> None:
    terminal.wait_for(ROWS)
    terminal.wait_for_rest()
    terminal.press("n")


def fill_half_of_it(terminal: Terminal) -> None:
    """From, to, and half of a phrase for when."""
    terminal.wait_for("What is to be made?")
    terminal.wait_for_rest()
    terminal.press("\r")
    for text, shown in (("beamline 7 data", "guest, can be used"), ("/raw/", "2026-07/"), ("lab depot", "inbox/")):
        terminal.wait_for_rest()
        terminal.press(text)
        terminal.wait_for_rest()
        terminal.press("\r")
        terminal.wait_for(shown)
    terminal.wait_for_rest()
    terminal.press("/copies/raw/\r")
    terminal.wait_for("[F5 How")
    terminal.press("\x0e")
    terminal.wait_for("[F6 When")
    terminal.wait_for_rest()
    terminal.press("every nig")


def saved_phrases() -> list[str]:
    found = []
    for path in drafts():
        try:
            found.append(json.loads(path.read_text())["draft"].get("typed", {}).get("schedule", ""))
        except (ValueError, FileNotFoundError):  # in the middle of taking another's place
            continue
    return found


def test_after_kill_9_the_draft_is_offered_and_goes_on_where_it_was(served: Served) -> None:
    with Terminal("--refresh", "0") as terminal:
        open_wizard(terminal)
        fill_half_of_it(terminal)
        terminal.wait_for(lambda: saved_phrases() == ["every nig"])
        terminal.process.send_signal(signal.SIGKILL)
        assert terminal.wait_for_end() == -signal.SIGKILL
    (draft,) = drafts()
    assert draft.stat().st_mode & 0o777 == 0o600
    assert draft.parent.stat().st_mode & 0o777 == 0o700
    with Terminal("--refresh", "0") as terminal:
        open_wizard(terminal)
        terminal.wait_for("Go on with a draft?")
        terminal.wait_for("Beamline 7 Data to Lab Depot")
        terminal.wait_for_rest()
        terminal.press("\r")
        terminal.wait_for("[F6 When")
        terminal.wait_for("every nig")
        terminal.wait_for_rest()
        terminal.press("ht at 2am")
        terminal.wait_for("every 1 day")
        terminal.press("\x0e")
        terminal.wait_for("[F7 Review")
        terminal.wait_for_rest()
        terminal.press("made after all")
        terminal.wait_for("/copies/raw/")
        terminal.wait_for_rest()
        terminal.press("\x13")
        terminal.wait_for("Created made after all.")
        assert drafts() == [], "a finished draft is removed"
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
    made = [one for one in served.sandbox.timers.values() if one.name == "made after all"]
    assert len(made) == 1


def test_a_discarded_draft_is_removed_and_not_offered_again(served: Served) -> None:
    with Terminal("--refresh", "0") as terminal:
        open_wizard(terminal)
        fill_half_of_it(terminal)
        terminal.wait_for(lambda: saved_phrases() == ["every nig"])
        terminal.press("\x1b[20~")  # f9
        terminal.wait_for("Discard this draft?")
        terminal.agree()
        terminal.wait_for("The draft is discarded.")
        assert drafts() == []
        terminal.wait_for_rest()
        terminal.press("n")
        terminal.wait_for("What is to be made?")
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0

"""Part of the fault table with the whole program in a pseudo-terminal, real keys, and a served facility that fails.

    python -m tests.faults.on_a_terminal

One session walks all of it: the list is refreshed through each fault, then a timer is paused through each. The last
good rows stay and their age is told; what was carried out is shown and recorded, once; it comes back.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from globus_tui.sandbox.faults import Fault
from globus_tui.settings import load_settings
from globus_tui.store.journal import Journal, is_open
from globus_tui.widgets.page import READING
from tests.cli.terminal import Terminal
from tests.faults.monkey import home
from tests.faults.stage import PATIENT, STATUSES
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ALL_REPEATS = 6.0
"""Seconds in which the program repeats what may be repeated, pauses between included."""
_JSON = {"content-type": "application/json"}
_BOMB = {"content-encoding": "gzip", **_JSON}
ELSEWHERE = {"location": "http://localhost:9/jobs/"}
_STATUS: dict[str, dict[str, Any]] = {str(one): {"status": one, "body": {"error": {"code": "X"}}} for one in STATUSES}
ANSWERS: dict[str, dict[str, Any]] = {
    **_STATUS,
    "redirect": {"status": 307, "headers": ELSEWHERE},
    "html": {"status": 200, "body": "<html>502</html>", "headers": {"content-type": "text/html"}},
    "empty": {"status": 200, "body": b"", "headers": _JSON},
    "half": {"status": 200, "body": '{"jobs": [{"job_id": "f0', "headers": _JSON},
    "wrong types": {"status": 200, "body": {"jobs": {"a": 1}, "job_id": [], "status": 7}},
    "damaged gzip": {"status": 200, "body": gzip.compress(b"{}" * 99)[:-9], "headers": _BOMB},
    "a gigabyte in a megabyte": {"status": 200, "body": gzip.compress(bytes(2**30), 9), "headers": _BOMB},
    "busy": {"status": 429, "headers": {"retry-after": "3600"}},
}
LIST: dict[str, dict[str, Any]] = {
    **ANSWERS,
    "reset": {"kind": "reset"},
    "truncate": {"kind": "truncate"},
    "lose": {"kind": "lose"},
}
TAKEN: dict[str, dict[str, Any]] = {
    "lose": {"kind": "lose"},
    "truncate": {"kind": "truncate"},
    "drip": {"kind": "trickle", "delay": 0.01},
}
"""What befalls the answer to a change that was carried out."""


class Session:
    """One program and its facility."""

    def __init__(self, served: Served, terminal: Terminal) -> None:
        self.served, self.terminal = served, terminal
        self.failures: list[str] = []
        self.cells = self.pauses = 0

    def walk(self, every: int) -> None:
        """All of it, or one of so many."""
        for what, fault in list(LIST.items())[::every]:
            self._cell(f"list, {what}", Fault("/jobs/", times=None, **fault), self._refresh)
        self._cell("list, drip", Fault("/jobs/", kind="trickle"), lambda: None)
        self._cell("list, signed out in mid-session", None, self._revoked)
        self._press("/")
        self.terminal.press(f"{PATIENT}\r")
        self.terminal.wait_for("1 of 79")
        for what, fault in [*list({**ANSWERS, "reset": {"kind": "reset"}}.items())[::every], *TAKEN.items()]:
            pauses = Fault("/jobs/*/pause", method="POST", times=None, **fault)
            self._cell(f"pause, {what}", pauses, lambda what=what: self._pause(what in TAKEN))  # type: ignore[misc]

    def _cell(self, name: str, fault: Fault | None, step: Callable[[], None]) -> None:
        self.cells += 1
        if fault is not None:
            self.served.sandbox.faults.add(fault)
        try:
            step()
            self.served.sandbox.faults.clear()
            self._recovers()
        except AssertionError as wrong:
            self.failures.append(f"{name}: {str(wrong)[:600]}")
            self.served.sandbox.faults.clear()

    def _refresh(self) -> None:
        self._press("r")
        self.terminal.wait_for(lambda: "STALE" in self.terminal.text or "SIGNED OUT" in self.terminal.text)
        if "SIGNED OUT" in self.terminal.text:
            asyncio.run(self.served.sign_in())  # another program of the same person
        assert PATIENT in self.terminal.text or "climate" in self.terminal.text, "the last good rows stay"

    def _recovers(self) -> None:
        begun = self.served.sandbox.clock.now()
        self._press("r")
        bad = ("STALE", "SIGNED OUT")
        self.terminal.wait_for(
            lambda: "synced just" in self.terminal.text and not any(b in self.terminal.text for b in bad)
        )
        assert self.served.sandbox.clock.now() - begun < timedelta(minutes=1)

    def _revoked(self) -> None:
        for token in self.served.sandbox.tokens.values():
            token.revoked = True
        self._refresh()

    def _pause(self, taken: bool) -> None:
        timer = next(one for one in self.served.sandbox.timers.values() if one.name == PATIENT)
        timer.status, self.pauses = "active", self.pauses + 1
        self._recovers()
        self.terminal.wait_for(lambda: "paused" not in self._row())
        self._press("s")
        self.terminal.wait_for(lambda: sum(1 for _ in self._asked()) >= self.pauses)
        end = time.monotonic() + _ALL_REPEATS
        self.terminal.wait_for(lambda: time.monotonic() > end)
        self.served.sandbox.faults.clear()
        self._recovers()
        self.terminal.wait_for(lambda: ("paused" in self._row()) is taken)
        assert (timer.status == "inactive") is taken

    def _press(self, key: str) -> None:
        """Not at once after the one before: keys that come together are taken for a word."""
        end = time.monotonic() + 2 * READING
        self.terminal.wait_for(lambda: time.monotonic() > end)
        self.terminal.press(key)

    def _row(self) -> str:
        return next((line for line in self.terminal.lines[2:] if PATIENT in line and "filter:" not in line), "")

    def _asked(self) -> Iterator[dict[str, Any]]:
        settings = load_settings(os.environ)
        journal = Journal(settings.paths.state / "journal.jsonl", profile=settings.profile)
        return (dict(one) for one in asyncio.run(journal.entries()) if one["what"] == "pause")

    def check(self) -> None:
        """One line for each change, none open, none sent twice that was carried out.

        Raises:
            AssertionError: it is not so.
        """
        entries = list(self._asked())
        assert len(entries) == self.pauses, f"{len(entries)} lines for {self.pauses} changes"
        assert not [one for one in entries if is_open(one)], "each is known in the end"


async def play(every: int) -> tuple[Session, int]:
    """One session; gives it, and the exit code of the program."""
    with serving() as served, home(), patch.dict(os.environ, served.variables()):
        await served.sign_in()
        return await asyncio.to_thread(_walk, served, every)


def _walk(served: Served, every: int) -> tuple[Session, int]:
    with Terminal("--refresh", "0") as terminal:
        session = Session(served, terminal)
        terminal.wait_for("synced")
        session.walk(every)
        session._cell("journal", None, session.check)
        terminal.press("\x03")
        return session, terminal.wait_for_end()


def main() -> int:
    """Prints what came of it; 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only one of so many faults")
    chosen = parser.parse_args()
    begun = time.monotonic()
    session, code = asyncio.run(play(chosen.every))
    print("\n".join(session.failures))
    print(
        f"{session.cells} cells in one session of {time.monotonic() - begun:.0f} s, {session.pauses} changes with a "
        f"line each, exit code {code}; {len(session.failures)} failures"
    )
    return 1 if session.failures or code else 0


if __name__ == "__main__":
    raise SystemExit(main())

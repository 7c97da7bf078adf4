"""Presses keys at random, in bursts, on the demo and on a served, slow and failing service.

    python -m tests.faults.monkey --keys 20000 --seed 1

Between the bursts somebody who reads the questions changes timers: pauses, renames, copies, edits, skips runs, deletes.
The program must not end but where it was told to, and in the end the changes that left and the journal's lines must be
equal, one to one; what the journal calls done the service has done, and what the service has done the journal does not
call refused. Prints counts. The tests press a few hundred keys.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from textual.events import Key

from globus_tui.cli.arguments import parse
from globus_tui.cli.backend import real_backend, sandbox_backend
from globus_tui.cli.console import make_console
from globus_tui.cli.zones import find_zone
from globus_tui.lines.driver import SILENCE, WholePastes
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import make_app
from globus_tui.sandbox.world.history import facility
from globus_tui.settings import load_settings
from globus_tui.store.journal import Journal
from globus_tui.widgets.job_table import JobTable
from tests.served import Served, serving
from tests.troubles import too_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.message import Message

    from globus_tui.app import GlobusTui
    from globus_tui.cli.backend import Backend
    from globus_tui.sandbox.state import Sandbox

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?!*+[]<>.\\@ -_:"
_OTHERS = [
    *("\r", "\t", "\x1b[Z", "\x7f", "\x15", "\x0e", "\x13", "\x10", "\x19", "\x12", "\x04", "\x0c", "\x00"),
    *("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[3~"),
    *("\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~", "\x1b[24~"),
]
_STORIES = [
    *("/climate\rj", "*sy", "sync", "s", "ss", "e", "n", "C", "l", "y", "\r", "\r\r", "lq", "cii", "Zy", "@q", "\r+"),
    *("R\x15new name\r", "Xdb-dumps\r", "tt5\r", "to", "tf", "S1", "fb1", "Fb1", "P", "I30\r", "Tq", "?pause\r"),
    *("\x10pause\r", "\x10\x1b[6~", "nevery night at 2am\r", "\x0e\x0e\x0e\x0e\x13", "\x13", "K", "H", "U"),
    *("\x1b[200~pasted text\x1b[201~", "\x1b[200~two\rlines\x1b[201~", "\x1b[200~lost", "\x1b[200~s\x1b[201~y"),
]
_READ = "read"
"""What was opened by now is waited for, and read."""
_NAME = "name"
"""The name of the timer under the cursor is typed."""
_CHANGES = [
    *(("s", _READ, "y"), ("s", _READ, "y"), (" \x1b[B ", "s", _READ, "y"), ("R", _READ, "\x15", "another name\r")),
    *(("R", _READ, " too\r"), ("x", _READ, "y"), ("C", _READ, "\x13", _READ, "y"), ("e", _READ, "\x13", _READ, "y")),
    *(("X", _READ, _NAME, "\r"), ("t", _READ, "\r", _READ, "y"), ("u", _READ, "y"), ("H", _READ, "y")),
]
_LONGEST_PAUSE = 0.2
_TURNS = 40
_CHANGING = 0.25
"""How often, between bursts, a timer is changed."""
_READING = 0.45
"""A pause after which a question could be read, and is answered."""


@dataclass
class Found:
    """What came of it."""

    keys: int = 0
    bursts: int = 0
    starts: int = 0
    screens: Counter[str] = field(default_factory=Counter)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    recorded: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    carried_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Nobody got the service's answer, so whether it did what was asked is not counted."""

    def check(self) -> None:
        """Raises AssertionError when changes and lines differ, or what they say and what is so."""
        assert self.asked == self.recorded, (self.asked - self.recorded, self.recorded - self.asked)
        assert self.carried_out <= self.asked, self.carried_out - self.asked
        untrue = self.done - self.carried_out - self.lost
        assert not untrue, untrue
        assert self.carried_out <= self.asked - self.refused, self.carried_out - (self.asked - self.refused)

    def add(self, other: Found) -> None:
        """Counts together what came of several seeds."""
        self.keys, self.bursts = self.keys + other.keys, self.bursts + other.bursts
        self.starts += other.starts
        for name in ("screens", "asked", "recorded", "done", "refused", "carried_out", "lost"):
            getattr(self, name).update(getattr(other, name))

    def words(self) -> str:
        """Counts, a line each."""
        kinds = Counter[str]()
        for (what, _), times in self.asked.items():
            kinds[what] += times
        return (
            f"{self.keys} keys in {self.bursts} bursts, {self.starts} starts\n"
            f"{len(self.screens)} screens: {', '.join(f'{name} {n}' for name, n in self.screens.most_common())}\n"
            f"{sum(self.asked.values())} changes asked for, {sum(self.recorded.values())} requests in the journal, "
            f"{sum(self.done.values())} of them done and {sum(self.refused.values())} refused, "
            f"{sum(self.carried_out.values())} carried out and answered: {dict(kinds)}"
        )


class Monkey:
    """One run: the same seed presses the same keys."""

    def __init__(self, seed: int, keys: int, *, patience: float = 1.0) -> None:
        """Make it; `patience` of 0 waits for nothing between bursts but for the program itself."""
        self._chance = random.Random(seed)
        self._left = keys
        self._patience = patience
        self._next = 0.0
        self.found = Found()

    def burst(self) -> str:
        """What is written at one go."""
        chance = self._chance
        if chance.random() < 0.3:
            return chance.choice(_STORIES)
        return "".join(
            chance.choice(_OTHERS) if chance.random() < 0.4 else chance.choice(_LETTERS)
            for _ in range(chance.randint(1, 8))
        )

    async def play(self, backend: Backend, faults: Sandbox | None) -> None:
        """Open the program and press keys until they are used up or the program was left."""
        settings = load_settings(os.environ)
        kept = partial(Journal, settings.paths.state / "journal.jsonl")
        with patch("globus_tui.store.journal.Journal", lambda _, **more: kept(**more)):  # the demo's is none
            options = parse(["--refresh", "30", "--zone", "UTC"])
            app = make_console(backend, settings, options, find_zone("UTC"), os.environ)
        app.host = app.host._replace(open_link=None)
        if not self._patience:
            app.reading = app.word = 0
        self.found.starts += 1
        with _counting(backend, self.found.asked):
            async with app.run_test(size=(100, 30)):
                parser = WholePastes()
                while self._left > 0 and not app._exit:
                    if faults is not None and self._chance.random() < 0.02:
                        _trouble(self._chance, faults)
                    await self._write(app, parser, self.burst())
                    if self._chance.random() < 0.12:
                        await self._send(app, Key("escape", "\x1b"))
                    if self._chance.random() < _CHANGING:
                        await self._change(app, parser)
                    await asyncio.sleep(self._chance.uniform(0, _LONGEST_PAUSE) * self._patience)
                    if self._chance.random() < 0.08 and not app._exit:
                        await asyncio.sleep(_READING * self._patience)
                        await self._write(app, parser, self._chance.choice("y\r"))
                if faults is not None:
                    faults.faults.clear()
                await _taken(app)
                await _rest(app)
                app.exit()

    async def _change(self, app: GlobusTui, parser: WholePastes) -> None:
        """Go to some timer, and do one of the things that are done to timers."""
        for _ in range(8):
            if not app._exit and len(app.screen_stack) > 1:
                await self._send(app, Key("escape", "\x1b"))
                await _settled(app)
        for burst in ("/\x15\r", "\x1b[H" + "\x1b[B" * self._chance.randint(0, 30), *self._chance.choice(_CHANGES)):
            if app._exit or app._driver is None:
                return
            if burst == _READ:
                await _settled(app)
                await asyncio.sleep(_READING * self._patience)
            elif burst == _NAME:
                under = app.screen_stack[0].query_one("#jobs", JobTable).cursor_state
                name = under and (under.job.name or str(under.job_id)[:8])
                await self._write(app, parser, name or "no timer")
            else:
                await self._write(app, parser, burst)

    async def _write(self, app: GlobusTui, parser: WholePastes, text: str) -> None:
        if parser.unfinished and self._chance.random() < 0.5:  # the end of a paste was lost, and nothing came for long
            parser.clock = lambda: time.monotonic() + SILENCE
            await self._send(app, *parser.tick())
            parser.clock = time.monotonic
        await self._send(app, *parser.feed(text), *parser.tick())
        self.found.bursts += 1
        if not self._patience:
            await _taken(app)
        if not app._exit:
            self.found.screens[type(app.screen).__name__] += 1

    async def _send(self, app: GlobusTui, *events: Message) -> None:
        for event in events:
            if app._exit or app._driver is None:
                return
            event.set_sender(app)
            app._driver.send_message(event)
            self._left -= 1
            self.found.keys += 1

    async def read_journal(self) -> None:
        """Take what was recorded."""
        settings = load_settings(os.environ)
        for one in await Journal(settings.paths.state / "journal.jsonl", profile=settings.profile).entries():
            never_left = one["outcome"] == "refused" and one.get("error") == "interrupted"
            if one["what"] == "swap" or never_left:
                continue
            change = one["what"], subject(one)
            self.found.recorded[change] += 1
            self.found.done[change] += one["outcome"] == "done"
            self.found.refused[change] += one["outcome"] == "refused"

    def take_requests(self, seen: Iterable[tuple[str, str, int | None]]) -> None:
        """Take what came to the service: method, path and the status of its answer."""
        for method, path, status in seen:
            change = change_of(method, path)
            if change is not None and (status is None or status < 400):
                (self.found.lost if status is None else self.found.carried_out)[change] += 1

    @property
    def is_over(self) -> bool:
        """All keys are pressed."""
        return self._left <= 0


def subject(entry: Any) -> str:
    """The id that a line is about; what is made has none before."""
    if entry["what"] in ("create", "transfer"):
        return ""
    return str(entry["task" if entry["what"] == "cancel" else "timer"]["id"])


def change_of(method: str, path: str) -> tuple[str, str] | None:
    """What a request changes, as the journal calls it, and its id; None for one that changes no timer and no task."""
    parts = path.strip("/").split("/")
    if method == "GET" or "oauth2" in parts or "bookmark" in parts or parts[:1] == ["__sandbox__"]:
        return None
    if method in ("PATCH", "DELETE"):
        return {"PATCH": "rename", "DELETE": "delete"}[method], parts[-1]
    if parts[-1] in ("pause", "resume", "cancel"):
        return parts[-1], parts[-2]
    return ("transfer" if parts[-1] == "transfer" else "create"), ""


@contextmanager
def _counting(backend: Backend, asked: Counter[tuple[str, str]]) -> Iterator[None]:
    """Counts each change that the program asks for, once however often it is tried."""
    real = backend.connection.request

    async def request(service: str, method: str, path: str, **options: Any) -> Any:
        change = change_of(method, path) if service in ("timer", "transfer", "flows") else None
        if change is not None:
            asked[change] += 1
        return await real(service, method, path, **options)

    with patch.object(backend.connection, "request", request):
        yield


def _trouble(chance: random.Random, sandbox: Sandbox) -> None:
    sandbox.faults.clear()
    paths = ("*", "/jobs/*", "/v0.10/*", "/jobs/*/pause", "/v2/timer", "/v0.10/task/*")
    kinds = ("pass", "reset", "truncate", "lose", "answer")
    for _ in range(chance.randint(0, 3)):
        kind: Any = chance.choice(kinds)
        delay = chance.choice((0.0, 0.1, 0.5, 2.0)) if kind == "pass" else 0.0
        sandbox.faults.add(Fault(chance.choice(paths), kind=kind, times=chance.randint(1, 8), delay=delay))
    if chance.random() < 0.2:
        sandbox.faults.add(too_many(retry_after=1))


async def _taken(app: GlobusTui) -> None:
    """Until all keys are carried out; those just written reach the program's queue some turns of the loop later."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
        while app._key_task is not None and not app._exit:
            await asyncio.wait((app._key_task,), timeout=0.1)


async def _settled(app: GlobusTui, patience: float = 3.0) -> None:
    """Until what was asked for is there: a question, a form; not while a fault holds it for longer."""
    begun = time.monotonic()
    await _taken(app)
    while time.monotonic() - begun < patience and not app._exit:
        if all(one.is_finished or one.group in ("refresh", "default") for one in app.workers):
            return
        await asyncio.sleep(0.02)


async def _rest(app: GlobusTui, patience: float = 60.0) -> None:
    """Until no change is under way: whoever leaves earlier finds lines that are still open."""
    begun = time.monotonic()
    while time.monotonic() - begun < patience and not app._exit:
        if not any(one.group in ("operations", "create") and not one.is_finished for one in app.workers):
            return
        app.screen.dismiss(None) if len(app.screen_stack) > 1 else None
        await asyncio.sleep(0.05)


@contextmanager
def home() -> Iterator[None]:
    """A home of its own, and a folder for what is saved."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GLOBUS_", "XDG_", "SSH_"))}
        with patch.dict(
            os.environ, {**kept, "HOME": folder, "LANG": "C.UTF-8", "EDITOR": "true", "PAGER": "true"}, clear=True
        ):
            os.chdir(folder)
            try:
                yield
            finally:
                os.chdir(here)


async def on_the_demo(seed: int, keys: int, *, patience: float = 1.0) -> Found:
    """Press keys on the demo."""
    monkey = Monkey(seed, keys, patience=patience)
    with home():
        while not monkey.is_over:
            service = make_app(facility(Clock(speed=1.0)))
            with patch("globus_tui.sandbox.service.make_app", lambda _: service):  # noqa: B023
                backend = await sandbox_backend(service.sandbox)
            async with backend.connection:
                await monkey.play(backend, None)
            monkey.take_requests((one.method, one.path, one.status) for one in service.requests)
        await monkey.read_journal()
    return monkey.found


async def on_a_served_service(seed: int, keys: int, *, patience: float = 1.0) -> Found:
    """Press keys while a service is slow and fails."""
    monkey = Monkey(seed, keys, patience=patience)
    with serving() as served, home(), patch.dict(os.environ, served.variables()):
        while not monkey.is_over:
            served.sandbox.faults.clear()
            await served.sign_in()
            backend = await real_backend(load_settings(os.environ), os.environ)
            async with backend.connection:
                await monkey.play(backend, served.sandbox)
        await monkey.read_journal()
        monkey.take_requests(await _requests(served))
    return monkey.found


async def _requests(served: Served) -> list[tuple[str, str, int | None]]:
    import httpx

    async with httpx.AsyncClient() as client:
        seen = (await client.get(f"{served.url}__sandbox__/requests")).json()["requests"]
    return [(method, path, status) for method, path, _, status in seen]


def main(arguments: Sequence[str] | None = None) -> int:
    """Half of the keys on the demo, half on the served service."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--where", choices=("demo", "served", "both"), default="both")
    parser.add_argument("--at-once", action="store_true", help="wait for the program alone, not for who reads")
    parser.add_argument("--piece", type=int, default=1000, help="keys of a seed")
    chosen = parser.parse_args(arguments)
    places = {"demo": on_the_demo, "served": on_a_served_service}
    wanted = [name for name in places if chosen.where in (name, "both")]
    patience = 0.0 if chosen.at_once else 1.0
    keys = failures = 0
    for name in wanted:
        total = Found()
        seeds = range(chosen.seed, chosen.seed + max(1, round(chosen.keys / len(wanted) / chosen.piece)))
        for seed in seeds:
            try:
                found = asyncio.run(places[name](seed, min(chosen.keys, chosen.piece), patience=patience))
                total.add(found)
                found.check()
            except Exception as wrong:
                failures += 1
                traceback.print_exc()
                print(f"FAILED {name}, seed {seed}: {type(wrong).__name__}: {str(wrong)[:300]}", flush=True)
        print(f"{name}, seeds {seeds[0]} to {seeds[-1]}: {total.words()}", flush=True)
        keys += total.keys
    print(f"{failures} failures in {keys} keys" + ("" if failures else f": below {3 / keys:.2g} a key at 95 %"))
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

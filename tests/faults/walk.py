"""A walk at random through the whole program: keys, time, faults and other people's edits, drawn by hypothesis.

    python -m tests.faults.walk --seconds 600 --seed 1

The clock stands still but where a step moves it, nothing sleeps, and the same seed draws the same walks; one that fails
is made as short as it goes. What is drawn is read from the screen, and after each key:

- a row says of its timer what the service has, or it is under way, or was read before that changed;
- the title says how old that is, and that it is STALE, or signed out, where the last reading failed;
- each change that left has one entry in the journal, and no change left by itself, as time passed;
- each was asked for on a page that was drawn before the key, and named its timer; only one timer is paused or resumed
  without, and no run of it starts by that;
- of one lineage of edited timers one is active, unless the user was told to look, or resumed another;
- no token and no code is drawn, or in a file.

After a clean refresh all rows are as the service has them, and the counts above them are those of the service, and of
a program that was never in trouble.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.cli.backend import DEMO_USER
from globus_tui.present.freshness_words import header_words, short_freshness
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport, make_app
from globus_tui.sandbox.timers import engine
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.create.wizard import WizardScreen
from globus_tui.store.job_store import JobStore
from globus_tui.store.journal import Journal
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.services import Services
from globus_tui.widgets.page import Question
from globus_tui.widgets.text_field import TextField
from tests.demo import A_WHILE, Demo
from tests.facility import copied_facility
from tests.faults.monkey import change_of, home, subject
from tests.faults.stage import FEW, UNSURE, rests
from tests.store.workbench import NOON, no_waiting
from tests.troubles import PROXY_PAGE, too_many

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

    from textual.pilot import Pilot

    from globus_tui.cli.backend import Backend
    from globus_tui.sandbox.state import Timer

Change = tuple[str, str]
_COUNTS = re.compile(r"(?:(\d+) of )?(\d+)(?: shown)?: (\d+ .*?)(?:  |$)")

COLUMNS = ("health", "name", "status", "next", "id")
KEYS = (
    *(
        "j",
        "k",
        "g",
        "G",
        "space",
        "asterisk",
        "backslash",
        "enter",
        "escape",
        "q",
        "y",
        "n",
        "tab",
        "r",
        "s",
        "v",
        "z",
    ),
    *(
        "f",
        "F",
        "x",
        "u",
        "Y",
        "e",
        "C",
        "R",
        "X",
        "t",
        "K",
        "H",
        "U",
        "l",
        "c",
        "a",
        "M",
        "Z",
        "J",
        "D",
        "b",
        "w",
        "d",
    ),
    *("p", "i", "at", "exclamation_mark", "question_mark", "slash", "colon", "W", "N", "A", "O", "m", "plus", "S", "T"),
    *("ctrl+s", "ctrl+n", "ctrl+u", "ctrl+l", "ctrl+p", "left", "right", "pagedown", "full_stop", "comma", "L", "0"),
)
NAME = "its name"
"""The name of the timer under the cursor is typed."""
STORIES: tuple[tuple[str, ...], ...] = (
    *(("s",), ("s", "y"), ("asterisk", "s", "y"), ("space", "j", "space", "s", "y"), ("r",)),
    *(("R", "ctrl+u", "a", "enter"), ("X", NAME, "enter"), ("x", "y"), ("K", "y"), ("t", "enter", "y")),
    *(
        ("C", "ctrl+s", "y"),
        ("e", "y", "ctrl+s", "y"),
        ("H", "y"),
        ("u", "y"),
        ("Y", "y"),
        ("f", "b", "1"),
        ("S", "b", "1"),
    ),
)
SECONDS = (1, 6, 31, 90, 700, 4000, 90_000)
FAULTS: dict[str, Callable[[], Fault]] = {
    "reset": lambda: Fault("/jobs/*", kind="reset", times=3),
    "lost": lambda: Fault("/jobs/*", kind="lose", times=2),
    "pause lost": lambda: Fault("/jobs/*/pause", kind="lose", times=2),
    "creation lost": lambda: Fault("/v2/timer", kind="lose", times=2),
    "silence": lambda: Fault("/jobs/*/pause", kind="hang", times=None),
    "cut": lambda: Fault("/jobs/", kind="truncate", times=4),
    "503": lambda: Fault("*", status=503, times=6),
    "too many": lambda: too_many(times=4),
    "a proxy's page": lambda: Fault("/jobs/", status=502, body=PROXY_PAGE, times=3),
    "half of it": lambda: Fault("/jobs/", status=200, body='{"jobs": [{"job_id": "f0', times=5),
    "tasks away": lambda: Fault("/v0.10/*", status=500, times=None),
}
OTHERS = ("rename", "pause", "resume", "delete")


class Facility(Demo):
    """The facility and the program; keeps who is signed in, and what changes were asked for."""

    def __init__(self) -> None:
        super().__init__(service=make_app(copied_facility(Clock(NOON, speed=0), FEW)))
        self.sent: Counter[Change] = Counter()
        self.account: Any = None

    async def _backend(self, *arguments: Any) -> Backend:
        backend = await super()._backend(*arguments)
        self.account, real = backend.account, backend.connection.request

        async def request(service: str, method: str, path: str, **options: Any) -> Any:
            change = change_of(method, path) if service in ("timer", "transfer", "flows") else None
            if change is not None:
                self.sent[change] += 1
            return await real(service, method, path, **options)

        backend.connection.request = request  # type: ignore[method-assign]  # every client goes through it
        return backend

    async def settle(self, pilot: Pilot[Any]) -> None:
        """Wait until the program waits for somebody: a worker that still goes on then has asked something."""
        left: float | None = A_WHILE
        await pilot.pause()
        while left is not None:
            left = self.rest.put_forward(left)
            await pilot.pause()


@dataclass
class Found:
    """What came of it."""

    walks: int = 0
    steps: int = 0
    keys: int = 0
    starts: int = 0
    clean: int = 0
    """Clean refreshes after which everything was compared."""
    reached: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Screen in front, key, and what struck."""
    changes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Counts, a line each."""
        screens = Counter[str]()
        for (screen, _, _), times in self.reached.items():
            screens[screen] += times
        faults = len({one for *_, one in self.reached})
        bound = f"0 failures in {self.steps} steps: below {3 / max(self.steps, 1):.2g} a step at 95 %"
        return (
            f"{self.walks} walks, {self.steps} steps with {self.keys} keys, {self.starts} starts of the program, "
            f"{self.clean} clean refreshes; {self.changes.total()} changes "
            f"({', '.join(f'{n} {what}' for what, n in self.changes.most_common())})\n"
            f"{len(self.reached)} distinct (screen, key, fault): {len(screens)} screens, {faults} faults or none\n"
            f"screens: {', '.join(f'{name} {n}' for name, n in screens.most_common())}\n"
            f"{bound if not self.failures else f'{len(self.failures)} FAILURES'}"
        )


class Walk:
    """One facility, and a person in front of the program.

    Attributes:
        before: of each timer what the service had of it, and since when.
        read: what was drawn since nothing was being asked.
        unsure: timers of lineages of which a user knows that several may be active.
    """

    def __init__(self, found: Found) -> None:
        self.found = found
        self.demo = Facility()
        self.demo.drafts = Path.home() / "drafts"
        self.before: dict[str, tuple[tuple[str | None, str], datetime]] = {}
        self.read = ""
        self.lineages: list[set[str]] = []
        self.unsure: set[str] = set()
        self.mine: set[str] = set()
        self.lines: list[str] = [""]
        self.notice()

    # --- what is drawn

    def look(self) -> None:
        """At the screen, and at what the service has now."""
        if not self.over:
            self.lines = self.demo.screen()
        self.notice()

    @property
    def text(self) -> str:
        """What was drawn then."""
        return "\n".join(self.lines)

    @property
    def asked(self) -> str:
        """What stands on the page in front, without the list behind a sheet; words are a space apart."""
        sheet = next((n for n, line in enumerate(self.lines) if line.startswith("━")), 0)
        return " ".join(" ".join(self.lines[sheet:]).split())

    def rows(self) -> dict[str, tuple[str, str, str]]:
        """Health, name and status by id, as far as the list is drawn with these columns."""
        found: dict[str, tuple[str, str, str]] = {}
        places: list[int] = []
        for line in self.lines[1:]:
            if not places:
                at = [line.find(one.upper()) for one in COLUMNS]
                places = at if min(at) >= 0 and sorted(at) == at else []
            elif line.startswith(("━", "─")):
                break
            elif match := re.search(r"([0-9a-f]{8}-[0-9a-f-]{27})\s*$", line):
                ends = [*places[1:], len(line)]
                cells = [line[start:end].strip() for start, end in zip(places, ends, strict=True)]
                found[match[1]] = cells[0], cells[1].removeprefix("▲ "), cells[2]
        return found

    @property
    def counts(self) -> tuple[int, dict[str, int]] | None:
        """How many timers there are, and how many of each health word; None where something hides some of them."""
        found = next((match for line in self.lines[1:4] if (match := _COUNTS.search(line))), None)
        if found is None or found[1]:
            return None
        return int(found[2]), {word: int(n) for n, word in re.findall(r"(\d+) ([A-Za-z-]+)", found[3])}

    @property
    def asks(self) -> bool:
        """The page in front asks for something, and is no page to look at."""
        return isinstance(self.demo.app.screen, Question | WizardScreen | ConsentScreen)

    # --- what is so

    def notice(self) -> None:
        """What the service has now; what is another than before has changed now."""
        now, timers = self.demo.clock.now(), self.demo.sandbox.timers
        for job_id in {*timers, *self.before}:
            facts = facts_of(timers.get(job_id))
            if job_id not in self.before or self.before[job_id][0] != facts:
                self.before[job_id] = facts, now

    def is_current(self, job_id: str) -> bool:
        """What is shown of a timer was read after it changed last."""
        checked = self.demo.app.freshness.checked_at
        return checked is not None and job_id in self.before and checked > self.before[job_id][1]

    # --- steps

    def _named(self, names: Iterable[str]) -> bool:
        return any(" ".join(name[:12].split()) in self.read for name in names)

    async def press(self, pilot: Pilot[Any], key: str) -> None:
        """One key, and what must hold of the changes that it made."""
        demo = self.demo
        asks, edited = self.asks, self._edited()
        self.read = f"{self.read} {self.asked}" if asks else ""
        sent, timers = demo.sent.copy(), dict(demo.sandbox.timers)
        under = demo.table.cursor_state if not asks else None
        runs = {job_id: one.n_runs for job_id, one in timers.items()}
        # Of one that another program has renamed meanwhile, the question has the name that was read.
        names = {about: {one.name or about[:8]} for about, one in timers.items()}
        for job_id, state in demo.app.states.items():
            names.setdefault(str(job_id), set()).add(state.job.label)
        with self._struck(key) as happened:
            await demo.press(pilot, key)
        self.look()
        self.found.keys += 1
        new = demo.sent - sent
        self.found.changes.update(what for what, _ in new.elements())
        self.mine = {about for _, about in new} if not happened else set()
        made = set(demo.sandbox.timers) - set(timers)
        if edited and made:
            self._join(edited, made)
        self._look_at_switches(new, edited)
        if not new:
            return
        if asks:
            asked = {about for _, about in new if about}
            unnamed = [about for about in asked - made if not self._named(names.get(about, {about[:8]}))]
            unnamed += [about for about in made if not self._named({demo.sandbox.timers[about].name or ""})]
            assert not unnamed, f"{new} was asked for, and {unnamed} did not stand there:\n{self.read}"
            return
        (what, about), *more = new.elements()
        assert not more, f"{key} changed several without a question: {new}"
        assert key == "s", f"{key} changed something without a question: {new}"
        assert what in ("pause", "resume"), f"{key} does that without a question: {new}"
        assert under is not None, f"no timer was shown to be meant: {new}"
        assert about == under.job_id, f"another timer was meant: {about}, not {under.job_id}"
        if what == "resume" and self.is_current(about):
            timer = demo.sandbox.timers[about]
            at_once = (
                timer.n_runs > runs[about] or (timer.next_run or demo.clock.now() + timedelta(1)) <= demo.clock.now()
            )
            assert not at_once, f"a run of {timer.name} started without a question"

    @contextmanager
    def _struck(self, key: str) -> Iterator[set[str]]:
        """Which faults struck meanwhile; counted with the page in front."""
        screen, faults = type(self.demo.app.screen).__name__, self.demo.sandbox.faults.active
        before = [one.seen for one in faults]
        happened: set[str] = set()
        yield happened
        for one, seen in zip(faults, before, strict=True):
            if one.seen != seen:
                happened.add(f"{one.kind} {one.status}" if one.kind == "answer" else one.kind)
        self.found.reached[screen, key, "+".join(sorted(happened)) or "none"] += 1

    def _edited(self) -> str | None:
        """The timer that the form in front would replace."""
        for screen in self.demo.app.screen_stack:
            if isinstance(screen, WizardScreen) and screen.draft.replaces and screen.source is not None:
                return str(screen.source.reading.job.job_id)
        return None

    def _join(self, old: str, made: set[str]) -> None:
        known = next((one for one in self.lineages if old in one), None)
        if known is None:
            self.lineages.append({old, *made})
        else:
            known |= made

    def _look_at_switches(self, new: Counter[Change], edited: str | None) -> None:
        if edited is None:
            self.unsure |= {about for what, about in new if what == "resume"}
        words = self.text
        if any(one in words for one in UNSURE) or "there may then be two" in words:
            for one in self.lineages:
                self.unsure |= one

    async def change(self, pilot: Pilot[Any], story: Sequence[str], down: int) -> None:
        """Go to some timer, and do one of the things that are done to timers."""
        await self.home(pilot)
        for key in ("g", *("j" for _ in range(down)), *story):
            if self.over:
                return
            if key == NAME:
                under = self.demo.table.cursor_state
                name = (under.job.name or str(under.job_id)[:8]) if under else ""
                await self.demo.press(pilot, *("space" if char == " " else char for char in name))
            else:
                await self.press(pilot, key)
                self.check()

    async def home(self, pilot: Pilot[Any]) -> None:
        """Back to the list."""
        for _ in range(12):
            writes = isinstance(self.demo.app.focused, TextField)
            if self.over or (len(self.demo.app.screen_stack) == 1 and not writes):
                break
            await self.press(pilot, "escape")
        self.read = ""

    @property
    def over(self) -> bool:
        """The program was left."""
        return bool(self.demo.app._exit)

    async def wait(self, pilot: Pilot[Any], seconds: float) -> None:
        """Time passes, and nothing is changed by itself."""
        sent = self.demo.sent.copy()
        with self._struck("time"):
            await self.demo.pass_time(pilot, timedelta(seconds=seconds))
        self.mine = set()
        self.look()
        assert self.demo.sent == sent, f"changed by itself: {self.demo.sent - sent}"

    async def other(self, pilot: Pilot[Any], what: str, which: int) -> None:
        """Another program of the same person changes a timer."""
        sandbox, now = self.demo.sandbox, self.demo.clock.now()
        timers = [
            one for one in sandbox.timers.values() if not one.quirks and one.status in ("active", "new", "inactive")
        ]
        if not timers:
            return
        timer = timers[which % len(timers)]
        if what == "rename":
            timer.name = f"theirs {which}"
        elif what == "delete":
            engine.remove(sandbox, timer, now)
        elif what == "pause":
            engine.pause(sandbox, timer, now)
        else:
            engine.resume(sandbox, timer, now, None)
            self.unsure.add(timer.job_id)
        self.notice()
        await self.wait(pilot, 1)

    async def refresh(self, pilot: Pilot[Any]) -> None:
        """Trouble is over, and R is pressed: what is drawn is what the service has, to the last count."""
        demo = self.demo
        demo.sandbox.faults.clear()
        await self.home(pilot)
        if self.over:
            return
        for _ in range(2):
            await self.wait(pilot, 31)
            await self.press(pilot, "r")
        if self.counts is None and "problems only" in self.text:
            await self.press(pilot, "exclamation_mark")
        if self.counts is None and "filter:" in self.text:
            await self.press(pilot, "escape")
        self.check()
        if demo.app.freshness.state is FreshnessState.SIGNED_OUT:
            return
        assert demo.app.freshness.checked_at == demo.clock.now(), demo.app.freshness
        assert demo.app.freshness.problem is None, demo.app.freshness
        self.found.clean += 1
        for job_id, (health, name, status) in self.rows().items():
            if not name[:1].isdigit():
                self._compare(job_id, health, name, status, strictly=True)
        there = [one for one in demo.sandbox.timers.values() if facts_of(one)[1] != "deleted"]
        gone = {str(one) for one in demo.app.states} - {one.job_id for one in there}
        assert self.counts is not None, self.text
        number, words = self.counts
        assert number == len(there) + len(gone & set(demo.sandbox.timers)), f"{len(there)} are there:\n{self.text}"
        fresh = await self._counted_anew()
        known = {next((one for one in fresh if one.startswith(word)), word): n for word, n in words.items()}  # FAIL
        assert known == fresh, f"a program that was never in trouble counts {fresh}:\n{self.text}"

    async def _counted_anew(self) -> dict[str, int]:
        """What a program counts that is started now."""
        async with Connection(
            Environment.read({}), transport=InProcessTransport(self.demo.service), clock=self.demo.clock.now,
            sleep=no_waiting,
        ) as connection:  # fmt: skip
            tokens = self.demo.account.tokens
            transfer = TransferClient(connection, tokens)
            services = Services(TimersClient(connection, tokens), transfer, transfer, self.demo.account)
            journal = Journal(self.demo.app.settings.paths.state / "journal.jsonl", who=DEMO_USER)
            store = JobStore(services, journal=journal, clock=self.demo.clock.now, draw=lambda: 0.5)
            await store.read_journal()
            for _ in range(3):
                await store.refresh()
            return {word.value: n for word, n in (store.count_words() or {}).items() if n}

    # --- what must hold after each step

    def check(self) -> None:
        """Raises AssertionError when something does not hold."""
        if self.over:
            return
        self._check_age(self.lines[0])
        for job_id, (health, name, status) in self.rows().items():
            if not name[:1].isdigit():  # several that are one line
                self._compare(job_id, health, name, status)
        self._check_journal()
        for one in self.lineages:
            active = [job_id for job_id in one if facts_of(self.demo.sandbox.timers.get(job_id))[1] == "goes on"]
            assert len(active) <= 1 or one & self.unsure, f"of one lineage one is active: {active}"
        self._check_secrets(self.text)

    def _check_age(self, title: str) -> None:
        fresh, app = self.demo.app.freshness, self.demo.app
        if not hasattr(app.screen_stack[-1], "show_title") and not self.rows():
            return
        failed = fresh.problem is not None
        if failed and re.search(r"\] ?|synced", title):
            said = any(one in title for one in ("STALE", "no answer", "signed out"))
            assert said, f"the last reading failed ({fresh.problem}), and the title says: {title}"
        if "synced" in title:
            # The present is taken each minute at the latest.
            zone, looks = app.view.zone, [app.store.clock() - timedelta(seconds=ago) for ago in (0, 30, 60)]
            words = {words(fresh, now, zone) for now in looks for words in (header_words, short_freshness)}
            assert any(one in title for one in words), f"{title} is drawn, and is {words}"

    def _compare(self, job_id: str, health: str, name: str, status: str, *, strictly: bool = False) -> None:
        if health.startswith("…"):
            assert not strictly, f"{name} is still under way: {health}"
            return
        timer = self.demo.sandbox.timers.get(job_id)
        if timer is not None and timer.quirks:
            return
        real = facts_of(timer)
        shown = name, {"paused": "inactive"}.get(status, status)
        same = rests(shown[1]) == real[1] and _same_name(name, real[0], job_id)
        if same or real[1] == "deleted":
            return
        old = not self.is_current(job_id) and job_id not in self.mine and not strictly
        assert old, f"{job_id} is drawn as {shown} and is {real}: {self.demo.app.freshness}\n{self.text}"

    def _check_journal(self) -> None:
        entries = [one for one in self.demo.journal() if one["what"] not in ("swap", "set aside")]  # no requests
        recorded = Counter((str(one["what"]), subject(one)) for one in entries)
        stopped = Counter((str(one["what"]), subject(one)) for one in entries if one.get("error") == "interrupted")
        sent = self.demo.sent
        assert not sent - recorded, f"each change has an entry: {sent - recorded}"
        assert not recorded - sent - stopped, f"each entry is of a change: {recorded - sent}"

    def _check_secrets(self, text: str) -> None:
        secrets = [*self.demo.sandbox.tokens, *self.demo.sandbox.codes]
        found = [one[:6] for one in secrets if one in text.replace("\n", "")]
        assert not found, f"a secret is drawn: {text}"

    def check_files(self) -> None:
        """No token and no code is in a file."""
        text = "".join(one.read_text(errors="replace") for one in Path.home().rglob("*") if one.is_file())
        found = [one[:6] for one in (*self.demo.sandbox.tokens, *self.demo.sandbox.codes) if one in text]
        assert not found, f"a secret is in a file: {found}"


def facts_of(timer: Timer | None) -> tuple[str | None, str]:
    """Its name, and whether it goes on."""
    return (None, "deleted") if timer is None else (timer.name, rests(timer.status))


def _same_name(drawn: str, name: str | None, job_id: str) -> bool:
    name = name or job_id[:8]
    return name.startswith(drawn[:-1]) if drawn.endswith("…") else " ".join(name.split()) == drawn


class Machine(RuleBasedStateMachine):
    """The rules by which hypothesis draws walks. The program lives in one task, and takes its steps one by one."""

    found = Found()

    @initialize()
    def begin(self) -> None:
        self._home = home()
        self._home.__enter__()
        self._loop = asyncio.Runner()
        self.walk = Walk(self.found)
        self.found.walks += 1
        self._steps: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._healthy = True
        self._do(partial(self.walk.press, key="g"))

    async def _program(self) -> None:
        async with self.walk.demo.console() as pilot:
            self.found.starts += 1
            self.walk.demo.table.choose_columns(COLUMNS)
            self.walk.look()
            while (step := await self._steps.get()) is not None:
                work, done = step
                try:
                    await work(pilot)
                except BaseException as wrong:
                    done.set_exception(wrong)
                else:
                    done.set_result(None)

    def _do(self, work: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
        self._loop.run(self._step(work))

    async def _step(self, work: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._program())
        done = asyncio.get_running_loop().create_future()
        self._steps.put_nowait((work, done))
        await asyncio.wait((self._task, done), return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            await self._task  # raises what ended it
        await done
        self.found.steps += 1
        if self.walk.over:
            await self._leave()

    async def _leave(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._steps.put_nowait(None)
            await task

    def _walk(self, work: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
        self._healthy = False
        self._do(work)
        if self._task is not None:
            self.walk.check()
        self._healthy = True

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=4))
    def press(self, keys: list[str]) -> None:
        for key in keys:
            self._walk(partial(self.walk.press, key=key))

    @rule(story=st.sampled_from(STORIES), down=st.integers(0, len(FEW)), fault=st.sampled_from(("", "", "", *FAULTS)))
    def change(self, story: tuple[str, ...], down: int, fault: str) -> None:
        if fault:
            self.walk.demo.fault(FAULTS[fault]())
        self._walk(partial(self.walk.change, story=story, down=down))

    @rule(seconds=st.sampled_from(SECONDS))
    def wait(self, seconds: int) -> None:
        self._walk(partial(self.walk.wait, seconds=seconds))

    @rule(name=st.sampled_from(("none", "revoked", *FAULTS)))
    def fault(self, name: str) -> None:
        if name == "none":
            self.walk.demo.sandbox.faults.clear()
        elif name == "revoked":
            for token in self.walk.demo.sandbox.tokens.values():
                token.revoked = True
        else:
            self.walk.demo.fault(FAULTS[name]())

    @rule(what=st.sampled_from(OTHERS), which=st.integers(0, len(FEW)))
    def other(self, what: str, which: int) -> None:
        self._walk(partial(self.walk.other, what=what, which=which))

    @rule()
    def refresh(self) -> None:
        self._walk(self.walk.refresh)

    def teardown(self) -> None:
        if not hasattr(self, "walk"):
            return
        try:
            if self._healthy:
                self._do(self.walk.refresh)
                self.walk.check_files()
            self._loop.run(self._leave())
        finally:
            self._loop.close()
            self._home.__exit__(None, None, None)


def walks(number: int, steps: int, first: int | None = None, *, shorten: bool = False) -> None:
    """Draws so many walks of so many steps; without `first`, always the same ones.

    Raises:
        AssertionError: something does not hold; with `shorten` in the shortest walk that is found within minutes.
    """
    drawn = settings(
        max_examples=number,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=first is None,
        phases=(Phase.generate, Phase.shrink) if shorten else (Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Walks", (Machine,), {})
    run_state_machine_as_test(machine if first is None else seed(first)(machine), settings=drawn)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it; 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=10**9, help="how many at most")
    parser.add_argument("--walks", type=int, default=10, help="of each seed")
    parser.add_argument("--steps", type=int, default=40, help="of each walk, at most")
    parser.add_argument("--shorten", action="store_true", help="look for minutes for the shortest walk that fails")
    chosen = parser.parse_args(arguments)
    found, begun, busy, at = Machine.found, time.monotonic(), time.process_time(), chosen.seed
    while at < chosen.seed + chosen.seeds and time.monotonic() - begun < chosen.seconds:
        try:
            walks(chosen.walks, chosen.steps, at, shorten=chosen.shorten)
        except Exception as wrong:
            traceback.print_exc()
            found.failures.append(f"seed {at}: {type(wrong).__name__}: {str(wrong)[:300]}")
            print(f"FAILED {found.failures[-1]}", flush=True)
        at += 1
    print(found.summary())
    busy = time.process_time() - busy
    print(
        f"seeds {chosen.seed} to {at - 1}; {found.steps / busy:.0f} steps and {found.keys / busy:.0f} keys a CPU second"
    )
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

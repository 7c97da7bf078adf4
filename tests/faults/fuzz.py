"""Wrong documents, hostile text, every status and odd wishes to wait, drawn by the whole program on the demo.

    python -m tests.faults.fuzz --seconds 300 --seed 1

A refresh brings 79 timers with one wrong field each; a page is opened on one wrong timer, the tasks of its runs are
wrong as well; requests are refused with any status, a hostile reason and any wish to wait. After each the program runs,
no control character is on the screen, a wrong timer hides no other, and what comes next is right again. Prints counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.service import InProcessTransport
from tests.demo import Demo
from tests.faults import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WISHES = (
    *("0", "1", "-1", "1.5", "nan", "inf", "1e9", "9" * 400, "soon", "", " 2 ", "²", "2, 3", "0x10", "\x85"),
    *("Tue, 01 Sep 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"),
    *("Tue, 31 Feb 2026 12:00:00 GMT", "Tue, 01 Sep 2026 12:00:30 +9999", "Tuesday, 01-Sep-26 12:00:30 GMT"),
)
STATUSES = (*range(200, 209), *range(300, 309), *range(400, 452), *range(500, 512), 520, 530, 599, 600, 799, 999)
_PAGES = (("enter",), ("enter", "j", "enter"), ("l",), ("enter", "v"), ("exclamation_mark",), ("K",), ("A",), ("i",))


@dataclass
class Found:
    """What came of it."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Counts, a line each."""
        done = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        tries = self.counts.total()
        bound = f"0 failures in {tries} tries: below {3 / max(tries, 1):.2g} a try at 95 %"
        return f"{done}\n{bound if not self.failures else f'{len(self.failures)} FAILURES'}"


class Altering(httpx.AsyncBaseTransport):
    """Alters documents on their way, while `alter` says how."""

    def __init__(self, demo: Demo) -> None:
        self._inner = InProcessTransport(demo.service)
        self.alter: Callable[[str, Any], Any] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if self.alter is None or request.method != "GET" or "json" not in answer.headers.get("content-type", ""):
            return answer
        await answer.aread()
        body = json.dumps(self.alter(request.url.path, answer.json())).encode()
        headers = [one for one in answer.headers.multi_items() if one[0] not in ("content-encoding", "content-length")]
        return httpx.Response(answer.status_code, headers=headers, stream=httpx.ByteStream(body))


class Fuzz:
    """One program, and what is sent to it."""

    def __init__(self, seed: int, found: Found) -> None:
        self._chance, self._found = random.Random(seed), found
        self._demo = Demo()
        self._wire = Altering(self._demo)
        self.last = ""

    async def play(self, end: Callable[[], bool]) -> None:
        """Until it is over.

        Raises:
            AssertionError: something does not hold.
        """
        steps = (self._list, self._page, self._page, self._page, self._refusal, self._refusal)
        async with self._demo.console(transport=self._wire, size=(100, 36)) as self._pilot:
            states = self._demo.app.states
            self._known = {one for one in states if states[one].job.has_own_id}
            await self._list()
            while not end():
                await self._chance.choice(steps)()

    def _wrong(self, document: Any, what: str) -> Any:
        place = self._chance.choice(list(documents.places(document)))
        value = self._chance.choice(documents.WRONG)
        self.last += f" {what} {place}: {str(value)[:60]!r};"
        self._found.counts[f"wrong {what}"] += 1
        return documents.altered(document, place, value)

    async def _list(self) -> None:
        def alter(path: str, document: Any) -> Any:
            if path.rstrip("/").endswith("/jobs"):
                document["jobs"] = [self._wrong(one, "timers in lists") for one in document["jobs"]]
            return document

        await self._refreshed(alter)
        await self._look("G", "g")
        gone = self._known - set(self._demo.app.states)
        assert len(gone) < 15, f"those at most whose ids were altered: {gone}"
        await self._calm()

    async def _refreshed(self, alter: Callable[[str, Any], Any] | None) -> None:
        self._wire.alter = alter
        self._demo.clock.advance(61)
        await self._look("r")

    async def _page(self) -> None:
        kinds = {"/jobs/": "timers", "/task/": "tasks", "event_list": "events", "/flows": "flows"}

        def alter(path: str, document: Any) -> Any:
            kind = next((name for part, name in kinds.items() if part in path), "other documents")
            return document if path.rstrip("/").endswith("/jobs") else self._wrong(document, kind)

        self._demo.table.move_to(self._chance.choice(sorted(self._known)))
        self._wire.alter = alter
        await self._look(*self._chance.choice(_PAGES))
        await self._calm()

    async def _refusal(self) -> None:
        status, wish = self._chance.choice(STATUSES), self._chance.choice(WISHES)
        words = self._chance.choice((documents.HOSTILE, "", "x" * 100_000, "<html>" + documents.HOSTILE))
        body: Any = self._chance.choice(
            (
                {"error": {"code": words, "detail": words, "status": status}},
                {"code": words, "message": words, "request_id": words, "authorization_parameters": words},
                {"errors": [{"code": words, "detail": {"a": words}, "status": words}]},
                words.encode(errors="replace"),
            )
        )
        headers = {} if not wish else {"retry-after": wish}
        self.last += f" {status}, Retry-After {wish!r};"
        self._found.counts["refusals"] += 1
        path = self._chance.choice(("/jobs/", "/jobs/*", "*", "/v0.10/*"))
        self._demo.fault(Fault(path, times=None, status=status, body=body, headers=headers))
        await self._refreshed(None)
        assert len(self._demo.app.states) >= len(self._known), "the last good rows stay"
        await self._calm()

    async def _look(self, *keys: str) -> None:
        for key in keys:
            await self._demo.press(self._pilot, key)
            assert not self._demo.app._exit, "it ended"
            for line in self._demo.screen():
                odd = [one for one in line if unicodedata.category(one) in ("Cc", "Cs", "Cf", "Co", "Cn")]
                assert not odd, f"{odd} in {line!r}"

    async def _calm(self) -> None:
        """What comes next is right: the rows are those of the service."""
        self._demo.sandbox.faults.clear()
        for _ in range(8):
            if len(self._demo.app.screen_stack) > 1:
                await self._look("escape")
        assert len(self._demo.app.screen_stack) == 1, f"{self._demo.app.screen} does not close"
        await self._refreshed(None)
        fresh = self._demo.app.freshness
        if fresh.problem is not None:  # asked to wait: the user may ask again at once, or it is due in a year
            await self._demo.pass_time(self._pilot, 370 * 86400)
            fresh = self._demo.app.freshness
        assert fresh.problem is None, fresh
        missing = {str(one) for one in self._known if one not in self._demo.app.states}
        assert not missing & set(self._demo.sandbox.timers), missing
        self.last = ""


async def fuzz(seeds: Sequence[int], end: Callable[[], bool]) -> Found:
    """Seeds until it is over: a new program after each failure, and now and then."""
    found = Found()
    for seed in seeds:
        if end():
            break
        one, until = Fuzz(seed, found), found.counts.total() + 20_000
        with tempfile.TemporaryDirectory() as home, patch.dict("os.environ", HOME=home, LANG="C.UTF-8"):
            try:
                await one.play(lambda until=until: end() or found.counts.total() > until)  # type: ignore[misc]
            except Exception as wrong:
                words = f"{type(wrong).__name__}: {str(wrong)[:600]}"
                found.failures.append(f"seed {seed}: {words}; after{one.last[-900:]}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it; 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    found = asyncio.run(fuzz(range(chosen.seed, 10**9), lambda: time.monotonic() - begun > chosen.seconds))
    print("\n".join(found.failures))
    print(f"{found.summary()}; seeds from {chosen.seed}")
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

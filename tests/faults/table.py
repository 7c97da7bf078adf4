"""Each request, and each file call, of each journey goes wrong once, in every way.

    python -m tests.faults.table            # all: thousands of sessions
    python -m tests.faults.table --every 40

What is counted is what the program does by itself, not a list that is kept: a journey is walked once without trouble,
then once for each of its requests and file calls and each way in which that can fail. Of every session `stage.go` looks
whether everything that must hold does. Prints counts, and what people read.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults import documents
from tests.faults.stage import AFTER, BEFORE, CLOCKS, JOURNEYS, WHOLE, Trouble, go

if TYPE_CHECKING:
    from collections.abc import Sequence

ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE)
_FIELDS = 24
"""Of the wrong fields, which are many and mostly alike, one of so many of what `every` says."""
_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # nothing here asks whether a disk keeps its word


@dataclass
class Found:
    """What came of it."""

    sessions: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    wrong: int = 0
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Counts, a line each."""
        return (
            f"{self.sessions} sessions of {len(self.requests)} journeys: {sum(self.requests.values())} requests and "
            f"{sum(self.calls.values())} file calls, {len(self.cells)} cells (journey, request or call, fault), "
            f"{self.wrong} of them documents with one wrong field of {sum(self.fields.values())}; "
            f"{len(self.failures)} failures"
        )


async def troubles(found: Found) -> tuple[list[tuple[str, Trouble]], list[tuple[str, Trouble]]]:
    """Walks each journey without trouble, and gives all that can go wrong in it, wrong fields of answers apart."""
    all_of_them: list[tuple[str, Trouble]] = []
    wrong: list[tuple[str, Trouble]] = []
    for name in JOURNEYS:
        with tempfile.TemporaryDirectory(dir=_FOLDER) as home:
            stage = await go(Path(home), name, Trouble(0, "noted", lasting=True))
        found.requests[name], found.calls[name] = stage.walked, len(stage.calls)
        sent = stage.wire.sent
        for number in range(stage.walked):
            ways: Sequence[str | int] = BEFORE if sent[number][0] == "GET" else (*BEFORE, *AFTER)
            all_of_them += [(name, Trouble(number, way, lasting)) for way in ways for lasting in (False, True)]
            all_of_them += [(name, Trouble(number, way, lasting=way == "outage")) for way in WHOLE]
            fields = documents.count(stage.wire.answers.get(number))
            found.fields[name] = found.fields.get(name, 0) + fields
            wrong += [(name, Trouble(number, f"wrong {one}")) for one in range(fields)]
        all_of_them += [(name, Trouble(wrong_by=wrong_by)) for wrong_by in CLOCKS]
        all_of_them += [(name, Trouble(call=call, error=error)) for call in range(len(stage.calls)) for error in ERRORS]
    return all_of_them, wrong


async def walk_through(every: int = 1, start: int = 0) -> Found:
    """All of it, or one of so many."""
    found = Found()
    known, wrong = await troubles(found)
    for name, trouble in [*known[start::every], *wrong[start :: every * _FIELDS]]:
        found.sessions += 1
        found.wrong += str(trouble.fault).startswith("wrong")
        where = f"call {trouble.call}" if trouble.call >= 0 else f"request {trouble.number}"
        what = f"{errno.errorcode[trouble.error]}" if trouble.call >= 0 else f"{trouble.fault or trouble.wrong_by}"
        found.cells.add((name, where, what))
        with tempfile.TemporaryDirectory(dir=_FOLDER) as home:
            try:
                stage = await go(Path(home), name, trouble)
                found.words[name, what] = stage.told[-1] if stage.told else "signed in"
            except Exception:
                lasting = ", and all after it" if trouble.lasting else ""
                found.failures.append(f"{name}, {where}{lasting}: {what}\n{traceback.format_exc()}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what came of it; 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only one of so many")
    parser.add_argument("--words", action="store_true", help="what people read, by journey and fault")
    chosen = parser.parse_args(arguments)
    found = asyncio.run(walk_through(chosen.every))
    for one in found.failures:
        print(one)
    if chosen.words:
        for (journey, fault), words in sorted(found.words.items()):
            print(f"{journey:9} {fault:20} {words[:150]}")
    print(found.summary())
    return 1 if found.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""How much a program under test has worked, read from Linux's /proc."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_LATE = 6.0


def cpu_seconds(pid: int) -> float:
    """CPU seconds used so far, of all threads; finer than the ticks of a hundredth that `ps` shows.

    0 for a program that has ended, and where there is no /proc.
    """
    spent = 0
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):  # a thread that just ended
                spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def waits_for_cpu(pid: int) -> bool:
    """Whether it would go on if the machine let it: it computes, or is kept waiting by other programs or a disk."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in ("R", "D")
    return False


def late() -> float:
    """Seconds that something may come later than it promises, on a machine with as much other work as this one now."""
    return _LATE * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def children(pid: int) -> list[int]:
    """The processes that it started and that still run."""
    with contextlib.suppress(OSError):
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(one) for thread in threads for one in (thread / "children").read_text().split()]
    return []

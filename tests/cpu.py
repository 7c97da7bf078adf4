"""How much a program under test has worked, read from Linux's /proc."""

from __future__ import annotations

import contextlib
from pathlib import Path


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
    """Whether it would go on if the machine let it: it computes, or is kept waiting by other programs."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    return False

"""A console that stays open for days: what its memory is made of does not get full of holes."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

GROWTH = """
import ctypes
from globus_tui.cli.terminal import share_one_heap

class Info(ctypes.Structure):
    names = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    _fields_ = [(name, ctypes.c_size_t) for name in names]

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
share_one_heap()
before = library.mallinfo2()
buffers = [bytearray(number) for number in range(40_000, 60_000, 1000)]  # as documents are unpacked into
small = bytearray(1000)
after = library.mallinfo2()
buffers.clear()
left = library.mallinfo2()
print(after.arena - before.arena, left.hblkhd - before.hblkhd)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="another C library than glibc, or an old one")
def test_buffers_lie_outside_of_the_heap_and_are_given_back_at_once() -> None:
    """Else each that comes and goes leaves a hole under the small things that were made meanwhile, and stay."""
    told = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True, timeout=60)
    longer, left = map(int, told.stdout.split())
    assert longer < 200_000, "the heap is not longer for them"
    assert left < 100_000

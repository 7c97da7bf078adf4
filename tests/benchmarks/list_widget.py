"""Compare the line list with Textual's DataTable over a real pseudo-terminal.

    python -m tests.benchmarks.list_widget [--rows 100 1000 10000] [--colours truecolor 256] [--rounds 60]

Each program shows the same eight columns at 120x36. For every size and colour depth it prints the time to rows, the
bytes and milliseconds of a `down` and of a page down, the CPU and bytes of a refresh in which nothing, three lines in
sight or everything changed, the bytes and CPU of an idle list, and the memory. The last
lines hold a key down over a link of 20 kB/s.
Milliseconds only compare within one run: a bare Textual app is measured beside as the floor.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path

from tests.benchmarks.terminal import KEYS, Link, Terminal


def opened(kind: str, count: int, colours: str, link: Link | None = None) -> Terminal:
    """One of the programs to compare, in a terminal with so many colours."""
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor" if colours == "truecolor" else ""}
    program = Path(__file__).with_name("list_programs.py")
    environ["PYTHONPATH"] = str(program.parents[2])
    return Terminal([sys.executable, str(program), kind, str(count)], environ, link)


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):6.1f}/{ordered[int(len(ordered) * 0.95)]:6.1f}"


def measure(kind: str, count: int, colours: str, rounds: int) -> str:
    terminal = opened(kind, count, colours)
    to_rows = terminal.wait_for("climate-nightly-0") * 1000
    terminal.settle(0.4)
    first_screen = terminal.total
    cells = [f"{to_rows:6.0f}", f"{first_screen:6}"]
    if kind != "floor":
        for key in ("down", "page"):
            terminal.press(KEYS["home"])
            presses = [terminal.press(KEYS[key]) for _ in range(rounds if key == "down" else rounds // 3)]
            cells += [spread([ms for ms, _, _ in presses]), f"{statistics.median(sent for _, _, sent in presses):6.0f}"]
        for how in (b"1", b"2", b"3"):
            terminal.press(KEYS["home"])
            terminal.press(b"1")
            cpu = terminal.cpu()
            _, _, sent = terminal.press(how)
            terminal.settle(0.1)
            cells.append(f"{(terminal.cpu() - cpu) * 1000:4.0f}ms {sent:6}B")
    rate, share = terminal.idle(3)
    cells.append(f"{rate * 3:5.0f}B {share:4.2f}%")
    cells.append(f"{terminal.rss():5.0f}")
    terminal.close()
    return f"{kind:6} {count:6} {colours:10} | " + " | ".join(cells)


def held_key(kind: str, count: int) -> str:
    terminal = opened(kind, count, "256", Link(20_000))
    terminal.wait_for("climate-nightly-0")
    terminal.settle(0.5)
    before = terminal.total
    after = terminal.hold(KEYS["down"], 2.0, 30)
    sent = terminal.total - before
    terminal.close()
    return f"{kind:6} {count:6} 60 keys at 30/s over 20 kB/s: moves {after:4.1f} s after release, {sent} B"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, nargs="*", default=[100, 1000, 10000])
    parser.add_argument("--colours", nargs="*", default=["truecolor", "256"])
    parser.add_argument("--kinds", nargs="*", default=["floor", "lines", "table"])
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    print(
        "kind     rows colours    | to rows ms | B | down ms p50/p95 | down B | page ms | page B"
        " | refresh: none | 3 lines in sight | all | idle 3 s | RSS MB"
    )
    for colours in chosen.colours:
        for count in chosen.rows:
            for kind in chosen.kinds:
                print(measure(kind, count, colours, chosen.rounds), flush=True)
    for kind in chosen.kinds:
        if kind != "floor":
            print(held_key(kind, max(chosen.rows)), flush=True)


if __name__ == "__main__":
    main()

"""Takes the pictures of README.md: drives the demo at a clock that stands still, one SVG for each screen.

Each is taken when the program has come to rest, so they are the same on a slow machine and on a fast one.

python screenshots/take.py            writes them
python screenshots/take.py --check    says which are not current, and fails if any is
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from globus_tui.app import GlobusTui
    from tests.rest import Rest

FOLDER = Path(__file__).parent
MOMENT = datetime(2026, 11, 21, 20, 32, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")
WIDE, NARROW = (120, 36), (80, 24)
ENVIRONMENT = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
TYPING_ENDS = 0.5
"""Seconds after a key within which everything that waits for the next one gives up."""


class Shot(NamedTuple):
    """One picture: its name, the size of the terminal, and the keys that lead to it from the first screen."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


SHOTS = (
    Shot("timers", WIDE, ("j", "j", "j")),
    Shot("timers-80x24", NARROW, ("j", "j", "j")),
    Shot("filter", WIDE, ("slash", *"from:beamline")),
    Shot("timer", WIDE, ("j", "j", "j", "enter")),
    Shot("timer-80x24", NARROW, ("j", "j", "j", "enter")),
    Shot("run", WIDE, (*"/beamline-7-raw", "enter", "l")),
    Shot("consent", WIDE, ("j", "j", "j", "f")),
    Shot("resume", WIDE, (*"/mirror-secondary", "enter", "s")),
    Shot("delete", WIDE, (*"/db-dumps", "enter", "X")),
    Shot("help", WIDE, ("question_mark",)),
    Shot("wizard-review", WIDE, (*"/astro-ingest", "enter", "C")),
)


async def take(shot: Shot) -> str:
    """The picture as SVG text; the same for the same program, whatever the machine."""
    from globus_tui.cli.arguments import parse
    from globus_tui.cli.backend import demo_backend
    from globus_tui.cli.console import make_console
    from globus_tui.settings import load_settings
    from tests.rest import Rest

    options = parse(["--demo", "--theme", "globus-dark", "--refresh", "0"])
    settings = load_settings({"GLOBUS_TUI_CONFIG": os.devnull})
    backend = await demo_backend(0, MOMENT)
    rest = Rest()
    async with backend.connection:
        app = make_console(backend, settings, options, ZONE, ENVIRONMENT)
        with rest.taking_over():
            async with app.run_test(size=shot.size) as pilot:
                await _settle(app, rest)
                for key in shot.keys:
                    await pilot.press("slash" if key == "/" else key)
                    await _settle(app, rest)
                return plain(app.export_screenshot(title="globus-tui"))


async def _settle(app: GlobusTui, rest: Rest) -> None:
    """Waits until all that a key set going is through, what waits for the typing to end included."""
    from textual.worker import WorkerCancelled

    await rest()
    left: float | None = TYPING_ENDS
    while left is not None:
        left = rest.put_forward(left)
        busy = [one for one in app.workers if not one.is_finished and one.group != "sign-in"]
        if busy:
            with contextlib.suppress(WorkerCancelled):  # a newer question took its place
                await app.workers.wait_for_complete(busy)
            left = TYPING_ENDS
        await rest()


def plain(svg: str) -> str:
    """Without the web fonts: a page in an air-gapped wiki asks nobody for them."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def prepare() -> None:
    """An environment that has nothing of this machine in it. Called before the first import of Textual."""
    for name in list(os.environ):
        if name.startswith(("GLOBUS_", "TEXTUAL", "SSH_", "TMUX")) or name in ("NO_COLOR", "COLORTERM"):
            del os.environ[name]
    os.environ |= ENVIRONMENT | {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_COLOR_SYSTEM": "truecolor"}
    home = Path(tempfile.gettempdir()) / "globus-tui-pictures"
    sys.path.insert(0, str(FOLDER.parent))  # for `tests.rest`
    os.environ |= {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_DATA_HOME": str(home / "data")}


async def take_all() -> dict[str, str]:
    """All pictures by the name of their file."""
    return {f"{shot.name}.svg": await take(shot) for shot in SHOTS}


def main(arguments: list[str]) -> int:
    """Writes the pictures, or checks them."""
    prepare()
    taken = asyncio.run(take_all())
    stale = [name for name, svg in taken.items() if _written(name) != svg]
    stale += [path.name for path in FOLDER.glob("*.svg") if path.name not in taken]
    if "--check" in arguments:
        print("\n".join(f"not current: {name}" for name in stale) or "all pictures are current")
        return 1 if stale else 0
    for name, svg in taken.items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
    print("\n".join(taken))
    return 0


def _written(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

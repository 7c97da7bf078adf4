"""Takes the pictures of README.md: drives the demo at a clock that stands still, one SVG for each screen.

Each is taken when the program has come to rest, so they are the same on a slow machine and on a fast one.

python screenshots/take.py            writes them
python screenshots/take.py --check    says which are not current, and fails if any is
python screenshots/take.py --every FOLDER [WORD...]
                                      every screen in every size and look, to be looked at; or those with all the words
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.app import GlobusTui
    from globus_tui.screens.everybody import Look
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


SIZES = ((80, 24), (120, 36), (200, 50))
LOOKS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "dark": ((), {}),
    "light": (("--theme", "globus-light"), {}),
    "contrast": (("--theme", "globus-contrast"), {}),
    "sixteen": (("--theme", "ansi-dark"), {"TEXTUAL_COLOR_SYSTEM": "standard"}),
    "no-color": ((), {"NO_COLOR": "1"}),
    "ascii": (("--ascii",), {}),
}
"""What the program is started with, by what each look is called."""
SCREENS = {
    "list": ("j", "j", "j"),
    "list-marked": ("j", "j", "space", "j", "space"),
    "list-preview": ("j", "j", "j", "v"),
    "filter": ("slash", *"from:beamline"),
    "timer": ("j", "j", "j", "enter"),
    "timer-ok": (*"/db-dumps", "enter", "enter"),
    "fires": ("j", "j", "j", "enter", "plus"),
    "run": (*"/beamline-7-raw", "enter", "l"),
    "json": ("y",),
    "copy": ("c",),
    "link": ("o",),
    "consent": ("j", "j", "j", "f"),
    "fix-all": ("F",),
    "pause": (*"/db-dumps", "enter", "s"),
    "resume": (*"/mirror-secondary", "enter", "s"),
    "delete": (*"/db-dumps", "enter", "X"),
    "rename": (*"/db-dumps", "enter", "R"),
    "rename-many": (*"/from:beamline", "enter", "asterisk", "R"),
    "run-now": (*"/db-dumps", "enter", "t"),
    "agenda": ("a",),
    "agenda-clashes": ("a", "x"),
    "agenda-week": ("a", "d", "c"),
    "windows": (*"/to:archive", "enter", "asterisk", "M"),
    "window-agree": (*"/to:archive", "enter", "asterisk", "M", "n", *"disk swap", "enter", "enter", "enter"),
    "window-open": (
        *"/to:archive",
        "enter",
        "asterisk",
        "M",
        "n",
        *"disk swap",
        "enter",
        *"06:00",
        "enter",
        "enter",
        "y",
    ),
    "window-close": (
        *"/to:archive",
        "enter",
        "asterisk",
        "M",
        "n",
        *"disk swap",
        "enter",
        *"06:00",
        "enter",
        "enter",
        "y",
        "X",
    ),
    "journal": (*"/db-dumps", "enter", "s", "J"),
    "journal-entry": (*"/db-dumps", "enter", "s", "J", "enter"),
    "undo": (*"/db-dumps", "enter", "s", "u"),
    "changes": ("w",),
    "alerts": ("b",),
    "note": (*"/db-dumps", "enter", "comma"),
    "noted": (*"/db-dumps", "enter", "comma", *"ask Ada #night", "enter", "enter"),
    "known": ("j", "j", "j", "full_stop"),
    "known-trouble": ("j", "j", "j", "full_stop", *"ticket 12", "enter", "enter", "exclamation_mark"),
    "limit": (*"/db-dumps", "enter", "L"),
    "facets": ("percent_sign",),
    "impact": ("d",),
    "impact-timers": ("d", "enter"),
    "report": ("p",),
    "everybody": ("0",),
    "everybody-filter": ("0", *"/next:<12h", "enter"),
    "everybody-go": ("0", "j", "j", "enter"),
    "save-view": ("equals_sign",),
    "columns": ("colon", *"columns name,to,next,why", "enter"),
    "command-line": ("colon", "s"),
    "command-wrong": ("colon", *"agnda", "enter"),
    "waits": (*"/health:retry", "enter", "enter"),
    "pinned": ("j", "j", "j", "B"),
    "replaced": ("Z",),
    "fleet": ("D",),
    "fleet-differences": ("D", "j", "enter"),
    "fleet-apply": ("D", "X"),
    "activity": ("at",),
    "info": ("i",),
    "interval": ("I",),
    "profiles": ("P",),
    "sign-in": ("S",),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
    "quit": ("q",),
    "wizard-what": ("n",),
    **{f"wizard-{n}": (*"/astro-ingest", "enter", "C", f"f{n + 1}") for n in range(1, 7)},
}
"""The keys that lead to each screen, from the first one."""
FLEET = """
[defaults]
zone = "UTC"
recursive = true
notify_on_succeeded = false
[timer.dumps]
name = "db-dumps"
when = "every day at 04:00"
from = "Ops Vault:/db/"
to = "Campus Archive:/archive/db/"
filter_rules = ["exclude *.tmp"]
[timer.home]
name = "home-backup"
when = "every day at 21:24"
from = "Campus Archive:/archive/home/"
to = "Lab Depot:/inbox/"
sync_level = "mtime"
preserve_timestamp = true
paused = true
[timer.new]
name = "climate to the depot"
when = "every sunday at 02:00"
from = "National Lab DTN:/proj/climate/"
to = "Lab Depot:/climate/"
[timer.mirror]
name = "results mirror"
when = "every night at 1am"
from = "Lab Depot:/results/"
to = "Campus Archive:/archive/projects/"
delete_destination_extra = true
[timer.calibration]
name = "beamline-7-calibration"
when = "every 2 hours from 2026-11-18 19:27:30 UTC"
from = "Beamline 7 Data:/raw/calibration/"
to = "Cluster Scratch:/scratch/calibration/"
"""
"""The files of the screen that shows them."""


class _Others:
    """Two more profiles for the page of all of them: one that is well, and one that is signed out."""

    def __init__(self, app: GlobusTui) -> None:
        self._app = app

    async def __call__(self, told: Callable[[Look], None]) -> None:
        """Tells once what there is."""
        from globus_tui.screens.everybody import Look

        now, names = self._app.store.now(), self._app.view.names
        told(Look("lab-archive", self._app.states, names, now))
        told(Look("hipaa", problem="Nobody is signed in.", signed_out=True))


async def take(shot: Shot, started_with: tuple[str, ...] = ("--theme", "globus-dark"), **variables: str) -> str:
    """The picture as SVG text; the same for the same program, whatever the machine."""
    from globus_tui.cli.arguments import parse
    from globus_tui.cli.backend import demo_backend
    from globus_tui.cli.console import make_console
    from globus_tui.settings import load_settings
    from tests.rest import Rest

    options = parse(["--demo", "--refresh", "0", *started_with])
    settings = load_settings({"GLOBUS_TUI_CONFIG": os.devnull})
    shutil.rmtree(Path(os.environ["XDG_STATE_HOME"]), ignore_errors=True)  # what the shot before it left
    if "D" in shot.keys:
        folder = Path(os.environ["HOME"]) / "timers"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ops.toml").write_text(FLEET, encoding="utf-8")
        settings = replace(settings, fleet=str(folder))
    backend = await demo_backend(0, MOMENT)
    rest = Rest()
    async with backend.connection:
        app = make_console(backend, settings, options, ZONE, ENVIRONMENT | variables)
        app.host = app.host._replace(others=_Others(app))
        app.reading = 0  # keys come as fast as they can, and are meant
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


def take_every(folder: Path, words: list[str]) -> None:
    """Writes every screen in every size and look."""
    folder.mkdir(parents=True, exist_ok=True)
    for look, (options, variables) in LOOKS.items():
        os.environ.pop("NO_COLOR", None)
        os.environ |= {"TEXTUAL_COLOR_SYSTEM": "truecolor"} | variables
        for width, height in SIZES:
            for name, keys in SCREENS.items():
                file = f"{name}-{width}x{height}-{look}.svg"
                if set(words) <= {*file.removesuffix(".svg").split("-"), f"{width}x{height}", name, look}:
                    shot = Shot(file, (width, height), keys)
                    (folder / file).write_text(asyncio.run(take(shot, options, **variables)), encoding="utf-8")
                    print(folder / file)


def main(arguments: list[str]) -> int:
    """Writes the pictures, or checks them."""
    prepare()
    if arguments[:1] == ["--every"]:
        take_every(Path(arguments[1]), arguments[2:])
        return 0
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

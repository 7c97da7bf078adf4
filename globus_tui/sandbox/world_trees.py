"""Believable, endless folder trees, made from a seed when somebody looks into them."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    Theme = Callable[["Soil"], dict[str, Entry]]

MANY = 10_000
"""Entries of the folder that is too long to scroll through."""


class Soil:
    """What a folder grows from: its path is the seed, so the same world has the same files.

    Args:
        path: absolute path of the folder within its collection, prefixed with the collection's key.
        now: when the world began; files are older than that.
        depth: folders above this one, counted from where its theme began.
    """

    def __init__(self, path: str, now: datetime, depth: int = 0) -> None:
        self.path, self.now, self.depth = path, now, depth
        self.rng = random.Random(path)

    def file(self, name: str, size: int | None = None, **more: str) -> Entry:
        """A file of a plausible size, some days old."""
        shown = self.rng.randrange(200, 40_000_000) if size is None else size
        return Entry(name, shown, self.some_time_ago(), **more)  # type: ignore[arg-type]  # text fields only

    def folder(self, name: str, theme: Theme) -> Entry:
        """A folder whose contents are made by the theme when they are asked for."""
        below = Soil(f"{self.path}/{name}", self.now, self.depth + 1)
        return Entry(name, 4096, self.some_time_ago(), permissions="0755", grow=partial(theme, below), group="science")

    def some_time_ago(self) -> datetime:
        """A moment within the last 400 days."""
        return self.now - timedelta(seconds=self.rng.randrange(600, 400 * 86_400))


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries as the `children` of a folder."""
    return {entry.name: entry for entry in entries}


def beamline(soil: Soil) -> dict[str, Entry]:
    """Months, in them runs, in them detector frames."""
    if soil.depth == 0:
        months = [soil.now - timedelta(days=30 * back) for back in range(9)]
        return by_name(soil.folder(f"{month:%Y-%m}", beamline) for month in months)
    if soil.depth == 1:
        first = soil.rng.randrange(100, 8_000)
        runs = [soil.folder(f"run_{first + n:05d}", beamline) for n in range(soil.rng.randrange(12, 48))]
        return by_name([*runs, soil.file(".catalog.lock", 0), soil.file("elog.csv")])
    if soil.depth == 2:
        frames = [
            soil.file(f"frame_{n:04d}.h5", soil.rng.randrange(8, 40) * 1_048_576)
            for n in range(soil.rng.randrange(20, 90))
        ]
        meta = [soil.file("run.json", 2_311), soil.file("dark.h5", 16_777_216), soil.file(".processed", 0)]
        return by_name([*meta, *frames, soil.folder("calib", ordinary)])
    return ordinary(soil)


def climate(soil: Soil) -> dict[str, Entry]:
    """Scenarios, in them variables, in them one NetCDF file a year."""
    if soil.depth == 0:
        return by_name(soil.folder(name, climate) for name in ("historical", "ssp126", "ssp245", "ssp370", "ssp585"))
    if soil.depth == 1:
        return by_name(soil.folder(name, climate) for name in ("hus", "pr", "psl", "tas", "tos", "ua", "va", "zg"))
    variable = soil.path.rsplit("/", 1)[-1]
    years = [
        soil.file(f"{variable}_day_EX-ESM2_{year}0101-{year}1231.nc", soil.rng.randrange(300, 900) * 1_000_000)
        for year in range(1990, 2026)
    ]
    return by_name(years)


def dumps(soil: Soil) -> dict[str, Entry]:
    """One compressed database dump a day and a pointer to the latest."""
    days = [soil.now - timedelta(days=back) for back in range(45)]
    files = [Entry(f"pg_main_{day:%Y%m%d}.dump.zst", 41_000_000_000 + soil.rng.randrange(9**9), day) for day in days]
    latest = soil.file("latest.dump.zst", files[0].size, link_target=files[0].name)
    return by_name([*files, latest, soil.file("SHA256SUMS", 4_100)])


def sensors(soil: Soil) -> dict[str, Entry]:
    """A hundred stations, each with a file an hour for four days."""
    if soil.depth == 0:
        return by_name(soil.folder(f"station-{n:03d}", sensors) for n in range(1, 101))
    hours = [soil.now - timedelta(hours=back) for back in range(96)]
    return by_name(soil.file(f"{hour:%Y%m%dT%H}00Z.csv", soil.rng.randrange(9_000, 12_000)) for hour in hours)


def ordinary(soil: Soil) -> dict[str, Entry]:
    """What people keep: some folders (endlessly deep), some files, some hidden ones."""
    words = ("analysis", "figures", "notebooks", "old", "paper", "results", "scripts", "tmp", "v2", "input")
    folders = soil.rng.sample(words, soil.rng.randrange(2, 6))
    kinds = ("notes.md", "run.sh", "environment.yml", "model.py", "table.csv", "log.txt", "output.nc", "README")
    files = soil.rng.sample(kinds, soil.rng.randrange(3, 7))
    made = [soil.folder(name, ordinary) for name in folders] + [soil.file(name) for name in files]
    if soil.rng.random() < 0.5:
        made += [soil.file(".DS_Store", 6_148), soil.folder(".git", empty)]
    return by_name(made)


def empty(soil: Soil) -> dict[str, Entry]:
    """Nothing at all."""
    del soil
    return {}


def many(soil: Soil) -> dict[str, Entry]:
    """A folder of ten thousand files, as a broken script leaves it behind."""
    stamp = soil.now - timedelta(days=3)
    return by_name(
        Entry(f"part-{n:05d}.parquet", 1_000_000 + n * 97, stamp + timedelta(seconds=n)) for n in range(MANY)
    )


def odd(soil: Soil) -> dict[str, Entry]:
    """Names that break careless programs: markup, escapes, combining characters, right-to-left, very long."""
    names = (
        "[/foo] [bold]not markup[/bold].txt",
        "a file with  two spaces.txt",
        "data (copy).csv",
        "re\u0301sume\u0301 decomposed.pdf",
        "résumé composed.pdf",
        "観測データ.csv",
        "مرحبا.txt",
        "\U0001f4e6 boxes \U0001f468\u200d\U0001f469\u200d\U0001f467.zip",
        "\x1b[31mred\x1b[0m.log",
        "bell\x07.txt",
        "tab\there.txt",
        "zero\u200bwidth.txt",
        "\u202ereversed.txt",
        "-rf",
        "$(reboot)",
        "x" * 200 + ".dat",
        " leading space",
        "%2e%2e",
        "quote'\"s.txt",
        "back\\slash.txt",
    )
    made = [soil.file(name) for name in names]
    made.append(soil.folder("[/foo]", ordinary))
    made.append(soil.folder("dossier été", ordinary))
    made.append(Entry("dangling", 11, soil.some_time_ago(), link_target="/nowhere/at/all", broken=True))
    made.append(soil.file("link to data", 900, link_target="data (copy).csv"))
    made.append(Entry("future.txt", 12, soil.now + timedelta(days=200)))
    made.append(Entry("undated.bin", 77, None))
    return by_name(made)


def forbidden(soil: Soil, name: str) -> Entry:
    """A folder that is seen but not entered."""
    return Entry(name, 4096, soil.some_time_ago(), {}, permissions="0700", user="root", group="root", forbidden=True)


def root(key: str, places: dict[str, Theme], now: datetime) -> Entry:
    """The root of a collection's tree with a theme growing at each of the given absolute paths.

    Args:
        key: the collection's short name; part of the seed.
        places: absolute folder path to theme.
        now: when the world began.
    """
    return Entry("", 4096, now, permissions="0755", grow=partial(_plant, key, places, now))


def _plant(key: str, places: dict[str, Theme], now: datetime) -> dict[str, Entry]:
    soil = Soil(key, now)
    children = by_name([forbidden(soil, "lost+found"), soil.file("README.txt", 1_204)])
    for path, theme in places.items():
        folder = children
        *above, last = [part for part in path.split("/") if part]
        for part in above:
            step = folder.setdefault(part, Entry(part, 4096, soil.some_time_ago(), {}, permissions="0755"))
            folder = step.contents()
        grown = Soil(f"{key}{path.rstrip('/')}", now)
        folder[last] = Entry(
            last, 4096, soil.some_time_ago(), permissions="0755", grow=partial(theme, grown), group="science"
        )
    return children

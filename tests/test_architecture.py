"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

import globus_tui

ROOT = Path(globus_tui.__file__).parent


def _imported_by(statement: str) -> set[str]:
    """Names of the modules that are loaded after a statement in a fresh interpreter."""
    found = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(found.stdout.split())


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import globus_tui.store.job_store", {"textual", "rich", "httpx", "dateutil", "keyring"}),
        ("import globus_tui.present.health_words", {"textual", "rich", "httpx"}),
        ("import globus_tui.auth.login", {"textual", "rich", "keyring"}),
        ("import globus_tui.api.environment", {"httpx", "textual"}),
        ("from globus_tui.cli.arguments import parse\nparse([])", {"textual", "httpx", "rich", "asyncio"}),
        ("import globus_tui.app", {"httpx", "keyring", "dateutil", "starlette"}),
    ],
)
def test_nothing_heavy_is_imported_on_the_way(statement: str, unwanted: set[str]) -> None:
    assert not unwanted & _imported_by(statement)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_start_without_screen_and_network(option: str) -> None:
    watched = (
        "import sys, runpy\n"
        f"sys.argv = ['globus-tui', '{option}']\n"
        "try:\n    runpy.run_module('globus_tui', run_name='__main__')\n"
        "except SystemExit as left:\n    assert left.code == 0, left.code\n"
    )
    assert not {"textual", "httpx", "rich"} & _imported_by(watched)


Nodes = list[ast.AST]
Rule = Callable[[Nodes], Iterator[int]]
"""Finds the lines of a module that break it."""


def _origins(nodes: Nodes) -> dict[str, str]:
    """What the imported names of a module stand for, wherever they are imported."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {one.asname or one.name.partition(".")[0]: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _whole_name(node: ast.expr, origins: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_whole_name(node.value, origins)}.{node.attr}"
    return origins.get(node.id, node.id) if isinstance(node, ast.Name) else ""


def reads_the_clock(nodes: Nodes) -> Iterator[int]:
    """Called or handed on, with a zone or without, under whatever name it was imported."""
    origins = _origins(nodes)
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Name) and CLOCK.fullmatch(_whole_name(node, origins)):
            yield node.lineno


CLOCK = re.compile(
    r"datetime\.(datetime\.(now|utcnow|today)|date\.today)|time\.((time|monotonic|perf_counter)(_ns)?|localtime|gmtime)"
)


def reaches_outside(nodes: Nodes) -> Iterator[int]:
    """Files, sockets, programs, chance and other tasks; what is computed needs none of them."""
    outside = {"os", "pathlib", "shutil", "tempfile", "socket", "subprocess", "asyncio", "threading", "random"}
    for node in nodes:
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        opened = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "input")
        if isinstance(node, ast.stmt | ast.expr) and (opened or outside & {one.partition(".")[0] for one in modules}):
            yield node.lineno


def announces(nodes: Nodes) -> Iterator[int]:
    """Text past the one place that makes it harmless."""
    yield from (node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr == "notify")


def starts_work(nodes: Nodes) -> Iterator[int]:
    """Widgets say what happened and leave the rest to others."""
    origins = _origins(nodes)
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            name = _whole_name(node, origins)
            if name == "textual.work" or name.endswith(".run_worker"):
                yield node.lineno


def catches_everything(nodes: Nodes) -> Iterator[int]:
    """Without passing it on: what is expected has a name."""
    for node in nodes:
        if isinstance(node, ast.ExceptHandler):
            passed_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if not passed_on and (node.type is None or _names_everything(node.type)):
                yield node.lineno
        elif isinstance(node, ast.Call) and _whole_name(node.func, {}).endswith("suppress"):
            yield from (node.lineno for one in node.args if _names_everything(one))


def _names_everything(caught: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and _whole_name(node, {}).rpartition(".")[2] in ("Exception", "BaseException")
        for node in ast.walk(caught)
    )


@dataclass(frozen=True)
class Kept:
    """A rule and where it holds: in these folders and files, or everywhere; with what is excepted, and why."""

    rule: Rule
    places: tuple[str, ...] = ("",)
    but: tuple[str, ...] = ()


RULES = (
    Kept(reads_the_clock, ("domain", "present", "fleet", "screens", "commands.py", "themes.py")),
    Kept(reaches_outside, ("domain", "present")),
    Kept(announces, but=("app.py",)),
    Kept(starts_work, ("widgets", "lines", "present", "store", "domain")),
    # Backends of keyrings raise errors of all kinds, down to those of the message bus. What goes wrong in a check's
    # child has nobody to be printed to.
    Kept(catches_everything, but=("auth/keyring_store.py", "cli/check.py")),
)


def breaches(root: Path) -> list[str]:
    """Every place in a package that breaks a rule."""
    found = []
    for path in sorted(root.rglob("*.py")):
        place, nodes = path.relative_to(root).as_posix(), list(ast.walk(ast.parse(path.read_text())))
        folders = {"", place, *(one.as_posix() for one in path.relative_to(root).parents)}
        for kept in RULES:
            if place not in kept.but and folders & set(kept.places):
                found += [f"{place}:{line} {kept.rule.__name__}" for line in kept.rule(nodes)]
    return found


def test_the_rules_hold() -> None:
    assert breaches(ROOT) == []


PLANTED = {
    "domain/timer/job.py": ("reads_the_clock", "from datetime import UTC, datetime\ndef f(): return datetime.now(UTC)"),
    "domain/timer/run.py": ("reads_the_clock", "import datetime as dt\nclock = dt.datetime.now"),
    "present/marks.py": ("reads_the_clock", "def f():\n    from time import monotonic as ticks\n    return ticks()"),
    "screens/help.py": ("reads_the_clock", "from datetime import date\nprint(date.today())"),
    "domain/transfer/flow.py": ("reaches_outside", "def f():\n    import os.path"),
    "present/sizes.py": ("reaches_outside", "def f(name): return open(name)"),
    "store/board.py": ("announces", "def f(app): app.notify('hello')"),
    "widgets/page.py": ("starts_work", "from textual import work as later\n@later\ndef f(): ..."),
    "widgets/facts.py": ("starts_work", "class A:\n    def f(self): self.run_worker(self.g())"),
    "api/http.py": ("catches_everything", "try: ...\nexcept (OSError, Exception): pass"),
    "cli/look.py": ("catches_everything", "import contextlib\nwith contextlib.suppress(Exception): ..."),
    "auth/login.py": ("catches_everything", "try: ...\nexcept: pass"),
}


@pytest.mark.parametrize(("place", "rule", "text"), [(one, *PLANTED[one]) for one in PLANTED], ids=list(PLANTED))
def test_a_planted_breach_is_found(tmp_path: Path, place: str, rule: str, text: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text((ROOT / place).read_text())
    assert breaches(tmp_path) == []
    path.write_text(f"{path.read_text()}\n{text}\n")
    (found,) = breaches(tmp_path)
    assert found.startswith(f"{place}:")
    assert found.endswith(f" {rule}")


ARROWS = {
    "layers": ("domain/timer/job.py", "globus_tui.store.rows"),
    "floors of the domain": ("domain/schedule/schedule.py", "globus_tui.domain.timer.job"),
    "only api speaks HTTP": ("tmux.py", "httpx"),
    "the pretend Globus alone serves": ("cli/backend.py", "starlette"),
    "headless core": ("settings.py", "textual"),
    "screens ask the store, the store its protocols": ("widgets/page.py", "globus_tui.api.http"),
    "tokens are for those who sign in": ("screens/help.py", "globus_tui.auth.token_store"),
    "sandbox stands outside": ("app.py", "globus_tui.sandbox.state"),
    "lines know nothing of Globus": ("lines/list.py", "globus_tui.settings"),
}
"""Each contract of import-linter, and an import that breaks it; a function's own import counts like any other."""


def test_each_planted_import_breaks_the_contract_that_forbids_it(tmp_path: Path) -> None:
    copied = tmp_path / "globus_tui"
    shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT.parent / "pyproject.toml", tmp_path)
    for place, imported in ARROWS.values():
        with (copied / place).open("a") as module:
            module.write(f"\n\ndef planted() -> None:\n    import {imported}\n")
    run = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as lint; lint()"
    command = [sys.executable, "-c", run, "--no-cache"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    contracts = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {one["name"] for one in contracts} == ARROWS.keys()
    assert [one for one in ARROWS if f"{one} BROKEN" not in told] == []


def test_files_and_names_in_the_walks_of_contributing_exist() -> None:
    text = (ROOT.parent / "CONTRIBUTING.md").read_text()
    sources = "\n".join(
        path.read_text() for folder in (ROOT, ROOT.parent / "screenshots") for path in folder.rglob("*.py")
    )
    defined = set(re.findall(r"(?m)^ *(?:async )?(?:def|class) (\w+)|^ *([A-Za-z_]\w*)(?::[^=\n]+)? = ", sources))
    names = {one or other for one, other in defined} | set(re.findall(r"(?m)^    (\w+): ", sources))
    walks = text[text.index("## From a socket") : text.index("## The sandbox")]
    for code in re.findall(r"`([^`\n]+)`", walks):
        if re.fullmatch(r"[\w/]+\.py", code):
            assert (ROOT / code).exists() or (ROOT.parent / code).exists(), f"CONTRIBUTING.md names {code}"
        elif re.fullmatch(r"_?[A-Za-z]\w+(\.\w+)?(\(.*\))?", code) and "_noun_" not in code:
            for part in code.removeprefix("self.").partition("(")[0].split("."):
                known = part in names or (ROOT / part).is_dir() or (ROOT.parent / part).exists()
                assert known, f"CONTRIBUTING.md names {code}"


_NAMED = re.compile(r"`([^`\s]+)`(?:\s`([A-Za-z_.]+)`)?")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/sandbox.md"])
def test_what_a_page_for_developers_names_is_there(page: str) -> None:
    """Files, what stands in them, and dotted names; a renaming that forgets the page is found."""
    missing = []
    packages = {path.name for path in (ROOT).iterdir() if path.is_dir()}
    texts = [path.read_text() for path in ROOT.rglob("*.py")]
    for match in _NAMED.finditer((ROOT.parent / page).read_text()):
        first, inside = match.groups()
        if first.endswith(".py") and "/" in first:
            path = next((root / first for root in (ROOT, ROOT.parent) if (root / first).is_file()), None)
            if path is None:
                missing.append(first)
            elif inside and not all(re.search(rf"\b{part}\b", path.read_text()) for part in inside.split(".")):
                missing.append(f"{first} {inside}")
        elif first.split(".")[0] in packages and "." in first and first[-1].isalnum() and not _named(first):
            missing.append(first)
        elif named := re.fullmatch(r"([A-Z]\w+)\.(\w+)", first):
            owners = [text for text in texts if re.search(rf"^class {named[1]}\b", text, re.MULTILINE)]
            if not any(re.search(rf"\b{named[2]}\b", text) for text in owners):
                missing.append(first)
    assert missing == []


def _named(dotted: str) -> bool:
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        with suppress(ModuleNotFoundError):
            found: object = import_module(".".join(("globus_tui", *parts[:count])))
            for name in parts[count:]:
                found = getattr(found, name, None)
            return found is not None
    return False

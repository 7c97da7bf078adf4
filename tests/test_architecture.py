"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import globus_tui

ROOT = Path(globus_tui.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
LONGEST_MODULE = 400


def _imported_by(statement: str) -> set[str]:
    """Names of the modules that are loaded after a statement in a fresh interpreter."""
    found = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(found.stdout.split())


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


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


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parts[-2] in ("domain", "present")], ids=str)
def test_domain_and_words_never_read_the_clock(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not [call for name in ("now", "utcnow", "today") for call in _calls(tree, name) if not call.args]


@pytest.mark.parametrize("path", [path for path in SOURCES if "widgets" in path.parts], ids=str)
def test_widgets_say_what_happened_and_leave_the_rest_to_others(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not _calls(tree, "notify")
    assert "@work" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_text_is_announced_past_the_one_place_that_makes_it_harmless(path: Path) -> None:
    if path.name == "app.py":
        return
    assert not _calls(ast.parse(path.read_text()), "notify")


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


ANYTHING_MAY_COME = {"keyring_store.py"}
"""Files that call into foreign code which raises errors of all kinds: keyring backends, down to the message bus."""


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_expected_failures_are_named(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and path.name not in ANYTHING_MAY_COME:
            assert node.type is not None
            broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            passed_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            assert not broad or passed_on

"""What the program uses of Textual's insides is listed, and still there."""

from __future__ import annotations

import ast
import inspect
import textwrap
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from textual import widgets
from textual._compositor import Compositor
from textual.app import App
from textual.driver import Driver
from textual.screen import ModalScreen
from textual.strip import Strip

import globus_tui
from globus_tui.lines.textual_names import NAMES, SEEN_IN

ROOT = Path(globus_tui.__file__).parent


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def names_in(kind: type[Any]) -> set[str]:
    """Methods and attributes that a class and those it is made of give themselves."""
    found = {name for name in dir(kind) if is_private(name)}
    for one in kind.__mro__[:-1]:
        if one.__module__.startswith("textual"):
            tree = ast.parse(textwrap.dedent(inspect.getsource(one)))
            found |= {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" and is_private(node.attr)
            }
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there(name: str) -> None:
    module_name, _, attribute = name.rpartition(".")
    if module_name.rpartition(".")[2][0].isupper():
        module_name, _, kind = module_name.rpartition(".")
        there = attribute in names_in(getattr(import_module(module_name), kind))
    else:
        there = hasattr(import_module(module_name), attribute)
    assert there, (
        f"Textual {version('textual')} has no {name} any more, which this program needs since it {NAMES[name]}. "
        f"It was there in {', '.join(SEEN_IN)}: see globus_tui/lines/textual_names.py."
    )


def test_nothing_else_of_its_insides_is_used() -> None:
    kinds = (App, ModalScreen, widgets.Input, widgets.OptionList, widgets.Static, Compositor, Driver, Strip)
    theirs = set().union(*map(names_in, kinds)) - {"_lines"}  # a name that several of our own widgets have
    used: dict[str, str] = {}
    for path in ROOT.rglob("*.py"):
        text = path.read_text()
        if "textual" not in text or "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual._"):
                used |= {f"{node.module}.{one.name}": path.name for one in node.names}
            elif isinstance(node, ast.Attribute) and node.attr in theirs:
                used[node.attr] = path.name
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in theirs:
                used[node.name] = path.name
    listed = set(NAMES) | {name.rpartition(".")[2] for name in NAMES}
    assert not {name: file for name, file in used.items() if name not in listed}
    assert len(NAMES) <= 12

"""The size of the house, in one table: `python -m tests.count [folder of another checkout]`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HOME = Path(__file__).parents[1]
Modules = dict[str, Path]


def measured(root: Path) -> list[tuple[str, str]]:
    """What is counted of the package below a folder, in words and figures."""
    package = root / "globus_tui"
    paths = sorted(package.rglob("*.py"))
    modules = {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    texts = {path: path.read_text() for path in paths}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    pretend = [path for path in paths if "sandbox" in path.parts]
    lines = {path: text.count("\n") for path, text in texts.items()}
    code, imports = 0, 0
    for path, text in texts.items():
        told = set(_docstrings(trees[path]))
        written = {n for n, line in enumerate(text.split("\n"), 1) if line.strip() and not line.strip().startswith("#")}
        code += len(written - told)
        imports += len(_lines(trees[path], ast.Import, ast.ImportFrom))
    whole = "\n".join(texts.values())
    names = package / "lines" / "textual_names.py"
    command = [sys.executable, "-m", "vulture", "--config", str(HOME / "pyproject.toml"), str(package)]
    vulture = subprocess.run(command, capture_output=True, text=True).stdout
    return [
        ("lines without the pretend Globus", f"{sum(lines.values()) - sum(lines[one] for one in pretend):,}"),
        ("lines of the pretend Globus", f"{sum(lines[one] for one in pretend):,}"),
        ("files", f"{len(paths)}"),
        ("modules with one importer, in the same folder", f"{len(only_for_a_neighbour(modules, trees))}"),
        ("raise NotImplementedError", f"{len(re.findall('raise NotImplementedError', whole))}"),
        ("import lines of all code lines", f"{100 * imports / code:.1f} %"),
        ("private names of Textual", f"{names.read_text().count(chr(34) + ': ') if names.is_file() else '?'}"),
        ("found by vulture", f"{len(vulture.splitlines())}"),
        ("imports of the application by what it opens", f"{_upward(package, trees)}"),
    ]


def only_for_a_neighbour(modules: Modules, trees: dict[Path, ast.Module]) -> list[str]:
    """Modules that one other module of their folder imports, and nobody else."""
    importers: dict[str, set[str]] = defaultdict(set)
    for module, path in modules.items():
        for imported in _imported(trees[path]):
            if imported in modules:
                importers[imported].add(module)
    folder = {module: module.rpartition(".")[0] for module in modules}
    return [
        module
        for module in modules
        if len(importers[module]) == 1 and folder[module] == folder[next(iter(importers[module]))]
    ]


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("globus_tui."):
            found.add(node.value)  # imported by name when it is needed
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_lazy":
            found |= {f"globus_tui.cli.{one.value!s}" for one in node.args[:1] if isinstance(one, ast.Constant)}
    return found


def _lines(tree: ast.Module, *kinds: type[ast.stmt]) -> set[int]:
    found = (node for node in ast.walk(tree) if isinstance(node, kinds))
    return {line for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _docstrings(tree: ast.Module) -> set[int]:
    told = (node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {line for node in told for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _upward(package: Path, trees: dict[Path, ast.Module]) -> int:
    below = [path for path in trees if path.relative_to(package).parts[0] in ("screens", "procedures", "widgets")]
    return sum("globus_tui.app" in _imported(trees[path]) for path in below)


if __name__ == "__main__":
    for name, figure in measured(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME):
        print(f"{name:50}{figure:>10}")

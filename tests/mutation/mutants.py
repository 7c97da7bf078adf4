"""Small changes to a source text, each of which some test should notice."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_LEFT = {"annotation", "returns", "decorator_list", "bases"}
_QUIET = {"dataclass", "field", "cast", "TypeVar", "safe_line"}


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        line: of the source, counted from 1.
        where: the function or class around it; empty at the top of the module.
        before: what stood there.
        after: what stands there instead.
        source: the whole text, changed.
    """

    line: int
    where: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> str:
        """The same while what stands there is the same, wherever in the file its function is."""
        change = f"{self.before} -> {self.after}"
        return f"{self.where}: {change}" if self.where else change


def mutants(source: str, every: int = 1) -> Iterator[Mutant]:
    """All of them, or one of so many, from the top of the tree down."""
    tree, number = ast.parse(source), 0
    scopes = dict(_scopes(tree, ""))
    for parent, name, index, node in list(_places(tree)):
        for changed in _changes(node):
            number += 1
            if number % every == 0:
                altered = _written(tree, parent, name, index, changed)
                yield Mutant(node.lineno, scopes[node], _words(node), _words(changed), altered)


def _scopes(node: ast.AST, scope: str) -> Iterator[tuple[ast.AST, str]]:
    for child in ast.iter_child_nodes(node):
        yield child, scope
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _scopes(child, f"{scope}.{child.name}".lstrip("."))
        else:
            yield from _scopes(child, scope)


def _words(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:120]


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, Any]]:
    """Every expression and statement that may be changed, and where it hangs; no annotations, texts and imports."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.If) and _is_typing(parent.test):
            parent.body = [ast.Pass()]
    types = [one for node in ast.walk(tree) for name, one in ast.iter_fields(node) if name in _LEFT and one]
    quiet = {id(node) for one in types for top in (one if isinstance(one, list) else [one]) for node in ast.walk(top)}
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if name in _LEFT or id(parent) in quiet or (isinstance(parent, ast.AnnAssign) and name == "target"):
                continue
            for index, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(one, ast.expr | ast.stmt):
                    yield parent, name, index, one


def _is_typing(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _written(tree: ast.AST, parent: ast.AST, name: str, index: int | None, changed: Any) -> str:
    """The tree's text with one node replaced."""
    kept = getattr(parent, name)
    replaced = [*kept[:index], changed, *kept[index + 1 :]] if index is not None else changed
    setattr(parent, name, replaced)
    try:
        return ast.unparse(tree)
    finally:
        setattr(parent, name, kept)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand there instead."""
    for one in _instead(node):
        yield ast.copy_location(one, node)


def _instead(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912  # one case after the other
    match node:
        case ast.Compare(left, [operator], [right]):
            for other in _COMPARISONS.get(type(operator), ()):
                yield ast.Compare(left, [other()], [right])
        case ast.Compare(left, operators, rights):  # a chain: one end at a time
            for at, operator in enumerate(operators):
                for other in _COMPARISONS.get(type(operator), ()):
                    yield ast.Compare(left, [*operators[:at], other(), *operators[at + 1 :]], rights)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for at in range(len(values)):
                others = [*values[:at], *values[at + 1 :]]
                yield others[0] if len(others) == 1 else ast.BoolOp(operator, others)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in _SUMS:
            yield ast.BinOp(left, _SUMS[type(operator)](), right)
        case ast.Constant(value) if isinstance(value, bool):
            yield ast.Constant(not value)
        case ast.Constant(value) if isinstance(value, int | float):
            yield ast.Constant(value + 1)
        case ast.Tuple(elements, ast.Load()) if len(elements) > 1:
            yield ast.Tuple(elements[:-1], ast.Load())
        case ast.IfExp(test, body, orelse):
            yield body
            yield orelse
            del test
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Constant()):
            return
        case ast.Expr(_) | ast.Raise() | ast.AugAssign() | ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.If(test, body, orelse) if not _is_typing(test):
            yield ast.If(ast.Constant(False), body, orelse)
            yield ast.If(ast.Constant(True), body, orelse)
        case ast.Await(value):
            return
        case ast.Call(function, arguments, keywords) if keywords and _name(function) not in _QUIET:
            for at, keyword in enumerate(keywords):
                if keyword.arg is not None:
                    yield ast.Call(function, arguments, [*keywords[:at], *keywords[at + 1 :]])


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))

"""Filter rules as people type them: `exclude *.tmp`, `include files *.nc`, `- scratch`, `+ *.nc`, or just `*.tmp`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.transfer import FilterRule

if TYPE_CHECKING:
    from globus_tui.domain.transfer import TransferData

_METHODS = {"exclude": "exclude", "-": "exclude", "skip": "exclude", "include": "include", "+": "include"}
_TYPES = {"file": "file", "files": "file", "dir": "dir", "dirs": "dir", "folder": "dir", "folders": "dir"}


def parse_rule(text: str) -> FilterRule:
    """Reads one rule; without a verb it excludes, without a type it is for files and folders.

    A name that is itself one of the words is put in quotes: `exclude "files"`.

    Raises:
        BadInput: there is no name in it.
    """
    rest = text.strip()
    method, rest = _take(rest, _METHODS, "exclude")
    kind, rest = _take(rest, _TYPES, None)
    name = rest[1:-1] if len(rest) > 2 and rest[0] == rest[-1] and rest[0] in "\"'" else rest
    if kind is None and len(name) > 1 and name.endswith("/"):
        kind, name = "dir", name.rstrip("/")
    if not name:
        raise BadInput("A rule needs a name, such as exclude *.tmp or include files *.nc.")
    if "/" in name:
        raise BadInput("Rules are about names of files and folders, not about paths: leave out the slash.")
    return FilterRule(name, method or "exclude", kind)


def _take(rest: str, words: dict[str, str], otherwise: str | None) -> tuple[str | None, str]:
    first, _, more = rest.partition(" ")
    if first.lower() in words and more.strip():
        return words[first.lower()], more.strip()
    return otherwise, rest


def rule_text(rule: FilterRule) -> str:
    """A rule as it would be typed."""
    kind = {"file": "files ", "dir": "folders "}.get(rule.type or "", "")
    plain = rule.name.split(" ")[0].lower() not in {*_METHODS, *_TYPES} and rule.name == rule.name.strip()
    name = rule.name if plain and not (kind == "" and rule.name.endswith("/")) else f'"{rule.name}"'
    return f"{rule.method} {kind}{name}"


def with_rule(data: TransferData, rule: FilterRule) -> TransferData:
    """The transfer with one more rule, behind the others: an earlier one decides first."""
    return replace(data, filter_rules=(*data.filter_rules, rule))


def without_rule(data: TransferData, place: int) -> TransferData:
    """The transfer without the rule at a place, from 0."""
    return replace(data, filter_rules=data.filter_rules[:place] + data.filter_rules[place + 1 :])


def with_rule_moved(data: TransferData, place: int, by: int) -> TransferData:
    """The transfer with the rule at a place moved; the same where it cannot go there."""
    rules, to = list(data.filter_rules), place + by
    if not (0 <= place < len(rules) and 0 <= to < len(rules)):
        return data
    rules.insert(to, rules.pop(place))
    return replace(data, filter_rules=tuple(rules))

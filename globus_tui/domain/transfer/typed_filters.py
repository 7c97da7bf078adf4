"""Filter rules as people type them: `exclude *.tmp`, `include files *.nc`, `- scratch`, `+ *.nc`, or just `*.tmp`; and
what of a listing they take: the first rule that matches decides, none means taken.
"""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.transfer import FilterRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.domain.transfer.collection import FolderEntry
    from globus_tui.domain.transfer.transfer import TransferData


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules make of one entry.

    Attributes:
        is_included: it is transferred; a folder that is not, is left out with everything below it.
        rule: place of the rule that decided, from 0; None when no rule matched.
    """

    entry: FolderEntry
    is_included: bool
    rule: int | None = None


def preview(entries: Iterable[FolderEntry], rules: Sequence[FilterRule]) -> tuple[Verdict, ...]:
    return tuple(judge(entry, rules) for entry in entries)


def judge(entry: FolderEntry, rules: Sequence[FilterRule]) -> Verdict:
    """The verdict on one entry. `*`, `?`, `[…]` and `[!…]` are matched against its name, case and all."""
    kind = "dir" if entry.is_folder else "file"
    for place, rule in enumerate(rules):
        if rule.type in (None, kind) and fnmatchcase(entry.name, rule.name):
            return Verdict(entry, rule.method == "include", place)
    return Verdict(entry, True)


def unreachable_rules(rules: Sequence[FilterRule]) -> tuple[int, ...]:
    """Places of rules that can never decide, because an earlier one takes every name of their type."""
    dead = []
    for place, rule in enumerate(rules):
        before = rules[:place]
        if any(_takes_all_of(earlier, rule) for earlier in before):
            dead.append(place)
    return tuple(dead)


def _takes_all_of(earlier: FilterRule, rule: FilterRule) -> bool:
    same_type = earlier.type is None or earlier.type == rule.type
    return same_type and (earlier.name == "*" or earlier.name == rule.name)


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
    quoted = len(rest) > 1 and rest[0] == rest[-1] and rest[0] in "\"'"
    name = rest[1:-1] if quoted else rest
    if not quoted and (doubt := doubt_about(name)):
        raise BadInput(f"{doubt}. If the name is meant as it stands, write it in quotes.")
    if kind is None and len(name) > 1 and name.endswith("/"):
        kind, name = "dir", name.rstrip("/")
    if not name.strip():
        raise BadInput("A rule needs a name, such as exclude *.tmp or include files *.nc.")
    if "/" in name:
        raise BadInput("Rules are about names of files and folders, not about paths: leave out the slash.")
    return FilterRule(name, method or "exclude", kind)


def doubt_about(name: str) -> str | None:
    """What is probably meant otherwise in a name of a rule, in words; None where nothing is."""
    parts = name.replace(",", " ").replace(";", " ").split()
    if len(parts) > 1 and sum(any(sign in part for sign in "*?[") for part in parts) > 1:
        return f"{name} is read as one name: write a rule for each of {', '.join(parts)}"
    if name.startswith("!"):
        return f"{name} is a name that begins with !, which turns nothing round: write include {name[1:] or 'NAME'}"
    return None


def _take(rest: str, words: dict[str, str], otherwise: str | None) -> tuple[str | None, str]:
    first, _, others = rest.partition(" ")
    if first.lower() in words and others.strip():
        return words[first.lower()], others.strip()
    return otherwise, rest


def rule_text(rule: FilterRule) -> str:
    kind = {"file": "files ", "dir": "folders "}.get(rule.type or "", "")
    plain = rule.name.split(" ")[0].lower() not in {*_METHODS, *_TYPES} and rule.name == rule.name.strip()
    plain = plain and doubt_about(rule.name) is None
    return f"{rule.method} {kind}{rule.name}" if plain else f'{rule.method} {kind}"{rule.name}"'


def with_rule(data: TransferData, rule: FilterRule) -> TransferData:
    """The transfer with one more rule, behind the others: an earlier one decides first."""
    return replace(data, filter_rules=(*data.filter_rules, rule))


def without_rule(data: TransferData, place: int) -> TransferData:
    return replace(data, filter_rules=data.filter_rules[:place] + data.filter_rules[place + 1 :])


def with_rule_moved(data: TransferData, place: int, by: int) -> TransferData:
    """The transfer with the rule at a place moved; the same where it cannot go there."""
    rules, to = list(data.filter_rules), place + by
    if not (0 <= place < len(rules) and 0 <= to < len(rules)):
        return data
    rules.insert(to, rules.pop(place))
    return replace(data, filter_rules=tuple(rules))

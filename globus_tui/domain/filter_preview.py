"""Which of the names in a listing the filter rules take: the first rule that matches decides, none means taken."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from globus_tui.domain.collection import FolderEntry
    from globus_tui.domain.transfer import FilterRule


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules make of one entry.

    Attributes:
        taken: it is transferred; a folder that is not, is left out with everything below it.
        rule: place of the rule that decided, from 0; None when no rule matched.
    """

    entry: FolderEntry
    taken: bool
    rule: int | None = None


def preview(entries: Iterable[FolderEntry], rules: Sequence[FilterRule]) -> tuple[Verdict, ...]:
    """The verdict on each entry of one folder, in the order of the listing."""
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
        if any(_takes_all_of(one, rule) for one in before):
            dead.append(place)
    return tuple(dead)


def _takes_all_of(earlier: FilterRule, rule: FilterRule) -> bool:
    same_type = earlier.type is None or earlier.type == rule.type
    return same_type and (earlier.name == "*" or earlier.name == rule.name)

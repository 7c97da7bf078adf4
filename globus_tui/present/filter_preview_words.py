"""What filter rules make of the names in a folder, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.filter_preview import Verdict

_NAMED = 6


def preview_words(path: str, verdicts: Sequence[Verdict]) -> str:
    """`of 42 names in /proj/: 3 left out: scratch_tmp/, a.tmp, b.tmp`."""
    left = [f"{one.entry.name}{'/' if one.entry.is_folder else ''}" for one in verdicts if not one.taken]
    head = f"of {counted(len(verdicts), 'name')} in {path}"
    if not left:
        return f"{head}: all are taken"
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"{head} {len(left)} left out: {', '.join(left[:_NAMED])}{more}"


def rule_counts(verdicts: Sequence[Verdict], rules: int) -> tuple[str, ...]:
    """What each rule decides, in the order of the rules: `decides 3`; `decides none here`."""
    counts = [sum(1 for one in verdicts if one.rule == place) for place in range(rules)]
    return tuple(f"decides {counted(found, 'name')}" if found else "decides none here" for found in counts)

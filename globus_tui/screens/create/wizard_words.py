"""Lines of the wizard's frame: its steps, what was found, and keys as they work inside fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content

from globus_tui.commands import key_words
from globus_tui.domain.findings import Finding, Level
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.form_row import SIGNS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from globus_tui.screens.create.step import Step

STEP_KEYS = tuple(f"f{number}" for number in range(2, 8))
_KEY = re.compile(r"\{([a-z.-]+)\}")


def steps_line(
    steps: Mapping[str, Step], order: Sequence[str], here: str, visited: Collection[str], findings: Sequence[Finding]
) -> Content:
    """`F2 What [F3 From/to!] F4 Items`: where one is, and which steps that were opened have something wrong."""
    line = Content()
    stops = {one.field for one in findings if one.level is Level.STOP}
    for number, key in enumerate(order):
        wrong = "!" if key in visited and stops & steps[key].fields else ""
        name = f"{STEP_KEYS[number].upper()} {steps[key].title}{wrong}"
        line += Content.styled(f"[{name}]", "bold $primary") if key == here else Content(f" {name} ")
    return line


def finding_lines(findings: Sequence[Finding]) -> Content:
    """A line for each finding, how bad it is as a word before it."""
    return Content("\n").join(Content.assemble(_sign(one.level), f" {safe_line(one.words)}") for one in findings)


def hint_line(hints: str, keys: Mapping[str, str]) -> str:
    """A step's hints with the user's own keys in them."""
    return _KEY.sub(lambda found: key_words(keys, found[1]), hints)


def keys_in_fields(keys: Mapping[str, str]) -> dict[str, str]:
    """The same keys, those of each command first that no field takes as text: f1 before ?, escape before q."""
    return {
        command: ",".join(sorted(pressed.split(","), key=lambda key: len(key) == 1 or key == "question_mark"))
        for command, pressed in keys.items()
    }


def _sign(level: Level) -> tuple[str, str]:
    style = {Level.STOP: "bold $text-error", Level.WARN: "bold $text-warning"}.get(level, "$text-muted")
    return f" {SIGNS[level]:4}", style

"""Finds a line of the screen by a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.demo import Demo


def line_with(demo: Demo, part: str) -> str:
    """The first line of the screen that has this in it."""
    found = [line for line in demo.screen() if part in line]
    assert found, f"{part!r} is not on the screen:\n{demo.text()}"
    return found[0]

"""What tests of screens share: a facility that stands still. See `tests/demo.py` for what it can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo import Demo
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def demo() -> Demo:
    """The facility at noon; `async with demo.console() as pilot` opens the program on it."""
    return Demo()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A facility on a socket; `async with served.console() as pilot` opens the program on it as its user would."""
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        yield one

"""What tests of screens share: a facility that stands still. See `tests/demo.py` for what it can do."""

from __future__ import annotations

import pytest

from tests.demo import Demo


@pytest.fixture
def demo() -> Demo:
    """The facility at noon; `async with demo.console() as pilot` opens the program on it."""
    return Demo()

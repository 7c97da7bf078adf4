"""The whole program behind a fault injector."""

from __future__ import annotations

import pytest

from tests.demo import Demo


@pytest.fixture
def demo() -> Demo:
    """The facility at noon; `demo.fault(...)` makes things go wrong."""
    return Demo()

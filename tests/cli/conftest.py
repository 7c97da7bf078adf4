"""A facility on a real socket with its operator signed in, and a shell beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.cli.shell import Shell
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The facility over HTTP, with its operator signed in."""
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(one.sign_in())
        yield one


@pytest.fixture
def facility(served: Served) -> Served:
    return served


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)

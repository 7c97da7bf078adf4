"""A host on which copies of the program meet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.run import RunState
from globus_tui.domain.task import Task, TaskStatus
from tests.store.copies import Host
from tests.store.fakes import NOON, a_job, a_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    folder = tmp_path / "meet"
    folder.mkdir(mode=0o700)
    running = a_run(NOON - timedelta(minutes=1), "task", RunState.SUBMITTED)
    made = Host(folder, a_job("one", runs=[running]), a_job("two"), tasks=[Task("task", TaskStatus.ACTIVE)])
    yield made
    for one in made.copies:
        one.files.leave()

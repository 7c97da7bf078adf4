"""The log file: private, opened when there is something to write, and without credentials."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from globus_tui.logs import start_log
from globus_tui.private_files import make_private_folder
from globus_tui.store.answer_cache import AnswerCache
from globus_tui.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    root = logging.getLogger("globus_tui")
    before = root.handlers[:], root.level
    root.handlers.clear()
    yield root
    for one in root.handlers:
        one.close()
    root.handlers, root.level = before


def test_a_line_is_written_without_its_token_to_a_file_of_the_user_alone(
    tmp_path: Path, logger: logging.Logger
) -> None:
    assert start_log(tmp_path / "state") is None
    logging.getLogger("globus_tui.api").warning("refused: Authorization: Bearer abc123")
    kept = tmp_path / "state" / "globus_tui.log"
    assert kept.read_text().rstrip().endswith("WARNING globus_tui.api: refused: Authorization: Bearer [removed]")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_said_and_does_no_harm(tmp_path: Path, logger: logging.Logger) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    words = start_log(tmp_path / "state")
    assert words is not None
    assert "no log is kept" in words
    assert not logger.handlers


def test_what_a_link_leads_to_keeps_its_mode(tmp_path: Path, logger: logging.Logger) -> None:
    (shared := tmp_path / "shared").mkdir(mode=0o755)
    os.mkfifo(device := shared / "device", 0o644)
    for made, mode in ((shared, 0o755), (device, 0o644)):
        made.chmod(mode)  # whatever the umask
    (state := tmp_path / "state").symlink_to(shared)
    (shared / "globus_tui.log").symlink_to(device)
    words = start_log(state)
    make_private_folder(state)
    assert words is not None
    assert "is no file" in words
    assert device.stat().st_mode & 0o777 == 0o644
    assert shared.stat().st_mode & 0o777 == 0o755


def test_whatever_the_umask_nobody_else_enters_a_folder_that_is_made_on_the_way(
    tmp_path: Path, logger: logging.Logger
) -> None:
    home = tmp_path / "somebody"
    home.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        Journal(home / ".local" / "state" / "globus_tui" / "journal.jsonl").append_now({"what": "pause"})
        assert start_log(home / "elsewhere" / "globus_tui") is None
        make_private_folder(home / ".local" / "share" / "globus_tui")
        AnswerCache(home / ".cache" / "globus_tui", "x").save_names((), ())
    finally:
        os.umask(before)
    made = [path for path in home.rglob("*") if path.is_dir()]
    assert len(made) == 9
    assert {path.stat().st_mode & 0o777 for path in made} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in home.rglob("*") if path.is_file()} == {0o600}

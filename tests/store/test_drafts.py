"""Drafts outlive the program, and nobody else can read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.errors import BadInput
from globus_tui.domain.making.draft import FlowPart, What, clone, new_draft
from globus_tui.domain.schedule.schedule import OnceSchedule
from globus_tui.domain.timer.job import Job
from globus_tui.store.creation import Attempt
from globus_tui.store.drafts import DraftShelf, SavedDraft, draft_text, read_timer_file
from tests.domain.samples import NOW, job_document
from tests.store.workbench import nightly

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def loaded(shelf: DraftShelf, draft_id: str) -> SavedDraft | None:
    return next((saved for saved in shelf.drafts() if saved.draft_id == draft_id), None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "drafts"


@pytest.fixture
def shelf(folder: Path) -> DraftShelf:
    return DraftShelf(folder, Clock())


async def test_a_draft_is_there_for_the_next_program(shelf: DraftShelf, folder: Path) -> None:
    one, two = shelf.new_id(), shelf.new_id()
    unfinished = new_draft().with_typed("interval", "every 6 hou").with_typed("name", "ünïcode \x1b[31m \udcff")
    await shelf.save(one, unfinished, step="when")
    await shelf.save(two, nightly())
    found = DraftShelf(folder, Clock()).drafts()
    assert [(saved.draft_id, saved.step) for saved in found] == [(two, ""), (one, "when")]
    assert found[1].draft == unfinished
    assert found[0].draft == nightly()


def test_files_are_for_their_owner_only_and_nothing_else_is_left(shelf: DraftShelf, folder: Path) -> None:
    one = shelf.new_id()
    for _ in range(3):
        shelf.save_now(one, nightly())
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_discarded_draft_does_not_come_back(shelf: DraftShelf, folder: Path) -> None:
    one = shelf.new_id()
    await shelf.save(one, nightly())
    late = shelf.save(one, nightly("late"))
    shelf.discard(one)
    await late
    assert shelf.drafts() == ()
    assert DraftShelf(folder, Clock()).drafts() == ()


async def test_what_was_asked_for_last_wins(shelf: DraftShelf) -> None:
    one = shelf.new_id()
    early = shelf.save(one, nightly("early"))
    shelf.save_now(one, nightly("last"))
    await early
    saved = loaded(shelf, one)
    assert saved is not None
    assert saved.draft == nightly("last")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    _goes_to_memory(DraftShelf(tmp_path / "drafts", Clock()))


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("")
    shelf = DraftShelf(tmp_path / "drafts", Clock())
    one = _goes_to_memory(shelf)
    (tmp_path / "drafts").unlink()
    assert shelf.save_now(one, nightly("later"))
    assert [saved.draft_id for saved in DraftShelf(tmp_path / "drafts", Clock()).drafts()] == [one]


def _goes_to_memory(shelf: DraftShelf) -> str:
    one = shelf.new_id()
    assert not shelf.save_now(one, nightly())
    saved = loaded(shelf, one)
    assert saved is not None
    assert saved.draft == nightly()
    warning = shelf.take_warning()
    assert warning is not None
    assert "memory only" in warning
    assert shelf.take_warning() is None
    return one


def test_an_attempt_whose_end_is_not_known_is_kept_with_the_draft(shelf: DraftShelf, folder: Path) -> None:
    one, draft = shelf.new_id(), nightly()
    attempt = Attempt(NOW, draft.to_timer(), frozenset({"a", "b"}))
    shelf.save_now(one, draft, attempt=attempt)
    saved = loaded(DraftShelf(folder, Clock()), one)
    assert saved is not None
    assert saved.attempt == attempt
    flow = replace(new_draft(What.FLOW_TIMER), schedule=OnceSchedule(NOW), flow=FlowPart("f", inputs={"a": 1}))
    shelf.save_now(one, flow, attempt=Attempt(NOW, flow.to_timer()))
    saved = loaded(shelf, one)
    assert saved is not None
    assert saved.attempt == Attempt(NOW, flow.to_timer())


def test_the_submission_id_of_a_transfer_is_kept(shelf: DraftShelf) -> None:
    draft = nightly(what=What.TRANSFER_NOW)
    draft = replace(draft, schedule=None, transfer=replace(draft.transfer, submission_id="once"))
    one = shelf.new_id()
    shelf.save_now(one, draft)
    saved = loaded(shelf, one)
    assert saved is not None
    assert saved.draft == draft


def test_a_draft_of_another_running_program_is_marked(shelf: DraftShelf, folder: Path) -> None:
    one = shelf.new_id()
    shelf.save_now(one, nightly())
    path = folder / f"{one}.json"
    document = json.loads(path.read_text())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        path.write_text(json.dumps(document | {"pid": other.pid}))
        saved = loaded(shelf, one)
        assert saved is not None
        assert saved.open_elsewhere
        other.communicate(b"\n")
    saved = loaded(shelf, one)
    assert saved is not None
    assert not saved.open_elsewhere


def test_a_damaged_file_is_listed_and_kept(shelf: DraftShelf, folder: Path) -> None:
    one = shelf.new_id()
    shelf.save_now(one, nightly())
    path = folder / f"{one}.json"
    path.write_bytes(path.read_bytes()[:100])
    saved = loaded(shelf, one)
    assert saved is not None
    assert saved.unreadable
    assert path.exists()


# --- files for people who script


def test_an_exported_timer_makes_the_same_timer_again(tmp_path: Path) -> None:
    document = job_document()
    path = tmp_path / "timer.json"
    path.write_text(draft_text(clone(Job.from_document(document), document, NOW)))
    draft = read_timer_file(path)
    assert draft.name == "climate-nightly-mirror"
    assert draft.to_timer().to_document()["body"] == document["body"]
    assert draft_text(draft) == path.read_text()


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"{\n  oops\n}", "Line 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"[]", "JSON object"),
        (b"[" * 100_000, "too deep"),
        (b'{"timer": ' + b"9" * 5000 + b"}", "a number in it is too long"),
    ],
)
def test_a_bad_file_is_named_with_the_line(tmp_path: Path, contents: bytes, words: str) -> None:
    path = tmp_path / "timer.json"
    path.write_bytes(contents)
    with pytest.raises(BadInput, match=words) as problem:
        read_timer_file(path)
    assert "timer.json" in str(problem.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nothing\.json cannot be read"):
        read_timer_file(tmp_path / "nothing.json")

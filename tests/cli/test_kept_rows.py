"""What a session leaves for the next: for whoever was signed in when it began, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.cli.kept_rows import Keeping
from globus_tui.store.answer_cache import AnswerCache, CachedRows
from globus_tui.store.job_state import Change

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


class Session:
    """A console that has read its timers."""

    def __init__(self, folder: Path) -> None:
        self.account: Any = SimpleNamespace(who="ops")
        self.rows = AnswerCache(folder, "default\nops")
        store: Any = SimpleNamespace(to_cache=lambda label: CachedRows(label, NOW, ()), subscribe=lambda listener: None)
        self.keeping = Keeping(store, self.rows, self.account)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """One that is about to be left."""
    return Session(tmp_path)


def test_rows_are_kept_when_it_ends(session: Session) -> None:
    session.keeping.end()
    assert session.rows.load() == CachedRows("default\nops", NOW, ())


async def test_rows_are_kept_a_moment_after_a_refresh(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_tui.cli.kept_rows._LATER", 0.0)
    keeping: Any = session.keeping
    keeping._after(Change(collections=True))
    begun = keeping._saving
    assert begun is None
    keeping._after(Change(freshness=True))
    written = session.rows.path.exists()
    await keeping._saving
    assert (written, session.rows.path.exists()) == (False, True), "what was read is drawn first"
    keeping._after(Change(freshness=True))
    assert keeping._saving.done(), "every few minutes at most"


def test_what_a_logout_in_another_terminal_has_forgotten_is_not_kept_once_more(session: Session) -> None:
    session.keeping.end()
    session.rows.forget()
    session.keeping.end()
    assert session.rows.load() is None
    assert not list(session.rows.path.parent.glob("names-*"))


@pytest.mark.parametrize("who", [None, "kim"])
def test_after_signing_out_nothing_is_kept_whoever_signed_in_then(session: Session, who: str | None) -> None:
    session.keeping.end()
    session.account.who = who
    session.keeping.end()
    assert session.rows.load() is None

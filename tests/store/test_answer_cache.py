"""Rows of the last session: whose they are, what becomes of them, and files that are not what they seem."""

from __future__ import annotations

import json
import pickle
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.documents import Entry
from globus_tui.domain.errors import ConnectionFailed
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import Job, JobId
from globus_tui.screens.job_actions import why_not
from globus_tui.store import answer_cache
from globus_tui.store.answer_cache import AnswerCache, CachedRows
from globus_tui.store.job_store import JobStore
from globus_tui.store.refresh_plan import FEW_RUNS, MANY_RUNS, FreshnessState
from globus_tui.store.services import Services

if TYPE_CHECKING:
    from pathlib import Path

    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.domain.timer.job import JobReading
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.task import Task

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPS = "default\nproduction\nops@example.org"


def document(number: int, **more: object) -> dict[str, object]:
    return {
        "job_id": f"job-{number}",
        "name": f"nightly {number}",
        "status": "inactive",
        "inactive_reason": {"cause": "user"},
        "schedule": {"type": "recurring", "interval_seconds": 3600, "start": "2026-03-01T00:00:00+00:00"},
        **more,
    }


def job(number: int, **more: object) -> Job:
    return Job.from_document(document(number, **more))


class Globus:
    """A Timers service with the timers given, read or as sent, or the failure; nothing else answers."""

    def __init__(self, *jobs: Job | dict[str, object], failure: GlobusTuiError | None = None) -> None:
        self.jobs, self.failure = jobs, failure
        self.runs_asked_for: list[int] = []

    async def read_list(self, take: Any, last: Any, **options: Any) -> tuple[Any, float | None]:
        self.runs_asked_for.append(options["result_count"])
        if self.failure:
            raise self.failure
        return take(Entry(None, job, "" if isinstance(job, Job) else json.dumps(job)) for job in self.jobs), None

    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        raise AssertionError

    async def tasks_by_id(self, ids: object, *, younger_than: float = 0.0) -> tuple[Task, ...]:
        return ()

    async def get_endpoint(self, endpoint_id: str) -> Collection:
        raise AssertionError

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


def store(globus: Globus, now: datetime = NOW) -> JobStore:
    return JobStore(Services(globus, globus, globus), clock=lambda: now, interval=30)  # type: ignore[arg-type]  # a part


async def kept_by(globus: Globus, label: str = OPS) -> CachedRows:
    session = store(globus)
    await session.refresh()
    kept = session.to_cache(label)
    assert kept is not None
    return kept


async def test_the_next_session_opens_with_the_rows_of_the_last(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "cache", OPS)
    kept = await kept_by(Globus(job(1), job(2)))
    assert cache.save(kept)
    assert AnswerCache(tmp_path / "cache", OPS).load() == kept
    assert cache.path.stat().st_mode & 0o777 == 0o600
    assert cache.path.parent.stat().st_mode & 0o777 == 0o700


async def test_documents_as_they_were_sent_are_kept_by_themselves(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "cache", OPS)
    many = [document(number, name=f"nightly {number} {'x' * 2000}") for number in range(200)]
    assert cache.save(await kept_by(Globus(*many)))
    kept = cache.load()
    assert kept is not None
    session = store(Globus(failure=ConnectionFailed("It is down.", maybe_processed=False)))
    session.show_cached(kept)
    serials = {row.serial for row in session.states.rows.values()}
    assert serials.isdisjoint(row.serial for row in kept.rows), "another process counted those"
    shown = {state.job for state in session.states.values()}
    assert len(shown) == len(kept.documents) == answer_cache.ROWS_KEPT
    assert shown < {Job.from_document(one) for one in many}


async def test_rows_of_the_last_session_are_marked_with_their_age_and_cannot_be_acted_upon() -> None:
    session = store(Globus(), NOW + timedelta(hours=20))
    session.show_cached(await kept_by(Globus(job(1))))
    session.refresher.tick()
    (state,) = session.states.values()
    assert session.freshness.state is FreshnessState.CACHED
    assert session.freshness.checked_at == NOW
    assert not session.freshness.outdated
    assert state.health.word is Word.PAUSED  # as it was judged then: what time did since, nobody knows
    assert why_not("job.pause-resume", [*session.states.rows.values()], session.freshness.state) is not None
    assert session.to_cache(OPS) is None


async def test_the_first_answer_replaces_them_all() -> None:
    session = store(Globus(job(2, name="renamed"), job(3)))
    session.show_cached(await kept_by(Globus(job(1), job(2))))
    await session.refresh()
    assert [state.job.label for state in session.states.values()] == ["renamed", "nightly 3"]
    assert session.freshness.state is FreshnessState.FRESH


async def test_the_first_list_brings_as_many_runs_however_young_the_kept_rows_are() -> None:
    globus = Globus(job(1))
    session = store(globus)
    session.show_cached(await kept_by(Globus(job(1))))
    await session.refresh()
    await session.refresh()
    assert globus.runs_asked_for == [MANY_RUNS, FEW_RUNS]


async def test_a_timer_that_is_read_alone_leaves_the_others_where_they_are() -> None:
    session = store(Globus(failure=ConnectionFailed("It is down.", maybe_processed=False)))
    session.show_cached(await kept_by(Globus(job(1), job(2), job(3))))
    board = session.refresher.board
    board.take_job(job(2, name="renamed"), board.number())
    assert {state.job.label for state in session.states.values()} == {"nightly 1", "renamed", "nightly 3"}
    board.drop_job(JobId("job-3"))
    assert {state.job.label for state in session.states.values()} == {"nightly 1", "renamed"}
    await session.refresh()
    assert len(session.states) == 2
    session.refresher._services.jobs = Globus(job(1))  # type: ignore[assignment,misc]  # it is up again
    await session.refresh()
    assert [state.job.label for state in session.states.values()] == ["nightly 1"]


async def test_they_stay_and_stay_locked_while_globus_does_not_answer() -> None:
    session = store(Globus(failure=ConnectionFailed("It is down.", maybe_processed=False)))
    session.show_cached(await kept_by(Globus(job(1))))
    await session.refresh()
    assert session.freshness.state is FreshnessState.CACHED
    assert session.freshness.problem == "It is down."
    assert list(session.states) == ["job-1"]


async def test_counts_are_of_all_timers_though_few_rows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("globus_tui.store.job_store.ROWS_KEPT", 2)
    kept = await kept_by(Globus(*(job(number) for number in range(5))))
    session = store(Globus())
    session.show_cached(kept)
    counts = session.count_words()
    assert len(session.states) == 2
    assert counts is not None
    assert counts[Word.PAUSED] == 5


async def test_another_profile_or_identity_sees_nothing_of_it(tmp_path: Path) -> None:
    mine = AnswerCache(tmp_path, OPS)
    mine.save(await kept_by(Globus(job(1))))
    theirs = AnswerCache(tmp_path, "default\nproduction\nsomebody@example.org")
    assert theirs.load() is None
    theirs.path.write_bytes(mine.path.read_bytes())
    theirs.path.chmod(0o600)
    assert theirs.load() is None


@pytest.mark.parametrize("mode", [0o640, 0o606])
async def test_a_file_that_others_can_get_at_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = AnswerCache(tmp_path, OPS)
    cache.save(await kept_by(Globus(job(1))))
    cache.path.chmod(mode)
    assert cache.load() is None


async def test_a_file_of_another_version_or_a_damaged_one_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = AnswerCache(tmp_path, OPS)
    cache.save(await kept_by(Globus(job(1))))
    whole = cache.path.read_bytes()
    for damaged in (b"", whole[:40], whole[: len(whole) // 2], whole[:-8] + b"12345678", b"\n" + whole):
        cache.path.write_bytes(damaged)
        assert cache.load() is None
    cache.path.write_bytes(whole)
    monkeypatch.setattr(answer_cache, "__version__", "0.0.0")
    assert cache.load() is None


class _Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("sprung",)


async def test_a_planted_file_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = AnswerCache(tmp_path, OPS)
    cache.save(await kept_by(Globus(job(1))))
    head = cache.path.read_bytes().split(b"\n", 1)[0]
    cache.path.write_bytes(head + b"\n" + zlib.compress(pickle.dumps(_Trap())))
    assert cache.load() is None
    assert not capsys.readouterr().out


async def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path, OPS)
    cache.save(await kept_by(Globus(job(1))))
    cache.path.rename(tmp_path / "elsewhere")
    cache.path.symlink_to(tmp_path / "elsewhere")
    assert cache.load() is None


async def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert not AnswerCache(blocked / "cache", OPS).save(await kept_by(Globus(job(1))))

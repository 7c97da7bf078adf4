"""Changes the program in small ways, one at a time, and counts which changes the tests notice.

    python -m tests.mutation                       # all modules of the list
    python -m tests.mutation api/retry --every 3   # some of one

It works on a copy in a temporary folder: the checkout is never touched. Each mutant is a forked process with pytest
loaded already, stopped at the first test that fails. Survivors that change nothing anybody could see are listed with
the reason in `equivalent.toml`; a survivor that is not there is a test that is missing. Results go to `results.json`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ONE_PROCESS = ("-k", "not killed_at_any_moment")
"""Without the tests that start programs, which take too long for each mutant."""
MODULES: dict[str, tuple[str, ...]] = {
    "api/retry": ("tests/api/test_retry.py",),
    "auth/login": (
        "tests/auth/test_login.py",
        "tests/auth/test_sign_in_request.py",
        "tests/auth/test_pasted.py",
        "tests/auth/test_journey.py",
    ),
    "store/operations": ("tests/store/test_operations.py", "tests/store/test_plan_and_preview.py"),
    "store/job_store": (
        "tests/store/test_operations.py",
        "tests/store/test_pausing.py",
        "tests/store/test_refreshing.py",
        "tests/store/test_plan_and_preview.py",
        "tests/store/test_clockwork.py",
        "tests/store/test_manners.py",
        "tests/store/test_hygiene.py",
        "tests/store/test_alarm_levels.py",
        "tests/store/test_answer_cache.py",
        "tests/store/test_shared_notes.py",
        "tests/store/test_merge.py",
        "tests/store/test_kept_runs.py",
        "tests/store/test_windows.py",
        "tests/store/test_open_requests.py",
    ),
    "store/creation": (
        "tests/store/test_creation.py",
        "tests/faults/test_groups.py",
        "tests/faults/test_creation.py",
        "tests/store/test_preflight.py",
    ),
    "store/swapping": (
        "tests/faults/test_swapping.py::test_a_swap_says_what_failed_and_how_things_stand",
        "tests/faults/test_swapping.py",
    ),
    "store/open_requests": (*ONE_PROCESS, "tests/store/test_open_requests.py", "tests/store/test_operations.py"),
    "store/journal": (
        *ONE_PROCESS,
        "tests/store/test_journal.py",
        "tests/store/test_open_requests.py",
        "tests/faults/test_disk.py",
    ),
    "store/ledger": (
        "tests/store/test_ledger.py",
        "tests/store/test_alarm_levels.py",
        "tests/store/test_shared_notes.py",
    ),
    "store/undoing": ("tests/store/test_undoing.py",),
    "store/windows": ("tests/store/test_window_rules.py", "tests/store/test_windows.py"),
    "store/refresher": (
        "tests/store/test_refreshing.py",
        "tests/store/test_clockwork.py",
        "tests/store/test_told_run.py",
        "tests/store/test_plan_and_preview.py",
        "tests/store/test_hygiene.py",
        "tests/store/test_manners.py",
        "tests/store/test_merge.py",
        "tests/store/test_answer_cache.py",
    ),
    "auth/stored_tokens": ("tests/auth/test_stored_tokens.py", "tests/auth/test_two_programs.py"),
    "auth/token_store": (
        "tests/auth/test_falling_back.py",
        "tests/auth/test_token_file.py",
        "tests/auth/test_token_store.py",
        "tests/auth/test_keyring.py",
        "tests/auth/test_logout.py",
    ),
    "auth/file_lock": ("tests/auth/test_file_lock.py",),
    "domain/schedule/schedule": (
        "tests/domain/schedule/test_schedule.py",
        "tests/present/test_schedule_words.py",
        "tests/domain/timer/test_timeline.py",
        "tests/domain/schedule/test_clock_changes.py",
    ),
    "domain/timer/health": (
        "tests/domain/timer/test_health.py",
        "tests/present/test_health_situations.py",
        "tests/domain/timer/test_cause.py",
        "tests/domain/timer/test_alerts.py",
        "tests/domain/timer/test_history.py",
    ),
    "domain/schedule/clock_changes": (
        "tests/domain/schedule/test_reanchor.py",
        "tests/domain/schedule/test_schedule.py",
    ),
    "domain/schedule/calendar_groups": (
        "tests/domain/schedule/test_calendar_groups.py",
        "tests/domain/schedule/test_typed_schedules.py",
    ),
    "domain/timer/filter": ("tests/domain/timer/test_filter.py",),
    "domain/timer/history": (
        "tests/domain/timer/test_history.py",
        "tests/domain/timer/test_timeline.py",
        "tests/domain/timer/test_health.py",
    ),
    "domain/timer/job": ("tests/domain/timer/test_job.py",),
    "domain/timer/agenda": ("tests/domain/timer/test_agenda.py",),
    "domain/timer/cause": ("tests/domain/timer/test_cause.py",),
    "domain/transfer/destructive": ("tests/domain/transfer/test_destructive.py",),
    "domain/transfer/batch_format": ("tests/domain/transfer/test_batch_format.py",),
    "domain/transfer/collection": ("tests/domain/transfer/test_documents.py",),
    "domain/transfer/flow": ("tests/domain/transfer/test_documents.py",),
    "domain/transfer/places": ("tests/domain/transfer/test_places.py",),
    "domain/transfer/task": ("tests/domain/transfer/test_documents.py",),
    "domain/transfer/transfer": ("tests/domain/transfer/test_documents.py",),
    "domain/transfer/typed_filters": (
        "tests/domain/transfer/test_typed_filters.py",
        "tests/domain/transfer/test_destructive.py",
    ),
    "domain/making/new_timer": ("tests/domain/making/test_same_timer.py",),
    "domain/making/taking_place": ("tests/domain/making/test_taking_place.py", "tests/faults/test_swapping.py"),
}


@dataclass
class Score:
    """What became of the mutants of one module."""

    killed: int = 0
    late: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def part(self) -> float:
        """Of those that can be noticed, how many were."""
        seen = self.killed + self.late
        return seen / max(1, seen + len(self.survivors))


def run_tests(copy: Path, tests: Sequence[str], seconds: float) -> int | None:
    """The exit code of pytest in a forked process on a copy; None when the time was over."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.chdir(copy)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        code = 70
        try:
            import pytest

            sys.path[:] = [str(copy), *(one for one in sys.path if one not in ("", str(ROOT)))]
            for name in [one for one in sys.modules if one.split(".")[0] in ("globus_tui", "tests")]:
                del sys.modules[name]
            quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # the plugins are loaded already
            first = ("--hypothesis-profile", "first failure")  # that it fails is enough: no simpler example is sought
            code = int(pytest.main(["-q", "-x", "-n0", "--tb=no", *quiet, *first, *tests]))
        finally:
            os._exit(code)
    watch = os.pidfd_open(pid)
    try:
        over = not select.select([watch], [], [], seconds)[0]
    finally:
        os.close(watch)
    if over:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return None if over else os.waitstatus_to_exitcode(status)


def examine(module: str, copy: Path, every: int, seconds: float) -> Score:
    """Has each mutant of a module tested.

    Raises:
        RuntimeError: the tests fail without any change.
    """
    path, tests, score = copy / f"globus_tui/{module}.py", MODULES[module], Score()
    original, begun = path.read_text(), time.monotonic()
    known = tomllib.loads((HERE / "equivalent.toml").read_text()).get(module, {})
    if run_tests(copy, tests, 600.0) != 0:
        raise RuntimeError(f"{module}: its tests fail without any change")
    patience = 20 + 5 * (time.monotonic() - begun)
    try:
        for number, mutant in enumerate(mutants(original, every)):
            if time.monotonic() - begun > seconds:
                break
            path.write_text(mutant.source)
            os.utime(path, (number, number))  # bytecode goes by the second and the size: it must not be that of another
            _count(score, mutant, run_tests(copy, tests, patience), known)
    finally:
        path.write_text(original)
    return score


def _count(score: Score, mutant: Mutant, code: int | None, known: dict[str, str]) -> None:
    if code is None:
        score.late += 1
    elif code != 0:
        score.killed += 1
    elif mutant.key in known:
        score.equivalent += 1
    else:
        score.survivors.append(f"line {mutant.line}: {mutant.key}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints scores and survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="MODULE")
    parser.add_argument("--every", type=int, default=1, help="only one of so many")
    parser.add_argument("--seconds", type=float, default=3600.0, help="for each module at most")
    chosen = parser.parse_args(arguments)
    for name in ("hypothesis", "pytest_asyncio", "httpx", "starlette.applications", "uvicorn"):
        importlib.import_module(name)  # once, for all forked processes
    sys.dont_write_bytecode = False  # in the copy: all modules but one are the same each time
    kept = HERE / "results.json"
    for module in chosen.modules or MODULES:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            for name in ("globus_tui", "tests"):
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copy(ROOT / "pyproject.toml", copy)
            score = examine(module, copy, chosen.every, chosen.seconds)
        total = score.killed + score.late + score.equivalent + len(score.survivors)
        print(f"{module}: {total} mutants, {score.killed} killed, {score.late} too slow, ", end="")
        print(f"{score.equivalent} equivalent, {len(score.survivors)} survived: {score.part:.1%}", flush=True)
        for one in score.survivors:
            print(f"    {one}", flush=True)
        results = json.loads(kept.read_text()) if kept.exists() else {}
        results[module] = {
            "every": chosen.every,
            "mutants": total,
            "killed": score.killed + score.late,
            "equivalent": score.equivalent,
            "survivors": score.survivors,
        }
        kept.write_text(json.dumps(dict(sorted(results.items())), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

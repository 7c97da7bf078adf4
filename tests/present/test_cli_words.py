"""The commands to copy are run with the unmodified CLI against the served facility: they do what this program does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.making.draft import Draft, FlowPart, Intent, What, new_draft, with_intent
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.timer.job import JobId
from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel, TransferItem
from globus_tui.present import cli_words
from globus_tui.present.operation_words import operation_command
from globus_tui.sandbox import serve
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.world.history import facility
from globus_tui.store.operations import CancelTask, Delete, Pause, Rename, Resume
from tests.store.workbench import NOON, nightly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from globus_tui.sandbox.state import Sandbox, Timer

CLI = Path(sys.executable).with_name("globus")
needs_cli = pytest.mark.skipif(not CLI.exists(), reason="the official CLI is not installed beside this Python")


@pytest.fixture
def sandbox() -> Sandbox:
    return facility(Clock(NOON, speed=0))


@pytest.fixture
def shell(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Runs what is copied in a shell, as the facility's service account."""
    with serve.running(sandbox) as url:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
        environment = kept | serve.environment(sandbox, url) | {"HOME": str(tmp_path), "TZ": "America/Chicago"}
        environment["PATH"] = f"{CLI.parent}{os.pathsep}{environment.get('PATH', '')}"

        def run(command: str) -> str:
            done = subprocess.run(
                ["/bin/sh", "-c", command], capture_output=True, text=True, env=environment, check=False
            )
            assert done.returncode == 0, done.stderr + done.stdout
            return done.stdout

        yield run


PLAIN = nightly("plain")
RICH = replace(
    with_intent(nightly("rich, with 'quotes' & $signs"), Intent.MIRROR),
    schedule=RecurringSchedule(timedelta(hours=1, minutes=30), NOON + timedelta(hours=3), EndCondition(after_runs=7)),
)
RICH = replace(
    RICH,
    transfer=replace(
        RICH.transfer,
        items=(
            TransferItem("/scratch/odd names/it's", "/archive/odd names/it's", True),
            TransferItem("/scratch/ops/", "/archive/projects/"),
        ),
        sync_level=SyncLevel.CHECKSUM,
        verify_checksum=False,
        encrypt_data=True,
        skip_source_errors=True,
        fail_on_quota_errors=True,
        notify_on_succeeded=False,
        label="a label",
        filter_rules=(FilterRule("keep*", "include", "file"), FilterRule("*.tmp", "exclude", "file")),
    ),
)
ONCE = replace(nightly("once"), schedule=OnceSchedule(NOON + timedelta(days=2)))
UNTIL = replace(
    nightly("until"),
    schedule=RecurringSchedule(
        timedelta(days=15), NOON + timedelta(days=1), EndCondition(until=NOON + timedelta(days=90))
    ),
)


@needs_cli
def test_a_copied_command_makes_the_same_timer_field_by_field(sandbox: Sandbox, shell: Callable[[str], str]) -> None:
    for draft in (PLAIN, RICH, ONCE, UNTIL):
        command = cli_words.create_command(draft)
        shell(command.text)
        (made,) = [one for one in sandbox.timers.values() if one.name == draft.name]
        assert same_as_asked(made, draft), command.text


def same_as_asked(made: Timer, draft: Draft) -> bool:
    """What the service keeps, compared with what it would keep of our own document."""
    from globus_tui.domain.making.new_timer import differences
    from globus_tui.domain.timer.job import Job
    from globus_tui.sandbox.timers.routes import timer_document

    shown = timer_document(made, NOON)
    assert differences(draft.to_timer(), Job.from_document(shown)) == ()
    return True


@needs_cli
def test_the_other_copied_commands_do_what_they_say(sandbox: Sandbox, shell: Callable[[str], str]) -> None:
    shell(cli_words.create_command(PLAIN).text)
    (timer,) = [one for one in sandbox.timers.values() if one.name == "plain"]
    job_id = JobId(timer.job_id)
    shell(operation_command(Pause(job_id)))
    assert timer.status == "inactive"
    shell(operation_command(Resume(job_id, skip_check=True)))
    assert timer.status == "active"
    shell(operation_command(Rename(job_id, "it's new")))
    assert timer.name == "it's new"
    now = replace(PLAIN, what=What.TRANSFER_NOW, schedule=None)
    before = set(sandbox.tasks)
    shell(cli_words.create_command(now).text)
    (task_id,) = set(sandbox.tasks) - before
    shell(operation_command(CancelTask(task_id)))
    shell(operation_command(Delete(job_id)))
    assert "delete" in timer.status


@needs_cli
def test_a_flow_timer(sandbox: Sandbox, shell: Callable[[str], str]) -> None:
    flow_id = next(iter(sandbox.flows))
    draft = Draft(What.FLOW_TIMER, "flow", schedule=ONCE.schedule, flow=FlowPart(flow_id, inputs={"a b": ["it's", 1]}))
    shell(cli_words.create_command(draft).text)
    (made,) = [one for one in sandbox.timers.values() if one.name == "flow"]
    assert same_as_asked(made, draft)


def test_what_the_cli_cannot_say_is_noted() -> None:
    data = replace(
        PLAIN.transfer,
        deadline="2027-01-01T00:00:00+00:00",
        recursive_symlinks="keep",
        filter_rules=(FilterRule("a"),),
        extra={"colour": 1},
    )
    notes = " ".join(cli_words.create_command(replace(PLAIN, transfer=data, name="")).notes)
    for word in ("files only", "deadline", "recursive_symlinks", "colour", "names a timer"):
        assert word in notes


def test_a_deadline_is_said_in_utc_since_the_cli_takes_no_offset() -> None:
    data = replace(PLAIN.transfer, deadline="2027-01-01T01:00:00+02:00")
    command = cli_words.create_command(replace(PLAIN, what=What.TRANSFER_NOW, schedule=None, transfer=data))
    assert "--deadline 2026-12-31T23:00:00 " in command.text


def test_an_unfinished_draft_shows_what_is_missing() -> None:
    assert cli_words.create_command(new_draft()).text == (
        "globus timer create transfer --interval INTERVAL --verify-checksum SOURCE:PATH DESTINATION:PATH"
    )


@pytest.mark.parametrize(
    ("seconds", "word"), [(60, "1m"), (5400, "1h30m"), (86_400, "1d"), (1_209_600, "2w"), (90_061, "1d1h1m1s")]
)
def test_intervals_as_the_cli_takes_them(seconds: int, word: str) -> None:
    assert cli_words.interval_word(timedelta(seconds=seconds)) == word

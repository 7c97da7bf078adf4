"""Single runs of the seeded world: past, present and refused, with the tasks that they started."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import TimerRun, TransferTask, iso
from globus_tui.sandbox.transfer_documents import ended, name_endpoints, settle_plan, task_document
from globus_tui.sandbox.transfer_progress import HOLDS, book_end, hold, refresh
from globus_tui.sandbox.world_flows import flow_run
from globus_tui.sandbox.world_recipes import CANCELED, FAILED, FAULTS, NO_FILES, SHRUNK, SKIPPED_FILES, Recipe

if TYPE_CHECKING:
    import random

    from globus_tui.sandbox.state import Document, Sandbox, Timer

_MONTH = timedelta(days=30)


def refused_run(recipe: Recipe, tick: datetime) -> TimerRun:
    """A run that could not be submitted."""
    body = {key: value for key, value in recipe.refusal.items() if key != "status"}
    at = tick + timedelta(seconds=3)
    return TimerRun(tick, int(recipe.refusal.get("status", 403)), "FAILED", ended=at, last_check=at, errors=body)


def past_run(
    sandbox: Sandbox, timer: Timer, recipe: Recipe, rng: random.Random, mark: str, tick: datetime, held_up: int
) -> TimerRun:
    """A run that is over.

    Args:
        sandbox: takes in the task.
        timer: whose run it is.
        recipe: the timer's recipe.
        rng: this timer's luck.
        mark: how the run went (see `Recipe`).
        tick: when it was due.
        held_up: how many ticks it made the timer skip.
    """
    planned = settle_plan({**_outcome(recipe, mark), "items": timer.body.get("DATA", [])}, rng)
    seconds = int(planned["seconds"])
    if held_up and recipe.every:
        seconds = int(recipe.every * (held_up + 0.35))
    began = tick + timedelta(seconds=1 + rng.randrange(4))
    over = began + timedelta(seconds=seconds)
    result = str(planned.get("outcome", "SUCCEEDED"))
    run = TimerRun(began, 202, result, ended=over, last_check=over)
    run.resource_id = _past_resource(sandbox, timer, planned, (began, over, result))
    if recipe.quirks.get("old_results") and run.resource_id is not None:
        run.data = _action(sandbox.tasks[run.resource_id])
    return run


def _past_resource(
    sandbox: Sandbox, timer: Timer, planned: Document, went: tuple[datetime, datetime, str]
) -> str | None:
    began, over, result = went
    if timer.timer_type == "generic":
        return None
    if timer.timer_type == "flow":
        return flow_run(sandbox, timer, began, over, result)
    task = _task(sandbox, timer, planned, began)
    moved = 1.0 if result == "SUCCEEDED" else float(planned.get("moved", 0.0))
    task.document.update(ended(planned, result, moved, (over - began).total_seconds()))
    task.document["completion_time"] = iso(over)
    task.document["history_deleted"] = sandbox.clock.now() - over > _MONTH
    return task.task_id


def present_run(sandbox: Sandbox, timer: Timer, recipe: Recipe, tick: datetime, now: datetime) -> TimerRun:
    """The run in progress: its task has done its share and will end as the recipe says, if ever."""
    began = tick + timedelta(seconds=2)
    if timer.timer_type == "flow":
        run_id = flow_run(sandbox, timer, began, None, "ACTIVE")
        return TimerRun(began, 201, "ACTIVE", run_id, last_check=now)
    if timer.timer_type == "generic":
        return TimerRun(began, 202, "ACTIVE", last_check=now, ends_at=now + timedelta(seconds=recipe.took))
    planned: Document = {**timer.plan, "items": timer.body.get("DATA", [])}
    task = _task(sandbox, timer, planned, began)
    sandbox.unfinished[task.task_id] = task
    if planned.get("hold") in HOLDS:
        hold(task, str(planned["hold"]))
    else:
        usual = began + timedelta(seconds=recipe.took)
        left = timedelta(seconds=recipe.ends_in or 30)
        task.ends_at = now + left if recipe.ends_in else max(usual, now + left)
        book_end(sandbox, task)
    refresh(task, now)
    return TimerRun(began, 202, str(task.document["status"]), task.task_id, last_check=now, next_check=task.ends_at)


def _action(task: TransferTask) -> Document:
    """What results before 2025 carry: the action provider's status with a snapshot of the task."""
    return {
        "action_id": task.task_id.replace("-", "")[:13],
        "creator_id": f"urn:globus:auth:identity:{task.owner}",
        "label": task.document["label"],
        "status": task.document["status"],
        "display_status": task.document["status"],
        "start_time": task.document["request_time"],
        "completion_time": task.document["completion_time"],
        "manage_by": [],
        "monitor_by": [],
        "release_after": "P30D",
        "details": {**task.document, "event_list": []},
    }


def _task(sandbox: Sandbox, timer: Timer, planned: Document, began: datetime) -> TransferTask:
    body = timer.body
    task_id = sandbox.new_id()
    document = task_document(task_id, timer.owner, body, began)
    document["label"] = f"{timer.name or 'timer'}, run {1 + len(timer.results)}"[:128]
    document["deadline"] = iso(began + timedelta(days=1))
    name_endpoints(document, *(_named(sandbox, str(body[f"{side}_endpoint"])) for side in ("source", "destination")))
    task = TransferTask(
        task_id,
        timer.owner,
        document,
        outcome=str(planned.get("outcome", "SUCCEEDED")),
        planned=planned,
        starts_at=began,
    )
    sandbox.tasks[task_id] = task
    return task


def _named(sandbox: Sandbox, key: str) -> tuple[str, str] | None:
    """Id and name of a collection; None for one that is gone, as the service shows it (documented)."""
    found = sandbox.collections[key]
    return None if found.deleted else (key, str(found.document["display_name"]))


def _outcome(recipe: Recipe, mark: str) -> Document:
    usual: Document = {
        "seconds": recipe.took,
        "files": recipe.files,
        "bytes": recipe.size,
        "directories": max(1, recipe.files // 40),
        "checksums": True,
    }
    extra: dict[str, Document] = {
        FAILED: {"outcome": "FAILED", "error": recipe.error, "faults": 3, "moved": 0.1, "seconds": recipe.took // 4},
        CANCELED: {"outcome": "FAILED", "error": "CANCELED", "moved": 0.5},
        SKIPPED_FILES: {"skipped": max(1, recipe.files // 30), "faults": 2},
        NO_FILES: {"files": 0, "bytes": 0, "seconds": 12},
        SHRUNK: {"files": recipe.files // 40, "bytes": recipe.size // 500, "seconds": recipe.took // 20},
        FAULTS: {"faults": 3, "fault": "CONNECTION_RESET"},
    }
    return {**usual, **extra.get(mark, {})}

"""Turns a recipe into a timer with its past: runs on its schedule, present and refused ones, and their tasks."""

from __future__ import annotations

import random
import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth.tokens import Grantee
from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.state import Document, Sandbox, Session, Timer, TimerRun, TransferTask, iso
from globus_tui.sandbox.timers.engine import MOST_KEPT, install
from globus_tui.sandbox.timers.payloads import OFF, ON
from globus_tui.sandbox.transfer.documents import ended, name_endpoints, settle_plan, task_document
from globus_tui.sandbox.transfer.engine import HOLDS, book_end, hold, refresh
from globus_tui.sandbox.world import flows
from globus_tui.sandbox.world import timers as recipes
from globus_tui.sandbox.world.collections import POLICY_ID, add_bookmarks, add_collections, collection_id, consented_ids

if TYPE_CHECKING:
    from globus_tui.sandbox.clock import Clock

_MONTH = timedelta(days=30)


def refused_run(recipe: recipes.Recipe, tick: datetime) -> TimerRun:
    body = {key: value for key, value in recipe.refusal.items() if key != "status"}
    at = tick + timedelta(seconds=3)
    return TimerRun(tick, int(recipe.refusal.get("status", 403)), "FAILED", ended=at, last_check=at, errors=body)


def past_run(
    sandbox: Sandbox, timer: Timer, recipe: recipes.Recipe, rng: random.Random, mark: str, tick: datetime, held_up: int
) -> TimerRun:
    """A run that is over.

    Args:
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
        return flows.flow_run(sandbox, timer, began, over, result)
    task = _task(sandbox, timer, planned, began)
    moved = 1.0 if result == "SUCCEEDED" else float(planned.get("moved", 0.0))
    task.document.update(ended(planned, result, moved, (over - began).total_seconds()))
    task.document["completion_time"] = iso(over)
    task.document["history_deleted"] = sandbox.clock.now() - over > _MONTH
    return task.task_id


def present_run(sandbox: Sandbox, timer: Timer, recipe: recipes.Recipe, tick: datetime, now: datetime) -> TimerRun:
    """The run in progress: its task has done its share and will end as the recipe says, if ever."""
    began = tick + timedelta(seconds=2)
    if timer.timer_type == "flow":
        run_id = flows.flow_run(sandbox, timer, began, None, "ACTIVE")
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
        remaining = timedelta(seconds=recipe.ends_in or 30)
        task.ends_at = now + remaining if recipe.ends_in else max(usual, now + remaining)
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
    collection = sandbox.collections[key]
    return None if collection.deleted else (key, str(collection.document["display_name"]))


def _outcome(recipe: recipes.Recipe, mark: str) -> Document:
    extra: dict[str, Document] = {
        recipes.FAILED: {
            "outcome": "FAILED",
            "error": recipe.error,
            "faults": 3,
            "moved": 0.1,
            "seconds": recipe.took // 4,
        },
        recipes.CANCELED: {"outcome": "FAILED", "error": "CANCELED", "moved": 0.5},
        recipes.SKIPPED_FILES: {"skipped": max(1, recipe.files // 30), "faults": 2},
        recipes.NO_FILES: {"files": 0, "bytes": 0, "seconds": 12},
        recipes.SHRUNK: {"files": recipe.files // 40, "bytes": recipe.size // 500, "seconds": recipe.took // 20},
        recipes.FAULTS: {"faults": 3, "fault": "CONNECTION_RESET"},
    }
    return {**_usual(recipe), "checksums": True, **extra.get(mark, {})}


STARTED = (
    recipes.OK
    + recipes.FAULTS
    + recipes.FAILED
    + recipes.SKIPPED_FILES
    + recipes.NO_FILES
    + recipes.SHRUNK
    + recipes.CANCELED
)
KEPT_SECONDS = 89 * recipes.DAY
"""The service keeps 90 days of activity."""


def build(sandbox: Sandbox, recipe: recipes.Recipe, owner: Grantee, now: datetime, kept: int = MOST_KEPT) -> Timer:
    """The timer of a recipe, with its history.

    Args:
        kept: how many runs of history at most.
    """
    rng = random.Random(f"{sandbox.seed}/{recipe.name}/{recipe.source}")
    upcoming = _next_tick(recipe, now)
    every = timedelta(seconds=recipe.every or 0)
    start = upcoming - every * recipe.count if recipe.every else upcoming
    timer = _bare(sandbox, recipe, owner, start)
    marks = _marks(recipe, rng, kept)
    for back, mark in zip(range(len(marks), 0, -1), marks, strict=True):
        later = marks[len(marks) - back + 1 :]
        held_up = len(later) - len(later.lstrip(recipes.SKIPPED_TICK))
        _happened(sandbox, timer, recipe, rng, mark, (upcoming - every * back, now, held_up))
    not_run = sum(1 for mark in marks if mark in recipes.NOT_RUN + recipes.REFUSED)
    timer.n_runs = max(0, recipe.count - not_run)
    timer.n_errors = sum(1 for mark in marks if mark == recipes.REFUSED)
    if timer.results:
        timer.last_ran_at = timer.results[0].ran_at
    _set_state(timer, recipe, marks, upcoming, every)
    return timer


def _next_tick(recipe: recipes.Recipe, now: datetime) -> datetime:
    if recipe.when.startswith("-"):
        return now - timedelta(seconds=int(recipe.when[1:])) + timedelta(seconds=recipe.every or 0)
    if recipe.when.startswith("+"):
        return now + timedelta(seconds=int(recipe.when[1:]))
    hour, minute = recipe.when.split(":")
    anchor = now.replace(hour=int(hour), minute=int(minute), second=0)
    every = recipe.every or recipes.DAY
    anchor -= timedelta(days=zlib.crc32(str(recipe.name).encode()) % max(1, every // recipes.DAY))
    step = timedelta(seconds=every)
    return anchor + step * ((now - anchor) // step + 1)


def _bare(sandbox: Sandbox, recipe: recipes.Recipe, owner: Grantee, start: datetime) -> Timer:
    kind, _, rest = recipe.source.partition(":")
    timer = Timer(
        job_id=sandbox.new_id(),
        owner=owner.identity_id,
        client_id=owner.client_id,
        name=recipe.name,
        timer_type={"flow": "flow", "url": "generic"}.get(kind, "transfer"),
        submitted_at=min(start - timedelta(hours=1), sandbox.now()) - timedelta(seconds=len(recipe.source)),
        start=start,
        interval=recipe.every,
        stop_after_n=recipe.stop_n,
        legacy_body=recipe.legacy,
        status=recipe.status,
        inactive_reason=recipe.why,
        session=owner.session,
        plan={**_usual(recipe), **recipe.plan},
        quirks=dict(recipe.quirks),
    )
    if kind == "flow":
        timer.flow_id = flows.flow_id(rest)
        timer.body = {"body": {"path": recipe.target, "keep": True}, "tags": ["facility"]}
    elif kind == "url":
        timer.callback_url, timer.body = rest, {"body": {"message": recipe.target}}
    else:
        timer.body = _transfer_body(recipe)
    return timer


def _transfer_body(recipe: recipes.Recipe) -> Document:
    source, _, source_path = recipe.source.partition(":")
    target, _, target_path = recipe.target.partition(":")
    item = {
        "DATA_TYPE": "transfer_item",
        "source_path": source_path,
        "destination_path": target_path,
        "recursive": source_path.endswith("/"),
    }
    return {
        "DATA_TYPE": "transfer",
        "source_endpoint": collection_id(source),
        "destination_endpoint": collection_id(target),
        "DATA": [item],
        **dict.fromkeys(("label", "deadline", "sync_level", "filter_rules")),
        **dict.fromkeys((*OFF, *ON), False),
        **dict.fromkeys(("verify_checksum", "notify_on_failed", "notify_on_inactive"), True),
        **recipe.options,
    }


def _usual(recipe: recipes.Recipe) -> Document:
    return {
        "seconds": recipe.took,
        "files": recipe.files,
        "bytes": recipe.size,
        "directories": max(1, recipe.files // 40),
    }


def _marks(recipe: recipes.Recipe, rng: random.Random, kept: int) -> str:
    held = recipe.count if recipe.every is None else min(recipe.count, KEPT_SECONDS // recipe.every)
    shown = max(len(recipe.marks), min(held, kept)) if kept >= MOST_KEPT else min(held, kept)
    before = "".join(recipes.FAULTS if rng.random() < 0.05 else recipes.OK for _ in range(shown - len(recipe.marks)))
    return (before + recipe.marks)[-shown:] if shown else ""


def _happened(
    sandbox: Sandbox,
    timer: Timer,
    recipe: recipes.Recipe,
    rng: random.Random,
    mark: str,
    moment: tuple[datetime, datetime, int],
) -> None:
    tick, now, held_up = moment
    if mark in recipes.NOT_RUN:
        return
    if mark in STARTED and tick + timedelta(seconds=recipe.took * 1.2) > now:
        mark = recipes.RUNNING  # it cannot be over yet
    if mark == recipes.REFUSED:
        run: TimerRun = refused_run(recipe, tick)
    elif mark == recipes.RUNNING:
        run = present_run(sandbox, timer, recipe, tick, now)
        timer.current = run
    else:
        run = past_run(sandbox, timer, recipe, rng, mark, tick, held_up)
    run.old_shape = bool(recipe.quirks.get("old_results"))
    timer.results.insert(0, run)


def _set_state(timer: Timer, recipe: recipes.Recipe, marks: str, upcoming: datetime, every: timedelta) -> None:
    if recipe.stop_after is not None:
        last = timer.results[0].ran_at if timer.results else timer.start
        timer.stop_at = last + timedelta(seconds=abs(recipe.stop_after))
    if recipe.status in ("ended", "delete_in_progress"):
        timer.next_run = None
    elif recipe.status == "inactive":
        timer.next_run = None
        timer.missed_while_inactive = marks.endswith(("p", recipes.REFUSED))
    else:
        late = len(marks) - len(marks.rstrip("_"))
        timer.next_run = upcoming - every * late


ACTIVE_TASKS = 12
"""A facility's subscription lets more tasks work at once than the documented three (inferred), else the long runs
of the demo would keep every other one in the queue."""


def facility(
    clock: Clock,
    seed: int = 1,
    faults: Faults | None = None,
    *,
    timers: int | None = None,
    runs: int = 3,
    owner: str = flows.OPS_ID,
) -> Sandbox:
    """The seeded facility. The same seed and start of the clock make the same world, to the last byte.

    Args:
        clock: tells the simulated time; the past is written relative to its present.
        seed: changes ids and the luck of the past runs.
        faults: what goes wrong on the wire; nothing when None.
        timers: multiplies the timers up to this number, with little history each, for measurements.
        runs: how many runs of history at most each of so many timers has.
        owner: the identity that owns the timers. The operator and the service account are linked, so each of
            them sees what the other owns.
    """
    sandbox = Sandbox(clock, faults or Faults(), seed)
    sandbox.active_limit = max(ACTIVE_TASKS, (timers or 0) // 5)
    now = clock.now().replace(microsecond=0)
    flows.add_people(sandbox)
    add_collections(sandbox)
    add_bookmarks(sandbox)
    flows.add_flows(sandbox)
    sandbox.policies[POLICY_ID] = {"id": POLICY_ID, "display_name": "Clinical policy", "required_mfa": True}
    flows.add_consents(sandbox, consented_ids())
    client = flows.NATIVE_CLIENT_ID if owner != flows.SERVICE_CLIENT_ID else flows.SERVICE_CLIENT_ID
    rich, poor = _sessions(owner, now)
    every = (*recipes.MOVING, *recipes.TROUBLES, *recipes.STEADY, *recipes.RESTING)
    for number in range(timers if timers is not None else len(every)):
        recipe = every[number % len(every)]
        who = Grantee(owner, client, poor if recipe.poor_session else rich)
        few = timers is not None and timers > len(every)
        timer = build(sandbox, recipe, who, now, runs if few else MOST_KEPT)
        if number >= len(every):
            _set_apart(timer, number)
        _place(sandbox, timer, recipe, now)
    return sandbox


def _sessions(owner: str, now: datetime) -> tuple[Session, Session]:
    """The logins behind the stored credentials: one that satisfies every collection, and a plain one."""
    long_ago = now - timedelta(days=30)
    rich = Session("seeded-rich", {owner: long_ago, flows.LAB_ID: long_ago}, mfa=True, policies={POLICY_ID: long_ago})
    return rich, Session("seeded-poor", {owner: long_ago})


def _set_apart(timer: Timer, number: int) -> None:
    """A copy of a timer for load tests, with another name and phase."""
    timer.name = f"{timer.name or 'unnamed'} {number:05d}"
    if timer.next_run is not None and timer.interval:
        shift = timedelta(seconds=number * 7 % timer.interval)
        timer.start, timer.next_run = timer.start + shift, timer.next_run + shift


def _place(sandbox: Sandbox, timer: Timer, recipe: recipes.Recipe, now: datetime) -> None:
    retrying = recipe.quirks.get("retrying")
    if retrying:
        timer.retrying_since = now - timedelta(seconds=retrying)
        timer.retry_at = now + timedelta(seconds=100)
        timer.next_run = timer.retrying_since.replace(second=0)
    if recipe.status == "delete_in_progress":
        timer.erase_at = now + timedelta(hours=6)
    install(sandbox, timer)

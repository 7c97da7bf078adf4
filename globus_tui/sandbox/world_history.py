"""Turns a recipe into a timer with its past: runs on its schedule, and the tasks that they started."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import Timer, TimerRun
from globus_tui.sandbox.world_collections import collection_id
from globus_tui.sandbox.world_flows import flow_id
from globus_tui.sandbox.world_recipes import (
    CANCELED,
    DAY,
    FAILED,
    FAULTS,
    NO_FILES,
    NOT_RUN,
    OK,
    REFUSED,
    RUNNING,
    SHRUNK,
    SKIPPED_FILES,
    SKIPPED_TICK,
    Recipe,
)
from globus_tui.sandbox.world_runs import past_run, present_run, refused_run

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document, Sandbox, Session

KEPT_RUNS = 60
STARTED = OK + FAULTS + FAILED + SKIPPED_FILES + NO_FILES + SHRUNK + CANCELED
KEPT_SECONDS = 89 * DAY
"""The service keeps 90 days of activity."""


@dataclass(frozen=True)
class Owner:
    """Whose timers they are, and the login behind their stored credentials."""

    identity_id: str
    client_id: str
    session: Session


def build(sandbox: Sandbox, recipe: Recipe, owner: Owner, now: datetime, kept: int = KEPT_RUNS) -> Timer:
    """The timer of a recipe, with its history.

    Args:
        sandbox: takes in the tasks (not the timer).
        recipe: what it is.
        owner: whose it is.
        now: when the world begins, in whole seconds.
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
        held_up = len(later) - len(later.lstrip(SKIPPED_TICK))
        _happened(sandbox, timer, recipe, rng, mark, (upcoming - every * back, now, held_up))
    not_run = sum(1 for mark in marks if mark in NOT_RUN + REFUSED)
    timer.n_runs = max(0, recipe.count - not_run)
    timer.n_errors = sum(1 for mark in marks if mark == REFUSED)
    if timer.results:
        timer.last_ran_at = timer.results[0].ran_at
    _set_state(timer, recipe, marks, upcoming, every)
    return timer


def _next_tick(recipe: Recipe, now: datetime) -> datetime:
    if recipe.when.startswith("-"):
        return now - timedelta(seconds=int(recipe.when[1:])) + timedelta(seconds=recipe.every or 0)
    if recipe.when.startswith("+"):
        return now + timedelta(seconds=int(recipe.when[1:]))
    hour, minute = recipe.when.split(":")
    anchor = now.replace(hour=int(hour), minute=int(minute), second=0)
    every = recipe.every or DAY
    anchor -= timedelta(days=zlib.crc32(str(recipe.name).encode()) % max(1, every // DAY))
    step = timedelta(seconds=every)
    return anchor + step * ((now - anchor) // step + 1)


def _bare(sandbox: Sandbox, recipe: Recipe, owner: Owner, start: datetime) -> Timer:
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
        timer.flow_id = flow_id(rest)
        timer.body = {"body": {"path": recipe.target, "keep": True}, "tags": ["facility"]}
    elif kind == "url":
        timer.callback_url, timer.body = rest, {"body": {"message": recipe.target}}
    else:
        timer.body = _transfer_body(recipe)
    return timer


def _transfer_body(recipe: Recipe) -> Document:
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
        "label": None,
        "deadline": None,
        "sync_level": None,
        "verify_checksum": True,
        "encrypt_data": False,
        "preserve_timestamp": False,
        "skip_source_errors": False,
        "fail_on_quota_errors": False,
        "delete_destination_extra": False,
        "store_base_path_info": False,
        "notify_on_succeeded": False,
        "notify_on_failed": True,
        "notify_on_inactive": True,
        "filter_rules": None,
        **recipe.options,
    }


def _usual(recipe: Recipe) -> Document:
    return {
        "seconds": recipe.took,
        "files": recipe.files,
        "bytes": recipe.size,
        "directories": max(1, recipe.files // 40),
    }


def _marks(recipe: Recipe, rng: random.Random, kept: int) -> str:
    held = recipe.count if recipe.every is None else min(recipe.count, KEPT_SECONDS // recipe.every)
    shown = max(len(recipe.marks), min(held, kept)) if kept >= KEPT_RUNS else min(held, kept)
    before = "".join(FAULTS if rng.random() < 0.05 else OK for _ in range(shown - len(recipe.marks)))
    return (before + recipe.marks)[-shown:] if shown else ""


def _happened(
    sandbox: Sandbox,
    timer: Timer,
    recipe: Recipe,
    rng: random.Random,
    mark: str,
    moment: tuple[datetime, datetime, int],
) -> None:
    tick, now, held_up = moment
    if mark in NOT_RUN:
        return
    if mark in STARTED and tick + timedelta(seconds=recipe.took * 1.2) > now:
        mark = RUNNING  # it cannot be over yet
    if mark == REFUSED:
        run: TimerRun = refused_run(recipe, tick)
    elif mark == RUNNING:
        run = present_run(sandbox, timer, recipe, tick, now)
        timer.current = run
    else:
        run = past_run(sandbox, timer, recipe, rng, mark, tick, held_up)
    run.old_shape = bool(recipe.quirks.get("old_results"))
    timer.results.insert(0, run)


def _set_state(timer: Timer, recipe: Recipe, marks: str, upcoming: datetime, every: timedelta) -> None:
    if recipe.stop_after is not None:
        last = timer.results[0].ran_at if timer.results else timer.start
        timer.stop_at = last + timedelta(seconds=abs(recipe.stop_after))
    if recipe.status in ("ended", "delete_in_progress"):
        timer.next_run = None
    elif recipe.status == "inactive":
        timer.next_run = None
        timer.missed_while_inactive = marks.endswith(("p", REFUSED))
    else:
        late = len(marks) - len(marks.rstrip("_"))
        timer.next_run = upcoming - every * late

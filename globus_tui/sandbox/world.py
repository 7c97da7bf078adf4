"""The seeded facility behind the demo: people, collections, flows, and some sixty timers with their past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import Faults
from globus_tui.sandbox.state import Sandbox, Session
from globus_tui.sandbox.timer_engine import install
from globus_tui.sandbox.world_collections import POLICY_ID, add_collections, consented_ids
from globus_tui.sandbox.world_flows import add_flows, consented_flow_scopes
from globus_tui.sandbox.world_history import KEPT_RUNS, Owner, build
from globus_tui.sandbox.world_people import (
    LAB_ID,
    NATIVE_CLIENT_ID,
    OPS_ID,
    SERVICE_CLIENT_ID,
    SERVICE_CLIENT_SECRET,
    add_consents,
    add_people,
)
from globus_tui.sandbox.world_timers import MOVING, RESTING, STEADY
from globus_tui.sandbox.world_troubles import TROUBLES

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.sandbox.clock import Clock
    from globus_tui.sandbox.state import Timer
    from globus_tui.sandbox.world_recipes import Recipe

__all__ = [
    "NATIVE_CLIENT_ID",
    "OPS_ID",
    "SERVICE_CLIENT_ID",
    "SERVICE_CLIENT_SECRET",
    "facility",
]

ACTIVE_TASKS = 12
"""A facility's subscription lets more tasks work at once than the documented three (inferred), else the long runs
of the demo would keep every other one in the queue."""


def facility(
    clock: Clock, seed: int = 1, faults: Faults | None = None, *, timers: int | None = None, owner: str = OPS_ID
) -> Sandbox:
    """The seeded facility. The same seed and start of the clock make the same world, to the last byte.

    Args:
        clock: tells the simulated time; the past is written relative to its present.
        seed: changes ids and the luck of the past runs.
        faults: what goes wrong on the wire; nothing when None.
        timers: multiplies the timers up to this number, with little history each, for measurements.
        owner: the identity that owns the timers. The operator and the service account are linked, so each of
            them sees what the other owns.
    """
    sandbox = Sandbox(clock, faults or Faults(), seed)
    sandbox.active_limit = max(ACTIVE_TASKS, (timers or 0) // 5)
    now = clock.now().replace(microsecond=0)
    add_people(sandbox)
    add_collections(sandbox)
    add_flows(sandbox)
    sandbox.policies[POLICY_ID] = {"id": POLICY_ID, "display_name": "Clinical policy", "required_mfa": True}
    add_consents(sandbox, consented_ids(), consented_flow_scopes())
    client = NATIVE_CLIENT_ID if owner != SERVICE_CLIENT_ID else SERVICE_CLIENT_ID
    rich, poor = _sessions(owner, now)
    recipes = (*MOVING, *TROUBLES, *STEADY, *RESTING)
    for number in range(timers if timers is not None else len(recipes)):
        recipe = recipes[number % len(recipes)]
        who = Owner(owner, client, poor if recipe.poor_session else rich)
        few = timers is not None and timers > len(recipes)
        timer = build(sandbox, recipe, who, now, 3 if few else KEPT_RUNS)
        if number >= len(recipes):
            _set_apart(timer, number)
        _place(sandbox, timer, recipe, now)
    return sandbox


def _sessions(owner: str, now: datetime) -> tuple[Session, Session]:
    """The logins behind the stored credentials: one that satisfies every collection, and a plain one."""
    long_ago = now - timedelta(days=30)
    rich = Session("seeded-rich", {owner: long_ago, LAB_ID: long_ago}, mfa=True, policies={POLICY_ID: long_ago})
    return rich, Session("seeded-poor", {owner: long_ago})


def _set_apart(timer: Timer, number: int) -> None:
    """A copy for measurements: another name, another phase."""
    timer.name = f"{timer.name or 'unnamed'} {number:05d}"
    if timer.next_run is not None and timer.interval:
        shift = timedelta(seconds=number * 7 % timer.interval)
        timer.start, timer.next_run = timer.start + shift, timer.next_run + shift


def _place(sandbox: Sandbox, timer: Timer, recipe: Recipe, now: datetime) -> None:
    retrying = recipe.quirks.get("retrying")
    if retrying:
        timer.retrying_since = now - timedelta(seconds=retrying)
        timer.retry_at = now + timedelta(seconds=100)
        timer.next_run = timer.retrying_since.replace(second=0)
    if recipe.status == "delete_in_progress":
        timer.erase_at = now + timedelta(hours=6)
    install(sandbox, timer)

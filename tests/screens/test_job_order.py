"""The order and the filter do only what a change asks for, and come out as if everything had been done anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.filter import parse_filter
from globus_tui.domain.job import JobId
from globus_tui.screens.job_order import JobOrder
from globus_tui.widgets.viewpoint import Viewpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.store.job_state import JobState
    from tests.demo import Demo

VIEW = Viewpoint()


def changed(states: Mapping[JobId, JobState], random: Random) -> dict[JobId, JobState]:
    """The timers with one gone, one new, and one that runs at another time and has another state of health."""
    ids, found = sorted(states), dict(states)
    gone, other, copied, healthy = random.sample(ids, 4)
    del found[gone]
    job = states[other].job
    found[other] = replace(
        states[other],
        job=replace(job, next_run=job.next_run and job.next_run + timedelta(hours=5)),
        health=states[healthy].health,
    )
    new = JobId(f"{copied[:-4]}{random.randrange(10_000):04}")
    found[new] = replace(states[copied], job=replace(states[copied].job, job_id=new))
    return found


def by_id(rows: tuple[JobState, ...]) -> list[JobId]:
    return [one.job_id for one in rows]


@pytest.mark.parametrize("seed", range(5))
async def test_after_a_few_changes_the_order_is_that_of_all_timers_sorted_anew(demo: Demo, seed: int) -> None:
    async with demo.console():
        random, order, states = Random(seed), JobOrder(), dict(demo.app.store.states)
        order.rows(states, VIEW)
        for _ in range(20):
            states = changed(states, random)
            assert by_id(order.rows(states, VIEW)) == by_id(JobOrder().rows(states, VIEW))


async def test_a_few_changes_put_only_those_timers_in_order(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console():
        order, states = JobOrder(), dict(demo.app.store.states)
        order.rows(states, VIEW)
        monkeypatch.setattr("globus_tui.screens.job_order.in_order", None)
        assert len(order.rows(changed(states, Random(1)), VIEW)) >= len(states) // 2


@pytest.mark.parametrize(
    "typed", ["climate", 'name:"climate n', "health:sign-in why:consent", "!ok cl", "from:lab !to:arc"]
)
async def test_typed_letter_by_letter_the_filter_leaves_what_it_leaves_at_once(demo: Demo, typed: str) -> None:
    async with demo.console():
        states, order = demo.app.store.states, JobOrder()
        for end in (*range(len(typed) + 1), *range(len(typed), -1, -1)):
            order.typed = typed[:end]
            anew = JobOrder()
            anew.typed = typed[:end]
            assert by_id(order.rows(states, VIEW)) == by_id(anew.rows(states, VIEW)), typed[:end]


async def test_a_letter_more_looks_only_at_what_was_left(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console():
        states, order = demo.app.store.states, JobOrder()
        order.typed = "cli"
        left = {state.job_id for state in states.values() if parse_filter("cli").matches(order._subject(state, VIEW))}
        order.rows(states, VIEW)
        looked_at: list[JobId] = []
        subject_of = order._subject

        def note(state: JobState, view: Viewpoint) -> object:
            looked_at.append(state.job_id)
            return subject_of(state, view)

        monkeypatch.setattr(order, "_subject", note)
        order.typed = "clim"
        order.rows(states, VIEW)
        single = {one for one in looked_at if one in states}
        assert 0 < len(single) < len(states) // 2
        assert single <= left | {part for group in order.groups.values() for part in group.group.job_ids}

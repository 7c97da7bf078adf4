"""The order is worst first, and the filter does only what a change asks for, as if everything had been done anew."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.filter import parse_filter
from globus_tui.domain.timer.health import Word
from globus_tui.present.health_words import why
from globus_tui.screens.facets import facets
from globus_tui.screens.job_order import JobOrder
from globus_tui.store.board import States
from globus_tui.store.job_state import LOOKED_AT
from globus_tui.widgets.viewpoint import RowSubject, Viewpoint, case_of
from tests.domain.samples import job_document
from tests.store.test_one_judge import board_of

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import JobId
    from globus_tui.store.job_state import JobState
    from globus_tui.store.rows import Row
    from tests.demo import Demo

VIEW = Viewpoint()


def by_id(rows: tuple[Row, ...]) -> list[JobId]:
    return [one.job_id for one in rows]


async def test_trouble_comes_first_then_what_runs_next(demo: Demo) -> None:
    async with demo.console():
        states = demo.app.store.states
        rows = JobOrder().rows(states, VIEW)
        places = [(states[one.key].health.word.rank, states[one.key].job.next_run) for one in rows if one.key in states]
        assert places == sorted(places, key=lambda one: (one[0], one[1] is None, one[1] and one[1].timestamp()))


async def test_a_row_is_filtered_by_what_is_shown_of_it_and_only_what_is_asked_is_made(demo: Demo) -> None:
    async with demo.console() as pilot:
        await pilot.pause()
        states, view = demo.app.store.states, demo.app.view
        for key, row in states.rows.items():
            said, shown = RowSubject(row, states, view), states[key]
            assert not vars(said).keys() & {"source", "destination", "why"}
            assert (said.why, said.health) == (why(case_of(shown, view)).casefold(), shown.health.word.value.casefold())
            for side, ends, paths in zip(
                (said.source, said.destination), shown.job.sides, shown.job.paths, strict=True
            ):
                named = view.names.get(str(ends)) or str(ends or "")
                assert side == "\n".join((named, *(paths or [""]))).casefold()
            assert said.job.label == shown.job.label


async def test_putting_ten_thousand_in_order_makes_no_timer_whole(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console():
        made: list[Row] = []
        states = demo.app.store.states
        monkeypatch.setattr(demo.app.store._board, "state_of", made.append)
        monkeypatch.setattr(type(states), "__getitem__", made.append)
        assert JobOrder().rows(states, VIEW)
        assert made == []


def test_of_a_thousand_timers_that_one_cause_hits_some_are_made_whole() -> None:
    gare = {"cause": "globus_auth_requirements", "detail": {"code": "ConsentRequired", "required_scopes": ["a"]}}
    listed = [
        job_document(name=f"timer {number}", job_id=f"id-{number:04}", status="inactive", inactive_reason=gare)
        for number in range(1000)
    ]
    board, made = board_of(listed), list[str]()

    def make(row: Row) -> JobState:
        made.append(row.job_id)
        return board.state_of(row)

    order = JobOrder()
    rows = order.rows(States(board.states.rows, make, board.glance), VIEW)
    group = order.groups[rows[0].key]
    assert len(rows) == 1
    assert (len(group.rows), group.health.word, len(group.members)) == (1000, Word.SIGN_IN, LOOKED_AT)
    assert len(set(made)) <= 3 * LOOKED_AT


@pytest.mark.parametrize(
    "typed", ["climate", 'name:"climate n', "health:sign-in why:consent", "!ok cl", "from:lab !to:arc"]
)
async def test_typed_letter_by_letter_the_filter_leaves_what_it_leaves_at_once(demo: Demo, typed: str) -> None:
    async with demo.console():
        states, order = demo.app.store.states, JobOrder()
        for end in (*range(len(typed) + 1), *range(len(typed), -1, -1)):
            order.filter_text = typed[:end]
            anew = JobOrder()
            anew.filter_text = typed[:end]
            assert by_id(order.rows(states, VIEW)) == by_id(anew.rows(states, VIEW)), typed[:end]


async def test_a_letter_more_looks_only_at_what_was_left(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo.console():
        states, order = demo.app.store.states, JobOrder()
        order.filter_text = "cli"
        left = {
            key for key, row in states.rows.items() if parse_filter("cli").matches(order._subject(row, states, VIEW))
        }
        order.rows(states, VIEW)
        looked_at: list[JobId] = []
        subject_of = order._subject

        def note(row: Row, states: States, view: Viewpoint) -> object:
            looked_at.append(row.job_id)
            return subject_of(row, states, view)

        monkeypatch.setattr(order, "_subject", note)
        order.filter_text = "clim"
        order.rows(states, VIEW)
        single = {one for one in looked_at if one in states}
        assert 0 < len(single) < len(states) // 2
        assert single <= left | {part for group in order.groups.values() for part in group.group.job_ids}


def test_a_filter_that_stands_for_days_holds_none_of_the_states_of_back_then() -> None:
    board = board_of([job_document(name=f"timer {number}", job_id=f"id-{number}") for number in range(9)])
    order = JobOrder()
    order.filter_text = "timer"
    before = []
    for job_id in board.states.rows:  # each changes once, and is looked at by the filter then
        order.rows(board.states, VIEW)
        before.append(board.states)
        board._say_anew([job_id])
        board.publish([job_id])
    assert len(order.rows(board.states, VIEW)) == 9
    by_nobody = sys.getrefcount([object()].pop())
    held = [sys.getrefcount(before.pop()) - by_nobody for _ in range(9)]
    assert held == [0] * 9


async def test_each_facet_leaves_as_many_timers_as_it_says(demo: Demo) -> None:
    async with demo.console() as pilot:
        states, view, order = demo.app.store.states, demo.app.view, JobOrder()
        found = facets(states.rows.values(), view.names)
        assert {one.kind for one in found} == {"health", "cause", "from", "to"}
        for one in found:
            order.filter_text = one.key
            assert not order.problems, one.key
            assert len(list(order.single(order.rows(states, view), states))) == one.timers, one.key
        await demo.press(pilot, "percent_sign", "enter")
        assert f"filter: {found[0].key}" in demo.text()
        assert len(demo.names()) == found[0].timers


async def test_rows_are_put_in_order_by_several_columns(demo: Demo) -> None:
    async with demo.console() as pilot:
        await demo.press(pilot, "colon")
        await demo.write(pilot, "sort every,-name")
        await demo.press(pilot, "enter")
        rows = [row for row in demo.table.rows if row.interval_seconds is not None]
        assert rows == sorted(
            sorted(rows, key=lambda row: row.folded_name, reverse=True), key=lambda row: row.interval_seconds or 0
        )
        assert len({row.interval_seconds for row in rows}) < len(rows)

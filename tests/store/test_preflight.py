"""Twenty faults of the facility are all reported before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.api.flows import MOST_FLOWS
from globus_tui.domain.making.draft import Draft, FlowPart, Guards, Intent, What, with_intent
from globus_tui.domain.making.draft_checks import Lookups, check_draft, may_be_sent
from globus_tui.domain.making.draft_fields import Level
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.transfer.transfer import TransferItem
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.store.browsing import Browser
from globus_tui.store.preflight import Preflight
from tests.store.workbench import NOON, SCRATCH, Workbench, nightly, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from globus_tui.domain.making.draft_fields import Finding


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with workbench() as made:
        yield made


async def looked(bench: Workbench, draft: Draft) -> Lookups:
    known: list[Lookups] = [Lookups()]
    browser = Browser(bench.transfers, bench.flows, bench.creator, bench.clock.now)
    await Preflight(browser, known.append).look(draft, known[-1], signed_in=True)
    return known[-1]


async def found(bench: Workbench, draft: Draft) -> tuple[Finding, ...]:
    jobs, lookups = await bench.timers.list_jobs(), await looked(bench, draft)
    return check_draft(draft, bench.clock.now(), jobs=jobs, lookups=lookups)


def moving(**changes: Any) -> Draft:
    draft = nightly()
    return replace(draft, transfer=replace(draft.transfer, **changes))


def of(item: TransferItem, **changes: Any) -> Draft:
    return moving(items=(item,), **changes)


FOLDER = TransferItem("/scratch/ops/", "/archive/projects/", True)
MIRROR = with_intent(nightly(), Intent.MIRROR)
NOWHERE = "00000000-0000-4000-8000-000000000000"
FAULTS: dict[str, tuple[Draft, str, Level]] = {
    "deleted": (moving(source_endpoint=collection_id("gone")), "deleted", Level.STOP),
    "no such collection": (moving(source_endpoint=NOWHERE), "does not exist", Level.STOP),
    "an endpoint": (moving(destination_endpoint=collection_id("facility")), "holds no data", Level.STOP),
    "disconnected": (moving(source_endpoint=collection_id("field")), "not connected", Level.WARN),
    "paused laptop": (moving(destination_endpoint=collection_id("mac")), "paused", Level.WARN),
    "a session": (moving(destination_endpoint=collection_id("clinical")), "wants a sign-in", Level.WARN),
    "a domain": (moving(source_endpoint=collection_id("genome")), "wants a sign-in", Level.WARN),
    "a message": (moving(destination_endpoint=collection_id("tape")), "says: Tape robot", Level.NOTE),
    "paused by its managers": (
        moving(destination_endpoint=collection_id("tape")),
        "paused transfers to it: Tape robot maintenance until 18:00",
        Level.WARN,
    ),
    "no such folder": (of(replace(FOLDER, source_path="/scratch/nowhere/")), "There is no", Level.STOP),
    "a folder as a file": (of(TransferItem("/scratch/ops", "/archive/new", False)), "is a folder", Level.STOP),
    "onto a folder": (of(TransferItem("/scratch/x", "/archive/projects", False)), "a file needs a whole", Level.STOP),
    "a scratch mirror": (MIRROR, "storage that is purged", Level.STOP),
    "deletions": (replace(MIRROR, guards=Guards(refuse_scratch=False)), "DELETE", Level.WARN),
    "an empty source": (
        replace(MIRROR, transfer=replace(MIRROR.transfer, items=(replace(FOLDER, source_path="/scratch/empty/"),))),
        "is empty",
        Level.STOP,
    ),
    "a label": (moving(label="x" * 200), "200 characters", Level.STOP),
    "too often": (replace(nightly(), schedule=RecurringSchedule(timedelta(seconds=5), NOON)), "too short", Level.STOP),
    "too far": (
        replace(nightly(), schedule=RecurringSchedule(timedelta(days=1), NOON + timedelta(days=900))),
        "more than a year",
        Level.STOP,
    ),
    "past": (
        replace(nightly(), schedule=RecurringSchedule(timedelta(days=1), NOON - timedelta(days=9))),
        "passed",
        Level.STOP,
    ),
    "onto itself": (
        of(replace(FOLDER, destination_path="/scratch/ops"), destination_endpoint=SCRATCH),
        "itself",
        Level.STOP,
    ),
    "no name": (replace(nightly(), name=""), "no name", Level.NOTE),
    "a flow that is none": (
        replace(nightly(), what=What.FLOW_TIMER, flow=FlowPart(NOWHERE)),
        "does not exist",
        Level.STOP,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_reported_before_anything_is_sent(bench: Workbench, fault: str) -> None:
    draft, words, level = FAULTS[fault]
    said = await found(bench, draft)
    assert any(words in one.words and one.level is level for one in said), said
    assert bench.asked("POST", "/v2/timer") == 0


async def test_a_consent_that_is_missing_is_reported(bench: Workbench) -> None:
    bench.consents.missing.add(SCRATCH)
    assert any("consent is missing" in one.words for one in await found(bench, nightly()))


async def test_a_timer_that_is_there_already_is_reported(bench: Workbench) -> None:
    await bench.creator.create(nightly())
    assert any(
        "same things between the same places at the same times" in one.words for one in await found(bench, nightly())
    )


async def test_a_good_one_may_be_sent(bench: Workbench) -> None:
    said = await found(bench, nightly())
    assert may_be_sent(said)
    assert any(one.words == "All consents are there" for one in said)


async def test_a_sign_in_that_is_not_taken_any_more_is_reported(bench: Workbench) -> None:
    body = {"code": "AuthenticationFailed", "message": "Token is not active", "request_id": "r"}
    bench.fault("/v0.10/endpoint/*", "answer", status=401, body=body, times=None)
    said = await found(bench, nightly())
    assert any(one.words == "Nobody is signed in" and one.level is Level.STOP for one in said)


async def test_a_flow_input_that_is_not_complete_is_reported_without_the_form(bench: Workbench) -> None:
    listed = await bench.flows.list_flows()
    flows = [await bench.flows.get_flow(one.flow_id) for one in listed]
    wanting = next(one for one in flows if (one.input_schema or {}).get("required"))
    said = await found(bench, replace(nightly(), what=What.FLOW_TIMER, flow=FlowPart(wanting.flow_id)))
    assert any("input is not complete" in one.words and one.level is Level.STOP for one in said)


async def test_flows_of_all_pages_are_found_up_to_a_number(bench: Workbench) -> None:
    flow_id, flow = next(iter(bench.app.sandbox.flows.items()))
    copies = {f"{flow_id[:-4]}{number:04}": number for number in range(150)}
    bench.app.sandbox.flows |= {key: {**flow, "id": key, "title": f"copy {number}"} for key, number in copies.items()}
    assert len(await bench.flows.list_flows(filter_fulltext="copy 1")) > 20
    assert MOST_FLOWS <= len({each.flow_id for each in await bench.flows.list_flows()}) < 150


async def test_without_a_network_nothing_is_claimed(bench: Workbench) -> None:
    jobs = await bench.timers.list_jobs()
    bench.fault("/v0.10/*", "reset", times=None)
    lookups = await looked(bench, nightly())
    assert lookups.source is None
    assert lookups.source_problem
    assert (lookups.consents, lookups.pauses) == (None, {})
    assert not may_be_sent(check_draft(nightly(), NOON, jobs=jobs, lookups=lookups))

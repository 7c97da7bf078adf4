"""What a plan says is made, whatever goes wrong on the way: nothing twice, nothing lost, nothing unasked."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from globus_tui.cli.fleet import planner
from globus_tui.domain.errors import BadInput, GlobusTuiError
from globus_tui.domain.making.draft import clone
from globus_tui.fleet.apply import NOT_TRIED, Applier, carry_out
from globus_tui.fleet.documents import FleetFaults
from globus_tui.fleet.export import added_text, export_timers
from globus_tui.fleet.lock import lock_path, read_lock
from globus_tui.fleet.plan import Act
from globus_tui.fleet.words import drift_words, sum_words
from globus_tui.sandbox.faults import Fault, Kind
from globus_tui.store.creation import untold
from globus_tui.store.swapping import Swapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.cli.timers import Context
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.fleet.apply import Result
    from globus_tui.fleet.lock import LockEntry
    from globus_tui.fleet.plan import Plan
    from globus_tui.sandbox.state import Timer
    from tests.fleet.conftest import Bench

COMMON = """
[defaults]
zone = "UTC"
when = "every day at 03:00"
from = "Cluster Scratch:/scratch/ops/"
to = "Campus Archive:/archive/projects/"
recursive = true
"""


def entry(key: str, *lines: str) -> str:
    return "\n".join((f"[timer.{key}]", *lines)) + "\n"


OCR = """[timer.ocr]
when = "every sunday at 06:00"
flow = "Scan and index papers"
input = {path = "/x/", keep = true}
tags = ["t"]
"""
RUNNING = ("active", "new")


async def apply(bench: Bench, *, prune: bool = False, preflight: bool = False) -> tuple[Result, ...]:
    async with bench.context() as here:
        plan = await planner(here).plan(bench.folder, prune=prune, preflight=preflight)
        return await Applier(here.store, here.making).apply(plan)


def only(bench: Bench, name: str) -> Timer:
    (found,) = bench.named(name)
    return found


def stated(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says, without what it leaves open."""
    return {key: one for key, one in body.items() if one is not None and key != "DATA"} | {
        "DATA": [{key: said for key, said in one.items() if said is not None} for one in body.get("DATA", ())]
    }


async def test_everything_that_a_plan_can_say_is_done_and_then_nothing_is_left(bench: Bench) -> None:
    before = set(bench.sandbox.timers)
    bench.write(
        COMMON
        + entry("new", 'filter_rules = ["exclude *.tmp"]')
        + entry("resting", "paused = true", 'when = "every 5 minutes"')
        + entry("week", 'when = "mon, wed at 18:00"')
        + entry(
            "ocr",
            'when = "every sunday at 06:00"',
            'flow = "Scan and index papers"',
            'input = {path = "/x/", keep = true}',
            'tags = ["t"]',
        )
    )
    results = await apply(bench)
    assert [one.words for one in results if not one.done] == []
    assert Counter(act for one in results for act in one.item.acts) == {Act.CREATE: 5}
    assert only(bench, "resting").status == "inactive"
    assert only(bench, "resting").n_runs == 0
    assert {one.name for one in bench.sandbox.timers.values() if one.job_id not in before} == {
        "new", "resting", "week (mon 18:00)", "week (wed 18:00)", "ocr",
    }  # fmt: skip
    assert await apply(bench) == ()
    # rename, edit, resume and pause
    old = only(bench, "new")
    bench.write(
        COMMON
        + entry("new", 'name = "renamed"', 'filter_rules = ["exclude *.bak"]')
        + entry("resting", 'when = "every 5 minutes"')
        + entry("week", 'when = "mon, wed at 18:00"', "paused = true")
    )
    results = await apply(bench)
    assert [one.words for one in results if not one.done] == []
    assert old.status == "inactive"
    assert only(bench, "renamed").status in RUNNING
    assert only(bench, "resting").status == "active"
    assert only(bench, "week (mon 18:00)").status == "inactive"
    assert only(bench, "ocr").status in RUNNING  # in no file any more, and left alone
    async with bench.context() as here:
        plan = await planner(here).plan(bench.folder, preflight=False)
    assert plan.to_do == ()
    assert plan.items[-1].notes == ("in no file any more; --prune deletes it",)
    assert sum_words(plan) == "No changes: 4 as the files say, 1 in no file any more."
    assert drift_words(plan) == "No drift: 4 timers as the files say."
    bench.write(COMMON + entry("new", 'name = "renamed"', 'filter_rules = ["exclude *.bak"]'))
    results = await apply(bench, prune=True)
    assert {one.item.name for one in results} == {"ocr", "resting", "week (mon 18:00)", "week (wed 18:00)"}
    assert [one.words for one in results if not one.done] == []
    assert not bench.named("resting")
    assert await apply(bench, prune=True) == ()
    assert before <= set(bench.sandbox.timers)


async def test_an_id_in_the_files_stands_for_what_has_replaced_its_timer(bench: Bench) -> None:
    said = f'id = "{only(bench, "db-dumps").job_id.upper()}"'
    for minutes in (10, 20, 30):
        bench.write(COMMON + entry("db-dumps", said, f'when = "every day at 03:{minutes}"'))
        (result,) = await apply(bench)
        assert result.item.acts == (Act.REPLACE,), minutes
        assert (await bench.plan()).to_do == ()
        assert Counter(one.status for one in bench.named("db-dumps") if one.status in RUNNING).total() == 1
    bench.write(COMMON + entry("dumps", said, 'name = "other"', 'when = "every day at 03:30"'))  # its key was changed
    (result,) = await apply(bench)
    assert result.item.acts == (Act.RENAME,)
    assert (await bench.plan()).to_do == ()
    assert only(bench, "other").status in RUNNING
    bench.write(COMMON + entry("dumps", 'name = "other"', 'when = "every day at 03:30"') + entry("twice", said))
    plan = await bench.plan()
    assert plan.stopped
    assert "is meant twice" in "".join(finding.words for item in plan.items for finding in item.findings)


async def test_what_the_files_mean_now_is_renamed_and_not_what_they_meant_before(bench: Bench) -> None:
    bench.write(COMMON + entry("a") + entry("b"))
    await apply(bench)
    bench.write(COMMON + entry("a", f'id = "{only(bench, "b").job_id}"', 'name = "c"'))
    (result,) = await apply(bench)
    assert result.item.acts == (Act.RENAME,)
    assert [len(bench.named(name)) for name in "abc"] == [1, 0, 1]


async def test_what_was_edited_in_the_console_is_renamed_and_not_what_that_has_replaced(bench: Bench) -> None:
    bench.write(COMMON + entry("a"))
    await apply(bench)
    old_id = only(bench, "a").job_id
    async with bench.context() as here:
        old = await here.making.read(old_id)
        draft = clone(old.job, old.document, here.store.now(), for_edit=True)
        swap = await here.making.swapper(untold).replace(old, replace(draft, name="edited"))
        assert isinstance(swap, Swapped)
        await here.read()
        bench.write(COMMON + entry("a", 'name = "b"'))
        plan = await planner(here).plan(bench.folder)
        assert [(item.acts, item.job and item.job.name) for item in plan.items] == [((Act.RENAME,), "edited")]
        (result,) = await Applier(here.store, here.making).apply(plan)
        assert result.job_id == swap.new.job_id
    assert bench.sandbox.timers[old_id].name == "a"
    assert only(bench, "b").status in RUNNING


async def test_one_file_of_several_is_planned_with_what_the_others_say_and_nothing_is_done_to_their_timers(
    bench: Bench,
) -> None:
    bench.write(COMMON + entry("a") + entry("gone"))
    other = bench.write(entry("b", 'when = "every day at 05:00"'), "b.toml")
    await apply(bench)
    bench.write(COMMON + entry("a", 'when = "every day at 04:00"'))
    other.write_text(entry("c", 'when = "every day at 05:00"') + entry("new", 'when = "every day at 06:00"'))
    async with bench.context() as here:
        plan = await planner(here).plan(other, preflight=False)
        assert {item.key: item.acts for item in plan.items} == {"c": (Act.RENAME,), "new": (Act.CREATE,)}
        assert all(result.done for result in await Applier(here.store, here.making).apply(plan))
    async with bench.context() as here:
        assert (await planner(here).plan(other, preflight=False)).to_do == ()
        with pytest.raises(BadInput, match=r"b\.toml is one of several files"):
            await planner(here).plan(other, prune=True)
    assert set(read_lock(lock_path(bench.folder)).timers) == {"a", "gone", "c", "new"}
    assert [len(bench.named(name)) for name in ("a", "b", "c", "gone", "new")] == [1, 0, 1, 1, 1]


async def test_the_fault_of_another_file_is_told_and_its_timers_are_not_taken_for_gone(bench: Bench) -> None:
    file = bench.write(COMMON + entry("a"))
    bench.write(entry("b") + "when = \n", "b.toml")
    async with bench.context() as here:
        with pytest.raises(FleetFaults, match=r"b\.toml:\d+"):
            await planner(here).plan(file, preflight=False)


async def test_a_file_that_is_alone_is_a_fleet_whatever_else_is_in_its_folder(bench: Bench) -> None:
    file = bench.write(COMMON + entry("a") + entry("b"))
    bench.write('[project]\nname = "x"\n', "pyproject.toml")
    bench.write("site_name: x\ntheme: !!python/name:x\n", "mkdocs.yml")
    bench.write("kind: Job\n---\nspec:\n  template: x\n", "job.yaml")
    async with bench.context() as here:
        await Applier(here.store, here.making).apply(await planner(here).plan(file))
    bench.write(COMMON + entry("a"))
    async with bench.context() as here:
        assert [item.acts for item in (await planner(here).plan(file, prune=True)).items] == [(), (Act.DELETE,)]


async def test_two_files_in_a_folder_of_much_else_are_planned_one_by_one(bench: Bench) -> None:
    """A home, say, with projects in it and links out of it."""
    first = bench.write(COMMON + entry("a"))
    second = bench.write(entry("b"), "b.toml")
    (bench.folder / "project").mkdir()
    (bench.folder / "project" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (bench.folder / "project" / "elsewhere").symlink_to("/usr")
    async with bench.context() as here:
        for file, key in ((first, "a"), (second, "b")):
            plan = await planner(here).plan(file, preflight=False)
            assert {item.key: item.acts for item in plan.items} == {key: (Act.CREATE,)}
            assert all(result.done for result in await Applier(here.store, here.making).apply(plan))
        with pytest.raises(FleetFaults, match="elsewhere: it is a link to a folder"):
            await planner(here).plan(bench.folder, preflight=False)
    assert set(read_lock(lock_path(bench.folder)).timers) == {"a", "b"}


async def test_what_somebody_has_renamed_since_the_plan_is_not_deleted(bench: Bench) -> None:
    bench.write(COMMON + entry("new") + entry("other"))
    await apply(bench)
    bench.write(COMMON + entry("other"))
    async with bench.context() as here:
        plan = await planner(here).plan(bench.folder, prune=True, preflight=False)
        only(bench, "new").name = "of production"
        (result,) = await Applier(here.store, here.making).apply(plan)
    assert (result.done, "somebody has renamed it to of production since" in result.words) == (False, True)
    assert only(bench, "of production").status in RUNNING


async def test_an_end_by_runs_counts_those_of_the_timers_before(bench: Bench) -> None:
    bench.write(COMMON + entry("ten", 'when = "every day at 03:00 for 10 runs"'))
    await apply(bench)
    bench.clock.advance(timedelta(days=3))
    assert await apply(bench) == ()
    bench.write(COMMON + entry("ten", 'when = "every day at 03:00 for 10 runs"', 'sync_level = "size"'))
    (result,) = await apply(bench)
    assert result.done, result.words
    new = next(one for one in bench.named("ten") if one.status in RUNNING)
    assert new.stop_after_n == 7
    assert await apply(bench) == ()


async def test_what_cannot_be_applied_sends_nothing_and_two_do_not_apply_at_once(bench: Bench) -> None:
    before = len(bench.sandbox.timers)
    bench.write(COMMON + entry("mirror", "delete_destination_extra = true") + entry("fine"))
    with pytest.raises(BadInput, match="Nothing was sent"):
        await apply(bench, preflight=True)
    bench.write(COMMON + "".join(entry(f"a{number}", 'when = "every 1 minute"') for number in range(3)))
    with pytest.raises(BadInput, match="Nothing was sent"):
        await apply(bench)
    assert len(bench.sandbox.timers) == before


@pytest.mark.parametrize("name", ["legacy dtn pull (2021)", "db-dumps", "deidentify-and-publish"])
async def test_a_timer_of_the_first_version_is_replaced_when_its_file_changes(bench: Bench, name: str) -> None:
    """Made by POST /jobs/, with a callback's body: what takes its place is of today, and runs when the file says."""
    old = only(bench, name)
    old.legacy_body = old.timer_type == "transfer"
    async with bench.context() as here:
        job = next(one.job for one in here.store.states.values() if one.job.name == name)
        exporter = await export_timers([job], planner(here), here.store, here.making.read, here.zone, defaults={})
    text = added_text(exporter)
    bench.write(text)
    assert await apply(bench) == ()
    changed = re.sub("(?m)^when = .*", 'when = "every 36h from 2026-09-02 05:00"', text)
    bench.write(changed)
    (result,) = await apply(bench)
    assert result.done, result.words
    assert result.item.acts == (Act.REPLACE,)
    new = next(one for one in bench.named(name) if one is not old)
    assert (old.status, new.status) == ("inactive", "new")
    assert (new.interval, new.start) == (36 * 3600, datetime(2026, 9, 2, 5, tzinfo=UTC))
    assert not new.legacy_body
    assert stated(new.body) == stated(old.body)
    assert await apply(bench) == ()
    ran = old.n_runs
    bench.clock.advance(timedelta(hours=16, minutes=59))
    await bench.plan(preflight=False)
    assert (old.n_runs, new.n_runs) == (ran, 0)
    bench.clock.advance(timedelta(minutes=2))
    await bench.plan(preflight=False)
    assert (old.n_runs, new.n_runs) == (ran, 1)


@pytest.mark.parametrize("met", [True, False, None])
async def test_what_globus_wants_only_when_asked_is_met_and_nothing_is_made_twice(
    bench: Bench, met: bool | None
) -> None:
    """No plan can name it beforehand: somebody is asked once for all of it, or each is told what to run."""
    bench.write(COMMON + "".join(entry(key, f'label = "{key}"') for key in ("one", "two", "three")))
    wants = {"required_scopes": ["urn:x:some[urn:x:other]"], "session_required_mfa": True, "session_message": "Again"}
    body = {"error": {"code": "ConsentRequired", "authorization_parameters": wants}}
    bench.sandbox.faults.add(Fault("/v2/timer", "POST", "answer", times=2, status=403, body=body))
    asked: list[Gare] = []

    async def meet(gare: Gare) -> bool | None:
        asked.append(gare)
        return met

    async with bench.context() as here:

        async def planned() -> Plan:
            await here.read(names=False)
            return await planner(here).plan(bench.folder, preflight=False)

        results = await carry_out(Applier(here.store, here.making), await planned(), None, planned, meet)
    assert [(one.required_scopes, one.session_required_mfa) for one in asked] == [(("urn:x:some[urn:x:other]",), True)]
    failed = [one.words for one in results if not one.done]
    assert len(failed) == (0 if met else 2)
    assert all("Run globus-tui apply in a terminal" in one for one in failed)
    assert sum(len(bench.named(one)) for one in ("one", "two", "three")) == 3 - len(failed)


async def test_two_that_apply_a_folder_at_once_make_nothing_twice(bench: Bench) -> None:
    """The other one was to come and go between the last look of this one and its first request."""
    bench.write(COMMON + entry("one", 'label = "a"'))
    await apply(bench)
    bench.write(COMMON + entry("one", 'label = "b"') + entry("two", 'label = "b"'))

    async def none(_: Gare) -> None:
        return None

    async with bench.context() as here, bench.context() as other:

        async def planned() -> Plan:
            await here.read(names=False)
            return await planner(here).plan(bench.folder, preflight=False)

        async def planned_by_the_other() -> Plan:
            await other.read(names=False)
            return await planner(other).plan(bench.folder, preflight=False)

        async def last_look() -> Plan:
            plan = await planned()
            theirs = Applier(other.store, other.making)
            with pytest.raises(BadInput, match="is being applied already"):
                await carry_out(theirs, await planned_by_the_other(), None, planned_by_the_other, none)
            return plan

        results = await carry_out(Applier(here.store, here.making), await planned(), None, last_look, none)
    assert all(one.done for one in results)
    assert (len(bench.named("one")), len(bench.named("two"))) == (2, 1)
    assert [one.status for one in bench.named("one")].count("inactive") == 1
    assert {one.acts for one in (await bench.plan()).items} == {()}


async def test_a_timer_that_was_paused_since_the_plan_was_made_is_not_replaced(bench: Bench) -> None:
    bench.write(COMMON + entry("one", 'label = "a"'))
    await apply(bench)
    bench.write(COMMON + entry("one", 'label = "b"'))
    async with bench.context() as here:
        plan = await planner(here).plan(bench.folder, preflight=False)
        only(bench, "one").status = "inactive"
        (result,) = await Applier(here.store, here.making).apply(plan)
    assert "It was changed at Globus since the plan was made" in result.words
    assert len(bench.named("one")) == 1


async def test_where_the_network_ends_in_the_middle_the_rest_is_not_tried_and_is_made_later(bench: Bench) -> None:
    bench.write("lab\n" + "".join(f"lab{number}\n" for number in range(60)), "labs.csv")
    bench.write(COMMON + entry("labs", 'rows = "labs.csv"', 'name = "of {lab}"', 'label = "{lab}"'))
    bench.sandbox.faults.add(Fault("*", "*", "reset", times=None, skip=40))
    results = await apply(bench)
    made = [one for one in results if one.done]
    assert made
    assert sum(one.words == NOT_TRIED for one in results) > 20
    bench.sandbox.faults.clear()
    bench.clock.advance(timedelta(minutes=11))
    assert all(one.done for one in await apply(bench))
    names = Counter(one.name for one in bench.sandbox.timers.values() if (one.name or "").startswith("of lab"))
    assert names == {f"of lab{number}": 1 for number in range(60)}


KINDS: tuple[Kind | Literal["killed"], ...] = ("lose", "reset", "truncate", "answer", "killed")


class Killed(BaseException):
    """The process ends here."""


async def test_a_fault_at_any_step_leaves_exactly_the_planned_timers_100_times(bench: Bench) -> None:
    """All kinds of steps, with a fault at some request, or killed on the way; then applied until there is no more."""
    luck = random.Random(2026)
    bench.sandbox.timers.clear()  # a hundred lists of them would take most of the time
    seen: Counter[str] = Counter()
    hits = 0
    async with bench.context() as here:
        for number in range(100):
            rests = number % 2 == 0
            bench.write(
                COMMON
                + entry("edited", 'label = "edited"', f'filter_rules = ["exclude *.{number}"]')
                + entry("called", f'name = "called {number}"', 'label = "called"')
                + entry("moved", 'label = "moved"', f"paused = {str(rests).lower()}")
                + entry(f"new{number}", f'label = "new {number}"')
            )
            kind, hit = await _troubled(bench, here, luck)
            seen[kind] += 1
            hits += hit
            for _ in range(6):
                bench.sandbox.faults.clear()
                bench.clock.advance(timedelta(minutes=11))
                if not await _apply_once(bench, here):
                    break
            else:
                raise AssertionError((number, seen))
            live = [one for one in bench.sandbox.timers.values() if "delete" not in one.status]
            wanted = ["edited", f"called {number}", f"new{number}", *([] if rests else ["moved"])]
            assert Counter(one.name for one in live if one.status in RUNNING) == Counter(wanted), (number, kind)
            lock = read_lock(lock_path(bench.folder))
            assert {one.job_id for one in lock.timers.values()} <= {one.job_id for one in live}
            assert not any(one.attempt for one in lock.timers.values()), number
            for one in live:  # what was replaced is kept, paused; here it would only be in the way
                if one.status not in RUNNING and one.name == "edited":
                    one.status = "delete_in_progress"
    assert len(seen) == len(KINDS)
    assert hits > 60


async def _apply_once(bench: Bench, here: Context, applier: Applier | None = None) -> tuple[Result, ...]:
    await here.read(names=False)
    plan = await planner(here).plan(bench.folder, prune=True, preflight=False)
    return await (applier or Applier(here.store, here.making)).apply(plan)


async def _troubled(bench: Bench, here: Context, luck: random.Random) -> tuple[str, bool]:
    """Applies once while a fault is in force, or ends the program at some writing of the lock file.

    Returns which, and whether it came to that.
    """
    kind, applier, left = luck.choice(KINDS), Applier(here.store, here.making), luck.randrange(0, 5)
    if kind == "killed":
        keep = applier._keep

        def killing(key: str, locked: LockEntry | None) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            keep(key, locked)

        applier._keep = killing  # type: ignore[method-assign]
    else:
        bench.sandbox.faults.add(
            Fault(
                luck.choice(["*", "/jobs/*", "/v2/timer", "/v2/timer"]),
                luck.choice(["*", "POST", "POST"]),
                kind,
                skip=left,
                times=luck.choice([1, 1, 3]),
                status=luck.choice([500, 403, 422]),
                body={"error": {"code": "ERROR", "detail": "no", "status": 500}},
            )
        )
    try:
        await _apply_once(bench, here, applier)
    except (GlobusTuiError, Killed):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:  # nothing of a program that was killed goes on
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    return kind, left < 0 or any(one.seen for one in bench.sandbox.faults.active)

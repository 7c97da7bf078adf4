"""What can be undone and redone, by the journal alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.making.taking_place import LEAD
from globus_tui.domain.timer.job import JobId, JobStatus
from globus_tui.store.creation import Created
from globus_tui.store.job_store import JobStore
from globus_tui.store.operations import Delete, Pause, Rename, Resume
from globus_tui.store.services import Services
from globus_tui.store.swapping import Swapper
from globus_tui.store.undoing import Act, Step, Undoer, act_words, acts, stacks, steps
from tests.store.fakes import HOUR, NOON, World, a_job, a_run, paused
from tests.store.workbench import Workbench, nightly, workbench

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job
    from globus_tui.sandbox.state import Timer


def entry(what: str, name: str, batch: str = "", **more: Any) -> dict[str, Any]:
    number = more.pop("number", name)
    found = {"what": what, "timer": {"id": name, "name": name}, "outcome": "done", "request": f"{what} {number}"}
    return found | ({"batch": batch} if batch else {}) | more


def undo_and_redo(*entries: dict[str, Any]) -> tuple[list[str], list[str]]:
    undo, redo = stacks(steps(entries))
    return [f"{one.what} {len(one.entries)}" for one in undo], [f"{one.what} {len(one.entries)}" for one in redo]


def test_what_was_done_together_is_one_step() -> None:
    five = [entry("pause", f"t{number}", "b1") for number in range(5)]
    assert undo_and_redo(entry("rename", "x"), *five) == (["rename 1", "pause 5"], [])


def test_what_was_undone_can_be_redone_until_something_else_is_done() -> None:
    paused = [entry("pause", "a", "b1"), entry("pause", "b", "b1")]
    resumed = [entry("resume", "a", "b2", undoes="b1"), entry("resume", "b", "b2", undoes="b1")]
    again = [entry("pause", "a", "b3", undoes="b2"), entry("pause", "b", "b3", undoes="b2")]
    assert undo_and_redo(*paused, *resumed) == ([], ["resume 2"])
    assert undo_and_redo(*paused, *resumed, *again) == (["pause 2"], [])
    assert undo_and_redo(*paused, *resumed, entry("rename", "x")) == (["rename 1"], [])


def test_timers_of_which_an_undo_failed_are_what_is_undone_next() -> None:
    paused = [entry("pause", name, "b1") for name in "abc"]
    failed = entry("resume", "b", "b2", undoes="b1", undone="b", outcome="refused")
    first = [entry("resume", "a", "b2", undoes="b1", undone="a"), failed]  # and c was left out: it ran already
    assert undo_and_redo(entry("rename", "x"), *paused, *first) == (["rename 1", "pause 1"], ["resume 1"])
    (rest,) = stacks(steps([*paused, *first]))[0]
    assert [one["timer"]["id"] for one in rest.entries] == ["b"]
    second = entry("resume", "b", "b3", undoes="b1", undone="b")
    assert undo_and_redo(*paused, *first, second) == ([], ["resume 1", "resume 1"])
    again = entry("pause", "b", "b4", undoes="b3", undone="b", again=True)
    assert undo_and_redo(*paused, *first, second, again) == (["pause 1"], ["resume 1"])
    gone = [entry("delete", name, "b1") for name in "ab"]
    anew = entry("create", "a2", "b2", undoes="b1", undone="a")
    lost = {**entry("create", "", "b2", undoes="b1", undone="b", outcome="unknown"), "timer": {"name": "b"}}
    assert undo_and_redo(*gone, anew, lost) == (["delete 1"], ["create 1"])
    unpaused = entry("pause", "a2", "b2", undoes="b1", undone="a", outcome="refused")
    assert undo_and_redo(gone[0], anew, unpaused) == ([], ["create 1"])  # made anew it is


def test_what_had_no_turn_before_an_undo_was_ended_is_undone_next() -> None:
    paused = [entry("pause", name, "b1") for name in "abcd"]
    first = entry("resume", "a", "b2", undoes="b1", undone="a", of=3)
    cut = entry("resume", "b", "b2", undoes="b1", undone="b", of=3, outcome="unknown")
    assert undo_and_redo(*paused, first, cut) == (["pause 3"], ["resume 1"])
    assert undo_and_redo(*paused, first) == (["pause 3"], ["resume 1"])
    rest = [entry("resume", name, "b3", undoes="b1", undone=name, of=2) for name in "bc"]  # and d ran already
    assert undo_and_redo(*paused, first, cut, *rest) == ([], ["resume 1", "resume 2"])


def test_a_step_that_was_set_aside_leaves_the_one_before_to_be_undone_and_the_rest_as_it_is() -> None:
    aside = entry("set aside", "b", "b9", undoes="b1")
    paused = [entry("pause", name, "b1") for name in "ab"]
    first = entry("rename", "x", "b0")
    assert undo_and_redo(first, *paused, aside) == (["rename 1"], [])
    back = entry("rename", "x", "b3", undoes="b0")
    assert undo_and_redo(first, *paused, aside, back) == ([], ["rename 1"])
    assert undo_and_redo(first, *paused, aside, back, entry("set aside", "x", "b8", undoes="b3")) == ([], [])
    failed = entry("resume", "b", "b2", undoes="b1", undone="b", outcome="refused")
    half = [first, *paused, entry("resume", "a", "b2", undoes="b1", undone="a"), failed, aside]
    assert undo_and_redo(*half) == (["rename 1"], ["resume 1"])


def test_a_deletion_is_one_thing_though_it_paused_first_and_an_edit_though_it_was_several_requests() -> None:
    deleted = [entry("pause", "a", "b1"), entry("delete", "a", "b1")]
    edited = [
        entry("create", "new"),
        entry("pause", "old", why="swap"),
        entry("swap", "new", replaces={"id": "old"}, when="now"),
    ]
    assert undo_and_redo(*deleted, *edited) == (["delete 1", "swap 1"], [])
    made = [entry("create", "a2", "b2", undoes="b1"), entry("pause", "a2", "b2", undoes="b1")]
    assert undo_and_redo(*deleted, *made) == ([], ["create 1"])


def test_what_two_copies_deleted_at_the_same_moment_is_made_anew_once() -> None:
    one = [entry("pause", "a", "b1"), entry("delete", "a", "b1")]
    other = [entry("pause", "a", "b2"), entry("delete", "a", "b2"), entry("delete", "c", "b2")]
    assert undo_and_redo(*one, *other[:2]) == (["delete 1"], [])
    assert undo_and_redo(*one, *other) == (["delete 1", "delete 1"], [])
    both = [one[0], other[0], one[1], other[1]]
    made = entry("create", "a2", "b3", undoes="b1")
    assert undo_and_redo(*both, made) == ([], ["create 1"])
    assert undo_and_redo(*both, made, entry("delete", "a2", "b4", undoes="b3")) == (["delete 1"], [])


def test_what_was_refused_or_cannot_be_taken_back_is_no_step() -> None:
    unknown = entry("pause", "d", outcome="unknown")
    entries = [entry("pause", "a", outcome="refused"), entry("cancel", "b"), entry("create", "c"), unknown]
    assert undo_and_redo(*entries) == ([], [])


def test_a_step_is_named_by_its_batch_else_its_request_else_its_moment_and_says_what_it_undid() -> None:
    first = entry("pause", "a", "b1", when="1")
    second = entry("pause", "b", "b1", when="2", undoes="b0")
    (step,) = steps([first, second])
    assert (step.key, step.what, step.when, step.undoes) == ("b1", "pause", "2", None)
    assert [one.key for one in steps([entry("pause", "a"), {"what": "rename", "outcome": "done", "when": "3"}])] == [
        "pause a", "3",
    ]  # fmt: skip
    assert steps([entry("pause", "a", why="take back"), entry("pause", "a", why="swap")]) == []
    (odd,) = steps([entry("pause", "a", "b2"), entry("delete", "b", "b2")])
    assert [one["what"] for one in odd.entries] == ["pause", "delete"]  # another timer's pause is part of it


def test_what_is_undone_out_of_turn_by_another_program_is_neither_to_undo_nor_to_redo() -> None:
    entries = [entry("pause", "a", "b1"), entry("pause", "b", "b2"), entry("resume", "a", "b3", undoes="b1")]
    assert undo_and_redo(*entries) == (["pause 1", "pause 1"], [])
    assert undo_and_redo(entry("resume", "a", "b3", undoes="b9")) == ([], [])
    undone = [entry("pause", "a", "b1"), entry("resume", "a", "b2", undoes="b1")]
    assert undo_and_redo(*undone, entry("pause", "b", "b3", undoes="b9")) == ([], ["resume 1"])


# --- what takes a step back, as things stand now

ONE = JobId("one")


async def acts_on(job: Job | None, what: str, **more: Any) -> list[Act]:
    world = World(*([job] if job else []), a_job("other"))
    await world.store.refresh()
    one = {"what": what, "timer": {"id": "one", "name": "as it was"}, "outcome": "done", **more}
    return acts(Step("s", None, (one,)), world.store.states)


GONE = "is not there any more"
NAMES: dict[str, Any] = {"before": {"name": "first"}, "after": {"name": "timer one"}}


@pytest.mark.parametrize(
    ("job", "what", "more", "expected"),
    [
        (paused(a_job()), "pause", {}, Act("resume", ONE, "timer one")),
        (a_job(), "pause", {}, Act("resume", ONE, "timer one", why_not="runs already")),
        (a_job(), "resume", {}, Act("pause", ONE, "timer one")),
        (paused(a_job()), "resume", {}, Act("pause", ONE, "timer one", why_not="is paused already")),
        (None, "pause", {}, Act("resume", ONE, "as it was", why_not=GONE)),
        (None, "pause", {"timer": {"id": "0123456789"}}, Act("resume", JobId("0123456789"), "01234567", why_not=GONE)),
        (a_job(), "rename", NAMES, Act("rename", ONE, "timer one", to="first")),
        (a_job(), "rename", {"before": {"name": "first"}}, Act("rename", ONE, "timer one", to="first")),
        (a_job(), "rename", NAMES | {"before": {}}, Act("rename", ONE, "timer one", why_not="had no name")),
        (
            a_job(),
            "rename",
            NAMES | {"after": {"name": "second"}},
            Act("rename", ONE, "timer one", to="first", why_not="was renamed again since"),
        ),
        (a_job(), "create", {}, Act("delete", ONE, "timer one")),
        (None, "create", {}, Act("delete", ONE, "as it was", why_not=GONE)),
        (None, "delete", {"before": {"a": 1}}, Act("create", ONE, "as it was", document={"a": 1})),
        (
            None,
            "delete",
            {},
            Act("create", ONE, "as it was", document={}, why_not="what it was is not in the journal"),
        ),
        (a_job(), "swap", {"replaces": {"id": "other"}}, Act("swap", ONE, "timer one", to="other")),
        (
            a_job(),
            "swap",
            {"replaces": {"id": "gone"}},
            Act("swap", ONE, "timer one", to="gone", why_not="one of the two timers is not there any more"),
        ),
        (
            None,
            "swap",
            {"replaces": {"id": "other"}},
            Act("swap", ONE, "as it was", to="other", why_not="one of the two timers is not there any more"),
        ),
    ],
)
async def test_what_takes_it_back_or_why_nothing_does(
    job: Job | None, what: str, more: dict[str, Any], expected: Act
) -> None:
    assert await acts_on(job, what, **more) == [expected]


@pytest.mark.parametrize("key", ["body", "callback_body"])
@pytest.mark.parametrize("hidden", [{"body": {"db_password": "(left out)"}}, {"steps": [{"token": ["(left out)"]}]}])
async def test_a_timer_whose_password_the_journal_does_not_have_is_not_made_anew_without_it(
    key: str, hidden: dict[str, Any]
) -> None:
    (act,) = await acts_on(None, "delete", before={"job_id": "one", key: hidden})
    assert act.why_not is not None
    assert "password" in act.why_not
    (harmless,) = await acts_on(None, "delete", before={"job_id": "one", "refresh_token": "(left out)"})
    assert harmless.why_not is None


MISSED = [a_run(NOON - 3 * HOUR, "t")]


async def test_it_is_said_in_words_what_will_be_done_and_whether_a_run_starts() -> None:
    missed = replace(paused(a_job("missed", runs=MISSED)), runs=(replace(MISSED[0], ended=NOON - 2 * HOUR),))
    world = World(
        a_job(), paused(a_job("fresh")), missed, paused(a_job("unsure", runs=MISSED)), paused(a_job("old", runs=MISSED))
    )
    await world.store.refresh()

    def words(what: str, job_id: str, to: str = "", why_not: str | None = None) -> str:
        act = Act(what, JobId(job_id), f"timer {job_id}", to=to, why_not=why_not)
        return act_words(act, world.store.states, world.store)

    assert words("pause", "one") == "pause timer one"
    assert words("delete", "one") == "delete timer one for good"
    assert words("rename", "one", to="first") == "rename timer one to first"
    assert words("resume", "missed") == "resume timer missed: ONE run starts at once"
    assert words("resume", "unsure") == "resume timer unsure: a run may start at once"
    assert words("resume", "gone") == "resume timer gone"
    assert words("create", "gone").startswith("make timer gone anew as it was, paused")
    assert words("pause", "one", why_not="is paused already") == "left out: timer one is paused already"
    back = "put timer missed (missed) back in the place of timer one (one), which is paused"
    assert words("swap", "one", to="missed") == f"{back}: ONE run starts at once"
    assert words("swap", "unsure", to="missed") == back.replace("timer one (one)", "timer unsure (unsure)")
    assert "put 0123456789 (01234567) back" in words("swap", "unsure", to="0123456789")


# --- doing it


async def undoer(bench: Workbench) -> tuple[JobStore, Undoer]:
    services = Services(bench.timers, bench.transfers, bench.transfers)
    store = JobStore(services, journal=bench.journal, clock=bench.clock.now)
    await store.read_once()
    return store, Undoer(store, Swapper(bench.creator, bench.timers, bench.recorder))


async def last_step(store: JobStore) -> tuple[Step, list[Act]]:
    await store.read_once()
    undo, _ = stacks(steps(await store.journal.entries()))
    return undo[-1], acts(undo[-1], store.states)


def newest(bench: Workbench, name: str) -> Timer:
    return bench.named(name)[-1]


PATIENT = "climate-nightly-mirror"


@pytest.mark.parametrize("operation", [Pause, Resume, Rename])
async def test_a_pause_a_resume_and_a_rename_are_taken_back_and_brought_back(operation: Any) -> None:
    async with workbench(("sensor-hourly",)) as bench:
        store, takes_back = await undoer(bench)
        (job_id,) = store.states
        timer = bench.app.sandbox.timers[job_id]
        if operation is Resume:
            await store.operate(Pause(job_id))
        done = Rename(job_id, "other") if operation is Rename else operation(job_id)
        before = (timer.status, timer.name)
        await store.operate(done)
        after = (timer.status, timer.name)
        assert before != after
        step, plan = await last_step(store)
        assert await takes_back.carry_out(step, plan) == [(True, plan[0].label, plan_end(operation))]
        assert (timer.status, timer.name) == before
        _, redo = stacks(steps(await store.journal.entries()))
        await store.read_once()
        await takes_back.carry_out(redo[-1], acts(redo[-1], store.states), again=True)
        assert (timer.status, timer.name) == after
        assert stacks(steps(await store.journal.entries()))[1] == []
        last = bench.journal.unwritten[-1]
        assert (last["undoes"], last["again"]) == (redo[-1].key, True)
        await store.read_once()
        step, plan = await last_step(store)
        await takes_back.carry_out(step, plan)  # an undo, though of a redo
        assert (timer.status, timer.name) == before
        assert "again" not in bench.journal.unwritten[-1]


def plan_end(operation: Any) -> Any:
    return {Pause: "Resumed.", Resume: "Paused.", Rename: "Renamed to sensor-hourly."}[operation]


async def test_what_cannot_be_taken_back_any_more_is_left_out_and_the_rest_is_done() -> None:
    async with workbench(("sensor-hourly", "db-dumps")) as bench:
        store, takes_back = await undoer(bench)
        chosen = [Act("pause", job_id, state.job.label) for job_id, state in store.states.items()]
        chosen[0] = chosen[0]._replace(why_not="is paused already")
        ends = await takes_back.carry_out(Step("s", None, ({"what": "resume"},)), chosen)
        assert [(done, label) for done, label, _ in ends] == [(True, chosen[1].label)]
        assert bench.app.sandbox.timers[chosen[0].job_id].status == "active"
        entry = bench.journal.unwritten[-1]
        assert (entry["undoes"], "again" in entry) == ("s", False)


@pytest.mark.parametrize("what", ["rename", "delete"])
async def test_what_somebody_has_renamed_since_the_question_is_left_as_it_is(what: str) -> None:
    async with workbench(("sensor-hourly",)) as bench:
        store, takes_back = await undoer(bench)
        (job_id,) = store.states
        bench.app.sandbox.timers[job_id].name = "of production"
        act = Act(what, job_id, "sensor-hourly", to="other")
        ((done, _, words),) = await takes_back.carry_out(Step("s", None, ()), [act])
        assert (done, "somebody has renamed it to of production since" in words) == (False, True)
        assert (bench.app.sandbox.timers[job_id].status, bench.journal.unwritten) == ("active", [])
        assert bench.app.sandbox.timers[job_id].name == "of production"


async def test_an_undo_that_is_ended_on_the_way_leaves_no_timer_waiting() -> None:
    async with workbench(("sensor-hourly", "db-dumps")) as bench:
        store, takes_back = await undoer(bench)
        chosen = [Act("pause", job_id, state.job.label) for job_id, state in store.states.items()]

        def nobody_reads(_: object) -> None:
            assert [row.pending is not None for row in store.states.rows.values()].count(True) == 1
            raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            await takes_back.carry_out(Step("s", None, ()), chosen, told=nobody_reads)
        assert not any(row.pending for row in store.states.rows.values())


async def test_what_the_service_refuses_is_told_with_its_words() -> None:
    async with workbench(("sensor-hourly",)) as bench:
        store, takes_back = await undoer(bench)
        (job_id,) = store.states
        bench.fault("*/pause", "answer", method="POST", status=409, body={"detail": "not now"})
        ((done, _, words),) = await takes_back.carry_out(Step("s", None, ()), [Act("pause", job_id, "x")])
        assert not done
        assert "not now" in words


async def test_a_deleted_timer_is_made_anew_paused_and_no_run_of_it_starts() -> None:
    async with workbench(("sensor-hourly",)) as bench:
        store, takes_back = await undoer(bench)
        (job_id,) = store.states
        old = bench.app.sandbox.timers[job_id]
        await store.operate(Delete(job_id))
        step, plan = await last_step(store)
        ((done, label, words),) = await takes_back.carry_out(step, plan)
        new = newest(bench, "sensor-hourly")
        assert (done, label, words) == (True, "sensor-hourly", f"Made anew, paused. Its id is {new.job_id}.")
        assert (new.status, new.interval, new.n_runs) == ("inactive", old.interval, 0)
        assert new.job_id != job_id
        assert old.start is not None
        assert new.start is not None
        assert new.start >= bench.clock.now() + LEAD
        assert not (new.start - old.start) % timedelta(seconds=old.interval or 0)
        assert store.states[JobId(new.job_id)].job.status is JobStatus.INACTIVE


@pytest.mark.parametrize(
    ("path", "words"), [("/v2/timer", "not now"), ("*/pause", "could not be paused")], ids=["created", "paused"]
)
async def test_a_timer_that_could_not_be_made_or_paused_is_told(path: str, words: str) -> None:
    async with workbench(("sensor-hourly",)) as bench:
        store, takes_back = await undoer(bench)
        (job_id,) = store.states
        await store.operate(Delete(job_id))
        step, plan = await last_step(store)
        bench.fault(path, "answer", method="POST", status=409, body={"detail": "not now"})
        ((done, _, said),) = await takes_back.carry_out(step, plan)
        assert not done
        assert words in said


@pytest.mark.parametrize(
    "document", [{"job_id": "x", "status": "active", "callback_url": "https://example.org/"}, {"job_id": "x"}]
)
async def test_a_timer_that_no_program_can_copy_is_told(document: dict[str, Any]) -> None:
    async with workbench() as bench:
        _, takes_back = await undoer(bench)
        act = Act("create", JobId("x"), "x", document=document)
        ((done, _, _),) = await takes_back.carry_out(Step("s", None, ()), [act])
        assert not done
        assert bench.asked("POST", "/v2/timer") == 0


@pytest.mark.parametrize("works", [True, False])
async def test_an_edit_is_taken_back_by_swapping_again(works: bool) -> None:
    async with workbench(()) as bench:
        made: list[JobId] = []
        for name in ("old", "new"):
            created = await bench.creator.create(nightly(name))
            assert isinstance(created, Created)
            made.append(JobId(created.job.job_id))
        store, takes_back = await undoer(bench)
        await store.operate(Pause(made[0]))
        if not works:
            bench.fault("*/resume", "answer", method="POST", status=409, body={"detail": "not now"})
        act = Act("swap", made[1], "new", to=str(made[0]))
        ((done, label, words),) = await takes_back.carry_out(Step("s", None, ()), [act])
        assert (done, label) == (works, "new")
        assert words
        both = [bench.app.sandbox.timers[job_id] for job_id in made]
        assert [one.name for one in both if one.status != "inactive"] == (["old"] if works else ["new"])
        if works:
            assert store.states[made[1]].replacement is not None
            assert store.states[made[0]].job.status is JobStatus.ACTIVE

"""A plan says what differs and why, and a folder written of what is there differs in nothing."""

from __future__ import annotations

import json
import tomllib
from argparse import Namespace
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unicodedata import normalize
from zoneinfo import ZoneInfo

import fastjsonschema
import pytest

from globus_tui.cli import fleet
from globus_tui.cli.fleet import export_all, planner
from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import Job, JobId, JobKind, JobStatus
from globus_tui.domain.transfer.transfer import TransferData, TransferItem
from globus_tui.fleet.documents import FleetFaults, Place
from globus_tui.fleet.export import Exporter
from globus_tui.fleet.fields import Entry
from globus_tui.fleet.lock import Lock, LockEntry, lock_path, read_lock, write_lock
from globus_tui.fleet.plan import Act
from globus_tui.fleet.wanted import Names, same_rhythm, wanted_of
from globus_tui.fleet.words import drift_words, plan_lines
from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.world.collections import collection_id
from tests.demo import NOON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from globus_tui.cli.timers import Context
    from globus_tui.fleet.plan import Plan
    from tests.fleet.conftest import Bench

NIGHTLY = """
[timer.projects]
name = "nightly-project-mirror"
when = "every day at 03:00"
zone = "UTC"
from = "Campus Archive:/archive/projects/"
to = "Lab Depot:/projects/"
recursive = true
sync_level = "mtime"
preserve_timestamp = true
delete_destination_extra = true
notify_on_succeeded = false
deletes = "projects"
"""


def text(plan: Plan) -> str:
    return "\n".join(line.text for line in plan_lines(plan))


async def test_a_timer_is_found_by_its_name_and_every_difference_is_said(bench: Bench) -> None:
    bench.write(NIGHTLY)
    plan = await bench.plan()
    assert plan.to_do == (), text(plan)
    assert plan.items[0].job is not None
    changed = NIGHTLY.replace('"every day at 03:00"', '"every day at 04:00"').replace('"mtime"', '"checksum"')
    bench.write(changed.replace("/projects/", "/results/", 1) + 'filter_rules = ["exclude *.tmp"]\npaused = true\n')
    plan = await bench.plan()
    (item,) = plan.to_do
    assert item.acts == (Act.PAUSE, Act.REPLACE)
    assert {one.field for one in item.changes} == {"when", "items", "sync_level", "filter_rules", "paused"}
    assert ("sync_level", "mtime", "checksum") in item.changes
    assert "1 to replace" in text(plan)
    assert plan.document()["actions"][0]["acts"] == ["pause", "replace"]


async def test_a_name_with_an_accent_is_the_same_however_it_was_typed(bench: Bench) -> None:
    bench.named("nightly-project-mirror")[0].name = normalize("NFD", "nächtlich")
    depot = bench.sandbox.collections[collection_id("depot")]
    depot.document = {**depot.document, "display_name": "Dépôt"}
    bench.write(
        NIGHTLY.replace("Lab Depot", normalize("NFD", "dépôt")).replace("nightly-project-mirror", "nächtlich"),
    )
    plan = await bench.plan()
    assert [item.acts for item in plan.to_do] == [(Act.RENAME,)]  # it is that timer, and its name is written as here


async def test_names_that_fit_none_or_two_are_refused_with_their_place(bench: Bench) -> None:
    bench.write(NIGHTLY.replace("Campus Archive:", "Campus Archiv:"))
    with pytest.raises(
        FleetFaults, match=r"lab\.toml:6: timer\.projects\.from: no collection.*did you mean “Campus Archive”"
    ):
        await bench.plan()
    bench.write(NIGHTLY.replace("Campus Archive:", "Nowhere Near:"))
    with pytest.raises(FleetFaults, match=r"“Nowhere Near”; write the name as Globus shows it, or its id"):
        await bench.plan()
    depot, web = collection_id("depot"), bench.sandbox.collections[collection_id("web")]
    web.document = {**web.document, "display_name": "Lab Depot"}
    bench.write(NIGHTLY)
    with pytest.raises(FleetFaults, match=r"lab\.toml:7: timer\.projects\.to: “Lab Depot” fits 2 collections"):
        await bench.plan()
    same = bench.named("nightly-project-mirror")[0]
    bench.write(NIGHTLY.replace("Lab Depot", depot).replace("Campus Archive", "campus ARCHIVE"))
    assert (await bench.plan()).to_do == ()
    next(one for one in bench.sandbox.timers.values() if one.name == "db-dumps").name = same.name
    plan = await bench.plan()
    assert plan.stopped
    assert same.job_id in text(plan)
    bench.write(NIGHTLY.replace("Lab Depot", depot) + f'id = "{same.job_id}"\n')
    assert (await bench.plan()).to_do == ()


async def test_a_name_is_found_however_many_others_have_its_words(bench: Bench) -> None:
    web = bench.sandbox.collections[collection_id("web")]
    for number in range(330):  # all before it: they have the words more often
        key = f"{number:08x}-0000-4000-8000-000000000000"
        document = {**web.document, "id": key, "display_name": f"Web Data {number:03}", "keywords": ["web", "data"]}
        bench.sandbox.collections[key] = replace(web, collection_id=key, document=document)
    web.document = {**web.document, "display_name": "Zz Web Data"}
    new = NIGHTLY.replace("nightly-project-mirror", "another").replace("timer.projects", "timer.other")
    bench.write(new.replace("Campus Archive:", "Zz Web Data:"))
    assert [item.acts for item in (await bench.plan()).to_do] == [(Act.CREATE,)]
    bench.write(new.replace("Campus Archive:", "web data 3:"))
    with pytest.raises(FleetFaults, match=r"no collection that you can see is called “web data 3”; did you mean “Web"):
        await bench.plan()
    for number in range(330, 1100):
        key = f"{number:08x}-0000-4000-8000-000000000000"
        bench.sandbox.collections[key] = replace(web, collection_id=key, document={**web.document, "id": key})
    with pytest.raises(
        BadInput, match="“web data 3” is not among the 1000 collections that Globus lists for these words"
    ):
        await bench.plan()


async def test_what_no_timer_uses_yet_is_meant_by_its_misspelt_name_too(bench: Bench) -> None:
    bench.sandbox.timers.clear()
    bench.write(NIGHTLY.replace("Campus Archive:", "Campus Archiv:"))
    with pytest.raises(FleetFaults, match=r"no collection.*did you mean “Campus Archive”"):
        await bench.plan()
    bench.write('[timer.publish]\nwhen = "every day at 03:00"\nflow = "Deidentify and publish"\ninput = {path = "/"}\n')
    with pytest.raises(FleetFaults, match=r"no flow.*did you mean “De-identify and publish”"):
        await bench.plan()


async def test_a_search_that_is_refused_says_nothing_of_what_there_is(bench: Bench) -> None:
    bench.write(NIGHTLY.replace("Campus Archive:", "Campus Archiv:"))
    bench.sandbox.faults.add(Fault("*/endpoint_search", times=None, status=500))
    with pytest.raises(BadInput, match="“Campus Archiv” could not be looked up"):
        await bench.plan()


async def test_a_name_that_nobody_means_is_refused(bench: Bench) -> None:
    unnamed = NIGHTLY.replace('name = "nightly-project-mirror"\n', "")
    for long in (NIGHTLY.replace("nightly-project-mirror", "x" * 256), unnamed.replace("projects]", f"{'x' * 256}]")):
        bench.write(long)
        with pytest.raises(FleetFaults, match=r"lab\.toml:\d: .*The name has 256 characters"):
            await bench.plan()


async def test_a_moment_must_mean_the_same_every_day(bench: Bench) -> None:
    for when in ("tomorrow 02:00", "sunday 6am", "in 2 hours", "every moonday"):
        bench.write(NIGHTLY.replace("every day at 03:00", when))
        with pytest.raises(FleetFaults, match=r"lab\.toml:4: timer\.projects\.when"):
            await bench.plan()
    bench.write(NIGHTLY.replace("every day at 03:00", "12:30"))
    with pytest.raises(FleetFaults, match=r"or “every day at 12:30”"):
        await bench.plan()
    bare = 'schedule = {type = "once", datetime = "2026-09-03T02:00:00"}'
    bench.write(NIGHTLY.replace('when = "every day at 03:00"', bare))
    with pytest.raises(FleetFaults, match=r"lab\.toml:4: timer\.projects\.schedule: .*no time zone"):
        await bench.plan()
    bench.write(NIGHTLY.replace("every day at 03:00", "2026-09-03 02:00"))
    assert (await bench.plan()).to_do[0].acts == (Act.REPLACE,)
    bench.write(NIGHTLY.replace("every day at 03:00", "2026-08-03 02:00").replace("nightly-project", "new"))
    plan = await bench.plan()
    assert "Nothing of its schedule lies ahead: it is not made" in text(plan)
    assert "= not made" in text(plan)
    assert "1 not made" in text(plan)
    assert plan.to_do == ()
    # what has ended stays as it was written
    bench.write(NIGHTLY.replace("every day at 03:00", "every day at 03:00 until 2026-08-01").replace("nightly-p", "p"))
    assert (await bench.plan()).to_do == ()
    # an edit goes on with the next run, whenever the rhythm began
    bench.write(NIGHTLY.replace("every day at 03:00", "every 6h from 2026-03-01 03:00"))
    plan = await bench.plan()
    assert plan.to_do[0].acts == (Act.REPLACE,)
    assert not plan.stopped


@pytest.mark.parametrize(
    "when",
    ["every 2 days at 3am", "every 2 weeks on monday at 02:00", "every 6h", "0 2 * * *", "every 6h for 2 weeks",
     "every 1 day from 2026-10-01 02:00"],
)  # fmt: skip
def test_a_rhythm_is_kept_however_late_it_is_read(when: str) -> None:
    """What the phrase meant when the timer was made is what it does, also where it means another day each time."""
    place = Place("a.toml", 1)
    entry = Entry("a", place, {"name": "a", "calls": "https://x.example/", "when": when}, {}, "C")
    zone, names = ZoneInfo("Europe/Berlin"), Names({}, {}, {})
    (made,) = wanted_of(entry, names, NOON, zone)
    job = Job(JobId("1"), "a", JobStatus.ACTIVE, schedule=made.draft.schedule, submitted_at=NOON)
    for days in range(9):
        now = NOON + timedelta(days=days)
        (wanted,) = wanted_of(entry, names, now, zone)
        assert same_rhythm(wanted, job.schedule, job, now), days
        other = replace(job.schedule, interval=timedelta(hours=5))  # type: ignore[type-var]
        assert not same_rhythm(wanted, other, job, now)


def test_what_is_to_begin_some_day_must_not_run_before() -> None:
    entry = Entry("a", Place("a.toml", 1), {"name": "a", "when": "every 1 day from 2026-10-01 02:00 UTC"}, {}, "C")
    (wanted,) = wanted_of(entry, Names({}, {}, {}), NOON, UTC)
    job = Job(JobId("1"), "a", JobStatus.ACTIVE, submitted_at=NOON)
    for start, same in ((datetime(2026, 8, 1, 2, tzinfo=UTC), False), (datetime(2026, 10, 1, 2, tzinfo=UTC), True)):
        assert same_rhythm(wanted, RecurringSchedule(timedelta(days=1), start), job, NOON) is same


async def test_a_timer_that_no_file_can_say_is_left_out_and_costs_no_other(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.named("db-dumps")[0].name = "two\nlines"
    sole = bench.named("robins-laptop-backup")[0]  # nothing else is in its file
    sole.body = {**sole.body, "deadline": "2027-01-01 00:00:00"}
    async with bench.context() as here:

        @asynccontextmanager
        async def opened(_: Namespace) -> AsyncIterator[Context]:
            yield here

        monkeypatch.setattr(fleet, "signed_in", opened)
        assert await export_all(Namespace(timer=[str(bench.folder)])) == 0
        told = capsys.readouterr()
        assert "cannot be said in a file: name must be one line of text" in told.err
        assert f"robins-laptop-backup ({sole.job_id}) cannot be said in a file: deadline: 2027-01-01" in told.err
        assert "0 changes to apply" in told.out
        plan = await planner(here).plan(bench.folder, prune=True)
        assert plan.to_do == ()
        assert sole.job_id in {str(job.job_id) for job in plan.others}


async def test_what_is_written_of_the_whole_facility_differs_in_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench.context() as here:

        @asynccontextmanager
        async def opened(_: Namespace) -> AsyncIterator[Context]:
            yield here

        monkeypatch.setattr(fleet, "signed_in", opened)
        await here.store.decide(list(here.store.states), note='of "Ana"\r\n[x]\x85\x07' + "y " * 90, tags=["a", "b\n="])
        code = await export_all(Namespace(timer=[str(bench.folder)]))
        assert code == 0, capsys.readouterr().err
        (noted,) = [one for one in (bench.folder / "calls.toml").read_text().split("\n\n") if "[timer.wake-up" in one]
        *comments, _ = noted.partition("[timer.wake-up")[0].split("\n")
        assert comments[:2] == ['# of "Ana"', "# [x]"]
        assert comments[-1] == "# tags: a, b\u240a="
        assert all(len(one) < 120 for one in comments)
        check = fastjsonschema.compile(json.loads((bench.folder / "fleet.schema.json").read_text()))
        for path in bench.folder.glob("*.toml"):
            check(tomllib.loads(path.read_text()))
        plan = await planner(here).plan(bench.folder)
        assert plan.to_do == ()
        lock_path(bench.folder).unlink()
        again = await planner(here).plan(bench.folder, preflight=False)
    written = {str(one.job.job_id) for one in plan.items if one.job}
    there = {one.job_id for one in bench.sandbox.timers.values()}
    left_out = there - written
    assert {bench.sandbox.timers[one].name for one in left_out} == {"decommissioned-node-logs", "not understandable"}
    assert again.to_do == ()  # without the lock file they are found by their names, and one without a name by its id
    assert drift_words(plan).startswith("No drift: ")


@pytest.mark.parametrize(
    ("when", "zone", "written"),
    [
        ("mon, wed at 18:00", "UTC", "monday, wednesday at 18:00"),
        (
            "weekdays at 06:00 and 18:00",
            "Europe/Berlin",
            "monday, tuesday, wednesday, thursday, friday at 06:00 and 18:00",
        ),
        ("every 2 hours between 08:00 and 12:00", "UTC", "every day at 08:00 and 10:00 and 12:00"),
        ("every 2 weeks on monday and friday at 02:00", "UTC", "every 2 weeks on monday, friday at 02:00"),
    ],
)
def test_timers_of_one_schedule_are_written_as_one(when: str, zone: str, written: str) -> None:
    entry = Entry("a", Place("a.toml", 1), {"name": "a", "when": when}, {}, "C")
    data = TransferData("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002",
                        (TransferItem("/a/", "/b/"),))  # fmt: skip
    made = wanted_of(entry, Names({}, {}, {}), NOON, ZoneInfo(zone))
    jobs = [
        Job(
            JobId(f"id-{place}"),
            one.draft.name,
            JobStatus.ACTIVE,
            None,
            JobKind.TRANSFER,
            one.draft.schedule,
            payload=data,
        )
        for place, one in enumerate(made)
    ]
    exporter = Exporter({}, {}, NOON, ZoneInfo(zone))
    exporter.add_all([(one, {}) for one in jobs], {})
    (text,) = [part for parts in exporter.files.values() for part in parts]
    assert tomllib.loads(text)["timer"]["a"]["when"] == written
    assert set(exporter.keys) == {one.key for one in made}


async def test_one_without_a_name_is_not_taken_for_a_new_one_where_nobody_can_tell(bench: Bench) -> None:
    bench.write(NIGHTLY.replace('"nightly-project-mirror"', '""'))
    (nameless,) = [one.job_id for one in bench.sandbox.timers.values() if not one.name]
    plan = await bench.plan()
    assert f"1 timer at Globus has no name ({nameless}): write id = for the one that is meant" in text(plan)
    assert (plan.to_do, plan.stopped) == ((), True)
    bench.sandbox.timers[nameless].name = "anything"
    assert [one.acts for one in (await bench.plan()).items] == [(Act.CREATE,)]


async def test_two_of_a_name_in_the_files_and_at_globus_are_told_apart_by_ids(bench: Bench) -> None:
    second = NIGHTLY.replace("timer.projects", "timer.second")
    bench.write(NIGHTLY + second)
    words = text(await bench.plan())
    (at_globus,) = bench.named("nightly-project-mirror")
    told = f"1 timer at Globus has this name ({at_globus.job_id}), and 2 of the files: write id = for"
    assert words.count(told) == 2
    bench.write(NIGHTLY + second.replace("03:00", "05:00"))
    assert text(await bench.plan()).count(told) == 2
    at_globus.name = "anything"
    bench.write(NIGHTLY + second)
    assert text(await bench.plan()).count("Another one in the files is called so and does the same") == 2


async def test_the_lock_file_is_of_somebody_and_renaming_renames(bench: Bench) -> None:
    bench.write(NIGHTLY)
    plan = await bench.plan()
    (item,) = plan.items
    assert item.record is not None
    path = lock_path(bench.folder)
    write_lock(path, plan.lock.with_entry(item.key, item.record))
    bench.write(NIGHTLY.replace("nightly-project-mirror", "another name"))
    plan = await bench.plan()
    assert [one.acts for one in plan.items] == [(Act.RENAME,)]
    # another key, another file: the same timer, as it is the only one that does this
    (bench.folder / "lab.toml").unlink()
    bench.write(NIGHTLY.replace("timer.projects", "timer.moved").replace("nightly-project", "other"), "x/y.toml")
    assert [one.acts for one in (await bench.plan()).items] == [(Act.RENAME,)]
    (bench.folder / "x" / "y.toml").write_text(NIGHTLY.replace("timer.projects", "timer.z").replace("03:00", "05:00"))
    plan = await bench.plan()
    assert [(one.key, one.acts) for one in plan.items if one.acts] == [("z", (Act.REPLACE,))]
    lock = read_lock(path)
    write_lock(path, replace(lock, owner="identity of somebody else"))
    with pytest.raises(BadInput, match="somebody else"):
        await bench.plan()


async def test_times_are_read_in_the_zone_that_the_lock_file_keeps_or_not_at_all(bench: Bench) -> None:
    bench.write(NIGHTLY.replace('zone = "UTC"\n', "").replace("03:00", "22:00"))
    path = lock_path(bench.folder)
    for zone in ("-05:00", "America/Bogota"):
        write_lock(path, Lock(zone=zone))
        plan = await bench.plan()
        assert (plan.to_do, plan.lock.zone) == ((), zone), "22:00 there is the 03:00 UTC of the timer"
    write_lock(path, Lock(zone="Mars/Olympus"))
    with pytest.raises(BadInput, match="read in Mars/Olympus, no zone that this machine knows"):
        await bench.plan()
    bench.write(NIGHTLY)
    assert (await bench.plan()).to_do == ()


async def test_what_somebody_changed_at_globus_is_drift(bench: Bench) -> None:
    bench.write(NIGHTLY)
    (item,) = (await bench.plan()).items
    timer = bench.named("nightly-project-mirror")[0]
    assert item.record is not None
    lock = (
        read_lock(lock_path(bench.folder))
        .with_entry("projects", item.record)
        .with_entry("gone", LockEntry("none", "gone"))
    )
    write_lock(lock_path(bench.folder), lock)
    timer.name = "renamed by somebody"
    plan = await bench.plan()
    assert plan.items[0].drift == (("name", "nightly-project-mirror", "renamed by somebody"),)
    assert plan.items[0].acts == (Act.RENAME,)
    assert "1 of 1 timers differ" in drift_words(plan)
    del bench.sandbox.timers[timer.job_id]
    plan = await bench.plan()
    assert plan.items[0].acts == (Act.CREATE,)
    assert "deleted at Globus" in drift_words(plan)


async def test_more_runs_than_globus_allows_are_told_with_the_number(bench: Bench) -> None:
    rows = "\n".join(f"lab{number:03}" for number in range(200))
    bench.write(f"lab\n{rows}\n", "labs.csv")
    body = NIGHTLY.replace("every day at 03:00", "every 1 minute").replace("/archive/projects/", "/archive/{lab}/")
    body = body.replace('deletes = "projects"', 'rows = "labs.csv"').replace("delete_destination_extra = true", "")
    bench.write(body.replace("nightly-project-mirror", "copy of {lab}"))
    async with bench.context() as here:
        plan = await planner(here).plan(bench.folder, preflight=False)
    assert len(plan.to_do) == 200
    assert plan.stopped
    (words,) = [one.words for one in plan.findings if "allows 60" in one.words]
    assert "120" in words  # 200 times 60, and those that are there
    assert any("200 of the new ones start together" in one.words for one in plan.findings)


def test_a_name_that_somebody_cut_in_the_middle_of_a_character_is_kept_in_the_lock_file(tmp_path: Path) -> None:
    lock = Lock("me", "UTC", {"key": LockEntry("1", "half \ud83d")})
    write_lock(tmp_path / "lock", lock)
    assert read_lock(tmp_path / "lock") == lock

"""Everything that can be wrong with a draft is found before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.auth.scope import timer_scope
from globus_tui.domain.making.draft import Draft, FlowPart, Guards, Intent, What, new_draft, with_intent
from globus_tui.domain.making.draft_checks import Lookups, PathLook, check_draft, may_be_sent
from globus_tui.domain.making.draft_fields import ConsentCheck, Finding, Level
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule
from globus_tui.domain.schedule.typed_schedules import parse_schedule
from globus_tui.domain.timer.hour_load import rate_budget, rate_number
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.collection import Collection, CollectionKind, PauseRule
from globus_tui.domain.transfer.destructive import Deletions
from globus_tui.domain.transfer.transfer import FilterRule, TransferItem
from globus_tui.domain.transfer.typed_filters import parse_rule
from tests.domain.samples import DAY, DESTINATION, HOUR, MINUTE, NOW, SOURCE, job, job_document, paused

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = TransferItem("/proj/climate/", "/climate/", recursive=True)
FILE = TransferItem("/proj/a", "/climate/a", recursive=False)
MAPPED = Collection(SOURCE, "NERSC DTN", CollectionKind.MAPPED, high_assurance=False)
GUEST = Collection(DESTINATION, "Campus Archive", CollectionKind.GUEST, high_assurance=False)


def beside(findings: tuple[Finding, ...], field: str) -> list[Finding]:
    """The findings to be shown beside one field."""
    return [finding for finding in findings if finding.field == field]


def good(**changes: Any) -> Draft:
    """A daily copy that nothing is wrong with; changes go to the transfer."""
    draft = new_draft()
    data = replace(draft.transfer, source_endpoint=SOURCE, destination_endpoint=DESTINATION, items=(FOLDER,))
    data = replace(data, **changes)
    return replace(draft, name="good", transfer=data, schedule=RecurringSchedule(DAY, NOW + HOUR))


def mirror(**changes: Any) -> Draft:
    return with_intent(good(**changes), Intent.MIRROR)


def when(schedule: Any) -> Draft:
    return replace(good(), schedule=schedule)


def every(interval: timedelta, start: timedelta = HOUR, **end: Any) -> Draft:
    return when(RecurringSchedule(interval, NOW + start, EndCondition(**end)))


def other(draft: Draft, **changes: Any) -> Job:
    """Another timer that is there, made of a draft."""
    document = draft.to_timer().to_document()
    return Job.from_document(
        job_document([], name="other", body=document["body"], schedule=document["schedule"]) | changes
    )


def test_nothing_is_wrong_with_a_good_one() -> None:
    found = check_draft(good(), NOW, jobs=[], lookups=Lookups(MAPPED, GUEST, consents=ConsentCheck(), signed_in=True))
    assert may_be_sent(found)
    assert [one.words for one in found if one.level is Level.WARN] == []
    assert {one.field for one in found if one.level is Level.OK} >= {"source", "destination", "interval", "consent"}


FAULTS: dict[str, tuple[Draft, str, str]] = {
    "a name that nobody means": (replace(good(), name="x" * 256), "name", "The name has 256 characters"),
    "an empty pattern": (good(filter_rules=(FilterRule(" "),)), "filters", "needs a name"),
    "links of a timer": (good(recursive_symlinks="copy"), "recursive_symlinks", "cannot copy symbolic links"),
    "no source": (good(source_endpoint=None), "source", "No source"),
    "an odd id": (good(destination_endpoint="archive"), "destination", "no collection id"),
    "no items": (good(items=()), "items", "Nothing"),
    "no source path": (good(items=(replace(FOLDER, source_path=""),)), "items", "missing"),
    "a line break in a path": (good(items=(replace(FOLDER, source_path="/a\nb/"),)), "items", "line break"),
    "a file to a folder": (good(items=(replace(FILE, destination_path="/x/"),)), "items", "whole destination path"),
    "a folder as a file": (good(items=(replace(FILE, source_path="/x/"),)), "items", "as a file"),
    "a checksum of a folder": (good(items=(replace(FOLDER, external_checksum="ab"),)), "items", "for a file"),
    "onto itself": (
        good(destination_endpoint=SOURCE, items=(replace(FOLDER, destination_path="/proj/climate"),)),
        "items",
        "onto itself",
    ),
    "a mirror around its own source": (
        mirror(destination_endpoint=SOURCE, items=(replace(FOLDER, destination_path="/proj/"),)),
        "items",
        "extra files are deleted",
    ),
    "a long label": (good(label="x" * 129), "label", "129"),
    "a label of two lines": (good(label="a\nb"), "label", "one line"),
    "a label with blanks around": (good(label=" a"), "label", "blank"),
    "an empty rule": (good(filter_rules=(FilterRule(""),)), "filters", "needs a name"),
    "a rule of another method": (good(filter_rules=(FilterRule("a", "maybe"),)), "filters", "maybe"),
    "a rule of another type": (good(filter_rules=(FilterRule("a", type="link"),)), "filters", "link"),
    "a mirror of a file": (mirror(items=(FILE,)), "options", "folders only"),
    "a deadline in the past": (good(deadline="2020-01-01T00:00:00+00:00"), "deadline", "passed"),
    "a deadline that is none": (good(deadline="soon"), "deadline", "no date"),
    "no schedule": (when(None), "schedule", "not said"),
    "too often": (every(timedelta(seconds=59)), "interval", "60 seconds"),
    "too seldom": (every(timedelta(days=366)), "interval", "365 days"),
    "too far away": (every(DAY, timedelta(days=366)), "start", "year"),
    "long past": (every(DAY, timedelta(days=-2)), "start", "passed"),
    "once, long past": (when(OnceSchedule(NOW - 2 * DAY)), "start", "passed"),
    "one run with an interval": (every(DAY, after_runs=1), "end", "once"),
    "an end before the start": (every(DAY, 2 * DAY, until=NOW + DAY), "end", "before its first"),
    "an end in the past": (every(DAY, until=NOW - DAY), "end", "past"),
    "two ends": (every(DAY, until=NOW + 9 * DAY, after_runs=3), "end", "not both"),
    "a deadline before the run": (
        replace(good(deadline=(NOW + HOUR).isoformat()), schedule=OnceSchedule(NOW + 2 * HOUR)),
        "deadline",
        "before the run",
    ),
    "a flow timer without a flow": (replace(good(), what=What.FLOW_TIMER), "flow", "No flow"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_that_forbid_sending(fault: str) -> None:
    draft, field, words = FAULTS[fault]
    found = check_draft(draft, NOW)
    assert any(words in one.words and one.level is Level.STOP for one in beside(found, field)), found
    assert not may_be_sent(found)


DOUBTS: dict[str, tuple[Draft, str, str]] = {
    "a relative path": (good(items=(replace(FOLDER, source_path="data/"),)), "items", "does not begin"),
    "all names left out": (good(filter_rules=(FilterRule("*"),)), "filters", "write exclude files *"),
    "all folders left out": (good(filter_rules=(FilterRule("*", "exclude", "dir"),)), "filters", "every subfolder"),
    "only includes": (good(filter_rules=(FilterRule("*.nc", "include"),)), "filters", "add exclude files *"),
    "two patterns in one": (good(filter_rules=(FilterRule("*.a *.b"),)), "filters", "each of *.a, *.b"),
    "a rule turned round": (good(filter_rules=(FilterRule("!x"),)), "filters", "include x"),
    "what timers do not take": (good(extra={"skip_activation_check": True}), "skip_activation_check", "is left out"),
    "what nobody knows": (good(extra={"colour": 1}), "colour", "sent as it is"),
    "a way out of the home": (good(items=(replace(FOLDER, source_path="/~/../b/"),)), "items", "leads out"),
    "two items into one place": (good(items=(FOLDER, FOLDER)), "items", "both go to"),
    "a copy inside its source": (
        good(destination_endpoint=SOURCE, items=(replace(FOLDER, destination_path="/proj/climate/copy/"),)),
        "items",
        "copies the copy",
    ),
    "a rule about paths": (good(filter_rules=(FilterRule("a/b"),)), "filters", "not about paths"),
    "a rule behind a catch-all": (good(filter_rules=(FilterRule("*"), FilterRule("a"))), "filters", "never decides"),
    "includes alone": (good(filter_rules=(FilterRule("*.h5", "include"),)), "filters", "leave nothing out"),
    "rules without folders": (good(items=(FILE,), filter_rules=(FilterRule("a"),)), "filters", "no effect"),
    "skipping and deleting": (mirror(skip_source_errors=True), "options", "deleted as extra"),
    "an unknown option": (good(extra={"colour": 1}), "colour", "not known"),
    "just past": (every(DAY, -HOUR), "start", "at once"),
    "a deadline for many runs": (good(deadline=(NOW + 9 * DAY).isoformat()), "deadline", "those after it fail"),
    "a mirror": (mirror(), "options", "DELETES"),
    "an algorithm without checksum": (good(items=(replace(FILE, checksum_algorithm="MD5"),)), "items", "no effect"),
}


def test_the_advice_for_only_these_leaves_no_subfolder_out() -> None:
    rules = (parse_rule("include files *.nc"), parse_rule("exclude files *"))
    found = check_draft(good(filter_rules=rules), NOW)
    assert [one.words for one in beside(found, "filters")] == []


def test_a_transfer_that_starts_now_may_keep_links() -> None:
    draft = replace(good(recursive_symlinks="keep"), what=What.TRANSFER_NOW)
    assert may_be_sent(check_draft(draft, NOW))


@pytest.mark.parametrize("doubt", DOUBTS)
def test_doubts_are_said_and_do_not_forbid(doubt: str) -> None:
    draft, field, words = DOUBTS[doubt]
    found = check_draft(draft, NOW)
    assert any(words in one.words and one.level is Level.WARN for one in beside(found, field)), found
    assert may_be_sent(found)


LOOKED: dict[str, tuple[Callable[[Lookups], Lookups], str, str, Level]] = {
    "signed out": (lambda one: replace(one, signed_in=False), "consent", "signed in", Level.STOP),
    "not found": (lambda one: replace(one, source_problem="not found"), "source", "not found", Level.STOP),
    "deleted": (lambda one: replace(one, source=replace(MAPPED, deleted=True)), "source", "deleted", Level.STOP),
    "an endpoint": (
        lambda one: replace(one, source=replace(MAPPED, kind=CollectionKind.ENDPOINT)),
        "source",
        "holds no data",
        Level.STOP,
    ),
    "disconnected": (
        lambda one: replace(one, destination=replace(GUEST, connected=False)),
        "destination",
        "not connected",
        Level.WARN,
    ),
    "paused": (lambda one: replace(one, source=replace(MAPPED, paused=True)), "source", "paused", Level.WARN),
    "session": (lambda one: replace(one, source=replace(MAPPED, session_minutes=30)), "source", "30 min", Level.WARN),
    "consent": (
        lambda one: replace(one, consents=ConsentCheck((timer_scope([SOURCE]),))),
        "consent",
        "will be asked for",
        Level.WARN,
    ),
    "pause rule": (
        lambda one: replace(one, pauses={SOURCE: (PauseRule("robot", reading=True),)}),
        "source",
        "from it: robot",
        Level.WARN,
    ),
    "pause rule without words": (
        lambda one: replace(one, pauses={DESTINATION: (PauseRule(writing=True), PauseRule("ls", True, False))}),
        "destination",
        "to it: they give no reason",
        Level.WARN,
    ),
    "no such path": (lambda one: looked(one, SOURCE, PathLook(missing=True)), "items", "There is no", Level.STOP),
    "unreadable": (lambda one: looked(one, SOURCE, PathLook(problem="denied")), "items", "denied", Level.WARN),
    "a file": (lambda one: looked(one, SOURCE, PathLook("file")), "items", "is a file", Level.STOP),
    "wants": (lambda one: looked(one, SOURCE, PathLook(gare=Gare("x"))), "items", "wants something", Level.WARN),
    "a file there": (lambda one: looked(one, DESTINATION, PathLook("file")), "items", "is a file", Level.STOP),
    "not there": (lambda one: looked(one, DESTINATION, PathLook(missing=True)), "items", "will be made", Level.NOTE),
    "deletions": (
        lambda one: replace(one, deletions=Deletions(("a",), 9, True, False)),
        "options",
        "1 of 9",
        Level.WARN,
    ),
    "empty": (lambda one: replace(one, deletions=Deletions(("a",), 9, True, True)), "source", "is empty", Level.STOP),
    "scratch": (lambda one: replace(one, source=replace(MAPPED, name="Scratch")), "source", "purged", Level.STOP),
    "flow": (lambda one: replace(one, flow_problem="The flow is gone"), "flow", "gone", Level.STOP),
}


def looked(lookups: Lookups, collection_id: str, look: PathLook) -> Lookups:
    path = FOLDER.source_path if collection_id == SOURCE else FOLDER.destination_path
    return replace(lookups, paths={(collection_id, path): look})


@pytest.mark.parametrize("fault", LOOKED)
def test_faults_that_services_tell(fault: str) -> None:
    change, field, words, level = LOOKED[fault]
    found = check_draft(mirror(), NOW, lookups=change(Lookups(MAPPED, GUEST)))
    assert any(words in one.words and one.level is level for one in beside(found, field)), found


def test_a_file_that_is_a_folder_is_found_on_both_sides() -> None:
    looks = {(SOURCE, FILE.source_path): PathLook("dir"), (DESTINATION, FILE.destination_path): PathLook("dir")}
    found = check_draft(good(items=(FILE,)), NOW, lookups=Lookups(paths=looks))
    assert len([one for one in found if one.level is Level.STOP and "is a folder" in one.words]) == 2


def test_a_local_user_is_for_mapped_collections() -> None:
    found = check_draft(good(destination_local_user="ops"), NOW, lookups=Lookups(MAPPED, GUEST))
    assert any("local user" in one.words for one in beside(found, "destination"))


def test_a_scratch_source_can_be_allowed() -> None:
    draft = replace(mirror(), guards=Guards(refuse_scratch=False))
    found = check_draft(draft, NOW, lookups=Lookups(replace(MAPPED, name="Scratch"), GUEST))
    assert may_be_sent(found)


# --- against other timers


def test_more_than_once_a_minute_in_sum_is_refused_with_the_number() -> None:
    busy = [other(every(MINUTE)), other(every(HOUR))]
    found = check_draft(every(timedelta(minutes=30)), NOW, jobs=busy)
    (said,) = [one for one in beside(found, "interval") if one.level is Level.STOP]
    assert "63 times an hour" in said.words
    assert "60" in said.words


def test_paused_timers_count_when_they_are_resumed() -> None:
    found = check_draft(every(HOUR), NOW, jobs=[other(every(MINUTE), **paused("user"))])
    assert any("61" in one.words and one.level is Level.WARN for one in beside(found, "interval"))


def test_ended_timers_and_the_one_that_is_replaced_do_not_count() -> None:
    ended, replaced = other(every(MINUTE), status="ended"), other(every(MINUTE), job_id="old")
    assert rate_budget([ended], []).active == 0
    assert may_be_sent(check_draft(every(MINUTE), NOW, jobs=[ended, replaced], replaces="old"))


def test_all_timers_of_a_group_count() -> None:
    members = parse_schedule("weekdays 18:00", NOW, ZoneInfo("America/Chicago")).members
    draft = replace(good(), schedule=members[0].schedule, group=members)
    assert rate_number(rate_budget([], [one.schedule for one in draft.group]).added) == "0.03"
    assert may_be_sent(check_draft(draft, NOW))


RELATIONS: dict[str, tuple[Draft, Draft, str, Level]] = {
    "duplicate": (good(), good(), "same things between the same places at the same times", Level.WARN),
    "duplicate at other times": (good(), every(HOUR), "same things between the same places", Level.WARN),
    "opposite": (
        good(),
        good(
            source_endpoint=DESTINATION,
            destination_endpoint=SOURCE,
            items=(TransferItem("/climate/", "/proj/climate/", recursive=True),),
        ),
        "opposite direction",
        Level.WARN,
    ),
    "both write there": (
        mirror(),
        good(source_endpoint="8" * 32, items=(TransferItem("/x/", "/climate/sub/"),)),
        "what it puts there would be deleted",
        Level.WARN,
    ),
    "writes to the source": (
        good(),
        good(source_endpoint="8" * 32, destination_endpoint=SOURCE, items=(TransferItem("/x/", "/proj/climate/in/"),)),
        "half done",
        Level.NOTE,
    ),
    "reads the same": (good(), good(items=(TransferItem("/proj/", "/elsewhere/"),)), "reads the same", Level.NOTE),
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_other_timers_that_have_to_do_with_it(relation: str) -> None:
    draft, there, words, level = RELATIONS[relation]
    found = check_draft(draft, NOW, jobs=[other(there)])
    assert any(words in one.words and one.level is level for one in found), found


def test_two_mirrors_in_opposite_directions_are_refused() -> None:
    back = mirror(
        source_endpoint=DESTINATION,
        destination_endpoint=SOURCE,
        items=(TransferItem("/climate/", "/proj/climate/", recursive=True),),
    )
    found = check_draft(mirror(), NOW, jobs=[other(back)])
    assert any("undo each other" in one.words and one.level is Level.STOP for one in found)


def test_a_name_that_is_taken_is_said() -> None:
    found = check_draft(replace(good(), name="other"), NOW, jobs=[other(every(HOUR, 3 * HOUR))])
    assert any("this name" in one.words for one in beside(found, "name"))


def test_an_interval_shorter_than_the_last_run_took_is_said() -> None:
    there = job()  # daily, took 48 minutes each time
    route = {"source_endpoint": SOURCE, "destination_endpoint": DESTINATION}
    often = replace(good(**route), schedule=RecurringSchedule(timedelta(minutes=30), NOW + HOUR))
    found = check_draft(often, NOW, jobs=[there])
    assert any("48 min" in one.words and one.level is Level.WARN for one in beside(found, "interval"))
    fine = check_draft(good(**route), NOW, jobs=[there])
    assert any("48 min" in one.words and one.level is Level.NOTE for one in beside(fine, "interval"))


def test_the_same_flow_with_the_same_input_is_a_duplicate() -> None:
    draft = Draft(What.FLOW_TIMER, "f", schedule=OnceSchedule(NOW + HOUR), flow=FlowPart(SOURCE, inputs={"a": 1}))
    there = job([], timer_type="flow", flow_id=SOURCE, body={"body": {"a": 1}})
    assert any("same flow" in one.words for one in check_draft(draft, NOW, jobs=[there]))


PATHS = st.text(st.sampled_from("ab/.~\n "), max_size=6)
IDS = st.sampled_from([None, "", SOURCE, DESTINATION, "x"])
ITEMS = st.builds(TransferItem, PATHS, PATHS, st.sampled_from([None, True, False]))
RULES = st.builds(FilterRule, st.text(max_size=4), st.sampled_from(["include", "exclude", "?"]))
SCHEDULES = st.sampled_from(
    [
        None,
        OnceSchedule(),
        every(timedelta(seconds=1)).schedule,
        every(timedelta(days=36_500)).schedule,
        good().schedule,
    ]
)


@given(IDS, IDS, st.lists(ITEMS, max_size=4).map(tuple), st.lists(RULES, max_size=4).map(tuple), SCHEDULES)
def test_no_draft_makes_the_checks_fail(
    source: Any, destination: Any, items: tuple[TransferItem, ...], rules: tuple[FilterRule, ...], schedule: Any
) -> None:
    draft = replace(
        mirror(source_endpoint=source, destination_endpoint=destination, items=items, filter_rules=rules),
        schedule=schedule,
    )
    found = check_draft(draft, NOW, jobs=[job(), other(good())], lookups=Lookups(MAPPED, GUEST))
    assert [one.level for one in found] == sorted((one.level for one in found), reverse=True)
    assert all(one.words for one in found)

"""Mirrors that delete: what would be lost is known before it is. And what filter rules take."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.making.draft import Draft, Guards, is_confirmed, word_to_type
from globus_tui.domain.transfer.collection import Collection, FolderEntry
from globus_tui.domain.transfer.destructive import fewer, first_run_deletions, scratch_signs, shrinking
from globus_tui.domain.transfer.transfer import FilterRule, TransferData, TransferItem
from globus_tui.domain.transfer.typed_filters import preview, unreachable_rules
from tests.domain.samples import task


def entries(*names: str) -> list[FolderEntry]:
    return [FolderEntry(name.rstrip("/"), "dir" if name.endswith("/") else "file") for name in names]


def test_the_first_run_deletes_what_the_source_does_not_have() -> None:
    found = first_run_deletions(entries("a", "b/"), entries("a", "b/", "old", "older/"))
    assert found.names == ("old", "older/")
    assert (found.looked_at, found.complete, found.source_empty) == (4, True, False)


def test_a_file_in_the_place_of_a_folder_goes_too() -> None:
    assert first_run_deletions(entries("a/"), entries("a")).names == ("a",)


def test_an_empty_source_is_pointed_out() -> None:
    assert first_run_deletions([], entries("a")).source_empty


def test_long_listings_are_compared_up_to_a_cap_and_that_is_said() -> None:
    many = entries(*(f"f{n:05}" for n in range(50)))
    found = first_run_deletions([], many, cap=20)
    assert (len(found.names), found.looked_at, found.complete) == (20, 20, False)


@given(st.sets(st.text(min_size=1, max_size=4)), st.sets(st.text(min_size=1, max_size=4)))
def test_nothing_that_the_source_has_is_ever_named(source: set[str], there: set[str]) -> None:
    found = first_run_deletions([FolderEntry(n, "file") for n in source], [FolderEntry(n, "file") for n in there])
    assert set(found.names) == there - source


@pytest.mark.parametrize("path", ["/scratch/ops/", "/gpfs/SCRATCH2/x", "/tmp/a", "/data/nobackup/", "~/purged/x"])
def test_paths_that_look_like_scratch(path: str) -> None:
    assert scratch_signs(path, None)


@pytest.mark.parametrize("path", ["/proj/climate/", "/home/template/x", "/data/attempts/", "/scratchpad-notes/"])
def test_paths_that_do_not(path: str) -> None:
    assert scratch_signs(path, None) == ()


def test_the_word_that_gives_a_place_away_is_named() -> None:
    assert scratch_signs("/gpfs/SCRATCH2/x", None) == ("its path has “SCRATCH” in it",)
    named = Collection("id", "Nobackup store", description="All of it is transient.")
    assert scratch_signs("/data/", named) == (
        "the collection's name says “Nobackup”", "the collection's description says “transient”",
    )  # fmt: skip


def test_a_collection_says_itself_that_it_is_purged() -> None:
    signs = scratch_signs("/data/", Collection("id", "Cluster Scratch", description="Purged after 30 days"))
    assert len(signs) == 2
    said = Collection("id", "Cluster", user_message="Files on scratch go after 30 days")
    assert scratch_signs("/data/", said) == ("the collection's message says “scratch”",)
    assert scratch_signs("/data/", Collection("id", "Cluster", user_message="Welcome")) == ()


def mirror(path: str = "/climate/", typed: str = "") -> Draft:
    data = TransferData("a", "b", (TransferItem("/x/", path, True),), delete_destination_extra=True)
    return Draft(transfer=data, guards=Guards(typed_folder=typed), destination_name="Campus Archive")


@pytest.mark.parametrize(
    ("path", "word"), [("/a/climate/", "climate"), ("/", "Campus Archive"), ("~/", "Campus Archive"), ("/x", "x")]
)
def test_the_word_to_type_is_the_destination_folder(path: str, word: str) -> None:
    assert word_to_type(mirror(path)) == word
    assert not is_confirmed(mirror(path, "yes"))
    assert is_confirmed(mirror(path, word))


def test_nothing_has_to_be_typed_when_nothing_is_deleted() -> None:
    draft = mirror()
    assert is_confirmed(replace(draft, transfer=replace(draft.transfer, delete_destination_extra=False)))


def test_a_source_that_shrinks_alarms() -> None:
    found = shrinking([task(2, files=900), task(1, files=1000)])
    assert found is not None
    assert (found.percent, found.is_empty) == (10.0, False)
    emptied = shrinking([task(2, files=0), task(1, files=1000)], 50)
    assert emptied is not None
    assert emptied.is_empty


def test_an_empty_source_alarms_for_as_long_as_it_is_empty() -> None:
    found = shrinking([task(4, files=0), task(3, files=0), task(2, "FAILED"), task(1, files=1000)])
    assert found is not None
    assert (found.before, found.is_empty) == (1000, True)


@pytest.mark.parametrize(
    "tasks",
    [
        [task(2, files=960), task(1, files=1000)],
        [task(2, files=2000), task(1, files=1000)],
        [task(1, files=1000)],
        [None, task(2, "ACTIVE", files=1), task(1, files=1000)],
        [task(2, files=0), task(1, files=0)],
        [],
    ],
)
def test_no_alarm_without_two_counts_that_differ_enough(tasks: list[object]) -> None:
    assert shrinking(tasks) is None  # type: ignore[arg-type]  # tasks of several kinds


def test_a_run_that_does_not_say_how_many_it_met_is_passed_over() -> None:
    counts = (None, 500, None, 1000)
    found = shrinking([task(9 - n, files=files) for n, files in enumerate(counts)])
    assert found is not None
    assert (found.before, found.now) == (1000, 500)
    assert shrinking([task(1, files=None), task(0, files=None)]) is None


def test_what_is_new_in_a_source_that_was_empty_is_no_reason_to_alarm() -> None:
    assert shrinking([task(9 - n, files=files) for n, files in enumerate((300, 0, 1000))]) is None


def test_the_alarm_can_be_switched_off() -> None:
    assert shrinking([task(2, files=1), task(1, files=1000)], None) is None


def test_the_first_rule_that_matches_decides() -> None:
    rules = (FilterRule("keep.tmp", "include"), FilterRule("*.tmp"), FilterRule("run[0-9]*", type="dir"))
    found = preview(entries("keep.tmp", "a.tmp", "run1/", "run1", "README"), rules)
    assert [(one.is_included, one.rule) for one in found] == [
        (True, 0),
        (False, 1),
        (False, 2),
        (True, None),
        (True, None),
    ]


def test_names_are_matched_case_and_all_and_with_negated_sets() -> None:
    assert [one.is_included for one in preview(entries("A.TMP", "b"), (FilterRule("*.tmp"), FilterRule("[!a]")))] == [
        True,
        False,
    ]


def test_rules_that_never_decide_are_known() -> None:
    assert unreachable_rules((FilterRule("*", type="file"), FilterRule("a", type="file"), FilterRule("a"))) == (1,)


def test_a_survivor_that_is_met_again_and_again_does_not_make_an_emptied_source_well() -> None:
    counts = (1, 1, 1, 1000, 1000)
    found = shrinking([task(9 - n, files=files) for n, files in enumerate(counts)])
    assert found is not None
    assert (found.before, found.now) == (1000, 1)
    assert shrinking([task(9 - n, files=files) for n, files in enumerate((900, 900, 1000))]) is None


@pytest.mark.parametrize(("survivors", "alarms"), [(100, True), (101, False)])
def test_a_tenth_of_what_any_run_met_is_hardly_anything(survivors: int, alarms: bool) -> None:
    found = shrinking([task(9 - n, files=files) for n, files in enumerate((survivors, survivors, 1000))])
    assert (found is not None) is alarms


@pytest.mark.parametrize(
    ("before", "now", "percent", "files", "alarms"),
    [
        (100, 50, 50.0, None, True),
        (100, 51, 50.0, None, False),
        (100, 90, None, 10, True),
        (100, 91, None, 10, False),
        (100, 90, 50.0, 10, True),
        (1000, 0, 200.0, None, True),
        (100, 0, None, 1000, True),
        (100, 0, None, None, False),
        (100, 100, 0.0, 0, False),
        (0, 0, 0.0, 0, False),
        (10, -1, 0.0, 0, False),
    ],
)
def test_either_limit_alarms_by_itself_and_an_empty_source_always(
    before: int, now: int, percent: float | None, files: int | None, alarms: bool
) -> None:
    found = fewer(before, now, percent, files)
    assert (found is not None) is alarms
    assert found is None or (found.before, found.now) == (before, now)


@pytest.mark.parametrize(("source", "destination"), [(3, 1), (1, 3), (3, 3)])
def test_a_listing_that_is_longer_than_what_was_looked_at_is_not_complete(source: int, destination: int) -> None:
    names = [f"f{number}" for number in range(3)]
    assert not first_run_deletions(entries(*names[:source]), entries(*names[:destination]), cap=2).complete
    assert first_run_deletions(entries(*names[:source]), entries(*names[:destination]), cap=3).complete


@pytest.mark.parametrize("complete", [(False, True), (True, False)])
def test_half_a_listing_is_not_complete(complete: tuple[bool, bool]) -> None:
    source, destination = complete
    found = first_run_deletions(entries("a"), entries("a"), source_complete=source, destination_complete=destination)
    assert not found.complete

"""What the wizard says of when a draft runs, and of the whole of it before it is created."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from globus_tui.domain.auth.scope import timer_scope
from globus_tui.domain.making.draft import Draft, FlowPart, Intent, What, new_draft, with_intent
from globus_tui.domain.making.draft_checks import Lookups
from globus_tui.domain.making.draft_fields import ConsentCheck, Finding, Level
from globus_tui.domain.making.when_form import with_phrase
from globus_tui.domain.transfer.collection import FolderEntry
from globus_tui.domain.transfer.transfer import FilterRule, TransferItem
from globus_tui.domain.transfer.typed_filters import preview
from globus_tui.present.review_facts import (
    both_times,
    consent_lines,
    finding_line,
    preview_lines,
    review_facts,
    schedule_echo,
    shift_lines,
    together_words,
)
from globus_tui.present.transfer_words import preview_words, rule_counts
from tests.domain.samples import DESTINATION, NAMES, SOURCE

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def said(phrase: str) -> Draft:
    return with_phrase(new_draft(), phrase, NOW, CHICAGO)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("every night at 2am", "= every 1 day, first Sun 22 Nov 02:00 CST (08:00Z), no end"),
        ("1h30m", "= every 90 minutes, first when it is created, no end"),
        ("tomorrow 02:00", "= once, Sun 22 Nov 02:00 CST (08:00Z)"),
        ("now", "= once, as soon as it is created"),
        ("every 6 hours, 3 times", "= every 6 hours, first when it is created, 3 times"),
        ("weekdays 18:00", "= 5 timers, each every 1 week, first Mon 23 Nov 18:00 CST (Tue 00:00Z), no end"),
        ("monthly", ""),
    ],
)
def test_the_echo_says_rhythm_first_run_in_both_times_and_end(phrase: str, words: str) -> None:
    assert schedule_echo(said(phrase), NOW, CHICAGO) == words


def test_utc_is_not_said_twice() -> None:
    assert both_times(NOW, NOW, UTC) == "Sat 21 Nov 20:00 UTC"


def test_ten_runs_are_shown_and_fewer_when_it_ends_before() -> None:
    assert len(preview_lines(said("every night at 2am"), NOW, CHICAGO)) == 10
    assert len(preview_lines(said("every 6 hours, 3 times"), NOW, CHICAGO)) == 3
    assert len(preview_lines(said("tomorrow 02:00"), NOW, CHICAGO)) == 1


def test_a_run_after_a_clock_change_is_marked_in_the_list() -> None:
    autumn = datetime(2026, 10, 29, 12, tzinfo=UTC)
    draft = with_phrase(new_draft(), "every night at 2am", autumn, CHICAGO)
    marked = [line.local for line in preview_lines(draft, autumn, CHICAGO) if line.note]
    assert marked == ["Sun 1 Nov 01:00 CST"]


def test_every_clock_change_of_a_year_is_told() -> None:
    assert shift_lines(said("every night at 2am"), NOW, CHICAGO) == (
        "Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT",
        "Sun 7 Nov 2027: 03:00 CDT becomes 02:00 CST",
    )
    assert shift_lines(said("every 30 minutes"), NOW, CHICAGO) == ()


def test_other_timers_at_the_same_minute_are_told_when_there_are_any() -> None:
    assert together_words(0) == ""
    assert together_words(1).startswith("1 other timer starts")
    assert together_words(3).startswith("3 other timers start")


def test_rules_are_told_with_what_they_leave_out() -> None:
    entries = [FolderEntry(name, "dir" if name == "tmp" else "file") for name in ("a.tmp", "b.nc", "tmp")]
    rules = (FilterRule("*.tmp"), FilterRule("tmp", "exclude", "dir"), FilterRule("x"))
    verdicts = preview(entries, rules)
    assert preview_words("/p/", verdicts) == "of 3 names in /p/ 2 left out: a.tmp, tmp/"
    assert rule_counts(verdicts, 3) == ("decides 1 name", "decides 1 name", "decides none here")
    assert preview_words("/p/", preview(entries, ())) == "of 3 names in /p/: all are taken"


def test_a_mirror_is_told_with_its_danger() -> None:
    draft = with_intent(said("every night at 2am"), Intent.MIRROR)
    items = tuple(TransferItem(f"/p{number}/", f"/q{number}/", recursive=True) for number in range(5))
    draft = replace(
        draft,
        transfer=replace(draft.transfer, source_endpoint=SOURCE, destination_endpoint=DESTINATION, items=items),
    )
    rows = {fact.label: fact for fact in review_facts(draft, NAMES, NOW, CHICAGO, "ops")}
    assert rows["from"].words == "NERSC DTN:/p0/"
    assert rows["to"].words == "Campus Archive:/q0/"
    assert rows["how"].words.startswith("mirror: ")
    assert rows["!"].style == "warning"
    assert rows[""].words == "and 2 more items"
    assert rows["as"].words == "ops"


def test_a_flow_is_told_with_its_input() -> None:
    draft = replace(new_draft(What.FLOW_TIMER), flow=FlowPart("f", "Report", inputs={"path": "/x"}, tags=("a", "b")))
    rows = {fact.label: fact.words for fact in review_facts(draft, {}, NOW, CHICAGO, "ops")}
    assert rows == {"flow": "Report", "input": 'path="/x"', "tags": "a, b", "when": "not said yet", "as": "ops"}


def test_consents_are_told_there_missing_or_not_known() -> None:
    here, there = timer_scope([SOURCE]), timer_scope([DESTINATION])
    assert "being looked up" in consent_lines((here,), Lookups(), NAMES)[0]
    found = Lookups(consents=ConsentCheck((here,)))
    assert consent_lines((here, there), found, NAMES) == (
        "ask  will be asked for when you create: read and write your files on NERSC DTN",
        "ok   is there: read and write your files on Campus Archive",
    )
    unknown = Lookups(consents=ConsentCheck(unknown=(here,)))
    assert consent_lines((here,), unknown, NAMES)[0].startswith("?    nobody can tell")
    assert consent_lines((), Lookups(consents=ConsentCheck()), NAMES) == (
        "ok   no consent beyond the sign-in is needed",
    )


def test_a_finding_names_its_item() -> None:
    assert finding_line(Finding(Level.WARN, "items", "odd", 2)) == "WARN odd (item 3)"

"""The language of `/` and of every command's FILTER: conditions that must hold; whatever is typed, nothing breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.timer.filter import KEYS, Filter, checked_filter, completions, fuzzy_rank, parse_filter
from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.history import look_back
from globus_tui.domain.timer.orders import Orders
from globus_tui.domain.timer.patterns import Pattern
from globus_tui.store.board import States
from globus_tui.store.job_state import JobState
from globus_tui.store.rows import make_row
from globus_tui.widgets.viewpoint import RowSubject, Viewpoint
from tests.domain.samples import DESTINATION, HOUR, NAMES, NOW, job, refused_document, run_document, task_id, wire

CHICAGO = timezone(timedelta(hours=-6))


def subject(word: Word, why: Why, now: datetime = NOW, **changes: Any) -> RowSubject:
    one = job(**changes)
    health = Health(word, why)
    row = make_row(one, {}, now)._replace(order=health.order, health=health)
    state = JobState(one, look_back(one, {}, now), row.health)
    states = States({row.job_id: row}, lambda _: state, lambda _: state)
    return RowSubject(row, states, Viewpoint(now, UTC, NAMES), "Work")


CLIMATE = subject(Word.SIGN_IN, Why.CONSENT_MISSING)
OTHER = subject(
    Word.OVERRUN, Why.SLOW, runs=[], job_id="badface0-1", name="Groß Sync", body=None, timer_type=None,
    callback_url="https://x.org/",
)  # fmt: skip


@pytest.mark.parametrize("typed", ["résumé", "name:RÉSUMÉ", "~résu", "/^r.sum./", "name:/É$/", "tag:été", "note:été"])
def test_an_accent_is_the_same_as_part_of_its_letter_and_behind_it(typed: str) -> None:
    split, whole = "re\u0301sume\u0301", "r\u00e9sum\u00e9"
    orders = {job().job_id: Orders(note="E\u0301te\u0301", tags=("e\u0301te\u0301",))}
    for name in (split, whole):
        timer = subject(Word.OK, Why.FINE, name=name)
        noted = RowSubject(timer._row, States({}, None, None), replace(timer.view, orders=orders))  # type: ignore[arg-type]
        for form in ("NFC", "NFD"):
            assert parse_filter(normalize(form, typed)).matches(noted), (name, form)


def test_a_name_with_a_nul_in_it_does_not_move_the_words_behind_it() -> None:
    odd = subject(Word.SIGN_IN, Why.CONSENT_MISSING, name="one\0two")
    assert parse_filter("two why:consent").matches(odd)
    assert not parse_filter("why:two").matches(odd)
    assert len(list(odd.everything)) == 5


@pytest.mark.parametrize(
    ("typed", "climate", "other"),
    [
        ("", True, True),
        ("   ", True, True),
        ("climate", True, False),
        ("CLIMATE Night", True, False),
        ("climate absent", False, False),
        ("archive", True, False),
        ("/proj/", True, False),
        ("/proj", True, False),
        ("consent", True, False),
        ("7f3c21aa", True, False),
        ("c0ffee", False, False),
        (DESTINATION[:13], True, False),
        (task_id(3), True, False),
        ("GROSS", False, True),
        ("groß", False, True),
        ("health:sign", True, False),
        ("health:over", False, True),
        ("health:over,sign", True, True),
        ("health:problem", True, True),
        ("health:ok", False, False),
        ("health:in", False, False),
        ("-health:in", False, False),
        ("name:mirror", True, False),
        ("name:archive", False, False),
        ("from:nersc", True, False),
        ("from:archive", False, False),
        ("to:archive", True, False),
        (f"to:{DESTINATION}", True, False),
        ("to:/climate/", True, False),
        ("path:/nersc/", False, False),
        ("path:proj", True, False),
        ("TO:ARCHIVE", True, False),
        ("why:usual", False, True),
        ("id:badface", False, True),
        ("id:face", False, False),
        ("status:active", True, True),
        ("status:paused", False, False),
        ("type:transfer", True, False),
        ("type:other", False, True),
        ("profile:work", True, True),
        ("profile:wor", False, False),
        ("every:1d", True, True),
        ("every:>=24h", True, True),
        ("every:<1d", False, False),
        ("every:12h-2d", True, True),
        ("every:2d-12h", True, True),
        ("every:once", False, False),
        ("failed:0", True, True),
        ("failed:>0", False, False),
        ("missed:0", True, True),
        ("!climate", False, True),
        ("-climate", False, True),
        ("!to:archive", False, True),
        ("-to:archive", False, True),
        ("!!climate", True, False),
        ("climate !health:sign", False, False),
        ("climate or gross", True, True),
        ("climate absent OR gross", False, True),
        ("climate or", True, False),
        ("or", True, True),
        ('"or"', True, False),
        ('"consent missing: ?"', True, False),
        ('"missing consent"', False, False),
        ('name:"climate-nightly', True, False),
        ("to:", True, True),
        ("!", True, True),
        ("-", True, True),
        ("!to:", True, True),
        ("missing:", True, False),
        ("colour:red", False, False),
        ("~cnm", True, False),
        ("~clght", True, False),
        ("~mnc", False, False),
        ("from:~nrsc", True, False),
        ("~/proj", False, False),
        ("/cl.m[a-c]te/", True, False),
        ("/^gross/", False, True),
        ("name:/mirror$/", True, False),
        ("-/^gross/", True, False),
        ("/consent missing/", True, False),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed: str, climate: bool, other: bool) -> None:
    wanted = parse_filter(typed)
    assert (wanted.matches(CLIMATE), wanted.matches(OTHER)) == (climate, other)


NIGHT = NOW.replace(hour=2, minute=30) + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("next:<2h", False),
        ("next:<6h", True),
        ("next:5h-7h", True),
        ("next:>1d", False),
        ("next:02:00-04:00", True),
        ("next:02:30-02:31", True),
        ("next:02:00-02:30", False),
        ("next:22:00-03:00", True),
        ("next:20:00-24:00", False),
        ("next:tonight", True),
        ("next:tomorrow", True),
        ("next:today", False),
        ("next:none", False),
        ("last:<1d", True),
        ("last:>1d", False),
        ("last:today", True),
        ("last:yesterday", False),
        ("last:07:00-09:00", True),
        ("last:22:00-06:00", False),
        ("last:never", False),
    ],
)
def test_moments_are_compared_with_the_present(typed: str, meant: bool) -> None:
    one = subject(Word.OK, Why.FINE, next_run=wire(NIGHT))
    assert parse_filter(typed).timely
    assert parse_filter(typed).matches(one) is meant
    assert parse_filter(f"-{typed}").matches(one) is not meant


def test_hours_are_those_of_the_zone_that_is_shown_and_every_run_in_them_counts() -> None:
    hourly = subject(
        Word.OK, Why.FINE, next_run=wire(NOW + HOUR), schedule={"type": "recurring", "interval_seconds": 3600,
                                                               "start": wire(NOW)}
    )  # fmt: skip
    assert parse_filter("next:02:00-04:00").matches(hourly)
    daily = subject(Word.OK, Why.FINE, next_run=wire(NIGHT), schedule={"type": "recurring", "interval_seconds": 86400,
                                                                       "start": wire(NIGHT)})  # fmt: skip
    daily.view = replace(daily.view, zone=CHICAGO)
    assert not parse_filter("next:02:00-04:00").matches(daily)
    assert parse_filter("next:20:00-21:00").matches(daily)
    paused = subject(Word.PAUSED, Why.PAUSED_BY_USER, status="inactive", next_run=wire(NIGHT))
    assert not parse_filter("next:02:00-04:00").matches(paused)
    assert parse_filter("next:none").matches(paused)
    just_after_midnight = subject(Word.OK, Why.FINE, NOW.replace(hour=1), next_run=wire(NOW.replace(hour=2)))
    assert parse_filter("next:22:00-06:00").matches(just_after_midnight)
    assert parse_filter("next:tonight").matches(just_after_midnight)


def test_failures_are_counted_and_what_is_not_known_is_neither_so_nor_not_so() -> None:
    failing = subject(Word.FAILED, Why.TASK_FAILED, runs=[refused_document(NOW - n * HOUR) for n in range(3)])
    assert parse_filter("failed:>2").matches(failing)
    assert not parse_filter("failed:>3").matches(failing)
    unreadable = subject(Word.UNKNOWN, Why.UNREADABLE, status=None)
    assert not unreadable.readable
    for typed in ("failed:0", "missed:>0", "every:once", "next:none", "last:never", "type:flow"):
        assert not parse_filter(typed).matches(unreadable)
        assert not parse_filter(f"-{typed}").matches(unreadable)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("heath:failed", "did you mean health:?"),
        ("nmae:x", "did you mean name:?"),
        ("colour:red", "there are health:"),
        ("health:faild", "Did you mean failed?"),
        ("health:xyz", "none of unknown, sign-in"),
        ("next:<2q", "next:<2h"),
        ("next:25:00-26:00", "no hours"),
        ("every:often", "every:>1d12h"),
        ("every:<", "a time is missing: write every:<2h"),
        ("failed:many", "failed:>2"),
        ("/(/", "( without its )"),
        ("/a)/", ") without its ("),
        ("/*a/", "nothing for *"),
        ("/[a/", "[ without its ]"),
        (r"/(a)\1/", "is not understood"),
        ("/(?=a)/", "cannot be bounded"),
        ("/((a{99}){99}){99}/", "too long"),
        ("failed:/2/", "does not fit"),
    ],
)
def test_what_is_not_understood_is_said_with_what_would_be(typed: str, said: str) -> None:
    assert said in " ".join(parse_filter(typed).problems)
    with pytest.raises(BadInput) as raised:
        checked_filter(typed)
    assert said in str(raised.value)


@pytest.mark.parametrize("typed", ["12:30", "http://x.org/a", "a:", "/global/cfs", "~/data", "name:x", '"heath:x"'])
def test_what_only_looks_like_a_key_or_a_pattern_is_text(typed: str) -> None:
    assert not parse_filter(typed).problems or typed == "a:"


ANYTHING = st.text(max_size=60) | st.text(':!-"* toname[]\\/~<>=,0123hdor(){}|?+^$', max_size=60)
VALUES = st.sampled_from(KEYS).flatmap(lambda key: ANYTHING.map(lambda value: f"{key}:{value}"))


@given(ANYTHING | VALUES | ANYTHING.map(lambda one: f"/{one}/"))
def test_nothing_that_can_be_typed_is_an_error(typed: str) -> None:
    found = parse_filter(typed)
    assert isinstance(found, Filter)
    for one in (CLIMATE, OTHER):
        assert isinstance(found.matches(one), bool)
        assert isinstance(found.rank(one), int)
    assert bool(found) == bool(found.ways)
    assert all(one.casefold().startswith(typed[:1].casefold()) for one in completions(typed, {"from": ("NERSC DTN",)}))


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=4))
def test_a_word_and_its_opposite_divide_the_list(word: str) -> None:
    if word.casefold() != "or":
        for one in (CLIMATE, OTHER):
            assert parse_filter(word).matches(one) is not parse_filter(f"!{word}").matches(one)


@given(ANYTHING, st.integers(0, 60))
def test_what_a_longer_text_leaves_is_among_what_the_shorter_one_left_where_that_is_said(typed: str, cut: int) -> None:
    longer, shorter = parse_filter(typed), parse_filter(typed[:cut])
    for one in (CLIMATE, OTHER):
        if longer.within(shorter) and longer.matches(one):
            assert shorter.matches(one)


def test_letters_that_abbreviate_a_name_come_before_letters_that_only_occur_in_it() -> None:
    names = ["camera-lens-invoices", "climate-nightly", "local-nights", "nightly-cl", "magic-line"]
    assert [fuzzy_rank("cln", name) for name in names] == [2, 0, 3, 4, 3]
    assert fuzzy_rank("cn", "climate-nightly") == 0
    assert fuzzy_rank("b7", "beamline7-raw") == 0
    assert fuzzy_rank("igh", "climate-nightly") == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "a*a*a*a*a*a*b",
        ".*.*.*.*x", "(a?){60}a{60}b", "(a|b)*a(a|b){25}x", "((((((a*)*)*)*)*)*)*b", "(a{1,9}){1,9}b",
    ],
)  # fmt: skip
def test_no_pattern_holds_the_screen(pattern: str) -> None:
    try:
        found = Pattern(pattern)
    except BadInput:
        return
    for text in ("c" * 2000, "a" * 2000, "ab" * 1000, *(f"{'ab' * n}a{'ba' * 40}" for n in range(200))):
        found.search(text)  # the standard library needs years for some of these: the time limit of a test is its end


@given(st.from_regex(r"[ab.^$|()*+?\[\]\\dw0-]{0,8}", fullmatch=True), st.text("ab0- ", max_size=8))
def test_a_pattern_finds_what_the_standard_library_finds(pattern: str, text: str) -> None:
    import re
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = re.compile(pattern, re.ASCII)
        except re.error:
            return
    try:
        ours = Pattern(pattern)
    except BadInput:
        return
    assert ours.search(text) is bool(theirs.search(text))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("he", ["health:"]),
        ("clim ne", ["clim next:"]),
        ("-st", ["-status:"]),
        ("health:fa", ["health:failed"]),
        ("-status:p", ["-status:paused"]),
        ("next:to", ["next:today", "next:tonight", "next:tomorrow"]),
        ("to:cam", ['to:"Campus Archive"']),
        ('x to:"cam', ['x to:"Campus Archive"']),
        ("climate", []),
        ("", []),
        ('"a phrase', []),
    ],
)
def test_what_may_follow_is_known(typed: str, found: list[str]) -> None:
    assert list(completions(typed, {"to": ("Campus Archive", "NERSC DTN")})) == found


def test_a_run_is_found_by_its_task() -> None:
    one = subject(Word.OK, Why.FINE, runs=[run_document(NOW, 42)])
    assert parse_filter(f"id:{task_id(42)}").matches(one)


class Plain:
    """A timer as values, set by hand: what a condition asks and nothing else."""

    def __init__(self, **fields: Any) -> None:
        usual: dict[str, Any] = {
            "job_id": "7f3c21aa", "name": "climate", "profile": "work", "note": "", "tags": (), "word": Word.OK,
            "cause": "fine", "interval_seconds": 3600.0, "next_run": None, "last_run": None, "why": "",
            "status": "active", "kind": "transfer", "readable": True, "last_good": None,
            "counts": {"failed": 0, "missed": 0, "skipped": 0},
            "now": NOW, "zone": UTC, "everything": ("climate",), "ids": (), "places": {},
        }  # fmt: skip
        for name, value in (usual | fields).items():
            setattr(self, name, value)

    def has(self, text: str) -> bool:
        return any(text in one for one in self.everything)  # type: ignore[attr-defined]  # set above

    def place(self, key: str) -> tuple[str, ...]:
        found: tuple[str, ...] = self.places.get(key, ())  # type: ignore[attr-defined]  # set above
        return found

    def due(self, start: float, end: float) -> bool:
        at: float | None = self.next_run  # type: ignore[attr-defined]  # set above
        return at is not None and start <= at < end


def finds(typed: str, **fields: Any) -> bool:
    return parse_filter(typed).matches(Plain(**fields))  # type: ignore[arg-type]  # set above


def test_tags_and_ids_are_found_by_how_they_begin_and_notes_by_any_part() -> None:
    assert finds("tag:cli", tags=("climate",))
    assert not finds("tag:mate", tags=("climate",))
    assert finds("note:mate", note="climate")
    assert finds("id:bad", ids=("badface0",))
    assert not finds("id:face", ids=("badface0",))
    assert finds("tag:~cm", tags=("climate",))
    assert finds("tag:/mate$/", tags=("climate",))


def test_a_path_between_strokes_is_a_folder_and_no_pattern() -> None:
    places = {"to": ("/a/climate/",), "path": ("/a/climate/",)}
    assert finds("to:/climate/", places=places)
    assert not finds("to:/clim/", places=places)
    assert not finds("to:/cl.mate/", places=places)


@pytest.mark.parametrize("key", ["health", "failed", "next"])
def test_letters_that_abbreviate_fit_texts_alone(key: str) -> None:
    (problem,) = parse_filter(f"{key}:~ab").problems
    assert problem.startswith(f"{key}: ab is ")
    assert parse_filter("~ab").ways[0][0].key == "name"
    assert parse_filter("why:~ab").ways[0][0].key == "why"


@pytest.mark.parametrize(("typed", "understood"), [("failed:999999999", True), ("failed:1000000000", False)])
def test_counts_of_more_than_nine_digits_are_none(typed: str, understood: bool) -> None:
    assert bool(parse_filter(typed).problems) is not understood


@pytest.mark.parametrize(
    ("hours", "understood"),
    [
        ("23:59-24:59", True),
        ("00:00-00:00", True),
        ("24:00-02:00", False),
        ("02:00-25:00", False),
        ("02:60-03:00", False),
        ("02:00-03:60", False),
    ],
)
def test_hours_of_a_day_end_at_midnight(hours: str, understood: bool) -> None:
    assert bool(parse_filter(f"next:{hours}").problems) is not understood


def at(hour: int, minute: int = 0, day: int = 0) -> float:
    return (NOW.replace(hour=hour, minute=minute, second=0) + timedelta(days=day)).timestamp()


@pytest.mark.parametrize(
    ("typed", "now", "run", "meant"),
    [
        ("next:08:00-10:00", at(10), at(9), False),  # the hours of today are over with their last minute
        ("next:08:00-10:00", at(10), at(9, day=1), True),
        ("next:08:00-10:00", at(9, 59), at(9, 59), True),
        ("next:08:00-10:00", at(9, 59), at(10), False),
        ("next:22:00-06:00", at(5, 59), at(5, 59), True),
        ("next:22:00-06:00", at(6), at(5, 59, day=1), True),
        ("next:22:00-06:00", at(6), at(22), True),
        ("next:08:00-08:00", at(7), at(9), True),
        ("next:08:00-08:00", at(7), at(7, 30), False),
        ("next:tonight", at(12), at(18), True),
        ("next:tonight", at(12), at(6, day=1), False),
        ("next:today", at(12), at(0, day=1), False),
        ("next:tomorrow", at(12), at(0, day=1), True),
        ("next:tomorrow", at(12), at(0, day=2), False),
    ],
)
def test_of_hours_of_a_day_the_nearest_that_are_to_come_are_meant(
    typed: str, now: float, run: float, meant: bool
) -> None:
    assert finds(typed, now=datetime.fromtimestamp(now, UTC), next_run=run) is meant


@pytest.mark.parametrize(
    ("typed", "now", "run", "meant"),
    [
        ("last:08:00-10:00", at(8), at(8), True),
        ("last:08:00-10:00", at(7, 59), at(9, day=-1), True),
        ("last:08:00-10:00", at(8), at(9, day=-1), False),
        ("last:08:00-10:00", at(12), at(10), False),
        ("last:today", at(12), at(0), True),
        ("last:yesterday", at(12), at(0), False),
        ("last:yesterday", at(12), at(23, 59, day=-1), True),
        ("last:never", at(12), None, True),
        ("last:08:00-10:00", at(12), None, False),
    ],
)
def test_of_runs_that_were_the_nearest_hours_that_have_begun_are_meant(
    typed: str, now: float, run: float | None, meant: bool
) -> None:
    present = datetime.fromtimestamp(now, UTC)
    assert finds(typed, now=present, last_run=run) is meant
    assert finds(f"last-good:{typed.partition(':')[2]}", now=present, last_good=run) is meant


@pytest.mark.parametrize("word", ["today", "yesterday", "never"])
def test_the_last_good_copy_is_asked_for_in_the_words_of_the_last_run(word: str) -> None:
    assert not parse_filter(f"last-good:{word}").problems
    assert not parse_filter(f"last:{word}").problems


@pytest.mark.parametrize(
    ("typed", "every", "meant"),
    [
        ("every:1h30m", 5400.0, True),
        ("every:1h30m", 5401.0, False),
        ("every:>1h", 3600.0, False),
        ("every:>=1h", 3600.0, True),
        ("every:<=1h", 3600.0, True),
        ("every:<1h", 3600.0, False),
        ("every:=1w", 604800.0, True),
        ("every:1h-2h", 3600.0, True),
        ("every:1h-2h", 7200.0, True),
        ("every:1h-2h", 7201.0, False),
        ("every:1.5d", 129600.0, True),
        ("every:once", None, True),
        ("every:1h", None, False),
        ("every:on", 60.0, False),
    ],
)
def test_lengths_of_time_are_added_up_and_compared(typed: str, every: float | None, meant: bool) -> None:
    assert finds(typed, interval_seconds=every) is meant
    assert finds(f"-{typed}", interval_seconds=every) is not meant


@pytest.mark.parametrize(
    ("longer", "shorter", "sure"),
    [
        ("clim", "cli", True),
        ("cli", "clim", False),
        ("clim x", "clim", True),
        ("clim", "clim x", False),
        ("!clim", "!cli", False),
        ("!clim", "!clim", True),
        ("name:clim", "name:cli", True),
        ("name:clim", "cli", False),
        ("health:failed", "health:fail", False),
        ("health:fail", "health:fail", True),
        ("~ab", "~a", False),
        ("/ab/", "/a/", False),
        ("abcdef01", "abcdef0", False),
        ("abcdef012", "abcdef01", True),
        ("name:abcdef01", "name:abcdef0", True),
        ("a or b", "a", False),
        ("a", "a or b", False),
        ("a", "", True),
        ("", "a", False),
    ],
)
def test_a_letter_more_is_known_to_leave_less(longer: str, shorter: str, sure: bool) -> None:
    assert parse_filter(longer).within(parse_filter(shorter)) is sure


def test_only_letters_that_abbreviate_put_timers_in_another_order() -> None:
    assert parse_filter("x ~cn").ranks
    for typed in ("climate", "!~cn", "", "health:ok"):
        assert not parse_filter(typed).ranks
    one = Plain(name="climate-nightly")
    assert parse_filter("~igh").rank(one) == 1  # type: ignore[arg-type]  # set above
    assert parse_filter("~igh ~clm").rank(one) == 1 + fuzzy_rank("clm", one.name)  # type: ignore[arg-type,attr-defined]
    assert parse_filter("~igh or ~cn").rank(one) == 0  # type: ignore[arg-type]  # set above
    assert parse_filter("").rank(one) == 0  # type: ignore[arg-type]  # set above


def test_what_changes_with_time_is_asked_for_again() -> None:
    assert not Filter().timely
    assert [parse_filter(typed).timely for typed in ("", "climate", "health:ok", "x or last:today")] == [
        False, False, False, True,
    ]  # fmt: skip


def test_several_words_of_one_kind_are_met_by_any() -> None:
    assert finds("cause:late,fi")
    assert finds("status:paused,act")
    assert finds("type:flow,tr")
    assert finds("profile:home,work")
    assert not finds("cause:late")
    assert not finds("type:flow")
    assert finds("health:problem", word=Word.WARN)
    assert not finds("health:problem", word=Word.RUNNING)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("status:ended (climate or genomics)", "Brackets"),
        ("(a or b) c", "Brackets"),
        ("x -(a b)", "Brackets"),
        ("((a) or (b))", "Brackets"),
        ("(a or b", "Brackets"),
        ("name:(a or b)", "Brackets"),
        ("not status:active", "with - before it"),
        ("status:ended NOT climate", "with - before it"),
        ("copy (mon) or copy (tue)", ""),
        ('"copy (a b)" or c', ""),
        ("(two words)", ""),
        ('"not" here', ""),
        ("-path:/a(1 x", ""),
        ("not", ""),
        ("sales and marketing", ""),
        (r"/r(aw|un)\d/ or c", ""),
    ],
)
def test_what_means_something_in_other_languages_is_told_not_taken_for_text(typed: str, told: str) -> None:
    problems = " ".join(parse_filter(typed).problems)
    assert told in problems
    assert bool(problems) is bool(told)

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.present.safe_text import cell_width, clip, fit, safe_line

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x00\x07\r\n\t\x9b\u202e\u2066\u200b\u200d\ufe0f\u0301日本한👩👍🏽\u1161"),
    ),
    max_size=60,
)
WHERE = st.sampled_from(["end", "start", "middle"])


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("nightly-mirror", "nightly-mirror"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("one\ntwo\tthree\r", "one␊two␉three␍"),
        ("\x7f\x9b2J", "␡\\x9b2J"),
        ("safe\u202efdp.exe", "safe\\u202efdp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("admin\u200d", "admin\\u200d"),
        ("ad\u034fmin", "ad\\u034fmin"),
        ("ad\ufe0fmin\U000e0100", "ad\\ufe0fmin\\U000e0100"),
        ("ក\u17b4\u180b", "ក\\u17b4"),
        ("1\ufe0f\u20e3", "1\u20e3"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
        ("e\u0301", "é"),
        ("\u0301lost", "◌\u0301lost"),
        ("👩\u200d💻", "👩💻"),
        ("👍🏽", "👍"),
        ("☁\ufe0f", "☁"),
        ("a\u3000b\u00a0c", "a  b c"),
        ("\ue0b0\U000e0041", "\\ue0b0\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("", ""),
    ],
)
def test_text_is_shown_literally_and_harmlessly(raw: str, shown: str) -> None:
    assert safe_line(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("é", "\\xe9"), ("\x1b[0m", "\\x1b[0m"), ("a\nb", "a\\nb"), ("日", "\\u65e5"), ("👍", "\\U0001f44d")],
)
def test_an_ascii_terminal_gets_escapes(raw: str, shown: str) -> None:
    assert safe_line(raw, ascii_only=True) == shown


def test_a_pile_of_combining_marks_is_cut_down() -> None:
    assert len(safe_line("e" + "\u0323" * 50)) <= 6


def test_a_megabyte_of_name_is_cut_before_it_is_looked_at() -> None:
    assert len(safe_line("x\n" * 500_000)) < 3000


@given(HOSTILE)
def test_nothing_that_moves_or_hides_reaches_the_terminal(raw: str) -> None:
    for line in (safe_line(raw), safe_line(raw, ascii_only=True)):
        assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert safe_line(raw, ascii_only=True).isascii()


@given(HOSTILE)
def test_harmless_text_stays_as_it_is(raw: str) -> None:
    assert safe_line(safe_line(raw)) == safe_line(raw)


@given(HOSTILE, st.integers(0, 30), WHERE, st.sampled_from(["left", "right", "center"]))
def test_a_fitted_text_fills_exactly_its_cells(raw: str, width: int, where: str, align: str) -> None:
    fitted = fit(safe_line(raw), width, where=where, align=align)  # type: ignore[arg-type] # drawn from the literals
    assert cell_width(fitted) == width


@given(HOSTILE, st.integers(0, 30), WHERE)
def test_a_clipped_text_never_starts_with_half_a_character(raw: str, width: int, where: str) -> None:
    clipped = clip(safe_line(raw), width, where=where)  # type: ignore[arg-type] # drawn from the literals
    assert cell_width(clipped) <= width
    assert not clipped or not unicodedata.category(clipped[0]).startswith("M")


@pytest.mark.parametrize(("where", "shown"), [("end", "/data/p…"), ("start", "…run.tar"), ("middle", "/dat…tar")])
def test_the_part_that_says_least_is_cut(where: str, shown: str) -> None:
    assert clip("/data/project/run.tar", 8, where=where) == shown  # type: ignore[arg-type] # the three literals


def test_a_wide_character_that_does_not_fit_leaves_a_blank() -> None:
    assert fit("日本", 3, ellipsis="~") == "日~"
    assert fit("日本", 4) == "日本"
    assert fit("a日本", 4) == "a日…"
    assert fit("日日本", 4) == "日… "

"""Filter rules as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.transfer.transfer import FilterRule, TransferData
from globus_tui.domain.transfer.typed_filters import (
    parse_rule,
    rule_text,
    unreachable_rules,
    with_rule,
    with_rule_moved,
    without_rule,
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("*.tmp", FilterRule("*.tmp")),
        ("exclude *.tmp", FilterRule("*.tmp")),
        ("- *.tmp", FilterRule("*.tmp")),
        ("include files *.nc", FilterRule("*.nc", "include", "file")),
        ("+ *.nc", FilterRule("*.nc", "include")),
        ("scratch/", FilterRule("scratch", "exclude", "dir")),
        ("exclude folders scratch tmp", FilterRule("scratch tmp", "exclude", "dir")),
        ('exclude "files"', FilterRule("files")),
        ("files", FilterRule("files")),
        ("include", FilterRule("include")),
        ("a/", FilterRule("a", "exclude", "dir")),
        ("include files a", FilterRule("a", "include", "file")),
        ("SKIP Folders Old", FilterRule("Old", "exclude", "dir")),
        ("my file*.tmp", FilterRule("my file*.tmp")),
        ("'a", FilterRule("'a")),
        ("'", FilterRule("'")),
    ],
)
def test_a_rule_is_read(text: str, rule: FilterRule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize("text", ["", "  ", '""', "exclude ' '", "data/raw/*.tmp", "/scratch"])
def test_what_would_match_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_rule(text)


@pytest.mark.parametrize(
    ("text", "words"), [("/", "leave out the slash"), ("files a/b", "leave out"), ('""', "a name")]
)
def test_it_is_said_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_rule(text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (FilterRule("*.tmp"), "exclude *.tmp"),
        (FilterRule("*.nc", "include", "file"), "include files *.nc"),
        (FilterRule("scratch tmp", type="dir"), "exclude folders scratch tmp"),
        (FilterRule("Files"), 'exclude "Files"'),
        (FilterRule("include x", type="file"), 'exclude files "include x"'),
        (FilterRule(" a"), 'exclude " a"'),
        (FilterRule("!a"), 'exclude "!a"'),
        (FilterRule("*.a *.b"), 'exclude "*.a *.b"'),
        (FilterRule("a", type="symlink"), "exclude a"),
    ],
)
def test_a_rule_is_written_as_it_is_typed_with_quotes_where_it_would_be_read_otherwise(
    rule: FilterRule, text: str
) -> None:
    assert rule_text(rule) == text


@pytest.mark.parametrize(
    ("rules", "dead"),
    [
        ((FilterRule("a"), FilterRule("a")), (1,)),
        ((FilterRule("a", "include"), FilterRule("b"), FilterRule("a", type="dir")), (2,)),
        ((FilterRule("a", type="dir"), FilterRule("a")), ()),
        ((FilterRule("*"), FilterRule("a"), FilterRule("b", type="file")), (1, 2)),
        ((FilterRule("a"), FilterRule("*")), ()),
        ((), ()),
    ],
)
def test_rules_behind_one_that_takes_all_of_theirs_never_decide(
    rules: tuple[FilterRule, ...], dead: tuple[int, ...]
) -> None:
    assert unreachable_rules(rules) == dead


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("*.a *.b", "a rule for each of *.a, *.b"),
        ("exclude *.tmp, *.bak", "a rule for each of *.tmp, *.bak"),
        ("include files *.nc;*.h5", "a rule for each of *.nc, *.h5"),
        ("!*.nc", "include *.nc"),
        ("exclude !keep", "include keep"),
    ],
)
def test_what_is_meant_otherwise_is_questioned_and_taken_in_quotes(text: str, advice: str) -> None:
    with pytest.raises(BadInput) as questioned:
        parse_rule(text)
    assert advice in str(questioned.value)
    name = text.removeprefix("exclude ").removeprefix("include files ")
    assert parse_rule(f'"{name}"').name == name


@given(
    st.text(
        st.characters(blacklist_characters="/\"'", blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1
    ),
    st.sampled_from(("include", "exclude")),
    st.sampled_from((None, "file", "dir")),
)
def test_a_rule_that_is_written_out_reads_the_same(name: str, method: str, kind: str | None) -> None:
    rule = FilterRule(name, method, kind)
    assert parse_rule(rule_text(rule)) == rule


def test_order_is_kept_changed_and_shortened_only_where_asked() -> None:
    data = TransferData(None, None)
    for name in "abc":
        data = with_rule(data, FilterRule(name))
    assert [one.name for one in data.filter_rules] == ["a", "b", "c"]
    assert [one.name for one in with_rule_moved(data, 2, -1).filter_rules] == ["a", "c", "b"]
    assert [one.name for one in with_rule_moved(data, 1, -1).filter_rules] == ["b", "a", "c"]
    assert [one.name for one in with_rule_moved(data, 0, 2).filter_rules] == ["b", "c", "a"]
    for place, by in ((0, -1), (2, 1), (3, -1), (-1, 1)):
        assert with_rule_moved(data, place, by) == data
    assert [one.name for one in without_rule(data, 1).filter_rules] == ["a", "c"]
    assert [one.name for one in without_rule(data, 2).filter_rules] == ["a", "b"]

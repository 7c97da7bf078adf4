from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from globus_tui.lines.cursor import LineCursor


@dataclass(frozen=True, slots=True)
class Item:
    key: str


def items(*keys: str) -> tuple[Item, ...]:
    return tuple(map(Item, keys))


def cursor_on(keys: str, at: int, *, height: int = 5, top: int = 0) -> LineCursor[Item]:
    cursor: LineCursor[Item] = LineCursor()
    cursor.set_height(height)
    cursor.swap_rows(items(*keys), None)
    cursor.scroll_to(top)
    cursor.move_to(at)
    return cursor


def test_the_first_rows_put_the_cursor_on_the_first() -> None:
    assert cursor_on("abc", 0).key == "a"


def test_rows_that_come_above_leave_the_cursor_row_on_its_line() -> None:
    cursor = cursor_on("abcdefghij", 4, top=2)
    cursor.swap_rows(items(*"xyzabcdefghij"), None)
    assert (cursor.key, cursor.position - cursor.top) == ("e", 2)


def test_another_order_leaves_the_cursor_row_on_its_line() -> None:
    cursor = cursor_on("abcdefghij", 4, top=2)
    cursor.swap_rows(items(*"jihgfedcba"), None)
    assert (cursor.key, cursor.position - cursor.top) == ("e", 2)


def test_a_reader_who_scrolled_away_keeps_his_page() -> None:
    cursor = cursor_on("abcdefghij", 0)
    cursor.scroll_to(5)
    cursor.swap_rows(items(*"xyabcdefghij"), None)
    assert (cursor.key, cursor.rows[cursor.top].key) == ("a", "f")


def test_a_lost_row_hands_the_cursor_to_the_one_below() -> None:
    cursor = cursor_on("abcde", 2)
    assert cursor.swap_rows(items(*"abde"), None).lost_key == "c"
    assert cursor.key == "d"


def test_the_last_row_lost_hands_the_cursor_to_the_one_above() -> None:
    cursor = cursor_on("abcde", 4)
    cursor.swap_rows(items(*"abc"), None)
    assert cursor.key == "c"


def test_a_list_that_was_empty_for_a_moment_finds_its_row_again() -> None:
    cursor = cursor_on("abcde", 3)
    assert cursor.swap_rows((), None).lost_key == "d"
    assert cursor.key is None
    cursor.swap_rows(items(*"abcde"), None)
    assert cursor.key == "d"


def test_a_mark_goes_with_its_row_and_is_reported() -> None:
    cursor = cursor_on("abc", 1)
    cursor.toggle_mark()
    assert cursor.swap_rows(items(*"ac"), None).dropped == {"b"}
    assert cursor.marked == frozenset()


def test_a_mark_outlives_a_filter_that_hides_its_row() -> None:
    cursor = cursor_on("abc", 1)
    cursor.toggle_mark()
    assert cursor.swap_rows(items(*"ac"), frozenset("abc")).dropped == frozenset()
    assert cursor.marked == {"b"}


def test_a_range_is_marked_in_either_direction() -> None:
    cursor = cursor_on("abcdef", 4)
    cursor.toggle_mark()
    cursor.move_to(1)
    cursor.mark_range()
    assert cursor.marked == set("bcde")


def test_the_window_jumps_half_a_page_at_its_edge() -> None:
    cursor = cursor_on("abcdefghijklmnop", 4, height=6)
    cursor.move_to(5)
    assert cursor.top == 0
    cursor.move_to(6)
    assert cursor.top == 3


def test_a_page_keeps_the_cursor_on_its_line() -> None:
    cursor = cursor_on("abcdefghijklmnop", 2, height=5)
    cursor.page(4)
    assert (cursor.key, cursor.position - cursor.top) == ("g", 2)


def test_a_lower_window_keeps_the_cursor_in_sight() -> None:
    cursor = cursor_on("abcdefghij", 8, height=10)
    cursor.set_height(4)
    assert cursor.top <= 8 < cursor.top + 4


KEYS = st.lists(st.sampled_from("abcdefghijkl"), unique=True)


@given(st.lists(st.tuples(KEYS, st.integers(-3, 15), st.integers(1, 8), st.booleans()), max_size=8))
def test_no_sequence_of_changes_leaves_the_list(steps: list[tuple[list[str], int, int, bool]]) -> None:
    cursor: LineCursor[Item] = LineCursor()
    for keys, position, height, mark in steps:
        before = cursor.key
        cursor.swap_rows(items(*keys), None)
        assert cursor.key == before or before not in keys
        cursor.set_height(height)
        cursor.move_to(position)
        if mark:
            cursor.toggle_mark()
        assert (cursor.position in range(len(keys))) == bool(keys)
        assert 0 <= cursor.top <= max(0, len(keys) - height)
        assert cursor.marked <= set(keys)

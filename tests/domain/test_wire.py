"""What is missing or odd in a document becomes None, never a guess and never an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain import wire

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-09-01T12:00:00+00:00", NOON),
        ("2026-09-01T12:00:00Z", NOON),
        ("2026-09-01T07:00:00-05:00", NOON),
        ("2026-09-01T12:00:00", NOON),
        ("2026-09-01 12:00:00+00:00", NOON),
        ("2026-09-01T12:00:00.000000+00:00", NOON),
        ("2026-09-01", NOON.replace(hour=0)),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("soon", None),
        ("2026-13-01T00:00:00Z", None),
        ("", None),
        (1788264000, None),
        (None, None),
    ],
)
def test_a_moment_is_read_in_every_form_that_services_send(sent: object, meant: datetime | None) -> None:
    assert wire.moment(sent) == meant


@pytest.mark.parametrize(
    ("sent", "meant"),
    [(3, 3), (3.0, 3), (0, 0), (True, None), (3.5, None), ("3", None), (None, None), (1e400, None), (-(10**400), None)],
)
def test_a_count_is_a_whole_number_or_not_known(sent: object, meant: int | None) -> None:
    assert wire.whole(sent) == meant


@pytest.mark.parametrize(
    ("sent", "meant"), [(3, 3.0), (2.5, 2.5), (False, None), (float("nan"), None), (float("inf"), None), ("1", None)]
)
def test_a_number_is_finite_or_not_known(sent: object, meant: float | None) -> None:
    assert wire.number(sent) == meant


def test_zero_and_false_are_answers_but_an_empty_text_is_none() -> None:
    assert wire.whole(0) == 0
    assert wire.flag(False) is False
    assert wire.flag(0) is None
    assert wire.text("") is None
    assert wire.texts(["a", 1, None, "b"]) == ("a", "b")


@given(ANY_JSON)
def test_no_value_is_too_odd_to_read(value: Any) -> None:
    moment = wire.moment(value)
    assert moment is None or moment.utcoffset() is not None
    assert isinstance(wire.document(value), dict)
    assert isinstance(wire.items(value), list)
    for reader in (wire.text, wire.whole, wire.number, wire.flag, wire.texts):
        reader(value)

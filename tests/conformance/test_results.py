"""The table of walked clients: every client has its row, and rows are read as they were written."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.conformance.__main__ import CLIENTS, FIELD, RESULTS, read_rows, read_steps, row, table


def test_the_table_has_a_row_for_each_client_and_none_is_our_fault() -> None:
    rows = read_rows(RESULTS.read_text())
    assert [one.key for one in CLIENTS] == [key for key in rows if key != "version"]
    assert "**fault**" not in RESULTS.read_text()
    assert all((FIELD / one.script).exists() for one in CLIENTS)


def test_what_a_walk_prints_becomes_a_row_and_is_read_again() -> None:
    printed = 'noise\n["list", "ok", ""]\n["pause", "own", "has none | yet"]\n["delete", "fault", "500"]\n'
    line = row(CLIENTS[0], read_steps(printed))
    assert line.endswith("| list, pause, delete | 1 of 3, **fault** | pause: has none \\| yet; delete: 500 |")
    assert read_rows(table([line], datetime.now(UTC)))[CLIENTS[0].key] == line

"""What is written lands where it belongs, wherever the terminal's cursor stood before."""

from __future__ import annotations

from rich.segment import Segment

from globus_tui.lines.app import Shadow
from globus_tui.lines.strip import LineStrip


def test_the_first_thing_written_is_placed_and_not_reckoned_from_where_the_cursor_may_be() -> None:
    for y, begin in ((0, "\x1b[1H"), (1, "\x1b[2H")):
        assert Shadow().write([(0, y, LineStrip([Segment("words")]))], "truecolor").startswith(begin)

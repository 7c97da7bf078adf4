"""What is written lands where it belongs, wherever the terminal's cursor stood before."""

from __future__ import annotations

from itertools import product

import pyte
from rich.segment import Segment
from rich.style import Style

from globus_tui.lines.app import Shadow
from globus_tui.lines.strip import LineStrip


def test_the_first_thing_written_is_placed_and_not_reckoned_from_where_the_cursor_may_be() -> None:
    for y, begin in ((0, "\x1b[H"), (1, "\x1b[2H")):
        assert Shadow().write([(0, y, LineStrip([Segment("words")]))], "truecolor").startswith(begin)


ATTRIBUTES = ("bold", "italic", "underline", "reverse", "strike")


def test_every_style_follows_on_every_other_one() -> None:
    chosen = [[name for name, on in zip(ATTRIBUTES, ons, strict=True) if on] for ons in product((0, 1), repeat=5)]
    for one, other in product(chosen, repeat=2):
        screen = pyte.Screen(10, 1)
        segments = [
            Segment(letter, Style.parse(" ".join(["red", *names]))) for letter, names in (("a", one), ("b", other))
        ]
        pyte.Stream(screen).feed(Shadow().write([(0, 0, LineStrip(segments))], "truecolor"))
        for place, names in enumerate((one, other)):
            drawn = screen.buffer[0][place]
            shown = drawn.bold, drawn.italics, drawn.underscore, drawn.reverse, drawn.strikethrough
            assert [name for name, on in zip(ATTRIBUTES, shown, strict=True) if on] == names

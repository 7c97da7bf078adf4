"""What was drawn last is shown only by a start that would draw the same, and says of when it is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.cli.arguments import parse
from globus_tui.cli.kept_frame import Drawn, KeptFrame, circumstances, title_line
from globus_tui.settings import Paths

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (80, 3)
AT = 1_795_000_000.0
MINUTE, HOUR = 60.0, 3600.0
DRAWN = Drawn(
    "default\nproduction\nhttps://timer\nops",
    AT,
    "14:03",
    "Sun 22 Nov 14:03",
    (" globus_tui  [default] ops", "\x1b[38;5;188;48;2;1;2;3m", "\x1b[1;38;5;210m"),
    ["\x1b[38;5;188m 2: 1 FAIL", " nightly \x1b[1mcopy\x1b[m"],
    SIZE,
)
ENVIRON = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


def frame_of(*options: str, **more: str) -> KeptFrame:
    environ = {**ENVIRON, **more}
    paths = Paths.of_this_user(os.environ)
    return KeptFrame(paths.cache, circumstances(parse(options), environ, paths))


@pytest.fixture
def kept() -> KeptFrame:
    """A frame drawn by a session without options."""
    frame = frame_of()
    frame.path.parent.mkdir(parents=True)
    assert frame.save(DRAWN)
    return frame


def test_a_start_like_the_last_one_shows_what_was_drawn_and_of_when_it_is(kept: KeptFrame) -> None:
    picture = frame_of().load(SIZE, AT + 12 * MINUTE)
    assert picture is not None
    title, *lines = picture.lines
    assert "as of 14:03, 12 min ago - starting" in title
    assert "synced" not in title
    assert lines == DRAWN.lines
    assert (picture.size, picture.label) == (SIZE, DRAWN.label)
    assert kept.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--profile", "lab"], {}),
        (["--theme", "globus-light"], {}),
        (["--zone", "UTC"], {}),
        (["--ascii"], {}),
        (["--demo"], {}),
        ([], {"TERM": "linux"}),
        ([], {"COLORTERM": "truecolor"}),
        ([], {"NO_COLOR": ""}),
        ([], {"LC_ALL": "C"}),
        ([], {"TZ": "America/Chicago"}),
        ([], {"GLOBUS_PROFILE": "lab"}),
        ([], {"GLOBUS_SDK_ENVIRONMENT": "preview"}),
        ([], {"GLOBUS_TUI_CLIENT_ID": "7a9c4e02", "GLOBUS_TUI_CLIENT_SECRET": "s"}),
        ([], {"COLUMNS": "80"}),
    ],
    ids=str,
)
def test_a_start_that_would_draw_otherwise_does_not_show_it(
    kept: KeptFrame, options: list[str], variables: dict[str, str]
) -> None:
    assert frame_of(*options, **variables).load(SIZE, AT) is None
    assert kept.load(SIZE, AT) is not None, "it is kept for a start that fits"


@pytest.mark.parametrize(
    ("size", "now"), [((81, 3), AT), ((80, 4), AT), (None, AT), (SIZE, AT - 1)], ids=["wider", "higher", "?", "future"]
)
def test_another_terminal_or_a_clock_put_back_does_not_show_it(
    kept: KeptFrame, size: tuple[int, int] | None, now: float
) -> None:
    assert kept.load(size, now) is None


def test_settings_changed_since_are_drawn_anew(kept: KeptFrame) -> None:
    config = Path.home() / ".config/globus_tui/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('theme = "globus-light"\n')
    assert frame_of().load(SIZE, AT) is None
    assert kept.load(SIZE, AT) is not None, "only the state of the settings differs"


def test_secrets_stay_out_of_the_file() -> None:
    frame = frame_of(GLOBUS_TUI_CLIENT_SECRET="sesame")
    frame.path.parent.mkdir(parents=True)
    assert frame.save(DRAWN)
    assert "sesame" not in frame.path.read_text()
    assert frame.load(SIZE, AT) is not None


def changed(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda found: {**found, "drawn": {**found["drawn"], **fields}}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: [],
        lambda _: {},
        lambda found: {**found, "drawn": None},
        changed(more=1),
        changed(at="now"),
        changed(title=["only"]),
        changed(lines=["too few"]),
        changed(lines=[1, 2]),
        changed(size=[80, 3, 1]),
        changed(size=None),
        changed(lines=["\x1b]0;a new title\x07", "moved \x1b[2A"]),
        changed(lines=["fine", "a line\nfeed"]),
        changed(clock="\x1b[2J"),
    ],
)
def test_a_file_that_says_something_else_is_removed(
    kept: KeptFrame, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    kept.path.write_text(json.dumps(spoil(json.loads(kept.path.read_text()))))
    assert kept.load(SIZE, AT) is None
    assert not kept.path.exists()


def test_half_a_file_is_removed(kept: KeptFrame) -> None:
    kept.path.write_bytes(kept.path.read_bytes()[:-20])
    assert kept.load(SIZE, AT) is None
    assert not kept.path.exists()


def test_a_file_that_others_could_have_written_is_not_shown(kept: KeptFrame) -> None:
    kept.path.chmod(0o620)
    assert kept.load(SIZE, AT) is None


def test_a_link_to_a_file_is_not_followed(kept: KeptFrame) -> None:
    elsewhere = kept.path.with_name("elsewhere")
    kept.path.rename(elsewhere)
    kept.path.symlink_to(elsewhere)
    assert kept.load(SIZE, AT) is None


def test_where_nothing_can_be_written_the_start_goes_without(kept: KeptFrame) -> None:
    kept.forget()
    kept.path.mkdir()
    assert not kept.save(DRAWN)


@pytest.mark.parametrize(
    ("columns", "age", "left", "right"),
    [
        (80, 0, " globus_tui  [default] ops", "as of 14:03, just now - starting "),
        (80, 11 * HOUR, " globus_tui  [default] ops", "as of 14:03, 11 h ago - starting "),
        (80, 13 * HOUR, " globus_tui  [default] ops", "as of Sun 22 Nov 14:03, 13 h ago - starting "),
        (50, 12 * MINUTE, " globus_tui ", "as of 14:03, 12 min ago - starting "),
    ],
)
def test_the_title_says_of_when_it_is(columns: int, age: float, left: str, right: str) -> None:
    title = title_line(DRAWN._replace(size=(columns, 3)), AT + age)
    assert title is not None
    words = title.replace(DRAWN.title[1], "").replace(DRAWN.title[2], "").replace("\x1b[0m", "").replace("\x1b[m", "")
    assert len(words) == columns
    assert words.startswith(left)
    assert words.endswith(right)


def test_without_room_to_say_of_when_it_is_it_is_not_shown() -> None:
    assert title_line(DRAWN._replace(size=(30, 3)), AT) is None


def test_it_may_be_older_than_the_rows_but_not_by_hours(kept: KeptFrame) -> None:
    kept.forget(older_than=HOUR)
    assert kept.path.exists()
    before = kept.path.stat().st_mtime - 2 * HOUR
    os.utime(kept.path, (before, before))
    kept.forget(older_than=HOUR)
    assert not kept.path.exists()

"""The CLI's batch format, compared with the CLI itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_tui.domain.transfer import batch_format
from globus_tui.domain.transfer.batch_format import read_batch, write_batch
from globus_tui.domain.transfer.transfer import TransferItem

if TYPE_CHECKING:
    from collections.abc import Callable


def test_items_comments_quotes_and_options() -> None:
    batch = read_batch(
        """# nightly
/data/a.h5 /archive/a.h5

-r /data/run1/ /archive/run1/   # a folder
--external-checksum d41d8 '/data/with blank' /archive/with\\ blank
--external-checksum=9e107 /../data/./c.h5 /archive/c.h5
/data/b --no-recursive /archive/b
-- -odd-name- /archive/odd
"""
    )
    assert batch.problems == ()
    assert batch.items == (
        TransferItem("/data/a.h5", "/archive/a.h5"),
        TransferItem("/data/run1/", "/archive/run1/", True),
        TransferItem("/data/with blank", "/archive/with blank", None, "d41d8"),
        TransferItem("/data/c.h5", "/archive/c.h5", None, "9e107"),
        TransferItem("/data/b", "/archive/b", False),
        TransferItem("-odd-name-", "/archive/odd"),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/only-one", "destination path is missing"),
        ("-r", "source path and a destination"),
        ("/a b /c", "in quotes"),
        ("'/a /b", "left open"),
        ("--colour /a /b", "--colour is no option"),
        ("-r --external-checksum x /a /b", "exclude each other"),
        ("/a /b --external-checksum", "needs a value"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_are_kept(line: str, words: str) -> None:
    batch = read_batch(f"/x /y\n{line}\n/z /w\n")
    assert [one.source_path for one in batch.items] == ["/x", "/z"]
    (problem,) = batch.problems
    assert problem.line == 2
    assert words in problem.words


@pytest.mark.parametrize(
    ("line", "spelled"),
    [
        ("/in/A1 /out/scan#1/x.dcm", "'/out/scan#1/x.dcm'"),
        ("/in/#x /out", "'/in/#x'"),
        (r"C:\Users\me\a.dat /dest/a.dat", "/C/Users/me/a.dat"),
        (r"/a\b /c", r"'/a\b'"),
        ("/data/a.dat, /x/a.dat, false", "/data/a.dat /x/a.dat"),
        ("/data/,/x/,true", "-r /data/ /x/"),
        ("/data/a.dat, /x/a.dat", "/data/a.dat /x/a.dat"),
        ("/a b, /c d, true", "-r '/a b' '/c d'"),
        ("-r /a/, /b/", "-r /a/ /b/"),
        ("a#1 /out", "'a#1'"),
        ("~, /x/, true", "-r '~' /x/"),
        ("/a/, /b/, true, nightly", "-r /a/ /b/"),
        ("/data/,/x/", "/data/ /x/"),
    ],
)
def test_what_a_line_most_probably_does_not_mean_is_told_with_the_right_spelling(line: str, spelled: str) -> None:
    (problem,) = read_batch(line).problems
    assert spelled in problem.words
    if spelled.count(" ") and not spelled.startswith("'"):
        assert read_batch(spelled).problems == ()


@pytest.mark.parametrize("line", ["one, two, true", "/a/, /b/, true, nightly, more", "/a/, , true", "/a/, /b/, soon"])
def test_other_lists_with_commas_are_not_taken_for_the_old_form(line: str) -> None:
    assert all("comma-separated" not in problem.words for problem in read_batch(line).problems)


def test_a_folder_of_windows_is_no_item_and_other_doubts_are_told_beside_theirs() -> None:
    assert read_batch(r"C:\Users\me\a.dat /dest/a.dat").items == ()
    assert read_batch(r"/a\b /c").items == (TransferItem("/ab", "/c"),)


def test_what_is_behind_the_last_line_that_is_read_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_format, "MOST_LINES", 3)
    text = "/a /b\n" * 3
    assert (len(read_batch(text).items), read_batch(text).problems) == (3, ())
    longer = read_batch(text * 2)
    assert (len(longer.items), [one.line for one in longer.problems]) == (3, [4])


def test_items_are_written_as_they_are_read() -> None:
    items = (
        TransferItem("/a", "/b", None, "d41d8"),
        TransferItem("/a b/", "/c,", True),
        TransferItem("-x", "/y", False),
    )
    text = write_batch(items)
    assert text.splitlines() == [
        "--external-checksum d41d8 /a /b", "--recursive '/a b/' '/c,'", "--no-recursive -- -x /y",
    ]  # fmt: skip
    assert read_batch(text).items == items


@pytest.mark.parametrize("line", ["/in /out # note", r"/a/my\ file /b", "'/a, b' /c,d", "'/in#1' /out", "/a,b /c"])
def test_lines_that_say_what_they_mean_are_not_doubted(line: str) -> None:
    assert read_batch(line).problems == ()


def test_bases_are_put_before_relative_paths() -> None:
    batch = read_batch("a.txt b/../c.txt\n/abs /abs2\n", source_base="/data", destination_base="/archive/")
    assert [(one.source_path, one.destination_path) for one in batch.items] == [
        ("/data/a.txt", "/archive/c.txt"),
        ("/abs", "/abs2"),
    ]


PATHS = st.text(st.sampled_from("ab/. '\"#\\-~é,"), min_size=1, max_size=9)
ITEMS = st.builds(TransferItem, PATHS, PATHS, st.sampled_from([None, True, False]))


@given(st.lists(ITEMS, max_size=4))
def test_what_is_written_is_read_back_by_us_and_by_the_cli(items: list[TransferItem]) -> None:
    text = write_batch(items)
    ours = read_batch(text)
    assert ours.problems == ()
    assert [vars_of(one) for one in ours.items] == by_cli(text)


LINES = st.lists(
    st.sampled_from(["/a", "b/", "'c d'", "-r", "--no-recursive", "--external-checksum", "x", "--", "#", "..", "~/e"]),
    max_size=5,
).map(" ".join)


@given(LINES)
def test_a_line_is_good_or_bad_as_for_the_cli(line: str) -> None:
    ours = read_batch(line)
    theirs = by_cli(line)
    if ours.problems:
        assert theirs is None
    else:
        assert [vars_of(one) for one in ours.items] == theirs


@given(st.text(max_size=60))
@example(", 0")
def test_no_text_makes_it_fail(text: str) -> None:
    batch = read_batch(text)
    assert max(len(batch.items), len(batch.problems)) <= len(text.splitlines())


def vars_of(item: TransferItem) -> dict[str, Any]:
    return {key: value for key, value in item.to_document().items() if key != "DATA_TYPE"}


def by_cli(text: str) -> list[dict[str, Any]] | None:
    """What globus-cli itself reads; None when it refuses."""
    click: Any = pytest.importorskip("click")
    sdk: Any = pytest.importorskip("globus_sdk")
    add: Callable[..., None] = pytest.importorskip("globus_cli.services.transfer").add_batch_to_transfer_data
    data = sdk.TransferData("a", "b")
    stream = io.StringIO(text)
    stream.name = "batch"  # the CLI names the file in its complaints
    try:
        with click.Context(click.Command("batch")):
            add(None, None, sdk.MISSING, data, stream)
    except (click.exceptions.Exit, ValueError):
        return None
    kept = []
    for item in data["DATA"]:
        kept.append({k: v for k, v in item.items() if v is not sdk.MISSING and v is not None and k != "DATA_TYPE"})
    return kept

"""Two spellings of one place are one place, for every check that asks; what nobody can tell is not taken for apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_tui.domain.making.draft import word_to_type
from globus_tui.domain.making.draft_checks import Lookups, check_draft, may_be_sent
from globus_tui.domain.making.draft_fields import Level
from globus_tui.domain.making.timer_index import TimerIndex
from globus_tui.domain.transfer.collection import Collection, CollectionKind
from globus_tui.domain.transfer.places import (
    PastedPlace,
    PastedPlaces,
    Place,
    Relation,
    above,
    home_of,
    is_whole,
    own_path,
    path_words,
    place,
    plain,
    read_paste,
    relation,
    sources,
    targets,
)
from globus_tui.domain.transfer.transfer import TransferData, TransferItem
from tests.domain.making.test_draft_checks import good, mirror, other
from tests.domain.samples import DESTINATION, NOW, SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from globus_tui.domain.making.draft import Draft
    from globus_tui.domain.making.draft_fields import Finding

HOST = "5555aaaa-0000-4000-8000-000000000005"
SHARED = Collection(SOURCE, "Depot", CollectionKind.GUEST, mapped_collection_id=HOST, host_path="/depot/lab/")
HOMELY = Collection(SOURCE, "Cluster", CollectionKind.MAPPED, default_directory="/home/pat")

PLAIN = {
    "/a/b": "/a/b/",
    "//a///b//": "/a/b/",
    "/a/./b/.": "/a/b/",
    "/a/c/../b": "/a/b/",
    "/../a/b": "/a/b/",
    "/": "/",
    "//": "/",
    "/a/..": "/",
    "/.": "/",
    "~": "//",
    "~/": "//",
    "/~": "//",
    "/~/": "//",
    "/./~/.": "//",
    "~/x/..": "//",
    ".": "//",
    "x/y": "//x/y/",
    "~/x": "//x/",
    "/~//x/./": "//x/",
    "..": "//../",
    "/~/../x": "//../x/",
    "~/../../x": "//../../x/",
    "~/../../../x": "//../../../x/",
    "~/a/../../b/..": "//../",
    "/a/~": "/a/~/",
    "/A": "/A/",
    "/caf\u00e9": "/caf\u00e9/",
    "/cafe\u0301": "/cafe\u0301/",
    "/a ": "/a /",
    "/...": "/.../",
}


@pytest.mark.parametrize("path", PLAIN)
def test_every_path_has_one_spelling(path: str) -> None:
    assert plain(path) == PLAIN[path]


def test_a_known_home_makes_paths_from_it_paths_from_the_root() -> None:
    assert plain("~/x", "/home/pat/") == "/home/pat/x/"
    assert plain("/~/../lee", "/home/pat/") == "/home/lee/"
    assert plain("/~/../../..", "/home/pat/") == plain("~", "/") == "/"


RELATIONS = [
    ("/archive/projects/", "/archive/./", Relation.INSIDE),
    ("/archive/./", "/archive/projects", Relation.AROUND),
    ("//archive", "/archive/x/..", Relation.SAME),
    ("/archive", "/archives", Relation.APART),
    ("/Data", "/data", Relation.APART),
    ("/caf\u00e9", "/cafe\u0301", Relation.APART),
    ("/~/x", "~/x/", Relation.SAME),
    ("/~/x/y", "x", Relation.INSIDE),
    ("/~/x", "~/y", Relation.APART),
    ("/~/x", "/", Relation.INSIDE),
    ("/~/x", "/home/pat/x", Relation.UNSURE),
    ("/~/../x", "~/../x/.", Relation.SAME),
    ("/~/../x", "~", Relation.UNSURE),
    ("/~/../x", "/", Relation.INSIDE),
]


@pytest.mark.parametrize(("one", "two", "expected"), RELATIONS)
def test_what_one_place_is_to_another(one: str, two: str, expected: Relation) -> None:
    mirrored = {Relation.INSIDE: Relation.AROUND, Relation.AROUND: Relation.INSIDE}
    assert relation(place("id", one), place("ID", two)) is expected
    assert relation(place("ID", two), place("id", one)) is mirrored.get(expected, expected)
    assert relation(place("id", one), place("other", two)) is Relation.APART


def test_a_guest_collection_shows_a_folder_of_another() -> None:
    known = {SOURCE: SHARED}
    lab = place(SOURCE, "/raw", known)
    assert relation(lab, place(HOST, "/depot/./lab/raw", known)) is Relation.SAME
    assert relation(lab, place(HOST, "/depot/", known)) is Relation.INSIDE
    assert relation(lab, place(HOST, "/depot/other", known)) is Relation.APART
    assert relation(place(SOURCE, "/~/raw", known), place(HOST, "/depot/lab/b", known)) is Relation.UNSURE
    assert relation(place(SOURCE, "/~/raw", known), place(HOST, "/tmp", known)) is Relation.APART


def test_a_guest_collection_that_does_not_say_which_folder_it_shows_may_overlap() -> None:
    known = {SOURCE: replace(SHARED, host_path=None), DESTINATION: replace(SHARED, collection_id=DESTINATION)}
    hidden = place(SOURCE, "/raw", known)
    assert relation(hidden, place(HOST, "/depot", known)) is Relation.UNSURE
    assert relation(hidden, place(HOST, "~/x", known)) is Relation.UNSURE
    assert relation(hidden, place(DESTINATION, "/x", known)) is Relation.UNSURE
    assert relation(hidden, place(SOURCE, "/raw/b", known)) is Relation.AROUND
    assert relation(hidden, place(SOURCE, "/other", known)) is Relation.APART


# --- any two spellings give the same findings

NAMES = st.sampled_from(["a", "b", "ab", "A"])
PATHS = st.tuples(st.sampled_from(["/", "/~/"]), st.lists(NAMES, max_size=3))


@st.composite
def spelled(draw: st.DrawFn, path: tuple[str, list[str]]) -> str:
    """One of the spellings of a path."""
    root, steps = path
    text = draw(st.sampled_from(["/~", "~", "/./~", "//~"])) if root == "/~/" else ""
    for step in steps:
        text += draw(st.sampled_from(["/", "//", "/./", "/x/../", "/x/y/../../"])) + step
    return text + draw(st.sampled_from(["/", "//", "/.", "/./", "/x/..", *([""] if text else [])]))


@st.composite
def twins(draw: st.DrawFn) -> tuple[list[TransferItem], list[TransferItem]]:
    """Items of the same places in two spellings."""
    one: list[TransferItem] = []
    two: list[TransferItem] = []
    for source, destination in draw(st.lists(st.tuples(PATHS, PATHS), min_size=1, max_size=3)):
        for items in (one, two):
            items.append(TransferItem(draw(spelled(source)), draw(spelled(destination)), recursive=True))
    return one, two


def told(items: Sequence[TransferItem], *others: Draft, lookups: Lookups, deletes: bool) -> list[Finding]:
    draft = (mirror if deletes else good)(destination_endpoint=SOURCE, items=tuple(items))
    return list(check_draft(draft, NOW, jobs=[other(one) for one in others], lookups=lookups))


@given(
    twins(),
    twins(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([Lookups(), Lookups(HOMELY, HOMELY), Lookups(SHARED, SHARED)]),
)
@example(
    ([TransferItem("/archive/projects/", "/archive/./", True)], [TransferItem("/archive/projects", "/archive", True)]),
    ([TransferItem("/a", "/archive/x/..", True)], [TransferItem("/a/", "/archive", True)]),
    True,
    True,
    Lookups(),
)
def test_any_two_spellings_of_the_same_places_give_the_same_findings(
    mine: tuple[list[TransferItem], list[TransferItem]],
    theirs: tuple[list[TransferItem], list[TransferItem]],
    deletes: bool,
    they_delete: bool,
    lookups: Lookups,
) -> None:
    found = [
        told(
            one,
            (mirror if they_delete else good)(destination_endpoint=SOURCE, items=tuple(two)),
            lookups=lookups,
            deletes=deletes,
        )
        for one, two in zip(mine, theirs, strict=True)
    ]
    assert found[0] == found[1]
    words = [word_to_type(mirror(items=tuple(one))) for one in mine]
    assert words[0] == words[1]
    assert words[0] not in ("", ".", "..", "~")


# --- what is stopped

STOPPED = {
    "onto itself": [("/archive", "/archive/x/..")],
    "the source in the folder that is mirrored to": [("/archive/projects/", "/archive/./")],
    "the copy in its own source": [("/archive", "/archive/copy")],
    "a root": [("/data", "/")],
    "a root, spelled": [("/data", "/x/..")],
    "a home": [("/data", "/~/.")],
    "a dot": [("/data", ".")],
    "two dots": [("/data", "..")],
    "another user's home": [("/data", "/home/lee")],
    "another user's home, by name": [("/data", "~lee/")],
    "all homes": [("/data", "/home/lee/..")],
    "the home of root": [("/data", "//root/.")],
    "a way out of the home": [("/data", "/~/../lee/")],
    "one item deletes what another writes": [("/a", "/out"), ("/b", "/out/b")],
    "both delete what the other writes": [("/a", "/out"), ("/b", "//out/.")],
    "one item deletes what another reads": [("/in/raw", "/copy"), ("/new", "/in/x/..")],
    "one item deletes around what another reads": [("/new", "/in"), ("/in/raw/.", "/copy")],
}


@pytest.mark.parametrize("fault", STOPPED)
def test_mirrors_that_would_delete_what_nobody_meant_are_stopped(fault: str) -> None:
    items = tuple(TransferItem(source, destination, recursive=True) for source, destination in STOPPED[fault])
    found = check_draft(mirror(destination_endpoint=SOURCE, items=items), NOW)
    assert any(one.level is Level.STOP and one.field == "items" for one in found), found


def test_mirrors_that_keep_to_themselves_are_not_stopped() -> None:
    items = (
        TransferItem("/a", "/out/a", recursive=True),
        TransferItem("/b", "/out/b", recursive=True),
        TransferItem("/a/in", "/out/a/in", recursive=True),  # twice, but the first item deletes nothing of it
    )
    assert may_be_sent(check_draft(mirror(destination_endpoint=SOURCE, items=items), NOW))


def test_a_home_by_its_whole_path_is_a_home_too() -> None:
    item = TransferItem("/data", "/home/pat/./", recursive=True)
    data = mirror(destination_endpoint=SOURCE, items=(item,))
    assert not may_be_sent(check_draft(data, NOW, lookups=Lookups(HOMELY, HOMELY)))
    assert not may_be_sent(check_draft(data, NOW)), "homes are usually there"


def test_what_is_around_a_known_home_is_stopped_and_folders_in_a_home_are_not() -> None:
    homely = replace(HOMELY, default_directory="/vol/users/pat/")

    def sent(folder: str) -> bool:
        data = mirror(destination_endpoint=SOURCE, items=(TransferItem("/data", folder, recursive=True),))
        return may_be_sent(check_draft(data, NOW, lookups=Lookups(homely, homely)))

    assert not sent("/vol/users/")
    assert not sent("/vol/")
    assert sent("/vol/users/pat/copy/")
    assert sent("/home/pat/copy/")


def test_paths_from_home_and_from_the_root_are_not_taken_for_apart() -> None:
    data = mirror(destination_endpoint=SOURCE, items=(TransferItem("~/x", "/home/pat/x", recursive=True),))
    assert any("Nobody tells" in one.words and one.level is Level.WARN for one in check_draft(data, NOW))
    assert not may_be_sent(check_draft(data, NOW, lookups=Lookups(HOMELY, HOMELY)))


OTHERS = [
    ("it deletes where this writes", ("/data", "/out"), ("/new", "/out/day"), False, "what this puts there"),
    ("it deletes what this reads", ("/more", "/new/raw/.."), ("/new/raw", "/out"), False, "what this reads"),
    ("this deletes what it reads", ("/out/day", "/far"), ("/new", "//out"), True, "in which this deletes"),
]


@pytest.mark.parametrize(("story", "theirs", "mine", "deletes", "words"), OTHERS)
def test_mirrors_and_other_timers(
    story: str, theirs: tuple[str, str], mine: tuple[str, str], deletes: bool, words: str
) -> None:
    its = mirror(destination_endpoint=SOURCE, items=(TransferItem(*theirs, recursive=True),))
    its = its if not deletes else good(destination_endpoint=SOURCE, items=its.transfer.items)
    ours = (mirror if deletes else good)(destination_endpoint=SOURCE, items=(TransferItem(*mine, recursive=True),))
    found = check_draft(ours, NOW, jobs=[other(its)])
    assert any(words in one.words and one.level is Level.WARN for one in found), (story, found)


def test_a_timer_on_a_guest_collection_is_found_under_the_collection_that_it_shows() -> None:
    theirs = mirror(items=(TransferItem("/x", "/raw", recursive=True),), source_endpoint=DESTINATION)
    theirs = replace(theirs, transfer=replace(theirs.transfer, destination_endpoint=SOURCE))
    index = TimerIndex([other(theirs)], {SOURCE: SHARED})
    item = TransferItem("/depot/lab/raw/", "/safe/", recursive=True)
    ours = good(source_endpoint=HOST, items=(item,))
    assert any("what this reads" in one.words for one in check_draft(ours, NOW, jobs=index))


# --- what is pasted

ONE, TWO = SOURCE, DESTINATION
APP = "https://app.globus.org/file-manager"


@pytest.mark.parametrize(
    ("text", "source", "destination"),
    [
        (ONE, PastedPlace(ONE), None),
        (f"  {ONE.upper()}\n", PastedPlace(ONE), None),
        (f"{ONE}:/data/a b", PastedPlace(ONE, "/data/a b"), None),
        (f"{ONE}:", PastedPlace(ONE), None),
        (f"{ONE}:~/x:y", PastedPlace(ONE, "~/x:y"), None),
        (f"{APP}?origin_id={ONE}&origin_path=%2Fa%20b%2F", PastedPlace(ONE, "/a b/"), None),
        (f"{APP}?destination_id={TWO}&destination_path=/b", None, PastedPlace(TWO, "/b")),
        (f"{APP}?origin_id={ONE}&destination_id={TWO}&path=/no", PastedPlace(ONE), PastedPlace(TWO)),
        (f"{APP}?origin_id=nonsense&destination_id={TWO}", None, PastedPlace(TWO)),
        (f"{APP}/collections/{ONE.upper()}/overview", PastedPlace(ONE), None),
        (f"https://other.example.org/endpoints/{ONE}?path=/x", PastedPlace(ONE, "/x"), None),
        (f"{APP}/collections/{ONE}?destination_id={TWO}", PastedPlace(ONE), PastedPlace(TWO)),
    ],
)
def test_what_is_pasted_names_one_side_or_both(
    text: str, source: PastedPlace | None, destination: PastedPlace | None
) -> None:
    assert read_paste(text) == PastedPlaces(source, destination)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "campus archive",
        f"{ONE} and more",
        f"see {ONE}",
        f"{APP}/activity",
        f"{APP}?origin_id={ONE}0",
        f"{ONE}:{'x' * 10_000}",
        f"https://[broken/{ONE}",
        f"/endpoints/{ONE}",
    ],
)
def test_what_names_no_collection_is_something_to_search_for(text: str) -> None:
    assert read_paste(text) is None


# --- roots, homes, and what is around a place


@pytest.mark.parametrize(
    ("path", "home", "whole"),
    [
        ("/", None, True),
        ("~", None, True),
        ("/home", None, True),
        ("/Users/", None, True),
        ("/home/lee", None, True),
        ("/root", None, True),
        ("/~lee", None, True),
        ("~/../lee", None, True),
        ("/vol/users", "/vol/users/pat/", True),
        ("/vol/users/pat", "/vol/users/pat/", True),
        ("/vol/users/pat/x", "/vol/users/pat/", False),
        ("/home/lee/x", None, False),
        ("/rooted", None, False),
        ("~/x", None, False),
        ("/data", None, False),
    ],
)
def test_what_a_mirror_must_not_be_pointed_at(path: str, home: str | None, whole: bool) -> None:
    assert is_whole(plain(path), home) is whole


def test_the_folders_around_a_place_are_named_from_the_outside_in() -> None:
    assert list(above("/a/b/c/")) == ["/", "/a/", "/a/b/"]
    assert list(above("//x/")) == ["/", "//"]
    assert list(above("/")) == []


@pytest.mark.parametrize(
    ("directory", "home"),
    [("/home/pat", "/home/pat/"), ("/", "/"), ("/~/", None), ("~/x", None), ("/home/$USER/", None), (None, None)],
)
def test_a_home_is_known_only_where_it_is_a_folder_by_name(directory: str | None, home: str | None) -> None:
    assert home_of(Collection("c", "C", default_directory=directory)) == home
    assert home_of(None) is None


def test_paths_from_home_are_shown_as_people_write_them() -> None:
    assert [path_words(plain(path)) for path in ("~/x", "~", "/a", "~/../b")] == ["/~/x/", "/~/", "/a/", "/~/../b/"]


def test_what_is_known_of_a_collection_is_found_however_its_id_is_written() -> None:
    for key in (SOURCE, SOURCE.upper()):
        assert place(SOURCE.upper(), "~/x", {key: HOMELY}) == Place(SOURCE, "/home/pat/x/")
        assert own_path(key, "~/x", {key: HOMELY}) == "/home/pat/x/"
    assert place(None, "~/x", {"": HOMELY}) == Place(None, "/home/pat/x/")
    assert place(None, "/a") == Place(None, "/a/")


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((HOST, "/tmp"), (SOURCE, "/~/raw"), Relation.APART),
        ((HOST, "/depot/lab/b"), (SOURCE, "/~/raw"), Relation.UNSURE),
        ((HOST, "/depot"), (SOURCE, "/~/raw"), Relation.AROUND),
        ((HOST, "~/x"), (HOST, "~/y"), Relation.APART),
        ((None, "/a"), (None, "/a"), Relation.APART),
    ],
)
def test_what_is_one_to_the_other_is_so_the_other_way_round(
    one: tuple[str | None, str], two: tuple[str | None, str], expected: Relation
) -> None:
    mirrored = {Relation.INSIDE: Relation.AROUND, Relation.AROUND: Relation.INSIDE}
    first, second = place(*one, {SOURCE: SHARED}), place(*two, {SOURCE: SHARED})
    assert relation(first, second) is expected
    assert relation(second, first) is mirrored.get(expected, expected)


def test_a_hidden_folder_may_be_anywhere_in_what_its_host_shows_whoever_asks_first() -> None:
    known = {SOURCE: replace(SHARED, host_path=None)}
    hidden, home = place(SOURCE, "/raw", known), place(HOST, "~/x", known)
    assert relation(hidden, home) is relation(home, hidden) is Relation.UNSURE
    assert relation(place(SOURCE, "/a", known), place(SOURCE, "/b", known)) is Relation.APART


def test_two_hidden_folders_of_one_host_may_be_in_each_other() -> None:
    known = {key: replace(SHARED, collection_id=key, host_path=None) for key in (SOURCE, DESTINATION)}
    assert relation(place(SOURCE, "/a", known), place(DESTINATION, "/b", known)) is Relation.UNSURE


@pytest.mark.parametrize("one", Relation)
def test_what_is_done_in_one_place_is_done_in_the_other_where_they_overlap(one: Relation) -> None:
    assert one.overlaps is (one not in (Relation.APART, Relation.UNSURE))


def test_where_a_transfer_reads_and_writes_is_told_item_by_item() -> None:
    data = TransferData(SOURCE, HOST, (TransferItem("/a", "/x"), TransferItem("~/b", "/y/")))
    assert sources(data, {SOURCE: HOMELY}) == [Place(SOURCE, "/a/"), Place(SOURCE, "/home/pat/b/")]
    assert targets(data) == [Place(HOST, "/x/"), Place(HOST, "/y/")]

"""From and to: finding a collection as its name is typed, and walking through its folders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.faults import Fault
from globus_tui.sandbox.world.collections import collection_id
from globus_tui.screens.consent import ConsentScreen
from globus_tui.screens.create.side import Side
from globus_tui.widgets.text_line import NoteLine
from tests.screens.wizard import Maker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.demo import Demo

WIDE, NARROW = (120, 36), (80, 24)


@pytest.fixture
async def maker(demo: Demo) -> AsyncIterator[Maker]:
    async with demo.console(size=WIDE) as pilot:
        one = Maker(demo, pilot)
        await one.press("n", "enter")
        yield one


def side(maker: Maker, name: str = "source") -> Side:
    return maker.wizard.query_one(f"#{name}-side", Side)


def offered(maker: Maker) -> list[str]:
    return [row.suggestion.collection.name for row in side(maker).picker.rows]


async def test_before_anything_is_typed_the_recent_ones_bookmarks_and_ones_own_are_offered(maker: Maker) -> None:
    groups = [row.suggestion.why.value for row in side(maker).picker.rows]
    assert groups[0] == "recent"
    assert {"recent", "mine", "shared with me"} <= set(groups)
    assert "Clinical Enclave (HA)" in offered(maker)
    assert "HA MFA" in maker.demo.text()


async def test_where_nothing_fits_the_note_is_not_about_what_fitted_before(maker: Maker) -> None:
    await maker.demo.press(maker.pilot, *"imaging")
    note = side(maker).row("source").query_one(".row-note", NoteLine)
    await maker.demo.until(maker.pilot, lambda: collection_id("imaging") in note.left.plain)
    await maker.demo.press(maker.pilot, "ctrl+u", *"zzzz")
    await maker.demo.until(maker.pilot, lambda: "No collection fits" in maker.demo.text())
    await maker.demo.until(maker.pilot, lambda: collection_id("imaging") not in note.left.plain)


async def test_enter_right_after_the_last_letter_waits_for_the_answer_and_takes_the_best(maker: Maker) -> None:
    await maker.demo.press(maker.pilot, *"imaging", "enter")
    assert maker.draft.source_name == "Imaging Lake"
    assert maker.draft.transfer.source_endpoint == collection_id("imaging")
    assert side(maker).path_field.has_focus
    assert side(maker).path == "/home/ops/"


async def test_arrow_keys_in_the_field_choose_among_those_that_fit(maker: Maker) -> None:
    await maker.press("down", "down", "enter")
    assert maker.draft.source_name == "Cluster Scratch"


@pytest.mark.parametrize("form", ["{}", "https://app.globus.org/file-manager/collections/{}/overview"])
async def test_an_id_or_a_link_leads_to_exactly_that_collection(maker: Maker, form: str) -> None:
    await maker.write(form.format(collection_id("teach")))
    await maker.press("enter")
    assert maker.draft.source_name == "Teaching Share"


async def test_a_link_of_the_file_manager_fills_in_both_sides_with_their_paths(maker: Maker) -> None:
    link = (
        f"https://app.globus.org/file-manager?origin_id={collection_id('beam')}&origin_path=%2Fraw%2F"
        f"&destination_id={collection_id('depot')}&destination_path=%2Fprojects%2F"
    )
    await maker.write(link)
    await maker.press("enter")
    draft = maker.draft
    assert (draft.source_name, draft.destination_name) == ("Beamline 7 Data", "Lab Depot")
    assert [(one.source_path, one.destination_path, one.recursive) for one in draft.transfer.items] == [
        ("/raw/", "/projects/", True)
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("gone", "has been deleted"),
        ("facility", "holds no data"),
        ("field", "not connected now"),
        ("mac", "paused by its owner"),
        ("clinical", "wants a sign-in"),
    ],
)
async def test_a_collection_that_cannot_be_used_says_what_it_is(maker: Maker, key: str, words: str) -> None:
    await maker.write(collection_id(key))
    await maker.press("enter")
    note = side(maker).row("source").query_one(".row-note", NoteLine)
    assert words in str(note.left)
    assert note.region.height


async def test_a_collection_that_its_managers_have_paused_says_so_with_their_words(maker: Maker) -> None:
    await maker.write("tape library")
    await maker.press("enter")
    await maker.demo.until(maker.pilot, lambda: "managers have paused transfers from it" in maker.demo.text())
    assert "Tape robot maintenance until 18:00" in maker.demo.text()


async def test_a_name_that_has_what_was_typed_comes_before_others_that_have_it_elsewhere(maker: Maker) -> None:
    await maker.write("tape")
    await maker.press("enter")
    assert maker.draft.source_name == "Tape Library"


async def test_what_is_under_the_cursor_says_whose_it_is_and_its_id(maker: Maker) -> None:
    await maker.write("campus archive")
    note = side(maker).row("source").query_one(".row-note", NoteLine)
    words = f"mapped, needs a consent, {collection_id('archive')}, owner Example Facility"
    await maker.demo.until(maker.pilot, lambda: str(note.left) == words)
    await maker.press("enter")
    assert "owner " not in str(side(maker).row("source").query_one(".row-note", NoteLine).left)


async def test_one_key_exchanges_source_and_destination_with_their_paths(maker: Maker) -> None:
    await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/")
    await maker.press("f8")
    draft, transfer = maker.draft, maker.draft.transfer
    assert (draft.source_name, draft.destination_name) == ("Lab Depot", "Beamline 7 Data")
    assert (transfer.source_endpoint, transfer.destination_endpoint) == (collection_id("depot"), collection_id("beam"))
    assert [(one.source_path, one.destination_path) for one in transfer.items] == [("/projects/", "/raw/")]
    assert side(maker).collection_field.value == "Lab Depot"
    assert side(maker).path == "/projects/"
    await maker.press("f8")
    assert maker.draft.source_name == "Beamline 7 Data"


async def test_words_that_nothing_fits_say_so_and_nothing_is_chosen(maker: Maker) -> None:
    await maker.write("no such collection anywhere")
    await maker.press("enter")
    assert maker.draft.transfer.source_endpoint is None
    assert "No collection fits" in maker.demo.text()


async def test_a_name_with_markup_and_escape_codes_is_shown_as_data(maker: Maker) -> None:
    maker.demo.sandbox.collections[collection_id("teach")].document["display_name"] = "[b]Teach[/b] \x1b[31mred"
    await maker.write(collection_id("teach"))
    await maker.press("enter")
    assert "[b]Teach[/b]" in maker.demo.text()
    assert "\x1b" not in maker.demo.text()


# --- folders


async def test_folders_are_opened_and_left_and_the_path_follows(maker: Maker) -> None:
    await maker.write("cluster scratch")
    await maker.press("enter")
    await maker.write("/scratch/")
    await maker.press("down")
    assert side(maker).browser.has_focus
    maker.wizard.query_one("#source-browser")
    assert side(maker).browser.move_to("ops")
    await maker.press("enter")
    assert side(maker).path == "/scratch/ops/"
    await maker.press("slash", *"bea")
    assert side(maker).path == "/scratch/ops/bea", "a slash narrows what is listed, and the folder stays"
    await maker.press("ctrl+u")
    await maker.write("/scratch/ops/")
    await maker.press("down")
    await maker.press("left", "left", "left")
    assert side(maker).path == "/"


async def test_ten_thousand_entries_are_listed_and_only_those_on_the_screen_are_drawn(maker: Maker) -> None:
    await maker.write("cluster scratch")
    await maker.press("enter")
    await maker.write("/scratch/many files/")
    await maker.press("down", "G")
    browser = side(maker).browser
    assert len(browser.rows) == 10_000
    assert browser.cursor_position == 9_999
    assert "part-09999" in maker.demo.text()


async def test_several_picked_entries_become_an_item_each_under_their_own_names(maker: Maker) -> None:
    await maker.write("cluster scratch")
    await maker.press("enter")
    await maker.write("/scratch/many files/")
    await maker.press("down", "space", "space", "tab")
    await maker.write("lab depot")
    await maker.press("enter")
    await maker.write("/inbox/")
    await maker.press("enter")
    found = [(one.source_path, one.destination_path, one.recursive) for one in maker.draft.transfer.items]
    assert found == [
        ("/scratch/many files/part-00000.parquet", "/inbox/part-00000.parquet", False),
        ("/scratch/many files/part-00001.parquet", "/inbox/part-00001.parquet", False),
    ]


async def test_hidden_names_and_the_order_are_switched_in_the_listing(maker: Maker) -> None:
    await maker.write("cluster scratch")
    await maker.press("enter", "down")
    browser = side(maker).browser
    names = [row.key for row in browser.rows]
    assert not any(name.startswith(".") for name in names)
    await maker.press("o", "o")
    newest = [row.entry.modified for row in browser.rows if not row.entry.is_folder]
    assert newest == sorted(newest, key=str, reverse=True)
    await maker.press("full_stop")
    assert browser.hidden_shown
    assert len(browser.rows) >= len(names)


async def test_a_consent_that_browsing_needs_is_asked_for_and_then_the_folder_is_there(maker: Maker) -> None:
    demo = maker.demo
    await maker.write("national lab")
    await maker.press("enter")
    assert "Globus asks for something first" in demo.text()
    await maker.press("down")
    await maker.press_and_wait("enter", lambda: isinstance(demo.app.screen, ConsentScreen))
    await maker.press_and_wait("b", lambda: "Pretend browser" in demo.text())
    await maker.press_and_wait("1", lambda: side(maker).browser.rows)
    assert "Globus asks for something first" not in demo.text()
    note = side(maker).row("source").query_one(".row-note", NoteLine)
    await demo.until(maker.pilot, lambda: "can be used" in str(note.left))


async def test_a_folder_gets_a_bookmark_and_is_offered_by_it(maker: Maker) -> None:
    await maker.write("cluster scratch")
    await maker.press("enter")
    await maker.write("/scratch/sim/")
    await maker.press("down", "b")
    await maker.write("simulations")
    await maker.press("enter")
    assert maker.demo.note() == "Bookmark simulations is made."
    await maker.press("shift+tab", "shift+tab")
    await maker.write("simula")
    await maker.press("enter")
    assert side(maker).path == "/scratch/sim/"


async def test_a_path_that_is_not_there_is_a_stop_at_the_source_and_a_note_at_the_destination(maker: Maker) -> None:
    await maker.from_to("cluster scratch", "/nowhere/", "lab depot", "/not yet/")
    await maker.press("f3")
    await maker.demo.until(maker.pilot, lambda: "Not there yet: it will be made" in maker.demo.text())
    assert "STOP There is no such path" in maker.demo.text()


async def test_changing_a_path_takes_the_place_of_listed_items_and_says_so_before(maker: Maker) -> None:
    await maker.from_to("beamline 7 data", "/raw/", "lab depot", "/projects/raw/")
    await maker.press("f4", "a")
    await maker.write("/raw/one.h5")
    await maker.press("enter")
    await maker.write("/projects/other.h5")
    await maker.press("enter")
    assert len(maker.draft.transfer.items) == 2
    await maker.press("f3")
    assert "2 items are listed on the next step" in " ".join(maker.demo.text().split())


async def test_at_eighty_columns_the_side_with_the_focus_has_the_room(demo: Demo) -> None:
    async with demo.console("--ascii", size=NARROW) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        await maker.write("beamline 7 data")
        await maker.press("enter", "enter")
        assert not side(maker).browser.region.height
        assert side(maker, "destination").picker.region.height > 5
        assert "Beamline 7 Data" in demo.text()
        await maker.press("shift+tab")
        assert side(maker).browser.has_focus or side(maker).path_field.has_focus
        assert demo.text().isascii()


async def test_while_a_search_hangs_nothing_found_for_another_text_is_offered_or_taken(maker: Maker) -> None:
    await maker.write("imaging")
    assert "Imaging Lake" in offered(maker)
    hangs = maker.demo.fault(Fault("*/endpoint_search", kind="pass", times=None, wait=asyncio.Event()))
    await maker.pilot.press("ctrl+u", *"tape")
    await maker.demo.until(maker.pilot, lambda: "Looking for tape" in maker.demo.text())
    assert offered(maker) == []
    assert collection_id("imaging") not in maker.demo.text()
    await maker.pilot.press("down", "enter", *"s")  # that Enter was for "tape", which is not what stands there now
    assert hangs.wait is not None
    hangs.wait.set()
    await maker.demo.settle(maker.pilot)
    assert maker.draft.source_name is None
    await maker.press("backspace", "enter")
    assert maker.draft.source_name == "Tape Library"


async def test_enter_after_a_search_that_failed_asks_again(maker: Maker) -> None:
    down = maker.demo.fault(Fault("*/endpoint_search", status=503, times=None))
    await maker.write("tape")
    assert offered(maker) == []
    await maker.press("enter")
    note = side(maker).row("source").query_one(".row-note", NoteLine)
    assert "could not be looked for" in note.left.plain
    maker.demo.sandbox.faults.active.remove(down)
    await maker.press("enter")
    assert maker.draft.source_name == "Tape Library"


async def test_on_the_smallest_screen_what_can_be_chosen_is_seen_on_both_sides(demo: Demo) -> None:
    async with demo.console(size=(60, 15)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        for name in ("Tape Library", "Lab Depot"):
            await maker.write(name.lower())
            assert sum(name in line for line in demo.screen()) == 1  # in the list: the field has what was typed
            await maker.press("enter")
            await maker.write("/x/")
            await maker.press("enter")
        assert (maker.draft.source_name, maker.draft.destination_name) == ("Tape Library", "Lab Depot")


async def test_a_text_too_long_to_be_asked_for_is_told_and_ends_nothing(maker: Maker) -> None:
    await maker.write("x" * 70_000)
    assert "too long to ask for" in maker.demo.text()

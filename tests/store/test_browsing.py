"""Collections are found as one types, folders are listed once, and refusals say what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.transfer.places import PastedPlace, PastedPlaces, read_paste
from globus_tui.store.browsing import Browser, Why
from tests.store.workbench import ARCHIVE, SCRATCH, Workbench, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with workbench() as made:
        yield made


@pytest.fixture
def browser(bench: Workbench) -> Browser:
    return Browser(bench.transfers, bench.flows, bench.creator, bench.clock.now)


async def test_what_is_typed_is_searched_for(browser: Browser) -> None:
    found = await browser.suggest("campus ar")
    assert found.problems == ()
    assert "Campus Archive" in [one.collection.name for one in found.entries]
    ids = [one.collection.collection_id for one in found.entries if one.why is not Why.BOOKMARK]
    assert len(ids) == len(set(ids))


async def test_nothing_typed_shows_ones_own_groups_and_does_not_search_all(browser: Browser, bench: Workbench) -> None:
    found = await browser.suggest("")
    assert found.entries
    assert Why.SEARCH not in {one.why for one in found.entries}
    assert not any("filter_scope" not in seen.query for seen in bench.app.requests if "endpoint_search" in seen.path)


async def test_the_same_words_are_asked_once(browser: Browser, bench: Workbench) -> None:
    await browser.suggest("archive")
    before = len(bench.app.requests)
    await browser.suggest("Archive ")
    assert len(bench.app.requests) == before
    browser.forget()
    await browser.suggest("archive")
    assert len(bench.app.requests) > before


async def test_a_group_that_fails_leaves_the_others(browser: Browser, bench: Workbench) -> None:
    bench.fault("/v0.10/bookmark_list", "reset", times=None)
    found = await browser.suggest("archive")
    assert found.entries
    assert len(found.problems) == 1
    assert found.problems[0].startswith("bookmark")


async def test_an_id_and_a_link_are_taken_as_they_are(browser: Browser) -> None:
    found = await browser.suggest(f" {ARCHIVE}:/archive/db/ ")
    (one,) = found.entries
    assert (one.collection.name, one.why, one.path) == ("Campus Archive", Why.PASTED, "/archive/db/")
    link = f"https://app.globus.org/file-manager?origin_id={SCRATCH}&origin_path=%2Fscratch%2F&destination_id={ARCHIVE}"
    both = await browser.suggest(link)
    assert both.entries[0].path == "/scratch/"
    assert both.destination is not None
    assert both.destination.collection.name == "Campus Archive"


async def test_an_id_that_is_none_says_so(browser: Browser) -> None:
    found = await browser.suggest("00000000-0000-4000-8000-000000000000")
    assert found.entries == ()
    assert found.problems


async def test_a_folder_is_listed_once_and_again_when_asked(browser: Browser, bench: Workbench) -> None:
    view = await browser.folder(SCRATCH, "/scratch/ops")
    assert view.problem is None
    assert view.entries
    assert view.complete
    path = f"/v0.10/operation/endpoint/{SCRATCH}/ls"
    assert (await browser.folder(SCRATCH, view.path)) is view
    assert bench.asked("GET", path) == 1
    await browser.folder(SCRATCH, view.path, again=True)
    assert bench.asked("GET", path) == 2
    bench.clock.advance(121)
    await browser.folder(SCRATCH, view.path)
    assert bench.asked("GET", path) == 3


async def test_ten_thousand_entries_come_in_one_piece(browser: Browser) -> None:
    view = await browser.folder(SCRATCH, "/scratch/many files")
    assert len(view.entries) >= 10_000
    assert view.complete


async def test_a_missing_folder_is_missing_and_not_kept(browser: Browser) -> None:
    view = await browser.folder(SCRATCH, "/nowhere/")
    assert view.missing
    assert view.entries == ()
    assert (await browser.look(SCRATCH, "/nowhere/")).missing
    assert (await browser.look(SCRATCH, "/scratch/ops/")).kind == "dir"


async def test_a_folder_behind_a_consent_says_what_is_wanted(browser: Browser, bench: Workbench) -> None:
    scope = f"urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{SCRATCH}/data_access]"
    body = {"code": "ConsentRequired", "message": "Missing consent", "required_scopes": [scope], "request_id": "r"}
    bench.fault(f"/v0.10/operation/endpoint/{SCRATCH}/ls", "answer", status=403, body=body)
    view = await browser.folder(SCRATCH, "/scratch/")
    assert view.gare is not None
    assert view.gare.required_scopes == (scope,)
    assert (await browser.folder(SCRATCH, "/scratch/")).problem is None


async def test_bookmarks_are_suggested_by_their_names_with_their_paths(browser: Browser) -> None:
    made = await browser.bookmark("nightly target", ARCHIVE, "/archive/db/")
    found = await browser.suggest("nightly")
    (one,) = [one for one in found.entries if one.why is Why.BOOKMARK]
    assert (one.label, one.path, one.collection.collection_id) == (made.label, "/archive/db/", ARCHIVE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ARCHIVE.upper(), PastedPlaces(PastedPlace(ARCHIVE))),
        (f"https://app.globus.org/file-manager/collections/{ARCHIVE}/overview", PastedPlaces(PastedPlace(ARCHIVE))),
        (f"https://elsewhere.example/endpoints/{ARCHIVE}?path=/a", PastedPlaces(PastedPlace(ARCHIVE, "/a"))),
        (f"https://app.globus.org/file-manager?destination_id={ARCHIVE}", PastedPlaces(None, PastedPlace(ARCHIVE))),
        ("campus archive", None),
        (f"{ARCHIVE} and more", None),
        ("https://app.globus.org/", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_pasted_texts(text: str, expected: PastedPlaces | None) -> None:
    assert read_paste(text) == expected

"""Whatever way one goes through the wizard, From/To, the items and the review show the same collections and paths."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from globus_tui.domain.making.draft import chosen_paths, items_between
from globus_tui.screens.create.collections_step import CollectionsStep
from globus_tui.screens.create.side import Side
from globus_tui.widgets.facts import Facts
from tests.demo import Demo
from tests.screens.wizard import Maker

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE, ITEMS, REVIEW = "f3", "f4", "f7"
COLLECTIONS = st.sampled_from(["beamline 7 data", "lab depot", "campus archive", "imaging lake"])
PATHS = st.sampled_from(["/raw/", "/projects/", "/raw", "/~/", "/no/such/", "~/x"])
SIDES = st.sampled_from(["source", "destination"])
WALKS = st.lists(
    st.one_of(
        st.tuples(st.just("collection"), SIDES, COLLECTIONS),
        st.tuples(st.just("path"), SIDES, PATHS),
        st.tuples(st.just("half a name"), SIDES, COLLECTIONS),
        st.tuples(st.just("mark"), st.just("source"), st.just("")),
        st.tuples(st.just("open"), SIDES, st.just("")),
        st.tuples(st.sampled_from(["swap", "back and forth", "add", "remove"]), st.just(""), st.just("")),
    ),
    min_size=3,
    max_size=8,
)


class Walk:
    """One way through the wizard."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker

    def side(self, name: str) -> Side:
        return self.maker.wizard.query_one(f"#{name}-side", Side)

    async def into(self, field: str, text: str, *keys: str) -> None:
        """Put a text into a field in place of what is there."""
        widget = self.maker.wizard.query_one(f"#{field}")
        widget.focus()
        await self.maker.demo.settle(self.maker.pilot)
        await self.maker.press("end", "ctrl+u")
        await self.maker.write(text)
        await self.maker.press(*keys)

    async def take(self, step: tuple[str, str, str]) -> None:
        what, side, text = step
        if what == "swap":
            await self.maker.press("f8")
        elif what == "back and forth":
            await self.maker.press(REVIEW, WHERE)
        elif what in ("add", "remove"):
            await self.maker.press(ITEMS)
            await self.maker.press(*(["X"] if what == "remove" else ["a"]))
            if what == "add":
                await self.into_sheet("/by/hand/a", "/by/hand/b")
            await self.maker.press(WHERE)
        elif what in ("mark", "open"):
            self.side(side).browser.focus()
            await self.maker.press("space" if what == "mark" else "enter")
        elif what == "path":
            await self.into(f"{side}-path", text)
        else:
            await self.into(f"{side}-collection", text, *(["enter"] if what == "collection" else []))

    async def into_sheet(self, source: str, destination: str) -> None:
        await self.maker.press("ctrl+u")
        await self.maker.write(source)
        await self.maker.press("enter", "ctrl+u")
        await self.maker.write(destination)
        await self.maker.press("enter")

    async def look(self) -> None:
        """All three pages tell the same as the draft."""
        await self.maker.press(WHERE)
        self.maker.wizard.set_focus(None)  # what is half typed and left is no choice
        await self.maker.demo.settle(self.maker.pilot)
        draft = self.maker.draft
        data, paths = draft.transfer, chosen_paths(draft)
        names = (draft.source_name, draft.destination_name)
        ids = (data.source_endpoint, data.destination_endpoint)
        for side, chosen, name, path in zip(("source", "destination"), ids, names, paths, strict=True):
            shown = self.side(side)
            assert (shown.collection_id, shown.path) == (chosen, path), side
            assert chosen is None or shown.collection_field.value == name, side
        where = self.maker.wizard.query_one(CollectionsStep)
        if data.items and not where._by_hand(draft):
            picked = self.side("source").picked()
            kinds = (None, True, False)
            assert data.items in [items_between(*paths, picked, is_folder=kind) for kind in kinds]
        elif not data.items:
            assert not all(paths) or not where._by_hand(draft)
        await self.maker.press(REVIEW)
        facts = {fact.label: fact.words for fact in reversed(self.maker.wizard.query_one(Facts).rows)}
        first = data.items[0] if data.items else None
        for label, name, path in (
            ("from", names[0], first.source_path if first else ""),
            ("to", names[1], first.destination_path if first else ""),
        ):
            assert facts[label] == f"{name or '?'}:{path}"
        await self.maker.press(WHERE)


async def walk(steps: Sequence[tuple[str, str, str]]) -> None:
    demo = Demo()
    async with demo.console(size=(120, 36)) as pilot:
        maker = Maker(demo, pilot)
        await maker.press("n", "enter")
        one = Walk(maker)
        for side, text in (("source", "beamline 7 data"), ("destination", "lab depot")):
            await one.take(("collection", side, text))
        for step in steps:
            await one.take(step)
            await one.look()


KNOWN: list[list[tuple[str, str, str]]] = [
    [("path", "source", "/raw/"), ("collection", "source", "campus archive"), ("swap", "", "")],
    [("mark", "source", ""), ("swap", "", ""), ("path", "destination", "/projects/")],
    [("path", "source", "/raw/"), ("add", "", ""), ("collection", "destination", "imaging lake")],
    [("mark", "source", ""), ("remove", "", ""), ("path", "destination", "/projects/")],
    [("half a name", "source", "imaging lake"), ("back and forth", "", ""), ("swap", "", "")],
    [
        ("collection", "destination", "beamline 7 data"),
        ("mark", "source", ""),
        ("swap", "", ""),
        ("open", "source", ""),
    ],
    [
        ("mark", "source", ""),
        ("collection", "source", "beamline 7 data"),
        ("swap", "", ""),
        ("path", "destination", "/~/"),
    ],
]


@pytest.mark.parametrize("steps", KNOWN)
def test_every_page_shows_the_same_collections_and_paths(steps: list[tuple[str, str, str]]) -> None:
    asyncio.run(walk(steps))


@pytest.mark.timeout(900)  # each way opens the program anew
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(WALKS)
def test_every_page_shows_the_same_whatever_way_one_goes(steps: list[tuple[str, str, str]]) -> None:
    asyncio.run(walk(steps))

"""Where a path leads: whether one place is the same as another, inside of it or around it; and what people paste as
collection and path: ids, `id:/path`, and links of the web app.

Collections take a path in many spellings (`/a/./`, `/a/b/..`, `//a`, `~` for `/~/`). `plain` makes one of them.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.transfer import TransferData

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


@dataclass(frozen=True, slots=True)
class PastedPlace:
    """A collection and, where it was said, a path in it."""

    collection_id: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class PastedPlaces:
    """What a pasted text names; a link of the file manager can name both sides."""

    source: PastedPlace | None = None
    destination: PastedPlace | None = None


def read_paste(text: str) -> PastedPlaces | None:
    """Reads a pasted text; None when it names no collection, so that it is something to search for.

    - an id, alone or as `id:/path`
    - `https://app.globus.org/file-manager?origin_id=…&origin_path=…&destination_id=…&destination_path=…`
    - `https://app.globus.org/file-manager/collections/ID/overview` and the older `/endpoints/ID`, of any host
    """
    pasted = text.strip()
    if len(pasted) > 10_000:
        return None
    match = _ID.match(pasted)
    if match is not None:
        rest = pasted[match.end() :]
        if not rest or rest.startswith(":"):
            return PastedPlaces(PastedPlace(match.group(0).lower(), rest[1:] or None))
    if "://" not in pasted:
        return None
    try:
        parts = urlsplit(pasted)
    except ValueError:
        return None
    query = parse_qs(parts.query)
    source, destination = _side(query, "origin"), _side(query, "destination")
    if source is None and (hit := _ID.search(unquote(parts.path))):
        source = PastedPlace(hit.group(0).lower(), _first(query, "path"))
    return PastedPlaces(source, destination) if source or destination else None


def _side(query: dict[str, list[str]], side: str) -> PastedPlace | None:
    match = _ID.fullmatch(_first(query, f"{side}_id") or "")
    return None if match is None else PastedPlace(match.group(0).lower(), _first(query, f"{side}_path"))


def _first(query: dict[str, list[str]], key: str) -> str | None:
    return next(iter(query.get(key, ())), None)


HOME = "//"
"""The home folder in a plain path where nobody says which folder that is: no other path has an empty step."""
_OUT = "//../"
"""Out of the home folder: nobody knows to where."""
_NOBODY: Mapping[str, Collection] = {}


class Place(NamedTuple):
    """A collection, and a plain path in it.

    A guest collection's places are those of the collection that it shows a folder of, as far as that is told.
    """

    collection: str | None
    path: str


class Relation(Enum):
    """What one place is to another. UNSURE: one of them is written from a folder that nobody names."""

    SAME = "the same as"
    INSIDE = "inside"
    AROUND = "around"
    APART = "apart from"
    UNSURE = "perhaps in or around"

    @property
    def overlaps(self) -> bool:
        return self in (Relation.SAME, Relation.INSIDE, Relation.AROUND)


@lru_cache(maxsize=4096)
def plain(path: str, home: str | None = None) -> str:
    """The one spelling of a path: every step once, a slash at the end.

    Case and letters composed in other ways are left alone, since they name different files. Paths that do not begin
    with a slash are read from the home folder.

    `home`: where `/~/` leads, plain; None leaves it as `HOME`.
    """
    full = path if path.startswith("/") else f"/~/{path}" if path not in ("~",) and path[:2] != "~/" else f"/{path}"
    steps: list[str] = []
    for step in full.split("/"):
        if step in ("", "."):
            continue
        if step == "~" and not steps:
            steps = [""] if home is None else home.strip("/").split("/") if home != "/" else []
        elif step != ".." or steps == [""] or steps[-1:] == [".."]:
            steps.append(step)
        else:
            del steps[-1:]
    return "/" + "".join(f"{step}/" for step in steps)


def path_words(path: str) -> str:
    return path.replace(HOME, "/~/", 1)


def home_of(collection: Collection | None) -> str | None:
    """Where `/~/` leads on a collection: its default directory, as far as that is a folder by name (documented)."""
    home = collection.default_directory if collection is not None else None
    return plain(home) if home and home.startswith("/") and not home.startswith("/~") and "$" not in home else None


def own_path(collection_id: str | None, path: str, known: Mapping[str, Collection] = _NOBODY) -> str:
    """The plain path within the collection itself."""
    return plain(path, home_of(known.get(collection_id or "")))


def place(collection_id: str | None, path: str, known: Mapping[str, Collection] = _NOBODY) -> Place:
    """Where a path of a collection leads.

    Args:
        collection_id: as written; ids are the same in either case of letters.
        known: documents of collections by id, which tell homes and which folder a guest collection shows.
    """
    where = collection_id.lower() if collection_id else None
    collection = known.get(collection_id or "") or known.get(where or "")
    path = plain(path, home_of(collection))
    if collection is None or not collection.mapped_collection_id:
        return Place(where, path)
    host = collection.mapped_collection_id.lower()
    if collection.host_path is None:
        return Place(host, f"{HOME}:{where}{path}")
    return Place(host, plain(collection.host_path, home_of(known.get(host))) + path[1:])


def relation(one: Place, other: Place) -> Relation:
    if one.collection is None or one.collection != other.collection:
        return Relation.APART
    my_path, their_path = one.path, other.path
    if my_path == their_path:
        return Relation.SAME
    if my_path.startswith(their_path) and _stays_inside(my_path, their_path):
        return Relation.INSIDE
    if their_path.startswith(my_path) and _stays_inside(their_path, my_path):
        return Relation.AROUND
    my_base, my_home, my_rest = my_path.partition(HOME)
    their_base, their_home, their_rest = their_path.partition(HOME)
    my_base, their_base = f"{my_base}/" if my_home else my_path, f"{their_base}/" if their_home else their_path
    if my_home and their_home and my_base == their_base:
        guests = {rest.partition("/")[0] for rest in (my_rest, their_rest) if rest.startswith(":")}
        alike = not guests or (len(guests) == 1 and my_rest[:1] == their_rest[:1])
        return Relation.APART if alike and ".." not in (my_rest[:2], their_rest[:2]) else Relation.UNSURE
    if (my_home and their_base.startswith(my_base)) or (their_home and my_base.startswith(their_base)):
        return Relation.UNSURE
    return Relation.APART


def _stays_inside(path: str, folder: str) -> bool:
    return HOME not in folder or ".." not in path[len(folder) :].split("/")


def is_whole(path: str, home: str | None = None) -> bool:
    """A plain path is a root, a home or something above that, where a mirror would delete what nobody meant."""
    return (
        path in ("/", HOME, "/home/", "/Users/")
        or bool(home and home.startswith(path))
        or path.startswith(_OUT)
        or is_somebodys(path)
    )


def is_somebodys(path: str) -> bool:
    """A plain path is some user's home, where homes usually are."""
    return bool(re.fullmatch(r"/(?:root|(?:home|Users)/[^/]+|/?~[^/]+)/", path))


def above(path: str) -> Iterator[str]:
    """The folders that a plain path is in, the nearest last; the path itself is none of them."""
    at = path.find("/")
    while 0 <= at < len(path) - 1:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def sources(data: TransferData, known: Mapping[str, Collection] = _NOBODY) -> list[Place]:
    return [place(data.source_endpoint, item.source_path, known) for item in data.items]


def targets(data: TransferData, known: Mapping[str, Collection] = _NOBODY) -> list[Place]:
    return [place(data.destination_endpoint, item.destination_path, known) for item in data.items]

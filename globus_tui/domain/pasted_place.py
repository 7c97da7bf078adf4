"""Collections and paths that people paste: ids, `id:/path`, and links of the web app."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from globus_tui.domain.quick_dataclass import dataclass

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


@dataclass(frozen=True, slots=True)
class Place:
    """A collection and, where it was said, a path in it."""

    collection_id: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class PastedPlaces:
    """What a pasted text names; a link of the file manager can name both sides."""

    source: Place | None = None
    destination: Place | None = None


def read_pasted(text: str) -> PastedPlaces | None:
    """Reads a pasted text; None when it names no collection, so that it is something to search for.

    - an id, alone or as `id:/path`
    - `https://app.globus.org/file-manager?origin_id=…&origin_path=…&destination_id=…&destination_path=…`
    - `https://app.globus.org/file-manager/collections/ID/overview` and the older `/endpoints/ID`, of any host
    """
    said = text.strip()
    if len(said) > 10_000:
        return None
    found = _ID.match(said)
    if found is not None:
        rest = said[found.end() :]
        if not rest or rest.startswith(":"):
            return PastedPlaces(Place(found.group(0).lower(), rest[1:] or None))
    if "://" not in said:
        return None
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    query = parse_qs(parts.query)
    source, destination = _side(query, "origin"), _side(query, "destination")
    if source is None and (one := _ID.search(unquote(parts.path))):
        source = Place(one.group(0).lower(), _first(query, "path"))
    return PastedPlaces(source, destination) if source or destination else None


def _side(query: dict[str, list[str]], side: str) -> Place | None:
    found = _ID.fullmatch(_first(query, f"{side}_id") or "")
    return None if found is None else Place(found.group(0).lower(), _first(query, f"{side}_path"))


def _first(query: dict[str, list[str]], key: str) -> str | None:
    return next(iter(query.get(key, ())), None)

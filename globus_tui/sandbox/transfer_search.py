"""Finding collections, and their documents."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from globus_tui.sandbox.refusals import transfer_refusal
from globus_tui.sandbox.transfer_guards import find_collection

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.sandbox.state import Collection, Document
    from globus_tui.sandbox.transfer_asking import Asking

CAP = 1000
"""A search never yields more results than this in total (documented)."""
ENTITY_TYPES = frozenset(
    [
        "GCP_mapped_collection",
        "GCP_guest_collection",
        "GCSv5_endpoint",
        "GCSv5_mapped_collection",
        "GCSv5_guest_collection",
    ]
)
_MINE = frozenset({"my-endpoints", "my-gcp-endpoints", "shared-by-me"})
_STOP_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to"})
_WEIGHTS = (
    ("display_name", 4.0),
    ("canonical_name", 2.0),
    ("keywords", 2.0),
    ("description", 1.0),
    ("organization", 1.0),
    ("department", 1.0),
    ("owner_string", 0.5),
    ("tlsftp_server", 0.5),
    ("gcs_manager_url", 0.5),
)


def endpoint(asking: Asking) -> Document:
    """One endpoint document, with what the caller may do there."""
    found = find_collection(asking.sandbox, asking.key, asking.resource)
    if not _visible(asking, found):
        raise transfer_refusal(404, "EndpointNotFound", f"No such endpoint '{asking.key}'", asking.resource)
    return asking.trimmed(_seen_by(asking, found))


def endpoint_search(asking: Asking) -> Document:
    """One page of the collections that match, best first."""
    scope = asking.query.get("filter_scope", "all")
    words = _words(asking.query.get("filter_fulltext") or "")
    _check(asking, scope, words)
    ranked = []
    for one in asking.sandbox.collections.values():
        if one.deleted or not _visible(asking, one) or not _in_scope(asking, scope, one):
            continue
        rank = _rank(one.document, words)
        if rank > 0 and _passes(asking, one):
            ranked.append((rank, one))
    ranked.sort(key=lambda pair: (-pair[0], str(pair[1].document.get("display_name")), pair[1].collection_id))
    offset, limit = asking.number("offset", 0, CAP), asking.number("limit", 100, CAP)
    page = ranked[offset : min(offset + limit, CAP)]
    return {
        "DATA_TYPE": "endpoint_list",
        "limit": limit,
        "offset": offset,
        "has_next_page": offset + limit < min(len(ranked), CAP),
        "DATA": [asking.trimmed({**_seen_by(asking, one), "_rank": rank}) for rank, one in page],
    }


def _check(asking: Asking, scope: str, words: list[str]) -> None:
    query = asking.query
    problem = None
    if scope not in _SCOPES:
        problem = f"invalid filter_scope '{scope}'"
    elif scope == "all" and not words and not query.get("filter_owner_id"):
        problem = "filter_fulltext is required when filter_scope is 'all'"
    elif query.get("filter_owner_id") and scope in _MINE:
        problem = f"filter_owner_id can not be combined with filter_scope '{scope}'"
    elif query.get("filter_entity_type") and query.get("filter_non_functional"):
        problem = "filter_entity_type can not be combined with filter_non_functional"
    elif query.get("filter_entity_type", "GCSv5_endpoint") not in ENTITY_TYPES:
        problem = f"invalid filter_entity_type '{query['filter_entity_type']}'"
    if problem:
        raise transfer_refusal(400, "BadRequest", problem, asking.resource)


def _mine(asking: Asking, one: Collection) -> bool:
    return asking.who.identity_id in one.roles


def _gcp(one: Collection) -> bool:
    return str(one.document.get("entity_type")) == "GCP_mapped_collection"


def _guest(one: Collection) -> bool:
    return bool(one.document.get("host_endpoint_id"))


def _administered(asking: Asking, one: Collection) -> bool:
    return "administrator" in one.roles.get(asking.who.identity_id, ())


_SCOPES: dict[str, Callable[[Asking, Collection], bool]] = {
    "all": lambda asking, one: True,
    "my-endpoints": _administered,
    "my-gcp-endpoints": lambda asking, one: _administered(asking, one) and _gcp(one),
    "recently-used": lambda asking, one: asking.who.identity_id in one.recently_used_by,
    "in-use": lambda asking, one: one.collection_id in _in_use(asking),
    "shared-by-me": lambda asking, one: _administered(asking, one) and _guest(one),
    "shared-with-me": lambda asking, one: _guest(one) and not _administered(asking, one),
    "administered-by-me": _administered,
    "hide-no-permissions": lambda asking, one: bool(one.document.get("public")) or _mine(asking, one),
}


def _in_scope(asking: Asking, scope: str, one: Collection) -> bool:
    return _SCOPES[scope](asking, one)


def _in_use(asking: Asking) -> set[str]:
    at_work = asking.sandbox.unfinished.values()
    sides = ("source_endpoint_id", "destination_endpoint_id")
    return {str(task.document[side]) for task in at_work for side in sides}


def _passes(asking: Asking, one: Collection) -> bool:
    query, document = asking.query, one.document
    owner, host = query.get("filter_owner_id"), query.get("filter_host_endpoint")
    kind, bare = query.get("filter_entity_type"), query.get("filter_non_functional")
    return (
        (not owner or document.get("owner_id") == owner)
        and (not host or document.get("host_endpoint_id") == host)
        and (not kind or document.get("entity_type") == kind)
        and (bare is None or bool(document.get("non_functional")) == (bare.lower() in ("1", "true")))
    )


def _visible(asking: Asking, one: Collection) -> bool:
    return bool(one.document.get("public", True) or _mine(asking, one) or asking.sandbox.owns(
        asking.who.identity_id, str(one.document.get("owner_id"))
    ))  # fmt: skip


def _words(text: str) -> list[str]:
    """Search terms: lower case, without accents, punctuation, stop words and plural endings (documented)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return [_stem(word) for word in re.findall(r"\w+", plain) if word not in _STOP_WORDS]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _rank(document: Document, words: list[str]) -> float:
    """How well it matches: every term must begin some word; whole words and names count more."""
    if not words:
        return 1.0
    fields = [(weight, _words(str(document.get(name) or ""))) for name, weight in _WEIGHTS]
    fields.append((8.0, [str(document["id"]), *str(document["id"]).split("-")]))
    scores = [max(_score(word, weight, there) for weight, there in fields) for word in words]
    return round(sum(scores), 3) if all(scores) else 0.0


def _score(word: str, weight: float, there: list[str]) -> float:
    if word in there:
        return 2 * weight
    return weight if any(one.startswith(word) for one in there) else 0.0


def _seen_by(asking: Asking, one: Collection) -> Document:
    document = {**one.document, "my_effective_roles": list(one.roles.get(asking.who.identity_id, ()))}
    if one.document.get("is_globus_connect"):
        document["gcp_connected"] = one.connected
    document["in_use"] = one.collection_id in _in_use(asking) if _mine(asking, one) else False
    return document

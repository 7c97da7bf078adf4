"""The Transfer service: its routes, and tasks as clients see them: submitted, listed, read, changed, paused,
canceled.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from globus_tui.sandbox.access import caller, request_id, transfer_refusal
from globus_tui.sandbox.state import TRANSFER_ALL, TRANSFER_SERVER, in_span, iso, json_of, moment_of
from globus_tui.sandbox.transfer import files
from globus_tui.sandbox.transfer.documents import events_of, skipped_of, successes_of
from globus_tui.sandbox.transfer.engine import finish, refresh, submit
from globus_tui.sandbox.transfer.guards import Asking, find_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from globus_tui.sandbox.state import Collection, Document, Sandbox, TransferTask

    Test = Callable[[Document], bool]
    Answer = Callable[[Asking], Document]

CAP = 1000
"""A search never yields more results than this in total (documented)."""
ENTITY_TYPES = frozenset([
    "GCP_mapped_collection", "GCP_guest_collection", "GCSv5_endpoint", "GCSv5_mapped_collection",
    "GCSv5_guest_collection",
])  # fmt: skip
_MINE = frozenset({"my-endpoints", "my-gcp-endpoints", "shared-by-me"})
_STOP_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to"})
_WEIGHTS = {
    "display_name": 4.0, "canonical_name": 2.0, "keywords": 2.0, "description": 1.0, "organization": 1.0,
    "department": 1.0, "owner_string": 0.5, "tlsftp_server": 0.5, "gcs_manager_url": 0.5,
}  # fmt: skip
"""Fields that are searched, and how much a word in them counts."""


def endpoint(asking: Asking) -> Document:
    """One endpoint document, with what the caller may do there."""
    collection = find_collection(asking.sandbox, asking.key, asking.resource)
    if not _visible(asking, collection):
        raise transfer_refusal(404, "EndpointNotFound", f"No such endpoint '{asking.key}'", asking.resource)
    return asking.trimmed(_seen_by(asking, collection))


def autoactivate(asking: Asking) -> Document:
    """What clients of the days before Globus Connect Server 5 ask first: nothing needs activating any more."""
    collection = find_collection(asking.sandbox, asking.key, asking.resource)
    code, message = "AutoActivated.GlobusOnlineCredential", "The endpoint does not need activation"
    return asking.result(code, message, DATA_TYPE="activation_result", expires_in=-1, endpoint=collection.collection_id)


def endpoint_search(asking: Asking) -> Document:
    scope = asking.query.get("filter_scope", "all")
    text = (asking.query.get("filter_fulltext") or "").strip()
    words = _words(text)
    _check(asking, scope, text)
    ranked = []
    for collection in asking.sandbox.collections.values():
        if collection.deleted or not _visible(asking, collection) or not _SCOPES[scope](asking, collection):
            continue
        # Words that are all stop words or signs find nothing (inferred): they say nothing about a collection.
        rank = 0.0 if text and not words else _rank(collection.document, words)
        if rank > 0 and _passes(asking, collection):
            ranked.append((rank, collection))
    ranked.sort(key=lambda pair: (-pair[0], str(pair[1].document.get("display_name")), pair[1].collection_id))
    offset, limit = asking.number("offset", 0, CAP), asking.number("limit", 100, CAP)
    page = ranked[offset : min(offset + limit, CAP)]
    return {
        "DATA_TYPE": "endpoint_list",
        "limit": limit,
        "offset": offset,
        "has_next_page": offset + limit < min(len(ranked), CAP),
        "DATA": [asking.trimmed({**_seen_by(asking, collection), "_rank": rank}) for rank, collection in page],
    }


def _check(asking: Asking, scope: str, text: str) -> None:
    query = asking.query
    problem = None
    if scope not in _SCOPES:
        problem = f"invalid filter_scope '{scope}'"
    elif scope == "all" and not text and not query.get("filter_owner_id"):
        problem = "filter_fulltext is required when filter_scope is 'all'"
    elif query.get("filter_owner_id") and scope in _MINE:
        problem = f"filter_owner_id can not be combined with filter_scope '{scope}'"
    elif query.get("filter_entity_type") and query.get("filter_non_functional"):
        problem = "filter_entity_type can not be combined with filter_non_functional"
    elif query.get("filter_entity_type", "GCSv5_endpoint") not in ENTITY_TYPES:
        problem = f"invalid filter_entity_type '{query['filter_entity_type']}'"
    if problem:
        raise transfer_refusal(400, "BadRequest", problem, asking.resource)


def _own_bookmark(asking: Asking, collection: Collection) -> bool:
    return asking.who.identity_id in collection.roles


def _administered(asking: Asking, collection: Collection) -> bool:
    return "administrator" in collection.roles.get(asking.who.identity_id, ())


_SCOPES: dict[str, Callable[[Asking, Collection], bool]] = {
    "all": lambda asking, collection: True,
    "my-endpoints": _administered,
    "my-gcp-endpoints": lambda asking, collection: (
        _administered(asking, collection) and collection.document.get("entity_type") == "GCP_mapped_collection"
    ),
    "recently-used": lambda asking, collection: asking.who.identity_id in collection.recently_used_by,
    "in-use": lambda asking, collection: collection.collection_id in _in_use(asking),
    "shared-by-me": lambda asking, collection: (
        _administered(asking, collection) and bool(collection.document.get("host_endpoint_id"))
    ),
    "shared-with-me": lambda asking, collection: (
        bool(collection.document.get("host_endpoint_id")) and not _administered(asking, collection)
    ),
    "administered-by-me": _administered,
    "hide-no-permissions": lambda asking, collection: (
        bool(collection.document.get("public")) or _own_bookmark(asking, collection)
    ),
}


def _in_use(asking: Asking) -> set[str]:
    at_work = asking.sandbox.unfinished.values()
    sides = ("source_endpoint_id", "destination_endpoint_id")
    return {str(task.document[side]) for task in at_work for side in sides}


def _passes(asking: Asking, collection: Collection) -> bool:
    query, document = asking.query, collection.document
    owner, host = query.get("filter_owner_id"), query.get("filter_host_endpoint")
    kind, bare = query.get("filter_entity_type"), query.get("filter_non_functional")
    return (
        (not owner or document.get("owner_id") == owner)
        and (not host or document.get("host_endpoint_id") == host)
        and (not kind or document.get("entity_type") == kind)
        and (bare is None or bool(document.get("non_functional")) == (bare.lower() in ("1", "true")))
    )


def _visible(asking: Asking, collection: Collection) -> bool:
    return bool(collection.document.get("public", True) or _own_bookmark(asking, collection) or asking.sandbox.owns(
        asking.who.identity_id, str(collection.document.get("owner_id"))
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
    fields = [(weight, _words(str(document.get(name) or ""))) for name, weight in _WEIGHTS.items()]
    fields.append((8.0, [str(document["id"]), *str(document["id"]).split("-")]))
    scores = [
        max(weight * (2 if word in texts else any(text.startswith(word) for text in texts)) for weight, texts in fields)
        for word in words
    ]
    return round(sum(scores), 3) if all(scores) else 0.0


def _seen_by(asking: Asking, collection: Collection) -> Document:
    document = {**collection.document, "my_effective_roles": list(collection.roles.get(asking.who.identity_id, ()))}
    if collection.document.get("is_globus_connect"):
        document["gcp_connected"] = collection.connected
    document["in_use"] = collection.collection_id in _in_use(asking) if _own_bookmark(asking, collection) else False
    return document


def bookmarks(asking: Asking) -> Document:
    """All bookmarks of the caller; not paged (documented)."""
    own = [bookmark for bookmark in asking.sandbox.bookmarks.values() if _own(asking, bookmark)]
    return {"DATA_TYPE": "bookmark_list", "DATA": [_shown(bookmark) for bookmark in own]}


def bookmark_create(asking: Asking) -> Document:
    """A new bookmark; names are unique for a person."""
    name = asking.text("name")
    if name != name.strip():
        raise asking.bad("name must not begin or end with whitespace")
    if any(bookmark["name"] == name for bookmark in asking.sandbox.bookmarks.values() if _own(asking, bookmark)):
        raise transfer_refusal(409, "Exists", f"A bookmark named '{name}' already exists", asking.resource)
    bookmark: Document = {
        "DATA_TYPE": "bookmark",
        "id": asking.sandbox.new_id(),
        "name": name,
        "endpoint_id": asking.text("endpoint_id"),
        "path": asking.body.get("path") or "/~/",
        "pinned": bool(asking.body.get("pinned", False)),
        "_owner": asking.who.identity_id,
    }
    asking.sandbox.bookmarks[bookmark["id"]] = bookmark
    return _shown(bookmark)


def bookmark_read(asking: Asking) -> Document:
    return _shown(_bookmark(asking))


def bookmark_update(asking: Asking) -> Document:
    bookmark = _bookmark(asking)
    for key in ("name", "pinned"):
        if key in asking.body:
            bookmark[key] = asking.body[key]
    return _shown(bookmark)


def bookmark_delete(asking: Asking) -> Document:
    del asking.sandbox.bookmarks[_bookmark(asking)["id"]]
    return asking.result("Deleted", f"Bookmark '{asking.key}' deleted successfully")


def _bookmark(asking: Asking) -> Document:
    bookmark = asking.sandbox.bookmarks.get(asking.key)
    if bookmark is None or not _own(asking, bookmark):
        raise transfer_refusal(404, "BookmarkNotFound", f"No bookmark '{asking.key}'", asking.resource)
    return bookmark


def _own(asking: Asking, bookmark: Document) -> bool:
    return asking.sandbox.owns(asking.who.identity_id, bookmark["_owner"])


def _shown(bookmark: Document) -> Document:
    return {key: value for key, value in bookmark.items() if not key.startswith("_")}


MARKED_PAGE = 100
"""Rows on a marker-paged page; the real figure is not known."""
_PAUSED = ("ls", "mkdir", "symlink", "rename", "task_delete", "task_transfer_read", "task_transfer_write")
UNFINISHED = ("ACTIVE", "INACTIVE")


def submission_id(asking: Asking) -> Document:
    """A fresh id that makes sending a submission twice harmless."""
    return {"DATA_TYPE": "submission_id", "value": asking.sandbox.new_id()}


def accept(asking: Asking) -> Document:
    kind = "delete" if asking.resource == "/delete" else "transfer"
    key = asking.body.get("submission_id")
    if not isinstance(key, str) or not key:
        raise asking.bad("missing required field 'submission_id'")
    known = next((task for task in asking.sandbox.tasks.values() if task.submission_id == key), None)
    if known is not None and known.owner == asking.who.identity_id:
        return _accepted(asking, known, "Duplicate", "A task with this submission id has been accepted already")
    task = submit(
        asking.sandbox,
        asking.who.identity_id,
        asking.who.client_id,
        asking.who.session,
        {**asking.body, "DATA_TYPE": kind},
        now=asking.now,
        root=(TRANSFER_ALL,),
    )
    message = f"The {kind} has been accepted and a task has been created and queued for execution"
    return _accepted(asking, task, "Accepted", message)


def _accepted(asking: Asking, task: TransferTask, code: str, message: str) -> Document:
    return {
        "DATA_TYPE": f"{asking.resource[1:]}_result",
        "code": code,
        "message": message,
        "task_id": task.task_id,
        "submission_id": task.submission_id,
        "request_id": request_id(code, task.task_id),
        "resource": f"/v0.10{asking.resource}",
        "task_link": {
            "DATA_TYPE": "link",
            "href": f"task/{task.task_id}?format=json",
            "rel": "related",
            "resource": "task",
            "title": "related task",
        },
    }


def listing(asking: Asking) -> Document:
    tasks = filtered(asking, list(_mine(asking)), asking.query.get("filter", ""))
    for task in tasks:  # no filter asks for a figure
        refresh(task, asking.now)
    if tasks:
        orderby = asking.query.get("orderby") or "request_time DESC"
        tasks = asking.ordered(tasks, orderby, tasks[0].document, _sorting)
    return asking.page("task_list", tasks, lambda task: asking.trimmed(task.document))


def read(asking: Asking) -> Document:
    return asking.trimmed(found_task(asking).document)


def update(asking: Asking) -> Document:
    task = found_task(asking)
    if set(asking.body) - {"DATA_TYPE", "label", "deadline"}:
        raise asking.bad("only label and deadline can be changed")
    if task.document["status"] not in UNFINISHED:
        raise transfer_refusal(409, "Conflict", "The task is finished", asking.resource)
    for key in ("label", "deadline"):
        if key in asking.body:
            task.document[key] = asking.body[key]
    return asking.result("Updated", "Updated task successfully")


def cancel(asking: Asking) -> Document:
    """Cancels a task; one that has ended stays as it is (code `TaskComplete`, inferred)."""
    task = found_task(asking)
    if task.document["status"] not in UNFINISHED:
        return asking.result("TaskComplete", "The task completed before the cancel request was processed.")
    refresh(task, asking.now)
    finish(asking.sandbox, task, asking.now, outcome="FAILED", error="CANCELED")
    return asking.result("Canceled", "The task has been cancelled successfully.")


def events(asking: Asking) -> Document:
    task = found_task(asking)
    rows = events_of(task, asking.now)
    for clause in filter(None, asking.query.get("filter", "").split("/")):
        key, _, value = clause.partition(":")
        if key != "is_error" or value not in ("0", "1"):
            raise asking.bad(f"invalid filter clause '{clause}'")
        rows = [row for row in rows if row["is_error"] == (value == "1")]
    return asking.page("event_list", rows, dict)


def successes(asking: Asking) -> Document:
    """Files that were moved; of completed tasks only (documented)."""
    task = found_task(asking)
    if task.document["status"] in UNFINISHED:
        raise transfer_refusal(409, "Conflict", "The task has not completed yet", asking.resource)
    return _marked(asking, "successful_transfers", successes_of(task))


def skipped(asking: Asking) -> Document:
    return _marked(asking, "skipped_errors", skipped_of(found_task(asking)))


def _marked(asking: Asking, kind: str, rows: list[Document]) -> Document:
    marker = asking.number("marker", 0, 10**9)
    after = marker + MARKED_PAGE
    return {
        "DATA_TYPE": kind,
        "marker": marker,
        "next_marker": after if after < len(rows) else None,
        "DATA": rows[marker:after],
    }


def _mine(asking: Asking) -> Iterator[TransferTask]:
    who = asking.who.identity_id
    same = {
        owner for owner in {task.owner for task in asking.sandbox.tasks.values()} if asking.sandbox.owns(who, owner)
    }
    return (task for task in asking.sandbox.tasks.values() if task.owner in same)


def found_task(asking: Asking) -> TransferTask:
    """The task that the path names. Raises Refusal: 404 when there is none that the caller may see."""
    task = asking.sandbox.tasks.get(asking.key)
    if task is None or not asking.sandbox.owns(asking.who.identity_id, task.owner):
        raise transfer_refusal(404, "TaskNotFound", f"No task with id '{asking.key}'", asking.resource)
    refresh(task, asking.now)
    return task


_ONE_OF = ("task_id", "status", "type")
_TIMES = ("request_time", "completion_time")


def filtered(asking: Asking, tasks: list[TransferTask], text: str) -> list[TransferTask]:
    """Tasks that pass every clause of `key:value,value/key:value`. Raises Refusal: 400 for a clause of another form."""
    for test in [_test(asking, clause) for clause in text.split("/") if clause]:
        tasks = [task for task in tasks if test(task.document)]
    return tasks


def _test(asking: Asking, clause: str) -> Test:
    key, colon, value = clause.partition(":")
    if colon and key in _ONE_OF:
        allowed = {name.strip() for name in value.split(",")}
        return lambda document: document[key] in allowed
    if colon and key == "label":
        return _label_test(value)
    if colon and key in _TIMES:
        return _time_test(asking, key, value)
    raise asking.bad(f"invalid filter clause '{clause}'")


def _label_test(value: str) -> Test:
    """`=` exact (as is nothing), `~` wildcard without regard to case, `!` not."""
    refusing = value.startswith("!")
    pattern = value.removeprefix("!")
    if pattern.startswith("~"):
        glob = pattern[1:].lower()
        return lambda document: fnmatch.fnmatchcase(str(document["label"] or "").lower(), glob) != refusing
    exact = pattern.removeprefix("=")
    return lambda document: (document["label"] == exact) != refusing


def _time_test(asking: Asking, key: str, value: str) -> Test:
    try:
        in_span(asking.now, value)
    except ValueError as problem:
        raise asking.bad(f"invalid time '{value}'") from problem
    return lambda document: document[key] is not None and in_span(moment_of(document[key]), value)


def _sorting(task: TransferTask, key: str) -> tuple[bool, str | float]:
    """Empty values come first."""
    value = task.document[key]
    return value is not None, value if isinstance(value, int | float) else str(value or "")


def pause_info(asking: Asking) -> Document:
    task = found_task(asking)
    collections = asking.sandbox.collections
    sides = [collections.get(str(task.document[side])) for side in ("source_endpoint_id", "destination_endpoint_id")]
    messages = [side.paused_message if side and task.document["is_paused"] else None for side in sides]
    rules = task.pause_rules or [
        _rule(side, message, iso(task.starts_at))
        for side, message in zip(sides, messages, strict=True)
        if side and message
    ]
    return {
        "DATA_TYPE": "pause_info_limited",
        "pause_rules": rules,
        "source_pause_message": messages[0],
        "source_pause_message_share": None,
        "destination_pause_message": messages[1],
        "destination_pause_message_share": None,
    }


def my_effective_pause_rules(asking: Asking) -> Document:
    """The rules on one collection that concern the caller (the outer document is inferred from other lists)."""
    collection = find_collection(asking.sandbox, asking.key, asking.resource)
    since = iso(asking.now.replace(hour=0, minute=0, second=0, microsecond=0))
    message = collection.paused_message
    return {"DATA_TYPE": "pause_rule_list", "DATA": [_rule(collection, message, since)] if message else []}


def _rule(collection: Collection, message: str, since: str | None) -> Document:
    return {
        "DATA_TYPE": "pause_rule_limited",
        "id": request_id("pause", collection.collection_id),
        "message": message,
        "start_time": since,
        "endpoint_id": collection.collection_id,
        "endpoint_display_name": collection.document.get("display_name"),
        "identity_id": None,
        **{f"pause_{right}": True for right in _PAUSED},
    }


ROOT = "/v0.10"
_TABLE: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/endpoint_search", endpoint_search),
    ("GET", "/endpoint/{id}", endpoint),
    ("GET", "/endpoint/{id}/my_effective_pause_rule_list", my_effective_pause_rules),
    ("POST", "/endpoint/{id}/autoactivate", autoactivate),
    ("GET", "/operation/endpoint/{id}/ls", files.ls),
    ("GET", "/operation/endpoint/{id}/stat", files.stat),
    ("POST", "/operation/endpoint/{id}/mkdir", files.mkdir),
    ("POST", "/operation/endpoint/{id}/rename", files.rename),
    ("GET", "/bookmark_list", bookmarks),
    ("POST", "/bookmark", bookmark_create),
    ("GET", "/bookmark/{id}", bookmark_read),
    ("PUT", "/bookmark/{id}", bookmark_update),
    ("DELETE", "/bookmark/{id}", bookmark_delete),
    ("GET", "/submission_id", submission_id),
    ("POST", "/transfer", accept),
    ("POST", "/delete", accept),
    ("GET", "/task_list", listing),
    ("GET", "/task/{id}", read),
    ("PUT", "/task/{id}", update),
    ("POST", "/task/{id}/cancel", cancel),
    ("GET", "/task/{id}/event_list", events),
    ("GET", "/task/{id}/successful_transfers", successes),
    ("GET", "/task/{id}/skipped_errors", skipped),
    ("GET", "/task/{id}/pause_info", pause_info),
)


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        Route(f"{ROOT}{path}", functools.partial(_answer, sandbox, answer), methods=[method])
        for method, path, answer in _TABLE
    ]


async def _answer(sandbox: Sandbox, answer: Answer, request: Request) -> Response:
    who = caller(request, sandbox, TRANSFER_SERVER, [TRANSFER_ALL])
    resource = request.url.path.removeprefix(ROOT)
    raw = await request.body() if request.method in ("POST", "PUT") else b""
    try:
        body: Any = json_of(raw or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise transfer_refusal(400, "ClientError.BadRequest", "The body must be a JSON object", resource)
    key = str(request.path_params.get("id", ""))
    asking = Asking(sandbox, who, sandbox.now(), resource, key, request.query_params, body)
    return JSONResponse(answer(asking))

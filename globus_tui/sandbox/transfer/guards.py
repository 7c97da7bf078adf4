"""One request to Transfer: the questions put to it, what is refused, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from globus_tui.sandbox.access import Caller, request_id, transfer_refusal
from globus_tui.sandbox.auth.people import session_problem
from globus_tui.sandbox.auth.scopes import consented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from starlette.datastructures import QueryParams

    from globus_tui.sandbox.state import Collection, Document, Sandbox, Session

T = TypeVar("T")
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Asking:
    """A request after sign-in was checked."""

    sandbox: Sandbox
    who: Caller
    now: datetime
    resource: str
    """The path without `/v0.10`."""
    key: str
    """The id in the path; empty when there is none."""
    query: QueryParams
    body: Document

    def number(self, name: str, default: int, largest: int) -> int:
        """A whole number from the query, at most `largest`.

        Raises:
            Refusal: 400 for something else, or less than zero.
        """
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isdigit():
            raise self.bad(f"{name} must be a whole number")
        return min(int(text), largest)

    def flag(self, name: str, default: bool) -> bool:
        """A yes or no from the query: `1`, `0`, `true`, `False` ... (clients differ)."""
        text = self.query.get(name)
        return default if text is None else text.lower() in ("1", "true", "yes")

    def text(self, name: str) -> str:
        """A required text of the body. Raises Refusal: 400 when it is missing."""
        value: Any = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise self.bad(f"missing required field '{name}'")
        return value

    def bad(self, message: str) -> Exception:
        return transfer_refusal(400, "ClientError.BadRequest", message, self.resource)

    def result(self, code: str, message: str, **members: Any) -> Document:
        return {
            "DATA_TYPE": "result",
            "code": code,
            "message": message,
            "request_id": request_id(code, message, self.resource),
            "resource": self.resource,
            **members,
        }

    def page(self, kind: str, rows: list[Any], show: Callable[[Any], Document]) -> Document:
        offset, limit = self.number("offset", 0, 10**9), self.number("limit", 10, LARGEST_PAGE)
        shown = [show(row) for row in rows[offset : offset + limit]]
        sizes = {"length": len(shown), "limit": limit, "offset": offset, "total": len(rows)}
        return {"DATA_TYPE": kind, "DATA": shown, **sizes}

    def ordered(self, rows: list[T], orderby: str, fields: Iterable[str], value: Callable[[T, str], Any]) -> list[T]:
        """Rows in the order of `field ASC,field2 DESC`; the value of each field says where a row belongs.

        Raises:
            Refusal: 400 for an unknown field or direction.
        """
        for clause in reversed(orderby.split(",")):
            key, _, direction = clause.strip().partition(" ")
            down = direction.strip().upper()
            if key not in fields or down not in ("", "ASC", "DESC"):
                raise self.bad(f"invalid orderby '{clause}'")
            rows = sorted(rows, key=partial(lambda key, row: value(row, key), key), reverse=down == "DESC")
        return rows

    def trimmed(self, document: Document) -> Document:
        """Only the fields that `fields` names; all of them without it."""
        fields = self.query.get("fields")
        if not fields:
            return document
        names = {name.strip() for name in fields.split(",")}
        return {key: value for key, value in document.items() if key in names or key == "DATA_TYPE"}


MISSING_CONSENT = "Missing required data_access consent"
BAD_SESSION = "Failing collection authentication policy"
_LABEL_LIMIT = 128


def find_collection(sandbox: Sandbox, collection_id: str, resource: str | None = None) -> Collection:
    """The collection. Raises Refusal: 404 `EndpointNotFound`, or `EndpointDeleted` for one that has been."""
    collection = sandbox.collections.get(collection_id)
    where = resource or f"/endpoint/{collection_id}"
    if collection is None:
        raise transfer_refusal(404, "EndpointNotFound", f"No such endpoint '{collection_id}'", where)
    if collection.deleted:
        raise transfer_refusal(404, "EndpointDeleted", f"Endpoint '{collection_id}' has been deleted", where)
    return collection


def check_document(document: Document) -> None:
    """Checks a transfer or delete document before anything is looked up.

    Raises:
        Refusal: 400 with `ClientError.BadRequest` or `ClientError.BadRequest.NoTransferItems`.
    """
    kind = document.get("DATA_TYPE", "transfer")
    resource = "/delete" if kind == "delete" else "/transfer"
    if not isinstance(document.get("DATA"), list) or not document["DATA"]:
        raise transfer_refusal(
            400, "ClientError.BadRequest.NoTransferItems", "A transfer requires at least one item", resource
        )
    problem = _item_problem(document["DATA"], kind) or _label_problem(document.get("label"))
    if document.get("sync_level") not in (None, 0, 1, 2, 3):
        problem = "sync_level must be 0, 1, 2, 3 or null"
    if problem:
        raise transfer_refusal(400, "ClientError.BadRequest", problem, resource)


def _item_problem(items: list[object], kind: str) -> str | None:
    needed = ("path",) if kind == "delete" else ("source_path", "destination_path")
    for item in items:
        if not isinstance(item, dict):
            return "an item must be an object"
        for key in needed:
            if not isinstance(item.get(key), str) or not item[key]:
                return f"missing required field '{key}'"
            if "\r" in item[key] or "\n" in item[key]:
                return f"invalid character in '{key}'"
    return None


def _label_problem(label: object) -> str | None:
    if label is None:
        return None
    if not isinstance(label, str) or len(label) > _LABEL_LIMIT or "\n" in label or label != label.strip():
        return f"label must be at most {_LABEL_LIMIT} characters, without newline or outer whitespace"
    return None


def check_consent(
    sandbox: Sandbox, collections: Iterable[Collection], who: tuple[str, str], root: tuple[str, ...], resource: str
) -> None:
    """Checks data_access for every collection that needs it.

    Args:
        who: identity and client whose consents count.
        root: scopes from the token's root down to Transfer; nothing is checked when empty.

    Raises:
        Refusal: 403 `ConsentRequired` with both the old and the new form of the requirement (documented).
    """
    if not root:
        return
    missing = []
    for collection in collections:
        if not collection.needs_data_access:
            continue
        leaf = f"https://auth.globus.org/scopes/{collection.collection_id}/data_access"
        if not consented(sandbox, who[0], who[1], nest((*root, leaf))):
            missing.append(nest((*root, f"*{leaf}")))
    if missing:
        raise transfer_refusal(
            403,
            "ConsentRequired",
            MISSING_CONSENT,
            resource,
            required_scopes=missing,
            authorization_parameters={"session_message": MISSING_CONSENT, "required_scopes": missing},
        )


def nest(chain: tuple[str, ...]) -> str:
    """`("a", "b", "c")` as the scope string `a[b[c]]`."""
    return "[".join(chain) + "]" * (len(chain) - 1)


def check_session(
    sandbox: Sandbox,
    collections: Iterable[Collection],
    session: Session | None,
    resource: str,
    *,
    interactive: bool = True,
) -> None:
    """Checks what the collections demand of a login.

    Args:
        interactive: whether the age of the login counts. It does for looking into folders; for submitted work
            it does not here, since no unattended timer could ever run (the real rule is not known).

    Raises:
        Refusal: 403 `AuthPolicyFailed`, policies as a comma-separated string (documented trap); for a missing
            domain, the storage's login refuses: 502 `...LoginFailed` that carries the parameters.
    """
    for collection in collections:
        if session is None:
            return
        problem = session_problem(
            sandbox,
            session,
            policies=collection.required_policies,
            domains=collection.required_domains,
            mfa=collection.required_mfa,
            timeout=collection.session_timeout if interactive else None,
        )
        if problem:
            raise _session_refusal(problem, resource)


def _session_refusal(problem: Document, resource: str) -> Exception:
    parameters = {"session_message": BAD_SESSION, **problem}
    if "session_required_policies" in parameters:
        parameters["session_required_policies"] = ",".join(parameters["session_required_policies"])
    if set(problem) == {"session_required_single_domain"}:
        text = (
            "Error validating the login to collection: 530-Login incorrect. : GlobusError: v=1 c=LOGIN_DENIED\r\n"
            '530-GridFTP-JSON-Result: {"DATA_TYPE": "result#1.0.0", "code": "permission_denied", '
            '"detail": {"DATA_TYPE": "not_from_allowed_domain#1.0.0"}, "has_next_page": false}\r\n530 End.'
        )
        code = "ExternalError.DirListingFailed.LoginFailed"
        return transfer_refusal(502, code, text, resource, authorization_parameters=parameters)
    return transfer_refusal(403, "AuthPolicyFailed", BAD_SESSION, resource, authorization_parameters=parameters)

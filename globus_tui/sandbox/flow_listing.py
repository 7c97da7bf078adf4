"""Lists of flows and runs: who sees what in which role, filters, order and pages."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.refusals import flows_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from globus_tui.sandbox.state import Document, Sandbox

PER_PAGE, MOST_PER_PAGE = 20, 100
"""20 is seen in the SDK's fixtures; the largest page is not known."""
_FLOW_ROLES = {
    "flow_owner": "flow_owner",
    "flow_administrator": "flow_administrators",
    "flow_starter": "flow_starters",
    "flow_viewer": "flow_viewers",
}
_RUN_ROLES = {"run_owner": "run_owner", "run_manager": "run_managers", "run_monitor": "run_monitors"}
_EVERYBODY = frozenset({"public", "all_authenticated_users"})


def flow_role(sandbox: Sandbox, flow: Document, identity_id: str) -> str | None:
    """The highest role on a flow; None when it is not visible."""
    return _role(sandbox, flow, _FLOW_ROLES, identity_id)


def run_role(sandbox: Sandbox, run: Document, identity_id: str) -> str | None:
    """The highest role on a run; None when it is not visible."""
    return _role(sandbox, run, _RUN_ROLES, identity_id)


def page(query: Mapping[str, str], make: Callable[[Mapping[str, str]], list[Document]], key: str) -> Document:
    """One page of a list, with the marker that leads to the next.

    Args:
        query: the parameters; with `marker`, all the others are ignored (documented).
        make: filters and orders by those parameters.
        key: the name of the list in the reply.
    """
    first, asked = 0, dict(query)
    if query.get("marker"):
        first, asked = _read_marker(query["marker"])
    size = min(_number(asked.get("per_page"), PER_PAGE), MOST_PER_PAGE)
    if "page" in asked:
        first = (_number(asked["page"], 1) - 1) * size
    found = make(asked)
    more = len(found) > first + size
    asked.pop("page", None)
    marker = _write_marker(first + size, asked) if more else None
    return {key: found[first : first + size], "limit": size, "has_next_page": more, "marker": marker}


def ordered(documents: Sequence[Document], orderby: str, allowed: frozenset[str]) -> list[Document]:
    """By `FIELD ASC` or `FIELD DESC`.

    Raises:
        Refusal: 422 for another field.
    """
    field, _, direction = orderby.partition(" ")
    if field not in allowed or direction.upper() not in {"", "ASC", "DESC"}:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"Cannot order by {orderby!r}")
    return sorted(documents, key=lambda one: str(one.get(field) or ""), reverse=direction.upper() == "DESC")


def words(text: str | None) -> frozenset[str]:
    """The parts of a comma-separated filter."""
    return frozenset(part.strip() for part in (text or "").split(",")) - {""}


def has_role(role: str, wanted: frozenset[str]) -> bool:
    """Whether a role is asked for; both spellings are in use (`flow_viewer`, `flow_viewers`)."""
    return not wanted or role in wanted or f"{role}s" in wanted


def within(moment: str | None, span: str | None) -> bool:
    """Whether a moment lies in `FROM,TO`, either side of which may be empty."""
    if not span:
        return True
    if moment is None:
        return False
    early, _, late = span.partition(",")
    at = _moment(moment)
    return (not early or at >= _moment(early)) and (not late or at <= _moment(late))


def _role(sandbox: Sandbox, document: Document, roles: dict[str, str], identity_id: str) -> str | None:
    person = sandbox.people.get(identity_id)
    mine = {identity_id, *(person.linked if person else ())}
    principals = {f"urn:globus:auth:identity:{one}" for one in mine} | _EVERYBODY
    for role, field in roles.items():
        held = document.get(field) or []
        if principals.intersection([held] if isinstance(held, str) else held):
            return role
    return None


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"{text!r} is not a positive number")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise flows_refusal(422, "UNPROCESSABLE_ENTITY", f"{text!r} is not a date-time") from problem
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _write_marker(first: int, asked: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([first, dict(asked)]).encode()).decode()


def _read_marker(marker: str) -> tuple[int, dict[str, Any]]:
    try:
        first, asked = json.loads(base64.urlsafe_b64decode(marker))
        return int(first), dict(asked)
    except (ValueError, TypeError) as problem:
        raise flows_refusal(400, "BAD_REQUEST", "The marker is not valid") from problem

"""What checks of a draft find, one sentence each; the field that is meant, also by a complaint of the service."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from globus_tui.domain.making.draft import What
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.auth.scope import Scope
    from globus_tui.domain.errors import ServiceError
    from globus_tui.domain.making.draft import Draft


class Level(IntEnum):
    """How bad it is; STOP means that it is not sent."""

    OK = 0
    NOTE = 1
    WARN = 2
    STOP = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        field: a name of `draft_fields`, beside which it is shown, or an option's own key; empty for the whole.
        words: a sentence without its full stop; names in it are data.
        item: place in the list of items or filter rules, from 0.
    """

    level: Level
    field: str
    words: str
    item: int | None = None


def ok(field: str, words: str) -> Finding:
    return Finding(Level.OK, field, words)


def note(field: str, words: str, item: int | None = None) -> Finding:
    """Good to know."""
    return Finding(Level.NOTE, field, words, item)


def warn(field: str, words: str, item: int | None = None) -> Finding:
    """It can be created, but may not do what is wanted."""
    return Finding(Level.WARN, field, words, item)


def stop(field: str, words: str, item: int | None = None) -> Finding:
    """It cannot be created so."""
    return Finding(Level.STOP, field, words, item)


@dataclass(frozen=True, slots=True)
class ConsentCheck:
    """What is known of consents before creating: missing for certain, and those that could not be looked up."""

    missing: tuple[Scope, ...] = ()
    unknown: tuple[Scope, ...] = ()


NAME = "name"
SOURCE, DESTINATION = "source", "destination"
ITEMS, FILTERS, OPTIONS, LABEL, DEADLINE = "items", "filters", "options", "label", "deadline"
SCHEDULE, INTERVAL, START, END = "schedule", "interval", "start", "end"
FLOW, FLOW_INPUT = "flow", "flow_input"
RUN_MANAGERS, RUN_MONITORS = "run_managers", "run_monitors"
CONSENT = "consent"
WHOLE = ""
"""Not about one field."""

_BY_KEY = {
    "name": NAME, "source_endpoint": SOURCE, "source_endpoint_id": SOURCE, "destination_endpoint": DESTINATION,
    "destination_endpoint_id": DESTINATION, "DATA": ITEMS, "transfer_items": ITEMS, "filter_rules": FILTERS,
    "label": LABEL, "deadline": DEADLINE, "interval_seconds": INTERVAL, "interval": INTERVAL, "start": START,
    "datetime": START, "end": END, "schedule": SCHEDULE, "flow_id": FLOW,
}  # fmt: skip


def field_of(place: tuple[str | int, ...]) -> tuple[str, int | None]:
    """The field that a place of a 422 is about, with the list position in it.

    `("body", "timer", "schedule", "end", "count")` is the end, `("body", "timer", "body", "DATA", 2, "source_path")`
    the third item. A key that is no field by itself is an option's.
    """
    steps = [step for step in place if step not in ("body", "timer")]
    item = next((step for step in place if isinstance(step, int)), None)
    named = [step for step in steps if isinstance(step, str)]
    for key in ("DATA", "transfer_items", "filter_rules", "end"):
        if key in named:
            return _BY_KEY[key], item
    for key in reversed(named):
        if key in _BY_KEY:
            return _BY_KEY[key], item
    return (named[-1] if named else WHOLE), item


def problems_of(error: ServiceError, draft: Draft) -> tuple[Finding, ...]:
    """Every complaint of a refusal beside its field; one about the whole when the service names none."""
    if error.problems:
        return tuple(_of_place(problem.place, problem.message, draft) for problem in error.problems)
    return (stop(_guess(str(error), draft), str(error)),)


def _of_place(place: tuple[str | int, ...], words: str, draft: Draft) -> Finding:
    field, item = field_of(place)
    if draft.what is What.FLOW_TIMER and field not in (NAME, SCHEDULE, INTERVAL, START, END, FLOW):
        field = FLOW_INPUT
    return stop(field, words, item)


def _guess(words: str, draft: Draft) -> str:
    """By what the words mention, since a refusal without places is plain text (its wording is documented nowhere)."""
    lowered = words.lower()
    for collection_id, field in (
        (draft.transfer.source_endpoint, SOURCE),
        (draft.transfer.destination_endpoint, DESTINATION),
        (draft.flow.flow_id, FLOW),
    ):
        if collection_id and collection_id.lower() in lowered:
            return field
    if "per minute" in lowered or "interval" in lowered:
        return INTERVAL
    if "label" in lowered:
        return LABEL
    return WHOLE

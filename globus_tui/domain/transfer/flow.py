"""Flows and their runs, as far as a timer that starts one needs them."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.auth.gare import Gare, find_gare
from globus_tui.domain.auth.scope import flow_user_scope
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.wire import Document


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that can be started.

    Attributes:
        scope: with which one run of it is started; built as documented where the document does not name it.
        input_schema: JSON Schema of its input; None when not shown (lists of high-assurance flows).
    """

    flow_id: str
    title: str
    scope: str
    subtitle: str | None = None
    description: str | None = None
    owner: str | None = None
    high_assurance: bool | None = None
    input_schema: Document | None = field(default=None, hash=False)

    @classmethod
    def from_document(cls, document: Document) -> Flow:
        flow_id = wire.text(document.get("id")) or ""
        schema = document.get("input_schema")
        return cls(
            flow_id=flow_id,
            title=wire.text(document.get("title")) or flow_id,
            scope=wire.text(document.get("globus_auth_scope")) or str(flow_user_scope(flow_id)),
            subtitle=wire.text(document.get("subtitle")),
            description=wire.text(document.get("description")),
            owner=wire.text(document.get("flow_owner")),
            high_assurance=wire.flag(document.get("is_high_assurance")),
            input_schema=wire.document(schema) if isinstance(schema, dict) else None,
        )


class FlowRunStatus(Enum):
    """Status of a flow's run; UNKNOWN for words of a later day."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ENDED = "ENDED"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class FlowRun:
    """One run of a flow.

    Attributes:
        gare: what Globus wants before an inactive run goes on.
        code: of its details, e.g. `FlowSucceeded`; open-ended.
    """

    run_id: str
    flow_id: str | None
    status: FlowRunStatus
    status_text: str | None = None
    label: str | None = None
    started: datetime | None = None
    completed: datetime | None = None
    code: str | None = None
    description: str | None = None
    gare: Gare | None = None

    @classmethod
    def from_document(cls, document: Document) -> FlowRun:
        named, details = document.get("status"), wire.document(document.get("details"))
        return cls(
            run_id=wire.text(document.get("run_id")) or wire.text(document.get("action_id")) or "",
            flow_id=wire.text(document.get("flow_id")),
            status=next((status for status in FlowRunStatus if status.value == named and named), FlowRunStatus.UNKNOWN),
            status_text=wire.text(named),
            label=wire.text(document.get("label")),
            started=wire.moment(document.get("start_time")),
            completed=wire.moment(document.get("completion_time")),
            code=wire.text(details.get("code")),
            description=wire.text(details.get("description")),
            gare=find_gare(details),
        )

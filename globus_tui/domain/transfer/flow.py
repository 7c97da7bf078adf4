"""Flows, as far as a timer that starts one needs them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from globus_tui.domain import wire
from globus_tui.domain.auth.scope import flow_user_scope
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
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
            input_schema=wire.document(schema) if isinstance(schema, dict) else None,
        )

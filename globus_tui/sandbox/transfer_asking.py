"""One request to Transfer, and the questions that many of its answers put to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.refusals import request_id, transfer_refusal

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.datastructures import QueryParams

    from globus_tui.sandbox.access import Caller
    from globus_tui.sandbox.state import Document, Sandbox


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
        """A required text of the body.

        Raises:
            Refusal: 400 when it is missing.
        """
        value: Any = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise self.bad(f"missing required field '{name}'")
        return value

    def bad(self, message: str) -> Exception:
        """The refusal of a malformed request."""
        return transfer_refusal(400, "ClientError.BadRequest", message, self.resource)

    def result(self, code: str, message: str, **more: Any) -> Document:
        """The body of a write that went well."""
        return {
            "DATA_TYPE": "result",
            "code": code,
            "message": message,
            "request_id": request_id(code, message, self.resource),
            "resource": self.resource,
            **more,
        }

    def trimmed(self, document: Document) -> Document:
        """Only the fields that `fields` names; all of them without it."""
        wanted = self.query.get("fields")
        if not wanted:
            return document
        names = {name.strip() for name in wanted.split(",")}
        return {key: value for key, value in document.items() if key in names or key == "DATA_TYPE"}

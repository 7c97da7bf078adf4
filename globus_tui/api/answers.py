"""Refusals of the services, each in its own dialect, as one kind of error with words fit for a user.

Shapes that are read (documented or seen in the official SDK's fixtures):

- Transfer: `{"code", "message", "request_id", "resource"}`
- Timers: `{"detail": [{"loc", "msg", "type"}]}` (422) and `{"error": {"code", "detail", "status"}}`
- Flows: `{"error": {"code", "detail": text or list of complaints, "message"}, "debug_id"}`
- Auth resources: `{"errors": [{"status", "id", "code", "title", "detail"}]}`
- Auth tokens: `{"error": "invalid_grant", "error_description"}`
- anything else: `{"detail": "text"}`, web pages of proxies, nothing at all

The bodies of Timers for 401, 403, 404 and 429 are in no source; whichever of these shapes they have is understood.
"""

from __future__ import annotations

import json
from math import ceil
from typing import TYPE_CHECKING, Any

from globus_tui.api.exchange import SERVICE_NAMES, Answer
from globus_tui.api.retry import read_retry_after
from globus_tui.domain import errors, wire
from globus_tui.domain.auth.gare import Gare, find_gare
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_ERRORS: dict[str, type[errors.ServiceError]] = {
    "auth": errors.AuthAPIError,
    "transfer": errors.TransferAPIError,
    "timer": errors.TimersAPIError,
    "flows": errors.FlowsAPIError,
}
_LONGEST_MESSAGE = 400


@dataclass(frozen=True, slots=True)
class _Complaint:
    code: str | None = None
    message: str | None = None
    problems: tuple[errors.FieldProblem, ...] = ()
    request_id: str | None = None


def refusal(answer: Answer, now: datetime) -> errors.ServiceError:
    """Makes an answer with a status of 400 and above into the error to raise.

    Args:
        now: by the service's clock, for a `Retry-After` that names a date.
    """
    body = _parse(answer.body)
    problem = _complaint_in(body)
    error = _ERRORS.get(answer.service, errors.ServiceError)(
        _sentence(answer, problem),
        service=answer.service,
        status=answer.status,
        code=problem.code,
        problems=problem.problems,
        gare=find_gare(body),
        request_id=problem.request_id or wire.text(answer.headers.get("x-request-id")),
        retry_after=read_retry_after(answer.headers.get("retry-after"), now),
    )
    error.advice = _ADVICE.get(error.kind, "")
    if error.retry_after is not None and error.retry_after > 60:
        error.advice = f"It asks to wait {ceil(error.retry_after / 60)} minutes before it is called again."
    return error


def requirement_in(answer: Answer) -> Gare | None:
    """What Globus wants from the user first, if the answer says so."""
    return find_gare(_parse(answer.body))


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _complaint_in(body: object) -> _Complaint:
    root = wire.document(body)
    inner = wire.document(root.get("error"))
    first = next((error for error in wire.items(root.get("errors")) if isinstance(error, dict)), {})
    problems = (*_problems(root.get("detail")), *_problems(inner.get("detail")))
    return _Complaint(
        code=_text_in(root, "code") or _text_in(inner, "code") or _text_in(first, "code") or _text_in(root, "error"),
        message=_message(inner) or _message(first) or _message(root) or (body if isinstance(body, str) else None),
        problems=problems,
        request_id=_text_in(root, "request_id", "debug_id") or _text_in(first, "id"),
    )


def _text_in(document: wire.Document, *keys: str) -> str | None:
    return next((value for key in keys if (value := wire.text(document.get(key)))), None)


def _message(document: wire.Document) -> str | None:
    return _text_in(document, "message", "detail", "error_description", "title", "description")


def _problems(detail: object) -> Iterator[errors.FieldProblem]:
    """Complaints about fields. Unlike the official SDK, those that name a list position are kept."""
    for item in wire.items(detail):
        entry = wire.document(item)
        message = _text_in(entry, "msg", "message", "detail")
        if message is not None:
            places = (part for part in wire.items(entry.get("loc")) if isinstance(part, str | int))
            yield errors.FieldProblem(tuple(places), message)


def _sentence(answer: Answer, problem: _Complaint) -> str:
    name = SERVICE_NAMES.get(answer.service, answer.service)
    lead = f"{name} {_LEADS.get(answer.status) or _lead(answer.status)}"
    words = "; ".join(map(_complaint, problem.problems[:3])) or problem.message or problem.code or _silence(answer)
    return f"{lead}: {_tidy(words)}" if words else f"{lead}."


def _complaint(problem: errors.FieldProblem) -> str:
    place = ".".join(str(part) for part in problem.place if part != "body")
    return f"{place}: {problem.message}" if place else problem.message


def _silence(answer: Answer) -> str:
    return f"it answered {answer.status} with{' a web page' if answer.is_page else 'out a reason'}"


def _tidy(words: str) -> str:
    """The service's words as one sentence of limited length. They are data: never draw them as markup."""
    line = " ".join(words[: _LONGEST_MESSAGE * 2].split())
    if len(line) > _LONGEST_MESSAGE:
        line = line[:_LONGEST_MESSAGE].rstrip() + "…"
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


_LEADS = {
    401: "does not accept the credentials",
    403: "does not allow this",
    404: "cannot find this",
    409: "reports a conflict",
    413: "finds the request too large",
    429: "asks to be called less often",
    502: "could not reach what it needs",
    503: "is not available now",
    504: "was too slow to answer",
}


def _lead(status: int) -> str:
    return "had an internal error" if status >= 500 else "refused the request"


_ADVICE = {
    errors.ErrorKind.SIGNED_OUT: errors.PRESS_S,
    errors.ErrorKind.NEEDS_AUTHORIZATION: "Globus wants a consent or another login first.",
    errors.ErrorKind.FORBIDDEN: "Ask the owner for access, or sign in as somebody who has it.",
    errors.ErrorKind.NOT_FOUND: "It may have been deleted, or belong to somebody else.",
    errors.ErrorKind.CONFLICT: "Refresh and look at its present state.",
    errors.ErrorKind.INVALID: "Correct what it names and try again.",
    errors.ErrorKind.BUSY: "Wait a little, then try again.",
    errors.ErrorKind.BROKEN: "Try again in a while; status.globus.org tells about outages.",
}

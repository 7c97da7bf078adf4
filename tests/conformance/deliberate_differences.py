"""Where our requests differ on purpose from those of the official Python SDK; everything else must be equal.

Each entry names one operation of `sdk_operations.py`, the part that differs, what the SDK sends and what we send.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    part: str
    theirs: Any
    ours: Any
    why: str


CREDENTIALS_IN_QUERY = (
    "update_credentials: the specification declares a query parameter and no body; the SDK sends a JSON body that the "
    "specification does not know"
)
COUNT = (
    "count: the specification and the CLI call an end by number of runs `count`; the SDK's documentation says "
    "`iterations` and sends what it is given"
)
LOWER_CASE = "booleans in queries are `true` and `false` (as in the JavaScript SDK and JSON), not Python's `True`"
WITH_OFFSET = "moments carry an offset and whole seconds; the SDK's TimerJob leaves a naive datetime without an offset"

DIFFERENCES: dict[str, tuple[Difference, ...]] = {
    "resume": (Difference("body", {}, None, CREDENTIALS_IN_QUERY),),
    "resume with new credentials": (
        Difference("body", {"update_credentials": True}, None, CREDENTIALS_IN_QUERY),
        Difference("query", [], [("update_credentials", "true")], CREDENTIALS_IN_QUERY),
    ),
    "resume with its own credentials": (
        Difference("body", {"update_credentials": False}, None, CREDENTIALS_IN_QUERY),
        Difference("query", [], [("update_credentials", "false")], CREDENTIALS_IN_QUERY),
    ),
    "create a timer that ends after some runs": (
        Difference(
            "body.timer.schedule.end",
            {"condition": "iterations", "iterations": 3},
            {"condition": "iterations", "count": 3},
            COUNT,
        ),
    ),
    "consents": (Difference("query", [("all", "False")], [("all", "false")], LOWER_CASE),),
    "create a v1 timer with a naive start": (
        Difference("body.start", "2026-12-01T06:00:00.500000", "2026-12-01T06:00:00+00:00", WITH_OFFSET),
    ),
}
AUTHORIZE_DIFFERENCES = (Difference("session_required_mfa", "True", "true", LOWER_CASE),)

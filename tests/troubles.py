"""Faults that many tests make: a proxy's page, too many requests, half of an answer."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from globus_tui.sandbox.faults import Fault

if TYPE_CHECKING:
    from datetime import datetime

PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>
"""


def proxy_page(path: str = "*", status: int = 502, times: int | None = 1) -> Fault:
    """An HTML page of a proxy where JSON was expected."""
    return Fault(path, times=times, status=status, body=PROXY_PAGE, headers={"content-type": "text/html"})


def too_many(path: str = "*", retry_after: int | datetime = 2, times: int | None = 1) -> Fault:
    """429 with Retry-After in seconds, or as an HTTP date when given a moment (aware, UTC).

    The body that the services send with a 429 is not known; this one is Transfer's usual shape.
    """
    after = str(retry_after) if isinstance(retry_after, int) else format_datetime(retry_after, usegmt=True)
    body = {"code": "TooManyRequests", "message": "Too many requests", "request_id": "r8aXz0q1d"}
    return Fault(path, times=times, status=429, body=body, headers={"retry-after": after})


def half_json(path: str = "*", times: int | None = 1) -> Fault:
    """A complete 200 answer whose JSON breaks off."""
    headers = {"content-type": "application/json"}
    return Fault(path, times=times, status=200, body='{"jobs": [{"job_id": "f0', headers=headers)

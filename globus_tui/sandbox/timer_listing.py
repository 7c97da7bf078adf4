"""The list of timers: which, in what order, and with how many of their runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox import timer_engine
from globus_tui.sandbox.timer_checks import Checked, a_flag, a_moment, a_text
from globus_tui.sandbox.timer_documents import job_document, moment_of_token, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.sandbox.state import Document, Sandbox, Timer, TimerRun

EMBEDDED = 10
"""Runs shown with each timer of a list when `result_count` is absent; the real default is not known."""
PAGE, LARGEST_PAGE = 50, 100
"""Runs on a page of one timer, by default and at most; the real figures are not known."""
STATUSES = frozenset({"active", "inactive", "ended"})
ORDERABLE = frozenset(
    [
        "name",
        "status",
        "submitted_at",
        "start",
        "interval",
        "next_run",
        "last_ran_at",
        "n_runs",
        "n_errors",
        "timer_type",
        "job_id",
    ]
)
"""The specification says "any orderable column" and names the first and `submitted_at`."""


@dataclass(frozen=True)
class Listing:
    """The parameters of GET /jobs/."""

    name: str
    statuses: frozenset[str]
    after: datetime | None
    before: datetime | None
    result_count: int
    order: str
    descending: bool

    @classmethod
    def asked_for(cls, query: Mapping[str, str]) -> Listing:
        """Reads the query.

        Raises:
            Refusal: 422 for a value that makes no sense.
        """
        asked = Checked(dict(query), ("query",))
        field, _, direction = str(asked.take("order", an_order, default="submitted_at")).partition(" ")
        listing = cls(
            name=asked.take("filter_name", a_text, default="").casefold(),
            statuses=_statuses(asked),
            after=asked.take("submitted_after", a_moment),
            before=asked.take("submitted_before", a_moment),
            result_count=asked.take("result_count", a_size, default=EMBEDDED),
            order=field,
            descending=direction == "desc",
        )
        asked.refuse()
        return listing

    def documents(self, sandbox: Sandbox, timers: Iterable[Timer], now: datetime) -> list[Document]:
        """The timers that fit, ordered and rendered."""
        fitting = []
        for timer in timers:
            timer_engine.advance(sandbox, timer, now)
            if self.fits(timer):
                fitting.append(timer)
        fitting.sort(key=self._rank, reverse=self.descending)
        return [job_document(timer, now, *page_of(timer, self.result_count)) for timer in fitting]

    def fits(self, timer: Timer) -> bool:
        """Whether a timer passes the filters; one being deleted shows only when no status is asked for."""
        if self.name and self.name not in (timer.name or "").casefold():
            return False
        if self.after is not None and timer.submitted_at < self.after:
            return False
        if self.before is not None and timer.submitted_at > self.before:
            return False
        status = "active" if timer_engine.is_active(timer) else timer.status
        return self.statuses == STATUSES or status in self.statuses

    def _rank(self, timer: Timer) -> tuple[bool, Any]:
        value = getattr(timer, self.order)
        return (value is None, 0 if value is None else value)


def page_asked_for(timer: Timer, query: Mapping[str, str]) -> tuple[list[TimerRun], str | None]:
    """The runs that `results_pt` and `page_size` ask for, and the next page's token.

    Raises:
        Refusal: 422 for a token or a size that makes no sense.
    """
    asked = Checked(dict(query), ("query",))
    size = asked.take("page_size", a_size, default=PAGE)
    after = asked.take("results_pt", moment_of_token)
    if size < 1:
        asked.wrong(("page_size",), "ensure this value is greater than 0")
    asked.refuse()
    return page_of(timer, min(size, LARGEST_PAGE), after)


def a_size(value: Any) -> int:
    """A number of runs, zero included."""
    try:
        size = int(value)
    except ValueError as problem:
        raise ValueError("value is not a valid integer") from problem
    if size < 0:
        raise ValueError("ensure this value is greater than or equal to 0")
    return size


def an_order(value: Any) -> str:
    """`FIELD`, `FIELD asc` or `FIELD desc`."""
    field, _, direction = a_text(value).partition(" ")
    if field not in ORDERABLE or direction.lower() not in {"", "asc", "desc"}:
        raise ValueError("unexpected value; expected FIELD, FIELD asc or FIELD desc")
    return f"{field} {direction.lower()}".strip()


def _statuses(asked: Checked) -> frozenset[str]:
    if asked.take("filter_active", a_flag, default=False):
        return frozenset({"active"})
    if asked.take("filter_stopped", a_flag, default=False):
        return frozenset({"ended"})
    wanted = frozenset(asked.take("filter_status", a_text, default="").split(",")) - {""}
    if wanted - STATUSES:
        asked.wrong(("filter_status",), "unexpected value; permitted: 'active', 'inactive', 'ended'")
    return wanted or STATUSES

"""The Timers service, one method for each operation. A timer is a *job* on the wire, hence here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from globus_tui.api.bearer import Bearer, TokenSource
from globus_tui.api.decode import read_in_thread, read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain.auth.scope import TIMERS_SERVER
from globus_tui.domain.documents import Entry, walk
from globus_tui.domain.timer.job import Job, JobId, JobReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from globus_tui.api.http import Connection
    from globus_tui.domain.making.new_timer import NewTimer, TimerJob

T = TypeVar("T")


class TimersClient:
    """Every operation of the service. All raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, TIMERS_SERVER)
        self._packed = b""

    async def list_jobs(
        self,
        *,
        filter_name: str | None = None,
        filter_status: Iterable[str] = (),
        submitted_after: datetime | None = None,
        submitted_before: datetime | None = None,
        result_count: int | None = None,
        order: str | None = None,
    ) -> tuple[Job, ...]:
        """All timers of the user, ended ones included; the service does not page. This program asks for all of them.

        Args:
            filter_name: part of the name, in any case.
            filter_status: some of `active`, `inactive`, `ended`; of all where none is given.
            submitted_after: bound on when it was created.
            submitted_before: bound on when it was created.
            result_count: most runs to include with each timer; the service's default is not documented.
            order: `FIELD`, `FIELD asc` or `FIELD desc`; `name` and `submitted_at` are certain to work.
        """
        query = {
            "filter_name": filter_name,
            "filter_status": ",".join(filter_status) or None,
            "submitted_after": submitted_after,
            "submitted_before": submitted_before,
            "result_count": result_count,
            "order": order,
        }
        answer = await self._connection.request("timer", "GET", "/jobs/", query=query, auth=self._auth)
        return (await read_listing(answer, "jobs", Job.from_document)).items

    async def read_list(
        self,
        take: Callable[[Iterator[Entry]], T],
        last: Mapping[Any, object],
        *,
        result_count: int | None = None,
        unless_same: bool = True,
        younger_than: float = 0.0,
    ) -> tuple[T | None, float | None]:
        """Reads the list in a thread; gives what `take` made of it, and its age if another copy had asked for it.

        Args:
            take: is given the entries one by one.
            last: what it gave for the last list, see `walk`.
            result_count: most runs to include with each timer.
            unless_same: give None when the answer is the last one again.
            younger_than: seconds; what another copy of this program was told less long ago will do.
        """
        query, packed = {"result_count": result_count}, self._packed
        answer = await self._connection.read_again(
            "timer", "/jobs/", query=query, auth=self._auth, last=packed, younger_than=younger_than
        )
        if answer.unchanged and unless_same:
            return None, answer.age
        result = await read_in_thread(answer, "jobs", lambda: take(walk(answer.chunks(), "jobs", last, "job_id")))
        self._packed = answer.packed
        return result, answer.age

    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        """One timer with a page of its runs, newest first.

        Args:
            results_pt: the `runs_marker` of the page before; None for the first.
            page_size: runs on a page; default and maximum are not documented.
        """
        query = {"results_pt": results_pt, "page_size": page_size}
        return self._reading(await self._call("GET", _path(job_id), query=query), job_id)

    async def create_timer(self, timer: NewTimer) -> JobReading:
        """Creates a transfer or flow timer. Never sent twice by itself.

        After a `NetworkError` that may have been processed, or an `UnreadableAnswer`, the timer may exist: list the
        timers and look for it. The service does not check `data_access` consents here: without them the timer is
        made, and becomes inactive at its first run (documented).
        """
        answer = await self._call("POST", "/v2/timer", json={"timer": timer.to_document()})
        document = answer.object()
        inner = document.get("timer")
        return _reading_of(inner if isinstance(inner, dict) else document)

    async def create_job(self, job: TimerJob) -> JobReading:
        """Creates a v1 timer, which calls back any action provider. Never sent twice by itself."""
        return self._reading(await self._call("POST", "/jobs/", json=job.to_document()))

    async def update_job(self, job_id: str, *, name: str) -> JobReading:
        """Renames a timer, the only change that the service knows. Repeated safely: it sets a value."""
        answer = await self._call("PATCH", _path(job_id), json={"name": name}, repeatable=True)
        return self._reading(answer, job_id)

    async def delete_job(self, job_id: str) -> JobReading:
        """Deletes a timer. It lingers as `delete_in_progress` for a while, and one more run may fire (old docs)."""
        return self._reading(await self._call("DELETE", _path(job_id)), job_id)

    async def pause_job(self, job_id: str) -> str:
        """Pauses a timer and gives the service's words. Repeated safely: pausing twice is pausing."""
        return _message(await self._call("POST", _path(job_id, "pause"), repeatable=True))

    async def resume_job(self, job_id: str, *, update_credentials: bool | None = None) -> str:
        """Resumes a timer and gives the service's words. Not repeated: a missed run starts at once, each time.

        Args:
            update_credentials: True lets the timer run with the credentials of this call from now on, False keeps
                its own, None leaves it to the service to decide by the reason of its inactivity. It is sent in the
                query, as the specification says; the official Python SDK and CLI send it in a JSON body, which the
                specification does not know. (Deliberate difference, listed in tests/conformance.)
        """
        query = {"update_credentials": update_credentials}
        return _message(await self._call("POST", _path(job_id, "resume"), query=query))

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: Any = None,
        repeatable: bool | None = None,
    ) -> Answer:
        return await self._connection.request(
            "timer", method, path, query=query, json=json, auth=self._auth, repeatable=repeatable
        )

    def _reading(self, answer: Answer, job_id: str | None = None) -> JobReading:
        reading = _reading_of(answer.object())
        if job_id is not None and reading.job.has_own_id and reading.job.job_id.lower() != job_id.lower():
            raise answer.unreadable("the document of another timer")
        if reading.job.unreadable is None or job_id is None:
            return reading
        return replace(reading, job=replace(reading.job, job_id=JobId(job_id)))


def _reading_of(document: dict[str, Any]) -> JobReading:
    return JobReading(Job.from_document(document), document)


def _path(job_id: str, operation: str | None = None) -> str:
    return f"/jobs/{segment(job_id)}" + (f"/{operation}" if operation else "")


def _message(answer: Answer) -> str:
    """The service's words. Raises where there are none: the answer may not be the service's."""
    message = answer.object().get("message")
    if not isinstance(message, str):
        raise answer.unreadable("a document that does not say that it was done")
    return message

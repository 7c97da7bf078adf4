"""The Timers service, one method for each operation. A timer is a *job* on the wire, hence here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from globus_tui.api.bearer import Bearer
from globus_tui.api.exchange import Answer
from globus_tui.api.list_memory import ListMemory
from globus_tui.api.packed_answers import answer_of
from globus_tui.api.packing import same_packed
from globus_tui.api.urls import joined, segment
from globus_tui.domain.job import Job, JobId
from globus_tui.domain.packed import Packed
from globus_tui.domain.readings import JobReading
from globus_tui.domain.scope import TIMERS_RESOURCE_SERVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from globus_tui.api.bearer import TokenSource
    from globus_tui.api.http import Connection
    from globus_tui.domain.new_timer import NewTimer, TimerJob


class TimersClient:
    """Every operation of the service. All raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, TIMERS_RESOURCE_SERVER)
        self._memory = ListMemory("jobs", Job.from_document, lambda job: job.job_id)
        self._last_packed = Packed(b"", "")

    async def list_jobs(
        self,
        *,
        filter_name: str | None = None,
        filter_status: str | Iterable[str] | None = None,
        submitted_after: datetime | None = None,
        submitted_before: datetime | None = None,
        filter_active: bool | None = None,
        filter_stopped: bool | None = None,
        result_count: int | None = None,
        order: str | None = None,
    ) -> tuple[Job, ...]:
        """All timers of the user, ended ones included; the service does not page.

        An answer equal to the last one gives back the very same tuple, and a timer whose document has not changed
        the very same `Job`.

        Args:
            filter_name: part of the name, in any case.
            filter_status: some of `active`, `inactive`, `ended`.
            submitted_after: bound on when it was created.
            submitted_before: bound on when it was created.
            filter_active: deprecated by the service for `filter_status`.
            filter_stopped: deprecated by the service for `filter_status`.
            result_count: most runs to include with each timer; the service's default is not documented.
            order: `FIELD`, `FIELD asc` or `FIELD desc`; `name` and `submitted_at` are certain to work.
        """
        query = {
            "filter_name": filter_name,
            "filter_status": joined(filter_status),
            "submitted_after": submitted_after,
            "submitted_before": submitted_before,
            "filter_active": filter_active,
            "filter_stopped": filter_stopped,
            "result_count": result_count,
            "order": order,
        }
        last = self._memory.packed
        answer = await self._connection.read_again("timer", "/jobs/", query=query, auth=self._auth, last=last)
        return await self._read(answer)

    def last_packed(self) -> Packed | None:
        """The last list as it came; None when that is not known."""
        return self._last_packed if self._last_packed.body else None

    async def read_packed(self, packed: Packed) -> tuple[Job, ...]:
        """Reads a list that somebody else was given, as if it had come now.

        Raises:
            UnreadableAnswer: it is damaged.
        """
        if self._memory.packed and same_packed(packed.body, self._memory.packed):
            headers = {"content-encoding": packed.encodings}
            return await self._read(Answer("timer", 200, headers, b"", packed=packed.body, again=True))
        return await self._read(answer_of("timer", packed))

    async def _read(self, answer: Answer) -> tuple[Job, ...]:
        jobs = await self._memory.read(answer)
        self._last_packed = Packed(answer.packed, answer.headers.get("content-encoding", ""))
        return jobs

    async def get_job(self, job_id: str, *, results_pt: str | None = None, page_size: int | None = None) -> JobReading:
        """One timer with a page of its runs, newest first.

        Args:
            job_id: which one.
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
        found = answer.object()
        inner = found.get("timer")
        return _reading_of(inner if isinstance(inner, dict) else found)

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
            job_id: which one.
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
        if reading.job.unreadable is None or job_id is None:
            return reading
        return replace(reading, job=replace(reading.job, job_id=JobId(job_id)))


def _reading_of(found: dict[str, Any]) -> JobReading:
    return JobReading(Job.from_document(found), found)


def _path(job_id: str, operation: str | None = None) -> str:
    return f"/jobs/{segment(job_id)}" + (f"/{operation}" if operation else "")


def _message(answer: Answer) -> str:
    said = answer.object().get("message")
    return said if isinstance(said, str) else ""

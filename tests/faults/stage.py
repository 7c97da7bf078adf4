"""The program without its screen, with a home of its own, on a wire to a facility where any request can go wrong."""

from __future__ import annotations

import errno
import gzip
import json
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from globus_tui.api.environment import Environment
from globus_tui.api.http import Connection
from globus_tui.api.timers import TimersClient
from globus_tui.api.transfer import TransferClient
from globus_tui.auth.records import ProfileKey
from globus_tui.auth.sign_in_request import BrokenJob
from globus_tui.auth.token_store import TokenFile
from globus_tui.cli.backend import DEMO_USER, person
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import What, clone
from globus_tui.domain.schedule.calendar_groups import GroupMember
from globus_tui.domain.schedule.schedule import RecurringSchedule
from globus_tui.domain.timer.job import JobId
from globus_tui.sandbox.auth.login import approve
from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.service import InProcessTransport, Service, make_app
from globus_tui.sandbox.world.flows import NATIVE_CLIENT_ID
from globus_tui.store.creation import CreationServices, Creator, Unconfirmed
from globus_tui.store.drafts import DraftShelf
from globus_tui.store.job_store import JobStore
from globus_tui.store.journal import Journal, Recorder, is_open
from globus_tui.store.operations import CancelTask, Delete, Pause, Rename, Resume
from globus_tui.store.refresh_plan import FreshnessState
from globus_tui.store.services import Services
from globus_tui.store.swapping import Swapper
from tests.facility import copied_facility
from tests.faults import documents
from tests.faults.disk import Disk
from tests.faults.monkey import change_of
from tests.store.workbench import NOON, nightly, no_waiting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from globus_tui.auth.account import PersonAccount
    from globus_tui.domain.making.draft import Draft
    from globus_tui.sandbox.state import Timer
    from globus_tui.store.creation import Attempt

PATIENT = "sensor-hourly"
"""The timer that most is done to: active, and its runs succeed."""
BROKEN = "climate-nightly-mirror"
"""It lacks a consent."""
MADE = ("made", "made (early)", "made (late)")
RUNNING = "sim-checkpoints"
"""A run of it is under way."""
FEW = (PATIENT, BROKEN, RUNNING, "wake-up-callback", "quality-report-daily", "not understandable", "db-dumps")

UNSURE = ("may still arrive", "BOTH may be active", "Both may be active", "obody can tell", "ook at both")
"""By such words the user knows that there is something to look at."""
_NOT = timedelta(0)
STATUSES = (400, 401, 403, 404, 408, 409, 418, 422, 425, 429, 451, 500, 501, 502, 503, 504, 507, 511, 520, 599)
_PAGE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
BROKEN_BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "html": (_PAGE, {"content-type": "text/html"}),
    "empty": (b"", {}),
    "half of the JSON": (b'{"jobs": [{"job_id": "f0', {}),
    "a list": (b"[]", {}),
    "null": (b"null", {}),
    "wrong types": (json.dumps({"jobs": {}, "job_id": 7, "status": [], "DATA": 1, "access_token": 5}).encode(), {}),
    "damaged gzip": (gzip.compress(b"{}")[:-6], {"content-encoding": "gzip"}),
    "an unknown packing": (b"\x28\xb5\x2f\xfd", {"content-encoding": "zstd"}),
}
BEFORE: tuple[str | int, ...] = ("refused", "dns", "tls", "reset", "hang", "redirect", *STATUSES, *BROKEN_BODIES)
"""What befalls a request that the service never sees."""
AFTER: tuple[str, ...] = ("lose", "truncate", "late", "after 500", "after 502", "after 504", "after html")
"""What befalls the answer to one that was carried out, or will be."""
WHOLE: tuple[str, ...] = ("drip", "revoked", "outage")
"""The answer comes a byte at a time; all tokens are revoked before; nothing answers for an hour."""
CLOCKS = tuple(timedelta(hours=hours) for hours in (-30 * 24, -5, 5, 30 * 24))
"""How far this machine's clock is ahead."""


class Wire(httpx.AsyncBaseTransport):
    """Counts requests; `fault` says what befalls each, by its number, None for nothing."""

    def __init__(self, service: Service) -> None:
        self._inner, self._service = InProcessTransport(service), service
        self.answers: dict[int, Any] = {}
        """The document of each answer that was `noted`."""
        self.altered: documents.Place = ()
        """The field that was wrong."""
        self.sent: list[tuple[str, str, str]] = []
        self.fault: Callable[[int, httpx.Request], str | int | None] = lambda _, __: None
        self.late: list[httpx.Request] = []
        self.happened: Counter[tuple[str, str]] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = len(self.sent)
        self.sent.append((request.method, request.url.path, request.url.host))
        fault = self.fault(number, request)
        if fault is None:
            return await self._inner.handle_async_request(request)
        self.happened[f"{request.method} {kind_of(request.url.path)}", str(fault)] += 1
        if fault == "late":
            self.late.append(
                httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
            )
            raise httpx.ReadTimeout("no answer", request=request)
        if isinstance(fault, int) or fault in BEFORE:
            return before(fault, request)
        if fault == "outage":
            return before("refused", request)
        if fault == "revoked":
            for token in self._service.sandbox.tokens.values():
                token.revoked = True
        answer = await self._inner.handle_async_request(request)
        await answer.aread()
        if fault in ("noted", "drip", "revoked") or str(fault).startswith("wrong"):
            return self._spoiled(str(fault), number, answer)
        if fault == "lose":
            raise httpx.ReadError("connection reset by peer", request=request)
        if fault == "truncate":
            raise httpx.RemoteProtocolError("peer closed the connection in the middle", request=request)
        word = str(fault).removeprefix("after ")
        return before(int(word) if word.isdigit() else word, request)

    def _spoiled(self, fault: str, number: int, answer: httpx.Response) -> httpx.Response:
        """A whole answer, as it is or with one field of its document altered."""
        content = answer.content
        is_json = "json" in answer.headers.get("content-type", "")
        if fault == "noted" and is_json:
            self.answers[number] = answer.json()
        if fault.startswith("wrong") and is_json:
            place, content = documents.nth(answer.json(), int(fault.split()[1]))
            self.altered = place
        headers = [one for one in answer.headers.multi_items() if one[0] not in ("content-encoding", "content-length")]
        stream = Drip(content) if fault == "drip" else httpx.ByteStream(content)
        return httpx.Response(answer.status_code, headers=headers, stream=stream)

    async def deliver(self) -> None:
        """What was held up on the way arrives."""
        late, self.late = self.late, []
        for request in late:
            await (await self._inner.handle_async_request(request)).aread()


class Drip(httpx.AsyncByteStream):
    """Every byte by itself, but of long ones."""

    def __init__(self, content: bytes) -> None:
        self._content, self._step = content, max(1, len(content) // 2000)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._content), self._step):
            yield self._content[at : at + self._step]


def before(fault: str | int, request: httpx.Request) -> httpx.Response:
    """What comes instead of an answer."""
    broken: dict[str, httpx.TransportError] = {
        "refused": httpx.ConnectError("All connection attempts failed", request=request),
        "dns": httpx.ConnectError("[Errno -2] Name or service not known", request=request),
        "tls": httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER]", request=request),
        "reset": httpx.ReadError("connection reset by peer", request=request),
        "hang": httpx.ReadTimeout("no answer", request=request),
    }
    if fault in broken:
        raise broken[str(fault)]
    if fault == "redirect":
        return httpx.Response(307, headers={"location": "https://elsewhere.example.org/jobs/"}, request=request)
    if isinstance(fault, int):
        body = {"error": {"code": "PRETENDED", "detail": "pretended", "status": fault}}
        return httpx.Response(fault, json=body, request=request)
    content, headers = BROKEN_BODIES[fault]
    return httpx.Response(200, stream=httpx.ByteStream(content), headers=headers, request=request)


def kind_of(path: str) -> str:
    """A path without its ids."""
    return "/".join("*" if len(part) > 20 or part.isdigit() else part for part in path.split("/"))


@dataclass
class Stage:
    """One session of the program."""

    home: Path
    clock: Clock
    service: Service
    wire: Wire
    connection: Connection
    account: PersonAccount
    timers: TimersClient
    store: JobStore
    shelf: DraftShelf
    creator: Creator
    swapper: Swapper
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    attempts: list[tuple[Attempt, Draft]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    walked: int = 0

    def timer(self, name: str) -> Timer:
        """A timer of the facility."""
        return next(one for one in self.service.sandbox.timers.values() if one.name == name)

    def active(self, *names: str) -> list[str]:
        """Names of the timers of these names that are active."""
        there = self.service.sandbox.timers.values()
        return [one.name or "" for one in there if one.name in names and one.status in ("active", "new")]

    def id_of(self, name: str) -> JobId:
        """Its id."""
        return JobId(self.timer(name).job_id)

    @property
    def owner(self) -> str:
        """Who is signed in, to the facility."""
        people = self.service.sandbox.people.values()
        return next(one.identity_id for one in people if one.username == DEMO_USER)

    async def operate(self, operation: Any) -> object:
        """Does it, and keeps what the user reads."""
        outcome = await self.store.operate(operation)
        self.told.append(str(getattr(outcome, "words", outcome)))
        return outcome

    async def sign_in(self, request: Any = None) -> None:
        """By link and code."""
        attempt = await self.account.begin(request)
        await self.account.finish(attempt, Secret(approve(self.service.sandbox, attempt.url, DEMO_USER)))

    async def look(self) -> None:
        """Until it is known what became of everything: the service works again, and time passes."""
        self.wire.fault = lambda _, __: None
        await self.wire.deliver()
        await self.store.refresh()
        if self.store.freshness.state is FreshnessState.SIGNED_OUT:
            await self.sign_in()
            self.store.refresher.signed_in(fresh=True)
            await self.store.refresh()
        for _ in range(9):
            await self.store.close_requests()
            if not self.store.journal.lost:
                break
            self.clock.advance(200)
        await self.store.refresh()

    async def check(self) -> None:
        """What must hold after everything; see the sentences.

        Raises:
            AssertionError: it does not.
        """
        entries = await self.check_journal()
        left = [one for one in entries if is_open(one)]
        assert not left, f"what became of each is known in the end: {left}"
        sent = Counter(change for method, path, _ in self.wire.sent if (change := change_of(method, path)))
        for what in ("create", "resume"):
            mine = sum(n for (one, _), n in self.asked.items() if one == what)
            wire = sum(n for (one, _), n in sent.items() if one == what)
            renewed = sum(n for (_, fault), n in self.wire.happened.items() if fault == "401")
            assert wire <= mine + renewed, f"{what} is never sent twice: {wire} for {mine}"
        strangers = {host for *_, host in self.wire.sent if not host.endswith("globus.org")}
        assert not strangers, f"nothing goes to another host: {strangers}"
        assert self.store.freshness.problem is None
        self.check_rows()
        self.check_secrets()

    async def check_journal(self) -> list[Mapping[str, Any]]:
        """Each change that was asked for has one entry, and each entry a change; gives the entries."""
        entries = [one for one in await self.store.journal.entries() if one["what"] != "swap"]
        recorded = Counter((str(one["what"]), _subject(one)) for one in entries)
        stopped = Counter((str(one["what"]), _subject(one)) for one in entries if one.get("error") == "interrupted")
        missing, more = self.asked - recorded, recorded - self.asked - stopped  # some were stopped before they left
        assert not missing, f"each change has an entry: {missing}"
        assert not more, f"each entry is of a change: {more}"
        return entries

    def check_rows(self) -> None:
        """The rows are what the service has, and the counts are theirs."""
        states = self.store.states
        there = self.service.sandbox.timers.values()
        real = {
            one.job_id: (one.name, rests(one.status)) for one in there if one.owner == self.owner and not one.quirks
        }
        shown = {str(one): (state.job.name, rests(state.job.status.value)) for one, state in states.items()}
        shown = {one: facts for one, facts in shown.items() if one in real}
        real = {one: facts for one, facts in real.items() if one in shown or facts[1] != "deleted"}
        assert shown == real, f"after a clean refresh the rows are what the service has: {shown.items() ^ real.items()}"
        words = self.store.count_words()
        assert words is not None
        assert sum(words.values()) == len(states), "the counts are those of the rows"

    def check_secrets(self) -> None:
        """No token is in any file but that of the tokens, nor in any word."""
        secrets = [*self.service.sandbox.tokens]
        text = "\n".join(self.told)
        for path in self.home.rglob("*"):
            if path.is_file() and not path.name.startswith(("tokens.json", ".tokens.json")):
                text += path.read_text(errors="replace")
        assert secrets
        found = [one[:8] for one in secrets if one in text]
        assert not found, f"a secret came out: {found}"


def rests(status: str) -> str:
    """What Timers calls by several names: whether it goes on, rests, has ended or is going."""
    return status if status in ("inactive", "ended") else "deleted" if status.startswith("delet") else "goes on"


def _subject(entry: Any) -> str:
    if entry["what"] in ("create", "transfer"):
        return ""
    return str(entry["task"]["id"] if entry["what"] == "cancel" else entry["timer"]["id"])


@asynccontextmanager
async def staged(home: Path, service: Service | None = None, *, wrong_by: timedelta = _NOT) -> AsyncIterator[Stage]:
    """A session: somebody is signed in, nothing was read yet.

    Args:
        home: where all files are.
        service: an earlier one, on which the program is started anew.
        wrong_by: how far this machine's clock is ahead of the service's.
    """
    clock = service.sandbox.clock if service else Clock(NOON, speed=0)
    service = service or make_app(copied_facility(clock, FEW))
    wire = Wire(service)

    def machine() -> datetime:
        return clock.now() + wrong_by

    async with Connection(
        Environment.read({}), transport=wire, clock=machine, sleep=no_waiting, draw=lambda: 0.5
    ) as connection:
        tokens = TokenFile(home / "data" / "tokens.json", clock=machine, lock_seconds=0.01)
        account = person(connection, tokens, ProfileKey("default", "production", NATIVE_CLIENT_ID), clock=machine)
        timers = TimersClient(connection, account.tokens)
        transfer = TransferClient(connection, account.tokens)
        journal = Journal(home / "state" / "journal.jsonl", who=DEMO_USER)
        store = JobStore(
            Services(timers, transfer, transfer, account),
            journal=journal,
            clock=machine,
            skew=lambda: connection.skew,
            draw=lambda: 0.5,
            moment=lambda: clock.now().timestamp(),
        )
        shelf, recorder = DraftShelf(home / "state" / "drafts", machine), Recorder(journal, store.now)

        def sending(attempt: Attempt | None, draft: Draft) -> None:
            if attempt is not None:
                stage.attempts.append((attempt, draft))
            shelf.save_now("0" * 32, draft, attempt=attempt)

        services = CreationServices(timers, transfer, transfer, account)
        creator = Creator(services, recorder, store.now, sleep=no_waiting, sending=sending)
        swapper = Swapper(creator, timers, recorder)
        stage = Stage(home, clock, service, wire, connection, account, timers, store, shelf, creator, swapper)
        await account.load()
        if account.identity is None:
            await stage.sign_in()
        real = connection.request

        async def request(service: str, method: str, path: str, **options: Any) -> Any:
            change = change_of(method, path) if service in ("timer", "transfer", "flows") else None
            if change is not None:
                stage.asked[change] += 1
            return await real(service, method, path, **options)

        connection.request = request  # type: ignore[method-assign]  # every client of this session goes through it
        wire.sent.clear()
        yield stage


# --- journeys: each from the key to the words


async def _refresh(stage: Stage) -> None:
    await stage.store.refresh()
    stage.told.append(str(stage.store.freshness.problem))


async def _detail(stage: Stage) -> None:
    detail = await stage.store.details.load_detail(stage.id_of(PATIENT), page_size=5)
    stage.told.append(str(detail))


async def _task(stage: Stage) -> None:
    task_id = next(run.resource_id for run in stage.store.states[stage.id_of(PATIENT)].job.runs if run.resource_id)
    stage.told.append(str(await stage.store.details.tasks.task_events(task_id)))


async def _resume(stage: Stage) -> None:
    await stage.operate(Pause(stage.id_of(PATIENT)))
    await stage.operate(Resume(stage.id_of(PATIENT)))


async def _cancel(stage: Stage) -> None:
    running = next(one for one in stage.store.tasks.values() if not one.finished)
    await stage.operate(CancelTask(running.task_id))


async def _fix(stage: Stage) -> None:
    reading = await stage.timers.get_job(stage.id_of(BROKEN))
    reason = reading.job.inactive_reason
    if reason is None or reason.gare is None:
        return
    plan = await stage.account.prepare_fix([BrokenJob(reading.job.job_id, reason.gare)])
    if plan.request is not None:
        await stage.sign_in(plan.request)
    for verdict in await stage.account.check_fix(plan):
        if verdict.may_resume:
            await stage.operate(Resume(verdict.job_id, update_credentials=True, skip_check=True))


async def _create(stage: Stage, what: What = What.TRANSFER_TIMER) -> None:
    found = await stage.creator.create(nightly("made", what))
    stage.told.append(str(getattr(found, "words", found)))
    if isinstance(found, Unconfirmed):
        found = await stage.creator.look_again(found.attempt, found.draft)
        stage.told.append(str(getattr(found, "words", found)))


async def _submit(stage: Stage) -> None:
    found = await stage.creator.create(nightly("", What.TRANSFER_NOW))
    if isinstance(found, Unconfirmed):
        found = await stage.creator.create(found.draft, after=found.attempt, check_consents=False)
    stage.told.append(str(getattr(found, "words", found)))


async def _group(stage: Stage) -> None:
    draft = nightly("made")
    schedule = draft.schedule
    assert isinstance(schedule, RecurringSchedule)
    assert schedule.start is not None
    later = replace(schedule, start=schedule.start + timedelta(hours=5))
    draft = replace(draft, group=(GroupMember(schedule, "early"), GroupMember(later, "late")))
    found = await stage.creator.create_group(draft)
    if found.stopped_by is not None and stage.attempts:
        found = await stage.creator.create_group(draft, after=stage.attempts[-1][0], check_consents=False)
    stage.told.append(str(found))


async def _swap(stage: Stage) -> None:
    old = await stage.timers.get_job(stage.id_of(PATIENT))
    draft = clone(old.job, old.document, stage.clock.now(), for_edit=True)
    found = await stage.swapper.replace(old, replace(draft, name="edited"), check_consents=False)
    stage.told.append(" ".join((found.words, getattr(getattr(found, "creation", None), "words", ""))))


async def _renew(stage: Stage) -> None:
    stage.clock.advance(timedelta(hours=49))
    await stage.store.refresh()
    stage.told.append(str(stage.store.freshness.problem))


JOURNEYS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "refresh": _refresh,
    "detail": _detail,
    "task": _task,
    "pause": lambda stage: _one(stage, Pause),
    "resume": _resume,
    "rename": lambda stage: _one(stage, lambda job_id: Rename(job_id, "renamed")),
    "delete": lambda stage: _one(stage, Delete),
    "cancel": _cancel,
    "fix": _fix,
    "create": _create,
    "submit": _submit,
    "group": _group,
    "swap": _swap,
    "sign in": lambda stage: stage.sign_in(),
    "renew": _renew,
}


async def _one(stage: Stage, kind: Callable[[JobId], object]) -> None:
    await stage.operate(kind(stage.id_of(PATIENT)))


async def walk(stage: Stage, name: str) -> None:
    """One journey. What a service does may stop it: that is told, and nothing else is raised."""
    try:
        await JOURNEYS[name](stage)
    except GlobusTuiError as told:
        stage.told.append(told.in_full)


async def go(home: Path, name: str, trouble: Trouble | None = None) -> Stage:
    """A session in which one journey meets trouble, then everything that must hold is looked at.

    Raises:
        AssertionError: something does not hold.
    """
    trouble = trouble or Trouble()
    async with staged(home, wrong_by=trouble.wrong_by) as stage:
        await stage.store.refresh()
        stage.wire.sent.clear()
        before = {one for one, state in stage.store.states.items() if state.job.has_own_id} - {stage.id_of(PATIENT)}
        stage.wire.fault = trouble.befalls
        with Disk(home, trouble.error, at=trouble.call).taking_over() as disk:
            await walk(stage, name)
        stage.calls, stage.walked = disk.calls, len(stage.wire.sent)
        gone = before - set(stage.store.states)
        if len(stage.wire.altered) > 2:  # one timer's fields, and it may be its id
            assert len(gone) <= 1, f"one bad timer hides no other: {stage.wire.altered} {gone}"
        elif trouble.fault != 404 and not stage.wire.altered:  # which say that it is gone
            assert not gone, f"the last good rows stay: {gone}"
        if trouble.fault == "outage":
            await _outlast(stage)
        await stage.look()
        await stage.check()
        active = stage.active(PATIENT, "edited", "renamed")
        told = trouble.fault == 404  # which says that there is no such timer
        if trouble.lasting or trouble.fault == "revoked":
            told = told or any(one in words for words in stage.told[-1:] for one in UNSURE)
        assert len(active) <= 1 or told, f"of one lineage one is active, or it is told: {active} {stage.told}"
        assert name != "swap" or active, f"an edit leaves one active: {stage.told}"
        assert len(set(stage.active(*MADE))) == len(stage.active(*MADE)), "it was made once"
        return stage


async def _outlast(stage: Stage) -> None:
    """The service is away for an hour, and the program waits for it by itself, patiently."""
    asked = len(stage.wire.sent)
    for _ in range(360):
        stage.clock.advance(10)
        await stage.store.wake()
    assert len(stage.wire.sent) - asked < 200, f"{len(stage.wire.sent) - asked} requests in an hour without answers"
    stage.wire.fault = lambda _, __: None
    checked = stage.store.freshness.checked_at
    for _ in range(60):
        stage.clock.advance(10)
        await stage.store.wake()
    assert stage.store.freshness.checked_at != checked, "it comes back by itself"


@dataclass
class Trouble:
    """What goes wrong in a journey.

    Attributes:
        number: of the request that something befalls.
        fault: what; None: nothing.
        lasting: and all requests after it.
        call: number of the file call that fails; -1: none.
        error: `errno` of that.
        wrong_by: how far this machine's clock is ahead.
    """

    number: int = -1
    fault: str | int | None = None
    lasting: bool = False
    call: int = -1
    error: int = errno.ENOSPC
    wrong_by: timedelta = _NOT

    def befalls(self, number: int, _: httpx.Request) -> str | int | None:
        """For `Wire`."""
        return self.fault if number == self.number or (self.lasting and number > self.number) else None

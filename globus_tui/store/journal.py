"""The journal: every change of a timer, appended to a file in the state folder. Undo and audit stand on it.

Before a request leaves, a line says that it was asked for; another says what became of it. See `recorder`. Lines are
JSON objects chained by hashes, so that one that is edited or removed later shows.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import stat
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

from globus_tui.cache_files import make_folder
from globus_tui.domain import wire
from globus_tui.domain.errors import GlobusTuiError, ServiceError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.private_files import is_alive, read_file, sync_folder, take_lock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


T = TypeVar("T")
Document = dict[str, Any]
OUTCOMES: Mapping[bool | None, str] = {True: "done", False: "refused", None: "unknown"}


_NOTED: ContextVar[Mapping[str, Any]] = ContextVar("noted", default={})  # noqa: B039 - never changed


@contextmanager
def noting(**fields: Any) -> Iterator[None]:
    """Adds these fields and one `batch` to every entry made meanwhile: undo takes a batch back as one step."""
    token = _NOTED.set({"batch": os.urandom(8).hex(), **fields})
    try:
        yield
    finally:
        _NOTED.reset(token)


class Ended(NamedTuple, Generic[T]):
    """How a request ended.

    Attributes:
        effect: it was carried out; None when nobody can tell (yet).
        error: what came instead of a good answer.
        looked: whether it could be looked at afterwards.
        after: what was seen then.
    """

    effect: bool | None
    error: GlobusTuiError | None = None
    looked: bool = False
    after: T | None = None


class Recorder:
    """Every request that changes something goes out through `asking`, and through nothing else.

    Args:
        now: the service's present, for the entries' `when`.
    """

    def __init__(self, journal: Journal, now: Callable[[], datetime]) -> None:
        self._journal = journal
        self._now = now

    def asking(self, what: str, subject: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Asking:
        """To be entered around one request: the entry that asks is on disk before the body runs.

        Args:
            what: `pause`, `resume`, `rename`, `delete`, `cancel`, `create` or `transfer`.
            subject: what it is done to, with ids and names, and what is asked for.
            before: the document as read before.
        """
        return Asking(self._journal, self._now, {"what": what, **subject, "before": before})

    async def carry_out(
        self,
        asking: Asking,
        send: Callable[[], Awaitable[object]],
        look: Callable[[], Awaitable[T]],
        judge: Callable[[T, GlobusTuiError | None], bool | None],
        document: Callable[[T], Mapping[str, Any] | None],
    ) -> Ended[T]:
        """Sends a request and looks what became of it: one whose answer was lost may have been carried out.

        Args:
            judge: whether what was seen shows the effect, given what came instead of a good answer; None: it does not,
                but the request may still arrive.
            document: what was seen, as the journal keeps it.
        """
        async with asking:
            ended: Ended[T] = Ended(True)
            try:
                await send()
            except GlobusTuiError as error:
                ended = Ended(None if error.may_have_arrived else False, error)
            if ended.effect is not False:
                with suppress(GlobusTuiError):
                    after = await look()
                    ended = Ended(judge(after, ended.error), ended.error, True, after)
            kept = document(ended.after) if ended.after is not None else None
            await asking.ended(ended.effect, after=kept, error=ended.error)
        return ended

    async def record_swap(
        self, subject: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        """Records that a timer took the place of another: no request of its own."""
        when = self._now().astimezone(UTC).isoformat()
        about = {**_NOTED.get(), **subject, "before": before, "after": after}
        swap = {"when": when, "what": "swap", **about, "outcome": "done"}
        await self._journal.append(swap)

    def take_warning(self) -> str | None:
        """Why changes are not recorded on disk; said once."""
        return self._journal.take_warning()


class Asking:
    """One request. Whoever leaves the body without having called `ended` leaves a request that may have arrived."""

    def __init__(self, journal: Journal, now: Callable[[], datetime], entry: Mapping[str, Any]) -> None:
        self.request = os.urandom(16).hex()
        self._journal = journal
        self._now = now
        self._entry = {"request": self.request, **_NOTED.get(), **entry}
        self._asked_at = ""
        self._over = False

    async def __aenter__(self) -> Self:
        self._journal.under_way.add(self.request)
        try:
            asked = self._dated()
            self._asked_at = asked["when"]
            await self._journal.append({**asked, "outcome": "asked"})
        except BaseException:  # it never leaves
            self._journal.under_way.discard(self.request)
            self._journal.append_now({**self._dated(), "outcome": "refused", "error": "interrupted"})
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._over:
            lost = {
                **self._dated(),
                "asked_at": self._asked_at,
                "after": None,
                "outcome": "unknown",
                "error": "interrupted",
            }
            self._journal.append_now(lost)
            self._let_go(lost)

    async def ended(
        self,
        effect: bool | None,
        *,
        after: Mapping[str, Any] | None = None,
        error: GlobusTuiError | None = None,
        found: Mapping[str, Any] | None = None,
    ) -> None:
        """Records what became of it.

        Args:
            effect: whether it was carried out; None when nobody can tell (yet): it is looked up again.
            after: the document as read afterwards; None when it is gone or could not be read.
            error: what came instead of a good answer.
            found: of the subject, what is known only now.
        """
        entry = {
            **self._dated(),
            "asked_at": self._asked_at,
            **(found or {}),
            "after": after,
            "outcome": OUTCOMES[effect],
        }
        if error is not None:
            entry["error"] = str(error)
        if isinstance(error, ServiceError):
            entry |= {"status": error.status, "code": error.code, "request_id": error.request_id}
        self._let_go(entry)
        await self._journal.append(entry)

    def _let_go(self, entry: Document) -> None:
        self._over = True
        self._journal.under_way.discard(self.request)
        if entry["outcome"] == "unknown":
            self._journal.lost[self.request] = entry

    def _dated(self) -> Document:
        return {"when": self._now().astimezone(UTC).isoformat(), **self._entry}


START = "0" * 64
"""What the first line names as the one before it."""

_UNLOCKED_REACH = 10
_SECRET_WORDS = ("token", "secret", "password", "authorization", "credential")
_HIDDEN = "(left out)"


def digest(line: bytes) -> str:
    """The hash by which the next line names this one."""
    return hashlib.sha256(line).hexdigest()


def make_line(entry: Mapping[str, Any], prev: str) -> bytes:
    """One line without its newline; never raises, whatever is in the entry.

    Anything that looks like a secret is left out, whoever put it there. What nests deeper than can be written, or
    refers to itself, is left out too.
    """
    try:
        return _line(without_secrets(entry), prev)
    except (TypeError, ValueError, RecursionError):
        flat: dict[str, Any] = {
            key: value if isinstance(value, str | int | None) else _HIDDEN for key, value in entry.items()
        }
        timer = entry.get("timer")
        if isinstance(timer, dict):
            flat["timer"] = {key: value for key, value in timer.items() if isinstance(value, str | None)}
        return _line(flat, prev)


def _line(entry: Mapping[str, Any], prev: str) -> bytes:
    document = {**entry, "prev": prev}
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can write and UTF-8 cannot
        return json.dumps(document, separators=(",", ":"), default=str).encode()


def without_secrets(value: Any) -> Any:
    """A document as the journal keeps it: what looks like a secret is left out, by the name that it goes by."""
    if isinstance(value, dict):
        return {key: _HIDDEN if _is_secret(str(key), part) else without_secrets(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(part) for part in value]
    return value


def _is_secret(key: str, value: Any) -> bool:
    return isinstance(value, str | list | tuple) and any(word in key.lower() for word in _SECRET_WORDS)


def has_gaps(value: Any) -> bool:
    """Something was left out of a document as the journal has it: it is not what was sent."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if part == _HIDDEN:
            return True
        if isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part
    return False


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as read.

    Attributes:
        place: 1 for the first line of the file.
        entry: what it says; None for a line that is broken.
        whole: it names the line before it correctly, as far as can be told.
    """

    place: int
    entry: Mapping[str, Any] | None
    whole: bool


def read_journal(path: Path) -> tuple[JournalLine, ...]:
    """Reads a journal, oldest first. A broken line is one without an entry; a missing file has no lines.

    Raises:
        OSError: the file is there but cannot be read.
    """
    try:
        content = read_file(path)
    except FileNotFoundError:
        return ()
    lines: list[JournalLine] = []
    before: list[str] = [START]
    for place, raw in enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), start=1):
        entry = _read(raw)
        lines.append(JournalLine(place, entry, entry is not None and _chained(entry, before)))
        before.append(digest(raw))
    return tuple(lines)


def _read(raw: bytes) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _chained(entry: Mapping[str, Any], before: Sequence[str]) -> bool:
    """A line written without the lock may follow one that another copy of the program wrote at the same moment."""
    if entry.get("unlocked") is True:
        return entry.get("prev") in before[-_UNLOCKED_REACH:]
    return entry.get("prev") == before[-1]


def merge_by_request(entries: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """One entry for each request, with what is known of its end by now, in the order in which they were asked for.

    A request has a line `asked` before it leaves, and one or two more with its outcome; `closed` is the last word.
    """
    last: dict[object, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries):
        request = entry.get("request")
        key = request if isinstance(request, str) else number
        if not last.get(key, {}).get("closed"):
            last[key] = entry
    return tuple(last.values())


def id_of(entry: Mapping[str, Any], about: str = "timer") -> str:
    """The id of the timer, or of the task, that an entry is about; empty where it says none."""
    return wire.text(wire.document(entry.get(about)).get("id")) or ""


def is_open(entry: Mapping[str, Any]) -> bool:
    """Whether the result of a request is still unknown; takes an entry as `merge_by_request` returns it."""
    return bool(entry.get("request")) and entry.get("outcome") in ("asked", "unknown") and not entry.get("closed")


_VERSION = 1
_LOCK_TIMEOUT = 2.0
_PATIENCE = 5.0
_TAIL = 65536
_LONGEST = timedelta(hours=1)
"""No request takes longer until its outcome is written."""


class Journal:
    """Appends entries; a failure to write never stops the change that is recorded.

    When the file cannot be written (full or read-only home), entries are kept in memory, tried again with the next
    one, and `take_warning` has one sentence about it, once.

    Args:
        path: the file; its folder is made with mode 0700, the file with 0600. None keeps all in memory (demo).
        who: who acts, as far as known; may be set later.
        syslog: the system log is told too, in a line without the documents: this machine's, or where this says.

    Attributes:
        under_way: requests of this program whose answer is still waited for.
        lost: requests of this program that ended without anybody knowing how, by their ids.
    """

    def __init__(
        self, path: Path | None, *, profile: str = "default", who: str | None = None, syslog: bool | str = False
    ) -> None:
        self.path = path
        self.profile = profile
        self.who = who
        self._syslog = syslog
        self.unwritten: list[Mapping[str, Any]] = []
        self.under_way: set[str] = set()
        self.lost: dict[str, Mapping[str, Any]] = {}
        self.problem: str | None = None
        self._warned = False
        self._turn = threading.Lock()

    async def append(self, entry: Mapping[str, Any]) -> None:
        """Appends one entry, off the event loop; never raises for the file's sake, nor waits for it long.

        A home on a dead network drive may keep the thread for ever; the entry then stays in memory.
        """
        self._remember(entry)
        try:
            await asyncio.wait_for(asyncio.to_thread(self._write, _PATIENCE), _PATIENCE)
        except TimeoutError:
            self.problem = self._no_answer()

    def append_now(self, entry: Mapping[str, Any]) -> None:
        """The same, at once; for when the program is about to end."""
        self._remember(entry)
        self._write(_LOCK_TIMEOUT)

    def _remember(self, entry: Mapping[str, Any]) -> None:
        by = {"v": _VERSION, "profile": self.profile, "who": self.who, "host": socket.gethostname(), "pid": os.getpid()}
        self.unwritten.append({**by, **entry})

    def _no_answer(self) -> str:
        return f"The journal {self.path} cannot be written: its file system does not answer"

    def _write(self, patience: float) -> None:
        if self.path is None:
            return
        if not self._turn.acquire(timeout=patience):
            self.problem = self._no_answer()
            return
        try:
            while self.unwritten:  # also of those that came meanwhile, and may have given up waiting for their turn
                self._write_all(self.path)
            self.problem = None
        except OSError as error:
            self.problem = f"The journal {self.path} cannot be written: {error.strerror or error}"
        finally:
            self._turn.release()

    async def entries(self) -> tuple[Mapping[str, Any], ...]:
        """What this profile's timers went through, one for each request, oldest first.

        Of a file that cannot be read, what is in memory. Read off the event loop, and not waited for longer than for
        writing.
        """
        waiting = tuple(self.unwritten)
        written: tuple[JournalLine, ...] = ()
        if self.path is not None:
            with suppress(OSError, TimeoutError):
                written = await asyncio.wait_for(asyncio.to_thread(read_journal, self.path), _PATIENCE)
        entries = [line.entry for line in written if line.entry is not None]
        return merge_by_request(entry for entry in (*entries, *waiting) if entry.get("profile") == self.profile)

    def is_somebody_else(self, who: object) -> bool:
        """Whether that is somebody else under this profile, whose timers whoever acts now does not see."""
        return bool(self.who and who and who != self.who)

    async def left_open(self) -> tuple[Mapping[str, Any], ...]:
        """Requests of earlier sessions, and of copies that are no more, of which nobody knows what became."""
        entries = await self.entries()
        return tuple(entry for entry in entries if is_open(entry) and _is_ours(entry) and not self._still_asking(entry))

    def _still_asking(self, entry: Mapping[str, Any]) -> bool:
        """Whoever asked may still be waiting for the answer, and will write it down."""
        request = str(entry["request"])
        if request in self.under_way or request in self.lost:
            return True
        if self.is_somebody_else(entry.get("who")):
            return True  # their timers cannot be looked up now
        pid = entry.get("pid")
        elsewhere = entry.get("host") != socket.gethostname()
        if not elsewhere and not (isinstance(pid, int) and pid != os.getpid() and is_alive(pid)):
            return False
        asked = wire.moment(entry.get("when"))  # of another machine, and of a number used again, the time tells
        return asked is not None and abs(datetime.now(UTC) - asked) < _LONGEST

    def take_warning(self) -> str | None:
        """Why changes are not being recorded; said once."""
        if self.problem is None or self._warned:
            return None
        self._warned = True
        return f"{self.problem}. Changes are recorded only until this program ends."

    def _write_all(self, path: Path) -> None:
        make_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(path, flags, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(22, "it is no file but a pipe or a device")
            if os.fstat(handle).st_mode & 0o077:
                os.fchmod(handle, 0o600)
            locked, new = take_lock(handle, _LOCK_TIMEOUT) is True, os.fstat(handle).st_size == 0
            waiting, written, problem = tuple(self.unwritten), 0, None
            try:
                for entry in waiting:
                    if not (entry.get("closed") and _is_closed(path, entry)):
                        _append(handle, entry, locked=locked)
                    written += 1
                    if self._syslog:
                        _tell_syslog(self._syslog, entry)
            except OSError as error:
                problem = error
            if any(entry.get("outcome") == "asked" for entry in waiting[:written]):
                os.fsync(handle)  # the request leaves next, and must not be forgotten even when the machine stops
                if new:
                    sync_folder(path.parent)
        finally:
            os.close(handle)  # gives the lock back too; a file server may say only now that there is no room
        del self.unwritten[:written]
        if problem is not None:
            raise problem


def _is_ours(entry: Mapping[str, Any]) -> bool:
    """Whether this version wrote it; a later version looks up its own requests."""
    return (wire.whole(entry.get("v")) or 0) <= _VERSION


def _tell_syslog(where: bool | str, entry: Mapping[str, Any]) -> None:
    """One datagram of the BSD protocol (RFC 3164), user.notice. A log that cannot be reached holds nothing up."""
    short = {key: value for key, value in entry.items() if key not in ("before", "after")}
    words = make_line(short, "").replace(b"\0", b"").replace(b"\n", b" ").strip()
    path = "/dev/log" if where is True else str(where)
    host, _, port = path.rpartition(":")
    address: Any = path
    with suppress(OSError):
        if path.startswith("/"):
            family = socket.AF_UNIX
        else:
            family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as log:
            log.settimeout(1.0)
            log.sendto(b"<13>globus-tui[%d]: %s" % (os.getpid(), words), address)


def _is_closed(path: Path, entry: Mapping[str, Any]) -> bool:
    """Another copy of this program has looked the same request up meanwhile."""
    entries = (line.entry for line in read_journal(path) if line.entry is not None)
    return any(other.get("request") == entry.get("request") and other.get("closed") for other in entries)


def _append(handle: int, entry: Mapping[str, Any], *, locked: bool) -> None:
    """One write for the whole line: with O_APPEND it lands in one piece."""
    size = os.fstat(handle).st_size
    last, ended = _last_line(handle, size)
    line = make_line(entry if locked else {**entry, "unlocked": True}, START if last is None else digest(last))
    rest = (b"" if ended else b"\n") + line + b"\n"
    try:
        while rest:  # once, but on a disk that fills up: asked for the rest, it says what is wrong
            rest = rest[os.write(handle, rest) :]
    except OSError:
        if locked:
            os.ftruncate(handle, size)
        raise


def _last_line(handle: int, size: int) -> tuple[bytes | None, bool]:
    """The last line without its newline (None in an empty file), and whether it was ended by one."""
    if size == 0:
        return None, True
    reach = _TAIL
    while True:
        start = max(0, size - reach)
        tail = os.pread(handle, size - start, start)
        ended = tail.endswith(b"\n")
        body = tail[:-1] if ended else tail
        cut = body.rfind(b"\n")
        if cut >= 0 or start == 0:
            return body[cut + 1 :], ended
        reach *= 4


# --- lineage


@dataclass(frozen=True, slots=True)
class OldTimer:
    """A timer that was replaced and is kept, paused."""

    job_id: str
    name: str | None
    replaced_by: str
    replaced_at: datetime


def replaced_timers(entries: Iterable[Mapping[str, Any]]) -> tuple[OldTimer, ...]:
    """Those that were replaced and not deleted since, by the journal's entries, oldest first: the lineage."""
    kept: dict[str, OldTimer] = {}
    for entry in entries:
        job_id, new_id, moment = id_of(entry, "replaces"), id_of(entry), wire.moment(entry.get("when"))
        if entry.get("what") == "swap" and job_id and moment:
            kept.pop(new_id, None)  # one that was kept is back in its place
            kept[job_id] = OldTimer(job_id, wire.text(wire.document(entry["replaces"]).get("name")), new_id, moment)
        elif entry.get("what") == "delete" and entry.get("outcome") == "done":
            kept.pop(new_id, None)
    return tuple(kept.values())


def due_for_deletion(entries: Iterable[Mapping[str, Any]], now: datetime, days: int) -> tuple[OldTimer, ...]:
    """Replaced timers that have been kept long enough to ask whether to delete them."""
    return tuple(old for old in replaced_timers(entries) if now - old.replaced_at >= timedelta(days=days))


def replaced_by(entries: Iterable[Mapping[str, Any]], new_id: str) -> OldTimer | None:
    """The timer whose place one has taken, if it was not deleted since."""
    return next((old for old in replaced_timers(entries) if old.replaced_by == new_id), None)

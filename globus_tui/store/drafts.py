"""Drafts on disk, one private file each, so that a hang-up, a crash or a closed window loses nothing; and timers as
JSON files.

The caller decides when to save (after a pause in typing, and at the end); each save replaces the file whole.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, BinaryIO

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, why_unread
from globus_tui.domain.making.draft_file import from_file, read_json, to_file
from globus_tui.domain.making.new_timer import FlowTimer, NewTimer, TransferTimer
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule, RecurringSchedule, read_schedule, schedule_document
from globus_tui.domain.transfer.transfer import TransferData
from globus_tui.private_files import is_alive, make_private_folder, read_file, write_private
from globus_tui.store.creation import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft


_NAME = re.compile(r"[0-9a-f]{32}\.json")
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft as read from disk.

    Attributes:
        saved_at: when it was last saved, by this machine's clock.
        step: where the wizard was, as its author chose to call it.
        attempt: a creation that left and whose end is not known: look for it before offering to create.
        open_elsewhere: another copy of the program on this machine still has it open.
        host: the other machine that saved it, through a home that both share; there it may be open still.
        unreadable: why it cannot be read or understood; `draft` is then None, and the file is kept.
    """

    draft_id: str
    draft: Draft | None
    saved_at: datetime | None = None
    step: str = ""
    attempt: Attempt | None = None
    open_elsewhere: bool = False
    host: str | None = None
    unreadable: str | None = None


class DraftShelf:
    """Keeps drafts.

    When the folder cannot be written they are kept in memory, every save tries again, and `take_warning` has one
    sentence about it, once.

    Args:
        folder: for the files; None keeps all in memory (demo).
        clock: this machine's present, aware.
    """

    def __init__(self, folder: Path | None, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._clock = clock
        self._memory: dict[str, bytes] = {}
        self._turn = threading.Lock()
        self._problem: str | None = None
        self._warned = False
        self._numbers: dict[str, int] = {}
        self._written: dict[str, int] = {}
        self._discarded: set[str] = set()

    @staticmethod
    def new_id() -> str:
        return uuid.uuid4().hex

    def save(
        self, draft_id: str, draft: Draft, *, step: str = "", attempt: Attempt | None = None
    ) -> Coroutine[Any, Any, bool]:
        """To be awaited: saves off the event loop; False when it is in memory only. Never raises.

        What was asked for last wins, whichever is awaited first; a discarded draft stays discarded.
        """
        number, contents = self._next(draft_id), self._contents(draft, step, attempt)
        return asyncio.to_thread(self._write, draft_id, contents, number)

    def save_now(self, draft_id: str, draft: Draft, *, step: str = "", attempt: Attempt | None = None) -> bool:
        """The same, at once: before a request leaves, and when the program is about to end."""
        return self._write(draft_id, self._contents(draft, step, attempt), self._next(draft_id))

    def discard(self, draft_id: str) -> None:
        """Forgets a draft that was finished or given up, also against a save still under way. Never raises."""
        with self._turn:
            self._discarded.add(draft_id)
            self._memory.pop(draft_id, None)
            if self.folder is None:
                return
            try:
                (self.folder / f"{draft_id}.json").unlink(missing_ok=True)
            except OSError as error:
                self._problem = f"The draft in {self.folder} cannot be removed: {error.strerror or error}"

    def drafts(self) -> tuple[SavedDraft, ...]:
        """All drafts that are there, newest first. A file that cannot be understood is listed too, never removed."""
        files = {**dict(self._files()), **self._memory}
        read = [_read(draft_id, contents) for draft_id, contents in files.items()]
        oldest = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted(read, key=lambda draft: (draft.saved_at or oldest, draft.draft_id), reverse=True))

    def take_warning(self) -> str | None:
        """Why drafts are not on disk; said once."""
        if self._problem is None or self._warned:
            return None
        self._warned = True
        return f"{self._problem}."

    def _next(self, draft_id: str) -> int:
        with self._turn:
            self._numbers[draft_id] = number = self._numbers.get(draft_id, 0) + 1
            return number

    def _contents(self, draft: Draft, step: str, attempt: Attempt | None) -> bytes:
        document = {
            "saved_at": self._clock().astimezone(UTC).isoformat(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "step": step,
            "submission_id": draft.transfer.submission_id,
            "attempt": None if attempt is None else attempt_document(attempt),
            "replaces": draft.replaces,
            "draft": to_file(draft),
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")

    def _write(self, draft_id: str, contents: bytes, number: int) -> bool:
        with self._turn:
            if draft_id in self._discarded or self._written.get(draft_id, 0) > number:
                return True  # a newer one is on disk already
            self._written[draft_id] = number
            self._memory[draft_id] = contents
            if self.folder is None:
                return True
            try:
                make_private_folder(self.folder)
                write_private(self.folder / f"{draft_id}.json", contents)
            except OSError as error:
                self._problem = (
                    f"The draft cannot be saved in {self.folder}: {error.strerror or error}. "
                    "It is kept in memory only, until this program ends"
                )
                return False
            del self._memory[draft_id]
            self._problem, self._warned = None, False
            return True

    def _files(self) -> Iterator[tuple[str, bytes | OSError]]:
        if self.folder is None:
            return
        try:
            paths = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return
        except OSError as error:
            why = f"The drafts in {self.folder} cannot be read: {error.strerror or error}"
            self._problem = self._problem or why
            return
        for path in paths:
            try:
                yield path.stem, read_file(path, _MOST_BYTES)
            except FileNotFoundError:
                continue
            except OSError as error:
                yield path.stem, error


class DraftKeeper:
    """One draft on the shelf, under one id for the life of a wizard.

    Args:
        draft_id: of a draft that is gone on with; None for a new one.
        draft: as it is at first: as long as nothing changes there is nothing to save.
        attempt: a request that left and whose end is not known.
    """

    def __init__(
        self, shelf: DraftShelf, draft_id: str | None, draft: Draft, step: str = "", attempt: Attempt | None = None
    ) -> None:
        self.draft_id = draft_id or shelf.new_id()
        self.attempt = attempt
        self.over = False
        """It was made or given up: nothing is saved any more."""
        self.in_memory_only = False
        """Its file could not be written: it is there until this program ends."""
        self._shelf = shelf
        self._draft, self._step = draft, step
        self._on_disk = draft_id is not None
        self._unsaved = False

    @property
    def is_kept(self) -> bool:
        """Whether the draft is on the shelf or will be: an empty draft is not kept."""
        return (self._on_disk or self._unsaved) and not self.over

    @property
    def is_saved(self) -> bool:
        """Whether the draft on the shelf is the one on the screen."""
        return self._on_disk and not self._unsaved

    def take(self, draft: Draft, step: str) -> bool:
        """Remember what is to be saved; returns whether that is something new."""
        changed = not self.over and draft != self._draft
        self._draft, self._step = draft, step
        self._unsaved = self._unsaved or changed
        return changed

    async def save(self) -> None:
        if self._begin_save():
            saving = self._shelf.save(self.draft_id, self._draft, step=self._step, attempt=self.attempt)
            self.in_memory_only = not await saving

    def save_now(self) -> None:
        if self._begin_save():
            saved = self._shelf.save_now(self.draft_id, self._draft, step=self._step, attempt=self.attempt)
            self.in_memory_only = not saved

    def _begin_save(self) -> bool:
        """Whether there is something to save; from then on it counts as saved."""
        if self.over or not self._unsaved:
            return False
        self._unsaved, self._on_disk = False, True
        return True

    def sending(self, attempt: Attempt | None, draft: Draft) -> None:
        """Keeps a request with its draft just before it is sent, so that a crash can be looked into."""
        self.attempt, self._draft, self._unsaved = attempt, draft, True
        self.save_now()

    def discard(self) -> None:
        self.over = True
        self._shelf.discard(self.draft_id)


def _read(draft_id: str, contents: bytes | OSError) -> SavedDraft:
    if isinstance(contents, OSError):
        return SavedDraft(draft_id, None, unreadable=f"It cannot be read: {contents.strerror or contents}")
    try:
        document = json.loads(contents.decode("utf-8", "surrogatepass"))
        draft = from_file(wire.document(document).get("draft"))
    except (ValueError, RecursionError) as problem:  # BadInput is a ValueError
        return SavedDraft(draft_id, None, unreadable=why_unread(problem))
    draft = replace(draft, replaces=wire.text(document.get("replaces")))
    if submission_id := wire.text(document.get("submission_id")):
        draft = replace(draft, transfer=replace(draft.transfer, submission_id=submission_id))
    return SavedDraft(
        draft_id,
        draft,
        saved_at=wire.moment(document.get("saved_at")),
        step=wire.text(document.get("step")) or "",
        attempt=read_attempt(document.get("attempt")),
        open_elsewhere=_open_elsewhere(document),
        host=host if (host := wire.text(document.get("host"))) != socket.gethostname() else None,
    )


def _open_elsewhere(document: dict[str, Any]) -> bool:
    pid = wire.whole(document.get("pid"))
    if pid is None or pid == os.getpid() or document.get("host") != socket.gethostname():
        return False
    return is_alive(pid)


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """An attempt as JSON, kept so that its result can be looked for after a crash."""
    return {
        "sent_at": attempt.sent_at.isoformat(),
        "known": sorted(attempt.known_ids),
        "submission_id": attempt.submission_id,
        "timer": None if attempt.timer is None else attempt.timer.to_document(),
        "group": [timer.to_document() for timer in attempt.group],
    }


def read_attempt(value: object) -> Attempt | None:
    """The reverse of `attempt_document`; None when the document cannot be understood."""
    document = wire.document(value)
    sent_at = wire.moment(document.get("sent_at"))
    if sent_at is None:
        return None
    timer = read_timer(wire.document(document.get("timer")))
    known = frozenset(wire.texts(document.get("known")))
    group = [read_timer(wire.document(entry)) for entry in wire.items(document.get("group"))]
    read = tuple(timer for timer in group if timer is not None)
    return Attempt(sent_at, timer, known, wire.text(document.get("submission_id")), read)


def read_timer(document: wire.Document) -> NewTimer | None:
    """A timer from the document that asked for it; None when that cannot be understood."""
    schedule = read_schedule(document)
    if schedule is None:
        return None
    name, body = wire.text(document.get("name")), wire.document(document.get("body"))
    if document.get("timer_type") == "flow":
        return FlowTimer(wire.text(document.get("flow_id")) or "", body, schedule, name)
    return TransferTimer(TransferData.from_document(body), schedule, name)


def read_draft_text(text: str, zone: tzinfo | None = None) -> Draft:
    """A draft from the text of an exported document, as pasted or read from a file.

    Args:
        zone: of this machine, in which a time without one could be meant; see `from_file`.

    Raises:
        BadInput: it is no JSON (with the line), or no such document.
    """
    return from_file(read_json(text), zone)


def read_timer_file(path: Path, zone: tzinfo | None = None) -> Draft:
    """Reads one file.

    Args:
        zone: of this machine, in which a time without one could be meant; see `draft_file.from_file`.

    Raises:
        BadInput: it cannot be read or understood; the message names the file and, where known, the line.
    """
    try:
        contents = read_file(path, _MOST_BYTES)
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror or problem}") from problem
    return _read_contents(contents, str(path), zone)


def read_timer_stream(stream: BinaryIO, zone: tzinfo | None = None) -> Draft:
    """As `read_timer_file`, of standard input: in UTF-8 like a file, whatever the locale is.

    Raises:
        BadInput: it cannot be read or understood.
    """
    contents = stream.read(_MOST_BYTES + 1)
    if len(contents) > _MOST_BYTES:
        raise BadInput(f"Standard input is longer than {_MOST_BYTES // 1_000_000} MB.")
    return _read_contents(contents, "Standard input", zone)


def _read_contents(contents: bytes, name: str, zone: tzinfo | None) -> Draft:
    try:
        return read_draft_text(contents.decode(), zone)
    except UnicodeDecodeError as problem:
        raise BadInput(f"{name} is not written in UTF-8.") from problem
    except BadInput as problem:
        raise BadInput(f"{name}: {problem}") from problem


def draft_text(draft: Draft) -> str:
    """The document of a draft as text, ending in a line break."""
    return json.dumps(to_file(draft), ensure_ascii=False, indent=2) + "\n"


def to_fill_in(draft: Draft, now: datetime) -> tuple[str, ...]:
    """What a person must fill in before a timer can be made from the file, a line each: past moments do not do."""
    schedule = draft.schedule
    if schedule is None:
        example = schedule_document(OnceSchedule((now + timedelta(days=1)).replace(second=0, microsecond=0)))
        return (
            "Nothing of this timer's schedule lies ahead, so the document has none.",
            f'Before you create from it, put into its "timer", with your moment: "schedule": {json.dumps(example)}',
        )
    end = schedule.end.until if isinstance(schedule, RecurringSchedule) else None
    if end is None or end >= (getattr(schedule, "start", None) or now):
        return ()
    return (
        f"This timer ended {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC, before its next run could start.",
        'Before you create from it, write a later "datetime" below "end", or take "end" out.',
    )

"""The lock file of a fleet: which timer of the files is which timer at Globus, and what is not known yet.

It is written whole after each step, so that whatever ends a program is gone on with, and holds no secret: it belongs
into version control with the files.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from globus_tui.domain import wire
from globus_tui.domain.errors import BadInput, why_unread
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.fleet.documents import MOST_BYTES
from globus_tui.fleet.fields import LOCK
from globus_tui.private_files import read_file, write_private
from globus_tui.store.drafts import attempt_document, read_attempt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from globus_tui.domain.making.draft import Draft
    from globus_tui.store.creation import Attempt

FORMAT, VERSION = "globus-tui fleet lock", 1


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What is known of one timer of the files.

    Attributes:
        job_id: at Globus; None while none was made.
        name: that it had when the files were last applied.
        paused: whether it stood still then.
        digest: of what it does, without its name: by this one is found again whose key has changed.
        runs_before: runs made by the timers whose place it has taken, which count for an end by number of runs.
        attempt: a request to make it whose end is not known.
        said: the id that the files said outright when it was found by it; another one may have replaced that since.
    """

    job_id: str | None = None
    name: str = ""
    paused: bool = False
    digest: str = ""
    runs_before: int = 0
    attempt: Attempt | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file.

    Attributes:
        owner: whose timers these are, by the id of the identity; empty in a new one.
        zone: in which times were read that say none.
        timers: by the keys of the files.
    """

    owner: str = ""
    zone: str = ""
    timers: Mapping[str, LockEntry] = field(default_factory=dict, hash=False)

    def with_entry(self, key: str, locked: LockEntry | None) -> Lock:
        """The same with another timer under a key, or with none."""
        kept = {name: known for name, known in self.timers.items() if name != key}
        return replace(self, timers=kept if locked is None else kept | {key: locked})


def lock_path(where: Path) -> Path:
    """Where the lock file is: in the fleet's folder, or in that of its single file."""
    return (where if where.is_dir() else where.parent) / LOCK


def read_lock(path: Path) -> Lock:
    """Reads it; an empty one where there is none.

    Raises:
        BadInput: it cannot be read, or says something that this program does not know.
    """
    try:
        document = json.loads(read_file(path, 4 * MOST_BYTES).decode())
    except FileNotFoundError:
        return Lock()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror or problem}") from problem
    except (ValueError, RecursionError) as problem:
        advice = "Take it from version control again; it says which timers were made."
        raise BadInput(f"{path} is no lock file: {why_unread(problem)}.", advice=advice) from problem
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        raise BadInput(f"{path}: “format” must be “{FORMAT}”, and “version” {VERSION}.")
    timers = wire.document(document.get("timers"))
    return Lock(
        wire.text(document.get("owner")) or "",
        wire.text(document.get("zone")) or "",
        {key: _read_entry(wire.document(entry)) for key, entry in timers.items()},
    )


def _read_entry(document: wire.Document) -> LockEntry:
    return LockEntry(
        wire.text(document.get("id")),
        wire.text(document.get("name")) or "",
        document.get("paused") is True,
        wire.text(document.get("digest")) or "",
        wire.whole(document.get("runs_before")) or 0,
        read_attempt(document.get("asked")),
        wire.text(document.get("said")) or "",
    )


def write_lock(path: Path, lock: Lock) -> None:
    """Replaces it in one step.

    Raises:
        BadInput: it cannot be written; the old one is untouched.
    """
    timers = {key: _document(locked) for key, locked in sorted(lock.timers.items())}
    document = {"format": FORMAT, "version": VERSION, "owner": lock.owner, "zone": lock.zone, "timers": timers}
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    try:
        write_private(path, text.encode(errors="backslashreplace"), mode=0o644)  # half a character as JSON has it
    except OSError as problem:
        raise BadInput(f"{path} cannot be written: {problem.strerror or problem}") from problem


def _document(locked: LockEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": locked.job_id,
        "name": locked.name,
        "paused": locked.paused,
        "digest": locked.digest,
    }
    if locked.runs_before:
        document["runs_before"] = locked.runs_before
    if locked.said:
        document["said"] = locked.said
    return document | ({"asked": attempt_document(locked.attempt)} if locked.attempt else {})


def digest_of(draft: Draft, when: object) -> str:
    """A digest of what a timer does and when, by the files; its name and the present time do not count."""
    work = draft.flow.flow_id, draft.flow.body(), draft.transfer.to_document(), when
    return hashlib.sha256(json.dumps(work, sort_keys=True, default=str).encode()).hexdigest()[:16]

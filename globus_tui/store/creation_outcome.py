"""What creation asks of the services, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.store.outcome import NeedsConsent, SignedOut

if TYPE_CHECKING:
    from datetime import datetime

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.draft_fields import DraftProblem
    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.domain.job import Job
    from globus_tui.domain.new_timer import NewTimer
    from globus_tui.domain.readings import JobReading
    from globus_tui.domain.scope import Scope
    from globus_tui.domain.submission import Submission
    from globus_tui.domain.transfer import TransferData
    from globus_tui.domain.wire import Document
    from globus_tui.store.services import CollectionService, ConsentService


class TimerMaker(Protocol):
    """Timers, as creation needs them."""

    async def create_timer(self, timer: NewTimer) -> JobReading:
        """Creates it; never sent twice by itself."""

    async def list_jobs(self) -> tuple[Job, ...]:
        """All timers."""


class TransferMaker(Protocol):
    """Transfer, as creation needs it."""

    async def submission_id(self) -> str:
        """An id under which a transfer is carried out once, however often it is handed in."""

    async def submit_transfer(self, data: TransferData) -> Submission:
        """Hands it in."""


@dataclass(frozen=True, slots=True)
class CreationServices:
    """All that creation asks. Without `consents` nothing can be said of consents."""

    timers: TimerMaker
    transfers: TransferMaker
    collections: CollectionService
    consents: ConsentService | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to create something, as it left: what is needed to look for what came of it.

    Attributes:
        timer: what was asked for; None for a transfer, which its submission id tells.
        group: all timers of a calendar group that were asked for so far; `timer` is then the one that left last, and
            the other attributes are those of the first request, so that any of them can be looked for.
        sent_at: by the service's clock.
        known: ids of the timers that were there before.
        submission_id: of a transfer; handing it in again under the same id is safe.
    """

    sent_at: datetime
    timer: NewTimer | None = None
    known: frozenset[str] = frozenset()
    submission_id: str | None = None
    group: tuple[NewTimer, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """The timer is there.

    Attributes:
        document: as the service described it; None when it was found in the list.
        found_again: the answer was lost, and a look at the list showed it.
        note: something else the user should know once.
    """

    job: Job
    words: str
    document: Document | None = None
    found_again: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The transfer is under way; `duplicate`: a copy of the request had got through before."""

    task_id: str
    words: str
    duplicate: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NotCreated:
    """Certainly nothing was made. `problems` belong beside their fields."""

    words: str
    error: GlobusTuiError | None = None
    problems: tuple[DraftProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """No answer came. Ask the user: look again (`Creator.look_again`), or create again (`create(..., after=)`).

    Attributes:
        looked: the list was read and does not show it. False: it could not be read, so nobody can tell.
        draft: hand this one in again: it carries the submission id that makes repeating a transfer safe.
    """

    words: str
    error: GlobusTuiError
    attempt: Attempt
    looked: bool
    draft: Draft


Creation = Created | Submitted | NotCreated | Unconfirmed | NeedsConsent | SignedOut


@dataclass(frozen=True, slots=True)
class ConsentCheck:
    """What is known of consents before creating: missing for certain, and those that could not be looked up."""

    missing: tuple[Scope, ...] = ()
    unknown: tuple[Scope, ...] = ()
    collections: tuple[Collection, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupCreation:
    """What became of the timers of a calendar group.

    Attributes:
        made: those that are there now, in order; those of an earlier attempt included.
        stopped_by: what stopped it, if anything did.
        others: timers of an earlier attempt that are there too, but that the draft does not ask for any more.
    """

    made: tuple[Created, ...]
    stopped_by: Creation | None = None
    others: tuple[Job, ...] = ()

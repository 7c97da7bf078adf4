"""How an operation ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.errors import GlobusTuiError
    from globus_tui.domain.timer.job import Job, JobId


@dataclass(frozen=True, slots=True)
class Done:
    """It was carried out.

    Attributes:
        words: one sentence for the user; names in it are data of the service.
        job: the timer as re-read afterwards; None when it is gone.
        confirmed: the re-reading showed the effect. False: the service said yes but could not be asked again.
        note: something else the user should know once, as that the journal cannot be written.
        changed: False: it was so already, and nothing was sent.
    """

    words: str
    job: Job | None = None
    confirmed: bool = True
    note: str | None = None
    changed: bool = True


@dataclass(frozen=True, slots=True)
class NeedsConsent:
    """Globus wants something from the user first; nothing was changed."""

    gare: Gare
    job_id: JobId | None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """There are no usable credentials; nothing was changed."""

    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work.

    Attributes:
        rolled_back: True: everything is as before. False: it is not, or nobody can tell; `words` say which.
        words: one or two sentences for the user.
    """

    error: GlobusTuiError
    rolled_back: bool
    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The store did not even ask the service; `words` say why."""

    words: str


Outcome = Done | NeedsConsent | SignedOut | Failed | Refused

"""What a client hands back besides plain values: a document with its parsed form, and pages of longer lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.domain.job import Job
    from globus_tui.domain.wire import Document

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobReading:
    """One job with the document it was read from, for the JSON view, cloning and the journal."""

    job: Job
    document: Document


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a longer list.

    Attributes:
        items: in the order of the service.
        marker: hand it back to get the next page; None on the last one.
        total: how many there are in all, where the service says.
    """

    items: tuple[T, ...]
    marker: str | None = None
    total: int | None = None

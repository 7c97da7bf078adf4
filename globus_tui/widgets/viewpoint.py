"""What the words of a timer depend on besides the timer itself."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.task import Task


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where the timers are looked at.

    Attributes:
        now: the service's present, to the minute: nothing on the screen is finer.
        zone: in which times are shown.
        names: of collections, by id, as far as known.
        tasks: by id, as far as known.
        ascii: only ASCII is drawn.
    """

    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    zone: tzinfo = UTC
    names: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    ascii: bool = False

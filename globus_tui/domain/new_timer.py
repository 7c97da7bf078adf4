"""Timers to be created, as values: what the service is asked for."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule import schedule_document, wire_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from globus_tui.domain.schedule import Schedule
    from globus_tui.domain.transfer import TransferData

_NOT_IN_TIMERS = ("submission_id", "skip_activation_check")


@dataclass(frozen=True, slots=True)
class TransferTimer:
    """A timer that submits a transfer at every tick.

    Attributes:
        body: what it moves; its submission id is left out, since timers do not take one (documented).
        name: None leaves it unnamed.
    """

    body: TransferData
    schedule: Schedule
    name: str | None = None

    def to_document(self) -> dict[str, Any]:
        """The `timer` of POST /v2/timer."""
        body = {key: value for key, value in self.body.to_document().items() if key not in _NOT_IN_TIMERS}
        return _timer("transfer", self.name, self.schedule) | {"body": body}


@dataclass(frozen=True, slots=True)
class FlowTimer:
    """A timer that starts a flow at every tick.

    Attributes:
        body: `{"body": {the flow's input}}`, with `run_managers`, `run_monitors` and `tags` beside it if wanted.
        name: None leaves it unnamed.
    """

    flow_id: str
    body: Mapping[str, Any] = field(hash=False)
    schedule: Schedule
    name: str | None = None

    def to_document(self) -> dict[str, Any]:
        """The `timer` of POST /v2/timer."""
        return _timer("flow", self.name, self.schedule) | {"flow_id": self.flow_id, "body": dict(self.body)}


NewTimer = TransferTimer | FlowTimer


def _timer(kind: str, name: str | None, schedule: Schedule) -> dict[str, Any]:
    named = {} if name is None else {"name": name}
    return {"timer_type": kind, "schedule": schedule_document(schedule)} | named


@dataclass(frozen=True, slots=True)
class TimerJob:
    """A timer of the first version of the service: calls any action provider. Deprecated for transfers.

    Attributes:
        callback_url: run URL of an action provider.
        callback_body: what is sent there at every tick.
        start: the first tick; text is sent as it is.
        interval: between ticks; a number is seconds, fractions are dropped; None runs once.
        stop_after: no run after that moment.
        stop_after_n: stops after that many runs; `interval` must be None when it is 1 (documented).
        scope: with which the service calls back; its default is Transfer's.
    """

    callback_url: str
    callback_body: Mapping[str, Any] = field(hash=False)
    start: datetime | str
    interval: timedelta | int | None
    name: str | None = None
    stop_after: datetime | None = None
    stop_after_n: int | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        if self.stop_after_n == 1 and self.interval is not None:
            raise BadInput("A timer that stops after one run has no interval: leave the interval out.")

    def to_document(self) -> dict[str, Any]:
        """The body of POST /jobs/."""
        stated = {
            "name": self.name,
            "stop_after": wire_moment(self.stop_after) if self.stop_after else None,
            "stop_after_n": self.stop_after_n,
            "scope": self.scope,
        }
        return {
            "callback_url": self.callback_url,
            "callback_body": dict(self.callback_body),
            "start": self.start if isinstance(self.start, str) else wire_moment(self.start),
            "interval": _seconds(self.interval),
        } | {key: value for key, value in stated.items() if value is not None}

    @classmethod
    def from_transfer_data(
        cls,
        transfer_data: TransferData,
        start: datetime | str,
        interval: timedelta | int | None,
        *,
        actions_url: str,
        name: str | None = None,
        stop_after: datetime | None = None,
        stop_after_n: int | None = None,
        scope: str | None = None,
    ) -> TimerJob:
        """A v1 timer that calls the Transfer action provider with a transfer document.

        As version 3 of the official SDK made it; there a submission id is an error, here it is left out.

        Args:
            transfer_data: what it moves; its submission id is left out.
            start: the first tick.
            interval: between ticks.
            actions_url: root of the action providers, which differs between environments
                (`api.environment.Environment.actions_url`).
            name: what to call it.
            stop_after: no run after that moment.
            stop_after_n: stops after that many runs.
            scope: with which the service calls back.

        Raises:
            BadInput: it is to run once and has an interval.
        """
        body = {key: value for key, value in transfer_data.to_document().items() if key not in _NOT_IN_TIMERS}
        return cls(
            callback_url=f"{actions_url.rstrip('/')}/transfer/transfer/run",
            callback_body={"body": body},
            start=start,
            interval=interval,
            name=name,
            stop_after=stop_after,
            stop_after_n=stop_after_n,
            scope=scope,
        )


def _seconds(interval: timedelta | int | None) -> int | None:
    return interval if interval is None or isinstance(interval, int) else int(interval.total_seconds())

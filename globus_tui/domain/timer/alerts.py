"""When to tell somebody of a timer: once when it turns bad, once when it gets worse, once when it is well again.

One bad look in between is no news where several are asked for, and neither is one good look: a timer that goes back and
forth is named as such, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from globus_tui.domain import wire
from globus_tui.domain.timer.cause import cause_text, causes, outages
from globus_tui.domain.timer.health import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from globus_tui.domain.timer.cause import Hit

FLAPPING_WITHIN = timedelta(hours=1)
"""A timer that turns bad again so soon after it was told of goes back and forth."""


class AlertKind(Enum):
    """What happened; the value is the word for it."""

    BAD = "bad"
    WORSE = "worse"
    RECOVERED = "recovered"
    FLAPPING = "flapping"


class Alert(NamedTuple):
    """One piece of news.

    Attributes:
        since: since when it is, or was, in trouble.
        also: other timers of which the same is to be told, for the same cause.
    """

    kind: AlertKind
    key: str
    word: Word
    at: datetime
    since: datetime
    also: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether it is well again, not merely out of the count, as a timer is that somebody paused or knows of."""
        return self.kind is AlertKind.RECOVERED and self.word in (Word.RUNNING, Word.OK)


@dataclass(slots=True)
class _Memory:
    bad: int = 0
    good: int = 0
    word_told: Word | None = None
    since: datetime | None = None
    told_at: datetime | None = None
    flapping: bool = False
    cause: str = ""


class Watcher:
    """Decides when to alert, and remembers what was told of each timer that was in trouble.

    Where one cause hits several timers, one alert is for all of them, and none for those that it hits later.

    Args:
        after: looks in a row at which a timer must be in trouble before it is told of.
        clear_after: looks in a row at which it must be well before that is told.
        quiet_at_first: what is in trouble at the first look is no news.
    """

    def __init__(self, after: int = 1, clear_after: int = 2, *, quiet_at_first: bool = False) -> None:
        self._after, self._clear_after, self._quiet = after, clear_after, quiet_at_first
        self._memories: dict[str, _Memory] = {}
        self._ranks_told: dict[str, int] = {}
        """Causes that hit several timers and were told of, with the rank of the worst word that was told."""

    def remembers(self, key: str) -> bool:
        """Whether a timer was in trouble lately: it then has to be among those that are looked at."""
        return key in self._memories

    def look(self, looks: Iterable[Hit], now: datetime, unseen: Callable[[str], bool] = lambda _: False) -> list[Alert]:
        """Takes one look at all timers.

        Args:
            unseen: tells of a timer that is not among them whether it is there all the same: it stays as it was.
        """
        alerts: list[tuple[str, Alert]] = []
        present, looks = set(), list(looks)
        shared = self._causes(looks)
        for look in looks:
            present.add(look.key)
            trouble = look.health.word.is_trouble and look.health.acknowledged is None
            memory = self._memories.get(look.key)
            if memory is None and not trouble:
                continue
            memory = memory or self._memories.setdefault(look.key, _Memory())
            if trouble:
                memory.cause = shared.get(look.key, "")
            alert = self._bad(look, memory, now) if trouble else self._good(look, memory, now)
            if alert is not None:
                alerts.append((memory.cause, alert))
            if (
                not trouble
                and memory.word_told is None
                and (memory.told_at is None or now - memory.told_at > FLAPPING_WITHIN)
            ):
                del self._memories[look.key]
        for gone in self._memories.keys() - present:
            if not unseen(gone):
                del self._memories[gone]
        news = self._put_together(alerts, shared)
        if self._quiet:
            news = [alert for alert in news if alert.kind is not AlertKind.BAD]
        self._quiet = False
        return news

    def _causes(self, looks: Sequence[Hit]) -> dict[str, str]:
        """The cause that each timer shares with others; one that was told of stays until its last timer is well."""
        result = {key: outage.cause for outage in outages(looks) for key in outage.keys}
        for hit in looks:
            if hit.key not in result and (
                known := [text for text in map(cause_text, causes(hit)) if text in self._ranks_told]
            ):
                result[hit.key] = known[0]
        return result

    def _put_together(self, alerts: Sequence[tuple[str, Alert]], shared: Mapping[str, str]) -> list[Alert]:
        """One alert for a cause: that it began, that it got worse, and that the last of its timers is well again."""
        still = {memory.cause for memory in self._memories.values() if memory.cause and memory.word_told is not None}
        news, together = [alert for cause, alert in alerts if not cause], dict[tuple[AlertKind, str, bool], Alert]()
        for cause, alert in sorted((pair for pair in alerts if pair[0]), key=lambda pair: pair[1].word.rank):
            place = alert.kind, cause, alert.is_well
            first = together.get(place)
            if alert.kind is AlertKind.RECOVERED:
                if cause not in still:
                    also = (*first.also, alert.key) if first else ()
                    together[place] = (first or alert)._replace(also=also)
            elif first is None and alert.word.rank < self._ranks_told.get(cause, len(Word)):
                also = tuple(key for key, other in shared.items() if other == cause and key != alert.key)
                together[place] = alert._replace(also=also)
                self._ranks_told[cause] = alert.word.rank
        self._ranks_told = {cause: rank for cause, rank in self._ranks_told.items() if cause in still}
        return [*news, *together.values()]

    def _bad(self, look: Hit, memory: _Memory, now: datetime) -> Alert | None:
        memory.bad, memory.good = memory.bad + 1, 0
        memory.since = memory.since or look.health.in_trouble_since or now
        word = look.health.word
        if memory.word_told is not None:
            worse = word.rank < memory.word_told.rank
            memory.word_told = word if worse else memory.word_told
            return Alert(AlertKind.WORSE, look.key, word, now, memory.since) if worse and not memory.flapping else None
        if memory.bad < self._after:
            return None
        again = memory.told_at is not None and now - memory.told_at <= FLAPPING_WITHIN
        named, memory.word_told, memory.told_at = memory.flapping, word, now
        memory.flapping = again
        if again:
            return None if named else Alert(AlertKind.FLAPPING, look.key, word, now, memory.since)
        return Alert(AlertKind.BAD, look.key, word, now, memory.since)

    def _good(self, look: Hit, memory: _Memory, now: datetime) -> Alert | None:
        memory.bad, memory.good = 0, memory.good + 1
        if memory.good < self._clear_after:
            return None
        told, since = memory.word_told, memory.since
        memory.word_told = memory.since = None
        if told is None or memory.flapping:
            return None
        return Alert(AlertKind.RECOVERED, look.key, look.health.word, now, since or now)

    # --- from one start to the next

    def document(self) -> dict[str, Any]:
        """The state that the next start of the program needs."""

        def iso(moment: datetime | None) -> str | None:
            return moment.isoformat() if moment else None

        return {
            key: {
                "bad": memory.bad,
                "good": memory.good,
                "told": memory.word_told.value if memory.word_told else None,
                "since": iso(memory.since),
                "told_at": iso(memory.told_at),
                "flapping": memory.flapping,
                "cause": memory.cause,
            }
            for key, memory in self._memories.items()
        }

    def restore(self, document: Mapping[str, Any]) -> None:
        """Takes over the state of an earlier start; what cannot be read is left out."""
        words = {word.value: word for word in Word}
        for key, kept in document.items():
            entry = wire.document(kept)
            self._memories[key] = _Memory(
                wire.whole(entry.get("bad")) or 0,
                wire.whole(entry.get("good")) or 0,
                words.get(wire.text(entry.get("told")) or ""),
                wire.moment(entry.get("since")),
                wire.moment(entry.get("told_at")),
                entry.get("flapping") is True,
                wire.text(entry.get("cause")) or "",
            )
        for memory in self._memories.values():
            if memory.cause and memory.word_told is not None:
                self._ranks_told[memory.cause] = min(
                    memory.word_told.rank, self._ranks_told.get(memory.cause, memory.word_told.rank)
                )

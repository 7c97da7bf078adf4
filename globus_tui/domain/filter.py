"""The `/` filter: words and `key:value` pairs that a timer must match, all of them. Nothing typed is an error.

    climate night        both words, anywhere in name, collections, paths or reason; or the start of the id
    "run 7"              a phrase
    health:fail          a health word that starts so
    from:nersc to:arch   source, destination: collection or path
    name: why: id:       only there
    !to:archive !cold    not

A word before a colon that is no key is plain text, as is everything else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer import TransferData

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from globus_tui.domain.health import Health
    from globus_tui.domain.job import Job

KEYS = ("health", "name", "from", "to", "why", "id")
_TERM = re.compile(r'(!*)(?:(\w+):)?("[^"]*"?|\S*)')


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a timer can be filtered by, case folded. Made once a row and kept with it: matching is then cheap."""

    job_id: str
    name: str
    health: str
    source: str
    destination: str
    why: str
    everything: str


def subject(job: Job, health: Health, why: str, names: Mapping[str, str]) -> Subject:
    """Gathers what can be filtered by.

    Args:
        job: the timer.
        health: its health.
        why: the words of its WHY column.
        names: of collections, by id.
    """
    source = destination = ""
    if isinstance(job.payload, TransferData):
        data = job.payload
        source = _side(data.source_endpoint, (item.source_path for item in data.items), names)
        destination = _side(data.destination_endpoint, (item.destination_path for item in data.items), names)
    parts = [part.casefold() for part in (job.label, health.word.value, source, destination, why)]
    name, word, source, destination, why = parts
    return Subject(str(job.job_id).casefold(), name, word, source, destination, why, "\n".join(parts))


def _side(collection_id: str | None, paths: Iterable[str], names: Mapping[str, str]) -> str:
    return "\n".join((names.get(collection_id or "") or collection_id or "", *paths))


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `key` None looks everywhere."""

    text: str
    key: str | None = None
    negated: bool = False

    def matches(self, one: Subject) -> bool:
        """Whether the timer meets the condition."""
        return self._found(one) is not self.negated

    def _found(self, one: Subject) -> bool:
        if self.key is None:
            return self.text in one.everything or one.job_id.startswith(self.text)
        if self.key == "health":
            return one.health.startswith(self.text)
        if self.key == "id":
            return one.job_id.startswith(self.text)
        field = {"name": one.name, "from": one.source, "to": one.destination, "why": one.why}[self.key]
        return self.text in field


@dataclass(frozen=True, slots=True)
class Filter:
    """What was typed, understood. Without terms everything matches."""

    terms: tuple[Term, ...] = ()

    def matches(self, one: Subject) -> bool:
        """Whether a timer meets all conditions."""
        return all(term.matches(one) for term in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse_filter(typed: str) -> Filter:
    """Understands what was typed. Never raises; a condition without text (still being typed) is left out."""
    return Filter(tuple(term for match in _TERM.finditer(typed) if (term := _term(match)) is not None))


def _term(match: re.Match[str]) -> Term | None:
    marks, key, value = match.groups()
    text = value[1:].removesuffix('"') if value.startswith('"') else value
    if key is not None and key.casefold() not in KEYS:
        key, text = None, f"{key}:{text}"
    if not text:
        return None
    return Term(text.casefold(), key.casefold() if key else None, negated=len(marks) % 2 == 1)

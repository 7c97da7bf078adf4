"""Which timers share a cause: they lost the same thing, so that one login mends them all, or one outage hit them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer.health import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from globus_tui.domain.auth.gare import Gare
    from globus_tui.domain.timer.health import Health


@dataclass(frozen=True, slots=True)
class Cause:
    """What has to be granted or proved, whatever words and form Globus chose for it.

    Attributes:
        scopes: names of the innermost scopes: `data_access` on a collection is the same behind any chain of services.
        proofs: kinds of proof with what each wants.
    """

    scopes: frozenset[str]
    proofs: frozenset[tuple[str, str]]


@lru_cache(maxsize=256)  # many timers want the same, and it is asked whenever the list is put in order
def cause_of(gare: Gare) -> Cause:
    """The cause behind a requirement."""
    proofs = {
        *(("identity", identity.lower()) for identity in gare.session_required_identities),
        *(("policy", policy) for policy in gare.session_required_policies),
        *(("domain", domain.lower()) for domain in gare.session_required_single_domain),
    }
    if gare.session_required_mfa:
        proofs.add(("mfa", ""))
    if gare.wants_session and not proofs:
        proofs.add(("prompt", gare.prompt or "login"))
    innermost = (scope.name for root in gare.scopes for scope in root.walk() if not scope.dependencies)
    return Cause(frozenset(innermost), frozenset(proofs))


# --- one cause that hits many

ONE_OUTAGE = 3
"""So many timers with one cause are told of as one."""

AT_DESTINATION = frozenset({"QUOTA_EXCEEDED", "NO_SPACE_LEFT", "NO_APPEND_FILESYSTEM", "EXTERNAL_CHECKSUM_MISMATCH"})
AT_SOURCE = frozenset({"FILE_NOT_FOUND", "FILE_SIZE_CHANGED", "INVALID_SYMLINK"})
"""Codes of errors that arise at one side only."""
_AWAY = frozenset({"CONNECT_FAILED", "CONNECTION_BROKEN", "CONNECTION_RESET", "TIMEOUT", "ENDPOINT_ERROR", "EXPIRED"})
"""Codes by which a collection that is down shows, now one and now the other."""


class Hit(NamedTuple):
    """A timer as its causes are looked for.

    Attributes:
        sides: ids of the collections that it moves from and to; none for a flow.
    """

    key: str
    health: Health
    sides: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: str, health: Health, sides: Iterable[object]) -> Hit:
        """`sides` as a job has them."""
        return cls(key, health, tuple(str(side) for side in sides if side))


class Outage(NamedTuple):
    """One cause that several timers share.

    Attributes:
        cause: a text that is the same as long as the cause is.
        keys: of the timers, in the order in which they came.
        place: the collection that all of them have in common, if that is what it is about; else empty.
    """

    cause: str
    keys: tuple[str, ...]
    place: str


def outages(hits: Iterable[Hit]) -> list[Outage]:
    """The causes that hit several timers, those with most timers first; no timer is in two of them.

    Trouble that somebody knows of is left out, and what is a timer's own: files skipped, or a run that takes long.
    """
    keys_of: dict[tuple[str, str], list[str]] = {}
    for hit in hits:
        for cause in causes(hit):
            keys_of.setdefault(cause, []).append(hit.key)
    result: list[Outage] = []
    taken: set[str] = set()
    while keys_of:
        untaken = {
            cause: [key for key in keys if key not in taken]
            for cause, keys in keys_of.items()
            if len(keys) >= ONE_OUTAGE
        }
        most = max(untaken, key=lambda cause: (len(untaken[cause]), cause), default=None)
        if most is None or len(untaken[most]) < ONE_OUTAGE:
            break
        taken.update(untaken[most])
        result.append(Outage(cause_text(most), tuple(untaken[most]), most[1]))
        keys_of = {cause: keys for cause, keys in untaken.items() if cause != most}
    return result


def cause_text(cause: tuple[str, str]) -> str:
    """One of `causes` as a text, the same from look to look."""
    return " ".join(cause).strip()


def causes(hit: Hit) -> Iterator[tuple[str, str]]:
    """The possible causes of its trouble, with the collection; none for trouble of its own."""
    health = hit.health
    if not health.word.is_trouble or health.acknowledged is not None:
        return
    if health.gare is not None:
        cause = cause_of(health.gare)
        wants = [*sorted(cause.scopes), *(" ".join(proof) for proof in sorted(cause.proofs))]
        if wants:
            yield f"wants {' '.join(wants)}", ""
        return
    code = health.code or ""
    if health.why in (Why.LATE, Why.PAUSED_BY_SERVICE):
        yield f"{health.why.value} {code}".strip(), ""
    elif health.why is Why.RETRYING or (code and health.why in (Why.TASK_FAILED, Why.RUN_REFUSED, Why.TASK_TROUBLE)):
        reason = health.why.value if health.why is Why.RETRYING else "away" if code in _AWAY else code
        source, destination = (*hit.sides, "", "")[:2]
        sides = {"" if code in AT_DESTINATION else source, "" if code in AT_SOURCE else destination} - {""}
        yield from ((reason, side) for side in sorted(sides) or [""])

"""Which timers lost the same thing, so that one login mends them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.scope import parse

if TYPE_CHECKING:
    from globus_tui.domain.gare import Gare


@dataclass(frozen=True, slots=True)
class Cause:
    """What has to be granted or proved, whatever words and form Globus chose for it.

    Attributes:
        scopes: names of the innermost scopes: `data_access` on a collection is the same behind any chain of services.
        proofs: kinds of proof with what each wants.
    """

    scopes: frozenset[str]
    proofs: frozenset[tuple[str, str]]


def cause_of(gare: Gare) -> Cause:
    """The cause behind a requirement."""
    proofs = {
        *(("identity", one.lower()) for one in gare.session_required_identities),
        *(("policy", one) for one in gare.session_required_policies),
        *(("domain", one.lower()) for one in gare.session_required_single_domain),
    }
    if gare.session_required_mfa:
        proofs.add(("mfa", ""))
    if gare.prompt and not proofs:
        proofs.add(("prompt", gare.prompt))
    return Cause(frozenset(name for text in gare.required_scopes for name in _innermost(text)), frozenset(proofs))


def _innermost(text: str) -> tuple[str, ...]:
    try:
        found = parse(text)
    except BadInput:
        return (text.strip(),)
    return tuple(one.name for root in found for one in root.walk() if not one.dependencies)

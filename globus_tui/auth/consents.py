"""Which of the scopes wanted are not yet granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.sign_in_request import modern_form, required_scopes
from globus_tui.domain.credentials import granted, missing
from globus_tui.domain.scope import TIMER, timer_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.credentials import ConsentRecord
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.scope import Scope


def needs_consent(collections: Iterable[Collection], consents: Iterable[ConsentRecord]) -> tuple[Scope, ...]:
    """The scopes to ask for before a timer moves data between these collections; empty when all are granted.

    One timer > Transfer > data_access scope for each collection that wants its own consent and has none.
    """
    ids = dict.fromkeys(one.collection_id for one in collections if one.needs_data_access_consent)
    return missing(tuple(consents), [timer_scope([one]) for one in ids])


def missing_scopes(gare: Gare, consents: Iterable[ConsentRecord]) -> tuple[Scope, ...]:
    """What a requirement wants and the consents lack.

    An outdated required scope counts as granted once its present form is: consents given today are rooted otherwise,
    and asking again would go on for ever. One rooted at the Transfer action provider counts only then: a timer's
    credential starts at the timer scope.
    """
    known = tuple(consents)
    return tuple(scope for scope in required_scopes(gare) if not _granted(known, scope))


def _granted(known: tuple[ConsentRecord, ...], scope: Scope) -> bool:
    modern = modern_form(scope)
    if modern is None:
        return granted(known, (scope,))
    return granted(known, (modern,)) or (scope.name == TIMER and granted(known, (scope,)))

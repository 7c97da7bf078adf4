"""Which of the scopes wanted are not yet granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.auth.sign_in_request import modern_form, required_scopes
from globus_tui.domain.credentials import missing
from globus_tui.domain.scope import timer_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from globus_tui.domain.collection import Collection
    from globus_tui.domain.credentials import ConsentRecord
    from globus_tui.domain.gare import Gare
    from globus_tui.domain.scope import Scope


def needs_consent(collections: Iterable[Collection], granted: Iterable[ConsentRecord]) -> tuple[Scope, ...]:
    """The scopes to ask for before a timer moves data between these collections; empty when all are granted.

    One timer > Transfer > data_access scope for each collection that wants its own consent and has none.
    """
    ids = dict.fromkeys(one.collection_id for one in collections if one.needs_data_access_consent)
    return missing(tuple(granted), [timer_scope([one]) for one in ids])


def missing_scopes(gare: Gare, granted: Iterable[ConsentRecord]) -> tuple[Scope, ...]:
    """What a requirement wants and the consents lack.

    An outdated required scope counts as granted once its present form is: consents given today are rooted otherwise,
    and asking again would go on for ever.
    """
    known = tuple(granted)
    return tuple(
        scope
        for scope in missing(known, required_scopes(gare))
        if not (modern := modern_form(scope)) or missing(known, (modern,))
    )

"""What a copy is for, told from its options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.draft import Intent, with_intent

if TYPE_CHECKING:
    from globus_tui.domain.draft import Draft


def intent_of(draft: Draft) -> Intent | None:
    """The intent that the options stand for; None for a mixture of one's own."""
    return next((one for one in Intent if with_intent(draft, one).transfer == draft.transfer), None)

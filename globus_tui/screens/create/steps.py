"""Which steps there are, in which order, for what is being made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.draft import What

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.screens.create.step import Step

ORDER: Mapping[What, tuple[str, ...]] = {
    What.TRANSFER_TIMER: ("what", "where", "items", "how", "when", "review"),
    What.FLOW_TIMER: ("what", "flow", "when", "review"),
    What.TRANSFER_NOW: ("what", "where", "items", "how", "review"),
}
"""Keys of the steps by what is made; a draft remembers the key of the step it was at."""


def make_steps() -> dict[str, Step]:
    """One of each, by key; loaded here so that the list opens without them."""
    from globus_tui.screens.create.collections_step import CollectionsStep
    from globus_tui.screens.create.flow_step import FlowStep
    from globus_tui.screens.create.how_step import HowStep
    from globus_tui.screens.create.items_step import ItemsStep
    from globus_tui.screens.create.review_step import ReviewStep
    from globus_tui.screens.create.what_step import WhatStep
    from globus_tui.screens.create.when_step import WhenStep

    return {
        "what": WhatStep(),
        "where": CollectionsStep(),
        "items": ItemsStep(),
        "flow": FlowStep(),
        "how": HowStep(),
        "when": WhenStep(),
        "review": ReviewStep(),
    }

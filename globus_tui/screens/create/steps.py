"""Which steps there are, in which order, for what is being made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from globus_tui.domain.draft import What
from globus_tui.screens.create.step import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from globus_tui.domain.draft import Draft
    from globus_tui.domain.findings import Finding

ORDER: Mapping[What, tuple[str, ...]] = {
    What.TRANSFER_TIMER: ("what", "where", "items", "how", "when", "review"),
    What.FLOW_TIMER: ("what", "flow", "when", "review"),
    What.TRANSFER_NOW: ("what", "where", "items", "how", "review"),
}
"""Keys of the steps by what is made; a draft remembers the key of the step it was at."""


class _Awaited(Step):
    """A step that is not there yet."""

    def compose(self) -> ComposeResult:
        yield Static("Not here yet.", markup=False)

    def show(self, draft: Draft, findings: Sequence[Finding]) -> None:
        """Nothing to show."""


class _What(_Awaited):
    title = "What"


class _Where(_Awaited):
    title = "From/to"


class _Items(_Awaited):
    title = "Items"


def make_steps() -> dict[str, Step]:
    """One of each, by key; loaded here so that the list opens without them."""
    from globus_tui.screens.create.flow_step import FlowStep
    from globus_tui.screens.create.how_step import HowStep
    from globus_tui.screens.create.review_step import ReviewStep
    from globus_tui.screens.create.when_step import WhenStep

    return {
        "what": _What(),
        "where": _Where(),
        "items": _Items(),
        "flow": FlowStep(),
        "how": HowStep(),
        "when": WhenStep(),
        "review": ReviewStep(),
    }

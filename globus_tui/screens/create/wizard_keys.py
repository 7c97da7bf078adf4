"""Keys of the wizard that go from step to step, exchange the two sides and copy what would be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from globus_tui.domain.chosen_items import swapped
from globus_tui.domain.draft import What
from globus_tui.screens.create.checking import CheckedDraft
from globus_tui.screens.create.review_step import ReviewStep
from globus_tui.screens.create.steps import ORDER

if TYPE_CHECKING:
    from globus_tui.screens.create.step import Step


class WizardKeys(CheckedDraft):
    """The part of the wizard behind keys that neither create nor leave; `WizardScreen` is the rest of it."""

    @property
    def step(self) -> Step:
        """The step that is shown."""
        raise NotImplementedError

    def open_step(self, key: str) -> None:
        """Show a step of what is being made."""
        raise NotImplementedError

    def action_wizard_next(self) -> None:
        """The step after this one."""
        order = ORDER[self.draft.what]
        place = order.index(self.step_key()) + 1
        if place < len(order):
            self.open_step(order[place])

    def action_wizard_step(self, number: int) -> None:
        """A step by its number, from 1."""
        order = ORDER[self.draft.what]
        if number <= len(order):
            self.open_step(order[number - 1])

    def action_wizard_step_1(self) -> None:
        """The first step."""
        self.action_wizard_step(1)

    def action_wizard_step_2(self) -> None:
        """The second step."""
        self.action_wizard_step(2)

    def action_wizard_step_3(self) -> None:
        """The third step."""
        self.action_wizard_step(3)

    def action_wizard_step_4(self) -> None:
        """The fourth step."""
        self.action_wizard_step(4)

    def action_wizard_step_5(self) -> None:
        """The fifth step."""
        self.action_wizard_step(5)

    def action_wizard_step_6(self) -> None:
        """The sixth step."""
        self.action_wizard_step(6)

    def action_wizard_swap(self) -> None:
        """Exchange source and destination, and show the two."""
        if self.draft.what is What.FLOW_TIMER:
            self.app.say("A flow has no source and destination to exchange.", "warning")
            return
        self.set_focus(None)  # fields take what is new only while nobody types in them
        known = self.lookups
        self.learn(replace(known, source=known.destination, destination=known.source, deletions=None))
        self.change(swapped(self.draft))
        self.open_step("where")
        self.app.say("Source and destination are exchanged.")

    def action_wizard_copy(self) -> None:
        """Offer request, command and file to copy; they stand on the last step."""
        if not isinstance(self.step, ReviewStep):
            self.open_step("review")
        review = self.step
        if isinstance(review, ReviewStep):
            review.offer_copies()

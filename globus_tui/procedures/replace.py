"""Editing a timer: creating what the wizard describes, then putting it in the place of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.procedures.create import Create
from globus_tui.store.swapping import NotSwapped, Swapped

if TYPE_CHECKING:
    from globus_tui.app import GlobusTui
    from globus_tui.domain.readings import JobReading
    from globus_tui.procedures.create import Sender
    from globus_tui.store.creation_outcome import Created


class Replace(Create):
    """Like a creation, lost answers and consents included; where that opens the new timer, this swaps first."""

    def __init__(self, app: GlobusTui, wizard: Sender, old: JobReading) -> None:
        """Nothing is asked of Globus yet; `old` is the timer as it was read."""
        super().__init__(app, wizard)
        self._old = old
        self._swapper = wizard.making.swapper(self._creator)

    async def run(self) -> None:
        """Create, verify, pause the old one, and end in words or on the screen of the new timer."""
        if len(self._draft.group) > 1:
            self._app.say("One timer cannot be replaced by several: clone it (C), then pause this one.", "error")
            return
        await super().run()

    async def _open(self, created: Created) -> None:
        found = await self._swapper.finish(self._old, created, self._draft)
        while isinstance(found, NotSwapped) and not found.clean and found.created is not None:
            if not await self._ask_again(found.words):
                break
            found = await self._swapper.finish(self._old, found.created, self._draft)
        if isinstance(found, Swapped):
            words = f"{found.words} {found.note}" if found.note else found.words
            await super()._open(created)
            self._app.say(words)
        else:
            await self._app.store.refresh()
            self._app.say(found.words, "error")

    async def _ask_again(self, words: str) -> bool:
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm("The swap did not come to its end", (words,), verb="try again", danger=True)
        return await self._app.push_screen_wait(sheet)

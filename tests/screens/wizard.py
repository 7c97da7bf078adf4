"""Fills the wizard in with real keys, and counts those that are no typed text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from globus_tui.screens.create.wizard import WizardScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from globus_tui.domain.making.draft import Draft
    from tests.demo import Demo


class Maker:
    """Somebody at the keyboard.

    Attributes:
        control_keys: pressed so far, typed text left out.
    """

    def __init__(self, demo: Demo, pilot: Pilot[None]) -> None:
        self.demo = demo
        self.pilot = pilot
        self.control_keys: list[str] = []

    async def press(self, *keys: str) -> None:
        """Press keys that are no text."""
        self.control_keys += keys
        await self.demo.press(self.pilot, *keys)

    async def press_and_wait(self, key: str, ready: Callable[[], object]) -> None:
        """Press a key that opens a question, and wait for that."""
        self.control_keys.append(key)
        await self.pilot.press(key)
        await self.demo.until(self.pilot, ready)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Put text into the field with the focus, all at once as a paste does: typing takes tests their time."""
        self.demo.app.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.demo.settle(self.pilot)

    async def from_to(self, source: str, path: str, destination: str, other_path: str) -> None:
        """Fill in the second step, from its first field on."""
        for text in (source, path, destination, other_path):
            await self.write(text)
            await self.press("enter")

    async def mirror(self, name: str, source: str = "beamline 7 data", path: str = "/raw/") -> None:
        """A nightly mirror, up to the key that creates it."""
        await self.press("n", "down", "enter")
        await self.from_to(source, path, "lab depot", "/projects/raw/")
        await self.press("ctrl+n")
        await self.write("every night at 2am")
        await self.press("ctrl+n")
        await self.write(name)
        await self.press("enter")
        await self.write("raw")

    @property
    def wizard(self) -> WizardScreen:
        """The wizard that is open."""
        found = [screen for screen in self.demo.app.screen_stack if isinstance(screen, WizardScreen)]
        assert found, f"no wizard is open:\n{self.demo.text()}"
        return found[-1]

    @property
    def draft(self) -> Draft:
        """What it describes by now."""
        return self.wizard.draft

    def posts(self) -> list[str]:
        """Requests that made something, or tried to."""
        return [call for call in self.demo.changes() if "/v2/timer" in call or call.endswith("/transfer")]

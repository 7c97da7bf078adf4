"""The floor: what any Textual program costs before it does anything."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Floor(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("nothing but a floor")


if __name__ == "__main__":
    Floor().run()

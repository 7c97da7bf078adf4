"""New names for several timers at once."""

from __future__ import annotations

from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.timer_groups import joined_name, split_name


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What is done to each name; empty texts do nothing.

    Attributes:
        old: what is replaced, wherever it stands, letter by letter.
        new: what comes in its place.
        before: is put before the name.
        after: is put behind the name, before the time that sets a group's timers apart.
    """

    old: str = ""
    new: str = ""
    before: str = ""
    after: str = ""

    def applied(self, name: str) -> str:
        """The new name, not checked."""
        text = name.replace(self.old, self.new) if self.old else name
        base, suffix = split_name(text)
        return joined_name(f"{self.before}{base}{self.after}", suffix).strip()


def check_name(text: str) -> None:
    """Refuses what makes no good name.

    Raises:
        BadInput: it is empty, or has control characters in it.
    """
    if not text:
        raise BadInput("A timer needs a name to be found again; type one, or Escape to leave it as it is.")
    if any(ord(character) < 32 for character in text):
        raise BadInput("The name has a control character in it; take that out.")

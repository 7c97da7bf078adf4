"""The profiles: who is signed in under each name, to switch between them, sign out, or begin another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on, work

from globus_tui.commands import PROFILES, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.screens.confirm import Ask, Confirm
from globus_tui.screens.searching import ListScreen, Searching
from globus_tui.screens.show_text import BareText

if TYPE_CHECKING:
    from collections.abc import Callable


_LAPSES = len("lapses 2026-12-31 if unused")


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One profile.

    Attributes:
        who: who is signed in; None when nobody is.
        current: it is the one in use.
        remark: what else there is to know, such as why it cannot be used.
        unknown: whether somebody is signed in cannot be told.
    """

    key: str
    who: str | None
    environment: str
    current: bool = False
    remark: str = ""
    unknown: bool = False


class Profiles(Protocol):
    """The profiles of this user. Every method raises `GlobusTuiError` and nothing else."""

    async def rows(self) -> tuple[ProfileRow, ...]: ...  # all that are stored or configured, by name
    async def log_out(self, name: str) -> tuple[str, ...]: ...  # says what was done with the tokens, a line each


class ProfilesScreen(Searching, ListScreen):
    """The list; what is chosen here opens anew, so that nothing of one profile is seen under another's name."""

    ABOUT = (
        "A profile is a name for an identity, its tokens and a Globus environment. Nothing is shared between two of "
        "them. Settings of a profile stand under [profiles.NAME] in the configuration file."
    )
    CALLED = "Profiles"
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = PROFILES
    LIST, READING = "profiles", "Looking …"
    SHOWN_ANEW_FOR = frozenset()

    def __init__(self, profiles: Profiles, check: Callable[[str], object]) -> None:
        """Make the screen; `check` raises GlobusTuiError for a name that no profile can have."""
        super().__init__()
        self._profile_shelf = profiles
        self._profile_check = check

    def columns(self) -> tuple[Column[ProfileRow], ...]:
        return (
            Column("current", "", lambda row: "now" if row.current else "", width=3),
            Column("name", "PROFILE", lambda row: row.key, min_width=12, max_width=30),
            Column("who", "SIGNED IN", self._cell_who, min_width=20),
            Column("environment", "ENVIRONMENT", lambda row: row.environment, min_width=11, max_width=40),
            Column("remark", "", lambda row: Span(row.remark, "muted"), min_width=_LAPSES, weight=2, priority=1),
        )

    @work(group="look-up")
    async def show(self) -> None:
        try:
            self.set_rows(rows := await self._profile_shelf.rows())
            self.line_list.move_to(next((row.key for row in rows if row.current), None))
        except GlobusTuiError as wrong:
            self.tell_unread(wrong.in_full)

    @staticmethod
    def _cell_who(row: ProfileRow) -> Cell:
        return row.who or Span("cannot be told" if row.unknown else "nobody", "warning" if row.unknown else "muted")

    @on(LineList.Chosen)
    def open_the_profile(self, chosen: LineList.Chosen) -> None:
        self._open(str(chosen.key))

    def _open(self, name: str, *, sign_in: bool = False) -> None:
        if name == self.app.settings.profile and not self.app.host.demo:
            self.app.say(f"Profile {name} is the one in use.")
        else:
            self.app.open_profile(name, sign_in=sign_in)

    def action_job_new(self) -> None:
        sheet = Ask("Name of the new profile", ("It opens at once, to sign in under it.",), check=self._profile_check)
        known = {row.key for row in self.line_list.rows if row.who is not None}
        sheet.ask(lambda name: self._open(name, sign_in=name not in known))

    def action_job_delete(self) -> None:
        row: ProfileRow | None = self.line_list.cursor_row
        if row is None or row.who is None:
            self.tell(row.remark if row is not None and row.unknown else "Nobody is signed in there.")
            return
        sentences = (
            "Its tokens are revoked at Globus and forgotten here, also for other programs that share them.",
            "Timers go on: they have credentials of their own.",
        )
        sheet = Confirm(f"Sign {row.who} out of the profile {row.key}?", sentences, verb="sign out")
        sheet.ask(lambda _: self.app.attempt(self._log_out(row), group="sign-in"))

    async def _log_out(self, row: ProfileRow) -> None:
        """Say what was revoked and what was not, and before that what is waited for: a service that may not answer."""
        self.app.say(
            f"signing {row.who} out of the profile {row.key}: asking Globus to revoke its tokens …", about="out"
        )
        if not row.current:
            self.dismiss()
        try:
            lines = await self._profile_shelf.log_out(row.key)
        finally:
            self.app.unsay("out")
        await self.app.push_screen_wait(BareText("\n".join(lines)))
        if row.key == self.app.settings.profile:
            self.app.open_profile(row.key)

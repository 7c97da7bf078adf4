"""The profiles: who is signed in under each name, to switch between them, sign out, or begin another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on

from globus_tui.commands import PROFILES, Command, bindings
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.screens.base import TimerScreen
from globus_tui.screens.searching import Searching

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


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

    async def rows(self) -> tuple[ProfileRow, ...]:
        """All that are stored or configured, by name."""

    async def log_out(self, name: str) -> tuple[str, ...]:
        """Revokes and forgets a profile's tokens; says what was done, a line each."""


class ProfilesScreen(Searching, TimerScreen):
    """The list; what is chosen here opens anew, so that nothing of one profile is seen under another's name."""

    ABOUT = (
        "A profile is a name for an identity, its tokens and a Globus environment. Nothing is shared between two of "
        "them. Settings of a profile stand under [profiles.NAME] in the configuration file."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = PROFILES
    BINDINGS = bindings(one for one in PROFILES if one.command_id in ("job.new", "job.delete"))  # type: ignore[assignment]  # as in app
    AUTO_FOCUS = "#profiles"

    def __init__(self, profiles: Profiles, check: Callable[[str], object]) -> None:
        """Make the screen; `check` raises GlobusTuiError for a name that no profile can have."""
        super().__init__()
        self._profile_shelf = profiles
        self._profile_check = check
        self._profile_rows: tuple[ProfileRow, ...] = ()

    def compose_middle(self) -> ComposeResult:
        yield self.search_field()
        yield LineList[ProfileRow](
            (
                Column("current", "", lambda one: "now" if one.current else "", width=3),
                Column("name", "PROFILE", lambda one: one.key, min_width=12, max_width=30),
                Column("who", "SIGNED IN", self._cell_who, min_width=20),
                Column("environment", "ENVIRONMENT", lambda one: one.environment, min_width=11, max_width=40),
                Column("remark", "", lambda one: Span(one.remark, "muted"), min_width=10, priority=1),
            ),
            empty="Looking …",
            id="profiles",
        )

    def title_words(self) -> str:
        return "Profiles"

    def on_mount(self) -> None:
        self.run_worker(self._read(), group="look-up")

    async def _read(self) -> None:
        try:
            self._profile_rows = await self._profile_shelf.rows()
        except GlobusTuiError as wrong:
            self.app.say(wrong.in_full, "error")
            return
        rows = self.query_one("#profiles", LineList)
        rows.ascii_only = self.view.ascii
        rows.set_rows(self._profile_rows)

    @staticmethod
    def _cell_who(one: ProfileRow) -> Cell:
        return one.who or Span("cannot be told" if one.unknown else "nobody", "warning" if one.unknown else "muted")

    @on(LineList.Chosen)
    def open_the_profile(self, chosen: LineList.Chosen) -> None:
        """Open it in place of the present one."""
        self._open(str(chosen.key))

    def _open(self, name: str, *, sign_in: bool = False) -> None:
        if name == self.app.settings.profile and not self.app.host.demo:
            self.app.say(f"Profile {name} is the one in use.")
        else:
            self.app.open_profile(name, sign_in=sign_in)

    def action_job_new(self) -> None:
        from globus_tui.screens.confirm import Ask

        sheet = Ask("Name of the new profile", ("It opens at once, to sign in under it.",), check=self._profile_check)
        self.app.push_screen(sheet, lambda name: self._open(name, sign_in=True) if name else None)

    def action_job_delete(self) -> None:
        from globus_tui.screens.confirm import Confirm

        row: ProfileRow | None = self.query_one("#profiles", LineList).cursor_row
        if row is None or row.who is None:
            unknown = row is not None and row.unknown
            self.app.say(row.remark if row and unknown else "Nobody is signed in there.", "warning")
            return
        sheet = Confirm(
            f"Sign {row.who} out of the profile {row.key}?",
            (
                "Its tokens are revoked at Globus and forgotten here, also for other programs that share them.",
                "Timers go on: they have credentials of their own.",
            ),
            verb="sign out",
        )
        self.app.push_screen(sheet, lambda agreed: self._log_out(row) if agreed else None)

    def _log_out(self, row: ProfileRow) -> None:
        self.app.run_worker(self.app.log_out(row.key, self._profile_shelf), group="sign-in")
        if not row.current:
            self.dismiss()

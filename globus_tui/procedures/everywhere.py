"""The commands that every screen has."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.events import AppFocus, Key

from globus_tui.clipboard import inside_tmux, send_to_tmux
from globus_tui.commands import EVERYWHERE
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.procedures.host import Host, Switch
from globus_tui.screens.base import Note, TimerScreen
from globus_tui.widgets.line_app import LineApp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from textual.events import Event
    from textual.reactive import var
    from textual.screen import Screen

    from globus_tui.auth.account import Account
    from globus_tui.procedures.activity_log import ActivityLog
    from globus_tui.procedures.replaced import ReplacedTimers
    from globus_tui.screens.profiles import Profiles
    from globus_tui.settings import Settings
    from globus_tui.store.job_store import JobStore


class Everywhere(LineApp[Switch]):
    """The part of the application behind the commands of every screen; `GlobusTui` is the rest of it."""

    store: JobStore
    account: Account
    settings: Settings
    host: Host
    shown_zone: tzinfo
    note: var[Note]
    replaced: ReplacedTimers
    activity: ActivityLog
    started_at: float

    def say(self, words: str, severity: str = "information") -> None:
        """Put a sentence on the note line."""
        raise NotImplementedError

    def open_screen(self, screen: TimerScreen) -> None:
        """Show a screen bound to what is known of the timers."""
        raise NotImplementedError

    def book_wake(self) -> None:
        """Come back when the store has something to do next."""
        raise NotImplementedError

    def look(self) -> None:
        """Take the present."""
        raise NotImplementedError

    async def refresh_now(self) -> None:
        """Read the timers again."""
        raise NotImplementedError

    async def on_event(self, event: Event) -> None:
        """Whoever presses a key is there, also where tmux tells nobody that its session is shown again."""
        if isinstance(event, Key) and not self.store.refresher.plan.focused:
            self.post_message(AppFocus())
        await super().on_event(event)

    def action_app_info(self) -> None:
        """Show what this program itself costs."""
        from globus_tui.present.own_words import own_lines
        from globus_tui.procedures.own_cost import own_cost
        from globus_tui.screens.about_self import AboutSelf

        cost = own_cost(
            self.store, requests=self.activity.requests, received=self.activity.received, started=self.started_at
        )
        self.push_screen(AboutSelf(own_lines(cost)))

    def action_jobs_activity(self) -> None:
        """Show what was asked of Globus."""
        from globus_tui.screens.activity import ActivityScreen

        self.open_screen(ActivityScreen())

    def action_jobs_replaced(self) -> None:
        """List old timers that are kept after an edit, and offer to delete them."""
        self.run_worker(self.replaced.offer(), group="journal", exclusive=True)

    def action_jobs_refresh(self) -> None:
        """Read the timers again now, and say what that brought; dropped when a reading is under way."""
        self.run_worker(self._refresh_and_say(), group="refresh")

    async def _refresh_and_say(self) -> None:
        before, read_at, said = self.store.states, self.store.freshness.checked_at, self.note
        await self.refresh_now()
        after, freshness = self.store.states, self.store.freshness
        if freshness.problem is not None or read_at is None or freshness.checked_at == read_at:
            return  # what is wrong has been said, or another reading is under way
        if self.note is not said:
            return  # the reading brought news of its own, which weigh more
        changed = 0
        if after is not before:
            changed = sum(before.get(job_id) != state for job_id, state in after.items())
            changed += sum(job_id not in after for job_id in before)
        timers = "1 timer" if changed == 1 else f"{changed} timers"
        self.say(f"read again: {timers} changed" if changed else "read again: nothing changed")

    def action_app_help(self) -> None:
        """Show every key of this screen."""
        from globus_tui.screens.help import Help

        screen = self.screen
        commands = screen.COMMANDS_SHOWN if isinstance(screen, TimerScreen) else ()
        about = screen.ABOUT if isinstance(screen, TimerScreen) else ""
        self.push_screen(Help((*commands, *EVERYWHERE), self.settings.keys, about))

    def action_app_palette(self) -> None:
        """Find a command by its name."""
        from textual.command import CommandPalette

        if not any(isinstance(one, CommandPalette) for one in self.screen_stack):
            self.push_screen(CommandPalette(placeholder="type a part of a command's name", id="--command-palette"))

    def action_command_palette(self) -> None:
        """Textual's own name for it."""
        self.action_app_palette()

    def action_app_back(self) -> None:
        """Leave this screen; on the first one, ask whether to quit."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self._ask_to_quit()

    def _ask_to_quit(self) -> None:
        from globus_tui.screens.confirm import Confirm

        def leave(agreed: bool | None) -> None:
            if agreed:
                self.exit()

        sheet = Confirm("Quit?", ("Nothing is changed at Globus; timers go on without this program.",), verb="quit")
        self.push_screen(sheet, leave)

    def action_app_quit(self) -> None:
        """Leave the program."""
        self.exit()

    def action_app_stop(self) -> None:
        """Leave at once."""
        self.exit()

    def action_app_redraw(self) -> None:
        """Draw everything again."""
        self.refresh(layout=True)

    def action_app_suspend(self) -> None:
        """Back to the shell."""
        self.action_suspend_process()

    def action_app_zone(self) -> None:
        """Show times in the other zone: UTC, or the user's."""
        from datetime import UTC

        if self.host.zone is UTC:
            self.say("Your zone is UTC; --zone or the setting zone names another.")
            return
        to_utc = self.shown_zone is not UTC
        self.shown_zone = UTC if to_utc else self.host.zone
        self.look()
        self.say("times are now in UTC" if to_utc else "times are now in your zone")

    def action_app_refresh_interval(self) -> None:
        """Ask how often to refresh."""
        from globus_tui.screens.ask import Ask
        from globus_tui.screens.refresh_interval import check_interval

        floor = self.host.floor

        def take(answer: str | None) -> None:
            if answer is not None:
                self.store.set_interval(check_interval(answer, floor))
                self.book_wake()
                self.say("refreshing is off" if answer == "0" else f"refreshing every {answer} s")

        asked = Ask(
            "Refresh interval",
            (f"Seconds between refreshes, at least {floor:g}; 0 turns them off.",),
            check=partial(check_interval, floor=floor),
        )
        self.push_screen(asked, take)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the commands of this screen and of every screen, with their keys."""
        from globus_tui.commands import key_words

        commands = screen.COMMANDS_SHOWN if isinstance(screen, TimerScreen) else ()
        for command in (*commands, *EVERYWHERE):
            owner = screen if hasattr(screen, f"action_{command.action}") else self
            action = getattr(owner, f"action_{command.action}", None)
            if action is not None:
                key = key_words(self.settings.keys, command.command_id)
                yield SystemCommand(f"{command.words}  ({key})", command.help, action)

    # --- profiles

    def action_app_profile(self) -> None:
        """Show the profiles; a service account and the demo have but one."""
        from globus_tui.auth.profiles import checked_name
        from globus_tui.screens.profiles import ProfilesScreen

        if self.host.profiles is None:
            words = "The demo has one pretend profile" if self.host.demo else f"It is used by the {self.account.who}"
            self.say(f"{words}, so there is no other to switch to.", "warning")
        elif not isinstance(self.screen, ProfilesScreen):
            self.open_screen(ProfilesScreen(self.host.profiles, checked_name))

    def open_profile(self, name: str, *, sign_in: bool = False) -> None:
        """Start again as another profile: a fresh store, so that nothing is shown under the wrong name."""
        self.exit(Switch(profile=name, sign_in=sign_in))

    async def log_out(self, name: str, profiles: Profiles) -> None:
        """Sign out of a profile, and say what was revoked and what was not."""
        from globus_tui.screens.show_text import BareText

        try:
            lines = await profiles.log_out(name)
        except GlobusTuiError as wrong:
            self.say(wrong.in_full, "error")
            return
        await self.push_screen_wait(BareText("\n".join(lines)))
        if name == self.settings.profile:
            self.open_profile(name)

    # --- out of the terminal

    def copy_text(self, text: str) -> None:
        """Send a text to the clipboard, and show it, since nobody can tell whether it arrived."""
        from globus_tui.screens.show_text import BareText

        self.push_screen(BareText(text))
        self.send_text(text)

    def send_text(self, text: str) -> None:
        """Send a text to the clipboard."""
        self.run_worker(self._send_to_clipboard(text), group="clipboard")

    async def _send_to_clipboard(self, text: str) -> None:
        if inside_tmux(os.environ) and await send_to_tmux(text):
            self.say("sent to tmux's buffer and, where it may, to your terminal's clipboard")
        else:
            self.copy_to_clipboard(text)
            self.say("sent to your terminal's clipboard (OSC 52); not every terminal takes it")

"""The `:` line: any command of the screen by its name, some with words behind, or an id to go to."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content

from globus_tui.commands import ALIASES, Command
from globus_tui.present.safe_text import safe_line
from globus_tui.screens.base import TimerScreen
from globus_tui.widgets.text_field import CompletingField
from globus_tui.widgets.text_line import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.widget import Widget
    from textual.widgets import Input

    from globus_tui.domain.timer.job import JobId
    from globus_tui.screens.console import Console

_SHOWN = 10
_SHORTEST_ID = 8
"""Characters from which on a text may be the beginning of an id to go to."""


class CommandLine(CompletingField):
    """One line above the keys; Escape leaves it."""

    BINDINGS: ClassVar = [Binding("escape,ctrl+c", "leave", show=False)]
    app: Console  # type: ignore[assignment]  # the application fulfils it

    def __init__(self, screen: TimerScreen, begin: str) -> None:
        """For the commands of a screen; `begin` is there already."""
        memory = screen.app.list_memory
        super().__init__(
            self._completions,
            memory.lines,
            value=begin,
            id="command-line",
            select_on_focus=False,
            placeholder="command, timer, id or task",
        )
        self._command_screen = screen
        self._command_from: Widget | None = screen.focused

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        options = [option.rpartition(" ")[2] for option in self._completions(self.value)]
        offered = [*options[:_SHOWN], *(("…",) if len(options) > _SHOWN else ())]
        words = safe_line("  ".join(offered), ascii_only=self.app.has_class("-ascii"))
        self._command_screen.query_one("#command-help", TextLine).left = Content(f" tab: {words}" if options else "")

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        typed = self.value.strip()
        await self.action_leave()
        if typed:
            memory = self.app.list_memory
            memory.add_line(typed)
            memory.save()
            await self._carry_out(typed)

    async def action_leave(self) -> None:
        line = self._command_screen.query_one("#command-help", TextLine)
        if self._command_from is not None and self._command_from.is_attached:
            self._command_from.focus()
        await line.remove()
        await self.remove()

    def _completions(self, typed: str) -> Sequence[str]:
        name, blank, rest = typed.lstrip().partition(" ")
        with_words = self._command_screen.line_commands()
        if blank and name in with_words:
            return [f"{name} {word}" for word in with_words[name].complete(rest)]
        names = sorted({*with_words, *(alias for alias, _ in named_commands(self._command_screen))})
        return [one for one in names if one.startswith(name)] if not blank else ()

    async def _carry_out(self, typed: str) -> None:
        name, _, rest = typed.partition(" ")
        screen, app = self._command_screen, self.app
        with_words = screen.line_commands()
        app.unsay("cursor")  # what was wrong with the line before
        if name in with_words:
            if (wrong := with_words[name].run(rest.strip())) is not None:
                app.say(wrong, "warning", about="cursor")
            return
        command = next((command for known, command in named_commands(screen) if known == name), None)
        if command is not None and not rest:
            await self._run(command, name)
        elif not self._go_to(typed):
            names = [*with_words, *(alias for alias, _ in named_commands(screen))]
            near = get_close_matches(name, names, 1)
            hint = f"did you mean :{near[0]}?" if near else "tab lists the commands."
            app.say(f"There is no command, timer or task {typed[:60]!r}; {hint}", "warning", about="cursor")

    async def _run(self, command: Command, typed: str) -> None:
        screen = self._command_screen
        opposite = {"pause": "Resume", "resume": "Pause"}.get(typed)
        if opposite is not None and screen.words_of(command) == opposite:
            self.app.say("It is paused already." if typed == "pause" else "It is not paused.", "warning")
            return
        for owner in (screen, self.app):
            if hasattr(owner, f"action_{command.action}"):
                await owner.run_action(command.action)
                return
        for binding in self._command_from.BINDINGS if self._command_from is not None else ():
            if isinstance(binding, Binding) and binding.id == command.command_id and self._command_from is not None:
                await self._command_from.run_action(binding.action)
                return

    def _go_to(self, typed: str) -> bool:
        """Open the timer with this id or name, or the run that made this task."""
        from globus_tui.screens.job_detail import JobDetailScreen
        from globus_tui.screens.run_detail import RunDetailScreen

        low, states = typed.strip('"').casefold(), self.app.states
        ids = [job_id for job_id in states if job_id.casefold() == low] or [
            job_id for job_id, row in states.rows.items() if row.folded_name == low
        ]
        if not ids and len(low) >= _SHORTEST_ID:
            ids = [job_id for job_id in states if job_id.casefold().startswith(low)]
        if len(ids) == 1:
            self.app.open_screen(JobDetailScreen(ids[0], tuple(states)))
            return True
        if len(ids) > 1:
            self.app.say(f"{typed[:60]} is {len(ids)} timers; /{typed[:60]} shows them.", "warning")
            return True
        for job_id, run_key in self._runs_of(low) if len(low) >= _SHORTEST_ID else ():
            self.app.open_screen(JobDetailScreen(job_id, tuple(states)))  # where the way back from the run leads
            self.app.open_screen(RunDetailScreen(job_id, run_key))
            return True
        return False

    def _runs_of(self, task_id: str) -> Iterator[tuple[JobId, str]]:
        states = self.app.states
        for row in states.rows.values():
            for run in states.glance(row).job.runs:
                if run.resource_id and run.resource_id.casefold().startswith(task_id):
                    whole = next(entry for entry in states[row.job_id].job.runs if entry.resource_id == run.resource_id)
                    yield row.job_id, whole.key


def named_commands(screen: TimerScreen) -> Iterator[tuple[str, Command]]:
    """The commands that can be called on a screen, by name; aliases too."""
    commands = (*screen.COMMANDS_SHOWN, *screen.EVERYWHERE_SHOWN)
    for command in commands:
        yield command.name, command
    for alias, command_id in ALIASES.items():
        yield from ((alias, command) for command in commands if command.command_id == command_id)


async def open_command_line(app: Console, begin: str = "") -> None:
    screen = app.screen
    if not isinstance(screen, TimerScreen) or screen.query("#command-line"):
        return
    await screen.mount(TextLine(id="command-help"), before="#note")
    line = CommandLine(screen, begin)
    await screen.mount(line, before="#note")
    line.cursor_position = len(begin)
    line.focus()

"""Which key does what: command ids with their default keys, and the user's own `[keys]` table checked against them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        # everywhere
        "app.help": "question_mark,f1",
        "app.palette": "ctrl+p",
        "app.back": "q,escape",
        "app.quit": "ctrl+q",
        "app.stop": "ctrl+c",
        "app.suspend": "ctrl+z",
        "app.redraw": "ctrl+l",
        "app.info": "i",
        "app.sign-in": "S",
        "app.profile": "P",
        "app.zone": "T",
        "app.refresh-interval": "I",
        "jobs.refresh": "r,ctrl+r",
        "jobs.activity": "at",
        "jobs.replaced": "Z",
        # timer list
        "jobs.filter": "slash",
        "jobs.problems": "exclamation_mark",
        "jobs.fix-all": "F",
        "jobs.preview": "v",
        "jobs.unfold": "z",
        "jobs.sort-name": "N",
        "jobs.sort-next": "A",
        "jobs.sort-health": "W",
        "jobs.sort-column": "O",
        "jobs.sort-left": "less_than_sign",
        "jobs.sort-right": "greater_than_sign",
        # one timer
        "job.fix": "f",
        "job.pause-resume": "s",
        "job.run-now": "t",
        "job.new": "n",
        "job.clone": "C",
        "job.edit": "e",
        "job.rename": "R",
        "job.delete": "X",
        "job.cancel-task": "K",
        "job.copy": "c",
        "job.json": "y",
        "job.link": "o",
        "job.log": "l",
        "job.fires": "plus",
        "job.reanchor": "H",
        "job.go-back": "U",
        "job.previous": "left_square_bracket",
        "job.next": "right_square_bracket",
        "runs.more": "m",
        # the wizard
        "wizard.next": "ctrl+n",
        "wizard.create": "ctrl+s",
        "wizard.step-1": "f2",
        "wizard.step-2": "f3",
        "wizard.step-3": "f4",
        "wizard.step-4": "f5",
        "wizard.step-5": "f6",
        "wizard.step-6": "f7",
        "wizard.swap": "f8",
        "wizard.copy": "ctrl+y",
        "wizard.discard": "f9",
        # folders of a collection
        "folder.open": "right,l",
        "folder.up": "left,h,backspace",
        "folder.hidden": "full_stop",
        "folder.sort": "o",
        "folder.again": "r,ctrl+r",
        "folder.bookmark": "b",
        # items of a transfer
        "item.add": "a",
        "item.remove": "X,delete",
        "item.import": "u",
        # the log of a task
        "log.wrap": "w",
        "log.view": "tab",
        "log.search": "slash",
        "log.next-match": "n",
        "log.previous-match": "N",
        "log.times": "t",
        "log.follow": "f",
        "log.since": "s",
        "log.save": "E",
        "log.pager": "p",
        "log.editor": "e",
        # lists
        "list.down": "down,j",
        "list.up": "up,k",
        "list.page-down": "pagedown",
        "list.page-up": "pageup",
        "list.half-page-down": "ctrl+d",
        "list.half-page-up": "ctrl+u",
        "list.first": "g,home",
        "list.last": "G,end",
        "list.left": "left",
        "list.right": "right",
        "list.choose": "enter",
        "list.mark": "space",
        "list.mark-range": "ctrl+@,ctrl+space",
        "list.mark-all": "asterisk",
        "list.clear-marks": "backslash",
    }
)
"""Command id → keys, as Textual names them, several separated by commas."""

RESERVED = frozenset({"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "tab", "shift+tab"})
"""Prefix keys of screen and tmux, and control keys that ordinary terminals send as Backspace, Tab and Enter."""


PANES = frozenset({"folder", "item", "log"})
"""Nouns of commands that hold in one pane only, where they come before those of lists and of the screen."""


def read_keys(table: Mapping[str, object], origin: str) -> dict[str, str]:
    """Checks the user's `[keys]` table and gives command id → keys for all commands.

    Args:
        table: command id → key or keys separated by commas, as read from the file.
        origin: what to call the file in messages.

    Raises:
        SettingsError: an unknown command, a reserved key, or one key for two commands that are live together.
    """
    keys = dict(DEFAULT_KEYS)
    for command, value in table.items():
        if command not in keys:
            raise SettingsError(f"{origin}: [keys] {command!r} is no command; `?` in the program lists them all")
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(f'{origin}: [keys] {command}: write the key as text, e.g. "s" or "ctrl+s"')
        keys[command] = ",".join(part.strip() for part in value.split(","))
    for command in table:
        _refuse_clashes(keys, command, origin)
    return keys


def _live_together(one: str, other: str) -> bool:
    """Whether two commands can be meant by one key press: those of a pane come before those around it."""
    nouns = {one.partition(".")[0], other.partition(".")[0]}
    return len(nouns) == 1 or not nouns & PANES


def _refuse_clashes(keys: Mapping[str, str], command: str, origin: str) -> None:
    for key in keys[command].split(","):
        if key in RESERVED or key.startswith("alt+"):
            raise SettingsError(f"{origin}: [keys] {command}: {key!r} is taken by tmux, screen or the terminal itself")
        for other, theirs in keys.items():
            if other != command and key in theirs.split(",") and _live_together(command, other):
                raise SettingsError(f"{origin}: [keys] {key!r} is set for both {command} and {other}")

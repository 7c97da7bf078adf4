"""One declaration for each command: from it come key, footer, help and palette. The user's `[keys]` table is checked
against them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """Something a user can ask for.

    Attributes:
        command_id: `noun.verb`, the name in the user's `[keys]` table.
        keys: as Textual names them, several separated by commas; empty: those of the same command declared elsewhere.
        words: what the footer and the palette call it.
        help: a sentence on what it does and what it does not.
        group: heading in the help screen.
    """

    command_id: str
    keys: str
    words: str
    help: str
    group: str = "Everywhere"

    @property
    def footer(self) -> bool:
        """It is worth a place among the key hints; rarer ones are in `?` and in the palette."""
        return self.command_id in _FOOTER

    @property
    def name(self) -> str:
        """What it is called after `:`."""
        return self.command_id.partition(".")[2]

    @property
    def action(self) -> str:
        """The action's name on the screen or app: `job.pause-resume` → `job_pause_resume`."""
        return self.command_id.replace(".", "_").replace("-", "_")


def _group(group: str, *commands: tuple[str, str, str, str]) -> tuple[Command, ...]:
    return tuple(Command(*row, group) for row in commands)


def _among(commands: Iterable[Command], *ids: str) -> tuple[Command, ...]:
    return tuple(command for command in commands if command.command_id in ids)


# Tables: command, keys, words, help.
# fmt: off
_FOOTER = frozenset({
    "app.help", "app.back", "jobs.agenda", "jobs.windows", "list.mark", "job.fix", "job.pause-resume", "job.rename",
    "job.delete", "job.log", "job.copy", "job.new", "list.choose", "jobs.filter", "jobs.problems", "log.search",
    "job.fires", "job.reanchor", "agenda.earlier", "agenda.later", "agenda.now", "agenda.length", "agenda.lanes",
    "agenda.clashes", "window.open", "window.close", "fleet.apply", "fleet.apply-all", "fleet.write", "log.view",
    "log.wrap", "log.follow", "wizard.next", "wizard.create",
})
EVERYWHERE = _group(
    "Everywhere",
    ("app.help", "question_mark,f1", "Help", "Every key of this screen, with what it does."),
    ("app.command", "colon", "Command line",
     "Call a command by its name, go to a timer by id or name, to a run by task."),
    ("app.palette", "ctrl+p", "Palette", "Find a command by typing part of its name."),
    ("app.back", "q,escape", "Back", "Close this screen and go back where you were; on the first one, asks to quit."),
    ("app.sign-in", "S", "Sign in", "Sign in, or sign in again after the tokens were refused."),
    ("app.profile", "P", "Profiles", "Switch to another profile, sign out of one, or begin another."),
    ("app.zone", "T", "Time zone", "Show times in local time, or in UTC."),
    ("app.refresh-interval", "I", "Refresh interval", "Choose how often the timers are read again, or turn it off."),
    ("jobs.refresh", "r,ctrl+r", "Refresh", "Read the timers again now."),
    ("jobs.replaced", "Z", "Replaced timers", "Old timers kept, paused, after an edit: list and delete them."),
    ("jobs.agenda", "a", "Agenda", "Which runs come when, what is in whose way, and what became of past runs."),
    ("jobs.windows", "M", "Maintenance", "Maintenance windows: pause these timers, resume exactly those later."),
    ("jobs.undo", "u", "Undo", "Take the last change back; says what that does, and asks."),
    ("jobs.redo", "Y", "Redo", "Do again what was undone last; says what that does, and asks."),
    ("jobs.journal", "J", "Journal", "What was changed, by whom, before and after; and whether the file is whole."),
    ("jobs.fleet", "D", "Fleet files", "Timers as the files of a folder want them, beside the real ones."),
    ("jobs.alerts", "b", "Alerts", "Timers that turned bad, worse or well again; takes the line of them away."),
    ("jobs.changes", "w", "What changed", "What changed since you last looked, before and after."),
    ("jobs.impact", "d", "Impact", "Which timers stop with a collection, or when somebody's account ends."),
    ("jobs.report", "p", "Report", "A page for the change of shift: problems, changes, what runs next."),
    ("jobs.activity", "at", "Activity", "The requests this program made: method, path, status, time."),
    ("app.suspend", "ctrl+z", "Suspend", "Back to the shell; `fg` returns here."),
    ("app.redraw", "ctrl+l", "Redraw", "Draw the whole screen again."),
    ("app.info", "i", "This program", "What this program itself costs: processor, memory, requests, bytes."),
    ("app.quit", "ctrl+q", "Quit", "Leave the program; while changes are under way it asks first."),
    ("app.stop", "ctrl+c", "Quit at once", "Leave at once, whatever is on the screen. Nothing is changed at Globus."),
)

CHANGING = frozenset(
    {f"job.{verb}" for verb in ("fix", "pause-resume", "run-now", "skip", "new", "clone", "edit", "rename", "delete")}
    | {"job.cancel-task", "job.reanchor", "job.go-back"}
    | {"window.open", "window.close", "fleet.apply", "fleet.apply-all"}
    | {"jobs.undo", "jobs.redo", "jobs.fix-all", "jobs.replaced", "wizard.create", "folder.bookmark"}
)
"""Commands that change something at Globus, or lead to nothing else: refused where nothing may be changed."""

SHOWN_OTHERWISE = frozenset(
    {f"jobs.sort-{how}" for how in ("health", "name", "next", "column", "left", "right")}
    | {"jobs.preview", "jobs.unfold", "app.zone"}
)
"""Commands that show the same timers in another way, and nothing else: they need not wait for what is typed next."""

LIST_MOVES = _group(
    "Moving in lists",
    ("list.down", "down,j", "Down", "Next line."),
    ("list.up", "up,k", "Up", "Line before."),
    ("list.page-down", "pagedown", "Page down", "A page down."),
    ("list.page-up", "pageup", "Page up", "A page up."),
    ("list.half-page-down", "ctrl+d", "Half page down", "Half a page down."),
    ("list.half-page-up", "ctrl+u", "Half page up", "Half a page up."),
    ("list.first", "g,home", "Top", "First line."),
    ("list.last", "G,end", "Bottom", "Last line."),
    ("list.left", "left", "Left", "Scroll to the left, where lines are longer than the screen."),
    ("list.right", "right", "Right", "Scroll to the right."),
)

MARKS = _group(
    "Marking",
    ("list.mark", "space", "Mark", "Mark this timer, so that the next action is for all marked ones."),
    ("list.mark-range", "ctrl+@,ctrl+space", "Mark range", "Mark from the last mark to here."),
    ("list.mark-all", "asterisk", "Mark all", "Mark all timers that the filter shows."),
    ("list.clear-marks", "backslash", "Clear marks", "Take all marks away."),
)

ONE_JOB = _group(
    "One timer, or all marked",
    ("job.fix", "f", "Fix+resume", "Sign in and consent for what the timer lost, then resume it."),
    ("job.pause-resume", "s", "Pause/resume", "Pause, or resume; says beforehand if a run starts at once."),
    ("job.run-now", "t", "Run now", "Start at once what it does: in full, a test with a few files, or as a timer."),
    ("job.skip", "x", "Skip next run", "Leave its next run out, and only that; asks first, and undo takes it back."),
    ("job.clone", "C", "Clone", "Make another timer like it: the wizard, filled in."),
    ("job.edit", "e", "Edit", "Make a new timer that takes its place; this one is kept, paused."),
    ("job.rename", "R", "Rename", "Give the timer another name, or several by a pattern; nothing else changes."),
    ("job.delete", "X", "Delete", "Delete the timer for good; asks for its name, and pauses it first."),
    ("job.cancel-task", "K", "Cancel task", "Cancel the transfer task of the run in progress."),
    ("job.log", "l", "Log", "The log of the last run's transfer task."),
    ("job.json", "y", "JSON", "The timer as the service describes it."),
    ("job.copy", "c", "Copy", "Copy its id, name, paths, link, row, JSON, or a command that reads it."),
    ("job.note", "comma", "Note, tags",
     "Write a note beside the timer; #words in it are tags, by which tag: finds it."),
    ("job.limit", "L", "Limits", "How old its last good copy may get; how many files fewer at its source alarm."),
    ("job.known", "full_stop", "Known", "You know of its trouble: no alert until it gets worse, or until a time."),
    ("job.to-file", "E", "Fleet file", "Write the timer into the folder of fleet files, as it is."),
    ("job.link", "o", "Web link", "Show the link to it in the Globus web app."),
)

NEW_JOB = _group(
    "Timer list",
    ("job.new", "n", "New", "Make a timer, or start a transfer; goes on with a draft that was left."),
)

JOB_LIST = (
    *_group("Timer list", ("list.choose", "enter", "Open", "Open the timer: schedule, runs, tasks, reasons.")),
    *ONE_JOB,
    *NEW_JOB,
    *MARKS,
    *_group(
        "Timer list",
        ("jobs.filter", "slash", "Filter", "Show only timers that match what you type, as you type."),
        ("jobs.problems", "exclamation_mark", "Problems", "Show only timers that need a person; again for all."),
        ("jobs.fix-all", "F", "Fix all", "One sign-in for every timer that lost a consent, by cause; leave out any."),
        ("jobs.preview", "v", "Preview", "Show or hide what is known of the timer under the cursor."),
        ("jobs.unfold", "z", "Unfold", "Show timers that are one line, as 5x, one by one; again puts them together."),
        ("jobs.facets", "percent_sign", "Facets",
         "What the timers shown have in common, with counts; choosing one filters by it."),
        ("jobs.everybody", "0", "All profiles", "Timers of all profiles in one list, each read by itself."),
        ("jobs.pin", "B", "Pin", "Keep the timer on top of the list, also after a restart; again lets it go."),
        ("jobs.save-view", "equals_sign", "Save view", "Keep filter, columns and order under a number from 1 to 9."),
        *(
            (f"jobs.view-{number}", str(number), f"View {number}", "The view saved under this number.")
            for number in range(1, 10)
        ),
        ("jobs.sort-health", "W", "Sort by health", "Worst first; again turns it round."),
        ("jobs.sort-name", "N", "Sort by name", "By name; again turns it round."),
        ("jobs.sort-next", "A", "Sort by next run", "What runs next first; again turns it round."),
        ("jobs.sort-column", "O", "Turn sorting round", "Reverse the order of the present sort column."),
        ("jobs.sort-left", "less_than_sign", "Sort column left", "Sort by the column to the left of the present one."),
        ("jobs.sort-right", "greater_than_sign", "Sort column right",
         "Sort by the column to the right of the present one."),
    ),
    *LIST_MOVES,
)

SEARCH = _group(
    "Text and log",
    ("log.search", "slash", "Search", "Find lines that have what you type, as you type; Escape gives the search up."),
    ("log.next-match", "n", "Next match", "The next line that has what was searched for."),
    ("log.previous-match", "N", "Match before", "The line before that has what was searched for."),
)

JOB_DETAIL = (
    *_group("Timer", ("list.choose", "", "Run's task", "Open the run under the cursor: task, events, skipped files.")),
    *ONE_JOB,
    *_group(
        "Timer",
        ("job.fires", "plus", "More fire times", "The next ten fire times, in local time and UTC."),
        ("job.go-back", "U", "Undo edit", "Put the timer that this one replaced back in its place; asks first."),
        ("runs.more", "m", "Older runs", "Read the next page of older runs."),
        ("runs.plot", "V", "Plot", "How long its runs took, what they moved, and faults, with median and spread."),
        ("job.previous", "left_square_bracket", "Timer before", "The timer before this one in the list."),
        ("job.next", "right_square_bracket", "Next timer", "The next timer of the list."),
    ),
    *SEARCH, *LIST_MOVES,
)

FIRES = (
    *_group(
        "Timer",
        ("job.reanchor", "H", "Keep its hour", "A timer in its place whose hour is kept when the clocks change."),
    ),
    *SEARCH, *LIST_MOVES,
)

TEXT = (
    *SEARCH,
    *_group(
        "Text and log",
        ("log.save", "E", "Save", "Write what was read to a file that only you can read; asks where."),
        ("log.pager", "p", "Pager", "Show it in $PAGER, or less; back here when that ends."),
        ("log.editor", "e", "Editor", "Open a copy in $VISUAL or $EDITOR, or vi; what is changed there is not kept."),
    ),
)

AGENDA = (
    *_group(
        "Agenda",
        ("list.choose", "", "Open", "Open the timer of the lane; of a collection's lane, show its timers' lanes."),
        ("agenda.earlier", "left,h", "Hour back", "An hour back, of a week six; what is past shows what became of it."),
        ("agenda.later", "right,l", "Hour on", "An hour on; of a week, six hours."),
        ("agenda.day-earlier", "left_square_bracket,H", "Day back", "A day back."),
        ("agenda.day-later", "right_square_bracket,L", "Day on", "A day on."),
        ("agenda.now", "n", "Now", "Back to the present."),
        ("agenda.length", "d", "Day/week", "24 hours, or seven days."),
        ("agenda.lanes", "c", "By collection", "A lane for each collection, with all that reads or writes there."),
        ("agenda.clashes", "x", "In the way", "All runs that will be in each other's way, and the clock changes."),
    ),
    *LIST_MOVES,
)

WINDOWS = (
    *_group(
        "Maintenance windows",
        ("list.choose", "", "Timers", "The timers of the window, and what closing it does with each."),
        ("window.open", "n", "New window", "Pause the timers that M was pressed on, now or at a time; asks first."),
        ("window.close", "X", "Close window", "Resume exactly the timers that it paused; says which runs start."),
    ),
    *LIST_MOVES,
)

FLEET = (
    *_group(
        "Fleet files",
        ("list.choose", "", "Differences", "All that differs, and what the checks find."),
        ("fleet.apply", "x", "Apply", "Make this timer as its file says; shows what is done, and asks first."),
        ("fleet.apply-all", "X", "Apply all", "The same for all of them."),
        ("fleet.write", "w", "Write to file", "Write a timer that is in no file into the folder."),
    ),
    *LIST_MOVES,
)

RUN_DETAIL = (
    *_group(
        "Run",
        ("log.view", "tab", "Log/skipped/moved", "The task's log, the files it skipped over, or the files it moved."),
        ("jobs.problems", "", "Errors only", "Only those events of the log that are errors; again for all."),
        ("log.wrap", "w", "Wrap", "Break long lines, or cut them."),
        ("log.times", "t", "Times", "Date and time, how long ago, or no times at all."),
        ("log.follow", "f", "Follow", "Stay on the newest line while the task goes on; again to stop."),
        ("log.since", "s", "Since", "Only the last minutes, hours or days of the log; asks how many."),
        ("runs.more", "", "Older", "Read the next page of what is shown."),
        ("job.previous", "", "Later run", "The run after this one."),
        ("job.next", "", "Run before", "The run before this one."),
    ),
    *TEXT,
    *_among(ONE_JOB, "job.fix", "job.cancel-task", "job.json", "job.copy"),
    *LIST_MOVES,
)

FOLDER = _group(
    "Folders of a collection",
    ("folder.open", "right,l", "Open", "Open the folder under the cursor."),
    ("folder.up", "left,h,backspace", "Up", "The folder above."),
    ("folder.hidden", "full_stop", "Hidden", "Show or hide names that begin with a dot."),
    ("folder.sort", "o", "Sort", "By name, by size, newest first."),
    ("folder.again", "r,ctrl+r", "Read again", "Read the folder anew."),
    ("folder.bookmark", "b", "Bookmark", "Give the folder a name, by which it is found again."),
)

ITEMS = _group(
    "Items of a transfer",
    ("item.add", "a", "Add", "Add an item: a source path and a destination path."),
    ("item.remove", "X,delete", "Remove", "Take the marked items, or the one under the cursor, out of the list."),
    ("item.import", "u", "Import", "Read items in the batch format of the official CLI, from a file or pasted."),
)

TASK = (*_among(ONE_JOB, "job.cancel-task", "job.copy"), *SEARCH, *LIST_MOVES)
LINES = (*SEARCH, *LIST_MOVES)
"""Of a page of lines to read."""

WIZARD = _group(
    "Wizard",
    ("wizard.next", "ctrl+n", "Next step", "The next step; steps can be filled in in any order."),
    ("wizard.create", "ctrl+s", "Create", "Create it; from any step but the last one, look everything through first."),
    *(
        (f"wizard.step-{number}", f"f{number + 1}", f"Step {number}", f"The {place} step.")
        for number, place in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)
    ),
    ("wizard.swap", "f8", "Swap", "Exchange source and destination, with their paths."),
    ("wizard.copy", "ctrl+y", "Copy", "Copy the request, the same as a globus command, or a file; on the last step."),
    ("wizard.discard", "f9", "Discard", "Give the draft up; asks first. Escape leaves and keeps it."),
)

PROFILES = (
    *_group(
        "Profiles",
        ("list.choose", "", "Switch", "Open the profile under the cursor in place of the present one."),
        ("job.new", "", "New profile", "Give a name and sign in under it."),
        ("job.delete", "", "Sign out", "Revoke this profile's tokens at Globus and forget them here."),
    ),
    *LIST_MOVES,
)

ALIASES = {
    "pause": "job.pause-resume", "resume": "job.pause-resume", "run": "job.run-now", "open": "list.choose",
    "runs": "list.choose", "q": "app.quit", "profiles": "app.profile",
}
"""Other names after `:`, as the shell's commands are called."""

FACETS = (*_group("Facets", ("list.choose", "", "Narrow", "Add this to the filter of the list.")), *LINES)
IMPACT = (*_group("Impact", ("list.choose", "", "Open", "The timers that stop with it; of a timer its page.")), *LINES)

EVERYBODY = (
    *_group("All profiles",
            ("list.choose", "", "Open", "Open the timer, in its own profile; asks before it goes over.")),
    *(command for command in JOB_LIST
      if command.command_id in ("jobs.filter", "jobs.problems") or command.name.startswith("sort-")),
    *LIST_MOVES,
)
_ALL = (
    *EVERYWHERE, *LIST_MOVES, *MARKS, *JOB_LIST, *SEARCH, *JOB_DETAIL, *FIRES, *TEXT, *AGENDA, *WINDOWS, *FLEET,
    *RUN_DETAIL, *FOLDER, *ITEMS, *WIZARD,
)
# fmt: on


DEFAULT_KEYS: Mapping[str, str] = MappingProxyType({each.command_id: each.keys for each in _ALL if each.keys})
"""Command id → keys."""


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Textual bindings with the default keys; the user's own are laid over them by id."""
    from textual.binding import Binding

    return [
        Binding(
            DEFAULT_KEYS[command.command_id],
            command.action,
            command.words,
            show=command.footer,
            tooltip=command.help,
            id=command.command_id,
            priority=command.command_id in _WHATEVER_IS_SHOWN,
        )
        for command in commands
    ]


_WHATEVER_IS_SHOWN = ("app.quit", "app.stop")
"""Commands whose keys no question and no field takes for itself."""


_KEY_NAMES = {
    "question_mark": "?", "full_stop": ".", "slash": "/", "exclamation_mark": "!", "asterisk": "*", "backslash": "\\",
    "plus": "+", "colon": ":", "percent_sign": "%", "equals_sign": "=", "at": "@", "left_square_bracket": "[",
    "right_square_bracket": "]", "less_than_sign": "<", "greater_than_sign": ">", "escape": "esc", "pagedown": "pgdn",
    "pageup": "pgup", "ctrl+@": "ctrl+space",
}  # fmt: skip


def named_key(key: str) -> str:
    """A key as a user would say it, from Textual's name for it."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    from textual.keys import key_to_character

    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else key


def key_words(keys: Mapping[str, str], command_id: str, *, all_keys: bool = False) -> str:
    """The key of a command as a user would say it; the first one, or all of them."""
    named = list(dict.fromkeys(map(named_key, keys[command_id].split(","))))
    return " ".join(named) if all_keys else named[0]


RESERVED = frozenset({"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "tab", "shift+tab"})
"""Prefix keys of screen and tmux, and control keys that ordinary terminals send as Backspace, Tab and Enter."""


PANES = frozenset({"agenda", "fleet", "folder", "item", "log", "window"})
"""Nouns of commands that hold in one pane only, where they come before those of lists and of the screen."""


def read_keys(table: Mapping[str, object]) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Checks the user's `[keys]` table; what is wrong in it costs no more than itself.

    Args:
        table: command id → key or keys separated by commas, as read from the file.

    Returns:
        Command id → keys for all commands, and what is wrong, each with its command id: an unknown command, a reserved
        key, or one key for two commands that are live together.
    """
    from difflib import get_close_matches

    keys: dict[str, str] = dict(DEFAULT_KEYS)
    faults: list[tuple[str, str]] = []
    for command, value in table.items():
        if command not in keys:
            near = [name for name in keys if name.startswith(command)] or get_close_matches(command, keys, 1)
            rather = f"did you mean {near[0]}?" if near else "`?` in the program lists them all"
            faults.append((command, f"[keys] {command!r} is no command; {rather}"))
        elif not isinstance(value, str) or not value.strip():
            faults.append((command, f'[keys] {command}: write the key as text, e.g. "s" or "ctrl+s"'))
        else:
            named = [_named(part.strip()) for part in value.split(",")]
            if wrong := next((words for _, words in named if words), None):
                faults.append((command, f"[keys] {command}: {wrong}"))
            else:
                keys[command] = ",".join(name for name, _ in named)
    chosen = {command for command in table if command in keys}
    while clashes := [(key, words) for key in sorted(chosen) if (words := _clash(keys, key))]:
        for command, words in clashes:
            if command in chosen and _clash(keys, command):
                chosen.discard(command)
                keys[command] = DEFAULT_KEYS[command]
                faults.append((command, words))
    return keys, tuple(faults)


_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_OTHER_WORDS = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "spacebar": "space", "bs": "backspace",
    "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown", "control": "ctrl", "ctl": "ctrl", "c": "ctrl",
    "m": "alt", "option": "alt", "s": "shift",
}  # fmt: skip


def _named(written: str) -> tuple[str, str]:
    """A key as Textual names it, and what is wrong with a name that no key has."""
    from difflib import get_close_matches

    from textual.keys import _character_to_key

    if len(written) == 1:
        return _character_to_key(written), ""
    if _is_key(written):
        return written, ""
    if not written:
        return "", "a key is missing beside a comma; for the key itself write comma"
    *mods, base = re.sub(r"^\^(?=.$)", "ctrl+", written.strip("<>")).replace("-", "+").replace(" ", "").split("+")
    plain = re.sub(r"_(?=up$|down$)", "", base) if len(base) > 1 else base
    words = [_OTHER_WORDS.get(mod.lower(), mod.lower()) for mod in mods]
    plain = _OTHER_WORDS.get(plain.lower(), plain.lower()) if len(plain) > 1 else plain
    if words == ["shift"] and len(plain) == 1:
        words, plain = [], plain.upper()
    elif words and len(plain) == 1:
        plain = _character_to_key(plain.lower())
    near = "+".join([*words, plain])
    if not _is_key(near):
        near = next(iter(get_close_matches(near, [key for key in _plain_keys() if "<" not in key], 1)), "")
    return "", f"{written!r} is no key" + (f"; did you mean {near}?" if near else '; write e.g. "s", "f5" or "ctrl+s"')


def _plain_keys() -> frozenset[str]:
    """Every key of an American keyboard, as Textual names it."""
    from textual.keys import Keys, _character_to_key

    return frozenset(key.value for key in Keys) | {_character_to_key(chr(at)) for at in range(32, 127)}


def _is_key(name: str) -> bool:
    from textual.keys import _character_to_key, key_to_character

    *modifiers, base = name.split("+")
    character = key_to_character(base)
    exists = base in _plain_keys() or (character is not None and _character_to_key(character) == base)
    letter = len(base) == 1 and bool(modifiers) and (base != base.lower() or modifiers == ["shift"])
    return name in _plain_keys() or (exists and _MODIFIERS.issuperset(modifiers) and not letter)


def _live_together(one: str, other: str) -> bool:
    """Whether two commands can be meant by one key press: those of a pane come before those around it."""
    nouns = {one.partition(".")[0], other.partition(".")[0]}
    return len(nouns) == 1 or not nouns & PANES


def _clash(keys: Mapping[str, str], command: str) -> str | None:
    for key in keys[command].split(","):
        if keys[command] != DEFAULT_KEYS[command] and (key in RESERVED or key.startswith("alt+")):
            return f"[keys] {command}: {key!r} is taken by tmux, screen or the terminal itself"
        for other, theirs in keys.items():
            if other != command and key in theirs.split(",") and _live_together(command, other):
                return f"[keys] {key!r} is set for both {command} and {other}"
    return None

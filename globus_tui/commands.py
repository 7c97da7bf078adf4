"""One declaration for each command: from it come the key, the footer, the help screen and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import key_to_character

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.keymap import DEFAULT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Command:
    """Something a user can ask for.

    Attributes:
        command_id: `noun.verb`, the name in the user's `[keys]` table.
        words: what the footer and the palette call it.
        help: a sentence on what it does and what it does not.
        group: heading in the help screen.
        footer: it is worth a place among the key hints; rarer ones are in `?` and in the palette.
    """

    command_id: str
    words: str
    help: str
    group: str = "Everywhere"
    footer: bool = False

    @property
    def name(self) -> str:
        """What it is called after `:`."""
        return self.command_id.partition(".")[2]

    @property
    def action(self) -> str:
        """The action's name on the screen or app: `job.pause-resume` → `job_pause_resume`."""
        return self.command_id.replace(".", "_").replace("-", "_")


def _group(group: str, *commands: tuple[str, str, str, bool]) -> tuple[Command, ...]:
    return tuple(Command(name, words, text, group, footer) for name, words, text, footer in commands)


EVERYWHERE = _group(
    "Everywhere",
    ("app.help", "Help", "Every key of this screen, with what it does.", True),
    (
        "app.command",
        "Command line",
        "Call a command by its name, go to a timer by id or name, to a run by task.",
        False,
    ),
    ("app.palette", "Palette", "Find a command by typing part of its name.", False),
    ("app.back", "Back", "Close this screen and go back where you were; on the first one, asks to quit.", True),
    ("app.sign-in", "Sign in", "Sign in, or sign in again after the tokens were refused.", False),
    ("app.profile", "Profiles", "Switch to another profile, sign out of one, or begin another.", False),
    ("app.zone", "Time zone", "Show times in local time, or in UTC.", False),
    ("app.refresh-interval", "Refresh interval", "Choose how often the timers are read again, or turn it off.", False),
    ("jobs.refresh", "Refresh", "Read the timers again now.", False),
    ("jobs.replaced", "Replaced timers", "Old timers kept, paused, after an edit: list and delete them.", False),
    ("jobs.agenda", "Agenda", "Which runs come when, what is in whose way, and what became of past runs.", True),
    ("jobs.windows", "Maintenance", "Maintenance windows: pause these timers, resume exactly those later.", True),
    ("jobs.undo", "Undo", "Take the last change back; says what that does, and asks.", False),
    ("jobs.redo", "Redo", "Do again what was undone last; says what that does, and asks.", False),
    (
        "jobs.journal",
        "Journal",
        "What was changed, by whom, before and after; and whether the file is whole.",
        False,
    ),
    ("jobs.fleet", "Fleet files", "Timers as the files of a folder want them, beside the real ones.", False),
    (
        "jobs.alerts",
        "Alerts",
        "Timers that turned bad, worse or well again; takes the line of them away.",
        False,
    ),
    ("jobs.changes", "What changed", "What changed since you last looked, before and after.", False),
    ("jobs.impact", "Impact", "Which timers stop with a collection, or when somebody's account ends.", False),
    ("jobs.report", "Report", "A page for the change of shift: problems, changes, what runs next.", False),
    ("jobs.activity", "Activity", "The requests this program made: method, path, status, time.", False),
    ("app.suspend", "Suspend", "Back to the shell; `fg` returns here.", False),
    ("app.redraw", "Redraw", "Draw the whole screen again.", False),
    ("app.info", "This program", "What this program itself costs: processor, memory, requests, bytes.", False),
    ("app.quit", "Quit", "Leave the program. Nothing is changed at Globus.", False),
    ("app.stop", "Quit at once", "Leave at once, whatever is on the screen. Nothing is changed at Globus.", False),
)

CHANGING = frozenset(
    {f"job.{verb}" for verb in ("fix", "pause-resume", "run-now", "skip", "new", "clone", "edit", "rename", "delete")}
    | {"job.cancel-task", "job.reanchor", "job.go-back"}
    | {"window.open", "window.close", "fleet.apply", "fleet.apply-all"}
    | {"jobs.undo", "jobs.redo", "jobs.fix-all", "jobs.replaced", "wizard.create", "folder.bookmark"}
)
"""Commands that change something at Globus, or lead to nothing else: refused where nothing may be changed."""

LIST_MOVES = _group(
    "Moving in lists",
    ("list.down", "Down", "Next line.", False),
    ("list.up", "Up", "Line before.", False),
    ("list.page-down", "Page down", "A page down.", False),
    ("list.page-up", "Page up", "A page up.", False),
    ("list.half-page-down", "Half page down", "Half a page down.", False),
    ("list.half-page-up", "Half page up", "Half a page up.", False),
    ("list.first", "Top", "First line.", False),
    ("list.last", "Bottom", "Last line.", False),
    ("list.left", "Left", "Scroll to the left, where lines are longer than the screen.", False),
    ("list.right", "Right", "Scroll to the right.", False),
)

MARKS = _group(
    "Marking",
    ("list.mark", "Mark", "Mark this timer, so that the next action is for all marked ones.", True),
    ("list.mark-range", "Mark range", "Mark from the last mark to here.", False),
    ("list.mark-all", "Mark all", "Mark all timers that the filter shows.", False),
    ("list.clear-marks", "Clear marks", "Take all marks away.", False),
)

ONE_JOB = _group(
    "One timer, or all marked",
    ("job.fix", "Fix+resume", "Sign in and consent for what the timer lost, then resume it.", True),
    ("job.pause-resume", "Pause/resume", "Pause, or resume; says beforehand if a run starts at once.", True),
    ("job.run-now", "Run now", "Start at once what it does: in full, a test with a few files, or as a timer.", False),
    ("job.skip", "Skip next run", "Leave its next run out, and only that; asks first, and undo takes it back.", False),
    ("job.clone", "Clone", "Make another timer like it: the wizard, filled in.", False),
    ("job.edit", "Edit", "Make a new timer that takes its place; this one is kept, paused.", False),
    ("job.rename", "Rename", "Give the timer another name, or several by a pattern; nothing else changes.", True),
    ("job.delete", "Delete", "Delete the timer for good; asks for its name, and pauses it first.", True),
    ("job.cancel-task", "Cancel task", "Cancel the transfer task of the run in progress.", False),
    ("job.log", "Log", "The log of the last run's transfer task.", True),
    ("job.json", "JSON", "The timer as the service describes it.", False),
    ("job.copy", "Copy", "Copy its id, name, paths, link, row, JSON, or a command that reads it.", True),
    ("job.note", "Note, tags", "Write a note beside the timer; #words in it are tags, by which tag: finds it.", False),
    ("job.limit", "Limits", "How old its last good copy may get; how many files fewer at its source alarm.", False),
    ("job.known", "Known", "You know of its trouble: no alert until it gets worse, or until a time.", False),
    ("job.to-file", "Fleet file", "Write the timer into the folder of fleet files, as it is.", False),
    ("job.link", "Web link", "Show the link to it in the Globus web app.", False),
)

NEW_JOB = _group(
    "Timer list",
    ("job.new", "New", "Make a timer, or start a transfer; goes on with a draft that was left.", True),
)

JOB_LIST = (
    *_group("Timer list", ("list.choose", "Open", "Open the timer: schedule, runs, tasks, reasons.", True)),
    *ONE_JOB,
    *NEW_JOB,
    *MARKS,
    *_group(
        "Timer list",
        ("jobs.filter", "Filter", "Show only timers that match what you type, as you type.", True),
        ("jobs.problems", "Problems", "Show only timers that need a person; again for all.", True),
        ("jobs.fix-all", "Fix all", "One sign-in for every timer that lost a consent, by cause; leave out any.", False),
        ("jobs.preview", "Preview", "Show or hide what is known of the timer under the cursor.", False),
        ("jobs.unfold", "Unfold", "Show timers that are one line, as 5x, one by one; again puts them together.", False),
        (
            "jobs.facets",
            "Facets",
            "What the timers shown have in common, with counts; choosing one filters by it.",
            False,
        ),
        ("jobs.everybody", "All profiles", "Timers of all profiles in one list, each read by itself.", False),
        ("jobs.pin", "Pin", "Keep the timer on top of the list, also after a restart; again lets it go.", False),
        ("jobs.save-view", "Save view", "Keep filter, columns and order under a number from 1 to 9.", False),
        *(
            (f"jobs.view-{number}", f"View {number}", "The view saved under this number.", False)
            for number in range(1, 10)
        ),
        ("jobs.sort-health", "Sort by health", "Worst first; again turns it round.", False),
        ("jobs.sort-name", "Sort by name", "By name; again turns it round.", False),
        ("jobs.sort-next", "Sort by next run", "What runs next first; again turns it round.", False),
        ("jobs.sort-column", "Turn sorting round", "Reverse the order of the present sort column.", False),
        ("jobs.sort-left", "Sort column left", "Sort by the column to the left of the present one.", False),
        ("jobs.sort-right", "Sort column right", "Sort by the column to the right of the present one.", False),
    ),
    *LIST_MOVES,
)

SEARCH = _group(
    "Text and log",
    ("log.search", "Search", "Find lines that have what you type, as you type; Escape gives the search up.", True),
    ("log.next-match", "Next match", "The next line that has what was searched for.", False),
    ("log.previous-match", "Match before", "The line before that has what was searched for.", False),
)

JOB_DETAIL = (
    *_group(
        "Timer", ("list.choose", "Run's task", "Open the run under the cursor: task, events, skipped files.", True)
    ),
    *ONE_JOB,
    *_group(
        "Timer",
        ("job.fires", "More fire times", "The next ten fire times, in local time and UTC.", True),
        ("job.go-back", "Undo edit", "Put the timer that this one replaced back in its place; asks first.", False),
        ("runs.more", "Older runs", "Read the next page of older runs.", False),
        ("runs.plot", "Plot", "How long its runs took, what they moved, and faults, with median and spread.", False),
        ("job.previous", "Timer before", "The timer before this one in the list.", False),
        ("job.next", "Next timer", "The next timer of the list.", False),
    ),
    *SEARCH,
    *LIST_MOVES,
)

FIRES = (
    *_group(
        "Timer",
        ("job.reanchor", "Keep its hour", "A timer in its place whose hour is kept when the clocks change.", True),
    ),
    *SEARCH,
    *LIST_MOVES,
)

TEXT = (
    *SEARCH,
    *_group(
        "Text and log",
        ("log.save", "Save", "Write what was read to a file that only you can read; asks where.", False),
        ("log.pager", "Pager", "Show it in $PAGER, or less; back here when that ends.", False),
        ("log.editor", "Editor", "Open a copy in $VISUAL or $EDITOR, or vi; what is changed there is not kept.", False),
    ),
)

AGENDA = (
    *_group(
        "Agenda",
        ("list.choose", "Open", "Open the timer of the lane; of a collection's lane, show its timers' lanes.", True),
        ("agenda.earlier", "Hour back", "An hour back, of a week six; what is past shows what became of it.", True),
        ("agenda.later", "Hour on", "An hour on; of a week, six hours.", True),
        ("agenda.day-earlier", "Day back", "A day back.", False),
        ("agenda.day-later", "Day on", "A day on.", False),
        ("agenda.now", "Now", "Back to the present.", True),
        ("agenda.length", "Day/week", "24 hours, or seven days.", True),
        ("agenda.lanes", "By collection", "A lane for each collection, with all that reads or writes there.", True),
        ("agenda.clashes", "In the way", "All runs that will be in each other's way, and the clock changes.", True),
    ),
    *LIST_MOVES,
)

WINDOWS = (
    *_group(
        "Maintenance windows",
        ("list.choose", "Timers", "The timers of the window, and what closing it does with each.", True),
        ("window.open", "New window", "Pause the timers that M was pressed on, now or at a time; asks first.", True),
        ("window.close", "Close window", "Resume exactly the timers that it paused; says which runs start.", True),
    ),
    *LIST_MOVES,
)

FLEET = (
    *_group(
        "Fleet files",
        ("list.choose", "Differences", "All that differs, and what the checks find.", True),
        ("fleet.apply", "Apply", "Make this timer as its file says; shows what is done, and asks first.", True),
        ("fleet.apply-all", "Apply all", "The same for all of them.", True),
        ("fleet.write", "Write to file", "Write a timer that is in no file into the folder.", True),
    ),
    *LIST_MOVES,
)

RUN_DETAIL = (
    *_group(
        "Run",
        ("log.view", "Log/skipped/moved", "The task's log, the files it skipped over, or the files it moved.", True),
        ("jobs.problems", "Errors only", "Only those events of the log that are errors; again for all.", True),
        ("log.wrap", "Wrap", "Break long lines, or cut them.", True),
        ("log.times", "Times", "Date and time, how long ago, or no times at all.", False),
        ("log.follow", "Follow", "Stay on the newest line while the task goes on; again to stop.", True),
        ("log.since", "Since", "Only the last minutes, hours or days of the log; asks how many.", False),
        ("runs.more", "Older", "Read the next page of what is shown.", False),
        ("job.previous", "Later run", "The run after this one.", False),
        ("job.next", "Run before", "The run before this one.", False),
    ),
    *TEXT,
    *(one for one in ONE_JOB if one.command_id in ("job.fix", "job.cancel-task", "job.json", "job.copy")),
    *LIST_MOVES,
)

FOLDER = _group(
    "Folders of a collection",
    ("folder.open", "Open", "Open the folder under the cursor.", False),
    ("folder.up", "Up", "The folder above.", False),
    ("folder.hidden", "Hidden", "Show or hide names that begin with a dot.", False),
    ("folder.sort", "Sort", "By name, by size, newest first.", False),
    ("folder.again", "Read again", "Read the folder anew.", False),
    ("folder.bookmark", "Bookmark", "Give the folder a name, by which it is found again.", False),
)

ITEMS = _group(
    "Items of a transfer",
    ("item.add", "Add", "Add an item: a source path and a destination path.", False),
    ("item.remove", "Remove", "Take the marked items, or the one under the cursor, out of the list.", False),
    ("item.import", "Import", "Read items in the batch format of the official CLI, from a file or pasted.", False),
)

TASK = (
    *(one for one in ONE_JOB if one.command_id in ("job.cancel-task", "job.copy")),
    *SEARCH,
    *LIST_MOVES,
)

WIZARD = _group(
    "Wizard",
    ("wizard.next", "Next step", "The next step; steps can be filled in in any order.", True),
    ("wizard.create", "Create", "Create it; from any step but the last one, look everything through first.", True),
    *(
        (f"wizard.step-{number}", f"Step {number}", f"The {place} step.", False)
        for number, place in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)
    ),
    ("wizard.swap", "Swap", "Exchange source and destination, with their paths.", False),
    ("wizard.copy", "Copy", "Copy the request, the same as a globus command, or a file; on the last step.", False),
    ("wizard.discard", "Discard", "Give the draft up; asks first. Escape leaves and keeps it.", False),
)

PROFILES = (
    *_group(
        "Profiles",
        ("list.choose", "Switch", "Open the profile under the cursor in place of the present one.", True),
        ("job.new", "New profile", "Give a name and sign in under it.", True),
        ("job.delete", "Sign out", "Revoke this profile's tokens at Globus and forget them here.", True),
    ),
    *LIST_MOVES,
)


ALIASES = {
    "pause": "job.pause-resume",
    "resume": "job.pause-resume",
    "run": "job.run-now",
    "open": "list.choose",
    "runs": "list.choose",
    "q": "app.quit",
    "profiles": "app.profile",
}
"""Other names after `:`, as the shell's commands are called."""


FACETS = (
    *_group("Facets", ("list.choose", "Narrow", "Add this to the filter of the list.", True)),
    *SEARCH,
    *LIST_MOVES,
)

IMPACT = (
    *_group("Impact", ("list.choose", "Open", "The timers that stop with it; of a timer its page.", True)),
    *SEARCH,
    *LIST_MOVES,
)

EVERYBODY = (
    *_group(
        "All profiles", ("list.choose", "Open", "Open the timer, in its own profile; asks before it goes over.", True)
    ),
    *(one for one in JOB_LIST if one.command_id in ("jobs.filter", "jobs.problems") or one.name.startswith("sort-")),
    *LIST_MOVES,
)


def bindings(commands: Iterable[Command]) -> list[Binding]:
    """Textual bindings with the default keys; the user's own are laid over them by id."""
    return [
        Binding(
            DEFAULT_KEYS[one.command_id],
            one.action,
            one.words,
            show=one.footer,
            tooltip=one.help,
            id=one.command_id,
            priority=one.command_id in _WHATEVER_IS_SHOWN,
        )
        for one in commands
    ]


_WHATEVER_IS_SHOWN = ("app.quit", "app.stop")
"""Commands whose keys no question and no field takes for itself."""


_KEY_NAMES = {
    "question_mark": "?",
    "full_stop": ".",
    "slash": "/",
    "exclamation_mark": "!",
    "asterisk": "*",
    "backslash": "\\",
    "plus": "+",
    "colon": ":",
    "percent_sign": "%",
    "equals_sign": "=",
    "at": "@",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "ctrl+@": "ctrl+space",
}


def named_key(key: str) -> str:
    """A key as a user would say it, from Textual's name for it."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else key


def key_words(keys: Mapping[str, str], command_id: str, *, all_keys: bool = False) -> str:
    """The key of a command as a user would say it; the first one, or all of them."""
    named = list(dict.fromkeys(map(named_key, keys[command_id].split(","))))
    return " ".join(named) if all_keys else named[0]

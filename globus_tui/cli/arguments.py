"""Options and sub-commands. Imports nothing heavy: the commands behind them are imported when called."""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from globus_tui import __version__
from globus_tui.cli import MISUSE_OF, MISUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads the command line; `command` of the result is what to call with it, `name` what it is called.

    Bad options end the program with one line of reason on standard error and exit code 2.
    """
    # What is shown here is one line of `--version`; argparse would look how wide the terminal is.
    options, rest = _console_parser(add_help=False, formatter_class=_formatter(80)).parse_known_args(arguments)
    # Half the time of reading options goes into describing commands, of which the console needs none.
    if not rest:
        return options
    known, unknown = (parser := whole_parser(arguments[0])).parse_known_args(arguments)

    def refuse(words: str) -> None:  # by the command's name: its exit codes have meanings of their own
        _Parser(prog=f"{parser.prog} {known.name if known.name != 'console' else ''}".strip()).error(words)

    if unknown:
        refuse(f"unrecognized arguments: {' '.join(unknown)}")
    for name, value in vars(known).items():
        words = value if isinstance(value, list | tuple) else [value]
        if name == "from_file":  # files may be called so
            continue
        if any(isinstance(word, str) and _UNREADABLE.search(word) for word in words):
            refuse(f"{name.replace('_', ' ')}: some bytes of it are no text in this locale")
    if known.demo and known.name in _OF_THE_ACCOUNT:
        whole_parser(known.name).error(f"argument --demo: nobody signs in there, so {known.name} is not for it")
    return known


_UNREADABLE = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no text: Globus would be sent half a character."""
_OF_THE_ACCOUNT = ("login", "logout", "whoami", "doctor")


def _path(text: str) -> Path:
    from pathlib import Path  # a tenth of `--help`, which needs none

    return Path(text)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `--help` away, and below it the `page` of a module, if named."""

    def __init__(self, *arguments: Any, page: str = "", **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._page = page

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        return super().parse_known_args(self._options_first(self._without_dashes(args)), namespace)

    def _options_first(self, words: Any) -> Any:
        """Options may stand between the words of a filter, which argparse takes to be over at the first of them."""
        if words is None or not any(action.nargs in ("*", "+") for action in self._actions):
            return words
        options: list[str] = []
        rest: list[str] = []
        waiting = list(words)
        while waiting and waiting[0] != "--":
            word = waiting.pop(0)
            if word.startswith("--") or word == "-h":
                options.append(word)
                if waiting and self._wants_value(word):
                    options.append(waiting.pop(0))
            else:
                rest.append(word)
        return options + rest + waiting

    def _wants_value(self, word: str) -> bool:
        """Whether the word behind an option, which may be shortened, is its value."""
        if not word.startswith("--"):
            return False
        known = {flag: action.nargs != 0 for action in self._actions for flag in action.option_strings}
        begun = [wants for flag, wants in known.items() if flag.startswith(word)]
        return known[word] if word in known else any(begun)

    def _without_dashes(self, words: Any) -> Any:
        """`-word` of a filter as `!word`: no command has options of one dash but -h, and argparse takes it for one.

        What an option wants as its value is left alone.
        """
        if words is None or not any("FILTER" in str(action.metavar) for action in self._actions):
            return words
        return [
            f"!{word[1:]}" if re.match(r"-[^-\W\d]{2}|-[\"/~]", word) and not self._wants_value(before) else word
            for before, word in zip(("", *words), words, strict=False)
        ]

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout and file is not None:
            file.write(message)  # argparse says nothing of a full disk
        else:
            super()._print_message(message, file)

    def format_help(self) -> str:
        page = f"\n{import_module(self._page).phrases_page()}\n" if self._page else ""
        return super().format_help() + page

    def error(self, message: str) -> Any:
        command = self.prog.rpartition(" ")[2]
        if command == "check" and sys.stdout is not None:
            words = message.replace("|", "/").encode("ascii", "replace").decode()
            sys.stdout.write(f"TIMERS UNKNOWN - {words}\n")  # all that a monitoring system shows
        self.exit(MISUSE_OF.get(command, MISUSED), f"globus-tui: {message} (see: {self.prog} --help)\n")


def _lazy(module: str, function: str = "run") -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        result: int | Coroutine[Any, Any, int] = getattr(import_module(f"globus_tui.cli.{module}"), function)(options)
        if isinstance(result, int):
            return result
        import asyncio

        return asyncio.run(result)

    return command


def _formatter(columns: int) -> Callable[..., argparse.HelpFormatter]:
    return partial(argparse.HelpFormatter, width=columns - 2)


def _console_parser(*, add_help: bool, **keywords: Any) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="globus-tui",
        description="A terminal console for Globus timers: see what needs a human, why, and repair it.",
        epilog="Without a command it opens the console. `globus-tui --demo` needs no account and no network.",
        allow_abbrev=False,
        add_help=add_help,
        **keywords,
    )
    parser.add_argument("--version", action="version", version=f"globus-tui {__version__}")
    parser.add_argument("--demo", action="store_true", help="a living pretend facility; no account, no network")
    words = "times real time at which the demo runs"
    parser.add_argument("--demo-speed", type=_speed, default=None, metavar="N", help=words)
    words = "seconds between refreshes; 0 turns them off (default 30)"
    parser.add_argument("--refresh", type=_refresh, metavar="SECONDS", help=words)
    words = "globus-dark, -light, -contrast, -red-green, -blue-yellow, one of Textual's, or your own"
    parser.add_argument("--theme", metavar="NAME", help=words)
    parser.add_argument("--ascii", action="store_true", default=None, help="draw with ASCII characters only")
    parser.add_argument("--zone", type=_given, metavar="NAME", help="time zone shown, e.g. America/Chicago or UTC")
    parser.add_argument("--mouse", action="store_true", default=None, help="use the mouse, even over SSH")
    _add_profile(parser, default=None)
    parser.set_defaults(command=_lazy("console"), name="console", tells_apart=False)
    return parser


class _OneCommand:
    """Takes the description of one command: describing all of them is most of the time that reading options takes."""

    def __init__(self, commands: Any, meant: str) -> None:
        self._commands, self._meant = commands, meant

    def add_parser(self, name: str, **keywords: Any) -> Any:
        if self._meant in ("-h", "--help"):  # which shows of each command its name and what it is for
            self._commands.add_parser(name, add_help=False, **keywords)
        return self._commands.add_parser(name, **keywords) if name == self._meant else _Forgotten()


class _Forgotten:
    """What is described of a command that is not meant."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: self


def whole_parser(meant: str = "") -> argparse.ArgumentParser:
    """All options and commands: also what completion and the manual page are made of.

    Args:
        meant: the name of the only command that will be read, or anything else for all of them.
    """
    from shutil import get_terminal_size

    formatter = _formatter(get_terminal_size().columns)  # else each option of each command asks again how wide it is
    parser = _console_parser(add_help=True, formatter_class=formatter)
    parser_class = cast("type[_Parser]", partial(_Parser, formatter_class=formatter))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=parser_class)
    _describe(_OneCommand(commands, meant))
    if not commands.choices:
        _describe(commands)
    return parser


def _describe(commands: Any) -> None:
    words = "serve the pretend Globus on loopback, for the official clients"
    sandbox = commands.add_parser("sandbox", help=words, description=words)
    sandbox.add_argument("--port", type=_port, default=0, help="port to listen on (default: any free one)")
    sandbox.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="times real time (default 1)")
    sandbox.add_argument("--timers", type=_count(100_000), default=None, metavar="N", help="make a world of N timers")
    sandbox.set_defaults(command=_lazy("backend", "run_sandbox"), name="sandbox")
    for name, module, words in (
        ("login", "sign_in", "sign in without the full-screen interface"),
        ("logout", "sign_in", "revoke this profile's tokens and forget them"),
        ("whoami", "sign_in", "say who is signed in and where the tokens are"),
        ("doctor", "doctor", "look for what is wrong with sign-in, network and storage, and say how to mend it"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy(module, f"run_{name}"), name=name)
    for add in (
        _add_timer_files, _add_fleet, _add_when, _add_looks, _add_check, _add_changes, _add_windows, _add_undo,
        _add_watch, _add_decisions, _add_questions,
    ):  # fmt: skip
        add(commands)
    words = 'print the completion of a shell: eval "$(globus-tui completion bash)"'
    completion = commands.add_parser("completion", help=words, description=words)
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")
    completion.set_defaults(command=_lazy("completion", "run_completion"), name="completion")
    words = "print the manual page: globus-tui man | man -l -"
    man = commands.add_parser("man", help=words, description=words)
    man.set_defaults(command=_lazy("completion", "run_man"), name="man")


_CODES = "Exit codes: 0 done, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in."
_FILTER = (
    'as after / in the console: words, "a phrase", -not, or, ~abbr, /regex/, health:failed, from:nersc, -to:archive, '
    "next:<2h, next:02:00-04:00, every:<1d, failed:>2"
)


def _add_command(
    commands: Any, name: str, words: str, module: str, function: str = "run", codes: str = _CODES, *takes: str
) -> Any:
    """A command about timers, with the options that all of them take, and those of `_TAKEN` that it takes too."""
    command = commands.add_parser(name, help=words, description=words, epilog=codes)
    _add_common(command)
    _take(command, *takes)
    command.set_defaults(command=_lazy(module, function), name=name, tells_apart=True)
    return command


def _take(command: Any, *names: str) -> None:
    for name in names:
        flag, options = _TAKEN[name]
        command.add_argument(flag, **options)


_TAKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "filter": ("filter", {"nargs": "*", "metavar": "FILTER", "help": _FILTER}),
    "meant": ("filter", {"nargs": "+", "metavar": "FILTER|ID", "help": f"ids, one name, or a filter {_FILTER}"}),
    "timer": ("timer", {"metavar": "ID|NAME", "help": "its id, the beginning of it, or its name"}),
    "json": ("--json", {"action": "store_true", "help": "print one JSON document"}),
    "format json": ("--json", {"action": "store_const", "dest": "format", "const": "json", "help": "as --format json"}),
    "yes": ("--yes", {"action": "store_true", "help": "do not ask"}),
    "dry": ("--dry-run", {"action": "store_true", "help": "print what would be done, do nothing"}),
    "all": ("--all-profiles", {"action": "store_true", "help": "of all profiles of this user together"}),
    "prune": ("--prune", {"action": "store_true", "help": "delete timers that were in the files and are no more"}),
}
"""Arguments of several commands."""


def _add_common(command: Any) -> None:
    add = command.add_argument
    add("--demo", action="store_true", default=argparse.SUPPRESS,
        help="of the pretend facility; no account, no network")  # fmt: skip
    add(
        "--zone",
        default=argparse.SUPPRESS,
        type=_given,
        metavar="NAME",
        help="time zone shown, e.g. America/Chicago or UTC",
    )
    add("--ascii", action="store_true", default=argparse.SUPPRESS, help="write ASCII characters only")
    _add_profile(command, default=argparse.SUPPRESS)


def _add_check(commands: Any) -> None:
    codes = (
        "Exit codes: 0 well, 1 warning, 2 critical, 3 not known: Globus could not be asked, nobody is signed in, wrong "
        "use, no timer matches, or a timer whose state is not known."
    )
    words = "say how the timers are, for a monitoring system"
    add = (check := _add_command(commands, "check", words, "check", "run", codes, "filter")).add_argument
    add("--warning", type=_range, default="0", metavar="RANGE",
        help="of timers in trouble that is no warning (default 0)")  # fmt: skip
    add("--critical", type=_range, default="0", metavar="RANGE",
        help="of timers that failed, are overdue or want a sign-in that is not critical (default 0)")  # fmt: skip
    add("--timeout", type=_seconds, default=10.0, metavar="S", help="ends by then (default 10)")
    add("--quiet", type=_hours, metavar="HH:MM-HH:MM", help="hours in which trouble is told with exit code 0")
    formats = ("nagios", "json", "prometheus", "openmetrics")
    add("--format", choices=formats, default="nagios", help="default: nagios")
    _take(check, "format json")
    words = "tell the command of the setting on_alert what is new since the last check"
    add("--alert", action="store_true", help=words)
    words = "count the source folders of mirrors that run within 30 minutes first"
    add("--sources", action="store_true", help=words)
    add("--output", type=_path, metavar="FILE", help="write it there instead, all of it at once")
    _take(check, "all")


def _add_changes(commands: Any) -> None:
    codes = (
        "Exit codes: 0 all done, 1 some failed, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in. "
        "Every change is written to the journal."
    )
    for name, words in (
        ("pause", "pause timers"),
        ("resume", "resume paused timers"),
        ("fix", "resume timers that wanted a sign-in or a consent, once it is given"),
        ("run", "start at once what timers do, once; the timers stay as they are"),
        ("skip", "leave the next run of timers out, and only that; undo takes it back"),
        ("delete", "delete timers for good"),
        ("rename", "give a timer another name"),
    ):
        target = "timer" if name == "rename" else "meant"
        change = _add_command(commands, name, words, "change", "run", codes, target)
        if name == "rename":
            change.add_argument("new_name", metavar="NEW", help="what it is to be called")
        if name == "pause":
            _add_window(change)
        if name in ("run", "resume", "fix"):
            change.add_argument("--wait", action="store_true", help="until the run ends: exit code 1 if it failed")
            change.add_argument("--timeout", type=_seconds, default=3600.0, metavar="S", help="at most (default 3600)")
        _take(change, "yes", "dry")
        words = "time between one timer and the next"
        change.add_argument("--stagger", type=_stagger, default=0.0, metavar="30s", help=words)


def _add_decisions(commands: Any) -> None:
    def add(name: str, words: str) -> Any:
        command = _add_command(commands, name, words, "decide", "run", _CODES, "meant")
        command.add_argument("--clear", action="store_true", help="take it away again")
        return command.add_argument

    note = add("note", "write a note about timers, or tags by which tag: finds them")
    note("--text", metavar="TEXT", help="the note")
    note("--tag", type=_columns, metavar="A,B", help="the tags, instead of those so far")
    known = add("known", "their trouble is known: counted apart, no alert, until it gets worse or the time comes")
    known("--until", metavar="TIME", help="when it counts again, e.g. mon 8am (default: until it is well)")
    known("--reason", default="", metavar="TEXT", help="why that is all right, or a ticket")
    limit = add("limit", "how old the last good copy may get, and how many files fewer at a mirror's source alarm")
    limit("--last-good", metavar="26h", help="older than that is OVERDUE, whatever kept it")
    limit(
        "--fewer-files",
        type=_count(1_000_000_000),
        metavar="N",
        help="so many files fewer at a mirror's source alarm",
    )
    words = "print a page in Markdown for the change of shift: open problems, changes, what runs"
    report = _add_command(commands, "report", words, "decide", "run_report", _CODES, "filter")
    report.add_argument("--hours", type=_count(), default=12, metavar="N", help="looked back and ahead (default 12)")


def _add_questions(commands: Any) -> None:
    words = "print what changed since this was asked last, before and after"
    changes = _add_command(commands, "changes", words, "changes", "run_changes")
    changes.add_argument("--keep", action="store_true", help="do not remember this time as the last one")
    _take(changes, "json")
    words = "print which timers would stop with a collection, or when somebody's account ends, and their next runs"
    impact = _add_command(commands, "impact", words, "changes", "run_impact")
    impact.add_argument("collection", metavar="ID|NAME", help="of a collection or identity, or a part of its name")
    _take(impact, "json")


def _add_watch(commands: Any) -> None:
    words = "show how the timers are in big words, for a screen on the wall; takes no keys, changes nothing"
    codes = (
        "Ends with Ctrl+C or a signal. Tells the command of the setting on_alert once for each cause. "
        "Exit codes with --count: 0 the last reading came, 3 Globus could not be asked, 4 sign in."
    )
    watch = _add_command(commands, "watch", words, "watch", "run", codes, "filter")
    watch.add_argument(
        "--count", type=_count(), default=0, metavar="N", help="end after so many readings, in vain or not"
    )
    watch.add_argument("--alert-first", action="store_true", help="what is in trouble at the start is told, too")


def _add_undo(commands: Any) -> None:
    codes = "Exit codes: 0 done, 1 some failed or nothing to do, 2 wrong use, 3 Globus could not be asked, 4 sign in."
    for name, words in (
        ("undo", "take the last change back: pause, resume, rename, delete (made anew, paused) or edit"),
        ("redo", "do again what was undone last"),
    ):
        undo = _add_command(commands, name, words, "change", "run_undo", codes, "yes", "dry")
        words = f"leave that as it is: the next {name} takes the one before; changes nothing at Globus"
        undo.add_argument("--set-aside", action="store_true", help=words)


def _add_window(parser: Any) -> None:
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for whoever looks at them meanwhile")
    parser.add_argument("--until", metavar="TIME", help="when they are to run again, e.g. 06:00, mon 8am, in 3 hours")
    parser.add_argument("--at", metavar="TIME", help="when they are to be paused (default: now)")
    parser.add_argument("--resume", action="store_true", help="resume them then, wherever this program runs")


def _add_windows(commands: Any) -> None:
    codes = (
        "Exit codes: 0 done, 1 some failed, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in. `due` "
        "does what was asked for by now; have cron run it where no console is open: */5 * * * * globus-tui window due"
    )
    words = "pause timers for a maintenance, and resume exactly those later"
    window = _add_command(commands, "window", words, "window", "run", codes)
    actions = window.add_subparsers(metavar="open|list|close|due", required=True, parser_class=_Parser)
    opening = actions.add_parser("open", help="pause these now, or at a time", epilog=codes)
    _take(opening, "meant")
    _add_window(opening)
    listing = actions.add_parser("list", help="list those that are planned, open, or were closed lately")
    _take(listing, "json")
    closing = actions.add_parser("close", help="resume exactly those that it paused, the worst overdue first")
    closing.add_argument("window", nargs="?", metavar="ID", help="which, where several are open")
    words = "time between two of which runs start at once (default 10s)"
    closing.add_argument("--stagger", type=_stagger, default=10.0, metavar="30s", help=words)
    due = actions.add_parser("due", help="begin and end windows whose time has come")
    for action, name in ((opening, "open"), (listing, "list"), (closing, "close"), (due, "due")):
        action.set_defaults(action=name)
        _add_common(action)
        _take(action, *(("yes", "dry") if name in ("open", "close") else ()))


def _add_looks(commands: Any) -> None:
    listing = _add_command(commands, "list", "list timers, the worst first", "look", "run_list", _CODES, "filter")
    formats = ("table", "wide", "json", "jsonl", "csv", "markdown")
    listing.add_argument("--format", choices=formats, default="table", help="default: table")
    _take(listing, "format json")
    listing.add_argument("--columns", type=_columns, metavar="A,B,C", help="columns of a table, in this order")
    words = "a column, or several: to,next; --sort=-KEY turns it round (default: health)"
    listing.add_argument("--sort", metavar="KEY", help=words)
    _take(listing, "all")
    show = _add_command(commands, "show", "print all about one timer", "look", "run_show", _CODES, "timer")
    show.add_argument("--json", action="store_true", help="print one JSON document, with what Globus sent")
    words = "list the runs of a timer, newest first"
    runs = _add_command(commands, "runs", words, "look", "run_runs", _CODES, "timer")
    runs.add_argument("--limit", type=_count(), default=25, metavar="N", help="how many (default 25)")
    _take(runs, "json")
    words = "print which runs are due, and where they are in each other's way"
    agenda = _add_command(commands, "agenda", words, "foresee", "run_agenda")
    words = f"how far ahead, or between which hours (default 24h), and {_FILTER}"
    agenda.add_argument("filter", nargs="*", metavar="24h|7d|02:00-04:00 FILTER", help=words)
    words = "print what became of the runs of the time before now instead"
    agenda.add_argument("--past", type=_hours_back, metavar="24h|7d", help=words)
    _take(agenda, "json")
    log = _add_command(commands, "log", "print the log of a run's transfer task", "look", "run_log", _CODES, "timer")
    words = "1 is the newest run (default; of a timer that failed and runs again, the one that failed)"
    log.add_argument("--run", type=_count(), metavar="N", help=words)
    log.add_argument("--follow", action="store_true", help="go on until the task ends; exit code 1 if it failed")
    words = "print what was changed, by this profile on this machine"
    journal = _add_command(commands, "journal", words, "records", "run_journal")
    words = "verify: is the file as it was written? export: for a change board, as JSON lines or Markdown"
    journal.add_argument("action", nargs="?", choices=("list", "verify", "export"), default="list", help=words)
    journal.add_argument("--format", choices=("table", "jsonl", "markdown"), default="table", help="default: table")
    words = "print the paths in use, and where each setting comes from"
    _add_command(commands, "info", words, "records", "run_info", _CODES, "json")


def _add_timer_files(commands: Any) -> None:
    words = "create the timer or transfer that a file describes; prints its id"
    codes = "Exit codes: 0 made, 1 certainly not made, 2 the file cannot be used, 3 the answer was lost: look first."
    create = commands.add_parser("create", help=words, description=words, epilog=codes)
    words = "as `globus-tui export` writes it; - reads it"
    create.add_argument("--from-file", required=True, metavar="FILE", help=words)
    create.add_argument("--dry-run", action="store_true", help="check everything, print the request, send nothing")
    create.add_argument("--deletes", metavar="FOLDER", help="name of the folder in which it may delete files")
    words = "print a timer as a file for `globus-tui create`, or write many as files for `globus-tui plan`"
    codes = "Exit codes: 0 done, 1 it cannot be had, 2 wrong use."
    export = commands.add_parser("export", help=words, description=words, epilog=codes)
    words = f"its id, the beginning of it, or its name; with --all a new folder, and {_FILTER}"
    export.add_argument("timer", nargs="+", metavar="ID|NAME | [FILTER] DIR", help=words)
    export.add_argument("--all", action="store_true", help="write all timers that match as files of a folder instead")
    for command, name in ((create, "create"), (export, "export")):
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy("timer_files", f"run_{name}"), name=name)


def _add_fleet(commands: Any) -> None:
    words = "print the JSON Schema of fleet files, for editors"
    schema = commands.add_parser("schema", help=words, description=words)
    schema.set_defaults(command=_lazy("fleet", "run_schema"), name="schema", tells_apart=False)
    folder = "the files (.toml, .yaml), or one of them; default: the current folder"
    codes = "Exit codes: 0 no changes, 2 changes, 1 it cannot be told or done."
    words = "show how timers differ from the files of a folder, and what it takes"
    plan = _add_command(commands, "plan", words, "fleet", "run_plan", codes)
    plan.add_argument("folder", nargs="?", default=".", type=_given, metavar="DIR", help=folder)
    _take(plan, "json")
    plan.add_argument("--out", type=_path, metavar="PLANFILE", help="write the plan there too, to be applied as it is")
    plan.add_argument("--everything", action="store_true", help="show the timers too that are as they should be")
    codes = (
        "Exit codes: 0 all is as the files say now (with --dry-run: it can be made so), 1 it is not. Every change is "
        "written to the journal."
    )
    apply = _add_command(commands, "apply", "show the plan of a folder, ask, and make it so", "fleet", "run_apply",
                         codes)  # fmt: skip
    apply.add_argument(
        "folder", nargs="?", default=".", type=_given, metavar="DIR|PLANFILE", help=f"{folder}; or a plan of them"
    )
    _take(apply, "yes")
    apply.add_argument("--dry-run", action="store_true", help="show the plan, do nothing")
    codes = "Exit codes: 0 none, 2 some differ, 1 it cannot be told."
    words = "say in one line whether timers differ from the files of a folder"
    drift = _add_command(commands, "drift", words, "fleet", "run_drift", codes)
    drift.add_argument("folder", nargs="?", default=".", type=_given, metavar="DIR", help=folder)
    for command in (plan, apply):
        _take(command, "prune")


def _add_when(commands: Any) -> None:
    words = "say how a time or schedule is read, and when it runs"
    when = commands.add_parser("when", help=words, description=words, page="globus_tui.present.review_facts")
    when.add_argument("phrase", nargs="+", metavar="PHRASE", help="as in the wizard: every night at 2am")
    words = "time zone, e.g. America/Chicago or UTC"
    when.add_argument("--zone", default=argparse.SUPPRESS, type=_given, metavar="NAME", help=words)
    when.add_argument("--now", metavar="ISO", help="the present to reckon from, e.g. 2026-12-01T18:00:00Z")
    when.add_argument("--count", type=_count(), default=10, metavar="N", help="how many runs are listed (default 10)")
    _take(when, "json")
    when.set_defaults(command=_lazy("when"), name="when")


def _add_profile(parser: argparse.ArgumentParser, default: Any) -> None:
    words = "identity, environment and tokens to use (or GLOBUS_PROFILE)"
    parser.add_argument("--profile", default=default, type=_given, metavar="NAME", help=words)
    words = "change nothing at Globus (or read_only = true in the configuration file)"
    off = False if default is None else default
    parser.add_argument("--read-only", action="store_true", default=off, help=words)


def _number(read: Callable[[str], float], least: float, most: float, words: str) -> Callable[[str], float]:
    """Reads a number that has to be in a range; `words` say what else is wrong with the text."""

    def number(text: str) -> float:
        with suppress(ValueError):
            if least <= (value := read(text)) <= most:
                return value
        raise argparse.ArgumentTypeError(f"{text[:40]!r} {words}")

    return number


def _whole(text: str) -> int:
    if not (text.isdecimal() and text.isascii()):
        raise ValueError(text)
    return int(text)


def _count(most: int = 1000) -> Callable[[str], float]:
    return _number(_whole, 1, most, f"is not a number: write 1 to {most}")


_speed = _number(float, 0, 1_000_000, "is not a speed: write a number from 0 (frozen) to 1000000")
_refresh = _number(_whole, 0, 86400, "is not an interval: write whole seconds, or 0 for off")
_seconds = _number(float, 1, 3600, "is no time limit: write seconds from 1 to 3600")
_port = _number(_whole, 0, 65535, "is not a port: write a number from 0 to 65535")


def _checked(module: str, function: str, text: str) -> str:
    from globus_tui.domain.errors import BadInput

    try:
        getattr(import_module(module), function)(text)
    except BadInput as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
    return text


_range = partial(_checked, "globus_tui.present.monitoring", "parse_range")
_hours = partial(_checked, "globus_tui.cli.check", "check_quiet")
_hours_back = partial(_checked, "globus_tui.cli.foresee", "check_length")


def _given(text: str) -> str:
    """What is empty comes of a variable that a script has not set: the usual one is not meant by it."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; leave it out for the usual one")
    return text


def _stagger(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("s", "m", "h") else (text, "s")
    if not (number.isdecimal() and number.isascii() and len(number) < 6):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time: write for example 30s, 2m or 1h")
    return int(number) * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]


def _columns(text: str) -> tuple[str, ...]:
    columns = tuple(filter(None, (name.strip().lower() for name in text.split(","))))
    if not columns:
        raise argparse.ArgumentTypeError("no column is named: write for example health,name,why")
    return columns

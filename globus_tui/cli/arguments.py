"""Options and sub-commands. Imports nothing heavy: the commands behind them are imported when called."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from globus_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads the command line; `command` of the result is what to call with it, `name` what it is called.

    Bad options end the program with one line of reason on standard error and exit code 2.
    """
    arguments = _without_dashes(arguments)
    options, more = _console_parser(add_help=False).parse_known_args(arguments)
    # Half the time of reading options goes into describing commands, of which the console needs none.
    if not more:
        return options
    known, unknown = (parser := whole_parser()).parse_known_args(arguments)
    if unknown:  # said by the command's name: its exit codes have meanings of their own
        command = known.name if known.name != "console" else ""
        _Parser(prog=f"{parser.prog} {command}".strip()).error(f"unrecognized arguments: {' '.join(unknown)}")
    return known


def _without_dashes(arguments: Sequence[str]) -> list[str]:
    """`-word` of a filter as `!word`: no command has options of one dash but -h, and argparse takes it for one."""
    said = list(arguments)
    begin = next((at for at, one in enumerate(said) if one in _FILTERING), len(said))
    return said[: begin + 1] + [
        f"!{one[1:]}" if re.match(r"-[^-\W\d]{2}|-[\"/~]", one) else one for one in said[begin + 1 :]
    ]


_FILTERING = ("list", "agenda", "check", "pause", "resume", "fix", "run", "skip", "delete")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `--help` away, and below it the `page` of a module, if named."""

    def __init__(self, *arguments: Any, page: str = "", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._page = page

    def format_help(self) -> str:
        page = f"\n{import_module(self._page).phrases_page()}\n" if self._page else ""
        return super().format_help() + page

    def error(self, message: str) -> Any:
        # For a monitoring system 2 is an alarm, and 3 that something is wrong with the check; of a plan 2 is a change.
        command = self.prog.rpartition(" ")[2]
        self.exit(
            {"check": 3, "plan": 1, "apply": 1, "drift": 1}.get(command, 2),
            f"globus-tui: {message} (see: {self.prog} --help)\n",
        )


def _lazy(module: str, function: str = "run") -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        result: int = getattr(import_module(f"globus_tui.cli.{module}"), function)(options)
        return result

    return command


def _console_parser(*, add_help: bool) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="globus-tui",
        description="A terminal console for Globus timers: see what needs a human, why, and repair it.",
        epilog="Without a command it opens the console. `globus-tui --demo` needs no account and no network.",
        allow_abbrev=False,
        add_help=add_help,
    )
    parser.add_argument("--version", action="version", version=f"globus-tui {__version__}")
    parser.add_argument("--demo", action="store_true", help="a living pretend facility; no account, no network")
    parser.add_argument(
        "--demo-speed",
        type=_speed,
        default=None,
        metavar="N",
        help="times real time at which the demo runs",
    )
    parser.add_argument(
        "--refresh", type=_refresh, metavar="SECONDS", help="seconds between refreshes; 0 turns them off (default 30)"
    )
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help="globus-dark, -light, -contrast, -red-green, -blue-yellow, one of Textual's, or your own",
    )
    parser.add_argument("--ascii", action="store_true", default=None, help="draw with ASCII characters only")
    parser.add_argument("--zone", metavar="NAME", help="time zone shown, e.g. America/Chicago or UTC")
    parser.add_argument("--mouse", action="store_true", default=None, help="use the mouse, even over SSH")
    _add_profile(parser, default=None)
    parser.set_defaults(command=_lazy("console"), name="console", tells_apart=False)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """All options and commands: also what completion and the manual page are made of."""
    parser = _console_parser(add_help=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    words = "serve the pretend Globus on loopback, for the official clients"
    sandbox = commands.add_parser("sandbox", help=words, description=words)
    sandbox.add_argument("--port", type=_port, default=0, help="port to listen on (default: any free one)")
    sandbox.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="times real time (default 1)")
    sandbox.add_argument("--timers", type=int, default=None, metavar="N", help="make a world of N timers")
    sandbox.set_defaults(command=_lazy("sandbox"), name="sandbox")
    for name, words in (
        ("login", "sign in without the full-screen interface"),
        ("logout", "revoke this profile's tokens and forget them"),
        ("whoami", "say who is signed in and where the tokens are"),
        ("doctor", "look for what is wrong with sign-in, network and storage, and say how to mend it"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy(name), name=name)
    _add_timer_files(commands)
    _add_fleet(commands)
    _add_when(commands)
    _add_looks(commands)
    _add_check(commands)
    _add_changes(commands)
    _add_windows(commands)
    _add_undo(commands)
    _add_watch(commands)
    _add_decisions(commands)
    _add_questions(commands)
    words = 'print the completion of a shell: eval "$(globus-tui completion bash)"'
    completion = commands.add_parser("completion", help=words, description=words)
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")
    completion.set_defaults(command=_lazy("completion", "run_completion"), name="completion")
    words = "print the manual page: globus-tui man | man -l -"
    man = commands.add_parser("man", help=words, description=words)
    man.set_defaults(command=_lazy("completion", "run_man"), name="man")
    return parser


_CODES = "Exit codes: 0 done, 2 wrong use, 3 Globus could not be asked, 4 somebody has to sign in."
_FILTER = (
    'as after / in the console: words, "a phrase", -not, or, ~abbr, /regex/, health:failed, from:nersc, -to:archive, '
    "next:<2h, next:02:00-04:00, every:<1d, failed:>2"
)


def _add_command(commands: Any, name: str, words: str, module: str, function: str, codes: str = _CODES) -> Any:
    """A command about timers, with the options that all of them take."""
    command = commands.add_parser(name, help=words, description=words, epilog=codes)
    _add_common(command)
    command.set_defaults(command=_lazy(module, function), name=name, tells_apart=True)
    return command


def _add_common(command: Any) -> None:
    command.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="of the pretend facility; no account, no network"
    )
    command.add_argument(
        "--zone", default=argparse.SUPPRESS, metavar="NAME", help="time zone shown, e.g. America/Chicago or UTC"
    )
    command.add_argument("--ascii", action="store_true", default=argparse.SUPPRESS, help="write ASCII characters only")
    _add_profile(command, default=argparse.SUPPRESS)


def _add_check(commands: Any) -> None:
    codes = (
        "Exit codes: 0 well, 1 warning, 2 critical, 3 not known: Globus could not be asked, nobody is signed in, wrong "
        "use, no timer matches, or a timer whose state is not known."
    )
    check = _add_command(commands, "check", "say how the timers are, for a monitoring system", "check", "run", codes)
    check.add_argument("filter", nargs="*", metavar="FILTER", help=_FILTER)
    check.add_argument(
        "--warning",
        type=_range,
        default="0",
        metavar="RANGE",
        help="of timers in trouble that is no warning (default 0)",
    )
    check.add_argument(
        "--critical", type=_range, default="0", metavar="RANGE",
        help="of timers that failed, are overdue or want a sign-in that is not critical (default 0)",
    )  # fmt: skip
    check.add_argument("--timeout", type=_seconds, default=10.0, metavar="S", help="ends by then (default 10)")
    check.add_argument(
        "--quiet", type=_hours, metavar="HH:MM-HH:MM", help="hours in which trouble is told with exit code 0"
    )
    check.add_argument(
        "--format", choices=("nagios", "json", "prometheus", "openmetrics"), default="nagios", help="default: nagios"
    )
    check.add_argument(
        "--alert", action="store_true", help="tell the command of the setting on_alert what is new since the last check"
    )
    check.add_argument(
        "--sources", action="store_true", help="count the source folders of mirrors that run within 30 minutes first"
    )
    check.add_argument("--output", type=Path, metavar="FILE", help="write it there instead, all of it at once")
    check.add_argument("--all-profiles", action="store_true", help="of all profiles of this user together")


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
        change = _add_command(commands, name, words, "change", "run", codes)
        if name == "rename":
            change.add_argument("timer", metavar="ID|NAME", help="its id, the beginning of it, or its name")
            change.add_argument("new_name", metavar="NEW", help="what it is to be called")
        else:
            change.add_argument("filter", nargs="+", metavar="FILTER|ID", help=f"ids, one name, or a filter {_FILTER}")
        if name == "pause":
            _add_window(change)
        if name in ("run", "resume", "fix"):
            change.add_argument("--wait", action="store_true", help="until the run ends: exit code 1 if it failed")
            change.add_argument("--timeout", type=_seconds, default=3600.0, metavar="S", help="at most (default 3600)")
        change.add_argument("--yes", action="store_true", help="do not ask")
        change.add_argument("--dry-run", action="store_true", help="print what would be done, do nothing")
        change.add_argument(
            "--stagger", type=_stagger, default=0.0, metavar="30s", help="time between one timer and the next"
        )


def _add_decisions(commands: Any) -> None:
    def add(name: str, words: str) -> Any:
        command = _add_command(commands, name, words, "decide", "run")
        command.add_argument("filter", nargs="+", metavar="FILTER|ID", help=f"ids, one name, or a filter {_FILTER}")
        command.add_argument("--clear", action="store_true", help="take it away again")
        return command

    note = add("note", "write a note about timers, or tags by which tag: finds them")
    note.add_argument("--text", metavar="TEXT", help="the note")
    note.add_argument("--tag", type=_columns, metavar="A,B", help="the tags, instead of those so far")
    known = add("known", "their trouble is known: counted apart, no alert, until it gets worse or the time comes")
    known.add_argument("--until", metavar="TIME", help="when it counts again, e.g. mon 8am (default: until it is well)")
    known.add_argument("--reason", default="", metavar="TEXT", help="why that is all right, or a ticket")
    limit = add("limit", "how old the last good copy may get, and how many files fewer at a mirror's source alarm")
    limit.add_argument("--last-good", metavar="26h", help="older than that is OVERDUE, whatever kept it")
    limit.add_argument("--fewer-files", type=_count, metavar="N", help="so many files fewer at a mirror's source alarm")
    words = "print a page in Markdown for the change of shift: open problems, changes, what runs"
    report = _add_command(commands, "report", words, "decide", "run_report")
    report.add_argument("filter", nargs="*", metavar="FILTER", help=_FILTER)
    report.add_argument("--hours", type=_count, default=12, metavar="N", help="looked back and ahead (default 12)")


def _add_questions(commands: Any) -> None:
    words = "print what changed since this was asked last, before and after"
    changes = _add_command(commands, "changes", words, "changes", "run_changes")
    changes.add_argument("--keep", action="store_true", help="do not remember this time as the last one")
    changes.add_argument("--json", action="store_true", help="print one JSON document")
    words = "print which timers would stop with a collection, or when somebody's account ends, and their next runs"
    impact = _add_command(commands, "impact", words, "changes", "run_impact")
    impact.add_argument("collection", metavar="ID|NAME", help="of a collection or identity, or a part of its name")
    impact.add_argument("--json", action="store_true", help="print one JSON document")


def _add_watch(commands: Any) -> None:
    words = "show how the timers are in big words, for a screen on the wall; takes no keys, changes nothing"
    codes = "Ends with Ctrl+C or a signal. Tells the command of the setting on_alert once for each cause."
    watch = _add_command(commands, "watch", words, "watch", "run", codes)
    watch.add_argument("filter", nargs="*", metavar="FILTER", help=_FILTER)
    watch.add_argument("--count", type=_count, default=0, metavar="N", help="end after so many readings")
    watch.add_argument("--alert-first", action="store_true", help="what is in trouble at the start is told, too")


def _add_undo(commands: Any) -> None:
    codes = "Exit codes: 0 done, 1 some failed or nothing to do, 2 wrong use, 3 Globus could not be asked, 4 sign in."
    for name, words in (
        ("undo", "take the last change back: pause, resume, rename, delete (made anew, paused) or edit"),
        ("redo", "do again what was undone last"),
    ):
        undo = _add_command(commands, name, words, "undo", "run", codes)
        undo.add_argument("--yes", action="store_true", help="do not ask")
        undo.add_argument("--dry-run", action="store_true", help="print what would be done, do nothing")


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
    opening.add_argument("filter", nargs="+", metavar="FILTER|ID", help=f"ids, one name, or a filter {_FILTER}")
    _add_window(opening)
    listing = actions.add_parser("list", help="list those that are planned, open, or were closed lately")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    closing = actions.add_parser("close", help="resume exactly those that it paused, the worst overdue first")
    closing.add_argument("window", nargs="?", metavar="ID", help="which, where several are open")
    closing.add_argument("--stagger", type=_stagger, default=10.0, metavar="30s",
                         help="time between two of which runs start at once (default 10s)")  # fmt: skip
    due = actions.add_parser("due", help="begin and end windows whose time has come")
    for action, name in ((opening, "open"), (listing, "list"), (closing, "close"), (due, "due")):
        action.set_defaults(action=name)
        _add_common(action)
        if name in ("open", "close"):
            action.add_argument("--yes", action="store_true", help="do not ask")
            action.add_argument("--dry-run", action="store_true", help="print what would be done, do nothing")


def _add_looks(commands: Any) -> None:
    listing = _add_command(commands, "list", "list timers, the worst first", "look", "run_list")
    listing.add_argument("filter", nargs="*", metavar="FILTER", help=_FILTER)
    listing.add_argument(
        "--format",
        choices=("table", "wide", "json", "jsonl", "csv", "markdown"),
        default="table",
        help="default: table",
    )
    listing.add_argument("--columns", type=_columns, metavar="A,B,C", help="columns of a table, in this order")
    listing.add_argument(
        "--sort", metavar="KEY", help="a column, or several: to,next; --sort=-KEY turns it round (default: health)"
    )
    listing.add_argument("--all-profiles", action="store_true", help="of all profiles of this user together")
    show = _add_command(commands, "show", "print all about one timer", "look", "run_show")
    show.add_argument("timer", metavar="ID|NAME", help="its id, the beginning of it, or its name")
    show.add_argument("--json", action="store_true", help="print one JSON document, with what Globus sent")
    runs = _add_command(commands, "runs", "list the runs of a timer, newest first", "look", "run_runs")
    runs.add_argument("timer", metavar="ID|NAME", help="its id, the beginning of it, or its name")
    runs.add_argument("--limit", type=_count, default=25, metavar="N", help="how many (default 25)")
    runs.add_argument("--json", action="store_true", help="print one JSON document")
    agenda = _add_command(
        commands, "agenda", "print which runs are due, and where they are in each other's way", "foresee", "run_agenda"
    )
    agenda.add_argument(
        "filter",
        nargs="*",
        metavar="24h|7d|02:00-04:00 FILTER",
        help=f"how far ahead, or between which hours (default 24h), and {_FILTER}",
    )
    agenda.add_argument(
        "--past",
        type=_hours_back,
        metavar="24h|7d",
        help="print what became of the runs of the time before now instead",
    )
    agenda.add_argument("--json", action="store_true", help="print one JSON document")
    log = _add_command(commands, "log", "print the log of a run's transfer task", "look", "run_log")
    log.add_argument("timer", metavar="ID|NAME", help="its id, the beginning of it, or its name")
    words = "1 is the newest run (default; of a timer that failed and runs again, the one that failed)"
    log.add_argument("--run", type=_count, metavar="N", help=words)
    log.add_argument("--follow", action="store_true", help="go on until the task ends; exit code 1 if it failed")
    journal = _add_command(commands, "journal", "print what was changed, by this profile on this machine", "records",
                           "run_journal")  # fmt: skip
    journal.add_argument(
        "action",
        nargs="?",
        choices=("list", "verify", "export"),
        default="list",
        help="verify: is the file as it was written? export: for a change board, as JSON lines or Markdown",
    )
    journal.add_argument("--format", choices=("table", "jsonl", "markdown"), default="table", help="default: table")
    info = _add_command(commands, "info", "print the paths in use, and where each setting comes from", "records",
                        "run_info")  # fmt: skip
    info.add_argument("--json", action="store_true", help="print one JSON document")


def _add_timer_files(commands: Any) -> None:
    words = "create the timer or transfer that a file describes; prints its id"
    codes = "Exit codes: 0 made, 1 certainly not made, 2 the file cannot be used, 3 the answer was lost: look first."
    create = commands.add_parser("create", help=words, description=words, epilog=codes)
    create.add_argument(
        "--from-file", required=True, metavar="FILE", help="as `globus-tui export` writes it; - reads it"
    )
    create.add_argument("--dry-run", action="store_true", help="check everything, print the request, send nothing")
    create.add_argument("--deletes", metavar="FOLDER", help="name of the folder in which it may delete files")
    words = "print a timer as a file for `globus-tui create`, or write many as files for `globus-tui plan`"
    export = commands.add_parser("export", help=words, description=words)
    export.add_argument(
        "timer", nargs="+", metavar="ID | [FILTER] DIR", help=f"its id; with --all a new folder, and {_FILTER}"
    )
    export.add_argument("--all", action="store_true", help="write all timers that match as files of a folder instead")
    for command, name in ((create, "create"), (export, "export")):
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy(name), name=name)


def _add_fleet(commands: Any) -> None:
    words = "print the JSON Schema of fleet files, for editors"
    schema = commands.add_parser("schema", help=words, description=words)
    schema.set_defaults(command=_lazy("fleet", "run_schema"), name="schema", tells_apart=False)
    folder = "the files (.toml, .yaml), or one of them; default: the current folder"
    codes = "Exit codes: 0 no changes, 2 changes, 1 it cannot be told or done."
    plan = _add_command(commands, "plan", "show how timers differ from the files of a folder, and what it takes",
                        "fleet", "run_plan", codes)  # fmt: skip
    plan.add_argument("folder", nargs="?", default=".", metavar="DIR", help=folder)
    plan.add_argument("--json", action="store_true", help="print one JSON document")
    plan.add_argument("--out", type=Path, metavar="PLANFILE", help="write the plan there too, to be applied as it is")
    plan.add_argument("--everything", action="store_true", help="show the timers too that are as they should be")
    codes = "Exit codes: 0 all is as the files say now, 1 it is not. Every change is written to the journal."
    apply = _add_command(commands, "apply", "show the plan of a folder, ask, and make it so", "fleet", "run_apply",
                         codes)  # fmt: skip
    apply.add_argument("folder", nargs="?", default=".", metavar="DIR|PLANFILE", help=f"{folder}; or a plan of them")
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument("--dry-run", action="store_true", help="show the plan, do nothing")
    codes = "Exit codes: 0 none, 2 some differ, 1 it cannot be told."
    drift = _add_command(commands, "drift", "say in one line whether timers differ from the files of a folder",
                         "fleet", "run_drift", codes)  # fmt: skip
    drift.add_argument("folder", nargs="?", default=".", metavar="DIR", help=folder)
    for command in (plan, apply):
        command.add_argument(
            "--prune", action="store_true", help="delete timers that were in the files and are no more"
        )


def _add_when(commands: Any) -> None:
    words = "say how a time or schedule is read, and when it runs"
    when = commands.add_parser("when", help=words, description=words, page="globus_tui.present.review_facts")
    when.add_argument("phrase", nargs="+", metavar="PHRASE", help="as in the wizard: every night at 2am")
    when.add_argument(
        "--zone", default=argparse.SUPPRESS, metavar="NAME", help="time zone, e.g. America/Chicago or UTC"
    )
    when.add_argument("--now", metavar="ISO", help="the present to reckon from, e.g. 2026-12-01T18:00:00Z")
    when.add_argument("--count", type=_count, default=10, metavar="N", help="how many runs are listed (default 10)")
    when.add_argument("--json", action="store_true", help="print one JSON document")
    when.set_defaults(command=_lazy("when"))


def _add_profile(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--profile", default=default, metavar="NAME", help="identity, environment and tokens to use (or GLOBUS_PROFILE)"
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        default=False if default is None else default,
        help="change nothing at Globus (or read_only = true in the configuration file)",
    )


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed: write a number from 0 (frozen) to 1000000")
    return speed


def _refresh(text: str) -> int:
    if not text.isdecimal() or int(text) > 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not an interval: write whole seconds, or 0 for off")
    return int(text)


def _checked(module: str, function: str, text: str) -> str:
    from globus_tui.domain.errors import BadInput

    try:
        getattr(import_module(module), function)(text)
    except BadInput as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
    return text


def _range(text: str) -> str:
    return _checked("globus_tui.present.monitoring", "parse_range", text)


def _hours_back(text: str) -> str:
    return _checked("globus_tui.cli.foresee", "check_length", text)


def _hours(text: str) -> str:
    return _checked("globus_tui.cli.check", "check_quiet", text)


def _stagger(text: str) -> float:
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("s", "m", "h") else (text, "s")
    if not (number.isdecimal() and number.isascii() and len(number) < 6):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time: write for example 30s, 2m or 1h")
    return int(number) * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 1 <= found <= 3600:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time limit: write seconds from 1 to 3600")
    return found


def _columns(text: str) -> tuple[str, ...]:
    found = tuple(filter(None, (one.strip().lower() for one in text.split(","))))
    if not found:
        raise argparse.ArgumentTypeError("no column is named: write for example health,name,why")
    return found


def _count(text: str) -> int:
    if not (text.isdecimal() and text.isascii()) or not 0 < int(text[:5]) <= 1000:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of runs: write 1 to 1000")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: write a number from 0 to 65535")
    return int(text)

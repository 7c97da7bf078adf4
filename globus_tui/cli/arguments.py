"""Options and sub-commands. Imports nothing heavy: the commands behind them are imported when called."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Any

from globus_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads the command line; `command` of the result is what to call with it.

    Bad options end the program with one line of reason on standard error and exit code 2.
    """
    options, more = _console_parser(add_help=False).parse_known_args(arguments)
    # Half the time of reading options goes into describing commands, of which the console needs none.
    return _parser().parse_args(arguments) if more else options


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `--help` away."""

    def error(self, message: str) -> Any:
        self.exit(2, f"globus-tui: {message} (see: {self.prog} --help)\n")


def _lazy(module: str) -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        result: int = import_module(f"globus_tui.cli.{module}").run(options)
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
    parser.add_argument("--theme", metavar="NAME", help="globus-dark, globus-light, or one of Textual's")
    parser.add_argument("--ascii", action="store_true", default=None, help="draw with ASCII characters only")
    parser.add_argument("--zone", metavar="NAME", help="time zone shown, e.g. America/Chicago or UTC")
    parser.add_argument("--mouse", action="store_true", default=None, help="use the mouse, even over SSH")
    _add_profile(parser, default=None)
    parser.set_defaults(command=_lazy("console"))
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = _console_parser(add_help=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    sandbox = commands.add_parser("sandbox", help="serve the pretend Globus on loopback, for the official clients")
    sandbox.add_argument("--port", type=_port, default=0, help="port to listen on (default: any free one)")
    sandbox.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="times real time (default 1)")
    sandbox.add_argument("--timers", type=int, default=None, metavar="N", help="make a world of N timers")
    sandbox.set_defaults(command=_lazy("sandbox"))
    for name, words in (
        ("login", "sign in without the full-screen interface"),
        ("logout", "revoke this profile's tokens and forget them"),
        ("whoami", "say who is signed in and where the tokens are"),
        ("doctor", "look for what is wrong with sign-in, network and storage, and say how to mend it"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy(name))
    _add_timer_files(commands)
    return parser


def _add_timer_files(commands: Any) -> None:
    words = "create the timer or transfer that a file describes; prints its id"
    codes = "Exit codes: 0 made, 1 certainly not made, 2 the file cannot be used, 3 the answer was lost: look first."
    create = commands.add_parser("create", help=words, description=words, epilog=codes)
    create.add_argument(
        "--from-file", required=True, metavar="FILE", help="as `globus-tui export` writes it; - reads it"
    )
    create.add_argument("--dry-run", action="store_true", help="check everything, print the request, send nothing")
    create.add_argument("--deletes", metavar="FOLDER", help="name of the folder in which it may delete files")
    words = "print a timer as a file for `globus-tui create`"
    export = commands.add_parser("export", help=words, description=words)
    export.add_argument("timer", metavar="ID", help="the timer's id")
    for command, name in ((create, "create"), (export, "export")):
        _add_profile(command, default=argparse.SUPPRESS)
        command.set_defaults(command=_lazy(name))


def _add_profile(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--profile", default=default, metavar="NAME", help="identity, environment and tokens to use (or GLOBUS_PROFILE)"
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


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: write a number from 0 to 65535")
    return int(text)

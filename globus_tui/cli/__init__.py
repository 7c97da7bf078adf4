"""The command line: the only place that joins client, sign-in, store and screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Collection, Sequence

    from globus_tui.domain.errors import GlobusTuiError

OK, FAILED, MISUSED, UNSURE, INTERRUPTED = 0, 1, 2, 3, 130
UNREACHABLE, SIGN_IN_NEEDED = 3, 4
MISUSE_OF = {"check": 3, "plan": 1, "apply": 1, "drift": 1}
"""Exit codes of wrong use where 2 has another meaning: of a check it is an alarm, of a plan a change."""


def run(arguments: Sequence[str], *, process: bool = False) -> int:
    """Runs one command and gives the exit code: 0 done, 1 failed, 2 misused, 130 left with Ctrl+C, 128 + a signal.

    Commands that list and change timers tell apart 3, Globus could not be asked, and 4, somebody has to sign in.

    With `process` this process is all the command's: it hears of signals, and leaves no memory behind.

    Each command is imported when it is called, so that `--help` and `--version` start like a shell tool.
    """
    from globus_tui.cli.arguments import parse

    if not process:
        return _run(parse(arguments))

    import sys

    from globus_tui.cli.ending import ENDING
    from globus_tui.cli.terminal import forbid_core_dumps, open_closed_streams, share_one_heap

    closed = open_closed_streams()
    try:
        options = parse(arguments)
    except SystemExit as told:  # a page of help
        return _flushed(int(told.code or OK), "")
    except OSError as wrong:
        return _not_shown(wrong, OK, "")
    if "stdout" in closed and options.name != "console":
        print("globus-tui: standard output is closed, so nothing can be shown; write >/dev/null", file=sys.stderr)
        return MISUSE_OF.get(options.name, MISUSED)
    if "stderr" in closed and options.name == "console" and sys.stdout.isatty():
        print("globus-tui: standard error is closed, and the screen is drawn there; start it without 2>&-")
        return MISUSED
    forbid_core_dumps()
    if options.name == "console":
        share_one_heap()
    ENDING.watch()
    return _flushed(_run(options), options.name)


def _run(options: Namespace) -> int:
    import sys

    from globus_tui.domain.errors import BadInput, GlobusTuiError, SettingsError

    try:
        code: int = options.command(options)
    except GlobusTuiError as wrong:
        from globus_tui.cli.account import CannotShowError, in_a_shell, tell

        tell((in_a_shell(wrong),))
        if isinstance(wrong, CannotShowError) and options.name == "create":
            return UNSURE
        if options.tells_apart:
            return code_of(wrong)
        return MISUSED if isinstance(wrong, BadInput | SettingsError) else FAILED
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    return code


def code_of(wrong: GlobusTuiError) -> int:
    """The exit code for a failure, of a command that tells apart why it failed."""
    from globus_tui.domain.errors import (
        BadInput,
        NetworkError,
        ServiceError,
        SettingsError,
        SignedOut,
        UnreadableAnswer,
    )

    if isinstance(wrong, BadInput | SettingsError):
        return MISUSED
    if isinstance(wrong, SignedOut) or (isinstance(wrong, ServiceError) and (wrong.gare or wrong.status == 401)):
        return SIGN_IN_NEEDED
    return UNREACHABLE if isinstance(wrong, NetworkError | ServiceError | UnreadableAnswer) else FAILED


def code_of_change(wrong: GlobusTuiError) -> int:
    """As `code_of`, of the change of one timer: what was asked of Globus and refused has failed."""
    from globus_tui.domain.errors import ErrorKind, ServiceError

    if isinstance(wrong, ServiceError) and wrong.kind not in (ErrorKind.BUSY, ErrorKind.BROKEN):
        return SIGN_IN_NEEDED if code_of(wrong) == SIGN_IN_NEEDED else FAILED
    return FAILED if code_of(wrong) == MISUSED else code_of(wrong)


def code_of_all(codes: Collection[int]) -> int:
    """The exit code of several changes: why they failed where all did for one reason, else whether all were done."""
    bad = set(codes) - {OK}
    return OK if not bad else bad.pop() if len(bad) == 1 and OK not in codes else FAILED


def _flushed(code: int, name: str) -> int:
    """Flushes output and reports a failure."""
    import sys

    try:
        sys.stdout.flush()
    except OSError as wrong:
        return _not_shown(wrong, code, name)
    return code


def _not_shown(wrong: OSError, code: int, name: str) -> int:
    """Reports that output could not be written; a reader that stops early (`head`) is no failure."""
    import os
    import sys

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python tries again at its end
    if isinstance(wrong, BrokenPipeError):
        return code
    print(f"globus-tui: Standard output cannot be written: {wrong.strerror}.", file=sys.stderr)
    return code or (UNSURE if name == "create" else FAILED)

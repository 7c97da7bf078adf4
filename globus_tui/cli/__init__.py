"""The command line: the only place that joins client, sign-in, store and screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OK, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def run(arguments: Sequence[str]) -> int:
    """Runs one command and gives the exit code: 0 done, 1 failed, 2 misused, 130 left with Ctrl+C.

    Each command is imported when it is called, so that `--help` and `--version` start like a shell tool.
    """
    import sys

    from globus_tui.cli.arguments import parse
    from globus_tui.domain.errors import BadInput, GlobusTuiError, SettingsError

    options = parse(arguments)
    try:
        code: int = options.command(options)
    except (BadInput, SettingsError) as wrong:
        print(f"globus-tui: {wrong.in_full}", file=sys.stderr)
        return MISUSED
    except GlobusTuiError as wrong:
        print(f"globus-tui: {wrong.in_full}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    return code

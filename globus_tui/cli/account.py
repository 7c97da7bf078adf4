"""What the commands about signing in share: the settings, the environment and the tokens of one profile."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from globus_tui.domain.errors import PRESS_S, GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from globus_tui.api.environment import Environment
    from globus_tui.auth.records import ProfileKey
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.token_store import FallingBack
    from globus_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """The identity and environment that a command acts with.

    Attributes:
        service: the service account that the environment names, or None.
        store: of the tokens of people.
        key: under which the profile's sign-in is kept; with a service account, its id in place of the app's.
    """

    settings: Settings
    environment: Environment
    service: ServiceAccount | None
    store: FallingBack
    key: ProfileKey


LOG_IN = "Run globus-tui login first."


def in_a_shell(wrong: GlobusTuiError) -> str:
    """An error in full, with the command where the console names a key."""
    return wrong.in_full.replace(PRESS_S, LOG_IN)


class CannotShowError(GlobusTuiError):
    """Output could not be printed, though the work may have been done."""


def read_settings(options: Namespace) -> Settings:
    """The settings of the profile asked for; what is wrong with the file is told on standard error.

    Raises:
        SettingsError: an environment variable is wrong.
    """
    from globus_tui.settings import load_settings

    settings = load_settings(os.environ, profile=options.profile, read_only=options.read_only)
    tell(settings.problems)
    return settings


async def stand(settings: Settings) -> Standing:
    """Reads as whom to act, and opens the store.

    Raises:
        SettingsError: a variable or the profile's name cannot be used, or the store cannot.
    """
    from dataclasses import replace

    from globus_tui.cli.backend import environment_of, open_store, profile_key, whose

    environment = environment_of(settings, os.environ)
    service, store = await whose(settings, os.environ)
    key = profile_key(settings, environment)
    if service is not None:
        key = replace(key, client_id=service.client_id)
    return Standing(settings, environment, service, store or await open_store(settings), key)


@contextmanager
def interruptible() -> Iterator[None]:
    """Lets Ctrl+C end a read from the terminal: an event loop would only note it and read on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_ASCII: ContextVar[bool] = ContextVar("ascii", default=False)


def choose_characters(options: Namespace, settings: Settings) -> bool:
    """Decides whether all that is printed from now on is ASCII, and returns that."""
    from globus_tui.cli.terminal import wants_ascii

    chosen = bool(options.ascii or (settings.ascii if settings.ascii is not None else wants_ascii(os.environ)))
    _ASCII.set(chosen)
    return chosen


def tell(lines: Iterable[str]) -> None:
    """Prints notices on standard error, so that standard output is what was asked for."""
    tell_as_it_is(f"globus-tui: {_safe(line)}" for line in lines)


def tell_as_it_is(lines: Iterable[str]) -> None:
    """Prints harmless lines on standard error; lost where it takes none."""
    try:
        for line in lines:
            print(line, file=sys.stderr)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # or Python tries again at its end, and fails


def show_json(document: str) -> None:
    """Prints a document or a piece of one, of which a program reads the same and nobody is misled."""
    from globus_tui.present.safe_text import safe_json

    write(safe_json(document))


def show(lines: Iterable[str]) -> bool:
    """Prints what was asked for; False as of `write`. Names in it come from a service: they are made harmless."""
    return all(write(f"{_safe(line)}\n") for line in lines)


def _safe(line: str) -> str:
    from globus_tui.present.safe_text import safe_line

    return safe_line(line, ascii_only=_ASCII.get())


def show_end(line: str) -> int:
    """Prints at once how one of several changes ended; the exit code for that.

    Where it cannot be printed, standard error is told, and the other changes are made all the same.
    """
    from globus_tui.cli import FAILED, OK

    try:
        write(f"{_safe(line)}\n", at_once=True)
    except CannotShowError as wrong:
        tell((line, wrong.in_full))
        return FAILED
    return OK


class Ends:
    """How each of several changes ended, printed at once."""

    def __init__(self) -> None:
        self._codes: list[int] = []
        self._shown: list[int] = []

    def __len__(self) -> int:
        return len(self._codes)

    def show(self, code: int, name: str, words: str) -> None:
        from globus_tui.cli import OK

        self._codes.append(code)
        self._shown.append(show_end(f"{'done' if code == OK else 'FAILED'}  {name}: {words}"))

    @property
    def code(self) -> int:
        """The exit code of them all, and of what could not be printed."""
        from globus_tui.cli import code_of_all

        return code_of_all(self._codes) or code_of_all(self._shown)


def show_document(as_of: datetime, **parts: Any) -> None:
    """Prints one JSON document, with the version of its shape and when it was so."""
    from globus_tui.domain.schedule.schedule import wire_moment
    from globus_tui.present.timer_table import SCHEMA, json_pieces

    for piece in json_pieces({"schema": SCHEMA, "as_of": wire_moment(as_of), **parts}):
        show_json(piece)


def terminal_width() -> int | None:
    """Cells of a line; None where the output is no terminal: then nothing is cut."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show_table(
    rows: Iterable[Sequence[str]], headings: Sequence[str], cut: Sequence[int], *, right: Sequence[str] = ()
) -> None:
    """Prints a table that fits the terminal.

    Args:
        cut: places of the columns that may be cut.
        right: headings of the columns whose words stand at the right.
    """
    from globus_tui.present.timer_table import table

    safe = [[_safe(cell) for cell in row] for row in rows]
    columns = [(heading, heading in right) for heading in headings]
    show(table(safe, columns, terminal_width(), cut, "..." if _ASCII.get() else "…"))


def may_be_changed(options: Namespace, settings: Settings, *, asks: bool = True) -> None:
    """To be called before anything is asked of Globus by a command that changes timers.

    Raises:
        ReadOnly: nothing may be changed.
        BadInput: there is nobody to ask whether it is meant.
    """
    from globus_tui.domain.errors import BadInput
    from globus_tui.settings import check_may_change

    if getattr(options, "dry_run", False):
        return
    check_may_change(settings)
    if asks and not options.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        verb = getattr(options, "action", options.name)
        raise BadInput(f"There is no terminal to ask on. Add --yes to {verb} without a question.")


def goes_on(options: Namespace, plan: Iterable[str], verb: str, count: int) -> int | None:
    """Says what would be done, and asks; returns the exit code if it is not to be done, else None.

    Args:
        count: timers that something is done to. Deleting them wants more than a letter.
    """
    from globus_tui.cli import FAILED, OK

    (show if options.dry_run else tell)(plan)
    if options.dry_run or not count:
        return OK
    if options.yes or agreed(verb, count):
        return None
    tell(("Nothing was changed.",))
    return FAILED


def agreed(verb: str, count: int) -> bool:
    """Asks for agreement; deleting asks for more than a letter."""
    accepted = (f"delete {count}",) if verb == "delete" else ("y", "yes")
    print(f"Type {accepted[-1]} to go on: ", end="", file=sys.stderr, flush=True)
    with interruptible():
        return sys.stdin.readline().strip().lower() in accepted


def write(text: str, *, at_once: bool = False) -> bool:
    """Prints text that is harmless as it is; False: whoever read it has read enough, which is no failure.

    Args:
        at_once: with all that was printed before, out of the program.

    Raises:
        CannotShowError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        if at_once:
            sys.stdout.flush()
    except BrokenPipeError:
        return False
    except OSError as wrong:
        raise CannotShowError(f"Standard output cannot be written: {wrong.strerror}.") from None
    return True

"""What is on a screen as a text elsewhere: in a file, in the pager, in the editor."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from abc import abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from globus_tui.domain.errors import BadInput
from globus_tui.present.safe_text import safe_line
from globus_tui.private_files import hiding_secrets, write_private
from globus_tui.screens.base import TimerScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class TakingOut(TimerScreen):
    """For screens whose text can be taken out."""

    @abstractmethod
    def text_out(self) -> tuple[str, Sequence[str]]:
        """A name for a file, with its ending, and the lines."""

    def left_out(self) -> str:
        """What the text does not have, in a sentence; nothing when it is whole."""
        return ""

    def action_log_save(self) -> None:
        from globus_tui.screens.confirm import Ask

        name, lines = self.text_out()
        if not lines:
            self.app.say("There is nothing to save.", "warning")
            return
        text = text_of(lines)
        sentences = [*filter(None, ("Only you will be able to read it. ~ is your home folder.", self.left_out()))]
        sheet = Ask(f"Save {len(lines)} lines to a file", sentences, value=f"~/{name}", check=check_path)
        sheet.ask(lambda path: self._save_to(path, text))

    def _save_to(self, typed: str, text: str) -> None:
        path = check_path(typed)
        if not os.path.lexists(path):
            self._write(write_new, path, text)
            return
        from globus_tui.screens.confirm import Confirm

        sheet = Confirm(f"{path} is there already. Replace it?", ("What is in it is lost.",), verb="replace it")
        sheet.ask(lambda _: self._write(write_private, path, text))

    def _write(self, write: Callable[[Path, bytes], object], path: Path, text: str) -> None:
        try:
            write(path, text.encode("utf-8", "replace"))
        except OSError as error:
            self.app.say(f"{safe_line(str(path))} was not written: {safe_line(error.strerror or str(error))}", "error")
        else:
            self.app.say(f"written to {safe_line(str(path))}, readable by you only")

    def action_log_pager(self) -> None:
        self._open_in(os.environ.get("PAGER") or "less")

    def action_log_editor(self) -> None:
        self._open_in(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")

    def _open_in(self, command: str) -> None:
        name, lines = self.text_out()
        if not lines:
            self.app.say("There is nothing to show yet.", "warning")
            return
        try:
            with self.app.suspend():
                problem = show_in(command, name, text_of(lines))
        except SuspendNotSupported:
            problem = "This terminal cannot be left for a moment; E saves to a file."
        if problem:
            self.app.say(safe_line(problem), "error")


def safe_name(text: str) -> str:
    """An id as a part of a file's name: nothing in it can lead to another folder."""
    return re.sub(r"[^0-9A-Za-z-]", "_", text)[:64]


def text_of(lines: Sequence[str]) -> str:
    """Lines as a text that harms no terminal: control characters are escaped."""
    return "".join(f"{safe_line(line)}\n" for line in lines)


def check_path(typed: str) -> Path:
    """The path of a file to write. Raises `BadInput`: it is a folder, or in a folder that is not there."""
    if not typed:
        raise BadInput("Type the path of a file, or Escape to save nothing.")
    path = Path(os.path.expanduser(typed)).absolute()
    if path.is_dir():
        raise BadInput("That is a folder: add the name of a file.")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}.")
    return path


def write_new(path: Path, contents: bytes) -> None:
    """Writes a file of mode 0600 that is not there yet. Raises `OSError`: it is there by now, or cannot be written."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(contents)


def show_in(command: str, name: str, text: str) -> str | None:
    """Runs a program on a text in a file of mode 0600 that is gone afterwards; never through a shell.

    Args:
        command: the program with its options, as a shell would split it.
        name: how the file's name ends.

    Returns:
        Why it could not be shown, or None.
    """
    try:
        words = shlex.split(command)
        descriptor, path = tempfile.mkstemp(suffix=f"-{name}")
    except (ValueError, OSError) as error:
        return f"{command} cannot be started: {error}"
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
        with hiding_secrets(os.environ):
            process = subprocess.run([*words, path], check=False)  # noqa: S603 - the user's own choice, split, no shell
    except (OSError, ValueError) as error:
        return f"{command} cannot be started: {error}"
    finally:
        with suppress(OSError):
            os.unlink(path)
    return f"{words[0]} ended with code {process.returncode}." if process.returncode else None

"""Commands as a shell would run them: in this process, or as one of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from globus_tui.cli import run

if TYPE_CHECKING:
    import pytest


class Shell:
    """Runs commands and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        if arguments[0] == "check":  # it forks, which only a program without threads may do
            done = subprocess.run(
                [sys.executable, "-m", "globus_tui", *arguments], capture_output=True, text=True, check=False
            )
            self.out, self.err = done.stdout, done.stderr
            return done.returncode
        try:
            code = run(arguments)
        except SystemExit as left:  # of argparse
            code = int(left.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def document(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)

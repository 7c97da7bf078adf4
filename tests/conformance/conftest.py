"""A sandbox in a process of its own, as a user starts it, and the official clients pointed at it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI = Path(sys.executable).with_name("globus")
LINES = 10
"""How many `NAME=value` lines `globus-tui sandbox` prints."""


class Globus:
    """The unmodified official CLI, at a home of its own. `said` is the text of its last answer."""

    def __init__(self, home: Path, variables: dict[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.variables = variables
        self._environment = kept | variables | {"HOME": str(home), "LANG": "C.UTF-8", "GLOBUS_CLI_INTERACTIVE": "0"}

    def text(self, *arguments: str, code: int = 0) -> str:
        """What it prints; standard error too when it is to fail."""
        done = subprocess.run(
            [str(CLI), *arguments], env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, f"globus {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str) -> Any:
        """What it prints with `-F json`."""
        return json.loads(self.text(*arguments, "-F", "json"))


@pytest.fixture(scope="module")
def printed_lines() -> Iterator[dict[str, str]]:
    """The lines that `globus-tui sandbox` prints, read as a shell reads them; it serves while the module runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
    command = [sys.executable, "-m", "globus_tui", "sandbox", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        found: dict[str, str] = {}
        try:
            for _ in range(LINES):
                (word,) = shlex.split(serving.stdout.readline())
                name, _, value = word.partition("=")
                found[name] = value
            yield found
        finally:
            serving.terminate()


@pytest.fixture(scope="module")
def globus(printed_lines: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Globus:
    """The official CLI on the served sandbox, signed in by the service account that was printed."""
    if not CLI.exists():
        pytest.skip("the official CLI is not installed beside this Python")
    return Globus(tmp_path_factory.mktemp("home"), printed_lines)

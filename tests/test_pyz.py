"""The one-file program, built as `.ci/pyz` builds it and started with nothing but Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import Terminal

PYZ = Path(__file__).parent.parent / ".ci" / "pyz"


def _built(file: Path) -> Path:
    subprocess.run([sys.executable, PYZ, "--sources", file], check=True, capture_output=True)
    return file


def test_one_file_opens_its_screens_and_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    pyz, left = _built(tmp_path / "a.pyz"), tmp_path / "left"
    left.mkdir()
    assert pyz.read_bytes() == _built(tmp_path / "b.pyz").read_bytes(), "the same packages give the same bytes"

    bare = (sys.executable, "-I", "-S", str(pyz))  # neither installed packages nor the folder it is started in
    with Terminal("--demo", "--read-only", program=bare, environ={"TMPDIR": str(left), "PYTHONPATH": ""}) as terminal:
        terminal.wait_for("q Quit")
        terminal.press("\r")
        terminal.wait_for("q Back")
        terminal.press("\x03")
        assert terminal.wait_for_end() == 0
    for shell in ("bash", "zsh", "fish"):
        found = subprocess.run([*bare, "completion", shell], env={"TMPDIR": str(left)}, capture_output=True, check=True)
        assert b"globus-tui --names" in found.stdout
    assert list(left.iterdir()) == []

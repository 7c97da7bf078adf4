"""The pictures of README.md show the program as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "screenshots" / "take.py"


def test_the_pictures_are_current() -> None:
    """In a process of its own: Textual reads the terminal's colours once, when it is imported."""
    environ = os.environ | {"PYTHONPATH": str(SCRIPT.parents[1])}
    found = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, env=environ)
    assert found.returncode == 0, f"{found.stdout}{found.stderr}\nrun: python screenshots/take.py"

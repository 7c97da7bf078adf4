from __future__ import annotations

import subprocess
import sys


def test_importing_the_store_brings_neither_the_screen_nor_http_with_it() -> None:
    code = "import sys, globus_tui.store.job_store; print({'textual', 'rich', 'httpx', 'dateutil'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"

"""The official CLI signs in to the sandbox, as a person would: link, page, pasted code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.auth.login import approve
from tests.sandbox.conftest import MAPPED

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox

PAT = "pat@facility.example.org"
CLI = Path(sys.executable).with_name("globus")


class Shell:
    """Runs the CLI at a home of its own; answers its request for a code by acting as the browser."""

    def __init__(self, sandbox: Sandbox, home: Path, base_url: str) -> None:
        self.sandbox = sandbox
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
        names = ("AUTH", "TRANSFER", "TIMER", "FLOWS", "GROUPS", "SEARCH")
        urls = {f"GLOBUS_SDK_SERVICE_URL_{name}": base_url for name in names}
        self.environment = kept | urls | {"HOME": str(home)}

    def __call__(self, *arguments: str) -> str:
        with subprocess.Popen(
            [str(CLI), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "/v2/oauth2/authorize?" in line:
                    process.stdin.write(approve(self.sandbox, line.strip(), PAT) + "\n")
                    process.stdin.flush()
            assert process.wait() == 0, said
        return said


@pytest.mark.skipif(not CLI.exists(), reason="the official CLI is not installed beside this Python")
def test_the_official_cli_signs_in_consents_and_signs_out(small: Sandbox, served: str, tmp_path: Path) -> None:
    globus = Shell(small, tmp_path, served)
    assert "You have successfully logged in" in globus("login", "--no-local-server")
    assert globus("whoami").strip() == PAT
    consent = globus("session", "consent", "--no-local-server", "--timer-data-access", MAPPED)
    assert "successfully updated" in consent
    assert any(one.scope.endswith(f"{MAPPED}/data_access") and len(one.path) == 3 for one in small.consents)
    assert PAT in globus("session", "show")
    assert "successfully logged out" in globus("logout", "--yes")
    kept = {(t.resource_server, t.kind): t for t in small.tokens.values()}  # it holds the newest of each
    assert len(kept) == 12
    assert all(token.revoked for token in kept.values())

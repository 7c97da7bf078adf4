"""The command that is told of alerts: JSON, no shell, a time limit, once for each cause whatever copies run."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from globus_tui.domain.timer.alerts import Alert, AlertKind
from globus_tui.domain.timer.health import Word
from globus_tui.store.alert_hook import AlertHook, CannotRunError, claim, run_hook
from globus_tui.store.ledger import Ledger
from tests.domain.samples import DAY, HOUR, NOW

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_gets_the_document_and_no_secrets_and_nothing_is_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBUS_TUI_CLIENT_SECRET", "s3cret")
    out = tmp_path / "out"
    code = "import os,sys;open(sys.argv[1],'w').write(sys.stdin.read()+sys.argv[2]+str('s3cret' in str(os.environ)))"
    assert await run_hook([sys.executable, "-c", code, str(out), "$(id)"], {"alerts": [{"name": "a; rm"}]}) is None
    document, rest = out.read_text().split("\n")
    assert json.loads(document) == {"alerts": [{"name": "a; rm"}]}
    assert rest == "$(id)False"


async def test_what_goes_wrong_with_it_is_said() -> None:
    with pytest.raises(CannotRunError, match="cannot be run"):
        await run_hook(["/nonexistent/page"], {})
    assert "exit code 3" in str(await run_hook([sys.executable, "-c", "raise SystemExit(3)"], {}))
    slow = "import time; time.sleep(60)"
    assert "took longer" in str(await run_hook([sys.executable, "-c", slow], {}, limit=0.2))
    assert await run_hook(["true"], {"x": "y" * 1_000_000}) is None  # reads nothing of it


async def test_what_nobody_could_be_told_waits_until_the_command_can_be_run(tmp_path: Path) -> None:
    page, out = tmp_path / "page", tmp_path / "out"
    hook = AlertHook([str(page)], Ledger(tmp_path / "alerts.json"), 1)
    first = Alert(AlertKind.BAD, "a", Word.FAILED, NOW, NOW - HOUR)
    assert "page cannot be run" in str(await hook.tell([first], {"a": {"id": "a"}}))
    assert await hook.tell([], {}) is None  # said once
    assert await hook.tell([first._replace(key="b")], {"b": {"id": "b"}}) is None
    page.write_text(f"#!/bin/sh\ncat >> {out}\n")
    page.chmod(0o700)
    assert await hook.tell([first._replace(key="c")], {"c": {"id": "c"}}) is None
    assert json.loads(out.read_text()) == {"schema": 1, "alerts": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    assert hook.untold == []
    assert await hook.tell([], {}) is None
    page.unlink()
    assert "page cannot be run" in str(await hook.tell([first._replace(key="d")], {"d": {}}))  # that is news again


async def test_two_copies_tell_one_cause_once(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path / "alerts.json"), Ledger(tmp_path / "alerts.json")
    alert = Alert(AlertKind.BAD, "t", Word.FAILED, NOW, NOW - HOUR)
    assert await claim([alert], one) == [alert]
    assert await claim([alert._replace(at=NOW + HOUR)], other) == []
    later = alert._replace(at=NOW + DAY, since=NOW + DAY)
    assert await claim([later], other) == [later]
    (tmp_path / "alerts.json").write_text("{damaged")
    assert await claim([later], one) == [later]

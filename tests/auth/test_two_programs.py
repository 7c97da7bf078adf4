from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from globus_tui.auth.records import SignIn
from globus_tui.auth.token_store import TokenFile
from globus_tui.domain.auth.credentials import Secret, TokenGrant
from tests.auth.fakes import PAT
from tests.auth.renewing_program import KEY, SERVERS

ROOT = Path(__file__).parents[2]
ROUNDS = 50  # four services each: 200 renewals for each of the two programs


def test_two_programs_renewing_at_once_200_times_lose_no_token(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    grants = [
        TokenGrant(
            server, Secret(f"access-{server}-0"), now + timedelta(hours=48), ("scope",), Secret(f"refresh-{server}-0")
        )
        for server in SERVERS
    ]
    file = TokenFile(tmp_path / "data" / "tokens.json")
    file.merge(KEY, SignIn.fresh(PAT, grants, now))
    (tmp_path / "auth.json").write_text(
        json.dumps({"count": 0, "live": {server: f"refresh-{server}-0" for server in SERVERS}})
    )
    command = [sys.executable, "-m", "tests.auth.renewing_program", str(tmp_path), str(ROUNDS)]
    programs = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [program.communicate(timeout=100)[1] for program in programs]
    assert [program.returncode for program in programs] == [0, 0], told

    state = json.loads((tmp_path / "auth.json").read_text())
    kept = file.load(KEY)
    assert kept is not None
    assert {server: saved.grant.refresh_token for server, saved in kept.grants.items()} == {
        server: Secret(token) for server, token in state["live"].items()
    }
    assert ROUNDS * len(SERVERS) <= state["count"] <= 2 * ROUNDS * len(SERVERS)
    assert not list((tmp_path / "data").glob("*.corrupt-*"))
    assert not list((tmp_path / "data").glob(".tokens*"))


def test_two_programs_signing_in_under_many_profiles_at_once_lose_none(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.auth.renewing_program", str(tmp_path), "100"]
    programs = [subprocess.Popen([*command, name], cwd=ROOT, stderr=subprocess.PIPE, text=True) for name in "ab"]
    told = [program.communicate(timeout=100)[1] for program in programs]
    assert [program.returncode for program in programs] == [0, 0], told
    kept = {key.profile for key in TokenFile(tmp_path / "data" / "tokens.json").profiles()}
    assert kept == {f"{name}{number}" for name in "ab" for number in range(100)}

"""One of the programs of `test_two_programs.py`: renews its tokens so many times against a file-backed Auth, or signs
in under so many profiles.

Refresh tokens work once: a program that used one which the other had used already would be signed out.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from globus_tui.api.globus_auth import AuthClient
from globus_tui.auth.records import ProfileKey, SignIn
from globus_tui.auth.stored_tokens import StoredTokens
from globus_tui.auth.token_store import TokenFile
from globus_tui.domain.auth.credentials import Secret, TokenAnswer, TokenGrant
from tests.auth.fakes import PAT, refusal

KEY = ProfileKey("default", "production", "an-id")
SERVERS = ("transfer", "timers", "flows", "auth")


class FileBackedAuth(AuthClient):
    """Knows the one live refresh token of each resource server, in a file that both programs see."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def refresh(self, client_id: str, refresh_token: Secret) -> TokenAnswer:
        with self._path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            state = json.load(file)
            server = refresh_token.reveal().split("-")[1]
            if state["live"][server] != refresh_token.reveal():
                raise refusal()
            state["count"] += 1
            state["live"][server] = f"refresh-{server}-{state['count']}"
            file.seek(0)
            json.dump(state, file)
            file.truncate()
        expires = datetime.now(UTC) + timedelta(hours=48, seconds=state["count"])
        access, refresh = Secret(f"access-{server}-{state['count']}"), Secret(state["live"][server])
        return TokenAnswer((TokenGrant(server, access, expires, ("scope",), refresh),))


async def renew_often(folder: Path, times: int) -> None:
    tokens = StoredTokens(FileBackedAuth(folder / "auth.json"), TokenFile(folder / "data" / "tokens.json"), KEY)
    for _ in range(times):
        held = await asyncio.gather(*map(tokens.token, SERVERS))
        await asyncio.gather(*(tokens.renew(server, token) for server, token in zip(SERVERS, held, strict=True)))


def sign_in_often(folder: Path, times: int, name: str) -> None:
    """Keeps a sign-in under a profile after another, as `globus-tui login` does: without the lock of renewals."""
    file = TokenFile(folder / "data" / "tokens.json", lock_seconds=60)  # on a busy machine the other one is slow
    expires = datetime.now(UTC) + timedelta(hours=48)
    for number in range(times):
        grant = TokenGrant("transfer", Secret(f"access-{name}-{number}"), expires, ("scope",), Secret("refresh"))
        file.merge(replace(KEY, profile=f"{name}{number}"), SignIn.fresh(PAT, [grant], datetime.now(UTC)))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        sign_in_often(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    else:
        asyncio.run(renew_often(Path(sys.argv[1]), int(sys.argv[2])))

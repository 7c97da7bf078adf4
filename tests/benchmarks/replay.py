"""A loopback service that answers as the sandbox did when it was asked first: fast, so that clients are measured.

    python -m tests.benchmarks.replay TIMERS

Making a list of 10,000 timers takes the sandbox most of a second, and a client beside it would be measured waiting.
Here the list is made once for each question, compressed once, and sent from memory. Everything else (tokens, tasks,
collections) is asked of the sandbox in this process and remembered by its address.

It prints `NAME=value` lines for the official clients and for this program, then serves until it is ended. `GET
/_replay/MODE` chooses what the next lists say: `same` as before, or with other next runs for one timer in a hundred
(`percent`), for three of the first twenty by name (`cells`), or for all; `renew` asks the sandbox again; `body` gives
the list itself. The answer is
what was received since the last such call, and how much of it is not answered yet: `{"lists": n, "requests": n,
"unanswered": n}`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from datetime import datetime, timedelta
from typing import Any

import httpx

from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import environment
from globus_tui.sandbox.service import InProcessTransport, make_app
from globus_tui.sandbox.world.history import facility

MODES = ("same", "percent", "cells", "all")


class Replay:
    """Stored answers, and how many were given."""

    def __init__(self, timers: int) -> None:
        self.sandbox = facility(Clock(), timers=timers)
        self.client = httpx.AsyncClient(transport=InProcessTransport(make_app(self.sandbox)), base_url="http://replay/")
        self.mode = "same"
        self.lists = self.requests = self.unanswered = 0
        self._stored: dict[str, bytes] = {}
        self._turns: dict[tuple[str, bool], bytes] = {}
        self._turned = False

    async def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        """The whole answer, head included."""
        if target.startswith("/_replay/"):
            return self._control(target.rsplit("/", 1)[1])
        self.requests += 1
        self.unanswered += 1
        try:
            return await self._replayed(method, target, headers, body)
        finally:
            self.unanswered -= 1

    async def _replayed(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        is_list = method == "GET" and target.split("?")[0] in ("/jobs/", "/jobs")
        if is_list:
            self.lists += 1
            self._turned = not self._turned if self.mode != "same" else self._turned
            turned = self._turns.get((target, self._turned)) if self.mode != "same" else None
            if turned is not None:
                return turned
        key = target if method == "GET" else f"{method} {target} {body!r}"
        if key not in self._stored:
            self._stored[key] = await self._ask(method, target, headers, body)
        found = self._stored[key]
        if is_list and self.mode != "same":
            for side in (False, True):
                self._turns[target, side] = _pack(200, _changed(_unpack(found), self.mode, side))
            found = self._turns[target, self._turned]
        return found

    def _control(self, wish: str) -> bytes:
        if wish in MODES:
            self.mode = wish
            self._turns.clear()
        if wish == "renew":
            self._stored.clear()
            self._turns.clear()
        if wish == "body":
            return next(found for key, found in self._stored.items() if key.startswith("/jobs"))
        said = json.dumps({"lists": self.lists, "requests": self.requests, "unanswered": self.unanswered}).encode()
        self.lists = self.requests = 0
        return _pack(200, said)

    async def _ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        kept: dict[str, str] = {one: headers[one] for one in ("authorization", "content-type") if one in headers}
        found = await self.client.request(method, target, headers=kept, content=body)
        return _pack(found.status_code, found.content)


def _pack(status: int, body: bytes) -> bytes:
    packed = gzip.compress(body, 5)
    head = (
        f"HTTP/1.1 {status} replayed\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n"
        f"content-length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


def _unpack(stored: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(stored.split(b"\r\n\r\n", 1)[1]))
    return found


def _changed(listing: dict[str, Any], mode: str, side: bool) -> bytes:
    """The list with other next runs for some; the two sides take turns, so that every refresh brings news."""
    jobs = listing["jobs"]
    by_name = sorted((job for job in jobs if job["next_run"]), key=lambda job: (job["name"] or "~").casefold())
    chosen = {"percent": jobs[:: 100 if len(jobs) >= 100 else 10], "cells": by_name[3:15:5], "all": jobs}[mode]
    for job in chosen if side else ():
        if job["next_run"]:
            job["next_run"] = (datetime.fromisoformat(job["next_run"]) + timedelta(days=1)).isoformat()
            if (job.get("activity") or {}).get("next_run"):
                job["activity"]["next_run"] = job["next_run"]
    return json.dumps(listing, separators=(",", ":")).encode()


async def _serve(replay: Replay) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(await replay.answer(method, target, headers, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    for name, value in environment(replay.sandbox, f"http://{host}:{port}/").items():
        print(f"{name}={value}")
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Replay(int(sys.argv[1]))))

"""Nobody in front of a detached tmux session: the program asks less often until somebody is back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from globus_tui.tmux import is_attended, send_to_tmux

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo import Demo

INSIDE = {"TMUX": "/tmp/tmux-1/default,1,0", "TMUX_PANE": "%3"}


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tmux that says what stands in the file returned, and takes down how it was called."""
    program = tmp_path / "tmux"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/called\ncat {tmp_path}/said\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "said"


def says(tmux: Path, words: str) -> None:
    tmux.write_text(words)


def calls(tmux: Path) -> str:
    called = tmux.with_name("called")
    return called.read_text() if called.exists() else ""


@pytest.mark.parametrize(
    ("said", "attended"), [("1\n", True), ("2\n", True), ("0\n", False), ("", None), ("what", None)]
)
async def test_tmux_says_whether_a_terminal_shows_the_session(tmux: Path, said: str, attended: bool | None) -> None:
    says(tmux, said)
    assert await is_attended(INSIDE) is attended
    assert "-t %3" in calls(tmux)


async def test_outside_tmux_nothing_is_started(tmux: Path) -> None:
    says(tmux, "0")
    assert await is_attended({}) is None
    assert not calls(tmux)


async def test_a_tmux_that_is_not_there_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await is_attended(INSIDE) is None


class Ended:
    """A process that has ended in the moment in which nobody waits for it any more."""

    returncode = 0

    async def communicate(self, text: bytes = b"") -> tuple[bytes, bytes]:
        raise TimeoutError

    def kill(self) -> None:
        raise ProcessLookupError

    async def wait(self) -> int:
        return 0


async def test_a_tmux_that_ends_as_it_is_given_up_on_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(*arguments: str, **options: object) -> Ended:
        del arguments, options
        return Ended()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    assert await is_attended(INSIDE) is None
    assert await send_to_tmux("x") is False


async def test_a_detached_session_is_refreshed_less_often_until_it_is_attached(
    tmux: Path, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in INSIDE.items():
        monkeypatch.setenv(name, value)
    async with demo.console() as pilot:
        plan = demo.app.store.refresher
        says(tmux, "0")
        await demo.pass_time(pilot, 31)
        assert plan.plan.pace == 120
        says(tmux, "1")
        await demo.pass_time(pilot, 121)
        assert plan.plan.pace == 30


async def test_a_key_tells_that_somebody_is_back_before_tmux_is_asked_again(
    tmux: Path, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in INSIDE.items():
        monkeypatch.setenv(name, value)
    async with demo.console() as pilot:
        says(tmux, "0")
        await demo.pass_time(pilot, 31)
        before = len(demo.asked("GET /jobs/"))
        demo.clock.advance(60)
        says(tmux, "1")
        await demo.press(pilot, "down")
        assert demo.app.store.refresher.plan.pace == 30
        await demo.until(pilot, lambda: len(demo.asked("GET /jobs/")) > before)

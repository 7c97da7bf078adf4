"""tmux around this terminal: whether anybody looks at it, and a way out for a text to be pasted elsewhere.

Inside tmux its own buffer is filled and passed on (`load-buffer -w`): a stock tmux swallows the escape sequence that
other programs send. Elsewhere the sequence OSC 52 asks the terminal. Neither answers, so nobody can claim more than
that the text was sent.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 2.0


async def is_attended(environ: Mapping[str, str]) -> bool | None:
    """Whether some terminal shows this pane's session: a detached one goes on running with nobody in front of it.

    None outside tmux and where tmux does not say. It starts one small program, so it is worth asking before a refresh
    and not more often.
    """
    pane = environ.get("TMUX_PANE")
    if not environ.get("TMUX") or not pane:
        return None
    words = (await _tmux("display-message", "-p", "-t", pane, "#{session_attached}") or "").strip()
    return int(words) > 0 if words.isdecimal() else None


def inside_tmux(environ: Mapping[str, str]) -> bool:
    """Whether this terminal is a tmux pane and tmux can be called."""
    return bool(environ.get("TMUX")) and shutil.which("tmux") is not None


async def send_to_tmux(text: str) -> bool:
    """Hands a text to tmux, which passes it on to the outer terminal where that is allowed; False if it failed."""
    return await _tmux("load-buffer", "-w", "-", text=text) is not None


async def _tmux(*words: str, text: str = "") -> str | None:
    """What a command of tmux says; None where it could not be run, failed, or took too long."""
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec("tmux", *words, stdin=pipe, stdout=pipe, stderr=none)
    except OSError:
        return None
    try:
        output, _ = await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), _PATIENCE_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):  # it may have ended in this very moment
            process.kill()
        await process.wait()
        return None
    return output.decode(errors="replace") if process.returncode == 0 else None

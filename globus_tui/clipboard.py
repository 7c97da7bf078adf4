"""Ways out of a terminal for a text to be pasted elsewhere.

Inside tmux its own buffer is filled and passed on (`load-buffer -w`): a stock tmux swallows the escape sequence that
other programs send. Elsewhere the sequence OSC 52 asks the terminal. Neither answers, so nobody can claim more than
that the text was sent.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 2.0


def inside_tmux(environ: Mapping[str, str]) -> bool:
    """Whether this terminal is a tmux pane and tmux can be called."""
    return bool(environ.get("TMUX")) and shutil.which("tmux") is not None


async def send_to_tmux(text: str) -> bool:
    """Hands a text to tmux, which passes it on to the outer terminal where that is allowed; False if it failed."""
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            "load-buffer",
            "-w",
            "-",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode()), _PATIENCE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0

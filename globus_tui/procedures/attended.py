"""Whether anybody can see a tmux pane: a detached session goes on running, with nobody in front of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 1.0


async def is_attended(environ: Mapping[str, str]) -> bool | None:
    """Whether some terminal shows this pane's session; None outside tmux and where tmux does not say.

    It starts one small program, so it is worth asking before a refresh and not more often.
    """
    pane = environ.get("TMUX_PANE")
    if not environ.get("TMUX") or not pane:
        return None
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            "display-message",
            "-p",
            "-t",
            pane,
            "#{session_attached}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _PATIENCE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    words = said.decode(errors="replace").strip()
    return int(words) > 0 if words.isdecimal() else None

#!/usr/bin/env bash
# To kill a process that has ended does nothing in subprocess, and raises ProcessLookupError in asyncio.
set -euo pipefail
python3 - <<'PY'
import asyncio
import platform
import subprocess

plain = subprocess.Popen(["true"])
plain.wait()
plain.kill()


async def kill_late() -> str:
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    try:
        process.kill()
    except ProcessLookupError as wrong:
        return type(wrong).__name__
    return "nothing"


late = asyncio.run(kill_late())
print(f"Python {platform.python_version()}: kill of a process that has ended: subprocess nothing, asyncio {late}")
assert late == "ProcessLookupError"
PY

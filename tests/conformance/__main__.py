"""Walks official clients and small packages of the field through the sandbox, and writes RESULTS.md beside this file.

    python -m tests.conformance [NAME ...] [--list]

Each client is installed into a folder of its own and run unmodified, against `globus-tui sandbox` on loopback and with
nothing but the variables that it prints. Needs a package index; takes some minutes. With names, only those rows are
walked anew. What a client cannot do there because of the sandbox is a fault of the sandbox; what it cannot do by itself
is told in the remark.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.sandbox.world.collections import collection_id
from globus_tui.sandbox.world.flows import flow_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESULTS = Path(__file__).with_name("RESULTS.md")
FIELD = Path(__file__).with_name("field")
PATIENCE = 600
"""Seconds for one client, and for its installation."""


class Client(NamedTuple):
    """A client and the script that walks it."""

    name: str
    package: str
    version: str
    script: str
    lacks: str = ""
    """Requirements that it has and does not state."""
    python: str = ""
    """The oldest Python that reads its code, where its own metadata allow older ones."""

    @property
    def key(self) -> str:
        """What names its row."""
        return f"{self.package} {self.version}"


CLIENTS = (
    *(Client("Python SDK", "globus-sdk", one, "python_sdk.py") for one in ("4.10.0", "4.9.0", "3.66.0")),
    *(Client("CLI", "globus-cli", one, "command_line.py") for one in ("3.44.0", "3.43.0", "3.30.1")),
    Client("JavaScript SDK", "@globus/sdk", "6.2.0", "javascript.mjs"),
    Client("Timer CLI", "globus-timer-cli", "0.2.9.post0", "timer_cli.py"),
    Client("globusfs", "globusfs", "0.2.1", "fsspec_globusfs.py"),
    Client("globus-xr", "globus-xr", "0.2.0", "fsspec_xr.py"),
    Client("gladier", "gladier", "0.11.0", "flows_gladier.py"),
    Client("globsync", "globsync", "0.1.0", "flows_globsync.py", "click==8.3.1 globus-sdk<4", "3.12"),
    Client("Auth of fauxbus, with this program", "fauxbus", "0.4.0", "auth_fauxbus.py"),
)


class Step(NamedTuple):
    """One step of a walk; `outcome` is `ok`, `own` (the client's own trouble) or `fault`."""

    name: str
    outcome: str
    remark: str


def read_steps(printed: str) -> list[Step]:
    """The lines of JSON among what a walk printed."""
    return [Step(*json.loads(line)) for line in printed.splitlines() if line.startswith('["')]


def row(client: Client, steps: Iterable[Step]) -> str:
    """The client's line of the table."""
    walked = list(steps)
    good = sum(one.outcome == "ok" for one in walked)
    result = "all" if good == len(walked) else f"{good} of {len(walked)}"
    if any(one.outcome == "fault" for one in walked):
        result += ", **fault**"
    remarks = [f"{one.name}: {one.remark}" for one in walked if one.remark]
    if client.lacks:
        remarks.append(f"installed with {' and '.join(client.lacks.split())}, which it needs and does not say")
    if client.python:
        remarks.append(f"needs Python {client.python}, though its metadata allow older ones")
    remark = "; ".join(remarks).replace("|", "\\|")
    return f"| {client.name} | {client.key} | {', '.join(one.name for one in walked)} | {result} | {remark or '-'} |"


def table(rows: Iterable[str], today: datetime) -> str:
    """The whole document."""
    head = (
        "# Other people's clients on the sandbox\n\n"
        f"Made by `python -m tests.conformance` on {today:%Y-%m-%d}: each client unmodified, in a folder of its own,"
        " against `globus-tui sandbox`.\n\n"
        "| client | version | steps | result | remark |\n|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def read_rows(text: str) -> dict[str, str]:
    """The rows of an earlier table by the client's key."""
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return {line.split(" | ")[1]: line for line in lines if " | " in line}


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """Serves as a user does, and gives what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GLOBUS_")}
    command = [sys.executable, "-m", "globus_tui", "sandbox", "--port", "0"]
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            found: dict[str, str] = {}
            while "GLOBUS_TUI_CLIENT_SECRET" not in found:
                name, _, value = " ".join(shlex.split(serving.stdout.readline())).partition("=")
                found[name] = value
            yield found
        finally:
            serving.terminate()


def python_for(client: Client) -> str | None:
    """This Python, or another one that is installed here and new enough; None when there is none."""
    if not client.python or sys.version_info >= tuple(map(int, client.python.split("."))):
        return sys.executable
    found = (shutil.which(f"python3.{minor}") for minor in range(int(client.python.split(".")[1]), 20))
    others = (str(one) for one in sorted(Path.home().glob(f".pyenv/versions/{client.python}*/bin/python3")))
    for path in (*filter(None, found), *others):
        if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    return None


def install(client: Client, folder: Path, using: str) -> list[str]:
    """Installs the client for a Python; gives the command that runs its script."""
    if client.script.endswith(".mjs"):
        shutil.copy(FIELD / client.script, folder)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", f"{client.package}@{client.version}"],
            cwd=folder, check=True, timeout=PATIENCE,
        )  # fmt: skip
        return ["node", str(folder / client.script)]
    wanted = [f"{client.package}=={client.version}", *client.lacks.split()]
    python = str(folder / "venv" / "bin" / "python")
    if uv := shutil.which("uv"):
        commands = [[uv, "venv", "-q", "-p", using, "venv"], [uv, "pip", "install", "-q", "-p", python, *wanted]]
    else:
        commands = [[using, "-m", "venv", "venv"], [python, "-m", "pip", "install", "-qq", *wanted]]
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, timeout=PATIENCE)
    return [python, str(FIELD / client.script)]


def walk(client: Client, variables: dict[str, str]) -> list[Step]:
    """Installs and walks one client."""
    if client.script.endswith(".mjs") and not shutil.which("npm"):
        return [Step("walk", "own", "node is not installed here")]
    using = python_for(client)
    if using is None:
        return [Step("walk", "own", f"Python {client.python} is not installed here")]
    with tempfile.TemporaryDirectory(prefix="walk-") as name:
        folder = Path(name)
        try:
            command = install(client, folder, using)
        except subprocess.CalledProcessError as failed:
            return [Step("install", "fault", f"{failed.cmd[0]} ended with {failed.returncode}")]
        (folder / "home").mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        places = {"WALK_DEPOT": collection_id("depot"), "WALK_ARCHIVE": collection_id("archive")}
        own = {"HOME": str(folder / "home"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "GLOBUS_CLI_INTERACTIVE": "0"}
        flows = {"WALK_FLOW": flow_id("quality"), "WALK_SPARE": flow_id("ocr"), "WALK_PYTHON": sys.executable}
        environment = kept | variables | places | own | flows
        environment["TIMER_SERVICE_URL"] = variables["GLOBUS_SDK_SERVICE_URL_TIMER"].rstrip("/")
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        steps = read_steps(done.stdout)
        if done.returncode:
            steps.append(Step("to the end", "fault", " ".join(done.stderr.split())[-400:]))
        return steps


def main() -> int:
    """Walks them and writes the table; the exit code is 1 when something is the sandbox's fault."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", help="packages to walk; all without")
    options.add_argument("--list", action="store_true", help="name them and stop")
    chosen = options.parse_args()
    if chosen.list:
        print("\n".join(one.key for one in CLIENTS))
        return 0
    rows = read_rows(RESULTS.read_text()) if RESULTS.exists() and chosen.names else {}
    bad = False
    with sandbox() as variables:
        for client in CLIENTS:
            if chosen.names and client.package not in chosen.names and client.key not in chosen.names:
                continue
            steps = walk(client, variables)
            bad = bad or not steps or any(one.outcome == "fault" for one in steps)
            rows[client.key] = row(client, steps)
            print(rows[client.key], flush=True)
    RESULTS.write_text(table((rows[one.key] for one in CLIENTS if one.key in rows), datetime.now(UTC)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

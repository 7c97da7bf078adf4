"""Completion in real shells, and the manual page: from the same declarations, with names from the cache alone."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui.cli.completion import SHELLS, manual
from globus_tui.store.answer_cache import AnswerCache

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMERS = ("nightly genomics", "a'b", 'say "hi"', "cost $5 *", "backup: daily", "plain-one", "größe", "x\\y")
COLLECTIONS = ("Campus Archive", "NERSC-DTN")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A home whose cache has names of two profiles."""
    cache = tmp_path / "cache"
    AnswerCache(cache / "globus_tui", "work\nproduction\nx\nme").save_names(TIMERS, COLLECTIONS)
    AnswerCache(cache / "globus_tui", "lab\nproduction\nx\nme").save_names(("labs-own",), ())
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / "globus-tui"
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m globus_tui "$@"\n')
    tool.chmod(0o755)
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(cache), "PATH": f"{folder}:/usr/bin:/bin", "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT), "TERM": "dumb", "XDG_CONFIG_HOME": str(tmp_path / "config")}  # fmt: skip


def script(shell: str, home: dict[str, str]) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "globus_tui", "completion", shell], env=home, capture_output=True, check=True, timeout=60
    )
    path = Path(home["HOME"], f"completion.{shell}")
    path.write_bytes(done.stdout)
    return path


class Typist:
    """A shell on a terminal of its own; what is entered is printed by a function, an argument a line."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, env)

    def until(self, wanted: str) -> str:
        found = b""
        while wanted.encode() not in found:
            if not select.select([self.terminal], [], [], 30)[0]:
                raise AssertionError(f"no {wanted!r} in {found!r}")
            found += os.read(self.terminal, 65536)
        return found.decode(errors="replace")

    def send(self, text: str) -> None:
        os.write(self.terminal, text.encode())


@pytest.fixture
def typists() -> Iterator[list[Typist]]:
    opened: list[Typist] = []
    yield opened
    for one in opened:
        os.kill(one.pid, 9)
        os.waitpid(one.pid, 0)
        os.close(one.terminal)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_names_with_blanks_quotes_and_colons_rightly(
    home: dict[str, str], typists: list[Typist]
) -> None:
    path = script("bash", home)
    lines = {
        "show ni": "nightly genomics", "show 'ni": "nightly genomics", 'show "ni': "nightly genomics",
        "show a": "a'b", 'show "a': "a'b", "show 'a": "a'b", "show say": 'say "hi"', 'show "say': 'say "hi"',
        "show cos": "cost $5 *", 'show "cos': "cost $5 *", "show bac": "backup: daily", "show backup:": "backup: daily",
        "show x": "x\\y", "list health:fa": "health:failed", "list to:Ca": 'to:"Campus Archive"', "pau": "pause",
        "list --format=mark": "--format=markdown", "list --col": "--columns",
        "--profile lab show lab": "labs-own", "--profile lab show pla": "pla", "pause --dry": "--dry-run",
        "window op": "open", "window open health:fa": "health:failed", "window open --reas": "--reason",
        "list -to:Ca": '-to:"Campus Archive"', "list \\!to:Ca": '!to:"Campus Archive"',
        "list '!to:Ca": '!to:"Campus Archive"', "list -from:N": "-from:NERSC-DTN", "list -health:fa": "-health:failed",
        "list '!health:fa": "!health:failed",
        "window open -to:Ca": '-to:"Campus Archive"', "window open -health:fa": "-health:failed",
    }  # fmt: skip
    shell = Typist(["bash", "--norc", "--noprofile", "-i"], home)
    typists.append(shell)
    shell.send(
        "bind 'set enable-bracketed-paste off'; PS1='READY'; said() { printf '<%s>' \"$@\"; echo DONE; }; "
        f"source {path}; complete -F _globus_tui said\r"
    )
    shell.until("READY")
    for typed, meant in lines.items():
        shell.send(f"said {typed}\t")
        shell.send("\r")
        assert f"<{meant}>DONE" in shell.until("DONE\r"), typed


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_completes_names_with_blanks_and_quotes_rightly(home: dict[str, str], typists: list[Typist]) -> None:
    path = script("zsh", home)
    lines = {
        "show ni": "nightly genomics", "show a": "a'b", "show say": 'say "hi"', "show cos": "cost $5 *",
        "show bac": "backup: daily", "show 'ni": "nightly genomics", "list health:fa": "health:failed",
        "list to:Ca": 'to:"Campus Archive"', "pau": "pause", "list --format mark": "markdown",
        "window op": "open", "window open health:fa": "health:failed",
        "list -to:Ca": '-to:"Campus Archive"', "list \\!to:Ca": '!to:"Campus Archive"',
        "list -from:N": "-from:NERSC-DTN", "list -health:fa": "-health:failed",
        "window open -to:Ca": '-to:"Campus Archive"',
    }  # fmt: skip
    shell = Typist(["zsh", "-f", "-i"], home)
    typists.append(shell)
    shell.send(
        "PS1='READY'; unsetopt prompt_cr prompt_sp; autoload -Uz compinit; compinit -D -u; "
        f"said() {{ printf '<%s>' \"$@\"; echo DONE; }}; source {path}; compdef _globus_tui said\r"
    )
    shell.until("READY")
    shell.until("READY")
    for typed, meant in lines.items():
        shell.send(f"said {typed}\t\r")
        assert f"<{meant}>DONE" in shell.until("DONE\r"), typed


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_offers_names_choices_and_conditions(home: dict[str, str]) -> None:
    path = script("fish", home)

    def offered(line: str) -> list[str]:
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {path}; complete -C {line!r}"], env=home, capture_output=True,
            text=True, check=True, timeout=60,
        )  # fmt: skip
        return [one.partition("\t")[0] for one in done.stdout.splitlines()]

    assert set(offered("globus-tui show ")) >= {*TIMERS, "labs-own"}
    assert offered("globus-tui show ni") == ["nightly genomics"]
    assert offered("globus-tui --profile lab show ") == ["labs-own"]
    assert "health:failed" in offered("globus-tui list health:")
    assert 'to:"Campus Archive"' in offered("globus-tui list to:")
    assert '!to:"Campus Archive"' in offered("globus-tui list !to:")
    assert '-from:"Campus Archive"' in offered("globus-tui list -from:")
    assert {"-health:failed", "-to:"} <= set(offered("globus-tui list -"))
    assert offered("globus-tui list --format mark") == ["markdown"]
    assert "pause" in offered("globus-tui pa")
    assert "open" in offered("globus-tui window ")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_is_one_that_its_shell_reads(shell: str, home: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    subprocess.run([shell, "-n", str(script(shell, home))], env=home, check=True, timeout=60)


def test_names_are_asked_of_the_cache_with_next_to_nothing_imported(home: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['globus-tui', '--names', 'timers', 'lab']\n"
        "from globus_tui.__main__ import main\nmain()\n"
        "heavy = {'argparse', 'textual', 'httpx', 'json', 'asyncio', 'platformdirs', 'globus_tui.cli'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=home, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == ["labs-own", "set()"]


def test_the_manual_page_in_the_repository_is_current_and_read_without_a_warning() -> None:
    kept = ROOT / "docs" / "man" / "globus-tui.1"
    assert kept.read_text() == manual(), "run: globus-tui man > docs/man/globus-tui.1"
    if shutil.which("man") and shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-ww", "-Tutf8", "-z", str(kept)], capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stderr == ""


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_completes_names_with_blanks_and_quotes_rightly(home: dict[str, str], typists: list[Typist]) -> None:
    path = script("fish", home)
    lines = {
        "show ni": "nightly genomics", "show 'ni": "nightly genomics", 'show "ni': "nightly genomics",
        "show a": "a'b", "show say": 'say "hi"', "show 'say": 'say "hi"', "show cos": "cost $5 *",
        'show "cos': "cost $5 *", "show bac": "backup: daily", "show x": "x\\y", "list health:fa": "health:failed",
        "list to:Ca": 'to:"Campus Archive"', 'list "to:Ca': 'to:"Campus Archive"', "pau": "pause", "window op": "open",
    }  # fmt: skip
    shell = Typist(["fish", "--no-config", "-i"], home)
    typists.append(shell)
    shell.send(
        f"source {path}; complete -c said -w globus-tui; function said; printf '<%s>' $argv; echo DO''NE; end; "
        "function fish_prompt; echo -n READY; end\r"
    )
    shell.until("READY")
    for typed, meant in lines.items():
        shell.send(f"said {typed}\t\r")
        assert f"<{meant}>DONE" in shell.until("DONE\r"), typed


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("line", "completes"),
    [
        ("plan", True), ("apply", True), ("drift", True), ("plan --out", True), ("check --output", True),
        ("create --from-file", True), ("create --deletes", False), ("show", False),
    ],
)  # fmt: skip
def test_files_are_completed_where_one_is_wanted(
    home: dict[str, str], tmp_path: Path, line: str, *, completes: bool
) -> None:
    (tmp_path / "my-timers").mkdir()
    words = ["globus-tui", *line.split(), f"{tmp_path}/my-t"]
    asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE='{' '.join(words)}'"
    program = (
        f'source {script("bash", home)}; {asked}; COMP_POINT=${{#COMP_LINE}}; _globus_tui; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", program], env=home, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (f"{tmp_path}/my-timers" if completes else "")

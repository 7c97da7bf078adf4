"""What the documentation says of commands, keys, settings and files is true of the program beside it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from globus_tui import commands
from globus_tui.cli.arguments import parse
from globus_tui.commands import DEFAULT_KEYS, key_words
from globus_tui.settings import _CHECKS, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.shell import Shell
    from tests.served import Served

ROOT = Path(__file__).parents[2]
PAGES = {str(one.relative_to(ROOT)): one.read_text() for one in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}
BY_HAND = {name: text for name, text in PAGES.items() if name not in ("docs/keys.md", "docs/commands.md")}
READ_ONLY = ("list", "show", "runs", "log", "agenda", "journal", "check", "when", "info", "whoami")
_CODES_OF_NOTHING = {"check": (0, 1, 2, 3), "undo": (0, 1), "redo": (0, 1), "window": (0, 1)}
"""The answer of `check` is its code; where nothing was changed yet there is nothing to undo or to close."""
OTHERS_KEYS = {"enter", "esc", "tab", "arrows", "backspace", "y", "p"}
"""Keys of fields and questions, which no table of commands has."""


def _commands(text: str) -> Iterator[list[str]]:
    """The arguments of each `globus-tui` in blocks of shell and in code between backticks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [code.replace("\\|", "|") for code in re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))]
    for line in lines:
        words = _words(line) if "globus-tui" in line else []
        for at, word in enumerate(words):
            if Path(word).name == "globus-tui" and (at == 0 or re.search(r"^[&|;(]|=|--$|^ssh$|do$", words[at - 1])):
                rest = words[at + 1 :]
                end = next((n for n, one in enumerate(rest) if re.fullmatch(r"[&|;<>()]+|2>", one)), len(rest))
                yield rest[:end]


def _words(line: str) -> list[str]:
    reader = shlex.shlex(line, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    return list(reader)


COMMANDS = sorted({tuple(one) for text in BY_HAND.values() for one in _commands(text)})


def test_every_command_in_the_documentation_is_read_by_the_program() -> None:
    assert len(COMMANDS) > 40
    for words in COMMANDS:
        if words and not {"--version", "--help"} & set(words):
            parse(words)  # ends the test if it is not understood


def test_one_of_each_that_only_looks_runs_and_the_timers_of_all_are_in_the_facility(
    facility: Served, terminal: Shell
) -> None:
    names = {one.name for one in facility.sandbox.timers.values()}
    run: dict[str, tuple[str, ...]] = {}
    for words in COMMANDS:
        looks = bool(words) and (words[0] in READ_ONLY or "--dry-run" in words)
        if looks and not {"--output", "--from-file", "ID", "--follow"} & set(words):
            run[words[0]] = words
            named = [one for one in words[1:2] if one.count("-") > 0 and ":" not in one and not one.startswith("-")]
            assert names.issuperset(named), words
    assert len(run) > 12
    for words in run.values():
        code = terminal(*words)
        expected = _CODES_OF_NOTHING.get(words[0], (0,))
        assert code in expected, f"globus-tui {shlex.join(words)}: {code}\n{terminal.err}"


def test_every_key_in_the_documentation_is_a_key() -> None:
    known = {key for name in DEFAULT_KEYS for key in key_words(DEFAULT_KEYS, name, all_keys=True).split()}
    known |= OTHERS_KEYS
    seen = 0
    for name, text in BY_HAND.items():
        keys = set(re.findall(r"`([A-Za-z@?!*+]|(?:ctrl|shift)\+\w+|f\d+|enter|esc|tab|space)`", text))
        for rows in re.findall(r"(?m)^\|[^\n]*\bkeys? \|[^\n]*\n\|[-|]+\n((?:\|.*\n)+)", text):
            column = 1 if "| task |" in text else 0
            for row in rows.splitlines():
                cell = re.split(r"(?<!\\)\|", row)[1:][column]
                keys |= {one for one in re.findall(r"`([^`]+)`", cell) if ":" not in one}
        seen += len(keys)
        assert keys - known == set(), f"{name} names keys that nothing has"
    assert seen > 60


def test_a_key_in_the_table_of_the_readme_does_what_stands_beside_it() -> None:
    said: dict[str, set[str]] = {key: set() for key in OTHERS_KEYS}
    declared = [one for group in vars(commands).values() if isinstance(group, tuple) for one in group]
    for one in declared:
        if isinstance(one, commands.Command):
            for key in key_words(DEFAULT_KEYS, one.command_id, all_keys=True).split():
                said.setdefault(key, set()).update(_long_words(f"{one.words} {one.help}"))
    (rows,) = re.findall(r"(?m)^\| key \| does \|\n\|[-|]+\n((?:\|.*\n)+)", PAGES["README.md"])
    for row in rows.splitlines():
        for key in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row)[1]):
            if key not in OTHERS_KEYS and "–" not in row:
                assert said[key] & _long_words(row), f"{key} is for {sorted(said[key])}, not: {row}"


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", PAGES[page]):
        path, _, heading = target.partition("#")
        file = ((ROOT / page).parent / path) if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        headings = (
            {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in _headings(file)} if heading else {""}
        )
        assert heading in headings, f"{page}: {target}"


def _headings(file: Path) -> list[str]:
    return re.findall(r"(?m)^#+ (.+)$", file.read_text())


def test_the_files_of_settings_are_read_without_a_fault(tmp_path: Path) -> None:
    block = ""
    for name in ("README.md", "docs/configuration.md"):
        (block,) = re.findall(r"(?ms)^```toml\n(.*?)^```", PAGES[name])
        file = tmp_path / "config.toml"
        file.write_text(block)
        assert load_settings({"GLOBUS_TUI_CONFIG": str(file)}, profile="archive").problems == ()
    whole = tomllib.loads(block)
    documented = {*whole, *whole["profiles"]["archive"]}
    assert set(_CHECKS) - documented == set(), "settings that docs/configuration.md does not show"


def test_every_variable_of_the_program_is_documented() -> None:
    sources = "".join(one.read_text() for one in (ROOT / "globus_tui").rglob("*.py"))
    named = set(re.findall(r"\bGLOBUS_(?:TUI|CLI)_[A-Z_]+\b|\bGLOBUS_PROFILE\b", sources))
    assert named - set(re.findall(r"[A-Z_]+", PAGES["docs/configuration.md"])) == set()


def test_the_pages_of_keys_and_commands_are_as_declared() -> None:
    made = subprocess.run([sys.executable, ROOT / ".ci" / "reference", "--check"], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr

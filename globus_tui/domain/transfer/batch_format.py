"""The batch format of the official CLI (`globus transfer --batch`): one item a line, read as a shell would.

    [--recursive | --no-recursive | -r] [--external-checksum TEXT] SOURCE_PATH DEST_PATH    # comment

Behaves as globus-cli 3.43 does: options may stand anywhere, `--` ends them, `--option=value` works, unambiguous
paths only. A base path given for a side is put before relative paths, and paths are normalised.

What the shell's reading does to a line without a word, and nobody means, is told with the right spelling.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.transfer.transfer import TransferItem

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LINES = 100_000
_FLAGS = {"--recursive": True, "-r": True, "--no-recursive": False}
_CHECKSUM = "--external-checksum"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line; lines count from 1."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read. Items of good lines are there even when others have problems."""

    items: tuple[TransferItem, ...]
    problems: tuple[LineProblem, ...] = ()


class _BadLine(ValueError):
    pass


def read_batch(text: str, *, source_base: str | None = None, destination_base: str | None = None) -> Batch:
    """Reads a batch. Never raises: what is wrong is told by line.

    Args:
        source_base: put before relative source paths.
        destination_base: put before relative destination paths.
    """
    items: list[TransferItem] = []
    problems: list[LineProblem] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if number > MOST_LINES:
            problems.append(LineProblem(number, f"more than {MOST_LINES} lines; the rest is left out"))
            break
        try:
            item = _read_line(line, source_base, destination_base)
        except _BadLine as problem:
            problems.append(LineProblem(number, _doubt(line) or str(problem)))
            continue
        doubt = _doubt(line)
        if doubt:
            problems.append(LineProblem(number, doubt))
        if item is not None and not (doubt and _FOLDER_OF_WINDOWS.search(line)):
            items.append(item)
    return Batch(tuple(items), tuple(problems))


def _read_line(line: str, source_base: str | None, destination_base: str | None) -> TransferItem | None:
    try:
        words = shlex.split(line, comments=True)
    except ValueError as problem:
        raise _BadLine(f"{str(problem).lower()}: a quote or backslash is left open") from problem
    if not words:
        return None
    if (columns := _csv(line)) is not None:
        right = shlex.join([*(["-r"] if columns[2:3] == ["true"] else []), *columns[:2]])
        raise _BadLine(f"this is the comma-separated form of the old timer client; here it is written: {right}")
    recursive, checksum, paths = _options(words)
    if len(paths) != 2:
        words_of = {0: "a source path and a destination path are needed", 1: "the destination path is missing"}
        many = f"two paths are needed, {len(paths)} are there; put paths with blanks in quotes"
        raise _BadLine(words_of.get(len(paths), many))
    if recursive is True and checksum is not None:
        raise _BadLine("--recursive and --external-checksum exclude each other: checksums are for files")
    source, destination = (
        _normal(_join(base, path)) for base, path in zip((source_base, destination_base), paths, strict=True)
    )
    return TransferItem(source, destination, recursive, checksum)


_FOLDER_OF_WINDOWS = re.compile(r"[A-Za-z]:\\\S")
_EATEN = re.compile(r"\\[^\s\"'\\#$&|;<>()*?\[\]`!~]")
"""A backslash before something that no shell needs one for: the backslash is lost."""

_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")


def _csv(line: str) -> list[str] | None:
    """The columns of `source, destination[, true|false]`; None for anything else."""
    columns = [word.strip().strip("\"'") for word in line.split(",")]
    if not 2 <= len(columns) <= 4 or not all(columns[:2]) or re.search(r"\s-|^-", line):
        return None
    flag = [word.lower() for word in columns[2:3]]
    if flag not in ([], [""], ["true"], ["false"]) or not all("/" in word or word == "~" for word in columns[:2]):
        return None
    if flag in ([], [""]) and any(re.search(r"[\s\"'\\]", word.strip()) for word in line.split(",")[:2]):
        return None
    return [*columns[:2], *flag]


def _doubt(line: str) -> str | None:
    """A warning, with the right spelling, for a line that most probably means something else; None for all others."""
    try:
        words, whole = shlex.split(line, comments=True), shlex.split(line)
    except ValueError:
        return None
    cut = next((word for word, other in zip(whole, [*words, ""], strict=False) if word != other), "")
    if "#" in cut[1:]:
        return f"from # on it is a comment; if it belongs to the name, write {shlex.quote(cut)}"
    bare = _QUOTED.sub("", line).split()
    if any(word.rstrip(",") and word.endswith(",") for word in bare) and _csv(line) is None:
        return f"the comma would belong to the path; without it: {shlex.join(word.rstrip(',') for word in words)}"
    for word in bare:
        if _EATEN.search(word):
            path = word.replace("\\", "/")
            right = f"/{path[0]}{path[2:]}" if _FOLDER_OF_WINDOWS.match(word) else path
            named = "" if right != path else f", or {shlex.quote(word)} if it belongs to the name"
            return f"backslashes are taken away: write {right}{named}"
    return None


def _options(words: list[str]) -> tuple[bool | None, str | None, list[str]]:
    recursive: bool | None = None
    checksum: str | None = None
    paths: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            paths += list(rest)
        elif word in _FLAGS:
            recursive = _FLAGS[word]
        elif word == _CHECKSUM:
            checksum = next(rest, None)
            if checksum is None:
                raise _BadLine(f"{_CHECKSUM} needs a value")
        elif word.startswith(f"{_CHECKSUM}="):
            checksum = word.partition("=")[2]
        elif word.startswith("-") and len(word) > 1:
            raise _BadLine(f"{word} is no option here; known are -r, --recursive, --no-recursive, {_CHECKSUM}")
        else:
            paths.append(word)
    return recursive, checksum, paths


def _join(base: str | None, path: str) -> str:
    if not base or path.startswith("/"):
        return path
    return f"{base}/{path}" if path else base


def _normal(path: str) -> str:
    """As the CLI: no empty or `.` steps, `..` resolved where it can be, a slash at the end kept."""
    rooted = path.startswith("/")
    steps: list[str] = []
    for step in path.split("/"):
        if step in ("", "."):
            continue
        if step != ".." or (steps and steps[-1] == "..") or (not rooted and not steps):
            steps.append(step)
        elif steps:
            steps.pop()
    return ("/" if rooted else "") + "/".join(steps) + ("/" if path.endswith("/") and path != "/" else "")


def write_batch(items: Iterable[TransferItem]) -> str:
    """Items as lines of a batch, quoted where needed."""
    lines = []
    for item in items:
        words = [{True: "--recursive", False: "--no-recursive", None: ""}[item.recursive]]
        words += [_CHECKSUM, item.external_checksum] if item.external_checksum else []
        dashed = item.source_path.startswith("-") or item.destination_path.startswith("-")
        words += ["--"] if dashed else []
        words += [item.source_path, item.destination_path]
        lines.append(" ".join(_quoted(word) for word in (words if words[0] else words[1:])))
    return "".join(f"{line}\n" for line in lines)


def _quoted(word: str) -> str:
    """Quoted for a shell; also with a comma at the end, which reading would ask about."""
    return f"'{word}'" if word.endswith(",") and shlex.quote(word) == word else shlex.quote(word)

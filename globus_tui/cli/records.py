"""`journal`: what was changed. `info`: what this program reads and writes on this machine. Neither asks Globus."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from globus_tui.auth.token_store import FILE_NAME
from globus_tui.cli import FAILED, OK
from globus_tui.cli.account import choose_characters, read_settings, show, show_json, show_table, tell
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.present import timer_table
from globus_tui.present.report_words import HEADINGS, entry_words
from globus_tui.present.safe_text import safe_line
from globus_tui.present.sizes import counted
from globus_tui.present.timer_table import as_json
from globus_tui.settings import Settings, origins
from globus_tui.store.journal import merge_by_request, read_journal

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence


_SECRET = ("SECRET", "TOKEN", "PASSWORD")


def run_journal(options: Namespace) -> int:
    """Prints this profile's changes, oldest first; with `verify`, whether the file is as it was written."""
    from globus_tui.cli.zones import find_zone

    settings = read_settings(options)
    choose_characters(options, settings)
    path = settings.paths.state / "journal.jsonl"
    try:
        lines = () if options.demo else read_journal(path)  # the demo keeps its own in memory
    except OSError as wrong:
        raise GlobusTuiError(f"The journal {path} cannot be read: {wrong.strerror or wrong}") from None
    if options.action == "verify":
        broken = [str(line.place) for line in lines if not line.whole]
        if broken:
            lines_of = "line" if len(broken) == 1 else "lines"
            tell((f"{path}: broken, or something before was changed or taken out: {lines_of} {', '.join(broken)}",))
            return FAILED
        show((f"{path}: {counted(len(lines), 'line')}, all as written",))
        return OK
    entries = merge_by_request(
        line.entry for line in lines if line.entry and line.entry.get("profile") == settings.profile
    )
    if options.action == "export" and options.format == "table":
        options.format = "jsonl"
    if options.format == "jsonl":
        show_json(timer_table.as_lines(entries))
        return OK
    zone = find_zone(options.zone or settings.zone)
    rows = [[safe_line(cell) for cell in entry_words(entry, zone)] for entry in entries]
    if options.format == "markdown":
        show(timer_table.markdown(HEADINGS, rows).splitlines())
    elif rows:
        show_table(rows, HEADINGS, (1, 2, 4, 6))
    else:
        tell((f"Nothing was changed so far by profile {settings.profile}.",))
    return OK


def run_info(options: Namespace) -> int:
    """Prints every path that is used, and where each setting comes from."""
    from globus_tui.cli.zones import zone_data

    zones = zone_data()
    tell((zones.advice(),) if zones.advice() else ())
    settings = read_settings(options)
    sources = origins(os.environ, options.profile)
    chosen = [
        {"setting": key, "value": os.environ.get(origin) or getattr(settings, key), "from": origin}
        for key, origin in sources.items()
    ]
    paths = [{"what": what, "path": str(path), "state": _state(path)} for what, path in _paths(settings)]
    variables = {key: _said(key) for key in sorted(os.environ) if key.startswith(("GLOBUS_", "XDG_"))}
    if options.json:
        found_all = {"profile": settings.profile, "paths": paths, "settings": chosen, "variables": variables}
        show_json(as_json({**found_all, "zone_data": zones.words()}))
        return OK
    lines: list[Sequence[str]] = [("paths",)]
    lines += [(f"  {row['what']}", row["path"], row["state"]) for row in paths]
    lines += [("settings",), *((f"  {row['setting']}", _value(row["value"]), str(row["from"])) for row in chosen)]
    lines += [("variables",), *((f"  {key}", value) for key, value in variables.items())] if variables else []
    lines += [("time zone data", zones.words())]
    first, second = (max(len(line[at]) for line in lines if len(line) > at + 1) for at in (0, 1))
    show(f"{line[0]:<{first}}  {'  '.join((f'{line[1]:<{second}}', *line[2:]))}".rstrip() if len(line) > 1 else line[0]
         for line in lines)  # fmt: skip
    return OK


def _value(value: object) -> str:
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _said(key: str) -> str:
    """Its value; without what a URL says before an @, which this program refuses and others take for a password."""
    return "(set)" if any(word in key for word in _SECRET) else re.sub("//[^/]*@", "//(set)@", os.environ[key])


def _paths(settings: Settings) -> tuple[tuple[str, Path], ...]:
    paths = settings.paths
    own = (
        ("configuration", paths.config),
        ("tokens, unless in a keyring", paths.data / FILE_NAME),
        ("journal", paths.state / "journal.jsonl"),
        ("kept runs", paths.state / "runs"),
        ("drafts", paths.state / "drafts" / settings.profile),
        ("log", paths.state / "globus_tui.log"),
        ("rows seen last", paths.cache),
    )
    shared = (("notes of several people", Path(settings.notes_file).expanduser()),) if settings.notes_file else ()
    import ssl

    certificates = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    return (*own, *shared, *((("certificates of this machine", Path(certificates)),) if certificates else ()))


def _state(path: Path) -> str:
    try:
        exists = path.exists()
        near = path if exists else next(parent for parent in path.parents if parent.exists())
        writable = os.access(near, os.W_OK)
    except OSError as wrong:
        return f"cannot be looked at: {wrong.strerror or wrong}"
    return ("there, " if exists else "not there, ") + ("writable" if writable else "not writable")

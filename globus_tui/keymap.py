"""Which key does what: command ids with their default keys, and the user's own `[keys]` table checked against them."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_KEYS: Mapping[str, str] = MappingProxyType(
    {
        # everywhere
        "app.help": "question_mark,f1",
        "app.palette": "ctrl+p",
        "app.command": "colon",
        "app.back": "q,escape",
        "app.quit": "ctrl+q",
        "app.stop": "ctrl+c",
        "app.suspend": "ctrl+z",
        "app.redraw": "ctrl+l",
        "app.info": "i",
        "app.sign-in": "S",
        "app.profile": "P",
        "app.zone": "T",
        "app.refresh-interval": "I",
        "jobs.refresh": "r,ctrl+r",
        "jobs.activity": "at",
        "jobs.replaced": "Z",
        "jobs.agenda": "a",
        "jobs.undo": "u",
        "jobs.redo": "Y",
        "jobs.journal": "J",
        "jobs.alerts": "b",
        "jobs.changes": "w",
        "jobs.impact": "d",
        "jobs.report": "p",
        "jobs.windows": "M",
        "jobs.fleet": "D",
        # timer list
        "jobs.filter": "slash",
        "jobs.problems": "exclamation_mark",
        "jobs.fix-all": "F",
        "jobs.preview": "v",
        "jobs.pin": "B",
        "jobs.facets": "percent_sign",
        "jobs.everybody": "0",
        "jobs.save-view": "equals_sign",
        **{f"jobs.view-{number}": str(number) for number in range(1, 10)},
        "jobs.unfold": "z",
        "jobs.sort-name": "N",
        "jobs.sort-next": "A",
        "jobs.sort-health": "W",
        "jobs.sort-column": "O",
        "jobs.sort-left": "less_than_sign",
        "jobs.sort-right": "greater_than_sign",
        # one timer
        "job.fix": "f",
        "job.pause-resume": "s",
        "job.run-now": "t",
        "job.skip": "x",
        "job.new": "n",
        "job.clone": "C",
        "job.edit": "e",
        "job.rename": "R",
        "job.delete": "X",
        "job.cancel-task": "K",
        "job.copy": "c",
        "job.note": "comma",
        "job.known": "full_stop",
        "job.limit": "L",
        "job.json": "y",
        "job.to-file": "E",
        "job.link": "o",
        "job.log": "l",
        "job.fires": "plus",
        "job.reanchor": "H",
        "job.go-back": "U",
        "job.previous": "left_square_bracket",
        "job.next": "right_square_bracket",
        "runs.more": "m",
        "runs.plot": "V",
        # the wizard
        "wizard.next": "ctrl+n",
        "wizard.create": "ctrl+s",
        **{f"wizard.step-{number}": f"f{number + 1}" for number in range(1, 7)},
        "wizard.swap": "f8",
        "wizard.copy": "ctrl+y",
        "wizard.discard": "f9",
        # folders of a collection
        "folder.open": "right,l",
        "folder.up": "left,h,backspace",
        "folder.hidden": "full_stop",
        "folder.sort": "o",
        "folder.again": "r,ctrl+r",
        "folder.bookmark": "b",
        # the agenda
        "agenda.earlier": "left,h",
        "agenda.later": "right,l",
        "agenda.day-earlier": "left_square_bracket,H",
        "agenda.day-later": "right_square_bracket,L",
        "agenda.now": "n",
        "agenda.length": "d",
        "agenda.lanes": "c",
        "agenda.clashes": "x",
        # maintenance windows
        "window.open": "n",
        "window.close": "X",
        # fleet files
        "fleet.apply": "x",
        "fleet.apply-all": "X",
        "fleet.write": "w",
        # items of a transfer
        "item.add": "a",
        "item.remove": "X,delete",
        "item.import": "u",
        # the log of a task
        "log.wrap": "w",
        "log.view": "tab",
        "log.search": "slash",
        "log.next-match": "n",
        "log.previous-match": "N",
        "log.times": "t",
        "log.follow": "f",
        "log.since": "s",
        "log.save": "E",
        "log.pager": "p",
        "log.editor": "e",
        # lists
        "list.down": "down,j",
        "list.up": "up,k",
        "list.page-down": "pagedown",
        "list.page-up": "pageup",
        "list.half-page-down": "ctrl+d",
        "list.half-page-up": "ctrl+u",
        "list.first": "g,home",
        "list.last": "G,end",
        "list.left": "left",
        "list.right": "right",
        "list.choose": "enter",
        "list.mark": "space",
        "list.mark-range": "ctrl+@,ctrl+space",
        "list.mark-all": "asterisk",
        "list.clear-marks": "backslash",
    }
)
"""Command id → keys, as Textual names them, several separated by commas."""

RESERVED = frozenset({"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "tab", "shift+tab"})
"""Prefix keys of screen and tmux, and control keys that ordinary terminals send as Backspace, Tab and Enter."""


PANES = frozenset({"agenda", "fleet", "folder", "item", "log", "window"})
"""Nouns of commands that hold in one pane only, where they come before those of lists and of the screen."""


def read_keys(table: Mapping[str, object]) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Checks the user's `[keys]` table; what is wrong in it costs no more than itself.

    Args:
        table: command id → key or keys separated by commas, as read from the file.

    Returns:
        Command id → keys for all commands, and what is wrong, each with its command id: an unknown command, a reserved
        key, or one key for two commands that are live together.
    """
    from difflib import get_close_matches

    keys: dict[str, str] = dict(DEFAULT_KEYS)
    faults: list[tuple[str, str]] = []
    for command, value in table.items():
        if command not in keys:
            near = [one for one in keys if one.startswith(command)] or get_close_matches(command, keys, 1)
            rather = f"did you mean {near[0]}?" if near else "`?` in the program lists them all"
            faults.append((command, f"[keys] {command!r} is no command; {rather}"))
        elif not isinstance(value, str) or not value.strip():
            faults.append((command, f'[keys] {command}: write the key as text, e.g. "s" or "ctrl+s"'))
        else:
            named = [_named(part.strip()) for part in value.split(",")]
            if wrong := next((words for _, words in named if words), None):
                faults.append((command, f"[keys] {command}: {wrong}"))
            else:
                keys[command] = ",".join(name for name, _ in named)
    chosen = {command for command in table if command in keys}
    while clashes := [(one, words) for one in sorted(chosen) if (words := _clash(keys, one))]:
        for command, words in clashes:
            if command in chosen and _clash(keys, command):
                chosen.discard(command)
                keys[command] = DEFAULT_KEYS[command]
                faults.append((command, words))
    return keys, tuple(faults)


_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_OTHER_WORDS = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "spacebar": "space",
    "bs": "backspace",
}
_OTHER_WORDS |= {
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "control": "ctrl",
    "ctl": "ctrl",
    "c": "ctrl",
}
_OTHER_WORDS |= {"m": "alt", "option": "alt", "s": "shift"}


def _named(written: str) -> tuple[str, str]:
    """A key as Textual names it, and what is wrong with a name that no key has."""
    from difflib import get_close_matches

    from textual.keys import _character_to_key

    if len(written) == 1:
        return _character_to_key(written), ""
    if _is_key(written):
        return written, ""
    if not written:
        return "", "a key is missing beside a comma; for the key itself write comma"
    *mods, base = re.sub(r"^\^(?=.$)", "ctrl+", written.strip("<>")).replace("-", "+").replace(" ", "").split("+")
    plain = re.sub(r"_(?=up$|down$)", "", base) if len(base) > 1 else base
    words = [_OTHER_WORDS.get(one.lower(), one.lower()) for one in mods]
    plain = _OTHER_WORDS.get(plain.lower(), plain.lower()) if len(plain) > 1 else plain
    if words == ["shift"] and len(plain) == 1:
        words, plain = [], plain.upper()
    elif words and len(plain) == 1:
        plain = _character_to_key(plain.lower())
    near = "+".join([*words, plain])
    if not _is_key(near):
        near = next(iter(get_close_matches(near, [one for one in _plain_keys() if "<" not in one], 1)), "")
    return "", f"{written!r} is no key" + (f"; did you mean {near}?" if near else '; write e.g. "s", "f5" or "ctrl+s"')


def _plain_keys() -> frozenset[str]:
    """Every key of an American keyboard, as Textual names it."""
    from textual.keys import Keys, _character_to_key

    return frozenset(key.value for key in Keys) | {_character_to_key(chr(at)) for at in range(32, 127)}


def _is_key(name: str) -> bool:
    from textual.keys import _character_to_key, key_to_character

    *modifiers, base = name.split("+")
    character = key_to_character(base)
    known = base in _plain_keys() or (character is not None and _character_to_key(character) == base)
    letter = len(base) == 1 and bool(modifiers) and (base != base.lower() or modifiers == ["shift"])
    return name in _plain_keys() or (known and _MODIFIERS.issuperset(modifiers) and not letter)


def _live_together(one: str, other: str) -> bool:
    """Whether two commands can be meant by one key press: those of a pane come before those around it."""
    nouns = {one.partition(".")[0], other.partition(".")[0]}
    return len(nouns) == 1 or not nouns & PANES


def _clash(keys: Mapping[str, str], command: str) -> str | None:
    for key in keys[command].split(","):
        if keys[command] != DEFAULT_KEYS[command] and (key in RESERVED or key.startswith("alt+")):
            return f"[keys] {command}: {key!r} is taken by tmux, screen or the terminal itself"
        for other, theirs in keys.items():
            if other != command and key in theirs.split(",") and _live_together(command, other):
                return f"[keys] {key!r} is set for both {command} and {other}"
    return None

"""Completion for bash, zsh and fish, and the manual page: all made of the declarations in `arguments`.

Choices stand in the script, so no Python starts for them. Names of timers, collections and profiles come from
`globus-tui --names`, which reads what earlier starts left in the cache folder and asks nobody.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from globus_tui.cli import OK
from globus_tui.domain.timer import filter as language
from globus_tui.domain.timer.filter import KEYS, MOMENTS, WORDS

if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

SHELLS = ("bash", "zsh", "fish")


class _Argument(NamedTuple):
    """One option or positional: what may stand there is `choices`, or what `kind` names."""

    flags: tuple[str, ...]
    words: str
    metavar: str
    kind: str
    choices: tuple[str, ...]
    required: bool
    repeats: bool


class _Command(NamedTuple):
    name: str
    words: str
    arguments: tuple[_Argument, ...]
    epilog: str
    inner: tuple[_Command, ...] = ()


def run_completion(options: Namespace) -> int:
    from globus_tui.cli.account import write
    from globus_tui.cli.arguments import whole_parser

    commands = _commands(whole_parser())
    write({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](commands))
    return OK


def run_man(options: Namespace) -> int:
    """Prints the manual page, to be read with `man -l -`."""
    del options
    from globus_tui.cli.account import write

    write(manual())
    return OK


# --- the declarations


def _commands(parser: ArgumentParser) -> list[_Command]:
    """The program itself first, with an empty name, then its commands."""
    whole = _command("", parser)
    arguments = tuple(argument for argument in whole.arguments if argument.kind != "inner")
    return [whole._replace(arguments=arguments, inner=()), *whole.inner]


def _command(name: str, parser: ArgumentParser) -> _Command:
    """A command, and those that are named behind it."""
    parts = {
        key: inner
        for action in parser._actions
        if isinstance(action.choices, dict)
        for key, inner in action.choices.items()
    }
    helps = {
        part.dest: part.help or "" for action in parser._actions for part in getattr(action, "_choices_actions", ())
    }
    inner = tuple(
        inner if inner.words else inner._replace(words=helps.get(key, ""))
        for key, inner in ((key, _command(f"{name} {key}".strip(), part)) for key, part in parts.items())
    )
    choice = (_Argument((), "what to do", "ACTION", "inner", tuple(parts), True, False),) if inner else ()
    return _Command(name, parser.description or "", (*choice, *_arguments(parser)), parser.epilog or "", inner)


def _flags_of_inner(command: _Command) -> tuple[_Argument, ...]:
    """What stands behind a command, and behind those that are named behind it, each flag once."""
    known = {flag for argument in command.arguments for flag in argument.flags}
    added = []
    for option in (argument for inner in command.inner for argument in inner.arguments if argument.flags):
        if not known & set(option.flags):
            known |= set(option.flags)
            added.append(option)
    return (*command.arguments, *added)


def _arguments(parser: ArgumentParser) -> Iterator[_Argument]:
    for action in parser._actions:
        if isinstance(action.choices, dict):
            continue
        words = (action.help or "").replace("%%", "%") % {"default": action.default}
        choices = tuple(str(choice) for choice in action.choices or ())
        metavar = "" if action.nargs == 0 else str(action.metavar or ",".join(choices) or action.dest.upper())
        required = not action.option_strings and action.nargs not in ("?", "*")
        repeats = action.nargs in ("*", "+")
        kind = "" if action.nargs == 0 else _kind(action, metavar)
        yield _Argument(tuple(action.option_strings), words, metavar, kind, choices, required, repeats)


def _kind(action: Action, metavar: str) -> str:
    if action.choices:
        return "choices"
    if action.dest in ("columns", "sort"):
        return "columns"
    if "FILTER" in metavar:
        return "filter"
    if action.dest in ("timer", "profile"):
        return f"{action.dest}s"
    return "files" if metavar in ("FILE", "DIR", "DIR|PLANFILE", "PLANFILE") else ""


def _conditions() -> list[str]:
    """What a condition of a filter may begin with."""
    values = {**WORDS, **MOMENTS}
    return [f'{key}:"{text}"' if " " in text else f"{key}:{text}" for key in KEYS for text in values.get(key, ("",))]


def _choices(argument: _Argument) -> tuple[str, ...]:
    from globus_tui.present.timer_table import FIELDS

    return tuple(FIELDS) if argument.kind == "columns" else argument.choices


def _template(shell: str) -> str:
    """The script of a shell, which stands beside this module: what is between @ is filled in."""
    return (files(__package__) / f"completion.{shell}").read_text(encoding="utf-8")


_LISTED = ("choices", "columns", "inner")


# --- bash


def _bash(commands: Sequence[_Command]) -> str:
    from shlex import quote

    def wanted(argument: _Argument) -> str:
        return quote(" ".join(_choices(argument)) if argument.kind in _LISTED else argument.kind or " ")

    values, options, positionals = [], [], []
    for command in commands:
        name, arguments, label = command.name, _flags_of_inner(command), quote(command.name)
        for inner in command.inner:
            places = [argument for argument in inner.arguments if not argument.flags]
            values.append(
                f"        {quote(inner.name)}) [[ $cur == -* && $cur != -[!-]* ]] || "
                f"wanted={wanted(places[0]) if places else ' '} ;;"
            )
        flags = [flag for argument in arguments for flag in argument.flags]
        options.append(f"            {label}) wanted={quote(' '.join(flags))} ;;")
        for argument in arguments:
            if argument.flags and argument.metavar:
                where = "|".join(quote(f"{name} {flag}") for flag in argument.flags)
                values.append(f"        {where}) wanted={wanted(argument)} ;;")
        places = [argument for argument in arguments if not argument.flags]
        if not name:
            positionals.append(f"            '') wanted={quote(' '.join(command.name for command in commands[1:]))} ;;")
        elif places:
            positionals.append(f"            {label}) wanted={wanted(places[0])} ;;")
    script = _template("bash").replace("@COMMANDS@", "|".join(command.name for command in commands[1:]))
    script = script.replace("@VALUES@", "\n".join(values)).replace("@OPTIONS@", "\n".join(options))
    script = script.replace("@CONDITIONS@", " ".join(map(quote, _conditions())))
    return script.replace("@POSITIONALS@", "\n".join(positionals))


# --- zsh


def _zsh_arguments(command: _Command) -> tuple[_Argument, ...]:
    """What may stand behind the inner command may stand behind all of them."""
    places = {argument.kind: argument for inner in command.inner for argument in inner.arguments if not argument.flags}
    return (*_flags_of_inner(command), *[place._replace(repeats=True) for place in list(places.values())[:1]])


def _zsh(commands: Sequence[_Command]) -> str:
    def text(words: str) -> str:
        return re.sub(r"([\[\]:\\])", r"\\\1", words).replace("'", "'\\''")

    def completer(argument: _Argument) -> str:
        if argument.kind in _LISTED:
            return f"({' '.join(_choices(argument))})"
        known = {"filter": "_globus_tui_filter", "files": "_files", "": " "}
        return known.get(argument.kind, f"{{_globus_tui_names {argument.kind}}}")

    def spec(argument: _Argument) -> list[str]:
        label = text(argument.metavar.lower() or "value")
        if not argument.flags:
            return [f"'{'*' if argument.repeats else ''}:{label}:{completer(argument)}'"]
        value = f":{label}:{completer(argument)}" if argument.metavar else ""
        return [
            f"'{flag}{'=' if value and flag.startswith('--') else ''}[{text(argument.words)}]{value}'"
            for flag in argument.flags
        ]

    def specs(arguments: Sequence[_Argument], indent: str) -> str:
        return "\n".join(f"{indent}{line} \\" for argument in arguments for line in spec(argument))

    cases = [
        f"                {command.name})\n                    _arguments -C \\\n"
        f"{specs(_zsh_arguments(command), ' ' * 24)}\n"
        "                        && ret=0 ;;"
        for command in commands[1:]
    ]
    described = [f"                '{text(command.name)}:{text(command.words)}'" for command in commands[1:]]
    conditions = _conditions()
    filtered = [
        command.name
        for command in commands[1:]
        if any(argument.kind == "filter" for argument in _zsh_arguments(command))
    ]
    script = _template("zsh").replace("@FILTERED@", "|".join(filtered))
    script = script.replace("@GLOBAL@", specs(commands[0].arguments, " " * 8))
    script = script.replace("@COMMANDS@", "\n".join(described)).replace("@CASES@", "\n".join(cases))
    script = script.replace("@KEYS@", " ".join(f"'{key}'" for key in conditions if key.endswith(":")))
    return script.replace("@WORDS@", " ".join(f"'{word}'" for word in conditions if not word.endswith(":")))


# --- fish


def _fish(commands: Sequence[_Command]) -> str:
    def quote(words: str) -> str:
        return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def source(argument: _Argument) -> str:
        if argument.kind in _LISTED:
            return f" -a {quote(' '.join(_choices(argument)))}"
        if argument.kind == "filter":
            return " -a '(__globus_tui_filter)'"
        return f" -a '(__globus_tui_names {argument.kind})'" if argument.kind in ("timers", "profiles") else ""

    names = " ".join(command.name for command in commands[1:])
    lines = [_template("fish").replace("@CONDITIONS@", " ".join(map(quote, _conditions())))]
    for command in commands:
        name, words, arguments = command.name, command.words, _flags_of_inner(command)
        condition = f"__fish_seen_subcommand_from {name}" if name else f"not __fish_seen_subcommand_from {names}"
        if name:
            other = f"not __fish_seen_subcommand_from {names}"
            lines.append(f"complete -c globus-tui -n {quote(other)} -a {quote(name)} -d {quote(words)}\n")
        for argument in arguments:
            spelled = (f"l {flag[2:]}" if flag.startswith("--") else f"s {flag[1:]}" for flag in argument.flags)
            flags = "".join(f" -{flag}" for flag in spelled)
            takes = (" -r -F" if argument.kind == "files" else " -x") if argument.metavar and argument.flags else ""
            takes = takes or (" -F" if argument.kind == "files" else "")
            if argument.flags or argument.kind:
                about = f" -d {quote(argument.words)}" if argument.flags else ""
                lines.append(f"complete -c globus-tui -n {quote(condition)}{flags}{takes}{source(argument)}{about}\n")
    return "".join(lines)


# --- the manual page


def manual() -> str:
    """The page of section 1, in the macros of man(7)."""
    from globus_tui import __version__
    from globus_tui.cli.arguments import whole_parser

    program, *commands = _commands(whole_parser())
    lines = [
        f'.TH GLOBUS-TUI 1 "" "globus_tui {__version__}" "User Commands"',
        ".SH NAME",
        f"globus\\-tui \\- {_roff(program.words[0].lower() + program.words[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B globus\\-tui",
        "[\\fIOPTION\\fR...] [\\fICOMMAND\\fR ...]",
        ".SH DESCRIPTION",
        _roff(program.epilog),
        ".SH OPTIONS",
        *_tagged(program.arguments),
        ".SH COMMANDS",
    ]
    for name, words, arguments, epilog, _ in [part for command in commands for part in (command, *command.inner)]:
        synopsis = " ".join(_shown(argument) for argument in arguments if not argument.flags)
        lines += [f".SS \\fBglobus\\-tui {_roff(name)}\\fR [\\fIOPTION\\fR...] {synopsis}".rstrip()]
        lines += [f"{_roff(words[0].upper() + words[1:])}.", *_tagged(arguments)]
        lines += [".PP", _roff(epilog)] if epilog else []
    lines += [".SH FILTERS", ".nf", *map(_roff, (language.__doc__ or "").splitlines()), ".fi"]
    lines += [".SH SEE ALSO", "The README of the project has the configuration file and its settings."]
    return "\n".join(lines) + "\n"


def _tagged(arguments: Sequence[_Argument]) -> Iterator[str]:
    for argument in arguments:
        shown = ", ".join(f"\\fB{_roff(flag)}\\fR" for flag in argument.flags)
        value = f"\\fI{_roff(argument.metavar)}\\fR" if argument.metavar else ""
        yield from (".TP", f"{shown} {value}".strip(), f"{_roff(argument.words)}" or "\\&")


def _shown(argument: _Argument) -> str:
    words = f"\\fI{_roff(argument.metavar)}\\fR{'...' if argument.repeats else ''}"
    return words if argument.required else f"[{words}]"


def _roff(words: str) -> str:
    escaped = words.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("—", "\\(em")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped

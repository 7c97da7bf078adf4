"""Completion for bash, zsh and fish, and the manual page: all made of the declarations in `arguments`.

Choices stand in the script, so no Python starts for them. Names of timers, collections and profiles come from
`globus-tui --names`, which reads what earlier starts left in the cache folder and asks nobody.
"""

from __future__ import annotations

import re
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


# --- bash

_LISTED = ("choices", "columns", "inner")

_BASH = r"""# bash completion: source it, or keep it as ~/.local/share/bash-completion/completions/globus-tui
_globus_tui() {
    # bash takes words apart at : and =, so they are put together again.
    local rest="${COMP_LINE:0:COMP_POINT}" part number=-1 quote= cur prev command= profile= names= wanted= candidates=()
    local words=()
    for part in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ $number -lt 0 || $rest == [[:blank:]]* ]]; then
            number=$((number + 1))
            words[number]=
        fi
        rest="${rest#"${rest%%[![:blank:]]*}"}"
        part="${rest:0:${#part}}"
        words[number]="${words[number]}$part"
        rest="${rest:${#part}}"
    done
    cur="${words[number]}" prev="${words[number > 0 ? number - 1 : 0]}"
    local place
    for ((place = 1; place < number; place++)); do
        case "${words[place]}" in
            --profile) profile="${words[place + 1]}" ;;
            --profile=*) profile="${words[place]#*=}" ;;
            @COMMANDS@) [[ -z $command ]] && command="${words[place]}" ;;
        esac
    done
    COMPREPLY=()
    if [[ $cur == --*=* ]]; then
        prev="${cur%%=*}" cur="${cur#*=}"
    fi
    case "$command $prev" in
@VALUES@
    esac
    if [[ -z $wanted && $cur == -* && $cur != -[!-]* ]]; then
        case "$command" in
@OPTIONS@
        esac
    elif [[ -z $wanted ]]; then
        case "$command" in
@POSITIONALS@
        esac
    fi
    case "$cur" in
        \"*|\'*) quote="${cur:0:1}" cur="${cur:1}" ;;
        *) cur="${cur//\\/}" ;;
    esac
    local begin=
    case "$wanted" in
        files) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
        timers|profiles) names="$wanted" ;;
        filter)
            local mark=
            [[ $cur == [-!]* ]] && mark="${cur:0:1}"
            names=timers candidates+=(@CONDITIONS@)
            candidates=("${candidates[@]/#/"$mark"}")
            case "${cur#"$mark"}" in
                from:*|to:*) names=collections begin="${cur%%:*}:" ;;
                *) [[ -n $mark ]] && names= ;;
            esac
            ;;
        *) candidates+=($wanted) ;;
    esac
    local one
    if [[ -n $names ]]; then
        while IFS= read -r one; do
            if [[ -n $begin ]]; then
                [[ $one == *[[:blank:]]* ]] && one="\"$one\""
                one="$begin$one"
            fi
            candidates+=("$one")
        done < <(globus-tui --names "$names" "$profile" 2>/dev/null)
    fi
    local broken="${cur%"${cur##*[:=]}"}" shown
    [[ -n $quote || $COMP_WORDBREAKS != *:* ]] && broken=
    for one in "${candidates[@]}"; do
        if [[ -n $begin ]]; then
            [[ ${one//\"/} == "${cur//\"/}"* ]] || continue
        elif [[ $one != "$cur"* ]]; then
            continue
        fi
        case "$quote" in
            \') shown="${one//\'/\'\\\'\'}" ;;
            \") shown="${one//\\/\\\\}" shown="${shown//\"/\\\"}" shown="${shown//\$/\\\$}" shown="${shown//\`/\\\`}" ;;
            *) printf -v shown %q "${one#"$broken"}" ;;
        esac
        # readline closes the quote, but for a name that ends in one
        [[ -n $quote && $shown == *"$quote" ]] && shown+="$quote"
        COMPREPLY+=("$shown")
    done
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _globus_tui globus-tui
"""


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
    script = _BASH.replace("@COMMANDS@", "|".join(command.name for command in commands[1:]))
    script = script.replace("@VALUES@", "\n".join(values)).replace("@OPTIONS@", "\n".join(options))
    script = script.replace("@CONDITIONS@", " ".join(map(quote, _conditions())))
    return script.replace("@POSITIONALS@", "\n".join(positionals))


# --- zsh

_ZSH = r"""#compdef globus-tui
# zsh completion for globus-tui: keep it as _globus-tui in a folder of $fpath, or eval it after compinit
_globus_tui_names() {
    local -a names
    names=("${(@f)$(globus-tui --names $1 "${opt_args[--profile]}" 2>/dev/null)}")
    names=("${(@)names:#}")
    compadd -a "${@:2}" names
}
_globus_tui_filter() {
    local -a names
    case "${PREFIX#[\"\']}" in
        ([-!]|)(from|to):*)
            local one key="${${PREFIX%%:*}#[\"\']}"
            names=("${(@f)$(globus-tui --names collections "${opt_args[--profile]}" 2>/dev/null)}")
            for one in "${(@)names:#}"; do
                [[ $one == "${${PREFIX#*:}//[\"\\]/}"* ]] || continue
                if [[ $one == *[[:blank:]]* ]]; then one="\"$one\""; fi
                compadd -U -- "$key:$one"
            done
            ;;
        *)
            local -a keys words
            keys=(@KEYS@) words=(@WORDS@)
            compset -P '[-!]' || _globus_tui_names timers
            compadd -S '' -a keys
            compadd -a words
            ;;
    esac
}
_globus_tui() {
    local curcontext="$curcontext" state line ret=1
    typeset -A opt_args
    _arguments -C \
@GLOBAL@
        '1:command:->command' '*::argument:->argument' && ret=0
    # what a filter leaves out is no option
    [[ $state == argument && $PREFIX == -[^-]* && $line[1] == (@FILTERED@) ]] && { _globus_tui_filter; return }
    case "$state" in
        command)
            local -a commands
            commands=(
@COMMANDS@
            )
            _describe command commands && ret=0
            ;;
        argument)
            case "$line[1]" in
@CASES@
            esac
            ;;
    esac
    return ret
}
if [[ $funcstack[1] == _globus_tui || $funcstack[1] == _globus-tui ]]; then
    _globus_tui "$@"
else
    compdef _globus_tui globus-tui
fi
"""


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
    script = _ZSH.replace("@FILTERED@", "|".join(filtered))
    script = script.replace("@GLOBAL@", specs(commands[0].arguments, " " * 8))
    script = script.replace("@COMMANDS@", "\n".join(described)).replace("@CASES@", "\n".join(cases))
    script = script.replace("@KEYS@", " ".join(f"'{key}'" for key in conditions if key.endswith(":")))
    return script.replace("@WORDS@", " ".join(f"'{word}'" for word in conditions if not word.endswith(":")))


# --- fish

_FISH = r"""# fish completion for globus-tui: keep it as ~/.config/fish/completions/globus-tui.fish
function __globus_tui_profile
    set -l words (commandline -opc)
    set -l place (contains -i -- --profile $words)
    and test (count $words) -gt $place
    and echo $words[(math $place + 1)]
end
function __globus_tui_names
    globus-tui --names $argv[1] (__globus_tui_profile) 2>/dev/null
end
function __globus_tui_filter
    switch (commandline -ct | string unescape 2>/dev/null)
        case 'from:*' 'to:*' '-from:*' '-to:*' '!from:*' '!to:*'
            set -l key (commandline -ct | string replace -r ':.*' '' | string trim -c '"\'')
            for name in (__globus_tui_names collections)
                string match -q -r '\s' -- $name; and set name "\"$name\""
                echo "$key:$name"
            end
        case '-*' '!*'
            set -l mark (commandline -ct | string unescape | string sub -l 1)
            for one in @CONDITIONS@
                echo -- "$mark$one"
            end
        case '*'
            printf '%s\n' @CONDITIONS@
            __globus_tui_names timers
    end
end
complete -c globus-tui -f
"""


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
    lines = [_FISH.replace("@CONDITIONS@", " ".join(map(quote, _conditions())))]
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

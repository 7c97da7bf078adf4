#compdef globus-tui
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

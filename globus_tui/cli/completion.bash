# bash completion: source it, or keep it as ~/.local/share/bash-completion/completions/globus-tui
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

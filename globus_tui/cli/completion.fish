# fish completion for globus-tui: keep it as ~/.config/fish/completions/globus-tui.fish
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

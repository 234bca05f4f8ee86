# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_appctl_global_optspecs
    string join \n app= home= o/output= json jq= csv-raw q/quiet v/verbose no-input y/yes color= h/help V/version
end

function __fish_appctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_appctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_appctl_using_subcommand
    set -l cmd (__fish_appctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c appctl -n "__fish_appctl_needs_command" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_needs_command" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_needs_command" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_needs_command" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_needs_command" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_needs_command" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_needs_command" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_needs_command" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_needs_command" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_needs_command" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_needs_command" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_needs_command" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_needs_command" -s V -l version -d 'Print version'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "completions" -d 'Print a script that completes commands in a shell'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "man" -d 'Print the manual page of a command'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "help" -d 'Explain a command or a topic (`exit-codes`, `output`, `environment`)'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand completions" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l names -d 'Also complete the names of tables, connections and objects, by asking appctl at each tab'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand man" -l dir -d 'Write the pages of all commands into this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand man" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand man" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand man" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand man" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand man" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand man" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand man" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand man" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand man" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand man" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand man" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand man" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand help" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand help" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand help" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand help" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand help" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand help" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand help" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand help" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand help" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand help" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand help" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand help" -s h -l help -d 'Print help'

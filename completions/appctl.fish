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
complete -c appctl -n "__fish_appctl_needs_command" -f -a "demo" -d 'Tell the whole story on the built-in sandbox, in under a minute'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "connections" -d 'Fill tables from other products and keep them in step'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "integrations" -d 'Sign in to other products, and act in them'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "tables" -d 'Make tables, show them, and query across them'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "records" -d 'List, read, create, change, delete and export the records of a table'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "vault" -d 'Show where secrets are, and share them in a team'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "sandbox" -d 'Play the vendors on this machine'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "status" -d 'Show how the whole app is'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "log" -d 'List what was changed, by whom and when'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "undo" -d 'Take a recorded operation back'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "doctor" -d 'Find what is wrong, and say what to do about it'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "backup" -d 'Copy the app into one verified file'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "restore" -d 'Put a backup in the app\'s place, or beside it'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "completions" -d 'Print a script that completes commands in a shell'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "man" -d 'Print the manual page of a command'
complete -c appctl -n "__fish_appctl_needs_command" -f -a "help" -d 'Explain a command or a topic (`exit-codes`, `output`, `environment`, `faults`)'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand demo" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand demo" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "sources" -d 'List the kinds of systems that rows can come from'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "discover" -d 'List what a connection or a source has to offer'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "add" -d 'Connect a source: account, objects, fields and filters'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "list" -d 'List connections'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "show" -d 'Show a connection with its mapping'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "edit" -d 'Change objects, fields, filters or settings of a connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "test" -d 'Reach the source with the account and look at every object'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "preview" -d 'Show the first rows of an object without storing them'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "plan" -d 'Say what the next run will cost, without running'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "sync" -d 'Bring new rows from a connection into its tables'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "status" -d 'Show how fresh and how healthy connections are'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "history" -d 'List the runs of a connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "schedule" -d 'Show or set when a connection runs'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "pause" -d 'Stop the schedule of a connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "resume" -d 'Let the schedule of a connection go on'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "run" -d 'Run what is due, now and as long as this command runs'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "install-timer" -d 'Write a timer that runs what is due (systemd, launchd or cron)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "reauth" -d 'Give a connection\'s account a new token or password'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "undo" -d 'Take back the last run of a connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and not __fish_seen_subcommand_from sources discover add list show edit test preview plan sync status history schedule pause resume run install-timer reauth undo remove" -f -a "remove" -d 'Remove a connection, with its tables or without'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sources" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l account -d 'Use this account instead of a new one' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l endpoint -d 'Reach the source at this address: https, or http on this machine' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l set -d 'Give the source a setting; see `appctl connections sources`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l token-file -d 'Read the token or password from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l token-stdin -d 'Read the token or password from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from discover" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l name -d 'Name the connection; the source\'s id when left out' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l account -d 'Use the account of this label, or call the new one so' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l object -d 'Bring this object, into a table of another name after `=`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l field -d 'Bring only the columns that are named so, into a field of another name after `=`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l where -d 'Bring only records of an object for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l since -d 'Bring only records that changed at or after this date' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l key -d 'Key columns of an object, where the source names none' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l cursor -d 'The column of an object that tells what changed' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l every -d 'Run this often, for example 15m, 2h or 1d' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l cron -d 'Run at the times of a cron line (minute, hour, day, month, weekday)' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l zone -d 'The time zone of the cron line, for example Europe/Berlin; UTC when left out' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l set -d 'Give the source a setting; see `appctl connections sources`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l endpoint -d 'Reach the source at this address: https, or http on this machine' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l token-file -d 'Read the token or password from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l all -d 'Bring every object that can be synced'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l auto-fields -d 'Bring columns that appear later without being asked'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l token-stdin -d 'Read the token or password from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l no-sync -d 'Do not run the first sync now'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l object -d 'Bring this object too, into a table of another name after `=`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l remove-object -d 'Stop bringing this object; its table stays, unlocked' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l add-field -l field -d 'Bring this column too, into a field of another name after `=`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l remove-field -d 'Stop bringing this column; its values stay, unlocked' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l where -d 'Bring only records for which this is true; nothing after `=` takes the filter away' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l key -d 'Key columns of a new object, where the source names none' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l cursor -d 'The column of a new object that tells what changed' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l since -d 'Bring only records of new objects that changed at or after this date' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l set -d 'Change a setting; see `appctl connections sources`' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l auto-fields -d 'Bring columns that appear later without being asked'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l no-auto-fields -d 'Only offer columns that appear later'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l object -d 'The object; can be left out when there is only one' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l limit -d 'Show at most this many rows' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l full -d 'Plan to read everything again'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l object -d 'Bring only this object (or table); can be given more than once' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l max-calls -d 'Stop at a checkpoint after this many calls; the next run goes on' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l max-time -d 'Stop at a checkpoint after this time, for example `90s`, `30m` or `2h`; the next run goes on' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l all -d 'Sync every connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l full -d 'Read everything again instead of only what changed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l plan -d 'Say what the run will cost, without running'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l dry-run -d 'Do everything, count, and take it back'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l allow-deletes -d 'Remove even more than a tenth of a table\'s rows'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l steal -d 'Take over from a run that is stopped and still holds the connection'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l interval -d 'With `--watch`, the seconds between two looks' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l check -d 'Fail with status 1 when one is not healthy'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l watch -d 'Show it again and again until Ctrl-C'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l limit -d 'Show at most this many runs, the newest first' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l every -d 'Run this often, for example 15m, 2h or 1d' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l cron -d 'Run at the times of a cron line (minute, hour, day, month, weekday)' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l zone -d 'The time zone of the cron line, for example Europe/Berlin; UTC when left out' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l off -d 'Run by hand only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from schedule" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l once -d 'Run what is due now and end'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l with -d 'What starts it: systemd, launchd or cron; what this system usually has when left out' -r -f -a "systemd\t''
launchd\t''
cron\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l print -d 'Print the files and write nothing'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from install-timer" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l scope -d 'Ask for this scope besides the usual ones' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l client-id -d 'Use this OAuth client of yours' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l client-secret-file -d 'Read the client\'s secret from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l token-file -d 'Read the token or password from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l port -d 'Let the browser come back to this port' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l wait -d 'Wait this long for the browser, in seconds' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l only-scopes -d 'Ask for the named scopes alone'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l client-secret-stdin -d 'Read the client\'s secret from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l token-stdin -d 'Read the token or password from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l no-browser -d 'Open no browser here'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l switch-account -d 'Use the new identity even when it is another one than before'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from reauth" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from undo" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l keep-data -d 'Keep the tables with their records, unlocked'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand connections; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -f -a "connect" -d 'Sign in to a product: in the browser, with a code on another device, or with a key'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and not __fish_seen_subcommand_from connect accounts" -f -a "accounts" -d 'List accounts, or change one'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l name -d 'Name a `custom` product' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l label -d 'Label the account; made from the identity when left out' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l method -d 'Sign in like this: oauth, device, token, service-account, two-step or client-credentials' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l scope -d 'Ask for this scope besides the usual ones' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l client-id -d 'Use this OAuth client of yours' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l client-secret-file -d 'Read the client\'s secret from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l token-file -d 'Read the token or password from a file that only you can read' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l port -d 'Let the browser come back to this port' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l wait -d 'Wait this long for the browser, in seconds' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l set -d 'Give the provider a setting (`domain=acme.my.salesforce.com`)' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l issuer -d 'Discover a `custom` product\'s addresses at this issuer' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l endpoint -d 'Reach the product at this address: https, or http on this machine' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l team -d 'Let everybody in the team vault use it'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l private -d 'Keep it to yourself'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l only-scopes -d 'Ask for the named scopes alone'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l client-secret-stdin -d 'Read the client\'s secret from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l token-stdin -d 'Read the token or password from stdin'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l no-browser -d 'Open no browser here'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l switch-account -d 'Use another identity than the account of this label had'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from connect" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "default" -d 'Take this account where several of its product could be'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "rename" -d 'Give an account another label'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "remove" -d 'Take an account\'s access back at the product, and forget it here'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "test" -d 'Ask the product whether an account works'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "reauth" -d 'Sign in to an account again'
complete -c appctl -n "__fish_appctl_using_subcommand integrations; and __fish_seen_subcommand_from accounts" -a "share" -d 'Let the whole team use an account of yours'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "list" -d 'List the tables'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "show" -d 'Show a table\'s fields and key'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "create" -d 'Make an empty table'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "add-field" -d 'Add a field of your own to a table, synced ones included'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "change-field" -d 'Change a field\'s type or rules, converting its values without loss'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "rename-field" -d 'Give a field another name'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "drop-field" -d 'Drop a field with its values'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "rename" -d 'Give a table another name'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "drop" -d 'Drop tables with their records'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and not __fish_seen_subcommand_from list show create add-field change-field rename-field drop-field rename drop query" -f -a "query" -d 'Read across tables with SQL'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l key -d 'Make this field the key; repeat it for a key of several fields' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l unique -d 'Refuse two records with the same value in this field' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l unique -d 'Refuse two records with the same value in it'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from add-field" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l on-delete -d 'What becomes of a relation when the record that it points to is deleted' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l required -d 'Refuse records without it'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l optional -d 'Take records without it'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l unique -d 'Refuse two records with the same value in it'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l no-unique -d 'Take several records with the same value in it'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l dry-run -d 'Show what would happen, and change nothing'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from change-field" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename-field" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop-field" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l limit -d 'Stop after this many rows' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l timeout -d 'Stop after this many seconds' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand tables; and __fish_seen_subcommand_from query" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "list" -d 'List records'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "get" -d 'Show one record'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "create" -d 'Create one record, or many at once'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "update" -d 'Change fields of records'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "upsert" -d 'Create records that are not there and change those that are'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "delete" -d 'Delete records'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "count" -d 'Count records'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "import" -d 'Bring the rows of a file into a table'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "search" -d 'Find records by the words in their text fields'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "history" -d 'Write records as csv, json, jsonl or a spreadsheet Show who changed which field of a record, from what to what'
complete -c appctl -n "__fish_appctl_using_subcommand records; and not __fish_seen_subcommand_from list get create update upsert delete count import search history export" -f -a "export" -d 'Write records as CSV, or as `-o json` or `-o jsonl`'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l where -d 'Keep records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l sort -d 'Sort by these fields, `-` in front for the largest first; nulls are the smallest, the key decides among equals' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l fields -d 'Give these fields only' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l limit -d 'Give at most this many records' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l after -d 'Go on behind the record with this id, in the listing\'s order' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l fields -d 'Give these fields only: names, or paths through relations' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l data -d 'Take the values from JSON, or from `@FILE` (`@-`: stdin)' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l where -d 'Change the records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l data -d 'Take the values from JSON, or from `@FILE` (`@-`: stdin)' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l dry-run -d 'Show what would be changed, and change nothing'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l key -d 'Find records by these unique fields; the default is the table\'s key' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l data -d 'Take the values from JSON, or from `@FILE` (`@-`: stdin)' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l dry-run -d 'Show what would be created and changed, and do neither'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from upsert" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l where -d 'Delete the records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would be deleted, and delete nothing'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l where -d 'Count records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from count" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l format -d 'Read the file as csv, xlsx, ods, json or jsonl' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l sheet -d 'Read this sheet, named or by its number' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l header-row -d 'Take the columns\' names from this line or row, and leave out what is above' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l delimiter -d 'Split a line\'s cells at this character (`tab` for a tab)' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l encoding -d 'Decode the text from this encoding: utf-8, utf-16le, windows-1252, …' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l map -d 'Put a column into this field; repeat it for others' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l ignore -d 'Leave a column out; repeat it for others' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l key -d 'Change the records with the same values in these fields, and add the others' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l type -d 'Give a new table\'s field this type; repeat it for others' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l date-format -d 'Read dates in this form, in the words of strftime' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l empty -d 'Keep an empty cell as null or as an empty text' -r -f -a "null\t''
text\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l report -d 'Write all errors into this file, as CSV' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l create -d 'Make the table, its fields\' types taken from all values'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l no-header -d 'Take the first row as a record; the columns are called 1, 2, …'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l decimal-comma -d 'Read numbers with a comma before their fraction: 1.234,50'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l skip-bad -d 'Bring the good rows when there are bad ones'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l dry-run -d 'Do everything but keep nothing'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l without -d 'Leave out records that have this word; the same as `-word` within quotes' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l where -d 'Keep records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l fields -d 'Give these fields only' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l limit -d 'Give at most this many records' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from search" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l where -d 'Keep records for which this is true' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l sort -d 'Sort by these fields, `-` in front for the largest first; nulls are the smallest, the key decides among equals' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l fields -d 'Give these fields only' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l limit -d 'Give at most this many records' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l after -d 'Go on behind the record with this id, in the listing\'s order' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l format -d 'Write csv, json, jsonl or xlsx' -r -f -a "csv\t''
json\t''
jsonl\t''
xlsx\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l to -d 'Write into this file instead of stdout; its ending says the form' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand records; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "status" -d 'Show where secrets are, and what you are to the team vault'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "init" -d 'Begin a team vault with yourself as its first member'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "join" -d 'Ask to be let into a team vault, and enter it once you were'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "members" -d 'List, let in and remove the members of the team vault'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "rotate" -d 'Replace the key that the team\'s secrets are sealed with'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and not __fish_seen_subcommand_from status init join members rotate merge" -f -a "merge" -d 'Put together two copies that parted in a folder that machines keep in step'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l again -d 'Give up a vault that was here and is gone, with its secrets'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l as-it-is -d 'Take the file as it is, although it lacks what was seen of it here: it is a backup, or two parted and this is kept'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from join" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -f -a "list" -d 'List the members, and who let them in'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -f -a "add" -d 'Let in who asked with `appctl vault join`'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from members" -f -a "remove" -d 'Put a member out, and name the secrets that they knew'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand vault; and __fish_seen_subcommand_from merge" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve" -f -a "serve" -d 'Play the vendors on this machine, for tests and rehearsals'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l port -d 'Listen on this port of 127.0.0.1; a free one when not given' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l seed -d 'Let the data, the token and the faults follow from this number' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l records -d 'Begin with this many contacts; the other objects follow' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l faults -d 'Play these faults (`429:0.2,cut:0.05`); see `appctl help faults`' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l journal -d 'Keep what is changed in this file and go on from it; several may serve from one' -r -F
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l limits -d 'Keep a vendor\'s rate limits: none, free or professional' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand status" -l interval -d 'With `--watch`, the seconds between two looks' -r
complete -c appctl -n "__fish_appctl_using_subcommand status" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand status" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand status" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand status" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand status" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand status" -l check -d 'Fail with status 1 when something is not healthy'
complete -c appctl -n "__fish_appctl_using_subcommand status" -l watch -d 'Show it again and again until Ctrl-C'
complete -c appctl -n "__fish_appctl_using_subcommand status" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand status" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand status" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand status" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand status" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand status" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand status" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l table -d 'Operations that changed this table' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l by -d 'Operations by this person, connection or agent' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l agent -d 'Operations by this agent' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l connection -d 'Runs of this connection' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l kind -d 'Operations by people, runs or agents: `person`, `run`, `agent`' -r -f -a "person\t''
run\t''
agent\t''"
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l since -d 'Operations since then: `12h`, `7d`, `2026-11-24`' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l until -d 'Operations before then: `12h`, `7d`, `2026-11-24`' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l after -d 'Go on behind this operation, with older ones' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l limit -d 'Give at most this many' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -a "prune" -d 'Let go of old operations, which cannot be undone any more'
complete -c appctl -n "__fish_appctl_using_subcommand log; and not __fish_seen_subcommand_from prune retention" -a "retention" -d 'Show or set how long operations are kept'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l older-than -d 'Let go of operations from before then: `90d`, `2026-01-01`' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l keep -d 'Keep the newest so many, however old they are' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l dry-run -d 'Say what would go, and change nothing'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l compact -d 'Give the room back to the disk, by writing the file anew'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand log; and __fish_seen_subcommand_from retention" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l last -d 'Undo the newest N operations that stand: not undone, and no undo themselves' -r
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand undo" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l dry-run -d 'Say what would change and what is in the way, and change nothing'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand undo" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l deep -d 'Compare every index with its table too'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand backup" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand backup" -s h -l help -d 'Print help'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l app -d 'Work on this app' -r
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l home -d 'Keep everything in this folder' -r -f -a "(__fish_complete_directories)"
complete -c appctl -n "__fish_appctl_using_subcommand restore" -s o -l output -d 'Print data as table, json, jsonl or csv' -r -f -a "table\t'Columns for people'
json\t'One JSON value'
jsonl\t'One JSON object a line'
csv\t'RFC 4180 with a header line'"
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l jq -d 'Print what a jq expression makes of the JSON' -r
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l color -d 'Use colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l json -d 'Print JSON (short for `-o json`)'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l csv-raw -d 'Write CSV cells as they are, without a guard before formulas'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -s q -l quiet -d 'Print data and errors only'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -s v -l verbose -d 'Say more about what is done'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -l no-input -d 'Ask nothing; fail where an answer is needed'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -s y -l yes -d 'Answer every confirmation with yes'
complete -c appctl -n "__fish_appctl_using_subcommand restore" -s h -l help -d 'Print help'
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


use builtin;
use str;

set edit:completion:arg-completer[appctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'appctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'appctl'= {
            cand --app 'Work on this app'
            cand --home 'Keep everything in this folder'
            cand -o 'Print data as table, json, jsonl or csv'
            cand --output 'Print data as table, json, jsonl or csv'
            cand --jq 'Print what a jq expression makes of the JSON'
            cand --color 'Use colours: auto, always or never'
            cand --json 'Print JSON (short for `-o json`)'
            cand --csv-raw 'Write CSV cells as they are, without a guard before formulas'
            cand -q 'Print data and errors only'
            cand --quiet 'Print data and errors only'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --no-input 'Ask nothing; fail where an answer is needed'
            cand -y 'Answer every confirmation with yes'
            cand --yes 'Answer every confirmation with yes'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand completions 'Print a script that completes commands in a shell'
            cand man 'Print the manual page of a command'
            cand help 'Explain a command or a topic (`exit-codes`, `output`, `environment`)'
        }
        &'appctl;completions'= {
            cand --app 'Work on this app'
            cand --home 'Keep everything in this folder'
            cand -o 'Print data as table, json, jsonl or csv'
            cand --output 'Print data as table, json, jsonl or csv'
            cand --jq 'Print what a jq expression makes of the JSON'
            cand --color 'Use colours: auto, always or never'
            cand --names 'Also complete the names of tables, connections and objects, by asking appctl at each tab'
            cand --json 'Print JSON (short for `-o json`)'
            cand --csv-raw 'Write CSV cells as they are, without a guard before formulas'
            cand -q 'Print data and errors only'
            cand --quiet 'Print data and errors only'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --no-input 'Ask nothing; fail where an answer is needed'
            cand -y 'Answer every confirmation with yes'
            cand --yes 'Answer every confirmation with yes'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'appctl;man'= {
            cand --dir 'Write the pages of all commands into this folder'
            cand --app 'Work on this app'
            cand --home 'Keep everything in this folder'
            cand -o 'Print data as table, json, jsonl or csv'
            cand --output 'Print data as table, json, jsonl or csv'
            cand --jq 'Print what a jq expression makes of the JSON'
            cand --color 'Use colours: auto, always or never'
            cand --json 'Print JSON (short for `-o json`)'
            cand --csv-raw 'Write CSV cells as they are, without a guard before formulas'
            cand -q 'Print data and errors only'
            cand --quiet 'Print data and errors only'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --no-input 'Ask nothing; fail where an answer is needed'
            cand -y 'Answer every confirmation with yes'
            cand --yes 'Answer every confirmation with yes'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'appctl;help'= {
            cand --app 'Work on this app'
            cand --home 'Keep everything in this folder'
            cand -o 'Print data as table, json, jsonl or csv'
            cand --output 'Print data as table, json, jsonl or csv'
            cand --jq 'Print what a jq expression makes of the JSON'
            cand --color 'Use colours: auto, always or never'
            cand --json 'Print JSON (short for `-o json`)'
            cand --csv-raw 'Write CSV cells as they are, without a guard before formulas'
            cand -q 'Print data and errors only'
            cand --quiet 'Print data and errors only'
            cand -v 'Say more about what is done'
            cand --verbose 'Say more about what is done'
            cand --no-input 'Ask nothing; fail where an answer is needed'
            cand -y 'Answer every confirmation with yes'
            cand --yes 'Answer every confirmation with yes'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}

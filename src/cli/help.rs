//! `appctl help`: a command's help, or a topic that belongs to no single command.

use clap::CommandFactory as _;

use crate::base::{Error, Result};
use crate::sandbox;

use super::Cli;
use super::ui::Ui;

pub const RULE_OF_THUMB: &str = "\
Rows you want stored come over a connection; something done in another product right now is an integration.
Read `appctl help exit-codes`, `appctl help output` and `appctl help environment` before writing scripts.";

const EXIT_CODES: &str = "\
Exit status of every command

    0  done
    1  failed; trying again changes nothing
    2  the command line was wrong, or an answer was needed and nobody was there to give it
    3  what was named does not exist
    4  an account needs a new sign-in
    5  denied: a lock, a permission or a grant forbids it
    6  busy: another run or process holds it
    7  partly done: the parts that failed are named
    8  the other side failed or slowed us down; safe to retry
  130  interrupted (Ctrl-C)

A reader that stops reading (`appctl records list contacts | head`) is no failure: the status is 0.
With `--json` an error is one JSON object on stderr: {\"error\":{\"kind\":…,\"message\":…,\"hint\":…}}
";

const OUTPUT: &str = "\
Data goes to stdout, everything else to stderr

  -o table   aligned columns; cut to the width of a terminal, never cut in a pipe
  -o json    a list is an array of objects, one thing is an object (`--json` is the same)
  -o jsonl   one object a line
  -o csv     RFC 4180; null is empty and an empty text is \"\"

Keys are snake_case and a record's keys are its fields. Null is null and never left out. Integers beyond
±2^53 and all decimals are strings, so that no reader rounds them. Times are RFC 3339 in UTC.

`--jq EXPR` runs a jq expression over the JSON (with `-o jsonl` over each object) and prints texts as they
are. In CSV a text that a spreadsheet would run as a formula gets a `'` in front; `--csv-raw` leaves it out.
Control characters are taken out of what a terminal shows and are escaped in JSON.
";

const ENVIRONMENT: &str = "\
Environment variables

  APPCTL_APP, APPCTL_HOME, APPCTL_OUTPUT, …   any global option, as `APPCTL_` and its name
  APPCTL_TOKEN_<LABEL>   the secret of the account with this label: `shop-eu` is APPCTL_TOKEN_SHOP_EU.
                         It is used instead of the keyring and is never stored
  APPCTL_USER            who you are: who makes the changes in `appctl log`, and whose private accounts are there
  APPCTL_VAULT=file      keep secrets in a sealed file in the home instead of the keyring; the key is the
                         content of the file APPCTL_VAULT_KEY_FILE (32 bytes or more, mode 0600)
  APPCTL_VAULT=memory    keep secrets in memory until the command ends
  APPCTL_TEAM_VAULT      the team vault's file, where members share a folder but not the app's
  BROWSER                the command that opens a page for a sign-in; `%s` in it is where the address goes
  NO_COLOR               no colours
  HTTPS_PROXY, NO_PROXY  the way out to the network
  SSL_CERT_FILE          the certificates to trust
";

const FAULTS: &str = "\
Faults that `appctl sandbox serve --faults PLAN` plays

A plan is a list with commas between; a fault is WORD[@ENDPOINT[/TYPE]][#N[+|xM]][:SHARE][:NAME=VALUE]

  429:0.2                            one call in five
  cut@search#3                       the third search
  html@list#2+                       from the second listing on; #2x3 is three times from the second
  slow@list/contacts:0.01:rate=20    one listing of contacts in a hundred, 20 bytes a second
  503@refresh/google#1               the first refresh of a token at Google

Sign-ins have the endpoints authorize, token, device, revoke, introspect, identity and metadata, or a grant alone: code,
refresh, poll, client_credentials, jwt_bearer.

";

#[derive(clap::Args)]
pub struct Args {
    /// A command (`connections sync`) or one of `exit-codes`, `output`, `environment`, `faults`
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
}

pub fn run(ui: &mut Ui, args: &Args) -> Result<()> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["exit-codes" | "exit-code"] => ui.text(EXIT_CODES),
        ["output"] => ui.text(OUTPUT),
        ["environment"] => ui.text(ENVIRONMENT),
        ["faults"] => ui.text(&faults()),
        path => {
            let help = find(path)?.render_help();
            let text = if ui.is_colored() { help.ansi().to_string() } else { help.to_string() };
            ui.text(&text)
        }
    }
}

fn faults() -> String {
    let words = sandbox::FAULT_WORDS.iter().map(|(word, what)| format!("  {word:<10} {what}\n"));
    std::iter::once(FAULTS.to_owned()).chain(words).collect()
}

/// The command at the end of these words, with the global options in it.
pub fn find(path: &[&str]) -> Result<clap::Command> {
    let mut command = Cli::command();
    command.build();
    for word in path {
        let next = command.find_subcommand(word).cloned();
        command = next.ok_or_else(|| {
            let near = nearest(word, command.get_subcommands().map(clap::Command::get_name));
            let hint =
                near.map_or("see `appctl help`".to_owned(), |near| format!("did you mean `{near}`? see `appctl help`"));
            Error::usage(format!("there is no command or topic `{}`", path.join(" "))).hint(hint)
        })?;
    }
    Ok(command)
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(near, _)| *near > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

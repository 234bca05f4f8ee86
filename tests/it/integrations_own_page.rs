//! `--set redirect_url=…` at the command line: every wrong page, and a script that pastes where the browser ended.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use appctl::sandbox::{Decision, Registration};
use snapbox::{assert_data_eq, str};

use crate::support::desk::Desk;
use crate::support::home::{Home, words};
use crate::support::terminal::{DOWN, ENTER, calm};

const PAGE: &str = "https://acme.example/callback";

fn run(options: &str) -> String {
    let arguments = format!(
        "integrations connect notion --client-id ID --client-secret-stdin --method oauth --label wiki {options}"
    );
    Home::with_vault().run_with(Some("hush"), &[], &arguments).to_string()
}

/// A desk where a client may come back to the page alone.
fn desk(provider: &str, secret: &str) -> Desk {
    let desk = Desk::new();
    let registration = Registration {
        id: "own-page".to_owned(),
        secret: Some(secret.to_owned()),
        redirects: vec![PAGE.to_owned()],
        ..Registration::default()
    };
    desk.sandbox.oauth().register(provider, registration).unwrap();
    desk.person(provider, "ada@acme.example", Decision::Approve);
    desk
}

/// Where a browser ends that is sent to this address.
fn ended(url: &str) -> String {
    let came_to =
        Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", url]).output().unwrap().stdout;
    String::from_utf8(came_to).unwrap()
}

/// A file with the client's secret.
fn secret_file(desk: &Desk, secret: &str) -> String {
    let path = desk.home.path().join("client-secret");
    std::fs::write(&path, secret).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.display().to_string()
}

#[test]
fn a_page_that_nobody_can_come_back_to() {
    assert_data_eq!(
        run("--set redirect_url=http://acme.example/callback"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` is no https address
hint: set it as it is registered, like `--set redirect_url=https://acme.example/callback`

"#]]
    );
    assert_data_eq!(
        run("--set redirect_url=http://localhost:17871/callback"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` is for an https page; this machine needs none
hint: leave it away, and choose the port of `http://localhost` by `--port PORT`

"#]]
    );
    assert_data_eq!(
        run("--set redirect_url=https://acme.example/callback#here"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` has a fragment
hint: set it as it is registered, like `--set redirect_url=https://acme.example/callback`

"#]]
    );
    assert_data_eq!(
        run("--set redirect_url=https://acme.example/callback?x=1"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` has a query
hint: set it as it is registered, like `--set redirect_url=https://acme.example/callback`

"#]]
    );
    assert_data_eq!(
        run("--set redirect_url=https://ada:pw@acme.example/callback"),
        str![[r#"

[status 2]
[stderr]
error: `--set`: `redirect_url` holds a password, which other processes could read
hint: leave it out of the address and give it with `--token-stdin`, `--token-file FILE` or in the environment

"#]]
    );
    assert_data_eq!(
        run("--set redirect_url=callback"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` is no https address
hint: set it as it is registered, like `--set redirect_url=https://acme.example/callback`

"#]]
    );
}

#[test]
fn a_bot_and_live_keys_need_a_page() {
    assert_data_eq!(
        Home::with_vault().run("integrations connect slack --method oauth --set as=bot"),
        str![[r#"

[status 2]
[stderr]
error: `--set redirect_url=VALUE` and `--client-id ID` are missing for Slack
hint: what they ask for is made at https://api.slack.com/apps; its redirect URI is an https page of yours: Slack sends nobody back to this machine for a bot

"#]]
    );
    assert_data_eq!(
        Home::with_vault().run("integrations connect slack --method oauth --set as=robot --client-id ID"),
        str![[r#"

[status 2]
[stderr]
error: `as` cannot be `robot`
hint: use `--set as=user` or `--set as=bot`

"#]]
    );
    let live = Home::with_vault().run_with(
        Some("sk_live_51hush"),
        &[],
        "integrations connect stripe --method oauth --client-id ca_1 --client-secret-stdin",
    );
    assert_data_eq!(
        live.to_string(),
        str![[r#"

[status 2]
[stderr]
error: `--set redirect_url=VALUE` is missing for Stripe
hint: what they ask for is made at https://dashboard.stripe.com/settings/connect/onboarding-options/oauth; its redirect URI is an https page of yours: Stripe sends nobody back to this machine for live keys

"#]]
    );
    assert_data_eq!(
        Home::with_vault().run(
            "integrations connect custom --method oauth --client-id ID --set base_url=https://api.acme.example --set authorize_url=https://acme.example/a --set token_url=https://acme.example/t --set redirect_port=4000 --set redirect_url=https://acme.example/callback"
        ),
        str![[r#"

[status 2]
[stderr]
error: `redirect_port` and `redirect_url` exclude each other
hint: leave `redirect_port` away: the browser comes back to the page, not to this machine

"#]]
    );
}

#[test]
fn nobody_is_there_to_paste() {
    let desk = desk("notion", "hush");
    let options = format!(
        "integrations connect notion --endpoint {} --method oauth --client-id own-page --client-secret-file {} --set redirect_url={PAGE}",
        desk.endpoint("notion"),
        secret_file(&desk, "hush")
    );
    assert_data_eq!(
        desk.run(None, &options).to_string(),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to paste the address that the browser ends at
hint: run it at a terminal, or add `--no-browser` and write that address to its stdin

"#]]
    );
    assert_eq!(desk.sandbox.oauth().counts("notion").unwrap().authorizations, 0, "no browser was opened");
    assert_data_eq!(
        calm(&desk.run(None, &format!("{options} --no-browser")).to_string()),
        str![[r#"

[status 2]
[stderr]
in a browser on any machine
  go to  http://127.0.0.1:[PORT]/notion/v1/oauth/authorize?[QUERY]
After the consent the browser ends at https://acme.example/callback, and the page there may show an error. Copy its whole address from the address bar.
error: stdin ended before the address that the browser ended at came
hint: write that address to it, one line, once somebody has signed in
"#]]
    );
    let wrong = format!("what?\n{PAGE}?code=a&state=b\nhttp://localhost:17871/callback?code=a&state=b\n");
    assert_data_eq!(
        calm(&desk.run(Some(&wrong), &format!("{options} --no-browser")).to_string()),
        str![[r#"

[status 2]
[stderr]
in a browser on any machine
  go to  http://127.0.0.1:[PORT]/notion/v1/oauth/authorize?[QUERY]
After the consent the browser ends at https://acme.example/callback, and the page there may show an error. Copy its whole address from the address bar.
warning: that is not the address that the browser ended at
warning: its state is not the one of this sign-in
warning: it is not at the address that the sign-in comes back to
error: stdin ended before the address that the browser ended at came
hint: write that address to it, one line, once somebody has signed in
"#]]
    );
    assert_data_eq!(
        desk.run(None, &format!("{options} --no-browser --port 4000")).to_string(),
        str![[r#"

[status 2]
[stderr]
error: `--port` and `redirect_url` exclude each other
hint: leave `--port` away: the browser comes back to the page, not to this machine

"#]]
    );
    assert!(desk.labels().is_empty());
}

#[test]
fn a_script_writes_where_the_browser_ended_and_nothing_listens_meanwhile() {
    let desk = desk("slack", "hush");
    let options = format!(
        "integrations connect slack --endpoint {} --label bot --private --client-id own-page --client-secret-file {} --set as=bot --set redirect_url={PAGE} --no-browser",
        desk.endpoint("slack"),
        secret_file(&desk, "hush")
    );
    let mut child = desk.home.command(&words(&options));
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let url = loop {
        let mut line = String::new();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it says where to go");
        if let Some(url) = line.trim().strip_prefix("go to  ") {
            break url.to_owned();
        }
    };
    #[cfg(target_os = "linux")]
    assert_eq!(listening(child.id()), 0);
    let to = ended(&url);
    assert!(to.starts_with(&format!("{PAGE}?code=")), "{to}");
    writeln!(child.stdin.take().unwrap(), "{to}").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(desk.labels(), ["bot: sandbox in Acme"]);
    assert_eq!(desk.run(None, "integrations accounts slack test bot").status, 0);
}

/// How many sockets of this process wait for visitors.
#[cfg(target_os = "linux")]
fn listening(process: u32) -> usize {
    let mut waiting = Vec::new();
    for table in ["tcp", "tcp6"] {
        let table = std::fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap();
        let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
        waiting.extend(rows.filter(|row| row[3] == "0A").map(|row| format!("socket:[{}]", row[9])));
    }
    assert!(!waiting.is_empty(), "the sandbox listens");
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let open = open.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok());
    open.filter(|file| waiting.iter().any(|socket| file.as_os_str() == socket.as_str())).count()
}

#[test]
fn a_person_at_a_terminal_makes_a_slack_bot() {
    let desk = desk("slack", "hush");
    let mut terminal = desk.at_terminal(&format!("integrations connect slack --endpoint {}", desk.endpoint("slack")));
    terminal.answer("how to sign in", &format!("{DOWN}{ENTER}")).answer("as", &format!("{DOWN}{ENTER}"));
    terminal.answer("redirect_url:", "").answer("redirect_url", &format!("http://acme.example/{ENTER}"));
    terminal.answer("is no https address", "").answer("redirect_url", &format!("{PAGE}{ENTER}"));
    terminal.answer("client id", &format!("own-page{ENTER}")).answer("client secret", &format!("hush{ENTER}"));
    terminal.answer("what it may do", ENTER).wait_for("the address that the browser ended at");
    let url = terminal.url();
    terminal.send(&format!("{PAGE}{ENTER}")).wait_for("warning");
    terminal.wait_for("the address that the browser ended at").send(&format!("{}{ENTER}", ended(&url)));
    terminal.answer("label [", &format!("\u{15}bot{ENTER}")).answer("whose it is", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
as: the app's bot; that needs an https page of yours to come back to
redirect_url: an https page of yours that the browser comes back to instead of this machine; you paste the address it ends at
redirect_url: http://acme.example/
warning: `redirect_url` is no https address: set it as it is registered, like `--set redirect_url=https://acme.example/callback`
redirect_url: https://acme.example/callback
Slack wants an OAuth client of your own; it is asked for once
Create an app and enter the redirect URI. To this machine Slack sends people alone, and only for apps with PKCE switched on, which cannot be undone; a bot (`--set as=bot`) signs in by an https page of yours (`--set redirect_url=…`) and with the app's secret
  page          https://api.slack.com/apps
  redirect URI  https://acme.example/callback
client id: own-page
client secret (enter: it has none): [hidden]
what it may do (space ticks, enter goes on): List public channels, Read public channels, List people, Send messages
in a browser on any machine
  go to  http://127.0.0.1:[PORT]/slack/oauth/v2/authorize?[QUERY]
After the consent the browser ends at https://acme.example/callback, and the page there may show an error. Copy its whole address from the address bar.
the address that the browser ended at: https://acme.example/callback
warning: that is not the address that the browser ended at
the address that the browser ended at: https://acme.example/callback?[QUERY]
signed in as sandbox in Acme
label: bot
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect slack --label bot --method oauth --set as=bot --set redirect_url=https://acme.example/callback --endpoint http://127.0.0.1:[PORT]/slack --client-id own-page --client-secret-stdin --private
connected `bot`: sandbox in Acme at Slack (http://127.0.0.1:[PORT]/slack), private
[status 0]

"#]]
    );
    assert_eq!(desk.labels(), ["bot: sandbox in Acme"]);
    // The next sign-in comes back there too.
    let mut terminal = desk.at_terminal("integrations accounts reauth bot --no-browser");
    terminal.wait_for("the address that the browser ended at");
    let url = terminal.url();
    terminal.send(&format!("{}{ENTER}", ended(&url)));
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_person_at_a_terminal_with_live_keys_is_asked_for_a_page() {
    let desk = desk("stripe", "sk_live_hush");
    let arguments =
        format!("integrations connect stripe --endpoint {} --method oauth --no-browser", desk.endpoint("stripe"));
    let mut terminal = desk.at_terminal(&arguments);
    terminal.answer("client id", &format!("own-page{ENTER}")).answer("client secret", &format!("sk_live_hush{ENTER}"));
    terminal.answer("redirect_url:", "").answer("redirect_url", &format!("{PAGE}{ENTER}"));
    terminal.answer("what it may do", ENTER).wait_for("the address that the browser ended at");
    let url = terminal.url();
    terminal.send(&format!("{}{ENTER}", ended(&url)));
    terminal.answer("label [", &format!("\u{15}shop{ENTER}")).answer("whose it is", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

Stripe wants an OAuth client of your own; it is asked for once
For Connect platforms: switch OAuth on, enter the redirect URI, and give the client id (`ca_…`) with the platform's secret key as its secret. With live keys the redirect URI is an https page of yours (`--set redirect_url=…`): Stripe takes http in test mode alone
  page          https://dashboard.stripe.com/settings/connect/onboarding-options/oauth
  redirect URI  http://localhost:17871/callback
client id: own-page
client secret: [hidden]
Stripe sends nobody back to this machine for live keys
redirect_url: an https page of yours that the browser comes back to instead of this machine; you paste the address it ends at
redirect_url: https://acme.example/callback
what it may do (space ticks, enter goes on): Read and write the account
in a browser on any machine
  go to  http://127.0.0.1:[PORT]/stripe/oauth/authorize?[QUERY]
After the consent the browser ends at https://acme.example/callback, and the page there may show an error. Copy its whole address from the address bar.
the address that the browser ended at: https://acme.example/callback?[QUERY]
signed in as Acme (test)
label: shop
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect stripe --label shop --method oauth --set redirect_url=https://acme.example/callback --endpoint http://127.0.0.1:[PORT]/stripe --client-id own-page --client-secret-stdin --private
connected `shop`: Acme (test) at Stripe (http://127.0.0.1:[PORT]/stripe), private
[status 0]

"#]]
    );
}

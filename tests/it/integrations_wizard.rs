//! Somebody who signs in at a terminal: what is asked and told, word for word, and that whatever goes wrong, or whenever
//! they turn away, nothing is left half-made.
#![cfg(unix)]

use appctl::sandbox::Decision;
use rustix::process::Signal;
use snapbox::{assert_data_eq, str};

use crate::support::desk::Desk;
use crate::support::terminal::{CTRL_C, DOWN, ENTER, Terminal, calm};

const CONNECT: &str = "integrations connect google --endpoint ENDPOINT";

fn provider(id: &str) -> &'static appctl::providers::Provider {
    appctl::providers::ALL.iter().find(|provider| provider.id == id).unwrap()
}

/// The place of this way among those that are offered.
fn way(id: &str, method: &str) -> usize {
    provider(id).methods.iter().position(|known| known.word() == method).unwrap()
}

/// One of Google's that is asked for unless somebody unticks it.
fn a_usual_scope() -> String {
    provider("google").scopes.iter().find(|scope| scope.usual).unwrap().name.to_owned()
}

/// Answers everything that comes before the browser.
fn up_to_the_browser(terminal: &mut Terminal, secret: &str) {
    terminal.answer("how to sign in", ENTER).answer("client id", &format!("sandbox-client{ENTER}"));
    terminal.answer("client secret", &format!("{secret}{ENTER}")).answer("what it may do", ENTER);
}

#[test]
fn the_whole_way() {
    let desk = Desk::new();
    desk.person("google", "ada@acme.example", Decision::Approve);
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, &desk.client_secret());
    terminal.answer("label [", ENTER).answer("whose it is", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
Google wants an OAuth client of your own; it is asked for once
Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days
  page          https://console.cloud.google.com/auth/clients
  redirect URI  http://127.0.0.1/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as ada@acme.example
label: ada
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect google --label ada --method oauth --endpoint http://127.0.0.1:[PORT]/google --client-id sandbox-client --client-secret-stdin --private
connected `ada`: ada@acme.example at Google (http://127.0.0.1:[PORT]/google), private
[status 0]

"#]]
    );
    assert_eq!(desk.labels(), ["ada: ada@acme.example"]);
    assert_eq!(desk.run(None, "integrations accounts google test ada").status, 0);
}

#[test]
fn a_wrong_client_secret() {
    let desk = Desk::new();
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, "not-the-secret");
    let transcript = terminal.transcript();
    assert!(!transcript.contains("not-the-secret"), "{transcript}");
    assert_data_eq!(
        transcript,
        str![[r#"

how to sign in: in the browser (oauth)
Google wants an OAuth client of your own; it is asked for once
Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days
  page          https://console.cloud.google.com/auth/clients
  redirect URI  http://127.0.0.1/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
error: Google refused: invalid_client: Unauthorized
hint: check the client's id and secret, and what it may do, in the vendor's console; the sign-in is untouched
[status 1]

"#]]
    );
    assert!(desk.labels().is_empty());
    // The wrong client was not kept either: it is asked for again.
    let mut terminal = desk.at_terminal(CONNECT);
    terminal.answer("how to sign in", ENTER).answer("client id", CTRL_C);
    assert_eq!(terminal.end().0, 130);
}

#[test]
fn a_consent_that_is_denied() {
    let desk = Desk::new();
    desk.person("google", "ada@acme.example", Decision::Deny);
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, &desk.client_secret());
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
Google wants an OAuth client of your own; it is asked for once
Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days
  page          https://console.cloud.google.com/auth/clients
  redirect URI  http://127.0.0.1/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
error: Google refused: access_denied: Forbidden
hint: nothing was kept; run the command again, and allow what it asks for
[status 5]

"#]]
    );
    assert!(desk.labels().is_empty());
}

#[test]
fn a_scope_that_is_not_granted_is_named() {
    let desk = Desk::new();
    let dropped = a_usual_scope();
    desk.person("google", "ada@acme.example", Decision::Drop(vec![dropped.clone()]));
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, &desk.client_secret());
    terminal.answer("label [", ENTER).answer("whose it is", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
Google wants an OAuth client of your own; it is asked for once
Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days
  page          https://console.cloud.google.com/auth/clients
  redirect URI  http://127.0.0.1/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as ada@acme.example
label: ada
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect google --label ada --method oauth --endpoint http://127.0.0.1:[PORT]/google --client-id sandbox-client --client-secret-stdin --private
connected `ada`: ada@acme.example at Google (http://127.0.0.1:[PORT]/google), private
not granted: Read and write spreadsheets; ask again with `appctl integrations accounts reauth ada --scope https://www.googleapis.com/auth/spreadsheets`
[status 0]

"#]]
    );
    let scopes = desk.accounts()[0]["scopes"].to_string();
    assert!(!scopes.contains(&dropped), "{scopes}");
}

#[test]
fn a_browser_that_is_closed() {
    let desk = Desk::new();
    desk.person("google", "ada@acme.example", Decision::Close);
    let mut terminal = desk.at_terminal(&format!("{CONNECT} --wait 1"));
    up_to_the_browser(&mut terminal, &desk.client_secret());
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
Google wants an OAuth client of your own; it is asked for once
Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days
  page          https://console.cloud.google.com/auth/clients
  redirect URI  http://127.0.0.1/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 1.0s at the most; Ctrl-C ends it
error: nobody came back from the browser within 1 s
hint: run the command again, and finish the sign-in in the browser
[status 4]

"#]]
    );
    assert!(desk.labels().is_empty());
}

#[test]
fn a_second_account_of_the_same_vendor() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    desk.person("google", "bob@home.example", Decision::Approve);
    let mut terminal = desk.at_terminal(CONNECT);
    // The client is known; only what is this account's own is asked.
    terminal.answer("how to sign in", ENTER).answer("what it may do", ENTER);
    terminal.answer("label [", &format!("\u{15}mine{ENTER}")).answer("whose it is", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as bob@home.example
label: mine
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect google --label mine --method oauth --endpoint http://127.0.0.1:[PORT]/google --private
connected `mine`: bob@home.example at Google (http://127.0.0.1:[PORT]/google), private
[status 0]

"#]]
    );
    assert_eq!(desk.labels(), ["mine: bob@home.example", "ops: ada@acme.example"]);
    for label in ["mine", "ops"] {
        assert_eq!(desk.run(None, &format!("integrations accounts google test {label}")).status, 0);
    }
}

#[test]
fn the_same_identity_again_renews_its_account() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    let mut terminal = desk.at_terminal(CONNECT);
    terminal.answer("how to sign in", ENTER).answer("what it may do", ENTER);
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
what it may do (space ticks, enter goes on): sheets: Read and write spreadsheets, docs: Read and write documents, drive: Use the files made or opened with this app, drive: List all files
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as ada@acme.example
this is account `ops`
the same without questions: appctl integrations connect google --label ops --method oauth --endpoint http://127.0.0.1:[PORT]/google --private
signed in again to `ops`: ada@acme.example at Google (http://127.0.0.1:[PORT]/google), private
[status 0]

"#]]
    );
    assert_eq!(desk.labels(), ["ops: ada@acme.example"]);
}

#[test]
fn the_wrong_identity_on_reauth() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    let before = desk.accounts();
    desk.person("google", "eve@evil.example", Decision::Approve);
    assert_data_eq!(
        desk.at_terminal("integrations accounts google reauth ops").transcript(),
        str![[r#"

opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as eve@evil.example
error: that is `eve@evil.example`, and account `ops` is `ada@acme.example`
hint: sign out of the wrong one in the browser and try again, give another `--label`, or add `--switch-account` to use it in its place
[status 1]

"#]]
    );
    assert_eq!(desk.accounts(), before);
    assert_eq!(desk.run(None, "integrations accounts google test ops").status, 0);
    // The right one, and then the other one on purpose.
    desk.person("google", "ada@acme.example", Decision::Approve);
    assert_data_eq!(
        desk.at_terminal("integrations accounts google reauth ops").transcript(),
        str![[r#"

opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as ada@acme.example
this is account `ops`
signed in again to `ops`: ada@acme.example at Google (http://127.0.0.1:[PORT]/google), private
[status 0]

"#]]
    );
    desk.person("google", "eve@evil.example", Decision::Approve);
    let terminal = desk.at_terminal("integrations accounts google reauth ops --switch-account");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(desk.labels(), ["ops: eve@evil.example"]);
}

/// The questions in their order, and what answers each.
fn questions(desk: &Desk) -> Vec<(&'static str, String)> {
    vec![
        ("how to sign in", ENTER.to_owned()),
        ("client id", format!("sandbox-client{ENTER}")),
        ("client secret", format!("{}{ENTER}", desk.client_secret())),
        ("what it may do", ENTER.to_owned()),
        ("label [", ENTER.to_owned()),
        ("whose it is", ENTER.to_owned()),
    ]
}

#[test]
fn ctrl_c_at_any_question_leaves_nothing() {
    let desk = Desk::new();
    // Looking whether the vault works leaves an empty one.
    let mut terminal = desk.at_terminal(CONNECT);
    terminal.answer("how to sign in", CTRL_C);
    assert_eq!(terminal.end().0, 130);
    let empty = desk.kept_bytes();
    for last in 0..questions(&desk).len() {
        let mut terminal = desk.at_terminal(CONNECT);
        for (question, answer) in &questions(&desk)[..last] {
            terminal.answer(question, answer);
        }
        let question = questions(&desk)[last].0;
        terminal.wait_for(question);
        // A key and not a signal: the question has begun to read.
        std::thread::sleep(std::time::Duration::from_millis(150));
        terminal.send(CTRL_C);
        let (status, screen) = terminal.end();
        assert_eq!(status, 130, "{question}: {screen}");
        assert!(desk.labels().is_empty(), "{question}");
        assert_eq!(desk.kept_bytes(), empty, "{question}");
    }
    // What two of them had been granted already was given back.
    let counts = desk.sandbox.oauth().counts("google").unwrap();
    assert_eq!((counts.codes_exchanged, counts.revocations, counts.families), (2, 2, 0));
}

#[test]
fn a_signal_at_the_last_questions_gives_the_fresh_token_back() {
    for (signal, last) in [(Signal::INT, "label ["), (Signal::TERM, "label ["), (Signal::INT, "whose it is")] {
        let desk = Desk::new();
        let mut terminal = desk.at_terminal(CONNECT);
        up_to_the_browser(&mut terminal, &desk.client_secret());
        if last != "label [" {
            terminal.answer("label [", ENTER);
        }
        terminal.wait_for(last);
        let begun = std::time::Instant::now();
        terminal.signal(signal);
        let (status, screen) = terminal.end();
        assert_eq!(status, 130, "{last}: {screen}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{last}: {:?}", begun.elapsed());
        let counts = desk.sandbox.oauth().counts("google").unwrap();
        assert_eq!((counts.codes_exchanged, counts.revocations, counts.families), (1, 1, 0), "{last}");
        assert!(desk.labels().is_empty(), "{last}");
    }
}

#[test]
fn a_vendor_that_does_not_answer_holds_nobody_up_who_leaves() {
    let desk = Desk::new();
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, &desk.client_secret());
    terminal.wait_for("label [");
    let begun = std::time::Instant::now();
    desk.sandbox.oauth().hold();
    terminal.signal(Signal::INT);
    assert_eq!(terminal.end().0, 130);
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    desk.sandbox.oauth().release();
    assert!(desk.labels().is_empty());
}

#[test]
fn ctrl_c_while_the_browser_is_open_leaves_nothing() {
    let desk = Desk::new();
    desk.person("google", "ada@acme.example", Decision::Close);
    let mut terminal = desk.at_terminal(CONNECT);
    up_to_the_browser(&mut terminal, &desk.client_secret());
    terminal.answer("waiting for the browser", CTRL_C);
    assert_eq!(terminal.end().0, 130);
    assert!(desk.labels().is_empty());
}

#[test]
fn a_key_is_asked_for_and_never_shown() {
    let desk = Desk::new();
    let minted = desk.sandbox.oauth().mint("github", "ada@acme.example", &["repo"]).unwrap();
    let key = minted.access.expose().to_owned();
    let mut terminal = desk.at_terminal(&format!("integrations connect github --endpoint {}", desk.endpoint("github")));
    let down = way("github", "token");
    terminal.answer("how to sign in", &format!("{}{ENTER}", DOWN.repeat(down)));
    terminal.wait_for("GitHub").answer(":", &format!("{key}{ENTER}"));
    terminal.answer("label [", ENTER).answer("whose it is", ENTER);
    let transcript = terminal.transcript();
    assert!(!transcript.contains(&key), "{transcript}");
    assert_data_eq!(
        transcript,
        str![[r#"

how to sign in: with a personal access token (token)
Make a fine-grained token with the repositories and permissions that are wanted; it ends on the day chosen there
  page          https://github.com/settings/personal-access-tokens/new
GitHub personal access token: [hidden]
signed in as ada-acme-example
label: ada-acme-example
whose it is: private: you and your agents alone can see and use it
the same without questions: appctl integrations connect github --label ada-acme-example --method token --endpoint http://127.0.0.1:[PORT]/github --token-stdin --private
connected `ada-acme-example`: ada-acme-example at GitHub (http://127.0.0.1:[PORT]/github), private
[status 0]

"#]]
    );
}

#[test]
fn without_a_browser_a_code_is_shown_where_the_vendor_has_them() {
    let desk = Desk::new();
    desk.person("github", "ada@acme.example", Decision::Approve);
    let ran = desk.connect("github", "ada@acme.example", "--label bot --private --method oauth --no-browser");
    assert_data_eq!(
        calm(&ran.to_string()),
        str![[r#"

[status 0]
[stderr]
on any device
  go to           http://127.0.0.1:[PORT]/github/login/device
  enter the code  [CODE]
signed in as ada-acme-example
connected `bot`: ada-acme-example at GitHub (http://127.0.0.1:[PORT]/github), private
"#]]
    );
    assert_eq!(desk.accounts()[0]["method"], "device");
}

#[test]
fn without_a_browser_the_callback_is_pasted_where_the_vendor_has_no_codes() {
    let desk = Desk::new();
    desk.person("notion", "ada@acme.example", Decision::Approve);
    let secret = desk.client_secret();
    let arguments = format!(
        "integrations connect notion --endpoint {} --label wiki --private --method oauth --no-browser --client-id sandbox-client",
        desk.endpoint("notion")
    );
    let mut terminal = desk.at_terminal(&arguments);
    terminal.answer("client secret", &format!("{secret}{ENTER}"));
    terminal.wait_for("the address that the browser ended at");
    let url = terminal.url();
    // A person's first try is often the wrong address.
    terminal.send(&format!("{url}{ENTER}")).wait_for("the address that the browser ended at");
    let came_to = std::process::Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", &url])
        .output()
        .unwrap();
    terminal.send(&format!("{}{ENTER}", String::from_utf8(came_to.stdout).unwrap()));
    assert_eq!(terminal.end().0, 0);
    assert_eq!(desk.labels().len(), 1);
}

#[test]
fn a_connection_is_added_with_a_new_sign_in_and_then_with_the_account_that_is_there() {
    let _port = crate::support::port::alone();
    let desk = Desk::new();
    desk.person("hubspot", "ada@acme.example", Decision::Approve);
    let address = desk.endpoint("hubspot");
    let mut terminal = desk.at_terminal(&format!("connections add hubspot --name crm --endpoint {address} --no-sync"));
    terminal.answer("how to sign in", &format!("{}{ENTER}", DOWN.repeat(way("hubspot", "oauth"))));
    terminal.answer("client id", &format!("sandbox-client{ENTER}"));
    terminal.answer("client secret", &format!("{}{ENTER}", desk.client_secret())).answer("what it may do", ENTER);
    terminal.answer("label [", &format!("\u{15}portal{ENTER}")).answer("whose it is", ENTER);
    terminal.answer("objects", ENTER).answer("when to sync", ENTER).answer("Add connection `crm`", "y");
    assert_data_eq!(
        terminal.transcript(),
        str![[r#"

how to sign in: in the browser (oauth)
HubSpot wants an OAuth client of your own; it is asked for once
Create an app with OAuth, enter the redirect URI letter by letter, and tick the scopes: HubSpot wants to be asked for every one that is ticked as required
  page          https://app.hubspot.com/developer-projects
  redirect URI  http://localhost:17871/callback
client id: sandbox-client
client secret: [hidden]
what it may do (space ticks, enter goes on): Read contacts, Read companies, Read deals and their pipelines, Read owners, Read the properties of contacts, Read the properties of companies, Read the properties of deals
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/oauth/authorize?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as app.hubspot.com developer test 4200001
label: portal
whose it is: private: you and your agents alone can see and use it
account `portal` is kept, whatever becomes of the connection
signed in as app.hubspot.com developer test 4200001
`tickets` cannot be synced: `127.0.0.1` needs the scope `tickets`
`products` cannot be synced: `127.0.0.1` needs the scope `crm.objects.products.read`
`line_items` cannot be synced: `127.0.0.1` needs the scope `crm.objects.line_items.read`
`quotes` cannot be synced: `127.0.0.1` needs the scope `crm.objects.quotes.read`
`custom_objects` cannot be synced: `127.0.0.1` needs the scope `crm.schemas.custom.read`
`ticket_pipelines` cannot be synced: `127.0.0.1` needs the scope `tickets`
`ticket_stages` cannot be synced: `127.0.0.1` needs the scope `tickets`
objects (space ticks, enter goes on): contacts (object, about 20 rows), companies (object, about 5 rows), deals (object, about 10 rows)
when to sync: by hand
Add connection `crm`: `contacts`, `companies` and `deals`, by hand? yes
the same without questions: appctl connections add hubspot --name crm --account portal --object contacts --object companies --object deals
added connection `crm` for `contacts`, `companies` and `deals`
[status 0]

"#]]
    );
    assert_eq!(desk.run(None, "connections sync crm").status, 0);

    let mut terminal = desk.at_terminal("connections add hubspot --name more --no-sync");
    terminal.answer("account", ENTER).answer("objects", &format!(" {DOWN} {DOWN} {DOWN}{ENTER}"));
    let (_, screen) = {
        terminal.wait_for("when to sync").send(CTRL_C);
        terminal.end()
    };
    assert!(screen.contains("portal ("), "{screen}");
}

#[test]
fn ctrl_c_after_the_sign_in_of_a_new_connection_keeps_the_account_and_no_connection() {
    let _port = crate::support::port::alone();
    let desk = Desk::new();
    desk.person("hubspot", "ada@acme.example", Decision::Approve);
    let address = desk.endpoint("hubspot");
    let mut terminal = desk.at_terminal(&format!("connections add hubspot --endpoint {address} --account portal"));
    terminal.answer("how to sign in", &format!("{}{ENTER}", DOWN.repeat(way("hubspot", "oauth"))));
    terminal.answer("client id", &format!("sandbox-client{ENTER}"));
    terminal.answer("client secret", &format!("{}{ENTER}", desk.client_secret()));
    terminal.wait_for("account `portal` is kept").answer("objects", CTRL_C);
    assert_eq!(terminal.end().0, 130);
    assert_eq!(desk.accounts()[0]["label"], "portal");
    assert_eq!(desk.run(None, "connections list --json").stdout, "[]\n");
}

#[test]
fn a_connection_whose_sign_in_ended_is_signed_in_to_again() {
    let _port = crate::support::port::alone();
    let desk = Desk::new();
    assert_eq!(desk.connect("hubspot", "ada@acme.example", "--label portal --method oauth").status, 0);
    let add = "connections add hubspot --name crm --account portal --object contacts";
    let added = desk.run(None, add);
    assert_eq!(added.status, 0, "{added}");
    desk.sandbox.oauth().revoke("hubspot", "ada@acme.example").unwrap();
    let ran = desk.run(None, "connections sync crm");
    assert_eq!(ran.status, 4, "{ran}");
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 4]
[stderr]
error: connection `crm` was not synced: account `portal` needs a new sign-in: HubSpot takes its tokens no longer: missing or invalid refresh token
hint: run `appctl integrations accounts reauth portal`

"#]]
    );
    assert_data_eq!(
        desk.at_terminal("connections reauth crm").transcript(),
        str![[r#"

opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/oauth/authorize?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as app.hubspot.com developer test 4200001
this is account `portal`
signed in to `crm` again as app.hubspot.com developer test 4200001
[status 0]

"#]]
    );
    assert_eq!(desk.run(None, "connections sync crm").status, 0);
}

#[test]
fn a_password_prompt_that_is_left_gives_the_terminal_its_echo_back() {
    let desk = Desk::new();
    let program = crate::support::home::APPCTL;
    let script = crate::support::desk::script(
        &desk.home,
        "shell",
        &format!(
            "trap : INT; stty echo; before=$(stty -g)\n\
             {program} integrations connect slack --method token; echo \"status $?\"\n\
             if [ \"$(stty -g)\" = \"$before\" ]; then echo as before; else echo changed; fi"
        ),
    );
    let mut terminal = Terminal::run_program(&desk.home, &[], &script);
    terminal.answer("Slack bot or user token", CTRL_C).wait_for("status 130").wait_for("as before");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_secret_can_be_mended_while_it_is_typed() {
    let desk = Desk::new();
    let key = desk.sandbox.oauth().mint("github", "ada@acme.example", &["repo"]).unwrap().access;
    let address = desk.endpoint("github");
    let arguments = format!("integrations connect github --method token --label bot --endpoint {address}");
    let mut terminal = desk.at_terminal(&arguments);
    let typed = format!("wrong\u{15}{}é\u{7f}x\u{8}{ENTER}", key.expose());
    terminal.answer("GitHub personal access token", &typed).wait_for("connected `bot`");
    assert_eq!(terminal.end().0, 0);
}

//! `appctl sandbox serve`: what it says, how it is used wrongly, and how it ends.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, normal, steady};

/// A sandbox that has said where it is; killed when a test fails.
struct Served {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Served {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut all = vec!["sandbox", "serve"];
        all.extend(arguments);
        let mut command = home.command(&all);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Served { child, said }
    }

    fn announcement(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Status, the rest of stdout, stderr, and how long the end took.
    fn end(mut self, signal: Signal) -> (Option<i32>, String, String, Duration) {
        let began = Instant::now();
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let status = self.child.wait().unwrap().code();
        let time = began.elapsed();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.said.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (status, stdout, stderr, time)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status line of one call, with this token.
fn call(port: u64, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap();
    let host = format!("Host: 127.0.0.1:{port}\r\nConnection: close");
    write!(stream, "GET {path} HTTP/1.1\r\n{host}\r\nAuthorization: Bearer {token}\r\n\r\n").unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

#[test]
fn one_line_of_json_says_where_everything_is() {
    let home = Home::new();
    let mut served = Served::start(&home, &["--json"]);
    let said = served.announcement();
    let keys: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["port", "token", "control", "client", "endpoints"]);
    let port = said["port"].as_u64().unwrap();
    assert_eq!(said["endpoints"]["hubspot"], format!("http://127.0.0.1:{port}"));
    let path = "/crm/v3/objects/contacts?limit=1";
    assert_eq!(call(port, path, said["token"].as_str().unwrap()), "HTTP/1.1 200 OK");
    assert!(call(port, path, "pat-of-somebody-else").starts_with("HTTP/1.1 401"));
    let (status, stdout, stderr, _) = served.end(Signal::TERM);
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (Some(0), "", ""));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is kept");
}

#[test]
fn a_person_sees_the_same_and_how_to_end_it() {
    let home = Home::new();
    let mut served = Served::start(&home, &[]);
    let mut head = String::new();
    for _ in 0..14 {
        served.said.read_line(&mut head).unwrap();
    }
    let (status, rest, stderr, _) = served.end(Signal::INT);
    let text = format!("[status {}]\n{head}{rest}{stderr}", status.unwrap());
    assert_data_eq!(
        steady(&normal(&text, home.path())),
        str![[r#"
[status 0]
airtable  http://127.0.0.1:[PORT]/airtable
github  http://127.0.0.1:[PORT]/github
google  http://127.0.0.1:[PORT]/google
hubspot  http://127.0.0.1:[PORT]
notion  http://127.0.0.1:[PORT]/notion
oidc  http://127.0.0.1:[PORT]/oidc
salesforce  http://127.0.0.1:[PORT]/salesforce
slack  http://127.0.0.1:[PORT]/slack
stripe  http://127.0.0.1:[PORT]/stripe
token  pat-na1-616bad42-3efe-ad74-3bff-3c8d4d5fb975
client id  sandbox-client
client secret  sandbox-secret-90f91b079e82e88a
control  http://127.0.0.1:[PORT]/control
control token  [TOKEN]
serving until Ctrl-C

"#]]
    );
}

#[test]
fn the_data_and_the_token_follow_from_the_seed() {
    let home = Home::new();
    let tokens: Vec<_> = ["7", "7", "8"]
        .map(|seed| Served::start(&home, &["--json", "--seed", seed, "--records", "3"]).announcement()["token"].clone())
        .into();
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
}

#[test]
fn a_signal_ends_it_at_once_with_calls_open() {
    for signal in [Signal::INT, Signal::TERM] {
        let home = Home::new();
        let mut served = Served::start(&home, &["--json", "--faults", "silent"]);
        let port = u16::try_from(served.announcement()["port"].as_u64().unwrap()).unwrap();
        let mut open = TcpStream::connect(("127.0.0.1", port)).unwrap();
        open.write_all(b"GET /crm/v3/objects/contacts HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let (status, _, stderr, time) = served.end(signal);
        assert_eq!((status, stderr.as_str()), (Some(0), ""));
        assert!(time < Duration::from_secs(2), "it took {time:?}");
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = Home::new().run(&format!("sandbox serve --port {port}"));
    assert_data_eq!(
        ran.replace(&port, "[PORT]"),
        str![[r#"

[status 1]
[stderr]
error: listening on port [PORT] of 127.0.0.1: Address already in use (os error 98)
hint: leave `--port` out for a free one

"#]]
    );
}

#[test]
fn a_plan_of_faults_that_cannot_be_read() {
    let home = Home::new();
    let ran = ["bogus", "429:3", "cut@search#x", "slow:rate=fast", "lag:soon"]
        .map(|plan| home.run(&format!("sandbox serve --faults {plan}")));
    assert_data_eq!(
        ran.concat(),
        str![[r#"

[status 2]
[stderr]
error: the fault `bogus` cannot be read: `bogus` is no fault
hint: see `appctl help faults`

[status 2]
[stderr]
error: the fault `429:3` cannot be read: `3` is no share from 0 to 1
hint: see `appctl help faults`

[status 2]
[stderr]
error: the fault `cut@search#x` cannot be read: `#` takes a number, `n+` or `nxm`
hint: see `appctl help faults`

[status 2]
[stderr]
error: the fault `slow:rate=fast` cannot be read: `rate` takes a whole number
hint: see `appctl help faults`

[status 2]
[stderr]
error: the fault `lag:soon` cannot be read: `lag` takes seconds
hint: see `appctl help faults`

"#]]
    );
}

#[test]
fn options_that_make_no_sense() {
    let home = Home::new();
    let ran = ["--limits gold", "--port 99999", "--records many", "--seed -1", "now"]
        .map(|option| home.run(&format!("sandbox serve {option}")));
    assert_data_eq!(
        ran.concat(),
        str![[r#"

[status 2]
[stderr]
error: no limits are called `gold`
hint: use none, free or professional

[status 2]
[stderr]
error: `--port` takes no `99999`: 99999 is not in 0..=65535
hint: see `appctl sandbox serve --help`

[status 2]
[stderr]
error: `--records` takes no `many`: it is no whole number
hint: see `appctl sandbox serve --help`

[status 2]
[stderr]
error: `appctl sandbox serve` has no option `-1`
hint: see `appctl sandbox serve --help`

[status 2]
[stderr]
error: `now` is one argument too many
hint: see `appctl sandbox serve --help`

"#]]
    );
}

#[test]
fn every_word_of_a_plan_is_explained() {
    let ran = Home::new().run_with(None, &[], "help faults");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    for (word, what) in appctl::sandbox::FAULT_WORDS {
        assert!(ran.stdout.contains(word) && ran.stdout.contains(what), "{word}");
    }
}

/// Makes a contact, and gives its id.
fn with_one_more(said: &serde_json::Value, name: &str) -> u64 {
    let (port, token) = (said["port"].as_u64().unwrap(), said["token"].as_str().unwrap());
    let post = |path: &str, body: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap();
        let length = body.len();
        let head = format!("Host: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Type: application/json");
        let head = format!("{head}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}");
        write!(stream, "POST {path} HTTP/1.1\r\n{head}\r\n\r\n{body}").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let body = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}")).1;
        serde_json::from_str::<serde_json::Value>(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap()
    };
    let made = post("/crm/v3/objects/contacts", &format!(r#"{{"properties":{{"email":"{name}@example.org"}}}}"#));
    assert!(made["id"].is_string(), "{made}");
    made["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_sandbox_with_a_journal_goes_on_after_it_was_killed() {
    let home = Home::new();
    let journal = home.path().join("sandbox.journal");
    let arguments = ["--json", "--records", "3", "--journal", journal.to_str().unwrap()];
    let mut served = Served::start(&home, &arguments);
    let said = served.announcement();
    let first = with_one_more(&said, "one");
    served.end(Signal::KILL);
    let mut served = Served::start(&home, &arguments);
    let again = served.announcement();
    assert_eq!((&again["port"], &again["token"], &again["client"]), (&said["port"], &said["token"], &said["client"]));
    let path = format!("/crm/v3/objects/contacts/{first}");
    let token = again["token"].as_str().unwrap();
    assert_eq!(call(again["port"].as_u64().unwrap(), &path, token), "HTTP/1.1 200 OK");
    assert_ne!(with_one_more(&again, "two"), first, "it goes on after what is there");
    // A second one beside it sees the same.
    let mut beside = Served::start(&home, &arguments);
    let elsewhere = beside.announcement();
    assert_ne!(elsewhere["port"], again["port"]);
    assert_eq!(call(elsewhere["port"].as_u64().unwrap(), &path, token), "HTTP/1.1 200 OK");
    assert_eq!(beside.end(Signal::INT).0, Some(0));
    assert_eq!(served.end(Signal::TERM).0, Some(0));
}

#[test]
fn a_file_that_is_no_journal_is_left_as_it_is() {
    let home = Home::new();
    let file = home.path().join("notes.txt");
    for text in ["my only copy", "several\nlines\n", "0123456789abcdef my only copy", "{}"] {
        std::fs::write(&file, text).unwrap();
        let ran = home.run_with(None, &[], &format!("sandbox serve --journal {}", file.display()));
        assert_data_eq!(
            ran.to_string(),
            str![[r#"

[status 1]
[stderr]
error: `[HOME]/notes.txt` is no journal of a sandbox
hint: name another file; this one was left as it is

"#]]
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_journal_that_cannot_be_opened_says_what_helps() {
    let home = Home::new();
    let ran = home.run_with(None, &[], &format!("sandbox serve --journal {}/nowhere/journal", home.path().display()));
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 3]
[stderr]
error: opening `[HOME]/nowhere/journal`: No such file or directory (os error 2)
hint: name a file in a folder that is there

"#]]
    );
}

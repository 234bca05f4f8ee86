//! Secrets are nowhere but in the keyring: a planted token and a planted password are looked for, in every spelling, in
//! everything that the program prints, keeps and shows of itself.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use appctl::sandbox::{Options, Plan, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::support::home::{Home, Ran, words};
use crate::support::postgres::Database;

/// A secret with all the ways in which it could be written.
pub struct Canary {
    spellings: Vec<(&'static str, Vec<u8>)>,
}

impl Canary {
    pub fn new(secret: &str) -> Canary {
        let bytes = secret.as_bytes();
        let mut spellings = vec![
            ("raw", bytes.to_vec()),
            ("json", serde_json::to_string(secret).expect("JSON").trim_matches('"').as_bytes().to_vec()),
            ("url", url::form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes()),
            ("percent", percent(bytes).into_bytes()),
            ("hex", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()),
            ("HEX", bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>().into_bytes()),
            ("utf-16", bytes.iter().flat_map(|byte| [*byte, 0]).collect()),
            ("reversed", bytes.iter().rev().copied().collect()),
            // A part of it is as bad as the whole.
            ("half", bytes[..bytes.len() / 2].to_vec()),
            ("other half", bytes[bytes.len() / 2..].to_vec()),
        ];
        // Inside of a longer text that is encoded, it can begin at three places.
        for skip in 0..3 {
            let inner = &bytes[(3 - skip) % 3..];
            let inner = &inner[..inner.len() / 3 * 3];
            spellings.push(("base64", STANDARD_NO_PAD.encode(inner).into_bytes()));
            spellings.push(("base64url", URL_SAFE_NO_PAD.encode(inner).into_bytes()));
        }
        Canary { spellings }
    }

    pub fn is_absent(&self, place: &str, bytes: &[u8]) {
        // One letter for each byte, because a text is searched much faster than bytes are.
        let letters = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        let text = letters(bytes);
        for (how, spelling) in &self.spellings {
            assert!(!text.contains(&letters(spelling)), "the secret is in {place} ({how})");
        }
    }

    pub fn is_absent_from_output(&self, ran: &Ran) {
        self.is_absent("stdout", ran.stdout.as_bytes());
        self.is_absent("stderr", ran.stderr.as_bytes());
    }

    /// Looks through every file of a folder, and at every name.
    pub fn is_absent_from_folder(&self, folder: &Path) -> usize {
        let mut files = 0;
        for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
            let path = entry.path();
            self.is_absent("a file's name", path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                files += self.is_absent_from_folder(&path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                self.is_absent(&path.display().to_string(), &bytes);
                files += 1;
            }
        }
        files
    }

    fn is_absent_from_arguments(&self, child: &Child) {
        for name in ["cmdline", "comm", "status", "maps"] {
            let bytes = std::fs::read(format!("/proc/{}/{name}", child.id())).expect("the process is there");
            self.is_absent(&format!("/proc/PID/{name}"), &bytes);
        }
    }
}

fn percent(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(*byte).to_string(),
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(letter).collect()
}

#[test]
fn the_canary_sings_when_it_is_there() {
    let canary = Canary::new("pat-na1-0123+/ä%secret");
    let texts = [
        "x pat-na1-0123+/ä%secret y".to_owned(),
        STANDARD_NO_PAD.encode("Bearer pat-na1-0123+/ä%secret"),
        STANDARD_NO_PAD.encode("user:pat-na1-0123+/ä%secret!"),
        STANDARD_NO_PAD.encode("pat-na1-0123+/ä%secret"),
        "https://host/?token=pat-na1-0123%2B%2F%C3%A4%25secret&x".to_owned(),
        "7061742d6e61312d303132332b2fc3a4257365637265740a".to_owned(),
    ];
    for text in texts {
        let sings = std::panic::catch_unwind(|| canary.is_absent("a text", text.as_bytes())).is_err();
        assert!(sings, "{text}");
    }
    canary.is_absent("another text", b"pat-na2 and nothing else");
}

struct Stage<'c> {
    home: Home,
    variables: Vec<(&'static str, String)>,
    canaries: Vec<&'c Canary>,
}

impl Stage<'_> {
    fn command(&self, arguments: &str) -> Command {
        let mut command = self.home.command(&words(arguments));
        command.envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
        command
    }

    /// Runs a command to its end and looks at what it said and kept.
    fn run(&self, arguments: &str, stdin: Option<&str>, status: Option<i32>) -> Ran {
        let ran = self.home.finish(self.command(arguments), stdin);
        if let Some(status) = status {
            assert_eq!(ran.status, status, "{arguments}: {ran}");
        }
        for canary in &self.canaries {
            canary.is_absent_from_output(&ran);
            canary.is_absent_from_folder(self.home.path());
        }
        ran
    }

    /// What a person asks about a connection.
    fn ask_around(&self, name: &str) {
        for arguments in [
            format!("connections show {name} --json"),
            format!("connections status {name}"),
            "connections status --json".to_owned(),
            format!("connections history {name} --json"),
            format!("connections test {name} -v"),
            format!("connections plan {name} -v"),
            format!("connections discover {name} --json"),
            "connections list --json".to_owned(),
            "log --json".to_owned(),
            "tables list --json".to_owned(),
            "tables query \"select * from _appctl_documents\" --json".to_owned(),
            format!("-v connections schedule {name} --every 15m"),
            format!("-v connections edit {name} --set nonsense=1"),
        ] {
            self.run(&arguments, None, None);
        }
    }
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "it takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_in_no_output_file_argument_or_error() {
    let sandbox = Sandbox::start(Options { seed: rand::random(), records: 400, ..Options::default() }).await.unwrap();
    let token = sandbox.token().expose().to_owned();
    let canary = Canary::new(&token);
    let endpoint = sandbox.endpoint("hubspot").unwrap();
    let mut stage = Stage { home: Home::new(), variables: Vec::new(), canaries: vec![&canary] };
    let add =
        format!("-v connections add hubspot --name crm --endpoint {endpoint} --object contacts --object companies");
    // The token in the wrong place, in the wrong form, over stdin, and in the environment.
    stage.run(&format!("{add} --no-sync --token-stdin"), Some(&format!("{token}\nand more")), Some(2));
    sandbox.set_faults(Plan::parse("403").unwrap());
    stage.run(&format!("{add} --no-sync --token-stdin"), Some(&token), None);
    sandbox.set_faults(Plan::default());
    stage.run(&format!("{add} --token-stdin"), Some(&token), Some(0));
    stage.variables.push(("APPCTL_TOKEN_CRM", token.clone()));
    stage.run("-v connections sync crm --json", None, Some(0));
    stage.ask_around("crm");
    // Answers that are asked for again, and ones that end the run.
    let plans = [
        ("html@search#1x2,badjson@search#3,garbage@search#4", true),
        ("403@search", false),
        ("429@search:retry=1e9", false),
        ("redirect@search", false),
    ];
    for (plan, ends_well) in plans {
        sandbox.hubspot().churn("contacts", "update", 20, 1).unwrap();
        sandbox.set_faults(Plan::parse(plan).unwrap());
        let ran = stage.run("-v connections sync crm", None, None);
        assert_eq!(ran.status == 0, ends_well, "{plan}: {ran}");
    }
    // A run that is under way, and what it leaves when it is killed.
    sandbox.set_faults(Plan::parse("late:ms=300").unwrap());
    sandbox.hubspot().churn("contacts", "update", 350, 2).unwrap();
    let calls = sandbox.stats().calls;
    let mut command = stage.command("-v connections sync crm --full");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| sandbox.stats().calls > calls + 5);
    canary.is_absent_from_arguments(&child);
    let files = canary.is_absent_from_folder(stage.home.path());
    assert!(files >= 5, "the file, its log, the stage, the lock and the journal are there: {files}");
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    canary.is_absent("stdout", &output.stdout);
    canary.is_absent("stderr", &output.stderr);
    stage.run("connections status --json", None, Some(0));
    sandbox.set_faults(Plan::default());
    // A token that is refused, and another one in its place.
    sandbox.hubspot().revoke();
    stage.run("-v connections sync crm", None, Some(4));
    stage.run("-v connections reauth crm --token-stdin", Some(&token), Some(4));
    stage.ask_around("crm");
    stage.run("-v connections remove crm --yes", None, None);
    assert_eq!(sandbox.stats().canary_with_credentials, 0);
}

#[test]
fn a_password_is_in_no_output_file_argument_or_error() {
    let password = format!("Pass word+/=%ä'\"{:016x}", rand::random::<u64>());
    let wrong = format!("Wrong word+/=%ö'\"{:016x}", rand::random::<u64>());
    let (canary, other) = (Canary::new(&password), Canary::new(&wrong));
    let database = Database::new();
    let role = format!("canary_{}", rand::random::<u32>());
    let quoted = password.replace('\'', "''");
    database.run(&format!(
        "DO $$ BEGIN CREATE ROLE with_password; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
         CREATE ROLE {role} LOGIN PASSWORD '{quoted}' IN ROLE with_password;
         CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric, updated_at timestamptz DEFAULT now());
         INSERT INTO orders SELECT n, n FROM generate_series(1, 500) AS n;
         GRANT SELECT ON orders TO {role};"
    ));
    let url = database.url_for(&role);
    let mut stage = Stage { home: Home::new(), variables: Vec::new(), canaries: vec![&canary, &other] };
    let add = format!("-v connections add postgres --name shop --set url={url} --object public.orders=orders");
    let added = stage.run(&format!("{add} --token-stdin"), Some(&wrong), None);
    assert_ne!(added.status, 0, "{added}");
    stage.run(&format!("{add} --token-stdin"), Some(&password), Some(0));
    stage.variables.push(("APPCTL_TOKEN_SHOP", password.clone()));
    stage.run("-v connections sync shop --json", None, Some(0));
    stage.ask_around("shop");
    // The server goes away in the middle, the table does, and then the password is another one.
    database.run("INSERT INTO orders SELECT n, n FROM generate_series(1000, 40000) AS n");
    let mut command = stage.command("-v connections sync shop --full");
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ours = format!("FROM pg_stat_activity WHERE usename = '{role}' AND application_name = 'appctl'");
    wait_until(|| database.query(&format!("SELECT count(*) {ours}"))[0][0].as_deref() != Some("0"));
    canary.is_absent_from_arguments(&child);
    canary.is_absent_from_folder(stage.home.path());
    database.run(&format!("SELECT pg_terminate_backend(pid) {ours}"));
    let output = child.wait_with_output().unwrap();
    canary.is_absent("stdout", &output.stdout);
    canary.is_absent("stderr", &output.stderr);
    database.run("ALTER TABLE orders RENAME TO gone");
    let ran = stage.run("-v connections sync shop", None, None);
    assert_ne!(ran.status, 0, "{ran}");
    database.run(&format!("ALTER ROLE {role} PASSWORD 'another'"));
    stage.run("-v connections sync shop", None, Some(4));
    stage.run("-v connections reauth shop --token-stdin", Some(&wrong), Some(4));
    stage.ask_around("shop");
    drop(stage);
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

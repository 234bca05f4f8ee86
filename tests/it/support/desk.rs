//! A desk at which somebody signs in: a home with a vault that lasts, the sandbox's vendors, and a browser in which the
//! sandbox's scripted person consents or does not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use appctl::sandbox::{Decision, Options, Person, Sandbox};

use super::home::{Home, Ran};
use super::terminal::Terminal;

pub struct Desk {
    pub home: Home,
    pub sandbox: Sandbox,
    /// Plays the sandbox as long as the desk is there
    _runtime: tokio::runtime::Runtime,
    /// The command in `BROWSER`
    pub browser: String,
}

impl Desk {
    pub fn new() -> Self {
        Desk::with(Options { records: 20, ..Options::default() })
    }

    pub fn with(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let home = Home::with_vault();
        let browser = script(&home, "browser", "exec curl -sL --max-time 30 -o /dev/null \"$1\"");
        Desk { browser: browser.display().to_string(), home, sandbox, _runtime: runtime }
    }

    /// What the person does in the browser from now on.
    pub fn person(&self, provider: &str, identity: &str, decision: Decision) {
        let person = Person { identity: identity.to_owned(), decision, ..Person::default() };
        self.sandbox.oauth().person(provider, &person).unwrap();
    }

    pub fn endpoint(&self, provider: &str) -> String {
        self.sandbox.oauth().endpoint(provider).unwrap().to_string()
    }

    pub fn client_secret(&self) -> String {
        self.sandbox.oauth().client().1.expose().to_owned()
    }

    /// A command at a terminal, `ENDPOINT` standing for the address of the sandbox's Google.
    pub fn at_terminal(&self, arguments: &str) -> Terminal {
        let arguments = super::home::words(&self.filled(arguments));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Terminal::run(&self.home, &[("BROWSER", &self.browser)], &arguments)
    }

    /// A command without a terminal, with this on stdin.
    pub fn run(&self, stdin: Option<&str>, arguments: &str) -> Ran {
        self.home.run_with(stdin, &[("BROWSER", &self.browser)], &self.filled(arguments))
    }

    /// Signs in without a question, as this person, and says what came of it.
    pub fn connect(&self, provider: &str, identity: &str, options: &str) -> Ran {
        self.person(provider, identity, Decision::Approve);
        let arguments = format!(
            "integrations connect {provider} --endpoint {} --client-id sandbox-client --client-secret-stdin {options}",
            self.endpoint(provider)
        );
        self.run(Some(&self.client_secret()), &arguments)
    }

    /// The accounts, as a script sees them.
    pub fn accounts(&self) -> serde_json::Value {
        let ran = self.run(None, "integrations accounts --json");
        assert_eq!(ran.status, 0, "{ran}");
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// `label: identity` of each account.
    pub fn labels(&self) -> Vec<String> {
        let accounts = self.accounts();
        let text = |account: &serde_json::Value, key: &str| account[key].as_str().unwrap_or_default().to_owned();
        let line = |account| format!("{}: {}", text(account, "label"), text(account, "identity"));
        accounts.as_array().unwrap().iter().map(line).collect()
    }

    /// How much the vault holds: it grows with every secret that is kept.
    pub fn kept_bytes(&self) -> u64 {
        std::fs::metadata(self.home.path().join("vault.sealed")).map_or(0, |about| about.len())
    }

    fn filled(&self, arguments: &str) -> String {
        arguments.replace("ENDPOINT", self.endpoint("google").trim_end_matches('/'))
    }
}

/// A shell script of this home.
pub fn script(home: &Home, name: &str, text: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

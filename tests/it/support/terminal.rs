//! A terminal of 120 columns with the real program in it, and somebody who reads the screen and types.

use std::io::Write as _;
use std::time::{Duration, Instant};

use expectrl::Session;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;

use super::home::{Home, normal};

/// Enough lines that nothing scrolls away.
const LINES: u16 = 400;
const COLUMNS: u16 = 120;
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub const ENTER: &str = "\r";
pub const DOWN: &str = "\u{1b}[B";
pub const CTRL_C: &str = "\u{3}";

pub struct Terminal {
    session: OsSession,
    screen: vt100::Parser,
    /// Everything before this was waited for already
    seen: usize,
    home: std::path::PathBuf,
}

impl Terminal {
    /// Runs `appctl` in this home with these variables and arguments, as a person who has just opened a terminal.
    pub fn run(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        Terminal::spawn(home, variables, home.command(arguments))
    }

    /// The same with another program, in the same surroundings.
    pub fn run_program(home: &Home, variables: &[(&str, &str)], path: &std::path::Path) -> Self {
        let surroundings = home.command::<&str>(&[]);
        let mut program = std::process::Command::new(path);
        program.envs(surroundings.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
        Terminal::spawn(home, variables, program)
    }

    fn spawn(home: &Home, variables: &[(&str, &str)], program: std::process::Command) -> Self {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &format!("stty cols {COLUMNS} rows {LINES}; exec \"$@\""), "sh"]);
        command.arg(program.get_program()).args(program.get_args()).current_dir(home.path()).env_clear();
        command.envs(program.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
        command.env("TERM", "xterm").env("NO_COLOR", "1").envs(variables.iter().copied());
        let session = Session::spawn(command).unwrap();
        Terminal { session, screen: vt100::Parser::new(LINES, COLUMNS, 0), seen: 0, home: home.path().to_owned() }
    }

    /// Waits until the screen shows this below what was waited for before.
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        loop {
            let open = self.read();
            let shown = self.contents();
            let from = self.seen.min(shown.len());
            if let Some(at) = shown.get(from..).unwrap_or_default().find(text) {
                self.seen = from + at + text.len();
                return self;
            }
            assert!(open && Instant::now() < end, "`{text}` does not come:\n{shown}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn send(&mut self, keys: &str) -> &mut Self {
        self.session.write_all(keys.as_bytes()).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Waits for a question and answers it.
    pub fn answer(&mut self, question: &str, keys: &str) -> &mut Self {
        self.wait_for(question).send(keys)
    }

    /// Sends the program a signal, as Ctrl-C does while nothing reads keys.
    pub fn signal(&mut self, signal: rustix::process::Signal) -> &mut Self {
        let pid = rustix::process::Pid::from_raw(self.session.get_process().pid().as_raw()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
        self
    }

    /// The whole screen now.
    pub fn contents(&self) -> String {
        let text = self.screen.screen().contents();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// The last address on the screen that begins a sign-in, put together where the terminal broke it.
    pub fn url(&self) -> String {
        let screen = self.screen.screen();
        let rows: Vec<String> = screen.rows(0, COLUMNS).collect();
        let first =
            rows.iter().rposition(|row| row.contains("http") && row.contains('?')).expect("there is an address");
        let mut url = rows[first][rows[first].find("http").expect("it was found")..].trim_end().to_owned();
        let mut at = first;
        while screen.row_wrapped(at as u16) {
            at += 1;
            url.push_str(rows[at].trim_end());
        }
        url
    }

    /// Waits for the end: the status, and what the screen shows then, with what differs from run to run replaced.
    pub fn end(mut self) -> (i32, String) {
        let end = Instant::now() + PATIENCE;
        while self.read() {
            assert!(Instant::now() < end, "it does not end:\n{}", self.contents());
            std::thread::sleep(Duration::from_millis(5));
        }
        let status = match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, status) => status,
            other => panic!("it did not end by itself: {other:?}\n{}", self.contents()),
        };
        (status, format!("\n{}\n", calm(&normal(&self.contents(), &self.home))))
    }

    /// The snapshot of a command that has come to its end.
    pub fn transcript(self) -> String {
        let (status, screen) = self.end();
        format!("{screen}[status {status}]\n")
    }

    /// Takes what is there; `false` once the program has closed its side.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        loop {
            match self.session.try_read(&mut bytes) {
                Ok(0) => return false,
                Ok(length) => self.screen.process(&bytes[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // Linux: the other side of the terminal is closed.
                Err(_) => return false,
            }
        }
    }
}

/// Leaves out of an address what is made anew for every sign-in.
pub fn calm(text: &str) -> String {
    let mut calm = String::new();
    for line in text.lines() {
        match line.find("http").and_then(|at| line[at..].find('?').map(|query| at + query)) {
            Some(query) if line[query..].contains("state=") => calm.push_str(&format!("{}?[QUERY]", &line[..query])),
            _ if line.trim_start().starts_with("enter the code") => calm.push_str("  enter the code  [CODE]"),
            _ if is_rest_of_query(line) => continue,
            _ => calm.push_str(line),
        }
        calm.push('\n');
    }
    calm.trim_end().to_owned()
}

/// A long address goes on in the next lines of the terminal.
fn is_rest_of_query(line: &str) -> bool {
    line.len() >= 20 && !line.contains(' ') && line.contains('=') && line.contains('&') || line.starts_with('%')
}

//! The README, done by a machine: every command of its blocks is run in an empty home, in order, by the shell that a
//! reader would use, and what it prints is compared with what the README says. `SNAPSHOTS=overwrite cargo test --test it
//! readme` writes the real output into it. A line `…` stands for any lines.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use snapbox::assert_data_eq;

use crate::support::home::{APPCTL, Home, normal, steady, words};
use crate::support::postgres::Database;

/// One command of a block, and what stands below it.
#[derive(Debug)]
struct Step {
    command: String,
    said: String,
}

/// The README in its order.
#[derive(Debug)]
enum Part {
    /// Lines that are not run, fences too
    Prose(String),
    Step(Step),
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let parts = parse(&text).unwrap();
    let mut reader = Reader::new();
    let mut done = String::new();
    for part in &parts {
        match part {
            Part::Prose(line) => done.push_str(line),
            Part::Step(step) => {
                let said = reader.follow(&step.command);
                let same = fits(&reader.steady(&step.said), &reader.steady(&said));
                done.push_str(&format!("$ {}\n{}", step.command, if same { &step.said } else { &said }));
            }
        }
    }
    reader.end();
    assert_data_eq!(done, snapbox::Data::read_from(&path, None).raw());
}

#[test]
fn a_block_that_cannot_be_run_is_an_error() {
    let wrong = |text: &str| parse(text).unwrap_err();
    assert_eq!(wrong("a\n```sh\nls\n```\n"), "README.md:2: a block that is not `console` is not run");
    assert_eq!(wrong("```console\nls\n```\n"), "README.md:2: `ls` stands below no command");
    assert_eq!(wrong("```console\n$ ls\n"), "README.md:1: the block does not end");
    assert_eq!(parse("a\n```console\n$ ls \\\n  x\ny\n$ z\n```\n").unwrap().len(), 5);
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    for (said, real) in
        [("a\n", "a\n"), ("…\n", ""), ("…\n", "a\nb\n"), ("a\n…\nd\n", "a\nb\nc\nd\n"), ("a\n…\n", "a\n")]
    {
        assert!(fits(said, real), "{said:?} is {real:?}");
    }
    for (said, real) in [("a\n", "b\n"), ("", "a\n"), ("a\n…\n", "b\n"), ("a\n…\nd\n", "a\nb\n"), ("a\n…\na\n", "a\n")]
    {
        assert!(!fits(said, real), "{said:?} is not {real:?}");
    }
}

fn parse(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    // The line of the fence that is open.
    let mut open: Option<usize> = None;
    let mut lines = text.split_inclusive('\n').enumerate();
    let wrong = |line: usize, what: String| Err(format!("README.md:{}: {what}", line + 1));
    while let Some((at, line)) = lines.next() {
        let fence = line.trim_end().strip_prefix("```");
        match (open, fence) {
            (None, Some("console")) => open = Some(at),
            (None, Some(_)) => return wrong(at, "a block that is not `console` is not run".to_owned()),
            (Some(_), Some(_)) => open = None,
            (None, None) => {}
            (Some(_), None) => {
                if let Some(first) = line.strip_prefix("$ ") {
                    let mut command = first.to_owned();
                    while command.ends_with("\\\n") {
                        command.push_str(lines.next().map_or("\n", |(_, line)| line));
                    }
                    parts.push(Part::Step(Step { command: command.trim_end().to_owned(), said: String::new() }));
                    continue;
                }
                match parts.last_mut() {
                    Some(Part::Step(step)) => step.said.push_str(line),
                    _ => return wrong(at, format!("`{}` stands below no command", line.trim_end())),
                }
                continue;
            }
        }
        parts.push(Part::Prose(line.to_owned()));
    }
    open.map_or(Ok(parts), |at| wrong(at, "the block does not end".to_owned()))
}

/// Whether the real lines are the said ones, where `…` is any number of lines.
fn fits(said: &str, real: &str) -> bool {
    let pieces: Vec<&str> = said.split("…\n").collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return said == real };
    let Some(mut rest) = real.strip_prefix(first) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

/// Somebody who does what the README says, in an empty home, with a shell, a HubSpot sandbox and a PostgreSQL server.
struct Reader {
    home: Home,
    shell: Child,
    input: ChildStdin,
    statuses: BufReader<ChildStdout>,
    /// What the shell's commands print
    screen: PathBuf,
    servers: Vec<Child>,
    database: Database,
    role: String,
    /// What the README says, and what it is on this machine
    names: Vec<(String, String)>,
}

impl Reader {
    fn new() -> Self {
        let home = Home::new();
        let database = Database::new();
        let role = format!("reader_of_{}", database.name);
        shop(&database, &role);
        let screens = home.path().join("screen");
        let folder = home.path().join("bin");
        std::fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(APPCTL, folder.join("appctl")).unwrap();
        script(&folder.join("cargo"), "[ \"$1 $2 $3\" = 'run --release --' ] || exit 99; shift 3; exec appctl \"$@\"");
        let mut shell = Command::new("bash")
            .args(["--noprofile", "--norc"])
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display()))
            .env("USER", "ann")
            .env("PGPASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let names = [
            ("reader@127.0.0.1:5432/shop".to_owned(), database.url_for(&role).replace("postgresql://", "")),
            ("8800".to_owned(), free_port().to_string()),
        ];
        Reader {
            input: shell.stdin.take().unwrap(),
            statuses: BufReader::new(shell.stdout.take().unwrap()),
            shell,
            screen: screens,
            servers: Vec::new(),
            names: names.into(),
            home,
            database,
            role,
        }
    }

    /// Runs one command and gives what it prints, in the README's names.
    fn follow(&mut self, command: &str) -> String {
        if command == "tests/run" {
            check_script(Path::new(command));
            return String::new();
        }
        let real = self.names.iter().fold(command.to_owned(), |text, (said, real)| text.replace(said, real));
        let said = match words(&real).as_slice() {
            [appctl, sandbox, serve, ..] if [appctl, sandbox, serve] == ["appctl", "sandbox", "serve"] => {
                self.serve(&words(&real)[1..])
            }
            _ => self.shell(command, &real),
        };
        self.names.iter().fold(said, |text, (said, real)| text.replace(real, said))
    }

    fn shell(&mut self, command: &str, real: &str) -> String {
        let screen = self.screen.display();
        write!(self.input, "{{ {real}\n}} < /dev/null > '{screen}' 2>&1; echo $?\n").unwrap();
        self.input.flush().unwrap();
        let mut status = String::new();
        self.statuses.read_line(&mut status).unwrap();
        let said = std::fs::read_to_string(&self.screen).unwrap();
        let failed = said.starts_with("error: ") || said.starts_with("{\"error\":");
        assert_eq!(status.trim() != "0", failed, "`{command}` ends with {status}{said}");
        said
    }

    /// A server in the second terminal.
    fn serve(&mut self, arguments: &[String]) -> String {
        let path = self.home.path().join("second-screen");
        let screen = std::fs::File::create(&path).unwrap();
        let mut command = self.home.command(arguments);
        command.stdin(Stdio::null()).stdout(screen.try_clone().unwrap()).stderr(screen);
        self.servers.push(command.spawn().unwrap());
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let said = std::fs::read_to_string(&path).unwrap();
            if said.contains("serving until Ctrl-C") {
                return said;
            }
            assert!(Instant::now() < end, "the server says {said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn steady(&self, text: &str) -> String {
        steady(&normal(text, self.home.path()))
    }

    /// Ctrl-C in the second terminal, and the database's user goes.
    fn end(mut self) {
        for mut server in std::mem::take(&mut self.servers) {
            rustix::process::kill_process(rustix::process::Pid::from_child(&server), rustix::process::Signal::INT)
                .unwrap();
            assert_eq!(server.wait().unwrap().code(), Some(0));
        }
        assert!(self.home.path().join(".local/share/appctl/apps/default/app.db").exists(), "the data is where it says");
        self.database.run(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role));
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        for child in self.servers.iter_mut().chain([&mut self.shell]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const PASSWORD: &str = "of the reader";

/// What the README supposes: a table of orders, and a user who may read it with a password.
fn shop(database: &Database, role: &str) {
    database.run(&format!(
        "DO $$ BEGIN CREATE ROLE with_password; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
         CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' IN ROLE with_password;
         CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, total numeric(10, 2) NOT NULL,
             updated_at timestamptz NOT NULL DEFAULT now());
         INSERT INTO orders VALUES (1, 'Ada', 120.50), (2, 'Grace', 99.90), (3, 'Ada', 12.00);
         GRANT SELECT ON orders TO {role}"
    ));
}

/// `tests/run` runs this test too, so it is looked at instead.
fn check_script(path: &Path) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mode = std::os::unix::fs::MetadataExt::mode(&path.metadata().unwrap());
    assert_eq!(mode & 0o111, 0o111, "{} is not executable", path.display());
    assert!(Command::new("bash").arg("-n").arg(&path).status().unwrap().success());
    let ran = Command::new(&path).arg("--help").output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && said.contains("tests/run [--deep]"), "{said}");
}

fn script(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap().port()
}

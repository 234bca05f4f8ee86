//! A real Secret Service, gnome-keyring in a D-Bus session of its own, and a wire in between that fails when it is told.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How a session ended.
pub struct Seen {
    pub passed: bool,
    pub text: String,
    pub time: Duration,
}

/// Runs a shell script in an empty home and a D-Bus session. In it `start --unlock` starts a keyring that is unlocked,
/// `start --start` one that is locked; `$keyring` is its process, and `$0` this test binary. What was started ends with
/// the session, and that nothing of it is left is looked at.
pub fn session(script: &str, variables: &[(&str, &str)]) -> Seen {
    let home = tempfile::tempdir().expect("the temporary folder can be written");
    let script = format!(
        r#"
        keyring=
        start() {{
            echo -n pw | gnome-keyring-daemon "$1" --foreground --components=secrets >/dev/null 2>&1 &
            keyring=$!
            trap 'kill -KILL $keyring 2>/dev/null' EXIT
            for try in $(seq 50); do
                dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true' && return
                sleep 0.1
            done
        }}
        {script}
        "#
    );
    let began = Instant::now();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("a program knows itself"))
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("RUST_BACKTRACE", "0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session is installed (tests/run installs it)");
    let time = began.elapsed();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    no_orphans(home.path());
    Seen { passed: output.status.success(), text, time }
}

/// No bus, no keyring and no command of ours is left that was started in this home.
fn no_orphans(home: &Path) {
    let mark = format!("XDG_RUNTIME_DIR={}", home.display());
    let left = || -> Vec<String> {
        let processes = std::fs::read_dir("/proc").expect("Linux has /proc").flatten();
        processes
            .filter(|entry| {
                let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
                environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
            })
            .map(|entry| std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default())
            .collect()
    };
    let began = Instant::now();
    while !left().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "left behind: {:?}", left());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the wire does once so many messages went to the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Both ends are closed
    Cut,
    /// Nothing goes through any more, and nobody is told
    Stall,
}

/// A wire to the session's bus.
pub struct Wire {
    pub address: String,
    sent: Arc<AtomicUsize>,
}

impl Wire {
    /// A new one in this folder, which fails with the `after`th message.
    pub fn new(folder: &Path, bus: &str, after: usize, fault: Fault) -> Wire {
        let path = folder.join(format!("wire-{:08x}", rand::random::<u32>()));
        let listener = UnixListener::bind(&path).expect("the folder is ours");
        let sent = Arc::new(AtomicUsize::new(0));
        let (counter, bus) = (sent.clone(), bus_path(bus));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = UnixStream::connect(&bus).expect("the bus is there");
                connect(client, server, counter.clone(), after, fault);
            }
        });
        Wire { address: format!("unix:path={}", path.display()), sent }
    }

    /// How many messages came to be sent.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

fn connect(client: UnixStream, server: UnixStream, sent: Arc<AtomicUsize>, after: usize, fault: Fault) {
    let twice = |stream: &UnixStream| stream.try_clone().expect("a socket can be used twice");
    let (mut from_client, mut to_server) = (twice(&client), twice(&server));
    let (mut from_server, mut to_client) = (server, client);
    let failed = sent.clone();
    std::thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(length @ 1..) = from_client.read(&mut buffer) {
            if sent.fetch_add(1, Ordering::SeqCst) + 1 >= after {
                if fault == Fault::Stall {
                    std::thread::sleep(Duration::from_secs(20));
                }
                break;
            }
            if to_server.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = from_client.shutdown(std::net::Shutdown::Both);
        let _ = to_server.shutdown(std::net::Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut buffer) {
            if failed.load(Ordering::SeqCst) >= after || to_client.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        if fault == Fault::Cut || failed.load(Ordering::SeqCst) < after {
            let _ = to_client.shutdown(std::net::Shutdown::Both);
        }
    });
}

/// `unix:path=/tmp/dbus-abc,guid=…`
fn bus_path(address: &str) -> PathBuf {
    let path = address.split([',', ';']).find_map(|part| part.strip_prefix("unix:path="));
    PathBuf::from(path.unwrap_or_else(|| panic!("the bus is at no path: {address}")))
}

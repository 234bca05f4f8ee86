//! What belongs to the process and not to a command: signals, and what must not be left behind when it dies.

use std::future::Future;
use std::time::Duration;

use crate::base::{Interrupt, Kind, Result, Unfinished, unfinished};

/// How long a command may take to end by itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(3);

/// No core file, no panic message and no other process of the same user can carry a secret out of this one.
pub fn harden() {
    // Other processes of the user then find neither our memory nor our environment in /proc, and cannot attach; we still
    // find our own (ptrace_may_access and proc_fd_permission in the kernel let a process look at itself). Programs that we
    // start are as they always are: `execve` sets it back. Best effort: it only fails where there is no such thing.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Best effort: a limit that is already lower cannot be set and need not be.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    let rehearsed = crate::config::rehearsed_panic();
    // Who works on appctl wants to see the value and the way to it.
    if !cfg!(debug_assertions) || rehearsed.is_some() {
        std::panic::set_hook(Box::new(|panic| tell_of(panic.location())));
    }
    if let Some(message) = rehearsed {
        rehearse(&message);
    }
}

/// Says where it happened, in which version and what to do. Not the message of the panic: any value may be in it.
fn tell_of(location: Option<&std::panic::Location<'_>>) {
    use std::io::Write as _;
    let place = location.map(ToString::to_string).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    // Nothing can be done where stderr is closed.
    let _ = writeln!(
        std::io::stderr(),
        "error: appctl {version} has a fault of its own at {place}\n\
         hint: nothing is half-written; please report this line, and look at your data with `appctl doctor`"
    );
}

/// A fault with this message, as a test wants it.
#[expect(clippy::panic, reason = "it is what is tested; no release does it")]
fn rehearse(message: &str) {
    panic!("the token {message} is odd");
}

/// How many files a small command has open at once.
const FILES: usize = 16;

/// Makes sure that files can be opened, before anything begins that could only panic without.
pub fn check_files() -> Result<()> {
    #[cfg(unix)]
    {
        let opened: std::io::Result<Vec<_>> = (0..FILES).map(|_| std::fs::File::open("/dev/null")).collect();
        opened.map_err(|error| {
            crate::base::Error::failed(format!("fewer than {FILES} files can be opened: {error}"))
                .hint("raise the limit with `ulimit -n 256`")
        })?;
    }
    Ok(())
}

/// Runs a command. The first Ctrl-C (or SIGTERM) sets the flag and leaves the command a moment to end by itself, then it
/// is dropped where it waits; the second ends the process at once. Both wait for what has to be finished.
pub async fn until_interrupted(interrupt: Interrupt, command: impl Future<Output = Result<()>>) -> Result<()> {
    let (tell, mut told) = tokio::sync::watch::channel(false);
    watch(interrupt, tell);
    let result = tokio::select! {
        result = command => result,
        () = async {
            // An error means that the watcher is gone, which only happens when no signal can be waited for.
            if told.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(GRACE).await;
        } => Err(Interrupt::error()),
    };
    finish().await;
    result
}

/// Waits for work that a dropped command has begun and that must not be cut in two, no longer than it may take.
async fn finish() {
    let all = async {
        while Unfinished::any() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(unfinished::LONGEST, all).await; // whoever takes longer has broken its promise
}

/// Waits for signals in a thread of its own, so that they are heard while the command computes. It ends with the process.
/// Comes back once it listens, so that no signal finds the process without an ear for it.
fn watch(interrupt: Interrupt, tell: tokio::sync::watch::Sender<bool>) {
    let (listens, listening) = std::sync::mpsc::channel();
    let watching = async move {
        let Ok(mut wish) = Wish::listen() else { return };
        let _ = listens.send(());
        wish.next().await;
        interrupt.set();
        let _ = tell.send(true);
        leave_question(&interrupt);
        wish.next().await;
        tokio::select! {
            () = finish() => {}
            _ = wish.next() => {} // three times is meant
        }
        end_now();
    };
    // Without a thread or a runtime, signals do what they always do: end the process.
    let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(watching)
        }
    });
    if thread.is_ok() {
        let _ = listening.recv(); // an error: it cannot listen
    }
}

/// A question that reads keys ends by itself at Ctrl-C. Between two keys the terminal takes it for a signal, which no key
/// follows: then the process ends here, with the cursor that the question may have hidden.
fn leave_question(interrupt: &Interrupt) {
    use std::io::Write as _;
    if interrupt.is_asking() {
        std::thread::sleep(Duration::from_millis(200));
    }
    if interrupt.is_asking() {
        let _ = std::io::stderr().write_all(b"\x1b[?25h\r\n");
        if let Some(work) = interrupt.take_at_end() {
            // A runtime of its own cannot begin in a thread that has one. A panic in it ends the process no less.
            let _ = std::thread::spawn(work).join();
        }
        end_now();
    }
}

/// What asks the process to end: Ctrl-C, and a service manager's SIGTERM. Listened to from the moment it is made.
#[cfg(unix)]
struct Wish {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Wish {
    fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        use crate::base::Doing as _;
        let listen = |kind| signal(kind).doing(|| "listening for signals");
        Ok(Wish { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Wish;

#[cfg(not(unix))]
impl Wish {
    fn listen() -> Result<Self> {
        Ok(Wish)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[expect(clippy::exit, clippy::disallowed_methods, reason = "a second Ctrl-C must end even what no longer listens")]
fn end_now() -> ! {
    std::process::exit(i32::from(Kind::Interrupted.exit_status()))
}

//! What belongs to the process and not to a command: signals, and what must not be left behind when it dies.

use std::future::Future;
use std::time::Duration;

use crate::base::{Interrupt, Kind, Result};

/// How long a command may take to end by itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(3);

/// No core file and no panic message can carry a secret out of the process.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Best effort: a limit that is already lower cannot be set and need not be.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    if !cfg!(debug_assertions) {
        std::panic::set_hook(Box::new(|panic| {
            use std::io::Write as _;
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "error: appctl has a fault of its own at {place}");
            let _ =
                writeln!(std::io::stderr(), "hint: nothing is half-written; please report it with `appctl --version`");
        }));
    }
}

/// Runs a command. The first Ctrl-C (or SIGTERM) sets the flag and leaves the command a moment to end by itself, then it
/// is dropped where it waits; the second ends the process at once.
pub async fn until_interrupted(interrupt: Interrupt, command: impl Future<Output = Result<()>>) -> Result<()> {
    let (tell, mut told) = tokio::sync::watch::channel(false);
    watch(interrupt, tell);
    tokio::select! {
        result = command => result,
        () = async {
            // An error means that the watcher is gone, which only happens when no signal can be waited for.
            if told.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(GRACE).await;
        } => Err(Interrupt::error()),
    }
}

/// Waits for signals in a thread of its own, so that they are heard while the command computes. It ends with the process.
fn watch(interrupt: Interrupt, tell: tokio::sync::watch::Sender<bool>) {
    let watching = async move {
        wanted().await;
        interrupt.set();
        let _ = tell.send(true);
        wanted().await;
        end_now();
    };
    // Without a thread or a runtime, signals do what they always do: end the process.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() {
            runtime.block_on(watching)
        }
    });
}

#[cfg(unix)]
async fn wanted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn wanted() {
    let _ = tokio::signal::ctrl_c().await;
}

#[expect(clippy::exit, clippy::disallowed_methods, reason = "a second Ctrl-C must end even what no longer listens")]
fn end_now() -> ! {
    std::process::exit(i32::from(Kind::Interrupted.exit_status()))
}

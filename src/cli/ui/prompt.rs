//! Questions to a person. When nobody can answer (`--no-input`, or no terminal) each is a usage error that names the flag.

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, MultiSelect, Password, Select};

use crate::base::{Error, Interrupt, Kind, Result, Secret, sanitize};

use super::Ui;

impl Ui {
    /// Whether a person can be asked.
    pub fn can_ask(&self) -> bool {
        self.person && !self.options.no_input
    }

    /// Whether `--yes` has answered every question already.
    pub fn is_agreed(&self) -> bool {
        self.options.yes
    }

    /// Whether to go on. `--yes` has answered already; `Kind::Usage` naming it when nobody can answer.
    pub fn confirm(&mut self, question: &str) -> Result<bool> {
        if self.options.yes {
            return Ok(true);
        }
        if !self.can_ask() {
            return Err(Error::usage(format!("nobody is there to answer: {}", sanitize::line(question)))
                .hint("add `--yes` to go on without being asked"));
        }
        let theme = self.theme();
        let confirm = Confirm::with_theme(&*theme).with_prompt(sanitize::line(question)).default(false);
        self.answered(|| confirm.interact())
    }

    /// Like `confirm`, but a no is `Kind::Interrupted`: nothing was done.
    pub fn confirmed(&mut self, question: &str) -> Result<()> {
        if self.confirm(question)? { Ok(()) } else { Err(Error::new(Kind::Interrupted, "nothing was changed")) }
    }

    /// One line of text. `flag` is what to give instead: `--name NAME`.
    pub fn ask(&mut self, prompt: &str, default: Option<&str>, flag: &str) -> Result<String> {
        self.ask_line(prompt, default, false, flag)
    }

    /// One line of text that `check` accepts; a person is asked again until it does.
    pub fn ask_valid<T>(
        &mut self,
        prompt: &str,
        default: Option<&str>,
        flag: &str,
        check: impl Fn(&str) -> Result<T>,
    ) -> Result<T> {
        self.until_valid(check, |ui| ui.ask_line(prompt, default, false, flag))
    }

    /// One line of text, or nothing, that `check` accepts.
    pub fn ask_or_nothing<T>(&mut self, prompt: &str, flag: &str, check: impl Fn(&str) -> Result<T>) -> Result<T> {
        self.until_valid(check, |ui| ui.ask_line(prompt, None, true, flag))
    }

    fn until_valid<T>(
        &mut self,
        check: impl Fn(&str) -> Result<T>,
        ask: impl Fn(&mut Self) -> Result<String>,
    ) -> Result<T> {
        loop {
            let text = ask(self)?;
            match check(text.trim()) {
                Ok(value) => return Ok(value),
                Err(error) => {
                    self.warn(error.hint.map_or(error.message.clone(), |hint| format!("{}: {hint}", error.message)))?
                }
            }
        }
    }

    fn ask_line(&mut self, prompt: &str, default: Option<&str>, empty: bool, flag: &str) -> Result<String> {
        self.must_ask(prompt, flag)?;
        let theme = self.theme();
        let mut input = Input::<String>::with_theme(&*theme).with_prompt(sanitize::line(prompt)).allow_empty(empty);
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        self.answered(|| input.interact_text())
    }

    /// The index of one of `items`.
    pub fn choose(&mut self, prompt: &str, items: &[String], flag: &str) -> Result<usize> {
        self.must_ask(prompt, flag)?;
        let theme = self.theme();
        let items = self.fitting(items);
        let select = Select::with_theme(&*theme).with_prompt(sanitize::line(prompt)).items(&items).default(0);
        self.answered(|| select.interact_opt())?.ok_or_else(cancelled)
    }

    /// The indexes of any of `items`; `chosen` says which are ticked at first.
    pub fn choose_many(&mut self, prompt: &str, items: &[String], chosen: &[bool], flag: &str) -> Result<Vec<usize>> {
        self.must_ask(prompt, flag)?;
        let theme = self.theme();
        let items = self.fitting(items);
        let prompt = format!("{} (space ticks, enter goes on)", sanitize::line(prompt));
        let select = MultiSelect::with_theme(&*theme).with_prompt(prompt).items(&items).defaults(chosen);
        self.answered(|| select.interact_opt())?.ok_or_else(cancelled)
    }

    /// A secret, typed without echo.
    pub fn ask_secret(&mut self, prompt: &str, flag: &str) -> Result<Secret> {
        self.must_ask(prompt, flag)?;
        let theme = self.theme();
        let prompt = sanitize::line(prompt).into_owned();
        let ask = move || Password::with_theme(&*theme).with_prompt(prompt).allow_empty_password(true).interact();
        self.answered(|| unless_interrupted(&self.interrupt, ask)).map(Secret::new)
    }

    /// Ctrl-C at a question leaves the terminal as it was and is an ordinary interruption.
    fn answered<T>(&self, ask: impl FnOnce() -> dialoguer::Result<T>) -> Result<T> {
        self.interrupt.check()?;
        self.interrupt.asking(ask).map_err(|dialoguer::Error::IO(error)| match error.kind() {
            std::io::ErrorKind::Interrupted => cancelled(),
            _ => Error::from(error).while_doing("asking"),
        })
    }

    fn must_ask(&self, prompt: &str, flag: &str) -> Result<()> {
        if self.can_ask() {
            return Ok(());
        }
        let missing = sanitize::line(prompt).to_lowercase();
        Err(Error::usage(format!("{missing} is missing")).hint(format!("give it with `{flag}`")))
    }

    /// Items of one line each, because a choice is drawn again at every key.
    fn fitting(&self, items: &[String]) -> Vec<String> {
        let most = usize::from(self.width.unwrap_or(80)).saturating_sub(8).max(20);
        let cut = |item: &String| {
            let item = sanitize::line(item);
            if item.chars().count() <= most {
                item.into_owned()
            } else {
                item.chars().take(most - 1).chain(['…']).collect()
            }
        };
        items.iter().map(cut).collect()
    }

    fn theme(&self) -> Box<dyn Theme + Send> {
        if self.err.paint.is_on() { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
    }
}

/// Asks in a thread of its own: while a line without echo is read, Ctrl-C reaches the process as a signal and not the
/// question. A question that is left behind goes on waiting, so the command must end; the terminal is as it was.
fn unless_interrupted(
    interrupt: &Interrupt,
    ask: impl FnOnce() -> dialoguer::Result<String> + Send + 'static,
) -> dialoguer::Result<String> {
    let terminal = Terminal::now();
    let (tell, told) = std::sync::mpsc::channel();
    // Nobody listens any more once the question is left behind.
    let asking = move || drop(tell.send(ask()));
    std::thread::Builder::new().name("question".to_owned()).spawn(asking)?;
    loop {
        match told.recv_timeout(Duration::from_millis(50)) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) if !interrupt.is_set() => {}
            Err(_) => {
                terminal.restore();
                return Err(std::io::Error::from(std::io::ErrorKind::Interrupted).into());
            }
        }
    }
}

/// How the terminal shows what is typed.
struct Terminal {
    #[cfg(unix)]
    modes: Option<rustix::termios::Termios>,
}

impl Terminal {
    fn now() -> Self {
        Terminal {
            #[cfg(unix)]
            modes: rustix::termios::tcgetattr(std::io::stdin()).ok(),
        }
    }

    fn restore(&self) {
        #[cfg(unix)]
        if let Some(modes) = &self.modes {
            use std::io::Write as _;
            // Best effort: a terminal that is gone shows nothing.
            let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, modes);
            let _ = std::io::stderr().write_all(b"\n");
        }
    }
}

fn cancelled() -> Error {
    Error::new(Kind::Interrupted, "cancelled")
}

//! Questions to a person. When nobody can answer (`--no-input`, or no terminal) each is a usage error that names the flag.

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, MultiSelect, Select};

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
        let prompt = sanitize::line(prompt);
        self.answered(|| hidden_line(&*theme, &prompt, &self.interrupt)).map(Secret::new)
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

    fn theme(&self) -> Box<dyn Theme> {
        if self.err.paint.is_on() { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) }
    }
}

/// Asks as `Password` does, which on Unix would leave Ctrl-C to a signal that its reading does not end with, and the
/// terminal without an echo.
#[cfg(unix)]
fn hidden_line(theme: &dyn Theme, prompt: &str, interrupt: &Interrupt) -> dialoguer::Result<String> {
    use std::io::Write as _;
    let mut err = std::io::stderr();
    let (mut asked, mut answered) = (String::new(), String::new());
    let told = theme
        .format_password_prompt(&mut asked, prompt)
        .and_then(|()| theme.format_password_prompt_selection(&mut answered, prompt));
    told.map_err(|_| std::io::Error::other("the question cannot be written"))?;
    err.write_all(asked.as_bytes()).and_then(|()| err.flush())?;
    let typed = super::hidden::read_line(interrupt);
    let end = if typed.is_ok() { format!("\r\x1b[2K{answered}\n") } else { "\n".to_owned() };
    err.write_all(end.as_bytes())?;
    Ok(typed?)
}

#[cfg(not(unix))]
fn hidden_line(theme: &dyn Theme, prompt: &str, _: &Interrupt) -> dialoguer::Result<String> {
    dialoguer::Password::with_theme(theme).with_prompt(prompt).allow_empty_password(true).interact()
}

fn cancelled() -> Error {
    Error::new(Kind::Interrupted, "cancelled")
}

//! The only place that prints. Data goes to stdout in the form that was asked for, talk goes to stderr.
//! A command hands over an outcome or rows; what they look like as a table, JSON or CSV is decided here.

use std::io::{self, BufWriter, IsTerminal, Write};

use crate::base::{Error, Interrupt, Kind, Result, sanitize};

pub mod color;
#[cfg(unix)]
mod hidden;
pub mod jq;
pub mod json;
pub mod patient;
pub mod progress;
pub mod prompt;
pub mod rows;
pub mod secret;
pub mod separated;
pub mod sheet;
pub mod table;
pub mod words;

pub use progress::Progress;
pub use rows::RowWriter;
pub use sheet::{Column, Outcome, Sheet};

use color::Paint;
use jq::Jq;
use patient::{Patience, Patient};

/// The form of the data on stdout
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON value
    Json,
    /// One JSON object a line
    Jsonl,
    /// RFC 4180 with a header line
    Csv,
}

impl Format {
    pub fn is_json(self) -> bool {
        matches!(self, Format::Json | Format::Jsonl)
    }
}

/// What the global options ask of the output.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub format: Format,
    pub jq: Option<String>,
    /// CSV cells are written as they are, formulas too
    pub csv_raw: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub no_input: bool,
    pub yes: bool,
    pub color: color::When,
}

/// Where a command puts what it has to say. Made once for a process.
pub struct Ui {
    options: Options,
    jq: Option<Jq>,
    out: Stream,
    err: Stream,
    /// Columns of the terminal that stdout is; `None` when it is none
    width: Option<u16>,
    /// Whether a person can answer: stdin and stderr are a terminal
    person: bool,
    interrupt: Interrupt,
    /// The reader of stdout went away, which is a quiet end
    closed: bool,
    /// What is asked while the reader of stdout pauses
    patience: Patience,
}

struct Stream {
    to: Box<dyn Write + Send>,
    terminal: bool,
    paint: Paint,
}

impl Ui {
    /// Writes to this process's stdout and stderr. `Kind::Usage` when the `--jq` expression cannot be read.
    pub fn new(options: Options, interrupt: Interrupt) -> Result<Self> {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let stream = |to: Box<dyn Write + Send>, terminal: bool| Stream {
            to,
            terminal,
            paint: Paint::new(options.color, terminal),
        };
        let patience = Patience::default();
        let stdout = Patient { to: io::stdout(), patience: patience.clone() };
        Ok(Ui {
            jq: options.jq.as_deref().map(Jq::parse).transpose()?,
            out: stream(Box::new(BufWriter::with_capacity(1 << 16, stdout)), out),
            err: stream(Box::new(io::stderr()), err),
            width: out.then(table::terminal_width).flatten(),
            person: io::stdin().is_terminal() && err,
            interrupt,
            closed: false,
            patience,
            options,
        })
    }

    /// Writes into two buffers as if nobody was there; `width` makes stdout a terminal of that many columns.
    #[cfg(test)]
    pub(crate) fn for_test(options: Options, width: Option<u16>) -> (Self, Captured, Captured) {
        let (out, err) = (Captured::default(), Captured::default());
        let stream = |to: &Captured, terminal| Stream {
            to: Box::new(to.clone()),
            terminal,
            paint: Paint::new(options.color, terminal),
        };
        let ui = Ui {
            jq: options.jq.as_deref().map(Jq::parse).transpose().expect("the test's expression is right"),
            out: stream(&out, width.is_some()),
            err: stream(&err, width.is_some()),
            width,
            person: false,
            interrupt: Interrupt::default(),
            closed: false,
            patience: Patience::default(),
            options,
        };
        (ui, out, err)
    }

    /// Prints what a command found or did, whole: as a table with what it says beside it, or as data for a script.
    pub fn outcome<T: Outcome + ?Sized>(&mut self, outcome: &T) -> Result<()> {
        match self.options.format {
            format if self.jq.is_some() => match to_json(outcome)? {
                serde_json::Value::Array(things) if format == Format::Jsonl => {
                    things.iter().try_for_each(|thing| self.put_jq(thing))?;
                }
                whole => self.put_jq(&whole)?,
            },
            Format::Json => self.put_json(&to_json(outcome)?)?,
            Format::Jsonl => match to_json(outcome)? {
                serde_json::Value::Array(things) => things.iter().try_for_each(|thing| self.put_line(thing))?,
                thing => self.put_line(&thing)?,
            },
            Format::Csv => {
                let text = separated::sheet(&outcome.sheet(), !self.options.csv_raw);
                self.put_data(&text)?;
            }
            Format::Table => {
                let text = table::sheet(&outcome.shown(), self.width, &self.out.paint);
                self.put(text.as_bytes())?;
            }
        }
        self.flush()?;
        outcome.said().map_or(Ok(()), |text| self.say(text))
    }

    /// The outcome for scripts, and for people only this sentence.
    pub fn outcome_and<T: Outcome + ?Sized>(&mut self, outcome: &T, sentence: impl AsRef<str>) -> Result<()> {
        if self.options.format != Format::Table || self.jq.is_some() {
            self.outcome(outcome)?;
        }
        self.say(sentence)
    }

    /// From now on this is asked whenever the reader of stdout pauses; an error ends the output and the command with it.
    pub fn while_paused(&mut self, check: impl Fn() -> Result<()> + Send + 'static) {
        self.patience.set(Box::new(check));
    }

    /// Begins a list of rows that is never held in memory. Call `finish` on it at the end.
    pub fn rows(&mut self, columns: Vec<Column>) -> Result<RowWriter<'_>> {
        RowWriter::new(self, columns)
    }

    /// Prints text that is data in itself (a completion script, a manual page), in every format.
    pub fn text(&mut self, text: &str) -> Result<()> {
        self.put(text.as_bytes())?;
        self.flush()
    }

    /// Tells a person what happened, on stderr. Silent with `-q` and when a script asked for JSON.
    pub fn say(&mut self, text: impl AsRef<str>) -> Result<()> {
        if self.options.quiet || self.speaks_json() {
            return Ok(());
        }
        self.put_talk(&sanitize::lines(text.as_ref()))
    }

    /// Tells a person what they must do now for the command to go on, on stderr, whatever was asked for.
    pub fn call(&mut self, text: impl AsRef<str>) {
        // A closed stderr ends nothing: whoever closed it cannot be called.
        let _ = self.put_talk(&sanitize::lines(text.as_ref()));
    }

    /// Tells a person what may need attention, on stderr, whatever the format. Silent with `-q`.
    pub fn warn(&mut self, text: impl AsRef<str>) -> Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        let line = format!("{} {}", self.err.paint.yellow("warning:"), sanitize::lines(text.as_ref()));
        self.put_talk(&line)
    }

    /// Tells how something was done, on stderr, with `-v` only.
    pub fn detail(&mut self, text: impl AsRef<str>) -> Result<()> {
        if !self.options.verbose {
            return Ok(());
        }
        let line = self.err.paint.dim(&sanitize::lines(text.as_ref())).into_owned();
        self.put_talk(&line)
    }

    /// Prints the error that ended the command: for people, or as one JSON object for scripts.
    pub fn error(&mut self, error: &Error) {
        let text = if self.speaks_json() { json_error(error) } else { human_error(error, &self.err.paint) };
        // There is nobody left to tell when stderr is closed.
        let _ = self.err.to.write_all(text.as_bytes()).and_then(|()| self.err.to.flush());
    }

    /// A bar for work of more than a second; it draws on stderr and is gone when dropped.
    pub fn progress(&self) -> Progress {
        // Whoever reads JSON may read stderr too, and finds nothing but an error there.
        let silent = self.options.quiet || (self.speaks_json() && !self.err.terminal);
        Progress::new(silent, self.err.terminal)
    }

    /// The wish of a person to stop; hand a clone to long work.
    pub fn interrupted(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Whether CSV cells stand as they are, without a guard before formulas.
    pub fn is_csv_raw(&self) -> bool {
        self.options.csv_raw
    }

    /// Whether every confirmation is answered with yes.
    pub fn is_yes(&self) -> bool {
        self.options.yes
    }

    pub fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// Writes data in this form where no form was asked for.
    pub fn instead_of_table(&mut self, format: Format) {
        if self.options.format == Format::Table {
            self.options.format = format;
        }
    }

    /// Writes data in this form, whatever was asked for.
    pub fn set_format(&mut self, format: Format) {
        self.options.format = format;
    }

    /// Writes data there and no longer to stdout.
    pub fn write_into(&mut self, to: Box<dyn Write + Send>) {
        let to: Box<dyn Write + Send> = Box::new(BufWriter::with_capacity(1 << 16, to));
        self.out = Stream { to, terminal: false, paint: Paint::new(color::When::Never, false) };
        self.width = None;
    }

    /// Copies a file's bytes to stdout.
    pub fn copy(&mut self, mut from: impl io::Read) -> Result<()> {
        let copied = io::copy(&mut from, &mut self.out.to).map(drop);
        self.written(copied)?;
        self.flush()
    }

    pub fn format(&self) -> Format {
        self.options.format
    }

    /// Whether stdout is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.out.terminal
    }

    /// Whether stdout takes colours.
    pub fn is_colored(&self) -> bool {
        self.out.paint.is_on()
    }

    /// Whether the reader of stdout went away (`| head`): the command ends quietly.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Clears the terminal before the next picture of `--watch`; prints an empty line where stdout is none.
    pub fn next_picture(&mut self) -> Result<()> {
        let between: &[u8] =
            if self.out.terminal && self.options.format == Format::Table { b"\x1b[H\x1b[2J" } else { b"" };
        self.put(between)
    }

    /// Whether a script reads what is printed.
    pub fn speaks_json(&self) -> bool {
        self.options.format.is_json() || self.jq.is_some()
    }

    fn put_json(&mut self, value: &serde_json::Value) -> Result<()> {
        let text = json::whole(value, self.out.terminal);
        self.put(text.as_bytes())
    }

    fn put_line(&mut self, value: &serde_json::Value) -> Result<()> {
        let text = json::line(value);
        self.put(text.as_bytes())
    }

    /// Runs the `--jq` expression over one value and prints each answer; texts are printed as they are.
    fn put_jq(&mut self, value: &serde_json::Value) -> Result<()> {
        let Some(jq) = self.jq.take() else { return Ok(()) };
        let interrupt = self.interrupt.clone();
        let result = jq.run(value, &mut |answer| {
            interrupt.check()?;
            match answer {
                jq::Answer::Text(text) => self.put_data(&format!("{text}\n")),
                jq::Answer::Json(text) => self.put(format!("{}\n", json::escape(text)).as_bytes()),
            }
        });
        self.jq = Some(jq);
        result
    }

    /// Data that is not escaped by its form: on a terminal the control sequences are taken out.
    fn put_data(&mut self, text: &str) -> Result<()> {
        if self.out.terminal { self.put(sanitize::lines(text).as_bytes()) } else { self.put(text.as_bytes()) }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.out.to.write_all(bytes);
        self.written(written)
    }

    fn flush(&mut self) -> Result<()> {
        let flushed = self.out.to.flush();
        self.written(flushed)
    }

    fn written(&mut self, result: io::Result<()>) -> Result<()> {
        result.map_err(|error| {
            if let Some(why) = self.patience.why() {
                return why;
            }
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
            Error::from(error).while_doing("writing to stdout")
        })
    }

    fn put_talk(&mut self, text: &str) -> Result<()> {
        // Data before talk, as they happened, when both are the same terminal.
        self.flush()?;
        progress::above_bar(|| {
            // A closed stderr is no reason to fail what was asked for.
            let _ = self.err.to.write_all(format!("{text}\n").as_bytes()).and_then(|()| self.err.to.flush());
        });
        Ok(())
    }
}

/// `error: …` and `hint: …`, each on its own line, free of control sequences.
pub fn human_error(error: &Error, paint: &Paint) -> String {
    let mut text = format!("{} {}\n", paint.red("error:"), sanitize::lines(&error.message));
    if let Some(hint) = &error.hint {
        text.push_str(&format!("{} {}\n", paint.bold("hint:"), sanitize::lines(hint)));
    }
    text
}

/// One line of JSON: `{"error":{"kind","message","hint"}}`.
pub fn json_error(error: &Error) -> String {
    let fields = serde_json::json!({ "kind": error.kind.word(), "message": error.message, "hint": error.hint });
    json::line(&serde_json::json!({ "error": fields }))
}

fn to_json<T: serde::Serialize + ?Sized>(outcome: &T) -> Result<serde_json::Value> {
    serde_json::to_value(outcome)
        .map_err(|error| Error::new(Kind::Failed, format!("the outcome cannot be written as JSON: {error}")))
}

/// What a test sees of stdout or stderr.
#[cfg(test)]
#[derive(Clone, Default)]
pub(crate) struct Captured(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

#[cfg(test)]
impl Captured {
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().expect("nobody panics while writing"))).expect("UTF-8")
    }
}

#[cfg(test)]
impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics while writing").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! What a long command is doing: a bar on a terminal, a line every few seconds elsewhere, nothing with `-q`.
//! Work that takes less than a second shows nothing.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::base::sanitize;

use super::words;

const PATIENCE: Duration = Duration::from_secs(1);
const LINES_EVERY: Duration = Duration::from_secs(3);

/// The bar that is drawn now, so that talk can step above it.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Runs `talk` with the bar out of the way.
pub(super) fn above_bar(talk: impl FnOnce()) {
    let bar = DRAWN.lock().ok().and_then(|drawn| drawn.clone());
    match bar {
        Some(bar) => bar.suspend(talk),
        None => talk(),
    }
}

/// Takes what is known about the work; decides by itself when to show it. Cleared when dropped.
pub struct Progress {
    way: Way,
    began: Instant,
    /// What is being done now and since when, for the rate
    label: String,
    label_began: Instant,
    last_line: Option<Instant>,
}

enum Way {
    Silent,
    Lines,
    Bar(Option<ProgressBar>),
}

impl Progress {
    pub(super) fn new(quiet: bool, terminal: bool) -> Self {
        let way = match (quiet, terminal) {
            (true, _) => Way::Silent,
            (false, true) => Way::Bar(None),
            (false, false) => Way::Lines,
        };
        let now = Instant::now();
        Progress { way, began: now, label: String::new(), label_began: now, last_line: None }
    }

    /// `label` names the part of the work (`contacts`), `unit` what is counted (`rows`); `total` when it is known.
    pub fn show(&mut self, label: &str, done: u64, total: Option<u64>, unit: &str) {
        let now = Instant::now();
        if label != self.label {
            label.clone_into(&mut self.label);
            self.label_began = now;
        }
        if now.duration_since(self.began) < PATIENCE {
            return;
        }
        let text = describe(&sanitize::line(label), done, total, unit, now.duration_since(self.label_began));
        match &mut self.way {
            Way::Silent => {}
            Way::Lines => {
                if self.last_line.is_none_or(|last| now.duration_since(last) >= LINES_EVERY) {
                    self.last_line = Some(now);
                    line(&text);
                }
            }
            Way::Bar(bar) => draw(bar.get_or_insert_with(new_bar), done, total, text),
        }
    }

    /// Tells something on the way: above the bar, or as a line.
    pub fn note(&self, text: &str) {
        if !matches!(self.way, Way::Silent) {
            above_bar(|| line(&sanitize::line(text)));
        }
    }

    /// Shows a step that has nothing to count: `reading the list of objects`.
    pub fn step(&mut self, label: &str) {
        self.show(label, 0, None, "");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Way::Bar(Some(bar)) = &self.way {
            bar.finish_and_clear();
            if let Ok(mut drawn) = DRAWN.lock() {
                *drawn = None;
            }
        }
    }
}

fn line(text: &str) {
    use std::io::Write as _;
    // Progress that cannot be written is not worth failing for.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
    bar.enable_steady_tick(Duration::from_millis(100));
    if let Ok(mut drawn) = DRAWN.lock() {
        *drawn = Some(bar.clone());
    }
    bar
}

fn draw(bar: &ProgressBar, done: u64, total: Option<u64>, text: String) {
    let template = if total.is_some() { "{spinner} {bar:24} {wide_msg}" } else { "{spinner} {wide_msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━━ "));
    }
    bar.set_length(total.unwrap_or(0).max(done));
    bar.set_position(done);
    bar.set_message(text);
}

/// `contacts: 12,000 of 40,000 rows, 3,100/s, 9s left`
fn describe(label: &str, done: u64, total: Option<u64>, unit: &str, time: Duration) -> String {
    if unit.is_empty() {
        return label.to_owned();
    }
    let mut text = format!("{label}: {}", words::count(done));
    if let Some(total) = total {
        text.push_str(&format!(" of {}", words::count(total.max(done))));
    }
    text.push_str(&format!(" {unit}"));
    let rate = done as f64 / time.as_secs_f64().max(0.001);
    if done > 0 && time >= PATIENCE {
        text.push_str(&format!(", {}/s", words::count(rate as u64)));
        if let Some(left) = total.map(|total| total.saturating_sub(done)).filter(|left| *left > 0 && rate >= 1.0) {
            text.push_str(&format!(", {} left", words::rough(Duration::from_secs_f64(left as f64 / rate))));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_names_rows_rate_and_what_is_left() {
        let four = Duration::from_secs(4);
        assert_eq!(
            describe("contacts", 12_000, Some(40_000), "rows", four),
            "contacts: 12,000 of 40,000 rows, 3,000/s, 9s left"
        );
        assert_eq!(describe("contacts", 12_000, None, "rows", four), "contacts: 12,000 rows, 3,000/s");
        assert_eq!(describe("contacts", 0, Some(10), "rows", Duration::ZERO), "contacts: 0 of 10 rows");
        assert_eq!(describe("waiting for HubSpot", 0, None, "", four), "waiting for HubSpot");
    }
}

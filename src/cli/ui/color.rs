//! Colours, which only add to what the words already say. Off where there is no terminal, with `NO_COLOR` and on request.

use std::borrow::Cow;

/// When to use colours
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

impl When {
    /// `NO_COLOR` decides what was left to be decided (https://no-color.org).
    pub fn or_environment(self) -> Self {
        if self == When::Auto && crate::config::no_color() { When::Never } else { self }
    }
}

/// Paints text for one stream, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    pub fn new(when: When, terminal: bool) -> Self {
        Paint { on: when == When::Always || (when == When::Auto && terminal) }
    }

    pub fn plain() -> Self {
        Paint { on: false }
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    pub fn bold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with("1", text)
    }

    pub fn dim<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with("2", text)
    }

    pub fn red<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with("1;31", text)
    }

    pub fn yellow<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.with("33", text)
    }

    fn with<'t>(&self, code: &str, text: &'t str) -> Cow<'t, str> {
        if self.on { Cow::Owned(format!("\x1b[{code}m{text}\x1b[0m")) } else { Cow::Borrowed(text) }
    }
}

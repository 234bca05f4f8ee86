//! Where a part of a formula stands, for errors.

use std::fmt;

use sqlparser::tokenizer::Location;

/// Where an expression begins in its text. All places are equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) at: Location,
    /// Whether the text has several lines, so that the line is said too
    pub(super) lines: bool,
}

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lines {
            true => write!(f, "line {}, column {}", self.at.line, self.at.column),
            false => write!(f, "column {}", self.at.column),
        }
    }
}

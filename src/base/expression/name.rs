//! The functions of the formula language by their names, and how many arguments each takes.

use super::MOST_ITEMS;

/// The functions that a formula may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Abs,
    Coalesce,
    Concat,
    Date,
    Day,
    Length,
    Lower,
    Max,
    Min,
    Month,
    Now,
    NullIf,
    Replace,
    Round,
    Substr,
    Trim,
    Upper,
    Year,
}

impl Name {
    pub(super) const ALL: [Name; 18] = [
        Name::Abs,
        Name::Coalesce,
        Name::Concat,
        Name::Date,
        Name::Day,
        Name::Length,
        Name::Lower,
        Name::Max,
        Name::Min,
        Name::Month,
        Name::Now,
        Name::NullIf,
        Name::Replace,
        Name::Round,
        Name::Substr,
        Name::Trim,
        Name::Upper,
        Name::Year,
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Name::Abs => "abs",
            Name::Coalesce => "coalesce",
            Name::Concat => "concat",
            Name::Date => "date",
            Name::Day => "day",
            Name::Length => "length",
            Name::Lower => "lower",
            Name::Max => "max",
            Name::Min => "min",
            Name::Month => "month",
            Name::Now => "now",
            Name::NullIf => "nullif",
            Name::Replace => "replace",
            Name::Round => "round",
            Name::Substr => "substr",
            Name::Trim => "trim",
            Name::Upper => "upper",
            Name::Year => "year",
        }
    }

    /// The fewest and the most arguments, and how a call looks.
    pub(super) fn arguments(self) -> (usize, usize, &'static str) {
        match self {
            Name::Now => (0, 0, "now()"),
            Name::Abs => (1, 1, "abs(number)"),
            Name::Date => (1, 1, "date(time)"),
            Name::Day => (1, 1, "day(time)"),
            Name::Length => (1, 1, "length(text)"),
            Name::Lower => (1, 1, "lower(text)"),
            Name::Month => (1, 1, "month(time)"),
            Name::Trim => (1, 1, "trim(text)"),
            Name::Upper => (1, 1, "upper(text)"),
            Name::Year => (1, 1, "year(time)"),
            Name::Round => (1, 2, "round(number, digits)"),
            Name::NullIf => (2, 2, "nullif(value, what)"),
            Name::Substr => (2, 3, "substr(text, from, count)"),
            Name::Replace => (3, 3, "replace(text, old, new)"),
            Name::Concat => (1, MOST_ITEMS, "concat(text, text)"),
            Name::Coalesce => (2, MOST_ITEMS, "coalesce(value, otherwise)"),
            Name::Max => (2, MOST_ITEMS, "max(one, other)"),
            Name::Min => (2, MOST_ITEMS, "min(one, other)"),
        }
    }
}

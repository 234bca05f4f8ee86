//! Where a part of a text begins, and how it is shown. A chain such as `1 + 1 + 1 …` is a tree as deep as it is long, and
//! sqlparser's own ways (`span`, `Display`) go down such trees with a large step of the stack each, so these do not.

use sqlparser::ast::{Expr, Spanned as _};
use sqlparser::tokenizer::Location;

use super::Text;

/// Most letters of a part that are shown.
const SHOWN: usize = 60;

/// The longest text whose trees are certainly shallow enough to be printed.
const SHORT: usize = 1_000;

impl Text<'_> {
    /// The expression as text, cut where it is long.
    pub fn shown(&self, expression: &Expr) -> String {
        if self.text.len() <= SHORT {
            return shortened(expression);
        }
        let at = start(expression);
        let index = |place: u64| usize::try_from(place.saturating_sub(1)).unwrap_or(0);
        let line = self.text.lines().nth(index(at.line)).unwrap_or_default();
        shortened(&line.chars().skip(index(at.column)).take(SHOWN + 1).collect::<String>())
    }
}

/// Where the expression begins: its own first word, or the first word of its first part.
pub fn start(mut expression: &Expr) -> Location {
    loop {
        expression = match expression {
            Expr::Identifier(name) | Expr::Prefixed { prefix: name, .. } => return name.span.start,
            Expr::CompoundIdentifier(names) => return names.first().map_or(NOWHERE, |name| name.span.start),
            Expr::Value(value) => return value.span.start,
            Expr::TypedString(_) => return expression.span().start,
            Expr::Case { case_token, .. } => return case_token.0.span.start,
            Expr::Function(function) => return function.name.span().start,
            Expr::BinaryOp { left, .. }
            | Expr::AnyOp { left, .. }
            | Expr::AllOp { left, .. }
            | Expr::IsDistinctFrom(left, _)
            | Expr::IsNotDistinctFrom(left, _) => left,
            Expr::Nested(part)
            | Expr::IsNull(part)
            | Expr::IsNotNull(part)
            | Expr::IsTrue(part)
            | Expr::IsNotTrue(part)
            | Expr::IsFalse(part)
            | Expr::IsNotFalse(part)
            | Expr::IsUnknown(part)
            | Expr::IsNotUnknown(part) => part,
            Expr::UnaryOp { expr, .. }
            | Expr::InList { expr, .. }
            | Expr::InSubquery { expr, .. }
            | Expr::InUnnest { expr, .. }
            | Expr::Between { expr, .. }
            | Expr::Like { expr, .. }
            | Expr::ILike { expr, .. }
            | Expr::SimilarTo { expr, .. }
            | Expr::RLike { expr, .. }
            | Expr::Cast { expr, .. }
            | Expr::Convert { expr, .. }
            | Expr::Extract { expr, .. }
            | Expr::Ceil { expr, .. }
            | Expr::Floor { expr, .. }
            | Expr::Position { expr, .. }
            | Expr::Substring { expr, .. }
            | Expr::Trim { expr, .. }
            | Expr::Overlay { expr, .. }
            | Expr::Collate { expr, .. }
            | Expr::AtTimeZone { timestamp: expr, .. }
            | Expr::CompoundFieldAccess { root: expr, .. } => expr,
            Expr::Interval(interval) => &interval.value,
            Expr::Tuple(parts) => match parts.first() {
                Some(first) => first,
                None => return NOWHERE,
            },
            _ => return NOWHERE,
        };
    }
}

/// sqlparser's own word for a place that is not known.
const NOWHERE: Location = Location { line: 0, column: 0 };

/// Any text, cut where it is long.
pub fn shortened(part: &impl std::fmt::Display) -> String {
    let text = part.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

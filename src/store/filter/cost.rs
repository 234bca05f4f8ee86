//! SQLite looks at the parts of a condition in the order in which they are written, and at no more of them than it has to:
//! what is little work and keeps few records comes first.

use super::{Order, Writer};
use crate::base::Result;
use crate::base::filter::{Filter, Op, Operand};
use crate::store::paths::End;

/// What a part of a filter costs for each record, the cheapest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    /// A number against others, or a value against null
    Number,
    /// A text that must be the same
    Equality,
    /// Two texts that are compared
    Comparison,
    /// A function of our own, or several comparisons
    Several,
    /// Something worked out, or other records
    Search,
}

impl Writer<'_, '_> {
    /// Writes the parts with this between them, the cheapest first; those that cost the same stay in their order.
    pub(super) fn cheapest_first(&mut self, parts: &[Filter], between: &str, empty: &str) -> Result<()> {
        let mut costs = Vec::with_capacity(parts.len());
        for part in parts {
            costs.push((self.cost(part)?, part));
        }
        costs.sort_by_key(|(cost, _)| *cost);
        let parts: Vec<&Filter> = costs.into_iter().map(|(_, part)| part).collect();
        self.parts(&parts, between, empty)
    }

    fn cost(&self, filter: &Filter) -> Result<Cost> {
        if matches!(filter, Filter::All(_) | Filter::Any(_) | Filter::Not(_)) {
            return Ok(Cost::Several);
        }
        let mut cost = Cost::Number;
        for operand in filter.operands() {
            let Operand::Field(name) = operand else { continue };
            let walk = self.scope.walk(name)?;
            if !walk.steps.is_empty() || !matches!(walk.end, End::Stored(_)) {
                return Ok(Cost::Search);
            }
            let compares = matches!(filter, Filter::Compare { .. } | Filter::Between { .. });
            cost = cost.max(match Order::at_end(self.scope, &walk)? {
                _ if matches!(filter, Filter::Null { .. }) => Cost::Number,
                Order::Number if compares => Cost::Number,
                Order::Plain if matches!(filter, Filter::Compare { op: Op::Equal, .. }) => Cost::Equality,
                Order::Plain | Order::Number => Cost::Comparison,
                Order::Decimal | Order::Currency | Order::Moment => Cost::Several,
            });
        }
        Ok(cost)
    }
}

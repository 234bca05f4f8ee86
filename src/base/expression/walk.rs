//! Along the parts of a formula: which fields it looks at, and the same formula with another name in it.

use super::{Expression, What};

impl Expression {
    /// The record's fields that it looks at, each once, in the order they appear.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.each(&mut |expression| {
            if let What::Field(name) = &expression.what
                && !fields.contains(&name.as_str())
            {
                fields.push(name);
            }
        });
        fields
    }

    /// The same formula when a field has another name.
    #[must_use]
    pub fn rename(&self, old: &str, new: &str) -> Expression {
        let mut renamed = self.clone();
        renamed.each_mut(&mut |expression| {
            if let What::Field(name) = &mut expression.what
                && name == old
            {
                new.clone_into(name);
            }
        });
        renamed
    }

    fn each<'e>(&'e self, visit: &mut dyn FnMut(&'e Expression)) {
        visit(self);
        self.parts().into_iter().for_each(|part| part.each(visit));
    }

    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        visit(self);
        self.parts_mut().into_iter().for_each(|part| part.each_mut(visit));
    }

    fn parts(&self) -> Vec<&Expression> {
        match &self.what {
            What::Field(_) | What::Literal(_) | What::Interval(_) => Vec::new(),
            What::Not(part) | What::Negate(part) => vec![part],
            What::Like { operand, .. } | What::Is { operand, .. } => vec![operand],
            What::Arithmetic { left, right, .. } | What::Compare { left, right, .. } => vec![left, right],
            What::Join(parts) | What::All(parts) | What::Any(parts) => parts.iter().collect(),
            What::Call { arguments, .. } => arguments.iter().collect(),
            What::In { operand, list, .. } => std::iter::once(&**operand).chain(list).collect(),
            What::Between { operand, low, high, .. } => vec![operand, low, high],
            What::Case { operand, branches, otherwise } => {
                let branches = branches.iter().flat_map(|(when, then)| [when, then]);
                operand.as_deref().into_iter().chain(branches).chain(otherwise.as_deref()).collect()
            }
        }
    }

    fn parts_mut(&mut self) -> Vec<&mut Expression> {
        match &mut self.what {
            What::Field(_) | What::Literal(_) | What::Interval(_) => Vec::new(),
            What::Not(part) | What::Negate(part) => vec![part],
            What::Like { operand, .. } | What::Is { operand, .. } => vec![operand],
            What::Arithmetic { left, right, .. } | What::Compare { left, right, .. } => vec![left, right],
            What::Join(parts) | What::All(parts) | What::Any(parts) => parts.iter_mut().collect(),
            What::Call { arguments, .. } => arguments.iter_mut().collect(),
            What::In { operand, list, .. } => std::iter::once(&mut **operand).chain(list).collect(),
            What::Between { operand, low, high, .. } => vec![operand, low, high],
            What::Case { operand, branches, otherwise } => {
                let branches = branches.iter_mut().flat_map(|(when, then)| [when, then]);
                operand.as_deref_mut().into_iter().chain(branches).chain(otherwise.as_deref_mut()).collect()
            }
        }
    }
}

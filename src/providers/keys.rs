//! A friendly look at a key before it is used. It warns about a kind that is known to be wrong and refuses nothing: vendors
//! make new kinds.

use super::{KeyForm, Provider};
use crate::base::Secret;

impl Provider {
    /// What a person should hear about this key; `None`: nothing. Never has a part of the key in it.
    pub fn key_advice(&self, key: &Secret) -> Option<String> {
        let text = key.expose();
        if text.trim() != text {
            return Some("the key has blanks or a line break around it; copy it again without them".to_owned());
        }
        if let Some(form) = self.form_of(text) {
            return (!form.advice.is_empty()).then(|| format!("this looks like {}: {}", form.what, form.advice));
        }
        if text.starts_with("Bearer ") || text.starts_with("Basic ") || text.contains(['"', '\'']) {
            return Some("this looks like a whole header or a quoted text; give the key alone".to_owned());
        }
        let others = super::ALL.iter().filter(|other| other.id != self.id);
        let owner = others.into_iter().find(|other| other.form_of(text).is_some_and(|form| form.prefix.len() > 3));
        if let Some(owner) = owner {
            return Some(format!("this looks like a key of {}, not of {}", owner.title, self.title));
        }
        let right: Vec<_> =
            self.keys.iter().filter(|form| form.advice.is_empty()).map(|form| format!("`{}…`", form.prefix)).collect();
        (!right.is_empty()).then(|| {
            format!(
                "{}'s keys usually begin with {}; this one does not, and is tried all the same",
                self.title,
                right.join(" or ")
            )
        })
    }

    /// The longest known beginning of this key.
    fn form_of(&self, key: &str) -> Option<&'static KeyForm> {
        self.keys.iter().filter(|form| key.starts_with(form.prefix)).max_by_key(|form| form.prefix.len())
    }
}

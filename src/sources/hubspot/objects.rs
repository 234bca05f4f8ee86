//! What can be synced from HubSpot, by the names people use.

use std::fmt;

/// A standard CRM object. The ids are the paths of API version 3; scopes: developers.hubspot.com, "Scopes".
#[derive(Debug)]
pub(super) struct Standard {
    pub id: &'static str,
    pub title: &'static str,
    pub type_id: &'static str,
    pub scope: &'static str,
}

pub(super) static STANDARD: &[Standard] = &[
    Standard { id: "contacts", title: "Contacts", type_id: "0-1", scope: "crm.objects.contacts.read" },
    Standard { id: "companies", title: "Companies", type_id: "0-2", scope: "crm.objects.companies.read" },
    Standard { id: "deals", title: "Deals", type_id: "0-3", scope: "crm.objects.deals.read" },
    Standard { id: "tickets", title: "Tickets", type_id: "0-5", scope: "tickets" },
    Standard { id: "products", title: "Products", type_id: "0-7", scope: "crm.objects.products.read" },
    Standard { id: "line_items", title: "Line items", type_id: "0-8", scope: "crm.objects.line_items.read" },
    Standard { id: "quotes", title: "Quotes", type_id: "0-14", scope: "crm.objects.quotes.read" },
];

/// The pairs whose associations `discover` offers; any other pair of objects works as well.
pub(super) static USUAL_PAIRS: &[(&str, &str)] = &[
    ("contacts", "companies"),
    ("deals", "contacts"),
    ("deals", "companies"),
    ("deals", "line_items"),
    ("tickets", "contacts"),
    ("tickets", "companies"),
    ("quotes", "deals"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Crm(Crm),
    Owners,
    Pipelines { of: &'static str },
    Stages { of: &'static str },
    Associations { from: Crm, to: Crm },
}

/// A CRM object: standard, or made by the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crm {
    /// What we and people call it
    pub id: String,
    pub title: String,
    /// Its segment in paths: a standard name, or the type id of a custom object (`2-123`)
    pub path: String,
    pub custom: bool,
}

impl Crm {
    /// The property that tells when a record changed last.
    pub fn cursor(&self) -> &'static str {
        if self.path == "contacts" { "lastmodifieddate" } else { "hs_lastmodifieddate" }
    }

    /// Where HubSpot keeps the ids of the records that were merged into this one.
    pub fn merged(&self) -> &'static [&'static str] {
        if self.path == "contacts" {
            &["hs_merged_object_ids", "hs_calculated_merged_vids"]
        } else {
            &["hs_merged_object_ids"]
        }
    }

    pub fn scope(&self) -> &'static str {
        STANDARD.iter().find(|standard| standard.id == self.path).map_or("crm.objects.custom.read", |known| known.scope)
    }
}

impl fmt::Display for Crm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl From<&Standard> for Crm {
    fn from(standard: &Standard) -> Self {
        Crm {
            id: standard.id.to_owned(),
            title: standard.title.to_owned(),
            path: standard.id.to_owned(),
            custom: false,
        }
    }
}

/// What a name means, given the account's custom objects. `None`: no object of this name.
pub(super) fn resolve(name: &str, custom: &[Crm]) -> Option<Object> {
    let fixed = match name {
        "owners" => Object::Owners,
        "deal_pipelines" => Object::Pipelines { of: "deals" },
        "ticket_pipelines" => Object::Pipelines { of: "tickets" },
        "deal_stages" => Object::Stages { of: "deals" },
        "ticket_stages" => Object::Stages { of: "tickets" },
        _ => return crm(name, custom).map(Object::Crm).or_else(|| pair(name, custom)),
    };
    Some(fixed)
}

fn crm(name: &str, custom: &[Crm]) -> Option<Crm> {
    let standard = STANDARD.iter().find(|standard| standard.id == name || standard.type_id == name).map(Crm::from);
    standard.or_else(|| custom.iter().find(|object| object.id == name || object.path == name).cloned())
}

/// `contacts_companies`; names may have underscores of their own, so every split is tried.
fn pair(name: &str, custom: &[Crm]) -> Option<Object> {
    name.match_indices('_').find_map(|(at, _)| {
        let (from, to) = (crm(&name[..at], custom)?, crm(&name[at + 1..], custom)?);
        Some(Object::Associations { from, to })
    })
}

/// Whether the name can be resolved without asking for the account's custom objects.
pub(super) fn is_known(name: &str) -> bool {
    resolve(name, &[]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pairs_are_split_where_both_sides_are_objects() {
        let car = Crm { id: "line_car".into(), title: "Cars".into(), path: "2-77".into(), custom: true };
        let split = |name: &str| match resolve(name, std::slice::from_ref(&car)) {
            Some(Object::Associations { from, to }) => format!("{} {}", from.path, to.path),
            other => format!("{other:?}"),
        };
        assert_eq!(split("deals_line_items"), "deals line_items");
        assert_eq!(split("line_items_line_car"), "line_items 2-77");
        assert_eq!(split("line_car_contacts"), "2-77 contacts");
        assert_eq!(split("deals_bananas"), "None");
        assert!(is_known("contacts_companies") && is_known("owners") && !is_known("line_car"));
    }
}

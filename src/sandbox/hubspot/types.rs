//! The types of objects in the made-up account: HubSpot's own and two custom ones, with what HubSpot calls them.

use crate::base::{Error, Result};

/// The account's id.
pub(crate) const PORTAL: u64 = 4_200_001;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectType {
    Contacts,
    Companies,
    Deals,
    Tickets,
    Products,
    LineItems,
    Quotes,
    Machines,
    SiteVisits,
}

pub(crate) use ObjectType::{Companies, Contacts, Deals, LineItems, Machines, Products, Quotes, SiteVisits, Tickets};

pub(crate) static ALL: &[ObjectType] =
    &[Contacts, Companies, Deals, Tickets, Products, LineItems, Quotes, Machines, SiteVisits];

/// What is fixed for a type.
pub(crate) struct TypeInfo {
    /// As paths and results name it
    pub(crate) name: &'static str,
    pub(crate) singular: &'static str,
    pub(crate) title: &'static str,
    pub(crate) id: &'static str,
    /// The property with the time of creation
    pub(crate) created: &'static str,
    /// The property with the time of the last change (contacts are different)
    pub(crate) modified: &'static str,
    /// What is returned when no properties are named
    pub(crate) usual: &'static [&'static str],
    /// Where a search's `query` looks
    pub(crate) searched: &'static [&'static str],
    /// The scope to read it, and the one to read its properties
    pub(crate) scope: &'static str,
    pub(crate) schema_scope: &'static str,
    pub(crate) write_scope: &'static str,
    /// A property that tells records apart beside the id
    pub(crate) unique: Option<&'static str>,
    /// The property people recognise a record by
    pub(crate) display: &'static str,
}

impl ObjectType {
    /// Finds a type as HubSpot's paths name it: by name, singular, id (`0-1`, `2-1000001`) or full name.
    pub(crate) fn find(name: &str) -> Option<ObjectType> {
        let lower = name.to_ascii_lowercase();
        let lower = lower.strip_prefix(&format!("p{PORTAL}_")).unwrap_or(&lower);
        ALL.iter().copied().find(|object| {
            let info = object.info();
            info.name == lower || info.singular == lower || info.id == lower
        })
    }

    /// Finds a type for the sandbox's own callers.
    pub(crate) fn named(name: &str) -> Result<ObjectType> {
        ObjectType::find(name).ok_or_else(|| {
            let known = ALL.iter().map(|object| object.info().name).collect::<Vec<_>>().join(", ");
            Error::not_found(format!("the sandbox has no objects called `{name}`")).hint(format!("use one of {known}"))
        })
    }

    pub(crate) fn name(self) -> &'static str {
        self.info().name
    }

    pub(crate) fn is_custom(self) -> bool {
        matches!(self, Machines | SiteVisits)
    }

    /// The word for it in messages: `CONTACT`.
    pub(crate) fn shout(self) -> String {
        self.info().singular.to_ascii_uppercase()
    }

    /// How many records of this type belong to an account with so many contacts.
    pub(crate) fn share(self, contacts: u64) -> u64 {
        match self {
            Contacts => contacts,
            Companies | Tickets => contacts.div_ceil(4),
            Deals | LineItems => contacts.div_ceil(2),
            Products => contacts.div_ceil(20).min(500),
            Quotes | Machines => contacts.div_ceil(10),
            SiteVisits => contacts.div_ceil(20),
        }
    }

    pub(crate) fn info(self) -> &'static TypeInfo {
        &INFO[self as usize]
    }
}

static INFO: [TypeInfo; 9] = [
    TypeInfo {
        name: "contacts",
        singular: "contact",
        title: "Contacts",
        id: "0-1",
        created: "createdate",
        modified: "lastmodifieddate",
        usual: &["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"],
        searched: &["firstname", "lastname", "email", "phone", "mobilephone", "company"],
        scope: "crm.objects.contacts.read",
        schema_scope: "crm.schemas.contacts.read",
        write_scope: "crm.objects.contacts.write",
        unique: Some("email"),
        display: "email",
    },
    TypeInfo {
        name: "companies",
        singular: "company",
        title: "Companies",
        id: "0-2",
        created: "createdate",
        modified: "hs_lastmodifieddate",
        usual: &["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
        searched: &["website", "phone", "name", "domain"],
        scope: "crm.objects.companies.read",
        schema_scope: "crm.schemas.companies.read",
        write_scope: "crm.objects.companies.write",
        unique: None,
        display: "name",
    },
    TypeInfo {
        name: "deals",
        singular: "deal",
        title: "Deals",
        id: "0-3",
        created: "createdate",
        modified: "hs_lastmodifieddate",
        usual: &[
            "amount",
            "closedate",
            "createdate",
            "dealname",
            "dealstage",
            "hs_lastmodifieddate",
            "hs_object_id",
            "pipeline",
        ],
        searched: &["dealname", "pipeline", "dealstage", "description", "dealtype"],
        scope: "crm.objects.deals.read",
        schema_scope: "crm.schemas.deals.read",
        write_scope: "crm.objects.deals.write",
        unique: None,
        display: "dealname",
    },
    TypeInfo {
        name: "tickets",
        singular: "ticket",
        title: "Tickets",
        id: "0-5",
        created: "createdate",
        modified: "hs_lastmodifieddate",
        usual: &[
            "content",
            "createdate",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_ticket_category",
            "hs_ticket_priority",
            "subject",
        ],
        searched: &["subject", "content", "hs_pipeline_stage", "hs_ticket_category"],
        scope: "tickets",
        schema_scope: "crm.schemas.tickets.read",
        write_scope: "tickets",
        unique: None,
        display: "subject",
    },
    TypeInfo {
        name: "products",
        singular: "product",
        title: "Products",
        id: "0-7",
        created: "createdate",
        modified: "hs_lastmodifieddate",
        usual: &["createdate", "description", "hs_lastmodifieddate", "hs_object_id", "name", "price"],
        searched: &["name", "description", "price", "hs_sku"],
        scope: "crm.objects.products.read",
        schema_scope: "crm.schemas.products.read",
        write_scope: "crm.objects.products.write",
        unique: None,
        display: "name",
    },
    TypeInfo {
        name: "line_items",
        singular: "line_item",
        title: "Line items",
        id: "0-8",
        created: "createdate",
        modified: "hs_lastmodifieddate",
        usual: &["amount", "createdate", "hs_lastmodifieddate", "hs_object_id", "price", "quantity"],
        searched: &["name", "hs_sku"],
        scope: "crm.objects.line_items.read",
        schema_scope: "crm.schemas.line_items.read",
        write_scope: "crm.objects.line_items.write",
        unique: None,
        display: "name",
    },
    TypeInfo {
        name: "quotes",
        singular: "quote",
        title: "Quotes",
        id: "0-14",
        created: "hs_createdate",
        modified: "hs_lastmodifieddate",
        usual: &[
            "hs_createdate",
            "hs_expiration_date",
            "hs_lastmodifieddate",
            "hs_object_id",
            "hs_public_url_key",
            "hs_status",
            "hs_title",
        ],
        searched: &["hs_title", "hs_quote_number"],
        scope: "crm.objects.quotes.read",
        schema_scope: "crm.schemas.quotes.read",
        write_scope: "crm.objects.quotes.write",
        unique: None,
        display: "hs_title",
    },
    TypeInfo {
        name: "machines",
        singular: "machine",
        title: "Machines",
        id: "2-1000001",
        created: "hs_createdate",
        modified: "hs_lastmodifieddate",
        usual: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        searched: &["model", "serial_number"],
        scope: "crm.objects.custom.read",
        schema_scope: "crm.schemas.custom.read",
        write_scope: "crm.objects.custom.write",
        unique: Some("serial_number"),
        display: "serial_number",
    },
    TypeInfo {
        name: "site_visits",
        singular: "site_visit",
        title: "Site visits",
        id: "2-1000002",
        created: "hs_createdate",
        modified: "hs_lastmodifieddate",
        usual: &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        searched: &["summary"],
        scope: "crm.objects.custom.read",
        schema_scope: "crm.schemas.custom.read",
        write_scope: "crm.objects.custom.write",
        unique: None,
        display: "summary",
    },
];

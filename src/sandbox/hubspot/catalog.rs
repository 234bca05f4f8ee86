//! The properties that the account has from the start, each with its definition and where its values come from.

use super::pipelines;
use super::types::{
    Companies, Contacts, Deals, LineItems, Machines, ObjectType, Products, Quotes, SiteVisits, Tickets,
};
use super::values::{self, Value};

/// One property's definition.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) label: String,
    /// string, number, enumeration, bool, date, datetime, phone_number
    pub(crate) kind: String,
    pub(crate) field_type: String,
    pub(crate) group: String,
    pub(crate) description: String,
    pub(crate) options: Vec<Choice>,
    pub(crate) from: Origin,
    /// HubSpot's own, not the account's
    pub(crate) builtin: bool,
    pub(crate) unique: bool,
    pub(crate) hidden: bool,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) archived: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// Where a property's values come from when nobody wrote one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// Only from writes
    Written,
    Id,
    Created,
    Modified,
    /// Made up
    Made(Value),
    /// Worked out from other things, without moving the time of the last change
    Worked(Work),
    /// Set by HubSpot, not by people
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// How many of that type are associated
    Count(ObjectType),
    /// A guess that is made anew from time to time
    Score,
    IsClosed,
    IsWon,
    Probability,
    Projected,
    DaysToClose,
    LineAmount,
    AssociatedCompany,
}

impl Property {
    pub(crate) fn is_calculated(&self) -> bool {
        matches!(self.from, Origin::Worked(_))
    }

    /// Whether people may not write its values.
    pub(crate) fn is_read_only(&self) -> bool {
        !matches!(self.from, Origin::Written | Origin::Made(_))
    }

    /// An enumeration that can hold several choices.
    pub(crate) fn is_multiple(&self) -> bool {
        self.kind == "enumeration" && self.field_type == "checkbox"
    }

    pub(crate) fn holds_numbers(&self) -> bool {
        matches!(self.kind.as_str(), "number" | "date" | "datetime")
    }
}

/// All properties that a type has from the start.
pub(crate) fn properties(object: ObjectType) -> Vec<Property> {
    let info = object.info();
    let mut list = vec![
        make("hs_object_id", "Record ID", "number", "number", Origin::Id),
        make(info.created, "Create date", "datetime", "date", Origin::Created),
        make(info.modified, "Last modified date", "datetime", "date", Origin::Modified),
        make("hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", Origin::System),
    ];
    list.extend(match object {
        Contacts => contacts(),
        Companies => companies(),
        Deals => deals(),
        Tickets => tickets(),
        Products => products(),
        LineItems => line_items(),
        Quotes => quotes(),
        Machines => machines(),
        SiteVisits => site_visits(),
    });
    for property in &mut list {
        property.group = format!("{}information", info.singular.replace('_', ""));
        property.unique = info.unique == Some(property.name.as_str());
        property.builtin = property.builtin && (!object.is_custom() || property.name.starts_with("hs_"));
    }
    list
}

fn make(name: &str, label: &str, kind: &str, field_type: &str, from: Origin) -> Property {
    Property {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        field_type: field_type.to_owned(),
        group: String::new(),
        description: String::new(),
        options: Vec::new(),
        from,
        builtin: true,
        unique: false,
        hidden: false,
        created: 1_577_836_800_000,
        updated: 1_577_836_800_000,
        archived: None,
    }
}

fn text(name: &str, label: &str, value: Value) -> Property {
    make(name, label, "string", "text", Origin::Made(value))
}

fn long(name: &str, label: &str, value: Value) -> Property {
    make(name, label, "string", "textarea", Origin::Made(value))
}

fn number(name: &str, label: &str, value: Value) -> Property {
    make(name, label, "number", "number", Origin::Made(value))
}

fn moment(name: &str, label: &str, value: Value) -> Property {
    make(name, label, "datetime", "date", Origin::Made(value))
}

fn day(name: &str, label: &str, value: Value) -> Property {
    make(name, label, "date", "date", Origin::Made(value))
}

fn truth(name: &str, label: &str, value: Value) -> Property {
    let mut property = make(name, label, "bool", "booleancheckbox", Origin::Made(value));
    property.options = choices(&[("true", "Yes"), ("false", "No")]);
    property
}

fn choice(name: &str, label: &str, options: &[(&str, &str)], value: Value) -> Property {
    let mut property = make(name, label, "enumeration", "select", Origin::Made(value));
    property.options = choices(options);
    property
}

fn choices(options: &[(&str, &str)]) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice { label: (*label).to_owned(), value: (*value).to_owned() };
    options.iter().map(choice).collect()
}

fn worked(name: &str, label: &str, kind: &str, work: Work) -> Property {
    make(name, label, kind, "calculation_equation", Origin::Worked(work))
}

fn count(other: ObjectType) -> Property {
    let info = other.info();
    let name = format!("num_associated_{}", info.name);
    let label = format!("Number of associated {}", info.title.to_lowercase());
    worked(&name, &label, "number", Work::Count(other))
}

/// Made by the account's people, not by HubSpot.
fn own(mut property: Property) -> Property {
    property.builtin = false;
    property
}

fn owner() -> Property {
    make("hubspot_owner_id", "Owner", "enumeration", "select", Origin::Made(values::owner))
}

const LIFECYCLE: &[(&str, &str)] = &[
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
];

fn contacts() -> Vec<Property> {
    let mut interests = own(choice(
        "interests",
        "Interests",
        &[
            ("hardware", "Hardware"),
            ("software", "Software"),
            ("services", "Services"),
            ("training", "Training"),
            ("events", "Events"),
        ],
        values::interests,
    ));
    interests.field_type = "checkbox".to_owned();
    vec![
        text("firstname", "First name", values::first_name),
        text("lastname", "Last name", values::last_name),
        text("email", "Email", values::email),
        text("phone", "Phone number", values::phone),
        text("mobilephone", "Mobile phone number", values::mobile),
        text("company", "Company name", values::employer),
        text("jobtitle", "Job title", values::job),
        text("city", "City", values::city),
        text("country", "Country/Region", values::country),
        text("zip", "Postal code", values::zip),
        long("message", "Message", values::note),
        choice("lifecyclestage", "Lifecycle stage", LIFECYCLE, values::lifecycle),
        choice(
            "hs_lead_status",
            "Lead status",
            &[
                ("NEW", "New"),
                ("OPEN", "Open"),
                ("IN_PROGRESS", "In progress"),
                ("CONNECTED", "Connected"),
                ("UNQUALIFIED", "Unqualified"),
            ],
            values::lead_status,
        ),
        truth("hs_email_optout", "Unsubscribed from all email", values::truth),
        owner(),
        interests,
        own(day("birthday", "Birthday", values::birthday)),
        make("hs_calculated_merged_vids", "Merged contact IDs", "string", "text", Origin::System),
        worked("hubspotscore", "HubSpot score", "number", Work::Score),
        worked("associatedcompanyid", "Primary associated company ID", "number", Work::AssociatedCompany),
        count(Deals),
    ]
}

fn companies() -> Vec<Property> {
    vec![
        text("name", "Company name", values::company_name),
        text("domain", "Company domain name", values::domain),
        text("website", "Website URL", values::website),
        text("phone", "Phone number", values::phone),
        text("city", "City", values::city),
        text("country", "Country/Region", values::country),
        text("zip", "Postal code", values::zip),
        long("description", "Description", values::note),
        choice(
            "industry",
            "Industry",
            &[
                ("COMPUTER_SOFTWARE", "Computer Software"),
                ("FARMING", "Farming"),
                ("FOOD_BEVERAGES", "Food & Beverages"),
                ("HOSPITAL_HEALTH_CARE", "Hospital & Health Care"),
                ("LOGISTICS_AND_SUPPLY_CHAIN", "Logistics and Supply Chain"),
                ("RENEWABLES_ENVIRONMENT", "Renewables & Environment"),
                ("RETAIL", "Retail"),
            ],
            values::industry,
        ),
        choice("lifecyclestage", "Lifecycle stage", LIFECYCLE, values::lifecycle),
        number("numberofemployees", "Number of employees", values::employees),
        number("annualrevenue", "Annual revenue", values::revenue),
        text("founded_year", "Year founded", values::year),
        owner(),
        worked("hs_predictive_score", "Likelihood to buy", "number", Work::Score),
        count(Contacts),
        count(Deals),
    ]
}

fn deals() -> Vec<Property> {
    vec![
        text("dealname", "Deal name", values::deal_name),
        number("amount", "Amount", values::amount),
        choice("dealstage", "Deal stage", &pipelines::choices(pipelines::DEAL_STAGES), values::deal_stage),
        choice("pipeline", "Pipeline", &[("default", "Sales Pipeline")], values::default_pipeline),
        choice(
            "dealtype",
            "Deal type",
            &[("newbusiness", "New Business"), ("existingbusiness", "Existing Business")],
            values::deal_type,
        ),
        moment("closedate", "Close date", values::close_date),
        text("deal_currency_code", "Currency", values::currency),
        long("description", "Deal description", values::note),
        choice("hs_priority", "Priority", &[("low", "Low"), ("medium", "Medium"), ("high", "High")], |draw, out| {
            let written = values::priority(draw, out);
            out.make_ascii_lowercase();
            written
        }),
        owner(),
        worked("hs_is_closed", "Is deal closed?", "bool", Work::IsClosed),
        worked("hs_is_closed_won", "Is closed won", "bool", Work::IsWon),
        worked("hs_deal_stage_probability", "Deal probability", "number", Work::Probability),
        worked("hs_projected_amount", "Weighted amount", "number", Work::Projected),
        worked("days_to_close", "Days to close", "number", Work::DaysToClose),
        worked("hs_predictive_score", "Deal score", "number", Work::Score),
        count(Contacts),
    ]
}

fn tickets() -> Vec<Property> {
    vec![
        text("subject", "Ticket name", values::subject),
        long("content", "Ticket description", values::note),
        choice("hs_pipeline", "Pipeline", &[("0", "Support Pipeline")], values::ticket_pipeline),
        choice(
            "hs_pipeline_stage",
            "Ticket status",
            &pipelines::choices(pipelines::TICKET_STAGES),
            values::ticket_stage,
        ),
        choice(
            "hs_ticket_priority",
            "Priority",
            &[("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High")],
            values::priority,
        ),
        choice(
            "hs_ticket_category",
            "Category",
            &[
                ("BILLING_ISSUE", "Billing issue"),
                ("FEATURE_REQUEST", "Feature request"),
                ("GENERAL_INQUIRY", "General inquiry"),
                ("PRODUCT_ISSUE", "Product issue"),
            ],
            values::category,
        ),
        owner(),
        count(Contacts),
    ]
}

fn products() -> Vec<Property> {
    vec![
        text("name", "Name", values::goods),
        long("description", "Product description", values::note),
        number("price", "Unit price", values::price),
        number("hs_cost_of_goods_sold", "Unit cost", values::cost),
        text("hs_sku", "SKU", values::sku),
    ]
}

fn line_items() -> Vec<Property> {
    vec![
        text("name", "Name", values::goods),
        number("price", "Unit price", values::price),
        number("quantity", "Quantity", values::quantity),
        text("hs_sku", "SKU", values::sku),
        number("hs_product_id", "Product ID", values::product_id),
        worked("amount", "Net price", "number", Work::LineAmount),
    ]
}

fn quotes() -> Vec<Property> {
    vec![
        text("hs_title", "Quote name", values::quote_title),
        text("hs_quote_number", "Quote number", values::quote_number),
        choice(
            "hs_status",
            "Status",
            &[
                ("DRAFT", "Draft"),
                ("APPROVAL_NOT_NEEDED", "Published"),
                ("PENDING_APPROVAL", "Pending approval"),
                ("APPROVED", "Approved"),
            ],
            values::quote_status,
        ),
        moment("hs_expiration_date", "Expiration date", values::expiry),
        number("hs_quote_amount", "Quote amount", values::amount),
        text("hs_currency", "Currency", values::currency),
        text("hs_public_url_key", "Public URL key", values::url_key),
        long("hs_terms", "Purchase terms", values::note),
        owner(),
    ]
}

fn machines() -> Vec<Property> {
    vec![
        text("serial_number", "Serial number", values::serial),
        text("model", "Model", values::model),
        day("installed_on", "Installed on", values::installed),
        number("hours", "Hours run", values::hours),
        choice(
            "state",
            "State",
            &[("running", "Running"), ("standby", "Standby"), ("in_service", "In service"), ("retired", "Retired")],
            values::machine_state,
        ),
        owner(),
    ]
}

fn site_visits() -> Vec<Property> {
    vec![
        long("summary", "Summary", values::summary),
        moment("visited_at", "Visited at", values::visited),
        number("rating", "Rating", values::rating),
        owner(),
    ]
}

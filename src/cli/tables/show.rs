//! `appctl tables show`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{FieldType, Result, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::tables::{self, ComputedView, FieldView, Inverse, Overview};

#[derive(clap::Args)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let overview = tables::show(app, &args.table)?;
    ui.outcome(&View::of(&overview))
}

/// A table for people and scripts.
#[derive(Serialize)]
pub struct View<'t> {
    table: &'t str,
    records: u64,
    key: Vec<&'t str>,
    /// The key is a number that is handed out
    generated_key: bool,
    connection: Option<&'t str>,
    fields: Vec<FieldView<'t>>,
    computed: Vec<ComputedView<'t>>,
    /// The relations of other tables that point here
    inverse: &'t [Inverse],
}

impl<'t> View<'t> {
    pub fn of(overview: &'t Overview) -> Self {
        let Overview { table, records, inverses } = overview;
        View {
            table: table.name.as_str(),
            records: *records,
            key: table.key.iter().map(AsRef::as_ref).collect(),
            generated_key: table.generated_key,
            connection: table.connection.as_ref().map(|name| name.as_str()),
            fields: tables::fields(table),
            computed: tables::computed(table),
            inverse: inverses,
        }
    }
}

impl Outcome for View<'_> {
    fn sheet(&self) -> Sheet {
        let mut pairs = vec![
            (Column::text("table"), Value::text(self.table)),
            (Column::count("records"), Value::Integer(i64::try_from(self.records).unwrap_or(i64::MAX))),
            (Column::text("key"), Value::text(self.key.join(", "))),
        ];
        if let Some(connection) = self.connection {
            pairs.push((Column::text("connection"), Value::text(connection)));
        }
        let columns = ["field", "type", "options", "rules"].map(Column::text);
        let rows = self.fields.iter().map(|field| {
            let detail = match (field.options, field.relation) {
                (Some(options), _) => options.join(", "),
                (None, table) => table.unwrap_or_default().to_owned(),
            };
            vec![
                Value::text(field.name),
                Value::text(field.field_type),
                Value::Text(detail),
                Value::Text(self.rules(field)),
            ]
        });
        let computed = self.computed.iter().map(|field| {
            let cells = [field.name, field.kind, &field.of, "worked out"];
            cells.map(Value::text).to_vec()
        });
        let sheet = Sheet::thing(pairs).and_list(columns, rows.chain(computed));
        if self.inverse.is_empty() {
            return sheet;
        }
        let inverse = self.inverse.iter().map(|inverse| {
            let cells = [&inverse.name, &inverse.table, &inverse.field];
            cells.map(Value::text).to_vec()
        });
        sheet.and_list(["inverse", "table", "relation"].map(Column::text), inverse)
    }
}

impl View<'_> {
    fn rules(&self, field: &FieldView<'_>) -> String {
        let generated = field.key && self.generated_key;
        let rules = [
            (field.key, if generated { "key, handed out" } else { "key" }),
            (field.required && !field.key, "required"),
            (field.unique && !field.key, "unique"),
            (field.locked, "filled by the connection"),
        ];
        let rules = rules.iter().filter(|(holds, _)| *holds).map(|(_, rule)| (*rule).to_owned());
        let on_delete = field.on_delete.map(|word| format!("on delete {word}"));
        rules.chain(on_delete).collect::<Vec<_>>().join(", ")
    }
}

/// The words for a type's help.
pub fn types() -> String {
    format!(
        "Types: {}

A relation says what becomes of it when its record goes: `relation=people` (nothing may point there then),
`relation=people:clear` or `relation=people:cascade`. Worked out when read: `lookup=owner.email`,
`rollup=tasks.owner:count` (or sum, min, max, avg, list of a field: `rollup=tasks.owner:sum:estimate`),
`formula=price * quantity`. A name with a colon in it stands in double quotes: `'\"due: date\":date'`.",
        FieldType::WORDS.join(", ")
    )
}

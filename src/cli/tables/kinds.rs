//! Questions about one field: its type, and what the type needs to know. The answer is the field as it is written on the
//! command line, `NAME:TYPE`.

use super::questions::pick;
use crate::app::App;
use crate::base::{Compute, FieldName, FieldType, OnDelete, Result};
use crate::cli::ui::Ui;
use crate::tables::{self, FieldSpec};

/// Which types can be chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Any,
    Stored,
    Computed,
}

/// The new field of this name.
pub fn field(app: &App, ui: &mut Ui, name: &FieldName) -> Result<String> {
    let kind = kind(app, ui, Family::Any)?;
    let plain = written(name.as_str(), Some(&kind));
    if matches!(plain.parse()?, FieldSpec::Computed(_)) {
        return Ok(plain);
    }
    let ways = ["optional", "required: no record without it"].map(str::to_owned);
    let required = ui.choose("it is", &ways, "FIELD:TYPE!")? == 1;
    Ok(if required { format!("{plain}!") } else { plain })
}

/// `NAME` or `NAME:TYPE`, the name in quotes where it would be read as something else.
pub fn written(name: &str, kind: Option<&str>) -> String {
    let with = |name: &str| kind.map_or(name.to_owned(), |kind| format!("{name}:{kind}"));
    let plain = with(name);
    match tables::named(&plain) {
        Ok((read, said)) if read.as_str() == name && said == kind => plain,
        _ => with(&format!("\"{}\"", name.replace('"', "\"\""))),
    }
}

/// A type with what it needs: `select=open,done`, `relation=people:clear`.
pub fn kind(app: &App, ui: &mut Ui, family: Family) -> Result<String> {
    let mut items = Vec::new();
    if family != Family::Computed {
        items.extend(FieldType::WORDS.map(str::to_owned));
    }
    if family != Family::Stored {
        items.extend(Compute::WORDS.map(|word| format!("{word} (worked out when read)")));
    }
    loop {
        let word = pick(ui, "type", &items)?;
        match word.split(' ').next().unwrap_or_default() {
            "relation" => match relation(app, ui)? {
                Some(kind) => return Ok(kind),
                None => ui.warn("there is no table yet that a relation could lead to")?,
            },
            word @ ("select" | "multi_select") => return detail(ui, word, "options, with commas between them"),
            "lookup" => return detail(ui, "lookup", "path to the field, for example owner.email"),
            "rollup" => return detail(ui, "rollup", "records and function, for example tasks.owner:count"),
            "formula" => return detail(ui, "formula", "formula, for example price * quantity"),
            word => return Ok(word.to_owned()),
        }
    }
}

fn detail(ui: &mut Ui, word: &str, prompt: &str) -> Result<String> {
    ui.ask_valid(prompt, None, "FIELD:TYPE", |text| {
        let kind = format!("{word}={text}");
        format!("x:{kind}").parse::<FieldSpec>()?;
        Ok(kind)
    })
}

fn relation(app: &App, ui: &mut Ui) -> Result<Option<String>> {
    let names: Vec<String> = tables::list(app)?.iter().map(|overview| overview.table.name.to_string()).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let table = pick(ui, "table that it leads to", &names)?;
    let ways = OnDelete::ALL.map(|way| match way {
        OnDelete::Restrict => "restrict: that record cannot be deleted",
        OnDelete::Clear => "clear: this field becomes empty",
        OnDelete::Cascade => "cascade: this record is deleted too",
    });
    let chosen =
        OnDelete::ALL[ui.choose("when the record there is deleted", &ways.map(str::to_owned), "FIELD:TYPE")?];
    let plain = format!("relation={table}");
    let is_default = chosen == OnDelete::default() && !OnDelete::ALL.iter().any(|way| table.ends_with(way.word()));
    Ok(Some(if is_default { plain } else { format!("{plain}:{}", chosen.word()) }))
}

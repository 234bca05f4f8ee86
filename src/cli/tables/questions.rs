//! The questions of `appctl tables`, a verb at a time.

use super::kinds::{self, Family};
use crate::app::App;
use crate::base::{Error, FieldName, FieldType, OnDelete, Result, Table, TableName};
use crate::cli::questions::{Answers, Given};
use crate::cli::ui::{Ui, words};
use crate::tables::{self, FieldSpec};

/// The options of `change-field` that say what changes.
const CHANGES: [&str; 5] = ["required", "optional", "unique", "no_unique", "on_delete"];

/// Whether a verb needs more than it was given.
pub fn lacks(verb: &str, given: &Given) -> bool {
    let needed: &[&str] = match verb {
        "show" => &["table"],
        "create" => &["table", "fields"],
        "add-field" | "drop-field" => &["table", "field"],
        "rename" => &["table", "name"],
        "rename-field" => &["table", "field", "name"],
        "drop" => &["tables"],
        "change-field" if !given.has("field") => return true,
        "change-field" => return !changes(given),
        _ => &[],
    };
    needed.iter().any(|argument| !given.has(argument))
}

fn changes(given: &Given) -> bool {
    let typed = |text| tables::named(text).is_ok_and(|(_, kind)| kind.is_some());
    given.one("field").is_some_and(typed) || CHANGES.iter().any(|option| given.has(option))
}

pub fn ask(verb: &str, app: &App, ui: &mut Ui, given: &Given) -> Result<Answers> {
    let mut answers = Answers::default();
    match verb {
        "create" => create(app, ui, given, &mut answers)?,
        "drop" => drop(app, ui, &mut answers)?,
        _ => {
            let table = table(app, ui, given, &mut answers)?;
            match verb {
                "add-field" => add_field(app, ui, &table, &mut answers)?,
                "rename" => rename(ui, &table, &mut answers)?,
                "rename-field" => rename_field(ui, given, &table, &mut answers)?,
                "drop-field" => drop_field(app, ui, &table, &mut answers)?,
                "change-field" => change_field(app, ui, given, &table, &mut answers)?,
                _ => {}
            }
        }
    }
    Ok(answers)
}

/// The table that was named, or is chosen among all.
pub fn table(app: &App, ui: &mut Ui, given: &Given, answers: &mut Answers) -> Result<Table> {
    if let Some(name) = given.one("table") {
        return tables::find(app, &TableName::parse(name)?);
    }
    let name = pick(ui, "table", &all_tables(app)?)?;
    answers.word(&name);
    tables::find(app, &TableName::parse(&name)?)
}

fn all_tables(app: &App) -> Result<Vec<String>> {
    let names: Vec<String> = tables::list(app)?.iter().map(|overview| overview.table.name.to_string()).collect();
    if names.is_empty() {
        return Err(Error::not_found("there is no table yet").hint("make one with `appctl tables create`"));
    }
    Ok(names)
}

/// One of these.
pub fn pick(ui: &mut Ui, what: &str, items: &[String]) -> Result<String> {
    let place = ui.choose(what, items, &what.to_uppercase())?;
    Ok(items[place].clone())
}

fn create(app: &App, ui: &mut Ui, given: &Given, answers: &mut Answers) -> Result<()> {
    let name = match given.one("table") {
        Some(name) => TableName::parse(name)?,
        None => {
            let name = ui.ask_valid("name of the table", None, "TABLE", TableName::parse)?;
            answers.word(name.as_str());
            name
        }
    };
    let mut fields: Vec<String> = given.all("fields").to_vec();
    if fields.is_empty() {
        let mut taken = Vec::new();
        while let Some(field) = next_field(app, ui, &taken)? {
            answers.word(&field);
            fields.push(field);
            taken = fields.iter().map(|text| text.parse::<FieldSpec>()).collect::<Result<_>>()?;
        }
    }
    let with = if fields.is_empty() { "no field but its id".to_owned() } else { words::names(&fields) };
    answers.agreement(format!("Create table `{name}` with {with}?"));
    Ok(())
}

/// `NAME:TYPE`, or nothing when there shall be no more.
fn next_field(app: &App, ui: &mut Ui, taken: &[FieldSpec]) -> Result<Option<String>> {
    let free = |text: &str| {
        let name = FieldName::parse(text)?;
        match taken.iter().any(|field| *field.name() == name) {
            true => Err(Error::usage(format!("field `{name}` is there already"))),
            false => Ok(name),
        }
    };
    let prompt = if taken.is_empty() { "name of the first field" } else { "name of the next field, or nothing" };
    let name = ui.ask_or_nothing(prompt, "FIELD:TYPE", |text| match text {
        "" => Ok(None),
        text => free(text).map(Some),
    })?;
    name.map(|name| kinds::field(app, ui, &name)).transpose()
}

fn add_field(app: &App, ui: &mut Ui, table: &Table, answers: &mut Answers) -> Result<()> {
    let name = ui.ask_valid("name of the field", None, "FIELD:TYPE", |text| free(table, text))?;
    let field = kinds::field(app, ui, &name)?;
    answers.agreement(format!("Add `{field}` to table `{}`?", table.name));
    answers.word(field);
    Ok(())
}

fn free(table: &Table, text: &str) -> Result<FieldName> {
    let name = FieldName::parse(text)?;
    match table.field(text).is_some() || table.computed(text).is_some() {
        true => Err(Error::usage(format!("table `{}` has a field `{name}` already", table.name))),
        false => Ok(name),
    }
}

fn rename(ui: &mut Ui, table: &Table, answers: &mut Answers) -> Result<()> {
    let name = ui.ask_valid("new name of the table", None, "NEW_NAME", TableName::parse)?;
    answers.agreement(format!("Rename table `{}` to `{name}`?", table.name));
    answers.word(name.as_str());
    Ok(())
}

/// The field that was named, or is chosen among the table's.
fn field(ui: &mut Ui, given: &Given, table: &Table, answers: &mut Answers) -> Result<String> {
    if let Some(name) = given.one("field") {
        return Ok(name.to_owned());
    }
    let name = pick(ui, "field", &all_fields(table))?;
    answers.word(&name);
    Ok(name)
}

fn all_fields(table: &Table) -> Vec<String> {
    let stored = table.fields.iter().map(|field| field.name.to_string());
    stored.chain(table.computed.iter().map(|field| field.name.to_string())).collect()
}

fn rename_field(ui: &mut Ui, given: &Given, table: &Table, answers: &mut Answers) -> Result<()> {
    let field = field(ui, given, table, answers)?;
    let name = ui.ask_valid("new name of the field", None, "NEW_NAME", |text| free(table, text))?;
    answers.agreement(format!("Rename field `{field}` of table `{}` to `{name}`?", table.name));
    answers.word(name.as_str());
    Ok(())
}

fn drop(app: &App, ui: &mut Ui, answers: &mut Answers) -> Result<()> {
    let names = all_tables(app)?;
    let chosen = ui.choose_many("tables to drop", &names, &vec![false; names.len()], "TABLE")?;
    if chosen.is_empty() {
        return Err(Error::new(crate::base::Kind::Interrupted, "no table was chosen"));
    }
    // The command itself says how many records go, and asks.
    chosen.into_iter().for_each(|place| answers.word(&names[place]));
    Ok(())
}

fn drop_field(app: &App, ui: &mut Ui, table: &Table, answers: &mut Answers) -> Result<()> {
    let name = pick(ui, "field to drop", &all_fields(table))?;
    let (_, values) = tables::droppable_field(app, &table.name, &FieldName::parse(&name)?)?;
    // Where there are values the command itself asks.
    if values == 0 {
        answers.agreement(format!("Drop field `{name}` of table `{}`?", table.name));
    }
    answers.word(name);
    Ok(())
}

fn change_field(app: &App, ui: &mut Ui, given: &Given, table: &Table, answers: &mut Answers) -> Result<()> {
    let name = match given.one("field") {
        Some(text) => tables::named(text)?.0.to_string(),
        None => pick(ui, "field", &all_fields(table))?,
    };
    let mut word = kinds::written(&name, None);
    if !changes(given) {
        let becomes = change(app, ui, table, &name, &mut word, answers)?;
        answers.agreement(format!("Make field `{name}` of table `{}` {becomes}?", table.name));
    }
    match given.one("field") {
        Some(text) if text != word => answers.instead(text, word),
        Some(_) => {}
        None => answers.word(word),
    }
    Ok(())
}

/// What a field shall become, in words; the type goes into its word.
fn change(
    app: &App,
    ui: &mut Ui,
    table: &Table,
    name: &str,
    word: &mut String,
    answers: &mut Answers,
) -> Result<String> {
    let mut ways: Vec<(String, Option<&str>)> = vec![("of another type".to_owned(), None)];
    let Some(field) = table.field(name) else {
        let kind = kinds::kind(app, ui, Family::Computed)?;
        *word = kinds::written(name, Some(&kind));
        return Ok(kind);
    };
    let rule = |on: bool, yes: &'static str, no: &'static str| if on { no } else { yes };
    for (option, said) in [
        (rule(field.required, "--required", "--optional"), rule(field.required, "required", "optional")),
        (rule(field.unique, "--unique", "--no-unique"), rule(field.unique, "unique", "not unique")),
    ] {
        ways.push((said.to_owned(), Some(option)));
    }
    let is_relation = matches!(field.field_type, FieldType::Relation { .. });
    if is_relation {
        ways.push(("another thing when its record is deleted".to_owned(), Some("--on-delete")));
    }
    let items: Vec<String> = ways.iter().map(|(said, _)| said.clone()).collect();
    let (said, option) = ways.swap_remove(ui.choose(&format!("make `{name}`"), &items, "FIELD:TYPE")?);
    match option {
        None => {
            let kind = kinds::kind(app, ui, Family::Stored)?;
            *word = kinds::written(name, Some(&kind));
            return Ok(kind);
        }
        Some("--on-delete") => {
            let chosen = pick(ui, "when its record is deleted", &OnDelete::ALL.map(|way| way.word().to_owned()))?;
            answers.option("--on-delete");
            answers.option(&chosen);
            return Ok(format!("a relation with `{chosen}`"));
        }
        Some(option) => answers.option(option),
    }
    Ok(said)
}

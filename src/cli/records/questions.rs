//! The questions of `appctl records`, a verb at a time.

use crate::app::App;
use crate::base::{Error, Field, FieldType, Kind, Result, Table, TableName};
use crate::cli::questions::{Answers, Given};
use crate::cli::tables::questions::{pick, table};
use crate::cli::ui::{Ui, words};
use crate::records::{self, Values, given_texts};
use crate::tables;

/// Whether a verb needs more than it was given.
pub fn lacks(verb: &str, given: &Given) -> bool {
    let elsewhere = given.has("filter") || given.has("data") || given.one("words") == Some("-");
    match verb {
        _ if !given.has("table") => true,
        "get" | "history" => !given.has("id"),
        "search" => !given.has("words"),
        "delete" => !given.has("ids") && !elsewhere,
        "create" => !given.has("values") && !elsewhere,
        "update" => !elsewhere && !given.all("words").iter().any(|word| word.contains('=')),
        _ => false,
    }
}

pub fn ask(verb: &str, app: &App, ui: &mut Ui, given: &Given) -> Result<Answers> {
    let mut answers = Answers::default();
    if verb == "import" {
        into(app, ui, &mut answers)?;
        return Ok(answers);
    }
    let table = table(app, ui, given, &mut answers)?;
    // Whether there is something to ask behind the table, once it is known.
    let more = match verb {
        "get" | "history" => !given.has("id"),
        "search" => !given.has("words"),
        "delete" => !given.has("ids") && !given.has("filter"),
        "create" => !given.has("values") && !given.has("data"),
        "update" => !given.has("filter") && !given.has("data"),
        _ => false,
    };
    match verb {
        _ if !more => {}
        "search" => answers.word(ui.ask("what to look for", None, "WORDS")?),
        // What was deleted has a history too.
        "history" => answers.word(ui.ask("id of the record", None, "ID")?),
        "get" | "delete" => answers.word(id(app, ui, &table)?),
        // Into a table that a connection fills nothing is created, which the command says.
        "create" if table.connection.is_some() => {}
        "create" => create(app, ui, &table, &mut answers)?,
        "update" => update(app, ui, given, &table, &mut answers)?,
        _ => {}
    }
    Ok(answers)
}

/// The table that a file goes into; the import itself asks for everything else.
fn into(app: &App, ui: &mut Ui, answers: &mut Answers) -> Result<()> {
    let mut items: Vec<String> = vec!["a new table".to_owned()];
    items.extend(tables::list(app)?.iter().map(|overview| overview.table.name.to_string()));
    let place = ui.choose("table", &items, "TABLE")?;
    let name = match place {
        0 => ui.ask_valid("name of the table", None, "TABLE", TableName::parse)?.to_string(),
        place => items.swap_remove(place),
    };
    answers.word(name);
    answers.asks_itself();
    Ok(())
}

/// The id of a record that is there.
fn id(app: &App, ui: &mut Ui, table: &Table) -> Result<String> {
    ui.ask_valid("id of the record", None, "ID", |id| records::get(app, table, id).map(|_| id.to_owned()))
}

fn create(app: &App, ui: &mut Ui, table: &Table, answers: &mut Answers) -> Result<()> {
    let values = Values::of(app, table)?;
    let mut pairs = Vec::new();
    for field in table.fields.iter().filter(|field| is_given(table, field)) {
        let needed = field.required || table.is_key(&field.name);
        pairs.extend(value(ui, &values, field, needed)?);
    }
    answers.agreement(format!("Create a record in `{}` with {}?", table.name, said(&pairs)));
    pairs.into_iter().for_each(|pair| answers.word(pair));
    Ok(())
}

fn update(app: &App, ui: &mut Ui, given: &Given, table: &Table, answers: &mut Answers) -> Result<()> {
    let values = Values::of(app, table)?;
    let mut ids = given.all("words").to_vec();
    if ids.is_empty() {
        ids = vec![id(app, ui, table)?];
        answers.word(&ids[0]);
    }
    let fields: Vec<&Field> = table.fields.iter().filter(|field| is_given(table, field)).collect();
    let names: Vec<String> = fields.iter().map(|field| field.name.to_string()).collect();
    let chosen = ui.choose_many("fields to change", &names, &vec![false; names.len()], "NAME=VALUE")?;
    if chosen.is_empty() {
        return Err(Error::new(Kind::Interrupted, "no field was chosen"));
    }
    let mut pairs = Vec::new();
    for place in chosen {
        let field = fields[place];
        let needed = field.required || table.is_key(&field.name);
        pairs.push(value(ui, &values, field, needed)?.unwrap_or_else(|| format!("{}:=null", field.name)));
    }
    answers.agreement(format!("Change {} of `{}`: {}?", words::names(&ids), table.name, said(&pairs)));
    pairs.into_iter().for_each(|pair| answers.word(pair));
    Ok(())
}

/// Whether a person says what a field holds.
fn is_given(table: &Table, field: &Field) -> bool {
    let handed_out = table.generated_key && table.is_key(&field.name);
    !table.is_locked(field) && !handed_out
}

/// `NAME=VALUE`, or nothing when the field shall be empty.
fn value(ui: &mut Ui, values: &Values<'_>, field: &Field, needed: bool) -> Result<Option<String>> {
    let name = &field.name;
    let options = match &field.field_type {
        FieldType::Select { options } => options.clone(),
        FieldType::Boolean => ["true", "false"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    if !options.is_empty() {
        let none = if needed { Vec::new() } else { vec!["nothing".to_owned()] };
        let items = [none, options].concat();
        let chosen = pick(ui, name.as_str(), &items)?;
        let nothing = !needed && items.first() == Some(&chosen);
        return Ok((!nothing).then(|| format!("{name}={chosen}")));
    }
    let rule = if needed { "" } else { ", or nothing" };
    ui.ask_or_nothing(&format!("{name} ({}{rule})", field.field_type.word()), "NAME=VALUE", |text| {
        if text.is_empty() {
            return if needed { Err(Error::usage(format!("`{name}` is required"))) } else { Ok(None) };
        }
        let pair = format!("{name}={text}");
        given_texts(values, std::slice::from_ref(&pair)).map(|_| Some(pair))
    })
}

fn said(pairs: &[String]) -> String {
    if pairs.is_empty() { "no value".to_owned() } else { words::names(pairs) }
}

//! `appctl connections edit`

use clap_complete::ArgValueCompleter;

use super::choices::{self, Choices, FieldChoice};
use super::show::Shown;
use crate::app::App;
use crate::base::{ConnectionName, Error, Result, Timestamp};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::connections::{self, EditRequest, ObjectRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections edit crm --add-field contacts.lifecyclestage
  appctl connections edit crm --object deals=sales --where deals=\"amount > 100\"
  appctl connections edit crm --remove-object companies")]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    /// Bring this object too, into a table of another name after `=`
    #[arg(long = "object", value_name = "OBJECT[=TABLE]", value_parser = choices::object)]
    objects: Vec<ObjectRequest>,
    /// Stop bringing this object; its table stays, unlocked
    #[arg(long = "remove-object", value_name = "OBJECT", add = ArgValueCompleter::new(complete::objects))]
    remove_objects: Vec<String>,
    /// Bring this column too, into a field of another name after `=`
    #[arg(long = "add-field", visible_alias = "field", value_name = "OBJECT.COLUMN[=FIELD]", value_parser = FieldChoice::parse)]
    add_fields: Vec<FieldChoice>,
    /// Stop bringing this column; its values stay, unlocked
    #[arg(long = "remove-field", value_name = "OBJECT.COLUMN", value_parser = FieldChoice::parse)]
    remove_fields: Vec<FieldChoice>,
    /// Bring only records for which this is true; nothing after `=` takes the filter away
    #[arg(long = "where", value_name = "OBJECT=FILTER", value_parser = choices::of_object)]
    filters: Vec<(String, String)>,
    /// Key columns of a new object, where the source names none
    #[arg(long = "key", value_name = "OBJECT=COLUMN,…", value_parser = choices::of_object)]
    keys: Vec<(String, String)>,
    /// The column of a new object that tells what changed
    #[arg(long = "cursor", value_name = "OBJECT=COLUMN", value_parser = choices::of_object)]
    cursors: Vec<(String, String)>,
    /// Bring only records of new objects that changed at or after this date
    #[arg(long, value_name = "DATE", value_parser = choices::moment)]
    since: Option<Timestamp>,
    /// Change a setting; see `appctl connections sources`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = choices::setting)]
    settings: Vec<(String, String)>,
    /// Bring columns that appear later without being asked
    #[arg(long)]
    auto_fields: bool,
    /// Only offer columns that appear later
    #[arg(long, conflicts_with = "auto_fields")]
    no_auto_fields: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    let name = args.name.clone();
    let connection = connections::find(app, &name)?;
    let known: Vec<String> = connection.objects.iter().map(|config| config.object.clone()).collect();
    let request = request(args, &known)?;
    let connection = connections::edit(app, &name, &request).await?;
    ui.outcome_and(
        &Shown::of(app, &connection)?,
        format!("changed connection `{name}`; the next `appctl connections sync {name}` brings what is new"),
    )
}

fn request(args: Args, known: &[String]) -> Result<EditRequest> {
    let all: Vec<&str> =
        known.iter().map(String::as_str).chain(args.objects.iter().map(|object| object.object.as_str())).collect();
    let split = |choice: &FieldChoice| {
        let (object, column) = choice.split(all.iter().copied());
        (object.to_owned(), column.to_owned())
    };
    let is_new = |object: &str| args.objects.iter().any(|new| new.object == object);
    // What is said about a new object belongs to it; the rest changes what is there.
    let (new_fields, fields): (Vec<FieldChoice>, Vec<FieldChoice>) =
        args.add_fields.iter().cloned().partition(|choice| is_new(&split(choice).0));
    let (new_filters, filters): (Vec<_>, Vec<_>) = args.filters.iter().cloned().partition(|(object, _)| is_new(object));
    if let Some((object, _)) = args.keys.iter().chain(&args.cursors).find(|(object, _)| !is_new(object)) {
        return Err(Error::usage(format!("the key and the cursor of `{object}` are settled when it is added"))
            .hint(format!("take it out with `--remove-object {object}` and add it again")));
    }
    let choices = Choices {
        fields: &new_fields,
        filters: &new_filters,
        keys: &args.keys,
        cursors: &args.cursors,
        since: args.since,
        auto_fields: args.auto_fields,
    };
    let request = EditRequest {
        add_objects: choices.settle(args.objects.clone()),
        remove_objects: args.remove_objects.clone(),
        add_fields: fields.iter().map(|choice| (split(choice).0, split(choice).1, choice.field.clone())).collect(),
        remove_fields: args.remove_fields.iter().map(split).collect(),
        filters,
        schedule: None,
        settings: args.settings.clone(),
        auto_fields: (args.auto_fields || args.no_auto_fields).then_some(args.auto_fields),
    };
    let nothing = request.add_objects.is_empty()
        && request.remove_objects.is_empty()
        && request.add_fields.is_empty()
        && request.remove_fields.is_empty()
        && request.filters.is_empty()
        && request.settings.is_empty()
        && request.auto_fields.is_none();
    if nothing {
        return Err(Error::usage("nothing was said to change").hint("see `appctl connections edit --help`"));
    }
    Ok(request)
}

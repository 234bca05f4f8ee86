//! Making a connection: the account is checked with the provider, the objects are looked at, the mapping is settled, and
//! only then is anything kept.

use std::collections::BTreeMap;

use url::Url;

use super::target::{filter, free_name};
use super::way::Way;
use super::{ColumnConfig, Connection, DOCUMENT, ObjectConfig, Schedule, refuse_taken_table};
use crate::accounts::{self, Account, NewAccount, Seen};
use crate::app::App;
use crate::base::{Budget, ConnectionName, Error, FieldName, Kind, Label, Result, Secret, TableName, Timestamp};
use crate::sources::{self, Access, ObjectSummary, Session, Shape};

/// What a new connection shall be. What is not given is discovered or takes its usual value.
#[derive(Clone, Debug, Default)]
pub struct AddRequest {
    pub source: String,
    /// The source's id when not given
    pub name: Option<ConnectionName>,
    /// An existing account, or what a new one shall be called (the connection's name when not given)
    pub account: Option<Label>,
    /// Of a new account
    pub secret: Option<Secret>,
    /// Of a new account
    pub endpoint: Option<Url>,
    pub settings: BTreeMap<String, String>,
    pub objects: Vec<ObjectRequest>,
    /// Every object that can be synced
    pub all: bool,
    pub schedule: Option<Schedule>,
}

/// One object that shall be brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectRequest {
    pub object: String,
    pub table: Option<TableName>,
    /// Columns to bring, each with the field's name where it shall not be the column's own; all when empty
    pub fields: Vec<(String, Option<FieldName>)>,
    pub filter: Option<String>,
    pub since: Option<Timestamp>,
    /// The columns that tell records apart, where the source does not say
    pub key: Vec<String>,
    pub cursor_column: Option<String>,
    pub auto_fields: bool,
}

impl AddRequest {
    fn connection_name(&self) -> Result<ConnectionName> {
        self.name.clone().map_or_else(|| ConnectionName::parse(&self.source), Ok)
    }

    fn label(&self) -> Result<Label> {
        self.account.clone().map_or_else(|| Label::parse(self.connection_name()?.as_str()), Ok)
    }
}

/// Checks the account with its provider and lists what could be synced; keeps nothing. For a wizard.
pub async fn offer(app: &App, request: &AddRequest) -> Result<(sources::Identity, Vec<ObjectSummary>)> {
    let (_, mut session) = open(app, request).await?;
    Ok((session.identity().await?, session.objects().await?))
}

/// Makes the connection, and its account when that is new: both or neither.
///
/// `Kind::Conflict` for a name or table that is taken, `Kind::SignIn` when the provider refuses the secret,
/// `Kind::NotFound` and `Kind::Denied` for objects that are not there or not readable.
pub async fn add(app: &App, request: &AddRequest) -> Result<Connection> {
    let name = request.connection_name()?;
    refuse_taken_name(app, &name)?;
    let (existing, mut session) = open(app, request).await?;
    let identity = session.identity().await?;
    let source = sources::find(&request.source)?.spec();
    let account = match existing {
        Some(account) => same(account, &identity)?,
        None => accounts::prepare(
            app,
            NewAccount {
                label: request.label()?,
                provider: source.provider.id.to_owned(),
                identity: accounts::Identity { id: identity.id, name: identity.name },
                endpoint: request.endpoint.clone(),
                settings: own_settings(source, &request.settings),
            },
        )?,
    };
    let mut connection = Connection {
        name: name.clone(),
        source: request.source.clone(),
        account: account.label.clone(),
        settings: request.settings.clone(),
        objects: Vec::new(),
        schedule: request.schedule.clone(),
        paused: false,
        created: app.clock.now(),
    };
    for object in wanted(request, session.as_mut()).await? {
        let shape = session.describe(&object.object).await?;
        let config = configure(&object, &shape, session.as_ref())?;
        refuse_taken_table(app, &name, &config.table, &config.object)?;
        if connection.objects.iter().any(|other| other.table == config.table) {
            return Err(Error::new(Kind::Conflict, format!("two objects would fill table `{}`", config.table))
                .hint(format!("name another table: `--object {}=NAME`", config.object)));
        }
        connection.objects.push(config);
    }
    keep(app, &connection, &account, request)?;
    Ok(connection)
}

/// The settings that are the account's own, whoever reads with it.
fn own_settings(source: &sources::Spec, settings: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_own = |key: &String| source.provider.settings.iter().any(|setting| setting.key == key);
    settings.iter().filter(|(key, _)| is_own(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// `Kind::Conflict` when the account that is here turns out to be another one where the request leads.
fn same(account: Account, identity: &sources::Identity) -> Result<Account> {
    if account.identity.id == identity.id || account.identity.id.is_empty() {
        return Ok(account);
    }
    let found = accounts::Identity { id: identity.id.clone(), name: identity.name.clone() };
    Err(accounts::other_identity(&account, &found).hint("give a new account another label with `--account LABEL`"))
}

fn refuse_taken_name(app: &App, name: &ConnectionName) -> Result<()> {
    if app.store.document(DOCUMENT, name.as_str())?.is_some() {
        return Err(Error::new(Kind::Conflict, format!("there is a connection named `{name}` already"))
            .hint("give this one another name with `--name NAME`, or see `appctl connections show`"));
    }
    Ok(())
}

/// The account that is here already and would be used: the one that is named, the one of the connection's own name, or,
/// where the request says nothing of a new one, the provider's only one or its default. `Kind::Usage` with the labels when
/// it could be several.
pub fn account_for(app: &App, request: &AddRequest) -> Result<Option<Account>> {
    let label = request.label()?;
    if let Seen::Account(account) = accounts::look(app, &label)? {
        return Ok(Some(*account));
    }
    let says_something = request.account.is_some()
        || request.secret.is_some()
        || request.endpoint.is_some()
        || app.config.token(&label).is_some();
    if says_something {
        return Ok(None);
    }
    let source = sources::find(&request.source)?.spec();
    match accounts::pick(app, source.provider.id, None) {
        // A password is not tried where the request leads, when that is another place than the account's.
        Ok(account) if own_settings(source, &request.settings).iter().any(|own| is_another(&account, own)) => Ok(None),
        Ok(account) => Ok(Some(account)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_another(account: &Account, (key, value): (&String, &String)) -> bool {
    account.settings.get(key) != Some(value)
}

/// The account's secret goes nowhere but where the account is.
fn refuse_another_place(account: &Account, source: &sources::Spec, settings: &BTreeMap<String, String>) -> Result<()> {
    let own = own_settings(source, settings);
    let Some((key, _)) = own.iter().find(|own| account.settings.contains_key(own.0) && is_another(account, *own))
    else {
        return Ok(());
    };
    let label = &account.label;
    Err(Error::new(Kind::Conflict, format!("account `{label}` has another `{key}`")).hint(format!(
        "leave `--set {key}=…` away to use it, or give a new account another label with `--account LABEL`"
    )))
}

/// Opens the source with the account that is there, or with what the request says of a new one.
async fn open(app: &App, request: &AddRequest) -> Result<(Option<Account>, Box<dyn Session>)> {
    let source = sources::find(&request.source)?;
    let spec = source.spec();
    let existing = account_for(app, request)?;
    let settings = match &existing {
        Some(account) => {
            refuse_another_place(account, spec, &request.settings)?;
            super::settings::with_account(request.settings.clone(), spec, account)
        }
        None => request.settings.clone(),
    };
    check_settings(spec, &settings)?;
    let label = existing.as_ref().map_or_else(|| request.label(), |account| Ok(account.label.clone()))?;
    let provider = spec.provider;
    let (way, endpoint) = match &existing {
        Some(account) => {
            refuse_other_provider(account, spec)?;
            if request.secret.is_some() || request.endpoint.is_some() {
                return Err(Error::new(Kind::Conflict, format!("there is an account labelled `{label}` already"))
                    .hint(
                        "leave the token and the endpoint out to use it, or give a new label with `--account LABEL`",
                    ));
            }
            (Way::of(app, account)?, account.endpoint.clone())
        }
        None => {
            if let Some(endpoint) = &request.endpoint {
                accounts::check_endpoint(endpoint)?;
            }
            let secret = request.secret.clone().or_else(|| app.config.token(&label).cloned());
            if secret.is_none() && !provider.secret_optional {
                return Err(Error::usage(format!("{} needs a {}", spec.title, spec.provider.secret)).hint(format!(
                    "give it with `--token-stdin` or `--token-file FILE`, or set `{}`; make one at {}",
                    accounts::variable(&label),
                    spec.provider.console
                )));
            }
            let site = accounts::Site { endpoint: request.endpoint.clone(), ..accounts::Site::default() };
            (Way::with(provider, secret, &site)?, request.endpoint.clone())
        }
    };
    let access = Access {
        http: app.http.clone(),
        endpoint,
        auth: way.auth,
        secret: way.password,
        settings: super::settings::of_source(&settings),
        clock: app.clock.clone(),
        budget: Budget::unlimited(),
        account: label.to_string(),
    };
    Ok((existing, source.open(access).await?))
}

fn refuse_other_provider(account: &Account, spec: &sources::Spec) -> Result<()> {
    if account.provider == spec.provider.id {
        return Ok(());
    }
    let message =
        format!("account `{}` is one of `{}`, not of `{}`", account.label, account.provider, spec.provider.id);
    Err(Error::usage(message).hint("choose another label with `--account LABEL`"))
}

/// Refuses unknown settings and asks for those that are needed.
pub(super) fn check_settings(spec: &sources::Spec, settings: &BTreeMap<String, String>) -> Result<()> {
    let known = || spec.settings.iter().chain(super::settings::COMMON).map(|setting| setting.key);
    if let Some(key) = settings.keys().find(|key| known().all(|known| known != key.as_str())) {
        let known = known().collect::<Vec<_>>().join(", ");
        return Err(Error::usage(format!("{} has no setting `{key}`", spec.title)).hint(format!("it has {known}")));
    }
    super::settings::check(settings)?;
    let missing = spec.settings.iter().find(|setting| setting.required && !settings.contains_key(setting.key));
    match missing {
        None => Ok(()),
        Some(setting) => {
            Err(Error::usage(format!("{} needs the setting `{}`: {}", spec.title, setting.key, setting.help))
                .hint(format!("add `--set {}=VALUE`", setting.key)))
        }
    }
}

/// The objects asked for; with `all`, every one without a problem.
async fn wanted(request: &AddRequest, session: &mut dyn Session) -> Result<Vec<ObjectRequest>> {
    let mut wanted = request.objects.clone();
    if request.all {
        for object in session.objects().await? {
            if object.problem.is_none() && wanted.iter().all(|other| other.object != object.id) {
                wanted.push(ObjectRequest { object: object.id, ..ObjectRequest::default() });
            }
        }
    }
    if wanted.is_empty() {
        return Err(Error::usage("no object was named").hint("add `--object NAME` for each, or `--all`"));
    }
    Ok(wanted)
}

/// Settles one object's mapping from what was asked and what the source says.
pub(super) fn configure(request: &ObjectRequest, shape: &Shape, session: &dyn Session) -> Result<ObjectConfig> {
    let object = &request.object;
    let key = if request.key.is_empty() { shape.key.clone() } else { request.key.clone() };
    if key.is_empty() {
        return Err(Error::usage(format!("`{object}` has no key that tells its records apart"))
            .hint(format!("name the columns that do: `--key {object}=COLUMN[,COLUMN]`")));
    }
    let mut columns: Vec<ColumnConfig> = Vec::new();
    let chosen = |id: &str| request.fields.iter().find(|(column, _)| column == id);
    let all = request.fields.is_empty();
    for id in key.iter().chain(request.fields.iter().map(|(id, _)| id).filter(|id| !key.contains(id))) {
        if !shape.columns.iter().any(|column| column.id == *id) {
            return Err(no_column(object, id, shape));
        }
    }
    let is_key = |id: &String| key.contains(id);
    let keys = key.iter();
    let others = shape.columns.iter().map(|column| &column.id).filter(|id| !is_key(id));
    for id in keys.chain(others.filter(|id| all || chosen(id).is_some())) {
        let field = match chosen(id) {
            Some((_, Some(field))) => field.clone(),
            _ => free_name(&columns, id)?,
        };
        if columns.iter().any(|line| line.field == field) {
            return Err(Error::new(Kind::Conflict, format!("two columns of `{object}` would fill field `{field}`"))
                .hint(format!("name one of them: `--field {object}.{id}=NAME`")));
        }
        columns.push(ColumnConfig { id: id.clone(), field });
    }
    if let Some(column) = &request.cursor_column
        && !shape.columns.iter().any(|other| other.id == *column)
    {
        return Err(no_column(object, column, shape));
    }
    let left_out = shape.columns.iter().filter(|column| columns.iter().all(|line| line.id != column.id));
    let mut config = ObjectConfig {
        object: object.clone(),
        table: request.table.clone().map_or_else(|| TableName::from_object(object), Ok)?,
        key,
        left_out: left_out.map(|column| column.id.clone()).collect(),
        columns,
        auto_fields: request.auto_fields,
        filter: request.filter.clone(),
        filter_at_source: false,
        since: request.since,
        cursor_column: request.cursor_column.clone().or_else(|| shape.cursors.first().cloned()),
    };
    if let Some(text) = &request.filter {
        let filter = filter(text, &config, shape)?;
        config.filter_at_source = shape.filters && session.pushes(object, &filter);
    }
    Ok(config)
}

fn no_column(object: &str, id: &str, shape: &Shape) -> Error {
    let near = shape
        .columns
        .iter()
        .map(|column| column.id.as_str())
        .max_by(|left, right| strsim::jaro_winkler(left, id).total_cmp(&strsim::jaro_winkler(right, id)));
    let hint = near.map_or("it has no columns".to_owned(), |near| format!("did you mean `{near}`?"));
    Error::not_found(format!("`{object}` has no column `{id}`")).hint(hint)
}

/// Keeps the secret, then the account and the connection in one change; a failure leaves nothing.
fn keep(app: &App, connection: &Connection, account: &Account, request: &AddRequest) -> Result<()> {
    let new = !accounts::list(app)?.iter().any(|other| other.label == account.label);
    if new && let Some(secret) = &request.secret {
        accounts::keep_secret(app, account, secret)?;
    }
    let what = format!("add connection {}", connection.name);
    let kept = app.store.change(&app.person(), &what, |change| {
        if change.document(DOCUMENT, connection.name.as_str())?.is_some() {
            return Err(Error::new(
                Kind::Conflict,
                format!("there is a connection named `{}` already", connection.name),
            ));
        }
        if new {
            accounts::put(change, account)?;
        }
        change.put_document(DOCUMENT, connection.name.as_str(), &connection.body())
    });
    if let Err(error) = kept {
        if new {
            // The first failure is what a person must hear of; a secret that no account names can do nothing.
            let _ = accounts::forget_secret(app, account);
        }
        return Err(error);
    }
    Ok(())
}

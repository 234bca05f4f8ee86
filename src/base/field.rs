//! What a table is made of: fields, their types and the key. How they are stored is the store's business.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::names::{ConnectionName, FieldName, TableName};

/// The type of a field, with the text form its values have in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldType {
    Text,
    LongText,
    /// 64 bits as an integer, anything longer as its digits
    Integer,
    /// An IEEE double; `NaN`, `Infinity` and `-Infinity` as text
    Number,
    /// Exact digits as text: `-12.500`
    Decimal,
    /// A decimal, a space and an ISO 4217 code: `12.50 USD`
    Currency,
    /// 0 or 1
    Boolean,
    /// `2026-11-24`; also `infinity`, `-infinity` and `0044-03-15 BC`
    Date,
    /// RFC 3339 in UTC with the microseconds that came: `2026-11-24T06:00:00.5Z`; also `infinity`, `-infinity`, BC
    #[serde(rename = "datetime")]
    DateTime,
    Select {
        options: Vec<String>,
    },
    /// A JSON array of strings
    MultiSelect {
        options: Vec<String>,
    },
    Email,
    Phone,
    Url,
    /// Verbatim text of a JSON document
    Json,
    /// The key of a record of another table, as text for composite keys
    Relation {
        table: TableName,
        /// What becomes of this field when the record that it points to is deleted
        #[serde(default)]
        on_delete: OnDelete,
    },
    /// A reference to a file: a URL or path
    File,
    Binary,
}

/// What becomes of a relation when the record that it points to is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The record cannot be deleted
    #[default]
    Restrict,
    /// The relation becomes null
    Clear,
    /// The record that points there is deleted too
    Cascade,
}

impl OnDelete {
    pub const ALL: [OnDelete; 3] = [OnDelete::Restrict, OnDelete::Clear, OnDelete::Cascade];

    pub fn word(self) -> &'static str {
        match self {
            OnDelete::Restrict => "restrict",
            OnDelete::Clear => "clear",
            OnDelete::Cascade => "cascade",
        }
    }
}

impl FieldType {
    /// The type's word: `long_text`, `select`.
    pub fn word(&self) -> &'static str {
        match self {
            FieldType::Text => "text",
            FieldType::LongText => "long_text",
            FieldType::Integer => "integer",
            FieldType::Number => "number",
            FieldType::Decimal => "decimal",
            FieldType::Currency => "currency",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::DateTime => "datetime",
            FieldType::Select { .. } => "select",
            FieldType::MultiSelect { .. } => "multi_select",
            FieldType::Email => "email",
            FieldType::Phone => "phone",
            FieldType::Url => "url",
            FieldType::Json => "json",
            FieldType::Relation { .. } => "relation",
            FieldType::File => "file",
            FieldType::Binary => "binary",
        }
    }

    /// Every word that `parse` takes, in the order people should see them.
    pub const WORDS: [&'static str; 18] = [
        "text",
        "long_text",
        "integer",
        "number",
        "decimal",
        "currency",
        "boolean",
        "date",
        "datetime",
        "select",
        "multi_select",
        "email",
        "phone",
        "url",
        "json",
        "relation",
        "file",
        "binary",
    ];

    /// Reads `text`, `select=open,done`, `relation=people` or `relation=people:cascade`.
    pub fn parse(text: &str) -> Result<Self> {
        let (word, detail) = text.split_once('=').map_or((text, None), |(word, detail)| (word, Some(detail)));
        let options = || detail.unwrap_or("").split(',').map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned);
        let plain = |field_type: FieldType| match detail {
            None => Ok(field_type),
            Some(detail) => Err(Error::usage(format!("type `{word}` takes no `={detail}`"))),
        };
        match word {
            "text" => plain(FieldType::Text),
            "long_text" => plain(FieldType::LongText),
            "integer" => plain(FieldType::Integer),
            "number" => plain(FieldType::Number),
            "decimal" => plain(FieldType::Decimal),
            "currency" => plain(FieldType::Currency),
            "boolean" => plain(FieldType::Boolean),
            "date" => plain(FieldType::Date),
            "datetime" => plain(FieldType::DateTime),
            "email" => plain(FieldType::Email),
            "phone" => plain(FieldType::Phone),
            "url" => plain(FieldType::Url),
            "json" => plain(FieldType::Json),
            "file" => plain(FieldType::File),
            "binary" => plain(FieldType::Binary),
            "select" => Ok(FieldType::Select { options: options().collect() }),
            "multi_select" => Ok(FieldType::MultiSelect { options: options().collect() }),
            "relation" => match detail {
                Some(detail) => relation(detail),
                None => Err(Error::usage("a relation names its table: `relation=people`")),
            },
            other => Err(Error::usage(format!("no field type is called `{other}`"))
                .hint(format!("use one of {}", FieldType::WORDS.join(", ")))),
        }
    }
}

/// `people` or `people:cascade`. A table whose own name ends in such a word is named with the word behind it.
fn relation(detail: &str) -> Result<FieldType> {
    let chosen = OnDelete::ALL.into_iter().find_map(|on_delete| {
        let table = detail.strip_suffix(on_delete.word())?.strip_suffix(':')?;
        Some((table, on_delete))
    });
    let (table, on_delete) = chosen.unwrap_or((detail, OnDelete::default()));
    Ok(FieldType::Relation { table: TableName::parse(table)?, on_delete })
}

/// One field of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: FieldName,
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Null is refused
    #[serde(default)]
    pub required: bool,
    /// Two records cannot hold the same value
    #[serde(default)]
    pub unique: bool,
    /// The source's stable id of this field, when a connection fills it; such a field is locked
    #[serde(default)]
    pub source_id: Option<String>,
}

impl Field {
    pub fn new(name: FieldName, field_type: FieldType) -> Self {
        Field { name, field_type, required: false, unique: false, source_id: None }
    }
}

/// A field that is worked out whenever it is read, and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    pub name: FieldName,
    #[serde(flatten)]
    pub how: Compute,
}

/// How a computed field gets its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Compute {
    /// A field of the record that a relation points to: `owner.email`, also through several relations
    Lookup { path: String },
    /// The records of another table whose relation points here, taken together
    Rollup {
        table: TableName,
        /// The relation field of `table` that points here
        relation: FieldName,
        function: RollupFunction,
        /// What is taken together; nothing for `count`
        field: Option<FieldName>,
    },
    /// An expression over the record's own stored fields
    Formula { expression: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollupFunction {
    Count,
    Sum,
    Min,
    Max,
    Avg,
    List,
}

impl RollupFunction {
    pub const ALL: [RollupFunction; 6] = [
        RollupFunction::Count,
        RollupFunction::Sum,
        RollupFunction::Min,
        RollupFunction::Max,
        RollupFunction::Avg,
        RollupFunction::List,
    ];

    pub fn word(self) -> &'static str {
        match self {
            RollupFunction::Count => "count",
            RollupFunction::Sum => "sum",
            RollupFunction::Min => "min",
            RollupFunction::Max => "max",
            RollupFunction::Avg => "avg",
            RollupFunction::List => "list",
        }
    }
}

/// A table: its fields in order, the names of its key fields, and the connection that fills it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: TableName,
    pub fields: Vec<Field>,
    /// At least one, all among `fields`
    pub key: Vec<FieldName>,
    /// The key is a number that the store hands out (a single `integer` key field)
    #[serde(default)]
    pub generated_key: bool,
    /// The connection that fills this table; its mapped fields (`source_id`) and its rows' existence are locked
    #[serde(default)]
    pub connection: Option<ConnectionName>,
    /// What is worked out when a record is read, shown behind the fields
    #[serde(default)]
    pub computed: Vec<Computed>,
}

impl Table {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }

    pub fn computed(&self, name: &str) -> Option<&Computed> {
        self.computed.iter().find(|computed| computed.name.as_str() == name)
    }

    /// The key fields, in the key's order.
    pub fn key_fields(&self) -> impl Iterator<Item = &Field> {
        self.key.iter().map(|name| self.field(name.as_str()).expect("a table's key names its own fields"))
    }

    pub fn is_key(&self, name: &FieldName) -> bool {
        self.key.contains(name)
    }

    /// Whether the connection owns this field's values.
    pub fn is_locked(&self, field: &Field) -> bool {
        self.connection.is_some() && field.source_id.is_some()
    }
}

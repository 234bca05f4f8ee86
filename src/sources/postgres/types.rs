//! What each type of PostgreSQL becomes here, how it is asked for, and how keys of it are ordered and hashed.
//! Types that matter for speed are read in binary; every other is rendered by the server, which knows it best.

use super::ident::quote;
use crate::base::FieldType;

/// How the bytes of one column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decode {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    /// From its text
    Float4,
    Float8,
    Numeric,
    Text,
    Jsonb,
    Bytea,
    Uuid,
    Date,
    Timestamp,
    Timestamptz,
}

/// A column as the catalog describes it.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    /// `format_type`: `numeric(12,2)`, `order_state`
    pub native: String,
    /// The type below all domains
    pub base: u32,
    /// Its name
    pub base_name: String,
    pub is_enum: bool,
    /// Of an enum
    pub options: Vec<String>,
    pub required: bool,
    /// Whether our role may read it
    pub readable: bool,
}

/// How keys of a type can be put in an order that the store has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrder {
    /// By size
    Integer,
    /// By its bytes, which is the order of its text
    Uuid,
    /// By the bytes of its text
    Text,
    /// Not at all
    None,
}

impl Attribute {
    pub fn decode(&self) -> Decode {
        match self.base {
            16 => Decode::Bool,
            17 => Decode::Bytea,
            20 => Decode::Int8,
            21 => Decode::Int2,
            23 => Decode::Int4,
            26 => Decode::Oid,
            700 => Decode::Float4,
            701 => Decode::Float8,
            1082 => Decode::Date,
            1114 => Decode::Timestamp,
            1184 => Decode::Timestamptz,
            1700 => Decode::Numeric,
            2950 => Decode::Uuid,
            3802 => Decode::Jsonb,
            _ => Decode::Text,
        }
    }

    pub fn field_type(&self) -> FieldType {
        match (self.decode(), self.base) {
            (Decode::Bool, _) => FieldType::Boolean,
            (Decode::Int2 | Decode::Int4 | Decode::Int8 | Decode::Oid, _) => FieldType::Integer,
            (Decode::Float4 | Decode::Float8, _) => FieldType::Number,
            (Decode::Numeric, _) => FieldType::Decimal,
            (Decode::Bytea, _) => FieldType::Binary,
            (Decode::Date, _) => FieldType::Date,
            (Decode::Timestamp | Decode::Timestamptz, _) => FieldType::DateTime,
            (Decode::Jsonb, _) | (_, 114) => FieldType::Json,
            _ if self.is_enum => FieldType::Select { options: self.options.clone() },
            _ => FieldType::Text,
        }
    }

    /// The expression to select: the column itself where its binary form is read, else the server's text for it.
    ///
    /// `inet` alone has a cast to text that differs from what is printed (it always adds the length of the network).
    pub fn expression(&self) -> String {
        let column = quote(&self.name);
        match self.base {
            869 => format!("pg_catalog.textin(pg_catalog.inet_out({column}))"),
            700 => format!("{column}::text"),
            _ if self.decode() != Decode::Text || self.is_text_on_the_wire() => column,
            _ => format!("{column}::text"),
        }
    }

    /// Whether its binary form is its text: `name`, `text`, `json`, `bpchar`, `varchar`, enums, `citext`.
    fn is_text_on_the_wire(&self) -> bool {
        matches!(self.base, 19 | 25 | 114 | 1042 | 1043) || self.is_enum || self.base_name == "citext"
    }

    pub fn key_order(&self) -> KeyOrder {
        match self.decode() {
            Decode::Int2 | Decode::Int4 | Decode::Int8 | Decode::Oid => KeyOrder::Integer,
            Decode::Uuid => KeyOrder::Uuid,
            // The server's text is exactly ours.
            Decode::Date | Decode::Numeric => KeyOrder::Text,
            // As text it loses its blanks at the end.
            Decode::Text if self.base == 1042 => KeyOrder::None,
            Decode::Text => KeyOrder::Text,
            _ => KeyOrder::None,
        }
    }

    /// The expression that puts keys into the store's order.
    pub fn order_expression(&self) -> String {
        match self.key_order() {
            KeyOrder::Text => format!("({}::text) COLLATE \"C\"", self.expression()),
            KeyOrder::Integer | KeyOrder::Uuid | KeyOrder::None => quote(&self.name),
        }
    }

    /// An expression of type `bigint` that is different for different keys, on top of the hash of the key's columns
    /// before this one. `hashint8extended` folds its 64 bits into 32, so both halves are hashed.
    pub fn hash_expression(&self, seed: &str) -> String {
        let column = quote(&self.name);
        match self.decode() {
            Decode::Int8 => format!("hashint4extended(({column} >> 32)::int4, hashint8extended({column}, {seed}))"),
            Decode::Int2 | Decode::Int4 | Decode::Oid => format!("hashint8extended({column}::int8, {seed})"),
            Decode::Uuid => format!("uuid_hash_extended({column}, {seed})"),
            _ => format!("hashtextextended(({}::text) COLLATE \"C\", {seed})", self.expression()),
        }
    }

    /// Whether it can say when a row changed.
    pub fn is_time(&self) -> bool {
        matches!(self.decode(), Decode::Date | Decode::Timestamp | Decode::Timestamptz)
    }
}

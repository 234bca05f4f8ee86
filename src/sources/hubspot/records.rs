//! Pages of records, read once: the JSON goes straight into the page's rows, with no tree of values in between.
//!
//! A record that cannot be read (a lone surrogate, a nested value where a string belongs) must not take its page along,
//! so a page that fails is read a second time record by record, and the bad ones are named.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::{Ask, Column, Rejected};
use super::cells;
use super::objects::Crm;
use super::properties::{CREATED, ID, UPDATED};
use crate::base::{FieldType, Rows};

/// What is taken from each record, and into which cell it goes.
pub(super) struct Layout<'c> {
    cells: Vec<(Take, &'c FieldType)>,
    /// The place of each property among the texts of a record
    places: HashMap<String, usize>,
    /// The places of the properties that name merged records
    merged: Vec<usize>,
    /// The properties to ask for
    pub properties: Vec<String>,
}

#[derive(Clone, Copy)]
enum Take {
    Id,
    Created,
    Updated,
    Property(usize),
}

impl<'c> Layout<'c> {
    pub fn new(object: &Crm, columns: &'c [Column]) -> Self {
        let mut layout =
            Layout { cells: Vec::new(), places: HashMap::new(), merged: Vec::new(), properties: Vec::new() };
        for column in columns {
            let take = match column.id.as_str() {
                ID => Take::Id,
                CREATED => Take::Created,
                UPDATED => Take::Updated,
                property => Take::Property(layout.place(property)),
            };
            layout.cells.push((take, &column.field_type));
        }
        layout.merged = object.merged().iter().map(|property| layout.place(property)).collect();
        layout
    }

    /// Nothing but ids.
    pub fn only_ids() -> Self {
        let properties = vec!["hs_object_id".to_owned()];
        Layout { cells: Vec::new(), places: HashMap::new(), merged: Vec::new(), properties }
    }

    fn place(&mut self, property: &str) -> usize {
        if let Some(place) = self.places.get(property) {
            return *place;
        }
        let place = self.properties.len();
        self.places.insert(property.to_owned(), place);
        self.properties.push(property.to_owned());
        place
    }
}

/// One page of records, whole.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub rows: Rows,
    /// The ids of all records of the page in their order, the rejected ones too
    pub ids: Vec<u64>,
    /// Ids that were merged into records of this page
    pub merged: Vec<u64>,
    pub rejected: Vec<Rejected>,
    pub after: Option<String>,
    pub total: Option<u64>,
    /// Ids that a batch could not find
    pub missing: Vec<u64>,
}

impl Records {
    pub fn none(layout: &Layout<'_>) -> Self {
        Records { rows: Rows::new(layout.cells.len()), ..Records::default() }
    }
}

/// Reads a page of a list, a search or a batch.
pub(super) fn read(body: &[u8], layout: &Layout<'_>) -> serde_json::Result<Records> {
    let mut reader = Reader::new(layout);
    let mut json = serde_json::Deserializer::from_slice(body);
    let whole = PageSeed(&mut reader).deserialize(&mut json).and_then(|()| json.end());
    match whole {
        Ok(()) => Ok(reader.records),
        Err(error) => one_by_one(body, layout).map_err(|loose| if loose.is_data() { loose } else { error }),
    }
}

/// The slow way, which puts up with single records that cannot be read.
fn one_by_one(body: &[u8], layout: &Layout<'_>) -> serde_json::Result<Records> {
    #[derive(Deserialize)]
    struct Loose<'a> {
        #[serde(borrow)]
        results: Vec<&'a RawValue>,
        paging: Option<Paging>,
        total: Option<u64>,
        #[serde(default)]
        errors: Vec<BatchError>,
    }
    #[derive(Deserialize)]
    struct OnlyId<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    let page: Loose<'_> = serde_json::from_slice(body)?;
    let mut reader = Reader::new(layout);
    for result in page.results {
        let mut json = serde_json::Deserializer::from_str(result.get());
        let Err(error) = RecordSeed(&mut reader).deserialize(&mut json) else { continue };
        reader.records.rows.drop_unfinished_row();
        // Without an id nobody can tell which record it is, nor go on after it.
        let id = serde_json::from_str::<OnlyId<'_>>(result.get())?.id;
        reader.records.ids.push(number(&id).map_err(serde_json::Error::custom)?);
        reader.records.rejected.push(Rejected { key: id.into_owned(), reason: error.to_string() });
    }
    reader.records.after = page.paging.and_then(Paging::into_after);
    reader.records.total = page.total;
    reader.records.missing = missing(page.errors).map_err(serde_json::Error::custom)?;
    Ok(reader.records)
}

#[derive(Deserialize)]
pub(super) struct Paging {
    next: Option<NextPage>,
}

#[derive(Deserialize)]
struct NextPage {
    after: Option<TextOwned>,
}

/// A text that some versions of the API write as a number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum TextOwned {
    Text(String),
    Number(u64),
}

impl TextOwned {
    pub fn into_string(self) -> String {
        match self {
            TextOwned::Text(text) => text,
            TextOwned::Number(number) => number.to_string(),
        }
    }
}

impl Paging {
    pub fn into_after(self) -> Option<String> {
        self.next?.after.map(TextOwned::into_string)
    }
}

/// A page's request fits the ask's columns, so rows are as wide as the layout.
struct Reader<'de, 'l> {
    layout: &'l Layout<'l>,
    records: Records,
    texts: Vec<Option<Cow<'de, str>>>,
}

impl<'de, 'l> Reader<'de, 'l> {
    fn new(layout: &'l Layout<'l>) -> Self {
        let texts = vec![None; layout.places.len()];
        Reader { layout, records: Records::none(layout), texts }
    }

    fn finish(&mut self, id: &str, created: Option<&str>, updated: Option<&str>) -> Result<(), String> {
        let number = number(id)?;
        for (take, field_type) in &self.layout.cells {
            match take {
                Take::Id => self.records.rows.push_text(id),
                Take::Created => cells::push(&mut self.records.rows, field_type, created),
                Take::Updated => cells::push(&mut self.records.rows, field_type, updated),
                Take::Property(place) => {
                    cells::push(&mut self.records.rows, field_type, self.texts[*place].as_deref());
                }
            }
        }
        for place in &self.layout.merged {
            let ids = self.texts[*place].as_deref().map(merged_ids).into_iter().flatten();
            self.records.merged.extend(ids.filter(|merged| *merged != number));
        }
        self.records.ids.push(number);
        Ok(())
    }
}

/// Record ids are whole numbers at HubSpot, and so they are compared.
fn number(id: &str) -> Result<u64, String> {
    id.parse().map_err(|_| format!("`{}` is no record id", id.escape_debug()))
}

/// `12;34` in `hs_merged_object_ids`, `12:1533...;34:1533...` in a contact's `hs_calculated_merged_vids`.
fn merged_ids(text: &str) -> impl Iterator<Item = u64> {
    text.split(';').filter_map(|part| part.split(':').next()?.trim().parse().ok())
}

struct PageSeed<'r, 'de, 'l>(&'r mut Reader<'de, 'l>);

impl<'de> DeserializeSeed<'de> for PageSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page with `results`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut page: M) -> Result<(), M::Error> {
        let mut found = false;
        while let Some(key) = page.next_key::<Text<'de>>()? {
            match key.0.as_deref().unwrap_or_default() {
                "results" => {
                    found = true;
                    page.next_value_seed(ResultsSeed(self.0))?;
                }
                "paging" => self.0.records.after = page.next_value::<Option<Paging>>()?.and_then(Paging::into_after),
                "total" => self.0.records.total = page.next_value()?,
                "errors" => self.0.records.missing = missing(page.next_value()?).map_err(M::Error::custom)?,
                _ => drop(page.next_value::<IgnoredAny>()?),
            }
        }
        if found { Ok(()) } else { Err(M::Error::missing_field("results")) }
    }
}

#[derive(Deserialize)]
struct BatchError {
    #[serde(default)]
    category: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    context: BatchContext,
}

#[derive(Default, Deserialize)]
struct BatchContext {
    #[serde(default)]
    ids: Vec<String>,
}

/// The ids of a batch that do not exist (any more). Any other error of a batch is a failure of the whole page.
fn missing(errors: Vec<BatchError>) -> Result<Vec<u64>, String> {
    let mut ids = Vec::new();
    for error in errors {
        if error.category != "OBJECT_NOT_FOUND" {
            return Err(format!("the batch failed in part: {} {}", error.category, error.message));
        }
        ids.extend(error.context.ids.iter().filter_map(|id| id.parse::<u64>().ok()));
    }
    Ok(ids)
}

struct ResultsSeed<'r, 'de, 'l>(&'r mut Reader<'de, 'l>);

impl<'de> DeserializeSeed<'de> for ResultsSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ResultsSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut results: S) -> Result<(), S::Error> {
        while results.next_element_seed(RecordSeed(self.0))?.is_some() {}
        Ok(())
    }
}

struct RecordSeed<'r, 'de, 'l>(&'r mut Reader<'de, 'l>);

impl<'de> DeserializeSeed<'de> for RecordSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut record: M) -> Result<(), M::Error> {
        let (mut id, mut created, mut updated) = (None, None, None);
        self.0.texts.fill(None);
        while let Some(key) = record.next_key::<Text<'de>>()? {
            match key.0.as_deref().unwrap_or_default() {
                "id" => id = record.next_value::<Text<'de>>()?.0,
                CREATED => created = record.next_value::<Text<'de>>()?.0,
                UPDATED => updated = record.next_value::<Text<'de>>()?.0,
                "properties" => record.next_value_seed(PropertiesSeed(self.0))?,
                _ => drop(record.next_value::<IgnoredAny>()?),
            }
        }
        let id = id.ok_or_else(|| M::Error::missing_field("id"))?;
        self.0.finish(&id, created.as_deref(), updated.as_deref()).map_err(M::Error::custom)
    }
}

struct PropertiesSeed<'r, 'de, 'l>(&'r mut Reader<'de, 'l>);

impl<'de> DeserializeSeed<'de> for PropertiesSeed<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PropertiesSeed<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut properties: M) -> Result<(), M::Error> {
        while let Some(key) = properties.next_key::<Text<'de>>()? {
            let place = key.0.as_deref().and_then(|name| self.0.layout.places.get(name));
            match place {
                Some(place) => self.0.texts[*place] = properties.next_value::<Text<'de>>()?.0,
                None => drop(properties.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A string, borrowed where it has no escapes. Numbers and truths, which HubSpot documents as strings, are put up with.
#[derive(Default)]
struct Text<'de>(Option<Cow<'de, str>>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text))))
            }
            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text(None))
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(truth.to_string()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
        }
        json.deserialize_any(TextVisitor)
    }
}

/// Checks that an ask is one that this source's shapes lead to: the id first, and alone, in the key.
pub(super) fn is_keyed_by_id(ask: &Ask<'_>) -> bool {
    ask.key_len == 1 && ask.columns.first().is_some_and(|column| column.id == ID)
}

#[cfg(test)]
mod tests {
    use super::super::properties::column;
    use super::*;

    fn read(body: &[u8], properties: &[&str]) -> serde_json::Result<Records> {
        let contacts = Crm::from(&super::super::objects::STANDARD[0]);
        let mut columns = vec![column(ID, "", FieldType::Text, "", true)];
        columns.extend(properties.iter().map(|name| column(name, "", FieldType::Text, "", false)));
        super::read(body, &Layout::new(&contacts, &columns))
    }

    fn shown(records: &Records) -> Vec<String> {
        records.rows.iter().map(|row| row.map(|cell| format!("{cell:?}")).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_page_is_read_with_its_paging_and_its_merges() {
        let body = br#"{"total":7,"results":[{"id":"5","properties":{"b":"x\u00e9","a":null,"other":"-",
            "hs_merged_object_ids":"3;4","hs_calculated_merged_vids":"4:1533;5:1534"},"archived":false}],
            "paging":{"next":{"after":"6","link":"http://elsewhere"}}}"#;
        let records = read(body, &["a", "b"]).unwrap();
        assert_eq!(shown(&records), [r#"Text("5") Null Text("xé")"#]);
        assert_eq!((records.ids, records.merged), (vec![5], vec![3, 4, 4]));
        assert_eq!((records.after.as_deref(), records.total), (Some("6"), Some(7)));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_named_and_the_others_stay() {
        for bad in [r#""\ud800""#, r#"{"nested":1}"#, "[1]", "1e400"] {
            let body = format!(
                r#"{{"results":[{{"id":"1","properties":{{"a":"x"}}}},{{"id":"2","properties":{{"a":{bad}}}}},
                {{"id":"3","properties":{{"a":"y"}}}}]}}"#
            );
            let records = read(body.as_bytes(), &["a"]).unwrap_or_else(|error| panic!("{bad}: {error}"));
            assert_eq!(shown(&records), [r#"Text("1") Text("x")"#, r#"Text("3") Text("y")"#], "{bad}");
            assert_eq!(records.ids, [1, 2, 3], "{bad}");
            assert_eq!(records.rejected[0].key, "2", "{bad}");
        }
    }

    #[test]
    fn half_a_page_is_no_page() {
        let body = br#"{"results":[{"id":"1","properties":{"a":"x"}},{"id":"2","properties":{"a":"y"}}]}"#;
        for end in 0..body.len() {
            assert!(read(&body[..end], &["a"]).is_err(), "{end} bytes");
        }
        assert!(read(br#"{"results":[]}"#, &["a"]).unwrap().ids.is_empty());
        assert!(read(br#"{"total":0}"#, &["a"]).is_err());
        assert!(read(br#"{"results":[{"properties":{}}]}"#, &["a"]).is_err());
    }

    #[test]
    fn a_batch_names_what_it_did_not_find() {
        let body = br#"{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error",
            "category":"OBJECT_NOT_FOUND","message":"Could not get some objects","context":{"ids":["8","9"]}}]}"#;
        assert_eq!(read(body, &["a"]).unwrap().missing, [8, 9]);
        let body = br#"{"results":[],"errors":[{"category":"INTERNAL","message":"oops"}]}"#;
        assert!(read(body, &["a"]).is_err());
    }
}

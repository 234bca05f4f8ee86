//! Keeping documents of appctl's own (connections, accounts), each with what was there before.

use rusqlite::params;
use serde_json::Value as Json;

use super::Change;
use crate::base::Result;
use crate::store::schema;

impl Change<'_> {
    /// Keeps a document of appctl's own (a connection, an account) under this kind and name.
    pub fn put_document(&mut self, kind: &str, name: &str, body: &Json) -> Result<()> {
        let before = schema::document(self.connection, kind, name)?;
        if before.as_ref() == Some(body) {
            return Ok(());
        }
        let sql = "INSERT INTO _appctl_documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
        self.connection.prepare_cached(sql)?.execute(params![kind, name, body.to_string()])?;
        self.note(DOCUMENTS, &document_key(kind, name), "document", Some(before.unwrap_or(Json::Null)))
    }

    /// Forgets a document. False when there is none.
    pub fn delete_document(&mut self, kind: &str, name: &str) -> Result<bool> {
        let Some(before) = schema::document(self.connection, kind, name)? else { return Ok(false) };
        self.connection.execute("DELETE FROM _appctl_documents WHERE kind = ? AND name = ?", [kind, name])?;
        self.note(DOCUMENTS, &document_key(kind, name), "document", Some(before))?;
        Ok(true)
    }

    pub fn document(&self, kind: &str, name: &str) -> Result<Option<Json>> {
        schema::document(self.connection, kind, name)
    }

    pub fn documents(&self, kind: &str) -> Result<Vec<(String, Json)>> {
        schema::documents(self.connection, kind)
    }
}

/// The name under which changes of documents are recorded.
pub(in crate::store) const DOCUMENTS: &str = "_appctl_documents";

pub(in crate::store) fn document_key(kind: &str, name: &str) -> String {
    serde_json::json!([kind, name]).to_string()
}

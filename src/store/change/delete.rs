//! Removing records, and what becomes of the records that point to them: the relation says whether they hold the record,
//! let go of it, or go with it.

use std::rc::Rc;

use super::found::Found;
use super::pointing::{Pointer, Pointers};
use super::rows::by_key;
use super::{Change, image, key_text};
use crate::base::{Error, Kind, OnDelete, Result, Table, Value, record_id};
use crate::store::sql::{self, quote};

/// What a delete did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Of the records that were named
    pub records: u64,
    /// Records that went because they pointed to one that went
    pub cascaded: u64,
    /// Records that pointed to one that went, and no longer do
    pub cleared: u64,
}

/// Who deletes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Somebody,
    /// A run: what left the source is gone whatever points to it
    Run,
}

/// What becomes of a record that points to one that goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Holds,
    Dangles,
    LetsGo,
    Goes,
}

impl Pointer {
    fn fate(&self, by: By) -> Fate {
        let kept = match by {
            By::Somebody => Fate::Holds,
            By::Run => Fate::Dangles,
        };
        let synced = self.table.connection.is_some();
        let clear = if self.field.required || self.table.is_key(&self.field.name) { kept } else { Fate::LetsGo };
        match self.on_delete {
            // What a connection fills is the connection's: its relations and its records come and go there.
            _ if self.table.is_locked(&self.field) => kept,
            OnDelete::Restrict => kept,
            OnDelete::Clear => clear,
            OnDelete::Cascade if !synced => Fate::Goes,
            OnDelete::Cascade if by == By::Run => clear,
            OnDelete::Cascade => kept,
        }
    }
}

/// A record that went, with the relations that may point to it.
struct Gone {
    pointers: Rc<Pointers>,
    held: Value,
}

impl Change<'_> {
    /// Removes a record as `delete_all` does. False when there is none.
    pub fn delete(&mut self, table: &Table, key: &[Value]) -> Result<bool> {
        Ok(self.delete_all(table, &[key.to_vec()])?.records > 0)
    }

    /// Removes records and does with those that point to them what their relations say. Keys without a record are skipped.
    ///
    /// `Kind::Conflict` naming the records that hold one of them; the operation must then be given up.
    pub fn delete_all(&mut self, table: &Table, keys: &[Vec<Value>]) -> Result<Removed> {
        self.delete_by(By::Somebody, table, keys)
    }

    /// Removes a record that left its source. A relation that would hold it points to nothing from now on.
    pub(in crate::store) fn delete_synced(&mut self, table: &Table, key: &[Value]) -> Result<bool> {
        Ok(self.delete_by(By::Run, table, &[key.to_vec()])?.records > 0)
    }

    fn delete_by(&mut self, by: By, table: &Table, keys: &[Vec<Value>]) -> Result<Removed> {
        let mut removed = Removed::default();
        let mut gone = Vec::new();
        let pointers = self.pointers(&table.name)?;
        for key in keys {
            if self.remove(table, key)? {
                removed.records += 1;
                if !pointers.fields.is_empty() {
                    gone.push(Gone { pointers: Rc::clone(&pointers), held: record_id::reference(key) });
                }
            }
        }
        removed.cascaded = self.cascade(by, &mut gone)?;
        removed.cleared = self.let_go(by, &gone)?;
        self.refuse_held(by, &gone)?;
        Ok(removed)
    }

    /// Removes what goes with the records that went, and what goes with those; a circle ends where it began.
    fn cascade(&mut self, by: By, gone: &mut Vec<Gone>) -> Result<u64> {
        let mut cascaded = 0;
        let mut place = 0;
        while let Some(Gone { pointers, held }) = gone.get(place) {
            let (pointers, held) = (Rc::clone(pointers), held.clone());
            for pointer in pointers.fields.iter().filter(|pointer| pointer.fate(by) == Fate::Goes) {
                let further = self.pointers(&pointer.table.name)?;
                for key in self.holding(&pointer.table, &pointer.field, &held, u32::MAX)? {
                    if self.remove(&pointer.table, &key)? {
                        cascaded += 1;
                        gone.push(Gone { pointers: Rc::clone(&further), held: record_id::reference(&key) });
                    }
                }
            }
            place += 1;
        }
        Ok(cascaded)
    }

    fn let_go(&mut self, by: By, gone: &[Gone]) -> Result<u64> {
        let mut cleared = 0;
        for Gone { pointers, held } in gone {
            for pointer in pointers.fields.iter().filter(|pointer| pointer.fate(by) == Fate::LetsGo) {
                for key in self.holding(&pointer.table, &pointer.field, held, u32::MAX)? {
                    self.update(&pointer.table, &key, &[(pointer.field.name.clone(), Value::Null)])?;
                    cleared += 1;
                }
            }
        }
        Ok(cleared)
    }

    /// Everything that goes is gone: whatever still points to it holds it.
    fn refuse_held(&mut self, by: By, gone: &[Gone]) -> Result<()> {
        let mut found = Found::default();
        for Gone { pointers, held } in gone {
            for pointer in pointers.fields.iter().filter(|pointer| pointer.fate(by) == Fate::Holds) {
                found.add(
                    &self.holding(&pointer.table, &pointer.field, held, found.room())?,
                    pointer,
                    &pointers.to,
                    held,
                );
            }
            if found.room() == 0 {
                break;
            }
        }
        let Some(table) = found.tables.first() else { return Ok(()) };
        Err(Error::new(Kind::Conflict, format!("records that others point to cannot be deleted: {}", found.shown()))
            .hint(format!(
                "delete or change those first, see `appctl records list {}`; nothing was changed",
                table.shell()
            )))
    }

    /// Removes a record and nothing else, whatever points to it. False when there is none.
    pub(in crate::store) fn remove(&mut self, table: &Table, key: &[Value]) -> Result<bool> {
        let Some(before) = self.get(table, key)? else { return Ok(false) };
        let sql = format!("DELETE FROM {} WHERE {}", quote(table.name.as_str()), by_key(table));
        let mut statement = self.connection.prepare_cached(&sql)?;
        sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
        statement.raw_execute()?;
        self.note(table.name.as_str(), &key_text(key), "delete", Some(image(table, &before)))?;
        self.deleted += 1;
        Ok(true)
    }
}

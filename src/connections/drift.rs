//! What changed in the shape of an object since its mapping was made. Drift is told; no stored value is lost by it.

use serde::{Deserialize, Serialize};

use super::ObjectConfig;
use crate::base::Table;
use crate::sources::{Column, Shape};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Columns that the source did not have when the mapping was made
    pub new: Vec<String>,
    /// Columns of the mapping that the source no longer has; their stored values stay
    pub gone: Vec<String>,
    /// Columns whose type changed, as `name: old → new`
    pub retyped: Vec<String>,
}

impl Drift {
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty() && self.retyped.is_empty()
    }
}

/// Compares the mapping and the stored table with what the source says now.
pub fn drift(config: &ObjectConfig, stored: Option<&Table>, shape: &Shape) -> Drift {
    let known = |column: &&Column| {
        config.columns.iter().any(|mapped| mapped.id == column.id) || config.left_out.contains(&column.id)
    };
    let retyped = shape.columns.iter().filter_map(|column| {
        let line = config.columns.iter().find(|line| line.id == column.id)?;
        let field = stored?.field(line.field.as_str())?;
        let same = field.field_type.word() == column.field_type.word();
        (!same).then(|| format!("{}: {} → {}", line.field, field.field_type.word(), column.field_type.word()))
    });
    let there = |id: &str| shape.columns.iter().any(|column| column.id == id);
    Drift {
        new: shape.columns.iter().filter(|column| !known(column)).map(|column| column.id.clone()).collect(),
        gone: config.columns.iter().filter(|line| !there(&line.id)).map(|line| line.field.to_string()).collect(),
        retyped: retyped.collect(),
    }
}

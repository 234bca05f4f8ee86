//! The first rows of an object as its table would hold them, without storing anything.

use super::find;
use super::target::Target;
use crate::app::App;
use crate::base::{Budget, Cell, ConnectionName, FieldName, FieldType, Result, Value};

/// A few rows of the mapped table.
#[derive(Clone, Debug)]
pub struct Preview {
    pub object: String,
    pub table: String,
    pub fields: Vec<(FieldName, FieldType)>,
    pub rows: Vec<Vec<Value>>,
}

/// Asks for the first page of an object and gives up to `limit` of its rows, mapped and filtered.
pub async fn preview(app: &App, name: &ConnectionName, object: &str, limit: usize) -> Result<Preview> {
    let connection = find(app, name)?;
    let config = connection.object(object)?;
    let mut session = connection.open(app, Budget::unlimited()).await?;
    let shape = session.describe(&config.object).await?;
    let target = Target::new(&connection, config, None, &shape, session.as_ref(), None, true)?;
    let page = session.page(&target.ask(None)).await?;
    let now = app.clock.now();
    let mut rows = Vec::new();
    for index in 0..page.rows.len() {
        let cells: Vec<Cell<'_>> = page.rows.row(index).collect();
        if rows.len() < limit && target.keeps(&cells, now) {
            rows.push(cells[..target.stored].iter().map(|cell| cell.to_value()).collect());
        }
    }
    let types = target.columns[..target.stored].iter().map(|column| column.field_type.clone());
    Ok(Preview {
        object: config.object.clone(),
        table: config.table.to_string(),
        fields: target.fields().into_iter().zip(types).collect(),
        rows,
    })
}

//! Which column goes to which field: as it was said, and else by the names, which may differ in case, spaces and dashes.

use super::Request;
use crate::base::names::closest;
use crate::base::{Error, FieldName, Result, Table};
use crate::records::import::Source;
use crate::tables::no_field;

/// A column of the file and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    pub column: String,
    pub target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The field's place in the table
    Field(usize),
    Ignored,
    /// The field of this name is worked out when it is read
    Computed,
    /// Nobody knows yet
    Nowhere,
}

/// What was said about the columns, by their places.
pub struct Said {
    pub fields: Vec<Option<FieldName>>,
    pub ignored: Vec<bool>,
}

impl Said {
    /// Finds the columns that `--map` and `--ignore` name, by their names or their numbers.
    pub fn of(source: &Source, request: &Request) -> Result<Self> {
        let columns = &source.columns;
        let mut said = Said { fields: vec![None; columns.len()], ignored: vec![false; columns.len()] };
        for (column, field) in &request.map {
            let place = find(source, column)?;
            if said.fields[place].replace(field.clone()).is_some() {
                return Err(Error::usage(format!("column `{column}` is mapped twice")));
            }
        }
        for column in &request.ignore {
            let place = find(source, column)?;
            if said.fields[place].is_some() {
                return Err(Error::usage(format!("column `{column}` is mapped and ignored")));
            }
            said.ignored[place] = true;
        }
        refuse_twins(source, &said)?;
        Ok(said)
    }
}

fn find(source: &Source, name: &str) -> Result<usize> {
    let columns = &source.columns;
    let by_name: Vec<usize> = (0..columns.len()).filter(|place| columns[*place] == name).collect();
    match by_name.as_slice() {
        [only] => return Ok(*only),
        [] => {}
        [first, second, ..] => {
            return Err(Error::usage(format!("columns {} and {} are both called `{name}`", first + 1, second + 1))
                .hint("name them by their numbers"));
        }
    }
    if let Some(place) =
        name.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|place| *place < columns.len())
    {
        return Ok(place);
    }
    let error = Error::not_found(format!("`{}` has no column `{name}`", source.name));
    Err(match closest(name, columns.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("the columns are {}", columns.join(", "))),
    })
}

/// Two columns of one name, or one without a name, are told apart by their numbers.
fn refuse_twins(source: &Source, said: &Said) -> Result<()> {
    let open = |place: &usize| said.fields[*place].is_none() && !said.ignored[*place];
    for place in (0..source.columns.len()).filter(open) {
        let name = &source.columns[place];
        let number = place + 1;
        if name.is_empty() {
            return Err(Error::usage(format!("column {number} of `{}` has no name", source.name)).hint(format!(
                "give it a field with `--map {number}=FIELD`, or leave it out with `--ignore {number}`"
            )));
        }
        if let Some(twin) = (0..place).filter(open).find(|twin| source.columns[*twin] == *name) {
            return Err(Error::usage(format!("the header names `{name}` twice, in columns {} and {number}", twin + 1))
                .hint(format!("tell them apart by their numbers: `--map {number}=FIELD`, or `--ignore {number}`")));
        }
    }
    Ok(())
}

/// Where the columns go in a table that is there.
pub fn to_existing(source: &Source, table: &Table, said: &Said, by_place: bool) -> Result<Vec<Mapped>> {
    let position = |name: &FieldName| table.fields.iter().position(|field| field.name == *name);
    let mut mapped = Vec::new();
    for (place, column) in source.columns.iter().enumerate() {
        let target = match (&said.fields[place], said.ignored[place]) {
            (_, true) => Target::Ignored,
            (Some(name), _) if table.computed(name.as_str()).is_some() => {
                return Err(Error::usage(format!(
                    "field `{name}` of table `{}` is worked out and cannot be given",
                    table.name
                ))
                .hint(format!("leave the column out with `--ignore {column}`")));
            }
            (Some(name), _) => Target::Field(position(name).ok_or_else(|| no_field(table, name.as_str()))?),
            (None, _) if by_place => by_number(table, place, source.columns.len()),
            (None, _) => guess(table, column),
        };
        mapped.push(Mapped { column: column.clone(), target });
    }
    Ok(mapped)
}

/// The field of a table that a column is for, by its name: as it is, in other case, or without everything but letters and
/// digits. A name that fits two fields fits none.
pub fn guess(table: &Table, column: &str) -> Target {
    let names: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
    let computed: Vec<&str> = table.computed.iter().map(|computed| computed.name.as_str()).collect();
    let fits: [&dyn Fn(&str) -> bool; 3] =
        [&|name| name == column, &|name| name.to_lowercase() == column.to_lowercase(), &|name| {
            plain(name) == plain(column) && !plain(name).is_empty()
        }];
    for fit in fits {
        let found: Vec<usize> = (0..names.len()).filter(|place| fit(names[*place])).collect();
        match found.as_slice() {
            [only] => return Target::Field(*only),
            [] if computed.iter().any(|name| fit(name)) => return Target::Computed,
            [] => {}
            _ => return Target::Nowhere,
        }
    }
    Target::Nowhere
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Without a header: all fields in order, or all but the number that records get.
fn by_number(table: &Table, place: usize, width: usize) -> Target {
    let given: Vec<usize> = (0..table.fields.len())
        .filter(|place| {
            width == table.fields.len() || !(table.generated_key && table.is_key(&table.fields[*place].name))
        })
        .collect();
    if given.len() == width { Target::Field(given[place]) } else { Target::Nowhere }
}

/// The name of a new table's field: the column's own where it is a word, else a word made of it.
pub fn new_name(column: &str, numbered: bool) -> Result<FieldName> {
    let is_word = column.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    match FieldName::parse(column) {
        Ok(_) if numbered => FieldName::parse(&format!("column_{column}")),
        Ok(name) if is_word => Ok(name),
        _ => FieldName::from_source(column),
    }
}

/// Every column goes somewhere, and no two to the same field.
pub fn check(source: &Source, table: &Table, mapped: &[Mapped]) -> Result<()> {
    let lost: Vec<&str> =
        mapped.iter().filter(|one| one.target == Target::Nowhere).map(|one| one.column.as_str()).collect();
    if let Some(first) = lost.first() {
        let quoted: Vec<String> = lost.iter().map(|name| format!("`{name}`")).collect();
        let (what, names) = (if lost.len() == 1 { "column" } else { "columns" }, quoted.join(", "));
        return Err(Error::usage(format!(
            "no field of table `{}` is for {what} {names} of `{}`",
            table.name, source.name
        ))
        .hint(format!("say where it goes with `--map '{first}=FIELD'`, or leave it out with `--ignore '{first}'`")));
    }
    for (place, one) in mapped.iter().enumerate() {
        let same = |other: &&Mapped| matches!(one.target, Target::Field(_)) && other.target == one.target;
        if let (Some(twin), Target::Field(field)) = (mapped[..place].iter().find(same), one.target) {
            let name = &table.fields[field].name;
            return Err(Error::usage(format!(
                "columns `{}` and `{}` both go to field `{name}`",
                twin.column, one.column
            ))
            .hint(format!("leave one of them out with `--ignore '{}'`", one.column)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Field, FieldType, TableName};

    #[test]
    fn names_that_differ_in_case_spaces_and_dashes_are_the_same() {
        let field = |name: &str| Field::new(FieldName::parse(name).expect("a name"), FieldType::Text);
        let table = Table {
            name: TableName::parse("t").expect("a name"),
            fields: ["id", "email", "first_name", "Größe", "a_b", "a-b"].map(field).into(),
            key: vec![FieldName::parse("id").expect("a name")],
            generated_key: true,
            connection: None,
            computed: Vec::new(),
        };
        for (column, place) in
            [("E-mail", 1), ("EMAIL", 1), ("First Name", 2), ("GRÖSSE", 9), ("größe", 3), ("a_b", 4), ("a-b", 5)]
        {
            let expected = if place < 9 { Target::Field(place) } else { Target::Nowhere };
            assert_eq!(guess(&table, column), expected, "{column}");
        }
        assert_eq!(guess(&table, "A B"), Target::Nowhere, "it fits two");
    }
}

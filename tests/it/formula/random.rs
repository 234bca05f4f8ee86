//! Random formulas that fit a table of all types, each with the same thing said to PostgreSQL, and random records for it.

use appctl::base::{Field, FieldName, FieldType, Table, TableName, Value};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// What a random formula gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Integer,
    Decimal,
    Number,
    Currency,
    Boolean,
    Text,
    Date,
    DateTime,
}

/// Sorts that PostgreSQL has under the same rules.
pub const SHARED: [Sort; 6] = [Sort::Integer, Sort::Decimal, Sort::Boolean, Sort::Text, Sort::Date, Sort::DateTime];

pub const ALL: [Sort; 8] =
    [Sort::Integer, Sort::Decimal, Sort::Number, Sort::Currency, Sort::Boolean, Sort::Text, Sort::Date, Sort::DateTime];

/// The fields of each sort, with their types and PostgreSQL's.
pub const FIELDS: [(&str, Sort, &str); 16] = [
    ("i1", Sort::Integer, "numeric"),
    ("i2", Sort::Integer, "numeric"),
    ("d1", Sort::Decimal, "numeric"),
    ("d2", Sort::Decimal, "numeric"),
    ("n1", Sort::Number, "text"),
    ("n2", Sort::Number, "text"),
    ("c1", Sort::Currency, "text"),
    ("c2", Sort::Currency, "text"),
    ("b1", Sort::Boolean, "boolean"),
    ("b2", Sort::Boolean, "boolean"),
    ("t1", Sort::Text, "text COLLATE \"C\""),
    ("t2", Sort::Text, "text COLLATE \"C\""),
    ("day1", Sort::Date, "date"),
    ("day2", Sort::Date, "date"),
    ("at1", Sort::DateTime, "timestamp"),
    ("at2", Sort::DateTime, "timestamp"),
];

pub fn table() -> Table {
    let name = |text: &str| FieldName::parse(text).expect("a name");
    let mut fields = vec![Field::new(name("id"), FieldType::Integer)];
    fields.extend(FIELDS.iter().map(|(field, sort, _)| Field::new(name(field), field_type(*sort))));
    Table {
        name: TableName::parse("all types").expect("a name"),
        fields,
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    }
}

pub fn field_type(sort: Sort) -> FieldType {
    match sort {
        Sort::Integer => FieldType::Integer,
        Sort::Decimal => FieldType::Decimal,
        Sort::Number => FieldType::Number,
        Sort::Currency => FieldType::Currency,
        Sort::Boolean => FieldType::Boolean,
        Sort::Text => FieldType::Text,
        Sort::Date => FieldType::Date,
        Sort::DateTime => FieldType::DateTime,
    }
}

pub fn samples(sort: Sort) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect::<Vec<_>>();
    match sort {
        Sort::Integer => {
            let mut all: Vec<Value> = [0, -1, 2, 7, 1 << 53, i64::MAX, i64::MIN].map(Value::Integer).into();
            all.extend(texts(&["9223372036854775808", "-99999999999999999999"]));
            all
        }
        Sort::Decimal => {
            texts(&["0", "-0.50", "7", "7.00", "0.1", "12345678901234567890.12345678901234567890", "NaN", "Infinity"])
        }
        Sort::Number => {
            let mut all: Vec<Value> = [0.0, -0.5, 7.0, 0.1, 1e300, -1e300, 5e-324].map(Value::Real).into();
            all.extend(texts(&["NaN", "Infinity", "-Infinity"]));
            all
        }
        Sort::Currency => texts(&["7 USD", "7.00 USD", "-1 USD", "0 USD", "7 EUR", "12.50 EUR", "NaN USD"]),
        Sort::Boolean => vec![Value::Integer(0), Value::Integer(1)],
        Sort::Text => texts(&["", "a", "A", "ab", " a b ", "%", "a_b", "7", "日本語", "a\\b", "'quoted'", "aaaa"]),
        Sort::Date => texts(&["2026-11-24", "2024-02-29", "2026-01-31", "0044-03-15 BC", "infinity", "-infinity"]),
        Sort::DateTime => texts(&[
            "2026-11-24T00:00:00Z",
            "2026-11-24T06:00:00.5Z",
            "2024-02-29T23:59:59.999999Z",
            "0044-03-15T10:00:00Z BC",
            "infinity",
            "-infinity",
        ]),
    }
}

/// Records whose every field is a sample or null.
pub fn rows(seed: u64, count: usize) -> Vec<Vec<Value>> {
    let mut dice = StdRng::seed_from_u64(seed);
    let row = |id: usize, dice: &mut StdRng| {
        let mut row = vec![Value::Integer(i64::try_from(id).expect("few rows") + 1)];
        row.extend(FIELDS.iter().map(|(_, sort, _)| {
            let samples = samples(*sort);
            if dice.random_range(0..6) == 0 {
                Value::Null
            } else {
                samples[dice.random_range(0..samples.len())].clone()
            }
        }));
        row
    };
    (0..count).map(|id| row(id, &mut dice)).collect()
}

/// A formula, and the same for PostgreSQL.
pub type Pair = (String, String);

pub struct Author {
    dice: StdRng,
    /// Only what PostgreSQL has under the same rules
    shared: bool,
}

impl Author {
    pub fn new(seed: u64, shared: bool) -> Self {
        Author { dice: StdRng::seed_from_u64(seed), shared }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice.random_range(0..sides)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    pub fn any_sort(&mut self) -> Sort {
        if self.shared { self.pick(&SHARED) } else { self.pick(&ALL) }
    }

    fn field(&mut self, sort: Sort) -> Pair {
        let fields: Vec<&str> = FIELDS.iter().filter(|(_, of, _)| *of == sort).map(|(field, _, _)| *field).collect();
        let field = self.pick(&fields).to_owned();
        (field.clone(), field)
    }

    /// A value as both write it.
    fn literal(&mut self, sort: Sort) -> Pair {
        let same = |text: &str, cast: &str| (text.to_owned(), format!("({text}::{cast})"));
        match sort {
            Sort::Integer => same(self.pick(&["0", "1", "2", "3", "10", "9223372036854775807"]), "numeric"),
            Sort::Decimal => same(self.pick(&["0.5", "1.25", "0.001", "100.00", "99999999999.9"]), "numeric"),
            Sort::Boolean => same(self.pick(&["true", "false"]), "boolean"),
            Sort::Text => same(self.pick(&["'a'", "'b'", "''", "' '", "'x''y'", "'日'"]), "text"),
            // A date of its own, and not a text, is what a function gives.
            Sort::Date => {
                let day = self.pick(&["'2026-11-25'", "'2024-02-29'", "'0001-01-01'"]);
                (format!("date({day})"), format!("({day}::date)"))
            }
            Sort::DateTime => ("now()".to_owned(), "('2026-11-24T06:00:00'::timestamp)".to_owned()),
            Sort::Number => {
                let (field, _) = self.field(Sort::Number);
                (format!("({field} * 0.5)"), String::new())
            }
            Sort::Currency => (self.pick(&["(c1 * 2)", "(c2 / 4)", "abs(c1)"]).to_owned(), String::new()),
        }
    }

    /// A formula of this sort, at most so deep.
    pub fn formula(&mut self, sort: Sort, depth: usize) -> Pair {
        if depth == 0 {
            return if self.roll(3) == 0 { self.literal(sort) } else { self.field(sort) };
        }
        let deeper = depth - 1;
        match self.roll(10) {
            0 => {
                let (a, b) = (self.formula(sort, deeper), self.formula(sort, deeper));
                both("coalesce(A, B)", "coalesce(A, B)", &[a, b])
            }
            1 => {
                let (a, b) = (self.formula(sort, deeper), self.formula(sort, deeper));
                both("nullif(A, B)", "nullif(A, B)", &[a, b])
            }
            2 => {
                let (a, b) = (self.formula(sort, deeper), self.formula(sort, deeper));
                let when = self.formula(Sort::Boolean, deeper);
                both("case when A then B else C end", "case when A then B else C end", &[when, a, b])
            }
            3 => {
                let of = self.any_sort();
                let parts = [self.formula(of, deeper), self.formula(of, deeper), self.formula(sort, deeper)];
                both("case A when B then C end", "case A when B then C end", &parts)
            }
            4 if sort != Sort::Boolean => {
                let parts = [self.formula(sort, deeper), self.formula(sort, deeper)];
                let (ours, theirs) = self.pick(&[("min", "least"), ("max", "greatest")]);
                let theirs = format!("case when A is null or B is null then null else {theirs}(A, B) end");
                both(&format!("{ours}(A, B)"), &theirs, &parts)
            }
            _ => self.special(sort, deeper),
        }
    }

    fn special(&mut self, sort: Sort, deeper: usize) -> Pair {
        match sort {
            Sort::Integer => self.integer(deeper),
            Sort::Decimal => self.decimal(deeper),
            Sort::Number => self.number(deeper),
            Sort::Currency => self.currency(deeper),
            Sort::Boolean => self.boolean(deeper),
            Sort::Text => self.text(deeper),
            Sort::Date => self.date(deeper),
            Sort::DateTime => self.datetime(deeper),
        }
    }

    fn integer(&mut self, deeper: usize) -> Pair {
        match self.roll(8) {
            0..4 => self.arithmetic(Sort::Integer, Sort::Integer, deeper),
            4 => {
                let text = self.formula(Sort::Text, deeper);
                both("length(A)", "length(A)::numeric", &[text])
            }
            5 => {
                let part = self.pick(&["year", "month", "day"]);
                let of = self.pick(&[Sort::Date, Sort::DateTime]);
                let time = self.formula(of, deeper);
                let theirs = format!("case when isfinite(A) then extract({part} from A) end");
                both(&format!("{part}(A)"), &theirs, &[time])
            }
            6 => {
                let days = [self.formula(Sort::Date, deeper), self.formula(Sort::Date, deeper)];
                both("(A - B)", "case when isfinite(A) and isfinite(B) then (A - B)::numeric end", &days)
            }
            _ => {
                let number = self.formula(Sort::Integer, deeper);
                let digits = self.pick(&["-2", "-1", "0"]);
                both(&format!("round(A, {digits})"), &format!("round(A, {digits})"), &[number])
            }
        }
    }

    fn decimal(&mut self, deeper: usize) -> Pair {
        match self.roll(6) {
            0..3 => {
                let other = self.pick(&[Sort::Integer, Sort::Decimal]);
                self.arithmetic(Sort::Decimal, other, deeper)
            }
            3 if !self.shared => {
                let of = self.pick(&[Sort::Integer, Sort::Decimal, Sort::Currency]);
                let parts = [self.formula(of, deeper), self.formula(of, deeper)];
                both("(A / B)", "", &parts)
            }
            4 => {
                let number = self.formula(Sort::Decimal, deeper);
                both("round(A)", "round(A)", &[number])
            }
            _ => {
                let number = self.formula(Sort::Decimal, deeper);
                let digits = self.pick(&["-1", "0", "1", "2", "30"]);
                both(&format!("round(A, {digits})"), &format!("round(A, {digits})"), &[number])
            }
        }
    }

    fn arithmetic(&mut self, sort: Sort, other: Sort, deeper: usize) -> Pair {
        let parts = [self.formula(sort, deeper), self.formula(other, deeper)];
        match self.roll(6) {
            0 => both("(A + B)", "(A + B)", &parts),
            1 => both("(A - B)", "(A - B)", &parts),
            2 => both("(A * B)", "(A * B)", &parts),
            3 => both("(A % B)", "(A % nullif(B, 0))", &parts),
            4 => both("-(A)", "-(A)", &parts),
            _ => both("abs(A)", "abs(A)", &parts),
        }
    }

    fn number(&mut self, deeper: usize) -> Pair {
        let other = self.pick(&[Sort::Number, Sort::Integer, Sort::Decimal]);
        let parts = [self.formula(Sort::Number, deeper), self.formula(other, deeper)];
        let form = self.pick(&["(A + B)", "(A - B)", "(A * B)", "(A / B)", "(A % B)", "-(A)", "abs(A)", "round(A, 2)"]);
        both(form, "", &parts)
    }

    fn currency(&mut self, deeper: usize) -> Pair {
        let other = self.pick(&[Sort::Number, Sort::Integer, Sort::Decimal]);
        let parts =
            [self.formula(Sort::Currency, deeper), self.formula(Sort::Currency, deeper), self.formula(other, deeper)];
        let form = self.pick(&["(A + B)", "(A - B)", "(A * C)", "(C * A)", "(A / C)", "-(A)", "abs(A)", "round(A, 1)"]);
        both(form, "", &parts)
    }

    fn boolean(&mut self, deeper: usize) -> Pair {
        let of = self.any_sort();
        match self.roll(8) {
            0 | 1 => {
                let op = self.pick(&["=", "<>", "<", "<=", ">", ">="]);
                let parts = [self.formula(of, deeper), self.formula(of, deeper)];
                let form = format!("(A {op} B)");
                both(&form, &form, &parts)
            }
            2 => {
                let not = self.pick(&["", "not "]);
                let parts = [self.formula(of, deeper), self.formula(of, deeper), self.formula(of, deeper)];
                let form = self.pick(&["(A NOTin (B, C))", "(A NOTbetween B and C)"]).replace("NOT", not);
                both(&form, &form, &parts)
            }
            3 => {
                let part = self.formula(of, deeper);
                let form = self.pick(&["(A is null)", "(A is not null)"]);
                both(form, form, &[part])
            }
            4 => {
                let part = self.formula(Sort::Boolean, deeper);
                let form =
                    self.pick(&["(A is true)", "(A is not true)", "(A is false)", "(A is not false)", "(not A)"]);
                both(form, form, &[part])
            }
            5 => {
                let text = self.formula(Sort::Text, deeper);
                let pattern = self.pick(&["'%'", "'a%'", "'_'", "'%A%'", "'%\\%'", "''"]);
                let not = self.pick(&["", "not "]);
                both(&format!("(A {not}like {pattern})"), &format!("(A {not}ilike {pattern} escape '')"), &[text])
            }
            _ => {
                let parts = [self.formula(Sort::Boolean, deeper), self.formula(Sort::Boolean, deeper)];
                let form = self.pick(&["(A and B)", "(A or B)"]);
                both(form, form, &parts)
            }
        }
    }

    fn text(&mut self, deeper: usize) -> Pair {
        let parts =
            [self.formula(Sort::Text, deeper), self.formula(Sort::Text, deeper), self.formula(Sort::Text, deeper)];
        match self.roll(9) {
            0 => both("(A || B)", "(A || B)", &parts),
            1 => both("concat(A, B, C)", "(concat(A, B, C) COLLATE \"C\")", &parts),
            2 => both("lower(A)", "lower(A)", &parts),
            3 => both("upper(A)", "upper(A)", &parts),
            4 => both("trim(A)", "trim(A)", &parts),
            5 => both("replace(A, B, C)", "replace(A, B, C)", &parts),
            6 => {
                let (from, count) = (self.pick(&["-1", "0", "1", "2"]), self.pick(&["0", "1", "3"]));
                let form = format!("substr(A, {from}, {count})");
                both(&form, &form, &parts)
            }
            7 => both("substr(A, 2)", "substr(A, 2)", &parts),
            _ => {
                let of = self.pick(&[Sort::Integer, Sort::Decimal, Sort::Boolean]);
                let value = self.formula(of, deeper);
                both("(A || B)", "((A)::text || B)", &[value, parts[0].clone()])
            }
        }
    }

    fn interval(&mut self) -> Pair {
        let interval = self.pick(&["1 month", "-13 months", "7 days", "1 year 2 months 3 days", "1 day"]);
        let text = format!("interval '{interval}'");
        (text.clone(), text)
    }

    fn date(&mut self, deeper: usize) -> Pair {
        match self.roll(3) {
            0 => {
                let of = self.pick(&[Sort::Date, Sort::DateTime]);
                let time = self.formula(of, deeper);
                both("date(A)", "(A)::date", &[time])
            }
            1 => {
                let parts = [self.formula(Sort::Date, deeper), self.interval()];
                let form = self.pick(&["(A + B)", "(A - B)"]);
                both(form, &format!("{form}::date"), &parts)
            }
            _ => {
                let parts = [self.formula(Sort::Date, deeper)];
                let form = self.pick(&["(A + 31)", "(A - 400)"]);
                both(form, form, &parts)
            }
        }
    }

    fn datetime(&mut self, deeper: usize) -> Pair {
        let of = self.pick(&[Sort::DateTime, Sort::DateTime, Sort::Date]);
        let time = self.formula(of, deeper);
        let interval = match self.roll(2) {
            0 if of == Sort::DateTime => self.interval(),
            _ => {
                let text = self.pick(&["interval '90 minutes'", "interval '-1 day 250 milliseconds'"]).to_owned();
                (text.clone(), text)
            }
        };
        let form = self.pick(&["(A + B)", "(A - B)"]);
        both(form, form, &[time, interval])
    }
}

/// The forms with their `A`, `B` and `C` filled in.
fn both(ours: &str, theirs: &str, parts: &[Pair]) -> Pair {
    let fill = |form: &str, of: &dyn Fn(&Pair) -> &str| {
        let mut text = String::new();
        let mut letters = form.chars().peekable();
        let mut before = ' ';
        while let Some(letter) = letters.next() {
            let alone = !before.is_alphanumeric()
                && before != '"'
                && before != '\''
                && before != '%'
                && letters.peek().is_none_or(|next| !next.is_alphanumeric() && *next != '%');
            match letter {
                'A'..='C' if alone => {
                    let place = usize::from(letter as u8 - b'A');
                    text.push_str(of(&parts[place]));
                }
                other => text.push(other),
            }
            before = letter;
        }
        text
    };
    (fill(ours, &|pair| &pair.0), fill(theirs, &|pair| &pair.1))
}

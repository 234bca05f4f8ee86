//! `appctl records import` and `export`: files of every form into new, empty and filled tables, and every wrong use.

use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::ods::ods;
use crate::support::synced::synced;

fn with(name: &str, content: impl AsRef<[u8]>) -> Home {
    let home = Home::new();
    write(&home, name, content);
    home
}

fn write(home: &Home, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(home.path().join(name), content).unwrap();
}

const PEOPLE: &str =
    "Name,E-mail,Zip,Since\nAda,ada@example.com,01234,2026-01-02\n\"Bob \"\"B\"\"\",bob@example.com,99999,\n";

#[test]
fn a_new_table_is_made_of_the_file() {
    let home = with("people.csv", PEOPLE);
    assert_data_eq!(
        home.run("records import people people.csv --create"),
        str![[r#"

[status 0]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> Name (text)
  E-mail -> e_mail (text)
  Zip -> Zip (text)
  Since -> Since (date)
imported into new table `people`: 2 new; `appctl undo 1` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  Name     e_mail           Zip    Since
 1  Ada      ada@example.com  01234  2026-01-02
 2  Bob "B"  bob@example.com  99999

"#]]
    );
    assert_data_eq!(
        home.run("tables show people --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","records":2,"key":["id"],"generated_key":true,"connection":null,"fields":[{"name":"id","type":"integer","options":null,"relation":null,"on_delete":null,"required":false,"unique":true,"key":true,"locked":false},{"name":"Name","type":"text","options":null,"relation":null,"on_delete":null,"required":false,"unique":false,"key":false,"locked":false},{"name":"e_mail","type":"text","options":null,"relation":null,"on_delete":null,"required":false,"unique":false,"key":false,"locked":false},{"name":"Zip","type":"text","options":null,"relation":null,"on_delete":null,"required":false,"unique":false,"key":false,"locked":false},{"name":"Since","type":"date","options":null,"relation":null,"on_delete":null,"required":false,"unique":false,"key":false,"locked":false}],"computed":[],"inverse":[]}

"#]]
    );
    assert_data_eq!(
        home.run("log --json --jq '.[] | del(.at)'"),
        str![[r#"

[status 0]
[stdout]
{"operation":1,"undone_by":null,"by":"tester","kind":"person","what":"records import people from people.csv","connection":null,"tables":["people"],"inserted":2,"updated":0,"deleted":0,"undoes":null}

"#]]
    );
    assert_data_eq!(
        home.run("undo 1"),
        str![[r#"

[status 0]
[stderr]
undid operation 1 (`records import people from people.csv`); `appctl undo 2` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 0]
[stderr]
there are no tables yet; make one with `appctl tables create NAME FIELD:TYPE…`

"#]]
    );
    assert_data_eq!(
        home.run("undo 2"),
        str![[r#"

[status 0]
[stderr]
undid operation 2 (`undo 1: records import people from people.csv`); `appctl undo 3` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records count people"),
        str![[r#"

[status 0]
[stdout]
table   records
people        2

"#]]
    );
}

#[test]
fn a_dry_run_says_the_same_and_keeps_nothing() {
    let home = with("people.csv", PEOPLE);
    assert_data_eq!(
        home.run("records import people people.csv --create --dry-run"),
        str![[r#"

[status 0]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> Name (text)
  E-mail -> e_mail (text)
  Zip -> Zip (text)
  Since -> Since (date)
would import into new table `people`: 2 new; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 0]
[stderr]
there are no tables yet; make one with `appctl tables create NAME FIELD:TYPE…`

"#]]
    );
    home.run("tables create people name e_mail:email zip since:date");
    assert_data_eq!(
        home.run("records import people people.csv --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":false,"dry_run":true,"rows":2,"inserted":2,"updated":0,"unchanged":0,"bad":0,"operation":null,"errors":[],"report":null}

"#]]
    );
    home.run("records create people name=Zoe");
    assert_data_eq!(
        home.run("records import people people.csv --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":false,"dry_run":true,"rows":2,"inserted":2,"updated":0,"unchanged":0,"bad":0,"operation":null,"errors":[],"report":null}

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  name  e_mail  zip  since
 1  Zoe

"#]]
    );
    assert_data_eq!(
        home.run("log --json --jq length"),
        str![[r#"

[status 0]
[stdout]
2

"#]]
    );
}

#[test]
fn an_empty_table_is_filled_and_goes_on_counting() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date --unique email");
    home.run("records create people name=Old");
    home.run("records delete people 1 --yes");
    assert_data_eq!(
        home.run("records import people people.csv"),
        str![[r#"

[status 0]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> name
  E-mail -> email
  Zip -> zip
  Since -> since
imported into table `people`: 2 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  name     email            zip    since
 2  Ada      ada@example.com  01234  2026-01-02
 3  Bob "B"  bob@example.com  99999

"#]]
    );
    assert_data_eq!(
        home.run("records create people name=Dup email=ada@example.com"),
        str![[r#"

[status 1]
[stderr]
error: table `people` has a record with `email` = `ada@example.com` already
hint: change the value, or update that record

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`records import people from people.csv`): 2 deleted; `appctl undo 5` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stderr]
no records

"#]]
    );
    assert_data_eq!(
        home.run("undo 5"),
        str![[r#"

[status 0]
[stderr]
undid operation 5 (`undo 4: records import people from people.csv`): 2 new; `appctl undo 6` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 6"),
        str![[r#"

[status 0]
[stderr]
undid operation 6 (`undo 5: undo 4: records import people from people.csv`): 2 deleted; `appctl undo 7` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 7"),
        str![[r#"

[status 0]
[stderr]
undid operation 7 (`undo 6: undo 5: undo 4: records import people from people.csv`): 2 new; `appctl undo 8` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records count people"),
        str![[r#"

[status 0]
[stdout]
table   records
people        2

"#]]
    );
    home.run("records update people 2 zip=7");
    assert_data_eq!(
        home.run("undo 8"),
        str![[r#"

[status 1]
[stderr]
error: operation 8 was built upon later: people 2 (operation 9: records update people)
hint: undo the later operations first; nothing was changed

"#]]
    );
}

#[test]
fn a_key_changes_records_that_are_there_and_adds_the_others() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date");
    home.run("records create people name=Ada email=ada@example.com zip=1 since=2020-01-01");
    home.run("records create people name=Cyd email=cyd@example.com");
    assert_data_eq!(
        home.run("records import people people.csv --key email --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":false,"dry_run":false,"rows":2,"inserted":1,"updated":1,"unchanged":0,"bad":0,"operation":4,"errors":[],"report":null}

"#]]
    );
    assert_data_eq!(
        home.run("records import people people.csv --key email"),
        str![[r#"

[status 0]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> name
  E-mail -> email
  Zip -> zip
  Since -> since
imported into table `people`: 0 new, 2 unchanged

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  name     email            zip    since
 1  Ada      ada@example.com  01234  2026-01-02
 2  Cyd      cyd@example.com
 3  Bob "B"  bob@example.com  99999

"#]]
    );
    write(
        &home,
        "part.jsonl",
        "{\"email\":\"ada@example.com\",\"zip\":\"\"}\n{\"email\":\"cyd@example.com\",\"zip\":null}\n",
    );
    assert_data_eq!(
        home.run("records import people part.jsonl --key email"),
        str![[r#"

[status 0]
[stderr]
`part.jsonl`: jsonl
  email -> email
  zip -> zip
imported into table `people`: 0 new, 1 changed, 1 unchanged; `appctl undo 5` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list people -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,email,zip,since
1,Ada,ada@example.com,"",2026-01-02
2,Cyd,cyd@example.com,,
3,"Bob ""B""",bob@example.com,99999,

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 1]
[stderr]
error: operation 4 was built upon later: people 1 (operation 5: records import people from part.jsonl)
hint: undo the later operations first; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records list people -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,email,zip,since
1,Ada,ada@example.com,"",2026-01-02
2,Cyd,cyd@example.com,,
3,"Bob ""B""",bob@example.com,99999,

"#]]
    );
    // Nothing is left of what made the search for records quick.
    let file = rusqlite::Connection::open(home.path().join("apps/default/app.db")).unwrap();
    let sql = "select count(*) from sqlite_schema where name like '%import%'";
    assert_eq!(file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn without_a_key_rows_are_added_to_a_table_that_has_records() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date --unique email");
    home.run("records create people name=Zoe email=bob@example.com");
    assert_data_eq!(
        home.run("records import people people.csv"),
        str![[r#"

[status 1]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> name
  E-mail -> email
  Zip -> zip
  Since -> since
warning: 1 row cannot be imported
  line 3: table `people` has a record with `email` = `bob@example.com` already
error: 1 of 2 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_data_eq!(
        home.run("records import people people.csv --skip-bad"),
        str![[r#"

[status 7]
[stderr]
`people.csv`: csv, utf-8, columns between commas
  Name -> name
  E-mail -> email
  Zip -> zip
  Since -> since
warning: 1 row cannot be imported
  line 3: table `people` has a record with `email` = `bob@example.com` already
imported into table `people`: 1 new, 1 skipped; `appctl undo 3` takes it back
error: 1 of 2 rows could not be imported and were skipped

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  name  email            zip    since
 1  Zoe   bob@example.com
 2  Ada   ada@example.com  01234  2026-01-02

"#]]
    );
}

#[test]
fn bad_rows_are_listed_written_down_and_skipped_only_when_asked() {
    let home = Home::new();
    home.run("tables create t n:integer! due:date note");
    write(&home, "t.csv", "n,due,note\n1,2026-01-01,\"two\nlines\"\nx,24.12.2026,\n,,\n4\n5,,c,d\n6,,\"a\"b\n7,,=1\n");
    assert_data_eq!(
        home.run("records import t t.csv"),
        str![[r#"

[status 1]
[stderr]
`t.csv`: csv, utf-8, columns between commas
  n -> n
  due -> due
  note -> note
warning: 5 rows cannot be imported
  line 4, `n`: field `n` is of type integer, and `x` is none: write a whole number such as `42`
  line 4, `due`: field `due` is of type date, and `24.12.2026` is none: write a date such as `2026-11-24`
  line 5, `n`: field `n` is required
  line 6: has 1 cell, the header 3
  line 7: has 4 cells, the header 3
  line 8: text stands behind a closing quote
error: 5 of 7 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_data_eq!(
        home.run("records import t t.csv --report bad.csv --json"),
        str![[r#"

[status 1]
[stdout]
{"table":"t","created":false,"dry_run":false,"rows":7,"inserted":0,"updated":0,"unchanged":0,"bad":5,"operation":null,"errors":[{"row":4,"column":"n","value":"x","reason":"field `n` is of type integer, and `x` is none: write a whole number such as `42`"},{"row":4,"column":"due","value":"24.12.2026","reason":"field `due` is of type date, and `24.12.2026` is none: write a date such as `2026-11-24`"},{"row":5,"column":"n","value":"","reason":"field `n` is required"},{"row":6,"column":null,"value":"","reason":"has 1 cell, the header 3"},{"row":7,"column":null,"value":"","reason":"has 4 cells, the header 3"},{"row":8,"column":null,"value":"","reason":"text stands behind a closing quote"}],"report":"bad.csv"}
[stderr]
{"error":{"kind":"failed","message":"5 of 7 rows cannot be imported; nothing was changed","hint":"correct them, or leave them out with `--skip-bad`"}}

"#]]
    );
    assert_data_eq!(
        std::fs::read_to_string(home.path().join("bad.csv")).unwrap(),
        str![[r#"
row,column,value,reason
4,n,x,"field `n` is of type integer, and `x` is none: write a whole number such as `42`"
4,due,24.12.2026,"field `due` is of type date, and `24.12.2026` is none: write a date such as `2026-11-24`"
5,n,"",field `n` is required
6,,"","has 1 cell, the header 3"
7,,"","has 4 cells, the header 3"
8,,"",text stands behind a closing quote

"#]]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(home.path().join("bad.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_data_eq!(
        home.run("records import t t.csv --report bad.csv"),
        str![[r#"

[status 1]
[stderr]
error: `bad.csv` is there already
hint: add `--yes` to write over it, or choose another name for `--report`

"#]]
    );
    assert_data_eq!(
        home.run("records import t t.csv --report bad.csv --yes --skip-bad -q"),
        str![[r#"

[status 7]
[stderr]
error: 5 of 7 rows could not be imported and were skipped

"#]]
    );
    assert_data_eq!(
        home.run("records list t -o csv"),
        str![[r#"

[status 0]
[stdout]
id,n,due,note
1,1,2026-01-01,"two
lines"
2,7,,'=1

"#]]
    );
    let many: String = (0..30).map(|row| format!("x{row},,\n")).collect();
    write(&home, "many.csv", format!("n,due,note\n{many}"));
    assert_data_eq!(
        home.run("records import t many.csv"),
        str![[r#"

[status 1]
[stderr]
`many.csv`: csv, utf-8, columns between commas
  n -> n
  due -> due
  note -> note
warning: 30 rows cannot be imported
  line 2, `n`: field `n` is of type integer, and `x0` is none: write a whole number such as `42`
  line 3, `n`: field `n` is of type integer, and `x1` is none: write a whole number such as `42`
  line 4, `n`: field `n` is of type integer, and `x2` is none: write a whole number such as `42`
  line 5, `n`: field `n` is of type integer, and `x3` is none: write a whole number such as `42`
  line 6, `n`: field `n` is of type integer, and `x4` is none: write a whole number such as `42`
  line 7, `n`: field `n` is of type integer, and `x5` is none: write a whole number such as `42`
  line 8, `n`: field `n` is of type integer, and `x6` is none: write a whole number such as `42`
  line 9, `n`: field `n` is of type integer, and `x7` is none: write a whole number such as `42`
  line 10, `n`: field `n` is of type integer, and `x8` is none: write a whole number such as `42`
  line 11, `n`: field `n` is of type integer, and `x9` is none: write a whole number such as `42`
  line 12, `n`: field `n` is of type integer, and `x10` is none: write a whole number such as `42`
  line 13, `n`: field `n` is of type integer, and `x11` is none: write a whole number such as `42`
  line 14, `n`: field `n` is of type integer, and `x12` is none: write a whole number such as `42`
  line 15, `n`: field `n` is of type integer, and `x13` is none: write a whole number such as `42`
  line 16, `n`: field `n` is of type integer, and `x14` is none: write a whole number such as `42`
  line 17, `n`: field `n` is of type integer, and `x15` is none: write a whole number such as `42`
  line 18, `n`: field `n` is of type integer, and `x16` is none: write a whole number such as `42`
  line 19, `n`: field `n` is of type integer, and `x17` is none: write a whole number such as `42`
  line 20, `n`: field `n` is of type integer, and `x18` is none: write a whole number such as `42`
  line 21, `n`: field `n` is of type integer, and `x19` is none: write a whole number such as `42`
  and 10 errors more
error: 30 of 30 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_data_eq!(
        home.run("records import t many.csv --skip-bad --report no/such/folder.csv"),
        str![[r#"

[status 3]
[stderr]
error: `no/such/folder.csv` cannot be written: there is no folder `no/such`

"#]]
    );
}

#[test]
fn a_key_that_is_twice_in_the_file_is_an_error() {
    let home = with("k.csv", "sku,n\na,1\nb,2\na,3\n,4\n");
    assert_data_eq!(
        home.run("records import k k.csv --create --key sku"),
        str![[r#"

[status 1]
[stderr]
`k.csv`: csv, utf-8, columns between commas
  sku -> sku (text, key)
  n -> n (integer)
warning: 2 rows cannot be imported
  line 4, `sku`: a row above has this value already
  line 5, `sku`: field `sku` is required
error: 2 of 4 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    home.run("tables create k sku n:integer");
    assert_data_eq!(
        home.run("records import k k.csv --key sku"),
        str![[r#"

[status 1]
[stderr]
`k.csv`: csv, utf-8, columns between commas
  sku -> sku
  n -> n
warning: 2 rows cannot be imported
  line 4, `sku`: a row above has this value already
  line 5, `sku`: field `sku` is required
error: 2 of 4 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    home.run("records create k sku=z n=9");
    assert_data_eq!(
        home.run("records import k k.csv --key sku"),
        str![[r#"

[status 1]
[stderr]
`k.csv`: csv, utf-8, columns between commas
  sku -> sku
  n -> n
warning: 2 rows cannot be imported
  line 4, `sku`: a row above has this key already
  line 5, `sku`: the key `sku` is empty
error: 2 of 4 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    home.run("records create k sku=a n=1");
    home.run("records create k sku=a n=2");
    assert_data_eq!(
        home.run("records import k k.csv --key sku"),
        str![[r#"

[status 1]
[stderr]
`k.csv`: csv, utf-8, columns between commas
  sku -> sku
  n -> n
warning: 3 rows cannot be imported
  line 2, `sku`: several records of `k` have this key
  line 4, `sku`: a row above has this key already
  line 5, `sku`: the key `sku` is empty
error: 3 of 4 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
}

#[test]
fn columns_are_mapped_ignored_and_named_by_number() {
    let home = with("p.csv", "Full Name,E-MAIL,,Fax,Fax\nAda,ada@example.com,x,1,2\n");
    home.run("tables create people name email:email fax");
    assert_data_eq!(
        home.run("records import people p.csv"),
        str![[r#"

[status 2]
[stderr]
error: column 3 of `p.csv` has no name
hint: give it a field with `--map 3=FIELD`, or leave it out with `--ignore 3`

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --ignore 3 --ignore 5"),
        str![[r#"

[status 2]
[stderr]
error: no field of table `people` is for column `Full Name` of `p.csv`
hint: say where it goes with `--map 'Full Name=FIELD'`, or leave it out with `--ignore 'Full Name'`

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --ignore 3 --ignore 5 --map 'Full Name=name'"),
        str![[r#"

[status 0]
[stderr]
`p.csv`: csv, utf-8, columns between commas
  Full Name -> name
  E-MAIL -> email
  (no name) is left out
  Fax -> fax
  Fax is left out
imported into table `people`: 1 new; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --map 'Full Nam=name'"),
        str![[r#"

[status 3]
[stderr]
error: `p.csv` has no column `Full Nam`
hint: did you mean `Full Name`?

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --map 'Full Name=nome' --ignore 3 --ignore 4"),
        str![[r#"

[status 3]
[stderr]
error: table `people` has no field `nome`
hint: did you mean `name`?

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --map 'Full Name=fax' --ignore 3 --ignore 4"),
        str![[r#"

[status 2]
[stderr]
error: columns `Full Name` and `Fax` both go to field `fax`
hint: leave one of them out with `--ignore 'Fax'`

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --map 'Full Name'"),
        str![[r#"

[status 2]
[stderr]
error: `--map` takes no `Full Name`: write COLUMN=FIELD
hint: see `appctl records import --help`

"#]]
    );
    assert_data_eq!(
        home.run("records import people p.csv --ignore Fax"),
        str![[r#"

[status 2]
[stderr]
error: columns 4 and 5 are both called `Fax`
hint: name them by their numbers

"#]]
    );
    assert_data_eq!(
        home.run("records import other p.csv --create --map 3=c --map 5=fax_2"),
        str![[r#"

[status 0]
[stderr]
`p.csv`: csv, utf-8, columns between commas
  Full Name -> full_name (text)
  E-MAIL -> e_mail (text)
  (no name) -> c (text)
  Fax -> Fax (integer)
  Fax -> fax_2 (integer)
imported into new table `other`: 1 new; `appctl undo 3` takes it back

"#]]
    );
}

#[test]
fn a_file_without_a_header_goes_by_the_order_of_the_fields() {
    let home = with("t.tsv", "Ada\t5\nBob\t6\n");
    home.run("tables create t name n:integer");
    assert_data_eq!(
        home.run("records import t t.tsv --no-header"),
        str![[r#"

[status 0]
[stderr]
`t.tsv`: csv, utf-8, columns between tabs
  1 -> name
  2 -> n
imported into table `t`: 2 new; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records import u t.tsv --no-header --create --map 1=name"),
        str![[r#"

[status 0]
[stderr]
`t.tsv`: csv, utf-8, columns between tabs
  1 -> name (text)
  2 -> column_2 (integer)
imported into new table `u`: 2 new; `appctl undo 3` takes it back

"#]]
    );
    write(&home, "late.csv", "Report of 2026\n\nname;n\nCyd;7\n");
    assert_data_eq!(
        home.run("records import t late.csv --header-row 3"),
        str![[r#"

[status 0]
[stderr]
`late.csv`: csv, utf-8, columns between semicolons
  name -> name
  n -> n
imported into table `t`: 1 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records import t late.csv --header-row 9"),
        str![[r#"

[status 2]
[stderr]
error: `late.csv`: there is no line 9

"#]]
    );
    assert_data_eq!(
        home.run("records import t late.csv"),
        str![[r#"

[status 2]
[stderr]
error: no field of table `t` is for column `Report of 2026` of `late.csv`
hint: say where it goes with `--map 'Report of 2026=FIELD'`, or leave it out with `--ignore 'Report of 2026'`

"#]]
    );
    assert_data_eq!(
        home.run("records import t late.csv --header-row 3 --no-header"),
        str![[r#"

[status 2]
[stderr]
error: `--header-row` and `--no-header` cannot be used together
hint: see `appctl records import --help`

"#]]
    );
    assert_data_eq!(
        home.run("records list t -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,n
1,Ada,5
2,Bob,6
3,Cyd,7

"#]]
    );
}

#[test]
fn types_come_from_all_values_and_change_none_of_them() {
    let home = with(
        "t.csv",
        "id,code,phone,sum,mixed,flag,day,local,at,na,long\n\
         5,007,+4930,1.50,1,true,2026-01-01,24.12.2026,2026-01-01T10:00:00.50Z,NA,12345678901234567890\n\
         6,8,110,2,x,false,,1.1.2026,,,1\n",
    );
    assert_data_eq!(
        home.run("records import t t.csv --create"),
        str![[r#"

[status 0]
[stderr]
`t.csv`: csv, utf-8, columns between commas
  id -> id (integer, key)
  code -> code (text)
  phone -> phone (text)
  sum -> sum (decimal)
  mixed -> mixed (text)
  flag -> flag (boolean)
  day -> day (date)
  local -> local (text)
  at -> at (datetime)
  na -> na (text)
  long -> long (text)
imported into new table `t`: 2 new; `appctl undo 1` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records export t"),
        str![[r#"

[status 0]
[stdout]
id,code,phone,sum,mixed,flag,day,local,at,na,long
5,007,'+4930,1.50,1,true,2026-01-01,24.12.2026,[TIME],NA,12345678901234567890
6,8,110,2,x,false,,1.1.2026,,,1

"#]]
    );
    assert_data_eq!(
        home.run("records create t code=new"),
        str![[r#"

[status 0]
[stdout]
id     7
code   new
phone
sum
mixed
flag
day
local
at
na
long
[stderr]
created `7` in `t`

"#]]
    );
    assert_data_eq!(
        home.run("records import u t.csv --create --date-format %d.%m.%Y --type code:integer --type 'na:select=NA,no'"),
        str![[r#"

[status 0]
[stderr]
`t.csv`: csv, utf-8, columns between commas
  id -> id (integer, key)
  code -> code (integer)
  phone -> phone (text)
  sum -> sum (decimal)
  mixed -> mixed (text)
  flag -> flag (boolean)
  day -> day (date)
  local -> local (date)
  at -> at (datetime)
  na -> na (select)
  long -> long (text)
imported into new table `u`: 2 new; `appctl undo 3` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records import v t.csv --create --type nothing:integer"),
        str![[r#"

[status 3]
[stderr]
error: table `v` has no field `nothing`
hint: the fields are id, code, phone, sum, mixed, flag, day, local, at, na, long

"#]]
    );
    assert_data_eq!(
        home.run("records import v t.csv --create --type mixed:integer"),
        str![[r#"

[status 1]
[stderr]
`t.csv`: csv, utf-8, columns between commas
  id -> id (integer, key)
  code -> code (text)
  phone -> phone (text)
  sum -> sum (decimal)
  mixed -> mixed (integer)
  flag -> flag (boolean)
  day -> day (date)
  local -> local (text)
  at -> at (datetime)
  na -> na (text)
  long -> long (text)
warning: 1 row cannot be imported
  line 3, `mixed`: field `mixed` is of type integer, and `x` is none: write a whole number such as `42`
error: 1 of 2 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_data_eq!(
        home.run("records import v t.csv --create --type code"),
        str![[r#"

[status 2]
[stderr]
error: `--type` takes no `code`: write FIELD:TYPE
hint: see `appctl records import --help`

"#]]
    );
    assert_data_eq!(
        home.run("records import v t.csv --create --key flag"),
        str![[r#"

[status 2]
[stderr]
error: field `flag` is of type boolean and cannot be the key
hint: choose another key with `--key FIELD`, or another type with `--type flag:text`

"#]]
    );
    assert_data_eq!(
        home.run("records import t t.csv --type code:integer"),
        str![[r#"

[status 2]
[stderr]
error: field `code` of table `t` is of type text already
hint: `--type` is for a table that is made with `--create`

"#]]
    );
    write(&home, "comma.csv", "name;price;day\nA;1.234,50;01.02.2026\nB;-2;\n");
    assert_data_eq!(
        home.run("records import w comma.csv --create --decimal-comma --type day:date --date-format %d.%m.%Y"),
        str![[r#"

[status 0]
[stderr]
`comma.csv`: csv, utf-8, columns between semicolons
  name -> name (text)
  price -> price (decimal)
  day -> day (date)
imported into new table `w`: 2 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list w -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,price,day
1,A,1234.50,2026-02-01
2,B,-2,

"#]]
    );
}

#[test]
fn null_and_empty_text_stay_apart() {
    let home = with("t.csv", "a,n\n,1\n\"\",2\n");
    home.run("tables create t a n:integer");
    home.run("records import t t.csv");
    home.run("records import t t.csv --empty text");
    assert_data_eq!(
        home.run("records list t -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"a":null,"n":1}
{"id":2,"a":"","n":2}
{"id":3,"a":"","n":1}
{"id":4,"a":"","n":2}

"#]]
    );
    write(&home, "one.csv", "a\nx\n\n\"\"\n");
    assert_data_eq!(
        home.run("records import one one.csv --create"),
        str![[r#"

[status 0]
[stderr]
`one.csv`: csv, utf-8, columns between commas
  a -> a (text)
imported into new table `one`: 3 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list one -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"a":"x"}
{"id":2,"a":null}
{"id":3,"a":""}

"#]]
    );
}

#[test]
fn files_are_decoded_from_what_they_are_written_in() {
    let home = Home::new();
    let text = "name;city\nJosé;Köln\nZoë;Łódź\n";
    let utf16 = |big: bool, mark: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let units = format!("{mark}{text}");
        units.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    write(&home, "utf8-bom.csv", format!("\u{feff}{text}"));
    write(&home, "utf16le.csv", utf16(false, true));
    write(&home, "utf16be.csv", utf16(true, true));
    write(&home, "utf16.csv", utf16(false, false));
    for (number, file) in ["utf8-bom.csv", "utf16le.csv", "utf16be.csv", "utf16.csv"].iter().enumerate() {
        assert_eq!(home.run_with(None, &[], &format!("records import t{number} {file} --create")).status, 0, "{file}");
        let listed = home.run_with(None, &[], &format!("records list t{number} -o csv --fields name,city"));
        assert_eq!(listed.stdout, "name,city\r\nJosé,Köln\r\nZoë,Łódź\r\n", "{file}");
    }
    write(&home, "latin.csv", b"name,city\nJos\xe9,K\xf6ln\nM\xfcller,Stra\xdfe \x80 5\n");
    assert_data_eq!(
        home.run("records import l latin.csv --create"),
        str![[r#"

[status 0]
[stderr]
`latin.csv`: csv, windows-1252 (guessed, change it with `--encoding`), columns between commas
  name -> name (text)
  city -> city (text)
imported into new table `l`: 2 new; `appctl undo 5` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list l -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,city
1,José,Köln
2,Müller,Straße € 5

"#]]
    );
    assert_data_eq!(
        home.run("records import m latin.csv --create --encoding utf-8"),
        str![[r#"

[status 1]
[stderr]
error: `latin.csv`: line 2, byte 4: what stands there is no utf-8
hint: name the file's encoding with `--encoding`, for example `windows-1252`

"#]]
    );
    assert_data_eq!(
        home.run("records import m latin.csv --create --encoding latin"),
        str![[r#"

[status 2]
[stderr]
error: `latin.csv`: no encoding is called `latin`
hint: use utf-8, utf-16le, utf-16be, windows-1252, iso-8859-2, shift_jis or another one of the web's names

"#]]
    );
    write(&home, "odd.csv", b"a\0b\0\n\0x\0\x00\xd8\n\0");
    assert_data_eq!(
        home.run("records import m odd.csv --create --encoding utf-16le"),
        str![[r#"

[status 1]
[stderr]
error: `odd.csv`: line 2, byte 8 of the file: what stands there is no utf-16le
hint: name the file's encoding with `--encoding`

"#]]
    );
}

/// Dates, formulas, errors, texts with leading zeros, and numbers that are no integers.
fn book(path: &Path) {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let sheet = book.add_worksheet().set_name("People").unwrap();
    for (column, name) in ["Name", "Zip", "Born", "Seen", "Sum", "Count", "Big", "Active", "Calc"].iter().enumerate() {
        sheet.write(1, column as u16, *name).unwrap();
    }
    sheet.write(2, 0, "Ada").unwrap().write(2, 1, "01234").unwrap();
    sheet
        .write_with_format(
            2,
            2,
            ExcelDateTime::from_ymd(1815, 12, 10).unwrap_or_else(|_| ExcelDateTime::from_ymd(1915, 12, 10).unwrap()),
            &day,
        )
        .unwrap();
    sheet
        .write_with_format(2, 3, ExcelDateTime::from_ymd(2026, 1, 2).unwrap().and_hms(3, 4, 5.5).unwrap(), &moment)
        .unwrap();
    sheet.write(2, 4, 12.5).unwrap().write(2, 5, 3).unwrap().write(2, 6, 1e17).unwrap().write(2, 7, true).unwrap();
    sheet.write(2, 8, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write(4, 0, "Bob").unwrap().write(4, 5, 4).unwrap().write(4, 6, 5).unwrap();
    sheet.write(4, 8, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "text").unwrap();
    book.save(path).unwrap();
}

#[test]
fn spreadsheets_keep_the_types_of_their_cells() {
    let home = Home::new();
    book(&home.path().join("book.xlsx"));
    assert_data_eq!(
        home.run("records import p book.xlsx --create"),
        str![[r#"

[status 2]
[stderr]
error: `book.xlsx`: there are 2 sheets: `People`, `Notes`
hint: choose one with `--sheet NAME`, or its number

"#]]
    );
    assert_data_eq!(
        home.run("records import p book.xlsx --create --sheet 3"),
        str![[r#"

[status 3]
[stderr]
error: `book.xlsx`: there is no sheet `3`
hint: the sheets are `People`, `Notes`

"#]]
    );
    assert_data_eq!(
        home.run("records import p book.xlsx --create --sheet People"),
        str![[r#"

[status 1]
[stderr]
`book.xlsx`: xlsx, sheet `People`
  Name -> Name (text)
  Zip -> Zip (text)
  Born -> Born (date)
  Seen -> Seen (datetime)
  Sum -> Sum (decimal)
  Count -> Count (integer)
  Big -> Big (text)
  Active -> Active (boolean)
  Calc -> Calc (integer)
warning: 1 row cannot be imported
  row 5, `Calc`: the cell holds the error `#DIV/0!`
error: 1 of 2 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_data_eq!(
        home.run("records import p book.xlsx --create --sheet 1 --skip-bad"),
        str![[r#"

[status 7]
[stderr]
`book.xlsx`: xlsx, sheet `People`
  Name -> Name (text)
  Zip -> Zip (text)
  Born -> Born (date)
  Seen -> Seen (datetime)
  Sum -> Sum (decimal)
  Count -> Count (integer)
  Big -> Big (text)
  Active -> Active (boolean)
  Calc -> Calc (integer)
warning: 1 row cannot be imported
  row 5, `Calc`: the cell holds the error `#DIV/0!`
imported into new table `p`: 1 new, 1 skipped; `appctl undo 1` takes it back
error: 1 of 2 rows could not be imported and were skipped

"#]]
    );
    assert_data_eq!(
        home.run("records list p -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"Name":"Ada","Zip":"01234","Born":"1915-12-10","Seen":"[TIME]","Sum":"12.5","Count":3,"Big":"100000000000000000","Active":true,"Calc":2}

"#]]
    );
    assert_data_eq!(
        home.run("records import q book.xlsx --create --sheet Notes"),
        str![[r#"

[status 0]
[stderr]
`book.xlsx`: xlsx, sheet `Notes`
  text -> text (text)
imported into new table `q`: 0 new; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records import q book.xlsx --create --sheet Notes --delimiter tab"),
        str![[r#"

[status 2]
[stderr]
error: `--delimiter` means nothing for xlsx

"#]]
    );
    let string = "office:value-type=\"string\"";
    let rows: [&[(&str, &str)]; 3] = [
        &[(string, "name"), (string, "n"), (string, "day"), (string, "ok"), (string, "odd")],
        &[
            (string, "007"),
            ("office:value-type=\"float\" office:value=\"5\"", "5"),
            ("office:value-type=\"date\" office:date-value=\"2026-11-24\"", "24.11.26"),
            ("office:value-type=\"boolean\" office:boolean-value=\"true\"", "TRUE"),
            ("office:value-type=\"float\" office:value=\"1.50\"", "1.50"),
        ],
        &[(string, "x"), ("office:value-type=\"string\" calcext:value-type=\"error\"", "#N/A")],
    ];
    write(&home, "sheet.ods", ods(&[("Tabelle1", &rows)]));
    assert_data_eq!(
        home.run("records import o sheet.ods --create --skip-bad"),
        str![[r#"

[status 7]
[stderr]
`sheet.ods`: ods, sheet `Tabelle1`
  name -> name (text)
  n -> n (integer)
  day -> day (date)
  ok -> ok (boolean)
  odd -> odd (decimal)
warning: 1 row cannot be imported
  row 3, `n`: the cell holds the error `#N/A`
imported into new table `o`: 1 new, 1 skipped; `appctl undo 3` takes it back
error: 1 of 2 rows could not be imported and were skipped

"#]]
    );
    assert_data_eq!(
        home.run("records list o -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"007","n":5,"day":"2026-11-24","ok":true,"odd":"1.5"}

"#]]
    );
    write(&home, "broken.xlsx", &std::fs::read(home.path().join("book.xlsx")).unwrap()[..400]);
    assert_data_eq!(
        home.run("records import r broken.xlsx --create"),
        str![[r#"

[status 1]
[stderr]
error: `broken.xlsx`: the spreadsheet cannot be read: Zip error: invalid Zip archive: Could not find EOCD
hint: open it and save it again, or save the sheet as csv

"#]]
    );
}

#[test]
fn json_keeps_its_values_verbatim() {
    let home = Home::new();
    write(
        &home,
        "t.json",
        r#"[{"id":2,"n":12345678901234567890,"x":1.50,"ok":true,"tags":["a",1.00],"s":"5"},{"id":1,"x":2,"late":null,"s":"007"}]"#,
    );
    assert_data_eq!(
        home.run("records import t t.json --create"),
        str![[r#"

[status 0]
[stderr]
`t.json`: json
  id -> id (integer, key)
  n -> n (text)
  x -> x (decimal)
  ok -> ok (boolean)
  tags -> tags (json)
  s -> s (text)
  late -> late (text)
imported into new table `t`: 2 new; `appctl undo 1` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list t -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"n":null,"x":"2","ok":null,"tags":null,"s":"007","late":null}
{"id":2,"n":"12345678901234567890","x":"1.50","ok":true,"tags":["a",1.00],"s":"5","late":null}

"#]]
    );
    write(&home, "l.jsonl", "{\"a\":1}\n\n[2]\n{\"a\":1,\"a\":2}\n{\"a\":\"\\ud800\"}\nnot json\n");
    assert_data_eq!(
        home.run("records import l l.jsonl --create"),
        str![[r#"

[status 1]
[stderr]
`l.jsonl`: jsonl
  a -> a (text)
warning: 4 rows cannot be imported
  line 3: this is no JSON object: invalid type: sequence, expected an object of columns and values
  line 4: `a` is there twice
  line 5, `a`: field `a` is of type text, and `"/ud800"` is none: write text without lone surrogates
  line 6: this is no JSON object: expected ident
error: 4 of 5 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    write(&home, "one.json", "{\"a\":1}");
    assert_data_eq!(
        home.run("records import l one.json --create"),
        str![[r#"

[status 2]
[stderr]
error: `one.json`: this is no JSON list of objects: invalid type: map, expected a list of objects at line 1 column 1
hint: a file with one object a line is read with `--format jsonl`

"#]]
    );
    write(&home, "cut.json", "[{\"a\":1},{\"a\":");
    assert_data_eq!(
        home.run("records import l cut.json --create"),
        str![[r#"

[status 2]
[stderr]
error: `cut.json`: this is no JSON list of objects: EOF while parsing a value at line 1 column 14
hint: a file with one object a line is read with `--format jsonl`

"#]]
    );
    write(&home, "list.jsonl", "[{\"a\":1}]");
    assert_data_eq!(
        home.run("records import l list.jsonl --create"),
        str![[r#"

[status 2]
[stderr]
error: `list.jsonl` is one JSON list and not a line for each record
hint: read it with `--format json`

"#]]
    );
}

#[test]
fn stdin_is_a_file_too() {
    let home = Home::new();
    let import = |stdin: &str, arguments: &str| home.run_with(Some(stdin), &[], arguments).to_string();
    assert_data_eq!(
        import("a,b\n1,2\n", "records import t - --create"),
        str![[r#"

[status 0]
[stderr]
`stdin`: csv, utf-8, columns between commas
  a -> a (integer)
  b -> b (integer)
imported into new table `t`: 1 new; `appctl undo 1` takes it back

"#]]
    );
    assert_data_eq!(
        import("{\"a\":3,\"b\":4}\n", "records import t -"),
        str![[r#"

[status 0]
[stderr]
`stdin`: jsonl
  a -> a
  b -> b
imported into table `t`: 1 new; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        import("[{\"a\":5,\"b\":6}]\n", "records import t - --format json"),
        str![[r#"

[status 0]
[stderr]
`stdin`: json
  a -> a
  b -> b
imported into table `t`: 1 new; `appctl undo 3` takes it back

"#]]
    );
    assert_data_eq!(
        import("", "records import t -"),
        str![[r#"

[status 2]
[stderr]
error: `stdin` is empty

"#]]
    );
    assert_data_eq!(
        home.run("records list t -o csv"),
        str![[r#"

[status 0]
[stdout]
id,a,b
1,1,2
2,3,4
3,5,6

"#]]
    );
}

#[test]
fn relations_are_given_by_key_or_by_a_unique_field() {
    let home = Home::new();
    home.run("tables create people name email:email --unique email");
    home.run("records create people name=Ada email=ada@example.com");
    write(&home, "tasks.csv", "title,owner\nCall,1\nWrite,ada@example.com\nLose,nobody\n");
    assert_data_eq!(
        home.run("records import tasks tasks.csv --create --type owner:relation=people --skip-bad"),
        str![[r#"

[status 7]
[stderr]
`tasks.csv`: csv, utf-8, columns between commas
  title -> title (text)
  owner -> owner (relation)
warning: 1 row cannot be imported
  line 4, `owner`: field `owner` points to `people`, which has no record `nobody`
imported into new table `tasks`: 2 new, 1 skipped; `appctl undo 3` takes it back
error: 1 of 3 rows could not be imported and were skipped

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks -o csv"),
        str![[r#"

[status 0]
[stdout]
id,title,owner
1,Call,1
2,Write,1

"#]]
    );
    assert_data_eq!(
        home.run("records import tasks tasks.csv"),
        str![[r#"

[status 1]
[stderr]
`tasks.csv`: csv, utf-8, columns between commas
  title -> title
  owner -> owner
warning: 1 row cannot be imported
  line 4, `owner`: field `owner` points to `people`, which has no record `nobody`
error: 1 of 3 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    write(&home, "tree.csv", "id,parent\n1,2\n2,\n3,1\n");
    assert_data_eq!(
        home.run("records import tree tree.csv --create --type parent:relation=tree"),
        str![[r#"

[status 0]
[stderr]
`tree.csv`: csv, utf-8, columns between commas
  id -> id (integer, key)
  parent -> parent (relation)
imported into new table `tree`: 3 new; `appctl undo 4` takes it back

"#]]
    );
    write(&home, "lost.csv", "id,parent\n4,9\n5,4\n");
    assert_data_eq!(
        home.run("records import tree lost.csv"),
        str![[r#"

[status 1]
[stderr]
`lost.csv`: csv, utf-8, columns between commas
  id -> id
  parent -> parent
warning: 1 row cannot be imported
  line 2, `parent`: table `tree` has no record `9`
error: 1 of 2 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    write(&home, "more.csv", "id,parent\n4,5\n5,1\n");
    assert_data_eq!(
        home.run("records import tree more.csv"),
        str![[r#"

[status 0]
[stderr]
`more.csv`: csv, utf-8, columns between commas
  id -> id
  parent -> parent
imported into table `tree`: 2 new; `appctl undo 5` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list tree -o csv"),
        str![[r#"

[status 0]
[stdout]
id,parent
1,2
2,
3,1
4,5
5,1

"#]]
    );
    assert_data_eq!(
        home.run("records import x tasks.csv --create --type owner:relation=nothing"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `nothing`
hint: see `appctl tables list`

"#]]
    );
}

#[test]
fn a_synced_table_takes_only_own_fields_of_records_that_are_there() {
    let home = synced();
    home.run("tables add-field contacts note");
    let listed = home.run_with(None, &[], "records list contacts --limit 1 --json --jq .[0].id");
    let id = listed.stdout.trim();
    write(&home, "own.csv", format!("id,note\n{id},hello\nnobody,x\n"));
    assert_data_eq!(
        home.run("records import contacts own.csv"),
        str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm`: its records come and go there
hint: name the key with `--key` to fill fields of your own in records that are there

"#]]
    );
    assert_data_eq!(
        home.run("records import contacts own.csv --key id"),
        str![[r#"

[status 1]
[stderr]
`own.csv`: csv, utf-8, columns between commas
  id -> id
  note -> note
warning: 1 row cannot be imported
  line 3, `id`: no record of `contacts` has this key, and only its connection adds records
error: 1 of 2 rows cannot be imported; nothing was changed
hint: correct them, write all errors down with `--report FILE`, or leave them out with `--skip-bad`

"#]]
    );
    assert_eq!(home.run_with(None, &[], "records import contacts own.csv --key id --skip-bad").status, 7);
    let note = home.run_with(None, &[], &format!("records get contacts {id} --json --jq .note"));
    assert_eq!(note.stdout, "hello\n");
    write(&home, "theirs.csv", format!("id,email\n{id},x@example.com\n"));
    assert_data_eq!(
        home.run("records import contacts theirs.csv --key id"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of table `contacts` is filled by connection `crm`
hint: leave the column out with `--ignore 'email'`

"#]]
    );
}

#[test]
fn what_is_wrong_is_said_before_anything_is_written() {
    let home = with("p.csv", "a,b\n1,2\n");
    home.run("tables create t a b");
    write(&home, "empty.csv", "");
    write(&home, "blank.csv", "\n\n\n");
    write(&home, "x.parquet", "PAR1");
    write(&home, "old.xls", "x");
    write(&home, "zip.csv", b"PK\x03\x04 and so on");
    write(&home, "text.xlsx", "a,b\n");
    write(&home, "quote.csv", "a,b\n1,\"2\n3,4\n");
    std::fs::create_dir(home.path().join("folder")).unwrap();
    assert_data_eq!(
        home.run("records import t"),
        str![[r#"

[status 2]
[stderr]
error: no file is named
hint: name it: `appctl records import t FILE`, or `-` for stdin

"#]]
    );
    assert_data_eq!(
        home.run("records import t missing.csv"),
        str![[r#"

[status 3]
[stderr]
error: reading `missing.csv`: No such file or directory (os error 2)

"#]]
    );
    assert_data_eq!(
        home.run("records import t folder"),
        str![[r#"

[status 2]
[stderr]
error: `folder` is a folder
hint: give a file, or `-` for stdin

"#]]
    );
    assert_data_eq!(
        home.run("records import t empty.csv"),
        str![[r#"

[status 2]
[stderr]
error: `empty.csv` is empty

"#]]
    );
    assert_data_eq!(
        home.run("records import t blank.csv"),
        str![[r#"

[status 2]
[stderr]
error: `blank.csv`: there is nothing but empty lines

"#]]
    );
    assert_data_eq!(
        home.run("records import t x.parquet"),
        str![[r#"

[status 2]
[stderr]
error: `x.parquet`: files of the kind `parquet` cannot be imported
hint: say what is in it: `--format csv`, `xlsx`, `ods`, `json` or `jsonl`

"#]]
    );
    assert_data_eq!(
        home.run("records import t old.xls"),
        str![[r#"

[status 2]
[stderr]
error: `old.xls`: files of the kind `xls` cannot be imported
hint: save it as xlsx or csv first

"#]]
    );
    assert_data_eq!(
        home.run("records import t zip.csv"),
        str![[r#"

[status 2]
[stderr]
error: `zip.csv` is a spreadsheet and not csv
hint: read it with `--format xlsx`

"#]]
    );
    assert_data_eq!(
        home.run("records import t text.xlsx"),
        str![[r#"

[status 2]
[stderr]
error: `text.xlsx` is no xlsx file
hint: say what is in it: `--format csv`, `xlsx`, `ods`, `json` or `jsonl`

"#]]
    );
    assert_data_eq!(
        home.run("records import t quote.csv"),
        str![[r#"

[status 1]
[stderr]
`quote.csv`: csv, utf-8, columns between commas
  a -> a
  b -> b
error: `quote.csv`: line 2: a quote is opened and never closed
hint: close it, or double it where it is part of a text

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --format yaml"),
        str![[r#"

[status 2]
[stderr]
error: `--format` takes no `yaml`: files are csv, xlsx, ods, json or jsonl
hint: see `appctl records import --help`

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --sheet 1"),
        str![[r#"

[status 2]
[stderr]
error: `--sheet` means nothing for csv

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --delimiter ab"),
        str![[r#"

[status 2]
[stderr]
error: `--delimiter` takes no `ab`: give one ASCII character, or `tab`
hint: see `appctl records import --help`

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --create"),
        str![[r#"

[status 1]
[stderr]
error: there is a table named `t` already
hint: leave `--create` away to add to it, or choose another name

"#]]
    );
    assert_data_eq!(
        home.run("records import T p.csv --create"),
        str![[r#"

[status 1]
[stderr]
error: there is a table named `t` already
hint: leave `--create` away to add to it, or choose another name

"#]]
    );
    assert_data_eq!(
        home.run("records import u p.csv"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `u`
hint: add `--create` to make it from the file

"#]]
    );
    assert_data_eq!(
        home.run("records import tt p.csv"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `tt`
hint: did you mean `t`?

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --key c"),
        str![[r#"

[status 3]
[stderr]
error: table `t` has no field `c`
hint: the fields are id, a, b

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --key id"),
        str![[r#"

[status 2]
[stderr]
error: no column of `p.csv` goes to the key `id`
hint: name it with `--map COLUMN=id`

"#]]
    );
    assert_data_eq!(
        home.run("records import t p.csv --header-row 0"),
        str![[r#"

[status 2]
[stderr]
error: `--header-row` takes no `0`: 0 is not in 1..18446744073709551615
hint: see `appctl records import --help`

"#]]
    );
    home.run("tables create need a b must:text!");
    assert_data_eq!(
        home.run("records import need p.csv"),
        str![[r#"

[status 2]
[stderr]
error: field `must` is required, and no column of `p.csv` goes to it
hint: name the column with `--map COLUMN=must`

"#]]
    );
    assert_data_eq!(
        home.run("records count t --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"t","records":0}

"#]]
    );
}

#[test]
fn hostile_files_end_in_a_clear_error_or_are_kept_as_they_are() {
    let home = Home::new();
    let wide: Vec<String> = (0..10_000).map(|column| format!("c{column}")).collect();
    write(&home, "wide.csv", format!("{}\n{}\n", wide.join(","), wide.join(",")));
    assert_data_eq!(
        home.run("records import wide wide.csv --create -q"),
        str![[r#"

[status 2]
[stderr]
error: there are 10000 columns, and a table has at most 1999 fields
hint: leave columns out with `--ignore`, or turn the file so that they become rows

"#]]
    );
    write(&home, "large.csv", format!("a,b\n{},2\n", "x".repeat(10 << 20)));
    assert_data_eq!(
        home.run("records import large large.csv --create"),
        str![[r#"

[status 0]
[stderr]
`large.csv`: csv, utf-8, columns between commas
  a -> a (text)
  b -> b (integer)
imported into new table `large`: 1 new; `appctl undo 1` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("tables query 'select length(a) from large'"),
        str![[r#"

[status 0]
[stdout]
length(a)
10485760

"#]]
    );
    write(&home, "nul.csv", "a,b\nx\0y,2\n");
    assert_data_eq!(
        home.run("records import nul nul.csv --create"),
        str![[r#"

[status 0]
[stderr]
`nul.csv`: csv, utf-8, columns between commas
  a -> a (text)
  b -> b (integer)
imported into new table `nul`: 1 new; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list nul -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"a":"x/u0000y","b":2}

"#]]
    );
    write(&home, "binary.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01,\0\0\x01\x08\x06");
    assert_data_eq!(
        home.run("records import binary binary.csv --create"),
        str![[r#"

[status 2]
[stderr]
error: `binary.csv`: this is no text file: it has zeros in it
hint: name its encoding with `--encoding`, or what it is with `--format`

"#]]
    );
    write(&home, "names.csv", "_appctl_x,sqlite_y,\u{1b}[31mred,a b\n1,2,3,4\n");
    assert_data_eq!(
        home.run("records import names names.csv --create"),
        str![[r#"

[status 0]
[stderr]
`names.csv`: csv, utf-8, columns between commas
  _appctl_x -> appctl_x (integer)
  sqlite_y -> x_sqlite_y (integer)
  red -> 31mred (integer)
  a b -> a_b (integer)
imported into new table `names`: 1 new; `appctl undo 3` takes it back

"#]]
    );
    write(&home, "deep.jsonl", format!("{{\"a\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000)));
    assert_data_eq!(
        home.run("records import deep deep.jsonl --create"),
        str![[r#"

[status 0]
[stderr]
`deep.jsonl`: jsonl
  a -> a (json)
imported into new table `deep`: 1 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("tables list -o csv"),
        str![[r#"

[status 0]
[stdout]
table,fields,records,connection
deep,2,1,
large,3,1,
names,5,1,
nul,3,1,

"#]]
    );
}

#[test]
fn a_spreadsheet_has_what_the_table_has() {
    let home = Home::new();
    home.run("tables create t name n:integer due:date ok:boolean sum:decimal");
    home.run("records create t name=007 n=9007199254740993 due=2026-01-02 ok=true sum=1.50");
    home.run("records create t name= n=5 due=infinity sum=7");
    assert_data_eq!(
        home.run("records export t --to t.xlsx"),
        str![[r#"

[status 0]
[stderr]
wrote 2 records into `t.xlsx`

"#]]
    );
    assert_data_eq!(
        home.run("records export t --to t.xlsx"),
        str![[r#"

[status 1]
[stderr]
error: `t.xlsx` is there already
hint: add `--yes` to write over it, or choose another name

"#]]
    );
    assert_data_eq!(
        home.run("records export t --to t.xlsx --yes --where 'n = 5' --fields name,n"),
        str![[r#"

[status 0]
[stderr]
wrote 1 record into `t.xlsx`

"#]]
    );
    assert_data_eq!(
        home.run("records import u t.xlsx --create"),
        str![[r#"

[status 0]
[stderr]
`t.xlsx`: xlsx, sheet `t`
  name -> name (text)
  n -> n (integer)
imported into new table `u`: 1 new; `appctl undo 4` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list u -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"","n":5}

"#]]
    );
    assert_data_eq!(
        home.run("records export t --to t.doc"),
        str![[r#"

[status 2]
[stderr]
error: files of the kind `doc` cannot be written
hint: say what to write: `--format csv`, `json`, `jsonl` or `xlsx`

"#]]
    );
    assert_data_eq!(
        home.run("records export t --to no/such/t.csv"),
        str![[r#"

[status 3]
[stderr]
error: `no/such/t.csv` cannot be written: there is no folder `no/such`

"#]]
    );
    assert_data_eq!(
        home.run("records export t --format csv"),
        str![[r#"

[status 0]
[stdout]
id,name,n,due,ok,sum
1,007,9007199254740993,2026-01-02,true,1.50
2,"",5,infinity,,7

"#]]
    );
    assert_data_eq!(
        home.run("records export t --to t.jsonl"),
        str![[r#"

[status 0]

"#]]
    );
    assert_data_eq!(
        std::fs::read_to_string(home.path().join("t.jsonl")).unwrap(),
        str![[r#"
{"id":1,"name":"007","n":"9007199254740993","due":"2026-01-02","ok":true,"sum":"1.50"}
{"id":2,"name":"","n":5,"due":"infinity","ok":null,"sum":"7"}

"#]]
    );
    let piped = home.finish(home.command(&["records", "export", "t", "--format", "xlsx"]), None);
    assert!(piped.status == 0 && piped.stdout.starts_with("PK"), "{}", piped.stderr);
    home.run("tables create long text:long_text");
    let record = serde_json::json!({ "text": "x".repeat(40_000) }).to_string();
    home.run_with(Some(&record), &[], "records create long -");
    assert_data_eq!(
        home.run("records export long --to long.xlsx"),
        str![[r#"

[status 1]
[stderr]
error: record 1, field `text`: the value is longer than the 32767 characters that a sheet's cell has room for
hint: export it as csv or jsonl, or choose less with `--where` and `--fields`

"#]]
    );
    assert!(!home.path().join("long.xlsx").exists());
}

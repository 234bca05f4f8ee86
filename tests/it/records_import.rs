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
    assert_data_eq!(home.run("records import people people.csv --create"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
    assert_data_eq!(home.run("tables show people --json"), str![]);
    assert_data_eq!(home.run("log --json --jq '.[] | del(.at)'"), str![]);
    assert_data_eq!(home.run("undo 1"), str![]);
    assert_data_eq!(home.run("tables list"), str![]);
    assert_data_eq!(home.run("undo 2"), str![]);
    assert_data_eq!(home.run("records count people"), str![]);
}

#[test]
fn a_dry_run_says_the_same_and_keeps_nothing() {
    let home = with("people.csv", PEOPLE);
    assert_data_eq!(home.run("records import people people.csv --create --dry-run"), str![]);
    assert_data_eq!(home.run("tables list"), str![]);
    home.run("tables create people name e_mail:email zip since:date");
    assert_data_eq!(home.run("records import people people.csv --dry-run --json"), str![]);
    home.run("records create people name=Zoe");
    assert_data_eq!(home.run("records import people people.csv --dry-run --json"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
    assert_data_eq!(home.run("log --json --jq length"), str![]);
}

#[test]
fn an_empty_table_is_filled_and_goes_on_counting() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date --unique email");
    home.run("records create people name=Old");
    home.run("records delete people 1 --yes");
    assert_data_eq!(home.run("records import people people.csv"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
    assert_data_eq!(home.run("records create people name=Dup email=ada@example.com"), str![]);
    assert_data_eq!(home.run("undo 4"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
    assert_data_eq!(home.run("undo 5"), str![]);
    assert_data_eq!(home.run("undo 6"), str![]);
    assert_data_eq!(home.run("undo 7"), str![]);
    assert_data_eq!(home.run("records count people"), str![]);
    home.run("records update people 2 zip=7");
    assert_data_eq!(home.run("undo 8"), str![]);
}

#[test]
fn a_key_changes_records_that_are_there_and_adds_the_others() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date");
    home.run("records create people name=Ada email=ada@example.com zip=1 since=2020-01-01");
    home.run("records create people name=Cyd email=cyd@example.com");
    assert_data_eq!(home.run("records import people people.csv --key email --json"), str![]);
    assert_data_eq!(home.run("records import people people.csv --key email"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
    write(
        &home,
        "part.jsonl",
        "{\"email\":\"ada@example.com\",\"zip\":\"\"}\n{\"email\":\"cyd@example.com\",\"zip\":null}\n",
    );
    assert_data_eq!(home.run("records import people part.jsonl --key email"), str![]);
    assert_data_eq!(home.run("records list people -o csv"), str![]);
    assert_data_eq!(home.run("undo 4"), str![]);
    assert_data_eq!(home.run("records list people -o csv"), str![]);
    // Nothing is left of what made the search for records quick.
    let sql = "select name from sqlite_schema where name like '%import%'";
    assert_data_eq!(home.run(&format!("tables query \"{sql}\"")), str![]);
}

#[test]
fn without_a_key_rows_are_added_to_a_table_that_has_records() {
    let home = with("people.csv", PEOPLE);
    home.run("tables create people name:text! email:email zip since:date --unique email");
    home.run("records create people name=Zoe email=bob@example.com");
    assert_data_eq!(home.run("records import people people.csv"), str![]);
    assert_data_eq!(home.run("records import people people.csv --skip-bad"), str![]);
    assert_data_eq!(home.run("records list people"), str![]);
}

#[test]
fn bad_rows_are_listed_written_down_and_skipped_only_when_asked() {
    let home = Home::new();
    home.run("tables create t n:integer! due:date note");
    write(&home, "t.csv", "n,due,note\n1,2026-01-01,\"two\nlines\"\nx,24.12.2026,\n,,\n4\n5,,c,d\n6,,\"a\"b\n7,,=1\n");
    assert_data_eq!(home.run("records import t t.csv"), str![]);
    assert_data_eq!(home.run("records import t t.csv --report bad.csv --json"), str![]);
    assert_data_eq!(std::fs::read_to_string(home.path().join("bad.csv")).unwrap(), str![]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(home.path().join("bad.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_data_eq!(home.run("records import t t.csv --report bad.csv"), str![]);
    assert_data_eq!(home.run("records import t t.csv --report bad.csv --yes --skip-bad -q"), str![]);
    assert_data_eq!(home.run("records list t -o csv"), str![]);
    let many: String = (0..30).map(|row| format!("x{row},,\n")).collect();
    write(&home, "many.csv", format!("n,due,note\n{many}"));
    assert_data_eq!(home.run("records import t many.csv"), str![]);
    assert_data_eq!(home.run("records import t many.csv --skip-bad --report no/such/folder.csv"), str![]);
}

#[test]
fn a_key_that_is_twice_in_the_file_is_an_error() {
    let home = with("k.csv", "sku,n\na,1\nb,2\na,3\n,4\n");
    assert_data_eq!(home.run("records import k k.csv --create --key sku"), str![]);
    home.run("tables create k sku n:integer");
    assert_data_eq!(home.run("records import k k.csv --key sku"), str![]);
    home.run("records create k sku=z n=9");
    assert_data_eq!(home.run("records import k k.csv --key sku"), str![]);
    home.run("records create k sku=a n=1");
    home.run("records create k sku=a n=2");
    assert_data_eq!(home.run("records import k k.csv --key sku"), str![]);
}

#[test]
fn columns_are_mapped_ignored_and_named_by_number() {
    let home = with("p.csv", "Full Name,E-MAIL,,Fax,Fax\nAda,ada@example.com,x,1,2\n");
    home.run("tables create people name email:email fax");
    assert_data_eq!(home.run("records import people p.csv"), str![]);
    assert_data_eq!(home.run("records import people p.csv --ignore 3 --ignore 5"), str![]);
    assert_data_eq!(home.run("records import people p.csv --ignore 3 --ignore 5 --map 'Full Name=name'"), str![]);
    assert_data_eq!(home.run("records import people p.csv --map 'Full Nam=name'"), str![]);
    assert_data_eq!(home.run("records import people p.csv --map 'Full Name=nome' --ignore 3 --ignore 4"), str![]);
    assert_data_eq!(home.run("records import people p.csv --map 'Full Name=fax' --ignore 3 --ignore 4"), str![]);
    assert_data_eq!(home.run("records import people p.csv --map 'Full Name'"), str![]);
    assert_data_eq!(home.run("records import people p.csv --ignore Fax"), str![]);
    assert_data_eq!(home.run("records import other p.csv --create --map 3=c --map 5=fax_2"), str![]);
}

#[test]
fn a_file_without_a_header_goes_by_the_order_of_the_fields() {
    let home = with("t.tsv", "Ada\t5\nBob\t6\n");
    home.run("tables create t name n:integer");
    assert_data_eq!(home.run("records import t t.tsv --no-header"), str![]);
    assert_data_eq!(home.run("records import u t.tsv --no-header --create --map 1=name"), str![]);
    write(&home, "late.csv", "Report of 2026\n\nname;n\nCyd;7\n");
    assert_data_eq!(home.run("records import t late.csv --header-row 3"), str![]);
    assert_data_eq!(home.run("records import t late.csv --header-row 9"), str![]);
    assert_data_eq!(home.run("records import t late.csv"), str![]);
    assert_data_eq!(home.run("records import t late.csv --header-row 3 --no-header"), str![]);
    assert_data_eq!(home.run("records list t -o csv"), str![]);
}

#[test]
fn types_come_from_all_values_and_change_none_of_them() {
    let home = with(
        "t.csv",
        "id,code,phone,sum,mixed,flag,day,local,at,na,long\n\
         5,007,+4930,1.50,1,true,2026-01-01,24.12.2026,2026-01-01T10:00:00.50Z,NA,12345678901234567890\n\
         6,8,110,2,x,false,,1.1.2026,,,1\n",
    );
    assert_data_eq!(home.run("records import t t.csv --create"), str![]);
    assert_data_eq!(home.run("records export t"), str![]);
    assert_data_eq!(home.run("records create t code=new"), str![]);
    assert_data_eq!(
        home.run("records import u t.csv --create --date-format %d.%m.%Y --type code:integer --type 'na:select=NA,no'"),
        str![]
    );
    assert_data_eq!(home.run("records import v t.csv --create --type nothing:integer"), str![]);
    assert_data_eq!(home.run("records import v t.csv --create --type mixed:integer"), str![]);
    assert_data_eq!(home.run("records import v t.csv --create --type mixed:number --type code"), str![]);
    assert_data_eq!(home.run("records import v t.csv --create --key flag"), str![]);
    assert_data_eq!(home.run("records import t t.csv --type code:integer"), str![]);
    write(&home, "comma.csv", "name;price;day\nA;1.234,50;01.02.2026\nB;-2;\n");
    assert_data_eq!(
        home.run("records import w comma.csv --create --decimal-comma --type day:date --date-format %d.%m.%Y"),
        str![]
    );
    assert_data_eq!(home.run("records list w -o csv"), str![]);
}

#[test]
fn null_and_empty_text_stay_apart() {
    let home = with("t.csv", "a,n\n,1\n\"\",2\n");
    home.run("tables create t a n:integer");
    home.run("records import t t.csv");
    home.run("records import t t.csv --empty text");
    assert_data_eq!(home.run("records list t -o jsonl"), str![]);
    write(&home, "one.csv", "a\nx\n\n\"\"\n");
    assert_data_eq!(home.run("records import one one.csv --create"), str![]);
    assert_data_eq!(home.run("records list one -o jsonl"), str![]);
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
    assert_data_eq!(home.run("records import l latin.csv --create"), str![]);
    assert_data_eq!(home.run("records list l -o csv"), str![]);
    assert_data_eq!(home.run("records import m latin.csv --create --encoding utf-8"), str![]);
    assert_data_eq!(home.run("records import m latin.csv --create --encoding latin"), str![]);
    write(&home, "odd.csv", b"a\0b\0\n\0x\0\x00\xd8\n\0");
    assert_data_eq!(home.run("records import m odd.csv --create --encoding utf-16le"), str![]);
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
    assert_data_eq!(home.run("records import p book.xlsx --create"), str![]);
    assert_data_eq!(home.run("records import p book.xlsx --create --sheet 3"), str![]);
    assert_data_eq!(home.run("records import p book.xlsx --create --sheet People"), str![]);
    assert_data_eq!(home.run("records import p book.xlsx --create --sheet 1 --skip-bad"), str![]);
    assert_data_eq!(home.run("records list p -o jsonl"), str![]);
    assert_data_eq!(home.run("records import q book.xlsx --create --sheet Notes"), str![]);
    assert_data_eq!(home.run("records import q book.xlsx --create --sheet Notes --delimiter tab"), str![]);
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
    assert_data_eq!(home.run("records import o sheet.ods --create --skip-bad"), str![]);
    assert_data_eq!(home.run("records list o -o jsonl"), str![]);
    write(&home, "broken.xlsx", &std::fs::read(home.path().join("book.xlsx")).unwrap()[..400]);
    assert_data_eq!(home.run("records import r broken.xlsx --create"), str![]);
}

#[test]
fn json_keeps_its_values_verbatim() {
    let home = Home::new();
    write(
        &home,
        "t.json",
        r#"[{"id":2,"n":12345678901234567890,"x":1.50,"ok":true,"tags":["a",1.00],"s":"5"},{"id":1,"x":2,"late":null,"s":"007"}]"#,
    );
    assert_data_eq!(home.run("records import t t.json --create"), str![]);
    assert_data_eq!(home.run("records list t -o jsonl"), str![]);
    write(&home, "l.jsonl", "{\"a\":1}\n\n[2]\n{\"a\":1,\"a\":2}\n{\"a\":\"\\ud800\"}\nnot json\n");
    assert_data_eq!(home.run("records import l l.jsonl --create"), str![]);
    write(&home, "one.json", "{\"a\":1}");
    assert_data_eq!(home.run("records import l one.json --create"), str![]);
    write(&home, "cut.json", "[{\"a\":1},{\"a\":");
    assert_data_eq!(home.run("records import l cut.json --create"), str![]);
    write(&home, "list.jsonl", "[{\"a\":1}]");
    assert_data_eq!(home.run("records import l list.jsonl --create"), str![]);
}

#[test]
fn stdin_is_a_file_too() {
    let home = Home::new();
    let import = |stdin: &str, arguments: &str| home.run_with(Some(stdin), &[], arguments).to_string();
    assert_data_eq!(import("a,b\n1,2\n", "records import t - --create"), str![]);
    assert_data_eq!(import("{\"a\":3,\"b\":4}\n", "records import t -"), str![]);
    assert_data_eq!(import("[{\"a\":5,\"b\":6}]\n", "records import t - --format json"), str![]);
    assert_data_eq!(import("", "records import t -"), str![]);
    assert_data_eq!(home.run("records list t -o csv"), str![]);
}

#[test]
fn relations_are_given_by_key_or_by_a_unique_field() {
    let home = Home::new();
    home.run("tables create people name email:email --unique email");
    home.run("records create people name=Ada email=ada@example.com");
    write(&home, "tasks.csv", "title,owner\nCall,1\nWrite,ada@example.com\nLose,nobody\n");
    assert_data_eq!(
        home.run("records import tasks tasks.csv --create --type owner:relation=people --skip-bad"),
        str![]
    );
    assert_data_eq!(home.run("records list tasks -o csv"), str![]);
    assert_data_eq!(home.run("records import tasks tasks.csv"), str![]);
    write(&home, "tree.csv", "id,parent\n1,2\n2,\n3,1\n");
    assert_data_eq!(home.run("records import tree tree.csv --create --type parent:relation=tree"), str![]);
    write(&home, "lost.csv", "id,parent\n4,9\n5,4\n");
    assert_data_eq!(home.run("records import tree lost.csv"), str![]);
    write(&home, "more.csv", "id,parent\n4,5\n5,1\n");
    assert_data_eq!(home.run("records import tree more.csv"), str![]);
    assert_data_eq!(home.run("records list tree -o csv"), str![]);
    assert_data_eq!(home.run("records import x tasks.csv --create --type owner:relation=nothing"), str![]);
}

#[test]
fn a_synced_table_takes_only_own_fields_of_records_that_are_there() {
    let home = synced();
    home.run("tables add-field contacts note");
    let listed = home.run_with(None, &[], "records list contacts --limit 1 --json --jq .[0].id");
    let id = listed.stdout.trim();
    write(&home, "own.csv", format!("id,note\n{id},hello\nnobody,x\n"));
    assert_data_eq!(home.run("records import contacts own.csv"), str![]);
    assert_data_eq!(home.run("records import contacts own.csv --key id"), str![]);
    assert_eq!(home.run_with(None, &[], "records import contacts own.csv --key id --skip-bad").status, 7);
    let note = home.run_with(None, &[], &format!("records get contacts {id} --json --jq .note"));
    assert_eq!(note.stdout, "hello\n");
    write(&home, "theirs.csv", format!("id,email\n{id},x@example.com\n"));
    assert_data_eq!(home.run("records import contacts theirs.csv --key id"), str![]);
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
    assert_data_eq!(home.run("records import t"), str![]);
    assert_data_eq!(home.run("records import t missing.csv"), str![]);
    assert_data_eq!(home.run("records import t folder"), str![]);
    assert_data_eq!(home.run("records import t empty.csv"), str![]);
    assert_data_eq!(home.run("records import t blank.csv"), str![]);
    assert_data_eq!(home.run("records import t x.parquet"), str![]);
    assert_data_eq!(home.run("records import t old.xls"), str![]);
    assert_data_eq!(home.run("records import t zip.csv"), str![]);
    assert_data_eq!(home.run("records import t text.xlsx"), str![]);
    assert_data_eq!(home.run("records import t quote.csv"), str![]);
    assert_data_eq!(home.run("records import t p.csv --format yaml"), str![]);
    assert_data_eq!(home.run("records import t p.csv --sheet 1"), str![]);
    assert_data_eq!(home.run("records import t p.csv --delimiter ab"), str![]);
    assert_data_eq!(home.run("records import t p.csv --create"), str![]);
    assert_data_eq!(home.run("records import T p.csv --create"), str![]);
    assert_data_eq!(home.run("records import u p.csv"), str![]);
    assert_data_eq!(home.run("records import tt p.csv"), str![]);
    assert_data_eq!(home.run("records import t p.csv --key c"), str![]);
    assert_data_eq!(home.run("records import t p.csv --key id"), str![]);
    assert_data_eq!(home.run("records import t p.csv --header-row 0"), str![]);
    home.run("tables create need a b must:text!");
    assert_data_eq!(home.run("records import need p.csv"), str![]);
    assert_data_eq!(home.run("records count t --json"), str![]);
}

#[test]
fn hostile_files_end_in_a_clear_error_or_are_kept_as_they_are() {
    let home = Home::new();
    let wide: Vec<String> = (0..10_000).map(|column| format!("c{column}")).collect();
    write(&home, "wide.csv", format!("{}\n{}\n", wide.join(","), wide.join(",")));
    assert_data_eq!(home.run("records import wide wide.csv --create -q"), str![]);
    write(&home, "large.csv", format!("a,b\n{},2\n", "x".repeat(10 << 20)));
    assert_data_eq!(home.run("records import large large.csv --create"), str![]);
    assert_data_eq!(home.run("tables query 'select length(a) from large'"), str![]);
    write(&home, "nul.csv", "a,b\nx\0y,2\n");
    assert_data_eq!(home.run("records import nul nul.csv --create"), str![]);
    assert_data_eq!(home.run("records list nul -o jsonl"), str![]);
    write(&home, "binary.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01,\0\0\x01\x08\x06");
    assert_data_eq!(home.run("records import binary binary.csv --create"), str![]);
    write(&home, "names.csv", "_appctl_x,sqlite_y,\u{1b}[31mred,a b\n1,2,3,4\n");
    assert_data_eq!(home.run("records import names names.csv --create"), str![]);
    write(&home, "deep.jsonl", format!("{{\"a\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000)));
    assert_data_eq!(home.run("records import deep deep.jsonl --create"), str![]);
    assert_data_eq!(home.run("tables list -o csv"), str![]);
}

#[test]
fn a_spreadsheet_has_what_the_table_has() {
    let home = Home::new();
    home.run("tables create t name n:integer due:date ok:boolean sum:decimal");
    home.run("records create t name=007 n=9007199254740993 due=2026-01-02 ok=true sum=1.50");
    home.run("records create t name= n=5 due=infinity");
    assert_data_eq!(home.run("records export t --to t.xlsx"), str![]);
    assert_data_eq!(home.run("records export t --to t.xlsx"), str![]);
    assert_data_eq!(home.run("records export t --to t.xlsx --yes --where 'n = 5' --fields name,n"), str![]);
    assert_data_eq!(home.run("records import u t.xlsx --create"), str![]);
    assert_data_eq!(home.run("records list u -o jsonl"), str![]);
    assert_data_eq!(home.run("records export t --to t.doc"), str![]);
    assert_data_eq!(home.run("records export t --to no/such/t.csv"), str![]);
    assert_data_eq!(home.run("records export t --format csv"), str![]);
    assert_data_eq!(home.run("records export t --to t.jsonl"), str![]);
    assert_data_eq!(std::fs::read_to_string(home.path().join("t.jsonl")).unwrap(), str![]);
    let piped = home.finish(home.command(&["records", "export", "t", "--format", "xlsx"]), None);
    assert!(piped.status == 0 && piped.stdout.starts_with("PK"), "{}", piped.stderr);
    home.run("tables create long text:long_text");
    let record = serde_json::json!({ "text": "x".repeat(40_000) }).to_string();
    home.run_with(Some(&record), &[], "records create long -");
    assert_data_eq!(home.run("records export long --to long.xlsx"), str![]);
    assert!(!home.path().join("long.xlsx").exists());
}

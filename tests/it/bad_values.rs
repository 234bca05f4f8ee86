//! Values that other programs stumble over, through `records create --data`: each is kept exactly or refused by name.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

fn home() -> Home {
    let home = Home::new();
    home.run("tables create v title:text whole:integer real:number exact:decimal doc:json tags:multi_select=a,b");
    home
}

fn create(home: &Home, data: &str) -> (i32, String) {
    let ran = home.finish(home.command(&["records", "create", "v", "--data", data]), None);
    (ran.status, ran.stderr)
}

#[test]
fn what_no_field_can_keep_is_refused_by_name() {
    let home = home();
    for (data, expected) in [
        (
            r#"{"title":"\ud800"}"#,
            "field `title` is of type text, and `\"\\ud800\"` is none: write text without lone surrogates",
        ),
        (r#"{"title":"\udc00\ud800"}"#, "write text without lone surrogates"),
        (r#"{"tags":["a","\ud800"]}"#, "field `tags` is of type multi_select"),
        (r#"{"ti\u0000tle":"x"}"#, "table `v` has no field"),
        (r#"{"whole":1e400}"#, "field `whole` is of type integer, and `1e400` is none: write a whole number"),
        (r#"{"whole":1.5}"#, "field `whole` is of type integer, and `1.5` is none"),
        (r#"{"whole":"NaN"}"#, "field `whole` is of type integer, and `NaN` is none"),
        (r#"{"whole":NaN}"#, "the data is no JSON: expected value at column 10"),
        (r#"{"whole":00012}"#, "the data is no JSON: invalid number at column 11"),
        (r#"{"whole":"١٢"}"#, "field `whole` is of type integer"),
        (r#"{"real":1e400}"#, "field `real` is of type number, and `1e400` is none"),
        (r#"{"real":"1e400"}"#, "field `real` is of type number, and `1e400` is none"),
        (r#"{"exact":1e999999999}"#, "field `exact` is of type decimal, and `1e999999999` is none"),
        (r#"{"title":"x","title":"y"}"#, "field `title` is given twice"),
    ] {
        let (status, stderr) = create(&home, data);
        assert!(stderr.contains(expected), "{data}\n{stderr}");
        assert!(status == 2 || status == 3, "{data}: {status}\n{stderr}");
        assert!(!stderr.contains("panicked"), "{data}\n{stderr}");
    }
    assert_data_eq!(
        home.run("records count v --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"v","records":0}

"#]]
    );
}

#[test]
fn long_digits_nul_and_what_is_no_number_are_kept_exactly() {
    let home = home();
    for data in [
        r#"{"title":"a\u0000b"}"#,
        r#"{"title":"\ud83d\ude00"}"#,
        r#"{"whole":9223372036854775808}"#,
        r#"{"whole":-99999999999999999999999}"#,
        r#"{"whole":"00099999999999999999999"}"#,
        r#"{"real":"NaN"}"#,
        r#"{"real":"-Infinity"}"#,
        r#"{"real":5e-324}"#,
        r#"{"exact":1e40}"#,
        r#"{"exact":"NaN"}"#,
        r#"{"exact":0.10000000000000000000000000000001}"#,
        r#"{"doc":{"a":1e400,"a":2}}"#,
    ] {
        let (status, stderr) = create(&home, data);
        assert_eq!(status, 0, "{data}\n{stderr}");
    }
    assert_data_eq!(
        home.run("records list v --json --fields title,whole,real,exact,doc"),
        str![[r#"

[status 0]
[stdout]
[{"title":"a/u0000b","whole":null,"real":null,"exact":null,"doc":null},
{"title":"😀","whole":null,"real":null,"exact":null,"doc":null},
{"title":null,"whole":"9223372036854775808","real":null,"exact":null,"doc":null},
{"title":null,"whole":"-99999999999999999999999","real":null,"exact":null,"doc":null},
{"title":null,"whole":"99999999999999999999","real":null,"exact":null,"doc":null},
{"title":null,"whole":null,"real":"NaN","exact":null,"doc":null},
{"title":null,"whole":null,"real":"-Infinity","exact":null,"doc":null},
{"title":null,"whole":null,"real":5e-324,"exact":null,"doc":null},
{"title":null,"whole":null,"real":null,"exact":"10000000000000000000000000000000000000000","doc":null},
{"title":null,"whole":null,"real":null,"exact":"NaN","doc":null},
{"title":null,"whole":null,"real":null,"exact":"0.10000000000000000000000000000001","doc":null},
{"title":null,"whole":null,"real":null,"exact":null,"doc":{"a":1e400,"a":2}}]

"#]]
    );
    // The digits compare as numbers, also where they are text in the file.
    assert_data_eq!(
        home.run("records list v --where 'whole > 9223372036854775807' --fields whole"),
        str![[r#"

[status 0]
[stdout]
               whole
 9223372036854775808
99999999999999999999

"#]]
    );
}

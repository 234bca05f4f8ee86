//! The whole life of a connection from the command line, against a real PostgreSQL: add, sync, change at the source, sync,
//! undo, drift, edit, remove. The JSON that scripts depend on is pinned here.

use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran};
use crate::support::postgres::{Database, server};

/// A shop with orders and customers, and a home that knows its password.
struct Shop {
    database: Database,
    home: Home,
}

impl Shop {
    fn new() -> Self {
        let database = Database::new();
        database.run(
            "CREATE TABLE orders (id int PRIMARY KEY, customer text, total numeric(12,2), updated_at timestamptz DEFAULT now());
             INSERT INTO orders SELECT n, 'customer ' || n, n * 1.5 FROM generate_series(1, 40) n;
             CREATE TABLE customers (id int PRIMARY KEY, name text);
             INSERT INTO customers VALUES (1, 'Ada'), (2, '=HYPERLINK(\"x\")');",
        );
        Shop { database, home: Home::new() }
    }

    fn ran(&self, arguments: &str) -> Ran {
        let password = server().password().unwrap_or_default();
        self.home.run_with(None, &[("APPCTL_TOKEN_SHOP", password.as_str())], arguments)
    }

    fn run(&self, arguments: &str) -> String {
        self.ran(arguments).to_string()
    }

    /// With both tables, synced once.
    fn added() -> Self {
        let shop = Shop::new();
        let url = shop.database.url();
        let ran = shop.ran(&format!(
            "-q connections add postgres --name shop --set url={url} --object public.orders --object public.customers"
        ));
        assert_eq!(ran.status, 0, "{ran}");
        shop
    }
}

#[test]
fn adding_brings_the_rows_at_once() {
    let shop = Shop::new();
    let add = format!("connections add postgres --name shop --set url={}", shop.database.url());
    assert_data_eq!(
        shop.run(&format!("{add} --object public.orders=sales --object public.customers")),
        str![[r#"

[status 0]
[stderr]
added connection `shop` for `sales` and `customers`
synced `shop`: 42 new in 2 tables

"#]]
    );
    assert_data_eq!(
        shop.run("records count sales"),
        str![[r#"

[status 0]
[stdout]
table  records
sales       40

"#]]
    );
    assert_data_eq!(
        shop.run("records list customers -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name
1,Ada
2,"'=HYPERLINK(""x"")"

"#]]
    );
    assert_data_eq!(
        shop.run(&format!("{add} --object public.customers")),
        str![[r#"

[status 1]
[stderr]
error: there is a connection named `shop` already
hint: give this one another name with `--name NAME`, or see `appctl connections show`

"#]]
    );
    let other = add.replace("--name shop", "--name other --account shop");
    assert_data_eq!(
        shop.run(&format!("{other} --object public.customers")),
        str![[r#"

[status 1]
[stderr]
error: table `customers` is filled by `shop`
hint: choose another name: `--object public.customers=NAME`

"#]]
    );
    assert_data_eq!(
        shop.run(&format!("{other} --object public.nothing")),
        str![[r#"

[status 3]
[stderr]
error: there is no table `public.nothing`
hint: see `appctl connections discover postgres`

"#]]
    );
}

#[test]
fn the_json_of_a_sync_is_pinned() {
    let shop = Shop::added();
    shop.database.run(
        "UPDATE orders SET total = 0, updated_at = now() WHERE id <= 3; DELETE FROM orders WHERE id = 40;
         INSERT INTO orders VALUES (41, 'new', 1); ALTER TABLE orders ADD COLUMN note text",
    );
    assert_data_eq!(
        shop.run("connections sync shop --dry-run"),
        str![[r#"

[status 0]
[stderr]
dry run of `shop`: 1 new, 3 changed, 1 removed in 2 tables; nothing was stored
`public.orders` has new fields at the source: `note`; bring one with `appctl connections edit shop --add-field public.orders.note`

"#]]
    );
    assert_data_eq!(
        shop.run("connections sync --all --json"),
        str![[r#"

[status 0]
[stdout]
{"runs":[{"connection":"shop","status":"done","inserted":1,"updated":3,"deleted":1,"unchanged":38,"rejected":0,"filtered":0,"fetched":42,"calls":12,"seconds":[N],"held_seconds":[N],"started":"[TIME]","dry_run":false,"resumed":false,"operation":3,"error":null,"objects":[{"object":"public.orders","table":"orders","status":"done","inserted":1,"updated":3,"deleted":1,"unchanged":36,"rejected":0,"filtered":0,"fetched":40,"staged":0,"pages":1,"mode":"incremental","notes":[],"drift":{"new":["note"],"gone":[],"retyped":[]},"rejects":[],"error":null},{"object":"public.customers","table":"customers","status":"done","inserted":0,"updated":0,"deleted":0,"unchanged":2,"rejected":0,"filtered":0,"fetched":2,"staged":0,"pages":1,"mode":"incremental","notes":[],"drift":{"new":[],"gone":[],"retyped":[]},"rejects":[],"error":null}]}]}

"#]]
    );
    assert_data_eq!(
        shop.run("connections sync shop"),
        str![[r#"

[status 0]
[stderr]
synced `shop`: nothing changed in 2 tables
`public.orders` has new fields at the source: `note`; bring one with `appctl connections edit shop --add-field public.orders.note`

"#]]
    );
    assert_data_eq!(
        shop.run("connections sync shop --json --jq '.runs[0].inserted'"),
        str![[r#"

[status 0]
[stdout]
0

"#]]
    );
    assert_data_eq!(
        shop.run("connections status --json --jq '.[0] | {connection, source, status, inserted, last_error}'"),
        str![[r#"

[status 0]
[stdout]
{"connection":"shop","source":"postgres","status":"healthy","inserted":0,"last_error":null}

"#]]
    );
    // How many rows are looked at again depends on the transactions that other tests have open on the same server.
    assert_data_eq!(
        shop.run("connections history shop --limit 2 -o jsonl --jq '{status, inserted, updated, deleted, unchanged}'"),
        str![[r#"

[status 0]
[stdout]
{"status":"done","inserted":0,"updated":0,"deleted":0,"unchanged":[..]}
{"status":"done","inserted":0,"updated":0,"deleted":0,"unchanged":[..]}

"#]]
    );
}

#[test]
fn a_run_is_taken_back_with_its_cursor() {
    let shop = Shop::added();
    shop.database
        .run("UPDATE orders SET total = 0, updated_at = now() WHERE id <= 3; DELETE FROM orders WHERE id = 40");
    assert_data_eq!(
        shop.run("connections sync shop"),
        str![[r#"

[status 0]
[stderr]
synced `shop`: 3 changed, 1 removed in 2 tables

"#]]
    );
    assert_data_eq!(
        shop.run("connections undo shop"),
        str![[r#"

[status 0]
[stderr]
undid operation 3 (`sync shop`): 1 new, 3 changed; `appctl undo 4` brings it back

"#]]
    );
    assert_data_eq!(
        shop.run("records count orders"),
        str![[r#"

[status 0]
[stdout]
table   records
orders       40

"#]]
    );
    assert_data_eq!(
        shop.run("connections sync shop"),
        str![[r#"

[status 0]
[stderr]
synced `shop`: 3 changed, 1 removed in 2 tables

"#]]
    );
    assert_data_eq!(
        shop.run("connections undo shop --json"),
        str![[r#"

[status 0]
[stdout]
{"operation":6,"undid":5,"inserted":1,"updated":3,"deleted":0}

"#]]
    );
}

#[test]
fn a_new_column_is_offered_and_can_be_brought() {
    let shop = Shop::added();
    shop.database.run("ALTER TABLE orders ADD COLUMN note text DEFAULT 'x'");
    assert_data_eq!(
        shop.run("connections sync shop"),
        str![[r#"

[status 0]
[stderr]
synced `shop`: nothing changed in 2 tables
`public.orders` has new fields at the source: `note`; bring one with `appctl connections edit shop --add-field public.orders.note`

"#]]
    );
    assert_data_eq!(
        shop.run("connections edit shop --add-field public.orders.note=remark"),
        str![[r#"

[status 0]
[stderr]
changed connection `shop`; the next `appctl connections sync shop` brings what is new

"#]]
    );
    assert_data_eq!(
        shop.run("connections sync shop"),
        str![[r#"

[status 0]
[stderr]
synced `shop`: 40 changed in 2 tables

"#]]
    );
    assert_data_eq!(
        shop.run("records list orders --limit 1 --fields id,remark --json"),
        str![[r#"

[status 0]
[stdout]
[{"id":1,"remark":"x"}]

"#]]
    );
    assert_data_eq!(
        shop.run("connections edit shop --add-field public.orders.nope"),
        str![[r#"

[status 3]
[stderr]
error: `public.orders` has no column `nope`

"#]]
    );
}

#[test]
fn an_object_that_fails_does_not_hold_back_the_other() {
    let shop = Shop::added();
    shop.database.run("DROP TABLE customers; INSERT INTO orders VALUES (50, 'late', 1)");
    let ran = shop.ran("connections sync shop");
    assert_eq!(ran.status, 7, "{ran}");
    assert!(ran.stderr.contains("synced `shop`: 1 new in 1 table"), "{ran}");
    let ran = shop.ran("connections status --check");
    assert!(ran.status == 1 && ran.stdout.contains("degraded"), "{ran}");
    let ran = shop.ran("connections test shop");
    assert_eq!(ran.status, 7, "{ran}");
}

#[test]
fn a_plan_a_preview_and_a_look_at_what_there_is() {
    let shop = Shop::added();
    assert_data_eq!(
        shop.run("connections preview shop --object public.customers --limit 1"),
        str![[r#"

[status 0]
[stdout]
id  name
 1  Ada

"#]]
    );
    let plan = shop.ran("connections plan shop --json --jq '.plans[0].objects[] | {object, mode}'");
    assert_data_eq!(
        plan.to_string(),
        str![[r#"

[status 0]
[stdout]
{"object":"public.orders","mode":"incremental"}
{"object":"public.customers","mode":"incremental"}

"#]]
    );
    assert_eq!(shop.ran("connections sync shop --plan").status, 0);
    assert_data_eq!(
        shop.run("connections discover shop --json --jq '.[] | {object, kind, key}'"),
        str![[r#"

[status 0]
[stdout]
{"object":"public.customers","kind":"table","key":["id"]}
{"object":"public.orders","kind":"table","key":["id"]}

"#]]
    );
}

#[test]
fn a_wrong_password_asks_for_a_new_sign_in() {
    if server().password().is_none() {
        return;
    }
    let shop = Shop::added();
    let wrong = [("APPCTL_TOKEN_SHOP", "not-it")];
    let ran = shop.home.run_with(None, &wrong, "connections sync shop");
    assert_eq!(ran.status, 4, "{ran}");
    assert!(ran.stderr.contains("appctl connections reauth shop"), "{ran}");
    let ran = shop.home.run_with(Some("still-not-it"), &[], "connections reauth shop --token-stdin");
    assert_eq!(ran.status, 4, "{ran}");
    assert!(!ran.to_string().contains("not-it"), "{ran}");
}

#[test]
fn removing_takes_the_tables_and_undo_brings_them_back() {
    let shop = Shop::added();
    assert_data_eq!(
        shop.run("connections remove shop --yes"),
        str![[r#"

[status 0]
[stderr]
removed connection `shop` with `orders` and `customers`; `appctl log` has the operation to undo

"#]]
    );
    assert_data_eq!(
        shop.run("tables list --json --jq length"),
        str![[r#"

[status 0]
[stdout]
0

"#]]
    );
    assert_data_eq!(
        shop.run("log --json --jq '.[0] | {what, deleted}'"),
        str![[r#"

[status 0]
[stdout]
{"what":"remove connection shop","deleted":0}

"#]]
    );
    let last = shop.ran("log --json --jq '.[0].operation // .[0].id'").stdout;
    assert_eq!(shop.ran(&format!("undo {}", last.trim())).status, 0);
    assert_data_eq!(
        shop.run("connections list --json --jq '.[].connection'"),
        str![[r#"

[status 0]
[stdout]
shop

"#]]
    );
    assert_data_eq!(
        shop.run("records count orders"),
        str![[r#"

[status 0]
[stdout]
table   records
orders       40

"#]]
    );
}

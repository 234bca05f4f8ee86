//! The account of a database: signed in to by itself, then used by connections that need not say where it is.

use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran};
use crate::support::postgres::{Database, server};
use crate::support::terminal::{CTRL_C, DOWN, ENTER, Terminal};

struct Shop {
    home: Home,
    database: Database,
}

impl Shop {
    fn new() -> Shop {
        let database = Database::new();
        database.run("CREATE TABLE orders (id integer PRIMARY KEY, total numeric); INSERT INTO orders VALUES (1, 2.5)");
        Shop { home: Home::with_vault(), database }
    }

    fn run(&self, stdin: Option<&str>, arguments: &str) -> Ran {
        let password = server().password().unwrap_or_default();
        let variables = ["APPCTL_TOKEN_SHOP", "APPCTL_TOKEN_ELSEWHERE"].map(|name| (name, password.as_str()));
        self.home.run_with(stdin, &variables, &arguments.replace("URL", &self.database.url()))
    }

    /// With the name of this database, whatever server it is on.
    fn told(&self, stdin: Option<&str>, arguments: &str) -> String {
        let text = self.run(stdin, arguments).to_string();
        let name = format!("{} on ", self.database.name);
        let calm = text.lines().map(|line| match (line.find(&name), line.rfind(')')) {
            (Some(start), Some(end)) => format!("{}[DATABASE]{}", &line[..start], &line[end + 1..]),
            _ => line.to_owned(),
        });
        calm.collect::<Vec<_>>().join("\n") + "\n"
    }
}

#[test]
fn a_database_is_signed_in_to_tested_and_used() {
    let shop = Shop::new();
    assert_data_eq!(
        shop.told(None, "integrations connect postgres --label shop --private --set url=URL"),
        str![[r#"

[status 0]
[stderr]
signed in as [DATABASE]
connected `shop`: [DATABASE] at PostgreSQL, private

"#]]
    );
    assert_data_eq!(
        shop.told(None, "integrations accounts postgres test shop"),
        str![[r#"

[status 0]
[stderr]
account `shop` works: [DATABASE] at PostgreSQL

"#]]
    );
    assert_data_eq!(
        shop.told(None, "connections add postgres --name books --account shop --object public.orders"),
        str![[r#"

[status 0]
[stderr]
added connection `books` for `orders`
synced `books`: 1 new in 1 table

"#]]
    );
    // Nobody has to name the only account either, nor say anything when the connection is changed.
    assert_eq!(shop.run(None, "connections edit books --set page_rows=100").status, 0);
    assert_eq!(shop.run(None, "connections sync books").status, 0);
    let again = shop.told(None, "integrations accounts postgres reauth shop");
    assert!(again.contains("signed in again to `shop`"), "{again}");
    // The account that a connection made can be tested too.
    let other = Shop::new();
    assert_eq!(
        other.run(None, "-q connections add postgres --name shop --set url=URL --object public.orders").status,
        0
    );
    assert_eq!(other.run(None, "integrations accounts test shop").status, 0);
}

#[test]
fn a_password_goes_nowhere_but_where_its_account_is() {
    let (shop, other) = (Shop::new(), Shop::new());
    let url = other.database.url();
    assert_eq!(shop.run(None, "integrations connect postgres --label shop --private --set url=URL").status, 0);
    let add = format!("connections add postgres --set url={url} --object public.orders");
    let ran = shop.run(None, &format!("{add} --account shop"));
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 1]
[stderr]
error: account `shop` has another `url`
hint: leave `--set url=…` away to use it, or give a new account another label with `--account LABEL`

"#]]
    );
    // The only account is not the one that is meant.
    assert_eq!(shop.run(None, &format!("{add} --name elsewhere")).status, 0);
    let labels = shop.run(None, "integrations accounts postgres --json --jq .[].label").stdout;
    assert_eq!(labels.split_whitespace().collect::<Vec<_>>(), ["elsewhere", "shop"]);
}

#[test]
fn what_a_database_refuses_is_not_kept() {
    let shop = Shop::new();
    assert_data_eq!(
        shop.told(None, "integrations connect postgres"),
        str![[r#"

[status 2]
[stderr]
error: `--set url=VALUE` is missing for PostgreSQL

"#]]
    );
    assert_data_eq!(
        shop.told(None, "integrations connect postgres --set url=shop.example"),
        str![[r#"

[status 2]
[stderr]
error: `url` does not begin with `postgresql://`
hint: give `--set url=postgresql://user@host:5432/database`; the password is asked for

"#]]
    );
    let with_password = shop.database.url().replacen('@', ":hunter2@", 1);
    let ran = shop.run(None, &format!("integrations connect postgres --set url={with_password}"));
    assert!(!ran.to_string().contains("hunter2"), "{ran}");
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 2]
[stderr]
error: `--set`: `url` holds a password, which other processes could read
hint: leave it out of the address and give it with `--token-stdin`, `--token-file FILE` or in the environment

"#]]
    );
    assert_data_eq!(
        shop.told(None, "integrations connect postgres --set url=URL --endpoint https://shop.example"),
        str![[r#"

[status 2]
[stderr]
error: PostgreSQL has no `--endpoint`
hint: say where it is with `--set url=…` alone

"#]]
    );
    let nowhere = shop.run(None, "integrations connect postgres --set url=postgresql://a@127.0.0.1:1/x");
    assert_eq!(nowhere.status, 8, "{nowhere}");
    assert_eq!(shop.run(None, "integrations accounts --json").stdout, "[]\n");
}

#[test]
fn at_a_terminal_the_accounts_that_know_their_place_are_offered_first() {
    let shop = Shop::new();
    let mut terminal = Terminal::run(&shop.home, &[], &["integrations", "connect", "postgres"]);
    terminal
        .answer("url", &format!("{}{ENTER}", shop.database.url()))
        .answer("password", &format!("{}{ENTER}", server().password().unwrap_or_default()));
    terminal.answer("label [", &format!("\u{15}shop{ENTER}")).answer("whose it is", ENTER);
    assert_eq!(terminal.end().0, 0);
    let add = ["connections", "add", "postgres", "--name", "books", "--object", "public.orders"];
    let mut terminal = Terminal::run(&shop.home, &[], &add);
    terminal.answer("account", ENTER).answer("Add connection `books`", &format!("y{ENTER}"));
    assert_eq!(terminal.end().0, 0);
    assert_eq!(shop.run(None, "records count orders").status, 0);
    // Another one is another one.
    let mut terminal = Terminal::run(&shop.home, &[], &["connections", "add", "postgres", "--name", "more"]);
    terminal.answer("account", &format!("{DOWN}{ENTER}")).answer("label of the new account", &format!("other{ENTER}"));
    terminal.answer("url", CTRL_C);
    assert_eq!(terminal.end().0, 130);
}

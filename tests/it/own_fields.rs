//! Fields of a person's own on a table that a connection fills: stored, relations, computed. Every sync leaves them, their
//! values, their rules and their indexes as they are, whatever the source does to its own columns.

use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran, words};
use crate::support::postgres::Database;

fn run(home: &Home, database: &Database, arguments: &str) -> Ran {
    let mut command = home.command(&words(arguments));
    if let Some(password) = database.server.password() {
        command.env("APPCTL_TOKEN_SHOP", password);
    }
    home.finish(command, None)
}

#[test]
fn fields_of_ones_own_survive_every_sync() {
    let database = Database::new();
    database.run(
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer text); INSERT INTO orders VALUES (1, 'a'), (2, 'b');",
    );
    let home = Home::new();
    let url = database.url();
    let done = |arguments: &str| {
        let ran = run(&home, &database, arguments);
        assert_eq!(ran.status, 0, "{arguments}\n{ran}");
    };
    done(&format!("-q connections add postgres --name shop --set url={url} --object public.orders --auto-fields"));
    done("tables create people name:text! email:email");
    done("records create people name=Ada email=ada@x.io");
    done("tables add-field orders note:text");
    done("tables add-field orders agent:relation=people:clear");
    done("tables add-field orders agent_email:lookup=agent.email");
    done("tables add-field people orders_taken:rollup=orders.agent:count");
    done("records update orders 1 note=mine agent=1");
    // The source gets a column with the name of a field of one's own, and one with the name of a computed field.
    database.run(
        "ALTER TABLE orders ADD COLUMN note text, ADD COLUMN agent_email text;
         UPDATE orders SET note = 'theirs', agent_email = 'x', customer = 'c' WHERE id = 1; INSERT INTO orders VALUES (3, 'd');",
    );
    done("-q connections sync shop --full");
    done("-q connections sync shop --full");
    assert_data_eq!(
        home.run("tables show orders"),
        str![[r#"

[status 0]
[stdout]
table       orders
records     3
key         id
connection  shop

field          type      options      rules
id             integer                key, filled by the connection
customer       text                   filled by the connection
note           text
agent          relation  people       on delete clear
note_2         text                   filled by the connection
agent_email_2  text                   filled by the connection
agent_email    lookup    agent.email  worked out

"#]]
    );
    assert_data_eq!(
        home.run("records list orders --fields id,customer,note,agent,note_2,agent_email_2"),
        str![[r#"

[status 0]
[stdout]
id  customer  note  agent  note_2  agent_email_2
 1  c         mine  1      theirs  x
 2  b
 3  d

"#]]
    );
    done("tables rename-field orders note remark");
    done("tables change-field orders agent --on-delete restrict");
    done("tables rename people staff");
    database.run("ALTER TABLE orders DROP COLUMN customer; DELETE FROM orders WHERE id = 2;");
    done("-q connections sync shop --full");
    assert_data_eq!(
        home.run("tables show orders"),
        str![[r#"

[status 0]
[stdout]
table       orders
records     2
key         id
connection  shop

field          type      options      rules
id             integer                key, filled by the connection
customer       text                   filled by the connection
remark         text
agent          relation  staff        on delete restrict
note_2         text                   filled by the connection
agent_email_2  text                   filled by the connection
agent_email    lookup    agent.email  worked out

"#]]
    );
    assert_data_eq!(
        home.run("records list orders --fields id,customer,remark,agent,note_2"),
        str![[r#"

[status 0]
[stdout]
id  customer  remark  agent  note_2
 1  c         mine    1      theirs
 3  d

"#]]
    );
    let connection = rusqlite::Connection::open(home.path().join("apps/default/app.db")).unwrap();
    let sql = "EXPLAIN QUERY PLAN SELECT 1 FROM orders WHERE agent = 1";
    let plan: String = connection.query_row(sql, [], |row| row.get(3)).unwrap();
    assert!(plan.contains("_appctl_relation_"), "{plan}");
    // The table that a relation of one's own points to is needed, and so is the synced one by what others say of it.
    assert_data_eq!(
        home.run("tables drop staff --yes"),
        str![[r#"

[status 1]
[stderr]
error: table `staff` cannot be dropped: `orders.agent` needs it
hint: `appctl tables drop-field orders agent` first

"#]]
    );
    assert_data_eq!(
        home.run("connections remove shop --yes"),
        str![[r#"

[status 1]
[stderr]
error: table `orders` cannot be dropped: `staff.orders_taken` needs it
hint: `appctl tables drop-field staff orders_taken` first

"#]]
    );
    done("connections remove shop --keep-data --yes");
    assert_data_eq!(
        home.run("tables rename-field orders customer client"),
        str![[r#"

[status 0]
[stdout]
table    orders
records  2
key      id

field          type      options      rules
id             integer                key
client         text
remark         text
agent          relation  staff        on delete restrict
note_2         text
agent_email_2  text
agent_email    lookup    agent.email  worked out
[stderr]
renamed field `customer` of table `orders` to `client`

"#]]
    );
}

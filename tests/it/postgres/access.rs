//! Getting in: passwords, TLS as `sslmode` says, a session that can only read, budgets.

use appctl::base::{Budget, Kind};
use appctl::sources::{self, Mode};

use super::mirror::{Mirror, Way};
use crate::support::postgres::{Database, block_on};

/// A role for one test, in one of the groups that `pg_hba.conf` knows.
struct Role<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> Role<'d> {
    fn new(database: &'d Database, group: &str) -> Self {
        let name = format!("{group}_{}", database.name);
        database.run(&format!(
            "DO $$ BEGIN CREATE ROLE {group}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
             CREATE ROLE {name} LOGIN PASSWORD 'hunter2-ä''\"\\' IN ROLE {group}"
        ));
        Role { database, name }
    }

    fn url(&self, query: &str) -> String {
        format!("{}{query}", self.database.url_for(&self.name))
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        self.database.run(&format!("DROP ROLE {}", self.name));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_wrong_password_wants_a_new_sign_in_and_is_never_shown() {
    let database = Database::new();
    if !database.server.is_ours() {
        return;
    }
    let role = Role::new(&database, "with_password");
    let way = Way::by(&role.url(""));
    let right = way.clone().with_secret(Some("hunter2-ä'\"\\".to_owned()));
    let identity = right.session().await.identity().await.unwrap();
    assert_eq!(identity.id, format!("{}@127.0.0.1:{}/{}", role.name, database.server.port(), database.name));
    assert!(identity.name.contains("PostgreSQL"), "{}", identity.name);
    for secret in [Some("wr0ng".to_owned()), None, Some(String::new())] {
        let error = way.clone().with_secret(secret).open().await.err().unwrap();
        assert_eq!(error.kind, Kind::SignIn, "{error}");
        assert!(error.hint.as_ref().unwrap().contains("reauth"));
        assert!(!format!("{error:?}").contains("wr0ng"));
    }
    let nobody = Way::by(&database.url_for("nobody_at_all")).open().await.err().unwrap();
    assert_eq!(nobody.kind, Kind::SignIn, "{nobody}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_cannot_be_reached_is_remote_and_what_is_not_there_is_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let way = Way::by(&format!("postgresql://me@127.0.0.1:{port}/shop")).with_secret(Some("hunter2".to_owned()));
    let error = way.open().await.err().unwrap();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.message.contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
    let database = Database::new();
    let url = database.url().replace(&database.name, "no_such_database");
    let error = Way::by(&url).with_secret(database.server.password()).open().await.err().unwrap();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
    for wrong in ["", "mysql://a@b/c", "postgresql://a:b@c/d", "postgresql://a@b/c?sslmode=maybe", "postgresql://b/c"] {
        assert_eq!(Way::by(wrong).open().await.err().unwrap().kind, Kind::Usage, "{wrong}");
    }
}

/// What libpq does with each mode against a server with a certificate for `localhost` only, reached by its number.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn sslmode_is_honoured_as_libpq_does() {
    let database = Database::new();
    if !database.server.is_ours() {
        return;
    }
    let file = |name: &str| database.server.file(name).unwrap();
    let (ca, own, other) = (file("ca.pem"), file("server.pem"), file("other.pem"));
    let root = |path: &str| format!("&sslrootcert={path}");
    let none = String::new();
    // mode, root, host, whether it gets in, whether it is encrypted then
    let cases: Vec<(&str, String, &str, Option<bool>)> = vec![
        ("disable", none.clone(), "127.0.0.1", Some(false)),
        ("allow", none.clone(), "127.0.0.1", Some(false)),
        ("prefer", none.clone(), "127.0.0.1", Some(true)),
        ("require", none.clone(), "127.0.0.1", Some(true)),
        ("require", root(&ca), "127.0.0.1", Some(true)),
        ("require", root(&other), "127.0.0.1", None),
        ("verify-ca", none.clone(), "127.0.0.1", None),
        ("verify-ca", root(&ca), "127.0.0.1", Some(true)),
        ("verify-ca", root(&own), "127.0.0.1", Some(true)),
        ("verify-ca", root(&other), "127.0.0.1", None),
        ("verify-full", root(&ca), "127.0.0.1", None),
        ("verify-full", root(&own), "127.0.0.1", None),
        ("verify-full", root(&ca), "localhost", Some(true)),
        ("verify-full", root(&own), "localhost", Some(true)),
        ("verify-full", root(&other), "localhost", None),
        ("verify-full", none, "localhost", None),
    ];
    for (mode, root, host, expected) in cases {
        let url = format!("{}?sslmode={mode}{root}", database.url().replace("127.0.0.1", host));
        let opened = Way::by(&url).open().await;
        match (expected, opened) {
            (Some(encrypted), Ok(session)) => {
                assert_eq!(is_encrypted(&database), encrypted, "{mode} {root} {host}, {:?}", drop(session))
            }
            (None, Err(error)) => {
                assert!(matches!(error.kind, Kind::Remote | Kind::Usage), "{mode} {root} {host}: {error}")
            }
            (expected, opened) => panic!("{mode} {root} {host}: expected {expected:?}, got {:?}", opened.err()),
        }
    }
}

/// Whether our session in this database is. Dropped sessions may take a moment to go.
fn is_encrypted(database: &Database) -> bool {
    let sql = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
               WHERE a.application_name = 'appctl' AND a.datname = current_database() ORDER BY a.backend_start DESC LIMIT 1";
    database.query(sql)[0][0].as_deref() == Some("t")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_user_that_must_or_must_not_use_tls_gets_in_as_libpq_would() {
    let database = Database::new();
    if !database.server.is_ours() {
        return;
    }
    let (only, without) = (Role::new(&database, "only_tls"), Role::new(&database, "without_tls"));
    for (role, mode, expected) in [
        (&only, "disable", false),
        (&only, "allow", true),
        (&only, "prefer", true),
        (&only, "require", true),
        (&without, "disable", true),
        (&without, "allow", true),
        (&without, "prefer", true),
        (&without, "require", false),
    ] {
        let opened = Way::by(&role.url(&format!("?sslmode={mode}"))).open().await;
        assert_eq!(opened.is_ok(), expected, "{} {mode}: {:?}", role.name, opened.err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_session_can_only_read() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE log (id int);
         CREATE FUNCTION sneaky() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO public.log VALUES (1) RETURNING id';
         CREATE VIEW v AS SELECT sneaky() AS id",
    );
    let way = Way::to(&database);
    let shape = way.session().await.describe("v").await.unwrap();
    let mirror = Mirror::keyed(shape, &["id".to_owned()]);
    let error = way.session().await.page(&mirror.ask(Mode::Full, None)).await.unwrap_err();
    assert!(error.message.contains("read-only"), "{error}");
    assert_eq!(database.query("SELECT count(*) FROM log")[0][0].as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_statement_that_takes_too_long_is_cut_and_says_how_to_allow_more() {
    let database = Database::new();
    database.run("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(5)::text AS v");
    let way = Way::to(&database).set("statement_timeout", "200ms");
    let mirror = Mirror::keyed(way.session().await.describe("slow").await.unwrap(), &["id".to_owned()]);
    let error = way.session().await.page(&mirror.ask(Mode::Full, None)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.hint.unwrap().contains("statement_timeout"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_budget_that_is_used_up_stops_between_two_questions() {
    let database = Database::new();
    database.run("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
    let way = Way::to(&database);
    let mirror = Mirror::of(way.session().await.as_mut(), "t").await;
    for most in 0..8 {
        let budget = Budget::at_most(most);
        let opened = sources::find("postgres").unwrap().open(way.access(budget.clone())).await;
        let result = match opened {
            Ok(mut session) => session.page(&mirror.ask(Mode::Full, None)).await.map(drop),
            Err(error) => Err(error),
        };
        assert_eq!(result.unwrap_err().kind, Kind::Partial, "with {most}");
        assert_eq!(budget.made(), most);
    }
    let mut session = sources::find("postgres").unwrap().open(way.access(Budget::at_most(8))).await.unwrap();
    session.page(&mirror.ask(Mode::Full, None)).await.unwrap();
}

#[test]
fn a_session_that_is_dropped_in_the_middle_leaves_the_server_alone() {
    let database = Database::new();
    database.run("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT i, repeat('x', 2000) FROM generate_series(1, 50000) i");
    let way = Way::to(&database).paged(100);
    block_on(async {
        let mut session = way.session().await;
        let mirror = Mirror::of(session.as_mut(), "t").await;
        session.page(&mirror.ask(Mode::Full, None)).await.unwrap();
        drop(session);
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'appctl' AND datname = current_database()";
        for _ in 0..200 {
            if database.query(sql)[0][0].as_deref() == Some("0") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the copy goes on with nobody reading it");
    });
}

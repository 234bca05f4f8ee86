//! A private PostgreSQL server for this test binary: started when the first test needs it, a database for each test,
//! stopped and removed when the binary ends, however it ends. With `APPCTL_TEST_POSTGRES=URL` that server is used instead.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// A superuser's way to the server.
pub struct Server {
    config: tokio_postgres::Config,
    host: String,
    port: u16,
    /// Holds certificates; `None` for a server that was there before us
    folder: Option<PathBuf>,
}

/// An empty database of its own for one test, dropped with it.
pub struct Database {
    pub server: &'static Server,
    pub name: String,
}

/// The server of this test binary.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match variable("APPCTL_TEST_POSTGRES") {
        Some(url) => given(&url),
        None => start(),
    })
}

pub fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their server is")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn given(url: &str) -> Server {
    let config: tokio_postgres::Config = url.parse().expect("APPCTL_TEST_POSTGRES is a postgresql:// URL");
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
        _ => panic!("APPCTL_TEST_POSTGRES names a host"),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    Server { config, host, port, folder: None }
}

/// Where `initdb` and `postgres` are.
fn binaries() -> PathBuf {
    let has = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut folders: Vec<PathBuf> = variable("APPCTL_TEST_PG_BIN").map(PathBuf::from).into_iter().collect();
    folders.extend(variable("PATH").iter().flat_map(std::env::split_paths));
    let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    packaged.sort();
    folders.extend(packaged.into_iter().rev());
    folders.into_iter().find(has).expect("PostgreSQL server binaries: run `tests/run`, which installs them")
}

/// A command that does not run as root, which PostgreSQL refuses.
fn as_nobody_special(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let user = if has_user("postgres") { "postgres" } else { "nobody" };
    command.args(["--reuid", user, "--regid", &group_of(user), "--clear-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).trim() == "0"
}

fn has_user(name: &str) -> bool {
    Command::new("id").args(["-u", name]).output().is_ok_and(|output| output.status.success())
}

fn group_of(user: &str) -> String {
    output(Command::new("id").args(["-g", user])).trim().to_owned()
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

fn start() -> Server {
    let folder = tempfile::Builder::new().prefix("appctl-pg-").tempdir().expect("a temporary folder").keep();
    watch(&folder);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("our own folder");
    let bin = binaries();
    let data = folder.join("data");
    output(as_nobody_special(&bin.join("initdb")).current_dir("/").arg("-D").arg(&data).args([
        "--username=postgres",
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]));
    certificates(&folder);
    std::fs::write(data.join("pg_hba.conf"), HBA).expect("the server's folder");
    for _ in 0..5 {
        let port = free_port();
        let mut child = spawn(&bin, &folder, &data, port);
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(port).user("postgres").dbname("postgres");
        let server = Server { config, host: "127.0.0.1".to_owned(), port, folder: Some(folder.clone()) };
        if is_up(&server, &mut child) {
            return server;
        }
    }
    panic!("PostgreSQL did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}

/// Who may come in how: by membership in a role that says it.
const HBA: &str = "\
local   all all                               trust
host    all +with_password 127.0.0.1/32       scram-sha-256
hostssl all +only_tls      127.0.0.1/32       trust
hostnossl all +only_tls    127.0.0.1/32       reject
hostssl all +without_tls   127.0.0.1/32       reject
host    all all            127.0.0.1/32       trust
host    all all            ::1/128            trust
";

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

fn spawn(bin: &Path, folder: &Path, data: &Path, port: u16) -> Child {
    let log = std::fs::File::create(folder.join("log")).expect("our own folder");
    let mut command = as_nobody_special(&bin.join("postgres"));
    command.current_dir("/").arg("-D").arg(data).arg("-p").arg(port.to_string()).arg("-k").arg(folder);
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "shared_buffers=64MB",
        "max_connections=200",
        "max_prepared_transactions=10",
        "ssl=on",
        &format!("ssl_cert_file={}", folder.join("server.pem").display()),
        &format!("ssl_key_file={}", folder.join("server.key").display()),
    ] {
        command.arg("-c").arg(setting);
    }
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("a file")).stderr(log).process_group(0);
    command.spawn().expect("the server starts")
}

fn is_up(server: &Server, child: &mut Child) -> bool {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end && child.try_wait().is_ok_and(|status| status.is_none()) {
        let tried =
            block_on(async { tokio::time::timeout(Duration::from_secs(5), server.config.connect(NoTls)).await });
        if matches!(tried, Ok(Ok(_))) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// Waits beside us: when our end of the pipe closes, because we ended or were killed, it stops the server and removes
/// the folder.
fn watch(folder: &Path) {
    let script = "cat > /dev/null; read -r pid < \"$1/data/postmaster.pid\" && kill -QUIT \"$pid\"; \
                  for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e \"$1/data/postmaster.pid\" ] || break; sleep 0.2; done; rm -rf \"$1\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(folder).current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    static PIPE: OnceLock<std::process::ChildStdin> = OnceLock::new();
    #[expect(clippy::zombie_processes, reason = "it outlives us: our end is what it waits for")]
    let mut child = command.spawn().expect("a shell");
    PIPE.set(child.stdin.take().expect("it was asked for")).expect("one server in a test binary");
}

/// `ca.pem` signs `server.pem` for `localhost`; `other.pem` signs nothing.
fn certificates(folder: &Path) {
    let path = |name: &str| folder.join(name).display().to_string();
    let openssl = |arguments: &[&str]| output(Command::new("openssl").args(arguments));
    for name in ["ca", "other"] {
        let (key, certificate) = (path(&format!("{name}.key")), path(&format!("{name}.pem")));
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            &format!("/CN=appctl test {name}"),
            "-keyout",
            &key,
            "-out",
            &certificate,
        ]);
    }
    openssl(&[
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        &path("server.key"),
        "-out",
        &path("server.csr"),
    ]);
    std::fs::write(folder.join("san"), "subjectAltName=DNS:localhost\n").expect("our own folder");
    openssl(&[
        "x509",
        "-req",
        "-in",
        &path("server.csr"),
        "-CA",
        &path("ca.pem"),
        "-CAkey",
        &path("ca.key"),
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        &path("san"),
        "-out",
        &path("server.pem"),
    ]);
    if is_root() {
        let user = if has_user("postgres") { "postgres" } else { "nobody" };
        output(Command::new("chown").arg(user).arg(folder.join("server.key")));
    }
    std::fs::set_permissions(folder.join("server.key"), std::fs::Permissions::from_mode(0o600)).expect("our own file");
}

/// Runs async work from a test that is not async, on a thread of its own.
pub fn block_on<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

impl Server {
    /// A certificate's file, where the server is our own.
    pub fn file(&self, name: &str) -> Option<String> {
        Some(self.folder.as_ref()?.join(name).display().to_string())
    }

    pub fn is_ours(&self) -> bool {
        self.folder.is_some()
    }

    /// The superuser's name.
    pub fn user(&self) -> &str {
        self.config.get_user().unwrap_or("postgres")
    }

    /// The superuser's password, where there is one.
    pub fn password(&self) -> Option<String> {
        Some(String::from_utf8_lossy(self.config.get_password()?).into_owned())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    async fn connect(&self, database: &str) -> Client {
        let mut config = self.config.clone();
        config.dbname(database).application_name("test");
        let (client, connection) = config.connect(NoTls).await.expect("the test server answers");
        tokio::spawn(connection);
        client
    }
}

impl Database {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("appctl_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server();
        block_on(async {
            let client = server.connect(server.config.get_dbname().unwrap_or("postgres")).await;
            client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("a new database");
        });
        Database { server, name }
    }

    /// The address for this user, without a password.
    pub fn url_for(&self, user: &str) -> String {
        format!("postgresql://{user}@{}:{}/{}", self.server.host, self.server.port, self.name)
    }

    /// The superuser's address, without a password.
    pub fn url(&self) -> String {
        self.url_for(self.server.user())
    }

    /// A connection of the superuser's. Only to be used in the runtime it was made in.
    pub async fn client(&self) -> Client {
        self.server.connect(&self.name).await
    }

    /// Runs statements as the superuser.
    pub fn run(&self, sql: &str) {
        block_on(async {
            let client = self.client().await;
            client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {:?}", error.as_db_error()));
        });
    }

    /// The rows of one query as the server prints them, nulls as `None`: what `psql` shows.
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        block_on(async {
            let client = self.client().await;
            let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            let rows = messages.iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
                }
                _ => None,
            });
            rows.collect()
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        block_on(async {
            let client = server.connect(server.config.get_dbname().unwrap_or("postgres")).await;
            let dropped = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            if let Err(error) = dropped {
                let _ = writeln!(std::io::stderr(), "the test database {name} stays: {error}");
            }
        });
    }
}

/// Whether random tests use their large counts.
pub fn is_deep() -> bool {
    variable("APPCTL_TEST_DEEP").is_some()
}

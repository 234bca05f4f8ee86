//! The browser of the scripted person, for whoever has none: opens an address of this machine and goes where it leads.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::base::{Doing as _, Error, Result};

/// How often it is sent on at most.
const HOPS: usize = 5;

/// Opens the address and follows its redirects to the end. `Kind::Usage` for one that is not on this machine.
pub(crate) async fn visit(address: &Url) -> Result<()> {
    let mut address = address.clone();
    for _ in 0..HOPS {
        match open(&address).await? {
            Some(next) => address = next,
            None => return Ok(()),
        }
    }
    Err(Error::failed(format!("`{}` sends a browser round and round", address.host_str().unwrap_or_default())))
}

/// Where the page sends a browser; `None` for a page that is the end.
async fn open(address: &Url) -> Result<Option<Url>> {
    let (host, port) = match (address.scheme(), address.host(), address.port_or_known_default()) {
        ("http", Some(Host::Ipv4(host)), Some(port)) if host.is_loopback() => (host.to_string(), port),
        ("http", Some(Host::Domain("localhost")), Some(port)) => ("127.0.0.1".to_owned(), port),
        _ => return Err(Error::usage("the scripted person opens nothing but pages of this machine")),
    };
    let doing = || format!("opening a page on port {port} of 127.0.0.1");
    let mut stream = TcpStream::connect((host.as_str(), port)).await.doing(doing)?;
    let query = address.query().map_or(String::new(), |query| format!("?{query}"));
    let name = address.host_str().unwrap_or_default();
    let request = format!("GET {}{query} HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n", address.path());
    stream.write_all(request.as_bytes()).await.doing(doing)?;
    let mut page = Vec::new();
    stream.take(256 * 1024).read_to_end(&mut page).await.doing(doing)?;
    let page = String::from_utf8_lossy(&page);
    let head = page.split("\r\n\r\n").next().unwrap_or_default();
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    Ok(location.and_then(|location| address.join(&location).ok()))
}
